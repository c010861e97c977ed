/* Settings: defaults that depend on others, rules between them, and what is refused. */
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "api/settings_handle.h"
#include "kernels/kernels.h"
#include "model/select.h"
#include "nce2vec.h"
#include "settings/files.h"
#include "settings_made.h"
#include "test.h"
#include "train/train_settings.h"

/* What a span of an error encloses. */
static void check_span(const n2v_error *error, size_t index, const char *name)
{
    const n2v_span span = error->settings[index];
    require(span.bytes == strlen(name) && strncmp(error->text + span.at, name, span.bytes) == 0,
            "span %zu of '%s' is not %s", index, error->text, name);
}

/* The setting is refused with exactly this sentence. */
static void refused(n2v_settings *settings, const char *name, const char *text, const char *sentence)
{
    n2v_error error = {.text = ""};

    require(n2v_settings_set(settings, name, text, &error) == N2V_ERROR_ARGUMENT, "%s=%s is not refused", name, text);
    ck_assert_str_eq(error.text, sentence);
    ck_assert_int_eq(n2v_settings_set(settings, name, text, NULL), N2V_ERROR_ARGUMENT);
}

START_TEST(sentences)
{
    n2v_settings *s = make_settings(N2V_FOR_TRAINING), *output = make_settings(N2V_FOR_OUTPUT);

    refused(s, "epochs", "x", "epochs: 'x' is not an integer from 1 to 100000");
    refused(s, "size", "-5", "dim: '-5' is not an integer from 1 to 10000");
    refused(s, "lr", "0", "lr: '0' is not a number above 0, at most 100");
    refused(s, "sample", "1.5", "subsample: '1.5' is not a number from 0 to 1");
    refused(s, "seed", "18446744073709551615",
            "seed: '18446744073709551615' is not an integer from 0 to 18446744073709551614");
    refused(s, "optimizer", "adam", "optimizer: 'adam' is not one of sgd, adagrad");
    refused(s, "weight-decay", "-0.1", "weight-decay: '-0.1' is not a number from 0 to 1");
    refused(s, "tokenizer", "bpe", "tokenizer: 'bpe' is not one of words, space, unicode, command:PROGRAM");
    refused(s, "tokenizer", "command:", "tokenizer command:: expected a program after command:, such as "
                                        "'command:mecab -Owakati'");
    refused(s, "tokenizer", "command: ", "tokenizer command: : expected a program after command:, such as "
                                         "'command:mecab -Owakati'");
    refused(s, "case", "upper", "case: 'upper' is not one of keep, lower, lower:tr");
    refused(s, "normal-form", "nfd", "normal-form: 'nfd' is not one of none, nfc, nfkc");
    refused(s, "kernels", "sse9", "kernels: 'sse9' is not one of auto, scalar, avx2, avx512, avx512bf16");
    refused(s, "read-vocab", "", "read-vocab: the value is empty");
    refused(s, "read-vocab", "-", "read-vocab -: a file is needed, not standard input");
    refused(s, "objective", "", "objective: the value is empty");
    refused(s, "epoch_", "3", "unknown setting 'epoch_'; did you mean epochs?");
    refused(s, "DIM", "3", "unknown setting 'DIM'; did you mean dim?");
    refused(output, "normalize", "yes", "normalize: 'yes' is not 0 or 1");
    refused(output, "something else", "3",
            "unknown setting 'something else'; there are: format, vectors, normalize, float16, int8, top, remove-top, "
            "reduce");
    n2v_settings_destroy(s);
    n2v_settings_destroy(output);
}
END_TEST

START_TEST(names_are_marked)
{
    n2v_settings *s = make_settings(N2V_FOR_TRAINING);
    n2v_error error;

    ck_assert_int_eq(n2v_settings_set(s, "neg", "0", &error), N2V_ERROR_ARGUMENT);
    check_span(&error, 0, "noise");
    ck_assert_int_eq(n2v_settings_set(s, "windw", "1", &error), N2V_ERROR_ARGUMENT);
    check_span(&error, 0, "window");
    ck_assert_uint_eq(error.settings[1].bytes, 0);
    n2v_settings_destroy(s);
}
END_TEST

