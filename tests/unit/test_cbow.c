/* CBOW: inputs are means of rows. The gradient against the chain rule in double, and what trainings do with bags. */
#include <math.h>
#include <string.h>

#include "kernel_support.h"
#include "made_tiles.h"
#include "test.h"
#include "train/examples.h"
#include "train/worker.h"
#include "training.h"

/* The mean of a bag's rows, in floats for chain_pair. */
static void mean_of(const made_model *model, const made_example *e, size_t i, float *mean)
{
    const uint32_t from = e->bag[i], to = e->bag[i + 1];

    for (size_t d = 0; d < TILE_STRIDE; d++) {
        double sum = 0;
        for (uint32_t k = from; k < to; k++)
            sum += (double)model->before_input[e->inputs[k] * TILE_STRIDE + d];
        mean[d] = (float)(sum / (to - from));
    }
}

typedef struct made_step {
    made_objective objective;
    made_example e;
    made_model model;
    n2v_geometry geometry;
    bool weighs; /* the layout */
    row_gradient input[TILE_WORDS], output[TILE_WORDS];
} made_step;

/* The gradient of an input, from the coefficients of its scores; adds to those of the outputs. */
static void add_input(made_step *s, size_t i, const float *x, double *of_input)
{
    const made_example *e = &s->e;
    const Id positive = positive_word(e, i);
    const size_t n = e->example.negatives;
    const double weight = s->weighs ? (double)e->weight[i] : 1;

    for (size_t j = 0; j < n; j++) {
        const Id word = column_word(e, j);
        const double score = chain_pair(s->geometry, x, s->model.before_output + word * TILE_STRIDE,
                                        weight * (double)s->objective.scores[i * n + j], of_input, s->output[word]);
        require(fabs((double)s->objective.given_scores[i * n + j] - score) < 2e-5,
                "cell (%zu, %zu): score %.9g, not %.9g", i, j, (double)s->objective.given_scores[i * n + j], score);
    }
    chain_pair(s->geometry, x, s->model.before_output + positive * TILE_STRIDE,
               weight * (double)s->objective.positives[i], of_input, s->output[positive]);
}

static void check_step(const Kernels *kernels, n2v_geometry geometry, const Layout *layout, const Encoder *encoder,
                       size_t m, size_t n, Random *random)
{
    const bool whole = encoder == &encoder_mean_whole, batch = layout == &layout_bag_batches;
    made_step s = {.geometry = geometry, .weighs = !batch};
    TileStep *step;

    make_objective(&s.objective, geometry, batch ? N2V_NEEDS_IN_BATCH : 0);
    random_seed(&s.objective.random, n, m, 0, 7);
    make_tile_model(&s.model, 0, random);
    make_example(&s.e, batch ? &layout_batches : &layout_inputs, m, n, random);
    make_bags(&s.e, random);
    if (layout == &layout_bag_all_words) { /* the positive is one of the columns */
        s.e.example.outputs = n;
        s.e.positive[0] = random_below(random, (uint32_t)n);
    }
    step = new_step_of(kernels, &s.objective, layout, encoder, &s.model.model, NULL);
    (void)tile_train(step, &s.e.example, (float)TILE_RATE, NULL);
    for (size_t i = 0; i < m; i++) {
        const double share = whole ? 1 : (double)CONTEXT_RATE / (s.e.bag[i + 1] - s.e.bag[i]);
        float mean[TILE_STRIDE];
        row_gradient of_mean = {0};
        mean_of(&s.model, &s.e, i, mean);
        add_input(&s, i, mean, of_mean);
        for (uint32_t k = s.e.bag[i]; k < s.e.bag[i + 1]; k++)
            for (size_t d = 0; d < TILE_DIM; d++)
                s.input[s.e.inputs[k]][d] += share * of_mean[d];
    }
    compare_rows(s.model.before_input, s.model.model.input, s.input, TILE_RATE, TILE_TOLERANCE(kernels), "input");
    compare_rows(s.model.before_output, s.model.model.output, s.output, TILE_RATE, TILE_TOLERANCE(kernels), "output");
    tile_destroy(step);
    free_made_model(&s.model);
}

/* An accumulator gets the mean square of a share of a gradient; returns what the gradient is multiplied by. */
static double adapt(double *sum, const double *gradient, double share)
{
    for (size_t d = 0; d < TILE_DIM; d++)
        *sum += share * share * gradient[d] * gradient[d] / (double)TILE_DIM;
    return share / sqrt(*sum + 1e-8);
}

