#include "query/neighbors.h"

#include <math.h>

/* In double, no finite floats overflow or vanish. Lanes of their own let the compiler use vectors. */
static double dot(const float *x, const float *y, size_t stride)
{
    double lanes[N2V_ROW_FLOATS] = {0}, sum = 0;

    for (size_t at = 0; at < stride; at += N2V_ROW_FLOATS)
        for (size_t lane = 0; lane < N2V_ROW_FLOATS; lane++)
            lanes[lane] += (double)x[at + lane] * (double)y[at + lane];
    for (size_t lane = 0; lane < N2V_ROW_FLOATS; lane++)
        sum += lanes[lane];
    return sum;
}

static float cosine(double product, double norms)
{
    const double ratio = norms > 0 ? product / norms : 0;
    return (float)(ratio > 1 ? 1 : ratio < -1 ? -1 : ratio);
}

static bool nearer(n2v_neighbor a, n2v_neighbor b)
{
    return a.cosine != b.cosine ? a.cosine > b.cosine : a.id < b.id;
}

/* A heap with the farthest on top: puts item at place and moves it down. */
static void sift_down(n2v_neighbor *heap, size_t count, size_t place, n2v_neighbor item)
{
    for (size_t child; (child = 2 * place + 1) < count; place = child) {
        if (child + 1 < count && nearer(heap[child], heap[child + 1]))
            child++;
        if (!nearer(item, heap[child]))
            break;
        heap[place] = heap[child];
    }
    heap[place] = item;
}

static void sift_up(n2v_neighbor *heap, size_t place, n2v_neighbor item)
{
    for (; place; place = (place - 1) / 2) {
        if (!nearer(heap[(place - 1) / 2], item))
            break;
        heap[place] = heap[(place - 1) / 2];
    }
    heap[place] = item;
}

n2v_status n2v_neighbors(const n2v_model *model, n2v_id id, size_t k, n2v_neighbor *nearest, size_t *found,
                         n2v_error *error)
{
    const size_t stride = model->stride;
    const float *query;
    double norm;
    size_t count = 0;

    *found = 0;
    if (id >= model->words)
        return n2v_fail(error, N2V_ERROR_ARGUMENT, "word %lu of a model of %zu words", (unsigned long)id, model->words);
    query = model->input + (size_t)id * stride;
    norm = sqrt(dot(query, query, stride));
    for (size_t other = 0; k && other < model->words; other++) {
        const float *row = model->input + other * stride;
        n2v_neighbor item = {.id = (n2v_id)other};
        if (other == id)
            continue;
        item.cosine = cosine(dot(query, row, stride), norm * sqrt(dot(row, row, stride)));
        if (count < k)
            sift_up(nearest, count++, item);
        else if (nearer(item, nearest[0]))
            sift_down(nearest, count, 0, item);
    }
    *found = count;
    while (count > 1) { /* the farthest to the end, again and again: nearest first */
        const n2v_neighbor last = nearest[--count];
        nearest[count] = nearest[0];
        sift_down(nearest, count, 0, last);
    }
    return N2V_OK;
}
