#include "train/checkpoint.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "train/rates.h"

/* STATE: this, and a LossSum for each epoch. Later versions add to its end. */
typedef struct state_head {
    uint64_t bytes; /* of this struct */
    uint64_t blocks, words, pairs, steps, clipped, measured, epochs;
    LossSum recent, heldout;
    double seconds;
} state_head;

/* TEXT */
typedef struct text_head {
    uint64_t bytes; /* of this struct */
    Fingerprint trained, heldout;
} text_head;

_Static_assert(sizeof(LossSum) == 16 && sizeof(state_head) == 13 * 8 && sizeof(text_head) == 7 * 8,
               "written as they lie in memory: no padding");

/* Putting ------------------------------------------------------------------------------- */

static n2v_status put(Model *model, ExtraKind kind, const void *head, size_t head_bytes, const void *rest,
                      size_t rest_bytes, n2v_error *error)
{
    Extra *extra = &model->extras[kind];

    extra->count = head_bytes + rest_bytes;
    extra->bytes = array_create(extra->count + 1, 1);
    if (!extra->bytes)
        return fail_memory(error, extra->count, "the state of a training");
    memcpy(extra->bytes, head, head_bytes);
    if (rest_bytes)
        memcpy(extra->bytes + head_bytes, rest, rest_bytes);
    extra->bytes[extra->count] = '\0';
    return N2V_OK;
}

static n2v_status put_rule(Trainer *trainer, n2v_error *error)
{
    size_t floats;
    const float *memory = trainer_rule_memory(trainer, &floats);

    return memory ? put(trainer_model(trainer), EXTRA_RULE, memory, floats * sizeof *memory, NULL, 0, error) : N2V_OK;
}

static n2v_status put_accumulators(Model *model, n2v_error *error)
{
    const size_t count = model_accumulators(model);

    return count ? put(model, EXTRA_OPTIMIZER, (const void *)model->accumulators, count * sizeof(float), NULL, 0, error)
                 : N2V_OK;
}

static n2v_status put_rates(Model *model, n2v_error *error)
{
    const size_t bytes = (model_rows(model) + 1) * sizeof *model->rates;

    return model->rates ? put(model, EXTRA_RATES, model->rates, bytes, NULL, 0, error) : N2V_OK;
}

static n2v_status fingerprint_text(Trainer *trainer, text_head *text, n2v_error *error)
{
    *text = (text_head){.bytes = sizeof *text};
    return trainer_fingerprints(trainer, &text->trained, &text->heldout, error);
}

n2v_status checkpoint_put(Trainer *trainer, n2v_error *error)
{
    const TrainState *state = trainer_state(trainer);
    const size_t epochs = trainer_options(trainer)->epochs;
    Model *model = trainer_model(trainer);
    const state_head head = {.bytes = sizeof head,
                             .blocks = state->blocks,
                             .words = state->words,
                             .pairs = state->pairs,
                             .steps = state->steps,
                             .clipped = state->clipped,
                             .measured = state->measured,
                             .epochs = epochs,
                             .recent = state->recent,
                             .heldout = state->heldout,
                             .seconds = state->seconds};
    text_head text;
    n2v_status status;

    model_free_extras(model);
    if ((status = fingerprint_text(trainer, &text, error)) != N2V_OK ||
        (status = put(model, EXTRA_STATE, &head, sizeof head, state->epochs, epochs * sizeof *state->epochs, error)) !=
            N2V_OK ||
        (status = put(model, EXTRA_TEXT, &text, sizeof text, NULL, 0, error)) != N2V_OK ||
        (status = put_rule(trainer, error)) != N2V_OK || (status = put_accumulators(model, error)) != N2V_OK ||
        (status = put_rates(model, error)) != N2V_OK)
        model_free_extras(model);
    return status;
}

/* Restoring ----------------------------------------------------------------------------- */

static n2v_status fail_state(const char *what, n2v_error *error)
{
    return error_set(error, N2V_ERROR_FORMAT, "the checkpoint is corrupt: %s", what);
}

/* The struct at the beginning of an extra. What a later version has added to its end is not known here. */
static n2v_status take_head(const Model *checkpoint, ExtraKind kind, void *head, size_t bytes, size_t *all,
                            n2v_error *error)
{
    const Extra *extra = &checkpoint->extras[kind];
    uint64_t written;

    if (extra->damaged)
        return fail_state("the checksum of the training's state is wrong; its vectors can be read", error);
    if (!extra->bytes)
        return error_set(error, N2V_ERROR_FORMAT,
                         "the vectors are no checkpoint: they have no state of a training; a training with a "
                         "checkpoint writes one");
    if (extra->count < bytes)
        return fail_state("the training's state is too short", error);
    memcpy(&written, extra->bytes, sizeof written);
    if (written < bytes || written > extra->count)
        return fail_state("the training's state has a wrong length", error);
    memcpy(head, extra->bytes, bytes);
    *all = (size_t)written;
    return N2V_OK;
}

/* The state as a checkpoint has it. */
typedef struct restored {
    state_head head;
    text_head text;
    const char *sums; /* head.epochs of LossSum, at any address */
} restored;

