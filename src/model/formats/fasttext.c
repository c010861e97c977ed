/* fasttext.c - the models of fastText (.bin), versions 11 and 12, that are neither classifiers nor quantized. All
 * numbers are little-endian.
 *
 *     header      i32 793712314, i32 version
 *     arguments   12 x i32: dim, window, epochs, min count, negatives, word n-grams, loss, model, buckets, minn, maxn,
 * rate of updates; f64 threshold of subsampling words       i32 entries, i32 words, i32 labels, i64 tokens, i64 pruned
 * n-grams (-1: they are not pruned); for each entry: the word and a NUL, i64 count, i8 kind (0: a word) input       u8
 * quantized, i64 rows, i64 columns, f32 rows: an own row for each word, then one for each bucket output      the same:
 * a row for each word; with the loss hs, for each node of a tree Without n-grams (maxn 0) the rows of words are their
 * vectors.
 *
 * Written are output rows of zeros where the model has none, and counts of at least 1: fastText and gensim divide by
 * them. */
#include "model/formats/registry.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "model/formats/bucket_rows.h"
#include "model/formats/matrix.h"

#define MAGIC   INT32_C(793712314)
#define VERSION 12

enum { LOSS_HS = 1, LOSS_NS = 2, MODEL_CBOW = 1, MODEL_SKIPGRAM = 2, MODEL_SUPERVISED = 3 };

typedef struct arguments {
    int32_t dim, window, epochs, min_count, negatives, word_ngrams, loss, model, buckets, minn, maxn, update_rate;
    double subsample;
} arguments;

typedef struct dictionary {
    int32_t entries, words, labels;
    int64_t tokens, pruned;
} dictionary;

_Static_assert(sizeof(arguments) == 12 * sizeof(int32_t) + sizeof(double), "written as it lies in memory: no padding");

static bool matches(const unsigned char *head, size_t count)
{
    int32_t magic;

    if (count < sizeof magic)
        return false;
    memcpy(&magic, head, sizeof magic);
    return magic == MAGIC;
}

/* Writing ------------------------------------------------------------------------------- */

/* A whole number from the record of the training; without it, what fastText has by default. */
static int32_t recorded(const Record *record, const char *name, int32_t fallback)
{
    const char *text = record_find(record, name);
    uint64_t number;

    return text && number_read_integer(text, &number) && number <= INT32_MAX ? (int32_t)number : fallback;
}

static arguments arguments_of(const Selection *selection)
{
    const SubwordOptions *options = subwords_options(selection->model->subwords);
    const Record *record = &selection->record;
    const char *model = record_find(record, "model"), *subsample = record_find(record, "subsample");
    arguments a = {.dim = (int32_t)selection->dim,
                   .window = recorded(record, "window", 5),
                   .epochs = recorded(record, "epochs", 5),
                   .min_count = recorded(record, "min-count", 5),
                   .negatives = recorded(record, "noise", 5),
                   .word_ngrams = 1,
                   .loss = LOSS_NS,
                   .model = model && strcmp(model, "cbow") == 0 ? MODEL_CBOW : MODEL_SKIPGRAM,
                   .buckets = (int32_t)options->buckets,
                   .minn = (int32_t)options->minn,
                   .maxn = (int32_t)options->maxn,
                   .update_rate = 100,
                   .subsample = 1e-4};

    if (subsample)
        (void)number_read(subsample, &a.subsample);
    return a;
}

/* Numbers of rows are of 32 bits in fastText. */
static n2v_status check_size(const Selection *selection, n2v_error *error)
{
    const uint32_t buckets = subwords_options(selection->model->subwords)->buckets;

    if (selection->words + (uint64_t)buckets <= INT32_MAX)
        return N2V_OK;
    return error_set(error, N2V_ERROR_DATA, "%zu words and %u buckets are more than a file of fastText can have: %d",
                     selection->words, buckets, INT32_MAX);
}

static int64_t count_of(const Selection *selection, size_t id)
{
    const uint64_t count = vocabulary_count(selection->model->vocabulary, (Id)id);
    return count ? (int64_t)count : 1;
}

