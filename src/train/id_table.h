/* id_table.h - a table of the ids that an example has, each with a number. */
#ifndef N2V_TRAIN_ID_TABLE_H
#define N2V_TRAIN_ID_TABLE_H

#include <string.h>

#include "base/memory.h"
#include "corpus/vocabulary.h"

typedef struct IdPlace {
    Id id;
    uint32_t number, turn;
} IdPlace;

typedef struct IdTable {
    IdPlace *places; /* owned; four for each id at least */
    uint32_t turn;   /* places of other turns are free */
    unsigned shift;  /* from a hash to a place */
} IdTable;

/* For so many ids. false: out of memory. */
static inline bool id_table_create(IdTable *table, size_t ids)
{
    unsigned bits = 6;

    while ((size_t)1 << bits < 4 * ids && bits < 31)
        bits++;
    *table = (IdTable){.places = array_create_zero((size_t)1 << bits, sizeof *table->places), .shift = 32 - bits};
    return table->places;
}

static inline size_t id_table_last(const IdTable *table)
{
    return ((size_t)1 << (32 - table->shift)) - 1;
}

/* Before the first id of an example. */
static inline void id_table_clear(IdTable *table)
{
    if (++table->turn)
        return;
    memset(table->places, 0, (id_table_last(table) + 1) * sizeof *table->places); /* old turns would look taken */
    table->turn = 1;
}

/* The number of the id, which is `number` where the table does not have it yet. */
static inline uint32_t id_table_number(IdTable *table, Id id, uint32_t number)
{
    size_t place = (uint32_t)(id * 2654435769u) >> table->shift;
    IdPlace *at;

    while ((at = &table->places[place])->turn == table->turn && at->id != id)
        place = (place + 1) & id_table_last(table);
    if (at->turn != table->turn)
        *at = (IdPlace){id, number, table->turn};
    return at->number;
}

#endif
