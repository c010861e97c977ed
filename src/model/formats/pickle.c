#include "model/formats/pickle.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define FIRST_BYTES  ((size_t)1 << 20) /* of a long text */
#define LONGEST_NAME ((size_t)512)     /* of a class */
#define MAX_ITEMS    (SIZE_MAX / sizeof(PickleValue *) / 2)

/* The stack ----------------------------------------------------------------------------- */

static n2v_status malformed(const Pickle *p, const char *what, n2v_error *error)
{
    return source_fail(p->source, error, "the pickle is malformed: %s", what);
}

static n2v_status push(Pickle *p, PickleValue *value, n2v_error *error)
{
    const n2v_status status =
        array_grow((void **)&p->stack, &p->stack_room, p->depth + 1, sizeof *p->stack, "a pickle", error);

    if (status == N2V_OK)
        p->stack[p->depth++] = value;
    return status;
}

/* Values below the last mark belong to what began before it. */
static n2v_status pop(Pickle *p, PickleValue **value, n2v_error *error)
{
    *value = NULL;
    if (p->depth <= (p->mark_count ? p->marks[p->mark_count - 1] : 0))
        return malformed(p, "a value is missing", error);
    *value = p->stack[--p->depth];
    return N2V_OK;
}

static n2v_status top(Pickle *p, PickleValue **value, n2v_error *error)
{
    const n2v_status status = pop(p, value, error);

    p->depth += status == N2V_OK;
    return status;
}

/* The values after the last mark, which are on the stack until the next push. */
static n2v_status pop_mark(Pickle *p, PickleValue ***items, size_t *count, n2v_error *error)
{
    *items = NULL;
    *count = 0;
    if (!p->mark_count)
        return malformed(p, "a mark is missing", error);
    *count = p->depth - p->marks[--p->mark_count];
    p->depth -= *count;
    *items = *count ? p->stack + p->depth : NULL; /* the stack may not be there yet */
    return N2V_OK;
}

static n2v_status push_mark(Pickle *p, n2v_error *error)
{
    const n2v_status status =
        array_grow((void **)&p->marks, &p->mark_room, p->mark_count + 1, sizeof *p->marks, "a pickle", error);

    if (status == N2V_OK)
        p->marks[p->mark_count++] = p->depth;
    return status;
}

static n2v_status push_new(Pickle *p, PickleValue content, PickleValue **value, n2v_error *error)
{
    PickleValue *made;
    const n2v_status status = pickle_allocate(p, sizeof *made, (void **)&made, error);

    if (status != N2V_OK)
        return status;
    *made = content;
    if (value)
        *value = made;
    return push(p, made, error);
}

static n2v_status push_kind(Pickle *p, PickleKind kind, n2v_error *error)
{
    return push_new(p, (PickleValue){.kind = kind}, NULL, error);
}

static n2v_status push_integer(Pickle *p, int64_t number, n2v_error *error)
{
    return push_new(p, (PickleValue){.kind = PICKLE_INTEGER, .number = number}, NULL, error);
}

/* Lists --------------------------------------------------------------------------------- */

static n2v_status add_items(Pickle *p, PickleValue *list, PickleValue **items, size_t count, n2v_error *error)
{
    n2v_status status;
    void *moved;

    if (list->kind == PICKLE_OBJECT)
        return N2V_OK; /* of a class of its own: nobody needs them */
    if (list->kind != PICKLE_LIST && list->kind != PICKLE_DICT && list->kind != PICKLE_TUPLE)
        return malformed(p, "items for what is no list", error);
    if (list->kind == PICKLE_DICT && count % 2)
        return malformed(p, "a key without a value", error);
    if (count > MAX_ITEMS - list->count)
        return fail_memory(error, SIZE_MAX, "a pickle");
    if (list->count + count > list->room) {
        const size_t room = list->room ? 2 * (list->count + count) : count;
        if ((status = pickle_allocate(p, room * sizeof *items, &moved, error)) != N2V_OK)
            return status;
        if (list->count)
            memcpy(moved, list->items, list->count * sizeof *items);
        list->items = moved;
        list->room = room;
    }
    if (count)
        memcpy(list->items + list->count, items, count * sizeof *items);
    list->count += count;
    return N2V_OK;
}

