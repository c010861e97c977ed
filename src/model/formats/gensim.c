/* gensim.c - what gensim's save writes: a pickle of a KeyedVectors, Word2Vec or FastText, of any version that has the
 * attributes below, and its large arrays in files beside it: FILE.vectors.npy, FILE.wv.vectors.npy.
 *
 *     gensim 4         3               before 3
 *     wv               wv              wv, or the model itself
 *     vectors          vectors         syn0
 *     index_to_key     index2word      index2word
 *     expandos count   vocab[].count   vocab[].count
 *     syn1neg          trainables      syn1neg
 *     vectors_vocab, vectors_ngrams, min_n, max_n, bucket: of FastText, from 3.8 on */
#include "model/formats/registry.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "model/formats/bucket_rows.h"
#include "model/formats/pickle_array.h"

#define CONVERT                                                                                                        \
    "where gensim is and the file is trusted, python3 -c \"from gensim.models import KeyedVectors as K; "             \
    "m = K.load('X'); getattr(m, 'wv', m).save_word2vec_format('X.bin', binary=True)\""

/* A pickle can have a value in any number of places. What is looked at, bytes of words, attributes and n-grams, is at
 * most so many times the bytes of the file; a file of gensim's needs about ten. */
#define MAX_LOOKS 64

typedef struct reading {
    Model *model;
    Source *source;
    Pickle pickle;
    const PickleValue *keyed; /* that has the words and vectors */
    const char *keyed_path;   /* what its files have after the name of the pickle's */
    size_t keys;              /* of words, those that are skipped included */
    Dropped dropped;          /* these */
    uint64_t looks;           /* so far */
} reading;

static bool matches(const unsigned char *head, size_t count)
{
    return count >= 2 && head[0] == 0x80 && head[1] >= 2 && head[1] <= 5;
}

static n2v_status refuse(const reading *r, const char *why, n2v_error *error)
{
    return error_set(error, N2V_ERROR_FORMAT, "%s is a Python pickle %s. To convert such a file X, %s", r->source->path,
                     why, CONVERT);
}

static n2v_status check_looks(const reading *r, n2v_error *error)
{
    if (r->looks <= MAX_LOOKS * r->source->bytes)
        return N2V_OK;
    return source_fail(r->source, error, "the pickle is malformed: it uses the same values over and over");
}

/* Arrays -------------------------------------------------------------------------------- */

/* An array in the pickle or in a file beside it. */
typedef struct stored {
    bool there;
    Array array;
    Source source; /* of its numbers */
    MemoryFile bytes;
    char *path;
} stored;

static n2v_status give_bytes(void *context, const unsigned char **bytes, size_t *count, n2v_error *error)
{
    MemoryFile *left = context;

    (void)error;
    *bytes = left->bytes;
    *count = left->count;
    left->count = 0;
    return N2V_OK;
}

static bool is_listed(const PickleValue *list, const char *name)
{
    bool found = false;

    for (size_t i = 0; list && list->kind == PICKLE_LIST && i < list->count && !found; i++)
        found = pickle_is(list->items[i], name);
    return found;
}

static n2v_status open_file(const reading *r, const char *owner, const char *name, stored *s, n2v_error *error)
{
    const size_t room = strlen(r->source->path) + strlen(owner) + strlen(name) + sizeof "..npy";
    n2v_error cause = {.text = ""};
    n2v_status status;

    if (r->source->in_memory || strcmp(r->source->path, "-") == 0)
        return error_set(error, N2V_ERROR_ARGUMENT, "%s has its %s in a file beside it: give the name of its file",
                         r->source->path, name);
    s->path = array_create(room, 1);
    if (!s->path)
        return fail_memory(error, room, "a path");
    (void)snprintf(s->path, room, "%s%s.%s.npy", r->source->path, owner, name);
    if ((status = reader_check(s->path, &cause)) != N2V_OK)
        return error_set(error, status, "%s has its %s in a file beside it: %s", r->source->path, name, cause.text);
    if ((status = source_open(&s->source, s->path, r->source->stop, error)) != N2V_OK)
        return status;
    return array_read_header(&s->array, &s->source, error);
}

