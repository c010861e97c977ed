/* Rounds: the result does not depend on threads, nor on pauses; rules combine what they say they do. */
#include <math.h>
#include <string.h>

#include "test.h"
#include "train/checkpoint.h"
#include "train/rounds/changes.h"
#include "training.h"

enum { BLOCKS = 26, WORDS = 40, FLOATS = 16 };
#define FEWER ((size_t)(runs_all() ? 14 : 8)) /* in rounds of 3 */

static const Rule *rule(const char *name)
{
    for (size_t i = 0; rule_at(i); i++)
        if (strcmp(rule_at(i)->name, name) == 0)
            return rule_at(i);
    ck_abort_msg("no rule %s", name);
    return NULL;
}

static TrainOptions round_options(size_t index, size_t threads)
{
    TrainOptions options = default_options(index, threads);

    options.dim = 13;
    options.window = 2;
    options.noise = options.noise < 20 ? options.noise : 20;
    options.noise_sharing = index % 3 == 1 ? 3 : index % 3 ? 20 : 1; /* all layouts */
    options.subsample = 0.02;
    options.deterministic = true;
    options.virtual_workers = 3;
    options.round_words = 8192;
    options.rule = rule(index % 4 == 1 ? "mean" : index % 4 == 2 ? "momentum" : "sum");
    return options;
}

/* ---- threads and pauses ---- */

static void check_same(const Trainer *a, const Trainer *b, const char *name, size_t threads)
{
    const TrainState *x = trainer_state(a), *y = trainer_state(b);

    require(same_parameters(trainer_model((Trainer *)a), trainer_model((Trainer *)b)), "%s, %zu threads: other bytes",
            name, threads);
    require(x->words == y->words && x->pairs == y->pairs && x->steps == y->steps && x->clipped == y->clipped &&
                memcmp(&x->heldout, &y->heldout, sizeof x->heldout) == 0 &&
                memcmp(x->epochs, y->epochs, trainer_options(a)->epochs * sizeof *x->epochs) == 0,
            "%s, %zu threads: other sums", name, threads);
}

START_TEST(any_number_of_threads)
{
    static const size_t threads[] = {2, 3, 8, 16};
    training_text *text = blocks_of_random_text(FEWER, WORDS);

    for (size_t i = 0; registered_objective(i); i += SANITIZED ? 10 : 1) {
        TrainOptions options = round_options(i, 1);
        options.epochs = runs_all() ? options.epochs : 1;
        Trainer *one = trained(text, &options);
        check_parameters(trainer_model(one), options.objective->name);
        for (size_t t = i % 3; t < sizeof threads / sizeof *threads; t += i || SANITIZED ? 3 : 1) {
            options.threads = threads[t];
            Trainer *several = trained(text, &options);
            check_same(one, several, options.objective->name, threads[t]);
            trainer_destroy(several);
        }
        trainer_destroy(one);
    }
    free_text(text);
}
END_TEST

static int always(void *context)
{
    (void)context;
    return 1;
}

/* Goals are ends of rounds; a stop ends a run after the round. */
START_TEST(any_pauses)
{
    training_text *text = blocks_of_random_text(BLOCKS, WORDS);
    const n2v_observer stopped = {.size = sizeof stopped, .stop = always};

    for (size_t i = 0; i < (SANITIZED ? 1 : 3); i++) {
        TrainOptions options = round_options(i, 2);
        Trainer *whole = trained(text, &options), *parts = new_trainer(text, &options);
        uint64_t words = 0, pauses = 0;
        while (!trainer_finished(parts)) {
            const n2v_status status = pauses % 2 ? trainer_run(parts, N2V_TO_END, 0, &stopped, NULL)
                                                 : trainer_run(parts, N2V_TO_WORDS, words, NULL, NULL);
            require(status == (pauses % 2 ? N2V_ERROR_INTERRUPTED : N2V_OK), "status %d", status);
            require(trainer_state(parts)->words >= (pauses % 2 ? 0 : words), "less than was asked for");
            if (trainer_finished(parts))
                break;
            require(trainer_state(parts)->blocks % BLOCKS % 3 == 0, "not at the end of a round: block %llu",
                    (unsigned long long)trainer_state(parts)->blocks);
            words += trainer_words_total(parts) / 9;
            if (words > trainer_words_total(parts))
                words = trainer_words_total(parts);
            pauses++;
        }
        require(pauses > 7, "%llu pauses", (unsigned long long)pauses);
        check_same(whole, parts, options.objective->name, 2);
        trainer_destroy(whole);
        trainer_destroy(parts);
    }
    free_text(text);
}
END_TEST

