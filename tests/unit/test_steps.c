/* Steps: ranks train one model together, and each part of their text once an epoch. */
#include <string.h>

#include "group_training.h"
#include "test.h"
#include "train/checkpoint.h"

/* Of BLOCKS, 3 ranks have one each in a round; of FEWER, a round has one. */
enum { BLOCKS = 26, FEWER = SANITIZED ? 5 : 13, WORDS = 40 };

/* ---- whole trainings ---- */

START_TEST(any_number_of_ranks)
{
    training_text *text = blocks_of_random_text(BLOCKS, WORDS);
    TrainOptions options = step_options(0);

    options.epochs = runs_all() ? options.epochs : 1;
    Trainer *one = trained(text, &options);

    for (size_t ranks = SANITIZED ? 3 : 1; ranks <= 3; ranks++)
        for (unsigned bits = SANITIZED ? 16 : 8; bits <= (SANITIZED ? 16 : 32); bits *= 2) {
            group_training t = new_training(text, ranks, &options);
            for (size_t r = 0; r < ranks; r++) {
                t.options[r].sync_bits = bits;
                t.options[r].threads = 1 + r % 2; /* they need not have the same */
            }
            run_all_ranks(&t);
            require_as_one(&t, one);
            ck_assert_uint_gt(ranks == 1 || t.group.ranks[0].sent, 0);
            free_training(&t);
        }
    trainer_destroy(one);
    free_text(text);
}
END_TEST

/* Outputs have a matrix for each position. */
START_TEST(structured)
{
    training_text *text = blocks_of_random_text(5, WORDS);
    TrainOptions options = step_options(0);
    Trainer *one;
    group_training t;

    options.model = MODEL_STRUCTURED_SKIPGRAM;
    one = trained(text, &options);
    t = new_training(text, 2, &options);
    run_all_ranks(&t);
    require_as_one(&t, one);
    ck_assert_uint_eq(trainer_model(one)->output_rows, 2 * options.window * WORDS);
    free_training(&t);
    trainer_destroy(one);
    free_text(text);
}
END_TEST

START_TEST(every_objective)
{
    training_text *text = blocks_of_random_text(5, WORDS);

    for (size_t i = FIRST_OBJECTIVE; registered_objective(i); i += OBJECTIVE_STEP) {
        TrainOptions options = step_options(i);
        options.sync_bits = i % 4 ? 32 : 16;
        options.epochs = runs_all() ? options.epochs : 1;
        Trainer *one = trained(text, &options);
        group_training t = new_training(text, 2, &options);
        run_all_ranks(&t);
        require_as_one(&t, one);
        free_training(&t);
        trainer_destroy(one);
    }
    free_text(text);
}
END_TEST

/* Deterministic, all ranks end with the bytes of one process. */
START_TEST(the_same_bytes)
{
    training_text *text = blocks_of_random_text(FEWER, WORDS);

    for (size_t i = SANITIZED ? 2 : 0; rule_at(i); i++) {
        TrainOptions options = step_options(i);
        options.deterministic = true;
        options.virtual_workers = 5;
        options.round_words = 8192;
        Trainer *one = trained(text, &options);
        for (size_t ranks = 2; ranks <= 3; ranks++) {
            group_training t = new_training(text, ranks, &options);
            t.options[1].threads = 2;
            run_all_ranks(&t);
            require_as_one(&t, one);
            require(same_parameters(trainer_model(t.trainers[0]), trainer_model(one)), "%s: other bytes by %zu ranks",
                    options.rule->name, ranks);
            free_training(&t);
        }
        trainer_destroy(one);
    }
    free_text(text);
}
END_TEST

/* The same for each objective, in rounds of four pieces of one block. */
START_TEST(the_same_bytes_of_every_objective)
{
    training_text *text = regular_text(60, 10, WORDS);

    for (size_t i = FIRST_OBJECTIVE; registered_objective(i); i += OBJECTIVE_STEP) {
        TrainOptions options = step_options(i);
        options.deterministic = true;
        options.virtual_workers = 4;
        options.dim = 8;
        options.noise = options.noise < 5 ? options.noise : 5;
        Trainer *one = trained(text, &options);
        group_training t = new_training(text, 2, &options);
        run_all_ranks(&t);
        require_success(&t);
        require_same(&t);
        require(same_parameters(trainer_model(t.trainers[0]), trainer_model(one)), "%s: other bytes by 2 ranks",
                options.objective->name);
        ck_assert_uint_eq(trainer_state(t.trainers[0])->pairs, trainer_state(one)->pairs);
        free_training(&t);
        trainer_destroy(one);
    }
    free_text(text);
}
END_TEST