/* The array that an object has under this name; owner is as keyed_path. */
static n2v_status open_array(reading *r, const PickleValue *object, const char *owner, const char *name, stored *s,
                             n2v_error *error)
{
    const PickleValue *value = pickle_find(object, name);

    memset(s, 0, sizeof *s);
    s->there = value || is_listed(pickle_find(object, "__numpys"), name);
    if (!s->there)
        return N2V_OK;
    if (!value)
        return open_file(r, owner, name, s, error);
    if (!pickle_array(&r->pickle, value, &s->array, &s->bytes))
        return error_set(error, N2V_ERROR_FORMAT, "%s: the attribute %s is no array of plain numbers", r->source->path,
                         name);
    s->source = source_of(r->source->path, give_bytes, &s->bytes);
    s->source.size = s->bytes.count ? s->bytes.count : 1; /* 0: not known, and any shape were plausible */
    return N2V_OK;
}

static void close_array(stored *s)
{
    source_close(&s->source);
    free(s->path);
}

/* Reads the matrix that is open into *floats; it must have so many rows, and the model's dimensions. */
static n2v_status read_matrix(const reading *r, stored *s, const char *name, size_t rows, float **floats,
                              n2v_error *error)
{
    const Model *model = r->model;
    n2v_status status;

    if ((status = array_check_matrix(&s->array, &s->source, error)) != N2V_OK)
        return status;
    if (s->array.shape[0] != rows || s->array.shape[1] != model->dim)
        return source_fail(&s->source, error, "%s has %" PRIu64 " x %" PRIu64 " numbers, where %zu x %zu are needed",
                           name, s->array.shape[0], s->array.shape[1], rows, model->dim);
    if ((status = array_read_matrix(floats, &s->array, model->stride, NULL, &s->source, error)) != N2V_OK)
        return status;
    return source_end(&s->source, error);
}

/* The same of a row for each word. */
static n2v_status read_of_words(const reading *r, stored *s, const char *name, float **floats, n2v_error *error)
{
    const Model *model = r->model;
    float *read = NULL;
    n2v_status status;

    if ((status = read_matrix(r, s, name, r->keys, &read, error)) != N2V_OK ||
        (status = dropped_remove(&r->dropped, &read, r->keys, model->stride, error)) != N2V_OK) {
        floats_destroy(read, r->keys * model->stride);
        return status;
    }
    *floats = read;
    for (size_t id = 0; id < model->words && status == N2V_OK; id++)
        status = load_check_row(&s->source, read + id * model->stride, model->dim,
                                vocabulary_word(model->vocabulary, (Id)id, NULL), error);
    return status;
}

/* Words --------------------------------------------------------------------------------- */

#define KEY_ROOM (UTF8_BYTES * MAX_TOKEN_BYTES)

/* A string that was taken out of an array of NumPy's. */
static bool text_of_scalar(reading *r, const PickleValue *key, char room[KEY_ROOM], size_t *bytes)
{
    Array array;
    MemoryFile item;

    if (!pickle_scalar(&r->pickle, key, &array, &item) || item.count > KEY_ROOM)
        return false;
    r->looks += item.count;
    memcpy(room, item.bytes, item.count);
    if (array.kind == 'U' || array.kind == 'S')
        *bytes = array_text((unsigned char *)room, &array);
    else if ((array.kind == 'i' || array.kind == 'u') && array.item <= sizeof(uint64_t))
        *bytes = (size_t)snprintf(room, KEY_ROOM, "%" PRIu64, array_integer((unsigned char *)room, &array));
    else
        return false;
    return true;
}

/* Keys may be numbers, as of nodes and items. False: it is neither. */
static bool text_of(reading *r, const PickleValue *key, char room[KEY_ROOM], const char **text, size_t *bytes)
{
    *text = room;
    if (key->kind == PICKLE_OBJECT)
        return text_of_scalar(r, key, room, bytes);
    if (key->kind == PICKLE_INTEGER) {
        *bytes = (size_t)snprintf(room, KEY_ROOM, "%" PRId64, key->number);
        return true;
    }
    if (key->kind != PICKLE_STRING && key->kind != PICKLE_BYTES)
        return false;
    *text = key->text;
    *bytes = key->bytes;
    r->looks += key->bytes;
    return true;
}

