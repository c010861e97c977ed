/* output_handle.h - what a program's n2v_output points to. */
#ifndef N2V_API_OUTPUT_HANDLE_H
#define N2V_API_OUTPUT_HANDLE_H

#include "model/formats/format.h"
#include "nce2vec.h"

typedef enum OutputState {
    OUTPUT_EMPTY,
    OUTPUT_WRITTEN, /* the vectors, or some bytes */
    OUTPUT_FAILED   /* what was written is not complete */
} OutputState;

struct n2v_output {
    Saving saving; /* of bytes: without a format, and one file */
    OutputState state;
    n2v_observer observer;
    Stop stop;        /* the observer's; the files keep it by reference */
    char *words_file; /* NULL: none */
};

/* Where bytes are written: *writer is the output's. N2V_ERROR_ARGUMENT: it was opened for vectors, or writing has
 * failed before. */
n2v_status output_writer(n2v_output *output, Writer **writer, n2v_error *error);

/* Notes the status of writing, and returns it. */
n2v_status output_written(n2v_output *output, n2v_status status);

#endif
