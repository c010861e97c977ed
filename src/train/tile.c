#include "train/tile.h"

#include <stdlib.h>

struct n2v_tile_step {
    n2v_tile_options options;
    unsigned needs;
    float **x, **y;            /* the rows in the model */
    float *memory;             /* all of the following */
    size_t memory_floats;
    float *cells;              /* rows x outputs: scores, then coefficients of the update */
    float *scores, *positives; /* the same as the objective sees them */
    float *gradient, *positive_gradient;
    float *log_noise, *positive_log_noise;
    float *x_norms, *y_norms, *negative_norms, *positive_norms;
    float *norm_gradient; /* of inputs, negatives, positives in turn */
    float *x_scale, *y_scale;
    float *update_scratch, *objective_scratch;
};

/* Gives each buffer its place, on cache lines; without memory it only counts the floats. */
static size_t lay_out(n2v_tile_step *step, float *memory)
{
    const size_t rows = step->options.max_rows, outputs = step->options.max_outputs, cells = rows * outputs;
    const n2v_objective *objective = step->options.objective;
    const struct {
        float **place;
        size_t floats;
    } buffers[] = {
        {&step->cells, cells},
        {&step->scores, cells},
        {&step->positives, rows},
        {&step->gradient, cells},
        {&step->positive_gradient, rows},
        {&step->log_noise, outputs},
        {&step->positive_log_noise, rows},
        {&step->x_norms, rows},
        {&step->y_norms, outputs},
        {&step->negative_norms, outputs},
        {&step->positive_norms, rows},
        {&step->norm_gradient, 2 * rows + outputs},
        {&step->x_scale, rows},
        {&step->y_scale, outputs},
        {&step->update_scratch, N2V_UPDATE_SCRATCH(rows)},
        {&step->objective_scratch, objective->scratch ? objective->scratch(rows, outputs, rows) : 0},
    };
    size_t used = 0;

    for (size_t i = 0; i < sizeof buffers / sizeof *buffers; i++) {
        if (memory)
            *buffers[i].place = memory + used;
        used += n2v_row_stride(buffers[i].floats);
    }
    return used;
}

n2v_status n2v_tile_create(n2v_tile_step **step, const n2v_tile_options *options, n2v_error *error)
{
    n2v_tile_step *created = n2v_array_zero(1, sizeof *created);

    *step = NULL;
    if (!created)
        return n2v_fail_memory(error, sizeof *created, "a tile");
    created->options = *options;
    created->needs = options->objective->needs(options->parameters);
    created->x = n2v_array(options->max_rows, sizeof *created->x);
    created->y = n2v_array(options->max_outputs, sizeof *created->y);
    created->memory_floats = lay_out(created, NULL);
    created->memory = n2v_floats(created->memory_floats);
    if (!created->x || !created->y || !created->memory) {
        const size_t floats = created->memory_floats;
        n2v_tile_destroy(created);
        return n2v_fail_memory(error, floats * sizeof(float), "a tile");
    }
    (void)lay_out(created, created->memory);
    *step = created;
    return N2V_OK;
}

void n2v_tile_destroy(n2v_tile_step *step)
{
    if (!step)
        return;
    free(step->x);
    free(step->y);
    n2v_floats_free(step->memory, step->memory_floats);
    free(step);
}

static void prefetch_row(const float *row, size_t stride)
{
    for (size_t c = 0; c < stride; c += N2V_ROW_FLOATS)
        __builtin_prefetch(row + c, 1);
}

void n2v_tile_prefetch(const n2v_tile_step *step, const n2v_example *example)
{
    const n2v_model *model = step->options.model;

    for (size_t j = 0; j < example->outputs; j++)
        prefetch_row(model->output + example->output_ids[j] * model->stride, model->stride);
    /* The other rows of a window were in the windows before. */
    prefetch_row(model->input + example->inputs[example->rows - 1] * model->stride, model->stride);
}

/* Which output negative j is. */
static size_t negative_output(const n2v_example *example, size_t j)
{
    return example->mask ? j : example->negative[j];
}