/* Neither fewer blocks than ranks, nor than threads. */
START_TEST(few_blocks)
{
    for (size_t blocks = 1; blocks <= 4; blocks += SANITIZED ? 3 : 1)
        for (size_t i = 0; i < 2; i++) {
            training_text *text = blocks_of_random_text(blocks, WORDS);
            const TrainOptions options = step_options(i);
            Trainer *one = trained(text, &options);
            group_training t = new_training(text, 3, &options);
            t.options[1].threads = 3;
            run_all_ranks(&t);
            require_as_one(&t, one);
            free_training(&t);
            trainer_destroy(one);
            free_text(text);
        }
}
END_TEST

/* ---- texts of their own ---- */

/* What a checkpoint tells a text by is that of all ranks. */
static void require_texts(const group_training *t)
{
    for (size_t r = 0; r < t->group.count; r++) {
        Fingerprint trained, heldout;
        ck_assert_int_eq(trainer_fingerprints(t->trainers[r], &trained, &heldout, NULL), N2V_OK);
        ck_assert_uint_eq(trained.words, blocks_words(t->text->blocks));
        ck_assert_uint_eq(trained.sentences, blocks_sentences(t->text->blocks));
        ck_assert_uint_eq(heldout.words, blocks_words(t->text->heldout));
        ck_assert_uint_eq(heldout.sentences, blocks_sentences(t->text->heldout));
    }
}

START_TEST(own_texts)
{
    static const size_t shares[][3] = {{5, 5, 0}, {2, 7, 1}, {0, 10, 0}, {10, 0, 0}, {1, 0, 9}};
    training_text *text = blocks_of_random_text(FEWER, WORDS);

    for (size_t i = 0; i < sizeof shares / sizeof *shares; i += SANITIZED ? 2 : 1) {
        TrainOptions options = step_options(i % 2 ? 0 : 3);
        const size_t ranks = i ? 3 : 2;
        options.epochs = runs_all() ? options.epochs : 1;
        Trainer *one = trained(text, &options);
        for (int heldout = 0; heldout < 2; heldout++) { /* a file that all have, or a share of each text */
            group_training t = new_training(text, ranks, &options);
            split_blocks(text->blocks, t.own, ranks, shares[i]);
            if (heldout)
                split_blocks(text->heldout, t.own_heldout, ranks, shares[i]);
            run_all_ranks(&t);
            require_as_one(&t, one);
            require_texts(&t);
            free_training(&t);
        }
        trainer_destroy(one);
    }
    free_text(text);
}
END_TEST

/* Saved in the middle of an epoch, by the same ranks each block is trained on once; the shares end with unlike
 * blocks. */
START_TEST(own_texts_resumed)
{
    static const size_t shares[] = {3, 3, 4};
    training_text *text = blocks_of_random_text(FEWER, WORDS);
    const TrainOptions options = step_options(0);
    Trainer *one = trained(text, &options);

    for (size_t quarter = 1; quarter < 8; quarter += SANITIZED ? 3 : runs_all() ? 1 : 2)
        for (size_t ranks = SANITIZED ? 3 : 2; ranks <= 3; ranks++) {
            group_training a = new_training(text, 3, &options), b = new_training(text, ranks, &options);
            split_blocks(text->blocks, a.own, 3, shares);
            split_blocks(text->blocks, b.own, ranks, shares);
            a.until = N2V_TO_WORDS;
            a.words = quarter * blocks_words(text->blocks) / 4;
            run_all_ranks(&a);
            require_success(&a);
            ck_assert_int_eq(checkpoint_put(a.trainers[0], NULL), N2V_OK);
            b.checkpoint = trainer_model(a.trainers[0]);
            run_all_ranks(&b);
            require_success(&b);
            ck_assert(trainer_finished(b.trainers[0]));
            ck_assert_uint_eq(trainer_state(b.trainers[0])->words, trainer_words_total(b.trainers[0]));
            if (ranks == 3)
                ck_assert_uint_eq(trainer_state(b.trainers[0])->pairs, trainer_state(one)->pairs);
            free_training(&a);
            free_training(&b);
        }
    trainer_destroy(one);
    free_text(text);
}
END_TEST

