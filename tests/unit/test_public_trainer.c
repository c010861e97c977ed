/* Trainers through the public header: from sentences to vectors, in parts, and what is refused. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "api/trainer_handle.h"
#include "comma_locale.h"
#include "nce2vec.h"
#include "scratch.h"
#include "sentences_made.h"
#include "settings_made.h"
#include "test.h"

enum { WORDS = 60 };

/* ---- from sentences to a trainer ---- */

static n2v_settings *new_settings(const char *objective, const n2v_objectives *objectives)
{
    static const char *const values[][2] = {{"dim", "20"},    {"epochs", "3"}, {"min-count", "1"}, {"threads", "1"},
                                            {"subsample", "0.1"}, {"seed", "7"},   {"heldout", "0.1"}, {"window", "3"}};
    n2v_settings *settings;

    ck_assert_int_eq(n2v_settings_create(&settings, N2V_FOR_TRAINING, objectives, NULL), N2V_OK);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        set(settings, values[i][0], values[i][1]);
    set(settings, "objective", objective);
    return settings;
}

static n2v_corpus *new_corpus(const n2v_settings *settings, size_t sentences)
{
    return make_corpus(settings, 5, sentences, WORDS);
}

static n2v_trainer *new_trainer(const n2v_settings *settings, const n2v_corpus *corpus)
{
    n2v_trainer *trainer;
    n2v_error error = {.text = ""};

    require(n2v_trainer_create(&trainer, settings, corpus, &error) == N2V_OK, "%s", error.text);
    return trainer;
}

static n2v_trainer_info describe(const n2v_trainer *trainer)
{
    n2v_trainer_info info = {.size = sizeof info};

    ck_assert_int_eq(n2v_trainer_describe(trainer, &info, NULL), N2V_OK);
    return info;
}

/* Whether the words, vectors and biases of two trainers are the same. */
static bool same_vectors(const n2v_trainer *a, const n2v_trainer *b)
{
    const n2v_vectors *left = n2v_trainer_vectors(a), *right = n2v_trainer_vectors(b);
    n2v_vectors_info info = {.size = sizeof info};

    ck_assert_int_eq(n2v_vectors_describe(left, &info, NULL), N2V_OK);
    for (n2v_matrix matrix = N2V_INPUT; matrix <= N2V_OUTPUT; matrix++) {
        size_t stride, other;
        const float *x = n2v_vectors_view(left, matrix, &stride), *y = n2v_vectors_view(right, matrix, &other);
        ck_assert(!x == !y && (x || matrix == N2V_OUTPUT) && stride == other);
        for (size_t w = 0; x && w < info.words; w++)
            if (memcmp(x + w * stride, y + w * stride, info.dim * sizeof *x) != 0)
                return false;
    }
    for (uint32_t w = 0; w < info.words; w++)
        if (n2v_vectors_bias(left, w) != n2v_vectors_bias(right, w))
            return false;
    return true;
}

/* ---- the tests ---- */

