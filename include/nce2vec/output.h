/* nce2vec/output.h - files that vectors are written to. A part of nce2vec.h, which includes it. */
#ifndef NCE2VEC_OUTPUT_H
#define NCE2VEC_OUTPUT_H

#include "vectors.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct n2v_format_info {
    size_t size; /* in: sizeof(n2v_format_info) */
    const char *name, *summary;
    const char *endings; /* of file names, separated by spaces: ".txt .vec" */
    int has_float16;     /* 1: can hold numbers of 16 bits */
    int has_words_file;  /* 1: the words are in a second file */
    const char *subwords; /* that vectors must have to be written, as in n2v_vectors_info; NULL: none are needed */
    int has_int8;         /* 1: can hold numbers of 8 bits */
} n2v_format_info;

N2V_API size_t n2v_format_count(void);
N2V_API n2v_status n2v_format_describe(size_t index, n2v_format_info *info, n2v_error *error);

/* Files that appear under their names only when they are complete: bytes go to temporary files in the same folder. A
 * path that ends in .gz is compressed as gzip; the format goes by the ending before that. */
typedef struct n2v_output n2v_output;

/* Opens the file, or the two files, that vectors are written to. Proves that the folder can be written. settings
 * (N2V_FOR_OUTPUT; NULL: defaults) say the format (by default that of the path's ending), which vectors, and more. "-"
 * is standard output. observer is copied; its stop is asked while the output is written. N2V_ERROR_ARGUMENT: the path
 * is a folder, or its folder cannot be written, or its ending is that of another compression (.xz) or of an archive
 * (.zip), or the settings contradict the format. */
N2V_API n2v_status n2v_output_open(n2v_output **output, const char *path, const n2v_settings *settings,
                                   const n2v_observer *observer, n2v_error *error);

/* The same for bytes of any kind, such as a log. */
N2V_API n2v_status n2v_output_open_bytes(n2v_output **output, const char *path, const n2v_observer *observer,
                                         n2v_error *error);

/* Before a training with the settings `training`: N2V_ERROR_ARGUMENT when it will not have the vectors that the
 * settings `output` ask for. */
N2V_API n2v_status n2v_output_check(const n2v_settings *output, const n2v_settings *training, n2v_error *error);

N2V_API const char *n2v_output_format(const n2v_output *output);     /* its name; NULL for bytes */

/* The ending of the path, such as ".foo", when no format has it: word2vec text is written. NULL: the setting `format`
 * or a known ending says the format, or the name has no ending. */
N2V_API const char *n2v_output_unknown_ending(const n2v_output *output);
N2V_API const char *n2v_output_words_file(const n2v_output *output); /* the path of the second file; NULL: none */

/* Writes the vectors. N2V_ERROR_DATA when the settings ask for output vectors and there are none, or the format
 * needs other subwords. N2V_ERROR_NUMERIC: a number is not finite, or 16 bits cannot hold it. */
N2V_API n2v_status n2v_output_vectors(n2v_output *output, const n2v_vectors *vectors, n2v_error *error);
/* What n2v_output_vectors wrote, before numbers were rounded, where the settings `reduce` or `remove-top` had it
 * computed; NULL: nothing was computed. Valid until the output is destroyed. */
N2V_API const n2v_vectors *n2v_output_derived(n2v_output *output);

N2V_API n2v_status n2v_output_bytes(n2v_output *output, const void *bytes, size_t count, n2v_error *error);

/* What is written so far appears under its name and stays there; later bytes are appended. For a log of bytes. A gzip
 * file can be decompressed to its end after each call. */
N2V_API n2v_status n2v_output_publish(n2v_output *output, n2v_error *error);

/* What is published reaches the disk, so that a loss of power leaves it: before a checkpoint that counts on it. */
N2V_API n2v_status n2v_output_flush(n2v_output *output, n2v_error *error);

/* Makes the files durable, gives them their names, and destroys the handle. After a failure whatever was at the paths
 * before is untouched, but for N2V_ERROR_DURABILITY: the new files are complete under their names, and the disk did not
 * confirm the names. */
N2V_API n2v_status n2v_output_commit(n2v_output *output, n2v_error *error);
N2V_API void n2v_output_discard(n2v_output *output); /* removes what is not published and destroys; accepts NULL */

/* Vectors with the numbers that a file of these settings (N2V_FOR_OUTPUT) has, as input vectors: selected, reduced,
 * scaled to length 1, and rounded to 16 or 8 bits. The setting format has no effect. *derived keeps no reference.
 * N2V_ERROR_ARGUMENT: the vectors have too few dimensions. N2V_ERROR_DATA: they have no output vectors, which are asked
 * for. */
N2V_API n2v_status n2v_vectors_derive(n2v_vectors **derived, const n2v_vectors *vectors, const n2v_settings *settings,
                                      n2v_error *error);

/* The same; observer->stop is asked, as the components of many dimensions take minutes. */
N2V_API n2v_status n2v_vectors_derive_with(n2v_vectors **derived, const n2v_vectors *vectors,
                                           const n2v_settings *settings, const n2v_observer *observer,
                                           n2v_error *error);

/* n2v_output_open, _vectors and _commit in one. */
N2V_API n2v_status n2v_vectors_save(const n2v_vectors *vectors, const char *path, const n2v_settings *settings,
                                    const n2v_observer *observer, n2v_error *error);

#ifdef __cplusplus
}
#endif
#endif
