#include "model/derive.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "model/formats/half.h"
#include "model/formats/int8.h"
#include "model/formats/loader.h"
#include "model/project.h"
#include "model/rows.h"

#define PIECE ((size_t)4096) /* rows between two looks at whether to stop */

static n2v_status check_stop(const Stop *stop, size_t row, n2v_error *error)
{
    return row % PIECE == 0 && stop_requested(stop)
               ? error_set(error, N2V_ERROR_INTERRUPTED, "interrupted while the vectors were computed")
               : N2V_OK;
}

/* Words ------------------------------------------------------------------------------- */

static n2v_status take_words(Model *derived, const Model *model, size_t count, const Stop *stop, n2v_error *error)
{
    n2v_status status = N2V_OK;

    if (count == model->words) {
        derived->vocabulary = vocabulary_hold(model->vocabulary);
        return N2V_OK;
    }
    derived->vocabulary = vocabulary_create();
    if (!derived->vocabulary)
        return fail_memory(error, sizeof *model, "the vocabulary");
    for (size_t id = 0; id < count && status == N2V_OK && (status = check_stop(stop, id, error)) == N2V_OK; id++) {
        size_t bytes;
        const char *word = vocabulary_word(model->vocabulary, (Id)id, &bytes);
        status =
            vocabulary_add(derived->vocabulary, word, bytes, vocabulary_count(model->vocabulary, (Id)id), NULL, error);
    }
    return status;
}

/* Rows ---------------------------------------------------------------------------------- */

static n2v_status make_room(Model *derived, size_t words, size_t dim, n2v_error *error)
{
    model_set_words(derived, words);
    derived->dim = dim;
    model_set_stride(derived, row_stride(dim));
    derived->input = floats_create(words * derived->stride);
    return derived->input ? N2V_OK : fail_memory(error, words * derived->stride * sizeof(float), "the vectors");
}

/* The selected rows as they are. */
static n2v_status take_rows(Model *derived, const Selection *selection, const Stop *stop, n2v_error *error)
{
    n2v_status status = make_room(derived, selection->words, selection->dim, error);

    for (size_t id = 0; status == N2V_OK && id < selection->words; id++) {
        const float *row = selection_row(selection, id);
        if ((status = check_stop(stop, id, error)) != N2V_OK)
            break;
        status = save_check_row(row, selection->dim, model_row_name(selection->model, id), error);
        memcpy(derived->input + id * derived->stride, row, selection->dim * sizeof(float));
    }
    return status;
}

static n2v_status note(Record *record, const char *name, size_t number, n2v_error *error)
{
    char text[32];

    (void)snprintf(text, sizeof text, "%zu", number);
    return number ? record_add(record, name, text, error) : N2V_OK;
}

static n2v_status note_projection(Record *record, const Select *select, const Projection *p, n2v_error *error)
{
    n2v_status status;

    if ((status = note(record, "remove-top", select->remove_top, error)) != N2V_OK ||
        (status = note(record, "reduce", select->reduce, error)) != N2V_OK || !select->reduce)
        return status;
    return record_add(record, "variance-kept", number_format(p->share, 4, (char[NUMBER_BYTES]){0}), error);
}

/* The rows that are projected: the model's where they can be, because a copy of them is large. */
static n2v_status view_rows(RowsView *rows, Model *copy, const Selection *selection, const Stop *stop, n2v_error *error)
{
    const Model *model = selection->model;
    n2v_status status = N2V_OK;

    *rows = (RowsView){model->input, selection->words, selection->dim, model->stride};
    for (size_t id = 0; status == N2V_OK && id < rows->count; id++)
        status = save_check_row(rows->floats + id * rows->stride, model->dim, model_row_name(model, id), error);
    if (status == N2V_OK && selection->select.vectors != VECTORS_INPUT &&
        (status = take_rows(copy, selection, stop, error)) == N2V_OK)
        *rows = (RowsView){copy->input, copy->words, copy->dim, copy->stride};
    return status;
}

