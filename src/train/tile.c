#include "train/tile.h"

#include <math.h>
#include <stdlib.h>

/* What scores, biases included, may reach before the learning rate gives way to them; more where a loss divides them
 * by a temperature. A step changes a score by about rate x slope x the rows' squared lengths: rows of many such scores
 * overshoot, and would grow for ever. A log-probability does not come near it: the rarest word of ten billion has -21.
 * (nce at four times its rate ends non-finite in its first epoch without this; at 200 times it does not with it.) */
#define LARGEST_SCORE 30.0F

struct TileStep {
    TileOptions options;
    unsigned needs;
    float largest_score; /* that leaves the steps as long as the learning rate makes them; dot products only */
    float **x, **y;      /* the rows in the model; an example's outputs stand after its inputs */
    float **columns;     /* a batch's, which are its rows' positives, too; see column_rows */
    const float **ahead; /* rows that the next example will need, until they are asked for */
    size_t ahead_count;
    float *memory; /* all of the following */
    size_t memory_floats;
    float *cells;              /* rows x outputs: scores, then coefficients of the update */
    float *scores, *positives; /* the same as the objective sees them */
    float *gradient, *positive_gradient;
    float *output_log_noise, *log_noise, *positive_log_noise;
    float *x_norms, *y_norms, *negative_norms, *positive_norms;
    float *norm_gradient; /* of inputs, negatives, positives in turn */
    float *x_scale, *y_scale, *side_scale;
    float *input_pairs, *output_pairs, *input_pair_gradient, *output_pair_gradient;
    float *update_scratch, *objective_scratch;
};

/* Gives each buffer its place, on cache lines; without memory it only counts the floats. */
static size_t lay_out(TileStep *step, float *memory)
{
    const ExampleSizes sizes = step->options.sizes;
    const size_t rows = sizes.rows, outputs = sizes.outputs, negatives = sizes.negatives, positives = sizes.positives;
    const n2v_objective *objective = step->options.objective;
    const bool sides = step->needs & N2V_NEEDS_SIDES;
    const size_t input_pairs = sides ? rows * rows : 0, output_pairs = sides ? negatives * negatives : 0;
    const struct {
        float **place;
        size_t floats;
    } buffers[] = {
        {&step->cells, rows * outputs + ROW_FLOATS},
        {&step->scores, rows * negatives + ROW_FLOATS},
        {&step->positives, positives + ROW_FLOATS},
        {&step->gradient, rows * negatives + ROW_FLOATS},
        {&step->positive_gradient, positives + ROW_FLOATS},
        {&step->output_log_noise, outputs + ROW_FLOATS},
        {&step->log_noise, negatives},
        {&step->positive_log_noise, positives + ROW_FLOATS},
        {&step->x_norms, rows},
        {&step->y_norms, outputs},
        {&step->negative_norms, negatives},
        {&step->positive_norms, positives},
        {&step->norm_gradient, rows + negatives + positives},
        {&step->x_scale, rows},
        {&step->y_scale, outputs},
        {&step->side_scale, sides ? 2 * (rows > negatives ? rows : negatives) : 0},
        {&step->input_pairs, input_pairs},
        {&step->output_pairs, output_pairs},
        {&step->input_pair_gradient, input_pairs},
        {&step->output_pair_gradient, output_pairs},
        {&step->update_scratch,
         UPDATE_SCRATCH(sides && negatives > rows ? negatives : rows, sides && rows > outputs ? rows : outputs)},
        {&step->objective_scratch, objective_scratch(objective, rows, negatives, positives)},
    };
    size_t used = 0;

    for (size_t i = 0; i < sizeof buffers / sizeof *buffers; i++) {
        if (memory)
            *buffers[i].place = memory + used;
        used += row_stride(buffers[i].floats);
    }
    return used;
}

