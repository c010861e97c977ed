/* Held-out sentences: which they are, that they are kept out of everything, and that
 * the loss on them is the objective's own on the model as it is after each epoch. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/random.h"
#include "corpus/corpus.h"
#include "scratch.h"
#include "test.h"
#include "train/trainer.h"

#define LINES 4000

/* A third of the objectives, on less text, is enough for sanitizers. */
#define EVERY  (SANITIZED ? 3 : 1)
#define SHRINK (SANITIZED ? 4 : 1)

static const CorpusOptions PLAIN = {.min_count = 1, .memory_limit = (size_t)1 << 30};

/* ---- the split ---- */

/* Line i is "u<i> the v<i % 7> ... the": a word of its own tells where a line has gone. */
static char *numbered_lines(size_t lines, size_t *bytes)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, bytes);

    ck_assert_ptr_nonnull(out);
    for (size_t i = 0; i < lines; i++) {
        (void)fprintf(out, "u%zu the v%zu", i, i % 7);
        for (size_t k = 0; k < i % 13; k++)
            (void)fprintf(out, " filler");
        (void)fprintf(out, i % 5 ? " the\n" : " the\n\n");
    }
    ck_assert_int_eq(fclose(out), 0);
    return text;
}

static n2v_status read_lines(Corpus *corpus, const char *text, size_t bytes, const CorpusOptions *options,
                             n2v_error *error)
{
    scratch files = scratch_open();
    const char *path = scratch_write(&files, "text", text, bytes);
    const n2v_status status = corpus_read(corpus, &(TextSource){.path = path}, 1, options, error);
    scratch_close(&files);
    return status;
}

static Corpus split(const char *text, size_t bytes, double share, uint64_t seed)
{
    CorpusOptions options = PLAIN;
    n2v_error error = {.text = ""};
    Corpus corpus;

    options.heldout = share;
    options.seed = seed;
    require(read_lines(&corpus, text, bytes, &options, &error) == N2V_OK, "%s", error.text);
    return corpus;
}

static Id find(const Corpus *corpus, const char *word)
{
    return vocabulary_find(corpus->vocabulary, word, strlen(word));
}

static bool trained_on(const Corpus *corpus, size_t line)
{
    char word[32];
    (void)snprintf(word, sizeof word, "u%zu", line);
    return find(corpus, word) != NO_ID;
}

static uint64_t occurrences(const Blocks *blocks, Id id)
{
    Id buffer[BLOCK_IDS];
    uint64_t count = 0;

    for (size_t b = 0; b < blocks_count(blocks); b++) {
        Block block;
        ck_assert_int_eq(blocks_read(blocks, b, buffer, &block, NULL), N2V_OK);
        for (size_t k = 0; k < block.count; k++)
            count += (block.ids[k] & ~SENTENCE_END) == id;
    }
    return count;
}

START_TEST(each_sentence_goes_one_way)
{
    size_t bytes, kept = 0, words = 0;
    char *text = numbered_lines(LINES, &bytes);
    Corpus corpus = split(text, bytes, 0.2, 1), none = split(text, bytes, 0, 1);

    ck_assert_ptr_nonnull(corpus.heldout);
    ck_assert_ptr_null(none.heldout);
    for (size_t i = 0; i < LINES; i++) {
        kept += trained_on(&corpus, i);
        words += trained_on(&corpus, i) ? 4 + i % 13 : 0;
    }
    ck_assert_double_eq_tol((double)kept / LINES, 0.8, 5 * sqrt(0.2 * 0.8 / LINES));
    ck_assert_uint_eq(blocks_sentences(corpus.blocks), kept);
    ck_assert_uint_eq(blocks_words(corpus.blocks), words);
    ck_assert_uint_eq(blocks_sentences(corpus.heldout), LINES - kept);
    /* the words of their own of held-out lines have no id, all others stay */
    ck_assert_uint_eq(blocks_words(corpus.heldout), blocks_words(none.blocks) - words - (LINES - kept));
    ck_assert_uint_eq(vocabulary_total(corpus.vocabulary), words);
    for (size_t id = 0; id < vocabulary_size(corpus.vocabulary); id += id < 12 ? 1 : 97)
        ck_assert_uint_eq(vocabulary_count(corpus.vocabulary, (Id)id), occurrences(corpus.blocks, (Id)id));
    ck_assert_uint_eq(occurrences(corpus.heldout, find(&corpus, "the")), 2 * (LINES - kept));
    corpus_free(&corpus);
    corpus_free(&none);
    free(text);
}
END_TEST

