/* tile.c - scores, objective and gradient of a tile; layouts and optimizers do the parts that differ. */
#include "train/tile.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>

/* Steps are clipped above this score, biases included; above 30 / factor where a loss multiplies its scores by a factor
 * below 1. A step changes a score by about rate x slope x the rows' squared lengths: rows of many such scores overshoot
 * and would grow without bound. A log-probability does not come near it: the rarest word of ten billion has -21. */
#define LARGEST_SCORE 30.0F

/* With N2V_NEEDS_SLOPE_CLIPPING steps are clipped above this derivative, too. Those of other losses have a bound; that
 * of a quadratic one grows with the score, and a step that overshoots would make the next one longer. */
#define LARGEST_SLOPE 8.0F

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
        {&step->cells, sizes.cells + ROW_FLOATS},
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
        {&step->encoded, (rows * step->options.encoder->buffers + step->options.encoder->word_buffers * sizes.inputs) *
                             step->options.stride},
        {&step->copies, (rows + outputs) * step->options.optimizer->copies * step->options.stride},
        {&step->bag_share, step->options.encoder->buffers ? rows : 0},
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

size_t tile_bytes(const TileOptions *options)
{
    TileStep step = {.options = *options, .needs = objective_needs(options->objective, options->parameters)};
    return lay_out(&step, NULL) * sizeof(float);
}

static bool create_words(TileWords *words, size_t inputs)
{
    words->ids = array_create(inputs, sizeof *words->ids);
    words->starts = array_create(inputs + 1, sizeof *words->starts);
    words->of_input = array_create(inputs, sizeof *words->of_input);
    words->rows = array_create(inputs, sizeof *words->rows);
    return id_table_create(&words->numbers, inputs) && words->ids && words->starts && words->of_input && words->rows;
}

static void free_words(TileWords *words)
{
    free(words->ids);
    free(words->starts);
    free(words->of_input);
    free(words->numbers.places);
    free(words->rows);
}

/* The lists of rows that an example has. */
static bool create_lists(TileStep *step)
{
    const ExampleSizes *sizes = &step->options.sizes;
    const Subwords *subwords = step->options.model->subwords;
    const size_t inputs = sizes->inputs ? sizes->inputs : sizes->rows;
    const size_t parts = subwords ? inputs * subwords_longest(subwords) : 0;

    step->x = array_create(sizes->rows + sizes->outputs, sizeof *step->x);
    step->prefetch = array_create(2 * sizes->rows + sizes->inputs + sizes->outputs + parts, sizeof *step->prefetch);
    step->originals = array_create(step->options.optimizer->copies ? sizes->rows + sizes->outputs : 0,
                                   sizeof *step->originals);
    step->columns = array_create(sizes->negatives, sizeof *step->columns);
    step->bag_rows = array_create(subwords ? parts : sizes->inputs, sizeof *step->bag_rows);
    step->part_ids = array_create(parts, sizeof *step->part_ids);
    return step->x && step->prefetch && step->originals && step->columns && step->bag_rows && step->part_ids &&
           (!subwords || create_words(&step->words, inputs));
}

n2v_status tile_create(TileStep **step, const TileOptions *options, n2v_error *error)
{
    TileStep *created = array_create_zero(1, sizeof *created);
    n2v_status status;

    *step = NULL;
    if (!created)
        return fail_memory(error, sizeof *created, "a tile");
    created->options = *options;
    created->needs = objective_needs(options->objective, options->parameters);
    created->largest_score = LARGEST_SCORE;
    created->largest_score /= fminf(objective_sharpness(options->objective, options->parameters), 1);
    created->memory_floats = lay_out(created, NULL);
    created->memory = floats_create(created->memory_floats);
    if (!create_lists(created) || !created->memory) {
        const size_t floats = created->memory_floats;
        tile_destroy(created);
        return fail_memory(error, floats * sizeof(float), "a tile");
    }
    (void)lay_out(created, created->memory);
    if (options->model->rates && (status = stand_ins_create(&created->stand_ins, created, error)) != N2V_OK) {
        tile_destroy(created);
        return status;
    }
    tile_change(created, NULL);
    *step = created;
    return N2V_OK;
}