START_TEST(from_sentences_to_vectors)
{
    n2v_settings *settings = new_settings("nce", NULL);
    n2v_corpus *corpus = new_corpus(settings, 3000);
    n2v_trainer *trainer = new_trainer(settings, corpus);
    n2v_corpus_info text = {.size = sizeof text};
    n2v_vectors_info vectors = {.size = sizeof vectors};
    n2v_trainer_info before = describe(trainer), after;
    size_t bytes;

    ck_assert_int_eq(n2v_corpus_describe(corpus, &text, NULL), N2V_OK);
    ck_assert(before.words == 0 && before.pairs == 0 && before.epoch == 1 && before.epochs == 3 && !before.finished);
    ck_assert(isnan(before.loss) && before.clipped == 0 && before.seconds == 0);
    ck_assert_uint_eq(before.words_total, 3 * text.words);
    ck_assert_int_eq(n2v_trainer_run(trainer, N2V_TO_END, 0, NULL, NULL), N2V_OK);
    after = describe(trainer);
    ck_assert(after.words == after.words_total && after.pairs > after.words / 2 && after.epoch == 3 && after.finished);
    ck_assert(after.loss > 0 && after.loss < 10 && after.clipped == 0 && after.seconds > 0);
    ck_assert_str_eq(after.layout, "windows");
    ck_assert(strlen(after.kernels) > 0);
    ck_assert_int_eq(n2v_vectors_describe(n2v_trainer_vectors(trainer), &vectors, NULL), N2V_OK);
    ck_assert(vectors.words == text.vocabulary && vectors.dim == 20 && vectors.has_output && vectors.has_output_bias);
    ck_assert_ptr_null(vectors.format);
    for (uint32_t w = 0; w < vectors.words; w++) {
        ck_assert_str_eq(n2v_vectors_word(n2v_trainer_vectors(trainer), w, &bytes), n2v_corpus_word(corpus, w, NULL));
        ck_assert_uint_eq(n2v_vectors_count(n2v_trainer_vectors(trainer), w), n2v_corpus_word_count(corpus, w));
    }
    n2v_trainer_destroy(trainer);
    n2v_corpus_destroy(corpus);
    n2v_settings_destroy(settings);
}
END_TEST

static void count_epoch(void *context, const n2v_epoch *epoch)
{
    size_t *epochs = context;

    ck_assert_uint_eq(epoch->epoch, ++*epochs);
    ck_assert(epoch->heldout_pairs > 0 && epoch->heldout_loss > 0);
}

/* Settings and the trainer's vectors stay; pauses change nothing. */
START_TEST(in_parts)
{
    n2v_settings *settings = new_settings("infonce:temperature=0.5", NULL), *copy;
    n2v_corpus *corpus = new_corpus(settings, 5000);
    n2v_trainer *whole = new_trainer(settings, corpus), *parts;
    const n2v_vectors *view;
    size_t epochs = 0;
    const n2v_observer observer = {.size = sizeof observer, .context = &epochs, .epoch = count_epoch};
    n2v_error error = {.text = ""};

    ck_assert_int_eq(n2v_settings_copy(&copy, settings, NULL), N2V_OK);
    parts = new_trainer(copy, corpus);
    n2v_settings_destroy(copy); /* they were copied */
    view = n2v_trainer_vectors(parts);
    ck_assert_int_eq(n2v_trainer_run(whole, N2V_TO_END, 0, NULL, NULL), N2V_OK);
    ck_assert_int_eq(n2v_trainer_run(parts, N2V_TO_WORDS, 1, &observer, NULL), N2V_OK);
    ck_assert_uint_gt(describe(parts).words, 1000); /* a block */
    n2v_trainer_stop(parts);
    ck_assert_int_eq(n2v_trainer_run(parts, N2V_TO_END, 0, &observer, &error), N2V_ERROR_INTERRUPTED);
    ck_assert_int_eq(error.status, N2V_ERROR_INTERRUPTED);
    ck_assert_int_eq(n2v_trainer_run(parts, N2V_TO_EPOCH_END, 0, &observer, NULL), N2V_OK);
    ck_assert_uint_eq(epochs, 1);
    ck_assert_uint_eq(3 * describe(parts).words, describe(parts).words_total);
    ck_assert_uint_eq(describe(parts).epoch, 2);
    ck_assert(!same_vectors(whole, parts));
    ck_assert_int_eq(n2v_trainer_run(parts, N2V_TO_END, 0, &observer, NULL), N2V_OK);
    ck_assert_uint_eq(epochs, 3);
    ck_assert(same_vectors(whole, parts));
    ck_assert_ptr_eq(n2v_trainer_vectors(parts), view);
    for (n2v_until until = N2V_TO_END; until <= N2V_TO_WORDS; until++)
        ck_assert_int_eq(n2v_trainer_run(parts, until, 1, NULL, NULL), N2V_ERROR_ARGUMENT);
    n2v_trainer_destroy(whole);
    n2v_trainer_destroy(parts);
    n2v_corpus_destroy(corpus);
    n2v_settings_destroy(settings);
}
END_TEST

