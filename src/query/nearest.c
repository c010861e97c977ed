#include "query/nearest.h"

#include <stdbool.h>

static bool nearer(n2v_neighbor a, n2v_neighbor b)
{
    return a.score != b.score ? a.score > b.score : a.id < b.id;
}

/* Puts item at place and moves it down. */
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

void nearest_offer(Nearest *nearest, n2v_neighbor item)
{
    if (nearest->count < nearest->room)
        sift_up(nearest->items, nearest->count++, item);
    else if (nearest->room && nearer(item, nearest->items[0]))
        sift_down(nearest->items, nearest->count, 0, item);
}

void nearest_sort(Nearest *nearest)
{
    for (size_t count = nearest->count; count > 1;) { /* the farthest to the end, again and again */
        const n2v_neighbor last = nearest->items[--count];
        nearest->items[count] = nearest->items[0];
        sift_down(nearest->items, count, 0, last);
    }
}