START_TEST(heldout)
{
    n2v_settings *s = make_settings(N2V_FOR_TRAINING);
    double share = 7;

    ck_assert(heldout_is_share("0.25", &share) && share == 0.25);
    ck_assert(!heldout_is_share("text.txt", &share) && !heldout_is_share("./0.25", &share));
    set(s, "heldout", "1e-3");
    set(s, "heldout", "./1");
    set(s, "heldout", "1-of-2.txt");
    refused(s, "heldout", "1",
            "heldout: '1' is not a share of the sentences above 0 and below 1; a file of that name is ./1");
    refused(s, "heldout", "0",
            "heldout: '0' is not a share of the sentences above 0 and below 1; a file of that name is ./0");
    refused(s, "heldout", "-0.5",
            "heldout: '-0.5' is not a share of the sentences above 0 and below 1; a file of that name is ./-0.5");
    refused(s, "heldout", "-", "heldout -: a file is needed, not standard input");
    expect(s, "heldout", "1-of-2.txt");
    n2v_settings_destroy(s);
}
END_TEST

/* Those of the machine. The test has a process, and an environment, of its own. */
START_TEST(defaults_of_the_machine)
{
    static const n2v_purpose purposes[] = {N2V_FOR_TRAINING, N2V_FOR_LIKELIHOOD, N2V_FOR_SEARCH};
    cpu_set_t one, before;
    size_t core = 0;
    char cores[16];

    ck_assert_int_eq(sched_getaffinity(0, sizeof before, &before), 0);
    while (!CPU_ISSET(core, &before))
        core++;
    (void)snprintf(cores, sizeof cores, "%d", CPU_COUNT(&before));
    for (size_t p = 0; p < 3; p++) {
        n2v_settings *s = make_settings(purposes[p]);
        const Kernels *best;

        expect(s, "threads", cores);
        CPU_ZERO(&one);
        CPU_SET(core, &one);
        ck_assert_int_eq(sched_setaffinity(0, sizeof one, &one), 0);
        expect(s, "threads", "1");
        ck_assert_int_eq(sched_setaffinity(0, sizeof before, &before), 0);
        ck_assert_int_eq(unsetenv("N2V_KERNELS"), 0);
        ck_assert_int_eq(kernels_choose(PRECISION_AUTO, NULL, &best, NULL), N2V_OK);
        expect(s, "kernels", best->name);
        ck_assert_int_eq(setenv("N2V_KERNELS", "scalar", 1), 0);
        expect(s, "kernels", "scalar");
        set(s, "kernels", best->name); /* the setting is stronger than the environment */
        expect(s, "kernels", best->name);
        ck_assert_int_eq(n2v_settings_check(s, NULL), N2V_OK);
        if (purposes[p] == N2V_FOR_TRAINING) {
            expect(s, "precision", best->bf16 ? "bf16" : "fp32");
            set(s, "precision", "fp32");
            expect(s, "precision", "fp32");
            set(s, "kernels", NULL);
            expect(s, "kernels", "scalar");
        }
        n2v_settings_destroy(s);
    }
}
END_TEST

START_TEST(kernels_that_cannot_run)
{
    n2v_settings *s = make_settings(N2V_FOR_TRAINING);
    n2v_error error = {.text = ""};

    ck_assert_int_eq(unsetenv("N2V_KERNELS"), 0);
    set(s, "kernels", "scalar");
    set(s, "precision", "bf16");
    ck_assert_int_eq(n2v_settings_check(s, &error), N2V_ERROR_ARGUMENT);
    require(strncmp(error.text, "kernels scalar in bf16: this machine runs scalar", 48) == 0, "%s", error.text);
    check_span(&error, 0, "kernels");
    set(s, "kernels", NULL);
    set(s, "precision", NULL);
    ck_assert_int_eq(setenv("N2V_KERNELS", "sse9", 1), 0);
    ck_assert_int_eq(n2v_settings_check(s, &error), N2V_ERROR_ARGUMENT);
    require(strncmp(error.text, "N2V_KERNELS=sse9: this machine runs scalar", 42) == 0, "%s", error.text);
    ck_assert_ptr_null(n2v_settings_get(s, "kernels"));
    n2v_settings_destroy(s);
}
END_TEST

