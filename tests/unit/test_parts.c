/* Training with subwords: inputs are means of parts. The gradient against the chain rule in double, what trainings do
 * with parts, and files of them. */
#include <math.h>
#include <string.h>

#include "group_training.h"
#include "kernel_support.h"
#include "made_tiles.h"
#include "model/compose.h"
#include "model/formats/format.h"
#include "scratch.h"
#include "test.h"
#include "train/examples.h"
#include "train/memory.h"
#include "train/ranks/turns.h"
#include "train/worker.h"

enum { SUBWORD_WORDS = TILE_WORDS / 3 }; /* the words that made examples have as inputs */

static const SubwordOptions fasttext = {.kind = SUBWORDS_FASTTEXT, .minn = 1, .maxn = 2, .buckets = 14};
static const SubwordOptions floret = {
    .kind = SUBWORDS_FLORET, .minn = 1, .maxn = 2, .buckets = 25, .hash_count = 2, .seed = 1};

/* A made model whose first rows are words and the next ones their parts. */
static void add_subwords(Model *model, const SubwordOptions *options)
{
    static const char *const words[SUBWORD_WORDS] = {"a",  "b",   "ab", "ba", "aa", "abc", "c",
                                                     "ca", "cab", "bb", "d",  "da", "dd"};
    Vocabulary *vocabulary = vocabulary_create();
    Id id;

    for (size_t i = 0; i < SUBWORD_WORDS; i++)
        ck_assert_int_eq(vocabulary_add(vocabulary, words[i], strlen(words[i]), 1, &id, NULL), N2V_OK);
    ck_assert_int_eq(subwords_create(&model->subwords, vocabulary, options, NULL), N2V_OK);
    vocabulary_destroy(vocabulary);
    model->words = SUBWORD_WORDS;
    model->input_rows = SUBWORD_WORDS + subwords_parts(model->subwords);
    ck_assert_uint_le(model->input_rows, TILE_WORDS);
}

/* Adds the gradients of the parts of a word. */
static void add_parts(const Model *model, Id word, double share, const double *of_mean, row_gradient *input)
{
    const SubwordOptions *options = subwords_options(model->subwords);
    const size_t whole = options->kind == SUBWORDS_FLORET ? options->hash_count : 1;
    size_t count;
    const uint32_t *parts = subwords_of_word(model->subwords, word, &count);

    for (size_t k = 0; k < count; k++) {
        const double of_all = k < whole ? (double)WHOLE_WORD_SHARE / (double)whole
                                        : (1 - (double)WHOLE_WORD_SHARE) / (double)(count - whole);
        const double factor = count > whole ? share * (double)count * of_all : share;
        for (size_t d = 0; d < TILE_DIM; d++)
            input[parts[k]][d] += factor * of_mean[d];
    }
}

/* The mean of the means of row i's words. */
static void mean_of(const Model *model, const Example *e, const float *input, size_t i, float *mean)
{
    const size_t from = e->bag ? e->bag[i] : i, to = e->bag ? e->bag[i + 1] : i + 1;

    for (size_t d = 0; d < TILE_STRIDE; d++) {
        double sum = 0;
        for (size_t k = from; k < to; k++) {
            size_t count;
            const uint32_t *parts = subwords_of_word(model->subwords, e->inputs[k], &count);
            for (size_t p = 0; p < count; p++)
                sum += (double)input[parts[p] * TILE_STRIDE + d] / (double)count;
        }
        mean[d] = (float)(sum / (double)(to - from));
    }
}

