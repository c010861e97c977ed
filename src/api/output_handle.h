/* output_handle.h - what a program's n2v_output points to. */
#ifndef N2V_API_OUTPUT_HANDLE_H
#define N2V_API_OUTPUT_HANDLE_H

#include "api/vectors_handle.h"
#include "model/formats/format.h"
#include "nce2vec.h"

/* Of an output for vectors; for bytes the file itself remembers that writing failed. */
typedef enum OutputState {
    OUTPUT_EMPTY,
    OUTPUT_WRITTEN,
    OUTPUT_FAILED /* what was written is not complete */
} OutputState;

struct n2v_output {
    Saving saving; /* for bytes: without a format */
    n2v_vectors derived; /* saving.derived, for the caller */
    OutputState state;
    n2v_observer observer;
    Stop stop;        /* the observer's; the files keep it by reference */
    char *words_file;     /* NULL: none */
    char *unknown_ending; /* NULL: the format was given, or the ending is known, or there is none */
};

/* Where bytes are written: *writer is the output's. N2V_ERROR_ARGUMENT: it was opened for vectors. */
n2v_status output_writer(n2v_output *output, Writer **writer, n2v_error *error);

#endif