START_TEST(the_choice_is_the_seeds)
{
    size_t bytes, differ = 0, prefix = 0;
    char *text = numbered_lines(LINES, &bytes);
    Corpus a = split(text, bytes, 0.3, 1), b = split(text, bytes, 0.3, 1), other = split(text, bytes, 0.3, 2);
    Corpus less = split(text, bytes, 0.1, 1);
    Corpus half;

    while (prefix < bytes && prefix < bytes / 2)
        prefix = (size_t)(strchr(text + prefix, '\n') - text) + 1;
    half = split(text, prefix, 0.3, 1);
    for (size_t i = 0; i < LINES; i++) {
        ck_assert_int_eq(trained_on(&a, i), trained_on(&b, i));
        differ += trained_on(&a, i) != trained_on(&other, i);
        require(!trained_on(&a, i) || trained_on(&less, i), "line %zu is held out of a tenth but not of more", i);
        if (i < LINES / 3)
            ck_assert_int_eq(trained_on(&half, i), trained_on(&a, i));
    }
    ck_assert_double_eq_tol((double)differ / LINES, 2 * 0.3 * 0.7, 0.05);
    corpus_free(&a);
    corpus_free(&b);
    corpus_free(&other);
    corpus_free(&less);
    corpus_free(&half);
    free(text);
}
END_TEST

/* Words that stand only in held-out sentences do not become words at any minimum. */
START_TEST(counts_are_of_training_alone)
{
    size_t bytes;
    char *text = numbered_lines(LINES, &bytes);
    CorpusOptions options = PLAIN;
    Corpus corpus, one = split(text, bytes, 0.5, 3);
    n2v_error error = {.text = ""};

    options.heldout = 0.5;
    options.seed = 3;
    options.min_count = 0;
    ck_assert_int_eq(read_lines(&corpus, text, bytes, &options, &error), N2V_OK);
    ck_assert_uint_eq(vocabulary_size(corpus.vocabulary), vocabulary_size(one.vocabulary));
    ck_assert_uint_gt(vocabulary_count(corpus.vocabulary, (Id)(vocabulary_size(corpus.vocabulary) - 1)), 0);
    corpus_free(&corpus);
    corpus_free(&one);
    options.heldout = 1e-12;
    ck_assert_int_eq(read_lines(&corpus, text, bytes, &options, &error), N2V_ERROR_DATA);
    ck_assert_msg(strstr(error.text, "nothing is held out") && strstr(error.text, "4000 sentences"), "%s", error.text);
    options.heldout = 1 - 1e-12;
    ck_assert_int_eq(read_lines(&corpus, text, bytes, &options, &error), N2V_ERROR_DATA);
    free(text);
}
END_TEST

START_TEST(another_text_is_encoded)
{
    static const char train[] = "a b c\na b\na\n", other[] = "x b a y\nz\nb x\n\na", odd[] = "x y z\n";
    scratch files = scratch_open();
    Corpus corpus;
    CorpusReport report;
    Blocks *blocks;
    Block block;
    Id buffer[BLOCK_IDS];
    n2v_error error = {.text = ""};
    const char *path;

    ck_assert_int_eq(read_lines(&corpus, train, strlen(train), &PLAIN, &error), N2V_OK);
    path = scratch_write(&files, "other", other, strlen(other));
    require(corpus_encode(&blocks, &report, corpus.vocabulary, &(TextSource){.path = path}, 1, &PLAIN, &error) == N2V_OK, "%s", error.text);
    ck_assert_uint_eq(report.tokens, 8);
    ck_assert_uint_eq(blocks_words(blocks), 4);
    ck_assert_uint_eq(blocks_sentences(blocks), 3);
    ck_assert_int_eq(blocks_read(blocks, 0, buffer, &block, NULL), N2V_OK);
    ck_assert_uint_eq(block.ids[0], 1);
    ck_assert_uint_eq(block.ids[1], 0 | SENTENCE_END);
    ck_assert_uint_eq(block.ids[2], 1 | SENTENCE_END);
    ck_assert_uint_eq(block.ids[3], 0 | SENTENCE_END);
    ck_assert_uint_eq(vocabulary_total(corpus.vocabulary), 6); /* counts stay */
    ck_assert_uint_eq(vocabulary_size(corpus.vocabulary), 3);
    blocks_destroy(blocks);
    path = scratch_write(&files, "odd", odd, strlen(odd));
    ck_assert_int_eq(corpus_encode(&blocks, &report, corpus.vocabulary, &(TextSource){.path = path}, 1, &PLAIN, &error), N2V_ERROR_DATA);
    ck_assert_ptr_null(blocks);
    ck_assert_msg(strstr(error.text, "shares no word") != NULL, "%s", error.text);
    corpus_free(&corpus);
    scratch_close(&files);
}
END_TEST

