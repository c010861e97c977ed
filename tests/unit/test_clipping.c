/* Steps that would be too long, and are clipped. */
#include <math.h>

#include "made_tiles.h"
#include "test.h"

/* The gradient by the chain rule; returns the largest score. */
static double chain_all(const made_objective *made, const made_model *model, const made_example *e, row_gradient *input,
                        row_gradient *output)
{
    const size_t n = e->example.negatives;
    double largest = 0;

    for (size_t i = 0; i < e->example.rows; i++) {
        const float *x = model->before_input + e->inputs[i] * TILE_STRIDE;
        const Id positive = positive_word(e, i);
        for (size_t j = 0; j < n; j++) {
            const Id word = column_word(e, j);
            largest =
                fmax(largest, fabs(chain_pair(made->objective.geometry, x, model->before_output + word * TILE_STRIDE,
                                              (double)made->scores[i * n + j], input[e->inputs[i]], output[word])));
        }
        largest =
            fmax(largest, fabs(chain_pair(made->objective.geometry, x, model->before_output + positive * TILE_STRIDE,
                                          (double)made->positives[i], input[e->inputs[i]], output[positive])));
    }
    return largest;
}

/* Rows so long that scores are beyond 30 / sharpness: the step is shorter by how much. It may be one of the positives
 * alone, or one of the negatives. */
static void check_long_rows(const Kernels *kernels, n2v_geometry geometry, float sharpness, size_t m, size_t n,
                            Random *random)
{
    const float length = 20;
    made_objective made;
    made_example e;
    made_model model;
    TileStep *step;
    row_gradient input[TILE_WORDS] = {{0}}, output[TILE_WORDS] = {{0}};
    double loss = 0, largest, rate = TILE_RATE;
    bool clipped;

    make_objective(&made, geometry, 0);
    made.sharpness = sharpness;
    random_seed(&made.random, n, m, 0, 5);
    make_tile_model(&model, 0, random);
    scale_model(&model, length);
    make_example(&e, &layout_windows, m, n, random);
    step = new_step(kernels, &made, &layout_windows, &model.model, NULL);
    clipped = tile_train(step, &e.example, (float)TILE_RATE, &loss);
    largest = chain_all(&made, &model, &e, input, output) * (double)fminf(sharpness, 1);
    if (geometry == N2V_DOT) {
        require((largest > 30) == clipped, "largest score %g: clipped is %d", largest, clipped);
        rate *= largest > 30 ? 30 / largest : 1;
    }
    require(geometry == N2V_DOT || !clipped, "a step of distances is clipped by their size");
    compare_rows(model.before_input, model.model.input, input, rate, TILE_TOLERANCE(kernels) * (double)length, "input");
    compare_rows(model.before_output, model.model.output, output, rate, TILE_TOLERANCE(kernels) * (double)length,
                 "output");
    tile_destroy(step);
    free_made_model(&model);
}

START_TEST(long_rows_make_short_steps)
{
    const Kernels *kernels;
    Random random;

    random_seed(&random, 13, 0, 0, 0);
    for (size_t k = 0; (kernels = kernels_at(k)) != NULL; k++)
        for (size_t m = 1; m <= TILE_MAX; m++)
            for (size_t n = 1; n <= TILE_MAX; n++) {
                check_long_rows(kernels, N2V_DOT, 1, m, n, &random);
                check_long_rows(kernels, N2V_DOT, 0.5f, m, n, &random);
                check_long_rows(kernels, N2V_SQEUCLID, 1, m, n, &random);
            }
}
END_TEST

/* The largest magnitude of the coefficients. */
static double largest_coefficient(const made_objective *made, const Example *example)
{
    double largest = 0;

    for (size_t c = 0; c < example->rows * example->negatives; c++)
        largest = fmax(largest, fabs((double)made->scores[c]));
    for (size_t p = 0; p < example->positives; p++)
        largest = fmax(largest, fabs((double)made->positives[p]));
    return largest;
}

/* Derivatives above 8, with and without the need. */
static void check_steep_slopes(const Kernels *kernels, uint32_t needs, size_t m, size_t n, Random *random)
{
    made_objective made;
    made_example e;
    made_model model;
    TileStep *step;
    row_gradient input[TILE_WORDS] = {{0}}, output[TILE_WORDS] = {{0}};
    double loss = 0, largest, rate = TILE_RATE;
    bool clipped;

    make_objective(&made, N2V_DOT, needs);
    made.slope = 16;
    random_seed(&made.random, n, m, 0, 6);
    make_tile_model(&model, needs, random);
    make_example(&e, &layout_windows, m, n, random);
    step = new_step(kernels, &made, &layout_windows, &model.model, NULL);
    clipped = tile_train(step, &e.example, (float)TILE_RATE, &loss);
    (void)chain_all(&made, &model, &e, input, output);
    largest = largest_coefficient(&made, &e.example);
    require(clipped == (needs && largest > 8), "largest derivative %g: clipped is %d", largest, clipped);
    rate *= clipped ? 8 / largest : 1;
    compare_rows(model.before_input, model.model.input, input, rate, 16 * TILE_TOLERANCE(kernels), "input");
    compare_rows(model.before_output, model.model.output, output, rate, 16 * TILE_TOLERANCE(kernels), "output");
    tile_destroy(step);
    free_made_model(&model);
}