/* The record has what a training of the same bytes needs, also where defaults depend on the objective. */
START_TEST(the_record_trains_the_same)
{
    for (size_t i = 0; i < n2v_objective_count(NULL); i++) {
        n2v_settings *settings = new_settings(n2v_objective_name(NULL, i), NULL), *again;
        n2v_corpus *corpus = new_corpus(settings, 300);
        n2v_trainer *first = new_trainer(settings, corpus), *second;
        n2v_error error = {.text = ""};

        require(n2v_vectors_settings(n2v_trainer_vectors(first), NULL, &again, &error) == N2V_OK, "%s", error.text);
        second = new_trainer(again, corpus);
        ck_assert_int_eq(n2v_trainer_run(first, N2V_TO_END, 0, NULL, NULL), N2V_OK);
        ck_assert_int_eq(n2v_trainer_run(second, N2V_TO_END, 0, NULL, NULL), N2V_OK);
        require(same_vectors(first, second), "%s: the record trains other bytes", n2v_objective_name(NULL, i));
        n2v_trainer_destroy(first);
        n2v_trainer_destroy(second);
        n2v_corpus_destroy(corpus);
        n2v_settings_destroy(settings);
        n2v_settings_destroy(again);
    }
}
END_TEST

/* What an observer that runs its own trainer gets. */
typedef struct intruder {
    n2v_trainer *trainer;
    size_t calls;
} intruder;

static void intrude(intruder *i)
{
    n2v_error error = {.text = ""};

    i->calls++;
    ck_assert_int_eq(n2v_trainer_run(i->trainer, N2V_TO_END, 0, NULL, &error), N2V_ERROR_ARGUMENT);
    require(strstr(error.text, "runs already"), "%s", error.text);
}

static void intrude_in_progress(void *context, const n2v_progress *progress)
{
    (void)progress;
    intrude(context);
}

static void intrude_in_epoch(void *context, const n2v_epoch *epoch)
{
    (void)epoch;
    intrude(context);
}

/* The workers of a second run would take the place of those of the first. */
START_TEST(one_run_at_a_time)
{
    n2v_settings *settings = new_settings("nce", NULL);
    n2v_corpus *corpus = new_corpus(settings, 3000);
    n2v_trainer *whole = new_trainer(settings, corpus), *intruded = new_trainer(settings, corpus);
    intruder i = {.trainer = intruded};
    const n2v_observer observer = {
        .size = sizeof observer, .context = &i, .progress = intrude_in_progress, .epoch = intrude_in_epoch};

    ck_assert_int_eq(n2v_trainer_run(whole, N2V_TO_END, 0, NULL, NULL), N2V_OK);
    ck_assert_int_eq(n2v_trainer_run(intruded, N2V_TO_EPOCH_END, 0, &observer, NULL), N2V_OK);
    ck_assert_int_eq(n2v_trainer_run(intruded, N2V_TO_END, 0, &observer, NULL), N2V_OK);
    ck_assert_uint_ge(i.calls, 6); /* three epochs: progress and end */
    ck_assert(same_vectors(whole, intruded));
    n2v_trainer_destroy(whole);
    n2v_trainer_destroy(intruded);
    n2v_corpus_destroy(corpus);
    n2v_settings_destroy(settings);
}
END_TEST

static int stop_at_once(void *context)
{
    (void)context;
    return 1;
}