static void check_step(const Kernels *kernels, const SubwordOptions *options, bool bags, const Encoder *encoder,
                       size_t m, size_t n, Random *random)
{
    const bool whole = encoder == &encoder_parts_whole;
    made_objective made;
    made_example e;
    made_model model;
    row_gradient input[TILE_WORDS] = {{0}}, output[TILE_WORDS] = {{0}};
    TileStep *step;

    make_objective(&made, N2V_DOT, 0);
    random_seed(&made.random, n, m, 0, 7);
    make_tile_model(&model, 0, random);
    add_subwords(&model.model, options);
    make_example(&e, &layout_inputs, m, n, random);
    if (bags)
        make_bags(&e, random);
    step = new_step_of(kernels, &made, bags ? &layout_bags : &layout_inputs, encoder, &model.model, NULL);
    (void)tile_train(step, &e.example, (float)TILE_RATE, NULL);
    for (size_t i = 0; i < m; i++) {
        const double share = whole || !bags ? 1 : (double)CONTEXT_RATE / (e.bag[i + 1] - e.bag[i]);
        float mean[TILE_STRIDE];
        const double weight = bags ? (double)e.weight[i] : 1;
        row_gradient of_mean = {0};
        mean_of(&model.model, &e.example, model.before_input, i, mean);
        for (size_t j = 0; j < n; j++) {
            const double score =
                chain_pair(N2V_DOT, mean, model.before_output + column_word(&e, j) * TILE_STRIDE,
                           weight * (double)made.scores[i * n + j], of_mean, output[column_word(&e, j)]);
            require(fabs((double)made.given_scores[i * n + j] - score) < 2e-5, "cell (%zu, %zu): score %.9g, not %.9g",
                    i, j, (double)made.given_scores[i * n + j], score);
        }
        chain_pair(N2V_DOT, mean, model.before_output + positive_word(&e, i) * TILE_STRIDE,
                   weight * (double)made.positives[i], of_mean, output[positive_word(&e, i)]);
        for (size_t k = bags ? e.bag[i] : i; k < (bags ? e.bag[i + 1] : i + 1); k++)
            add_parts(&model.model, e.inputs[k], share, of_mean, input);
    }
    compare_rows(model.before_input, model.model.input, input, TILE_RATE, 4 * TILE_TOLERANCE(kernels), "input");
    compare_rows(model.before_output, model.model.output, output, TILE_RATE, TILE_TOLERANCE(kernels), "output");
    tile_destroy(step);
    subwords_destroy(model.model.subwords);
    free_made_model(&model);
}

START_TEST(each_part_moves_as_its_word)
{
    const Kernels *kernels;
    Random random;

    random_seed(&random, 17, 0, 0, 0);
    for (size_t k = 0; (kernels = kernels_at(k)) != NULL; k++)
        for (size_t m = 1; m <= TILE_MAX; m += 4)
            for (size_t n = 1; n <= TILE_MAX; n += 5) {
                check_step(kernels, &fasttext, false, &encoder_parts, m, n, &random);
                check_step(kernels, &floret, false, &encoder_parts_whole, m, n, &random);
                check_step(kernels, &fasttext, true, &encoder_parts_whole, m, n, &random);
                check_step(kernels, &floret, true, &encoder_parts, m, n, &random);
            }
}
END_TEST

static double length_of(const float *row)
{
    double square = 0;

    for (size_t d = 0; d < TILE_DIM; d++)
        square += (double)row[d] * (double)row[d];
    return sqrt(square);
}

/* A word all of whose parts are different: a row that comes again moves the mean further. */
static Id word_of_different_parts(const Model *model)
{
    for (Id id = 0; id < model->words; id++) {
        size_t count, same = 0;
        const uint32_t *rows = subwords_of_word(model->subwords, id, &count);
        for (size_t i = 0; i < count; i++)
            for (size_t k = 0; k < i; k++)
                same += rows[i] == rows[k];
        if (!same && count > 3)
            return id;
    }
    ck_abort_msg("all words have a part twice");
}

