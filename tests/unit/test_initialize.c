/* The parameters that a training begins with, and the check of those that it ends with. */
#include "train/initialize.h"

#include <math.h>
#include <string.h>

#include "test.h"
#include "toy.h"

static double root_mean_square_length(const Model *model, const float *rows)
{
    double sum = 0;

    for (size_t w = 0; w < model->words; w++)
        for (size_t d = 0; d < model->dim; d++)
            sum += (double)rows[w * model->stride + d] * (double)rows[w * model->stride + d];
    return sqrt(sum / (double)model->words);
}

static void check_lengths(const Model *model, const TrainOptions *options)
{
    const bool unit = objective_needs(options->objective, options->parameters) & N2V_NEEDS_UNIT_ROWS;
    const double length = unit ? 1 : 0.3, apart = unit ? 1e-5 : 0.02;

    ck_assert_double_eq_tol(root_mean_square_length(model, model->input), length, apart);
    if (has_free_products(options))
        ck_assert_double_lt(root_mean_square_length(model, model->output), 1e-10);
    else
        ck_assert_double_eq_tol(root_mean_square_length(model, model->output), length, apart);
}

/* A word's bias is its log probability, and an input's element beside it is 1. */
static void check_biases(const Model *model, const training_text *text, const TrainOptions *options)
{
    const bool needed = objective_needs(options->objective, options->parameters) & N2V_NEEDS_OUTPUT_BIAS;
    double total = 0;

    ck_assert_int_eq(model->has_bias, needed);
    for (size_t w = 0; w < text->words; w++)
        total += (double)text->counts[w];
    for (size_t w = 0; w < text->words; w++) {
        const double wanted = needed ? log((double)text->counts[w] / total) : 0;
        require(fabs((double)model_bias(model, (Id)w) - wanted) < 1e-5, "%s: the bias of word %zu is %g, not %g",
                options->objective->name, w, (double)model_bias(model, (Id)w), wanted);
        require(!needed || (model->input[w * model->stride + model->dim] == 1 &&
                            model->output[w * model->stride + model->dim] == (float)wanted),
                "%s: the bias elements of word %zu", options->objective->name, w);
    }
}

START_TEST(beginning)
{
    toy t = make_toy(5000);

    for (size_t i = 0; registered_objective(i); i++) {
        TrainOptions options = default_options(i, 1);
        Trainer *trainer;
        Model before;

        options.init = 0.3;
        options.learning_rate = 1e-20; /* everything stays as it was */
        trainer = new_trainer(t.text, &options);
        ck_assert(trainer_model(trainer)->shared_bias == 0);
        check_lengths(trainer_model(trainer), &options);
        check_biases(trainer_model(trainer), t.text, &options);
        check_parameters(trainer_model(trainer), options.objective->name);
        before = copy_parameters(trainer_model(trainer));
        ck_assert_int_eq(trainer_run(trainer, N2V_TO_END, 0, NULL, NULL), N2V_OK);
        check_lengths(trainer_model(trainer), &options);
        check_biases(trainer_model(trainer), t.text, &options);
        if (has_free_products(&options)) /* else rows are made as long as they were, and change by a rounding */
            ck_assert_mem_eq(before.input, trainer_model(trainer)->input, before.words * before.stride * sizeof(float));
        free_copy(&before);
        trainer_destroy(trainer);
    }
    free_text(t.text);
}
END_TEST

/* Random rows differ from each other, from side to side, and from seed to seed. */
START_TEST(rows_are_random)
{
    training_text *text = regular_text(10, 10, 10);
    TrainOptions options = training_options("triplet", 1); /* random on both sides */
    Trainer *a = new_trainer(text, &options), *same = new_trainer(text, &options), *other;
    const Model *model = trainer_model(a);

    options.seed = 2;
    other = new_trainer(text, &options);
    ck_assert(same_parameters(model, trainer_model(same)));
    for (size_t w = 0; w < model->words; w++) {
        const size_t bytes = model->dim * sizeof(float), at = w * model->stride;
        ck_assert_mem_ne(model->input + at, model->output + at, bytes);
        ck_assert_mem_ne(model->input + at, trainer_model(other)->input + at, bytes);
        ck_assert_mem_ne(model->output + at, trainer_model(other)->output + at, bytes);
        if (w)
            ck_assert_mem_ne(model->input + at, model->input, bytes);
    }
    trainer_destroy(a);
    trainer_destroy(same);
    trainer_destroy(other);
    free_text(text);
}
END_TEST

/* One number at a time is infinite or no number; the word is named. */
static void check_number(Model *model, const TrainOptions *options, float *number, float bad, const char *word)
{
    const float before = *number;
    n2v_error error = {.text = ""};

    *number = bad;
    ck_assert_int_eq(check_finite(model, options, &error), N2V_ERROR_NUMERIC);
    ck_assert_msg(strstr(error.text, word) && strstr(error.text, "diverged"), "'%s' does not name %s", error.text,
                  word);
    *number = before;
    ck_assert_int_eq(check_finite(model, options, &error), N2V_OK);
}

START_TEST(every_parameter_is_checked)
{
    static const float bad[] = {INFINITY, -INFINITY, NAN};
    static const char *const objectives[] = {"nce", "sgns", "siglip", "triplet"};
    training_text *text = regular_text(10, 10, 10);

    for (size_t o = 0; o < sizeof objectives / sizeof *objectives; o++) {
        const TrainOptions options = training_options(objectives[o], 1);
        Trainer *trainer = new_trainer(text, &options);
        Model *model = trainer_model(trainer);
        float *input = model->input + 3 * model->stride, *output = model->output + 3 * model->stride;
        const size_t last = model->dim - 1;

        for (size_t b = 0; b < sizeof bad / sizeof *bad; b++) {
            check_number(model, &options, input, bad[b], "w00003");
            check_number(model, &options, input + last, bad[b], "w00003");
            check_number(model, &options, output, bad[b], "w00003");
            check_number(model, &options, output + last, bad[b], "w00003");
            if (model->has_bias)
                check_number(model, &options, output + model->dim, bad[b], "w00003");
            model->shared_bias = bad[b];
            ck_assert_int_eq(check_finite(model, &options, NULL), N2V_ERROR_NUMERIC);
            model->shared_bias = 0;
        }
        trainer_destroy(trainer);
    }
    free_text(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("initialize");
    add_test(suite, "the beginning", beginning);
    add_test(suite, "rows are random", rows_are_random);
    add_test(suite, "every parameter is checked", every_parameter_is_checked);
    return run_suite(suite);
}