n2v_status tile_create(TileStep **step, const TileOptions *options, n2v_error *error)
{
    TileStep *created = array_create_zero(1, sizeof *created);

    *step = NULL;
    if (!created)
        return fail_memory(error, sizeof *created, "a tile");
    created->options = *options;
    created->needs = objective_needs(options->objective, options->parameters);
    created->largest_score = LARGEST_SCORE;
    created->largest_score /= fminf(objective_sharpness(options->objective, options->parameters), 1);
    created->x = array_create(options->sizes.rows + options->sizes.outputs, sizeof *created->x);
    created->ahead = array_create(2 * options->sizes.rows + options->sizes.outputs, sizeof *created->ahead);
    created->columns = array_create(options->sizes.negatives, sizeof *created->columns);
    created->memory_floats = lay_out(created, NULL);
    created->memory = floats_create(created->memory_floats);
    if (!created->x || !created->columns || !created->ahead || !created->memory) {
        const size_t floats = created->memory_floats;
        tile_destroy(created);
        return fail_memory(error, floats * sizeof(float), "a tile");
    }
    (void)lay_out(created, created->memory);
    *step = created;
    return N2V_OK;
}

void tile_destroy(TileStep *step)
{
    if (!step)
        return;
    free(step->x);
    free(step->ahead);
    free(step->columns);
    floats_destroy(step->memory, step->memory_floats);
    free(step);
}

static void expect_rows(TileStep *step, const float *rows, const Id *ids, size_t count)
{
    for (size_t i = 0; i < count; i++)
        step->ahead[step->ahead_count++] = rows + ids[i] * step->options.model->stride;
}

void tile_expect(TileStep *step, const Example *example)
{
    const Model *model = step->options.model;
    size_t outputs = example->outputs, from = 0;

    step->ahead_count = 0;
    if (example->shape == SHAPE_ALL_WORDS)
        return; /* the vocabulary streams through the caches by itself */
    if (example->shape == SHAPE_WINDOWS && example->rows > step->options.new_rows)
        from = example->rows - step->options.new_rows; /* the other rows were in the windows before */
    if (example->shape == SHAPE_INPUTS) { /* the positives are the inputs' neighbours: inputs, too */
        outputs = example->negatives;
        expect_rows(step, model->output, example->inputs, example->rows);
    }
    expect_rows(step, model->output, example->output_ids, outputs);
    expect_rows(step, model->input, example->inputs + from, example->rows - from);
    for (size_t j = 0; j < example->outputs && step->options.log_noise; j++)
        __builtin_prefetch(step->options.log_noise + example->output_ids[j]);
}

/* Which output column j is. */
static size_t negative_output(const Example *example, size_t j)
{
    return example->shape == SHAPE_BATCH ? example->positive[j] : j;
}

/* The rows of the model that the columns are. */
static float **column_rows(const TileStep *step, const Example *example)
{
    return example->shape == SHAPE_BATCH ? step->columns : step->y;
}

static void fill(float *values, size_t count, float value)
{
    for (size_t i = 0; i < count; i++)
        values[i] = value;
}

static void scale(float *values, size_t count, float factor)
{
    for (size_t i = 0; i < count; i++)
        values[i] *= factor;
}

/* ---- the scores ---- */

/* The scores of rows with rows, without a bias. */
static void score_rows(const TileStep *step, float *const *x, size_t m, float *const *y, size_t n, float *cells)
{
    const Kernels *kernels = step->options.kernels;
    const bool unit = step->needs & N2V_NEEDS_UNIT_ROWS;

    (step->options.objective->geometry == N2V_DOT ? kernels->dot : unit ? kernels->unit_sqdist : kernels->sqdist)(
        (const float *const *)x, m, (const float *const *)y, n, step->options.model->stride, cells);
}

/* The scores of a block of pairs: `rows` inputs from row i on, `outputs` outputs from j on. */
static void score_block(const TileStep *step, size_t i, size_t rows, size_t j, size_t outputs, float *cells)
{
    const TileOptions *options = &step->options;

    score_rows(step, step->x + i, rows, step->y + j, outputs, cells);
    if (options->shared_bias) {
        const float bias = atomic_load_explicit(options->shared_bias, memory_order_relaxed);
        for (size_t c = 0; c < rows * outputs; c++)
            cells[c] += bias;
    }
}