bool tile_lacks_rates(const TileStep *step)
{
    return step->options.model->rates && !step->stand_ins;
}

void tile_destroy(TileStep *step)
{
    if (!step)
        return;
    free(step->x);
    free(step->originals);
    free(step->prefetch);
    free(step->columns);
    free(step->bag_rows);
    free(step->part_ids);
    free_words(&step->words);
    stand_ins_destroy(step->stand_ins);
    floats_destroy(step->memory, step->memory_floats);
    free(step);
}

void tile_change(TileStep *step, Overlay *overlay)
{
    step->overlay = overlay;
    step->shared_bias = overlay ? &overlay->shared_bias : &step->options.model->shared_bias;
}

/* first is the number of the matrix's first row (overlay.h). */
static void prefetch_rows(TileStep *step, const float *matrix, size_t stride, size_t first, const Id *ids, size_t count)
{
    if (!step->overlay)
        for (size_t i = 0; i < count; i++)
            step->prefetch[step->prefetch_count++] = matrix + ids[i] * stride;
    else
        for (size_t i = 0; i < count; i++)
            step->prefetch[step->prefetch_count++] = overlay_peek(step->overlay, first + ids[i]);
}

void tile_prefetch_inputs(TileStep *step, const Id *ids, size_t count)
{
    const Model *model = step->options.model;

    if (!model->subwords)
        prefetch_rows(step, model->input, model->stride, 0, ids, count);
    for (size_t i = 0; model->subwords && i < count; i++) {
        size_t parts;
        const uint32_t *rows = subwords_of_word(model->subwords, ids[i], &parts);
        prefetch_rows(step, model->input, model->stride, 0, rows, parts);
    }
}

void tile_prefetch_outputs(TileStep *step, const Id *ids, size_t count)
{
    const Model *model = step->options.model;

    prefetch_rows(step, model->output, model->output_stride, model->input_rows, ids, count);
}

void tile_prefetch(TileStep *step, const Example *example)
{
    step->prefetch_count = 0;
    if (!step->options.layout->prefetch)
        return;
    step->options.layout->prefetch(step, example);
    for (size_t j = 0; j < example->outputs && step->options.log_noise; j++)
        __builtin_prefetch(step->options.log_noise + (example->output_ids[j] - example->first_output));
}

/* Scores ---------------------------------------------------------------------------------- */

void tile_score_rows(const TileStep *step, float *const *x, size_t m, float *const *y, size_t n, float *cells)
{
    const Kernels *kernels = step->options.kernels;
    const bool unit = step->needs & N2V_NEEDS_UNIT_ROWS;

    (step->options.objective->geometry == N2V_DOT ? kernels->dot
     : unit                                       ? kernels->unit_sqdist
                                                  : kernels->sqdist)(
        (const float *const *)x, m, (const float *const *)y, n, step->options.stride, cells);
}

void tile_score_block(const TileStep *step, size_t i, size_t rows, size_t j, size_t outputs, float *cells)
{
    tile_score_rows(step, step->x + i, rows, step->y + j, outputs, cells);
    if (step->needs & N2V_NEEDS_SHARED_BIAS) {
        const float bias = atomic_load_explicit(step->shared_bias, memory_order_relaxed);
        for (size_t c = 0; c < rows * outputs; c++)
            cells[c] += bias;
    }
}

void tile_gather_log_noise(TileStep *step, const Example *example)
{
    if (!step->options.log_noise)
        return;
    for (size_t p = 0; p < example->positives; p++)
        step->positive_log_noise[p] = step->output_log_noise[example->positive[p]];
}

static void gather_output_log_noise(TileStep *step, const Example *example)
{
    float *values = step->output_log_noise;

    for (size_t j = 0; j < example->outputs; j++)
        values[j] = step->options.log_noise[example->output_ids[j] - example->first_output];
    for (size_t j = 0; example->output_of_column && j < example->negatives; j++)
        step->log_noise[j] = values[example->output_of_column[j]];
}