/* An observer is asked before any work, however short the training is. */
START_TEST(stopped_before_it_begins)
{
    n2v_settings *settings = new_settings("nce", NULL);
    n2v_corpus *corpus = new_corpus(settings, 100);
    n2v_trainer *trainer = new_trainer(settings, corpus);
    const n2v_observer observer = {.size = sizeof observer, .stop = stop_at_once};

    ck_assert_int_eq(n2v_trainer_run(trainer, N2V_TO_END, 0, &observer, NULL), N2V_ERROR_INTERRUPTED);
    ck_assert_uint_eq(describe(trainer).words, 0);
    ck_assert_int_eq(n2v_trainer_run(trainer, N2V_TO_END, 0, NULL, NULL), N2V_OK);
    n2v_trainer_destroy(trainer);
    n2v_corpus_destroy(corpus);
    n2v_settings_destroy(settings);
}
END_TEST

static void stop_in_epoch(void *context, const n2v_epoch *epoch)
{
    (void)epoch;
    n2v_trainer_stop(context);
}

/* A stop at the end of an epoch ends the next run before its first block, in the next epoch. */
START_TEST(an_interrupt_names_its_epoch)
{
    n2v_settings *settings = new_settings("nce", NULL);
    n2v_corpus *corpus = new_corpus(settings, 3000);
    n2v_trainer *trainer = new_trainer(settings, corpus);
    const n2v_observer observer = {.size = sizeof observer, .context = trainer, .epoch = stop_in_epoch};
    n2v_error error = {.text = ""};

    ck_assert_int_eq(n2v_trainer_run(trainer, N2V_TO_EPOCH_END, 0, &observer, NULL), N2V_OK);
    ck_assert_int_eq(n2v_trainer_run(trainer, N2V_TO_END, 0, NULL, &error), N2V_ERROR_INTERRUPTED);
    ck_assert_uint_eq(describe(trainer).epoch, 2);
    ck_assert_str_eq(error.text, "interrupted in epoch 2 of 3");
    n2v_trainer_destroy(trainer);
    n2v_corpus_destroy(corpus);
    n2v_settings_destroy(settings);
}
END_TEST

/* Parameters are recorded with a decimal point, so that a model of one locale can be read in all. */
START_TEST(a_record_has_no_locale)
{
    n2v_settings *settings, *again;
    n2v_corpus *corpus;
    n2v_trainer *trainer;
    n2v_error error = {.text = ""};

    if (!comma_locale_set("test_public_trainer: a record has no locale"))
        return;
    settings = new_settings("infonce:temperature=0.25", NULL);
    corpus = new_corpus(settings, 300);
    trainer = new_trainer(settings, corpus);
    require(n2v_vectors_settings(n2v_trainer_vectors(trainer), NULL, &again, &error) == N2V_OK, "%s", error.text);
    ck_assert_ptr_nonnull(strstr(n2v_settings_get(again, "objective"), "temperature=0.25"));
    n2v_settings_destroy(again);
    n2v_trainer_destroy(trainer);
    n2v_corpus_destroy(corpus);
    n2v_settings_destroy(settings);
}
END_TEST

/* A margin of 1 between the positive and each negative; counts its calls. */
static void hinge(const n2v_tile *tile, const float *parameters, const n2v_tile_gradient *gradient, float *room,
                  double *loss, void *user)
{
    (void)room;
    ++*(size_t *)user;
    memset(gradient->scores, 0, tile->m * tile->n * sizeof(float));
    for (size_t i = 0; i < tile->m; i++)
        for (uint32_t p = tile->first[i]; p < tile->first[i + 1]; p++) {
            gradient->positives[p] = 0;
            for (size_t j = 0; j < tile->n; j++) {
                const float short_of = parameters[0] + tile->scores[i * tile->n + j] - tile->positive_scores[p];
                if (short_of <= 0)
                    continue;
                gradient->scores[i * tile->n + j] += 1;
                gradient->positives[p] -= 1;
                if (loss)
                    *loss += (double)short_of;
            }
        }
}

