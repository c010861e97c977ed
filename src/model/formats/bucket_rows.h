/* bucket_rows.h - tables that have a row for every bucket of subwords, as other programs keep them. A model has rows
 * for the buckets in use alone; the others are zero. */
#ifndef N2V_MODEL_FORMATS_BUCKET_ROWS_H
#define N2V_MODEL_FORMATS_BUCKET_ROWS_H

#include "model/formats/loader.h"
#include "model/select.h"

/* Writes the row of a bucket, dim floats that are finite. */
typedef n2v_status (*PutBucket)(void *context, uint32_t bucket, const float *row, n2v_error *error);

/* Hands all buckets to put, in their order. */
n2v_status bucket_rows_write(const Selection *selection, PutBucket put, void *context, n2v_error *error);

/* A table that is being read. All zero: there is nothing to free. */
typedef struct BucketRows {
    Model *model; /* borrowed; with its words, and without rows */
    const Source *source;
    SubwordOptions options;
    Rows rows;
    size_t next;        /* row */
    uint32_t *of_words; /* the buckets that words have, ascending */
    size_t words_count, words_at;
    uint32_t *kept; /* those that get rows */
    size_t kept_count, kept_room;
} BucketRows;

/* row_bytes: at least so many bytes of the file are a row. */
n2v_status bucket_rows_begin(BucketRows *rows, Model *model, const Source *source, const SubwordOptions *options,
                             double row_bytes, n2v_error *error);

/* With fasttext, the own row of the next word, to be filled. */
n2v_status bucket_rows_own(BucketRows *rows, float **row, n2v_error *error);

/* The place for the row of a bucket, which bucket_rows_keep takes once it is filled. Buckets come in their order. A row
 * that is zero, and that no word has, is dropped. */
n2v_status bucket_rows_place(BucketRows *rows, float **row, n2v_error *error);
n2v_status bucket_rows_keep(BucketRows *rows, uint32_t bucket, const float *row, n2v_error *error);

/* The model gets the rows, its subwords, and the vectors of its words. */
n2v_status bucket_rows_finish(BucketRows *rows, n2v_error *error);
void bucket_rows_free(BucketRows *rows);

#endif
