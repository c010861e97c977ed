#include "model/formats/array.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "model/formats/literal.h"

#define MAX_HEADER 65535 /* an array of floats needs about 100 */
#define MAX_STRING ((size_t)1 << 20)

/* The header ---------------------------------------------------------------------------- */

void array_set_type(Array *a, const char *type)
{
    const char kind = *type ? type[1] : '\0';
    char *end = NULL;
    const unsigned long number = kind ? strtoul(type + 2, &end, 10) : 0;

    (void)snprintf(a->type, sizeof a->type, "%s", type);
    a->kind = '\0';
    if (!kind || !strchr("<>|=", *type) || !strchr("fiuUSO", kind) || *end || number > MAX_STRING ||
        (kind == 'f' && number != 2 && number != 4 && number != 8))
        return;
    a->kind = kind;
    a->big_endian = *type == '>';
    a->item = kind == 'U' ? number * sizeof(uint32_t) : number;
}

static n2v_status read_type(Literal *l, Array *a, n2v_error *error)
{
    const n2v_status status = literal_expect(l, LITERAL_STRING, error);

    if (status == N2V_OK)
        array_set_type(a, l->text);
    return status;
}

static n2v_status read_order(Literal *l, Array *a, n2v_error *error)
{
    const n2v_status status = literal_expect(l, LITERAL_NAME, error);

    if (status != N2V_OK)
        return status;
    a->by_column = strcmp(l->text, "True") == 0;
    return a->by_column || strcmp(l->text, "False") == 0
               ? N2V_OK
               : source_fail(l->source, error, "the header is malformed: fortran_order is '%s'", l->text);
}

static n2v_status read_shape(Literal *l, Array *a, n2v_error *error)
{
    bool there;
    n2v_status status = literal_expect(l, '(', error);

    a->axes = 0;
    while (status == N2V_OK && (status = literal_item(l, a->axes, ')', &there, error)) == N2V_OK && there) {
        if ((status = literal_expect(l, LITERAL_NUMBER, error)) == N2V_OK && a->axes < ARRAY_AXES)
            a->shape[a->axes] = l->number;
        a->axes++;
    }
    return status;
}

typedef struct entries {
    bool type, order, shape;
} entries;

static n2v_status read_entry(Literal *l, Array *a, entries *seen, n2v_error *error)
{
    bool *has = strcmp(l->text, "descr") == 0           ? &seen->type
                : strcmp(l->text, "fortran_order") == 0 ? &seen->order
                : strcmp(l->text, "shape") == 0         ? &seen->shape
                                                        : NULL;

    if (!has || *has)
        return source_fail(l->source, error, "the header is malformed: '%s' %s", l->text,
                           has ? "appears twice" : "is unknown");
    *has = true;
    return has == &seen->type    ? read_type(l, a, error)
           : has == &seen->order ? read_order(l, a, error)
                                 : read_shape(l, a, error);
}

static n2v_status read_entries(Array *a, size_t bytes, Source *source, n2v_error *error)
{
    Literal l = literal_open(source, bytes, '\'');
    entries seen = {.type = false};
    bool there;
    n2v_status status = literal_expect(&l, '{', error);

    for (size_t i = 0; status == N2V_OK && (status = literal_key(&l, i, &there, error)) == N2V_OK && there; i++)
        status = read_entry(&l, a, &seen, error);
    if (status == N2V_OK)
        status = literal_expect(&l, LITERAL_END, error);
    if (status == N2V_OK && !(seen.type && seen.order && seen.shape))
        status = source_fail(source, error, "the header is malformed: descr, fortran_order or shape is missing");
    literal_close(&l);
    return status;
}

n2v_status array_read_header(Array *a, Source *source, n2v_error *error)
{
    unsigned char start[ARRAY_MAGIC_BYTES + 2], length[4] = {0};
    const unsigned char *version = start + ARRAY_MAGIC_BYTES;
    size_t bytes;
    n2v_status status;

    *a = (Array){.kind = '\0'};
    if ((status = source_take(source, start, sizeof start, error)) != N2V_OK)
        return status;
    if (memcmp(start, ARRAY_MAGIC, ARRAY_MAGIC_BYTES) != 0)
        return source_fail(source, error, "not a file of NumPy");
    if (version[0] < 1 || version[0] > 3 || version[1] != 0)
        return source_fail(source, error, "version %u.%u of the format, where 1.0 to 3.0 can be read", version[0],
                           version[1]);
    if ((status = source_take(source, length, version[0] == 1 ? 2 : 4, error)) != N2V_OK)
        return status;
    bytes = length[0] | (size_t)length[1] << 8 | (size_t)length[2] << 16 | (size_t)length[3] << 24;
    if (bytes > MAX_HEADER)
        return source_fail(source, error, "a header of %zu bytes, where at most %d can be read", bytes, MAX_HEADER);
    return read_entries(a, bytes, source, error);
}

/* Numbers ------------------------------------------------------------------------------- */

