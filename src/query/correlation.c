#include "query/correlation.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

/* A number and its place in the list. */
typedef struct ranked {
    double value;
    size_t place;
} ranked;

static double mean_of(const double *x, size_t count)
{
    double sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += x[i];
    return sum / (double)count;
}

double correlation_pearson(const double *x, const double *y, size_t count)
{
    double mean_x, mean_y, both = 0, of_x = 0, of_y = 0;

    if (count < 2)
        return (double)NAN;
    mean_x = mean_of(x, count);
    mean_y = mean_of(y, count);
    for (size_t i = 0; i < count; i++) {
        const double dx = x[i] - mean_x, dy = y[i] - mean_y;
        both += dx * dy;
        of_x += dx * dx;
        of_y += dy * dy;
    }
    return of_x > 0 && of_y > 0 ? both / sqrt(of_x) / sqrt(of_y) : (double)NAN;
}

static int by_value(const void *a, const void *b)
{
    const double x = ((const ranked *)a)->value, y = ((const ranked *)b)->value;
    return (x > y) - (x < y);
}

/* The numbers' ranks from 1; room has count items. */
static void rank(const double *x, size_t count, ranked *room, double *ranks)
{
    for (size_t i = 0; i < count; i++)
        room[i] = (ranked){x[i], i};
    qsort(room, count, sizeof *room, by_value);
    for (size_t first = 0, end; first < count; first = end) {
        for (end = first + 1; end < count && room[end].value == room[first].value;)
            end++;
        for (size_t i = first; i < end; i++)
            ranks[room[i].place] = ((double)first + 1 + (double)end) / 2;
    }
}

n2v_status correlation_spearman(const double *x, const double *y, size_t count, double *rho, n2v_error *error)
{
    ranked *room = array_create(count, sizeof *room);
    double *ranks = array_create(count, 2 * sizeof *ranks);
    n2v_status status = N2V_OK;

    if (room && ranks) {
        rank(x, count, room, ranks);
        rank(y, count, room, ranks + count);
        *rho = correlation_pearson(ranks, ranks + count, count);
    } else {
        status = fail_memory(error, count * (sizeof *room + 2 * sizeof *ranks), "the ranks of word pairs");
    }
    free(room);
    free(ranks);
    return status;
}
