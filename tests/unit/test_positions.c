/* Structured skip-gram and CWindow: which row an output has at which position, the gradient of inputs side by side
 * against the chain rule in double, and trainings. */
#include <math.h>
#include <string.h>

#include "example_checks.h"
#include "made_tiles.h"
#include "test.h"
#include "train/worker.h"
#include "training.h"

/* ---- examples ---- */

enum { WINDOW = 3, PLACES = 2 * WINDOW };

/* The place of a word at `at` in the window of the one at `center`. */
static size_t place_of(size_t center, size_t at)
{
    return at < center ? WINDOW - (center - at) : WINDOW + (at - center) - 1;
}

/* Each position of the text has a word of its own. A tile is one matrix's; its noise words, too. Each pair of a word
 * and a word within the window is in the tile of its place, once. */
static void check_positions(size_t sharing, WindowWeights weights)
{
    block_text *t = make_block(2000, 1, 20, 0, 0);
    ExamplesOptions options = examples_options_for(t, &layout_positions, WINDOW, 5, sharing);
    size_t pairs = 0, wanted = 0, places[PLACES] = {0};
    double done = 0;
    const Example *e;
    Examples *examples;

    options.weights = weights;
    examples = create_examples(&options);
    start_block(examples, t, 0, 0);
    while ((e = examples_next(examples))) {
        const size_t place = e->first_output / t->words;
        ck_assert_uint_eq(e->first_output, place * t->words);
        ck_assert(e->rows && e->rows <= sharing && e->positives == e->rows && e->outputs == e->negatives + e->rows);
        ck_assert_double_ge(e->done, done);
        done = e->done;
        for (size_t j = 0; j < e->outputs; j++)
            ck_assert_uint_lt(e->output_ids[j] - e->first_output, t->words);
        for (size_t i = 0; i < e->rows; i++) {
            const size_t word = e->output_ids[e->positive[i]] - e->first_output;
            require(word != e->inputs[i] && t->sentence[word] == t->sentence[e->inputs[i]], "words of two sentences");
            ck_assert_uint_eq(place_of(e->inputs[i], word), place);
            places[place]++;
            pairs++;
        }
    }
    for (size_t i = 0; i < t->count; i++)
        for (size_t d = 1; d <= WINDOW; d++)
            wanted += i + d < t->count && t->sentence[i] == t->sentence[i + d] ? 2 : 0;
    if (weights == WINDOW_FLAT)
        ck_assert_uint_eq(pairs, wanted);
    for (size_t d = 0; d < WINDOW; d++) /* of both directions */
        require(weights != WINDOW_FLAT || places[d] == places[PLACES - 1 - d], "place %zu has %zu pairs", d, places[d]);
    ck_assert_uint_lt(wanted / 4, pairs);
    examples_destroy(examples);
    free_block(t);
}

START_TEST(an_output_for_each_position)
{
    for (size_t sharing = 1; sharing <= 21; sharing += 10) {
        check_positions(sharing, WINDOW_FLAT);
        check_positions(sharing, WINDOW_SHRINK);
    }
}
END_TEST

START_TEST(places_of_a_bag)
{
    block_text *t = make_block(1000, 1, 20, 0, 0);
    ExamplesOptions options = examples_options_for(t, &layout_bags, WINDOW, 5, 4);
    Examples *examples = create_examples(&options);
    const Example *e;

    start_block(examples, t, 0, 0);
    while ((e = examples_next(examples)))
        for (size_t i = 0; i < e->rows; i++)
            for (size_t k = e->bag[i]; k < e->bag[i + 1]; k++)
                ck_assert_uint_eq(e->place[k], place_of(e->output_ids[e->positive[i]], e->inputs[k]));
    examples_destroy(examples);
    free_block(t);
}
END_TEST