/* ---- the loss ---- */

#define WORDS 30

typedef struct language {
    uint64_t counts[WORDS];
    Blocks *training, *heldout;
} language;

/* Sentences of 6 words; neighbours' numbers are near each other. */
static Blocks *sentences(size_t count, uint64_t seed, uint64_t *counts)
{
    Blocks *blocks;
    Random random;

    ck_assert_int_eq(blocks_create(&blocks, (size_t)1 << 30, NULL, NULL), N2V_OK);
    random_seed(&random, seed, 0, 0, 0);
    for (size_t i = 0; i < count; i++) {
        const Id from = random_below(&random, WORDS - 4);
        for (size_t k = 0; k < 6; k++) {
            const Id id = from + random_below(&random, 5), marked = k == 5 ? id | SENTENCE_END : id;
            if (counts)
                counts[id]++;
            require(blocks_append(blocks, &marked, 1, NULL) == N2V_OK, "append");
        }
    }
    ck_assert_int_eq(blocks_finish(blocks, NULL, NULL, NULL), N2V_OK);
    return blocks;
}

static language make_language(size_t training, size_t heldout)
{
    language l;

    for (size_t w = 0; w < WORDS; w++)
        l.counts[w] = 1; /* also those that the sentences happen to miss */
    l.training = sentences(training / SHRINK, 1, l.counts);
    l.heldout = sentences((heldout + SHRINK - 1) / SHRINK, 2, NULL);
    return l;
}

static void free_language(language *l)
{
    blocks_destroy(l->training);
    blocks_destroy(l->heldout);
}

/* Words with the language's counts, in this order: it is not the order of counts, and need not be. */
static Model make_model(const language *l)
{
    Vocabulary *vocabulary = vocabulary_create();
    Model model;

    ck_assert_ptr_nonnull(vocabulary);
    for (size_t w = 0; w < WORDS; w++) {
        char word[16];
        const int length = snprintf(word, sizeof word, "w%zu", w);
        Id id;
        ck_assert_int_eq(vocabulary_add(vocabulary, word, (size_t)length, l->counts[w], &id, NULL), N2V_OK);
    }
    ck_assert_int_eq(model_create(&model, vocabulary, 20, true, NULL), N2V_OK);
    return model;
}

static TrainOptions options_of(const char *objective, const language *l, size_t threads)
{
    TrainOptions options = {.window = 3,
                            .noise = 5,
                            .noise_sharing = 1,
                            .noise_power = 0.75,
                            .subsample = 0.05,
                            .epochs = 3,
                            .init = 1,
                            .learning_rate = 0.05,
                            .threads = threads,
                            .seed = 1,
                            .heldout = l->heldout};
    n2v_error error = {.text = ""};
    require(objective_parse(NULL, objective, &options.objective, options.parameters, &error) == N2V_OK, "%s", error.text);
    return options;
}

typedef struct heard {
    Heldout told[100];
    size_t count;
} heard;

static void hear(void *context, const Heldout *heldout)
{
    heard *h = context;
    require(heldout->epoch == h->count + 1 && h->count < 100, "epoch %zu is told after %zu", heldout->epoch, h->count);
    h->told[h->count++] = *heldout;
}

static heard train(Model *model, const language *l, const TrainOptions *options)
{
    heard h = {.count = 0};
    const TrainObserver observer = {.context = &h, .heldout = hear};
    TrainReport report;
    n2v_error error = {.text = ""};
    const n2v_status status = train_model(model, l->training, options, &observer, &report, &error);

    require(status == N2V_OK, "%s: %s", options->objective->name, error.text);
    if (options->heldout) {
        ck_assert_uint_eq(h.count, options->epochs);
        ck_assert_uint_eq(report.heldout.epoch, options->epochs);
        ck_assert_uint_eq(report.heldout.pairs, h.told[h.count - 1].pairs);
        ck_assert(memcmp(&report.heldout.loss, &h.told[h.count - 1].loss, sizeof(double)) == 0); /* NaN, too */
        for (size_t e = 1; e < h.count; e++)
            ck_assert_uint_eq(h.told[e].pairs, h.told[0].pairs);
        for (size_t e = 0; e < h.count; e++) {
            ck_assert_uint_eq(h.told[e].words, (e + 1) * blocks_words(l->training));
            ck_assert(h.told[e].seconds >= (e ? h.told[e - 1].seconds : 0) && h.told[e].seconds <= report.seconds);
        }
    } else {
        ck_assert_uint_eq(h.count, 0);
        ck_assert_uint_eq(report.heldout.epoch, 0);
    }
    return h;
}