START_TEST(settings_without_effect)
{
    static const struct {
        const char *objective, *name, *why;
    } cases[] = {{"softmax", "noise", "draws no noise words"},
                 {"softmax", "noise-sharing", "draws no noise words"},
                 {"softmax", "noise-power", "draws no noise words"},
                 {"softmax", "noise-draws", "draws no noise words"},
                 {"infonce:in_batch=1", "noise-draws", "takes the other pairs of a batch as noise"},
                 {"infonce:in_batch=1", "noise-sharing", "takes the other pairs of a batch as noise"},
                 {"infonce:in_batch=1", "noise-power", "takes the other pairs of a batch as noise"},
                 {"triplet", "init", "keeps all vectors at length 1"},
                 {"triplet", "weight-decay", "keeps all vectors at length 1"}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        n2v_settings *s = make_settings(N2V_FOR_TRAINING);
        n2v_error error = {.text = ""};
        char sentence[200];

        set(s, cases[i].name, "1");
        ck_assert_int_eq(n2v_settings_check(s, NULL), N2V_OK);
        set(s, "objective", cases[i].objective);
        ck_assert_int_eq(n2v_settings_check(s, &error), N2V_ERROR_ARGUMENT);
        (void)snprintf(sentence, sizeof sentence, "%s has no effect with objective %s, which %s: leave it out",
                       cases[i].name, cases[i].objective, cases[i].why);
        ck_assert_str_eq(error.text, sentence);
        check_span(&error, 0, cases[i].name);
        check_span(&error, 1, "objective");
        set(s, cases[i].name, NULL);
        ck_assert_int_eq(n2v_settings_check(s, NULL), N2V_OK);
        n2v_settings_destroy(s);
    }
}
END_TEST

/* Models that need noise words, or one process. */
START_TEST(what_models_refuse)
{
    static const struct {
        const char *model, *objective, *says;
    } cases[] = {
        {"structured-skipgram", "softmax", "draw noise words, not with softmax, which sums over all words"},
        {"structured-skipgram", "infonce:in_batch=1", "which compares the pairs of a batch"},
        {"cwindow", "triplet", "which keeps all vectors at length 1"},
        {"cwindow", "softmax", "model cwindow goes with objectives that draw noise words, not with softmax"},
    };
    n2v_settings *s = make_settings(N2V_FOR_TRAINING), *output = make_settings(N2V_FOR_OUTPUT);
    n2v_error error = {.text = ""};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        set(s, "model", cases[i].model);
        set(s, "objective", cases[i].objective);
        ck_assert_int_eq(n2v_settings_check(s, &error), N2V_ERROR_ARGUMENT);
        require(strstr(error.text, cases[i].says), "'%s' does not say '%s'", error.text, cases[i].says);
    }
    set(s, "objective", "triplet");
    set(s, "model", "structured-skipgram");
    ck_assert_int_eq(n2v_settings_check(s, NULL), N2V_OK);
    set(s, "objective", NULL);
    for (size_t vectors = 0; vectors_name(vectors); vectors++) {
        set(output, "vectors", vectors_name(vectors));
        set(s, "model", "cwindow");
        ck_assert_int_eq(n2v_output_check(output, s, &error), vectors == VECTORS_INPUT ? N2V_OK : N2V_ERROR_ARGUMENT);
        set(s, "model", "structured-skipgram");
        ck_assert_int_eq(n2v_output_check(output, s, &error), vectors == VECTORS_INPUT ? N2V_OK : N2V_ERROR_ARGUMENT);
        set(s, "model", "cbow");
        ck_assert_int_eq(n2v_output_check(output, s, &error), N2V_OK);
    }
    ck_assert_int_eq(n2v_output_check(s, s, NULL), N2V_ERROR_ARGUMENT);
    set(s, "model", "structured-skipgram"); /* times nce's rate */
    expect(s, "lr", "0.1");
    set(s, "model", "cbow");
    expect(s, "lr", "0.1");
    set(s, "cbow-gradient", "word2vec");
    expect(s, "lr", "0.04");
    set(s, "cbow-gradient", NULL);
    set(s, "model", "cwindow");
    expect(s, "lr", "0.08");
    ck_assert_int_eq(n2v_output_check(NULL, s, NULL), N2V_OK);
    set(s, "model", "cwindow");
    set(s, "cbow-gradient", "word2vec");
    ck_assert_int_eq(n2v_settings_check(s, &error), N2V_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.text, "no effect without model cbow"));
    set(s, "cbow-gradient", NULL);
    ck_assert_int_eq(train_settings_check_ranks(s->values, 1, false, &error), N2V_OK);
    ck_assert_int_eq(train_settings_check_ranks(s->values, 2, false, &error), N2V_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.text, "model cwindow needs one process"));
    ck_assert_int_eq(train_settings_check_resumed(s->values, 2, false, NULL), N2V_ERROR_ARGUMENT);
    set(s, "model", "structured-skipgram");
    ck_assert_int_eq(train_settings_check_ranks(s->values, 2, false, &error), N2V_OK);
    n2v_settings_destroy(output);
    n2v_settings_destroy(s);
}
END_TEST