/* A checkpoint of any rule goes on with any number of threads. */
START_TEST(resumed_on_other_threads)
{
    training_text *text = blocks_of_random_text(FEWER, WORDS);

    for (size_t i = 0; rule_at(i); i += SANITIZED ? 2 : 1) {
        TrainOptions options = round_options(5, 1);
        options.rule = rule_at(i);
        options.epochs = SANITIZED ? 1 : options.epochs;
        Trainer *whole = trained(text, &options), *parts = new_trainer(text, &options);
        for (options.threads = 2; options.threads < 5; options.threads++) {
            Trainer *next = new_trainer(text, &options);
            ck_assert_int_eq(trainer_run(parts, N2V_TO_WORDS, trainer_state(parts)->words + 750 * FEWER, NULL, NULL),
                             N2V_OK);
            ck_assert_int_eq(checkpoint_put(parts, NULL), N2V_OK);
            ck_assert_int_eq(checkpoint_restore(next, trainer_model(parts), NULL), N2V_OK);
            trainer_destroy(parts);
            parts = next;
        }
        ck_assert_int_eq(trainer_run(parts, N2V_TO_END, 0, NULL, NULL), N2V_OK);
        check_same(whole, parts, rule_at(i)->name, options.threads);
        trainer_destroy(whole);
        trainer_destroy(parts);
    }
    free_text(text);
}
END_TEST

/* Rounds learn as Hogwild does, and a small text has at least some in an epoch. */
START_TEST(rounds_learn)
{
    training_text *text = blocks_of_random_text(14, WORDS);

    for (size_t i = 0; i < (SANITIZED ? 1 : 2); i++) {
        TrainOptions options = default_options(i, 1);
        options.epochs = SANITIZED ? 2 : 4;
        Trainer *hogwild = trained(text, &options);
        options.deterministic = true;
        options.virtual_workers = 1024;
        options.round_words = 100000;
        options.rule = rule("sum");
        Trainer *rounds = trained(text, &options);
        require(fabs(last_loss(rounds) - last_loss(hogwild)) < 0.1 * fabs(last_loss(hogwild)), "%s: %g, not %g",
                options.objective->name, last_loss(rounds), last_loss(hogwild));
        trainer_destroy(rounds);
        trainer_destroy(hogwild);
    }
    free_text(text);
}
END_TEST

/* ---- rules ---- */

typedef struct rows {
    float row[FLOATS], copies[4][FLOATS], memory[FLOATS];
} rows;

static rows new_rows(void)
{
    rows r = {.row = {0}};

    for (size_t i = 0; i < FLOATS; i++)
        r.row[i] = (float)i;
    for (size_t c = 0; c < 4; c++)
        memcpy(r.copies[c], r.row, sizeof r.row);
    return r;
}

static void combine(rows *r, const char *name, size_t count)
{
    float sum[FLOATS] = {0};
    double squares = 0;

    for (size_t c = 0; c < count; c++)
        for (size_t i = 0; i < FLOATS; i++) {
            const float change = r->copies[c][i] - r->row[i];
            sum[i] += change;
            squares += (double)(change * change);
        }
    rule(name)->combine(r->row, sum, squares, count, FLOATS, r->memory);
}