n2v_status array_check_matrix(const Array *a, const Source *source, n2v_error *error)
{
    if (a->kind != 'f' && !(a->kind == 'i' && a->item == sizeof(int8_t)))
        return source_fail(source, error,
                           "numbers of the type '%s', where 'f2', 'f4', 'f8' and 'i1' can be read: save "
                           "X.astype('<f4')",
                           a->type);
    if (a->axes != ARRAY_AXES)
        return source_fail(source, error, "expected 2 axes (words and dimensions), found %zu", a->axes);
    return N2V_OK;
}

/* A column is read as a row, and its numbers are put in their rows. */
static n2v_status read_columns(float *floats, size_t rows, size_t width, size_t stride, MatrixPlace place,
                               Source *source, n2v_error *error)
{
    float *column = floats_create(rows);
    n2v_status status = column ? N2V_OK : fail_memory(error, rows * sizeof *column, "a column");

    for (size_t i = 0; i < width && status == N2V_OK; i++) {
        status = matrix_fill(column, 1, rows, rows, place, NULL, source, error);
        for (size_t row = 0; row < rows; row++)
            floats[row * stride + i] = column[row];
    }
    floats_destroy(column, rows);
    return status;
}

n2v_status array_read_matrix(float **floats, const Array *a, size_t stride, const Vocabulary *words, Source *source,
                             n2v_error *error)
{
    const size_t rows = (size_t)a->shape[0], width = (size_t)a->shape[1];
    const MatrixPlace place = {.numbers = a->kind == 'i'               ? NUMBERS_INT8
                                          : a->item == sizeof(double)   ? NUMBERS_FLOAT64
                                          : a->item == sizeof(uint16_t) ? NUMBERS_FLOAT16
                                                                        : NUMBERS_FLOAT32,
                               .big_endian = a->big_endian};
    n2v_status status;

    if (!a->by_column)
        return matrix_read(floats, rows, width, stride, place, words, source, error);
    if ((status = matrix_create(floats, rows, width, stride, place, source, error)) != N2V_OK ||
        (status = read_columns(*floats, rows, width, stride, place, source, error)) != N2V_OK)
        return status;
    for (size_t id = 0; words && id < rows && status == N2V_OK; id++)
        status = load_check_row(source, *floats + id * stride, width, vocabulary_word(words, (Id)id, NULL), error);
    return status;
}

bool array_is_integers(const Array *a)
{
    return (a->kind == 'i' || a->kind == 'u') && a->axes == 1 && a->item && a->item <= sizeof(uint64_t);
}

uint64_t array_integer(const unsigned char *item, const Array *a)
{
    uint64_t number = 0;

    for (size_t i = 0; i < a->item; i++)
        number = number << 8 | item[a->big_endian ? i : a->item - 1 - i];
    return a->kind == 'i' && a->item && number >> (8 * a->item - 1) ? 0 : number;
}

n2v_status array_read_integers(unsigned char **items, const Array *a, Source *source, n2v_error *error)
{
    size_t room = 0;
    n2v_status status = N2V_OK;

    *items = NULL;
    for (uint64_t i = 0; i < a->shape[0] && status == N2V_OK; i++)
        if ((status = array_grow((void **)items, &room, (size_t)i + 1, a->item, "the counts", error)) == N2V_OK)
            status = source_take(source, *items + i * a->item, a->item, error);
    if (status != N2V_OK) {
        free(*items);
        *items = NULL;
    }
    return status;
}

/* Strings ------------------------------------------------------------------------------- */

bool array_is_words(const Array *a)
{
    return (a->kind == 'U' || a->kind == 'S') && a->axes == 1 && a->item; /* else any number of them takes no byte */
}

static uint32_t character_at(const unsigned char *bytes, bool big_endian)
{
    return big_endian ? (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3]
                      : (uint32_t)bytes[3] << 24 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[1] << 8 | bytes[0];
}

size_t array_text(unsigned char *item, const Array *a)
{
    size_t bytes = a->item, used = 0;

    if (a->kind == 'U')
        for (size_t at = 0; at < a->item; at += sizeof(uint32_t)) {
            const uint32_t code = character_at(item + at, a->big_endian);
            char text[UTF8_BYTES] = {'\xff'};
            const bool valid = code < 0x110000 && (code < 0xd800 || code > 0xdfff);
            const size_t length = valid ? utf8_encode(code, text) : 1;
            memcpy(item + used, text, length);
            used += length;
        }
    bytes = a->kind == 'U' ? used : bytes;
    while (bytes && !item[bytes - 1])
        bytes--; /* items are padded with zeros */
    return bytes;
}

n2v_status array_read_words(Vocabulary *vocabulary, Dropped *dropped, const Array *a, Source *source, n2v_error *error)
{
    unsigned char *item = array_create(a->item + 1, 1);
    n2v_status status = item ? N2V_OK : fail_memory(error, a->item, "a word");

    if (status == N2V_OK && (!a->shape[0] || a->shape[0] > MAX_WORDS))
        status = source_fail(source, error, "the header declares %llu words; 1 to %zu are possible",
                             (unsigned long long)a->shape[0], MAX_WORDS);
    for (uint64_t i = 0; i < a->shape[0] && status == N2V_OK; i++)
        if ((status = source_take(source, item, a->item, error)) == N2V_OK)
            status = load_word_of_row(source, vocabulary, (const char *)item, array_text(item, a), i, dropped, error);
    free(item);
    return status;
}
