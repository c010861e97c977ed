#include "cli/random_tile.h"

#include <math.h>
#include <string.h>

uint64_t random_bits(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

double random_uniform(uint64_t *state)
{
    return (double)(random_bits(state) >> 11) * 0x1p-53;
}

size_t random_below(uint64_t *state, size_t n)
{
    return (size_t)(random_uniform(state) * (double)n);
}

static double random_normal(uint64_t *state)
{
    const double radius = sqrt(-2 * log(1 - random_uniform(state)));
    return radius * cos(6.283185307179586 * random_uniform(state));
}

float tile_tied_score(n2v_geometry geometry, uint64_t *state)
{
    static const float sizes[] = {0, 1, 1e4F, -1e4F};
    const float size = sizes[random_below(state, 4)];
    return geometry == N2V_SQEUCLID ? fabsf(size) : size;
}

/* Distances of training keep away from 0, where a difference would step below it. */
static float random_score(const n2v_objective_info *info, const tile_recipe *recipe, double scale, uint64_t *state)
{
    const bool unit = info->needs & N2V_NEEDS_UNIT_ROWS;

    if (recipe->scores == SCORES_TIED)
        return tile_tied_score(info->geometry, state);
    if (recipe->scores == SCORES_EXTREME) {
        const double size = pow(10, 4 * random_uniform(state));
        return (float)(info->geometry == N2V_DOT && random_below(state, 2) ? -size : size);
    }
    if (info->geometry == N2V_SQEUCLID)
        return (float)(0.6 + 3.4 * scale * random_uniform(state));
    return (float)(scale * (unit ? 0.4 : 1.5) * random_normal(state));
}

/* Symmetric; the diagonal is undefined, and not a number finds out who reads it. */
static void fill_pairs(float *pairs, size_t count, const n2v_objective_info *info, const tile_recipe *recipe,
                       double scale, uint64_t *state)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t l = 0; l < i; l++)
            pairs[i * count + l] = pairs[l * count + i] = random_score(info, recipe, scale, state);
        pairs[i * count + i] = NAN;
    }
}

/* In a batch each row's positive is in a column of its own; with multiplicities rows may share one, which is then
 * drawn as many times. */
static void label_batch(random_tile *t, bool share, uint64_t *state)
{
    size_t column[TILE_ROWS];

    t->n = 0;
    for (size_t i = 0; i < t->m; i++) {
        column[i] = share && t->n && random_below(state, 3) == 0 ? random_below(state, t->n) : t->n;
        if (column[i] == t->n)
            t->multiplicity[t->n++] = 0;
        t->multiplicity[column[i]]++;
    }
    t->has_multiplicity = share;
    for (size_t i = 0; i < t->m; i++)
        for (size_t j = 0; j < t->n; j++)
            t->labels[i * t->n + j] = j == column[i] ? N2V_POSITIVE : N2V_NEGATIVE;
}

static void label_columns(random_tile *t, const tile_recipe *recipe, uint64_t *state)
{
    t->has_multiplicity = recipe->multiplicities && !(t->needs & N2V_NEEDS_ALL_WORDS);
    for (size_t j = 0; j < t->n; j++)
        t->multiplicity[j] = (float)(1 + (t->has_multiplicity ? random_below(state, 4) : 0));
    memset(t->labels, N2V_NEGATIVE, t->m * t->n);
    for (size_t i = 0; i < t->m; i++)
        for (size_t p = recipe->several ? 1 + random_below(state, 4) : 1; p > 0; p--)
            t->labels[i * t->n + random_below(state, t->n)] = N2V_POSITIVE;
}