/* A batch's rows with their positives; distances of rows of any length one by one, as no objective needs them yet. */
static void score_positives(TileStep *step, const Example *example)
{
    const bool squared = step->options.objective->geometry == N2V_SQEUCLID, unit = step->needs & N2V_NEEDS_UNIT_ROWS;
    float *const *y = column_rows(step, example), *positives = step->positives;

    if (squared && !unit) {
        for (size_t i = 0; i < example->rows; i++)
            score_rows(step, step->x + i, 1, y + i, 1, positives + i);
        return;
    }
    step->options.kernels->dot_matched((const float *const *)step->x, (const float *const *)y, example->rows,
                                       step->options.model->stride, positives);
    for (size_t i = 0; squared && i < example->rows; i++) /* as unit_sqdist has them */
        positives[i] = positives[i] >= 1 ? 0 : 2 - 2 * positives[i];
}

/* All scores, positives and negatives apart as the objective sees them. */
static void score(TileStep *step, const Example *example)
{
    const size_t rows = example->rows, outputs = example->outputs, n = example->negatives;

    switch (example->shape) {
    case SHAPE_INPUTS:
        score_block(step, 0, rows, 0, n, step->scores);
        for (size_t i = 0; i < rows; i++)
            score_block(step, i, 1, n + example->first[i], example->first[i + 1] - example->first[i],
                        step->positives + example->first[i]);
        break;
    case SHAPE_WINDOWS:
        score_block(step, 0, rows, 0, outputs, step->cells);
        if (!example->overlap) {
            step->options.kernels->split(step->cells, rows, outputs, n, example->members, example->first, step->scores,
                                         step->positives);
            break;
        }
        for (size_t i = 0; i < rows; i++)
            for (size_t j = 0; j < n; j++)
                step->scores[i * n + j] = step->cells[i * outputs + j];
        for (size_t p = 0; p < example->positives; p++)
            step->positives[p] = step->cells[example->row[p] * outputs + example->positive[p]];
        break;
    case SHAPE_BATCH:
        if (step->needs & N2V_NEEDS_POSITIVES_ONLY) {
            score_positives(step, example);
            break;
        }
        score_block(step, 0, rows, 0, outputs, step->cells);
        for (size_t i = 0; i < rows; i++) {
            const float *cells = step->cells + i * outputs;
            step->positives[i] = cells[example->positive[i]];
            for (size_t j = 0; j < n; j++)
                step->scores[i * n + j] = cells[example->positive[j]];
        }
        break;
    case SHAPE_ALL_WORDS:
    default:
        score_block(step, 0, rows, 0, n, step->scores);
        for (size_t p = 0; p < example->positives; p++)
            step->positives[p] = step->scores[example->row[p] * n + example->positive[p]];
    }
}

static void gather_log_noise(TileStep *step, const Example *example)
{
    const size_t n = example->negatives;
    float *values = step->output_log_noise;

    for (size_t j = 0; j < example->outputs; j++)
        values[j] = step->options.log_noise[example->output_ids[j]];
    for (size_t j = 0; example->shape == SHAPE_BATCH && j < n; j++)
        step->log_noise[j] = values[example->positive[j]];
    if (example->shape == SHAPE_WINDOWS && !example->overlap) {
        step->options.kernels->split(values + n, example->rows, 0, 0, example->members, example->first, NULL,
                                     step->positive_log_noise);
        return;
    }
    for (size_t p = 0; p < example->positives; p++)
        step->positive_log_noise[p] = values[example->positive[p]];
}

static void gather_norms(TileStep *step, const Example *example)
{
    const Kernels *kernels = step->options.kernels;
    const size_t stride = step->options.model->stride;

    kernels->norms((const float *const *)step->x, example->rows, stride, step->x_norms);
    kernels->norms((const float *const *)step->y, example->outputs, stride, step->y_norms);
    for (size_t j = 0; j < example->negatives; j++)
        step->negative_norms[j] = step->y_norms[negative_output(example, j)];
    for (size_t p = 0; p < example->positives; p++)
        step->positive_norms[p] = step->y_norms[example->positive[p]];
    fill(step->norm_gradient, example->rows + example->negatives + example->positives, 0);
}

#define STRIP ((size_t)8) /* rows */

