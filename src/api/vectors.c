/* vectors.c - the public functions of words and their vectors. */
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "api/observer.h"
#include "api/settings_handle.h"
#include "api/structure.h"
#include "api/vectors_handle.h"
#include "io/reader.h"
#include "base/word.h"
#include "model/compose.h"
#include "model/formats/format.h"
#include "model/formats/loader.h"
#include "model/rows.h"
#include "query/norms.h"
#include "query/spellings.h"
#include "train/checkpoint.h"

/* The sizes in the first public header. */
#define FIRST_INFO   (offsetof(n2v_vectors_info, format) + sizeof(const char *))
#define FIRST_NORMS  (offsetof(n2v_norms, zeros) + sizeof(size_t))
#define FIRST_FORMAT (offsetof(n2v_format_info, has_words_file) + sizeof(int))

static n2v_status fail_null(const char *function, const char *name, n2v_error *error)
{
    return error_set(error, N2V_ERROR_ARGUMENT, "%s: %s is NULL", function, name);
}

/* The notes of a checkpoint. Without them, or with damaged ones, there are none. */
static n2v_status take_notes(n2v_vectors *vectors, n2v_error *error)
{
    const Extra *extra = &vectors->own.extras[EXTRA_NOTES];
    bool malformed;

    return extra->bytes && !extra->damaged ? record_add_lines(&vectors->notes, extra->bytes, &malformed, error)
                                           : N2V_OK;
}

/* From a file, or from memory whose name path is (memory not NULL). */
static n2v_status load(n2v_vectors **vectors, const char *path, const MemoryFile *memory, bool skip_bad,
                       n2v_observer *observer, n2v_error *error)
{
    n2v_vectors *loaded = array_create_zero(1, sizeof *loaded);
    const Stop stop = observer_stop(observer);
    const Format *format;
    n2v_status status;

    if (!loaded)
        return fail_memory(error, sizeof *loaded, "the vectors");
    if (memory)
        status = format_load_memory(&loaded->own, &format, memory, NULL, &stop, error);
    else if ((status = format_load_skipping(&loaded->own, &format, path, skip_bad ? &loaded->skipped : NULL, &stop,
                                            error)) == N2V_OK &&
             (status = format_beside(format, path, &loaded->words_file, error)) != N2V_OK)
        model_free(&loaded->own);
    if (status != N2V_OK) {
        free(loaded);
        return status;
    }
    loaded->model = &loaded->own;
    loaded->owned = true;
    if ((status = take_notes(loaded, error)) != N2V_OK ||
        (status = vectors_take_phrases(loaded, path, error)) != N2V_OK) {
        n2v_vectors_destroy(loaded);
        return status;
    }
    loaded->format = format->name;
    loaded->format_summary = format->summary;
    *vectors = loaded;
    return N2V_OK;
}

n2v_status n2v_vectors_load_with(n2v_vectors **vectors, const char *path, const n2v_settings *settings,
                                 const n2v_observer *observer, n2v_error *error)
{
    const Settings *values;
    n2v_observer copy;
    char *first;
    n2v_status status;

    if (!vectors || !path)
        return fail_null("n2v_vectors_load", vectors ? "path" : "vectors", error);
    *vectors = NULL;
    if ((status = settings_of(settings, N2V_FOR_LOADING, &values, error)) != N2V_OK ||
        (status = observer_take(&copy, observer, error)) != N2V_OK ||
        (status = format_first(path, &first, error)) != N2V_OK)
        return status;
    if ((status = reader_check(first, error)) == N2V_OK)
        status = load(vectors, first, NULL, values && settings_flag(values, "skip-bad"), &copy, error);
    free(first);
    return status;
}

n2v_status n2v_vectors_load(n2v_vectors **vectors, const char *path, const n2v_observer *observer, n2v_error *error)
{
    return n2v_vectors_load_with(vectors, path, NULL, observer, error);
}