/* Rows of length 1: the mean, scaled to length 1, makes the step of a row without parts. */
START_TEST(scaled_means_move_as_rows)
{
    const float rate = 0.01F;
    made_objective made;
    made_example e;
    made_model model;
    Random random;
    TileStep *step;
    float mean[TILE_STRIDE], wanted[TILE_STRIDE] = {0};
    row_gradient of_mean = {0}, output[TILE_WORDS] = {{0}};

    random_seed(&random, 3, 0, 0, 0);
    make_objective(&made, N2V_DOT, N2V_NEEDS_UNIT_ROWS);
    random_seed(&made.random, 1, 1, 0, 7);
    make_tile_model(&model, N2V_NEEDS_UNIT_ROWS, &random);
    add_subwords(&model.model, &fasttext);
    make_example(&e, &layout_inputs, 1, 3, &random);
    e.inputs[0] = word_of_different_parts(&model.model);
    step = new_step_of(full_precision(), &made, &layout_inputs, &encoder_parts, &model.model, NULL);
    mean_of(&model.model, &e.example, model.before_input, 0, mean);
    const double before = length_of(mean);
    for (size_t d = 0; d < TILE_DIM; d++)
        mean[d] = (float)((double)mean[d] / before);
    (void)tile_train(step, &e.example, rate, NULL);
    for (size_t j = 0; j < 3; j++)
        chain_pair(N2V_DOT, mean, model.before_output + column_word(&e, j) * TILE_STRIDE, (double)made.scores[j],
                   of_mean, output[column_word(&e, j)]);
    chain_pair(N2V_DOT, mean, model.before_output + positive_word(&e, 0) * TILE_STRIDE, (double)made.positives[0],
               of_mean, output[positive_word(&e, 0)]);
    for (size_t d = 0; d < TILE_DIM; d++)
        wanted[d] = (float)((double)mean[d] - (double)rate * of_mean[d]);
    mean_of(&model.model, &e.example, model.model.input, 0, mean);
    for (size_t d = 0; d < TILE_DIM; d++) {
        const double got = (double)mean[d] / before, expected = (double)wanted[d] / length_of(wanted);
        require(fabs(got - expected) < 1e-5, "element %zu is %.9g, not %.9g", d, got, expected);
    }
    tile_destroy(step);
    subwords_destroy(model.model.subwords);
    free_made_model(&model);
}
END_TEST

/* Trainings ------------------------------------------------------------------------------- */

static const SubwordOptions usual = {.kind = SUBWORDS_FASTTEXT, .minn = 3, .maxn = 6, .buckets = 2000000};

/* The words' vectors are the means of their parts. */
static void check_composed(const Model *model, const char *name, bool unit)
{
    ck_assert_ptr_nonnull(model->subwords);
    for (Id id = 0; id < model->words; id++) {
        const float *row = model->input + id * model->stride;
        double length = 0, scale = 1;
        size_t count;
        const uint32_t *parts = subwords_of_word(model->subwords, id, &count);
        for (int pass = 0; pass < 2; pass++, scale = unit ? 1 / sqrt(length) : 1)
            for (size_t d = 0; d < model->dim; d++) {
                double sum = 0;
                for (size_t k = 0; k < count; k++)
                    sum += (double)model->input[parts[k] * model->stride + d];
                sum /= (double)count;
                length += pass ? 0 : sum * sum;
                require(!pass || fabs(sum * scale - (double)row[d]) < 1e-5, "%s: word %u at %zu is %g, not %g", name,
                        id, d, (double)row[d], sum * scale);
            }
    }
}

START_TEST(parts_learn_with_every_objective)
{
    training_text *text = regular_text(300, 20, 50);
    const n2v_objective *objective;

    for (size_t i = 0; (objective = registered_objective(i)); i += SANITIZED ? 4 : 1)
        for (int cbow = 0; cbow < 2; cbow++) {
            TrainOptions options = default_options(i, 1);
            const uint32_t needs = objective_needs(options.objective, options.parameters);
            const bool unit = needs & N2V_NEEDS_UNIT_ROWS;
            Trainer *trainer;
            options.model = cbow ? MODEL_CBOW : MODEL_SKIPGRAM;
            options.subwords = usual;
            options.epochs = 4;
            options.learning_rate *= 2;
            trainer = trained(text, &options);
            check_parameters(trainer_model(trainer), objective->name);
            check_composed(trainer_model(trainer), objective->name, unit);
            const LossSum first = trainer_state(trainer)->epochs[0];
            require(last_loss(trainer) < first.loss / (double)first.pairs,
                    "%s: the loss of the last epoch is %g, not below %g", objective->name, last_loss(trainer),
                    first.loss / (double)first.pairs);
            trainer_destroy(trainer);
        }
    free_text(text);
}
END_TEST

