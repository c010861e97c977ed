/* saving.c - writing a model: one file or two, complete or not at all. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "model/formats/format.h"

/* Bytes of the path before the format's ending, or all of them. */
static size_t stem(const n2v_format *format, const char *path)
{
    const size_t length = strlen(path);

    for (const char *ending = format->endings; *ending;) {
        const size_t bytes = strcspn(ending, " ");
        if (length > bytes && path[length - bytes - 1] != '/' && strncasecmp(path + length - bytes, ending, bytes) == 0)
            return length - bytes;
        ending += bytes + strspn(ending + bytes, " ");
    }
    return length;
}

n2v_status n2v_saving_beside(const n2v_format *format, const char *path, char **beside, n2v_error *error)
{
    const size_t bytes = stem(format, path);

    *beside = NULL;
    if (!format->beside)
        return N2V_OK;
    *beside = malloc(bytes + strlen(format->beside) + 1);
    if (!*beside)
        return n2v_fail_memory(error, bytes, "a path");
    memcpy(*beside, path, bytes);
    strcpy(*beside + bytes, format->beside);
    return N2V_OK;
}

n2v_status n2v_saving_open(n2v_saving *saving, const n2v_format *format, const char *path, const n2v_stop *stop,
                           n2v_error *error)
{
    char *beside;
    n2v_status status;

    *saving = (n2v_saving){.format = format};
    if (format->beside && strcmp(path, "-") == 0)
        return n2v_fail(error, N2V_ERROR_ARGUMENT,
                        "%s is two files, and cannot go to standard output: name a file, as in vectors%s", format->name,
                        format->endings);
    if ((status = n2v_saving_beside(format, path, &beside, error)) == N2V_OK &&
        (status = n2v_writer_open(&saving->file, path, stop, error)) == N2V_OK && beside)
        status = n2v_writer_open(&saving->beside, beside, stop, error);
    free(beside);
    if (status != N2V_OK)
        n2v_saving_discard(saving);
    return status;
}

n2v_status n2v_saving_write(const n2v_saving *saving, const n2v_model *model, n2v_error *error)
{
    const n2v_status status = saving->format->write(model, saving->file, error);

    return status == N2V_OK && saving->beside ? saving->format->write_beside(model, saving->beside, error) : status;
}

n2v_status n2v_saving_commit(n2v_saving *saving, n2v_error *error)
{
    const n2v_status status = saving->beside ? n2v_writer_commit_both(saving->file, saving->beside, error)
                                             : n2v_writer_commit(saving->file, error);
    *saving = (n2v_saving){.format = saving->format};
    return status;
}

void n2v_saving_discard(n2v_saving *saving)
{
    n2v_writer_discard(saving->file);
    n2v_writer_discard(saving->beside);
    *saving = (n2v_saving){.format = saving->format};
}
