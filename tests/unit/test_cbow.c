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

static void check_step(const Kernels *kernels, n2v_geometry geometry, const Encoder *encoder, size_t m, size_t n,
                       Random *random)
{
    const bool whole = encoder == &encoder_mean_whole;
    made_objective made;
    made_example e;
    made_model model;
    row_gradient input[TILE_WORDS] = {{0}}, output[TILE_WORDS] = {{0}};
    TileStep *step;

    make_objective(&made, geometry, 0);
    random_seed(&made.random, n, m, 0, 7);
    make_tile_model(&model, 0, random);
    make_example(&e, &layout_inputs, m, n, random);
    make_bags(&e, random);
    step = new_step_of(kernels, &made, &layout_bags, encoder, &model.model, NULL);
    (void)tile_train(step, &e.example, (float)TILE_RATE, NULL);
    for (size_t i = 0; i < m; i++) {
        const Id positive = positive_word(&e, i);
        const double share = whole ? 1 : 1.0 / (e.bag[i + 1] - e.bag[i]);
        float mean[TILE_STRIDE];
        row_gradient of_mean = {0};
        mean_of(&model, &e, i, mean);
        for (size_t j = 0; j < n; j++) {
            const double score = chain_pair(geometry, mean, model.before_output + column_word(&e, j) * TILE_STRIDE,
                                            (double)made.scores[i * n + j], of_mean, output[column_word(&e, j)]);
            require(fabs((double)made.given_scores[i * n + j] - score) < 2e-5, "cell (%zu, %zu): score %.9g, not %.9g", i,
                    j, (double)made.given_scores[i * n + j], score);
        }
        chain_pair(geometry, mean, model.before_output + positive * TILE_STRIDE, (double)made.positives[i], of_mean,
                   output[positive]);
        for (uint32_t k = e.bag[i]; k < e.bag[i + 1]; k++)
            for (size_t d = 0; d < TILE_DIM; d++)
                input[e.inputs[k]][d] += share * of_mean[d];
    }
    compare_rows(model.before_input, model.model.input, input, TILE_RATE, TILE_TOLERANCE(kernels), "input");
    compare_rows(model.before_output, model.model.output, output, TILE_RATE, TILE_TOLERANCE(kernels), "output");
    tile_destroy(step);
    free_made_model(&model);
}

START_TEST(each_row_gets_its_share_of_the_gradient)
{
    const Kernels *kernels;
    Random random;

    random_seed(&random, 17, 0, 0, 0);
    for (size_t k = 0; (kernels = kernels_at(k)) != NULL; k++)
        for (size_t m = 1; m <= TILE_MAX; m++)
            for (size_t n = 1; n <= TILE_MAX; n += 3) {
                check_step(kernels, N2V_DOT, &encoder_mean, m, n, &random);
                check_step(kernels, N2V_DOT, &encoder_mean_whole, m, n, &random);
                check_step(kernels, N2V_SQEUCLID, &encoder_mean, m, n, &random);
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
            ck_assert_uint_eq(center, block.ids[rows] & ~SENTENCE_END);
            require(from < to && to - from <= 2 * options->window, "a bag of %u words", to - from);
            for (uint32_t k = from; k < to; k++) { /* ids run through the words: neighbors have near numbers */
                const size_t apart = center > example->inputs[k] ? center - example->inputs[k] : example->inputs[k] - center;
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

    for (size_t i = 0; i < 2; i++)
        for (size_t sharing = 1; sharing <= 20; sharing += 19) {
            TrainOptions options = training_options(objectives[i], 1);
            ExamplesOptions examples;
            Noise *noise;
            Subsample *subsample;
            options.cbow = true;
            options.window = 3;
            options.noise_sharing = sharing;
            examples = trainer_examples(&options, text->words);
            ck_assert_int_eq(noise_create(&noise, text->counts, text->words, 0.75, NULL), N2V_OK);
            ck_assert_int_eq(subsample_create(&subsample, text->counts, text->words, 0, NULL), N2V_OK);
            examples.noise = noise;
            examples.subsample = subsample;
            check_bags(&examples, text);
            noise_destroy(noise);
            subsample_destroy(subsample);
        }
    free_text(text);
}
END_TEST

START_TEST(bags_learn_with_every_objective_that_takes_them)
{
    training_text *text = regular_text(400, 20, 50);
    size_t trained_with = 0;

    for (size_t i = 0; registered_objective(i); i += SANITIZED ? 3 : 1) {
        TrainOptions options = default_options(i, 1);
        const uint32_t needs = objective_needs(options.objective, options.parameters);
        Trainer *trainer;
        options.cbow = true;
        if (needs & N2V_NEEDS_UNIT_ROWS || !layout_choose(needs, options.noise_sharing, true))
            continue;
        options.epochs = 5;
        options.learning_rate *= 5;
        trainer = trained(text, &options);
        check_parameters(trainer_model(trainer), options.objective->name);
        require(last_loss(trainer) < 0.9 * trainer_state(trainer)->epochs[0].loss / (double)trainer_state(trainer)->epochs[0].pairs,
                "%s: the loss of the last epoch is %g", options.objective->name, last_loss(trainer));
        trainer_destroy(trainer);
        trained_with++;
    }
    require(trained_with >= (SANITIZED ? 2 : 5), "only %zu objectives take bags", trained_with);
    free_text(text);
}
END_TEST

START_TEST(rounds_of_bags_do_not_depend_on_threads)
{
    training_text *text = blocks_of_random_text(6, 300);
    TrainOptions options = training_options("nce", 1);
    Trainer *one, *three;

    options.cbow = true;
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
    add_test(suite, "means and shares by every kernel set", means_and_shares_by_every_kernel_set);
    add_test(suite, "bags are windows without their center words", bags_are_windows_without_their_center_words);
    add_test(suite, "bags learn with every objective that takes them", bags_learn_with_every_objective_that_takes_them);
    add_test(suite, "rounds of bags do not depend on threads", rounds_of_bags_do_not_depend_on_threads);
    return run_suite(suite);
}
