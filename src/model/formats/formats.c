#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "io/ending.h"
#include "io/folder.h"
#include "model/formats/registry.h"
#include "model/formats/words.h"

/* The first format that recognizes a file's beginning reads it: strict formats come before lenient ones
 * (every word2vec text would pass for word2vec binary, every table of floret for GloVe's text, every folder's tensors
 * for safetensors). */
static const Format *const formats[] = {
    &format_text, &format_binary, &format_n2v,         &format_fasttext,    &format_floret,
    &format_glove, &format_npy,   &format_model2vec, &format_safetensors, &format_finalfusion, &format_projector,
};
#define FORMATS (sizeof formats / sizeof *formats)

/* Those that are not written. Their first bytes are no other format's. */
static const Format *const only_read[] = {&format_npz, &format_gensim};
#define ONLY_READ (sizeof only_read / sizeof *only_read)


static const Format *readable_at(size_t index)
{
    return index < FORMATS ? formats[index] : only_read[index - FORMATS];
}

const Format *format_at(size_t index)
{
    return index < FORMATS ? formats[index] : NULL;
}

const char *format_name(size_t index)
{
    return index < FORMATS ? formats[index]->name : NULL;
}

const Format *format_find(const char *name)
{
    for (size_t i = 0; i < FORMATS; i++)
        if (strcmp(formats[i]->name, name) == 0)
            return formats[i];
    return NULL;
}

/* The next of the endings, space-separated; NULL beyond the last. */
static const char *next_ending(const char *endings, size_t *bytes)
{
    endings += *bytes;
    endings += strspn(endings, " ");
    *bytes = strcspn(endings, " ");
    return *bytes ? endings : NULL;
}

/* Which of the format's endings the path has, before .gz, from 0; SIZE_MAX: none. One that begins with a dot is not
 * all of a name. *stem is how many bytes are before it. */
static size_t find_ending(const Format *format, const char *path, size_t *stem)
{
    bool gzip;
    const size_t bytes_before_gzip = ending_gzip(path, &gzip);
    const char *name, *ending = format->endings;
    size_t length = bytes_before_gzip, index = 0;

    while (format->folder && length > 1 && path[length - 1] == '/') /* after a folder's name */
        length--;
    for (name = path + length; name > path && name[-1] != '/'; name--)
        ;
    length -= (size_t)(name - path);
    for (size_t bytes = 0; (ending = next_ending(ending, &bytes)); index++)
        if (length >= bytes + (*ending == '.') && strncasecmp(name + length - bytes, ending, bytes) == 0) {
            *stem = (size_t)(name - path) + length - bytes;
            return index;
        }
    *stem = bytes_before_gzip;
    return SIZE_MAX;
}

const Format *format_of_path(const char *path)
{
    size_t stem;

    for (size_t i = 0; i < FORMATS; i++)
        if (find_ending(formats[i], path, &stem) != SIZE_MAX)
            return formats[i];
    return NULL;
}

const Format *format_by_default(void)
{
    return formats[0];
}

/* Where a folder's files are, of the kinds that are read. */
static const char *const folder_vectors[] = {FOLDER_VECTORS, "0_StaticEmbedding/" FOLDER_VECTORS};

n2v_status format_first(const char *path, char **first, n2v_error *error)
{
    bool is_folder;
    n2v_status status = folder_check(path, &is_folder, error);

    *first = NULL;
    if (status != N2V_OK)
        return status;
    for (size_t i = 0; is_folder && i < sizeof folder_vectors / sizeof *folder_vectors; i++) {
        *first = folder_join(path, folder_vectors[i]);
        if (!*first || access(*first, F_OK) == 0 || errno != ENOENT)
            break;
        free(*first);
        *first = NULL;
        if (i + 1 == sizeof folder_vectors / sizeof *folder_vectors)
            return error_set(error, N2V_ERROR_ARGUMENT,
                             "cannot read %s: it is a directory, without the " FOLDER_VECTORS " of model2vec or "
                             "sentence-transformers",
                             path);
    }
    if (!is_folder)
        *first = strdup(path);
    return *first ? N2V_OK : fail_memory(error, strlen(path), "a path");
}

/* The second file of a folder, beside a file in it. */
static n2v_status find_in_folder(const Format *format, const char *path, char **beside, n2v_error *error)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash ? strndup(path, (size_t)(slash + 1 - path)) : strdup(".");

    *beside = folder ? folder_join(folder, format->beside) : NULL;
    free(folder);
    return *beside ? N2V_OK : fail_memory(error, strlen(path), "a path");
}

n2v_status format_beside(const Format *format, const char *path, char **beside, n2v_error *error)
{
    const char *ending = format->beside, *tried = ending;
    size_t stem, bytes = 0, index = find_ending(format, path, &stem);

    *beside = NULL;
    if (!ending)
        return N2V_OK;
    if (format->folder)
        return find_in_folder(format, path, beside, error);
    /* A name without any of the endings gets the last. */
    for (size_t i = 0, length = 0; (tried = next_ending(tried, &length)); i++)
        if (i <= index) {
            ending = tried;
            bytes = length;
        }
    *beside = array_create(stem + bytes + 1, 1);
    if (!*beside)
        return fail_memory(error, stem + bytes, "a path");
    memcpy(*beside, path, stem);
    memcpy(*beside + stem, ending, bytes);
    (*beside)[stem + bytes] = '\0';
    return N2V_OK;
}

/* Files that users take for vectors, by their first bytes. */
static const struct {
    const char *magic;
    size_t bytes;
    const char *what, *todo;
} foreign[] = {
    {"\x89HDF\r\n\x1a\n", 8, "an HDF5 file", "write its vectors as text: a word and its numbers a line"},
};

