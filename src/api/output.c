/* output.c - the public functions of files that appear when they are complete. */
#include "api/output_handle.h"

#include <stdlib.h>
#include <string.h>

#include "api/observer.h"
#include "api/settings_handle.h"
#include "api/vectors_handle.h"
#include "io/ending.h"
#include "io/folder.h"
#include "model/derive.h"
#include "train/train_settings.h"
#include "train/worker.h"

static n2v_status fail_null(const char *function, const char *name, n2v_error *error)
{
    return error_set(error, N2V_ERROR_ARGUMENT, "%s: %s is NULL", function, name);
}

/* Opening --------------------------------------------------------------------------------- */

static n2v_status create(n2v_output **output, const n2v_observer *observer, n2v_error *error)
{
    n2v_output *created = array_create_zero(1, sizeof *created);
    n2v_status status;

    if (!created)
        return fail_memory(error, sizeof *created, "an output");
    if ((status = observer_take(&created->observer, observer, error)) != N2V_OK) {
        free(created);
        return status;
    }
    created->stop = observer_stop(&created->observer);
    *output = created;
    return N2V_OK;
}

static void destroy(n2v_output *output)
{
    free(output->words_file);
    free(output->unknown_ending);
    free(output);
}

static Select select_of(const Settings *values)
{
    const size_t vectors = settings_choice(values, "vectors");

    return (Select){.vectors = vectors == NO_CHOICE ? VECTORS_ALL : (Vectors)vectors,
                    .normalize = settings_flag(values, "normalize"),
                    .top = (size_t)settings_integer(values, "top", 0),
                    .numbers = settings_flag(values, "int8")      ? NUMBERS_INT8
                               : settings_flag(values, "float16") ? NUMBERS_FLOAT16
                                                                  : NUMBERS_FLOAT32,
                    .remove_top = (size_t)settings_integer(values, "remove-top", 0),
                    .reduce = (size_t)settings_integer(values, "reduce", 0)};
}

/* Keeps the ending, before .gz, of a path whose ending no format has. */
static n2v_status note_ending(n2v_output *o, const char *path, n2v_error *error)
{
    bool gzip;
    char *stem = strndup(path, ending_gzip(path, &gzip));
    const char *ending = stem ? ending_of(stem) : NULL;

    o->unknown_ending = ending ? strdup(ending) : NULL;
    free(stem);
    return stem && (!ending || o->unknown_ending) ? N2V_OK : fail_memory(error, strlen(path), "a path");
}

static n2v_status find_words_file(n2v_output *o, const Format *format, const char *path, n2v_error *error)
{
    char *in_folder = format->folder ? folder_join(path, FOLDER_VECTORS) : NULL;
    n2v_status status;

    if (format->folder && !in_folder)
        return fail_memory(error, strlen(path), "a path");
    status = format_beside(format, in_folder ? in_folder : path, &o->words_file, error);
    free(in_folder);
    return status;
}

static n2v_status open_vectors(n2v_output *o, const char *path, const Settings *values, n2v_error *error)
{
    const char *name = settings_text(values, "format");
    const Format *format = name ? format_find(name) : format_of_path(path);
    n2v_status status;

    if (!format && name) /* the table of settings has another list */
        return error_set(error, N2V_ERROR_ARGUMENT, SETTING("format") ": unknown format '%s'", name);
    if (!format) {
        format = format_by_default();
        if ((status = note_ending(o, path, error)) != N2V_OK)
            return status;
    }
    const Select select = select_of(values);
    if ((status = saving_check_select(format, &select, error)) != N2V_OK ||
        (status = find_words_file(o, format, path, error)) != N2V_OK ||
        (status = saving_open(&o->saving, format, path, &o->stop, error)) != N2V_OK)
        return status;
    o->saving.select = select;
    return N2V_OK;
}

