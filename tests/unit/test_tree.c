/* Huffman trees, and trainings along their paths: against word2vec's codes, against sums in double, on a toy
 * language. */
#include <math.h>
#include <string.h>

#include "example_checks.h"
#include "query/likelihood.h"
#include "test.h"
#include "toy.h"
#include "train/tile.h"
#include "train/worker.h"

/* Trees ----------------------------------------------------------------------------------- */

/* The path of a word as word2vec has it: its code, and its points from the root on, where the root is words - 2. */
typedef struct coded {
    size_t length;
    char code[HUFFMAN_DEPTH + 1];
    size_t points[HUFFMAN_DEPTH];
} coded;

static Huffman *new_tree(const uint64_t *counts, size_t words)
{
    n2v_error error = {.text = ""};
    Huffman *tree;

    require(huffman_create(&tree, counts, words, &error) == N2V_OK, "%s", error.text);
    return tree;
}

static coded code_of(const Huffman *tree, size_t word)
{
    HuffmanBranch room[HUFFMAN_DEPTH];
    coded c = {0};
    const HuffmanBranch *path = huffman_path(tree, (Id)word, room, &c.length);

    for (size_t k = 0; k < c.length; k++) {
        c.code[k] = huffman_code(path[k]) ? '1' : '0';
        c.points[k] = tree->nodes - 1 - huffman_node(path[k]);
    }
    return c;
}

/* What gensim 4.3's Word2Vec(hs=1) makes of the same counts. */
START_TEST(codes_of_gensim)
{
    static const struct {
        uint64_t count;
        const char *code;
        size_t points[9];
    } known[] = {
        {9001, "11", {0, 1}},
        {5003, "00", {0, 2}},
        {4001, "100", {0, 1, 3}},
        {2503, "1011", {0, 1, 3, 5}},
        {2003, "0111", {0, 2, 4, 6}},
        {1709, "0110", {0, 2, 4, 6}},
        {1301, "0100", {0, 2, 4, 7}},
        {1009, "10101", {0, 1, 3, 5, 8}},
        {701, "01011", {0, 2, 4, 7, 9}},
        {601, "101001", {0, 1, 3, 5, 8, 10}},
        {401, "101000", {0, 1, 3, 5, 8, 10}},
        {307, "010100", {0, 2, 4, 7, 9, 11}},
        {211, "0101011", {0, 2, 4, 7, 9, 11, 12}},
        {101, "01010101", {0, 2, 4, 7, 9, 11, 12, 13}},
        {59, "010101001", {0, 2, 4, 7, 9, 11, 12, 13, 14}},
        {13, "010101000", {0, 2, 4, 7, 9, 11, 12, 13, 14}},
    };
    enum { KNOWN = sizeof known / sizeof *known };
    uint64_t counts[KNOWN];
    Huffman *tree;

    for (size_t w = 0; w < KNOWN; w++)
        counts[w] = known[w].count;
    tree = new_tree(counts, KNOWN);
    for (size_t w = 0; w < KNOWN; w++) {
        const coded c = code_of(tree, w);
        ck_assert_str_eq(c.code, known[w].code);
        for (size_t k = 0; k < c.length; k++)
            ck_assert_uint_eq(c.points[k], KNOWN - 2 - known[w].points[k]);
    }
    huffman_destroy(tree);
}
END_TEST

/* The two lightest are joined, again and again, as slowly as that can be done. Of equal weights word2vec takes a node
 * that was made, the oldest first, then the last word. */
static void check_slowly(const uint64_t *counts, size_t words)
{
    enum { MOST = 64 };
    uint64_t weight[2 * MOST];
    size_t parent[2 * MOST] = {0};
    char branch[2 * MOST] = {0};
    bool joined[2 * MOST] = {false};
    Huffman *tree = new_tree(counts, words);
    size_t depth = 0;

    memcpy(weight, counts, words * sizeof *weight);
    for (size_t made = words; made < 2 * words - 1; made++) {
        weight[made] = 0;
        for (int child = 0; child < 2; child++) {
            size_t best = SIZE_MAX;
            for (size_t i = 0; i < made; i++) { /* nodes in their order, then words from the last to the first */
                const size_t at = i < made - words ? words + i : made - 1 - i;
                if (!joined[at] && (best == SIZE_MAX || weight[at] < weight[best]))
                    best = at;
            }
            joined[best] = true;
            parent[best] = made;
            branch[best] = (char)('0' + child);
            weight[made] += weight[best];
        }
    }
    for (size_t w = 0; w < words; w++) {
        const coded c = code_of(tree, w);
        size_t at = w;
        for (size_t k = c.length; k-- > 0; at = parent[at])
            require(c.code[k] == branch[at] && c.points[k] == parent[at] - words,
                    "%zu words, word %zu: element %zu is %c at %zu", words, w, k, c.code[k], c.points[k]);
        ck_assert_uint_eq(at, 2 * words - 2);
        depth = c.length > depth ? c.length : depth;
    }
    ck_assert_uint_eq(tree->depth, depth);
    huffman_destroy(tree);
}