static bool same_bytes(const Model *a, const Model *b)
{
    const size_t bytes = a->words * a->stride * sizeof(float);
    return memcmp(a->input, b->input, bytes) == 0 && memcmp(a->output, b->output, bytes) == 0 &&
           a->shared_bias == b->shared_bias;
}

START_TEST(training_is_the_same_with_and_without)
{
    language l = make_language(2000, 1500);

    for (size_t i = 0; i < objective_count(NULL); i += EVERY) {
        TrainOptions options = options_of(objective_at(NULL, i)->name, &l, 1);
        Model a = make_model(&l), b = make_model(&l), c = make_model(&l);
        heard first, second;

        options.noise_sharing = i % 2 ? 8 : 1; /* other examples */
        first = train(&a, &l, &options);
        second = train(&b, &l, &options);
        require(same_bytes(&a, &b), "%s: the same seed gives other bytes", options.objective->name);
        for (size_t e = 0; e < first.count; e++)
            ck_assert(first.told[e].loss == second.told[e].loss);
        ck_assert_uint_gt(first.told[0].pairs, 500);
        options.heldout = NULL;
        (void)train(&c, &l, &options);
        require(same_bytes(&a, &c), "%s: held-out sentences change the training", options.objective->name);
        model_free(&a);
        model_free(&b);
        model_free(&c);
    }
    free_language(&l);
}
END_TEST

/* A model that does not move: each epoch, and any number of threads, gives the same to the bit. */
START_TEST(the_examples_are_always_the_same)
{
    language l = make_language(1500, 3000);

    for (size_t i = 0; i < objective_count(NULL); i += EVERY) {
        double first = NAN;
        for (size_t threads = 1; threads <= 3; threads++) {
            TrainOptions options = options_of(objective_at(NULL, i)->name, &l, threads);
            Model model = make_model(&l);
            heard h;

            options.noise_sharing = i % 2 ? 8 : 1;
            options.learning_rate = 1e-30;
            h = train(&model, &l, &options);
            if (threads == 1)
                first = h.told[0].loss;
            /* rows that are kept at unit length are scaled again and again, and move by a rounding */
            for (size_t e = 0; e < h.count; e++)
                require(fabs(h.told[e].loss - first) <= 1e-6 * fabs(first),
                        "%s: epoch %zu, %zu threads: %.17g and %.17g", options.objective->name, e + 1, threads,
                        h.told[e].loss, first);
            if (!(objective_needs(options.objective, options.parameters) & N2V_NEEDS_UNIT_ROWS))
                ck_assert(h.told[0].loss == first && h.told[2].loss == first);
            model_free(&model);
        }
    }
    free_language(&l);
}
END_TEST

/* Scores that are all 0: the loss is (1 + k) log 2 a pair, whatever the words. */
START_TEST(the_loss_of_no_knowledge)
{
    language l = make_language(100, 3000);
    TrainOptions options = options_of("sgns", &l, 2);
    Model model = make_model(&l);

    options.learning_rate = 1e-30;
    options.noise = 7;
    ck_assert_double_eq_tol(train(&model, &l, &options).told[0].loss, 8 * log(2), 1e-6);
    model_free(&model);
    free_language(&l);
}
END_TEST

static double score(const Model *model, size_t c, size_t w)
{
    double sum = (double)model_bias(model, (Id)w);
    for (size_t d = 0; d < model->dim; d++)
        sum += (double)model->input[c * model->stride + d] * (double)model->output[w * model->stride + d];
    return sum;
}

/* With a window of 1, no subsampling and the softmax nothing is drawn: every neighbour is a pair. */
static double brute_force(const Model *model, const Blocks *blocks, uint64_t *pairs)
{
    Id buffer[BLOCK_IDS];
    double log_z[WORDS], loss = 0;

    *pairs = 0;
    for (size_t c = 0; c < WORDS; c++) {
        log_z[c] = 0;
        for (size_t w = 0; w < WORDS; w++)
            log_z[c] += exp(score(model, c, w));
        log_z[c] = log(log_z[c]);
    }
    for (size_t b = 0; b < blocks_count(blocks); b++) {
        Block block;
        ck_assert_int_eq(blocks_read(blocks, b, buffer, &block, NULL), N2V_OK);
        for (size_t k = 0; k + 1 < block.count; k++) {
            const Id here = block.ids[k], next = block.ids[k + 1] & ~SENTENCE_END;
            if (here & SENTENCE_END)
                continue;
            loss += log_z[here] - score(model, here, next) + log_z[next] - score(model, next, here);
            *pairs += 2;
        }
    }
    return loss / (double)*pairs;
}

