/* npz.c - the archives of numpy.savez and numpy.savez_compressed: a zip of .npy files. One matrix of floats is the
 * vectors, one list of strings the words, and one list of whole numbers may be the counts. Of several, a usual name
 * decides. They are read in the order of the file; what is not needed is skipped. */
#include "model/formats/registry.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "model/formats/array.h"
#include "model/formats/zip.h"

/* From the best one on. */
static const char *const vector_names[] = {"vectors", "embeddings", "embedding", "word_vectors",
                                           "wv",      "input",      "syn0",      NULL};
static const char *const word_names[] = {"words",      "vocab",  "vocabulary", "index_to_key",
                                         "index2word", "labels", "keys",       NULL};
static const char *const count_names[] = {"counts", "count", "attribute_count", "freqs", NULL};

typedef struct choice {
    const char *const *names;
    int rank;            /* of the one that was read; INT_MAX: none */
    bool several;        /* others have the same rank */
    char name[ZIP_NAME]; /* of the one that was read */
} choice;

typedef struct archive {
    Model vectors; /* the rows alone */
    Vocabulary *words;
    Dropped dropped; /* words that are skipped */
    unsigned char *counts; /* as they are in the file */
    uint64_t counted;
    Array of_count;
    choice of_vectors, of_words, of_counts;
    bool objects; /* an array of Python's objects was skipped */
    size_t arrays;
} archive;

static bool matches(const unsigned char *head, size_t count)
{
    return count >= strlen(ZIP_MAGIC) && memcmp(head, ZIP_MAGIC, strlen(ZIP_MAGIC)) == 0;
}

/* Whether an array with this name replaces the one that was read. */
static bool take_choice(choice *c, const char *name)
{
    int rank = 0;

    while (c->names[rank] && strcmp(c->names[rank], name) != 0)
        rank++;
    if (rank > c->rank || (rank == c->rank && (c->several = true)))
        return false;
    c->rank = rank;
    c->several = false;
    (void)snprintf(c->name, sizeof c->name, "%s", name);
    return true;
}

static n2v_status read_vectors(archive *a, const Array *array, Source *source, n2v_error *error)
{
    n2v_status status;

    model_free(&a->vectors);
    a->vectors = (Model){.words = 0};
    if ((status = load_begin(&a->vectors, source, array->shape[0], array->shape[1], error)) != N2V_OK)
        return status;
    return array_read_matrix(&a->vectors.input, array, a->vectors.stride, NULL, source, error);
}

static n2v_status read_words(archive *a, const Array *array, Source *source, n2v_error *error)
{
    vocabulary_destroy(a->words);
    dropped_free(&a->dropped);
    if (source->bad)
        *source->bad = (BadRows){.count = 0}; /* those of words that are not taken */
    a->words = vocabulary_create();
    return a->words ? array_read_words(a->words, &a->dropped, array, source, error)
                    : fail_memory(error, sizeof *a, "the words");
}

static n2v_status read_counts(archive *a, const Array *array, Source *source, n2v_error *error)
{
    free(a->counts);
    a->counted = array->shape[0];
    a->of_count = *array;
    return array_read_integers(&a->counts, array, source, error);
}

static n2v_status read_array(archive *a, ZipMember *member, n2v_error *error)
{
    const size_t length = strlen(member->name), ending = strlen(".npy");
    char name[ZIP_NAME];
    Array array;
    n2v_status status;

    if (length < ending || strcmp(member->name + length - ending, ".npy") != 0)
        return N2V_OK;
    memcpy(name, member->name, length - ending);
    name[length - ending] = '\0';
    if ((status = array_read_header(&array, &member->source, error)) != N2V_OK)
        return status;
    a->arrays++;
    a->objects = a->objects || array.kind == 'O';
    if (array.kind == 'f' && array.axes == ARRAY_AXES && take_choice(&a->of_vectors, name))
        return read_vectors(a, &array, &member->source, error);
    if (array_is_words(&array) && take_choice(&a->of_words, name))
        return read_words(a, &array, &member->source, error);
    if (array_is_integers(&array) && take_choice(&a->of_counts, name) && count_names[a->of_counts.rank])
        return read_counts(a, &array, &member->source, error); /* others may be anything */
    return N2V_OK;
}