static n2v_status put_words(const Selection *selection, Writer *writer, n2v_error *error)
{
    const int32_t sizes[] = {(int32_t)selection->words, (int32_t)selection->words, 0};
    const int8_t kind = 0;
    int64_t numbers[] = {0, -1};
    n2v_status status;

    for (size_t id = 0; id < selection->words; id++)
        numbers[0] += count_of(selection, id);
    if ((status = writer_write(writer, sizes, sizeof sizes, error)) != N2V_OK ||
        (status = writer_write(writer, numbers, sizeof numbers, error)) != N2V_OK)
        return status;
    for (size_t id = 0; id < selection->words; id++) {
        const int64_t count = count_of(selection, id);
        size_t bytes;
        const char *word = vocabulary_word(selection->model->vocabulary, (Id)id, &bytes);
        if ((status = writer_write(writer, word, bytes + 1, error)) != N2V_OK ||
            (status = writer_write(writer, &count, sizeof count, error)) != N2V_OK ||
            (status = writer_write(writer, &kind, sizeof kind, error)) != N2V_OK)
            return status;
    }
    return N2V_OK;
}

static n2v_status begin_matrix(const Selection *selection, uint64_t rows, Writer *writer, n2v_error *error)
{
    const uint8_t quantized = 0;
    const int64_t shape[] = {(int64_t)rows, (int64_t)selection->dim};
    const n2v_status status = writer_write(writer, &quantized, sizeof quantized, error);

    return status == N2V_OK ? writer_write(writer, shape, sizeof shape, error) : status;
}

static const float *own_row(const Selection *selection, size_t id)
{
    return selection->model->input + (selection->words + id) * selection->model->stride;
}

typedef struct bucket_output {
    Writer *writer;
    size_t bytes; /* of a row */
} bucket_output;

static n2v_status put_bucket(void *context, uint32_t bucket, const float *row, n2v_error *error)
{
    const bucket_output *out = context;

    (void)bucket;
    return writer_write(out->writer, row, out->bytes, error);
}

static n2v_status put_zeros(const Selection *selection, Writer *writer, n2v_error *error)
{
    float *zeros = floats_create(selection->dim);
    n2v_status status = zeros ? N2V_OK : fail_memory(error, selection->dim * sizeof *zeros, "a row");

    for (size_t id = 0; status == N2V_OK && id < selection->words; id++)
        status = writer_write(writer, zeros, selection->dim * sizeof *zeros, error);
    floats_destroy(zeros, selection->dim);
    return status;
}

static n2v_status write_fasttext(const Selection *selection, Writer *writer, n2v_error *error)
{
    static const int32_t header[] = {MAGIC, VERSION};
    const arguments a = arguments_of(selection);
    const MatrixPlace place = {.numbers = NUMBERS_FLOAT32};
    bucket_output out = {writer, selection->dim * sizeof(float)};
    n2v_status status;

    if ((status = check_size(selection, error)) != N2V_OK ||
        (status = writer_write(writer, header, sizeof header, error)) != N2V_OK ||
        (status = writer_write(writer, &a, sizeof a, error)) != N2V_OK ||
        (status = put_words(selection, writer, error)) != N2V_OK ||
        (status = begin_matrix(selection, selection->words + (uint64_t)(uint32_t)a.buckets, writer, error)) != N2V_OK ||
        (status = matrix_write(selection, own_row, place, writer, error)) != N2V_OK ||
        (status = bucket_rows_write(selection, put_bucket, &out, error)) != N2V_OK ||
        (status = begin_matrix(selection, selection->words, writer, error)) != N2V_OK)
        return status;
    return selection->has_output ? matrix_write(selection, selection_output, place, writer, error)
                                 : put_zeros(selection, writer, error);
}

/* Reading ------------------------------------------------------------------------------- */

#define TAKE(number) source_take(source, &(number), sizeof(number), error)

static n2v_status refuse(const Source *source, const char *why, n2v_error *error)
{
    return source_fail(source, error,
                       "a model of fastText that %s cannot be read: write its vectors as text, with `fasttext "
                       "print-word-vectors MODEL < WORDS.txt`", why);
}

static bool has_ngrams(const arguments *a)
{
    return a->maxn > 0 && a->minn <= a->maxn;
}

