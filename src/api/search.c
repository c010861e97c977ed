/* search.c - the public functions of searches. */
#include <math.h>
#include <stddef.h>
#include <stdlib.h>

#include "api/search_handle.h"
#include "api/settings_handle.h"
#include "api/structure.h"
#include "api/vectors_handle.h"
#include "base/machine.h"
#include "query/compare.h"

/* The size in the first public header. */
#define FIRST_COMPARISON (offsetof(n2v_comparison, overlap) + sizeof(double))

static n2v_status fail_null(const char *function, const char *name, n2v_error *error)
{
    return error_set(error, N2V_ERROR_ARGUMENT, "%s: %s is NULL", function, name);
}

static n2v_status create(const char *function, n2v_search **search, const n2v_vectors *vectors,
                         const Candidates *candidates, const n2v_settings *settings, n2v_error *error)
{
    const Settings *values;
    const Kernels *kernels;
    n2v_search *created;
    n2v_status status;

    if (!search)
        return fail_null(function, "search", error);
    *search = NULL;
    if (!vectors)
        return fail_null(function, "vectors", error);
    if ((status = settings_of(settings, N2V_FOR_SEARCH, &values, error)) != N2V_OK ||
        (status = kernels_choose(PRECISION_AUTO, settings_text(values, "kernels"), &kernels, error)) != N2V_OK)
        return status;
    if (!(created = array_create_zero(1, sizeof *created)))
        return fail_memory(error, sizeof *created, "a search");
    if ((status = search_create(&created->search, vectors->model, candidates, kernels,
                                (size_t)settings_integer(values, "threads", machine_cores()), error)) != N2V_OK) {
        free(created);
        return status;
    }
    if (settings_text(values, "min-cosine"))
        created->search.floor = nextafterf((float)settings_real(values, "min-cosine", 0), -INFINITY);
    *search = created;
    return N2V_OK;
}

n2v_status n2v_vectors_compare(const n2v_vectors *before, const n2v_vectors *after, const n2v_settings *settings,
                               n2v_comparison *comparison, n2v_error *error)
{
    const Settings *values;
    const Kernels *kernels;
    Comparison measured;
    n2v_status status;

    if (!before || !after || !comparison)
        return fail_null("n2v_vectors_compare", !before ? "before" : !after ? "after" : "comparison", error);
    if ((status = structure_check(comparison->size, FIRST_COMPARISON, "n2v_comparison", error)) != N2V_OK ||
        (status = settings_of(settings, N2V_FOR_SEARCH, &values, error)) != N2V_OK ||
        (status = kernels_choose(PRECISION_AUTO, settings_text(values, "kernels"), &kernels, error)) != N2V_OK ||
        (status = compare_models(before->model, after->model, kernels,
                                 (size_t)settings_integer(values, "threads", machine_cores()), &measured, error)) !=
            N2V_OK)
        return status;
    const n2v_comparison filled = {
        .size = comparison->size,
        .words = measured.words,
        .mean_cosine = measured.mean_cosine,
        .sampled = measured.sampled,
        .neighbors = measured.neighbors,
        .overlap = measured.overlap,
    };
    structure_hand_out(comparison, comparison->size, &filled, sizeof filled);
    return N2V_OK;
}

n2v_status n2v_search_create(n2v_search **search, const n2v_vectors *vectors, const n2v_settings *settings,
                             n2v_error *error)
{
    return create("n2v_search_create", search, vectors, NULL, settings, error);
}

n2v_status n2v_search_create_among(n2v_search **search, const n2v_vectors *vectors, const uint32_t *ids, size_t count,
                                   const n2v_settings *settings, n2v_error *error)
{
    if (search)
        *search = NULL;
    if (!ids)
        return fail_null("n2v_search_create_among", "ids", error);
    return create("n2v_search_create_among", search, vectors, &(Candidates){.ids = ids, .count = count}, settings,
                  error);
}

void n2v_search_destroy(n2v_search *search)
{
    if (!search)
        return;
    search_free(&search->search);
    free(search);
}

n2v_status n2v_search_run(const n2v_search *search, const n2v_query *queries, size_t count, size_t k,
                          n2v_neighbor *neighbors, size_t *found, n2v_error *error)
{
    if (!search)
        return fail_null("n2v_search_run", "search", error);
    if (count && (!queries || !found))
        return fail_null("n2v_search_run", queries ? "found" : "queries", error);
    if (count && k && !neighbors)
        return fail_null("n2v_search_run", "neighbors", error);
    return search_run(&search->search, queries, count, k, neighbors, found, error);
}
