/* A step on a tile, against the chain rule in double. The objectives here are made up: the loss is a sum of all that
 * an objective is given, each number times a random coefficient, so that the gradient is known beforehand and whatever
 * the engine hands out or carries back wrongly shows. */
#include <math.h>
#include <string.h>

#include "base/random.h"
#include "test.h"
#include "train/tile.h"

enum { WORDS = 40, DIM = 21, MOST = 18, STRIDE = 32 }; /* more rows than two strips of a side */

/* So small that the square of a step is less than rounding; a term left out moves a row by about 2e-5. */
#define RATE               2e-5
#define TOLERANCE(kernels) ((kernels)->bf16 ? 2.4e-6 : 1.2e-6)

/* What the made-up objective was given, and the coefficients it answered with. The objective has no state of
 * its own: this hangs on its only parameter's place in the test's memory. */
typedef struct record {
    float parameters[N2V_MAX_PARAMETERS]; /* first: loss_grad gets its address */
    unsigned needs;
    Random random;
    n2v_tile tile;
    float scores[MOST * MOST], positives[MOST], input_pairs[MOST * MOST], output_pairs[MOST * MOST];
    float given_inputs[MOST * MOST], given_outputs[MOST * MOST], given_scores[MOST * MOST], given_positives[MOST];
} record;

static float coefficient(Random *random)
{
    return 2 * random_float(random) - 1;
}

static uint32_t needs(const float *parameters, void *user)
{
    (void)user;
    return ((const record *)(const void *)parameters)->needs;
}

static double weigh(const float *values, size_t count, Random *random, float *coefficients, float *given)
{
    double sum = 0;
    for (size_t c = 0; c < count; c++) {
        given[c] = values[c];
        coefficients[c] = coefficient(random);
        sum += (double)values[c] * (double)coefficients[c];
    }
    return sum;
}

static double weigh_pairs(const float *pairs, size_t count, Random *random, float *gradient, float *coefficients,
                          float *given)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t l = 0; l < count; l++) {
            const size_t c = i * count + l;
            require(gradient[c] == 0, "the gradient of pair (%zu, %zu) is not zeroed", i, l);
            given[c] = pairs[c];
            coefficients[c] = i == l ? 0 : i > l ? coefficients[l * count + i] : coefficient(random);
            gradient[c] = i == l ? 1e6f : coefficients[c]; /* nobody reads it */
            sum += i == l ? 0 : (double)pairs[c] * (double)coefficients[c];
        }
    }
    return sum;
}

static void loss_grad(const n2v_tile *tile, const float *parameters, const n2v_tile_gradient *gradient, float *scratch,
                      double *loss, void *user)
{
    const VectorMath *const math = tile->math;
    record *r = (record *)(uintptr_t)parameters;
    const size_t m = tile->m, n = tile->n;
    double sum;

    (void)user;
    (void)math;
    (void)scratch;
    r->tile = *tile;
    require(r->needs & N2V_NEEDS_POSITIVES_ONLY ? !tile->scores && !tile->mask && !gradient->scores : !!tile->scores,
            "scores and what was asked for");
    sum = tile->scores ? weigh(tile->scores, m * n, &r->random, r->scores, r->given_scores) : 0;
    sum += weigh(tile->positive_scores, tile->first[m], &r->random, r->positives, r->given_positives);
    if (gradient->scores)
        memcpy(gradient->scores, r->scores, m * n * sizeof(float));
    memcpy(gradient->positives, r->positives, tile->first[m] * sizeof(float));
    if (r->needs & N2V_NEEDS_SIDES) {
        sum += weigh_pairs(tile->input_pairs, m, &r->random, gradient->input_pairs, r->input_pairs, r->given_inputs);
        sum += weigh_pairs(tile->output_pairs, n, &r->random, gradient->output_pairs, r->output_pairs, r->given_outputs);
    } else {
        require(!tile->input_pairs && !tile->output_pairs && !gradient->input_pairs && !gradient->output_pairs,
                "pairs that nobody asked for");
    }
    if (loss)
        *loss += sum;
}