static void gather_norms(TileStep *step, const Example *example)
{
    const Kernels *kernels = step->options.kernels;
    const size_t stride = step->options.stride;

    kernels->norms((const float *const *)step->x, example->rows, stride, step->x_norms);
    kernels->norms((const float *const *)step->y, example->outputs, stride, step->y_norms);
    for (size_t j = 0; j < example->negatives; j++)
        step->negative_norms[j] = step->y_norms[tile_output(example, j)];
    for (size_t p = 0; p < example->positives; p++)
        step->positive_norms[p] = step->y_norms[example->positive[p]];
    fill_floats(step->norm_gradient, example->rows + example->negatives + example->positives, 0);
}

#define STRIP ((size_t)8) /* rows */

/* The scores of count rows among themselves: each pair once, a strip of rows against those from it on. */
static void score_side(const TileStep *step, float *const *rows, size_t count, float *restrict pairs)
{
    float *restrict strip = step->update_scratch;

    for (size_t i = 0; i < count; i += STRIP) {
        const size_t height = count - i < STRIP ? count - i : STRIP, width = count - i;
        tile_score_rows(step, rows + i, height, rows + i, width, strip);
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
    score_side(step, tile_columns(step, example), n, step->output_pairs);
    fill_floats(step->input_pair_gradient, m * m, 0);
    fill_floats(step->output_pair_gradient, n * n, 0);
}

/* The largest magnitude among a tile's numbers of negatives, unless it has none, and of positives. */
static float largest_of(const TileStep *step, const Example *example, const float *negatives, const float *positives)
{
    const VectorMath *math = &step->options.kernels->math;
    const float largest = math->magnitude(positives, example->positives);

    if (step->needs & N2V_NEEDS_POSITIVES_ONLY)
        return largest;
    return fmaxf(largest, math->magnitude(negatives, example->rows * example->negatives));
}

/* Step clipping: the factor of the learning rate, 1, or less where scores or slopes are too large. */
static float rate_factor(const TileStep *step, const Example *example)
{
    float largest, slope = 0;

    if (step->options.objective->geometry != N2V_DOT || step->needs & N2V_NEEDS_UNIT_ROWS)
        return 1; /* distances are clipped when they are updated, cosines are bounded */
    largest = largest_of(step, example, step->scores, step->positives);
    if (step->needs & N2V_NEEDS_SLOPE_CLIPPING)
        slope = largest_of(step, example, step->gradient, step->positive_gradient);
    return (largest > step->largest_score ? step->largest_score / largest : 1) *
           (slope > LARGEST_SLOPE ? LARGEST_SLOPE / slope : 1);
}

/* The rows that the example needs. */
static void gather_rows(TileStep *step, const Example *example)
{
    step->y = step->x + example->rows;
    step->options.encoder->gather(step, example);
    for (size_t j = 0; j < example->outputs; j++)
        step->y[j] = tile_output_row(step, example->output_ids[j]);
    tile_set_columns(step, example);
}

/* The tile as the objective sees it. */
static n2v_tile describe_tile(const TileStep *step, const Example *example)
{
    const bool norms = step->needs & N2V_NEEDS_NORMS, noise = step->options.log_noise != NULL;
    const bool sides = step->needs & N2V_NEEDS_SIDES, cells = !(step->needs & N2V_NEEDS_POSITIVES_ONLY);

    return (n2v_tile){
        .m = example->rows,
        .n = example->negatives,
        .scores = cells ? step->scores : NULL,
        .mask = cells ? example->mask : NULL,
        .log_noise = !noise ? NULL : example->output_of_column ? step->log_noise : step->output_log_noise,
        .multiplicity = example->is_weighted ? example->multiplicity : NULL,
        .first = example->first,
        .row = example->row,
        .positive_scores = step->positives,
        .positive_log_noise = noise ? step->positive_log_noise : NULL,
        .column = example->column_of_positive,
        .input_norms = norms ? step->x_norms : NULL,
        .output_norms = norms ? step->negative_norms : NULL,
        .positive_norms = norms ? step->positive_norms : NULL,
        .input_pairs = sides ? step->input_pairs : NULL,
        .output_pairs = sides ? step->output_pairs : NULL,
        .math = &step->options.kernels->math,
    };
}

/* Forward pass: scores, loss (unless NULL) and gradient. */
static void evaluate(TileStep *step, const Example *example, double *loss)
{
    const n2v_objective *objective = step->options.objective;
    const bool norms = step->needs & N2V_NEEDS_NORMS, sides = step->needs & N2V_NEEDS_SIDES;
    float *input_norms = step->norm_gradient, *output_norms = input_norms + example->rows;
    const n2v_tile_gradient gradient = {
        .scores = step->needs & N2V_NEEDS_POSITIVES_ONLY ? NULL : step->gradient,
        .positives = step->positive_gradient,
        .input_norms = norms ? input_norms : NULL,
        .output_norms = norms ? output_norms : NULL,
        .positive_norms = norms ? output_norms + example->negatives : NULL,
        .input_pairs = sides ? step->input_pair_gradient : NULL,
        .output_pairs = sides ? step->output_pair_gradient : NULL,
    };
    n2v_tile tile;

    gather_rows(step, example);
    if (sides) /* first: its kernels wait the shortest for rows that are not in a cache yet */
        score_sides(step, example);
    if (step->options.log_noise)
        gather_output_log_noise(step, example);
    step->options.layout->forward(step, example);
    if (norms)
        gather_norms(step, example);
    tile = describe_tile(step, example);
    objective->loss_grad(&tile, step->options.parameters, &gradient, step->objective_scratch, loss, objective->user);
}

void tile_loss(TileStep *step, const Example *example, double *loss)
{
    evaluate(step, example, loss);
}

/* After the update: whoever takes the mark away sees the change. */
static void mark_rows(const TileStep *step, const Example *example)
{
    _Atomic unsigned char *inputs = step->options.touched, *outputs = inputs + step->options.model->input_rows;

    size_t count;
    const uint32_t *rows = tile_input_numbers(step, example, &count);

    for (size_t i = 0; i < count; i++)
        atomic_store_explicit(&inputs[rows[i]], 1, memory_order_release);
    for (size_t j = 0; j < example->outputs; j++)
        atomic_store_explicit(&outputs[example->output_ids[j]], 1, memory_order_release);
}

/* Apart from the gradient, so that Adagrad does not undo it. What is no vector stays: a bias, and its input of 1. */
static void decay_rows(const TileStep *step, const Example *example)
{
    const Model *model = step->options.model;
    const bool encoded = step->options.encoder->scatter;
    const float left = (float)(1 - (double)step->learning_rate * step->options.weight_decay);
    float *const *rows = encoded ? step->bag_rows : step->x;
    size_t inputs;

    (void)tile_input_numbers(step, example, &inputs);
    for (size_t i = 0; i < inputs; i++)
        step->options.kernels->scale(rows + i, &left, 1, model->stride, model->has_bias ? model->dim : model->stride);
    for (size_t j = 0; j < example->outputs; j++)
        step->options.kernels->scale(step->y + j, &left, 1, step->options.stride,
                                     model->has_bias ? model->dim : step->options.stride);
}

bool tile_train(TileStep *step, const Example *example, float learning_rate, double *loss)
{
    const Optimizer *optimizer = step->options.optimizer;
    float clipping, rate, factor;

    evaluate(step, example, loss);
    clipping = rate_factor(step, example);
    step->learning_rate = learning_rate;
    rate = clipping * (optimizer->gradient_rate > 0 ? optimizer->gradient_rate : learning_rate);
    /* x - lr g 2 (x - y) = (1 - 2 lr g) x + 2 lr g y */
    factor = step->options.objective->geometry == N2V_DOT ? -rate : 2 * rate;
    if (step->stand_ins)
        stand_ins_begin(step, example);
    if (optimizer->begin)
        optimizer->begin(step, example);
    step->options.layout->backward(step, example, factor);
    optimizer->finish(step, example, rate, factor);
    if (step->options.encoder->scatter)
        step->options.encoder->scatter(step, example);
    if (step->options.weight_decay > 0)
        decay_rows(step, example);
    if (step->stand_ins)
        stand_ins_end(step, example);
    if (step->options.touched)
        mark_rows(step, example);
    return clipping < 1;
}