START_TEST(what_rules_do)
{
    rows r = new_rows();

    /* one that touched the row */
    r.copies[0][3] = 7;
    combine(&r, "sum", 1);
    ck_assert_float_eq(r.row[3], 7);
    ck_assert_float_eq(r.row[2], 2);

    /* independent directions are added */
    r = new_rows();
    for (size_t c = 0; c < 4; c++)
        r.copies[c][c] += 1;
    combine(&r, "sum", 4);
    for (size_t i = 0; i < 6; i++)
        ck_assert_float_eq_tol(r.row[i], (float)i + (i < 4), 1e-6F);

    /* of the same direction, the length is that of independent ones: sqrt(4) */
    r = new_rows();
    for (size_t c = 0; c < 4; c++)
        r.copies[c][5] += 3;
    combine(&r, "sum", 4);
    ck_assert_float_eq_tol(r.row[5], 5 + 2 * 3, 1e-5F);

    r = new_rows();
    for (size_t c = 0; c < 4; c++)
        r.copies[c][5] += (float)c;
    combine(&r, "mean", 4);
    ck_assert_float_eq_tol(r.row[5], 5 + 1.5F, 1e-6F);

    /* SlowMo with momentum 0.9 and rate 0.7, Nesterov's form */
    r = new_rows();
    for (size_t round = 0; round < 2; round++) {
        const float before = r.row[5], memory = r.memory[5];
        for (size_t c = 0; c < 2; c++) {
            memcpy(r.copies[c], r.row, sizeof r.row);
            r.copies[c][5] += 1 + (float)c;
        }
        combine(&r, "momentum", 2);
        ck_assert_float_eq_tol(r.memory[5], 0.9F * memory + 1.5F, 1e-5F);
        ck_assert_float_eq_tol(r.row[5], before + 0.7F * (0.9F * r.memory[5] + 1.5F), 1e-5F);
        ck_assert_float_eq(r.row[6], 6);
    }
}
END_TEST

/* ---- overlays ---- */

START_TEST(rows_are_copied_when_they_are_touched)
{
    training_text *text = regular_text(40, 5, 30);
    TrainOptions options = round_options(0, 1);
    Trainer *trainer = new_trainer(text, &options);
    const Model *model = trainer_model(trainer);
    Model before = copy_parameters(model);
    uint32_t *places = calloc(model_rows(model), sizeof *places);
    Overlay overlay = {.model = NULL};
    float *first, *last;

    ck_assert_ptr_nonnull(places);
    for (size_t round = 0; round < 2; round++) {
        overlay_begin(&overlay, model, places);
        ck_assert_int_eq(overlay_reserve(&overlay, 3 * OVERLAY_CHUNK, NULL), N2V_OK);
        ck_assert_ptr_eq(overlay_peek(&overlay, 2), model_row(model, 2));
        first = overlay_row(&overlay, 2);
        last = overlay_row(&overlay, model_rows(model) - 1);
        ck_assert_mem_eq(first, model->input + 2 * model->stride, model->stride * sizeof *first);
        ck_assert_mem_eq(last, model->output + (model->words - 1) * model->stride, model->stride * sizeof *last);
        first[0] += 1;
        ck_assert_ptr_eq(overlay_row(&overlay, 2), first);
        ck_assert_ptr_eq(overlay_peek(&overlay, 2), first);
        ck_assert_uint_eq(overlay.count, 2);
        overlay_end(&overlay);
        for (size_t row = 0; row < model_rows(model); row++)
            ck_assert_uint_eq(places[row], 0);
    }
    ck_assert(same_parameters(model, &before));
    overlay_free(&overlay);
    free(places);
    free_copy(&before);
    trainer_destroy(trainer);
    free_text(text);
}
END_TEST

/* ---- changes ---- */

enum { SHARES = 3 };

