/* combine.h - rows that ranks have changed become one row each, the same on all ranks.
 *
 * Each row has an owner: rank row % ranks. A rank sends its changes to the owners (all to all); an owner makes one row
 * of them by the rule, and sends it to all. A frequent word's row, which all ranks change, is so sent about twice by
 * each rank, however many there are. Changes come in lists, one for each virtual worker of the rank; the rule gets them
 * in the order of the ranks and of their lists, so that the result does not depend on who is where. */
#ifndef N2V_TRAIN_RANKS_COMBINE_H
#define N2V_TRAIN_RANKS_COMBINE_H

#include "kernels/kernels.h"
#include "model/model.h"
#include "ranks/ranks.h"
#include "train/rounds/rule.h"

/* What is known of a row of a rank's own model. */
typedef enum RowMark {
    ROW_SAME,    /* it is the base's */
    ROW_CHANGED, /* a thread has changed it */
    ROW_ROUNDED  /* only what was rounded is not sent yet */
} RowMark;

typedef struct CombineOptions {
    Ranks *ranks;
    const Rule *rule;
    Model *base;    /* what all ranks have: its rows are replaced */
    Model *model; /* this rank's own, ahead of the base: its rows get the differences; NULL: the base is all. Then each
                   * rank has one list, of the differences of its rows to the base */
    _Atomic unsigned char *marks; /* of the model's rows, RowMark */
    const Kernels *kernels;
    float *memory; /* of the rule: of all rows, then ROW_FLOATS of the shared bias; each row's is its owner's. NULL: */
                   /* none */
    size_t memory_floats;
    bool unit_rows; /* rows have length 1 */
    size_t lists;   /* of all ranks */
    size_t threads; /* that combine at once */
} CombineOptions;

/* Changes of some rows of one owner, in ascending order, as they are sent: the row's number, then the change. */
typedef struct ChangeList {
    unsigned char *entries;
    size_t count, room;
} ChangeList;

typedef struct CombineBuffers CombineBuffers;

typedef struct Combine {
    CombineOptions options;
    size_t own_lists;
    CombineBuffers *buffers;
} Combine;

n2v_status combine_create(Combine *combine, const CombineOptions *options, n2v_error *error);
void combine_free(Combine *combine); /* accepts an all-zero struct */

/* The first list of a rank, which has those up to the first one of the next rank. */
size_t combine_first_list(const CombineOptions *options, size_t rank);

/* The floats of a row that are sent. */
size_t combine_width(const Combine *combine);

/* Rows are dealt over parts, and different parts are worked on by different threads. */
#define COMBINE_PARTS ((size_t)16)

size_t combine_part(const Combine *combine, size_t row);

/* Calls work for each part, in several threads where there are many changes. Returns the first failure. */
typedef n2v_status CombineWork(void *context, size_t part, n2v_error *error);
n2v_status combine_in_parts(Combine *combine, CombineWork *work, void *context, size_t changes, n2v_error *error);

/* Adds a change to own list l, counted from 0, as it will be sent; its row is above those before. The row of the shared
 * bias is number model_rows. */
n2v_status combine_add(Combine *combine, size_t l, uint32_t row, const float *change, unsigned bits, n2v_error *error);

/* Of all ranks together: sends the lists, which are empty then, and replaces the rows of the base. bits: of the changes
 * and of what replaces them. */
n2v_status combine_all(Combine *combine, unsigned bits, n2v_error *error);

/* Of all ranks together: each gets all of the rule's memory. */
n2v_status combine_gather_memory(Combine *combine, n2v_error *error);

#endif
