/* projector.c - what projector.tensorflow.org loads: numbers between tabs, a vector a line, without a
 * header. The words are in a second file beside it, which has no header either, as metadata of one column has none. */
#include "model/formats/registry.h"

#include "model/formats/text_rows.h"

static bool matches(const unsigned char *head, size_t count)
{
    bool number;
    const size_t first = text_field(head, count, &number);

    return number && (first == count || head[first] != ' ') && text_rows_match(head, count, false);
}

static n2v_status write_projector(const Selection *selection, Writer *writer, n2v_error *error)
{
    return text_rows_write(selection, false, '\t', writer, error);
}

static n2v_status read_projector(Model *model, Source *source, n2v_error *error)
{
    return text_rows_read(model, source,
                          (TextShape){.words = vocabulary_size(model->vocabulary), .from = "the file of words has"},
                          error);
}

const Format format_projector = {
    .name = "projector",
    .endings = "vectors.tsv .tsv",
    .summary = "the TensorFlow Embedding Projector's vectors.tsv and metadata.tsv, or NAME.tsv and NAME.metadata.tsv",
    .write = write_projector,
    .beside = "metadata.tsv .metadata.tsv",
    .matches = matches,
    .read = read_projector,
};
