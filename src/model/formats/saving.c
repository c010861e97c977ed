/* saving.c - writing a model: one file or two, complete or not at all. */
#include <stdlib.h>
#include <string.h>

#include "io/ending.h"
#include "model/formats/format.h"
#include "model/formats/words.h"

n2v_status saving_open(Saving *saving, const Format *format, const char *path, const Stop *stop, n2v_error *error)
{
    char *beside;
    bool gzip;
    const size_t stem = ending_gzip(path, &gzip);
    n2v_status status;

    *saving = (Saving){.format = format, .select.vectors = VECTORS_ALL};
    if (format->beside && strcmp(path, "-") == 0)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         "%s is two files, and cannot go to standard output: name a file, as in vectors%s",
                         format->name, format->endings);
    if (format->beside && gzip)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         "cannot write %s: %s is two files, which are not compressed; write %.*s", path, format->name,
                         (int)stem, path);
    if ((status = format_beside(format, path, &beside, error)) == N2V_OK &&
        (status = writer_open(&saving->file, path, stop, error)) == N2V_OK && beside)
        status = writer_open(&saving->beside, beside, stop, error);
    free(beside);
    if (status != N2V_OK)
        saving_discard(saving);
    return status;
}

n2v_status saving_check_float16(const Format *format, n2v_error *error)
{
    if (format->write_float16)
        return N2V_OK;
    return error_set(error, N2V_ERROR_ARGUMENT,
                     SETTING("float16") ": the format %s has no numbers of 16 bits; npy and safetensors have",
                     format->name);
}

n2v_status saving_check_select(const Format *format, const Select *select, n2v_error *error)
{
    const bool part = select->normalize || select->top ||
                      (select->vectors != VECTORS_ALL && select->vectors != VECTORS_INPUT);

    if (!format->subwords || !part)
        return N2V_OK;
    return error_set(error, N2V_ERROR_ARGUMENT,
                     "the format %s holds all words with their subwords: it takes neither " SETTING("top") " nor " SETTING(
                         "normalize") ", and of " SETTING("vectors") " only input",
                     format->name);
}

static n2v_status check_subwords(const Format *format, const Selection *selection, n2v_error *error)
{
    const Subwords *subwords = selection->model->subwords;
    const SubwordKind kind = subwords ? subwords_options(subwords)->kind : SUBWORDS_NONE;

    if (!format->subwords || (selection->has_subwords && kind == format->subwords))
        return N2V_OK;
    return error_set(error, N2V_ERROR_DATA,
                     "the format %s holds models with the subwords %s, and this one has %s: train with " SETTING(
                         "subwords") " %s, or choose another format",
                     format->name, format->name, kind ? "others" : "none", format->name);
}

n2v_status saving_write(const Saving *saving, const Model *model, n2v_error *error)
{
    const Format *format = saving->format;
    Selection selection;
    n2v_status status;

    if ((status = selection_create(&selection, model, &saving->select, error)) != N2V_OK)
        return status;
    if ((status = check_subwords(format, &selection, error)) == N2V_OK)
        status = (saving->float16 ? format->write_float16 : format->write)(&selection, saving->file, error);
    if (status == N2V_OK && saving->beside)
        status = words_write(&selection, saving->beside, error);
    selection_free(&selection);
    return status;
}

n2v_status saving_commit(Saving *saving, n2v_error *error)
{
    const n2v_status status =
        saving->beside ? writer_commit_both(saving->file, saving->beside, error) : writer_commit(saving->file, error);
    *saving = (Saving){.format = saving->format};
    return status;
}

void saving_discard(Saving *saving)
{
    writer_discard(saving->file);
    writer_discard(saving->beside);
    *saving = (Saving){.format = saving->format};
}