START_TEST(drop_unseen_without_effect)
{
    n2v_settings *s = make_settings(N2V_FOR_TRAINING);
    n2v_error error = {.text = ""};

    set(s, "drop-unseen", "0");
    ck_assert_int_eq(n2v_settings_check(s, NULL), N2V_OK);
    set(s, "drop-unseen", "1");
    ck_assert_int_eq(n2v_settings_check(s, &error), N2V_ERROR_ARGUMENT);
    ck_assert_str_eq(error.text, "drop-unseen has no effect without read-vocab: leave it out");
    check_span(&error, 0, "drop-unseen");
    check_span(&error, 1, "read-vocab");
    set(s, "read-vocab", "words.tsv");
    ck_assert_int_eq(n2v_settings_check(s, NULL), N2V_OK);
    n2v_settings_destroy(s);
}
END_TEST

START_TEST(gradients_of_cbow)
{
    n2v_settings *s = make_settings(N2V_FOR_TRAINING);
    n2v_error error = {.text = ""};

    set(s, "cbow-gradient", "word2vec");
    ck_assert_int_eq(n2v_settings_check(s, &error), N2V_ERROR_ARGUMENT);
    ck_assert_str_eq(error.text, "cbow-gradient has no effect without model cbow: leave it out");
    set(s, "model", "cbow");
    ck_assert_int_eq(n2v_settings_check(s, NULL), N2V_OK);
    set(s, "objective", "npair"); /* whose rows have any length */
    ck_assert_int_eq(n2v_settings_check(s, NULL), N2V_OK);
    set(s, "objective", "alignuniform");
    ck_assert_int_eq(n2v_settings_check(s, &error), N2V_ERROR_ARGUMENT);
    ck_assert_str_eq(error.text, "cbow-gradient word2vec has no effect with objective alignuniform, which keeps all "
                                 "vectors at length 1: leave it out");
    set(s, "cbow-gradient", "mean");
    ck_assert_int_eq(n2v_settings_check(s, NULL), N2V_OK);
    n2v_settings_destroy(s);
}
END_TEST

START_TEST(end_of_the_learning_rate)
{
    n2v_settings *s = make_settings(N2V_FOR_TRAINING);
    n2v_error error = {.text = ""};

    set(s, "lr", "0.5");
    expect(s, "end-lr", "5e-05");
    set(s, "lr", "0.04");
    expect(s, "end-lr", "4e-06"); /* 0.04 * 1e-4 has more digits */
    set(s, "lr", "0.5");
    set(s, "schedule", "cosine");
    expect(s, "end-lr", "5e-05");
    set(s, "end-lr", "0.75");
    ck_assert_int_eq(n2v_settings_check(s, &error), N2V_ERROR_ARGUMENT);
    ck_assert_str_eq(error.text, "end-lr 0.75 is above lr 0.5, but the learning rate falls: lower it");
    set(s, "end-lr", "0.5");
    ck_assert_int_eq(n2v_settings_check(s, NULL), N2V_OK);
    set(s, "schedule", "constant");
    ck_assert_int_eq(n2v_settings_check(s, &error), N2V_ERROR_ARGUMENT);
    ck_assert_str_eq(error.text, "end-lr has no effect with schedule constant: leave it out");
    check_span(&error, 0, "end-lr");
    check_span(&error, 1, "schedule");
    set(s, "end-lr", NULL);
    ck_assert_int_eq(n2v_settings_check(s, NULL), N2V_OK);
    ck_assert_ptr_null(n2v_settings_get(s, "end-lr"));
    n2v_settings_destroy(s);
}
END_TEST

START_TEST(weight_decay)
{
    n2v_settings *s = make_settings(N2V_FOR_TRAINING);
    n2v_error error = {.text = ""};

    set(s, "lr", "2");
    set(s, "weight-decay", "0.5");
    ck_assert_int_eq(n2v_settings_check(s, &error), N2V_ERROR_ARGUMENT);
    ck_assert_str_eq(error.text, "weight-decay 0.5 times lr 2 is not below 1: one step would set a vector to 0 or "
                                 "beyond; lower one of them");
    check_span(&error, 0, "weight-decay");
    check_span(&error, 1, "lr");
    set(s, "lr", "1.9");
    ck_assert_int_eq(n2v_settings_check(s, NULL), N2V_OK);
    n2v_settings_destroy(s);
}
END_TEST

