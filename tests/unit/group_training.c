#include "group_training.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"
#include "train/checkpoint.h"

TrainOptions step_options(size_t index)
{
    TrainOptions options = default_options(index, 1);

    options.dim = 13;
    options.window = 1; /* no chance in the number of pairs */
    options.noise = options.noise < 20 ? options.noise : 20;
    options.noise_sharing = index % 3 == 1 ? 3 : index % 3 ? 20 : 1;
    options.round_words = index % 2 ? 2048 : 16384; /* a part of a block, two blocks */
    options.rule = rule_at(index % 3);
    options.sync_bits = 32;
    options.staleness = 8;
    return options;
}

group_training new_training(training_text *text, size_t ranks, const TrainOptions *options)
{
    group_training t = {.group = new_ranks(ranks), .text = text, .until = N2V_TO_END};

    for (size_t r = 0; r < ranks; r++)
        t.options[r] = *options;
    return t;
}

void free_training(group_training *t)
{
    for (size_t r = 0; r < t->group.count; r++) {
        trainer_destroy(t->trainers[r]);
        blocks_destroy(t->own[r]);
        blocks_destroy(t->own_heldout[r]);
    }
    free_ranks(&t->group);
}

static void train_rank(Ranks *ranks, void *context)
{
    group_training *t = context;
    const size_t r = ranks->number;
    const TrainText text = {.blocks = t->own[r] ? t->own[r] : t->text->blocks,
                            .heldout = t->own_heldout[r] ? t->own_heldout[r] : t->text->heldout,
                            .ranks = ranks,
                            .own_blocks = t->own[r],
                            .own_heldout = t->own_heldout[r]};

    t->statuses[r] = N2V_OK;
    if (!t->trainers[r])
        t->statuses[r] = trainer_create(&t->trainers[r], t->text->vocabulary, &text, &t->options[r], &t->errors[r]);
    if (t->statuses[r] == N2V_OK && t->checkpoint)
        t->statuses[r] = checkpoint_restore(t->trainers[r], t->checkpoint, &t->errors[r]);
    if (t->statuses[r] == N2V_OK)
        t->statuses[r] =
            trainer_run(t->trainers[r], t->until, t->words + (r + 1 == t->group.count ? t->other_words : 0),
                        t->observers[r], &t->errors[r]);
}

void run_all_ranks(group_training *t)
{
    in_ranks(&t->group, train_rank, t);
    t->checkpoint = NULL;
}

void require_success(const group_training *t)
{
    for (size_t r = 0; r < t->group.count; r++)
        require(t->statuses[r] == N2V_OK, "rank %zu: %d: %s", r, t->statuses[r], t->errors[r].text);
}

void require_same(const group_training *t)
{
    const char *name = t->options[0].objective->name;
    const TrainState *a = trainer_state(t->trainers[0]);

    for (size_t r = 0; r < t->group.count; r++) {
        const TrainState *b = trainer_state(t->trainers[r]);
        require(same_parameters(trainer_model(t->trainers[r]), trainer_model(t->trainers[0])),
                "%s: rank %zu: other bytes", name, r);
        require(a->blocks == b->blocks && a->words == b->words && a->pairs == b->pairs && a->steps == b->steps &&
                    a->clipped == b->clipped && a->measured == b->measured &&
                    memcmp(&a->heldout, &b->heldout, sizeof a->heldout) == 0 &&
                    memcmp(a->epochs, b->epochs, t->options[0].epochs * sizeof *a->epochs) == 0,
                "%s: rank %zu: other sums", name, r);
    }
    check_parameters(trainer_model(t->trainers[0]), name);
}

static void require_unit_rows(const Model *model, const char *name)
{
    for (size_t row = 0; row < 2 * model->words; row++) {
        const float *floats = row < model->words ? model->input + row * model->stride
                                                 : model->output + (row - model->words) * model->stride;
        double squares = 0;
        for (size_t i = 0; i < model->dim; i++)
            squares += (double)floats[i] * (double)floats[i];
        require(fabs(squares - 1) < 1e-4, "%s: row %zu has length %g", name, row, sqrt(squares));
    }
}

void require_as_one(const group_training *t, const Trainer *one)
{
    const TrainState *a = trainer_state(t->trainers[0]), *b = trainer_state(one);
    const char *name = t->options[0].objective->name;
    const uint32_t needs = objective_needs(t->options[0].objective, t->options[0].parameters);
    const bool in_batch = needs & N2V_NEEDS_IN_BATCH; /* the last pair of a piece may have none beside it */

    require_success(t);
    require_same(t);
    require(trainer_finished(t->trainers[0]), "%s: not finished", name);
    require(a->words == b->words, "%s: words", name);
    if (needs & N2V_NEEDS_UNIT_ROWS)
        require_unit_rows(trainer_model(t->trainers[0]), name);
    require(llabs((long long)(a->pairs - b->pairs)) <= (long long)(in_batch ? b->pairs / 50 : 0),
            "%s: %llu words, %llu pairs, not %llu, %llu", name, (unsigned long long)a->words,
            (unsigned long long)a->pairs, (unsigned long long)b->words, (unsigned long long)b->pairs);
    require(a->heldout.pairs == b->heldout.pairs && b->heldout.pairs, "%s: held-out pairs", name);
    if (has_free_products(&t->options[0]) && t->options[0].rule == rule_at(0) &&
        !(needs & N2V_NEEDS_SLOPE_CLIPPING)) /* whose losses have no bound on so small a text */
        require(fabs(a->heldout.loss / b->heldout.loss - 1) < 0.2, "%s: held-out loss %g, of one process %g", name,
                a->heldout.loss / (double)a->heldout.pairs, b->heldout.loss / (double)b->heldout.pairs);
}

void split_blocks(const Blocks *all, Blocks **own, size_t ranks, const size_t *tenths)
{
    Id *buffer = calloc(BLOCK_IDS, sizeof *buffer);
    size_t next = 0;

    ck_assert_ptr_nonnull(buffer);
    for (size_t r = 0; r < ranks; r++) {
        const size_t end = r + 1 == ranks ? blocks_count(all) : next + blocks_count(all) * tenths[r] / 10;
        own[r] = new_blocks();
        for (; next < end && (r + 1 < ranks || tenths[r]); next++) {
            Block block;
            ck_assert_int_eq(blocks_read(all, next, buffer, &block, NULL), N2V_OK);
            append_ids(own[r], block.ids, block.count);
        }
        finish_blocks(own[r]);
    }
    free(buffer);
}