/* Each word of a bag has an accumulator of its own, and one that is there twice has two gradients. */
static void check_adagrad_step(const Kernels *kernels, n2v_geometry geometry, const Encoder *encoder, size_t m,
                               size_t n, Random *random)
{
    const bool whole = encoder == &encoder_mean_whole;
    made_step s = {.geometry = geometry, .weighs = true};
    double sums[2 * TILE_WORDS];
    TileStep *step;

    make_objective(&s.objective, geometry, 0);
    random_seed(&s.objective.random, n, m, 0, 7);
    s.objective.optimizer = &optimizer_adagrad;
    s.objective.size = 0.02F; /* its gradients are those of a longer step than TILE_RATE */
    make_tile_model(&s.model, 0, random);
    make_accumulators(&s.model, random);
    for (size_t row = 0; row < 2 * TILE_WORDS; row++)
        sums[row] = (double)s.model.before_sums[row];
    make_example(&s.e, &layout_inputs, m, n, random);
    make_bags(&s.e, random);
    step = new_step_of(kernels, &s.objective, &layout_bags, encoder, &s.model.model, NULL);
    (void)tile_train(step, &s.e.example, (float)TILE_RATE, NULL);
    for (size_t i = 0; i < m; i++) {
        const double share = whole ? 1 : (double)CONTEXT_RATE / (s.e.bag[i + 1] - s.e.bag[i]);
        float mean[TILE_STRIDE];
        row_gradient of_mean = {0};
        mean_of(&s.model, &s.e, i, mean);
        add_input(&s, i, mean, of_mean);
        for (uint32_t k = s.e.bag[i]; k < s.e.bag[i + 1]; k++) {
            const double factor = adapt(&sums[s.e.inputs[k]], of_mean, share);
            for (size_t d = 0; d < TILE_DIM; d++)
                s.input[s.e.inputs[k]][d] += factor * of_mean[d];
        }
    }
    for (size_t w = 0; w < TILE_WORDS; w++) {
        const double factor = adapt(&sums[TILE_WORDS + w], s.output[w], 1);
        for (size_t d = 0; d < TILE_DIM; d++)
            s.output[w][d] *= factor;
    }
    for (size_t row = 0; row < 2 * TILE_WORDS; row++) {
        const double got = (double)model_accumulator(&s.model.model, row),
                     added = sums[row] - (double)s.model.before_sums[row];
        require(fabs(got - sums[row]) <= 0.04 * added + 1e-9, "the accumulator of row %zu is %.9g, not %.9g", row, got,
                sums[row]);
    }
    compare_rows(s.model.before_input, s.model.model.input, s.input, TILE_RATE, 2 * TILE_TOLERANCE(kernels), "input");
    compare_rows(s.model.before_output, s.model.model.output, s.output, TILE_RATE, TILE_TOLERANCE(kernels), "output");
    tile_destroy(step);
    free_made_model(&s.model);
}

START_TEST(adagrad_of_bags)
{
    const Kernels *kernels;
    Random random;

    random_seed(&random, 18, 0, 0, 0);
    for (size_t k = 0; (kernels = kernels_at(k)) != NULL; k++)
        for (size_t m = 1; m <= TILE_MAX; m += 4) {
            check_adagrad_step(kernels, N2V_DOT, &encoder_mean, m, m, &random);
            check_adagrad_step(kernels, N2V_DOT, &encoder_mean_whole, m, 3, &random);
            check_adagrad_step(kernels, N2V_SQEUCLID, &encoder_mean, m, 5, &random);
        }
}
END_TEST

START_TEST(each_row_gets_its_share_of_the_gradient)
{
    const Kernels *kernels;
    Random random;

    random_seed(&random, 17, 0, 0, 0);
    for (size_t k = 0; (kernels = kernels_at(k)) != NULL; k++)
        for (size_t m = 1; m <= TILE_MAX; m++) {
            for (size_t n = 1; n <= TILE_MAX; n += 3) {
                check_step(kernels, N2V_DOT, &layout_bags, &encoder_mean, m, n, &random);
                check_step(kernels, N2V_DOT, &layout_bags, &encoder_mean_whole, m, n, &random);
                check_step(kernels, N2V_SQEUCLID, &layout_bags, &encoder_mean, m, n, &random);
            }
            check_step(kernels, N2V_DOT, &layout_bag_all_words, &encoder_mean, 1, m, &random);
            check_step(kernels, N2V_DOT, &layout_bag_batches, &encoder_mean, m, m, &random);
            check_step(kernels, N2V_SQEUCLID, &layout_bag_batches, &encoder_mean, m, m, &random);
        }
}
END_TEST

/* The mean of row i's inputs, scaled to length 1; returns the mean's length. */
static double unit_mean_of(const made_model *model, const made_example *e, size_t i, float *unit)
{
    double square = 0;

    mean_of(model, e, i, unit);
    for (size_t d = 0; d < TILE_DIM; d++)
        square += (double)unit[d] * (double)unit[d];
    for (size_t d = 0; d < TILE_DIM; d++)
        unit[d] = (float)((double)unit[d] / sqrt(square));
    return sqrt(square);
}

