/* n2v_write.c - writes the whole model in one file; n2v.c describes the format. */
#include "model/formats/n2v_sections.h"

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

static n2v_status put_matrix(output *out, uint32_t name, const Selection *selection, SelectedRow row, n2v_error *error)
{
    const uint64_t bytes = (uint64_t)selection->words * selection->dim * sizeof(float);
    n2v_status status;

    if ((status = begin_section(out, name, 0, bytes, error)) != N2V_OK ||
        (status = matrix_write(selection, row, (MatrixPlace){.crc = &out->crc}, out->writer, error)) != N2V_OK)
        return status;
    return put_crc(out, error);
}

static n2v_status put_subwords(output *out, const Subwords *subwords, n2v_error *error)
{
    char *bytes;
    size_t count;
    n2v_status status = subwords_write(subwords, &bytes, &count, error);

    if (status == N2V_OK)
        status = put_section(out, SECTION_SUBWORDS, FLAG_ANCILLARY, bytes, count, error);
    free(bytes);
    return status;
}

static n2v_status put_parts(output *out, const Model *model, n2v_error *error)
{
    const size_t parts = subwords_parts(model->subwords), bytes = model->dim * sizeof(float);
    n2v_status status = begin_section(out, SECTION_PARTS, FLAG_ANCILLARY, (uint64_t)parts * bytes, error);

    for (size_t i = 0; i < parts && status == N2V_OK; i++) {
        const float *row = model->input + (model->words + i) * model->stride;
        if ((status = save_check_row(row, model->dim, "a part of words", error)) == N2V_OK)
            status = put(out, row, bytes, error);
    }
    return status == N2V_OK ? put_crc(out, error) : status;
}

static n2v_status put_biases(output *out, const Selection *selection, n2v_error *error)
{
    const uint64_t bytes = (uint64_t)selection->words * sizeof(float);
    const float shared = atomic_load_explicit(&selection->model->shared_bias, memory_order_relaxed);
    n2v_status status;

    if (!isfinite(shared))
        return error_set(error, N2V_ERROR_NUMERIC, "the bias of all words is not finite");
    if ((status = begin_section(out, SECTION_BIAS, 0, bytes, error)) != N2V_OK ||
        (status = biases_write(selection, model_own_bias, &out->crc, out->writer, error)) != N2V_OK ||
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
            status = put_section(out, extra_names[kind], FLAG_ANCILLARY, extra->bytes, extra->count, error);
    }
    return status;
}

n2v_status whole_model_write(const Selection *selection, Writer *writer, n2v_error *error)
{
    output out = {.writer = writer};
    FileHead head = {.version = N2V_FILE_VERSION, .words = selection->words, .dim = selection->dim};
    n2v_status status;

    memcpy(head.magic, file_magic, sizeof file_magic);
    head.crc = file_head_crc(head);
    if ((status = put(&out, &head, sizeof head, error)) != N2V_OK ||
        (status = put_vocabulary(&out, selection->model->vocabulary, selection->words, error)) != N2V_OK ||
        (status = put_record(&out, &selection->record, error)) != N2V_OK ||
        (selection->has_subwords && (status = put_subwords(&out, selection->model->subwords, error)) != N2V_OK) ||
        (status = put_matrix(&out, SECTION_INPUT, selection, selection_row, error)) != N2V_OK ||
        (selection->has_subwords && (status = put_parts(&out, selection->model, error)) != N2V_OK) ||
        (selection->has_output &&
         (status = put_matrix(&out, SECTION_OUTPUT, selection, selection_output, error)) != N2V_OK) ||
        (selection->has_bias && (status = put_biases(&out, selection, error)) != N2V_OK) ||
        (status = put_extras(&out, selection, error)) != N2V_OK)
        return status;
    return put_section(&out, SECTION_END, 0, NULL, 0, error);
}
