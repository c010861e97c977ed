/* loader.h - what the readers of all formats share: words checked, rows that grow
 * with what the file has and not with what its header declares. */
#ifndef N2V_MODEL_FORMATS_LOADER_H
#define N2V_MODEL_FORMATS_LOADER_H

#include "model/formats/source.h"
#include "model/model.h"

#define MAX_DIM ((size_t)1000000)

typedef struct Rows {
    float *floats;
    size_t capacity, limit, stride; /* rows allocated; rows declared; floats per row */
} Rows;

/* Rows for a file that declares limit of them, each at least row_bytes long. */
n2v_status rows_create(Rows *rows, const Source *source, size_t limit, size_t dim, double row_bytes, n2v_error *error);

/* Row index (below the limit), zero until written. Rows are asked for in order. */
n2v_status rows_at(Rows *rows, size_t index, float **row, n2v_error *error);

/* The floats of count x stride, so many rows having been asked for; the caller owns them now. */
n2v_status rows_take(Rows *rows, size_t count, float **floats, n2v_error *error);
void rows_free(Rows *rows); /* accepts an all-zero struct */

/* Gives an empty model its shape, and, where it has none yet, an empty vocabulary.
 * N2V_ERROR_FORMAT for a shape that is 0 or out of bounds, or not that of the vocabulary. */
n2v_status load_begin(Model *model, const Source *source, uint64_t words, uint64_t dim, n2v_error *error);

/* A word that may be added: new, valid UTF-8 and free of white space and control characters. */
n2v_status load_check_word(const Source *source, const Vocabulary *vocabulary, const char *word, size_t bytes,
                           n2v_error *error);

/* Adds a word that must be new, valid UTF-8 and free of white space and control characters. */
n2v_status load_word(const Source *source, Vocabulary *vocabulary, const char *word, size_t bytes, uint64_t count,
                     n2v_error *error);

/* A row without NaN and infinity, of the word it belongs to. */
n2v_status load_check_row(const Source *source, const float *row, size_t dim, const char *word, n2v_error *error);

/* The same before writing: N2V_ERROR_NUMERIC. */
n2v_status save_check_row(const float *row, size_t dim, const char *word, n2v_error *error);

/* After N2V_ERROR_FORMAT in a row whose end is known: N2V_OK where the source skips such rows; otherwise the same
 * error, with the setting that skips them in files. */
n2v_status load_bad_row(Source *source, const n2v_error *bad, n2v_error *error);

/* Rows of a matrix whose words were skipped, ascending. Those in a row are one run, because an archive can hold any
 * number of malformed words in few bytes. All zero: none. */
typedef struct Dropped {
    struct {
        size_t first, end; /* end: the row after the last one */
    } *runs;
    size_t run_count, room;
    size_t count; /* of rows */
} Dropped;

/* Whether the row is one of them. Rows are asked for in ascending order; *run is 0 at first. */
bool dropped_has(const Dropped *dropped, size_t row, size_t *run);

/* load_word for the word of a row; where the source skips malformed rows, the row is dropped instead of an error. */
n2v_status load_word_of_row(Source *source, Vocabulary *vocabulary, const char *word, size_t bytes, size_t row,
                            Dropped *dropped, n2v_error *error);

/* Takes the dropped rows out of *floats, of rows x stride. */
n2v_status dropped_remove(const Dropped *dropped, float **floats, size_t rows, size_t stride, n2v_error *error);
void dropped_free(Dropped *dropped);

/* Gives the model's rows, which have room for it, their bias elements. N2V_ERROR_FORMAT for a bias that is not finite,
 * and for a model without output vectors. */
n2v_status load_biases(Model *model, const Source *source, const float *biases, n2v_error *error);

#endif