/* A new list of the items, which are the last ones of the stack; count may be 0. */
static n2v_status push_list(Pickle *p, PickleKind kind, PickleValue **items, size_t count, n2v_error *error)
{
    PickleValue list = {.kind = kind};
    const n2v_status status = add_items(p, &list, items, count, error);

    return status == N2V_OK ? push_new(p, list, NULL, error) : status;
}

static n2v_status make_tuple(Pickle *p, size_t count, n2v_error *error)
{
    PickleValue *last;
    n2v_status status = N2V_OK;

    for (size_t i = 0; i < count && status == N2V_OK; i++)
        status = pop(p, &last, error);
    return status == N2V_OK ? push_list(p, PICKLE_TUPLE, p->stack + p->depth, count, error) : status;
}

static n2v_status make_of_mark(Pickle *p, PickleKind kind, n2v_error *error)
{
    PickleValue **items;
    size_t count;
    const n2v_status status = pop_mark(p, &items, &count, error);

    return status == N2V_OK ? push_list(p, kind, items, count, error) : status;
}

static n2v_status add_of_mark(Pickle *p, n2v_error *error)
{
    PickleValue **items, *list;
    size_t count;
    n2v_status status;

    if ((status = pop_mark(p, &items, &count, error)) != N2V_OK || (status = top(p, &list, error)) != N2V_OK)
        return status;
    return add_items(p, list, items, count, error);
}

/* The last items of the stack, before which is the list. */
static n2v_status add_last(Pickle *p, size_t count, n2v_error *error)
{
    PickleValue *last, *list;
    n2v_status status = N2V_OK;

    for (size_t i = 0; i < count && status == N2V_OK; i++)
        status = pop(p, &last, error);
    if (status != N2V_OK || (status = top(p, &list, error)) != N2V_OK)
        return status;
    return add_items(p, list, p->stack + p->depth, count, error);
}

/* Numbers and texts --------------------------------------------------------------------- */

/* A little-endian number of up to 8 bytes. */
static n2v_status take_number(Pickle *p, size_t bytes, uint64_t *number, n2v_error *error)
{
    *number = 0;
    return source_take(p->source, number, bytes, error);
}

static n2v_status push_number(Pickle *p, size_t bytes, n2v_error *error)
{
    uint64_t number;
    const n2v_status status = take_number(p, bytes, &number, error);

    return status == N2V_OK ? push_integer(p, bytes == 4 ? (int32_t)number : (int64_t)number, error) : status;
}

static n2v_status push_real(Pickle *p, n2v_error *error)
{
    PickleValue value = {.kind = PICKLE_REAL};
    uint64_t bits;
    const n2v_status status = take_number(p, sizeof bits, &bits, error);

    if (status != N2V_OK)
        return status;
    bits = __builtin_bswap64(bits); /* the one big-endian number of pickles */
    memcpy(&value.real, &bits, sizeof bits);
    return push_new(p, value, NULL, error);
}

/* Takes so many bytes; room grows with what the file has, and not with what it declares. */
static n2v_status take_text(Pickle *p, uint64_t bytes, PickleValue *value, n2v_error *error)
{
    void *text = NULL;
    n2v_status status;

    if (bytes >= SIZE_MAX || !source_plausible(p->source, (double)bytes))
        return source_fail(p->source, error, "the file is truncated: a text of %llu bytes begins here",
                           (unsigned long long)bytes);
    for (size_t have = 0, room = 0; !text || have < bytes;) {
        void *before = text;
        room = bytes - have < FIRST_BYTES + have ? (size_t)bytes : 2 * have + FIRST_BYTES;
        if ((status = pickle_allocate(p, room + 1, &text, error)) != N2V_OK)
            return status;
        if (have)
            memcpy(text, before, have);
        if ((status = source_take(p->source, (char *)text + have, room - have, error)) != N2V_OK)
            return status;
        have = room;
    }
    value->text = text;
    value->text[bytes] = '\0';
    value->bytes = (size_t)bytes;
    return N2V_OK;
}

