/* api.c - the public functions: check every argument, turn the caller's labels into a tile, call down. */
#include <locale.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "kernels/kernels.h"
#include "nce2vec.h"
#include "objectives/objective.h"

#define MAX_STRUCTURE 4096 /* a size beyond that was never set */
#define MAX_CELLS     (SIZE_MAX / 64 < INT32_MAX ? SIZE_MAX / 64 : (size_t)INT32_MAX)

/* n2v_evaluation as it was first. */
#define FIRST_EVALUATION offsetof(n2v_evaluation, input_pairs)

const char *n2v_version(void)
{
    return N2V_VERSION;
}

size_t n2v_objective_count(const n2v_objectives *objectives)
{
    (void)objectives;
    return objective_count(NULL);
}

const char *n2v_objective_name(const n2v_objectives *objectives, size_t index)
{
    const n2v_objective *objective = objective_at(NULL, index);

    (void)objectives;
    return objective ? objective->name : NULL;
}

/* Parses the objective's text with a decimal point, whatever the program's locale. */
static n2v_status parse(const char *text, const n2v_objective **objective, float parameters[N2V_MAX_PARAMETERS],
                        n2v_error *error)
{
    locale_t plain, before;
    n2v_status status;

    if (!text)
        return error_set(error, N2V_ERROR_ARGUMENT, "the objective's text is NULL; give a name such as \"nce\"");
    for (const char *at = text; *at; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            return error_set(error, N2V_ERROR_ARGUMENT, "the objective's text has a control character at byte %zu",
                             (size_t)(at - text));
    plain = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    if (!plain)
        return error_set(error, N2V_ERROR_MEMORY, "out of memory: no locale to read numbers with");
    before = uselocale(plain);
    status = objective_parse(NULL, text, objective, parameters, error);
    (void)uselocale(before); /* fails for what is no locale only */
    freelocale(plain);
    return status;
}

static n2v_status check_size(size_t size, size_t least, const char *structure, n2v_error *error)
{
    if (size >= least && size <= MAX_STRUCTURE)
        return N2V_OK;
    return error_set(error, N2V_ERROR_ARGUMENT, "%s: size is %zu; set it to sizeof(%s), which is %zu here", structure,
                     size, structure, least);
}

/* Fills a caller's structure of `size` bytes, which may come from an earlier or a later header. */
static void hand_out(void *to, size_t size, const void *from, size_t known)
{
    if (size > known)
        memset((char *)to + known, 0, size - known);
    memcpy(to, from, size < known ? size : known);
}

n2v_status n2v_objective_describe(const n2v_objectives *objectives, const char *objective, n2v_objective_info *info, n2v_error *error)
{
    const n2v_objective *found;
    float parameters[N2V_MAX_PARAMETERS];
    n2v_status status;

    (void)objectives;
    if (!info)
        return error_set(error, N2V_ERROR_ARGUMENT, "n2v_objective_describe: info is NULL");
    status = check_size(info->size, sizeof *info, "n2v_objective_info", error);
    if (status == N2V_OK)
        status = parse(objective, &found, parameters, error);
    if (status == N2V_OK) {
        const n2v_objective_info filled = {
            .size = info->size,
            .name = found->name,
            .summary = found->summary,
            .formula = found->formula,
            .paper = found->paper,
            .geometry = found->geometry,
            .needs = objective_needs(found, parameters),
            .learning_rate = objective_learning_rate(found, parameters),
            .noise = found->noise,
            .parameters = objective_parameters(found),
        };
        hand_out(info, info->size, &filled, sizeof filled);
    }
    return status;
}

n2v_status n2v_objective_describe_parameter(const n2v_objectives *objectives, const char *objective, size_t index,
                                            n2v_parameter_info *info, n2v_error *error)
{
    const n2v_objective *found;
    float parameters[N2V_MAX_PARAMETERS];
    size_t count;
    n2v_status status;

    (void)objectives;
    if (!info)
        return error_set(error, N2V_ERROR_ARGUMENT, "n2v_objective_describe_parameter: info is NULL");
    status = check_size(info->size, sizeof *info, "n2v_parameter_info", error);
    if (status == N2V_OK)
        status = parse(objective, &found, parameters, error);
    if (status != N2V_OK)
        return status;
    count = objective_parameters(found);
    if (index >= count)
        return error_set(error, N2V_ERROR_ARGUMENT, "objective %s has no parameter %zu: it has %zu, counted from 0",
                         found->name, index, count);
    const n2v_parameter *parameter = &found->parameters[index];
    const n2v_parameter_info filled = {
        .size = info->size,
        .name = parameter->name,
        .help = parameter->help,
        .value = parameters[index],
        .default_value = parameter->value,
        .min = parameter->min,
        .max = parameter->max,
        .is_integer = (uint32_t)parameter->integer,
    };
    hand_out(info, info->size, &filled, sizeof filled);
    return N2V_OK;
}

/* An array of numbers that the objective needs: there, finite, and none below `least`. */
static n2v_status check_numbers(const n2v_objective *objective, const char *name, const float *values, size_t count,
                                float least, n2v_error *error)
{
    if (!values)
        return error_set(error, N2V_ERROR_ARGUMENT, "objective %s needs %s (%zu floats), which is NULL",
                         objective->name, name, count);
    for (size_t i = 0; i < count; i++)
        if (!isfinite(values[i]) || values[i] < least)
            return error_set(error, N2V_ERROR_ARGUMENT, "%s[%zu] is %g; it must be finite%s", name, i,
                             (double)values[i],
                             least >= 1   ? " and at least 1"
                             : least >= 0 ? " and not negative"
                                          : "");
    return N2V_OK;
}

/* Scores of count rows among themselves; the diagonal is not looked at. */
static n2v_status check_pairs(const n2v_objective *objective, const char *name, const float *pairs, size_t count,
                              n2v_error *error)
{
    const bool distances = objective->geometry == N2V_SQEUCLID;
    size_t cells;

    if (__builtin_mul_overflow(count, count, &cells) || cells > MAX_CELLS)
        return error_set(error, N2V_ERROR_ARGUMENT, "%s: %zu x %zu is too large; the most are %zu cells", name, count,
                         count, MAX_CELLS);
    if (!pairs)
        return error_set(error, N2V_ERROR_ARGUMENT, "objective %s needs %s (%zu x %zu floats), which is NULL",
                         objective->name, name, count, count);
    for (size_t i = 0; i < count; i++)
        for (size_t l = 0; l < count; l++)
            if (i != l && (!isfinite(pairs[i * count + l]) || (distances && pairs[i * count + l] < 0)))
                return error_set(error, N2V_ERROR_ARGUMENT,
                                 "%s: row %zu, column %zu (from 0) is %g; it must be finite%s", name, i, l,
                                 (double)pairs[i * count + l], distances ? " and not negative" : "");
    return N2V_OK;
}

static n2v_status check_scores(const n2v_objective *objective, const n2v_evaluation *e, n2v_error *error)
{
    const bool distances = objective->geometry == N2V_SQEUCLID;

    for (size_t c = 0; c < e->m * e->n; c++) {
        const float score = e->scores[c];
        if (!isfinite(score) || (distances && score < 0))
            return error_set(error, N2V_ERROR_ARGUMENT, "the score of row %zu, column %zu (from 0) is %g; %s", c / e->n,
                             c % e->n, (double)score,
                             isfinite(score) ? "a squared distance is not negative" : "it must be finite");
    }
    return N2V_OK;
}

/* Also counts the positives. */
static n2v_status check_labels(const n2v_evaluation *e, size_t *positives, n2v_error *error)
{
    *positives = 0;
    for (size_t i = 0; i < e->m; i++) {
        const size_t before = *positives;
        for (size_t j = 0; j < e->n; j++) {
            const unsigned label = e->labels[i * e->n + j];
            if (label > N2V_MASKED)
                return error_set(
                    error, N2V_ERROR_ARGUMENT,
                    "the label of row %zu, column %zu (from 0) is %u; there are 0 (negative), 1 (positive) "
                    "and 2 (masked)",
                    i, j, label);
            *positives += label == N2V_POSITIVE;
        }
        if (*positives == before)
            return error_set(error, N2V_ERROR_ARGUMENT,
                             "row %zu (from 0) has no positive; label one of its columns 1, or leave the row out", i);
    }
    return N2V_OK;
}

static n2v_status check_tile(const n2v_objective *objective, unsigned needs, const n2v_evaluation *e, size_t *positives,
                             n2v_error *error)
{
    n2v_status status = N2V_OK;
    size_t cells;

    if (!e->m || !e->n)
        return error_set(error, N2V_ERROR_ARGUMENT, "the tile is %zu x %zu; it needs a row and a column", e->m, e->n);
    if (__builtin_mul_overflow(e->m, e->n, &cells) || cells > MAX_CELLS)
        return error_set(error, N2V_ERROR_ARGUMENT, "a tile of %zu x %zu is too large; the most are %zu cells", e->m,
                         e->n, MAX_CELLS);
    if (!e->scores || !e->labels)
        return error_set(error, N2V_ERROR_ARGUMENT, "%s is NULL; it takes %zu x %zu values",
                         e->scores ? "labels" : "scores", e->m, e->n);
    status = check_labels(e, positives, error);
    if (status == N2V_OK)
        status = check_scores(objective, e, error);
    if (status == N2V_OK && (needs & N2V_NEEDS_LOG_NOISE))
        status = check_numbers(objective, "log_noise", e->log_noise, e->n, -INFINITY, error);
    if (status == N2V_OK && e->multiplicity)
        status = check_numbers(objective, "multiplicity", e->multiplicity, e->n, 1, error);
    if (status == N2V_OK && (needs & N2V_NEEDS_NORMS))
        status = check_numbers(objective, "input_norms", e->input_norms, e->m, 0, error);
    if (status == N2V_OK && (needs & N2V_NEEDS_NORMS))
        status = check_numbers(objective, "output_norms", e->output_norms, e->n, 0, error);
    if (status == N2V_OK && (needs & N2V_NEEDS_SIDES))
        status = check_pairs(objective, "input_pairs", e->input_pairs, e->m, error);
    if (status == N2V_OK && (needs & N2V_NEEDS_SIDES))
        status = check_pairs(objective, "output_pairs", e->output_pairs, e->n, error);
    return status;
}

/* What the objective reads beside the caller's arrays, and what it writes. */
typedef struct workspace {
    size_t positives;
    unsigned char *mask;      /* m x n */
    uint32_t *first, *row, *column; /* m + 1; positives */
    float *memory;            /* all of the following */
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
static void gather(workspace *w, unsigned needs, const n2v_evaluation *e)
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
    unsigned needs;
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

static n2v_status evaluate(const evaluator *by, n2v_evaluation *e, n2v_error *error)
{
    workspace w = {0};
    double loss = 0;
    n2v_status status = check_tile(by->objective, by->needs, e, &w.positives, error);

    if (by->needs & N2V_NEEDS_SIDES) {
        w.input_pairs = e->m * e->m;
        w.output_pairs = e->n * e->n;
    }
    if (status == N2V_OK)
        status = workspace_make(&w, by->objective, e, error);
    if (status != N2V_OK)
        goto out;
    gather(&w, by->needs, e);
    if (by->needs & N2V_NEEDS_ALL_WORDS)
        evaluate_all_words(by, &w, e, &loss);
    else
        evaluate_tile(by, &w, e, &loss);
    scatter(&w, e);
    if (!isfinite(loss) || !all_finite(w.gradient, e->m * e->n) || !all_finite(w.input_norm_gradient, e->m) ||
        !all_finite(w.output_norm_gradient, e->n) || !all_finite(w.input_pair_gradient, w.input_pairs) ||
        !all_finite(w.output_pair_gradient, w.output_pairs)) {
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

n2v_status n2v_objective_evaluate(const n2v_objectives *objectives, const char *objective, n2v_evaluation *evaluation, n2v_error *error)
{
    float parameters[N2V_MAX_PARAMETERS];
    evaluator by = {.parameters = parameters};
    n2v_evaluation known = {0};
    const Kernels *kernels;
    n2v_status status = N2V_OK;

    (void)objectives;
    if (!evaluation)
        return error_set(error, N2V_ERROR_ARGUMENT, "n2v_objective_evaluate: evaluation is NULL");
    if (evaluation->size != FIRST_EVALUATION)
        status = check_size(evaluation->size, sizeof *evaluation, "n2v_evaluation", error);
    if (status != N2V_OK)
        return status;
    /* What a later header has beyond may change the meaning, unless it is zero. */
    for (size_t b = sizeof *evaluation; b < evaluation->size; b++)
        if (((const unsigned char *)evaluation)[b])
            return error_set(error, N2V_ERROR_ARGUMENT,
                             "n2v_evaluation: byte %zu is set, which version %s does not know; link a later one", b,
                             N2V_VERSION);
    status = parse(objective, &by.objective, parameters, error);
    if (status == N2V_OK)
        status = kernels_choose(PRECISION_AUTO, NULL, &kernels, error);
    if (status != N2V_OK)
        return status;
    by.needs = objective_needs(by.objective, parameters);
    by.math = &kernels->math;
    memcpy(&known, evaluation, evaluation->size < sizeof known ? evaluation->size : sizeof known);
    status = evaluate(&by, &known, error);
    if (status == N2V_OK)
        evaluation->loss = known.loss;
    return status;
}