static const n2v_objective dots = {.name = "dots", .geometry = N2V_DOT, .needs = needs, .loss_grad = loss_grad};
static const n2v_objective distances = {
    .name = "distances", .geometry = N2V_SQEUCLID, .needs = needs, .loss_grad = loss_grad};

/* A model without a vocabulary: a step needs rows alone. */
typedef struct rows {
    Model model;
    float before_input[WORDS * STRIDE], before_output[WORDS * STRIDE];
} rows;

static void make_rows(rows *r, Random *random)
{
    const size_t stride = row_stride(DIM + 1);

    ck_assert_uint_eq(stride, STRIDE);
    r->model = (Model){.words = WORDS, .dim = DIM, .stride = stride};
    r->model.input = floats_create(WORDS * stride);
    r->model.output = floats_create(WORDS * stride);
    ck_assert(r->model.input && r->model.output);
    for (size_t w = 0; w < WORDS; w++) {
        for (size_t d = 0; d < DIM; d++) {
            r->model.input[w * stride + d] = coefficient(random);
            r->model.output[w * stride + d] = coefficient(random);
        }
    }
    memcpy(r->before_input, r->model.input, sizeof r->before_input);
    memcpy(r->before_output, r->model.output, sizeof r->before_output);
}

static void shorten(float *row)
{
    double square = 0;

    for (size_t d = 0; d < DIM; d++)
        square += (double)row[d] * (double)row[d];
    for (size_t d = 0; d < DIM; d++)
        row[d] = (float)((double)row[d] / sqrt(square));
}

static void make_unit_rows(rows *r)
{
    for (size_t w = 0; w < WORDS; w++) {
        shorten(r->before_input + w * STRIDE);
        shorten(r->before_output + w * STRIDE);
    }
    memcpy(r->model.input, r->before_input, sizeof r->before_input);
    memcpy(r->model.output, r->before_output, sizeof r->before_output);
}

/* What is left of a gradient when rows are kept at length 1: the part across them. */
static void take_across(const float *before, double (*grad)[DIM + 1])
{
    for (size_t w = 0; w < WORDS; w++) {
        double along = 0;
        for (size_t d = 0; d < DIM; d++)
            along += grad[w][d] * (double)before[w * STRIDE + d];
        for (size_t d = 0; d < DIM; d++)
            grad[w][d] -= along * (double)before[w * STRIDE + d];
    }
}

/* A bias is an element of its output row, and 1 of every input row. */
static void make_biases(rows *r, Random *random)
{
    for (size_t w = 0; w < WORDS; w++) {
        r->before_input[w * STRIDE + DIM] = r->model.input[w * STRIDE + DIM] = 1;
        r->before_output[w * STRIDE + DIM] = r->model.output[w * STRIDE + DIM] = coefficient(random);
    }
}

static void free_rows(rows *r)
{
    floats_destroy(r->model.input, WORDS * STRIDE);
    floats_destroy(r->model.output, WORDS * STRIDE);
}

/* The score of two rows, and what it adds to the gradient of each, by the chain rule. */
static double chain(n2v_geometry geometry, const float *x, const float *y, double g, double *grad_x, double *grad_y)
{
    double score = (double)x[DIM] * (double)y[DIM]; /* the bias, or 0 */

    grad_y[DIM] += g * (double)x[DIM];
    for (size_t d = 0; d < DIM; d++) {
        const double a = (double)x[d], b = (double)y[d];
        score += geometry == N2V_DOT ? a * b : (a - b) * (a - b);
        grad_x[d] += g * (geometry == N2V_DOT ? b : 2 * (a - b));
        grad_y[d] += g * (geometry == N2V_DOT ? a : 2 * (b - a));
    }
    return score;
}

static void same_score(double got, double wanted, const char *what, size_t i, size_t j)
{
    require(fabs(got - wanted) < 2e-5, "%s (%zu, %zu): score %.9g, not %.9g", what, i, j, got, wanted);
}