/* The scores of count rows among themselves: each pair's once, a strip of rows against those from it on. */
static void score_side(const TileStep *step, float *const *rows, size_t count, float *restrict pairs)
{
    float *restrict strip = step->update_scratch;

    for (size_t i = 0; i < count; i += STRIP) {
        const size_t height = count - i < STRIP ? count - i : STRIP, width = count - i;
        score_rows(step, rows + i, height, rows + i, width, strip);
        for (size_t k = 0; k < height; k++)
            for (size_t l = 0; l < width; l++)
                pairs[(i + k) * count + i + l] = strip[k * width + l];
        for (size_t l = height; l < width; l++)
            for (size_t k = 0; k < height; k++)
                pairs[(i + l) * count + i + k] = strip[k * width + l];
    }
}

static void score_sides(TileStep *step, const Example *example)
{
    const size_t m = example->rows, n = example->negatives;

    score_side(step, step->x, m, step->input_pairs);
    score_side(step, column_rows(step, example), n, step->output_pairs);
    fill(step->input_pair_gradient, m * m, 0);
    fill(step->output_pair_gradient, n * n, 0);
}

/* ---- the way back ---- */

/* The most that a row's coefficients may add up to: the share of its distances that it moves at once. Longer
 * steps, as rows in many pairs of a small batch would make, overshoot and grow for ever. */
#define LONGEST_STEP 0.5F

/* The update of a block of pairs from its coefficients: -lr dLoss/dscore, or for distances
 * 2 lr dLoss/dscore, because
 *     x_i - lr sum_j g_ij 2 (x_i - y_j) = (1 - sum_j 2 lr g_ij) x_i + sum_j 2 lr g_ij y_j.
 * Rows of length 1 are multiplied, too, although normalizing undoes that: without it steps towards others would be
 * shorter and those away from them longer, and vectors worse at any rate. */
static void update_block(TileStep *step, size_t i, size_t rows, size_t j, size_t outputs, float *cells)
{
    const TileOptions *options = &step->options;
    const Kernels *kernels = options->kernels;
    float *x_scale = NULL, *y_scale = NULL;

    if (!rows || !outputs)
        return;
    if (options->shared_bias) {
        float sum = atomic_load_explicit(options->shared_bias, memory_order_relaxed);
        for (size_t c = 0; c < rows * outputs; c++)
            sum += cells[c];
        atomic_store_explicit(options->shared_bias, sum, memory_order_relaxed); /* Hogwild, too */
    }
    if (options->objective->geometry == N2V_SQEUCLID) {
        x_scale = step->x_scale;
        y_scale = step->y_scale;
        kernels->bound_steps(cells, rows, outputs, LONGEST_STEP, x_scale, y_scale);
    }
    kernels->update(step->x + i, x_scale, rows, step->y + j, y_scale, outputs, options->model->stride,
                    options->model->dim, cells, step->update_scratch, (Ahead){step->ahead, step->ahead_count});
    step->ahead_count = 0; /* asked for */
}

/* |x|^2 turns into x_i <- (1 - lr 2 g_i) x_i. */
static void update_norms(TileStep *step, const Example *example, float learning_rate)
{
    const float *inputs = step->norm_gradient, *negatives = inputs + example->rows;
    const float *positives = negatives + example->negatives;
    const size_t stride = step->options.model->stride;

    fill(step->y_scale, example->outputs, 1);
    for (size_t i = 0; i < example->rows; i++)
        step->x_scale[i] = 1 - 2 * learning_rate * inputs[i];
    for (size_t j = 0; j < example->negatives; j++)
        step->y_scale[negative_output(example, j)] -= 2 * learning_rate * negatives[j];
    for (size_t p = 0; p < example->positives; p++)
        step->y_scale[example->positive[p]] -= 2 * learning_rate * positives[p];
    step->options.kernels->scale(step->x, step->x_scale, example->rows, stride);
    step->options.kernels->scale(step->y, step->y_scale, example->outputs, stride);
}

/* Moves each row by its own pairs: row_i - lr sum_l (g_il + g_li) dscore_il/drow_i, g being symmetric. */
static void update_side(TileStep *step, float *const *rows, size_t count, float *pairs, float factor, Ahead ahead)
{
    const Kernels *kernels = step->options.kernels;
    const bool squared = step->options.objective->geometry == N2V_SQEUCLID;
    float *row_scale = step->side_scale, *column_scale = row_scale + count;

    if (count < 2)
        return;
    for (size_t i = 0; i < count; i++)
        pairs[i * count + i] = 0;
    fill(row_scale, count, 2 * factor);
    kernels->math.weigh(pairs, count, count, row_scale, NULL);
    if (squared)
        kernels->bound_steps(pairs, count, count, LONGEST_STEP, row_scale, column_scale);
    kernels->update(rows, NULL, count, rows, squared ? row_scale : NULL, count, step->options.model->stride, 0, pairs,
                    step->update_scratch, ahead);
}

