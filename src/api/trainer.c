/* trainer.c - the public functions of a training. */
#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/corpus_handle.h"
#include "api/observer.h"
#include "api/phrases_handle.h"
#include "api/settings_handle.h"
#include "api/start.h"
#include "api/structure.h"
#include "api/trainer_handle.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/number.h"
#include "train/checkpoint.h"
#include "train/rates.h"
#include "train/train_settings.h"

/* The size of n2v_trainer_info in the first public header. */
#define FIRST_INFO (offsetof(n2v_trainer_info, layout) + sizeof(const char *))

#define FLOAT_DIGITS 9 /* enough for every float to be read back as it was */

/* The record of a training: enough to do the same again --------------------------------------- */

static n2v_status record_objective(Record *record, const TrainOptions *options, n2v_error *error)
{
    const n2v_objective *objective = options->objective;
    n2v_status status = record_add(record, "objective", objective->name, error);

    for (size_t i = 0; i < objective_parameters(objective) && status == N2V_OK; i++) {
        char name[128], number[NUMBER_BYTES];
        snprintf(name, sizeof name, "objective.%s", objective->parameters[i].name);
        status = record_add(record, name, number_format((double)options->parameters[i], FLOAT_DIGITS, number), error);
    }
    return status;
}

/* Each setting that has a value, also one that depends on others. */
static n2v_status record_settings(Record *record, n2v_settings *settings, const n2v_corpus *corpus, n2v_error *error)
{
    n2v_status status = N2V_OK;

    for (size_t i = 0; i < n2v_setting_count(N2V_FOR_TRAINING) && status == N2V_OK; i++) {
        n2v_setting_info info = {.size = sizeof info};
        const char *value;
        if ((status = n2v_setting_describe(N2V_FOR_TRAINING, i, &info, error)) != N2V_OK)
            break;
        if (!info.recorded || strcmp(info.name, "objective") == 0 ||
            !train_settings_apply(settings->values, info.name, n2v_ranks_count(corpus->ranks)))
            continue;
        value = settings_text(settings->values, info.name); /* "auto" stays: another machine has other kernels */
        if (!value)
            value = n2v_settings_get(settings, info.name);
        if (value)
            status = record_add(record, info.name, value, error);
    }
    return status;
}

static n2v_status record_inputs(Record *record, const n2v_corpus *corpus, n2v_error *error)
{
    n2v_status status = N2V_OK;

    for (size_t at = 0; at < corpus->all_bytes && status == N2V_OK; at += strlen(corpus->all_names + at) + 1)
        status = record_add(record, "input", corpus->all_names + at, error);
    return status;
}

static n2v_status record_count(Record *record, const char *name, uint64_t count, n2v_error *error)
{
    char number[32];

    snprintf(number, sizeof number, "%" PRIu64, count);
    return record_add(record, name, number, error);
}

static n2v_status fill_record(Record *record, n2v_settings *settings, const TrainOptions *options,
                              const n2v_corpus *corpus, n2v_error *error)
{
    n2v_status status;

    if ((status = record_add(record, "version", N2V_VERSION, error)) != N2V_OK ||
        (status = record_objective(record, options, error)) != N2V_OK ||
        (status = record_settings(record, settings, corpus, error)) != N2V_OK ||
        (status = record_count(record, "inputs", corpus->all_sources, error)) != N2V_OK ||
        (status = record_count(record, "tokens", corpus->report.tokens, error)) != N2V_OK ||
        (status = record_add(record, "kernels", options->kernels->name, error)) != N2V_OK)
        return status;
    return record_inputs(record, corpus, error);
}

/* The trainer ---------------------------------------------------------------------------------- */

static n2v_status resolve(const n2v_settings *settings, const n2v_corpus *corpus, bool resumed, TrainOptions *options,
                          n2v_settings **copy, n2v_error *error)
{
    const size_t ranks = n2v_ranks_count(corpus->ranks);
    const Settings *values;
    n2v_status status;

    if ((status = settings_of(settings, N2V_FOR_TRAINING, &values, error)) != N2V_OK ||
        (status = n2v_settings_check(settings, error)) != N2V_OK ||
        (status = corpus_check_settings(corpus, values, error)) != N2V_OK ||
        (status = train_settings_resolve(values, settings->objectives, options, error)) != N2V_OK ||
        (status = resumed ? train_settings_check_resumed(values, ranks, corpus->own, error)
                           : train_settings_check_ranks(values, ranks, corpus->own, error)) != N2V_OK)
        return status;
    return n2v_settings_copy(copy, settings, error);
}