START_TEST(the_loss_is_that_of_the_epochs_end)
{
    language l = make_language(6000, 5000);

    for (size_t threads = 1; threads <= 3; threads++) {
        TrainOptions options = options_of("softmax", &l, threads);
        Model model = make_model(&l);
        uint64_t pairs;
        double wanted;
        heard h;

        options.window = 1;
        options.subsample = 0;
        options.epochs = 2;
        h = train(&model, &l, &options);
        wanted = brute_force(&model, l.heldout, &pairs);
        ck_assert_uint_eq(h.told[1].pairs, pairs);
        ck_assert_uint_eq(pairs, 5000 / SHRINK * 2 * 5);
        require(fabs(h.told[1].loss - wanted) < 1e-5 * wanted, "%zu threads: %.9g, by brute force %.9g", threads,
                h.told[1].loss, wanted);
        model_free(&model);
    }
    free_language(&l);
}
END_TEST

START_TEST(the_loss_falls)
{
    language l = make_language(5000, 1500);

    for (size_t i = 0; i < objective_count(NULL); i += EVERY) {
        for (size_t threads = 1; threads <= 2; threads++) {
            TrainOptions options = options_of(objective_at(NULL, i)->name, &l, threads);
            Model model = make_model(&l);
            double untrained;
            heard h;

            options.learning_rate = 1e-30;
            untrained = train(&model, &l, &options).told[0].loss;
            options.learning_rate = options.objective->learning_rate;
            h = train(&model, &l, &options);
            require(h.told[2].loss < untrained, "%s: the held-out loss goes from %g to %g", options.objective->name,
                    untrained, h.told[2].loss);
            model_free(&model);
        }
    }
    free_language(&l);
}
END_TEST

typedef struct impatient {
    heard heard;
    size_t asked;
} impatient;

static bool stop_asked(void *context)
{
    impatient *i = context;
    return ++i->asked > 3;
}

static void hear_impatient(void *context, const Heldout *heldout)
{
    hear(&((impatient *)context)->heard, heldout);
}

/* Held-out sentences that take longer than the text: a stop has to reach those who wait. */
START_TEST(stops_when_asked)
{
    language l = make_language(100, 100000);

    for (size_t threads = 1; threads <= 3; threads++) {
        TrainOptions options = options_of("softmax", &l, threads);
        Model model = make_model(&l);
        impatient i = {.asked = 0};
        const TrainObserver observer = {.context = &i, .stop = {stop_asked, &i}, .heldout = hear_impatient};
        n2v_error error = {.text = ""};

        options.window = 5;
        options.epochs = 99;
        ck_assert_int_eq(train_model(&model, l.training, &options, &observer, NULL, &error), N2V_ERROR_INTERRUPTED);
        ck_assert_uint_gt(i.asked, 3);
        model_free(&model);
    }
    free_language(&l);
}
END_TEST

START_TEST(no_pair_at_all)
{
    language l = make_language(100, 1);
    TrainOptions options;
    Model model = make_model(&l);
    const Id alone = 3 | SENTENCE_END;
    heard h;

    blocks_destroy(l.heldout);
    ck_assert_int_eq(blocks_create(&l.heldout, 1000, NULL, NULL), N2V_OK);
    ck_assert_int_eq(blocks_append(l.heldout, &alone, 1, NULL), N2V_OK);
    ck_assert_int_eq(blocks_finish(l.heldout, NULL, NULL, NULL), N2V_OK);
    options = options_of("nce", &l, 2);
    h = train(&model, &l, &options);
    ck_assert_uint_eq(h.told[0].pairs, 0);
    ck_assert(isnan(h.told[0].loss));
    model_free(&model);
    free_language(&l);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("held out");
    add_test(suite, "each sentence goes one way", each_sentence_goes_one_way);
    add_test(suite, "the choice is the seed's", the_choice_is_the_seeds);
    add_test(suite, "counts are of training alone", counts_are_of_training_alone);
    add_test(suite, "another text is encoded", another_text_is_encoded);
    add_test(suite, "training is the same with and without", training_is_the_same_with_and_without);
    add_test(suite, "the examples are always the same", the_examples_are_always_the_same);
    add_test(suite, "the loss of no knowledge", the_loss_of_no_knowledge);
    add_test(suite, "the loss is that of the epoch's end", the_loss_is_that_of_the_epochs_end);
    add_test(suite, "the loss falls", the_loss_falls);
    add_test(suite, "stops when asked", stops_when_asked);
    add_test(suite, "no pair at all", no_pair_at_all);
    return run_suite(suite);
}