n2v_status n2v_output_open(n2v_output **output, const char *path, const n2v_settings *settings,
                           const n2v_observer *observer, n2v_error *error)
{
    const Settings *values;
    n2v_output *opened = NULL;
    n2v_status status;

    if (!output || !path)
        return fail_null("n2v_output_open", output ? "path" : "output", error);
    *output = NULL;
    if ((status = settings_of(settings, N2V_FOR_OUTPUT, &values, error)) != N2V_OK ||
        (settings && (status = n2v_settings_check(settings, error)) != N2V_OK) ||
        (status = create(&opened, observer, error)) != N2V_OK)
        return status;
    if ((status = open_vectors(opened, path, values, error)) != N2V_OK)
        destroy(opened);
    else
        *output = opened;
    return status;
}

n2v_status n2v_output_open_bytes(n2v_output **output, const char *path, const n2v_observer *observer, n2v_error *error)
{
    n2v_output *opened = NULL;
    n2v_status status;

    if (!output || !path)
        return fail_null("n2v_output_open_bytes", output ? "path" : "output", error);
    *output = NULL;
    if ((status = create(&opened, observer, error)) != N2V_OK)
        return status;
    if ((status = saving_open_bytes(&opened->saving, path, &opened->stop, error)) != N2V_OK)
        destroy(opened);
    else
        *output = opened;
    return status;
}

const char *n2v_output_format(const n2v_output *output)
{
    return output && output->saving.format ? output->saving.format->name : NULL;
}

n2v_status n2v_output_check(const n2v_settings *output, const n2v_settings *training, n2v_error *error)
{
    const Settings *values, *trained;
    TrainOptions options;
    n2v_status status;

    if (!training)
        return fail_null("n2v_output_check", "training", error);
    if ((status = settings_of(output, N2V_FOR_OUTPUT, &values, error)) != N2V_OK ||
        (status = settings_of(training, N2V_FOR_TRAINING, &trained, error)) != N2V_OK ||
        (status = train_settings_resolve(trained, training->objectives, &options, error)) != N2V_OK)
        return status;
    const Select select = select_of(values);
    if ((status = selection_check_outputs(select.vectors, trainer_shape(&options, 1).other_outputs, error)) != N2V_OK)
        return status;
    return selection_check_components(&select, selection_dim(select.vectors, options.dim), error);
}

const char *n2v_output_unknown_ending(const n2v_output *output)
{
    return output->unknown_ending;
}

const char *n2v_output_words_file(const n2v_output *output)
{
    return output ? output->words_file : NULL;
}

/* Writing --------------------------------------------------------------------------------- */

n2v_status output_writer(n2v_output *output, Writer **writer, n2v_error *error)
{
    *writer = saving_file(&output->saving);
    if (output->saving.format)
        return error_set(error, N2V_ERROR_ARGUMENT, "the output was opened for vectors: use n2v_output_open_bytes");
    return N2V_OK;
}

n2v_status n2v_output_vectors(n2v_output *output, const n2v_vectors *vectors, n2v_error *error)
{
    n2v_status status;

    if (!output || !vectors)
        return fail_null("n2v_output_vectors", output ? "vectors" : "output", error);
    if (!output->saving.format)
        return error_set(error, N2V_ERROR_ARGUMENT, "the output was opened for bytes: use n2v_output_open");
    if (output->state != OUTPUT_EMPTY)
        return error_set(error, N2V_ERROR_ARGUMENT, "n2v_output_vectors was called before; one output takes one model");
    status = saving_write(&output->saving, vectors->model, error);
    output->state = status == N2V_OK ? OUTPUT_WRITTEN : OUTPUT_FAILED;
    return status;
}

const n2v_vectors *n2v_output_derived(n2v_output *output)
{
    if (!output || !output->saving.derived.words)
        return NULL;
    output->derived = (n2v_vectors){.model = &output->saving.derived};
    return &output->derived;
}