/* Each row and its positive, which is every output of a batch; then they are of length 1 if they are to be. */
static void update_positives(TileStep *step, const Example *example, float factor)
{
    const Kernels *kernels = step->options.kernels;
    const bool squared = step->options.objective->geometry == N2V_SQEUCLID;
    const size_t rows = example->rows, stride = step->options.model->stride;

    for (size_t i = 0; i < rows; i++) {
        float *g = step->positive_gradient + i;
        *g *= factor;
        if (squared)
            *g = *g > LONGEST_STEP ? LONGEST_STEP : *g < -LONGEST_STEP ? -LONGEST_STEP : *g;
        step->x_scale[i] = 1 - *g;
    }
    kernels->update_matched(step->x, column_rows(step, example), squared ? step->x_scale : NULL, rows, stride,
                            step->options.model->dim, step->positive_gradient, step->needs & N2V_NEEDS_UNIT_ROWS);
}

/* What the learning rate is multiplied by: 1, less where scores have run away. */
static float rate_factor(const TileStep *step, const Example *example)
{
    const VectorMath *math = &step->options.kernels->math;
    float most = 0, of_positives;

    if (step->options.objective->geometry != N2V_DOT || step->needs & N2V_NEEDS_UNIT_ROWS)
        return 1; /* distances are bounded when they are updated, cosines by themselves */
    if (!(step->needs & N2V_NEEDS_POSITIVES_ONLY))
        most = math->magnitude(step->scores, example->rows * example->negatives);
    of_positives = math->magnitude(step->positives, example->positives);
    most = of_positives > most ? of_positives : most;
    return most > step->largest_score ? step->largest_score / most : 1;
}

static void update(TileStep *step, const Example *example, float learning_rate)
{
    const float factor = step->options.objective->geometry == N2V_DOT ? -learning_rate : 2 * learning_rate;
    const size_t rows = example->rows, outputs = example->outputs, n = example->negatives;

    switch (example->shape) {
    case SHAPE_INPUTS:
        scale(step->gradient, rows * n, factor);
        scale(step->positive_gradient, example->positives, factor);
        update_block(step, 0, rows, 0, n, step->gradient);
        for (size_t i = 0; i < rows; i++)
            update_block(step, i, 1, n + example->first[i], example->first[i + 1] - example->first[i],
                         step->positive_gradient + example->first[i]);
        break;
    case SHAPE_WINDOWS:
        if (!example->overlap) {
            step->options.kernels->join(step->gradient, step->positive_gradient, rows, n, example->members,
                                        example->first, factor, outputs, step->cells);
        } else {
            fill(step->cells, rows * outputs, 0);
            for (size_t i = 0; i < rows; i++)
                for (size_t j = 0; j < n; j++)
                    step->cells[i * outputs + j] = factor * step->gradient[i * n + j];
            for (size_t p = 0; p < example->positives; p++)
                step->cells[example->row[p] * outputs + example->positive[p]] += factor * step->positive_gradient[p];
        }
        update_block(step, 0, rows, 0, outputs, step->cells);
        break;
    case SHAPE_BATCH:
        if (step->needs & N2V_NEEDS_POSITIVES_ONLY)
            break;
        fill(step->cells, rows * outputs, 0);
        for (size_t i = 0; i < rows; i++) {
            float *cells = step->cells + i * outputs;
            cells[example->positive[i]] = factor * step->positive_gradient[i];
            for (size_t j = 0; j < n; j++)
                cells[example->positive[j]] += factor * step->gradient[i * n + j];
        }
        update_block(step, 0, rows, 0, outputs, step->cells);
        break;
    case SHAPE_ALL_WORDS:
    default:
        scale(step->gradient, rows * n, factor);
        for (size_t p = 0; p < example->positives; p++)
            step->gradient[example->row[p] * n + example->positive[p]] += factor * step->positive_gradient[p];
        update_block(step, 0, rows, 0, n, step->gradient);
    }
    if (step->needs & N2V_NEEDS_SIDES) {
        const size_t half = step->ahead_count / 2; /* each side asks for half of the next rows */
        update_side(step, step->x, rows, step->input_pair_gradient, factor, (Ahead){step->ahead, half});
        update_side(step, column_rows(step, example), n, step->output_pair_gradient, factor,
                    (Ahead){step->ahead + half, step->ahead_count - half});
        step->ahead_count = 0;
    }
    if (step->needs & N2V_NEEDS_NORMS)
        update_norms(step, example, learning_rate);
    if (step->needs & N2V_NEEDS_POSITIVES_ONLY) {
        update_positives(step, example, factor);
    } else if (step->needs & N2V_NEEDS_UNIT_ROWS) {
        step->options.kernels->normalize(step->x, rows + outputs, step->options.model->stride);
    }
}

