/* saving.c - writing a model: one file or two, complete or not at all. */
#include <stdlib.h>
#include <string.h>

#include "model/formats/format.h"
#include "model/formats/words.h"

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
    if ((status = n2v_format_beside(format, path, &beside, error)) == N2V_OK &&
        (status = n2v_writer_open(&saving->file, path, stop, error)) == N2V_OK && beside)
        status = n2v_writer_open(&saving->beside, beside, stop, error);
    free(beside);
    if (status != N2V_OK)
        n2v_saving_discard(saving);
    return status;
}

n2v_status n2v_saving_write(const n2v_saving *saving, const n2v_model *model, n2v_error *error)
{
    const n2v_format *format = saving->format;
    const n2v_status status = (saving->float16 ? format->write_float16 : format->write)(model, saving->file, error);

    return status == N2V_OK && saving->beside ? n2v_words_write(model, saving->beside, error) : status;
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
