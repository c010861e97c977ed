/* evaluate.c - n2v_objective_evaluate: turns the caller's labels into a tile, and the tile's gradient back. */
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "api/evaluation_check.h"
#include "api/objective_text.h"
#include "api/structure.h"
#include "base/memory.h"
#include "kernels/kernels.h"
#include "nce2vec.h"
#include "objectives/set.h"

#define FIRST_EVALUATION offsetof(n2v_evaluation, input_pairs) /* its size in the first public header */

/* What the objective reads beside the caller's arrays, and what it writes. */
typedef struct workspace {
    size_t positives;
    unsigned char *mask;            /* m x n */
    uint32_t *first, *row, *column; /* m + 1; positives */
    float *memory;                  /* all of the following */
    float *positive_scores, *positive_log_noise, *positive_norms;
    float *gradient, *positive_gradient;
    float *input_norm_gradient, *output_norm_gradient, *positive_norm_gradient;
    float *one_gradient, *one_norm_gradient; /* n: a case by itself */
    size_t input_pairs, output_pairs;        /* m x m and n x n, 0 unless needed */
    float *input_pair_gradient, *output_pair_gradient;
    float *scratch;
} workspace;

static void workspace_free(workspace *w)
{
    free(w->mask);
    free(w->first);
    free(w->row);
    free(w->column);
    free(w->memory);
}

/* Gives each array its place, all zero; the caller frees also after a failure. */
static n2v_status workspace_make(workspace *w, const n2v_objective *objective, const n2v_evaluation *e,
                                 n2v_error *error)
{
    const size_t m = e->m, n = e->n, positives = w->positives;
    const struct {
        float **place;
        size_t floats;
    } arrays[] = {
        {&w->positive_scores, positives},
        {&w->positive_log_noise, positives},
        {&w->positive_norms, positives},
        {&w->gradient, m * n},
        {&w->positive_gradient, positives},
        {&w->input_norm_gradient, m},
        {&w->output_norm_gradient, n},
        {&w->positive_norm_gradient, positives},
        {&w->one_gradient, n},
        {&w->one_norm_gradient, n},
        {&w->input_pair_gradient, w->input_pairs},
        {&w->output_pair_gradient, w->output_pairs},
        {&w->scratch, objective_scratch(objective, m, n, positives)},
    };
    size_t floats = 0;

    for (size_t a = 0; a < sizeof arrays / sizeof *arrays; a++)
        floats += arrays[a].floats;
    w->mask = array_create_zero(m * n, 1);
    w->first = array_create_zero(m + 1, sizeof *w->first);
    w->row = array_create_zero(positives, sizeof *w->row);
    w->column = array_create_zero(positives, sizeof *w->column);
    w->memory = array_create_zero(floats, sizeof *w->memory);
    if (!w->mask || !w->first || !w->row || !w->column || !w->memory)
        return fail_memory(error, floats * sizeof *w->memory, "the working copy of a tile");
    floats = 0;
    for (size_t a = 0; a < sizeof arrays / sizeof *arrays; a++) {
        *arrays[a].place = w->memory + floats;
        floats += arrays[a].floats;
    }
    return N2V_OK;
}

/* Gathers the positives, and masks what is no negative. */
static void gather(workspace *w, uint32_t needs, const n2v_evaluation *e)
{
    uint32_t p = 0;

    for (size_t i = 0; i < e->m; i++) {
        for (size_t j = 0; j < e->n; j++) {
            const size_t cell = i * e->n + j;
            w->mask[cell] = e->labels[cell] != N2V_NEGATIVE;
            if (e->labels[cell] != N2V_POSITIVE)
                continue;
            w->row[p] = (uint32_t)i;
            w->column[p] = (uint32_t)j;
            w->positive_scores[p] = e->scores[cell];
            if (needs & N2V_NEEDS_LOG_NOISE)
                w->positive_log_noise[p] = e->log_noise[j];
            if (needs & N2V_NEEDS_NORMS)
                w->positive_norms[p] = e->output_norms[j];
            p++;
        }
        w->first[i + 1] = p;
    }
}

typedef struct evaluator {
    const n2v_objective *objective;
    const float *parameters;
    uint32_t needs;
    const VectorMath *math;
} evaluator;