/* length: bytes of the number before the text. */
static n2v_status push_text(Pickle *p, PickleKind kind, size_t length, n2v_error *error)
{
    PickleValue value = {.kind = kind};
    uint64_t bytes;
    n2v_status status;

    if ((status = take_number(p, length, &bytes, error)) != N2V_OK ||
        (status = take_text(p, bytes, &value, error)) != N2V_OK)
        return status;
    return push_new(p, value, NULL, error);
}

static n2v_status push_long(Pickle *p, size_t length, n2v_error *error)
{
    PickleValue value = {.kind = PICKLE_BYTES};
    uint64_t bytes, number = 0;
    n2v_status status;

    if ((status = take_number(p, length, &bytes, error)) != N2V_OK ||
        (status = take_text(p, bytes, &value, error)) != N2V_OK)
        return status;
    if (bytes > sizeof number)
        return push_new(p, value, NULL, error);
    if (bytes && (value.text[bytes - 1] & 0x80))
        number = UINT64_MAX; /* the sign goes on */
    memcpy(&number, value.text, bytes);
    return push_integer(p, (int64_t)number, error);
}

/* A line with a number, which Python 2 writes for those of more than 32 bits; 00 and 01 are truth values. */
static n2v_status push_line(Pickle *p, n2v_error *error)
{
    char *line, *end;
    size_t bytes;
    long long number;
    n2v_status status = source_until(p->source, '\n', LONGEST_NAME, "a number", &line, &bytes, NULL, error);

    if (status != N2V_OK)
        return status;
    number = line ? strtoll(line, &end, 10) : 0;
    if (!line || end == line || (*end && strcmp(end, "L") != 0))
        return malformed(p, "an invalid number", error);
    return push_integer(p, number, error);
}

/* Classes and objects ------------------------------------------------------------------- */

static n2v_status push_class(Pickle *p, const char *module, size_t module_bytes, const char *name, size_t name_bytes,
                             n2v_error *error)
{
    PickleValue value = {.kind = PICKLE_CLASS};
    void *text;
    n2v_status status;

    if (module_bytes > LONGEST_NAME || name_bytes > LONGEST_NAME)
        return malformed(p, "the name of a class is too long", error);
    if ((status = pickle_allocate(p, module_bytes + name_bytes + 2, &text, error)) != N2V_OK)
        return status;
    value.text = text;
    value.bytes = module_bytes + 1 + name_bytes;
    memcpy(value.text, module, module_bytes);
    value.text[module_bytes] = '.';
    memcpy(value.text + module_bytes + 1, name, name_bytes);
    value.text[value.bytes] = '\0';
    return push_new(p, value, NULL, error);
}

static n2v_status push_class_of_lines(Pickle *p, n2v_error *error)
{
    char module[LONGEST_NAME + 1], *line;
    size_t module_bytes, bytes;
    n2v_status status = source_until(p->source, '\n', LONGEST_NAME, "a module", &line, &module_bytes, NULL, error);

    if (status != N2V_OK)
        return status;
    if (!line)
        return malformed(p, "a class has no module", error);
    memcpy(module, line, module_bytes);
    if ((status = source_until(p->source, '\n', LONGEST_NAME, "a class", &line, &bytes, NULL, error)) != N2V_OK)
        return status;
    return line ? push_class(p, module, module_bytes, line, bytes, error) : malformed(p, "a class has no name", error);
}

static n2v_status push_class_of_stack(Pickle *p, n2v_error *error)
{
    PickleValue *name, *module;
    n2v_status status;

    if ((status = pop(p, &name, error)) != N2V_OK || (status = pop(p, &module, error)) != N2V_OK)
        return status;
    if (name->kind != PICKLE_STRING || module->kind != PICKLE_STRING)
        return malformed(p, "the name of a class is no string", error);
    return push_class(p, module->text, module->bytes, name->text, name->bytes, error);
}

