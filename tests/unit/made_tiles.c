#include "made_tiles.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

float tile_coefficient(Random *random)
{
    return 2 * random_float(random) - 1;
}

/* The objective ----------------------------------------------------------------------------- */

static uint32_t needs(const float *parameters, void *user)
{
    (void)parameters;
    return ((const made_objective *)user)->needs;
}

static float sharpness(const float *parameters, void *user)
{
    (void)parameters;
    return ((const made_objective *)user)->sharpness;
}

static float coefficient(made_objective *made)
{
    return made->size * tile_coefficient(&made->random);
}

static double weigh(const float *values, size_t count, made_objective *made, float *coefficients, float *given)
{
    double sum = 0;

    for (size_t c = 0; c < count; c++) {
        given[c] = values[c];
        coefficients[c] = coefficient(made);
        sum += (double)values[c] * (double)coefficients[c];
    }
    return sum;
}

static double weigh_pairs(const float *pairs, size_t count, made_objective *made, float *gradient, float *coefficients,
                          float *given)
{
    double sum = 0;

    for (size_t i = 0; i < count; i++) {
        for (size_t l = 0; l < count; l++) {
            const size_t c = i * count + l;
            require(gradient[c] == 0, "the gradient of pair (%zu, %zu) is not zeroed", i, l);
            given[c] = pairs[c];
            coefficients[c] = i == l ? 0 : i > l ? coefficients[l * count + i] : coefficient(made);
            gradient[c] = i == l ? 1e6f : coefficients[c]; /* nobody reads it */
            sum += i == l ? 0 : (double)pairs[c] * (double)coefficients[c];
        }
    }
    return sum;
}

static double weigh_norms(const float *norms, size_t count, made_objective *made, float *gradient, float *coefficients,
                          float *given)
{
    const double sum = weigh(norms, count, made, coefficients, given);

    for (size_t i = 0; i < count; i++)
        require(gradient[i] == 0, "the gradient of norm %zu is not zeroed", i);
    memcpy(gradient, coefficients, count * sizeof *gradient);
    return sum;
}

static double weigh_what_is_needed(made_objective *made, const n2v_tile *tile, const n2v_tile_gradient *gradient)
{
    const size_t m = tile->m, n = tile->n, positives = tile->first[m];
    double sum = 0;

    if (made->needs & N2V_NEEDS_SIDES) {
        sum += weigh_pairs(tile->input_pairs, m, made, gradient->input_pairs, made->input_pairs,
                           made->given_inputs);
        sum += weigh_pairs(tile->output_pairs, n, made, gradient->output_pairs, made->output_pairs,
                           made->given_outputs);
    } else {
        require(!tile->input_pairs && !tile->output_pairs && !gradient->input_pairs && !gradient->output_pairs,
                "pairs that are not needed");
    }
    if (made->needs & N2V_NEEDS_NORMS) {
        sum += weigh_norms(tile->input_norms, m, made, gradient->input_norms, made->input_norms,
                           made->given_input_norms);
        sum += weigh_norms(tile->output_norms, n, made, gradient->output_norms, made->output_norms,
                           made->given_output_norms);
        sum += weigh_norms(tile->positive_norms, positives, made, gradient->positive_norms,
                           made->positive_norms, made->given_positive_norms);
    } else {
        require(!tile->input_norms && !tile->output_norms && !tile->positive_norms && !gradient->input_norms &&
                    !gradient->output_norms && !gradient->positive_norms,
                "norms that are not needed");
    }
    return sum;
}

static void loss_grad(const n2v_tile *tile, const float *parameters, const n2v_tile_gradient *gradient, float *scratch,
                      double *loss, void *user)
{
    made_objective *made = user;
    const size_t m = tile->m, n = tile->n;
    double sum;

    (void)parameters;
    (void)scratch;
    made->tile = *tile;
    require(made->needs & N2V_NEEDS_POSITIVES_ONLY ? !tile->scores && !tile->mask && !gradient->scores : !!tile->scores,
            "scores and what is needed");
    sum = tile->scores ? weigh(tile->scores, m * n, made, made->scores, made->given_scores) : 0;
    sum += weigh(tile->positive_scores, tile->first[m], made, made->positives, made->given_positives);
    sum *= (double)made->slope;
    for (size_t c = 0; tile->scores && c < m * n; c++)
        made->scores[c] *= made->slope;
    for (size_t p = 0; p < tile->first[m]; p++)
        made->positives[p] *= made->slope;
    if (gradient->scores)
        memcpy(gradient->scores, made->scores, m * n * sizeof(float));
    memcpy(gradient->positives, made->positives, tile->first[m] * sizeof(float));
    sum += weigh_what_is_needed(made, tile, gradient);
    if (loss)
        *loss += sum;
}