/* The first pairs of a side, by their words. */
static void chain_side(n2v_geometry geometry, const float *table, const Id *ids, size_t count, const float *given,
                       const float *g, double (*grad)[DIM + 1], const char *what)
{
    for (size_t i = 0; i < count; i++)
        for (size_t l = 0; l < count; l++)
            if (i != l)
                same_score((double)given[i * count + l],
                           chain(geometry, table + ids[i] * STRIDE, table + ids[l] * STRIDE, (double)g[i * count + l],
                                 grad[ids[i]], grad[ids[l]]),
                           what, i, l);
}

static void compare_rows(const float *before, const float *after, double (*grad)[DIM + 1], double rate,
                         double tolerance, const char *what)
{
    for (size_t w = 0; w < WORDS; w++)
        for (size_t d = 0; d < STRIDE; d++) {
            const double moved = (double)after[w * STRIDE + d] - (double)before[w * STRIDE + d];
            const double wanted = d <= DIM ? -rate * grad[w][d] : 0;
            require(fabs(moved - wanted) < (tolerance + 0.01 * fabs(wanted)) * (d <= DIM) || moved == wanted,
                    "%s %zu at %zu moved by %.9g, not %.9g", what, w, d, moved, wanted);
        }
}

/* An example of a shape: rows and columns from few words, so that rows repeat. */
typedef struct made_example {
    Example example;
    Id inputs[MOST], outputs[2 * MOST];
    uint32_t first[MOST + 1], row[MOST], positive[MOST];
    unsigned char mask[MOST * MOST];
    float multiplicity[MOST];
    uint8_t members[MOST];
} made_example;

static void make_example(made_example *e, Shape shape, size_t m, size_t n, Random *random)
{
    *e = (made_example){0};
    e->example = (Example){.shape = shape,
                           .rows = m,
                           .negatives = n,
                           .positives = m,
                           .inputs = e->inputs,
                           .output_ids = e->outputs,
                           .mask = shape == SHAPE_BATCH ? e->mask : NULL,
                           .multiplicity = e->multiplicity,
                           .first = e->first,
                           .row = e->row,
                           .positive = e->positive,
                           .members = e->members,
                           .overlap = shape == SHAPE_WINDOWS && random_below(random, 2)};
    for (size_t i = 0; i < m; i++) {
        e->inputs[i] = random_below(random, WORDS / 3);
        e->first[i + 1] = (uint32_t)i + 1;
        e->row[i] = (uint32_t)i;
    }
    for (size_t j = 0; j < n; j++)
        e->multiplicity[j] = 1;
    e->example.outputs = shape == SHAPE_BATCH ? 0 : shape == SHAPE_WINDOWS ? n + 2 : n + m;
    for (size_t i = 0; i < m; i++) {
        /* a noise word that is a centre word */
        const bool noise = e->example.overlap && random_below(random, 3) == 0;
        if (shape == SHAPE_BATCH) {
            const bool again = i && random_below(random, 4) == 0; /* columns of the same word */
            e->positive[i] =
                again ? random_below(random, (uint32_t)e->example.outputs) : (uint32_t)e->example.outputs++;
            e->mask[i * n + i] = 1;
        } else {
            e->positive[i] = noise                    ? random_below(random, (uint32_t)n)
                             : shape == SHAPE_WINDOWS ? (uint32_t)n + random_below(random, 2)
                                                      : (uint32_t)(n + i);
        }
        if (shape == SHAPE_WINDOWS && !e->example.overlap)
            e->members[i] = (uint8_t)(1 << (e->positive[i] - n));
    }
    for (size_t j = 0; j < e->example.outputs; j++)
        e->outputs[j] = (Id)(7 * j % WORDS); /* each once */
}

static TileStep *new_step(const Kernels *kernels, const n2v_objective *objective, const float *parameters, Model *model,
                          const float *log_noise)
{
    const TileOptions options = {.kernels = kernels,
                                 .objective = objective,
                                 .parameters = parameters,
                                 .model = model,
                                 .log_noise = log_noise,
                                 .sizes = {MOST, 2 * MOST, MOST, MOST}};
    TileStep *step;

    ck_assert_int_eq(tile_create(&step, &options, NULL), N2V_OK);
    return step;
}