static n2v_status read_arrays(archive *a, Source *source, n2v_error *error)
{
    ZipMember member;
    bool there;
    n2v_status status;

    while ((status = zip_next(&member, source, &there, error)) == N2V_OK && there) {
        member.source.bad = source->bad;
        member.source.in_memory = source->in_memory;
        if ((status = read_array(a, &member, error)) == N2V_OK)
            status = zip_finish(&member, error);
        zip_close(&member);
        if (status != N2V_OK)
            return status;
    }
    return status;
}

static n2v_status check_choice(const archive *a, const choice *c, const char *what, const char *shape,
                               const Source *source, n2v_error *error)
{
    if (c->rank == INT_MAX && a->objects)
        return error_set(error, N2V_ERROR_FORMAT,
                         "%s: no array of the %s, but one of Python objects, which can run any program and is not "
                         "read: in Python, where the file is trusted, a = numpy.load('X.npz', allow_pickle=True); "
                         "numpy.savez('Y.npz', vectors=a['vectors'].astype('f4'), words=a['words'].astype('U'))",
                         source->path, what);
    if (c->rank == INT_MAX)
        return error_set(error, N2V_ERROR_FORMAT,
                         "%s: no array of the %s: %s is expected, as numpy.savez('X.npz', vectors=X, words=words) "
                         "writes it",
                         source->path, what, shape);
    if (c->several)
        return error_set(error, N2V_ERROR_FORMAT,
                         "%s: several arrays can be the %s, '%s' and others: name one '%s' in numpy.savez",
                         source->path, what, c->name, c->names[0]);
    return N2V_OK;
}

static n2v_status add_counts(const archive *a, n2v_error *error)
{
    const bool fit = a->counts && a->counted == vocabulary_size(a->words) + a->dropped.count;
    size_t run = 0, id = 0;
    n2v_status status = N2V_OK;

    for (size_t i = 0; fit && i < a->counted && status == N2V_OK; i++) {
        char word[MAX_TOKEN_BYTES]; /* the vocabulary's own text may move */
        size_t bytes;
        const char *text;
        if (dropped_has(&a->dropped, i, &run))
            continue;
        text = vocabulary_word(a->words, (Id)id++, &bytes);
        memcpy(word, text, bytes);
        status = vocabulary_add(a->words, word, bytes, array_integer(a->counts + i * a->of_count.item, &a->of_count),
                                NULL, error);
    }
    return status;
}

/* The model gets the parts, which must fit each other. */
static n2v_status unite(Model *model, archive *a, const Source *source, n2v_error *error)
{
    const size_t dropped = a->dropped.count;
    n2v_status status;

    if (!a->arrays)
        return error_set(error, N2V_ERROR_FORMAT,
                         "%s contains zip data without an array of NumPy (.npy): read the output of `unzip -p %s` "
                         "instead",
                         source->path, source->path);
    if ((status = check_choice(a, &a->of_vectors, "vectors", "a matrix of floats", source, error)) != N2V_OK ||
        (status = check_choice(a, &a->of_words, "words", "a list of strings", source, error)) != N2V_OK)
        return status;
    model->vocabulary = a->words;
    a->words = NULL;
    if ((status = load_begin(model, source, a->vectors.words > dropped ? a->vectors.words - dropped : 0, a->vectors.dim,
                             error)) != N2V_OK ||
        (status = dropped_remove(&a->dropped, &a->vectors.input, a->vectors.words, a->vectors.stride, error)) != N2V_OK)
        return status;
    model->input = a->vectors.input;
    a->vectors.input = NULL;
    for (size_t id = 0; id < model->words && status == N2V_OK; id++)
        status = load_check_row(source, model->input + id * model->stride, model->dim,
                                vocabulary_word(model->vocabulary, (Id)id, NULL), error);
    return status;
}

static n2v_status read_npz(Model *model, Source *source, n2v_error *error)
{
    archive a = {.of_vectors = {.names = vector_names, .rank = INT_MAX},
                 .of_words = {.names = word_names, .rank = INT_MAX},
                 .of_counts = {.names = count_names, .rank = INT_MAX}};
    n2v_status status;

    if ((status = read_arrays(&a, source, error)) == N2V_OK && a.words)
        status = add_counts(&a, error);
    if (status == N2V_OK)
        status = unite(model, &a, source, error);
    model_free(&a.vectors);
    vocabulary_destroy(a.words);
    dropped_free(&a.dropped);
    free(a.counts);
    return status;
}

const Format format_npz = {
    .name = "npz",
    .endings = "",
    .summary = "an archive of NumPy's arrays: vectors and words",
    .matches = matches,
    .read = read_npz,
};