/* Scores, loss (unless NULL) and gradient. */
static void evaluate(TileStep *step, const Example *example, double *loss)
{
    const TileOptions *options = &step->options;
    const Model *model = options->model;
    const bool norms = step->needs & N2V_NEEDS_NORMS, noise = options->log_noise != NULL;
    const bool sides = step->needs & N2V_NEEDS_SIDES, cells = !(step->needs & N2V_NEEDS_POSITIVES_ONLY);
    float *input_norms = step->norm_gradient, *output_norms = input_norms + example->rows;
    /* In a batch row i's positive is column i, which is what first says when each row has one. */
    const uint32_t *column = example->shape == SHAPE_BATCH       ? example->first
                             : example->shape == SHAPE_ALL_WORDS ? example->positive
                                                                 : NULL;
    const n2v_tile tile = {
        .m = example->rows,
        .n = example->negatives,
        .math = &options->kernels->math,
        .scores = cells ? step->scores : NULL,
        .mask = cells ? example->mask : NULL,
        .log_noise = !noise                          ? NULL
                     : example->shape == SHAPE_BATCH ? step->log_noise
                                                     : step->output_log_noise,
        .multiplicity = example->repeated ? example->multiplicity : NULL,
        .first = example->first,
        .row = example->row,
        .positive_scores = step->positives,
        .positive_log_noise = noise ? step->positive_log_noise : NULL,
        .column = column,
        .input_norms = norms ? step->x_norms : NULL,
        .output_norms = norms ? step->negative_norms : NULL,
        .positive_norms = norms ? step->positive_norms : NULL,
        .input_pairs = sides ? step->input_pairs : NULL,
        .output_pairs = sides ? step->output_pairs : NULL,
    };
    const n2v_tile_gradient gradient = {
        .scores = cells ? step->gradient : NULL,
        .positives = step->positive_gradient,
        .input_norms = norms ? input_norms : NULL,
        .output_norms = norms ? output_norms : NULL,
        .positive_norms = norms ? output_norms + example->negatives : NULL,
        .input_pairs = sides ? step->input_pair_gradient : NULL,
        .output_pairs = sides ? step->output_pair_gradient : NULL,
    };

    step->y = step->x + example->rows;
    for (size_t i = 0; i < example->rows; i++)
        step->x[i] = model->input + example->inputs[i] * model->stride;
    for (size_t j = 0; j < example->outputs; j++)
        step->y[j] = model->output + example->output_ids[j] * model->stride;
    for (size_t j = 0; example->shape == SHAPE_BATCH && j < example->negatives; j++)
        step->columns[j] = step->y[example->positive[j]];
    if (sides) /* first: its kernels wait the least for rows that no cache has yet (1 %) */
        score_sides(step, example);
    score(step, example);
    if (noise)
        gather_log_noise(step, example);
    if (norms)
        gather_norms(step, example);
    options->objective->loss_grad(&tile, options->parameters, &gradient, step->objective_scratch, loss,
                                  options->objective->user);
}

void tile_loss(TileStep *step, const Example *example, double *loss)
{
    evaluate(step, example, loss);
}

bool tile_train(TileStep *step, const Example *example, float learning_rate, double *loss)
{
    float factor;

    evaluate(step, example, loss);
    factor = rate_factor(step, example);
    update(step, example, factor * learning_rate);
    return factor < 1;
}