/* Hands the scores to the objective: positives and noise words apart. */
static void split(n2v_tile_step *step, const n2v_example *example)
{
    const size_t outputs = example->outputs, n = example->negatives;
    const float *log_noise = step->options.log_noise;

    for (size_t i = 0; i < example->rows; i++) {
        const float *cells = step->cells + i * outputs;
        for (uint32_t p = example->first[i]; p < example->first[i + 1]; p++)
            step->positives[p] = cells[example->positive[p]];
        for (size_t j = 0; j < n && !example->mask; j++)
            step->scores[i * n + j] = cells[example->negative[j]];
    }
    if (log_noise) {
        for (size_t j = 0; j < n; j++)
            step->log_noise[j] = log_noise[example->output_ids[negative_output(example, j)]];
        for (size_t p = 0; p < example->positives; p++)
            step->positive_log_noise[p] = log_noise[example->output_ids[example->positive[p]]];
    }
    if (step->needs & N2V_NEEDS_NORMS) {
        for (size_t j = 0; j < n; j++)
            step->negative_norms[j] = step->y_norms[negative_output(example, j)];
        for (size_t p = 0; p < example->positives; p++)
            step->positive_norms[p] = step->y_norms[example->positive[p]];
    }
}

/* Turns the gradient into the coefficients of the update: one a pair of rows. */
static void join(n2v_tile_step *step, const n2v_example *example, float factor)
{
    const size_t outputs = example->outputs, n = example->negatives;

    for (size_t i = 0; i < example->rows; i++) {
        float *cells = step->cells + i * outputs;
        const float *gradient = step->gradient + i * n;
        if (example->mask) {
            for (size_t j = 0; j < outputs; j++)
                cells[j] = factor * gradient[j];
        } else {
            for (size_t j = 0; j < outputs; j++)
                cells[j] = 0;
            for (size_t j = 0; j < n; j++)
                cells[example->negative[j]] += factor * gradient[j];
        }
        for (uint32_t p = example->first[i]; p < example->first[i + 1]; p++)
            cells[example->positive[p]] += factor * step->positive_gradient[p];
    }
}

/* |x - y|^2 turns into x_i <- x_i - lr 2 (sum_j g_ij) x_i + lr 2 sum_j g_ij y_j: the
 * coefficients have lr 2 in them, the row's own share is a scale. */
static void scale_by_distances(n2v_tile_step *step, const n2v_example *example)
{
    const size_t outputs = example->outputs;

    for (size_t i = 0; i < example->rows; i++) {
        for (size_t j = 0; j < outputs; j++) {
            step->x_scale[i] -= step->cells[i * outputs + j];
            step->y_scale[j] -= step->cells[i * outputs + j];
        }
    }
}

/* |x|^2: x_i <- x_i - lr 2 g_i x_i. */
static void scale_by_norms(n2v_tile_step *step, const n2v_example *example, float learning_rate)
{
    const float *inputs = step->norm_gradient, *negatives = inputs + example->rows;
    const float *positives = negatives + example->negatives;

    for (size_t i = 0; i < example->rows; i++)
        step->x_scale[i] -= 2 * learning_rate * inputs[i];
    for (size_t j = 0; j < example->negatives; j++)
        step->y_scale[negative_output(example, j)] -= 2 * learning_rate * negatives[j];
    for (size_t p = 0; p < example->positives; p++)
        step->y_scale[example->positive[p]] -= 2 * learning_rate * positives[p];
}

static void fill(float *values, size_t count, float value)
{
    for (size_t i = 0; i < count; i++)
        values[i] = value;
}

/* The scores of all pairs, with their biases. */
static void score(n2v_tile_step *step, const n2v_example *example)
{
    const n2v_tile_options *options = &step->options;
    const n2v_kernels *kernels = options->kernels;
    const n2v_model *model = options->model;
    const float *const *x = (const float *const *)step->x, *const *y = (const float *const *)step->y;
    const size_t rows = example->rows, outputs = example->outputs;

    for (size_t i = 0; i < rows; i++)
        step->x[i] = model->input + example->inputs[i] * model->stride;
    for (size_t j = 0; j < outputs; j++)
        step->y[j] = model->output + example->output_ids[j] * model->stride;
    if (options->objective->geometry == N2V_DOT)
        kernels->dot(x, rows, y, outputs, model->stride, step->cells);
    else
        kernels->sqdist(x, rows, y, outputs, model->stride, step->cells);
    if (step->needs & N2V_NEEDS_OUTPUT_BIAS)
        kernels->add_bias(step->cells, rows, model->output_bias, example->output_ids, outputs);
    if (options->shared_bias) {
        const float bias = atomic_load_explicit(options->shared_bias, memory_order_relaxed);
        for (size_t c = 0; c < rows * outputs; c++)
            step->cells[c] += bias;
    }
    if (step->needs & N2V_NEEDS_NORMS) {
        kernels->norms(x, rows, model->stride, step->x_norms);
        kernels->norms(y, outputs, model->stride, step->y_norms);
        fill(step->norm_gradient, rows + example->negatives + example->positives, 0);
    }
}