void tile_make(random_tile *t, const n2v_objective_info *info, const tile_recipe *recipe, uint64_t *state)
{
    const double scale = random_below(state, 2) ? 1 / recipe->sharpness : 1;

    memset(t, 0, sizeof *t);
    t->needs = info->needs;
    t->m = 1 + random_below(state, TILE_ROWS);
    t->n = 1 + random_below(state, TILE_COLUMNS / 4);
    if (t->needs & N2V_NEEDS_IN_BATCH)
        label_batch(t, recipe->multiplicities, state);
    else
        label_columns(t, recipe, state);
    for (size_t c = 0; c < t->m * t->n; c++) {
        t->in.scores[c] = random_score(info, recipe, scale, state);
        if (recipe->masks && t->labels[c] == N2V_NEGATIVE && random_below(state, 3) == 0)
            t->labels[c] = N2V_MASKED;
    }
    for (size_t j = 0; j < t->n; j++) /* k up to 20, Q from 1e-6 to 0.1 */
        t->log_noise[j] = (float)(log(1 + 19 * random_uniform(state)) - log(10) * (1 + 5 * random_uniform(state)));
    for (size_t i = 0; i < t->m; i++)
        t->in.input_norms[i] = (float)(0.6 + 3 * random_uniform(state));
    for (size_t j = 0; j < t->n; j++)
        t->in.output_norms[j] = (float)(0.6 + 3 * random_uniform(state));
    fill_pairs(t->in.input_pairs, t->m, info, recipe, scale, state);
    fill_pairs(t->in.output_pairs, t->n, info, recipe, scale, state);
}

/* The copy of column j that has the positive of row i: in a batch the first that no row before has. */
static size_t copy_of_positive(const random_tile *tile, size_t i, size_t j)
{
    size_t rows_before = 0;

    if (tile->needs & N2V_NEEDS_IN_BATCH)
        for (size_t l = 0; l < i; l++)
            rows_before += tile->labels[l * tile->n + j] == N2V_POSITIVE;
    return rows_before;
}

void tile_expand(random_tile *expanded, const random_tile *tile, size_t *origin)
{
    size_t total = 0, copy[TILE_COLUMNS];

    memset(expanded, 0, sizeof *expanded);
    for (size_t j = 0; j < tile->n; j++)
        for (size_t c = 0; c < (size_t)tile->multiplicity[j] && total < TILE_COLUMNS; c++) {
            copy[total] = c;
            origin[total++] = j;
        }
    expanded->m = tile->m;
    expanded->n = total;
    expanded->needs = tile->needs;
    for (size_t i = 0; i < tile->m; i++)
        for (size_t a = 0; a < total; a++) {
            const size_t j = origin[a];
            unsigned char label = tile->labels[i * tile->n + j];
            if (label == N2V_POSITIVE && copy[a] != copy_of_positive(tile, i, j))
                label = N2V_MASKED;
            expanded->labels[i * total + a] = label;
            expanded->in.scores[i * total + a] = tile->in.scores[i * tile->n + j];
        }
    memcpy(expanded->in.input_norms, tile->in.input_norms, sizeof tile->in.input_norms);
    memcpy(expanded->in.input_pairs, tile->in.input_pairs, sizeof tile->in.input_pairs);
    for (size_t a = 0; a < total; a++) {
        expanded->log_noise[a] = tile->log_noise[origin[a]];
        expanded->in.output_norms[a] = tile->in.output_norms[origin[a]];
        for (size_t b = 0; b < total; b++) /* copies of a word are at distance 0 */
            expanded->in.output_pairs[a * total + b] = a == b                   ? NAN
                                                       : origin[a] == origin[b] ? 0
                                                           : tile->in.output_pairs[origin[a] * tile->n + origin[b]];
    }
}

n2v_status tile_evaluate(const random_tile *t, const n2v_objectives *objectives, const char *objective,
                         tile_numbers *gradient, double *loss, n2v_error *error)
{
    n2v_status status;
    n2v_evaluation e = {
        .size = sizeof e,
        .m = t->m,
        .n = t->n,
        .scores = t->in.scores,
        .labels = t->labels,
        .log_noise = t->log_noise,
        .multiplicity = t->has_multiplicity ? t->multiplicity : NULL,
        .input_norms = t->in.input_norms,
        .output_norms = t->in.output_norms,
        .input_pairs = t->in.input_pairs,
        .output_pairs = t->in.output_pairs,
    };

    if (gradient) {
        memset(gradient, 0, sizeof *gradient);
        e.gradient = gradient->scores;
        e.input_norm_gradient = gradient->input_norms;
        e.output_norm_gradient = gradient->output_norms;
        e.input_pair_gradient = gradient->input_pairs;
        e.output_pair_gradient = gradient->output_pairs;
    }
    if ((status = n2v_objective_evaluate(objectives, objective, &e, error)) == N2V_OK)
        *loss = e.loss;
    return status;
}
