/* checkpoint.c - the public functions of a training that goes on later. */
#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "api/settings_handle.h"
#include "api/structure.h"
#include "api/trainer_handle.h"
#include "base/memory.h"
#include "kernels/kernels.h"
#include "model/formats/format.h"
#include "objectives/objective.h"
#include "objectives/registry.h"
#include "settings/files.h"
#include "settings/tokenizers.h"
#include "train/checkpoint.h"

/* The size of n2v_trainer_info in the first public header. */
#define FIRST_INFO (offsetof(n2v_trainer_info, layout) + sizeof(const char *))

static n2v_status fail_null(const char *function, const char *name, n2v_error *error)
{
    return error_set(error, N2V_ERROR_ARGUMENT, "%s: %s is NULL", function, name);
}

/* Saving ---------------------------------------------------------------------------------- */

static n2v_status put_notes(n2v_trainer *trainer, n2v_error *error)
{
    Extra *extra = &trainer_model(trainer->trainer)->extras[EXTRA_NOTES];

    return trainer->notes.count ? record_lines(&trainer->notes, &extra->bytes, &extra->count, error) : N2V_OK;
}

static n2v_status write_file(const Model *model, const char *path, n2v_error *error)
{
    Saving saving;
    n2v_status status = saving_open(&saving, format_find("n2v"), path, NULL, error);

    if (status != N2V_OK)
        return status;
    if ((status = saving_write(&saving, model, error)) != N2V_OK) {
        saving_discard(&saving);
        return status;
    }
    return saving_commit(&saving, error);
}

n2v_status n2v_trainer_save(n2v_trainer *trainer, const char *path, n2v_error *error)
{
    n2v_status status;

    if (!trainer || !path)
        return fail_null("n2v_trainer_save", trainer ? "path" : "trainer", error);
    if ((status = trainer_check_paused(trainer->trainer, error)) != N2V_OK)
        return status;
    if ((status = checkpoint_put(trainer->trainer, error)) == N2V_OK &&
        (status = put_notes(trainer, error)) == N2V_OK)
        status = write_file(trainer_model(trainer->trainer), path, error);
    model_free_extras(trainer_model(trainer->trainer));
    return status;
}

/* Notes ----------------------------------------------------------------------------------- */

n2v_status n2v_trainer_note(n2v_trainer *trainer, const char *name, const char *value, n2v_error *error)
{
    if (!trainer || !name)
        return fail_null("n2v_trainer_note", trainer ? "name" : "trainer", error);
    for (const char *at = value ? value : ""; *at; at++)
        if ((unsigned char)*at < 0x20)
            return error_set(error, N2V_ERROR_ARGUMENT,
                             "the note '%s' has a control character, which a file cannot hold", name);
    record_remove(&trainer->notes, name);
    return value ? record_add(&trainer->notes, name, value, error) : N2V_OK;
}

int n2v_vectors_note(const n2v_vectors *vectors, size_t index, const char **name, const char **value)
{
    return vectors && name && value && record_at(&vectors->notes, index, name, value);
}

/* Resuming -------------------------------------------------------------------------------- */

n2v_status n2v_checkpoint_describe(const n2v_vectors *checkpoint, n2v_trainer_info *info, n2v_error *error)
{
    CheckpointState state;
    n2v_status status;

    if (!checkpoint || !info)
        return fail_null("n2v_checkpoint_describe", checkpoint ? "info" : "checkpoint", error);
    if ((status = structure_check(info->size, FIRST_INFO, "n2v_trainer_info", error)) != N2V_OK ||
        (status = checkpoint_read(checkpoint->model, &state, error)) != N2V_OK)
        return status;
    const n2v_trainer_info filled = {
        .size = info->size,
        .words = state.words,
        .words_total = state.words_total,
        .pairs = state.pairs,
        .epoch = state.measured < state.epochs ? state.measured + 1 : state.epochs,
        .epochs = state.epochs,
        .finished = state.measured == state.epochs,
        .loss = state.loss,
        .clipped = state.steps ? (double)state.clipped / (double)state.steps : 0,
        .seconds = state.seconds,
        .kernels = record_find(&checkpoint->model->record, "kernels"),
    };
    structure_hand_out(info, info->size, &filled, sizeof filled);
    return N2V_OK;
}

/* Whether two texts of an objective mean the same. */
static bool same_objective(const n2v_objectives *objectives, const char *a, const char *b)
{
    float first[N2V_MAX_PARAMETERS] = {0}, second[N2V_MAX_PARAMETERS] = {0};
    const n2v_objective *x, *y;

    return objective_parse(objectives, a, &x, first, NULL) == N2V_OK &&
           objective_parse(objectives, b, &y, second, NULL) == N2V_OK && x == y &&
           memcmp(first, second, objective_parameters(x) * sizeof *first) == 0;
}