static void check_step(const Kernels *kernels, const n2v_objective *objective, unsigned asked, Shape shape, size_t m,
                       size_t n, Random *random)
{
    record r = {.needs = asked};
    made_example e;
    rows model;
    TileStep *step;
    double grad_input[WORDS][DIM + 1] = {{0}}, grad_output[WORDS][DIM + 1] = {{0}}, loss = 0, again = 0;
    Id columns[MOST];
    float log_noise[WORDS];

    random_seed(&r.random, n, m, asked, 5);
    make_rows(&model, random);
    if (asked & N2V_NEEDS_OUTPUT_BIAS)
        make_biases(&model, random);
    if (asked & N2V_NEEDS_UNIT_ROWS)
        make_unit_rows(&model);
    make_example(&e, shape, m, n, random);
    for (size_t w = 0; w < WORDS; w++)
        log_noise[w] = -(float)w;
    step = new_step(kernels, objective, r.parameters, &model.model, log_noise);
    tile_loss(step, &e.example, &again);
    ck_assert_mem_eq(model.model.input, model.before_input, sizeof model.before_input);
    ck_assert_mem_eq(model.model.output, model.before_output, sizeof model.before_output);
    random_seed(&r.random, n, m, asked, 5);
    for (int again_expected = 0; again_expected < 2; again_expected++)
        tile_expect(step, &e.example); /* only asks for rows */
    ck_assert(!tile_train(step, &e.example, (float)RATE, &loss));
    ck_assert(loss == again);
    ck_assert(r.tile.m == m && r.tile.n == n && r.tile.first[m] == m);
    for (size_t j = 0; j < n; j++) {
        columns[j] = e.outputs[shape == SHAPE_BATCH ? e.positive[j] : j];
        ck_assert(r.tile.log_noise[j] == log_noise[columns[j]]);
    }
    for (size_t p = 0; p < m; p++)
        ck_assert(r.tile.positive_log_noise[p] == log_noise[e.outputs[e.positive[p]]]);
    for (size_t i = 0; i < m; i++) {
        const float *x = model.before_input + e.inputs[i] * STRIDE;
        for (size_t j = 0; j < n && r.tile.scores; j++)
            same_score((double)r.given_scores[i * n + j],
                       chain(objective->geometry, x, model.before_output + columns[j] * STRIDE,
                             (double)r.scores[i * n + j], grad_input[e.inputs[i]], grad_output[columns[j]]),
                       "cell", i, j);
        same_score((double)r.given_positives[i],
                   chain(objective->geometry, x, model.before_output + e.outputs[e.positive[i]] * STRIDE,
                         (double)r.positives[i], grad_input[e.inputs[i]], grad_output[e.outputs[e.positive[i]]]),
                   "positive", i, e.positive[i]);
    }
    if (asked & N2V_NEEDS_SIDES) {
        chain_side(objective->geometry, model.before_input, e.inputs, m, r.given_inputs, r.input_pairs, grad_input,
                   "input pair");
        chain_side(objective->geometry, model.before_output, columns, n, r.given_outputs, r.output_pairs, grad_output,
                   "output pair");
    }
    if (asked & N2V_NEEDS_UNIT_ROWS) {
        take_across(model.before_input, grad_input);
        take_across(model.before_output, grad_output);
    }
    compare_rows(model.before_input, model.model.input, grad_input, RATE, TOLERANCE(kernels), "input");
    compare_rows(model.before_output, model.model.output, grad_output, RATE, TOLERANCE(kernels), "output");
    tile_destroy(step);
    free_rows(&model);
}