/* At a rate of almost nothing rows change by their decay alone, and every part is in some word of the text. */
START_TEST(every_part_decays)
{
    training_text *text = regular_text(300, 20, 50);

    for (int cbow = 0; cbow < 2; cbow++) {
        TrainOptions options = training_options("sgns", 1);
        Trainer *plain, *decayed;
        options.model = cbow ? MODEL_CBOW : MODEL_SKIPGRAM;
        options.subwords = usual;
        options.epochs = 1;
        options.learning_rate = 1e-6;
        plain = trained(text, &options);
        options.weight_decay = 1e4;
        decayed = trained(text, &options);
        for (size_t i = trainer_model(plain)->words; i < trainer_model(plain)->input_rows; i++) {
            const float *before = model_row(trainer_model(plain), i), *after = model_row(trainer_model(decayed), i);
            for (size_t d = 0; d < options.dim; d++)
                require(fabsf(after[d]) <= 0.995F * fabsf(before[d]), "row %zu at %zu: %g of %g is left", i, d,
                        (double)after[d], (double)before[d]);
        }
        trainer_destroy(plain);
        trainer_destroy(decayed);
    }
    free_text(text);
}
END_TEST

static TrainOptions in_rounds(const char *objective)
{
    TrainOptions options = training_options(objective, 1);

    options.deterministic = true;
    options.virtual_workers = 4;
    options.round_words = 2048;
    options.rule = rule_at(0);
    options.epochs = 1;
    options.subwords = usual;
    return options;
}

START_TEST(rounds_of_parts_do_not_depend_on_threads)
{
    static const char *const objectives[] = {"nce", "infonce", "alignuniform", "sgns"}; /* the last with adagrad */
    training_text *text = blocks_of_random_text(3, 300);

    for (size_t i = 0; i < sizeof objectives / sizeof *objectives; i++) {
        TrainOptions options = in_rounds(objectives[i]);
        options.optimizer = i == 3 ? &optimizer_adagrad : options.optimizer;
        Trainer *one = trained(text, &options);
        const bool unit = objective_needs(options.objective, options.parameters) & N2V_NEEDS_UNIT_ROWS;
        check_composed(trainer_model(one), objectives[i], unit);
        for (options.threads = 2; options.threads <= 3; options.threads++) {
            Trainer *more = trained(text, &options);
            require(same_parameters(trainer_model(one), trainer_model(more)),
                    "%s: %zu threads give other bytes than one", objectives[i], options.threads);
            ck_assert(trainer_state(one)->heldout.loss == trainer_state(more)->heldout.loss);
            trainer_destroy(more);
        }
        trainer_destroy(one);
    }
    free_text(text);
}
END_TEST

START_TEST(ranks_have_the_same_parts)
{
    training_text *text = blocks_of_random_text(4, 300);
    size_t index = 0;

    while (strcmp(registered_objective(index)->name, "nce") != 0)
        index++;
    for (size_t ranks = 2; ranks <= 3; ranks++) {
        TrainOptions options = step_options(index);
        group_training t;
        options.subwords = usual;
        t = new_training(text, ranks, &options);
        run_all_ranks(&t);
        require_success(&t);
        require_same(&t);
        check_composed(trainer_model(t.trainers[0]), "ranks", false);
        free_training(&t);
    }
    free_text(text);
}
END_TEST