/* more: values between the arguments and the end, which nobody needs. */
static n2v_status make_object(Pickle *p, size_t more, n2v_error *error)
{
    PickleValue value = {.kind = PICKLE_OBJECT}, *skipped;
    n2v_status status = N2V_OK;

    for (size_t i = 0; i < more && status == N2V_OK; i++)
        status = pop(p, &skipped, error);
    if (status != N2V_OK || (status = pop(p, &value.arguments, error)) != N2V_OK ||
        (status = pop(p, &value.maker, error)) != N2V_OK)
        return status;
    return push_new(p, value, NULL, error);
}

/* Of old classes: the class is the first after the mark. */
static n2v_status make_old_object(Pickle *p, n2v_error *error)
{
    PickleValue value = {.kind = PICKLE_OBJECT}, **items;
    size_t count;
    n2v_status status;

    if ((status = pop_mark(p, &items, &count, error)) != N2V_OK)
        return status;
    if (!count)
        return malformed(p, "an object has no class", error);
    value.maker = items[0];
    if ((status = push_list(p, PICKLE_TUPLE, items + 1, count - 1, error)) != N2V_OK ||
        (status = pop(p, &value.arguments, error)) != N2V_OK)
        return status;
    return push_new(p, value, NULL, error);
}

static n2v_status set_state(Pickle *p, n2v_error *error)
{
    PickleValue *state, *object;
    n2v_status status;

    if ((status = pop(p, &state, error)) != N2V_OK || (status = top(p, &object, error)) != N2V_OK)
        return status;
    if (object->kind == PICKLE_OBJECT)
        object->state = state;
    return N2V_OK;
}

/* The memo ------------------------------------------------------------------------------ */

static n2v_status memoize(Pickle *p, uint64_t index, n2v_error *error)
{
    PickleValue *value;
    const size_t before = p->memo_count;
    n2v_status status;

    if ((status = top(p, &value, error)) != N2V_OK)
        return status;
    if (index > p->source->bytes) /* each entry takes a byte at least */
        return malformed(p, "an index is too large", error);
    if ((status = array_grow((void **)&p->memo, &p->memo_room, (size_t)index + 1, sizeof *p->memo, "a pickle",
                             error)) != N2V_OK)
        return status;
    if (index >= before) {
        memset(p->memo + before, 0, ((size_t)index - before) * sizeof *p->memo);
        p->memo_count = (size_t)index + 1;
    }
    p->memo[index] = value;
    return N2V_OK;
}

static n2v_status memoize_at(Pickle *p, size_t bytes, n2v_error *error)
{
    uint64_t index;
    const n2v_status status = take_number(p, bytes, &index, error);

    return status == N2V_OK ? memoize(p, index, error) : status;
}

static n2v_status recall(Pickle *p, size_t bytes, n2v_error *error)
{
    uint64_t index;
    const n2v_status status = take_number(p, bytes, &index, error);

    if (status != N2V_OK)
        return status;
    if (index >= p->memo_count || !p->memo[index])
        return malformed(p, "a value is used before it is there", error);
    return push(p, p->memo[index], error);
}

/* Opcodes ------------------------------------------------------------------------------- */

static n2v_status refuse(const Pickle *p, unsigned char code, n2v_error *error)
{
    return source_fail(p->source, error, "the pickle is malformed, or has what only Python can read: the opcode 0x%02x",
                       code);
}

/* What begins a pickle, or a part of one. */
static n2v_status skip_number(Pickle *p, size_t bytes, n2v_error *error)
{
    uint64_t number;
    return take_number(p, bytes, &number, error);
}

static n2v_status drop(Pickle *p, n2v_error *error)
{
    PickleValue *value;
    return pop(p, &value, error);
}

static n2v_status drop_mark(Pickle *p, n2v_error *error)
{
    PickleValue **items;
    size_t count;
    return pop_mark(p, &items, &count, error);
}

static n2v_status duplicate(Pickle *p, n2v_error *error)
{
    PickleValue *value;
    const n2v_status status = top(p, &value, error);
    return status == N2V_OK ? push(p, value, error) : status;
}