/* With shares that are the same text, and pieces that are the same sentences, each draws windows of its own. */
START_TEST(draws_of_their_own)
{
    training_text *text = regular_text(BLOCK_IDS / 16, 16, 16); /* a block */
    TrainOptions options = step_options(1);
    uint64_t pairs[2];

    ck_assert_uint_eq(blocks_count(text->blocks), 1);
    options.window = 5;
    options.epochs = 1;
    for (size_t copies = 1; copies <= 2; copies++) {
        group_training t = new_training(text, 2, &options);
        size_t shares[2] = {10, copies == 2 ? 10 : 0};
        split_blocks(text->blocks, t.own, 2, shares);
        if (copies == 2) {
            blocks_destroy(t.own[1]);
            split_blocks(text->blocks, &t.own[1], 1, shares);
        }
        run_all_ranks(&t);
        require_success(&t);
        pairs[copies - 1] = trainer_state(t.trainers[0])->pairs;
        free_training(&t);
    }
    require(pairs[1] != 2 * pairs[0], "two ranks draw the same: %llu pairs", (unsigned long long)pairs[1]);
    require(pairs[0] % (BLOCK_IDS / options.round_words), "pieces draw the same: %llu pairs",
            (unsigned long long)pairs[0]);
    free_text(text);
}
END_TEST

START_TEST(all_texts_are_empty)
{
    training_text *text = blocks_of_random_text(2, WORDS);
    const TrainOptions options = step_options(0);
    group_training t = new_training(text, 2, &options);

    for (size_t r = 0; r < 2; r++)
        finish_blocks(t.own[r] = new_blocks());
    run_all_ranks(&t);
    for (size_t r = 0; r < 2; r++) {
        ck_assert_int_eq(t.statuses[r], N2V_ERROR_DATA);
        require(strstr(t.errors[r].text, "nothing to learn"), "%s", t.errors[r].text);
    }
    free_training(&t);
    free_text(text);
}
END_TEST

/* ---- pauses and failures ---- */

static int always(void *context)
{
    (void)context;
    return 1;
}

/* Whoever asks for it, all ranks pause at the same block, and go on. */
START_TEST(a_stop_request)
{
    training_text *text = blocks_of_random_text(FEWER, WORDS);
    const n2v_observer stop = {.size = sizeof stop, .stop = always};

    for (size_t i = 0; i < 2; i++)
        for (size_t stopper = i; stopper < 3; stopper += SANITIZED ? 3 : runs_all() ? 1 : 2 - i) {
            const TrainOptions options = step_options(i);
            Trainer *one = trained(text, &options);
            group_training t = new_training(text, 3, &options);
            uint64_t last = 0;
            for (size_t pauses = 0; pauses < 3; pauses++) {
                t.observers[stopper] = &stop;
                run_all_ranks(&t);
                for (size_t r = 0; r < 3; r++)
                    require(t.statuses[r] == N2V_ERROR_INTERRUPTED, "rank %zu: %d: %s", r, t.statuses[r],
                            t.errors[r].text);
                require_same(&t);
                require(trainer_state(t.trainers[0])->blocks > last, "nothing was trained");
                last = trainer_state(t.trainers[0])->blocks;
            }
            t.observers[stopper] = NULL;
            run_all_ranks(&t);
            require_as_one(&t, one);
            free_training(&t);
            trainer_destroy(one);
        }
    free_text(text);
}
END_TEST

/* Threads may train on the step after the one with which a stop is agreed: it belongs to the run. */
START_TEST(where_a_stop_ends)
{
    training_text *text = blocks_of_random_text(5, WORDS);
    const TrainOptions options = step_options(0);
    group_training t = new_training(text, 2, &options);

    t.until = N2V_TO_WORDS;
    t.words = 1;
    run_all_ranks(&t);
    require_success(&t);
    ck_assert_uint_eq(trainer_state(t.trainers[0])->blocks, 1);
    t.until = N2V_TO_END;
    trainer_stop(t.trainers[1]);
    run_all_ranks(&t);
    for (size_t r = 0; r < 2; r++) {
        ck_assert_int_eq(t.statuses[r], N2V_ERROR_INTERRUPTED);
        ck_assert_uint_eq(trainer_state(t.trainers[r])->blocks, 1 + 2);
    }
    free_training(&t);
    free_text(text);
}
END_TEST