START_TEST(codes_of_made_counts)
{
    Random random;

    random_seed(&random, 1, 0, 0, 0);
    for (size_t words = 2; words <= 64; words++) {
        uint64_t counts[64];
        for (uint32_t most = 1; most <= 1000; most *= 10) { /* 1: all are equal */
            uint64_t above = 0;
            for (size_t w = words; w-- > 0;)
                counts[w] = above += w + 1 == words ? 1 : random_below(&random, most);
            check_slowly(counts, words);
        }
    }
}
END_TEST

/* Vectors that were read from a file may have any order: a word's code is that of its count. */
START_TEST(words_in_any_order)
{
    static const uint64_t counts[] = {40, 21, 12, 7, 3}, turned[] = {12, 3, 40, 21, 7};
    static const size_t at[] = {2, 3, 0, 4, 1}; /* of each count */
    Huffman *tree = new_tree(counts, 5), *other = new_tree(turned, 5);

    for (size_t w = 0; w < 5; w++) {
        const coded code = code_of(tree, w), same = code_of(other, at[w]);
        ck_assert_str_eq(code.code, same.code);
    }
    huffman_destroy(tree);
    huffman_destroy(other);
}
END_TEST

/* The deepest tree that there is. */
START_TEST(deepest)
{
    uint64_t counts[91] = {[90] = 1, [89] = 1};
    Huffman *tree;

    for (size_t w = 89; w-- > 0;)
        counts[w] = counts[w + 1] + counts[w + 2];
    tree = new_tree(counts, 91);
    ck_assert_uint_eq(tree->depth, 90);
    ck_assert_uint_eq(code_of(tree, 90).length, 90);
    huffman_destroy(tree);
}
END_TEST

START_TEST(counts_without_a_tree)
{
    static const struct {
        uint64_t counts[3];
        const char *why;
    } cases[] = {{{3, 2, 0}, "word 3 is 0"},
                 {{UINT64_MAX - 2, 2, 1}, "word 3 is too large"}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        n2v_error error = {.text = ""};
        Huffman *tree;
        ck_assert_int_eq(huffman_create(&tree, cases[i].counts, 3, &error), N2V_ERROR_DATA);
        ck_assert_ptr_null(tree);
        require(strstr(error.text, cases[i].why), "'%s' is not in: %s", cases[i].why, error.text);
    }
}
END_TEST

/* P(w|c) ----------------------------------------------------------------------------------- */

static double log_sigmoid(double s)
{
    return s < 0 ? s - log1p(exp(s)) : -log1p(exp(-s));
}

static const float *node_row(const Model *model, size_t node)
{
    return model_row(model, model->input_rows + (model->other_outputs ? 0 : model->words) + node);
}

/* log P(w|x), and what it says about the node at each place of the path: d log P / d score. */
static double log_probability(const Model *model, const Huffman *tree, const float *x, size_t w, double *slope)
{
    HuffmanBranch room[HUFFMAN_DEPTH];
    size_t length;
    const HuffmanBranch *path = huffman_path(tree, (Id)w, room, &length);
    double sum = 0;

    for (size_t k = 0; k < length; k++) {
        const float *y = node_row(model, huffman_node(path[k]));
        const double sign = huffman_code(path[k]) ? -1 : 1;
        double s = 0;
        for (size_t d = 0; d < model->dim; d++)
            s += (double)x[d] * (double)y[d];
        sum += log_sigmoid(sign * s);
        if (slope)
            slope[k] = sign * exp(log_sigmoid(-sign * s));
    }
    return sum;
}

static const float *input_row(const Model *model, size_t c)
{
    return model_row(model, c);
}

static Huffman *tree_of(const Model *model)
{
    uint64_t *counts = malloc(model->words * sizeof *counts);
    Huffman *tree;

    ck_assert_ptr_nonnull(counts);
    for (size_t w = 0; w < model->words; w++)
        counts[w] = vocabulary_count(model->vocabulary, (Id)w);
    tree = new_tree(counts, model->words);
    free(counts);
    return tree;
}