/* log(k Q) is the word's, at each position. */
START_TEST(the_noise_of_a_word)
{
    block_text *t = make_block(200, 5, 20, 10, 0);
    const ExamplesOptions options = examples_options_for(t, &layout_positions, WINDOW, 5, 4);
    const float parameters[N2V_MAX_PARAMETERS] = {0};
    float log_noise[10];
    made_objective made;
    Examples *examples = create_examples(&options);
    TileStep *step;
    const Example *e;
    size_t checked = 0;
    double loss;
    Model model = {.dim = 4};

    model_set_words(&model, 10);
    model_set_stride(&model, row_stride(4));
    ck_assert_int_eq(model_set_rows(&model, 10, 10 * PLACES, 1, NULL), N2V_OK);
    model.input = floats_create(model.input_rows * model.stride);
    model.output = floats_create(model.output_rows * model.stride);
    make_objective(&made, N2V_DOT, N2V_NEEDS_LOG_NOISE);
    for (size_t w = 0; w < 10; w++)
        log_noise[w] = -(float)w;
    ck_assert_int_eq(tile_create(&step,
                                 &(TileOptions){.kernels = full_precision(),
                                                .objective = &made.objective,
                                                .parameters = parameters,
                                                .layout = &layout_positions,
                                                .encoder = &encoder_one_row,
                                                .optimizer = &optimizer_sgd,
                                                .model = &model,
                                                .stride = model.stride,
                                                .log_noise = log_noise,
                                                .sizes = layout_positions.sizes(&options)},
                                 NULL),
                     N2V_OK);
    start_block(examples, t, 0, 0);
    while ((e = examples_next(examples))) {
        tile_loss(step, e, &loss);
        for (size_t j = 0; j < e->negatives; j++)
            ck_assert_float_eq(made.tile.log_noise[j], -(float)(e->output_ids[j] % 10));
        for (size_t p = 0; p < e->positives; p++)
            ck_assert_float_eq(made.tile.positive_log_noise[p], -(float)(e->output_ids[e->positive[p]] % 10));
        checked += e->first_output > 0;
    }
    ck_assert_uint_gt(checked, 100);
    tile_destroy(step);
    floats_destroy(model.input, model.input_rows * model.stride);
    floats_destroy(model.output, model.output_rows * model.stride);
    examples_destroy(examples);
    free_block(t);
}
END_TEST

/* ---- the gradient of inputs side by side ---- */

enum { WIDE = TILE_BAG * TILE_STRIDE, BIAS = WIDE - TILE_STRIDE + TILE_DIM };

typedef struct wide_rows {
    double of[TILE_WORDS][WIDE];
} wide_rows;

/* Random bags whose inputs are at places of their own. */
static void make_places(made_example *e, uint32_t *places, Random *random)
{
    e->example.bag = e->bag;
    e->example.place = places;
    e->example.weight = e->weight;
    for (size_t i = 0; i < e->example.rows; i++) {
        uint32_t count = 0;
        e->weight[i] = 1;
        for (uint32_t place = 0; place < TILE_BAG; place++)
            if (random_below(random, 2) || (place + 1 == TILE_BAG && !count)) {
                const uint32_t at = e->bag[i] + count++;
                places[at] = place;
                e->inputs[at] = random_below(random, TILE_WORDS / 3);
            }
        e->bag[i + 1] = e->bag[i] + count;
    }
}

/* The input of row i, its 1 included. */
static void input_of(const made_model *model, const made_example *e, size_t i, double *x)
{
    memset(x, 0, WIDE * sizeof *x);
    for (uint32_t k = e->bag[i]; k < e->bag[i + 1]; k++)
        for (size_t d = 0; d < TILE_DIM; d++)
            x[e->example.place[k] * TILE_STRIDE + d] = (double)model->before_input[e->inputs[k] * TILE_STRIDE + d];
    x[BIAS] = model->model.has_bias;
}

/* The score of a pair; adds g times its gradient. */
static double chain(n2v_geometry geometry, const double *x, const float *y, double g, double *grad_x, double *grad_y)
{
    double score = 0;

    for (size_t d = 0; d < WIDE; d++) {
        const double a = x[d], b = (double)y[d];
        score += geometry == N2V_DOT ? a * b : (a - b) * (a - b);
        grad_x[d] += g * (geometry == N2V_DOT ? b : 2 * (a - b));
        grad_y[d] += g * (geometry == N2V_DOT ? a : 2 * (b - a));
    }
    return score;
}

static void compare(const float *before, const float *after, const double *gradient, size_t floats,
                    const Kernels *kernels, const char *what)
{
    for (size_t d = 0; d < floats; d++) {
        const double moved = (double)after[d] - (double)before[d], wanted = -TILE_RATE * gradient[d];
        require(fabs(moved - wanted) < TILE_TOLERANCE(kernels) + 0.01 * fabs(wanted),
                "%s at %zu moved by %.9g, not %.9g", what, d, moved, wanted);
        require(d % TILE_STRIDE <= TILE_DIM || after[d] == 0, "%s at %zu is not 0", what, d);
    }
}

