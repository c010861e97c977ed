/* npy.c - NumPy's array files, as numpy.lib.format describes them.
 *
 *     magic      "\x93NUMPY", u8 1, u8 0: the version
 *     u16        bytes of the header (u32 in versions 2 and 3), little-endian
 *     the header {'descr': '<f4', 'fortran_order': False, 'shape': (words, dim), }, padded with
 *                spaces and ended by a newline so that the data begins at a multiple of 64
 *     the data   row by row, or, where fortran_order is True, column by column. descr is '<f4', '<f2' or '|i1'; read
 * are also '<f8' and the big-endian ones */
#include "model/formats/registry.h"

#include <stdio.h>
#include <string.h>

#include "model/formats/array.h"

#define ALIGNMENT 64

static bool matches(const unsigned char *head, size_t count)
{
    return count >= ARRAY_MAGIC_BYTES && memcmp(head, ARRAY_MAGIC, ARRAY_MAGIC_BYTES) == 0;
}

static const char *const types[] = {[NUMBERS_FLOAT32] = "<f4", [NUMBERS_FLOAT16] = "<f2", [NUMBERS_INT8] = "|i1"};

/* Of int8 without the scale, which an array has no place for. */
static n2v_status write_npy(const Selection *selection, Writer *writer, n2v_error *error)
{
    const Numbers numbers = selection->select.numbers;
    const MatrixPlace place = {.numbers = numbers,
                               .scale = numbers == NUMBERS_INT8 ? matrix_scale(selection, selection_row) : 1};
    const size_t before = ARRAY_MAGIC_BYTES + 4;
    char header[3 * ALIGNMENT];
    const int text = snprintf(header, sizeof header, "{'descr': '%s', 'fortran_order': False, 'shape': (%zu, %zu), }",
                              types[numbers], selection->words, selection->dim);
    const size_t used = (size_t)text, bytes = (before + used + ALIGNMENT) / ALIGNMENT * ALIGNMENT - before;
    const unsigned char start[] = {1, 0, (unsigned char)bytes, 0};
    n2v_status status;

    memset(header + used, ' ', bytes - used);
    header[bytes - 1] = '\n';
    if ((status = writer_write(writer, ARRAY_MAGIC, ARRAY_MAGIC_BYTES, error)) != N2V_OK ||
        (status = writer_write(writer, start, sizeof start, error)) != N2V_OK ||
        (status = writer_write(writer, header, bytes, error)) != N2V_OK)
        return status;
    return matrix_write(selection, selection_row, place, writer, error);
}

static n2v_status read_npy(Model *model, Source *source, n2v_error *error)
{
    Array array;
    n2v_status status;

    if ((status = array_read_header(&array, source, error)) != N2V_OK ||
        (status = array_check_matrix(&array, source, error)) != N2V_OK ||
        (status = load_begin(model, source, array.shape[0], array.shape[1], error)) != N2V_OK ||
        (status = array_read_matrix(&model->input, &array, model->stride, model->vocabulary, source, error)) != N2V_OK)
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
