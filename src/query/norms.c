#include "query/norms.h"

#include <stdlib.h>

#include "model/rows.h"

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

n2v_status norms_measure(Norms *norms, const Model *model, const float *rows, n2v_error *error)
{
    const size_t words = model->words;
    double *all = array_create(words, sizeof *all), sum = 0;

    if (!all)
        return fail_memory(error, words * sizeof *all, "the vectors' lengths");
    *norms = (Norms){0};
    for (size_t id = 0; id < words; id++) {
        all[id] = row_norm(rows + id * model->stride, model->dim);
        sum += all[id];
        norms->zeros += all[id] == 0;
        if (all[id] < all[norms->shortest])
            norms->shortest = (Id)id;
        if (all[id] > all[norms->longest])
            norms->longest = (Id)id;
    }
    norms->min = all[norms->shortest];
    norms->max = all[norms->longest];
    norms->mean = sum / (double)words;
    qsort(all, words, sizeof *all, by_value);
    norms->median = (all[(words - 1) / 2] + all[words / 2]) / 2;
    free(all);
    return N2V_OK;
}