/* Makes a gradient one along the sphere. */
static void project(double *gradient, const float *unit)
{
    double along = 0;

    for (size_t d = 0; d < TILE_DIM; d++)
        along += gradient[d] * (double)unit[d];
    for (size_t d = 0; d < TILE_DIM; d++)
        gradient[d] -= along * (double)unit[d];
}

/* By the chain rule, d(m / |m|) = (I - x x') dm / |m|, and rows stay on the sphere, too. */
static void check_unit_step(const Kernels *kernels, n2v_geometry geometry, const Layout *layout, size_t m,
                            Random *random)
{
    const bool batch = layout == &layout_bag_batches;
    made_step s = {.geometry = geometry, .weighs = !batch};
    TileStep *step;

    make_objective(&s.objective, geometry, N2V_NEEDS_UNIT_ROWS | (batch ? N2V_NEEDS_IN_BATCH : 0u));
    random_seed(&s.objective.random, m, 3, 0, 7);
    make_tile_model(&s.model, N2V_NEEDS_UNIT_ROWS, random);
    make_example(&s.e, batch ? &layout_batches : &layout_inputs, m, m, random);
    make_bags(&s.e, random);
    step = new_step_of(kernels, &s.objective, layout, &encoder_unit_mean, &s.model.model, NULL);
    (void)tile_train(step, &s.e.example, (float)TILE_RATE, NULL);
    for (size_t i = 0; i < m; i++) {
        const uint32_t from = s.e.bag[i], to = s.e.bag[i + 1];
        float unit[TILE_STRIDE];
        const double sum = unit_mean_of(&s.model, &s.e, i, unit) * (to - from);
        row_gradient of_input = {0};
        add_input(&s, i, unit, of_input);
        project(of_input, unit);
        for (uint32_t k = from; k < to; k++)
            for (size_t d = 0; d < TILE_DIM; d++)
                s.input[s.e.inputs[k]][d] += of_input[d] / fmax(sum, 1);
    }
    for (size_t w = 0; w < TILE_WORDS; w++) {
        project(s.input[w], s.model.before_input + w * TILE_STRIDE);
        project(s.output[w], s.model.before_output + w * TILE_STRIDE);
    }
    compare_rows(s.model.before_input, s.model.model.input, s.input, TILE_RATE, TILE_TOLERANCE(kernels), "unit input");
    compare_rows(s.model.before_output, s.model.model.output, s.output, TILE_RATE, TILE_TOLERANCE(kernels),
                 "unit output");
    tile_destroy(step);
    free_made_model(&s.model);
}

START_TEST(unit_rows_move_along_the_sphere)
{
    const Kernels *kernels;
    Random random;

    random_seed(&random, 23, 0, 0, 0);
    for (size_t k = 0; (kernels = kernels_at(k)) != NULL; k++)
        for (size_t m = 1; m <= TILE_MAX; m++)
            for (int squared = 0; squared < 2; squared++) {
                const n2v_geometry geometry = squared ? N2V_SQEUCLID : N2V_DOT;
                check_unit_step(kernels, geometry, &layout_bags, m, &random);
                check_unit_step(kernels, geometry, &layout_bag_batches, m, &random);
            }
}
END_TEST

START_TEST(means_and_shares_by_every_kernel_set)
{
    const Kernels *set;
    Random random;

    random_seed(&random, 5, 0, 0, 0);
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++)
        for (size_t t = 0; t < DIMS; t++) {
            TestRows r = test_rows_make(7, kernel_dims[t], &random), old;
            float *to = r.row[5], *before = r.row[6];
            r.row[3] = r.row[1]; /* a row may appear twice */
            old = test_rows_copy(&r);
            memcpy(old.row[3], r.row[3], r.stride * sizeof(float));
            set->gather((const float *const *)r.row, 5, 0.2f, r.stride, to);
            for (size_t c = 0; c < r.stride; c++) {
                double sum = 0;
                for (size_t i = 0; i < 5; i++)
                    sum += (double)old.row[i][c];
                require(fabs((double)to[c] - 0.2 * sum) < 1e-6, "%s: gather", set->name);
            }
            set->scatter(r.row, 5, 0.5f, to, before, r.stride);
            for (size_t i = 0; i < 5; i++)
                for (size_t c = 0; c < r.stride; c++) {
                    const double twice = i == 1 || i == 3 ? 2 : 1;
                    const double wanted = (double)old.row[i][c] + twice * 0.5 * ((double)to[c] - (double)before[c]);
                    require(fabs((double)r.row[i][c] - wanted) < 2e-6, "%s: scatter of row %zu", set->name, i);
                }
            test_rows_free(&r);
            test_rows_free(&old);
        }
}
END_TEST

