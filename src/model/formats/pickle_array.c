#include "model/formats/pickle_array.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

/* An item of a tuple of so many items at least; NULL: there is none. */
static const PickleValue *item_of(const PickleValue *tuple, size_t index)
{
    return tuple && tuple->kind == PICKLE_TUPLE && index < tuple->count ? tuple->items[index] : NULL;
}

static const PickleValue *maker_of(const PickleValue *value)
{
    return value && value->kind == PICKLE_OBJECT ? value->maker : NULL;
}

/* What a call has as its arguments; NULL: it is no such call. NumPy 2 has renamed its modules. */
static const PickleValue *arguments_of(const PickleValue *value, const char *maker, const char *renamed)
{
    return pickle_is(maker_of(value), maker) || pickle_is(maker_of(value), renamed) ? value->arguments : NULL;
}

/* The bytes of a text in Latin-1. */
static bool take_latin1(Pickle *p, const PickleValue *text, MemoryFile *bytes)
{
    const unsigned char *from = (const unsigned char *)text->text;
    void *room;
    unsigned char *to;
    size_t used = 0;

    if (pickle_allocate(p, text->bytes + 1, &room, NULL) != N2V_OK)
        return false;
    to = room;
    for (size_t at = 0; at < text->bytes;) {
        uint32_t code;
        const int length = utf8_decode(from + at, text->bytes - at, &code);
        if (length <= 0 || code > 0xff)
            return false;
        to[used++] = (unsigned char)code;
        at += (size_t)length;
    }
    *bytes = (MemoryFile){.bytes = to, .count = used};
    return true;
}

/* Bytes, or the call that makes them of a text in protocol 2. */
static bool take_bytes(Pickle *p, const PickleValue *value, MemoryFile *bytes)
{
    const PickleValue *text = item_of(arguments_of(value, "_codecs.encode", "_codecs.encode"), 0);

    if (text && text->kind == PICKLE_STRING)
        return take_latin1(p, text, bytes);
    if (!value || value->kind != PICKLE_BYTES)
        return false;
    *bytes = (MemoryFile){.bytes = value->text, .count = value->bytes};
    return true;
}

/* numpy.dtype('f4', ...), whose state has the order of bytes. */
static bool take_type(const PickleValue *value, Array *a)
{
    const PickleValue *name = item_of(arguments_of(value, "numpy.dtype", "numpy.dtype"), 0);
    const PickleValue *order = name ? item_of(value->state, 1) : NULL;
    char type[sizeof a->type];

    if (!name || (name->kind != PICKLE_STRING && name->kind != PICKLE_BYTES))
        return false;
    (void)snprintf(type, sizeof type, "%c%.*s", pickle_is(order, ">") ? '>' : '<', (int)sizeof type - 2, name->text);
    array_set_type(a, type);
    return true;
}

static bool take_shape(const PickleValue *shape, Array *a)
{
    if (!shape || shape->kind != PICKLE_TUPLE)
        return false;
    a->axes = shape->count;
    for (size_t i = 0; i < shape->count; i++) {
        const PickleValue *size = shape->items[i];
        if (size->kind != PICKLE_INTEGER || size->number < 0)
            return false;
        if (i < ARRAY_AXES)
            a->shape[i] = (uint64_t)size->number;
    }
    return true;
}

/* An empty array, and its state: (version, shape, type, column-major, bytes). */
static bool take_reconstructed(Pickle *p, const PickleValue *state, Array *a, MemoryFile *bytes)
{
    const PickleValue *order = item_of(state, 3);

    a->by_column = order && (order->kind == PICKLE_BOOL || order->kind == PICKLE_INTEGER) && order->number;
    return take_shape(item_of(state, 1), a) && take_type(item_of(state, 2), a) &&
           take_bytes(p, item_of(state, 4), bytes);
}

/* (buffer, type, shape, order), as protocol 5 has arrays. */
static bool take_buffer(Pickle *p, const PickleValue *arguments, Array *a, MemoryFile *bytes)
{
    a->by_column = pickle_is(item_of(arguments, 3), "F");
    return take_bytes(p, item_of(arguments, 0), bytes) && take_type(item_of(arguments, 1), a) &&
           take_shape(item_of(arguments, 2), a);
}

bool pickle_array(Pickle *p, const PickleValue *value, Array *a, MemoryFile *bytes)
{
    const PickleValue *buffer =
        arguments_of(value, "numpy.core.numeric._frombuffer", "numpy._core.numeric._frombuffer");

    *a = (Array){.kind = '\0'};
    if (buffer)
        return take_buffer(p, buffer, a, bytes);
    return arguments_of(value, "numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct") &&
           take_reconstructed(p, value->state, a, bytes);
}

bool pickle_scalar(Pickle *p, const PickleValue *value, Array *a, MemoryFile *bytes)
{
    const PickleValue *arguments =
        arguments_of(value, "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar");

    *a = (Array){.kind = '\0'};
    return take_type(item_of(arguments, 0), a) && take_bytes(p, item_of(arguments, 1), bytes) &&
           bytes->count == a->item;
}