void make_objective(made_objective *made, n2v_geometry geometry, uint32_t needed)
{
    *made = (made_objective){.objective = {.name = geometry == N2V_DOT ? "dots" : "distances",
                                           .geometry = geometry,
                                           .needs = needs,
                                           .sharpness = sharpness,
                                           .loss_grad = loss_grad,
                                           .user = made},
                             .needs = needed,
                             .optimizer = &optimizer_sgd,
                             .size = 1,
                             .sharpness = 1,
                             .slope = 1};
}

/* The model --------------------------------------------------------------------------------- */

static void shorten(float *row)
{
    double square = 0;

    for (size_t d = 0; d < TILE_DIM; d++)
        square += (double)row[d] * (double)row[d];
    for (size_t d = 0; d < TILE_DIM; d++)
        row[d] = (float)((double)row[d] / sqrt(square));
}

void make_tile_model(made_model *made, uint32_t needed, Random *random)
{
    const size_t floats = TILE_WORDS * TILE_STRIDE;
    float *input = floats_create(floats), *output = floats_create(floats);

    ck_assert_uint_eq(row_stride(TILE_DIM + 1), TILE_STRIDE);
    ck_assert(input && output);
    made->model = (Model){.dim = TILE_DIM, .input = input, .output = output};
    model_set_words(&made->model, TILE_WORDS);
    model_set_stride(&made->model, TILE_STRIDE);
    for (size_t w = 0; w < TILE_WORDS; w++) {
        float *x = input + w * TILE_STRIDE, *y = output + w * TILE_STRIDE;
        for (size_t d = 0; d < TILE_DIM; d++) {
            x[d] = tile_coefficient(random);
            y[d] = tile_coefficient(random);
        }
        if (needed & N2V_NEEDS_OUTPUT_BIAS) {
            x[TILE_DIM] = 1;
            y[TILE_DIM] = tile_coefficient(random);
        }
        if (needed & N2V_NEEDS_UNIT_ROWS) {
            shorten(x);
            shorten(y);
        }
    }
    made->model.has_bias = needed & N2V_NEEDS_OUTPUT_BIAS;
    made->before_bias = needed & N2V_NEEDS_SHARED_BIAS ? tile_coefficient(random) : 0;
    made->model.shared_bias = made->before_bias;
    memcpy(made->before_input, input, sizeof made->before_input);
    memcpy(made->before_output, output, sizeof made->before_output);
}

void make_accumulators(made_model *made, Random *random)
{
    ck_assert_int_eq(model_accumulate(&made->model, NULL), N2V_OK);
    for (size_t i = 0; i < 2 * TILE_WORDS + 1; i++) {
        made->before_sums[i] = 1e-3F * (random_float(random) + 0.01F);
        made->model.accumulators[i] = made->before_sums[i];
    }
}

void scale_model(made_model *made, float factor)
{
    for (size_t c = 0; c < TILE_WORDS * TILE_STRIDE; c++) {
        made->model.input[c] = made->before_input[c] *= factor;
        made->model.output[c] = made->before_output[c] *= factor;
    }
}

void free_made_model(made_model *made)
{
    free((void *)made->model.accumulators);
    floats_destroy(made->model.input, TILE_WORDS * TILE_STRIDE);
    floats_destroy(made->model.output, TILE_WORDS * TILE_STRIDE);
}

/* The example ------------------------------------------------------------------------------- */

/* The output that row i's positive is. */
static uint32_t make_positive(made_example *made, const Layout *layout, size_t i, size_t n, Random *random)
{
    Example *e = &made->example;
    const bool noise = e->overlap && random_below(random, 3) == 0; /* a noise word that is a center word */

    if (layout == &layout_batches) {
        const bool again = i && random_below(random, 4) == 0; /* columns of the same word */
        return again ? random_below(random, (uint32_t)e->outputs) : (uint32_t)e->outputs++;
    }
    if (noise)
        return random_below(random, (uint32_t)n);
    return layout == &layout_windows ? (uint32_t)n + random_below(random, 2) : (uint32_t)(n + i);
}