n2v_status n2v_vectors_load_memory(n2v_vectors **vectors, const void *bytes, size_t count, const char *name,
                                   const n2v_observer *observer, n2v_error *error)
{
    const MemoryFile file = {.name = name ? name : "the memory", .bytes = bytes, .count = count};
    n2v_observer copy;
    n2v_status status;

    if (!vectors || (!bytes && count))
        return fail_null("n2v_vectors_load_memory", vectors ? "bytes" : "vectors", error);
    *vectors = NULL;
    if ((status = observer_take(&copy, observer, error)) != N2V_OK)
        return status;
    return load(vectors, file.name, &file, false, &copy, error);
}

static n2v_status add_word(Vocabulary *vocabulary, const char *word, uint64_t count, size_t index, n2v_error *error)
{
    const size_t known = vocabulary_size(vocabulary), bytes = word ? strlen(word) : 0;
    const char *fault = word_fault(word, bytes);
    char name[64];
    Id id;
    n2v_status status;

    if (fault)
        return error_set(error, N2V_ERROR_ARGUMENT, "word %zu, '%s', %s", index + 1,
                         word_printable(word, bytes, name, sizeof name), fault);
    if ((status = vocabulary_add(vocabulary, word, bytes, count, &id, error)) == N2V_OK && id < known)
        return error_set(error, N2V_ERROR_ARGUMENT, "word %zu, '%s', appears twice", index + 1,
                         word_printable(word, bytes, name, sizeof name));
    return status;
}

static n2v_status fill(Model *model, const char *const *words, const uint64_t *counts, const float *rows, size_t stride,
                       n2v_error *error)
{
    n2v_status status = N2V_OK;

    model_set_stride(model, row_stride(model->dim));
    model->vocabulary = vocabulary_create();
    model->input = floats_create(model->words * model->stride);
    if (!model->vocabulary || !model->input)
        return fail_memory(error, model->words * model->stride * sizeof *model->input, "the vectors");
    for (size_t i = 0; i < model->words && status == N2V_OK; i++) {
        memcpy(model->input + i * model->stride, rows + i * stride, model->dim * sizeof *rows);
        if ((status = add_word(model->vocabulary, words[i], counts ? counts[i] : 0, i, error)) == N2V_OK)
            status = save_check_row(rows + i * stride, model->dim, words[i], error);
    }
    return status;
}

n2v_status n2v_vectors_create(n2v_vectors **vectors, const char *const *words, const uint64_t *counts, size_t count,
                              const float *rows, size_t dim, size_t stride, n2v_error *error)
{
    n2v_vectors *made;
    n2v_status status;

    if (!vectors || !words || !rows)
        return fail_null("n2v_vectors_create", !vectors ? "vectors" : !words ? "words" : "rows", error);
    *vectors = NULL;
    if (!count || count > MAX_WORDS || !dim || dim > MAX_DIM || stride < dim)
        return error_set(error, N2V_ERROR_ARGUMENT, "%zu words with vectors of %zu numbers, %zu apart: there are 1 to "
                         "%zu words of 1 to %zu numbers, and rows do not "
                         "overlap", count, dim, stride, MAX_WORDS, MAX_DIM);
    if (!(made = array_create_zero(1, sizeof *made)))
        return fail_memory(error, sizeof *made, "the vectors");
    made->model = &made->own;
    made->owned = true;
    made->own.dim = dim;
    model_set_words(&made->own, count);
    if ((status = fill(&made->own, words, counts, rows, stride, error)) == N2V_OK)
        *vectors = made;
    else
        n2v_vectors_destroy(made);
    return status;
}

void n2v_vectors_destroy(n2v_vectors *vectors)
{
    if (!vectors || !vectors->owned)
        return;
    model_free(&vectors->own);
    record_free(&vectors->notes);
    word_joiner_destroy(vectors->phrases);
    free(vectors->words_file);
    free(vectors);
}

