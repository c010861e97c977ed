/* Records are enough to do the same again: settings and parameters to the bit, and the names of all inputs. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/random.h"
#include "model/record.h"
#include "nce2vec.h"
#include "scratch.h"
#include "settings_made.h"
#include "test.h"

static const char text[] = "a b c a b c d\nb c d a b\nc d a b c d a\n";

static n2v_settings *new_settings(const char *objective)
{
    static const char *const values[][2] = {{"dim", "5"}, {"epochs", "2"}, {"min-count", "1"}, {"threads", "1"}};
    n2v_settings *settings = make_settings(N2V_FOR_TRAINING);

    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        set(settings, values[i][0], values[i][1]);
    set(settings, "objective", objective);
    return settings;
}

/* Trains on the file, as often as an input as is said, and saves the vectors. */
static void train(const n2v_settings *settings, const char *input, size_t times, const char *output)
{
    n2v_corpus *corpus;
    n2v_trainer *trainer;
    n2v_error error = {.text = ""};

    ck_assert_int_eq(n2v_corpus_create(&corpus, settings, NULL, NULL), N2V_OK);
    for (size_t i = 0; i < times; i++)
        ck_assert_int_eq(n2v_corpus_add_file(corpus, input, NULL), N2V_OK);
    require(n2v_corpus_read(corpus, NULL, &error) == N2V_OK, "%s", error.text);
    require(n2v_trainer_create(&trainer, settings, corpus, &error) == N2V_OK, "%s", error.text);
    require(n2v_trainer_run(trainer, N2V_TO_END, 0, NULL, &error) == N2V_OK, "%s", error.text);
    require(n2v_vectors_save(n2v_trainer_vectors(trainer), output, NULL, NULL, &error) == N2V_OK, "%s", error.text);
    n2v_trainer_destroy(trainer);
    n2v_corpus_destroy(corpus);
}

static n2v_vectors *load(const char *path)
{
    n2v_vectors *vectors;
    n2v_error error = {.text = ""};

    require(n2v_vectors_load(&vectors, path, NULL, &error) == N2V_OK, "%s", error.text);
    return vectors;
}

static n2v_settings *settings_of(const n2v_vectors *vectors)
{
    n2v_settings *settings;
    n2v_error error = {.text = ""};

    require(n2v_vectors_settings(vectors, NULL, &settings, &error) == N2V_OK, "%s", error.text);
    return settings;
}

static double parameter_of(n2v_settings *settings)
{
    n2v_parameter_info info = {.size = sizeof info};

    ck_assert_int_eq(n2v_objective_describe_parameter(NULL, n2v_settings_get(settings, "objective"), 0, &info, NULL),
                     N2V_OK);
    return (double)info.value;
}

/* Parameters with all bits in use: a record of less than nine digits would change some. */
START_TEST(the_same_file)
{
    scratch files = scratch_open();
    char input[160], first[160], second[160];
    Random random;

    random_seed(&random, 3, 0, 0, 0);
    strcpy(input, scratch_write(&files, "text", text, sizeof text - 1));
    strcpy(first, scratch_path(&files, "first.n2v"));
    strcpy(second, scratch_path(&files, "second.n2v"));
    for (int i = 0; i < PART_OF(50); i++) {
        char objective[64], rate[64];
        n2v_settings *given, *recorded;
        n2v_vectors *vectors;
        char *a, *b;
        size_t bytes, again;
        snprintf(objective, sizeof objective, "infonce:temperature=%.17g",
                 (double)(float)(0.5 + (double)random_below(&random, 1u << 24) / (1u << 24)));
        snprintf(rate, sizeof rate, "%.17g", 0.01 + (double)random_below(&random, UINT32_MAX) / 1e12);
        given = new_settings(objective);
        ck_assert_int_eq(n2v_settings_set(given, "lr", rate, NULL), N2V_OK);
        train(given, input, 1, first);
        vectors = load(first);
        recorded = settings_of(vectors);
        ck_assert(parameter_of(recorded) == parameter_of(given));
        ck_assert_str_eq(n2v_settings_get(recorded, "lr"), n2v_settings_get(given, "lr"));
        train(recorded, input, 1, second);
        a = scratch_read(first, &bytes);
        b = scratch_read(second, &again);
        ck_assert_uint_eq(bytes, again);
        require(memcmp(a, b, bytes) == 0, "%s, lr %s", objective, rate);
        free(a);
        free(b);
        n2v_vectors_destroy(vectors);
        n2v_settings_destroy(given);
        n2v_settings_destroy(recorded);
    }
    scratch_close(&files);
}
END_TEST

static size_t count_inputs(const n2v_vectors *vectors, const char *wanted)
{
    const char *name, *value;
    size_t inputs = 0;

    for (size_t i = 0; n2v_vectors_record(vectors, i, &name, &value); i++) {
        if (strcmp(name, "input") != 0)
            continue;
        ck_assert_str_eq(value, wanted);
        inputs++;
    }
    return inputs;
}

/* With a line break in its name, which a line of a record cannot have. */
START_TEST(all_inputs)
{
    const size_t inputs = PART_OF((size_t)20000);
    scratch files = scratch_open();
    char input[160], wanted[160], output[160];
    n2v_settings *settings = new_settings("nce");

    strcpy(input, scratch_write(&files, "a\nname of some length: parts of the text \t", text, sizeof text - 1));
    for (int i = 0; i < 2; i++) {
        n2v_vectors *vectors;
        strcpy(output, scratch_path(&files, i ? "v.safetensors" : "v.n2v"));
        train(settings, input, inputs, output);
        vectors = load(output);
        strcpy(wanted, input);
        for (char *at = wanted; !i && *at; at++)
            if (*at == '\n' || *at == '\t')
                *at = '?';
        ck_assert_uint_eq(count_inputs(vectors, wanted), inputs);
        n2v_vectors_destroy(vectors);
    }
    n2v_settings_destroy(settings);
    scratch_close(&files);
}
END_TEST

START_TEST(records_are_bounded)
{
    Record record = {.count = 0};
    char *value = malloc(MAX_RECORD_BYTES);
    n2v_error error = {.text = ""};

    ck_assert_ptr_nonnull(value);
    memset(value, 'v', MAX_RECORD_BYTES);
    value[MAX_RECORD_BYTES - 3] = '\0';
    ck_assert_int_eq(record_add(&record, "n", value, &error), N2V_OK); /* n=vvv...\n */
    ck_assert_int_eq(record_add(&record, "n", "", &error), N2V_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.text, "too many inputs"));
    ck_assert_uint_eq(record.count, 1);
    record_free(&record);
    value[MAX_RECORD_BYTES - 3] = 'v';
    value[MAX_RECORD_BYTES - 2] = '\0';
    ck_assert_int_eq(record_add(&record, "n", value, &error), N2V_ERROR_ARGUMENT);
    free(value);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("same run");
    add_test(suite, "same file", the_same_file);
    add_test(suite, "inputs", all_inputs);
    add_test(suite, "bound", records_are_bounded);
    return run_suite(suite);
}