static n2v_status find_words(const reading *r, const PickleValue **list, n2v_error *error)
{
    static const char *const names[] = {"index_to_key", "index2word", "index2entity"};

    *list = NULL;
    for (size_t i = 0; !*list && i < sizeof names / sizeof *names; i++)
        *list = pickle_find(r->keyed, names[i]);
    return *list && (*list)->kind == PICKLE_LIST && (*list)->count ? N2V_OK
                                                                   : refuse(r, "without word vectors of gensim", error);
}

static n2v_status read_words(reading *r, const PickleValue *list, n2v_error *error)
{
    n2v_status status = N2V_OK;

    r->keys = list->count;
    r->model->vocabulary = vocabulary_create();
    if (!r->model->vocabulary)
        return fail_memory(error, sizeof *r, "the vocabulary");
    for (size_t i = 0; i < list->count && status == N2V_OK; i++) {
        char room[KEY_ROOM];
        const char *text;
        size_t bytes;
        if ((status = check_looks(r, error)) != N2V_OK)
            break;
        status = text_of(r, list->items[i], room, &text, &bytes)
                     ? load_word_of_row(r->source, r->model->vocabulary, text, bytes, i, &r->dropped, error)
                     : error_set(error, N2V_ERROR_FORMAT, "%s: word %zu is no string", r->source->path, i + 1);
    }
    return status;
}

static n2v_status add_count(reading *r, const PickleValue *key, uint64_t count, n2v_error *error)
{
    Vocabulary *vocabulary = r->model->vocabulary;
    char room[KEY_ROOM];
    const char *text;
    size_t bytes;

    if (!text_of(r, key, room, &text, &bytes) || vocabulary_find(vocabulary, text, bytes) == NO_ID)
        return check_looks(r, error);
    return vocabulary_add(vocabulary, text, bytes, count, NULL, error);
}

/* Of gensim 4: an array. */
static n2v_status read_counts(reading *r, const PickleValue *list, n2v_error *error)
{
    stored s;
    unsigned char *counts = NULL;
    n2v_status status = open_array(r, pickle_find(r->keyed, "expandos"), "", "count", &s, error);

    if (status == N2V_OK && s.there && array_is_integers(&s.array) && s.array.shape[0] == list->count)
        status = array_read_integers(&counts, &s.array, &s.source, error);
    for (size_t i = 0; counts && i < list->count && status == N2V_OK; i++)
        status = add_count(r, list->items[i], array_integer(counts + i * s.array.item, &s.array), error);
    free(counts);
    close_array(&s);
    return status;
}

/* Before gensim 4: an attribute of an object for each word. */
static n2v_status read_old_counts(reading *r, n2v_error *error)
{
    const PickleValue *vocab = pickle_find(r->keyed, "vocab");
    n2v_status status = N2V_OK;

    for (size_t i = 0; vocab && vocab->kind == PICKLE_DICT && i + 1 < vocab->count && status == N2V_OK; i += 2) {
        const PickleValue *count;
        r->looks += pickle_items(vocab->items[i + 1]);
        if ((status = check_looks(r, error)) != N2V_OK)
            break;
        count = pickle_find(vocab->items[i + 1], "count");
        if (count && count->kind == PICKLE_INTEGER && count->number > 0)
            status = add_count(r, vocab->items[i], (uint64_t)count->number, error);
    }
    return status;
}

/* Vectors ------------------------------------------------------------------------------- */

/* Gives the model its shape: that of the open array, of so many rows at least. */
static n2v_status begin(const reading *r, const stored *s, n2v_error *error)
{
    const size_t words = vocabulary_size(r->model->vocabulary);
    const Source *source = words ? &s->source : r->source; /* which has the words, all of them skipped */
    const n2v_status status = array_check_matrix(&s->array, &s->source, error);

    return status == N2V_OK ? load_begin(r->model, source, words, s->array.shape[1], error) : status;
}

