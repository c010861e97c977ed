/* binary.c - word2vec binary: "WORDS DIM\n", then for each word its bytes, a space,
 * DIM little-endian floats, and a newline (which some writers leave out). */
#include "model/formats/registry.h"

#include "model/formats/word2vec.h"

static bool matches(const unsigned char *head, size_t count)
{
    size_t rest;
    return word2vec_header(head, count, &rest);
}

static n2v_status write_binary(const Selection *selection, Writer *writer, n2v_error *error)
{
    const size_t row_bytes = selection->dim * sizeof(float);
    n2v_status status = writer_print(writer, error, "%zu %zu\n", selection->words, selection->dim);

    for (size_t id = 0; status == N2V_OK && id < selection->words; id++) {
        const float *row = selection_row(selection, id);
        size_t bytes;
        const char *word = vocabulary_word(selection->model->vocabulary, (Id)id, &bytes);
        status = save_check_row(row, selection->dim, word, error);
        if (status == N2V_OK)
            status = writer_write(writer, word, bytes, error);
        if (status == N2V_OK)
            status = writer_write(writer, " ", 1, error);
        if (status == N2V_OK)
            status = writer_write(writer, row, row_bytes, error);
        if (status == N2V_OK)
            status = writer_write(writer, "\n", 1, error);
    }
    return status;
}

static n2v_status ends_early(const Source *source, size_t index, size_t words, n2v_error *error)
{
    return source_fail(source, error, "the file ends within word %zu of %zu", index + 1, words);
}

/* The next word, its floats, and what is wrong with the two: *bad is N2V_OK or N2V_ERROR_FORMAT with an error of its
 * own. */
static n2v_status take_row(Source *source, Model *model, float *row, size_t index, n2v_error *bad, n2v_error *error)
{
    const size_t row_bytes = model->dim * sizeof(float);
    char *word;
    size_t bytes, got;
    bool stopped;
    n2v_status status = source_until(source, ' ', MAX_TOKEN_BYTES + 1, "the word", &word, &bytes, &stopped, error);
    Id id;

    if (status != N2V_OK)
        return status;
    if (!word || !stopped)
        return ends_early(source, index, model->words, error);
    if (*word == '\n') {
        word++;
        bytes--;
    }
    bad->status = load_check_word(source, model->vocabulary, word, bytes, bad);
    if ((status = source_read(source, row, row_bytes, &got, error)) != N2V_OK)
        return status;
    if (got < row_bytes)
        return ends_early(source, index, model->words, error);
    if (bad->status == N2V_OK)
        bad->status = load_check_row(source, row, model->dim, word, bad);
    return bad->status == N2V_OK ? vocabulary_add(model->vocabulary, word, bytes, 0, &id, error) : N2V_OK;
}

/* A malformed row leaves no trace. */
static n2v_status read_row(Source *source, Model *model, Rows *rows, size_t index, n2v_error *error)
{
    n2v_error bad;
    float *row;
    n2v_status status;

    if ((status = rows_at(rows, vocabulary_size(model->vocabulary), &row, error)) != N2V_OK ||
        (status = take_row(source, model, row, index, &bad, error)) != N2V_OK)
        return status;
    return bad.status == N2V_OK ? N2V_OK : load_bad_row(source, &bad, error);
}

/* Nothing but a newline may follow the last row. */
static n2v_status read_end(Source *source, size_t words, n2v_error *error)
{
    char last[2];
    size_t got;
    const n2v_status status = source_read(source, last, sizeof last, &got, error);

    if (status != N2V_OK || !got || (got == 1 && last[0] == '\n'))
        return status;
    return source_fail(source, error, "bytes after the last word: the header declares %zu", words);
}

static n2v_status read_rows(Rows *rows, Model *model, Source *source, n2v_error *error)
{
    const size_t declared = model->words;
    n2v_status status = N2V_OK;

    for (size_t index = 0; status == N2V_OK && index < declared; index++)
        status = read_row(source, model, rows, index, error);
    if (status != N2V_OK || (status = read_end(source, declared, error)) != N2V_OK)
        return status;
    if (!vocabulary_size(model->vocabulary))
        return error_set(error, N2V_ERROR_FORMAT, "no row can be read: %s", source->bad->first);
    model_set_words(model, vocabulary_size(model->vocabulary));
    return rows_take(rows, model->words, &model->input, error);
}

static n2v_status read_binary(Model *model, Source *source, n2v_error *error)
{
    Rows rows = {0};
    n2v_status status;

    if ((status = word2vec_begin(model, source, error)) == N2V_OK &&
        (status = rows_create(&rows, source, model->words, model->dim, (double)model->dim * sizeof(float) + 2,
                              error)) == N2V_OK)
        status = read_rows(&rows, model, source, error);
    rows_free(&rows);
    return status;
}

const Format format_binary = {
    .name = "binary",
    .endings = ".bin",
    .summary = "word2vec binary: a header, then each word and its floats",
    .write = write_binary,
    .matches = matches,
    .read = read_binary,
};