/* The model has the phrases of its text, for other texts. */
static n2v_status keep_phrases(Model *model, const n2v_corpus *corpus, n2v_error *error)
{
    Extra *extra = &model->extras[EXTRA_PHRASES];
    return corpus->phrases ? phrase_table_text(&corpus->phrases->table, &extra->bytes, &extra->count, error) : N2V_OK;
}

/* checkpoint NULL: a new training. */
static n2v_status fill(n2v_trainer *trainer, n2v_settings *settings, const TrainOptions *options,
                       const n2v_corpus *corpus, const n2v_vectors *checkpoint, n2v_error *error)
{
    const TrainText text = {.blocks = corpus->blocks,
                            .heldout = corpus->heldout,
                            .ranks = ranks_of(corpus->ranks),
                            .own_blocks = corpus->own,
                            .own_heldout = corpus->own && !corpus->heldout_path};
    n2v_status status;

    if ((status = trainer_create(&trainer->trainer, corpus->vocabulary, &text, options, error)) != N2V_OK ||
        (status = fill_record(&trainer_model(trainer->trainer)->record, settings, options, corpus, error)) != N2V_OK ||
        (status = keep_phrases(trainer_model(trainer->trainer), corpus, error)) != N2V_OK)
        return status;
    trainer->vectors.model = trainer_model(trainer->trainer);
    if ((status = vectors_take_phrases(&trainer->vectors, "the trainer", error)) != N2V_OK)
        return status;
    if (!checkpoint)
        return start_trainer(trainer, settings->values, corpus, error);
    if ((status = checkpoint_restore(trainer->trainer, checkpoint->model, error)) != N2V_OK)
        return status;
    return record_copy(&trainer->notes, &checkpoint->notes, error);
}

/* Ranks go on with the same checkpoint. Its time of training tells it from others of the same text. */
static n2v_status check_same_state(const Trainer *trainer, Ranks *ranks, n2v_error *error)
{
    const TrainState *state = trainer_state(trainer);
    uint64_t own[] = {state->blocks, state->words, state->pairs, state->steps, state->measured, 0};
    size_t other;
    n2v_status status;

    memcpy(&own[5], &state->seconds, sizeof state->seconds);
    if ((status = ranks_compare(ranks, own, sizeof own, &other, error)) != N2V_OK || other == ranks_count(ranks))
        return status;
    return error_set(error, N2V_ERROR_DATA,
                     "rank %zu has another checkpoint than rank 0: give the newest one to all ranks", other);
}

/* Ranks train one model only with the same settings; threads and kernels are a machine's own, and so is the precision
 * that "auto" becomes. */
static n2v_status check_same(const n2v_settings *settings, Ranks *ranks, n2v_error *error)
{
    uint64_t own = 0;
    size_t other;
    n2v_status status;

    for (size_t i = 0; i < setting_count(N2V_FOR_TRAINING); i++) {
        const char *name = setting_at(N2V_FOR_TRAINING, i)->name, *value = settings_text(settings->values, name);
        if (value && strcmp(name, "threads") != 0 && strcmp(name, "kernels") != 0)
            own = hash_stable(value, strlen(value), hash_stable(name, strlen(name), own));
    }
    if ((status = ranks_compare(ranks, &own, sizeof own, &other, error)) != N2V_OK || other == ranks_count(ranks))
        return status;
    return error_set(error, N2V_ERROR_ARGUMENT,
                     "rank %zu has other settings than rank 0: give the same settings to all ranks", other);
}

static n2v_status create(n2v_trainer **trainer, const n2v_settings *settings, const n2v_corpus *corpus,
                         const n2v_vectors *checkpoint, n2v_error *error)
{
    Ranks *ranks = ranks_of(corpus->ranks);
    n2v_trainer *created;
    n2v_settings *copy = NULL;
    TrainOptions options;
    n2v_status status;

    if (!corpus->blocks)
        return error_set(error, N2V_ERROR_ARGUMENT, "the corpus has no text: call n2v_corpus_read before training");
    created = array_create_zero(1, sizeof *created);
    status = created ? resolve(settings, corpus, checkpoint, &options, &copy, error)
                     : fail_memory(error, sizeof *created, "the trainer");
    if ((status = ranks_agree(ranks, status, error)) == N2V_OK &&
        (status = ranks_agree(ranks, check_same(copy, ranks, error), error)) == N2V_OK &&
        (status = ranks_agree(ranks, fill(created, copy, &options, corpus, checkpoint, error), error)) == N2V_OK)
        status = ranks_agree(ranks, check_same_state(created->trainer, ranks, error), error);
    n2v_settings_destroy(copy);
    if (status == N2V_OK)
        *trainer = created;
    else
        n2v_trainer_destroy(created);
    return status;
}