START_TEST(goals)
{
    training_text *text = blocks_of_random_text(FEWER, WORDS);
    const TrainOptions options = step_options(0);
    Trainer *one = trained(text, &options);
    group_training t = new_training(text, 2, &options);

    for (t.until = N2V_TO_WORDS; !t.trainers[0] || !trainer_finished(t.trainers[0]);
         t.words += trainer_words_total(one) / 7) {
        if (t.words > trainer_words_total(one))
            t.words = trainer_words_total(one);
        run_all_ranks(&t);
        require_success(&t);
        require_same(&t);
        ck_assert_uint_ge(trainer_state(t.trainers[0])->words, t.words);
    }
    require_as_one(&t, one);
    free_training(&t);
    trainer_destroy(one);
    free_text(text);
}
END_TEST

/* A rank that fails ends all of them, with its message. */
START_TEST(one_diverges)
{
    training_text *text = blocks_of_random_text(BLOCKS, WORDS);

    for (size_t failing = 0; failing < 3; failing++)
        for (unsigned bits = 4; bits <= 32; bits *= SANITIZED ? 4 : 2) {
            TrainOptions options = step_options(0);
            options.rule = rule_at(failing);
            options.deterministic = bits == 4; /* whose ranks send 32 bits */
            options.virtual_workers = 5;
            group_training t = new_training(text, 3, &options);
            for (size_t r = 0; r < 3; r++)
                t.options[r].sync_bits = bits;
            t.options[failing].learning_rate = 1e30;
            run_all_ranks(&t);
            for (size_t r = 0; r < 3; r++) {
                require(t.statuses[r] == N2V_ERROR_NUMERIC, "%u bits: rank %zu: %d: %s", bits, r, t.statuses[r],
                        t.errors[r].text);
                require(strstr(t.errors[r].text, "no longer finite"), "%s", t.errors[r].text);
                ck_assert_str_eq(t.errors[r].text, t.errors[0].text);
            }
            run_all_ranks(&t); /* it cannot go on */
            for (size_t r = 0; r < 3; r++)
                ck_assert_int_eq(t.statuses[r], N2V_ERROR_NUMERIC);
            free_training(&t);
        }
    free_text(text);
}
END_TEST

static void count_epoch(void *context, const n2v_epoch *epoch)
{
    size_t *count = context;

    *count += epoch->loss > 0;
}

/* With a rate of 0 a resumed training changes nothing: all ranks begin with the checkpoint's vectors. */
START_TEST(resumed_as_it_was)
{
    training_text *text = blocks_of_random_text(5, WORDS);
    TrainOptions options = step_options(0);
    group_training before = new_training(text, 1, &options);

    before.until = N2V_TO_EPOCH_END;
    run_all_ranks(&before);
    require_success(&before);
    ck_assert_int_eq(checkpoint_put(before.trainers[0], NULL), N2V_OK);
    options.learning_rate = options.end_rate = 0;
    for (unsigned bits = 8; bits <= 32; bits *= 2) {
        options.sync_bits = bits;
        group_training t = new_training(text, 3, &options);
        t.checkpoint = trainer_model(before.trainers[0]);
        run_all_ranks(&t);
        require_success(&t);
        require_same(&t);
        require(same_parameters(trainer_model(t.trainers[0]), trainer_model(before.trainers[0])),
                "%u bits: other vectors", bits);
        free_training(&t);
    }
    free_training(&before);
    free_text(text);
}
END_TEST

/* After an exchange has failed, there is no other: ranks would read one message as another. */
START_TEST(a_lost_exchange)
{
    training_text *text = blocks_of_random_text(2, WORDS);

    for (int deterministic = 0; deterministic < 2; deterministic++) {
        TrainOptions options = step_options(0);
        bool lost = true;
        options.epochs = 1;
        options.rule = rule_at(2); /* it has memory */
        options.deterministic = deterministic;
        options.virtual_workers = 5;
        for (size_t number = 1; lost; number += SANITIZED ? 2 : 1) {
            group_training t = new_training(text, 2, &options);
            fail_exchange(&t.group, number);
            run_all_ranks(&t);
            lost = t.statuses[0] != N2V_OK;
            for (size_t r = 0; r < 2 && lost; r++)
                require(t.statuses[r] == N2V_ERROR_IO, "exchange %zu: rank %zu: %d: %s", number, r, t.statuses[r],
                        t.errors[r].text);
            ck_assert(lost || number > 10);
            free_training(&t);
        }
    }
    free_text(text);
}
END_TEST