static n2v_status get_arguments(arguments *a, Source *source, n2v_error *error)
{
    int32_t header[2];
    n2v_status status;

    if ((status = TAKE(header)) != N2V_OK)
        return status;
    if (header[1] != 11 && header[1] != VERSION)
        return source_fail(source, error, "version %d of fastText's models, where 11 and %d can be read: write its "
                           "vectors as text, with `fasttext print-word-vectors MODEL < WORDS.txt`", header[1], VERSION);
    if ((status = TAKE(*a)) != N2V_OK)
        return status;
    if (a->model == MODEL_SUPERVISED)
        return refuse(source, "was trained as a classifier (supervised)", error);
    if (a->model != MODEL_CBOW && a->model != MODEL_SKIPGRAM)
        return source_fail(source, error, "an unknown kind of model, %d; 1 (cbow) and 2 (skipgram) are possible",
                           a->model);
    if (a->buckets < 0 || (has_ngrams(a) && !a->buckets))
        return source_fail(source, error, "n-grams of %d to %d characters in %d buckets are not possible", a->minn,
                           a->maxn, a->buckets);
    return N2V_OK;
}

static n2v_status get_word(Model *model, Source *source, n2v_error *error)
{
    char word[MAX_TOKEN_BYTES + 1], *field;
    size_t bytes;
    bool stopped;
    int64_t count;
    int8_t kind;
    n2v_status status = source_until(source, '\0', MAX_TOKEN_BYTES, "the word", &field, &bytes, &stopped, error);

    if (status != N2V_OK)
        return status;
    if (!field || !stopped)
        return source_fail(source, error, "the file is truncated: it ends within a word");
    memcpy(word, field, bytes);
    if ((status = TAKE(count)) != N2V_OK || (status = TAKE(kind)) != N2V_OK)
        return status;
    if (count < 0 || kind)
        return source_fail(source, error,
                           "an entry of the kind %d that occurs %lld times, where words (0) are possible", kind,
                           (long long)count);
    return load_word(source, model->vocabulary, word, bytes, (uint64_t)count, error);
}

static n2v_status get_words(Model *model, const arguments *a, Source *source, n2v_error *error)
{
    dictionary d;
    n2v_status status;

    if ((status = TAKE(d.entries)) != N2V_OK || (status = TAKE(d.words)) != N2V_OK ||
        (status = TAKE(d.labels)) != N2V_OK || (status = TAKE(d.tokens)) != N2V_OK ||
        (status = TAKE(d.pruned)) != N2V_OK)
        return status;
    if (d.words >= 0 && d.labels > 0 && d.entries == (int64_t)d.words + d.labels)
        return refuse(source, "has labels (__label__) among its words", error);
    if (d.entries != d.words || d.labels || d.words < 0 || a->dim < 0)
        return source_fail(source, error,
                           "a dictionary of %d entries, %d words and %d labels, where only words are possible; if "
                           "floret has written the file, give its .floret",
                           d.entries, d.words, d.labels);
    if (d.pruned != -1)
        return refuse(source, "is quantized (its n-grams are pruned)", error);
    if ((status = load_begin(model, source, (uint64_t)d.words, (uint64_t)a->dim, error)) != N2V_OK)
        return status;
    for (int32_t i = 0; i < d.words && status == N2V_OK; i++)
        status = get_word(model, source, error);
    return status;
}

/* The head of a matrix, which must have so many rows. */
static n2v_status get_shape(const Model *model, uint64_t rows, Source *source, n2v_error *error)
{
    uint8_t quantized;
    int64_t shape[2];
    n2v_status status;

    if ((status = TAKE(quantized)) != N2V_OK)
        return status;
    if (quantized)
        return refuse(source, "is quantized", error);
    if ((status = TAKE(shape)) != N2V_OK)
        return status;
    if (shape[0] != (int64_t)rows || shape[1] != (int64_t)model->dim)
        return source_fail(source, error, "a matrix of %lld x %lld, where %llu x %zu are needed", (long long)shape[0],
                           (long long)shape[1], (unsigned long long)rows, model->dim);
    if (!source_plausible(source, (double)rows * (double)model->dim * sizeof(float)))
        return source_fail(source, error,
                           "the header declares %llu x %zu numbers, more than the file has: it is truncated",
                           (unsigned long long)rows, model->dim);
    return N2V_OK;
}