/* Every word of a sentence is once the positive of a bag of its neighbors. */
static void check_bags(const ExamplesOptions *options, const training_text *text)
{
    Id buffer[BLOCK_IDS];
    Block block;
    Examples *examples;
    const Example *example;
    size_t rows = 0;

    ck_assert_int_eq(examples_create(&examples, options, NULL), N2V_OK);
    ck_assert_int_eq(blocks_read(text->blocks, 0, buffer, &block, NULL), N2V_OK);
    examples_start(examples, &block, 0, 0);
    while ((example = examples_next(examples)))
        for (size_t i = 0; i < example->rows; i++, rows++) {
            const Id center = example->output_ids[example->positive[i]];
            const uint32_t from = example->bag[i], to = example->bag[i + 1];
            const float weight = options->weigh_bags ? (float)(to - from) / (float)(options->window + 1) : 1;
            ck_assert_float_eq_tol(example->weight[i], weight, 1e-6F);
            ck_assert_uint_eq(center, block.ids[rows] & ~SENTENCE_END);
            require(from < to && to - from <= 2 * options->window, "a bag of %u words", to - from);
            for (uint32_t k = from; k < to; k++) { /* ids run through the words: neighbors have near numbers */
                const size_t apart =
                    center > example->inputs[k] ? center - example->inputs[k] : example->inputs[k] - center;
                require(apart >= 1 && apart <= options->window, "word %u in the bag of %u", example->inputs[k], center);
            }
        }
    ck_assert_uint_eq(rows, block.count);
    examples_destroy(examples);
}

START_TEST(bags_are_windows_without_their_center_words)
{
    static const char *const objectives[] = {"nce", "softmax"};
    training_text *text = regular_text(50, 20, 1000);

    for (size_t i = 0; i < 4; i++)
        for (size_t sharing = 1; sharing <= 20; sharing += 19) {
            TrainOptions options = training_options(objectives[i % 2], 1);
            ExamplesOptions examples;
            Noise *noise;
            Subsample *subsample;
            options.model = MODEL_CBOW;
            options.whole_gradient = i / 2;
            options.window = 3;
            options.noise_sharing = sharing;
            examples = trainer_examples(&options, text->words);
            ck_assert_int_eq(noise_create(&noise, text->counts, text->words, 0.75, NULL), N2V_OK);
            ck_assert_int_eq(subsample_create(&subsample, text->counts, text->words, 0, NULL), N2V_OK);
            ck_assert_int_eq(examples.weigh_bags, !options.whole_gradient);
            examples.noise = noise;
            examples.subsample = subsample;
            check_bags(&examples, text);
            noise_destroy(noise);
            subsample_destroy(subsample);
        }
    free_text(text);
}
END_TEST

START_TEST(every_objective_learns_with_bags)
{
    training_text *text = regular_text(400, 20, 50);

    for (size_t i = 0; registered_objective(i); i += SANITIZED ? 3 : 1) {
        TrainOptions options = default_options(i, 1);
        Trainer *trainer;
        options.model = MODEL_CBOW;
        options.epochs = 5;
        options.learning_rate *= 5;
        trainer = trained(text, &options);
        check_parameters(trainer_model(trainer), options.objective->name);
        require(last_loss(trainer) <
                    0.9 * trainer_state(trainer)->epochs[0].loss / (double)trainer_state(trainer)->epochs[0].pairs,
                "%s: the loss of the last epoch is %g", options.objective->name, last_loss(trainer));
        trainer_destroy(trainer);
    }
    free_text(text);
}
END_TEST

START_TEST(rounds_of_bags_do_not_depend_on_threads)
{
    training_text *text = blocks_of_random_text(6, 300);
    TrainOptions options = training_options("nce", 1);
    Trainer *one, *three;

    options.model = MODEL_CBOW;
    options.deterministic = true;
    options.virtual_workers = 4;
    options.round_words = 2048;
    options.rule = rule_at(0);
    options.epochs = 1;
    one = trained(text, &options);
    options.threads = 3;
    three = trained(text, &options);
    require(same_parameters(trainer_model(one), trainer_model(three)), "three threads give other bytes than one");
    trainer_destroy(one);
    trainer_destroy(three);
    free_text(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("cbow");
    add_test(suite, "each row gets its share of the gradient", each_row_gets_its_share_of_the_gradient);
    add_test(suite, "unit rows move along the sphere", unit_rows_move_along_the_sphere);
    add_test(suite, "Adagrad of bags", adagrad_of_bags);
    add_test(suite, "means and shares by every kernel set", means_and_shares_by_every_kernel_set);
    add_test(suite, "bags are windows without their center words", bags_are_windows_without_their_center_words);
    add_test(suite, "every objective learns with bags", every_objective_learns_with_bags);
    add_test(suite, "rounds of bags do not depend on threads", rounds_of_bags_do_not_depend_on_threads);
    return run_suite(suite);
}
