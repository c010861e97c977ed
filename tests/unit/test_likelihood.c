/* Likelihoods against sums over all words in double, written out from the formulas. */
#include "likelihood_reference.h"

#include <math.h>
#include <string.h>

#include "test.h"
#include "training.h"

#define WORDS     700 /* more than one block of columns, and a rest */
#define SENTENCES 3000
#define DIM       REFERENCE_DIM

static void expect_near(const char *objective, const char *what, double got, double wanted)
{
    require(fabs(got - wanted) <= 1e-5 * fmax(1, fabs(wanted)), "%s: %s is %.9g, by brute force %.9g", objective, what,
            got, wanted);
}

static void expect_same(const char *name, const Likelihood *got, const Likelihood *wanted)
{
    ck_assert_uint_eq(got->pairs, wanted->pairs);
    ck_assert_uint_eq(got->contexts, wanted->contexts);
    ck_assert_int_eq(got->normalized, wanted->normalized);
    expect_near(name, "weight", got->weight, wanted->weight);
    expect_near(name, "exact", got->exact, wanted->exact);
    expect_near(name, "self-normalised", got->self_normalized, wanted->self_normalized);
    expect_near(name, "mean", got->mean, wanted->mean);
    expect_near(name, "sd", got->sd, wanted->sd);
    expect_near(name, "mean absolute", got->mean_absolute, wanted->mean_absolute);
    for (size_t q = 0; q < LIKELIHOOD_QUANTILES; q++)
        expect_near(name, "a quantile", got->quantiles[q], wanted->quantiles[q]);
}

static Likelihood measure(const Model *model, const ReferenceText *t, const LikelihoodOptions *options)
{
    Likelihood l;
    n2v_error error = {.text = ""};
    require(likelihood_measure(&l, model, t->blocks, options, &error) == N2V_OK, "%s", error.text);
    return l;
}

START_TEST(agrees_with_brute_force)
{
    uint64_t counts[WORDS];
    ReferenceText t;
    Model model;

    for (size_t w = 0; w < WORDS; w++)
        counts[w] = 1;
    t = make_reference_text(SENTENCES, WORDS, counts);
    ck_assert_uint_gt(blocks_count(t.blocks), 1);
    model = make_reference_model(counts, WORDS, DIM, 2);
    for (size_t i = 0; i < FORMULAS; i += SANITIZED ? 3 : 1) {
        const char *name = formulas[i].objective;
        float parameters[N2V_MAX_PARAMETERS];
        LikelihoodOptions options = likelihood_options_of(name, parameters);
        Likelihood wanted, got, again;

        options.window = i % 2 ? 4 : 1;
        wanted = reference_likelihood(&model, &t, &formulas[i], &options, counts);
        got = measure(&model, &t, &options);
        expect_same(name, &got, &wanted);
        for (options.threads = 2; options.threads <= 5; options.threads += 3) {
            again = measure(&model, &t, &options);
            ck_assert(again.exact == got.exact && again.self_normalized == got.self_normalized && again.sd == got.sd &&
                      again.pairs == got.pairs);
        }
    }
    model_free(&model);
    destroy_reference_text(&t);
}
END_TEST

/* Each bag has a log Z of its own, so that few words make up for many bags. */
START_TEST(bags_agree_with_brute_force)
{
    enum { FEW = 40 };
    uint64_t counts[FEW];
    ReferenceText t;
    Model model;

    for (size_t w = 0; w < FEW; w++)
        counts[w] = 1;
    t = make_reference_text(SENTENCES / 2, FEW, counts);
    ck_assert_uint_gt(blocks_count(t.blocks), 1);
    model = make_reference_model(counts, FEW, DIM, 2);
    for (size_t i = 0; i < FORMULAS; i += SANITIZED ? 3 : 1) {
        const char *name = formulas[i].objective;
        float parameters[N2V_MAX_PARAMETERS];
        LikelihoodOptions options = likelihood_options_of(name, parameters);
        Likelihood wanted, got, again;

        options.cbow = true;
        options.window = i % 2 ? 3 : 1;
        wanted = reference_likelihood_of_bags(&model, &t, &formulas[i], &options, counts);
        got = measure(&model, &t, &options);
        expect_same(name, &got, &wanted);
        options.threads = 3;
        again = measure(&model, &t, &options);
        ck_assert(again.exact == got.exact && again.self_normalized == got.self_normalized && again.sd == got.sd);
    }
    model_free(&model);
    destroy_reference_text(&t);
}
END_TEST

