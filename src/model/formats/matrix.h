/* matrix.h - numbers in a binary file: row by row, without gaps; int8, floats of 16, 32 or, when they are read, 64
 * bits. */
#ifndef N2V_MODEL_FORMATS_MATRIX_H
#define N2V_MODEL_FORMATS_MATRIX_H

#include <zlib.h>

#include "model/formats/loader.h"
#include "model/select.h"

/* Where a matrix is written to or read from; crc (may be NULL) goes on over its bytes. */
typedef struct MatrixPlace {
    Numbers numbers;
    float scale; /* of int8; 0 while reading: 1 */
    uLong *crc;
    bool big_endian; /* of what is read alone */
} MatrixPlace;

size_t numbers_bytes(Numbers numbers); /* of one */

/* The vectors of the selected words: row is selection_row or selection_output. N2V_ERROR_NUMERIC for a number that is
 * not finite, or that 16 bits cannot hold. */
typedef const float *(*SelectedRow)(const Selection *selection, size_t id);

/* The scale of int8 that fits these vectors. */
float matrix_scale(const Selection *selection, SelectedRow row);
n2v_status matrix_write(const Selection *selection, SelectedRow row, MatrixPlace place, Writer *writer,
                        n2v_error *error);

/* The same of `count` rows: of the words, and of what comes after them. */
n2v_status matrix_write_rows(const Selection *selection, SelectedRow row, size_t count, MatrixPlace place,
                             Writer *writer, n2v_error *error);

/* The biases of `count` output rows, of 32 bits in any place: bias_of is model_bias or model_own_bias. */
typedef float (*BiasOfWord)(const Model *model, Id id);
n2v_status biases_write(const Selection *selection, BiasOfWord bias_of, size_t count, uLong *crc, Writer *writer,
                        n2v_error *error);

/* Makes *floats, of rows x stride, for rows x width numbers that the source must have. */
n2v_status matrix_create(float **floats, size_t rows, size_t width, size_t stride, MatrixPlace place,
                         const Source *source, n2v_error *error);

/* Reads rows x width floats into *floats, new, of rows x stride. words (may be NULL) names the
 * rows in the message about a number that is not finite; without it none is looked for. */
n2v_status matrix_read(float **floats, size_t rows, size_t width, size_t stride, MatrixPlace place,
                       const Vocabulary *words, Source *source, n2v_error *error);

/* The same into floats that the caller has. */
n2v_status matrix_fill(float *floats, size_t rows, size_t width, size_t stride, MatrixPlace place,
                       const Vocabulary *words, Source *source, n2v_error *error);

#endif