START_TEST(an_objective_of_ones_own)
{
    size_t calls = 0;
    const n2v_objective own = {.size = sizeof own,
                               .name = "hinge",
                               .summary = "a hinge",
                               .formula = "sum max(0, margin + s- - s+)",
                               .paper = "",
                               .geometry = N2V_DOT,
                               .parameters = {{"margin", 1, 0, 10, 0, "the margin"}},
                               .init = 1,
                               .learning_rate = 0.025,
                               .noise = 5,
                               .noise_sharing = 1,
                               .user = &calls,
                               .loss_grad = hinge};
    n2v_objectives *objectives;
    n2v_settings *settings;
    n2v_corpus *corpus;
    n2v_trainer *trainer;
    n2v_error error = {.text = ""};
    double first;

    ck_assert_int_eq(n2v_objectives_create(&objectives, NULL), N2V_OK);
    require(n2v_objectives_register(objectives, &own, &error) == N2V_OK, "%s", error.text);
    settings = new_settings("hinge:margin=0.5", objectives);
    corpus = new_corpus(settings, 3000);
    trainer = new_trainer(settings, corpus);
    ck_assert_int_eq(n2v_trainer_run(trainer, N2V_TO_EPOCH_END, 0, NULL, NULL), N2V_OK);
    first = describe(trainer).loss;
    ck_assert_int_eq(n2v_trainer_run(trainer, N2V_TO_END, 0, NULL, NULL), N2V_OK);
    ck_assert_uint_gt(calls, 1000);
    ck_assert_double_lt(describe(trainer).loss, first);
    n2v_trainer_destroy(trainer);
    n2v_corpus_destroy(corpus);
    n2v_settings_destroy(settings);
    n2v_objectives_destroy(objectives);
}
END_TEST

/* The words of a text file of vectors have no counts. */
START_TEST(words_without_counts)
{
    static const char file[] = "2 1\nw1 1\nw2 2\n";
    scratch files = scratch_open();
    n2v_settings *settings = new_settings("nce", NULL);
    sentence_source s = {.left = 300, .words = WORDS};
    n2v_vectors *vectors;
    n2v_corpus *corpus;
    n2v_trainer *trainer;
    n2v_error error = {.text = ""};

    random_seed(&s.random, 5, 0, 0, 0);
    ck_assert_int_eq(n2v_settings_set(settings, "heldout", NULL, NULL), N2V_OK);
    ck_assert_int_eq(n2v_vectors_load(&vectors, scratch_write(&files, "v", file, sizeof file - 1), NULL, NULL), N2V_OK);
    ck_assert_int_eq(n2v_corpus_create(&corpus, settings, vectors, NULL), N2V_OK);
    ck_assert_int_eq(n2v_corpus_add_sentences(corpus, made_sentence, &s, NULL, NULL), N2V_OK);
    ck_assert_int_eq(n2v_corpus_read(corpus, NULL, NULL), N2V_OK);
    ck_assert_int_eq(n2v_trainer_create(&trainer, settings, corpus, &error), N2V_ERROR_DATA);
    require(strstr(error.text, "there is no count of 'w1'"), "%s", error.text);
    ck_assert_ptr_null(trainer);
    n2v_corpus_destroy(corpus);
    n2v_vectors_destroy(vectors);
    n2v_settings_destroy(settings);
    scratch_close(&files);
}
END_TEST

/* The share of steps that were clipped: of steps, which have several pairs each. */
START_TEST(clipped_steps)
{
    static const char *const rates[] = {"0.01", "30"};

    for (size_t r = 0; r < sizeof rates / sizeof *rates; r++) {
        n2v_settings *settings = new_settings("sgns", NULL);
        n2v_corpus *corpus;
        n2v_trainer *trainer;
        const TrainState *state;

        ck_assert_int_eq(n2v_settings_set(settings, "lr", rates[r], NULL), N2V_OK);
        corpus = new_corpus(settings, 500);
        trainer = new_trainer(settings, corpus);
        ck_assert(describe(trainer).clipped == 0); /* no step yet */
        ck_assert_int_eq(n2v_trainer_run(trainer, N2V_TO_END, 0, NULL, NULL), N2V_OK);
        state = trainer_state(trainer->trainer);
        ck_assert_uint_gt(state->pairs, 2 * state->steps);
        ck_assert_uint_gt(state->steps, 0);
        ck_assert(describe(trainer).clipped == (double)state->clipped / (double)state->steps);
        ck_assert(r ? describe(trainer).clipped > 0.5 : describe(trainer).clipped == 0);
        n2v_trainer_destroy(trainer);
        n2v_corpus_destroy(corpus);
        n2v_settings_destroy(settings);
    }
}
END_TEST

