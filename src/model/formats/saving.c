/* saving.c - writing a model: one file or two, complete or not at all. */
#include <stdlib.h>
#include <string.h>

#include "io/ending.h"
#include "model/derive.h"
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

static n2v_status check_numbers(const Format *format, Numbers numbers, n2v_error *error)
{
    if (numbers == NUMBERS_FLOAT32 || format->numbers & 1U << numbers)
        return N2V_OK;
    return error_set(error, N2V_ERROR_ARGUMENT,
                     numbers == NUMBERS_FLOAT16
                         ? SETTING("float16") ": the format %s has no numbers of 16 bits; npy, safetensors and model2vec have"
                         : SETTING("int8") ": the format %s has no numbers of 8 bits; npy, safetensors and model2vec have",
                     format->name);
}

n2v_status saving_check_select(const Format *format, const Select *select, n2v_error *error)
{
    const bool part = select->normalize || select->top || select_projects(select) ||
                      (select->vectors != VECTORS_ALL && select->vectors != VECTORS_INPUT);
    const n2v_status status = check_numbers(format, select->numbers, error);

    if (status != N2V_OK || !format->subwords || !part)
        return status;
    return error_set(error, N2V_ERROR_ARGUMENT,
                     "the format %s holds all words with their subwords: it takes no " SETTING("top") ", " SETTING("normalize") ", " SETTING(
                         "reduce") " or " SETTING("remove-top") ", and of " SETTING("vectors") " only input",
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

/* The selection of a model, or of one that is derived from it. */
static n2v_status write_selected(const Saving *saving, const Model *model, const Select *select, n2v_error *error)
{
    const Format *format = saving->format;
    Selection selection;
    n2v_status status;

    if ((status = selection_create(&selection, model, select, error)) != N2V_OK)
        return status;
    if ((status = check_subwords(format, &selection, error)) == N2V_OK)
        status = format->write(&selection, saving->file, error);
    if (status == N2V_OK && saving->beside)
        status = words_write(&selection, saving->beside, error);
    selection_free(&selection);
    return status;
}

n2v_status saving_write(const Saving *saving, const Model *model, n2v_error *error)
{
    const Select rest = {.vectors = VECTORS_ALL, .numbers = saving->select.numbers};
    Select derive = saving->select;
    Model derived;
    n2v_status status;

    if (!select_projects(&saving->select))
        return write_selected(saving, model, &saving->select, error);
    derive.numbers = NUMBERS_FLOAT32; /* the format rounds */
    if ((status = model_derive(&derived, model, &derive, error)) != N2V_OK)
        return status;
    status = write_selected(saving, &derived, &rest, error);
    model_free(&derived);
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