n2v_status n2v_vectors_describe(const n2v_vectors *vectors, n2v_vectors_info *info, n2v_error *error)
{
    n2v_status status;

    if (!vectors || !info)
        return fail_null("n2v_vectors_describe", vectors ? "info" : "vectors", error);
    if ((status = structure_check(info->size, FIRST_INFO, "n2v_vectors_info", error)) != N2V_OK)
        return status;
    const Model *model = vectors->model;
    const SubwordOptions none = {.minn = 0}, *o = model->subwords ? subwords_options(model->subwords) : &none;
    CheckpointState state;
    const n2v_vectors_info filled = {
        .size = info->size,
        .words = model->words,
        .dim = model->dim,
        .tokens = vocabulary_total(model->vocabulary),
        .has_output = model_has_outputs(model),
        .has_output_bias = model_has_outputs(model) && model->saves_bias,
        .format = vectors->format,
        .words_file = vectors->words_file,
        .has_state = checkpoint_read(model, &state, NULL) == N2V_OK,
        .damaged = *model->damaged ? model->damaged : NULL,
        .subwords = subwords_name(o->kind),
        .shortest_ngram = o->minn,
        .longest_ngram = o->maxn,
        .buckets = o->buckets,
        .used_buckets = model->subwords ? subwords_buckets(model->subwords) : 0,
        .skipped = vectors->skipped.count,
        .first_skipped = vectors->skipped.count ? vectors->skipped.first : NULL,
        .format_summary = vectors->format_summary,
    };
    structure_hand_out(info, info->size, &filled, sizeof filled);
    return N2V_OK;
}

/* Words ----------------------------------------------------------------------------------- */

const char *n2v_vectors_word(const n2v_vectors *vectors, uint32_t id, size_t *bytes)
{
    return vectors && id < vectors->model->words ? vocabulary_word(vectors->model->vocabulary, id, bytes) : NULL;
}

uint64_t n2v_vectors_count(const n2v_vectors *vectors, uint32_t id)
{
    return vectors && id < vectors->model->words ? vocabulary_count(vectors->model->vocabulary, id) : 0;
}

uint32_t n2v_vectors_find(const n2v_vectors *vectors, const char *word, size_t bytes)
{
    return vectors && word ? vocabulary_find(vectors->model->vocabulary, word, bytes) : N2V_NO_ID;
}

size_t n2v_vectors_suggest(const n2v_vectors *vectors, const char *word, size_t bytes, size_t max, uint32_t *ids)
{
    if (!vectors || !word || !ids)
        return 0;
    return spellings_find(vectors->model->vocabulary, word, bytes, max < MAX_SPELLINGS ? max : MAX_SPELLINGS, ids);
}

/* Numbers --------------------------------------------------------------------------------- */

static const float *matrix_of(const Model *model, n2v_matrix matrix)
{
    return matrix == N2V_INPUT ? model->input : matrix == N2V_OUTPUT && model_has_outputs(model) ? model->output : NULL;
}

const float *n2v_vectors_view(const n2v_vectors *vectors, n2v_matrix matrix, size_t *stride)
{
    if (stride)
        *stride = vectors ? vectors->model->stride : 0;
    return vectors ? matrix_of(vectors->model, matrix) : NULL;
}

float n2v_vectors_bias(const n2v_vectors *vectors, uint32_t id)
{
    return vectors && id < vectors->model->words && model_has_outputs(vectors->model) ? model_bias(vectors->model, id)
                                                                                      : 0;
}

