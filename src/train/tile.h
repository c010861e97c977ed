/* tile.h - one step of training: inputs to rows, scores, objective, gradients, update of the model. */
#ifndef N2V_TRAIN_TILE_H
#define N2V_TRAIN_TILE_H

#include "kernels/kernels.h"
#include "model/model.h"
#include "objectives/objective.h"
#include "train/encoder.h"
#include "train/id_table.h"
#include "train/layout.h"
#include "train/optimizer.h"
#include "train/overlay.h"
#include "train/stand_ins.h"

typedef struct TileOptions {
    const Kernels *kernels;
    const n2v_objective *objective;
    const float *parameters;
    const Layout *layout;
    const Encoder *encoder;
    const Optimizer *optimizer;
    Model *model;
    size_t stride;          /* of the rows that are scored: the model's output_stride */
    const float *log_noise; /* log(k Q(w)) of every word; NULL when the objective does not need it */
    ExampleSizes sizes;     /* that no example exceeds */
    _Atomic unsigned char *touched; /* set to 1 for each row that is changed, by number (overlay.h); NULL: not wanted */
    double weight_decay;
    size_t new_rows;        /* at the end of an example, that the example before did not have; layout windows */
} TileOptions;

/* With subwords: the words of an example, those of bags each once, and where their parts are. */
typedef struct TileWords {
    size_t count;
    Id *ids;
    size_t *starts;     /* count + 1: a word's places in bag_rows and part_ids */
    uint32_t *of_input; /* of bags: which word an input is */
    IdTable numbers;    /* of words */
    float **rows;       /* of one bag: a row for each of its words */
} TileWords;

/* A worker's buffers. The layouts, encoders and optimizers work on them. */
struct TileStep {
    TileOptions options;
    uint32_t needs;         /* N2V_NEEDS_... of the objective */
    float learning_rate;    /* of this step */
    Overlay *overlay;       /* whose rows are changed; NULL: those of the model */
    _Atomic float *shared_bias; /* the same */
    float largest_score;    /* above this score steps are clipped */
    float **bag_rows;       /* of the encoder: the rows of an example's inputs */
    uint32_t *part_ids;     /* with subwords: their numbers */
    TileWords words;        /* with subwords */
    float *encoded;         /* the rows of the encoder's own */
    float *bag_share;       /* rows: what each row of a mean gets of the change of the mean */
    float **x, **y;         /* the rows that are changed; an example's outputs follow its inputs */
    float **originals;      /* of the optimizer: the rows of the model that x are copies of */
    float *copies;          /* the same: its copies */
    _Atomic float bias_copy, *original_bias; /* the same for the shared bias */
    float bias_before;
    StandIns *stand_ins;    /* of rows with rates of their own; NULL: no row has */
    float **columns;        /* the row of each column, where columns are not the outputs in order */
    const float **prefetch; /* rows of the next example that are not prefetched yet */
    size_t prefetch_count;
    float *memory; /* all of the following */
    size_t memory_floats;
    float *cells;              /* sizes.cells: scores, then coefficients of the update */
    float *scores, *positives; /* as the objective sees them: rows x negatives, positives */
    float *gradient, *positive_gradient;
    float *output_log_noise, *log_noise, *positive_log_noise;
    float *x_norms, *y_norms, *negative_norms, *positive_norms;
    float *norm_gradient; /* of inputs, negatives, positives in turn */
    float *x_scale, *y_scale, *side_scale;
    float *input_pairs, *output_pairs, *input_pair_gradient, *output_pair_gradient;
    float *update_scratch, *objective_scratch;
};

/* The bytes of its buffers. */
size_t tile_bytes(const TileOptions *options);

n2v_status tile_create(TileStep **step, const TileOptions *options, n2v_error *error);
void tile_destroy(TileStep *step); /* accepts NULL */

/* Whether rows of the model have rates of their own since it was created. */
bool tile_lacks_rates(const TileStep *step);

