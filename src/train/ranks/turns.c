#include "train/ranks/turns.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

/* How often a rank's tiles have a part in a step. */
typedef struct PartChanges {
    double often;
    uint32_t row;
} PartChanges;

/* How often a rank's tiles have the rows of each word, and of each node of a tree, in a step. */
typedef struct WordChanges {
    double *inputs, *outputs, *nodes;
    PartChanges *parts; /* NULL: without subwords */
    size_t part_count;
} WordChanges;

/* A node is on the paths of the words below it. Parents come before their children. */
static void count_nodes(WordChanges *changes, const Huffman *tree, double tiles)
{
    for (size_t node = 0; node < tree->nodes; node++)
        changes->nodes[node] = 0;
    for (size_t w = 0; w < tree->words; w++)
        changes->nodes[huffman_node(tree->up[w])] += tiles * changes->inputs[w];
    for (size_t node = tree->nodes - 1; node > 0; node--)
        changes->nodes[huffman_node(tree->up[tree->words + node])] += changes->nodes[node];
}

static n2v_status count_changes(WordChanges *changes, const TurnsOptions *options, n2v_error *error)
{
    const ExamplesOptions *examples = options->examples;
    const Touches touches = examples->layout->touches(examples);
    const size_t words = vocabulary_size(options->model->vocabulary),
                 nodes = examples->tree ? examples->tree->nodes : 0;
    const double total = (double)vocabulary_total(options->model->vocabulary);
    uint64_t *counts = array_create(words, sizeof *counts);
    float *log_noise = array_create(words, sizeof *log_noise);
    double kept = 0; /* the share of the text that subsampling keeps */

    changes->inputs = array_create(words, sizeof *changes->inputs);
    changes->outputs = array_create(words, sizeof *changes->outputs);
    changes->nodes = array_create(nodes, sizeof *changes->nodes);
    if (!counts || !log_noise || !changes->inputs || !changes->outputs || !changes->nodes) {
        free(counts);
        free(log_noise);
        return fail_memory(error, words * sizeof *changes->inputs, "how often words are trained");
    }
    for (size_t w = 0; w < words; w++) {
        counts[w] = vocabulary_count(options->model->vocabulary, (Id)w);
        changes->inputs[w] = (double)counts[w] / total * subsample_probability(examples->subsample, (Id)w);
        kept += changes->inputs[w];
    }
    if (nodes)
        count_nodes(changes, examples->tree, options->step_words * touches.path);
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

static int more_often(const void *a, const void *b)
{
    const PartChanges *x = a, *y = b;

    return x->often != y->often ? (x->often < y->often) - (x->often > y->often) : (x->row > y->row) - (x->row < y->row);
}

/* A part is changed as often as all words that have it. */
static n2v_status count_parts(WordChanges *changes, const Model *model, n2v_error *error)
{
    const size_t count = subwords_parts(model->subwords);

    changes->part_count = count;
    changes->parts = array_create(count, sizeof *changes->parts);
    if (!changes->parts)
        return fail_memory(error, count * sizeof *changes->parts, "how often parts of words are trained");
    for (size_t i = 0; i < count; i++)
        changes->parts[i] = (PartChanges){0, (uint32_t)(model->words + i)};
    for (size_t w = 0; w < model->words; w++) {
        size_t parts;
        const uint32_t *rows = subwords_of_word(model->subwords, (Id)w, &parts);
        for (size_t i = 0; i < parts; i++)
            changes->parts[rows[i] - model->words].often += changes->inputs[w];
    }
    qsort(changes->parts, count, sizeof *changes->parts, more_often);
    return N2V_OK;
}

/* How many of so many rows, in descending order, are changed that often. */
static size_t rows_above(const double *changes, size_t rows, double often)
{
    size_t above = 0;

    while (above < rows && changes[above] >= often)
        above++;
    return above;
}

static size_t parts_above(const WordChanges *changes, double often)
{
    size_t above = 0;

    while (above < changes->part_count && changes->parts[above].often >= often)
        above++;
    return above;
}

static n2v_status list_parts(Turns *turns, const WordChanges *changes, n2v_error *error)
{
    turns->part_rows = array_create(changes->part_count, sizeof *turns->part_rows);
    if (!turns->part_rows)
        return fail_memory(error, changes->part_count * sizeof *turns->part_rows, "the turns of parts of words");
    for (size_t i = 0; i < changes->part_count; i++)
        turns->part_rows[i] = changes->parts[i].row;
    return N2V_OK;
}

n2v_status turns_plan(Turns *turns, const TurnsOptions *options, n2v_error *error)
{
    const Huffman *tree = options->examples->tree;
    const size_t words = vocabulary_size(options->model->vocabulary), nodes = tree ? tree->nodes : 0;
    const bool subwords = options->model->subwords;
    const size_t inputs = subwords ? 0 : words; /* parts are changed, not words */
    const bool alone = tree && !options->examples->tree_and_noise; /* the nodes are the first outputs */
    WordChanges changes = {.inputs = NULL};
    n2v_status status = count_changes(&changes, options, error);

    *turns = (Turns){.levels = 0};
    if (subwords && status == N2V_OK && (status = count_parts(&changes, options->model, error)) == N2V_OK)
        status = list_parts(turns, &changes, error);
    for (size_t k = 0; status == N2V_OK && k + 1 < TURN_LEVELS && ldexp(2, (int)k) <= options->most_steps; k++) {
        const double often = ldexp(options->staleness, -(int)k);
        const size_t of_tree = rows_above(changes.nodes, nodes, often);
        turns->rows[k] = (TurnRows){.inputs = rows_above(changes.inputs, inputs, often),
                                    .outputs = alone ? of_tree : rows_above(changes.outputs, words, often),
                                    .more_outputs = alone ? 0 : of_tree,
                                    .parts = parts_above(&changes, often)};
        turns->levels++;
    }
    turns->rows[turns->levels++] = (TurnRows){inputs, words, alone ? 0 : nodes, changes.part_count};
    free(changes.inputs);
    free(changes.outputs);
    free(changes.nodes);
    free(changes.parts);
    return status;
}

void turns_free(Turns *turns)
{
    free(turns->part_rows);
    *turns = (Turns){.levels = 0};
}

TurnRows turns_at(const Turns *turns, uint64_t step)
{
    const size_t zeros = (size_t)__builtin_ctzll(step + 1), last = turns->levels - 1;

    return turns->rows[zeros < last ? zeros : last];
}