static void expect_refusal(n2v_status status, const n2v_error *error)
{
    ck_assert_int_eq(status, N2V_ERROR_ARGUMENT);
    ck_assert_int_eq(error->status, N2V_ERROR_ARGUMENT);
    ck_assert_str_ne(error->text, "");
}

/* A record says how the text was read: the trainer's settings must be those of the corpus. */
START_TEST(settings_of_another_text)
{
    static const struct {
        const char *name, *value, *message;
    } cases[] = {
        {"min-count", "3", "min-count is 3, but the text was read with 1: "},
        {"tokenizer", "space", "tokenizer is space, but the text was read with words: "},
        {"max-vocab", "30", "max-vocab is 30, but the text was read with no value: "},
        {"heldout", NULL, "heldout is not set, but the text was read with 0.1: "},
        {"seed", "8", "seed is 8, but the text was read with 7: "}, /* of the held-out sentences */
        {"dim", "9", NULL},
        {"epochs", "2", NULL},
    };

    for (size_t held_out = 0; held_out < 2; held_out++)
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            n2v_settings *settings = new_settings("nce", NULL);
            n2v_trainer *trainer;
            n2v_corpus *corpus;
            n2v_error error = {.text = ""};
            bool refused = cases[i].message != NULL;

            if (!held_out) {
                ck_assert_int_eq(n2v_settings_set(settings, "heldout", NULL, NULL), N2V_OK);
                refused = i < 3;
            }
            corpus = new_corpus(settings, 100);
            ck_assert_int_eq(n2v_settings_set(settings, cases[i].name, cases[i].value, NULL), N2V_OK);
            ck_assert_int_eq(n2v_trainer_create(&trainer, settings, corpus, &error),
                             refused ? N2V_ERROR_ARGUMENT : N2V_OK);
            require(!refused || strstr(error.text, cases[i].message) == error.text, "%s", error.text);
            ck_assert_uint_eq(error.settings[0].bytes, refused ? strlen(cases[i].name) : 0);
            n2v_trainer_destroy(trainer);
            n2v_corpus_destroy(corpus);
            n2v_settings_destroy(settings);
        }
}
END_TEST