static n2v_status project(Model *derived, const Selection *selection, const Select *select, const Stop *stop,
                          n2v_error *error)
{
    Model copy = {.words = 0};
    RowsView rows;
    Projection projection = {.dim = 0};
    n2v_status status;

    if ((status = selection_check_components(select, selection->dim, error)) == N2V_OK &&
        (status = view_rows(&rows, &copy, selection, stop, error)) == N2V_OK &&
        (status = projection_create(&projection, &rows, select->remove_top, select->reduce, stop, error)) == N2V_OK &&
        (status = make_room(derived, rows.count, projection_dim(&projection), error)) == N2V_OK &&
        (status = projection_apply(&projection, &rows, derived->input, derived->stride, stop, error)) == N2V_OK)
        status = note_projection(&derived->record, select, &projection, error);
    projection_free(&projection);
    model_free(&copy);
    return status;
}

/* Whoever reads the words has to join the same phrases. */
static n2v_status take_phrases(Model *derived, const Model *model, n2v_error *error)
{
    const Extra *from = &model->extras[EXTRA_PHRASES];
    Extra *to = &derived->extras[EXTRA_PHRASES];

    if (!from->bytes || from->damaged)
        return N2V_OK;
    to->bytes = array_create_zero(from->count + 1, 1);
    if (!to->bytes)
        return fail_memory(error, from->count, "the phrases");
    memcpy(to->bytes, from->bytes, from->count);
    to->count = from->count;
    return N2V_OK;
}

/* Numbers ------------------------------------------------------------------------------- */

static float scale_of(const Model *derived)
{
    float largest = 0;

    for (size_t id = 0; id < derived->words; id++)
        for (size_t i = 0; i < derived->dim; i++)
            largest = fmaxf(largest, fabsf(derived->input[id * derived->stride + i]));
    return int8_scale(largest);
}

static n2v_status round_rows(Model *derived, Numbers numbers, const Stop *stop, n2v_error *error)
{
    const float scale = numbers == NUMBERS_INT8 ? scale_of(derived) : 1;
    n2v_status status;

    for (size_t id = 0; numbers != NUMBERS_FLOAT32 && id < derived->words; id++) {
        float *row = derived->input + id * derived->stride;
        if ((status = check_stop(stop, id, error)) != N2V_OK)
            return status;
        for (size_t i = 0; i < derived->dim; i++) {
            const float before = row[i];
            row[i] = numbers == NUMBERS_INT8 ? (float)int8_of_float(before, scale) * scale
                                             : float_of_half(half_of_float(before));
            if (!isfinite(row[i]))
                return error_set(error, N2V_ERROR_NUMERIC,
                                 "number %zu of the vector of '%s' is %s, and 16 bits hold at most 65504", i + 1,
                                 model_row_name(derived, id), NUMBER_SHOWN((double)before));
        }
    }
    return N2V_OK;
}

/* All of it ----------------------------------------------------------------------------- */

n2v_status model_derive(Model *derived, const Model *model, const Select *select, const Stop *stop, n2v_error *error)
{
    const Select plain = {.vectors = select->vectors == VECTORS_ALL ? VECTORS_INPUT : select->vectors,
                          .top = select->top};
    Selection selection;
    n2v_status status;

    *derived = (Model){.words = 0};
    if ((status = selection_create(&selection, model, &plain, error)) != N2V_OK)
        return status;
    if ((status = record_copy(&derived->record, &selection.record, error)) != N2V_OK ||
        (status = take_phrases(derived, model, error)) != N2V_OK ||
        (status = take_words(derived, model, selection.words, stop, error)) != N2V_OK ||
        (status = select_projects(select) ? project(derived, &selection, select, stop, error)
                                          : take_rows(derived, &selection, stop, error)) != N2V_OK)
        goto out;
    for (size_t id = 0; select->normalize && id < derived->words; id++)
        row_normalize(derived->input + id * derived->stride, derived->dim, derived->input + id * derived->stride);
    if (select->normalize && (status = record_add(&derived->record, "normalize", "1", error)) != N2V_OK)
        goto out;
    status = round_rows(derived, select->numbers, stop, error);
out:
    selection_free(&selection);
    if (status != N2V_OK)
        model_free(derived);
    return status;
}
