/* saving.c - writing a model: one file, two, or a folder, complete or not at all. */
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "io/ending.h"
#include "io/folder.h"
#include "model/derive.h"
#include "model/formats/format.h"
#include "model/formats/words.h"

static n2v_status check_path(const Format *format, const char *path, n2v_error *error)
{
    const char *what = format->folder ? "a folder" : "two files";
    bool gzip;
    const size_t stem = ending_gzip(path, &gzip);

    if (format->beside && path_is_standard(path))
        return error_set(error, N2V_ERROR_ARGUMENT,
                         "%s is %s, and cannot go to standard output: name %s, as in vectors%s", format->name, what,
                         format->folder ? "one" : "a file", format->endings);
    if (format->folder && gzip)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         "cannot write %s: %s is a folder, which is not compressed; write %.*s", path, format->name,
                         (int)stem, path);
    return N2V_OK;
}

static n2v_status open_next(Saving *saving, const char *path, const Stop *stop, n2v_error *error)
{
    const n2v_status status =
        path ? writer_open(&saving->files[saving->count], path, stop, error) : fail_memory(error, 1, "a path");

    saving->count += status == N2V_OK;
    return status;
}

static n2v_status open_in_folder(Saving *saving, const char *folder, const char *name, const Stop *stop,
                                 n2v_error *error)
{
    char *path = folder_join(folder, name);
    const n2v_status status = open_next(saving, path, stop, error);

    free(path);
    return status;
}

static n2v_status open_folder(Saving *saving, const char *path, const Stop *stop, n2v_error *error)
{
    const FolderFile *file = saving->format->folder;
    bool made;
    n2v_status status = folder_make(path, &made, error);

    if (status == N2V_OK && made && !(saving->made = strdup(path))) {
        folder_remove(path);
        return fail_memory(error, strlen(path), "a path");
    }
    if (status == N2V_OK)
        status = open_in_folder(saving, path, FOLDER_VECTORS, stop, error);
    for (; status == N2V_OK && file->name; file++)
        status = open_in_folder(saving, path, file->name, stop, error);
    return status;
}

static n2v_status open_files(Saving *saving, const char *path, const Stop *stop, n2v_error *error)
{
    char *beside;
    n2v_status status;

    if ((status = format_beside(saving->format, path, &beside, error)) == N2V_OK &&
        (status = open_next(saving, path, stop, error)) == N2V_OK && beside)
        status = open_next(saving, beside, stop, error);
    free(beside);
    return status;
}

n2v_status saving_open(Saving *saving, const Format *format, const char *path, const Stop *stop, n2v_error *error)
{
    n2v_status status;

    *saving = (Saving){.format = format, .select.vectors = VECTORS_ALL, .stop = stop};
    if ((status = check_path(format, path, error)) != N2V_OK)
        return status;
    status = (format->folder ? open_folder : open_files)(saving, path, stop, error);
    if (status != N2V_OK)
        saving_discard(saving);
    return status;
}

n2v_status saving_open_bytes(Saving *saving, const char *path, const Stop *stop, n2v_error *error)
{
    *saving = (Saving){.format = NULL};
    return open_next(saving, path, stop, error);
}

Writer *saving_file(const Saving *saving)
{
    return saving->files[0];
}

static n2v_status check_numbers(const Format *format, Numbers numbers, n2v_error *error)
{
    if (numbers == NUMBERS_FLOAT32 || format->numbers & 1U << numbers)
        return N2V_OK;
    return error_set(
        error, N2V_ERROR_ARGUMENT,
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
    return error_set(
        error, N2V_ERROR_ARGUMENT,
        "the format %s holds all words with their subwords: it takes no " SETTING("top") ", " SETTING(
            "normalize") ", " SETTING("reduce") " or " SETTING("remove-top") ", and of " SETTING("vectors") " only "
                                                                                                            "input",
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
        status = format->write(&selection, saving_file(saving), error);
    for (size_t i = 1; status == N2V_OK && i < saving->count; i++)
        status = (format->folder ? format->folder[i - 1].write : words_write)(&selection, saving->files[i], error);
    selection_free(&selection);
    return status;
}

n2v_status saving_write(Saving *saving, const Model *model, n2v_error *error)
{
    const Select rest = {.vectors = VECTORS_ALL, .numbers = saving->select.numbers};
    Select derive = saving->select;
    n2v_status status;

    if (!select_projects(&saving->select))
        return write_selected(saving, model, &saving->select, error);
    derive.numbers = NUMBERS_FLOAT32; /* the format rounds */
    if ((status = model_derive(&saving->derived, model, &derive, saving->stop, error)) != N2V_OK)
        return status;
    return write_selected(saving, &saving->derived, &rest, error);
}

n2v_status saving_commit(Saving *saving, n2v_error *error)
{
    Writer *order[WRITERS_TOGETHER];
    n2v_status status;

    for (size_t i = 0; i < saving->count; i++) /* where the vectors are, the other files are */
        order[i] = saving->files[(i + 1) % saving->count];
    status = writer_commit_all(order, saving->count, error);
    if (saving->made && status == N2V_OK)
        status = folder_flush(saving->made, error);
    else if (saving->made && status != N2V_ERROR_DURABILITY)
        folder_remove(saving->made);
    free(saving->made);
    model_free(&saving->derived);
    *saving = (Saving){.format = saving->format};
    return status;
}

void saving_discard(Saving *saving)
{
    for (size_t i = 0; i < saving->count; i++)
        writer_discard(saving->files[i]);
    if (saving->made)
        folder_remove(saving->made);
    free(saving->made);
    model_free(&saving->derived);
    *saving = (Saving){.format = saving->format};
}