static n2v_status fail_change(const Setting *setting, const char *now, const char *then, n2v_error *error)
{
    return error_set(error, N2V_ERROR_ARGUMENT,
                     "\1%s\2 is %s, and the checkpoint has %s: a training goes on with the settings that it began "
                     "with; leave it out, or begin anew without the checkpoint",
                     setting->name, now, then ? then : "none");
}

/* A file may be elsewhere now: its words or sentences are compared when the training is resumed. */
static bool is_moved(const char *name, const char *now, const char *then)
{
    double share;

    if (!then)
        return false;
    if (strcmp(name, "phrases") == 0)
        return !phrases_is_scorer(now, NULL) && !phrases_is_scorer(then, NULL);
    return strcmp(name, "read-vocab") == 0 ||
           (strcmp(name, "heldout") == 0 && !heldout_is_share(now, &share) && !heldout_is_share(then, &share));
}

/* What was set may be another than in the checkpoint where a setting is changeable. */
static n2v_status apply_changes(n2v_settings *settings, const n2v_settings *changes, n2v_error *error)
{
    const Setting *setting;
    n2v_status status = N2V_OK;

    for (size_t i = 0; status == N2V_OK && (setting = setting_at(N2V_FOR_TRAINING, i)); i++) {
        const char *now = settings_text(changes->values, setting->name);
        const char *then = n2v_settings_get(settings, setting->name);
        if (!settings_given(changes->values, setting->name))
            continue;
        /* Also where it is what "auto" means here: it replaces the checkpoint's kernels. */
        if (setting->changeable || is_moved(setting->name, now, then))
            status = n2v_settings_set(settings, setting->name, now, error);
        else if (then && strcmp(now, then) == 0)
            continue;
        else if (!then || strcmp(setting->name, "objective") != 0 || !same_objective(settings->objectives, now, then))
            return fail_change(setting, now, then, error);
    }
    return status;
}

/* Other kernels give other bytes: where this machine has those of the checkpoint, they are taken. */
static n2v_status keep_kernels(n2v_settings *settings, const Record *record, n2v_error *error)
{
    const char *name = record_find(record, "kernels");
    const size_t precision = settings_choice(settings->values, "precision");
    const Kernels *kernels;

    if (!name || settings_given(settings->values, "kernels") ||
        kernels_choose(precision == NO_CHOICE ? PRECISION_AUTO : (Precision)precision, name, &kernels, NULL) != N2V_OK)
        return N2V_OK;
    return n2v_settings_set(settings, "kernels", name, error);
}

static n2v_status check_epochs(const n2v_settings *settings, uint64_t begun, n2v_error *error)
{
    const uint64_t epochs = settings_integer(settings->values, "epochs", begun);

    if (epochs >= begun)
        return N2V_OK;
    return error_set(error, N2V_ERROR_ARGUMENT,
                     SETTING("epochs") " is %" PRIu64 ", and the checkpoint is in epoch %" PRIu64
                                       " already: give %" PRIu64 " or more",
                     epochs, begun, begun);
}

/* A file may be anybody's: the program that it names is run only where the caller names it, too. */
static n2v_status check_command(const n2v_settings *settings, const n2v_settings *changes, n2v_error *error)
{
    const char *text = settings_text(settings->values, "tokenizer"), *command;
    size_t kind;

    if (!tokenizer_parse(text, &kind, &command) || !command ||
        (changes && settings_given(changes->values, "tokenizer")))
        return N2V_OK;
    return error_set(error, N2V_ERROR_ARGUMENT,
                     "the checkpoint's text went through the program `%s`, and a program that a file names is not run "
                     "unless you name it: set " SETTING("tokenizer") " to '%s' again",
                     command, text);
}

n2v_status n2v_checkpoint_settings(const n2v_vectors *checkpoint, const n2v_settings *changes,
                                   const n2v_objectives *objectives, n2v_settings **settings, n2v_error *error)
{
    const Settings *values;
    CheckpointState state;
    n2v_status status;

    if (!checkpoint || !settings)
        return fail_null("n2v_checkpoint_settings", checkpoint ? "settings" : "checkpoint", error);
    *settings = NULL;
    if ((status = settings_of(changes, N2V_FOR_TRAINING, &values, error)) != N2V_OK ||
        (status = checkpoint_read(checkpoint->model, &state, error)) != N2V_OK ||
        (status = n2v_vectors_settings(checkpoint, objectives, settings, error)) != N2V_OK)
        return status;
    if ((changes && (status = apply_changes(*settings, changes, error)) != N2V_OK) ||
        (status = check_command(*settings, changes, error)) != N2V_OK ||
        (status = check_epochs(*settings, state.begun, error)) != N2V_OK ||
        (status = keep_kernels(*settings, &checkpoint->model->record, error)) != N2V_OK) {
        n2v_settings_destroy(*settings);
        *settings = NULL;
    }
    return status;
}