START_TEST(steps_down_the_gradient)
{
    static const Shape shapes[] = {SHAPE_WINDOWS, SHAPE_INPUTS, SHAPE_BATCH};
    static const unsigned asked[] = {0,
                                     N2V_NEEDS_UNIT_ROWS,
                                     N2V_NEEDS_SIDES,
                                     N2V_NEEDS_SIDES | N2V_NEEDS_POSITIVES_ONLY, /* of batches alone, the next, too */
                                     N2V_NEEDS_SIDES | N2V_NEEDS_POSITIVES_ONLY | N2V_NEEDS_UNIT_ROWS,
                                     N2V_NEEDS_OUTPUT_BIAS}; /* of dots alone */
    const n2v_objective *const objectives[] = {&dots, &distances};
    const Kernels *kernels;
    Random random;

    random_seed(&random, 12, 0, 0, 0);
    for (size_t k = 0; (kernels = kernels_at(k)) != NULL; k++)
        for (size_t o = 0; o < 2; o++)
            for (size_t s = 0; s < 3; s++)
                for (size_t a = 0; a < (o ? 5 : 6); a++)
                    for (size_t m = 1; m <= MOST; m++)
                        for (size_t n = 1; n <= MOST; n++)
                            if (shapes[s] == SHAPE_BATCH ? m == n : !(asked[a] & N2V_NEEDS_POSITIVES_ONLY))
                                check_step(kernels, objectives[o], asked[a], shapes[s], m, n, &random);
}
END_TEST

/* Rows so long that scores are beyond 30 / factor, which is what the step is then shortened by; only one of
 * the positives may be, or one of the negatives. */
static void check_long_rows(const Kernels *kernels, const n2v_objective *objective, float factor, size_t m, size_t n,
                            Random *random)
{
    const float length = 20;
    record r = {.needs = 0};
    made_example e;
    rows model;
    TileStep *step;
    double grad_input[WORDS][DIM + 1] = {{0}}, grad_output[WORDS][DIM + 1] = {{0}}, loss = 0, most = 0, rate = RATE;

    random_seed(&r.random, n, m, 0, 5);
    make_rows(&model, random);
    for (size_t c = 0; c < WORDS * STRIDE; c++) {
        model.model.input[c] = model.before_input[c] *= length;
        model.model.output[c] = model.before_output[c] *= length;
    }
    make_example(&e, SHAPE_WINDOWS, m, n, random);
    step = new_step(kernels, objective, r.parameters, &model.model, NULL);
    if (tile_train(step, &e.example, (float)RATE, &loss))
        rate = 0; /* by how much is known below */
    for (size_t i = 0; i < m; i++) {
        const float *x = model.before_input + e.inputs[i] * STRIDE;
        for (size_t j = 0; j < n; j++)
            most = fmax(most,
                        fabs(chain(objective->geometry, x, model.before_output + e.outputs[j] * STRIDE,
                                   (double)r.scores[i * n + j], grad_input[e.inputs[i]], grad_output[e.outputs[j]])));
        most = fmax(
            most, fabs(chain(objective->geometry, x, model.before_output + e.outputs[e.positive[i]] * STRIDE,
                             (double)r.positives[i], grad_input[e.inputs[i]], grad_output[e.outputs[e.positive[i]]])));
    }
    if (objective->geometry == N2V_DOT) {
        const bool beyond = most * (double)factor > 30;
        require(beyond == (rate == 0), "largest score %g: shortened is %d", most, rate == 0);
        rate = beyond ? RATE * 30 / (most * (double)factor) : RATE;
    }
    require(rate > 0, "a step of distances is shortened by their size");
    compare_rows(model.before_input, model.model.input, grad_input, rate, TOLERANCE(kernels) * (double)length, "input");
    compare_rows(model.before_output, model.model.output, grad_output, rate, TOLERANCE(kernels) * (double)length,
                 "output");
    tile_destroy(step);
    free_rows(&model);
}

static float half(const float *parameters, void *user)
{
    (void)user;
    (void)parameters;
    return 0.5f;
}

START_TEST(long_rows_make_short_steps)
{
    n2v_objective blunt = dots;
    const Kernels *kernels;
    Random random;

    blunt.sharpness = half;
    random_seed(&random, 13, 0, 0, 0);
    for (size_t k = 0; (kernels = kernels_at(k)) != NULL; k++)
        for (size_t m = 1; m <= MOST; m++)
            for (size_t n = 1; n <= MOST; n++) {
                check_long_rows(kernels, &dots, 1, m, n, &random);
                check_long_rows(kernels, &blunt, 0.5f, m, n, &random);
                check_long_rows(kernels, &distances, 1, m, n, &random);
            }
}
END_TEST

