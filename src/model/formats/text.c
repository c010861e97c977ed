/* text.c - word2vec text: "WORDS DIM", then a word and its DIM numbers a line. fastText's .vec is the same. */
#include "model/formats/registry.h"

#include "model/formats/text_rows.h"
#include "model/formats/word2vec.h"

static bool matches(const unsigned char *head, size_t count)
{
    size_t rows;

    return word2vec_header(head, count, &rows) && text_rows_match(head + rows, count - rows, true);
}

static n2v_status write_text(const Selection *selection, Writer *writer, n2v_error *error)
{
    const n2v_status status = writer_print(writer, error, "%zu %zu\n", selection->words, selection->dim);

    return status != N2V_OK ? status : text_rows_write(selection, true, ' ', writer, error);
}

static n2v_status read_text(Model *model, Source *source, n2v_error *error)
{
    n2v_status status;

    source->by_line = true;
    if ((status = word2vec_begin(model, source, error)) != N2V_OK)
        return status;
    return text_rows_read(
        model, source,
        (TextShape){.named = true, .words = model->words, .dim = model->dim, .from = "the header declares"}, error);
}

const Format format_text = {
    .name = "text",
    .endings = ".txt .vec",
    .summary = "word2vec text, and fastText's .vec: a header, then a word and its numbers a line",
    .write = write_text,
    .matches = matches,
    .read = read_text,
};