static n2v_status take_state(const Model *checkpoint, restored *r, n2v_error *error)
{
    const Extra *extra = &checkpoint->extras[EXTRA_STATE];
    const state_head *head = &r->head;
    size_t bytes = 0, unused, rest;
    n2v_status status;

    if ((status = take_head(checkpoint, EXTRA_STATE, &r->head, sizeof r->head, &bytes, error)) != N2V_OK ||
        (status = take_head(checkpoint, EXTRA_TEXT, &r->text, sizeof r->text, &unused, error)) != N2V_OK)
        return status;
    r->sums = extra->bytes + bytes;
    rest = extra->count - bytes;
    if (!head->epochs || head->epochs > rest / sizeof(LossSum) || rest != head->epochs * sizeof(LossSum) ||
        head->measured > head->epochs || head->clipped > head->steps)
        return fail_state("the sums of its epochs are wrong", error);
    if (!isfinite(head->recent.loss) || !isfinite(head->heldout.loss) || !isfinite(head->seconds) || head->seconds < 0)
        return fail_state("a sum is not finite", error);
    return N2V_OK;
}

static LossSum sum_of_epoch(const restored *r, size_t epoch)
{
    LossSum sum;

    memcpy(&sum, r->sums + epoch * sizeof sum, sizeof sum);
    return sum;
}

n2v_status checkpoint_read(const Model *checkpoint, CheckpointState *state, n2v_error *error)
{
    restored r;
    const n2v_status status = take_state(checkpoint, &r, error);
    uint64_t words;

    if (status != N2V_OK)
        return status;
    words = r.text.trained.words;
    *state = (CheckpointState){.words = r.head.words,
                               .words_total = words * r.head.epochs,
                               .pairs = r.head.pairs,
                               .steps = r.head.steps,
                               .clipped = r.head.clipped,
                               .measured = (size_t)r.head.measured,
                               .begun = words ? (r.head.words + words - 1) / words : 0,
                               .epochs = (size_t)r.head.epochs,
                               .loss = (double)NAN,
                               .seconds = r.head.seconds};
    for (size_t i = 0; i < state->epochs; i++) {
        const LossSum sum = sum_of_epoch(&r, i);
        if (sum.pairs)
            state->loss = sum.loss / (double)sum.pairs;
    }
    return N2V_OK;
}

static n2v_status check_position(const Trainer *trainer, const state_head *head, n2v_error *error)
{
    const Blocks *text = trainer_text(trainer)->blocks;
    const uint64_t blocks = blocks_count(text), epochs = trainer_options(trainer)->epochs;

    if (trainer_text(trainer)->own_blocks) /* the blocks of ranks are others where there are more ranks, or fewer */
        return head->words <= trainer_words_total(trainer) ? N2V_OK
                                                           : fail_state("its position is not one of its text", error);
    if (head->blocks > head->epochs * blocks || head->blocks > epochs * blocks ||
        head->blocks < head->measured * blocks || head->blocks > (head->measured + 1) * blocks ||
        head->words != blocks_words(text) * (head->blocks / blocks) +
                           blocks_words_before(text, (size_t)(head->blocks % blocks)))
        return fail_state("its position is not one of its text", error);
    return N2V_OK;
}

#define REMEDY "; give the text that the training began with, or begin anew without the checkpoint"

static n2v_status compare_texts(const char *which, Fingerprint now, Fingerprint then, n2v_error *error)
{
    if (now.words != then.words || now.sentences != then.sentences)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         "the %s is not the one of the checkpoint: %" PRIu64 " words in %" PRIu64
                         " sentences, not %" PRIu64 " in %" PRIu64 REMEDY,
                         which, now.words, now.sentences, then.words, then.sentences);
    if (now.hash && then.hash && now.hash != then.hash)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         "the %s is not the one of the checkpoint: it has as many words, but others, or in another "
                         "order" REMEDY,
                         which);
    return N2V_OK;
}

static n2v_status check_text(Trainer *trainer, const text_head *then, n2v_error *error)
{
    text_head now;
    n2v_status status;

    if ((status = fingerprint_text(trainer, &now, error)) != N2V_OK ||
        (status = compare_texts("text", now.trained, then->trained, error)) != N2V_OK)
        return status;
    return compare_texts("held-out text", now.heldout, then->heldout, error);
}

/* Ids are the same only with the same words. */
static n2v_status check_words(const Vocabulary *now, const Vocabulary *then, n2v_error *error)
{
    if (vocabulary_size(now) != vocabulary_size(then))
        return error_set(error, N2V_ERROR_ARGUMENT,
                         "the text is not the one of the checkpoint: its vocabulary has %zu words, not %zu" REMEDY,
                         vocabulary_size(now), vocabulary_size(then));
    for (size_t id = 0; id < vocabulary_size(now); id++) {
        size_t bytes, others;
        const char *word = vocabulary_word(now, (Id)id, &bytes), *other = vocabulary_word(then, (Id)id, &others);
        if (bytes != others || memcmp(word, other, bytes) != 0 ||
            vocabulary_count(now, (Id)id) != vocabulary_count(then, (Id)id))
            return error_set(error, N2V_ERROR_ARGUMENT,
                             "the text is not the one of the checkpoint: word %zu is '%s', %" PRIu64
                             " times, and was '%s', %" PRIu64 " times" REMEDY,
                             id + 1, word, vocabulary_count(now, (Id)id), other, vocabulary_count(then, (Id)id));
    }
    return N2V_OK;
}

