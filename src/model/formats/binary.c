/* binary.c - word2vec binary: "WORDS DIM\n", then for each word its bytes, a space,
 * DIM little-endian floats, and a newline (which some writers leave out). */
#include "model/formats/binary.h"

#include <stdlib.h>
#include <string.h>

#include "model/formats/word2vec.h"

bool n2v_binary_matches(const unsigned char *head, size_t count)
{
    size_t rest;
    return n2v_word2vec_header(head, count, &rest);
}

n2v_status n2v_binary_write(const n2v_model *model, n2v_writer *writer, n2v_error *error)
{
    const size_t row_bytes = model->dim * sizeof(float);
    n2v_status status = n2v_writer_print(writer, error, "%zu %zu\n", model->words, model->dim);

    for (size_t id = 0; !status && id < model->words; id++) {
        const float *row = model->input + id * model->stride;
        size_t bytes;
        const char *word = n2v_vocabulary_word(model->vocabulary, (n2v_id)id, &bytes);
        status = n2v_save_check_row(row, model->dim, word, error);
        if (!status)
            status = n2v_writer_write(writer, word, bytes, error);
        if (!status)
            status = n2v_writer_write(writer, " ", 1, error);
        if (!status)
            status = n2v_writer_write(writer, row, row_bytes, error);
        if (!status)
            status = n2v_writer_write(writer, "\n", 1, error);
    }
    return status;
}

static n2v_status ends_early(const n2v_source *source, size_t index, size_t words, n2v_error *error)
{
    return n2v_source_fail(source, error, "the file ends within word %zu of %zu", index + 1, words);
}

static n2v_status read_row(n2v_source *source, n2v_vocabulary *vocabulary, n2v_rows *rows, size_t index, size_t dim,
                           n2v_error *error)
{
    char *word;
    size_t bytes, got;
    float *row;
    bool stopped;
    n2v_status status =
        n2v_source_until(source, ' ', N2V_MAX_TOKEN_BYTES + 1, "the word", &word, &bytes, &stopped, error);

    if (status)
        return status;
    if (!word || !stopped)
        return ends_early(source, index, rows->limit, error);
    if (*word == '\n') {
        word++;
        bytes--;
    }
    if ((status = n2v_load_word(source, vocabulary, word, bytes, 0, error)))
        return status;
    if ((status = n2v_rows_at(rows, index, &row, error)))
        return status;
    if ((status = n2v_source_read(source, row, dim * sizeof *row, &got, error)))
        return status;
    if (got < dim * sizeof *row)
        return ends_early(source, index, rows->limit, error);
    return n2v_load_check_row(source, row, dim, word, error);
}

/* Nothing but a newline may follow the last row. */
static n2v_status read_end(n2v_source *source, size_t words, n2v_error *error)
{
    char last[2];
    size_t got;
    const n2v_status status = n2v_source_read(source, last, sizeof last, &got, error);

    if (status || !got || (got == 1 && last[0] == '\n'))
        return status;
    return n2v_source_fail(source, error, "more bytes than the header's %zu words need", words);
}

n2v_status n2v_binary_read(n2v_model *model, n2v_source *source, n2v_error *error)
{
    n2v_vocabulary *vocabulary = n2v_vocabulary_create();
    n2v_rows rows = {0};
    size_t words, dim;
    n2v_status status;

    if (!vocabulary)
        return n2v_fail_memory(error, sizeof *model, "the vocabulary");
    if ((status = n2v_word2vec_read_header(source, &words, &dim, error)))
        goto out;
    if (!n2v_source_plausible(source, (double)words * (double)dim * sizeof(float))) {
        status = n2v_source_fail(
            source, error, "the header promises %zu words x %zu dimensions, more than the file holds", words, dim);
        goto out;
    }
    if ((status = n2v_rows_create(&rows, source, words, dim, (double)dim * sizeof(float) + 2, error)))
        goto out;
    for (size_t index = 0; index < words; index++)
        if ((status = read_row(source, vocabulary, &rows, index, dim, error)))
            goto out;
    if (!(status = read_end(source, words, error)))
        status = n2v_word2vec_model(model, &rows, &vocabulary, words, dim, error);
out:
    n2v_rows_free(&rows);
    n2v_vocabulary_destroy(vocabulary);
    return status;
}
