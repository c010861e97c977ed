#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "model/formats/binary.h"
#include "model/formats/n2v.h"
#include "model/formats/safetensors.h"
#include "model/formats/text.h"

/* A file is read by the first row that knows its beginning: the choosy ones stand first where
 * it matters (every word2vec text would pass for word2vec binary). */
static const n2v_format formats[] = {
    {.name = "text",
     .endings = ".txt .vec",
     .summary = "word2vec text: a header, then a word and its numbers a line",
     .write = n2v_text_write,
     .matches = n2v_text_matches,
     .read = n2v_text_read},
    {.name = "binary",
     .endings = ".bin",
     .summary = "word2vec binary: a header, then each word and its floats",
     .write = n2v_binary_write,
     .matches = n2v_binary_matches,
     .read = n2v_binary_read},
    {.name = "n2v",
     .endings = ".n2v",
     .summary = "the whole model: words, counts, input and output vectors, biases, parameters",
     .write = n2v_file_write,
     .matches = n2v_file_matches,
     .read = n2v_file_read},
    {.name = "safetensors",
     .endings = ".safetensors",
     .summary = "tensors for other programs, the words beside it in NAME.vocab.txt; written only",
     .write = n2v_safetensors_write,
     .beside = ".vocab.txt",
     .write_beside = n2v_safetensors_write_words},
};
#define FORMATS (sizeof formats / sizeof *formats)

const n2v_format *n2v_format_at(size_t index)
{
    return index < FORMATS ? &formats[index] : NULL;
}

const n2v_format *n2v_format_find(const char *name)
{
    for (size_t i = 0; i < FORMATS; i++)
        if (strcmp(formats[i].name, name) == 0)
            return &formats[i];
    return NULL;
}

static bool ends_with(const char *path, const char *ending, size_t bytes)
{
    const size_t length = strlen(path);
    return length > bytes && strncasecmp(path + length - bytes, ending, bytes) == 0;
}

const n2v_format *n2v_format_of_path(const char *path)
{
    for (size_t i = 0; i < FORMATS; i++)
        for (const char *ending = formats[i].endings; *ending;) {
            const size_t bytes = strcspn(ending, " ");
            if (ends_with(path, ending, bytes))
                return &formats[i];
            ending += bytes + strspn(ending + bytes, " ");
        }
    return &formats[0];
}

static n2v_status unknown(const char *path, n2v_error *error)
{
    char names[256] = "";
    for (size_t i = 0; i < FORMATS; i++) {
        if (!formats[i].read)
            continue;
        strncat(names, *names ? ", " : "", sizeof names - strlen(names) - 1);
        strncat(names, formats[i].name, sizeof names - strlen(names) - 1);
    }
    return n2v_fail(error, N2V_ERROR_FORMAT, "%s: line 1: not a vector file in any known format (%s)", path, names);
}

n2v_status n2v_format_read(n2v_model *model, const char *path, const n2v_stop *stop, n2v_error *error)
{
    const unsigned char *head;
    n2v_source source;
    size_t count;
    n2v_status status = n2v_source_open(&source, path, stop, error);

    memset(model, 0, sizeof *model);
    if (!status)
        status = n2v_source_head(&source, N2V_FORMAT_HEAD, &head, &count, error);
    if (status)
        goto out;
    if (!count) {
        status = n2v_fail(error, N2V_ERROR_FORMAT, "%s: the file is empty", path);
        goto out;
    }
    status = unknown(path, error);
    for (size_t i = 0; i < FORMATS; i++)
        if (formats[i].matches && formats[i].matches(head, count < N2V_FORMAT_HEAD ? count : N2V_FORMAT_HEAD)) {
            status = formats[i].read(model, &source, error);
            break;
        }
    if (status)
        n2v_model_free(model);
out:
    n2v_source_close(&source);
    return status;
}