/* An observer of one rank alone: all of them pause for it. */
START_TEST(one_observes)
{
    training_text *text = blocks_of_random_text(FEWER, WORDS);

    blocks_destroy(text->heldout);
    text->heldout = NULL;
    for (int deterministic = 0; deterministic < 2; deterministic++) {
        TrainOptions options = step_options(0);
        size_t ends = 0;
        const n2v_observer observer = {.size = sizeof observer, .context = &ends, .epoch = count_epoch};
        options.deterministic = deterministic;
        options.virtual_workers = 5;
        group_training t = new_training(text, 3, &options);
        t.observers[1] = &observer;
        run_all_ranks(&t);
        require_success(&t);
        require_same(&t);
        ck_assert_uint_eq(ends, options.epochs);
        free_training(&t);
    }
    free_text(text);
}
END_TEST

/* Ranks that would not meet are refused, and can go on to one point. */
START_TEST(other_goals)
{
    training_text *text = blocks_of_random_text(FEWER, WORDS);
    const TrainOptions options = step_options(0);
    group_training t = new_training(text, 3, &options);

    t.other_words = 9000; /* of rank 2 */
    t.until = N2V_TO_WORDS;
    t.words = 30000;
    run_all_ranks(&t);
    for (size_t r = 0; r < 3; r++) {
        ck_assert_int_eq(t.statuses[r], N2V_ERROR_ARGUMENT);
        require(strstr(t.errors[r].text, "rank 2 is to train to another point"), "%s", t.errors[r].text);
    }
    t.other_words = 0;
    run_all_ranks(&t);
    require_success(&t);
    free_training(&t);
    free_text(text);
}
END_TEST

/* A checkpoint of some ranks is gone on with by others, or by one process. */
START_TEST(resumed_by_other_ranks)
{
    static const size_t ranks[] = {2, 3, 1, 2};
    training_text *text = blocks_of_random_text(FEWER, WORDS);

    for (size_t i = SANITIZED ? 2 : 0; i < 3; i++) { /* a rule each */
        const TrainOptions options = step_options(i);
        Trainer *one = trained(text, &options);
        group_training before = new_training(text, 1, &options);
        for (size_t part = 0; part < 4; part++) {
            group_training t = new_training(text, ranks[part], &options);
            t.checkpoint = part ? trainer_model(before.trainers[0]) : NULL;
            t.until = part < 3 ? N2V_TO_WORDS : N2V_TO_END;
            t.words = trainer_words_total(one) * (part + 1) / 4 - 5000;
            run_all_ranks(&t);
            require_success(&t);
            require_same(&t);
            if (part < 3)
                ck_assert_int_eq(checkpoint_put(t.trainers[0], NULL), N2V_OK);
            free_training(&before);
            before = t;
        }
        require_as_one(&before, one);
        free_training(&before);
        trainer_destroy(one);
    }
    free_text(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("steps");

    add_test(suite, "any number of ranks", any_number_of_ranks);
    add_test(suite, "every objective", every_objective);
    add_test(suite, "structured", structured);
    add_test(suite, "the same bytes", the_same_bytes);
    add_test(suite, "the same bytes of every objective", the_same_bytes_of_every_objective);
    add_test(suite, "few blocks", few_blocks);
    add_test(suite, "own texts", own_texts);
    add_test(suite, "own texts resumed", own_texts_resumed);
    add_test(suite, "draws of their own", draws_of_their_own);
    add_test(suite, "all texts are empty", all_texts_are_empty);
    add_test(suite, "a stop request", a_stop_request);
    add_test(suite, "where a stop ends", where_a_stop_ends);
    add_test(suite, "goals", goals);
    add_test(suite, "one diverges", one_diverges);
    add_test(suite, "resumed as it was", resumed_as_it_was);
    add_test(suite, "a lost exchange", a_lost_exchange);
    add_test(suite, "one observes", one_observes);
    add_test(suite, "other goals", other_goals);
    add_test(suite, "resumed by other ranks", resumed_by_other_ranks);
    return run_suite(suite);
}