/* The tile from row i and positive p on; the caller says how many rows, and where the gradient goes. */
static n2v_tile tile_from(const evaluator *by, const workspace *w, const n2v_evaluation *e, size_t i, size_t p)
{
    const bool noise = by->needs & N2V_NEEDS_LOG_NOISE, norms = by->needs & N2V_NEEDS_NORMS;
    const bool columns = by->needs & (N2V_NEEDS_IN_BATCH | N2V_NEEDS_ALL_WORDS);
    const bool sides = by->needs & N2V_NEEDS_SIDES;

    return (n2v_tile){
        .n = e->n,
        .math = by->math,
        .scores = e->scores + i * e->n,
        .mask = w->mask + i * e->n,
        .log_noise = noise ? e->log_noise : NULL,
        .multiplicity = e->multiplicity,
        .positive_scores = w->positive_scores + p,
        .positive_log_noise = noise ? w->positive_log_noise + p : NULL,
        .column = columns ? w->column + p : NULL,
        .input_norms = norms ? e->input_norms + i : NULL,
        .output_norms = norms ? e->output_norms : NULL,
        .positive_norms = norms ? w->positive_norms + p : NULL,
        .input_pairs = sides ? e->input_pairs : NULL,
        .output_pairs = sides ? e->output_pairs : NULL,
    };
}

static void evaluate_tile(const evaluator *by, workspace *w, const n2v_evaluation *e, double *loss)
{
    const bool norms = by->needs & N2V_NEEDS_NORMS, sides = by->needs & N2V_NEEDS_SIDES;
    const n2v_tile_gradient gradient = {
        .scores = w->gradient,
        .positives = w->positive_gradient,
        .input_norms = norms ? w->input_norm_gradient : NULL,
        .output_norms = norms ? w->output_norm_gradient : NULL,
        .positive_norms = norms ? w->positive_norm_gradient : NULL,
        .input_pairs = sides ? w->input_pair_gradient : NULL,
        .output_pairs = sides ? w->output_pair_gradient : NULL,
    };
    n2v_tile tile = tile_from(by, w, e, 0, 0);

    tile.m = e->m;
    tile.first = w->first;
    tile.row = w->row;
    by->objective->loss_grad(&tile, by->parameters, &gradient, w->scratch, loss, by->objective->user);
}

/* Each positive as a tile of its own, in which the row's other positives are words like all. */
static void evaluate_all_words(const evaluator *by, workspace *w, const n2v_evaluation *e, double *loss)
{
    static const uint32_t one_positive[] = {0, 1}, its_row = 0;
    const bool norms = by->needs & N2V_NEEDS_NORMS;
    const size_t n = e->n;

    for (size_t i = 0; i < e->m; i++) {
        for (size_t p = w->first[i]; p < w->first[i + 1]; p++) {
            float input_norm_gradient = 0;
            const n2v_tile_gradient gradient = {
                .scores = w->one_gradient,
                .positives = w->positive_gradient + p,
                .input_norms = norms ? &input_norm_gradient : NULL,
                .output_norms = norms ? w->one_norm_gradient : NULL,
                .positive_norms = norms ? w->positive_norm_gradient + p : NULL,
            };
            n2v_tile tile = tile_from(by, w, e, i, p);

            tile.m = 1;
            tile.first = one_positive;
            tile.row = &its_row;
            for (size_t j = 0; j < n; j++) {
                w->mask[i * n + j] = e->labels[i * n + j] == N2V_MASKED || j == w->column[p];
                w->one_norm_gradient[j] = 0;
            }
            by->objective->loss_grad(&tile, by->parameters, &gradient, w->scratch, loss, by->objective->user);
            w->input_norm_gradient[i] += input_norm_gradient;
            for (size_t j = 0; j < n; j++) {
                w->gradient[i * n + j] += w->one_gradient[j];
                w->output_norm_gradient[j] += w->one_norm_gradient[j];
            }
        }
    }
}

/* Puts the positives' gradients into their cells. */
static void scatter(workspace *w, const n2v_evaluation *e)
{
    for (size_t i = 0; i < e->m; i++) {
        for (size_t p = w->first[i]; p < w->first[i + 1]; p++) {
            w->gradient[i * e->n + w->column[p]] += w->positive_gradient[p];
            w->output_norm_gradient[w->column[p]] += w->positive_norm_gradient[p];
        }
    }
}