/* Each objective learns P(w|c) of a toy language, and the probabilities of all words sum to one. */
static void check_toy(const char *objective, const toy *t, double limit)
{
    const TrainOptions options = training_options(objective, 1);
    Trainer *trainer = trained(t->text, &options);
    const Model *model = trainer_model(trainer);
    Huffman *tree = tree_of(model);
    double all = 0, far = 0;

    for (size_t c = 0; c < TOY_WORDS; c++) {
        double contexts = 0, sum = 0;
        for (size_t w = 0; w < TOY_WORDS; w++)
            contexts += t->pairs[c][w];
        for (size_t w = 0; w < TOY_WORDS; w++) {
            const double p = log_probability(model, tree, input_row(model, c), w, NULL);
            sum += exp(p);
            if (t->pairs[c][w] > 0)
                far += t->pairs[c][w] * fabs(p - log(t->pairs[c][w] / contexts));
        }
        require(fabs(sum - 1) < 1e-9, "%s: the probabilities after word %zu sum to %.12g", objective, c, sum);
        all += contexts;
    }
    require(far / all < limit, "%s: log P(w|c) is %.4f from that of the language", objective, far / all);
    ck_assert_uint_eq(trainer_state(trainer)->pairs, trainer_state(trainer)->words);
    huffman_destroy(tree);
    trainer_destroy(trainer);
}

START_TEST(probabilities_of_a_toy_language)
{
    toy t = make_toy(SANITIZED ? 10000 : 50000);

    check_toy("hs", &t, SANITIZED ? 0.3 : 0.14);
    check_toy("hs:sgns=1", &t, SANITIZED ? 0.3 : 0.14);
    free_text(t.text);
}
END_TEST

/* Tiles ------------------------------------------------------------------------------------ */

#define RATE 1e-3F

/* A model with random rows, and what makes examples for it. */
typedef struct made_tree {
    training_text *text;
    TrainOptions options;
    Trainer *trainer;
    Model *model;
    Huffman *tree;
    Noise *noise;
    Subsample *subsample;
    ExamplesOptions examples;
    TileOptions tile;
} made_tree;

static void make_tree(made_tree *m, const char *objective, bool cbow)
{
    Random random;

    *m = (made_tree){.text = blocks_of_random_text(1, 60), .options = training_options(objective, 1)};
    m->options.model = cbow ? MODEL_CBOW : MODEL_SKIPGRAM;
    m->options.window = 3;
    m->options.kernels = full_precision();
    m->trainer = new_trainer(m->text, &m->options);
    m->model = trainer_model(m->trainer);
    m->tree = tree_of(m->model);
    random_seed(&random, 5, 0, 0, 0);
    for (size_t row = 0; row < model_rows(m->model); row++)
        for (size_t d = 0; d < m->model->dim; d++)
            model_row(m->model, row)[d] = (random_float(&random) - 0.5F) * 0.5F;
    ck_assert_int_eq(noise_create(&m->noise, m->text->counts, m->text->words, 0.75, NULL), N2V_OK);
    ck_assert_int_eq(subsample_create(&m->subsample, m->text->counts, m->text->words, 0, NULL), N2V_OK);
    m->examples = trainer_examples(&m->options, m->text->words);
    m->examples.noise = m->noise;
    m->examples.subsample = m->subsample;
    m->examples.tree = m->tree;
    m->tile = (TileOptions){.kernels = m->options.kernels,
                           .objective = m->options.objective,
                           .parameters = m->options.parameters,
                           .layout = m->examples.layout,
                           .encoder = trainer_encoder(&m->options),
                           .optimizer = &optimizer_sgd,
                           .model = m->model,
                           .stride = m->model->output_stride,
                           .sizes = m->examples.layout->sizes(&m->examples)};
}

static void free_tree(made_tree *m)
{
    noise_destroy(m->noise);
    subsample_destroy(m->subsample);
    huffman_destroy(m->tree);
    trainer_destroy(m->trainer);
    free_text(m->text);
}

/* Whether the outputs of an example are those of the path of a word: noise words and nodes of code 1, then the word, if
 * it is an output, and nodes of code 0. */
