/* A step on a tile, against the chain rule in double. */
#include <math.h>
#include <string.h>

#include "made_tiles.h"
#include "test.h"

/* All of one step. */
typedef struct checked_step {
    const Kernels *kernels;
    made_objective made;
    made_example example;
    made_model model;
    float log_noise[TILE_WORDS];
    row_gradient input[TILE_WORDS], output[TILE_WORDS]; /* what the chain rule gives */
    double bias;                                        /* the shared one's gradient */
    bool adagrad;
} checked_step;

static void same_score(double got, double wanted, const char *what, size_t i, size_t j)
{
    require(fabs(got - wanted) < 2e-5, "%s (%zu, %zu): score %.9g, not %.9g", what, i, j, got, wanted);
}

/* The scores of rows with columns and positives. */
static void chain_scores(checked_step *s)
{
    const made_objective *made = &s->made;
    const n2v_geometry geometry = made->objective.geometry;
    const size_t m = s->example.example.rows, n = s->example.example.negatives;
    const double bias = (double)s->model.before_bias;

    for (size_t i = 0; i < m; i++) {
        const Id input = s->example.inputs[i], positive = positive_word(&s->example, i);
        const float *x = s->model.before_input + input * TILE_STRIDE;
        for (size_t j = 0; j < n && made->tile.scores; j++) {
            const Id word = column_word(&s->example, j);
            const double g = (double)made->scores[i * n + j];
            same_score((double)made->given_scores[i * n + j],
                       bias + chain_pair(geometry, x, s->model.before_output + word * TILE_STRIDE, g, s->input[input],
                                         s->output[word]),
                       "cell", i, j);
            s->bias += g;
        }
        same_score((double)made->given_positives[i],
                   bias + chain_pair(geometry, x, s->model.before_output + positive * TILE_STRIDE,
                                     (double)made->positives[i], s->input[input], s->output[positive]),
                   "positive", i, positive);
        s->bias += (double)made->positives[i];
    }
}

/* The pairs of a side, by their words. */
static void chain_side(n2v_geometry geometry, const float *table, const Id *ids, size_t count, const float *given,
                       const float *g, row_gradient *gradient, const char *what)
{
    for (size_t i = 0; i < count; i++)
        for (size_t l = 0; l < count; l++)
            if (i != l)
                same_score((double)given[i * count + l],
                           chain_pair(geometry, table + ids[i] * TILE_STRIDE, table + ids[l] * TILE_STRIDE,
                                      (double)g[i * count + l], gradient[ids[i]], gradient[ids[l]]),
                           what, i, l);
}

static void chain_sides(checked_step *s)
{
    const made_objective *made = &s->made;
    Id columns[TILE_MAX];

    for (size_t j = 0; j < s->example.example.negatives; j++)
        columns[j] = column_word(&s->example, j);
    chain_side(made->objective.geometry, s->model.before_input, s->example.inputs, s->example.example.rows,
               made->given_inputs, made->input_pairs, s->input, "input pair");
    chain_side(made->objective.geometry, s->model.before_output, columns, s->example.example.negatives,
               made->given_outputs, made->output_pairs, s->output, "output pair");
}

static void chain_norm(const float *table, Id id, float given, float g, row_gradient *gradient, const char *what)
{
    double norm = 0;

    for (size_t d = 0; d < TILE_DIM; d++) {
        const double x = (double)table[id * TILE_STRIDE + d];
        norm += x * x;
        gradient[id][d] += 2 * (double)g * x;
    }
    same_score((double)given, norm, what, id, 0);
}

static void chain_norms(checked_step *s)
{
    const made_objective *made = &s->made;

    for (size_t i = 0; i < s->example.example.rows; i++) {
        chain_norm(s->model.before_input, s->example.inputs[i], made->given_input_norms[i], made->input_norms[i],
                   s->input, "input norm");
        chain_norm(s->model.before_output, positive_word(&s->example, i), made->given_positive_norms[i],
                   made->positive_norms[i], s->output, "positive norm");
    }
    for (size_t j = 0; j < s->example.example.negatives; j++)
        chain_norm(s->model.before_output, column_word(&s->example, j), made->given_output_norms[j],
                   made->output_norms[j], s->output, "output norm");
}