n2v_status n2v_vectors_compose(const n2v_vectors *vectors, const char *word, size_t bytes, float *vector, int *known,
                               n2v_error *error)
{
    char name[64];
    bool composed;
    n2v_status status;

    if (!vectors || !word || !vector)
        return fail_null("n2v_vectors_compose", !vectors ? "vectors" : !word ? "word" : "vector", error);
    if (!bytes || bytes > MAX_TOKEN_BYTES)
        return error_set(error, N2V_ERROR_ARGUMENT, "a word of %zu bytes; 1 to %d are possible", bytes,
                         MAX_TOKEN_BYTES);
    if (known)
        *known = vocabulary_find(vectors->model->vocabulary, word, bytes) != NO_ID;
    if ((status = compose_any(vectors->model, word, bytes, vector, &composed, error)) != N2V_OK || composed)
        return status;
    return error_set(error, N2V_ERROR_DATA, "'%s' is not in the vocabulary, and %s",
                     word_printable(word, bytes, name, sizeof name),
                     vectors->model->subwords ? "none of its n-grams has a vector"
                                              : "the vectors have no subwords to make its vector of");
}

double n2v_vectors_cosine(const n2v_vectors *vectors, const float *a, const float *b)
{
    return vectors && a && b ? (double)row_cosine(a, b, vectors->model->dim) : (double)NAN;
}

double n2v_vectors_similarity(const n2v_vectors *vectors, uint32_t a, uint32_t b)
{
    const Model *model = vectors ? vectors->model : NULL;

    if (!model || a >= model->words || b >= model->words)
        return (double)NAN;
    return (double)row_cosine(model->input + a * model->stride, model->input + b * model->stride, model->dim);
}

n2v_status n2v_vectors_norms(const n2v_vectors *vectors, n2v_matrix matrix, n2v_norms *norms, n2v_error *error)
{
    Norms measured;
    n2v_status status;

    if (!vectors || !norms)
        return fail_null("n2v_vectors_norms", vectors ? "norms" : "vectors", error);
    if ((status = structure_check(norms->size, FIRST_NORMS, "n2v_norms", error)) != N2V_OK)
        return status;
    const float *rows = matrix_of(vectors->model, matrix);
    if (!rows)
        return error_set(error, N2V_ERROR_ARGUMENT, "there are no %s vectors",
                         matrix == N2V_OUTPUT ? "output" : "such");
    if ((status = norms_measure(&measured, vectors->model, rows, error)) != N2V_OK)
        return status;
    const n2v_norms filled = {
        .size = norms->size,
        .min = measured.min,
        .median = measured.median,
        .mean = measured.mean,
        .max = measured.max,
        .shortest = measured.shortest,
        .longest = measured.longest,
        .zeros = measured.zeros,
    };
    structure_hand_out(norms, norms->size, &filled, sizeof filled);
    return N2V_OK;
}

int n2v_vectors_record(const n2v_vectors *vectors, size_t index, const char **name, const char **value)
{
    const char *its_name, *its_value;

    if (!vectors || !record_at(&vectors->model->record, index, &its_name, &its_value))
        return 0;
    if (name)
        *name = its_name;
    if (value)
        *value = its_value;
    return 1;
}

/* Formats --------------------------------------------------------------------------------- */

size_t n2v_format_count(void)
{
    size_t count = 0;

    while (format_at(count))
        count++;
    return count;
}

n2v_status n2v_format_describe(size_t index, n2v_format_info *info, n2v_error *error)
{
    const Format *format = format_at(index);
    n2v_status status;

    if (!info)
        return fail_null("n2v_format_describe", "info", error);
    if (!format)
        return error_set(error, N2V_ERROR_ARGUMENT, "n2v_format_describe: format %zu of %zu", index,
                         n2v_format_count());
    if ((status = structure_check(info->size, FIRST_FORMAT, "n2v_format_info", error)) != N2V_OK)
        return status;
    const n2v_format_info filled = {
        .size = info->size,
        .name = format->name,
        .summary = format->summary,
        .endings = format->endings,
        .has_float16 = (format->numbers & HAS_FLOAT16) != 0,
        .has_words_file = format->beside != NULL,
        .subwords = subwords_name(format->subwords),
        .has_int8 = (format->numbers & HAS_INT8) != 0,
    };
    structure_hand_out(info, info->size, &filled, sizeof filled);
    return N2V_OK;
}