static n2v_status push_bool(Pickle *p, bool value, n2v_error *error)
{
    return push_new(p, (PickleValue){.kind = PICKLE_BOOL, .number = value}, NULL, error);
}

static n2v_status run_object(Pickle *p, unsigned char code, n2v_error *error)
{
    switch (code) {
    case 'c': return push_class_of_lines(p, error);
    case 0x93: return push_class_of_stack(p, error);
    case 'R': /* a call */
    case 0x81: return make_object(p, 0, error);
    case 0x92: return make_object(p, 1, error); /* with named arguments */
    case 'o': return make_old_object(p, error);
    case 'b': return set_state(p, error);
    case 'q': return memoize_at(p, 1, error);
    case 'r': return memoize_at(p, 4, error);
    case 0x94: return memoize(p, p->memo_count, error);
    case 'h': return recall(p, 1, error);
    case 'j': return recall(p, 4, error);
    case '0': return drop(p, error);
    case '1': return drop_mark(p, error);
    case '2': return duplicate(p, error);
    case 0x80: return skip_number(p, 1, error); /* the protocol */
    case 0x95: return skip_number(p, 8, error); /* a frame */
    default: return refuse(p, code, error);
    }
}

static n2v_status run_container(Pickle *p, unsigned char code, n2v_error *error)
{
    switch (code) {
    case '(': return push_mark(p, error);
    case ')': return push_kind(p, PICKLE_TUPLE, error);
    case ']': /* a list, a set */
    case 0x8f: return push_kind(p, PICKLE_LIST, error);
    case '}': return push_kind(p, PICKLE_DICT, error);
    case 't': return make_of_mark(p, PICKLE_TUPLE, error);
    case 'l': /* a list, a frozen set */
    case 0x91: return make_of_mark(p, PICKLE_LIST, error);
    case 'd': return make_of_mark(p, PICKLE_DICT, error);
    case 0x85: return make_tuple(p, 1, error);
    case 0x86: return make_tuple(p, 2, error);
    case 0x87: return make_tuple(p, 3, error);
    case 'a': return add_last(p, 1, error);
    case 's': return add_last(p, 2, error);
    case 'e': /* to a list, a set, a dictionary */
    case 0x90:
    case 'u': return add_of_mark(p, error);
    default: return run_object(p, code, error);
    }
}

static n2v_status run(Pickle *p, unsigned char code, n2v_error *error)
{
    switch (code) {
    case 'N': return push_kind(p, PICKLE_NONE, error);
    case 0x88: return push_bool(p, true, error);
    case 0x89: return push_bool(p, false, error);
    case 'K': return push_number(p, 1, error);
    case 'M': return push_number(p, 2, error);
    case 'J': return push_number(p, 4, error);
    case 'I':
    case 'L': return push_line(p, error);
    case 0x8a: return push_long(p, 1, error);
    case 0x8b: return push_long(p, 4, error);
    case 'G': return push_real(p, error);
    case 0x8c: return push_text(p, PICKLE_STRING, 1, error);
    case 'X': return push_text(p, PICKLE_STRING, 4, error);
    case 0x8d: return push_text(p, PICKLE_STRING, 8, error);
    case 'U': /* a string of Python 2, or bytes */
    case 'C': return push_text(p, PICKLE_BYTES, 1, error);
    case 'T':
    case 'B': return push_text(p, PICKLE_BYTES, 4, error);
    case 0x8e:
    case 0x96: return push_text(p, PICKLE_BYTES, 8, error);
    default: return run_container(p, code, error);
    }
}

n2v_status pickle_read(Pickle *p, Source *source, n2v_error *error)
{
    unsigned char code;
    n2v_status status;

    *p = (Pickle){.source = source};
    while ((status = source_take(source, &code, 1, error)) == N2V_OK && code != '.')
        if ((status = run(p, code, error)) != N2V_OK)
            break;
    if (status == N2V_OK && (status = pop(p, &p->root, error)) == N2V_OK)
        status = source_end(source, error);
    if (status != N2V_OK)
        pickle_free(p);
    return status;
}