static n2v_status read_vectors(reading *r, n2v_error *error)
{
    stored s;
    n2v_status status = open_array(r, r->keyed, r->keyed_path, "vectors", &s, error);

    if (status == N2V_OK && !s.there)
        status = open_array(r, r->keyed, r->keyed_path, "syn0", &s, error);
    if (status == N2V_OK && !s.there)
        status = refuse(r, "without word vectors of gensim", error);
    if (status == N2V_OK && (status = begin(r, &s, error)) == N2V_OK)
        status = read_of_words(r, &s, "vectors", &r->model->input, error);
    close_array(&s);
    return status;
}

static uint32_t number_of(const PickleValue *object, const char *name)
{
    const PickleValue *value = pickle_find(object, name);
    return value && value->kind == PICKLE_INTEGER && value->number > 0 && value->number <= INT32_MAX
               ? (uint32_t)value->number
               : 0;
}

/* The n-grams of FastText are hashed as fastText's are, unless compatible_hash is False. */
static n2v_status check_parts(reading *r, const SubwordOptions *options, n2v_error *error)
{
    const PickleValue *compatible = pickle_find(r->keyed, "compatible_hash");

    if (!compatible || compatible->kind != PICKLE_BOOL || !compatible->number || !options->minn ||
        options->maxn < options->minn)
        return refuse(r, "of n-grams that are hashed in a way of its own", error);
    for (size_t id = 0; id < r->model->words; id++) {
        size_t bytes;
        (void)vocabulary_word(r->model->vocabulary, (Id)id, &bytes);
        r->looks += (bytes + 2) * (options->maxn < bytes + 2 ? options->maxn : bytes + 2);
    }
    return check_looks(r, error);
}

/* Which row of the matrix of n-grams a bucket has: the bucket in the upper half of a number, the row in the lower. */
typedef struct places {
    uint64_t *list;
    size_t count;
} place_table;