n2v_status n2v_trainer_create(n2v_trainer **trainer, const n2v_settings *settings, const n2v_corpus *corpus,
                              n2v_error *error)
{
    if (!trainer || !settings || !corpus)
        return error_set(error, N2V_ERROR_ARGUMENT, "n2v_trainer_create: %s is NULL",
                         !trainer ? "trainer" : !settings ? "settings" : "corpus");
    *trainer = NULL;
    return create(trainer, settings, corpus, NULL, error);
}

n2v_status n2v_trainer_resume(n2v_trainer **trainer, const n2v_vectors *checkpoint, const n2v_settings *changes,
                              const n2v_corpus *corpus, n2v_error *error)
{
    const n2v_objectives *objectives = changes ? changes->objectives : NULL;
    n2v_settings *settings;
    n2v_status status;

    if (!trainer || !checkpoint || !corpus)
        return error_set(error, N2V_ERROR_ARGUMENT, "n2v_trainer_resume: %s is NULL",
                         !trainer ? "trainer" : !checkpoint ? "checkpoint" : "corpus");
    *trainer = NULL;
    if ((status = n2v_checkpoint_settings(checkpoint, changes, objectives, &settings, error)) != N2V_OK)
        return status;
    status = create(trainer, settings, corpus, checkpoint, error);
    n2v_settings_destroy(settings);
    return status;
}

void n2v_trainer_destroy(n2v_trainer *trainer)
{
    if (!trainer)
        return;
    record_free(&trainer->notes);
    word_joiner_destroy(trainer->vectors.phrases);
    trainer_destroy(trainer->trainer);
    free(trainer);
}

n2v_status n2v_trainer_run(n2v_trainer *trainer, n2v_until until, uint64_t words, const n2v_observer *observer,
                           n2v_error *error)
{
    n2v_observer copy;
    n2v_status status;

    if (!trainer)
        return error_set(error, N2V_ERROR_ARGUMENT, "n2v_trainer_run: trainer is NULL");
    if (until != N2V_TO_END && until != N2V_TO_EPOCH_END && until != N2V_TO_WORDS)
        return error_set(error, N2V_ERROR_ARGUMENT, "n2v_trainer_run: until is %d, which is not known", (int)until);
    if (trainer->needs_start)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         SETTING("freeze") " would keep random vectors: set " SETTING("start")
                         ", or give the trainer vectors before it runs");
    if ((status = observer_take(&copy, observer, error)) != N2V_OK)
        return status;
    return trainer_run(trainer->trainer, until, words, observer ? &copy : NULL, error);
}

void n2v_trainer_stop(n2v_trainer *trainer)
{
    if (trainer)
        trainer_stop(trainer->trainer);
}

/* The mean loss of the latest epoch that has any. */
static double latest_loss(const TrainState *state, size_t epochs)
{
    for (size_t i = epochs; i-- > 0;)
        if (state->epochs[i].pairs)
            return state->epochs[i].loss / (double)state->epochs[i].pairs;
    return (double)NAN;
}

n2v_status n2v_trainer_describe(const n2v_trainer *trainer, n2v_trainer_info *info, n2v_error *error)
{
    const TrainOptions *options;
    const TrainState *state;
    n2v_status status;

    if (!trainer || !info)
        return error_set(error, N2V_ERROR_ARGUMENT, "n2v_trainer_describe: %s is NULL", trainer ? "info" : "trainer");
    if ((status = structure_check(info->size, FIRST_INFO, "n2v_trainer_info", error)) != N2V_OK)
        return status;
    options = trainer_options(trainer->trainer);
    state = trainer_state(trainer->trainer);
    const n2v_trainer_info filled = {
        .size = info->size,
        .words = state->words,
        .words_total = trainer_words_total(trainer->trainer),
        .pairs = state->pairs,
        .epoch = trainer_epoch(trainer->trainer),
        .epochs = options->epochs,
        .finished = trainer_finished(trainer->trainer),
        .loss = latest_loss(state, options->epochs),
        .clipped = state->steps ? (double)state->clipped / (double)state->steps : 0,
        .seconds = state->seconds,
        .kernels = options->kernels->name,
        .layout = trainer_layout(trainer->trainer),
        .vectors = rates_rows(trainer_model(trainer->trainer)),
        .frozen = rates_frozen(trainer_model(trainer->trainer)),
    };
    structure_hand_out(info, info->size, &filled, sizeof filled);
    return N2V_OK;
}

const n2v_vectors *n2v_trainer_vectors(const n2v_trainer *trainer)
{
    return trainer ? &trainer->vectors : NULL;
}
