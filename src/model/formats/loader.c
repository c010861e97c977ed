#include "model/formats/loader.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/display.h"
#include "base/word.h"

#define FIRST_ROWS ((size_t)4096)

/* Keeps what there is room for. Fewer rows stay where they are: a copy would double the memory. */
static n2v_status resize(Rows *rows, size_t capacity, n2v_error *error)
{
    size_t floats, bytes;
    float *moved;

    if (rows->floats && capacity <= rows->capacity) {
        floats_shrink(rows->floats, rows->capacity * rows->stride, capacity * rows->stride);
        rows->capacity = capacity;
        return N2V_OK;
    }
    if (__builtin_mul_overflow(capacity, rows->stride, &floats) ||
        __builtin_mul_overflow(floats, sizeof(float), &bytes))
        return fail_memory(error, SIZE_MAX, "the vectors");
    moved = floats_create(floats);
    if (!moved)
        return fail_memory(error, bytes, "the vectors");
    if (rows->floats)
        memcpy(moved, rows->floats, rows->capacity * rows->stride * sizeof(float));
    floats_destroy(rows->floats, rows->capacity * rows->stride);
    rows->floats = moved;
    rows->capacity = capacity;
    return N2V_OK;
}

n2v_status rows_create(Rows *rows, const Source *source, size_t limit, size_t dim, double row_bytes, n2v_error *error)
{
    const uint64_t size = source_size(source);
    const double fit = size ? (double)size / row_bytes + 1 : (double)FIRST_ROWS;

    *rows = (Rows){.limit = limit, .stride = row_stride(dim)};
    return resize(rows, fit < (double)limit ? (size_t)fit : limit, error);
}

n2v_status rows_at(Rows *rows, size_t index, float **row, n2v_error *error)
{
    if (index >= rows->capacity) {
        const size_t doubled = rows->capacity > rows->limit / 2 ? rows->limit : rows->capacity * 2;
        const n2v_status status = resize(rows, doubled, error);
        if (status != N2V_OK)
            return status;
    }
    *row = rows->floats + index * rows->stride;
    return N2V_OK;
}

n2v_status rows_take(Rows *rows, size_t count, float **floats, n2v_error *error)
{
    const n2v_status status = count == rows->capacity ? N2V_OK : resize(rows, count, error);

    if (status != N2V_OK)
        return status;
    *floats = rows->floats;
    memset(rows, 0, sizeof *rows);
    return N2V_OK;
}

void rows_free(Rows *rows)
{
    floats_destroy(rows->floats, rows->capacity * rows->stride);
    memset(rows, 0, sizeof *rows);
}

n2v_status load_begin(Model *model, const Source *source, uint64_t words, uint64_t dim, n2v_error *error)
{
    const size_t known = model->vocabulary ? vocabulary_size(model->vocabulary) : 0;

    if (!words && source->bad && source->bad->count)
        return error_set(error, N2V_ERROR_FORMAT, "no row can be read: %s", source->bad->first);
    if (!words || words > MAX_WORDS)
        return source_fail(source, error, "the header declares %llu words; 1 to %zu are possible",
                           (unsigned long long)words, MAX_WORDS);
    if (!dim || dim > MAX_DIM)
        return source_fail(source, error, "the header declares %llu dimensions; 1 to %zu are possible",
                           (unsigned long long)dim, MAX_DIM);
    if (known && known != words)
        return source_fail(source, error, "expected a row for each of the %zu words, found %llu", known,
                           (unsigned long long)words);
    model_set_words(model, (size_t)words);
    model->dim = (size_t)dim;
    model_set_stride(model, row_stride(model->dim));
    if (!model->vocabulary)
        model->vocabulary = vocabulary_create();
    return model->vocabulary ? N2V_OK : fail_memory(error, sizeof *model, "the model");
}

static n2v_status check_fault(const Source *source, const char *word, size_t bytes, n2v_error *error)
{
    const char *fault = word_fault(word, bytes);
    char name[64];

    if (!fault)
        return N2V_OK;
    return source_fail(source, error, "the word '%s' %s", word_printable(word, bytes, name, sizeof name), fault);
}

static n2v_status appears_twice(const Source *source, const char *word, size_t bytes, n2v_error *error)
{
    return source_fail(source, error, "the word '%.*s' appears twice", (int)bytes, word);
}

n2v_status load_check_word(const Source *source, const Vocabulary *vocabulary, const char *word, size_t bytes,
                           n2v_error *error)
{
    const n2v_status status = check_fault(source, word, bytes, error);

    if (status != N2V_OK || vocabulary_find(vocabulary, word, bytes) == NO_ID)
        return status;
    return appears_twice(source, word, bytes, error);
}

n2v_status load_word(const Source *source, Vocabulary *vocabulary, const char *word, size_t bytes, uint64_t count,
                     n2v_error *error)
{
    const size_t known = vocabulary_size(vocabulary);
    Id id;
    n2v_status status;

    if ((status = check_fault(source, word, bytes, error)) != N2V_OK ||
        (status = vocabulary_add(vocabulary, word, bytes, count, &id, error)) != N2V_OK)
        return status;
    return id < known ? appears_twice(source, word, bytes, error) : N2V_OK;
}