void make_example(made_example *made, const Layout *layout, size_t m, size_t n, Random *random)
{
    const bool batch = layout == &layout_batches, windows = layout == &layout_windows;
    Example *e = &made->example;

    *made = (made_example){.example = {.rows = m,
                                       .negatives = n,
                                       .positives = m,
                                       .inputs = made->inputs,
                                       .output_ids = made->outputs,
                                       .mask = batch ? made->mask : NULL,
                                       .multiplicity = made->multiplicity,
                                       .first = made->first,
                                       .row = made->row,
                                       .positive = made->positive,
                                       .output_of_column = batch ? made->positive : NULL,
                                       .column_of_positive = batch ? made->first : NULL,
                                       .members = made->members,
                                       .overlap = windows && random_below(random, 2)}};
    for (size_t i = 0; i < m; i++) {
        made->inputs[i] = random_below(random, TILE_WORDS / 3);
        made->first[i + 1] = (uint32_t)i + 1;
        made->row[i] = (uint32_t)i;
    }
    for (size_t j = 0; j < n; j++)
        made->multiplicity[j] = 1;
    e->outputs = batch ? 0 : windows ? n + 2 : n + m;
    for (size_t i = 0; i < m; i++) {
        made->positive[i] = make_positive(made, layout, i, n, random);
        if (batch)
            made->mask[i * n + i] = 1;
        if (windows && !e->overlap)
            made->members[i] = (uint8_t)(1 << (made->positive[i] - n));
    }
    for (size_t j = 0; j < e->outputs; j++)
        made->outputs[j] = (Id)(7 * j % TILE_WORDS); /* each once */
}

Id column_word(const made_example *made, size_t j)
{
    return made->outputs[made->example.output_of_column ? made->example.output_of_column[j] : j];
}

Id positive_word(const made_example *made, size_t i)
{
    return made->outputs[made->positive[i]];
}

/* The step ---------------------------------------------------------------------------------- */

void make_bags(made_example *made, Random *random)
{
    Example *e = &made->example;

    e->bag = made->bag;
    e->weight = made->weight;
    for (size_t i = 0; i < e->rows; i++) {
        made->weight[i] = 1 + tile_coefficient(random) / 2;
        made->bag[i + 1] = made->bag[i] + 1 + random_below(random, TILE_BAG);
        for (uint32_t k = made->bag[i]; k < made->bag[i + 1]; k++)
            made->inputs[k] = random_below(random, TILE_WORDS / 3);
    }
}

TileStep *new_step(const Kernels *kernels, const made_objective *made, const Layout *layout, Model *model,
                   const float *log_noise)
{
    return new_step_of(kernels, made, layout, &encoder_one_row, model, log_noise);
}

TileStep *new_step_of(const Kernels *kernels, const made_objective *made, const Layout *layout, const Encoder *encoder,
                      Model *model, const float *log_noise)
{
    static const float no_parameters[N2V_MAX_PARAMETERS];
    const TileOptions options = {.kernels = kernels,
                                 .objective = &made->objective,
                                 .parameters = no_parameters,
                                 .layout = layout,
                                 .encoder = encoder,
                                 .stride = TILE_STRIDE,
                                 .optimizer = made->optimizer,
                                 .weight_decay = made->weight_decay,
                                 .model = model,
                                 .log_noise = log_noise,
                                 .sizes = {.rows = TILE_MAX,
                                           .outputs = 2 * TILE_MAX,
                                           .negatives = TILE_MAX,
                                           .positives = TILE_MAX,
                                           .cells = 2 * TILE_MAX * TILE_MAX,
                                           .inputs = TILE_MAX * TILE_BAG},
                                 .new_rows = 2};
    TileStep *step;

    ck_assert_int_eq(tile_create(&step, &options, NULL), N2V_OK);
    return step;
}

double chain_pair(n2v_geometry geometry, const float *x, const float *y, double g, double *grad_x, double *grad_y)
{
    double score = (double)x[TILE_DIM] * (double)y[TILE_DIM]; /* the bias, or 0 */

    grad_y[TILE_DIM] += g * (double)x[TILE_DIM];
    for (size_t d = 0; d < TILE_DIM; d++) {
        const double a = (double)x[d], b = (double)y[d];
        score += geometry == N2V_DOT ? a * b : (a - b) * (a - b);
        grad_x[d] += g * (geometry == N2V_DOT ? b : 2 * (a - b));
        grad_y[d] += g * (geometry == N2V_DOT ? a : 2 * (b - a));
    }
    return score;
}

void compare_rows(const float *before, const float *after, row_gradient *gradient, double rate, double tolerance,
                  const char *what)
{
    for (size_t w = 0; w < TILE_WORDS; w++)
        for (size_t d = 0; d < TILE_STRIDE; d++) {
            const double moved = (double)after[w * TILE_STRIDE + d] - (double)before[w * TILE_STRIDE + d];
            const double wanted = d <= TILE_DIM ? -rate * gradient[w][d] : 0;
            require(fabs(moved - wanted) < (tolerance + 0.01 * fabs(wanted)) * (d <= TILE_DIM) || moved == wanted,
                    "%s %zu at %zu moved by %.9g, not %.9g", what, w, d, moved, wanted);
        }
}
