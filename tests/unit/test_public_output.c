/* Files through the public interface, and the settings of a record. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "api/vectors_handle.h"
#include "nce2vec.h"
#include "records.h"
#include "scratch.h"
#include "test.h"

#define DIM 2

/* Two words: inputs 3 4 and 0 2, outputs 1 1. */
typedef struct holder {
    Model model;
    n2v_vectors vectors;
} holder;

static void make(holder *h, const char *record)
{
    static const float input[2][DIM] = {{3, 4}, {0, 2}};
    Vocabulary *vocabulary = vocabulary_create();

    ck_assert_ptr_nonnull(vocabulary);
    ck_assert_int_eq(vocabulary_add(vocabulary, "a", 1, 2, NULL, NULL), N2V_OK);
    ck_assert_int_eq(vocabulary_add(vocabulary, "b", 1, 1, NULL, NULL), N2V_OK);
    ck_assert_int_eq(model_create(&h->model, vocabulary, &(ModelShape){.dim = DIM}, NULL), N2V_OK);
    for (size_t w = 0; w < 2; w++)
        for (size_t d = 0; d < DIM; d++) {
            h->model.input[w * h->model.stride + d] = input[w][d];
            h->model.output[w * h->model.stride + d] = 1;
        }
    record_fill(&h->model.record, record);
    h->vectors = (n2v_vectors){.model = &h->model};
}

/* Settings for output out of names and values, NULL after the last. */
static n2v_settings *settings_with(const char *const *pairs)
{
    n2v_settings *settings;
    n2v_error error = {.text = ""};

    ck_assert_int_eq(n2v_settings_create(&settings, N2V_FOR_OUTPUT, NULL, NULL), N2V_OK);
    for (; *pairs; pairs += 2)
        ck_assert_msg(n2v_settings_set(settings, pairs[0], pairs[1], &error) == N2V_OK, "%s", error.text);
    return settings;
}

static void expect_file(const char *path, const char *text)
{
    char *read = scratch_read(path, NULL);

    ck_assert_msg(read != NULL, "%s is not there", path);
    ck_assert_str_eq(read, text);
    free(read);
}

START_TEST(saves_what_the_settings_say)
{
    static const struct {
        const char *settings[9], *text;
    } cases[] = {
        {{NULL}, "2 2\na 3 4\nb 0 2\n"},
        {{"vectors", "output", NULL}, "2 2\na 1 1\nb 1 1\n"},
        {{"vectors", "sum", NULL}, "2 2\na 4 5\nb 1 3\n"},
        {{"vectors", "concat", NULL}, "2 4\na 3 4 1 1\nb 0 2 1 1\n"},
        {{"normalize", "1", NULL}, "2 2\na 0.6 0.8\nb 0 1\n"},
        {{"top", "1", NULL}, "1 2\na 3 4\n"},
        {{"top", "1", "format", "glove", "vectors", "sum", "normalize", "0", NULL}, "a 4 5\n"},
    };
    scratch files = scratch_open();
    holder h;
    n2v_error error = {.text = ""};

    make(&h, "");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        n2v_settings *settings = settings_with(cases[i].settings);
        ck_assert_msg(n2v_vectors_save(&h.vectors, scratch_path(&files, "v.txt"), settings, NULL, &error) == N2V_OK,
                      "%s", error.text);
        expect_file(scratch_path(&files, "v.txt"), cases[i].text);
        n2v_settings_destroy(settings);
    }
    ck_assert_int_eq(n2v_vectors_save(&h.vectors, scratch_path(&files, "v.txt"), NULL, NULL, &error), N2V_OK);
    expect_file(scratch_path(&files, "v.txt"), cases[0].text);
    ck_assert_uint_eq(scratch_names(&files), 1);
    ck_assert_float_eq(h.model.input[1], 4);
    model_free(&h.model);
    scratch_close(&files);
}
END_TEST

START_TEST(two_files)
{
    scratch files = scratch_open();
    n2v_settings *settings = settings_with((const char *const[]){"float16", "1", NULL});
    n2v_output *output;
    n2v_vectors *again;
    holder h;

    make(&h, "");
    ck_assert_int_eq(n2v_output_open(&output, scratch_path(&files, "v.npy"), settings, NULL, NULL), N2V_OK);
    ck_assert_str_eq(n2v_output_format(output), "npy");
    ck_assert_str_eq(n2v_output_words_file(output), scratch_path(&files, "v.vocab.txt"));
    ck_assert_int_eq(n2v_output_vectors(output, &h.vectors, NULL), N2V_OK);
    ck_assert_int_eq(n2v_output_commit(output, NULL), N2V_OK);
    expect_file(scratch_path(&files, "v.vocab.txt"), "a\nb\n");
    ck_assert_int_eq(n2v_vectors_load(&again, scratch_path(&files, "v.npy"), NULL, NULL), N2V_OK);
    ck_assert_float_eq(n2v_vectors_view(again, N2V_INPUT, NULL)[1], 4);
    n2v_vectors_destroy(again);
    n2v_settings_destroy(settings);
    model_free(&h.model);
    scratch_close(&files);
}
END_TEST

