#include "model/formats/bucket_rows.h"

#include <stdlib.h>

#include "model/compose.h"

/* Writing ------------------------------------------------------------------------------- */

static int by_number(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* The buckets in use, ascending: the bucket in the upper half of a number, its index in the lower. */
static n2v_status sort_buckets(const Subwords *subwords, uint64_t **sorted, n2v_error *error)
{
    const size_t count = subwords_buckets(subwords);
    uint64_t *numbers = array_create(count + 1, sizeof *numbers);

    *sorted = numbers;
    if (!numbers)
        return fail_memory(error, count * sizeof *numbers, "the table of subwords");
    for (size_t i = 0; i < count; i++)
        numbers[i] = (uint64_t)subwords_bucket(subwords, i) << 32 | i;
    qsort(numbers, count, sizeof *numbers, by_number);
    return N2V_OK;
}

n2v_status bucket_rows_write(const Selection *selection, PutBucket put, void *context, n2v_error *error)
{
    const Model *model = selection->model;
    const Subwords *subwords = model->subwords;
    const size_t count = subwords_buckets(subwords), first = model->input_rows - count;
    float *zeros = floats_create(model->stride);
    uint64_t *sorted = NULL;
    size_t at = 0;
    n2v_status status =
        zeros ? sort_buckets(subwords, &sorted, error) : fail_memory(error, model->stride * sizeof *zeros, "a row");

    for (uint32_t bucket = 0; status == N2V_OK && bucket < subwords_options(subwords)->buckets; bucket++) {
        const bool used = at < count && sorted[at] >> 32 == bucket;
        const float *row = used ? model->input + (first + (uint32_t)sorted[at]) * model->stride : zeros;
        at += used;
        if ((status = save_check_row(row, model->dim, "a part of words", error)) == N2V_OK)
            status = put(context, bucket, row, error);
    }
    floats_destroy(zeros, model->stride);
    free(sorted);
    return status;
}

/* Reading ------------------------------------------------------------------------------- */

/* The buckets that the words have. */
static n2v_status find_buckets(BucketRows *r, n2v_error *error)
{
    Subwords *subwords;
    uint64_t *sorted = NULL;
    n2v_status status = subwords_create(&subwords, r->model->vocabulary, &r->options, error);

    if (status != N2V_OK || (status = sort_buckets(subwords, &sorted, error)) != N2V_OK)
        goto out;
    r->words_count = subwords_buckets(subwords);
    r->of_words = array_create(r->words_count + 1, sizeof *r->of_words);
    if (!r->of_words)
        status = fail_memory(error, r->words_count * sizeof *r->of_words, "the table of subwords");
    for (size_t i = 0; status == N2V_OK && i < r->words_count; i++)
        r->of_words[i] = (uint32_t)(sorted[i] >> 32);
out:
    free(sorted);
    subwords_destroy(subwords);
    return status;
}

n2v_status bucket_rows_begin(BucketRows *rows, Model *model, const Source *source, const SubwordOptions *options,
                             double row_bytes, n2v_error *error)
{
    const size_t own = options->kind == SUBWORDS_FASTTEXT ? model->words : 0;
    float *row;
    n2v_status status;

    *rows = (BucketRows){.model = model, .source = source, .options = *options};
    if ((status = find_buckets(rows, error)) != N2V_OK ||
        (status = rows_create(&rows->rows, source, model->words + own + options->buckets, model->dim, row_bytes,
                              error)) != N2V_OK)
        return status;
    while (rows->next < model->words) /* those of words are composed at the end */
        if ((status = rows_at(&rows->rows, rows->next++, &row, error)) != N2V_OK)
            return status;
    return N2V_OK;
}

n2v_status bucket_rows_own(BucketRows *rows, float **row, n2v_error *error)
{
    return rows_at(&rows->rows, rows->next++, row, error);
}

n2v_status bucket_rows_place(BucketRows *rows, float **row, n2v_error *error)
{
    return rows_at(&rows->rows, rows->next, row, error);
}

static bool is_zero(const float *row, size_t dim)
{
    while (dim && row[dim - 1] == 0)
        dim--;
    return !dim;
}

n2v_status bucket_rows_keep(BucketRows *r, uint32_t bucket, const float *row, n2v_error *error)
{
    const bool of_word = r->words_at < r->words_count && r->of_words[r->words_at] == bucket;
    n2v_status status;

    r->words_at += of_word;
    if ((status = load_check_row(r->source, row, r->model->dim, "(part of words)", error)) != N2V_OK)
        return status;
    if (!of_word && is_zero(row, r->model->dim))
        return N2V_OK;
    if ((status = array_grow((void **)&r->kept, &r->kept_room, r->kept_count + 1, sizeof *r->kept,
                             "the table of subwords", error)) != N2V_OK)
        return status;
    r->kept[r->kept_count++] = bucket;
    r->next++;
    return N2V_OK;
}

/* The scalar kernels: a file has the same vectors on every machine. */
static n2v_status compose(Model *model, const Source *source, n2v_error *error)
{
    n2v_status status = compose_words(model, kernels_at(0), false, error);

    for (size_t id = 0; status == N2V_OK && id < model->words; id++)
        status = load_check_row(source, model->input + id * model->stride, model->dim,
                                vocabulary_word(model->vocabulary, (Id)id, NULL), error);
    return status;
}

n2v_status bucket_rows_finish(BucketRows *r, n2v_error *error)
{
    Model *model = r->model;
    n2v_error cause = {.text = ""};
    n2v_status status = rows_take(&r->rows, r->next, &model->input, error);

    if (status != N2V_OK)
        return status;
    model->input_rows = r->next;
    if ((status = subwords_create_with(&model->subwords, model->vocabulary, &r->options, r->kept, r->kept_count,
                                       &cause)) != N2V_OK)
        return error_set(error, status, "%s: %s", r->source->path, cause.text);
    return compose(model, r->source, error);
}

void bucket_rows_free(BucketRows *r)
{
    rows_free(&r->rows);
    free(r->of_words);
    free(r->kept);
    *r = (BucketRows){.model = NULL};
}
