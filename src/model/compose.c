#include "model/compose.h"

#include <stdlib.h>
#include <string.h>

n2v_status compose_words(Model *model, const Kernels *kernels, bool unit, n2v_error *error)
{
    const float **rows;

    if (!model->subwords)
        return N2V_OK;
    rows = array_create(subwords_longest(model->subwords), sizeof *rows);
    if (!rows)
        return fail_memory(error, subwords_longest(model->subwords) * sizeof *rows, "the vectors of words");
    for (size_t id = 0; id < model->words; id++) {
        float *row = model->input + id * model->stride;
        size_t count;
        const uint32_t *parts = subwords_of_word(model->subwords, (Id)id, &count);
        for (size_t i = 0; i < count; i++)
            rows[i] = model->input + parts[i] * model->stride;
        kernels->gather(rows, count, 1 / (float)count, model->stride, row);
        if (unit)
            kernels->normalize(&row, 1, model->stride);
        if (model->has_bias)
            row[model->dim] = 1; /* and not nearly 1 */
    }
    free(rows);
    return N2V_OK;
}

/* The mean of the parts of a word that is not in the vocabulary. */
static n2v_status compose_unknown(const Model *model, const char *word, size_t bytes, float *vector, bool *known,
                                  n2v_error *error)
{
    PartList parts = {.count = 0};
    const n2v_status status = subwords_of_text(model->subwords, word, bytes, &parts, error);

    for (size_t i = 0; i < parts.count && status == N2V_OK; i++)
        for (size_t d = 0; d < model->dim; d++)
            vector[d] += model->input[parts.rows[i] * model->stride + d];
    for (size_t d = 0; d < model->dim && parts.count; d++) {
        vector[d] /= (float)parts.all;
        *known = *known || vector[d] != 0;
    }
    part_list_free(&parts);
    return status;
}

n2v_status compose_any(const Model *model, const char *word, size_t bytes, float *vector, bool *known, n2v_error *error)
{
    const Id id = vocabulary_find(model->vocabulary, word, bytes);

    memset(vector, 0, model->dim * sizeof *vector);
    if ((*known = id != NO_ID))
        memcpy(vector, model->input + id * model->stride, model->dim * sizeof *vector);
    return *known || !model->subwords ? N2V_OK : compose_unknown(model, word, bytes, vector, known, error);
}