/* The turns of parts: each part has its place, the one that is changed most often first; rare ones wait. */
START_TEST(frequent_parts_are_combined_more_often)
{
    training_text *text = blocks_of_random_text(3, 300);
    TrainOptions options = training_options("sgns", 1);
    ExamplesOptions examples;
    Noise *noise;
    Subsample *subsample;
    Turns turns;

    options.subwords = usual;
    Trainer *trainer = new_trainer(text, &options);
    const Model *model = trainer_model(trainer);
    const size_t parts = subwords_parts(model->subwords);
    examples = trainer_examples(&options, text->words);
    ck_assert_int_eq(noise_create(&noise, text->counts, text->words, 0.75, NULL), N2V_OK);
    ck_assert_int_eq(subsample_create(&subsample, text->counts, text->words, 0, NULL), N2V_OK);
    examples.noise = noise;
    examples.subsample = subsample;
    const TurnsOptions of = {
        .model = model, .examples = &examples, .step_words = 2000, .staleness = 20, .most_steps = 8};
    ck_assert_int_eq(turns_plan(&turns, &of, NULL), N2V_OK);
    size_t *place = calloc(parts, sizeof *place);
    for (size_t i = 0; i < parts; i++) {
        ck_assert(turns.part_rows[i] >= model->words && turns.part_rows[i] < model->input_rows);
        ck_assert_uint_eq(place[turns.part_rows[i] - model->words], 0);
        place[turns.part_rows[i] - model->words] = i + 1;
    }
    size_t count;
    const uint32_t *rows = subwords_of_word(model->subwords, 0, &count);
    ck_assert_uint_lt(place[rows[1] - model->words], place[rows[0] - model->words]); /* all words have "<w0" */
    free(place);
    ck_assert_uint_eq(turns.levels, 4);
    for (size_t k = 0; k < turns.levels; k++) {
        ck_assert_uint_eq(turns.rows[k].inputs, 0); /* they are composed */
        ck_assert(k == 0 || turns.rows[k].parts >= turns.rows[k - 1].parts);
    }
    ck_assert(turns.rows[0].parts && turns.rows[0].parts < parts && turns.rows[3].parts == parts);
    turns_free(&turns);
    trainer_destroy(trainer);
    noise_destroy(noise);
    subsample_destroy(subsample);
    free_text(text);
}
END_TEST

START_TEST(memory_grows_with_the_buckets)
{
    TrainOptions options = training_options("nce", 1);
    const uint64_t without = train_memory(&options, 10000, false);
    uint64_t some, all;

    options.subwords = usual;
    all = train_memory(&options, 10000, false);
    options.subwords.buckets = 1000;
    some = train_memory(&options, 10000, false);
    ck_assert(without < some && some < all);
    /* 10,000 words of English have 65,426 n-grams of 3 to 6 characters; a row has 80 floats. */
    ck_assert(all - without > (10000 + 60000) * 320 && all - without < (10000 + 80000) * (320 + 16) + 10000 * 120);
}
END_TEST

/* Files ----------------------------------------------------------------------------------- */

static void save(const Model *model, const char *path, const Select *select)
{
    Saving saving;
    n2v_error error = {.text = ""};

    require(saving_open(&saving, format_find("n2v"), path, NULL, &error) == N2V_OK, "%s", error.text);
    saving.select = *select;
    require(saving_write(&saving, model, &error) == N2V_OK, "%s", error.text);
    require(saving_commit(&saving, &error) == N2V_OK, "%s", error.text);
}

/* The same vector of an unknown word. */
static void check_unknown(const Model *a, const Model *b, const char *word)
{
    float of_a[64], of_b[64];
    bool known;

    ck_assert_uint_le(a->dim, 64);
    ck_assert_int_eq(compose_any(a, word, strlen(word), of_a, &known, NULL), N2V_OK);
    ck_assert(known);
    ck_assert_int_eq(compose_any(b, word, strlen(word), of_b, &known, NULL), N2V_OK);
    ck_assert(known);
    ck_assert_mem_eq(of_a, of_b, a->dim * sizeof *of_a);
}