/* Row i of a side moved by coefficients h, all at once from the rows of before. */
static void move_side(const float *before, const Id *ids, size_t count, const float *gradient, double rate,
                      double (*after)[DIM])
{
    double longest = 0.5, factor;

    for (size_t i = 0; i < count; i++) {
        double sum = 0;
        for (size_t l = 0; l < count; l++)
            sum += i == l ? 0 : fabs(4 * rate * (double)gradient[i * count + l]);
        longest = fmax(longest, sum);
    }
    factor = 4 * rate * 0.5 / longest;
    for (size_t i = 0; i < count; i++)
        for (size_t d = 0; d < DIM; d++) {
            const double here = (double)before[ids[i] * STRIDE + d];
            after[i][d] = here;
            for (size_t l = 0; l < count; l++)
                after[i][d] +=
                    i == l ? 0
                           : factor * (double)gradient[i * count + l] * ((double)before[ids[l] * STRIDE + d] - here);
        }
}

/* Steps of distances so long that those within a side are shortened together, and those of pairs each. */
static void check_long_steps(const Kernels *kernels, size_t m, double rate, Random *random)
{
    record r = {.needs = N2V_NEEDS_SIDES | N2V_NEEDS_POSITIVES_ONLY};
    made_example e;
    rows model;
    TileStep *step;
    double of_x[MOST][DIM], of_y[MOST][DIM], loss = 0;
    const double tolerance = kernels->bf16 ? 1e-2 : 1e-5;

    random_seed(&r.random, m, 0, 0, 7);
    make_rows(&model, random);
    make_example(&e, SHAPE_BATCH, m, m, random);
    for (size_t i = 0; i < m; i++) { /* each word once */
        e.inputs[i] = e.outputs[i] = (Id)i;
        e.positive[i] = (uint32_t)i;
    }
    e.example.outputs = m;
    step = new_step(kernels, &distances, r.parameters, &model.model, NULL);
    tile_train(step, &e.example, (float)rate, &loss);
    move_side(model.before_input, e.inputs, m, r.input_pairs, rate, of_x);
    move_side(model.before_output, e.outputs, m, r.output_pairs, rate, of_y);
    for (size_t i = 0; i < m; i++)
        for (size_t d = 0; d < DIM; d++) {
            const double g = fmax(-0.5, fmin(0.5, 2 * rate * (double)r.positives[i])), x = of_x[i][d], y = of_y[i][d];
            const double got_x = (double)model.model.input[e.inputs[i] * STRIDE + d];
            const double got_y = (double)model.model.output[e.outputs[i] * STRIDE + d];
            require(fabs(got_x - ((1 - g) * x + g * y)) < tolerance && fabs(got_y - ((1 - g) * y + g * x)) < tolerance,
                    "%s, %zu pairs at %g: pair %zu at %zu is %g and %g, not %g and %g", kernels->name, m, rate, i, d,
                    got_x, got_y, (1 - g) * x + g * y, (1 - g) * y + g * x);
        }
    tile_destroy(step);
    free_rows(&model);
}

START_TEST(long_steps_are_shortened)
{
    const Kernels *kernels;
    Random random;

    random_seed(&random, 14, 0, 0, 0);
    for (size_t k = 0; (kernels = kernels_at(k)) != NULL; k++)
        for (size_t m = 2; m <= MOST; m++)
            for (double rate = 0.01; rate < 2; rate *= 3)
                check_long_steps(kernels, m, rate, &random);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tile");
    add_test(suite, "steps down the gradient", steps_down_the_gradient);
    add_test(suite, "long rows make short steps", long_rows_make_short_steps);
    add_test(suite, "long steps are shortened", long_steps_are_shortened);
    return run_suite(suite);
}