static bool has_path(const made_tree *m, const Example *e, size_t word)
{
    const bool words = m->examples.tree_and_noise;
    const size_t first = words ? m->text->words : 0;
    const coded c = code_of(m->tree, word);
    size_t negative = 0, positive = e->negatives;

    for (; words && negative < e->negatives && e->output_ids[negative] < first; negative++)
        require(e->output_ids[negative] != word || positive == e->outputs, "the center word is a noise word");
    if (words && e->output_ids[positive++] != word)
        return false;
    for (size_t k = 0; k < c.length; k++) {
        const size_t row = first + m->tree->nodes - 1 - c.points[k];
        size_t *at = c.code[k] == '1' ? &negative : &positive;
        if (*at >= (c.code[k] == '1' ? e->negatives : e->outputs) || e->output_ids[(*at)++] != row)
            return false;
    }
    return negative == e->negatives && positive == e->outputs;
}

static size_t center_of(const made_tree *m, const Example *e)
{
    size_t found = SIZE_MAX;

    for (size_t w = 0; w < m->text->words; w++) {
        if (m->examples.tree_and_noise && e->output_ids[e->negatives] != w)
            continue;
        if (has_path(m, e, w)) {
            ck_assert_uint_eq(found, SIZE_MAX);
            found = w;
        }
    }
    require(found != SIZE_MAX, "the outputs are the path of no word");
    return found;
}

/* Adds factor times a row to the gradient of a row. */
static void add_row(double *gradient, const Model *model, size_t row, double factor, const double *x)
{
    for (size_t d = 0; d < model->dim; d++)
        gradient[row * model->dim + d] += factor * x[d];
}

/* The loss of an example, -log P(w|c) of each row with that of negative sampling, and its gradient for each row of the
 * model, from the scores of all outputs in double. */
static double expect(const made_tree *m, const Example *e, double *gradient)
{
    const Model *model = m->model;
    double loss = 0;

    memset(gradient, 0, model_rows(model) * model->dim * sizeof *gradient);
    for (size_t i = 0; i < e->rows; i++) {
        const size_t from = e->bag ? e->bag[i] : i, to = e->bag ? e->bag[i + 1] : i + 1;
        double x[64] = {0}, of_x[64] = {0};
        for (size_t k = from; k < to; k++)
            for (size_t d = 0; d < model->dim; d++)
                x[d] += (double)input_row(model, e->inputs[k])[d] / (double)(to - from);
        for (size_t j = 0; j < e->outputs; j++) {
            const size_t row = model->input_rows + e->output_ids[j];
            const double sign = j < e->negatives ? -1 : 1;
            const double times = j < e->negatives && e->is_weighted ? (double)e->multiplicity[j] : 1;
            double s = 0, slope;
            for (size_t d = 0; d < model->dim; d++)
                s += x[d] * (double)model_row(model, row)[d];
            loss -= times * log_sigmoid(sign * s);
            slope = -times * sign * exp(log_sigmoid(-sign * s)) * (e->bag ? (double)e->weight[i] : 1);
            add_row(gradient, model, row, slope, x);
            for (size_t d = 0; d < model->dim; d++)
                of_x[d] += slope * (double)model_row(model, row)[d];
        }
        for (size_t k = from; k < to; k++)
            add_row(gradient, model, e->inputs[k], e->bag ? (double)CONTEXT_RATE / (double)(to - from) : 1, of_x);
    }
    return loss;
}

static void check_step(const made_tree *m, TileStep *step, const Example *e, double *gradient)
{
    const Model before = copy_parameters(m->model);
    const double wanted = expect(m, e, gradient);
    Model copy = before;
    double loss = 0;

    tile_prefetch(step, e);
    (void)tile_train(step, e, RATE, &loss);
    require(fabs(loss - wanted) < 1e-4 * wanted, "loss %g, not %g", loss, wanted);
    for (size_t row = 0; row < model_rows(m->model); row++)
        for (size_t d = 0; d < m->model->dim; d++) {
            const double moved = (double)(model_row(&before, row)[d] - model_row(m->model, row)[d]) / (double)RATE;
            const double right = gradient[row * m->model->dim + d];
            require(fabs(moved - right) < 5e-3, "row %zu, element %zu: gradient %g, not %g", row, d, moved, right);
        }
    free_copy(&copy);
}

/* The pairs of an example: in hs alone without the word. */
static double path_loss(const made_tree *m, const Example *e, size_t center)
{
    double sum = 0;

    for (size_t i = 0; i < e->rows && !e->bag; i++)
        sum -= log_probability(m->model, m->tree, input_row(m->model, e->inputs[i]), center, NULL);
    return sum;
}