/* Without a way out of the loop, so that the compiler makes vectors of it: files are of finite rows. */
static bool all_finite(const float *row, size_t dim)
{
    unsigned odd = 0;
    for (size_t at = 0; at < dim; at++)
        odd |= (unsigned)!(fabsf(row[at]) <= FLT_MAX);
    return !odd;
}

static size_t first_not_finite(const float *row, size_t dim)
{
    size_t at = 0;
    if (all_finite(row, dim))
        return dim;
    while (at < dim && isfinite(row[at]))
        at++;
    return at;
}

n2v_status load_check_row(const Source *source, const float *row, size_t dim, const char *word, n2v_error *error)
{
    const size_t at = first_not_finite(row, dim);
    if (at == dim)
        return N2V_OK;
    return source_fail(source, error, "number %zu of the word '%s' is not finite", at + 1, word);
}

n2v_status load_bad_row(Source *source, const n2v_error *bad, n2v_error *error)
{
    BadRows *rows = source->bad;

    if (!rows)
        return source->in_memory /* whose functions have no settings */
                   ? error_set(error, bad->status, "%s", bad->text)
                   : error_set(error, bad->status, "%s; " SETTING("skip-bad") " skips such rows", bad->text);
    if (!rows->count++)
        (void)display_text(rows->first, sizeof rows->first, bad->text, strlen(bad->text));
    return N2V_OK;
}

static n2v_status drop_row(Dropped *dropped, size_t row, n2v_error *error)
{
    n2v_status status;

    if (!dropped->run_count || dropped->runs[dropped->run_count - 1].end != row) {
        if ((status = array_grow((void **)&dropped->runs, &dropped->room, dropped->run_count + 1,
                                 sizeof *dropped->runs, "the skipped rows", error)) != N2V_OK)
            return status;
        dropped->runs[dropped->run_count++].first = row;
    }
    dropped->runs[dropped->run_count - 1].end = row + 1;
    dropped->count++;
    return N2V_OK;
}

bool dropped_has(const Dropped *dropped, size_t row, size_t *run)
{
    while (*run < dropped->run_count && dropped->runs[*run].end <= row)
        ++*run;
    return *run < dropped->run_count && dropped->runs[*run].first <= row;
}

n2v_status load_word_of_row(Source *source, Vocabulary *vocabulary, const char *word, size_t bytes, size_t row,
                            Dropped *dropped, n2v_error *error)
{
    const bool shown = !source->bad || !source->bad->count; /* an archive may have any number of others */
    n2v_error bad = {.text = ""};
    n2v_status status = load_word(source, vocabulary, word, bytes, 0, shown ? &bad : NULL);

    if (status == N2V_OK)
        return N2V_OK;
    if (status != N2V_ERROR_FORMAT)
        return shown ? error_set(error, status, "%s", bad.text) : fail_memory(error, bytes, "a word");
    if ((status = load_bad_row(source, &bad, error)) != N2V_OK)
        return status;
    return drop_row(dropped, row, error);
}

n2v_status dropped_remove(const Dropped *dropped, float **floats, size_t rows, size_t stride, n2v_error *error)
{
    Rows all = {.floats = *floats, .capacity = rows, .limit = rows, .stride = stride};
    size_t kept = 0;
    n2v_status status;

    if (!dropped->count)
        return N2V_OK;
    for (size_t row = 0, run = 0; row < rows; row++)
        if (!dropped_has(dropped, row, &run))
            memmove(*floats + kept++ * stride, *floats + row * stride, stride * sizeof(float));
    *floats = NULL;
    if ((status = rows_take(&all, kept, floats, error)) != N2V_OK)
        rows_free(&all);
    return status;
}

void dropped_free(Dropped *dropped)
{
    free(dropped->runs);
    *dropped = (Dropped){.runs = NULL};
}

n2v_status load_biases(Model *model, const Source *source, const float *biases, n2v_error *error)
{
    n2v_status status;

    if (!model->output)
        return source_fail(source, error, "the file is corrupt: biases without output vectors");
    if ((status = load_check_row(source, biases, model->output_rows, "(output biases)", error)) != N2V_OK)
        return status;
    for (size_t row = 0; row < model->input_rows; row++)
        model->input[row * model->stride + model->dim] = 1;
    for (size_t row = 0; row < model->output_rows; row++)
        model->output[row * model->output_stride + model_bias_at(model)] = biases[row];
    model->has_bias = model->saves_bias = true;
    return N2V_OK;
}

n2v_status save_check_row(const float *row, size_t dim, const char *word, n2v_error *error)
{
    const size_t at = first_not_finite(row, dim);
    if (at == dim)
        return N2V_OK;
    return error_set(error, N2V_ERROR_NUMERIC, "number %zu of the vector of '%s' is not finite", at + 1, word);
}