/* The update of the model from the coefficients in step->cells. */
static void update(n2v_tile_step *step, const n2v_example *example, float learning_rate)
{
    const n2v_tile_options *options = &step->options;
    const n2v_kernels *kernels = options->kernels;
    const n2v_model *model = options->model;
    const bool distances = options->objective->geometry == N2V_SQEUCLID, norms = step->needs & N2V_NEEDS_NORMS;
    const size_t rows = example->rows, outputs = example->outputs;
    float *x_scale = NULL, *y_scale = NULL;

    if (step->needs & N2V_NEEDS_OUTPUT_BIAS)
        kernels->update_bias(model->output_bias, example->output_ids, outputs, step->cells, rows);
    if (options->shared_bias) {
        float sum = atomic_load_explicit(options->shared_bias, memory_order_relaxed);
        for (size_t c = 0; c < rows * outputs; c++)
            sum += step->cells[c];
        atomic_store_explicit(options->shared_bias, sum, memory_order_relaxed); /* Hogwild, too */
    }
    if (distances || norms) {
        x_scale = step->x_scale;
        y_scale = step->y_scale;
        fill(x_scale, rows, 1);
        fill(y_scale, outputs, 1);
    }
    if (distances)
        scale_by_distances(step, example);
    if (norms)
        scale_by_norms(step, example, learning_rate);
    kernels->update(step->x, x_scale, rows, step->y, y_scale, outputs, model->stride, step->cells,
                    step->update_scratch);
    if (step->needs & N2V_NEEDS_UNIT_ROWS) {
        kernels->normalize(step->x, rows, model->stride);
        kernels->normalize(step->y, outputs, model->stride);
    }
}

/* Scores, loss (unless NULL) and gradient. */
static void evaluate(n2v_tile_step *step, const n2v_example *example, double *loss)
{
    const n2v_tile_options *options = &step->options;
    const bool norms = step->needs & N2V_NEEDS_NORMS, noise = options->log_noise != NULL;
    float *input_norms = step->norm_gradient, *output_norms = input_norms + example->rows;
    const n2v_tile tile = {
        .m = example->rows,
        .n = example->negatives,
        .scores = example->mask ? step->cells : step->scores,
        .mask = example->mask,
        .log_noise = noise ? step->log_noise : NULL,
        .multiplicity = example->repeated ? example->multiplicity : NULL,
        .first = example->first,
        .positive_scores = step->positives,
        .positive_log_noise = noise ? step->positive_log_noise : NULL,
        .column = example->mask ? example->positive : NULL,
        .input_norms = norms ? step->x_norms : NULL,
        .output_norms = norms ? step->negative_norms : NULL,
        .positive_norms = norms ? step->positive_norms : NULL,
    };
    const n2v_tile_gradient gradient = {
        .scores = step->gradient,
        .positives = step->positive_gradient,
        .input_norms = norms ? input_norms : NULL,
        .output_norms = norms ? output_norms : NULL,
        .positive_norms = norms ? output_norms + example->negatives : NULL,
    };

    score(step, example);
    split(step, example);
    options->objective->loss_grad(&tile, options->parameters, &options->kernels->math, gradient,
                                  step->objective_scratch, loss);
}

void n2v_tile_loss(n2v_tile_step *step, const n2v_example *example, double *loss)
{
    evaluate(step, example, loss);
}

void n2v_tile_train(n2v_tile_step *step, const n2v_example *example, float learning_rate, double *loss)
{
    const n2v_objective *objective = step->options.objective;

    evaluate(step, example, loss);
    join(step, example, objective->geometry == N2V_DOT ? -learning_rate : 2 * learning_rate);
    update(step, example, learning_rate);
}