/* Share s changes every (s + 2)nd row from its last to its first, so that some rows have one change, some several, and
 * some none. */
static float change_of(size_t share, size_t row, size_t i)
{
    return row % (share + 2) == 0 ? (float)(1 + share) * 0.25F + (float)(row % 7) * (i == share) : 0;
}

static void change_rows(Share *share, size_t s, const Model *model, uint32_t *places)
{
    overlay_begin(&share->overlay, model, places);
    ck_assert_int_eq(overlay_reserve(&share->overlay, model_rows(model), NULL), N2V_OK);
    for (size_t row = model_rows(model); row-- > 0;)
        if (row % (s + 2) == 0) {
            float *copy = overlay_row(&share->overlay, row);
            for (size_t i = 0; i < model->stride; i++)
                copy[i] += change_of(s, row, i);
        }
    overlay_end(&share->overlay);
    ck_assert_int_eq(share_sort(share, NULL), N2V_OK);
}

/* The row as the rule makes it of the changes, added share by share. */
static void check_row(const Model *model, const Model *before, size_t row)
{
    float expected[FLOATS], sum[FLOATS] = {0};
    double squares = 0;
    size_t count = 0;

    memcpy(expected, model_row(before, row), sizeof expected);
    for (size_t s = 0; s < SHARES; s++) {
        count += row % (s + 2) == 0;
        for (size_t i = 0; i < FLOATS; i++) {
            const float change = (expected[i] + change_of(s, row, i)) - expected[i];
            sum[i] += change;
            squares += (double)(change * change);
        }
    }
    if (count)
        rule("sum")->combine(expected, sum, squares, count, FLOATS, NULL);
    for (size_t i = 0; i < FLOATS; i++)
        ck_assert_float_eq_tol(model_row(model, row)[i], expected[i], 1e-5F);
}

START_TEST(changes_are_combined_row_by_row)
{
    training_text *text = blocks_of_random_text(4, 10 * WORDS);
    TrainOptions options = round_options(0, 1);
    Trainer *trainer = new_trainer(text, &options);
    Model *model = trainer_model(trainer);
    ChangeScratch scratch = {.places = NULL};
    Share shares[SHARES] = {{.copies = NULL}};
    Changes changes;

    ck_assert_uint_eq(model->stride, FLOATS);
    ck_assert_int_eq(changes_create(&changes, model, options.kernels, rule("sum"), false, NULL), N2V_OK);
    ck_assert_int_eq(change_scratch_create(&scratch, model, NULL), N2V_OK);
    for (size_t round = 0; round < 2; round++) {
        Model before = copy_parameters(model);
        for (size_t s = 0; s < SHARES; s++)
            change_rows(&shares[s], s, model, scratch.places);
        ck_assert_int_eq(changes_take(&changes, shares, SHARES, NULL), N2V_OK);
        for (size_t part = 0; part < CHANGE_PARTS; part++)
            changes_apply(&changes, part, &scratch);
        for (size_t row = 0; row < model_rows(model); row++) {
            check_row(model, &before, row);
            ck_assert_uint_eq(scratch.places[row], 0);
        }
        free_copy(&before);
    }
    for (size_t s = 0; s < SHARES; s++)
        share_free(&shares[s]);
    change_scratch_free(&scratch);
    changes_free(&changes);
    trainer_destroy(trainer);
    free_text(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("rounds");

    add_test(suite, "any number of threads", any_number_of_threads);
    add_test(suite, "any pauses", any_pauses);
    add_test(suite, "resumed on other threads", resumed_on_other_threads);
    add_test(suite, "rounds learn", rounds_learn);
    add_test(suite, "what rules do", what_rules_do);
    add_test(suite, "rows are copied when they are touched", rows_are_copied_when_they_are_touched);
    add_test(suite, "changes are combined row by row", changes_are_combined_row_by_row);
    return run_suite(suite);
}