static bool all_finite(const float *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!isfinite(values[i]))
            return false;
    return true;
}

static void copy_out(float *to, const float *from, size_t count)
{
    if (to)
        memcpy(to, from, count * sizeof *to);
}

/* The gradient of count x count pairs, 0 on the diagonal; without one, zeros. */
static void copy_out_pairs(float *to, const float *from, size_t cells, size_t count)
{
    if (!to)
        return;
    if (cells)
        memcpy(to, from, cells * sizeof *to);
    else
        memset(to, 0, count * count * sizeof *to);
    for (size_t i = 0; i < count; i++)
        to[i * count + i] = 0;
}

static bool all_finite_of(const workspace *w, const n2v_evaluation *e)
{
    return all_finite(w->gradient, e->m * e->n) && all_finite(w->input_norm_gradient, e->m) &&
           all_finite(w->output_norm_gradient, e->n) && all_finite(w->input_pair_gradient, w->input_pairs) &&
           all_finite(w->output_pair_gradient, w->output_pairs);
}

static n2v_status evaluate(const evaluator *by, n2v_evaluation *e, n2v_error *error)
{
    workspace w = {0};
    double loss = 0;
    n2v_status status;

    if ((status = evaluation_check(by->objective, by->needs, e, &w.positives, error)) != N2V_OK)
        return status;
    if (by->needs & N2V_NEEDS_SIDES) {
        w.input_pairs = e->m * e->m;
        w.output_pairs = e->n * e->n;
    }
    if ((status = workspace_make(&w, by->objective, e, error)) != N2V_OK)
        goto out;
    gather(&w, by->needs, e);
    if (by->needs & N2V_NEEDS_ALL_WORDS)
        evaluate_all_words(by, &w, e, &loss);
    else
        evaluate_tile(by, &w, e, &loss);
    scatter(&w, e);
    if (!isfinite(loss) || !all_finite_of(&w, e)) {
        status = error_set(error, N2V_ERROR_NUMERIC,
                           "objective %s: the loss or its gradient is beyond the range of floats; use smaller scores",
                           by->objective->name);
        goto out;
    }
    e->loss = loss;
    copy_out(e->gradient, w.gradient, e->m * e->n);
    copy_out(e->input_norm_gradient, w.input_norm_gradient, e->m);
    copy_out(e->output_norm_gradient, w.output_norm_gradient, e->n);
    copy_out_pairs(e->input_pair_gradient, w.input_pair_gradient, w.input_pairs, e->m);
    copy_out_pairs(e->output_pair_gradient, w.output_pair_gradient, w.output_pairs, e->n);
out:
    workspace_free(&w);
    return status;
}

/* A set has chosen at its creation. */
static n2v_status choose_kernels(const n2v_objectives *objectives, const Kernels **kernels, n2v_error *error)
{
    if (!objectives)
        return kernels_choose(PRECISION_AUTO, NULL, kernels, error);
    *kernels = objectives->kernels;
    return *kernels ? N2V_OK : error_set(error, objectives->no_kernels.status, "%s", objectives->no_kernels.text);
}

n2v_status n2v_objective_evaluate(const n2v_objectives *objectives, const char *objective, n2v_evaluation *evaluation,
                                  n2v_error *error)
{
    float parameters[N2V_MAX_PARAMETERS];
    evaluator by = {.parameters = parameters};
    n2v_evaluation known;
    const Kernels *kernels;
    n2v_status status;

    if (!evaluation)
        return error_set(error, N2V_ERROR_ARGUMENT, "n2v_objective_evaluate: evaluation is NULL");
    if ((status = structure_check(evaluation->size, FIRST_EVALUATION, "n2v_evaluation", error)) != N2V_OK ||
        (status = structure_take(&known, sizeof known, evaluation, evaluation->size, "n2v_evaluation", error)) !=
            N2V_OK ||
        (status = objective_of_text(objectives, objective, &by.objective, parameters, error)) != N2V_OK ||
        (status = choose_kernels(objectives, &kernels, error)) != N2V_OK)
        return status;
    by.needs = objective_needs(by.objective, parameters);
    by.math = &kernels->math;
    status = evaluate(&by, &known, error);
    if (status == N2V_OK)
        evaluation->loss = known.loss;
    return status;
}