/* Ranks do not send each other what the optimizer keeps. */
START_TEST(optimizers_of_ranks)
{
    n2v_settings *s = make_settings(N2V_FOR_TRAINING);
    n2v_error error = {.text = ""};

    ck_assert_int_eq(train_settings_check_ranks(s->values, 2, false, &error), N2V_OK);
    set(s, "optimizer", "adagrad");
    ck_assert_int_eq(train_settings_check_ranks(s->values, 1, false, &error), N2V_OK);
    for (size_t resumed = 0; resumed < 2; resumed++) {
        ck_assert_int_eq(
            (resumed ? train_settings_check_resumed : train_settings_check_ranks)(s->values, 2, false, &error),
            N2V_ERROR_ARGUMENT);
        ck_assert_str_eq(error.text, "optimizer adagrad trains in one process: processes send each other the changes "
                                     "of rows, but not what the optimizer keeps for each row; use sgd, or one process "
                                     "with more threads");
    }
    n2v_settings_destroy(s);
}
END_TEST

START_TEST(objective_with_effect)
{
    n2v_settings *s = make_settings(N2V_FOR_TRAINING);

    set(s, "objective", "npair");
    set(s, "noise", "7"); /* the other pairs of a batch */
    ck_assert_int_eq(n2v_settings_check(s, NULL), N2V_OK);
    refused(s, "objective", "nce:x=1", "objective nce has no parameter 'x'; there are: bias, logz, in_batch");
    refused(s, "objective", "./a.so:gamma=1",
            "the plug-in ./a.so is not loaded: load it into the set of objectives first (n2v_objectives_load)");
    expect(s, "objective", "npair");
    n2v_settings_destroy(s);
}
END_TEST

/* Every option of the trainer comes from its setting. */
START_TEST(options_of_the_trainer)
{
    static const char *const values[][2] = {{"objective", "infonce:temperature=0.5"},
                                            {"dim", "11"},
                                            {"window", "12"},
                                            {"noise", "13"},
                                            {"noise-sharing", "14"},
                                            {"noise-draws", "3"},
                                            {"seed", "15"},
                                            {"epochs", "16"},
                                            {"noise-power", "0.17"},
                                            {"subsample", "0.18"},
                                            {"init", "0.19"},
                                            {"lr", "0.2"},
                                            {"threads", "21"},
                                            {"precision", "fp32"},
                                            {"kernels", "scalar"},
                                            {"schedule", "cosine"},
                                            {"warmup", "0.22"},
                                            {"end-lr", "0.023"},
                                            {"optimizer", "adagrad"},
                                            {"weight-decay", "0.24"}};
    n2v_settings *s = make_settings(N2V_FOR_TRAINING);
    n2v_error error = {.text = ""};
    TrainOptions o;

    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        set(s, values[i][0], values[i][1]);
    require(train_settings_resolve(s->values, NULL, &o, &error) == N2V_OK, "%s", error.text);
    ck_assert_str_eq(o.objective->name, "infonce");
    ck_assert(o.parameters[0] == 0.5F && o.dim == 11 && o.window == 12 && o.noise == 13 && o.noise_sharing == 14);
    ck_assert_uint_eq(o.noise_draws, 3);
    ck_assert(o.seed == 15 && o.epochs == 16 && o.noise_power == 0.17 && o.subsample == 0.18);
    ck_assert(o.init == 0.19 && o.learning_rate == 0.2 && o.threads == 21 && o.precision == PRECISION_FP32);
    ck_assert(o.schedule == SCHEDULE_COSINE && o.warmup == 0.22 && o.end_rate == 0.023);
    ck_assert_str_eq(o.kernels->name, "scalar");
    ck_assert(o.optimizer == &optimizer_adagrad && o.weight_decay == 0.24);
    n2v_settings_destroy(s);
}
END_TEST