/* Vectors that had to be computed can be asked for; what the settings ask for is known before a training. */
START_TEST(computed_vectors)
{
    scratch files = scratch_open();
    n2v_settings *settings = settings_with((const char *const[]){"reduce", "1", "int8", "1", NULL}), *training;
    n2v_output *output;
    n2v_vectors *again;
    n2v_error error = {.text = ""};
    holder h;

    make(&h, "");
    ck_assert_int_eq(n2v_output_open(&output, scratch_path(&files, "v.safetensors"), settings, NULL, NULL), N2V_OK);
    ck_assert_ptr_null(n2v_output_derived(output));
    ck_assert_int_eq(n2v_output_vectors(output, &h.vectors, NULL), N2V_OK);
    ck_assert_float_eq_tol(n2v_vectors_view(n2v_output_derived(output), N2V_INPUT, NULL)[0], sqrtf(3.25F), 1e-6F);
    ck_assert_int_eq(n2v_output_commit(output, NULL), N2V_OK);
    ck_assert_int_eq(n2v_vectors_load(&again, scratch_path(&files, "v.safetensors"), NULL, NULL), N2V_OK);
    ck_assert_float_eq_tol(n2v_vectors_view(again, N2V_INPUT, NULL)[0], sqrtf(3.25F), 1e-6F); /* with its scale */
    n2v_vectors_destroy(again);
    ck_assert_int_eq(n2v_settings_create(&training, N2V_FOR_TRAINING, NULL, NULL), N2V_OK);
    ck_assert_int_eq(n2v_settings_set(training, "dim", "10", NULL), N2V_OK);
    ck_assert_int_eq(n2v_settings_set(settings, "reduce", "10", NULL), N2V_OK);
    ck_assert_int_eq(n2v_output_check(settings, training, &error), N2V_OK);
    ck_assert_int_eq(n2v_settings_set(settings, "reduce", "11", NULL), N2V_OK);
    ck_assert_int_eq(n2v_output_check(settings, training, &error), N2V_ERROR_ARGUMENT);
    ck_assert_str_eq(error.text, "reduce 11: the vectors have only 10 dimensions");
    ck_assert_int_eq(n2v_settings_set(settings, "vectors", "concat", NULL), N2V_OK);
    ck_assert_int_eq(n2v_output_check(settings, training, &error), N2V_OK);
    ck_assert_int_eq(n2v_settings_set(settings, "float16", "1", NULL), N2V_OK);
    ck_assert_int_eq(n2v_output_open(&output, scratch_path(&files, "v.npy"), settings, NULL, &error),
                     N2V_ERROR_ARGUMENT);
    ck_assert_str_eq(error.text, "float16 and int8: choose one of them");
    n2v_settings_destroy(training);
    n2v_settings_destroy(settings);
    model_free(&h.model);
    scratch_close(&files);
}
END_TEST

static void check_refused(n2v_status status, n2v_status wanted, const n2v_error *error, const char *says)
{
    ck_assert_msg(status == wanted, "status %d, not %d: %s", (int)status, (int)wanted, error->text);
    ck_assert_msg(strstr(error->text, says) != NULL, "'%s' does not say '%s'", error->text, says);
    ck_assert_ptr_null(strstr(error->text, "--"));
}

