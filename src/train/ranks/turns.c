#include "train/ranks/turns.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

/* How often a rank's tiles have the rows of each word in a step. */
typedef struct WordChanges {
    double *inputs, *outputs;
} WordChanges;

static n2v_status count_changes(WordChanges *changes, const TurnsOptions *options, n2v_error *error)
{
    const ExamplesOptions *examples = options->examples;
    const Touches touches = examples->layout->touches(examples);
    const size_t words = vocabulary_size(options->vocabulary);
    const double total = (double)vocabulary_total(options->vocabulary);
    uint64_t *counts = array_create(words, sizeof *counts);
    float *log_noise = array_create(words, sizeof *log_noise);
    double kept = 0; /* the share of the text that subsampling keeps */

    changes->inputs = array_create(words, sizeof *changes->inputs);
    changes->outputs = array_create(words, sizeof *changes->outputs);
    if (!counts || !log_noise || !changes->inputs || !changes->outputs) {
        free(counts);
        free(log_noise);
        return fail_memory(error, words * sizeof *changes->inputs, "how often words are trained");
    }
    for (size_t w = 0; w < words; w++) {
        counts[w] = vocabulary_count(options->vocabulary, (Id)w);
        changes->inputs[w] = (double)counts[w] / total * subsample_probability(examples->subsample, (Id)w);
        kept += changes->inputs[w];
    }
    noise_log(examples->noise, counts, log_noise);
    for (size_t w = 0; w < words; w++) {
        const double noise = touches.noise * kept * exp((double)log_noise[w]);
        changes->outputs[w] =
            options->step_words * (touches.all_outputs ? kept : changes->inputs[w] * touches.output + noise);
        changes->inputs[w] *= options->step_words * touches.input;
    }
    free(counts);
    free(log_noise);
    return N2V_OK;
}

static size_t words_above(const double *changes, size_t words, double often)
{
    size_t above = 0;

    while (above < words && changes[above] >= often)
        above++;
    return above;
}

n2v_status turns_plan(Turns *turns, const TurnsOptions *options, n2v_error *error)
{
    const size_t words = vocabulary_size(options->vocabulary);
    WordChanges changes = {.inputs = NULL};
    const n2v_status status = count_changes(&changes, options, error);

    *turns = (Turns){.levels = 0};
    for (size_t k = 0; status == N2V_OK && k + 1 < TURN_LEVELS && ldexp(2, (int)k) <= options->most_steps; k++) {
        const double often = ldexp(options->staleness, -(int)k);
        turns->inputs[k] = words_above(changes.inputs, words, often);
        turns->outputs[k] = words_above(changes.outputs, words, often);
        turns->levels++;
    }
    turns->inputs[turns->levels] = turns->outputs[turns->levels] = words;
    turns->levels++;
    free(changes.inputs);
    free(changes.outputs);
    return status;
}

void turns_at(const Turns *turns, uint64_t step, size_t *inputs, size_t *outputs)
{
    const size_t zeros = (size_t)__builtin_ctzll(step + 1), last = turns->levels - 1;
    const size_t level = zeros < last ? zeros : last;

    *inputs = turns->inputs[level];
    *outputs = turns->outputs[level];
}
