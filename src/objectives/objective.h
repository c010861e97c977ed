/* objective.h - the contract of an objective: a pure function on a tile of scores.
 *
 * An objective turns the scores of a tile into a loss and its gradient. It never
 * sees the model, the text, a thread, a random number or the learning rate; the
 * engine never knows an objective by name. One objective of the library is one file with a
 * const description, and one row in registry.h; programs add others to a set (set.h). */
#ifndef N2V_OBJECTIVES_OBJECTIVE_H
#define N2V_OBJECTIVES_OBJECTIVE_H

#include "base/status.h"
#include "kernels/vector_math.h"
#include "nce2vec/objective.h"

/* n2v_objective, n2v_tile and n2v_tile_gradient are public: nce2vec/objective.h. */

/* Whether a cell is not a negative of its row. */
static inline bool tile_masked(const n2v_tile *tile, size_t i, size_t j)
{
    return tile->mask && tile->mask[i * tile->n + j];
}

/* The multiplicity of a cell: 0 where masked. */
static inline float tile_draws(const n2v_tile *tile, size_t i, size_t j)
{
    return tile_masked(tile, i, j) ? 0 : tile->multiplicity ? tile->multiplicity[j] : 1;
}

/* The number of negatives of each row. */
static inline void tile_count_draws(const n2v_tile *tile, float *counts)
{
    float all = 0;

    for (size_t j = 0; j < tile->n; j++)
        all += tile->multiplicity ? tile->multiplicity[j] : 1;
    for (size_t i = 0; i < tile->m; i++) {
        counts[i] = tile->mask ? 0 : all;
        for (size_t j = 0; tile->mask && j < tile->n; j++)
            counts[i] += tile_draws(tile, i, j);
    }
}

/* The multiplicity of a cell over all positives of the row, each of which has the negatives for its own. */
static inline float tile_weight(const n2v_tile *tile, size_t i, size_t j)
{
    return tile_draws(tile, i, j) * (float)(tile->first[i + 1] - tile->first[i]);
}

/* The functions of a description, with what holds where an optional one is missing. */
static inline uint32_t objective_needs(const n2v_objective *objective, const float *parameters)
{
    return objective->needs ? objective->needs(parameters, objective->user) : 0;
}

static inline float objective_sharpness(const n2v_objective *objective, const float *parameters)
{
    return objective->sharpness ? objective->sharpness(parameters, objective->user) : 1;
}

static inline const char *objective_check(const n2v_objective *objective, const float *parameters)
{
    return objective->check ? objective->check(parameters, objective->user) : NULL;
}

static inline size_t objective_scratch(const n2v_objective *objective, size_t m, size_t n, size_t positives)
{
    return objective->scratch ? objective->scratch(m, n, positives, objective->user) : 0;
}

/* The set: the library's objectives in the order of the documentation, then those that were added. NULL: the
 * library's alone. */
size_t objective_count(const n2v_objectives *set);
const n2v_objective *objective_at(const n2v_objectives *set, size_t index); /* NULL beyond the last */

/* By its name, or by the path of a loaded plug-in, whose first objective it is. NULL: unknown. */
const n2v_objective *objective_find(const n2v_objectives *set, const char *name);

size_t objective_parameters(const n2v_objective *objective);

/* The default learning rate with these parameters. A loss whose scores are multiplied by f has
 * f^2 times the curvature, and only steps f^2 times as small are stable: the description's
 * rate, divided by the square of how much sharper these parameters are than the defaults. */
double objective_learning_rate(const n2v_objective *objective, const float *parameters);

/* Parses "NAME" or "NAME:param=value,..." into an objective and all its parameters. N2V_ERROR_ARGUMENT, with what
 * exists, for an unknown name or parameter; for a malformed or out-of-range value; for values or needs that contradict
 * each other. */
n2v_status objective_parse(const n2v_objectives *set, const char *text, const n2v_objective **objective,
                           float parameters[N2V_MAX_PARAMETERS], n2v_error *error);

#endif
