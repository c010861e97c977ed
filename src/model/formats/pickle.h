/* pickle.h - pickles of Python, protocols 2 to 5, read as plain values. Nothing is imported or called: an object is its
 * class by name, its arguments and its state.
 *
 * Memory is bounded by the bytes that were read, and nothing recurses. Values may contain themselves, so that whoever
 * walks them goes by names and not to the end. A value may be in any number of places: whoever looks at many counts
 * what it looks at. */
#ifndef N2V_MODEL_FORMATS_PICKLE_H
#define N2V_MODEL_FORMATS_PICKLE_H

#include "model/formats/source.h"

typedef enum PickleKind {
    PICKLE_NONE,
    PICKLE_BOOL,    /* number */
    PICKLE_INTEGER, /* number; one of more than 64 bits is PICKLE_BYTES */
    PICKLE_REAL,
    PICKLE_STRING, /* text, in UTF-8 as far as the file is right */
    PICKLE_BYTES,  /* text, any bytes; also strings of Python 2 */
    PICKLE_CLASS,  /* text: "module.name" of a class or function */
    PICKLE_TUPLE,
    PICKLE_LIST, /* and sets */
    PICKLE_DICT, /* items: a key, its value, the next key */
    PICKLE_OBJECT
} PickleKind;

typedef struct PickleValue PickleValue;

struct PickleValue {
    PickleKind kind;
    union {
        int64_t number;
        double real;
        struct {
            char *text; /* NUL-terminated */
            size_t bytes;
        };
        struct {
            PickleValue **items;
            size_t count, room;
        };
        struct {
            PickleValue *maker, *arguments, *state; /* maker: what was to be called; state: NULL: none */
        };
    };
};

typedef struct PickleBlock PickleBlock;

typedef struct Pickle {
    PickleValue *root;

    /* Its own. */
    Source *source;
    PickleBlock *blocks;
    uint64_t allocated;
    PickleValue **stack, **memo;
    size_t *marks;
    size_t depth, stack_room, memo_count, memo_room, mark_count, mark_room;
} Pickle;

/* Reads all of the source. N2V_ERROR_FORMAT with the byte. */
n2v_status pickle_read(Pickle *pickle, Source *source, n2v_error *error);
void pickle_free(Pickle *pickle); /* all values; accepts an all-zero struct */

/* Bytes, aligned, that live as long as the pickle. */
n2v_status pickle_allocate(Pickle *pickle, size_t bytes, void **memory, n2v_error *error);

/* Whether it is this text, of any of the kinds that have one; value may be NULL. */
bool pickle_is(const PickleValue *value, const char *text);

/* The value of a key in a dictionary, or of an attribute of an object; NULL: there is none, or None, or value is
 * NULL. */
const PickleValue *pickle_find(const PickleValue *value, const char *name);

/* How many items pickle_find may look at. */
size_t pickle_items(const PickleValue *value);

#endif