/* What is left of a gradient when rows are kept at length 1: the part across them. */
static void take_across(const float *before, row_gradient *gradient)
{
    for (size_t w = 0; w < TILE_WORDS; w++) {
        double along = 0;
        for (size_t d = 0; d < TILE_DIM; d++)
            along += gradient[w][d] * (double)before[w * TILE_STRIDE + d];
        for (size_t d = 0; d < TILE_DIM; d++)
            gradient[w][d] -= along * (double)before[w * TILE_STRIDE + d];
    }
}

static void check_log_noise(const checked_step *s)
{
    const n2v_tile *tile = &s->made.tile;

    for (size_t j = 0; j < s->example.example.negatives; j++)
        ck_assert(tile->log_noise[j] == s->log_noise[column_word(&s->example, j)]);
    for (size_t p = 0; p < s->example.example.positives; p++)
        ck_assert(tile->positive_log_noise[p] == s->log_noise[positive_word(&s->example, p)]);
}

/* Adds the mean square of a gradient to an accumulator, and divides the gradient by its root. */
static void adapt(double *gradient, size_t elements, float before, float after, const char *what, size_t row)
{
    double sum = (double)before;

    for (size_t d = 0; d < elements; d++)
        sum += gradient[d] * gradient[d] / (double)elements;
    require(fabs((double)after - sum) < 0.04 * (sum - (double)before) + 1e-9,
            "the accumulator of %s %zu is %.9g, not %.9g", what, row, (double)after, sum);
    for (size_t d = 0; d < elements; d++)
        gradient[d] /= sqrt(sum + 1e-8);
}

static void adapt_all(checked_step *s)
{
    const Model *model = &s->model.model;
    const float *before = s->model.before_sums;

    for (size_t w = 0; w < TILE_WORDS; w++) {
        adapt(s->input[w], TILE_DIM, before[w], model_accumulator(model, w), "input", w);
        adapt(s->output[w], TILE_DIM + model->has_bias, before[TILE_WORDS + w],
              model_accumulator(model, TILE_WORDS + w), "output", w);
    }
    adapt(&s->bias, s->made.needs & N2V_NEEDS_SHARED_BIAS ? 1 : 0, before[2 * TILE_WORDS],
          model_accumulator(model, 2 * TILE_WORDS), "bias", 0);
}

static void compare_model(checked_step *s)
{
    if (s->adagrad)
        adapt_all(s);

    const double moved = (double)s->model.model.shared_bias - (double)s->model.before_bias;
    const double wanted = s->made.needs & N2V_NEEDS_SHARED_BIAS ? -TILE_RATE * s->bias : 0;

    compare_rows(s->model.before_input, s->model.model.input, s->input, TILE_RATE, TILE_TOLERANCE(s->kernels), "input");
    compare_rows(s->model.before_output, s->model.model.output, s->output, TILE_RATE, TILE_TOLERANCE(s->kernels),
                 "output");
    require(wanted == 0 ? moved == 0 : fabs(moved - wanted) < 4e-6 + 0.01 * fabs(wanted),
            "the shared bias moved by %.9g, not %.9g", moved, wanted);
}

/* An input once each: of one that is there twice, Adagrad sees two gradients. */
static void spread_inputs(made_example *example)
{
    for (size_t i = 0; i < example->example.rows; i++)
        example->inputs[i] = (Id)(11 * i % TILE_WORDS);
}

static void check_step(const Kernels *kernels, n2v_geometry geometry, uint32_t needs, const Layout *layout,
                       const Optimizer *optimizer, size_t m, size_t n, Random *random)
{
    checked_step s = {.kernels = kernels, .adagrad = optimizer == &optimizer_adagrad};
    TileStep *step;
    double loss = 0, again = 0;

    make_objective(&s.made, geometry, needs);
    s.made.optimizer = optimizer;
    s.made.size = s.adagrad ? 0.02F : 1; /* its gradients are those of a longer step than TILE_RATE */
    random_seed(&s.made.random, n, m, needs, 5);
    make_tile_model(&s.model, needs, random);
    make_example(&s.example, layout, m, n, random);
    if (s.adagrad) {
        make_accumulators(&s.model, random);
        spread_inputs(&s.example);
    }
    for (size_t w = 0; w < TILE_WORDS; w++)
        s.log_noise[w] = -(float)w;
    step = new_step(kernels, &s.made, layout, &s.model.model, s.log_noise);
    tile_loss(step, &s.example.example, &again);
    ck_assert_mem_eq(s.model.model.input, s.model.before_input, sizeof s.model.before_input);
    ck_assert_mem_eq(s.model.model.output, s.model.before_output, sizeof s.model.before_output);
    ck_assert(s.model.model.shared_bias == s.model.before_bias);
    random_seed(&s.made.random, n, m, needs, 5);
    tile_prefetch(step, &s.example.example); /* changes nothing, also when there is one too many */
    tile_prefetch(step, &s.example.example);
    ck_assert(!tile_train(step, &s.example.example, (float)TILE_RATE, &loss));
    ck_assert(loss == again);
    ck_assert(s.made.tile.m == m && s.made.tile.n == n && s.made.tile.first[m] == m);
    check_log_noise(&s);
    chain_scores(&s);
    if (needs & N2V_NEEDS_SIDES)
        chain_sides(&s);
    if (needs & N2V_NEEDS_NORMS)
        chain_norms(&s);
    if (needs & N2V_NEEDS_UNIT_ROWS) {
        take_across(s.model.before_input, s.input);
        take_across(s.model.before_output, s.output);
    }
    compare_model(&s);
    tile_destroy(step);
    free_made_model(&s.model);
}