static n2v_status refuse_foreign(const char *path, const unsigned char *head, size_t count, n2v_error *error)
{
    /* of safetensors, after the length of its header, which may look like a magic number */
    if (count > 8 && head[8] == '{')
        return N2V_OK;
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
        if (count >= foreign[i].bytes && memcmp(head, foreign[i].magic, foreign[i].bytes) == 0)
            return error_set(error, N2V_ERROR_FORMAT, "%s is %s, which cannot be read: %s", path, foreign[i].what,
                             foreign[i].todo);
    return N2V_OK;
}

/* A file of none of the formats. */
static n2v_status unknown(const char *path, n2v_error *error)
{
    char names[256] = "";

    for (size_t i = 0; i < FORMATS + ONLY_READ; i++) {
        strncat(names, *names ? ", " : "", sizeof names - strlen(names) - 1);
        strncat(names, readable_at(i)->name, sizeof names - strlen(names) - 1);
    }
    return error_set(error, N2V_ERROR_FORMAT,
                     "%s: line 1: not a vector file in any known format (%s); if it is text, train on it first", path,
                     names);
}

/* Reads the words from an open source, and closes it. */
static n2v_status read_words(Model *model, const Format *format, Source *source, n2v_error *error)
{
    n2v_status status;

    model->vocabulary = vocabulary_create();
    status = model->vocabulary
                 ? (format->read_beside ? format->read_beside : words_read)(model->vocabulary, source, error)
                 : fail_memory(error, sizeof *model, "the vocabulary");
    source_close(source);
    return status;
}

/* The words of a format that has them in a second file. */
static n2v_status read_words_file(Model *model, const Format *format, const char *path, const Stop *stop,
                                  n2v_error *error)
{
    n2v_error missing = {.text = ""};
    Source source = {.path = NULL};
    char *beside = NULL;
    n2v_status status;

    if (strcmp(path, "-") == 0)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         "%s is two files, and cannot come from standard input: name the first", format->name);
    if ((status = format_beside(format, path, &beside, error)) != N2V_OK)
        return status;
    if ((status = reader_check(beside, &missing)) != N2V_OK) {
        (void)error_set(error, status, "%s has its words in a second file: %s; write them there, a word a line",
                        path, missing.text);
        goto out;
    }
    if ((status = source_open(&source, beside, stop, error)) == N2V_OK)
        status = read_words(model, format, &source, error);
out:
    free(beside);
    return status;
}

static n2v_status read_words_memory(Model *model, const Format *format, const char *name, const MemoryFile *words,
                                    const Stop *stop, n2v_error *error)
{
    Source source = {.path = NULL};
    const n2v_status status = words ? source_open_memory(&source, words, stop, error) : N2V_OK;

    if (!words)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         "%s: %s is two files, and cannot come from memory: load it from its files", name,
                         format->name);
    return status == N2V_OK ? read_words(model, format, &source, error) : status;
}

/* The format of the file that an open source has. */
static n2v_status find_format(Source *source, const Format **found, n2v_error *error)
{
    const unsigned char *head;
    size_t count;
    n2v_status status;

    *found = NULL;
    if ((status = source_head(source, FORMAT_HEAD, &head, &count, error)) != N2V_OK)
        return status;
    if (!count)
        return error_set(error, N2V_ERROR_FORMAT, "%s: the file is empty", source->path);
    if ((status = refuse_foreign(source->path, head, count, error)) != N2V_OK)
        return status;
    for (size_t i = 0; !*found && i < FORMATS + ONLY_READ; i++)
        if (readable_at(i)->matches(head, count < FORMAT_HEAD ? count : FORMAT_HEAD))
            *found = readable_at(i);
    return *found ? N2V_OK : unknown(source->path, error);
}

/* A file by its path, or the one or two files in memory. */
typedef struct origin {
    const char *path;               /* NULL: in memory */
    const MemoryFile *file, *words; /* words NULL: there is no second file */
    const Stop *stop;
    BadRows *bad; /* NULL: malformed rows are errors */
} origin;

static n2v_status load(Model *model, const Format **format, const origin *from, n2v_error *error)
{
    const Format *found;
    Source source;
    n2v_status status = from->path ? source_open(&source, from->path, from->stop, error)
                                   : source_open_memory(&source, from->file, from->stop, error);

    memset(model, 0, sizeof *model);
    if (status != N2V_OK)
        return status;
    source.bad = from->bad;
    if ((status = find_format(&source, &found, error)) == N2V_OK && found->beside)
        status = from->path ? read_words_file(model, found, from->path, from->stop, error)
                            : read_words_memory(model, found, from->file->name, from->words, from->stop, error);
    if (status == N2V_OK && (status = found->read(model, &source, error)) == N2V_OK && format)
        *format = found;
    source_close(&source);
    if (status != N2V_OK)
        model_free(model);
    return status;
}

n2v_status format_load(Model *model, const Format **format, const char *path, const Stop *stop, n2v_error *error)
{
    char *first;
    n2v_status status = format_first(path, &first, error);

    if (status != N2V_OK)
        return status;
    status = load(model, format, &(origin){.path = first, .stop = stop}, error);
    free(first);
    return status;
}

n2v_status format_load_skipping(Model *model, const Format **format, const char *path, BadRows *bad, const Stop *stop,
                                n2v_error *error)
{
    return load(model, format, &(origin){.path = path, .stop = stop, .bad = bad}, error);
}

n2v_status format_load_memory(Model *model, const Format **format, const MemoryFile *file, const MemoryFile *words,
                              const Stop *stop, n2v_error *error)
{
    return load(model, format, &(origin){.file = file, .words = words, .stop = stop}, error);
}

n2v_status format_read(Model *model, const char *path, const Stop *stop, n2v_error *error)
{
    return format_load(model, NULL, path, stop, error);
}
