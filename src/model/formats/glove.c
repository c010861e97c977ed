/* glove.c - GloVe's text: a word and its numbers a line, and no header. A file that is truncated
 * between two lines cannot be recognized as truncated. */
#include "model/formats/registry.h"

#include "model/formats/text_rows.h"

/* Two numbers alone are another format's header, or a bad one. */
static bool matches(const unsigned char *head, size_t count)
{
    bool first_number, second_number, third_number;
    const size_t first = text_field(head, count, &first_number);
    size_t at = first, third;

    if (!first || at == count || (head[at] != ' ' && (head[at] != '\t' || first_number)))
        return false;
    at += 1 + text_field(head + at + 1, count - at - 1, &second_number);
    if (!second_number)
        return false;
    third = at < count && head[at] != '\n' ? text_field(head + at + 1, count - at - 1, &third_number) : 0;
    return (third || !first_number) && text_rows_match(head, count, true);
}

static n2v_status write_glove(const Selection *selection, Writer *writer, n2v_error *error)
{
    return text_rows_write(selection, true, ' ', writer, error);
}

static n2v_status read_glove(Model *model, Source *source, n2v_error *error)
{
    return text_rows_read(model, source, (TextShape){.named = true}, error);
}

const Format format_glove = {
    .name = "glove",
    .endings = ".glove",
    .summary = "GloVe text: as word2vec text without the header",
    .write = write_glove,
    .matches = matches,
    .read = read_glove,
};
