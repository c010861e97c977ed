#include "model/formats/matrix.h"

#include <math.h>
#include <stdlib.h>

#include "base/number.h"
#include "model/formats/half.h"
#include "model/formats/int8.h"

size_t numbers_bytes(Numbers numbers)
{
    return numbers == NUMBERS_INT8      ? sizeof(int8_t)
           : numbers == NUMBERS_FLOAT16 ? sizeof(uint16_t)
           : numbers == NUMBERS_FLOAT64 ? sizeof(double)
                                        : sizeof(float);
}

float matrix_scale(const Selection *selection, SelectedRow row_of)
{
    float largest = 0;

    for (size_t id = 0; id < selection->words; id++) {
        const float *row = row_of(selection, id);
        for (size_t i = 0; i < selection->dim; i++)
            largest = fmaxf(largest, fabsf(row[i]));
    }
    return int8_scale(largest);
}

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

/* The row as it is written: itself, or in room. */
static n2v_status encode(const void **out, void *room, const float *row, size_t dim, MatrixPlace place,
                         const char *word, n2v_error *error)
{
    *out = room ? room : row;
    if (place.numbers == NUMBERS_FLOAT16)
        return to_halves(room, row, dim, word, error);
    for (size_t i = 0; place.numbers == NUMBERS_INT8 && i < dim; i++)
        ((int8_t *)room)[i] = int8_of_float(row[i], place.scale);
    return N2V_OK;
}

/* Room for a row as it is in the file, where that is not floats. */
static n2v_status make_room(void **room, size_t width, Numbers numbers, n2v_error *error)
{
    *room = numbers == NUMBERS_FLOAT32 ? NULL : array_create(width, numbers_bytes(numbers));
    return *room || numbers == NUMBERS_FLOAT32 ? N2V_OK : fail_memory(error, width * numbers_bytes(numbers), "a row");
}

n2v_status matrix_write_rows(const Selection *selection, SelectedRow row_of, size_t count, MatrixPlace place,
                             Writer *writer, n2v_error *error)
{
    const size_t dim = selection->dim, bytes = dim * numbers_bytes(place.numbers);
    void *room;
    n2v_status status = make_room(&room, dim, place.numbers, error);

    for (size_t id = 0; status == N2V_OK && id < count; id++) {
        const float *row = row_of(selection, id);
        const char *word = model_row_name(selection->model, id);
        const void *out;
        if ((status = save_check_row(row, dim, word, error)) != N2V_OK ||
            (status = encode(&out, room, row, dim, place, word, error)) != N2V_OK)
            break;
        if (place.crc)
            *place.crc = crc32_z(*place.crc, out, bytes);
        status = writer_write(writer, out, bytes, error);
    }
    free(room);
    return status;
}

n2v_status matrix_write(const Selection *selection, SelectedRow row, MatrixPlace place, Writer *writer,
                        n2v_error *error)
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
static float number_at(const void *numbers, size_t i, MatrixPlace place)
{
    switch (place.numbers) {
    case NUMBERS_INT8:
        return (float)((const int8_t *)numbers)[i] * place.scale;
    case NUMBERS_FLOAT16:
        return float_of_half(((const uint16_t *)numbers)[i]);
    case NUMBERS_FLOAT64:
        return (float)((const double *)numbers)[i];
    case NUMBERS_FLOAT32:
    default:
        return ((const float *)numbers)[i];
    }
}

/* room is that of make_room. */
static n2v_status read_row(float *row, void *room, size_t width, MatrixPlace place, Source *source, n2v_error *error)
{
    void *bytes = room ? room : row;
    const size_t each = numbers_bytes(place.numbers);
    const n2v_status status = source_take(source, bytes, width * each, error);

    if (status != N2V_OK)
        return status;
    if (place.crc)
        *place.crc = crc32_z(*place.crc, bytes, width * each);
    if (place.big_endian)
        swap_bytes(bytes, width, each);
    for (size_t i = 0; room && i < width; i++)
        row[i] = number_at(room, i, place);
    return N2V_OK;
}

n2v_status matrix_fill(float *floats, size_t rows, size_t width, size_t stride, MatrixPlace place,
                       const Vocabulary *words, Source *source, n2v_error *error)
{
    void *room;
    n2v_status status = make_room(&room, width, place.numbers, error);

    if (place.scale == 0)
        place.scale = 1;
    for (size_t id = 0; status == N2V_OK && id < rows; id++) {
        float *row = floats + id * stride;
        status = read_row(row, room, width, place, source, error);
        if (status == N2V_OK && words)
            status = load_check_row(source, row, width, vocabulary_word(words, (Id)id, NULL), error);
    }
    free(room);
    return status;
}

n2v_status matrix_create(float **floats, size_t rows, size_t width, size_t stride, MatrixPlace place,
                         const Source *source, n2v_error *error)
{
    const double bytes = (double)rows * (double)width * (double)numbers_bytes(place.numbers);
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
