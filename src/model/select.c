#include "model/select.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "model/rows.h"

static const char *const names[] = {
    [VECTORS_INPUT] = "input", [VECTORS_OUTPUT] = "output", [VECTORS_SUM] = "sum", [VECTORS_CONCAT] = "concat"};

const char *vectors_name(size_t index)
{
    return index < sizeof names / sizeof *names ? names[index] : NULL;
}

static n2v_status make_record(Selection *s, n2v_error *error)
{
    char number[32];
    n2v_status status;

    if ((status = record_copy(&s->record, &s->model->record, error)) != N2V_OK)
        return status;
    (void)snprintf(number, sizeof number, "%zu", s->words);
    if (s->words < s->model->words && (status = record_add(&s->record, "top", number, error)) != N2V_OK)
        return status;
    if (s->select.vectors != VECTORS_ALL &&
        (status = record_add(&s->record, "vectors", names[s->select.vectors], error)) != N2V_OK)
        return status;
    return s->select.normalize ? record_add(&s->record, "normalize", "1", error) : N2V_OK;
}

n2v_status selection_check_outputs(Vectors vectors, bool other_outputs, n2v_error *error)
{
    if (!other_outputs || vectors == VECTORS_INPUT || vectors == VECTORS_ALL)
        return N2V_OK;
    return error_set(error, N2V_ERROR_ARGUMENT,
                     SETTING("vectors") " %s needs one output vector of each word, and outputs of this model are "
                                        "something else: take " SETTING("vectors") " input",
                     names[vectors]);
}

n2v_status selection_check_components(const Select *select, size_t dim, n2v_error *error)
{
    if (select->reduce > dim)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         SETTING("reduce") " %zu: the vectors have only %zu dimension%s", select->reduce, dim,
                         plural_s(dim));
    if (select->remove_top >= dim)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         SETTING("remove-top") " %zu: the vectors have only %zu dimension%s; about 1 in 100 is usual",
                         select->remove_top, dim, plural_s(dim));
    if (select->remove_top + select->reduce > dim)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         SETTING("remove-top") " %zu and " SETTING("reduce") " %zu are more than the %zu dimensions of "
                                               "the vectors",
                         select->remove_top, select->reduce, dim);
    return N2V_OK;
}

size_t selection_dim(Vectors vectors, size_t dim)
{
    return vectors == VECTORS_CONCAT ? 2 * dim : dim;
}

n2v_status selection_create(Selection *selection, const Model *model, const Select *select, n2v_error *error)
{
    Selection s = {.model = model, .words = model->words, .dim = model->dim, .select = *select};
    n2v_status status;

    *selection = (Selection){.model = NULL};
    if (select->normalize && select->vectors == VECTORS_ALL)
        s.select.vectors = VECTORS_INPUT;
    if (s.select.vectors == VECTORS_ALL) {
        s.has_output = model_has_outputs(model);
        s.has_bias = s.has_output && model->saves_bias;
    } else if ((status = selection_check_outputs(s.select.vectors, model->other_outputs, error)) != N2V_OK) {
        return status;
    } else if (s.select.vectors != VECTORS_INPUT && !model->output) {
        return error_set(error, N2V_ERROR_DATA,
                         SETTING("vectors") " %s needs output vectors, and there are none: whole models have them, in "
                                            ".n2v and .safetensors files",
                         names[s.select.vectors]);
    }
    if (select->top && select->top < model->words)
        s.words = select->top;
    s.has_subwords = model->subwords && s.words == model->words && !select->normalize &&
                     (s.select.vectors == VECTORS_ALL || s.select.vectors == VECTORS_INPUT);
    s.dim = selection_dim(s.select.vectors, model->dim);
    s.room = array_create(s.dim, sizeof *s.room);
    status = s.room ? make_record(&s, error) : fail_memory(error, s.dim * sizeof *s.room, "a row");
    if (status == N2V_OK)
        *selection = s;
    else
        selection_free(&s);
    return status;
}

void selection_free(Selection *selection)
{
    free(selection->room);
    record_free(&selection->record);
    *selection = (Selection){.model = NULL};
}

bool selection_is_whole(const Selection *s)
{
    return s->select.vectors == VECTORS_ALL && s->words == s->model->words;
}

const float *selection_output(const Selection *s, size_t id)
{
    return s->model->output + id * s->model->output_stride;
}

/* The vector as the model has it, or in the room. */
static const float *find_row(const Selection *s, size_t id)
{
    const size_t dim = s->model->dim;
    const float *input = s->model->input + id * s->model->stride;

    switch (s->select.vectors) {
    case VECTORS_OUTPUT:
        return selection_output(s, id);
    case VECTORS_SUM:
        for (size_t i = 0; i < dim; i++)
            s->room[i] = input[i] + selection_output(s, id)[i];
        return s->room;
    case VECTORS_CONCAT:
        memcpy(s->room, input, dim * sizeof *input);
        memcpy(s->room + dim, selection_output(s, id), dim * sizeof *input);
        return s->room;
    case VECTORS_INPUT:
    case VECTORS_ALL:
    default:
        return input;
    }
}

const float *selection_row(const Selection *s, size_t id)
{
    const float *row = find_row(s, id);

    if (!s->select.normalize)
        return row;
    row_normalize(row, s->dim, s->room);
    return s->room;
}
