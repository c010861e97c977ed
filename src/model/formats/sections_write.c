/* sections_write.c - writes a model in the format of n2v.c. */
#include "model/formats/sections.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/formats/matrix.h"

typedef struct output {
    Writer *writer;
    uLong crc; /* of the section's bytes */
} output;

static n2v_status put(output *out, const void *bytes, size_t count, n2v_error *error)
{
    out->crc = crc32_z(out->crc, bytes, count);
    return writer_write(out->writer, bytes, count, error);
}

static n2v_status put_crc(output *out, n2v_error *error)
{
    const uint32_t crc = (uint32_t)out->crc;

    out->crc = 0;
    return writer_write(out->writer, &crc, sizeof crc, error);
}

static n2v_status begin_section(output *out, uint32_t name, uint32_t flags, uint64_t bytes, n2v_error *error)
{
    const SectionHead head = {.name = name, .flags = flags, .bytes = bytes};
    n2v_status status;

    out->crc = 0;
    status = put(out, &head, sizeof head, error);
    return status == N2V_OK ? put_crc(out, error) : status;
}

static n2v_status put_section(output *out, uint32_t name, uint32_t flags, const void *bytes, size_t count,
                              n2v_error *error)
{
    n2v_status status;

    if ((status = begin_section(out, name, flags, count, error)) != N2V_OK ||
        (status = put(out, bytes, count, error)) != N2V_OK)
        return status;
    return put_crc(out, error);
}

static n2v_status put_words(output *out, const Vocabulary *vocabulary, size_t words, n2v_error *error)
{
    n2v_status status = N2V_OK;

    for (size_t id = 0; status == N2V_OK && id < words; id++) {
        const uint64_t count = vocabulary_count(vocabulary, (Id)id);
        size_t bytes;
        const char *word = vocabulary_word(vocabulary, (Id)id, &bytes);
        const uint32_t length = (uint32_t)bytes;
        status = put(out, &count, sizeof count, error);
        if (status == N2V_OK)
            status = put(out, &length, sizeof length, error);
        if (status == N2V_OK)
            status = put(out, word, bytes, error);
    }
    return status;
}

static n2v_status put_vocabulary(output *out, const Vocabulary *vocabulary, size_t words, n2v_error *error)
{
    uint64_t total = 0;
    n2v_status status;

    for (size_t id = 0; id < words; id++) {
        size_t bytes;
        (void)vocabulary_word(vocabulary, (Id)id, &bytes);
        total += sizeof(uint64_t) + sizeof(uint32_t) + bytes;
    }
    if ((status = begin_section(out, SECTION_VOCABULARY, 0, total, error)) != N2V_OK ||
        (status = put_words(out, vocabulary, words, error)) != N2V_OK)
        return status;
    return put_crc(out, error);
}

/* What is written of a selection: all rows of a whole model, else the words' vectors. */
static FileShape shape_of(const Selection *selection)
{
    const Model *model = selection->model;

    if (!selection_is_whole(selection))
        return (FileShape){selection->words, selection->words, 1, 0};
    return (FileShape){model->input_rows, model->output_rows, model_output_vectors(model),
                   model->other_outputs ? SHAPE_OTHER_OUTPUTS : 0};
}

static bool is_plain(const FileShape *rows, size_t words)
{
    return rows->input_rows == words && rows->output_rows == words && rows->output_vectors == 1 && !rows->flags;
}

/* The vectors of output rows, one after the other. */
static const float *output_vector(const Selection *selection, size_t index)
{
    return selection->model->output + index * selection->model->stride;
}

static n2v_status put_matrix(output *out, uint32_t name, const Selection *selection, SelectedRow row, size_t count,
                             n2v_error *error)
{
    const uint64_t bytes = (uint64_t)count * selection->dim * sizeof(float);
    n2v_status status;

    if ((status = begin_section(out, name, 0, bytes, error)) != N2V_OK ||
        (status = matrix_write_rows(selection, row, count, (MatrixPlace){.crc = &out->crc}, out->writer, error)) !=
            N2V_OK)
        return status;
    return put_crc(out, error);
}