static int by_number(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* gensim 3 has a dictionary for the buckets in use, which gensim 4 does not need: all buckets have rows. */
static n2v_status find_places(const reading *r, uint32_t buckets, uint64_t rows, place_table *places, n2v_error *error)
{
    const PickleValue *known = pickle_find(r->keyed, "hash2index");
    const bool some = known && known->kind == PICKLE_DICT && known->count;

    if (rows > buckets || (!some && rows != buckets))
        return refuse(r, "with another number of n-grams than buckets", error);
    if (some && known->count / 2 > rows) /* which may be long */
        return refuse(r, "with fewer vectors of n-grams than n-grams", error);
    places->count = some ? known->count / 2 : buckets;
    places->list = array_create(places->count, sizeof *places->list);
    if (!places->list)
        return fail_memory(error, places->count * sizeof *places->list, "the table of subwords");
    for (size_t i = 0; i < places->count; i++) {
        const PickleValue *bucket = some ? known->items[2 * i] : NULL, *row = some ? known->items[2 * i + 1] : NULL;
        if (some && (bucket->kind != PICKLE_INTEGER || row->kind != PICKLE_INTEGER ||
                     (uint64_t)bucket->number >= buckets || (uint64_t)row->number >= rows))
            return refuse(r, "whose n-grams have places that are not possible", error);
        places->list[i] = some ? (uint64_t)bucket->number << 32 | (uint64_t)row->number : (uint64_t)i << 32 | i;
    }
    qsort(places->list, places->count, sizeof *places->list, by_number);
    return N2V_OK;
}

static n2v_status fill_parts(const Model *model, BucketRows *rows, const float *own, const float *ngrams,
                             const place_table *places, n2v_error *error)
{
    const size_t bytes = model->dim * sizeof(float);
    float *row;
    n2v_status status;

    for (size_t id = 0; id < model->words; id++) {
        if ((status = bucket_rows_own(rows, &row, error)) != N2V_OK)
            return status;
        memcpy(row, own + id * model->stride, bytes);
    }
    for (size_t i = 0; i < places->count; i++) {
        if ((status = bucket_rows_place(rows, &row, error)) != N2V_OK)
            return status;
        memcpy(row, ngrams + (uint32_t)places->list[i] * model->stride, bytes);
        if ((status = bucket_rows_keep(rows, (uint32_t)(places->list[i] >> 32), row, error)) != N2V_OK)
            return status;
    }
    return bucket_rows_finish(rows, error);
}

static n2v_status read_own(reading *r, float **own, n2v_error *error)
{
    stored s;
    n2v_status status = open_array(r, r->keyed, r->keyed_path, "vectors_vocab", &s, error);

    if (status == N2V_OK && !s.there)
        status = refuse(r, "without the attribute vectors_vocab", error);
    if (status == N2V_OK)
        status = read_of_words(r, &s, "vectors_vocab", own, error);
    close_array(&s);
    return status;
}

static n2v_status read_parts(reading *r, stored *ngrams, n2v_error *error)
{
    Model *model = r->model;
    const SubwordOptions options = {.kind = SUBWORDS_FASTTEXT,
                                    .minn = number_of(r->keyed, "min_n"),
                                    .maxn = number_of(r->keyed, "max_n"),
                                    .buckets = number_of(r->keyed, "bucket")};
    const uint64_t rows_given = ngrams->array.shape[0];
    BucketRows rows = {.model = NULL};
    place_table places = {.list = NULL};
    float *own = NULL, *buckets = NULL;
    n2v_status status;

    if ((status = begin(r, ngrams, error)) == N2V_OK && (status = check_parts(r, &options, error)) == N2V_OK &&
        (status = read_matrix(r, ngrams, "vectors_ngrams", (size_t)rows_given, &buckets, error)) == N2V_OK &&
        (status = find_places(r, options.buckets, rows_given, &places, error)) == N2V_OK &&
        (status = read_own(r, &own, error)) == N2V_OK &&
        (status = bucket_rows_begin(&rows, model, &ngrams->source, &options, (double)model->dim, error)) == N2V_OK)
        status = fill_parts(model, &rows, own, buckets, &places, error);
    floats_destroy(own, model->words * model->stride);
    floats_destroy(buckets, (size_t)rows_given * model->stride);
    free(places.list);
    bucket_rows_free(&rows);
    return status;
}

/* FastText has a matrix of n-grams; it keeps the vectors of words in some versions, which are made of them. */
static n2v_status read_inputs(reading *r, n2v_error *error)
{
    stored ngrams;
    n2v_status status = open_array(r, r->keyed, r->keyed_path, "vectors_ngrams", &ngrams, error);

    if (status == N2V_OK && (pickle_find(r->keyed, "syn0_ngrams") || pickle_find(r->keyed, "ngrams")))
        status = refuse(r, "of an old FastText", error);
    else if (status == N2V_OK)
        status = ngrams.there && number_of(r->keyed, "bucket") ? read_parts(r, &ngrams, error) : read_vectors(r, error);
    close_array(&ngrams);
    return status;
}

/* The output vectors of negative sampling; a KeyedVectors has none. */
static n2v_status read_outputs(reading *r, n2v_error *error)
{
    const PickleValue *trainables = pickle_find(r->pickle.root, "trainables");
    stored s;
    n2v_status status =
        open_array(r, trainables ? trainables : r->pickle.root, trainables ? ".trainables" : "", "syn1neg", &s, error);

    if (status == N2V_OK && s.there)
        status = read_of_words(r, &s, "syn1neg", &r->model->output, error);
    close_array(&s);
    return status;
}

static n2v_status read_gensim(Model *model, Source *source, n2v_error *error)
{
    reading r = {.model = model, .source = source};
    const PickleValue *words;
    n2v_status status;

    if ((status = pickle_read(&r.pickle, source, error)) != N2V_OK)
        return status;
    r.keyed = pickle_find(r.pickle.root, "wv");
    r.keyed_path = r.keyed ? ".wv" : "";
    if (!r.keyed)
        r.keyed = r.pickle.root;
    if ((status = find_words(&r, &words, error)) == N2V_OK && (status = read_words(&r, words, error)) == N2V_OK &&
        (status = read_counts(&r, words, error)) == N2V_OK && (status = read_old_counts(&r, error)) == N2V_OK &&
        (status = read_inputs(&r, error)) == N2V_OK)
        status = read_outputs(&r, error);
    pickle_free(&r.pickle);
    dropped_free(&r.dropped);
    return status;
}

const Format format_gensim = {
    .name = "gensim",
    .endings = "",
    .summary = "a pickle that gensim's save has written, read without running it",
    .matches = matches,
    .read = read_gensim,
};