static n2v_status copy_parameters(Model *to, const Model *from, n2v_error *error)
{
    if (from->dim != to->dim || !from->output || (to->has_bias && !from->has_bias) ||
        from->input_rows != to->input_rows || from->output_rows != to->output_rows ||
        model_output_vectors(from) != model_output_vectors(to) || from->other_outputs != to->other_outputs)
        return fail_state("its vectors are not those of its record", error);
    for (size_t row = 0; row < model_rows(to); row++)
        for (size_t v = 0; v < model_row_floats(to, row) / to->stride; v++)
            memcpy(model_row(to, row) + v * to->stride, model_row(from, row) + v * from->stride,
                   (to->dim + to->has_bias) * sizeof(float));
    atomic_store(&to->shared_bias, atomic_load(&from->shared_bias));
    return N2V_OK;
}

static void set_state(TrainState *state, const restored *r, size_t epochs)
{
    const state_head *head = &r->head;

    state->blocks = head->blocks;
    state->words = head->words;
    state->pairs = head->pairs;
    state->steps = head->steps;
    state->clipped = head->clipped;
    state->measured = (size_t)head->measured;
    state->recent = head->recent;
    state->heldout = head->heldout;
    state->seconds = head->seconds;
    for (size_t i = 0; i < epochs && i < head->epochs; i++)
        state->epochs[i] = sum_of_epoch(r, i);
}

static n2v_status restore_rule(Trainer *trainer, const Extra *extra, n2v_error *error)
{
    size_t floats;
    float *memory = trainer_rule_memory(trainer, &floats);

    /* one process began it */
    if (!memory || (!extra->bytes && !extra->damaged && !trainer_options(trainer)->deterministic))
        return N2V_OK;
    if (!extra->bytes || extra->damaged || extra->count != floats * sizeof *memory)
        return fail_state("the memory of its rounds is missing or damaged", error);
    memcpy(memory, extra->bytes, extra->count);
    for (size_t i = 0; i < floats; i++)
        if (!isfinite(memory[i]))
            return fail_state("the memory of its rounds is not finite", error);
    return N2V_OK;
}

static n2v_status restore_accumulators(Model *model, const Extra *extra, n2v_error *error)
{
    const size_t count = model_accumulators(model);

    if (!count)
        return N2V_OK;
    if (!extra->bytes || extra->damaged || extra->count != count * sizeof(float))
        return fail_state("the numbers of its optimizer are missing or damaged", error);
    memcpy((void *)model->accumulators, extra->bytes, extra->count);
    for (size_t i = 0; i < count; i++) {
        const float sum = model_accumulator(model, i);
        if (!isfinite(sum) || sum < 0)
            return fail_state("a number of its optimizer is negative or not finite", error);
    }
    return N2V_OK;
}

static n2v_status restore_rates(Model *model, const Extra *extra, n2v_error *error)
{
    const size_t count = model_rows(model) + 1;
    n2v_status status;

    if (!extra->bytes && !extra->damaged)
        return N2V_OK;
    if (extra->damaged || extra->count != count * sizeof *model->rates)
        return fail_state("the learning rates of its rows are damaged", error);
    if ((status = rates_create(model, error)) != N2V_OK)
        return status;
    memcpy(model->rates, extra->bytes, extra->count);
    for (size_t i = 0; i < count; i++)
        if (!rate_is_valid(model->rates[i]))
            return fail_state("the learning rate of a row is negative or not finite", error);
    return N2V_OK;
}

n2v_status checkpoint_restore(Trainer *trainer, const Model *checkpoint, n2v_error *error)
{
    Model *model = trainer_model(trainer);
    TrainState *state;
    restored r;
    n2v_status status;

    if ((status = take_state(checkpoint, &r, error)) != N2V_OK ||
        (status = check_words(model->vocabulary, checkpoint->vocabulary, error)) != N2V_OK ||
        (status = check_text(trainer, &r.text, error)) != N2V_OK ||
        (status = check_position(trainer, &r.head, error)) != N2V_OK ||
        (status = copy_parameters(model, checkpoint, error)) != N2V_OK ||
        (status = restore_rule(trainer, &checkpoint->extras[EXTRA_RULE], error)) != N2V_OK ||
        (status = restore_accumulators(model, &checkpoint->extras[EXTRA_OPTIMIZER], error)) != N2V_OK ||
        (status = restore_rates(model, &checkpoint->extras[EXTRA_RATES], error)) != N2V_OK)
        return status;
    state = trainer_state_to_restore(trainer);
    set_state(state, &r, trainer_options(trainer)->epochs);
    if (trainer_text(trainer)->own_blocks) {
        state->restored = state->blocks;
        state->blocks = trainer_block_after(trainer, state->words);
    }
    return N2V_OK;
}