/* Wide outputs in place of the model's own. */
static float *widen(made_model *model, float *before, Random *random)
{
    const bool bias = model->model.has_bias;

    floats_destroy(model->model.output, TILE_WORDS * TILE_STRIDE);
    ck_assert_int_eq(model_set_rows(&model->model, TILE_WORDS, TILE_WORDS, TILE_BAG, NULL), N2V_OK);
    model->model.output = floats_create((size_t)TILE_WORDS * WIDE);
    for (size_t at = 0; at < (size_t)TILE_WORDS * WIDE; at++)
        if (at % TILE_STRIDE < TILE_DIM || (bias && at % WIDE == BIAS))
            model->model.output[at] = tile_coefficient(random);
    memcpy(before, model->model.output, (size_t)TILE_WORDS * WIDE * sizeof *before);
    return model->model.output;
}

static TileStep *new_wide_step(const Kernels *kernels, const made_objective *made, made_model *model, size_t m,
                               size_t n)
{
    static const float no_parameters[N2V_MAX_PARAMETERS];
    const TileOptions options = {.kernels = kernels,
                                 .objective = &made->objective,
                                 .parameters = no_parameters,
                                 .layout = &layout_bags,
                                 .encoder = &encoder_side_by_side,
                                 .optimizer = &optimizer_sgd,
                                 .model = &model->model,
                                 .stride = WIDE,
                                 .sizes = {.rows = m,
                                           .outputs = n + m,
                                           .negatives = n,
                                           .positives = m,
                                           .inputs = TILE_MAX * TILE_BAG}};
    TileStep *step;

    ck_assert_int_eq(tile_create(&step, &options, NULL), N2V_OK);
    return step;
}

static void check_step(const Kernels *kernels, n2v_geometry geometry, uint32_t needs, size_t m, size_t n,
                       Random *random)
{
    static float before[TILE_WORDS * WIDE];
    static wide_rows output;
    double input[TILE_WORDS][TILE_STRIDE] = {{0}};
    uint32_t places[TILE_MAX * TILE_BAG];
    made_objective made;
    made_example e;
    made_model model;
    TileStep *step;
    float *outputs;

    memset(&output, 0, sizeof output);
    make_objective(&made, geometry, needs);
    random_seed(&made.random, n, m, 0, 7);
    make_tile_model(&model, needs, random);
    outputs = widen(&model, before, random);
    make_example(&e, &layout_inputs, m, n, random);
    make_places(&e, places, random);
    step = new_wide_step(kernels, &made, &model, m, n);
    (void)tile_train(step, &e.example, (float)TILE_RATE, NULL);
    for (size_t i = 0; i < m; i++) {
        const Id positive = positive_word(&e, i);
        double x[WIDE], of_x[WIDE] = {0};
        input_of(&model, &e, i, x);
        for (size_t j = 0; j <= n; j++) {
            const Id word = j < n ? column_word(&e, j) : positive;
            const double g = (double)(j < n ? made.scores[i * n + j] : made.positives[i]);
            const double given = (double)(j < n ? made.given_scores[i * n + j] : made.given_positives[i]);
            const double score = chain(geometry, x, before + word * WIDE, g, of_x, output.of[word]);
            require(fabs(given - score) < 1e-4, "row %zu, column %zu: score %.9g, not %.9g", i, j, given, score);
        }
        for (uint32_t k = e.bag[i]; k < e.bag[i + 1]; k++)
            for (size_t d = 0; d < TILE_DIM; d++)
                input[e.inputs[k]][d] += of_x[places[k] * TILE_STRIDE + d];
    }
    for (size_t w = 0; w < TILE_WORDS; w++) {
        compare(model.before_input + w * TILE_STRIDE, model.model.input + w * TILE_STRIDE, input[w], TILE_STRIDE,
                kernels, "an input");
        compare(before + w * WIDE, outputs + w * WIDE, output.of[w], WIDE, kernels, "an output");
    }
    tile_destroy(step);
    floats_destroy(outputs, (size_t)TILE_WORDS * WIDE);
    floats_destroy(model.model.input, TILE_WORDS * TILE_STRIDE);
}

START_TEST(each_place_gets_its_gradient)
{
    const Kernels *kernels;
    Random random;

    random_seed(&random, 23, 0, 0, 0);
    for (size_t k = 0; (kernels = kernels_at(k)) != NULL; k++)
        for (size_t m = 1; m <= TILE_MAX; m += SANITIZED ? 9 : 4)
            for (size_t n = 1; n <= TILE_MAX; n += SANITIZED ? 10 : 5) {
                check_step(kernels, N2V_DOT, 0, m, n, &random);
                check_step(kernels, N2V_DOT, N2V_NEEDS_OUTPUT_BIAS, m, n, &random);
                check_step(kernels, N2V_SQEUCLID, 0, m, n, &random);
            }
}
END_TEST