/* Changes the rows of an overlay from now on, which has room for those of each example; NULL: those of the model. */
void tile_change(TileStep *step, Overlay *overlay);

/* Sets the next example: the next update prefetches its rows. */
void tile_prefetch(TileStep *step, const Example *example);

/* Adds the example's loss to *loss; the model is not changed. */
void tile_loss(TileStep *step, const Example *example, double *loss);

/* Takes one step. Adds the example's loss (before the step) to *loss unless loss is NULL. Returns whether the step was
 * clipped because scores were too large. */
bool tile_train(TileStep *step, const Example *example, float learning_rate, double *loss);

/* For layouts, encoders and optimizers -------------------------------------------------------------- */

/* The input rows of an example: how many, at most; without subwords one for each input. */
static inline size_t tile_input_rows(const TileStep *step, const Example *example)
{
    return step->options.encoder->count ? step->options.encoder->count(step, example) : example_inputs(example);
}

/* Their numbers, once they are gathered. */
static inline const uint32_t *tile_input_numbers(const TileStep *step, const Example *example, size_t *count)
{
    *count = example_inputs(example);
    return step->options.encoder->rows ? step->options.encoder->rows(step, example, count) : example->inputs;
}

/* The row of a word as an input, and as an output, that is scored and changed. */
static inline float *tile_input_row(const TileStep *step, Id id)
{
    const Model *model = step->options.model;
    return step->overlay ? overlay_row(step->overlay, id) : model->input + id * model->stride;
}

static inline float *tile_output_row(const TileStep *step, Id id)
{
    const Model *model = step->options.model;
    return step->overlay ? overlay_row(step->overlay, model->input_rows + id)
                         : model->output + id * model->output_stride;
}

/* The optimizer's number of a row, counted over inputs and then outputs, and of the shared bias. */
static inline _Atomic float *tile_accumulator(const TileStep *step, size_t row)
{
    if (step->stand_ins && step->options.model->rates[row] == 0)
        return &step->stand_ins->spare;
    return step->overlay ? overlay_accumulator(step->overlay, row) : step->options.model->accumulators + row;
}

static inline _Atomic float *tile_bias_accumulator(const TileStep *step)
{
    const Model *model = step->options.model;

    if (step->stand_ins && model_bias_is_frozen(model))
        return &step->stand_ins->spare;
    return step->overlay ? &step->overlay->bias_accumulator : model->accumulators + model_rows(model);
}

/* The rows that the columns are. */
static inline float **tile_columns(const TileStep *step, const Example *example)
{
    return example->output_of_column ? step->columns : step->y;
}

/* After the rows of outputs have changed places. */
static inline void tile_set_columns(TileStep *step, const Example *example)
{
    for (size_t j = 0; example->output_of_column && j < example->negatives; j++)
        step->columns[j] = step->y[example->output_of_column[j]];
}

/* Which output column j is. */
static inline size_t tile_output(const Example *example, size_t j)
{
    return example->output_of_column ? example->output_of_column[j] : j;
}

/* The scores of rows with rows, without the shared bias. */
void tile_score_rows(const TileStep *step, float *const *x, size_t m, float *const *y, size_t n, float *cells);

/* The scores of a block of pairs: `rows` inputs from row i on, `outputs` outputs from j on. */
void tile_score_block(const TileStep *step, size_t i, size_t rows, size_t j, size_t outputs, float *cells);

/* The log noise of the positives, each its output's. */
void tile_gather_log_noise(TileStep *step, const Example *example);

/* Adds rows of words, as inputs or as outputs, to the rows that the next update prefetches. */
void tile_prefetch_inputs(TileStep *step, const Id *ids, size_t count);
void tile_prefetch_outputs(TileStep *step, const Id *ids, size_t count);

static inline void fill_floats(float *values, size_t count, float value)
{
    for (size_t i = 0; i < count; i++)
        values[i] = value;
}

static inline void scale_floats(float *values, size_t count, float factor)
{
    for (size_t i = 0; i < count; i++)
        values[i] *= factor;
}

#endif