static n2v_status put_biases(output *out, const Selection *selection, size_t count, n2v_error *error)
{
    const uint64_t bytes = (uint64_t)count * sizeof(float);
    const float shared = atomic_load_explicit(&selection->model->shared_bias, memory_order_relaxed);
    n2v_status status;

    if (!isfinite(shared))
        return error_set(error, N2V_ERROR_NUMERIC, "the bias of all words is not finite");
    if ((status = begin_section(out, SECTION_BIAS, 0, bytes, error)) != N2V_OK ||
        (status = biases_write(selection, model_own_bias, count, &out->crc, out->writer, error)) != N2V_OK ||
        (status = put_crc(out, error)) != N2V_OK)
        return status;
    return put_section(out, SECTION_SHARED, 0, &shared, sizeof shared, error);
}

static n2v_status put_record(output *out, const Record *record, n2v_error *error)
{
    char *lines = NULL;
    size_t bytes;
    n2v_status status;

    if ((status = record_lines(record, &lines, &bytes, error)) == N2V_OK)
        status = put_section(out, SECTION_PARAMETERS, 0, lines, bytes, error);
    free(lines);
    return status;
}

/* A part of a model is no checkpoint. A damaged section would get a checksum that is right. */
static n2v_status put_extras(output *out, const Selection *selection, n2v_error *error)
{
    n2v_status status = N2V_OK;

    for (size_t kind = 0; kind < EXTRA_KINDS && status == N2V_OK; kind++) {
        const Extra *extra = &selection->model->extras[kind];
        if (extra->bytes && !extra->damaged && (kind >= STATE_EXTRAS || selection_is_whole(selection)))
            status = put_section(out, extra_sections[kind], FLAG_ANCILLARY, extra->bytes, extra->count, error);
    }
    return status;
}

static n2v_status put_rows(output *out, const Selection *selection, n2v_error *error)
{
    const Model *model = selection->model;
    const FileShape rows = shape_of(selection);
    const bool outputs = selection_is_whole(selection) ? model->output != NULL : selection->has_output;
    n2v_status status;

    if ((!is_plain(&rows, selection->words) &&
         (status = put_section(out, SECTION_SHAPE, 0, &rows, sizeof rows, error)) != N2V_OK) ||
        (status = put_matrix(out, SECTION_INPUT, selection, selection_row, rows.input_rows, error)) != N2V_OK ||
        (outputs && (status = put_matrix(out, SECTION_OUTPUT, selection, output_vector,
                                         rows.output_rows * rows.output_vectors, error)) != N2V_OK))
        return status;
    return outputs && model->saves_bias ? put_biases(out, selection, rows.output_rows, error) : N2V_OK;
}

static n2v_status put_subwords(output *out, const Subwords *subwords, n2v_error *error)
{
    char *bytes;
    size_t count;
    n2v_status status = subwords_write(subwords, &bytes, &count, error);

    if (status == N2V_OK)
        status = put_section(out, SECTION_SUBWORDS, 0, bytes, count, error);
    free(bytes);
    return status;
}

n2v_status sections_write(const Selection *selection, Writer *writer, n2v_error *error)
{
    output out = {.writer = writer};
    FileHead head = {.version = SECTIONS_VERSION, .words = selection->words, .dim = selection->dim};
    n2v_status status;

    memcpy(head.magic, sections_magic, sizeof head.magic);
    head.crc = sections_header_crc(head);
    if ((status = put(&out, &head, sizeof head, error)) != N2V_OK ||
        (status = put_vocabulary(&out, selection->model->vocabulary, selection->words, error)) != N2V_OK ||
        (status = put_record(&out, &selection->record, error)) != N2V_OK ||
        (selection->model->subwords && selection_is_whole(selection) &&
         (status = put_subwords(&out, selection->model->subwords, error)) != N2V_OK) ||
        (status = put_rows(&out, selection, error)) != N2V_OK ||
        (status = put_extras(&out, selection, error)) != N2V_OK)
        return status;
    return put_section(&out, SECTION_END, 0, NULL, 0, error);
}