START_TEST(steep_slopes_make_short_steps)
{
    const Kernels *kernels;
    Random random;

    random_seed(&random, 15, 0, 0, 0);
    for (size_t k = 0; (kernels = kernels_at(k)) != NULL; k++)
        for (size_t m = 1; m <= TILE_MAX; m += 2)
            for (size_t n = 1; n <= TILE_MAX; n += 2) {
                check_steep_slopes(kernels, 0, m, n, &random);
                check_steep_slopes(kernels, N2V_NEEDS_SLOPE_CLIPPING, m, n, &random);
            }
}
END_TEST

typedef double moved_row[TILE_DIM];

/* Row i of a side moved by coefficients h, all at once from the rows of before. */
static void move_side(const float *before, const Id *ids, size_t count, const float *gradient, double rate,
                      moved_row *after)
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
        for (size_t d = 0; d < TILE_DIM; d++) {
            const double here = (double)before[ids[i] * TILE_STRIDE + d];
            after[i][d] = here;
            for (size_t l = 0; l < count; l++)
                after[i][d] += i == l ? 0
                                      : factor * (double)gradient[i * count + l] *
                                            ((double)before[ids[l] * TILE_STRIDE + d] - here);
        }
}

/* Requires that each pair moved from where its sides are. */
static void compare_pairs(const Kernels *kernels, const made_objective *made, const made_model *model,
                          const made_example *e, double rate, moved_row *of_x, moved_row *of_y)
{
    const double tolerance = kernels->bf16 ? 1e-2 : 1e-5;

    for (size_t i = 0; i < e->example.rows; i++)
        for (size_t d = 0; d < TILE_DIM; d++) {
            const double g = fmax(-0.5, fmin(0.5, 2 * rate * (double)made->positives[i]));
            const double x = of_x[i][d], y = of_y[i][d], wanted_x = (1 - g) * x + g * y, wanted_y = (1 - g) * y + g * x;
            const double got_x = (double)model->model.input[e->inputs[i] * TILE_STRIDE + d];
            const double got_y = (double)model->model.output[e->outputs[i] * TILE_STRIDE + d];
            require(fabs(got_x - wanted_x) < tolerance && fabs(got_y - wanted_y) < tolerance,
                    "%s, %zu pairs at %g: pair %zu at %zu is %g and %g, not %g and %g", kernels->name, e->example.rows,
                    rate, i, d, got_x, got_y, wanted_x, wanted_y);
        }
}

/* Steps of distances so long that those within a side are clipped together, and those of pairs each. */
static void check_long_steps(const Kernels *kernels, size_t m, double rate, Random *random)
{
    const uint32_t needs = N2V_NEEDS_SIDES | N2V_NEEDS_POSITIVES_ONLY;
    made_objective made;
    made_example e;
    made_model model;
    TileStep *step;
    moved_row of_x[TILE_MAX], of_y[TILE_MAX];
    double loss = 0;

    make_objective(&made, N2V_SQEUCLID, needs);
    random_seed(&made.random, m, 0, 0, 7);
    make_tile_model(&model, needs, random);
    make_example(&e, &layout_batches, m, m, random);
    for (size_t i = 0; i < m; i++) { /* each word once */
        e.inputs[i] = e.outputs[i] = (Id)i;
        e.positive[i] = (uint32_t)i;
    }
    e.example.outputs = m;
    step = new_step(kernels, &made, &layout_batches, &model.model, NULL);
    tile_train(step, &e.example, (float)rate, &loss);
    move_side(model.before_input, e.inputs, m, made.input_pairs, rate, of_x);
    move_side(model.before_output, e.outputs, m, made.output_pairs, rate, of_y);
    compare_pairs(kernels, &made, &model, &e, rate, of_x, of_y);
    tile_destroy(step);
    free_made_model(&model);
}

START_TEST(long_steps_are_clipped)
{
    const Kernels *kernels;
    Random random;

    random_seed(&random, 14, 0, 0, 0);
    for (size_t k = 0; (kernels = kernels_at(k)) != NULL; k++)
        for (size_t m = 2; m <= TILE_MAX; m++)
            for (double rate = 0.01; rate < 2; rate *= 3)
                check_long_steps(kernels, m, rate, &random);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("clipping");
    add_test(suite, "long rows make short steps", long_rows_make_short_steps);
    add_test(suite, "steep slopes make short steps", steep_slopes_make_short_steps);
    add_test(suite, "long steps are clipped", long_steps_are_clipped);
    return run_suite(suite);
}