START_TEST(refusals)
{
    scratch files = scratch_open();
    n2v_settings *settings = settings_with((const char *const[]){"float16", "1", NULL}), *other;
    n2v_output *output = (n2v_output *)&files;
    n2v_error error = {.text = ""};
    holder h;

    make(&h, "");
    check_refused(n2v_output_open(&output, scratch_path(&files, "v.txt"), settings, NULL, &error), N2V_ERROR_ARGUMENT,
                  &error, "float16: the format text has no numbers of 16 bits; npy, safetensors and model2vec have");
    ck_assert_uint_eq(error.settings[0].bytes, strlen("float16"));
    ck_assert_ptr_null(output);
    ck_assert_uint_eq(scratch_names(&files), 0);
    ck_assert_int_eq(n2v_settings_set(settings, "format", "npy", NULL), N2V_OK);
    check_refused(n2v_output_open(&output, "-", settings, NULL, &error), N2V_ERROR_ARGUMENT, &error, "two files");
    n2v_settings_destroy(settings);
    check_refused(n2v_output_open(&output, files.folder, NULL, NULL, &error), N2V_ERROR_ARGUMENT, &error, files.folder);
    check_refused(n2v_output_open(&output, scratch_path(&files, "no/v.txt"), NULL, NULL, &error), N2V_ERROR_ARGUMENT,
                  &error, "no");
    ck_assert_int_eq(n2v_settings_create(&other, N2V_FOR_SEARCH, NULL, NULL), N2V_OK);
    check_refused(n2v_output_open(&output, scratch_path(&files, "v.txt"), other, NULL, &error), N2V_ERROR_ARGUMENT,
                  &error, "output");
    n2v_settings_destroy(other);
    require(n2v_output_open(&output, scratch_path(&files, "v.bin"), NULL, NULL, &error) == N2V_OK, "%s", error.text);
    ck_assert_int_eq(n2v_output_vectors(output, &h.vectors, &error), N2V_OK);
    check_refused(n2v_output_vectors(output, &h.vectors, &error), N2V_ERROR_ARGUMENT, &error,
                  "one output takes one model");
    n2v_output_discard(output);
    settings = settings_with((const char *const[]){"vectors", "sum", NULL});
    floats_destroy(h.model.output, h.model.words * h.model.stride);
    h.model.output = NULL;
    check_refused(n2v_vectors_save(&h.vectors, scratch_path(&files, "v.txt"), settings, NULL, &error), N2V_ERROR_DATA,
                  &error, "vectors sum needs output vectors");
    ck_assert_uint_eq(scratch_names(&files), 0);
    n2v_settings_destroy(settings);
    model_free(&h.model);
    scratch_close(&files);
}
END_TEST

/* What was at a path stays, unless the whole file is there. */
START_TEST(discard_leaves_the_old)
{
    scratch files = scratch_open();
    n2v_output *output;
    n2v_error error = {.text = ""};
    holder h;
    char path[160];

    make(&h, "");
    strcpy(path, scratch_write(&files, "v.txt", "old", 3));
    ck_assert_int_eq(n2v_output_open(&output, path, NULL, NULL, NULL), N2V_OK);
    ck_assert_int_eq(n2v_output_vectors(output, &h.vectors, NULL), N2V_OK);
    expect_file(path, "old");
    n2v_output_discard(output);
    expect_file(path, "old");
    ck_assert_int_eq(n2v_output_open(&output, path, NULL, NULL, NULL), N2V_OK);
    check_refused(n2v_output_commit(output, &error), N2V_ERROR_ARGUMENT, &error, "no vectors were written");
    expect_file(path, "old");
    h.model.input[h.model.stride] = NAN;
    ck_assert_int_eq(n2v_output_open(&output, path, NULL, NULL, NULL), N2V_OK);
    ck_assert_int_eq(n2v_output_vectors(output, &h.vectors, &error), N2V_ERROR_NUMERIC);
    check_refused(n2v_output_vectors(output, &h.vectors, &error), N2V_ERROR_ARGUMENT, &error, "was called before");
    check_refused(n2v_output_commit(output, &error), N2V_ERROR_ARGUMENT, &error, "not written completely");
    expect_file(path, "old");
    ck_assert_int_eq(n2v_vectors_save(&h.vectors, path, NULL, NULL, &error), N2V_ERROR_NUMERIC);
    expect_file(path, "old");
    ck_assert_uint_eq(scratch_names(&files), 1);
    n2v_output_discard(NULL);
    model_free(&h.model);
    scratch_close(&files);
}
END_TEST

START_TEST(bytes)
{
    scratch files = scratch_open();
    n2v_output *output, *vectors;
    n2v_error error = {.text = ""};
    holder h;
    char path[160];

    make(&h, "");
    strcpy(path, scratch_path(&files, "log"));
    ck_assert_int_eq(n2v_output_open_bytes(&output, path, NULL, NULL), N2V_OK);
    ck_assert_ptr_null(n2v_output_format(output));
    ck_assert_ptr_null(n2v_output_words_file(output));
    ck_assert_int_eq(n2v_output_bytes(output, "one\n", 4, NULL), N2V_OK);
    ck_assert_int_eq(n2v_output_bytes(output, NULL, 0, NULL), N2V_OK);
    ck_assert_ptr_null(scratch_read(path, NULL));
    ck_assert_int_eq(n2v_output_publish(output, NULL), N2V_OK);
    expect_file(path, "one\n");
    ck_assert_int_eq(n2v_output_bytes(output, "two\n", 4, NULL), N2V_OK);
    check_refused(n2v_output_vectors(output, &h.vectors, &error), N2V_ERROR_ARGUMENT, &error, "opened for bytes");
    ck_assert_int_eq(n2v_output_commit(output, NULL), N2V_OK);
    expect_file(path, "one\ntwo\n");
    ck_assert_int_eq(n2v_output_open(&vectors, scratch_path(&files, "v.bin"), NULL, NULL, NULL), N2V_OK);
    check_refused(n2v_output_bytes(vectors, "x", 1, &error), N2V_ERROR_ARGUMENT, &error, "opened for vectors");
    check_refused(n2v_output_publish(vectors, &error), N2V_ERROR_ARGUMENT, &error, "opened for vectors");
    check_refused(n2v_output_flush(vectors, &error), N2V_ERROR_ARGUMENT, &error, "opened for vectors");
    n2v_output_discard(vectors);
    ck_assert_uint_eq(scratch_names(&files), 1);
    model_free(&h.model);
    scratch_close(&files);
}
END_TEST