/* With words on one side only, or a window of one word, CBOW is skip-gram. */
START_TEST(bags_of_one_word_are_pairs)
{
    const Id ids[] = {0, 1 | SENTENCE_END, 2, 1 | SENTENCE_END, 3 | SENTENCE_END};
    uint64_t counts[4] = {1, 2, 1, 1};
    float parameters[N2V_MAX_PARAMETERS];
    LikelihoodOptions options = likelihood_options_of("nce", parameters);
    Likelihood pairs, bags;
    ReferenceText t = {NULL, NULL, 0};
    Model model = make_reference_model(counts, 4, DIM, 2);

    options.window = 1;
    ck_assert_int_eq(blocks_create(&t.blocks, 1000, NULL, NULL), N2V_OK);
    ck_assert_int_eq(blocks_append(t.blocks, ids, 5, NULL), N2V_OK);
    ck_assert_int_eq(blocks_finish(t.blocks, NULL, NULL, NULL), N2V_OK);
    pairs = measure(&model, &t, &options);
    options.cbow = true;
    bags = measure(&model, &t, &options);
    ck_assert_uint_eq(bags.pairs, 4);
    ck_assert_uint_eq(bags.contexts, 4);
    ck_assert_double_eq_tol(bags.weight, 4, 1e-9);
    expect_near("nce", "exact", bags.exact, pairs.exact);
    expect_near("nce", "self-normalized", bags.self_normalized, pairs.self_normalized);
    model_free(&model);
    destroy_reference_text(&t);
}
END_TEST

/* The bias that all scores share counts as if each word had it. */
START_TEST(shared_bias)
{
    uint64_t counts[WORDS];
    float parameters[N2V_MAX_PARAMETERS];
    LikelihoodOptions options = likelihood_options_of("infonce:temperature=0.5", parameters);
    Likelihood apart, inside;
    ReferenceText t;
    Model model;

    for (size_t w = 0; w < WORDS; w++)
        counts[w] = 1;
    t = make_reference_text(SENTENCES / 10, WORDS, counts);
    model = make_reference_model(counts, WORDS, DIM, 2);
    model.shared_bias = -3.5f;
    apart = measure(&model, &t, &options);
    model.shared_bias = 0;
    expect_near("infonce", "mean", measure(&model, &t, &options).mean - 2 * 3.5, apart.mean);
    for (size_t w = 0; w < WORDS; w++)
        model.output[w * model.stride + DIM] -= 3.5f;
    inside = measure(&model, &t, &options);
    expect_near("infonce", "exact", apart.exact, inside.exact);
    expect_near("infonce", "self-normalized", apart.self_normalized, inside.self_normalized);
    expect_near("infonce", "mean", apart.mean, inside.mean);
    model_free(&model);
    destroy_reference_text(&t);
}
END_TEST

/* A product of rows of this width reaches thousands: exp of it has no float. */
START_TEST(large_scores)
{
    uint64_t counts[WORDS];
    float parameters[N2V_MAX_PARAMETERS];
    LikelihoodOptions options = likelihood_options_of("nce", parameters);
    Likelihood got, wanted;
    n2v_error error = {.text = ""};
    ReferenceText t;
    Model model;

    for (size_t w = 0; w < WORDS; w++)
        counts[w] = 1;
    t = make_reference_text(SENTENCES / 10, WORDS, counts);
    model = make_reference_model(counts, WORDS, DIM, 15); /* exp overflows a float, not a double */
    wanted = reference_likelihood(&model, &t, &formulas[0], &options, counts);
    ck_assert_double_gt(wanted.quantiles[LIKELIHOOD_QUANTILES - 1], 100);
    got = measure(&model, &t, &options);
    expect_near("nce", "exact", got.exact, wanted.exact);
    expect_near("nce", "mean", got.mean, wanted.mean);
    model_free(&model);
    model = make_reference_model(counts, WORDS, DIM, 1e20f);
    ck_assert_int_eq(likelihood_measure(&got, &model, t.blocks, &options, &error), N2V_ERROR_NUMERIC);
    ck_assert_str_ne(error.text, "");
    model_free(&model);
    destroy_reference_text(&t);
}
END_TEST