n2v_status n2v_vectors_derive_with(n2v_vectors **derived, const n2v_vectors *vectors, const n2v_settings *settings,
                                   const n2v_observer *observer, n2v_error *error)
{
    const Settings *values;
    n2v_observer copy;
    n2v_vectors *made;
    Select select;
    Stop stop;
    n2v_status status;

    if (!derived || !vectors)
        return fail_null("n2v_vectors_derive", derived ? "vectors" : "derived", error);
    *derived = NULL;
    if ((status = observer_take(&copy, observer, error)) != N2V_OK ||
        (status = settings_of(settings, N2V_FOR_OUTPUT, &values, error)) != N2V_OK ||
        (settings && (status = n2v_settings_check(settings, error)) != N2V_OK))
        return status;
    if (!(made = array_create_zero(1, sizeof *made)))
        return fail_memory(error, sizeof *made, "the vectors");
    select = select_of(values);
    stop = observer_stop(&copy);
    if ((status = model_derive(&made->own, vectors->model, &select, &stop, error)) != N2V_OK) {
        free(made);
        return status;
    }
    made->model = &made->own;
    made->owned = true;
    if ((status = vectors_take_phrases(made, "the vectors", error)) != N2V_OK)
        n2v_vectors_destroy(made);
    else
        *derived = made;
    return status;
}

n2v_status n2v_vectors_derive(n2v_vectors **derived, const n2v_vectors *vectors, const n2v_settings *settings,
                              n2v_error *error)
{
    return n2v_vectors_derive_with(derived, vectors, settings, NULL, error);
}

n2v_status n2v_output_bytes(n2v_output *output, const void *bytes, size_t count, n2v_error *error)
{
    Writer *writer;
    n2v_status status;

    if (!output || (!bytes && count))
        return fail_null("n2v_output_bytes", output ? "bytes" : "output", error);
    if ((status = output_writer(output, &writer, error)) != N2V_OK)
        return status;
    return count ? writer_write(writer, bytes, count, error) : N2V_OK;
}

n2v_status n2v_output_publish(n2v_output *output, n2v_error *error)
{
    Writer *writer;
    n2v_status status;

    if (!output)
        return fail_null("n2v_output_publish", "output", error);
    if ((status = output_writer(output, &writer, error)) != N2V_OK)
        return status;
    return writer_publish(writer, error);
}

n2v_status n2v_output_flush(n2v_output *output, n2v_error *error)
{
    Writer *writer;
    n2v_status status;

    if (!output)
        return fail_null("n2v_output_flush", "output", error);
    if ((status = output_writer(output, &writer, error)) != N2V_OK)
        return status;
    return writer_flush(writer, error);
}

/* Closing --------------------------------------------------------------------------------- */

void n2v_output_discard(n2v_output *output)
{
    if (!output)
        return;
    saving_discard(&output->saving);
    destroy(output);
}

n2v_status n2v_output_commit(n2v_output *output, n2v_error *error)
{
    n2v_status status;

    if (!output)
        return fail_null("n2v_output_commit", "output", error);
    if (output->saving.format && output->state != OUTPUT_WRITTEN) {
        status = error_set(error, N2V_ERROR_ARGUMENT,
                           output->state == OUTPUT_EMPTY ? "no vectors were written: call n2v_output_vectors first"
                                                         : "the vectors were not written completely: nothing is saved");
        n2v_output_discard(output);
        return status;
    }
    status = saving_commit(&output->saving, error);
    destroy(output);
    return status;
}

n2v_status n2v_vectors_save(const n2v_vectors *vectors, const char *path, const n2v_settings *settings,
                            const n2v_observer *observer, n2v_error *error)
{
    n2v_output *output;
    n2v_status status;

    if (!vectors)
        return fail_null("n2v_vectors_save", "vectors", error);
    if ((status = n2v_output_open(&output, path, settings, observer, error)) != N2V_OK)
        return status;
    if ((status = n2v_output_vectors(output, vectors, error)) != N2V_OK) {
        n2v_output_discard(output);
        return status;
    }
    return n2v_output_commit(output, error);
}