static int stop_now(void *context)
{
    (void)context;
    return 1;
}

START_TEST(stopping)
{
    scratch files = scratch_open();
    n2v_observer observer = {.size = sizeof observer, .stop = stop_now};
    n2v_error error = {.text = ""};
    n2v_output *output;
    holder h;

    make(&h, "");
    ck_assert_int_eq(n2v_vectors_save(&h.vectors, scratch_path(&files, "v.txt"), NULL, &observer, &error),
                     N2V_ERROR_INTERRUPTED);
    ck_assert_int_eq(n2v_output_open(&output, scratch_path(&files, "v.txt"), NULL, &observer, &error), N2V_OK);
    memset(&observer, 0, sizeof observer); /* it was copied */
    ck_assert_int_eq(n2v_output_vectors(output, &h.vectors, &error), N2V_OK);
    ck_assert_int_eq(n2v_output_commit(output, &error), N2V_ERROR_INTERRUPTED);
    ck_assert_uint_eq(scratch_names(&files), 0);
    model_free(&h.model);
    scratch_close(&files);
}
END_TEST

/* The settings of a record ---------------------------------------------------------------- */

START_TEST(settings_of_a_record)
{
    n2v_settings *settings;
    n2v_error error = {.text = ""};
    holder h;

    make(&h, "version=0.1.0\nobjective=infonce\nobjective.temperature=0.100000001\nobjective.unknown=7\n"
             "tokenizer=space\nmin-count=3\ndim=2\nwindow=4\nlr=0.0625\nkernels=none\ninputs=2\ninput=a\ninput=b\n"
             "vectors=sum\nno-such-setting=1\n");
    ck_assert_msg(n2v_vectors_settings(&h.vectors, NULL, &settings, &error) == N2V_OK, "%s", error.text);
    ck_assert_str_eq(n2v_settings_get(settings, "objective"), "infonce:temperature=0.100000001");
    ck_assert_str_eq(n2v_settings_get(settings, "tokenizer"), "space");
    ck_assert_str_eq(n2v_settings_get(settings, "min-count"), "3");
    ck_assert_str_eq(n2v_settings_get(settings, "window"), "4");
    ck_assert_str_eq(n2v_settings_get(settings, "lr"), "0.0625");
    ck_assert_int_eq(n2v_settings_is_set(settings, "epochs"), 0);
    ck_assert_int_eq(n2v_settings_is_set(settings, "kernels"), 0);
    n2v_settings_destroy(settings);
    model_free(&h.model);
}
END_TEST

START_TEST(records_that_give_no_settings)
{
    static const struct {
        const char *record, *says;
    } cases[] = {
        {"", "no record of a training"},
        {"dim=2\n", "no record of a training"},
        {"objective=none\n", "no valid 'objective'"},
        {"objective=infonce\nobjective.temperature=x\n", "temperature"},
        {"objective=nce\nwindow=0\n", "no valid 'window'"},
        {"objective=nce\ntokenizer=lines\n", "no valid 'tokenizer'"},
        {"objective=nce\nnoise=7 \n", "no valid 'noise'"},
    };
    n2v_error error = {.text = ""};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        n2v_settings *settings = (n2v_settings *)&error;
        holder h;
        make(&h, cases[i].record);
        check_refused(n2v_vectors_settings(&h.vectors, NULL, &settings, &error), N2V_ERROR_FORMAT, &error,
                      cases[i].says);
        ck_assert_ptr_null(settings);
        model_free(&h.model);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("public output");
    add_test(suite, "saves what the settings say", saves_what_the_settings_say);
    add_test(suite, "two files", two_files);
    add_test(suite, "computed vectors", computed_vectors);
    add_test(suite, "refusals", refusals);
    add_test(suite, "discard leaves the old", discard_leaves_the_old);
    add_test(suite, "bytes", bytes);
    add_test(suite, "stopping", stopping);
    add_test(suite, "settings of a record", settings_of_a_record);
    add_test(suite, "records that give no settings", records_that_give_no_settings);
    return run_suite(suite);
}