static n2v_status get_parts(BucketRows *rows, Source *source, n2v_error *error)
{
    const Model *model = rows->model;
    const size_t bytes = model->dim * sizeof(float);
    float *row;
    n2v_status status;

    for (size_t id = 0; id < model->words; id++)
        if ((status = bucket_rows_own(rows, &row, error)) != N2V_OK ||
            (status = source_take(source, row, bytes, error)) != N2V_OK ||
            (status = load_check_row(source, row, model->dim, vocabulary_word(model->vocabulary, (Id)id, NULL),
                                     error)) != N2V_OK)
            return status;
    for (uint32_t bucket = 0; bucket < rows->options.buckets; bucket++)
        if ((status = bucket_rows_place(rows, &row, error)) != N2V_OK ||
            (status = source_take(source, row, bytes, error)) != N2V_OK ||
            (status = bucket_rows_keep(rows, bucket, row, error)) != N2V_OK)
            return status;
    return bucket_rows_finish(rows, error);
}

/* A matrix of rows that are the words' vectors; what follows them is skipped. */
static n2v_status get_vectors(Model *model, float **floats, uint64_t more, Source *source, n2v_error *error)
{
    float *row = floats_create(model->dim);
    n2v_status status = row ? matrix_read(floats, model->words, model->dim, model->stride,
                                          (MatrixPlace){.numbers = NUMBERS_FLOAT32}, model->vocabulary, source, error)
                            : fail_memory(error, model->dim * sizeof *row, "a row");

    for (uint64_t i = 0; i < more && status == N2V_OK; i++)
        status = source_take(source, row, model->dim * sizeof *row, error);
    floats_destroy(row, model->dim);
    return status;
}

static n2v_status get_input(Model *model, const arguments *a, Source *source, n2v_error *error)
{
    const SubwordOptions options = {.kind = SUBWORDS_FASTTEXT,
                                    .minn = a->minn > 0 ? (uint32_t)a->minn : 0,
                                    .maxn = (uint32_t)a->maxn,
                                    .buckets = (uint32_t)a->buckets};
    BucketRows rows = {.model = NULL};
    n2v_status status = get_shape(model, model->words + (uint64_t)(uint32_t)a->buckets, source, error);

    if (status != N2V_OK)
        return status;
    if (!has_ngrams(a))
        return get_vectors(model, &model->input, (uint64_t)a->buckets, source, error);
    status = bucket_rows_begin(&rows, model, source, &options, (double)model->dim * sizeof(float), error);
    if (status == N2V_OK)
        status = get_parts(&rows, source, error);
    bucket_rows_free(&rows);
    return status;
}

/* What of the arguments a record has, so that it can be shown and written again. */
static n2v_status record_arguments(Record *record, const arguments *a, n2v_error *error)
{
    char subsample[NUMBER_BYTES], lines[512];
    bool malformed;
    int bytes;

    bytes = snprintf(lines, sizeof lines, "model=%s\nwindow=%d\nepochs=%d\nmin-count=%d\nnoise=%d\nsubsample=%s\n",
                     a->model == MODEL_CBOW ? "cbow" : "skipgram", a->window, a->epochs, a->min_count, a->negatives,
                     number_text(a->subsample, subsample));
    if (has_ngrams(a))
        (void)snprintf(lines + bytes, sizeof lines - (size_t)bytes, "subwords=fasttext\nminn=%d\nmaxn=%d\nbuckets=%d\n",
                       a->minn, a->maxn, a->buckets);
    return record_add_lines(record, lines, &malformed, error);
}

static n2v_status read_fasttext(Model *model, Source *source, n2v_error *error)
{
    arguments a;
    n2v_status status;

    if ((status = get_arguments(&a, source, error)) != N2V_OK ||
        (status = get_words(model, &a, source, error)) != N2V_OK ||
        (status = get_input(model, &a, source, error)) != N2V_OK ||
        (status = get_shape(model, model->words, source, error)) != N2V_OK ||
        (status = get_vectors(model, &model->output, 0, source, error)) != N2V_OK)
        return status;
    if (a.loss == LOSS_HS) { /* rows of a tree */
        floats_destroy(model->output, model->output_rows * model->output_stride);
        model->output = NULL;
    }
    return (status = record_arguments(&model->record, &a, error)) == N2V_OK ? source_end(source, error) : status;
}

const Format format_fasttext = {
    .name = "fasttext",
    .endings = ".fasttext",
    .summary = "fastText's .bin: words, counts, vectors and n-grams of a model with the subwords fasttext",
    .subwords = SUBWORDS_FASTTEXT,
    .write = write_fasttext,
    .matches = matches,
    .read = read_fasttext,
};