/* Tiles of all sizes. */
static void check_steps(n2v_geometry geometry, uint32_t needs, const Layout *layout, const Optimizer *optimizer)
{
    const bool batch = layout == &layout_batches, adagrad = optimizer == &optimizer_adagrad;
    const size_t every = SANITIZED || adagrad ? 5 : runs_all() ? 1 : 2;
    const Kernels *kernels;
    Random random;

    random_seed(&random, 12, needs, (uint64_t)geometry, 0);
    for (size_t k = 0; (kernels = kernels_at(k)) != NULL; k++)
        for (size_t m = 1; m <= TILE_MAX; m += every)
            for (size_t n = batch ? m : 1; n <= (batch ? m : TILE_MAX); n += every)
                check_step(kernels, geometry, needs, layout, optimizer, m, n, &random);
}

/* Of all that is needed from a tile. */
static void check_all_steps(const Optimizer *optimizer)
{
    static const Layout *const layouts[] = {&layout_windows, &layout_inputs, &layout_batches};
    static const uint32_t of_both[] = {0, N2V_NEEDS_UNIT_ROWS, N2V_NEEDS_SIDES, N2V_NEEDS_NORMS};
    static const uint32_t of_dots[] = {N2V_NEEDS_OUTPUT_BIAS, N2V_NEEDS_SHARED_BIAS,
                                       N2V_NEEDS_OUTPUT_BIAS | N2V_NEEDS_SHARED_BIAS};

    for (size_t l = 0; l < sizeof layouts / sizeof *layouts; l++) {
        for (size_t a = 0; a < sizeof of_both / sizeof *of_both; a++) {
            check_steps(N2V_DOT, of_both[a], layouts[l], optimizer);
            check_steps(N2V_SQEUCLID, of_both[a], layouts[l], optimizer);
        }
        for (size_t a = 0; a < sizeof of_dots / sizeof *of_dots; a++)
            check_steps(N2V_DOT, of_dots[a], layouts[l], optimizer);
    }
}

static void check_positives_alone(const Optimizer *optimizer)
{
    static const uint32_t needs[] = {N2V_NEEDS_SIDES | N2V_NEEDS_POSITIVES_ONLY,
                                     N2V_NEEDS_SIDES | N2V_NEEDS_POSITIVES_ONLY | N2V_NEEDS_UNIT_ROWS};

    for (size_t a = 0; a < sizeof needs / sizeof *needs; a++) {
        check_steps(N2V_DOT, needs[a], &layout_batches, optimizer);
        check_steps(N2V_SQEUCLID, needs[a], &layout_batches, optimizer);
    }
}

START_TEST(steps_go_down_the_gradient)
{
    check_all_steps(&optimizer_sgd);
}
END_TEST

START_TEST(steps_of_positives_alone)
{
    check_positives_alone(&optimizer_sgd);
}
END_TEST

START_TEST(steps_of_adagrad)
{
    check_all_steps(&optimizer_adagrad);
    check_positives_alone(&optimizer_adagrad);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tile");
    add_test(suite, "steps go down the gradient", steps_go_down_the_gradient);
    add_test(suite, "steps of positives alone", steps_of_positives_alone);
    add_test(suite, "steps of Adagrad", steps_of_adagrad);
    return run_suite(suite);
}