/* ---- trainings ---- */

static const InputModel models[] = {MODEL_STRUCTURED_SKIPGRAM, MODEL_CWINDOW};

/* Words follow each other in one order: what comes next is always the same. */
START_TEST(they_learn_with_every_objective_that_takes_them)
{
    training_text *text = regular_text(200, 20, 50);
    size_t trained_with = 0;

    for (size_t i = 0; registered_objective(i); i += SANITIZED ? 7 : 1)
        for (size_t k = 0; k < 2; k++) {
            TrainOptions options = default_options(i, 1);
            const uint32_t needs = objective_needs(options.objective, options.parameters);
            Trainer *trainer;
            LossSum first;
            options.model = models[k];
            if (!layout_choose(needs, options.noise_sharing, options.model, false) ||
                (needs & N2V_NEEDS_UNIT_ROWS && options.model == MODEL_CWINDOW))
                continue;
            options.dim = 20;
            options.window = 2;
            options.weights = WINDOW_FLAT;
            options.epochs = 5;
            options.learning_rate *= 5;
            trainer = trained(text, &options);
            first = trainer_state(trainer)->epochs[0];
            check_parameters(trainer_model(trainer), options.objective->name);
            require(last_loss(trainer) < 0.95 * first.loss / (double)first.pairs, "%s: the loss goes from %g to %g",
                    options.objective->name, first.loss / (double)first.pairs, last_loss(trainer));
            trainer_destroy(trainer);
            trained_with++;
        }
    require(trained_with >= (SANITIZED ? 2 : 10), "only %zu trainings", trained_with);
    free_text(text);
}
END_TEST

/* The score of a word after another, at a distance. */
static double score_after(const Model *model, Id word, Id at, size_t distance, size_t window)
{
    const size_t row = (window + distance - 1) * model->words + at;
    double sum = (double)model_own_bias(model, (Id)row);

    for (size_t d = 0; d < model->dim; d++)
        sum += (double)model->input[word * model->stride + d] * (double)model->output[row * model->output_stride + d];
    return sum;
}

/* The word that comes next scores high at its own distance alone. */
START_TEST(each_position_has_its_own_outputs)
{
    training_text *text = regular_text(400, 20, 50);
    TrainOptions options = training_options("sgns", 1);
    Trainer *trainer;
    const Model *model;

    options.model = MODEL_STRUCTURED_SKIPGRAM;
    options.dim = 20;
    options.window = 2;
    options.weights = WINDOW_FLAT;
    trainer = trained(text, &options);
    model = trainer_model(trainer);
    ck_assert_uint_eq(model->output_rows, 4 * 50);
    for (Id w = 0; w < 50; w++)
        for (Id distance = 1; distance <= 2; distance++) {
            const double here = score_after(model, w, (w + distance) % 50, distance, 2);
            const double there = score_after(model, w, (w + distance) % 50, 3 - distance, 2);
            require(here > there + 1, "word %u, distance %u: scores %g and %g", w, distance, here, there);
        }
    trainer_destroy(trainer);
    free_text(text);
}
END_TEST

START_TEST(rounds_do_not_depend_on_threads)
{
    training_text *text = blocks_of_random_text(3, 100);

    for (size_t k = 0; k < 2; k++) {
        TrainOptions options = training_options("nce", 1);
        Trainer *one, *more;
        options.model = models[k];
        options.dim = 8;
        options.window = 2;
        options.deterministic = true;
        options.virtual_workers = 4;
        options.round_words = 2048;
        options.rule = rule_at(k); /* sum, mean */
        options.epochs = 1;
        one = trained(text, &options);
        check_parameters(trainer_model(one), "rounds");
        for (options.threads = 2; options.threads <= 3; options.threads++) {
            more = trained(text, &options);
            require(same_parameters(trainer_model(one), trainer_model(more)), "%zu threads give other bytes than one",
                    options.threads);
            trainer_destroy(more);
        }
        trainer_destroy(one);
    }
    free_text(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("positions");

    add_test(suite, "an output for each position", an_output_for_each_position);
    add_test(suite, "places of a bag", places_of_a_bag);
    add_test(suite, "the noise of a word", the_noise_of_a_word);
    add_test(suite, "each place gets its gradient", each_place_gets_its_gradient);
    add_test(suite, "they learn with every objective that takes them", they_learn_with_every_objective_that_takes_them);
    add_test(suite, "each position has its own outputs", each_position_has_its_own_outputs);
    add_test(suite, "rounds do not depend on threads", rounds_do_not_depend_on_threads);
    return run_suite(suite);
}
