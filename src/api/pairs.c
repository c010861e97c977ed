/* pairs.c - the public functions of word pairs with human scores. */
#include "query/pairs.h"

#include <stddef.h>
#include <stdlib.h>

#include "api/observer.h"
#include "api/structure.h"
#include "api/vectors_handle.h"
#include "nce2vec.h"

/* The size in the first public header. */
#define FIRST_SCORE (offsetof(n2v_pairs_score, pearson) + sizeof(double))

struct n2v_pairs {
    WordPairs pairs;
};

static n2v_status fail_null(const char *function, const char *name, n2v_error *error)
{
    return error_set(error, N2V_ERROR_ARGUMENT, "%s: %s is NULL", function, name);
}

n2v_status n2v_pairs_load(n2v_pairs **pairs, const char *path, const n2v_observer *observer, n2v_error *error)
{
    n2v_pairs *loaded;
    n2v_observer copy;
    Stop stop;
    n2v_status status;

    if (!pairs || !path)
        return fail_null("n2v_pairs_load", pairs ? "path" : "pairs", error);
    *pairs = NULL;
    if ((status = observer_take(&copy, observer, error)) != N2V_OK)
        return status;
    if (!(loaded = array_create_zero(1, sizeof *loaded)))
        return fail_memory(error, sizeof *loaded, "the word pairs");
    stop = observer_stop(&copy);
    if ((status = pairs_load(&loaded->pairs, path, &stop, error)) != N2V_OK)
        free(loaded);
    else
        *pairs = loaded;
    return status;
}

void n2v_pairs_destroy(n2v_pairs *pairs)
{
    if (!pairs)
        return;
    pairs_free(&pairs->pairs);
    free(pairs);
}

n2v_status n2v_pairs_evaluate(const n2v_pairs *pairs, const n2v_vectors *vectors, n2v_pairs_score *score,
                              n2v_error *error)
{
    PairsScore measured;
    n2v_status status;

    if (!pairs || !vectors || !score)
        return fail_null("n2v_pairs_evaluate", !pairs ? "pairs" : !vectors ? "vectors" : "score", error);
    if ((status = structure_check(score->size, FIRST_SCORE, "n2v_pairs_score", error)) != N2V_OK ||
        (status = pairs_evaluate(&pairs->pairs, vectors->model, &measured, error)) != N2V_OK)
        return status;
    const n2v_pairs_score filled = {
        .size = score->size,
        .pairs = pairs->pairs.count,
        .found = measured.found,
        .spearman = measured.spearman,
        .pearson = measured.pearson,
        .composed = measured.composed,
    };
    structure_hand_out(score, score->size, &filled, sizeof filled);
    return N2V_OK;
}