/* Fewer pairs of frequent words, the same ones for a seed, and the rest is the model's. */
START_TEST(subsampling)
{
    uint64_t counts[WORDS];
    float parameters[N2V_MAX_PARAMETERS];
    LikelihoodOptions options = likelihood_options_of("nce", parameters);
    Likelihood all, some, again, other;
    ReferenceText t;
    Model model;

    for (size_t w = 0; w < WORDS; w++)
        counts[w] = 1;
    t = make_reference_text(SENTENCES, WORDS, counts);
    model = make_reference_model(counts, WORDS, DIM, 2);
    all = measure(&model, &t, &options);
    options.subsample = 0.001;
    some = measure(&model, &t, &options);
    options.threads = 3;
    again = measure(&model, &t, &options);
    options.seed = 5;
    other = measure(&model, &t, &options);
    ck_assert_uint_lt(some.pairs, all.pairs * 9 / 10);
    ck_assert_uint_gt(some.pairs, all.pairs / 10);
    ck_assert(some.exact == again.exact && some.pairs == again.pairs);
    ck_assert(some.exact != other.exact);
    ck_assert_double_eq_tol(some.exact, other.exact, 0.2);
    options.subsample = 1; /* keeps all */
    ck_assert(measure(&model, &t, &options).exact == all.exact);
    model_free(&model);
    destroy_reference_text(&t);
}
END_TEST

/* Blocks of the same sentences; how many pairs there are after subsampling. */
static uint64_t pairs_of_equal_blocks(size_t blocks, const Model *model, const LikelihoodOptions *options)
{
    const size_t count = blocks * (BLOCK_IDS / 10 * 10);
    ReferenceText t = {.ids = calloc(count, sizeof *t.ids), .count = count};
    uint64_t pairs;

    ck_assert_ptr_nonnull(t.ids);
    for (size_t i = 0; i < count; i++)
        t.ids[i] = (Id)(i % 10) | (i % 10 == 9 ? SENTENCE_END : 0);
    ck_assert_int_eq(blocks_create(&t.blocks, (size_t)1 << 30, NULL, NULL), N2V_OK);
    ck_assert_int_eq(blocks_append(t.blocks, t.ids, count, NULL), N2V_OK);
    ck_assert_int_eq(blocks_finish(t.blocks, NULL, NULL, NULL), N2V_OK);
    ck_assert_uint_eq(blocks_count(t.blocks), blocks);
    pairs = measure(model, &t, options).pairs;
    destroy_reference_text(&t);
    return pairs;
}

/* Each block skips words of its own. */
START_TEST(subsampling_differs_between_blocks)
{
    uint64_t counts[WORDS];
    float parameters[N2V_MAX_PARAMETERS];
    LikelihoodOptions options = likelihood_options_of("nce", parameters);
    uint64_t one, four;
    Model model;

    for (size_t w = 0; w < WORDS; w++)
        counts[w] = w < 10 ? 1000000 : 1;
    model = make_reference_model(counts, WORDS, DIM, 2);
    options.subsample = 0.01;
    one = pairs_of_equal_blocks(1, &model, &options);
    four = pairs_of_equal_blocks(4, &model, &options);
    ck_assert_uint_gt(one, 1000);
    ck_assert_double_eq_tol((double)four / (double)one, 4, 0.3);
    ck_assert_uint_ne(four, 4 * one);
    model_free(&model);
}
END_TEST

static void expect_refusal(const Model *model, const ReferenceText *t, const LikelihoodOptions *options,
                           n2v_status status, const char *says)
{
    Likelihood l;
    n2v_error error = {.text = ""};
    ck_assert_int_eq(likelihood_measure(&l, model, t->blocks, options, &error), status);
    ck_assert_msg(strstr(error.text, says) != NULL, "'%s' is not in '%s'", says, error.text);
}

START_TEST(refusals)
{
    uint64_t counts[WORDS] = {0};
    const Id alone = 3 | SENTENCE_END;
    float parameters[N2V_MAX_PARAMETERS];
    LikelihoodOptions options;
    ReferenceText t = make_reference_text(20, WORDS, counts), single = {NULL, NULL, 0};
    Model model = make_reference_model(counts, WORDS, DIM, 1);
    float *output = model.output;
    size_t defined = 0;

    for (size_t i = 0; i < objective_count(NULL); i++) {
        const n2v_objective *o = objective_at(NULL, i);
        if (o->log_probability) {
            require(o->geometry == N2V_DOT, "%s: a distance is no log-probability", o->name);
            defined++;
            continue;
        }
        options = likelihood_options_of(o->name, parameters);
        expect_refusal(&model, &t, &options, N2V_ERROR_ARGUMENT,
                       "these do: sgns, nce, infonce, softmax, ranking, gbce");
        expect_refusal(&model, &t, &options, N2V_ERROR_ARGUMENT, o->name);
    }
    ck_assert_uint_eq(defined, 7);
    options = likelihood_options_of("sgns", parameters); /* needs Q, and some counts are 0 */
    expect_refusal(&model, &t, &options, N2V_ERROR_DATA, "no count of 'w");
    options = likelihood_options_of("nce", parameters);
    (void)measure(&model, &t, &options);
    ck_assert_int_eq(blocks_create(&single.blocks, 1000, NULL, NULL), N2V_OK);
    ck_assert_int_eq(blocks_append(single.blocks, &alone, 1, NULL), N2V_OK);
    ck_assert_int_eq(blocks_finish(single.blocks, NULL, NULL, NULL), N2V_OK);
    expect_refusal(&model, &single, &options, N2V_ERROR_DATA, "no pair of words");
    options.cbow = true;
    expect_refusal(&model, &single, &options, N2V_ERROR_DATA, "no pair of words");
    model.output = NULL;
    expect_refusal(&model, &t, &options, N2V_ERROR_ARGUMENT, "no output vectors: the whole model is needed");
    model.output = output;
    destroy_reference_text(&single);
    model_free(&model);
    destroy_reference_text(&t);
}
END_TEST