START_TEST(refusals)
{
    n2v_settings *settings = new_settings("nce", NULL), *other;
    n2v_corpus *corpus = new_corpus(settings, 100), *unread;
    n2v_trainer *trainer = NULL;
    n2v_observer observer = {.size = 0};
    n2v_trainer_info info = {.size = 0};
    n2v_error error = {.text = ""};

    expect_refusal(n2v_trainer_create(NULL, settings, corpus, &error), &error);
    expect_refusal(n2v_trainer_create(&trainer, NULL, corpus, &error), &error);
    expect_refusal(n2v_trainer_create(&trainer, settings, NULL, &error), &error);
    ck_assert_int_eq(n2v_corpus_create(&unread, settings, NULL, NULL), N2V_OK);
    expect_refusal(n2v_trainer_create(&trainer, settings, unread, &error), &error);
    ck_assert_ptr_null(trainer);
    ck_assert_int_eq(n2v_settings_create(&other, N2V_FOR_SEARCH, NULL, NULL), N2V_OK);
    expect_refusal(n2v_trainer_create(&trainer, other, corpus, &error), &error); /* settings of another purpose */
    ck_assert_ptr_null(trainer);
    trainer = new_trainer(settings, corpus);
    expect_refusal(n2v_trainer_run(NULL, N2V_TO_END, 0, NULL, &error), &error);
    expect_refusal(n2v_trainer_run(trainer, (n2v_until)17, 0, NULL, &error), &error);
    expect_refusal(n2v_trainer_run(trainer, N2V_TO_END, 0, &observer, &error), &error);
    expect_refusal(n2v_trainer_describe(NULL, &info, &error), &error);
    expect_refusal(n2v_trainer_describe(trainer, NULL, &error), &error);
    expect_refusal(n2v_trainer_describe(trainer, &info, &error), &error);
    ck_assert_ptr_null(n2v_trainer_vectors(NULL));
    n2v_trainer_stop(NULL);
    ck_assert_uint_eq(describe(trainer).words, 0);
    n2v_trainer_destroy(trainer);
    n2v_trainer_destroy(NULL);
    n2v_corpus_destroy(corpus);
    n2v_corpus_destroy(unread);
    n2v_settings_destroy(settings);
    n2v_settings_destroy(other);
}
END_TEST

static void note_progress(void *context, const n2v_progress *progress)
{
    *(n2v_progress *)context = *progress;
}

/* Before it trains anything, a resumed trainer reports the epoch of its checkpoint. */
START_TEST(resumed_epoch)
{
    scratch files = scratch_open();
    n2v_settings *settings = new_settings("nce", NULL);
    n2v_corpus *corpus = new_corpus(settings, 3000);
    n2v_trainer *trainer = new_trainer(settings, corpus);
    const char *path = scratch_path(&files, "checkpoint.n2v");
    n2v_progress now = {.epoch = 0};
    const n2v_observer observer = {.size = sizeof observer, .context = &now, .progress = note_progress};
    n2v_vectors *checkpoint;

    ck_assert_int_eq(n2v_trainer_run(trainer, N2V_TO_WORDS, describe(trainer).words_total / 2, NULL, NULL), N2V_OK);
    ck_assert_int_eq(n2v_trainer_save(trainer, path, NULL), N2V_OK);
    n2v_trainer_destroy(trainer);
    ck_assert_int_eq(n2v_vectors_load(&checkpoint, path, NULL, NULL), N2V_OK);
    ck_assert_int_eq(n2v_trainer_resume(&trainer, checkpoint, NULL, corpus, NULL), N2V_OK);
    n2v_trainer_stop(trainer);
    ck_assert_int_eq(n2v_trainer_run(trainer, N2V_TO_END, 0, &observer, NULL), N2V_ERROR_INTERRUPTED);
    ck_assert_uint_eq(now.words, describe(trainer).words);
    ck_assert_uint_eq(now.epoch, 2);
    n2v_vectors_destroy(checkpoint);
    n2v_trainer_destroy(trainer);
    n2v_corpus_destroy(corpus);
    n2v_settings_destroy(settings);
    scratch_close(&files);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("public trainer");
    add_test(suite, "from sentences to vectors", from_sentences_to_vectors);
    add_test(suite, "in parts", in_parts);
    add_test(suite, "the record trains the same", the_record_trains_the_same);
    add_test(suite, "one run at a time", one_run_at_a_time);
    add_test(suite, "stopped before it begins", stopped_before_it_begins);
    add_test(suite, "an interrupt names its epoch", an_interrupt_names_its_epoch);
    add_test(suite, "a record has no locale", a_record_has_no_locale);
    add_test(suite, "an objective of one's own", an_objective_of_ones_own);
    add_test(suite, "words without counts", words_without_counts);
    add_test(suite, "clipped steps", clipped_steps);
    add_test(suite, "settings of another text", settings_of_another_text);
    add_test(suite, "refusals", refusals);
    add_test(suite, "resumed_epoch", resumed_epoch);
    return run_suite(suite);
}