START_TEST(files_have_the_parts)
{
    static const Select all = {.vectors = VECTORS_ALL}, some = {.vectors = VECTORS_ALL, .top = 10};
    training_text *text = regular_text(50, 20, 20);
    TrainOptions options = training_options("nce", 1);
    scratch files = scratch_open();
    char path[200];
    float vector[64];
    bool known;

    snprintf(path, sizeof path, "%s", scratch_path(&files, "m.n2v"));
    for (int kind = 0; kind < 2; kind++) {
        Model read;
        options.subwords = kind ? floret : usual;
        options.dim = 5;
        Trainer *trainer = trained(text, &options);
        const Model *model = trainer_model(trainer);
        save(model, path, &all);
        ck_assert_int_eq(format_read(&read, path, NULL, NULL), N2V_OK);
        require(same_parameters(model, &read), "the file has other numbers");
        check_unknown(model, &read, "w0000x");
        ck_assert_int_eq(compose_any(&read, "w00007", 6, vector, &known, NULL), N2V_OK);
        ck_assert(known);
        ck_assert_mem_eq(vector, read.input + vocabulary_find(read.vocabulary, "w00007", 6) * read.stride,
                         read.dim * sizeof *vector);
        if (!kind) {
            ck_assert_int_eq(compose_any(&read, "xyz", 3, vector, &known, NULL), N2V_OK);
            ck_assert(!known && vector[0] == 0);
        }
        model_free(&read);
        save(model, path, &some); /* the table is that of all words */
        ck_assert_int_eq(format_read(&read, path, NULL, NULL), N2V_OK);
        ck_assert(!read.subwords && read.words == 10 && read.input_rows == 10);
        ck_assert_int_eq(compose_any(&read, "w0000x", 6, vector, &known, NULL), N2V_OK);
        ck_assert(!known);
        model_free(&read);
        trainer_destroy(trainer);
    }
    scratch_close(&files);
    free_text(text);
}
END_TEST

START_TEST(damaged_files_are_refused)
{
    static const Select all = {.vectors = VECTORS_ALL};
    training_text *text = regular_text(50, 20, 4);
    TrainOptions options = training_options("sgns", 1);
    scratch files = scratch_open();
    char path[200];
    size_t count;
    Model read;

    options.subwords = usual;
    options.dim = 2;
    snprintf(path, sizeof path, "%s", scratch_path(&files, "m.n2v"));
    Trainer *trainer = trained(text, &options);
    save(trainer_model(trainer), path, &all);
    char *bytes = scratch_read(path, &count);
    for (size_t i = 0; i < count; i += SANITIZED ? 7 : 1) {
        const MemoryFile cut = {.name = "cut", .bytes = bytes, .count = i}, flipped = {"flipped", bytes, count};
        if (i >= 40)
            ck_assert_int_eq(format_load_memory(&read, NULL, &cut, NULL, NULL, NULL), N2V_ERROR_FORMAT);
        bytes[i] ^= 0x10;
        require(format_load_memory(&read, NULL, &flipped, NULL, NULL, NULL) != N2V_OK, "byte %zu may be wrong", i);
        bytes[i] ^= 0x10;
    }
    free(bytes);
    trainer_destroy(trainer);
    scratch_close(&files);
    free_text(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("parts");

    add_test(suite, "each part moves as its word", each_part_moves_as_its_word);
    add_test(suite, "scaled means move as rows", scaled_means_move_as_rows);
    add_test(suite, "parts learn with every objective", parts_learn_with_every_objective);
    add_test(suite, "every part decays", every_part_decays);
    add_test(suite, "rounds of parts do not depend on threads", rounds_of_parts_do_not_depend_on_threads);
    add_test(suite, "ranks have the same parts", ranks_have_the_same_parts);
    add_test(suite, "frequent parts are combined more often", frequent_parts_are_combined_more_often);
    add_test(suite, "memory grows with the buckets", memory_grows_with_the_buckets);
    add_test(suite, "files have the parts", files_have_the_parts);
    add_test(suite, "damaged files are refused", damaged_files_are_refused);
    return run_suite(suite);
}