static void check_tiles(const char *objective, bool cbow)
{
    made_tree m;
    double *gradient;
    Id buffer[BLOCK_IDS];
    Examples *examples;
    const Example *e;
    TileStep *step;
    Block block;
    size_t pairs = 0, steps = 0;

    make_tree(&m, objective, cbow);
    gradient = malloc(model_rows(m.model) * m.model->dim * sizeof *gradient);
    ck_assert_ptr_nonnull(gradient);
    ck_assert_int_eq(blocks_read(m.text->blocks, 0, buffer, &block, NULL), N2V_OK);
    ck_assert_int_eq(examples_create(&examples, &m.examples, NULL), N2V_OK);
    ck_assert_int_eq(tile_create(&step, &m.tile, NULL), N2V_OK);
    examples_start(examples, &block, 0, 0);
    while ((e = examples_next(examples))) {
        const size_t center = center_of(&m, e);
        ck_assert_uint_eq(example_pairs(e), e->rows);
        pairs += e->bag ? e->bag[1] : e->rows;
        if (steps++ >= (SANITIZED ? 10u : 60u))
            continue;
        if (!m.examples.tree_and_noise && !cbow) {
            double loss = 0;
            tile_loss(step, e, &loss);
            require(fabs(loss - path_loss(&m, e, center)) < 1e-4 * loss, "%s: loss %g", objective, loss);
        }
        check_step(&m, step, e, gradient);
    }
    ck_assert_uint_gt(pairs, 2 * block.count); /* a window of 3 has 4 contexts on average, fewer at the ends of */
                                               /* sentences */
    tile_destroy(step);
    examples_destroy(examples);
    free(gradient);
    free_tree(&m);
}

START_TEST(steps_along_paths)
{
    check_tiles("hs", false);
    check_tiles("hs:sgns=1", false);
    check_tiles("hs", true);
    check_tiles("hs:sgns=1", true);
}
END_TEST

/* Likelihood ------------------------------------------------------------------------------- */

static void check_likelihood(const char *objective)
{
    made_tree m;
    LikelihoodOptions options;
    n2v_error error = {.text = ""};
    Likelihood got;
    Id buffer[BLOCK_IDS];
    Block block;
    double sum = 0;
    size_t pairs = 0;

    make_tree(&m, objective, false);
    options = (LikelihoodOptions){.trained = {.objective = m.options.objective,
                                             .parameters = m.options.parameters,
                                             .noise = 10,
                                             .noise_power = 0.75},
                                 .window = 1,
                                 .threads = 1,
                                 .kernels = m.options.kernels};
    ck_assert_int_eq(blocks_read(m.text->blocks, 0, buffer, &block, NULL), N2V_OK);
    for (size_t i = 0; i + 1 < block.count; i++) {
        const Id a = block.ids[i] & ~SENTENCE_END, b = block.ids[i + 1] & ~SENTENCE_END;
        if (block.ids[i] & SENTENCE_END)
            continue;
        sum += log_probability(m.model, m.tree, input_row(m.model, a), b, NULL) +
               log_probability(m.model, m.tree, input_row(m.model, b), a, NULL);
        pairs += 2;
    }
    require(likelihood_measure(&got, m.model, m.text->blocks, &options, &error) == N2V_OK, "%s", error.text);
    ck_assert_uint_eq(got.pairs, pairs);
    require(fabs(got.exact - sum / (double)pairs) < 1e-5, "%s: %.9g, not %.9g", objective, got.exact,
            sum / (double)pairs);
    ck_assert(got.normalized && got.self_normalized == got.exact && got.mean == 0);
    m.model->output_rows = m.text->words / 2; /* a file that does not fit its record */
    ck_assert_int_eq(log_probability_check(m.model, &options.trained, &error), N2V_ERROR_ARGUMENT);
    m.model->output_rows = m.text->words + (m.examples.tree_and_noise ? m.tree->nodes : 0);
    free_tree(&m);
}

START_TEST(likelihood_along_paths)
{
    check_likelihood("hs");
    check_likelihood("hs:sgns=1");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tree");

    add_test(suite, "codes of gensim", codes_of_gensim);
    add_test(suite, "codes of made counts", codes_of_made_counts);
    add_test(suite, "words in any order", words_in_any_order);
    add_test(suite, "the deepest tree", deepest);
    add_test(suite, "counts without a tree", counts_without_a_tree);
    add_test(suite, "probabilities of a toy language", probabilities_of_a_toy_language);
    add_test(suite, "steps along paths", steps_along_paths);
    add_test(suite, "likelihood along paths", likelihood_along_paths);
    return run_suite(suite);
}
