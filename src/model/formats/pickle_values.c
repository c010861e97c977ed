/* pickle_values.c - where the values of a pickle are kept, and how they are found. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "model/formats/pickle.h"

#define BLOCK_BYTES ((size_t)1 << 16)
#define ALIGNMENT   ((size_t)16)
#define BASE_BYTES  ((uint64_t)64 << 20) /* values may take so much, and a multiple of what was read */
#define FACTOR      24

/* Memory -------------------------------------------------------------------------------- */

struct PickleBlock {
    PickleBlock *next;
    size_t used, room;
    _Alignas(16) unsigned char bytes[];
};

/* A block becomes the first one, from which small pieces are taken. */
static n2v_status add_block(Pickle *p, size_t room, n2v_error *error)
{
    PickleBlock *block;

    if (p->allocated + room > BASE_BYTES + FACTOR * p->source->bytes)
        return source_fail(p->source, error, "the pickle is malformed: it takes more memory than such a file can need");
    if (room > SIZE_MAX - sizeof *block || !(block = array_create(sizeof *block + room, 1)))
        return fail_memory(error, room, "a pickle");
    *block = (PickleBlock){.next = p->blocks, .room = room};
    p->blocks = block;
    p->allocated += room;
    return N2V_OK;
}

n2v_status pickle_allocate(Pickle *p, size_t bytes, void **memory, n2v_error *error)
{
    n2v_status status;

    *memory = NULL;
    if (bytes > SIZE_MAX - ALIGNMENT)
        return fail_memory(error, bytes, "a pickle");
    bytes = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (!p->blocks || p->blocks->room - p->blocks->used < bytes)
        if ((status = add_block(p, bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES, error)) != N2V_OK)
            return status;
    *memory = p->blocks->bytes + p->blocks->used;
    p->blocks->used += bytes;
    return N2V_OK;
}

void pickle_free(Pickle *p)
{
    while (p->blocks) {
        PickleBlock *next = p->blocks->next;
        free(p->blocks);
        p->blocks = next;
    }
    free(p->stack);
    free(p->memo);
    free(p->marks);
    *p = (Pickle){.root = NULL};
}

/* Looking up ---------------------------------------------------------------------------- */

bool pickle_is(const PickleValue *value, const char *text)
{
    return value && (value->kind == PICKLE_STRING || value->kind == PICKLE_BYTES || value->kind == PICKLE_CLASS) &&
           value->bytes == strlen(text) && memcmp(value->text, text, value->bytes) == 0;
}

/* A dictionary, or that of an object; NULL: there is none. */
static const PickleValue *dictionary_of(const PickleValue *value)
{
    if (value && value->kind == PICKLE_OBJECT)
        value = value->state;
    return value && value->kind == PICKLE_DICT ? value : NULL;
}

const PickleValue *pickle_find(const PickleValue *value, const char *name)
{
    const PickleValue *items = dictionary_of(value), *found = NULL;

    for (size_t i = 0; items && i + 1 < items->count && !found; i += 2)
        if (pickle_is(items->items[i], name))
            found = items->items[i + 1];
    return found && found->kind != PICKLE_NONE ? found : NULL;
}

size_t pickle_items(const PickleValue *value)
{
    const PickleValue *items = dictionary_of(value);
    return items ? items->count : 0;
}
