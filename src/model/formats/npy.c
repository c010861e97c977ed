/* npy.c - NumPy's array files, as numpy.lib.format describes them.
 *
 *     magic      "\x93NUMPY", u8 1, u8 0: the version
 *     u16        bytes of the header (u32 in versions 2 and 3), little-endian
 *     the header {'descr': '<f4', 'fortran_order': False, 'shape': (words, dim), }, padded with
 *                spaces and ended by a newline so that the data begins at a multiple of 64
 *     the data   row by row; descr is '<f4', '<f2' or '|i1' */
#include "model/formats/registry.h"

#include <stdio.h>
#include <string.h>

#include "model/formats/literal.h"
#include "model/formats/matrix.h"

#define MAGIC       "\x93NUMPY"
#define MAGIC_BYTES (sizeof MAGIC - 1)
#define ALIGNMENT   64
#define MAX_HEADER  65535 /* an array of floats needs about 100 */

static bool matches(const unsigned char *head, size_t count)
{
    return count >= MAGIC_BYTES && memcmp(head, MAGIC, MAGIC_BYTES) == 0;
}

static const char *const types[] = {[NUMBERS_FLOAT32] = "<f4", [NUMBERS_FLOAT16] = "<f2", [NUMBERS_INT8] = "|i1"};
#define TYPES (sizeof types / sizeof *types)

/* Of int8 without the scale, which an array has no place for. */
static n2v_status write_npy(const Selection *selection, Writer *writer, n2v_error *error)
{
    const Numbers numbers = selection->select.numbers;
    const MatrixPlace place = {.numbers = numbers,
                               .scale = numbers == NUMBERS_INT8 ? matrix_scale(selection, selection_row) : 1};
    const size_t before = MAGIC_BYTES + 4;
    char header[3 * ALIGNMENT];
    const int text = snprintf(header, sizeof header, "{'descr': '%s', 'fortran_order': False, 'shape': (%zu, %zu), }",
                              types[numbers], selection->words, selection->dim);
    const size_t used = (size_t)text, bytes = (before + used + ALIGNMENT) / ALIGNMENT * ALIGNMENT - before;
    const unsigned char start[] = {1, 0, (unsigned char)bytes, 0};
    n2v_status status;

    memset(header + used, ' ', bytes - used);
    header[bytes - 1] = '\n';
    if ((status = writer_write(writer, MAGIC, MAGIC_BYTES, error)) != N2V_OK ||
        (status = writer_write(writer, start, sizeof start, error)) != N2V_OK ||
        (status = writer_write(writer, header, bytes, error)) != N2V_OK)
        return status;
    return matrix_write(selection, selection_row, place, writer, error);
}

typedef struct array {
    Numbers numbers;
    bool has_type, has_order, has_shape;
    uint64_t shape[2];
} array;

static n2v_status read_type(Literal *l, array *a, n2v_error *error)
{
    const n2v_status status = literal_expect(l, LITERAL_STRING, error);

    if (status != N2V_OK)
        return status;
    for (size_t i = 0; i < TYPES; i++)
        if (strcmp(l->text, types[i]) == 0) {
            a->numbers = (Numbers)i;
            return N2V_OK;
        }
    return source_fail(l->source, error,
                       "numbers of the type '%s', where '<f4', '<f2' or '|i1' can be read: save X.astype('<f4')", l->text);
}

static n2v_status read_order(Literal *l, n2v_error *error)
{
    const n2v_status status = literal_expect(l, LITERAL_NAME, error);

    if (status == N2V_OK && strcmp(l->text, "False") != 0)
        return source_fail(l->source, error, "the array is in column-major order: save numpy.ascontiguousarray(X)");
    return status;
}

static n2v_status read_shape(Literal *l, array *a, n2v_error *error)
{
    size_t axes = 0;
    bool there;
    n2v_status status = literal_expect(l, '(', error);

    while (status == N2V_OK && (status = literal_item(l, axes, ')', &there, error)) == N2V_OK && there) {
        if ((status = literal_expect(l, LITERAL_NUMBER, error)) == N2V_OK && axes < 2)
            a->shape[axes] = l->number;
        axes++;
    }
    return status == N2V_OK && axes != 2
               ? source_fail(l->source, error, "expected 2 axes (words and dimensions), found %zu", axes)
               : status;
}

static n2v_status read_entry(Literal *l, array *a, n2v_error *error)
{
    bool *has = strcmp(l->text, "descr") == 0           ? &a->has_type
                : strcmp(l->text, "fortran_order") == 0 ? &a->has_order
                : strcmp(l->text, "shape") == 0         ? &a->has_shape
                                                        : NULL;

    if (!has || *has)
        return source_fail(l->source, error, "the header is malformed: '%s' %s", l->text,
                           has ? "appears twice" : "is unknown");
    *has = true;
    return has == &a->has_type    ? read_type(l, a, error)
           : has == &a->has_order ? read_order(l, error)
                                  : read_shape(l, a, error);
}

static n2v_status read_header(Source *source, size_t bytes, array *a, n2v_error *error)
{
    Literal l = literal_open(source, bytes, '\'');
    bool there;
    n2v_status status = literal_expect(&l, '{', error);

    for (size_t i = 0; status == N2V_OK && (status = literal_key(&l, i, &there, error)) == N2V_OK && there; i++)
        status = read_entry(&l, a, error);
    if (status == N2V_OK)
        status = literal_expect(&l, LITERAL_END, error);
    if (status == N2V_OK && !(a->has_type && a->has_order && a->has_shape))
        status = source_fail(source, error, "the header is malformed: descr, fortran_order or shape is missing");
    literal_close(&l);
    return status;
}

static n2v_status read_npy(Model *model, Source *source, n2v_error *error)
{
    unsigned char start[MAGIC_BYTES + 2], length[4] = {0};
    size_t bytes;
    array a = {.has_type = false};
    n2v_status status;

    if ((status = source_take(source, start, sizeof start, error)) != N2V_OK)
        return status;
    if (start[MAGIC_BYTES] < 1 || start[MAGIC_BYTES] > 3 || start[MAGIC_BYTES + 1] != 0)
        return source_fail(source, error, "version %u.%u of the format, where 1.0 to 3.0 can be read",
                           start[MAGIC_BYTES], start[MAGIC_BYTES + 1]);
    if ((status = source_take(source, length, start[MAGIC_BYTES] == 1 ? 2 : 4, error)) != N2V_OK)
        return status;
    bytes = length[0] | (size_t)length[1] << 8 | (size_t)length[2] << 16 | (size_t)length[3] << 24;
    if (bytes > MAX_HEADER)
        return source_fail(source, error, "a header of %zu bytes, where at most %d can be read", bytes, MAX_HEADER);
    if ((status = read_header(source, bytes, &a, error)) != N2V_OK ||
        (status = load_begin(model, source, a.shape[0], a.shape[1], error)) != N2V_OK ||
        (status = matrix_read(&model->input, model->words, model->dim, model->stride,
                              (MatrixPlace){.numbers = a.numbers}, model->vocabulary, source, error)) != N2V_OK)
        return status;
    return source_end(source, error);
}

const Format format_npy = {
    .name = "npy",
    .endings = ".npy",
    .summary = "a NumPy array, the words beside it in NAME.vocab.txt",
    .write = write_npy,
    .numbers = HAS_FLOAT16 | HAS_INT8,
    .beside = ".vocab.txt",
    .matches = matches,
    .read = read_npy,
};
