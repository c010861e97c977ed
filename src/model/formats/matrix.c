#include "model/formats/matrix.h"

#include <stdlib.h>

#include "base/number.h"
#include "model/formats/half.h"

static n2v_status to_halves(uint16_t *halves, const float *row, size_t dim, const char *word, n2v_error *error)
{
    for (size_t i = 0; i < dim; i++) {
        halves[i] = half_of_float(row[i]);
        if ((halves[i] & HALF_INFINITY) == HALF_INFINITY)
            return error_set(error, N2V_ERROR_NUMERIC,
                             "number %zu of the vector of '%s' is %s, and 16 bits hold at most 65504", i + 1, word,
                             NUMBER_SHOWN((double)row[i]));
    }
    return N2V_OK;
}

n2v_status matrix_write_rows(const Selection *selection, SelectedRow row_of, size_t count, MatrixPlace place,
                             Writer *writer, n2v_error *error)
{
    const size_t dim = selection->dim, bytes = dim * (place.float16 ? sizeof(uint16_t) : sizeof(float));
    uint16_t *halves = place.float16 ? array_create(dim, sizeof *halves) : NULL;
    n2v_status status = N2V_OK;

    if (place.float16 && !halves)
        return fail_memory(error, bytes, "a row");
    for (size_t id = 0; status == N2V_OK && id < count; id++) {
        const float *row = row_of(selection, id);
        const char *word = model_row_name(selection->model, id);
        const void *out = halves ? (const void *)halves : row;
        if ((status = save_check_row(row, dim, word, error)) != N2V_OK ||
            (halves && (status = to_halves(halves, row, dim, word, error)) != N2V_OK))
            break;
        if (place.crc)
            *place.crc = crc32_z(*place.crc, out, bytes);
        status = writer_write(writer, out, bytes, error);
    }
    free(halves);
    return status;
}

n2v_status matrix_write(const Selection *selection, SelectedRow row, MatrixPlace place, Writer *writer, n2v_error *error)
{
    return matrix_write_rows(selection, row, selection->words, place, writer, error);
}

n2v_status biases_write(const Selection *selection, BiasOfWord bias_of, size_t count, uLong *crc, Writer *writer,
                        n2v_error *error)
{
    const size_t bytes = count * sizeof(float);
    float *biases = array_create(count, sizeof *biases);
    n2v_status status;

    if (!biases)
        return fail_memory(error, bytes, "the biases");
    for (size_t id = 0; id < count; id++)
        biases[id] = bias_of(selection->model, (Id)id);
    if ((status = save_check_row(biases, count, "(output biases)", error)) == N2V_OK) {
        if (crc)
            *crc = crc32_z(*crc, (const unsigned char *)biases, bytes);
        status = writer_write(writer, biases, bytes, error);
    }
    free(biases);
    return status;
}

/* Reverses the bytes of each number. */
static void swap_bytes(unsigned char *bytes, size_t count, size_t each)
{
    for (size_t number = 0; number < count; number++, bytes += each)
        for (size_t i = 0; i < each / 2; i++) {
            const unsigned char byte = bytes[i];
            bytes[i] = bytes[each - 1 - i];
            bytes[each - 1 - i] = byte;
        }
}

/* A number that a float cannot hold becomes infinite. */
static void to_floats(float *row, const void *numbers, size_t width, MatrixPlace place)
{
    const uint16_t *halves = numbers;
    const double *doubles = numbers;

    for (size_t i = 0; i < width; i++)
        row[i] = place.float16 ? float_of_half(halves[i]) : (float)doubles[i];
}

/* other is NULL where the numbers are of 32 bits, or room for width of them. */
static n2v_status read_row(float *row, void *other, size_t width, MatrixPlace place, Source *source, n2v_error *error)
{
    void *bytes = other ? other : row;
    const size_t each = matrix_number_bytes(place);
    const n2v_status status = source_take(source, bytes, width * each, error);

    if (status != N2V_OK)
        return status;
    if (place.crc)
        *place.crc = crc32_z(*place.crc, bytes, width * each);
    if (place.big_endian)
        swap_bytes(bytes, width, each);
    if (other)
        to_floats(row, other, width, place);
    return N2V_OK;
}

n2v_status matrix_fill(float *floats, size_t rows, size_t width, size_t stride, MatrixPlace place,
                       const Vocabulary *words, Source *source, n2v_error *error)
{
    const bool has_other = place.float16 || place.float64;
    void *other = has_other ? array_create(width, matrix_number_bytes(place)) : NULL;
    n2v_status status = N2V_OK;

    if (has_other && !other)
        return fail_memory(error, width * matrix_number_bytes(place), "a row");
    for (size_t id = 0; status == N2V_OK && id < rows; id++) {
        float *row = floats + id * stride;
        status = read_row(row, other, width, place, source, error);
        if (status == N2V_OK && words)
            status = load_check_row(source, row, width, vocabulary_word(words, (Id)id, NULL), error);
    }
    free(other);
    return status;
}

n2v_status matrix_create(float **floats, size_t rows, size_t width, size_t stride, MatrixPlace place,
                         const Source *source, n2v_error *error)
{
    const double bytes = (double)rows * (double)width * (double)matrix_number_bytes(place);
    size_t total;

    if (!source_plausible(source, bytes))
        return source_fail(source, error,
                           "the header declares %zu x %zu numbers, more than the file has: it is truncated", rows,
                           width);
    if (__builtin_mul_overflow(rows, stride, &total) || !(*floats = floats_create(total)))
        return fail_memory(error, (size_t)bytes, "the vectors");
    return N2V_OK;
}

n2v_status matrix_read(float **floats, size_t rows, size_t width, size_t stride, MatrixPlace place,
                       const Vocabulary *words, Source *source, n2v_error *error)
{
    const n2v_status status = matrix_create(floats, rows, width, stride, place, source, error);

    return status != N2V_OK ? status : matrix_fill(*floats, rows, width, stride, place, words, source, error);
}