START_TEST(wrong_use)
{
    n2v_settings *s = make_settings(N2V_FOR_TRAINING), *none = s;
    const Settings *values = NULL;
    n2v_error error = {.text = ""};

    ck_assert_int_eq(n2v_settings_create(&none, (n2v_purpose)9, NULL, &error), N2V_ERROR_ARGUMENT);
    ck_assert_ptr_null(none);
    ck_assert_int_eq(n2v_settings_create(NULL, N2V_FOR_SEARCH, NULL, &error), N2V_ERROR_ARGUMENT);
    ck_assert_int_eq(n2v_settings_copy(&none, NULL, &error), N2V_ERROR_ARGUMENT);
    ck_assert_int_eq(n2v_settings_set(NULL, "dim", "1", &error), N2V_ERROR_ARGUMENT);
    ck_assert_int_eq(n2v_settings_set(s, NULL, "1", &error), N2V_ERROR_ARGUMENT);
    ck_assert_int_eq(n2v_settings_check(NULL, &error), N2V_ERROR_ARGUMENT);
    ck_assert_ptr_null(n2v_settings_get(NULL, "dim"));
    ck_assert_ptr_null(n2v_settings_get(s, NULL));
    ck_assert_int_eq(n2v_settings_is_set(NULL, "dim"), 0);
    ck_assert_int_eq(n2v_settings_is_set(s, NULL), 0);
    n2v_settings_destroy(NULL);

    ck_assert_int_eq(settings_of(NULL, N2V_FOR_SEARCH, &values, &error), N2V_OK);
    ck_assert_ptr_null(values);
    ck_assert_int_eq(settings_of(s, N2V_FOR_TRAINING, &values, &error), N2V_OK);
    ck_assert_ptr_eq(values, s->values);
    ck_assert_int_eq(settings_of(s, N2V_FOR_SEARCH, &values, &error), N2V_ERROR_ARGUMENT);
    ck_assert_str_eq(error.text, "the settings are for training; settings for search are needed here");
    ck_assert_ptr_null(values);
    n2v_settings_destroy(s);
}
END_TEST

/* With a set, its objectives are known: by name and with the trainer's defaults for them. */
START_TEST(registered_objectives)
{
    const n2v_objective *sgns = objective_find(NULL, "sgns");
    n2v_objective mine = *sgns;
    n2v_objectives *set_of_mine = NULL;
    n2v_settings *s = NULL, *copy = NULL;
    TrainOptions options;

    mine.name = "mine";
    mine.learning_rate = 0.375;
    ck_assert_int_eq(n2v_objectives_create(&set_of_mine, NULL), N2V_OK);
    ck_assert_int_eq(n2v_objectives_register(set_of_mine, &mine, NULL), N2V_OK);
    ck_assert_int_eq(n2v_settings_create(&s, N2V_FOR_TRAINING, set_of_mine, NULL), N2V_OK);
    set(s, "objective", "mine");
    expect(s, "lr", "0.375");
    ck_assert_int_eq(n2v_settings_check(s, NULL), N2V_OK);
    ck_assert_int_eq(n2v_settings_copy(&copy, s, NULL), N2V_OK);
    expect(copy, "lr", "0.375");
    ck_assert_int_eq(train_settings_resolve(copy->values, copy->objectives, &options, NULL), N2V_OK);
    ck_assert_str_eq(options.objective->name, "mine");
    n2v_settings_destroy(s);
    n2v_settings_destroy(copy);
    s = make_settings(N2V_FOR_TRAINING);
    ck_assert_int_eq(n2v_settings_set(s, "objective", "mine", NULL), N2V_ERROR_ARGUMENT);
    n2v_settings_destroy(s);
    n2v_objectives_destroy(set_of_mine);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("settings_rules");
    add_test(suite, "sentences", sentences);
    add_test(suite, "names are marked", names_are_marked);
    add_test(suite, "heldout", heldout);
    add_test(suite, "defaults of the machine", defaults_of_the_machine);
    add_test(suite, "kernels that cannot run", kernels_that_cannot_run);
    add_test(suite, "settings without effect", settings_without_effect);
    add_test(suite, "what models refuse", what_models_refuse);
    add_test(suite, "drop-unseen without effect", drop_unseen_without_effect);
    add_test(suite, "gradients of cbow", gradients_of_cbow);
    add_test(suite, "end of the learning rate", end_of_the_learning_rate);
    add_test(suite, "weight decay", weight_decay);
    add_test(suite, "optimizers of ranks", optimizers_of_ranks);
    add_test(suite, "objectives and what goes with them", objective_with_effect);
    add_test(suite, "options of the trainer", options_of_the_trainer);
    add_test(suite, "wrong use", wrong_use);
    add_test(suite, "registered objectives", registered_objectives);
    return run_suite(suite);
}