static bool at_once(void *context)
{
    (void)context;
    return true;
}

START_TEST(stops_when_asked)
{
    uint64_t counts[WORDS];
    float parameters[N2V_MAX_PARAMETERS];
    LikelihoodOptions options = likelihood_options_of("nce", parameters);
    ReferenceText t;
    Model model;

    for (size_t w = 0; w < WORDS; w++)
        counts[w] = 1;
    t = make_reference_text(SENTENCES, WORDS, counts);
    model = make_reference_model(counts, WORDS, DIM, 1);
    options.stop = (Stop){at_once, NULL};
    expect_refusal(&model, &t, &options, N2V_ERROR_INTERRUPTED, "interrupted");
    model_free(&model);
    destroy_reference_text(&t);
}
END_TEST

/* What it is for: an nce that has done its work needs no normalising; sgns has Q and k on top. */
START_TEST(training_makes_it_true)
{
    static const char *const objectives[] = {"nce", "sgns"};
    const size_t words = 50;
    uint64_t counts[50];
    ReferenceText t;

    for (size_t w = 0; w < words; w++)
        counts[w] = 1;
    t = make_reference_text(20000, words, counts);
    for (size_t i = 0; i < (SANITIZED ? 1 : 2); i++) {
        float parameters[N2V_MAX_PARAMETERS];
        LikelihoodOptions options = likelihood_options_of(objectives[i], parameters);
        TrainOptions training = training_options(objectives[i], 1);
        Model model = make_reference_model(counts, words, 32, 1), *trained;
        Likelihood untrained, l;
        Trainer *trainer;
        n2v_error error = {.text = ""};

        training.dim = 32;
        training.window = 4;
        training.noise = 7;
        training.epochs = SANITIZED ? 2 : 4;
        require(trainer_create(&trainer, model.vocabulary, &(TrainText){.blocks = t.blocks}, &training, &error) ==
                    N2V_OK,
                "%s", error.text);
        trained = trainer_model(trainer); /* begins far from the text */
        for (size_t w = 0; w < words; w++) {
            const size_t bytes = (trained->has_bias ? 33 : 32) * sizeof(float);
            memcpy(trained->input + w * trained->stride, model.input + w * model.stride, bytes);
            memcpy(trained->output + w * trained->stride, model.output + w * model.stride, bytes);
        }
        untrained = measure(trained, &t, &options);
        require(trainer_run(trainer, N2V_TO_END, 0, NULL, &error) == N2V_OK, "%s", error.text);
        l = measure(trained, &t, &options);
        require(l.normalized && fabs(l.exact - l.self_normalized) < 0.02 && l.mean_absolute < 0.03,
                "%s: exact %g, self-normalised %g, mean |log Z| %g", objectives[i], l.exact, l.self_normalized,
                l.mean_absolute);
        require(l.exact > untrained.exact + 0.1, "%s: from %g to %g", objectives[i], untrained.exact, l.exact);
        trainer_destroy(trainer);
        model_free(&model);
    }
    destroy_reference_text(&t);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("likelihood");
    add_test(suite, "agrees with brute force", agrees_with_brute_force);
    add_test(suite, "bags agree with brute force", bags_agree_with_brute_force);
    add_test(suite, "bags of one word are pairs", bags_of_one_word_are_pairs);
    add_test(suite, "shared bias", shared_bias);
    add_test(suite, "large scores", large_scores);
    add_test(suite, "subsampling", subsampling);
    add_test(suite, "subsampling differs between blocks", subsampling_differs_between_blocks);
    add_test(suite, "refusals", refusals);
    add_test(suite, "stops when asked", stops_when_asked);
    add_test(suite, "training makes it true", training_makes_it_true);
    return run_suite(suite);
}
