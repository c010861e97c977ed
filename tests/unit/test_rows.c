/* Rows beyond those of the words, and outputs of several vectors: what a checkpoint keeps of them, and what other
 * formats leave out. */
#include <string.h>

#include "model/formats/format.h"
#include "numbered.h"
#include "scratch.h"
#include "test.h"

enum { WORDS = 3, DIM = 5 };

/* Every number is another one. */
static Model make_model(const ModelShape *shape)
{
    Model words = numbered_model(WORDS, 9, DIM, false), made;
    float next = 1;

    ck_assert_int_eq(model_create(&made, vocabulary_hold(words.vocabulary), shape, NULL), N2V_OK);
    model_free(&words);
    for (size_t row = 0; row < model_rows(&made); row++) {
        for (size_t v = 0; v < model_row_floats(&made, row) / made.stride; v++)
            for (size_t c = 0; c < DIM; c++)
                model_row(&made, row)[v * made.stride + c] = next++;
        if (made.has_bias)
            model_row(&made, row)[row < made.input_rows ? DIM : model_bias_at(&made)] =
                row < made.input_rows ? 1 : next++;
    }
    return made;
}

static void save(const Model *model, const char *path, const Format *format, const Select *select)
{
    Saving saving;
    n2v_error error = {.text = ""};

    require(saving_open(&saving, format, path, NULL, &error) == N2V_OK, "%s", error.text);
    saving.select = *select;
    require(saving_write(&saving, model, &error) == N2V_OK && saving_commit(&saving, &error) == N2V_OK, "%s",
            error.text);
}

static Model load(const char *path)
{
    Model model = {.words = 0};
    n2v_error error = {.text = ""};

    require(format_read(&model, path, NULL, &error) == N2V_OK, "%s", error.text);
    return model;
}

static void check_same(const Model *a, const Model *b)
{
    ck_assert_uint_eq(a->input_rows, b->input_rows);
    ck_assert_uint_eq(a->output_rows, b->output_rows);
    ck_assert_uint_eq(model_output_vectors(a), model_output_vectors(b));
    ck_assert(a->other_outputs == b->other_outputs);
    for (size_t row = 0; row < model_rows(a); row++)
        for (size_t v = 0; v < model_row_floats(a, row) / a->stride; v++)
            ck_assert_mem_eq(model_row(a, row) + v * a->stride, model_row(b, row) + v * b->stride,
                             (DIM + a->has_bias) * sizeof(float));
}

static const ModelShape shapes[] = {
    {.dim = DIM, .more_inputs = 7},
    {.dim = DIM, .more_inputs = 7, .has_bias = true},
    {.dim = DIM, .more_outputs = 6, .other_outputs = true},
    {.dim = DIM, .more_outputs = 6, .other_outputs = true, .has_bias = true},
    {.dim = DIM, .output_vectors = 4, .other_outputs = true, .has_bias = true},
    {.dim = DIM, .other_outputs = true},
};

START_TEST(whole_models)
{
    scratch folder = scratch_open();
    const char *path = scratch_path(&folder, "a.n2v");

    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        Model made = make_model(&shapes[i]), read;
        save(&made, path, format_find("n2v"), &(Select){.vectors = VECTORS_ALL});
        read = load(path);
        check_same(&made, &read);
        model_free(&read);
        model_free(&made);
    }
    scratch_close(&folder);
}
END_TEST

/* The words' vectors alone; outputs of something else are not theirs. */
START_TEST(parts)
{
    static const char *const formats[] = {"n2v", "safetensors"};
    scratch folder = scratch_open();

    for (size_t i = 0; i < 2; i++) {
        Model made = make_model(&shapes[3]), read;
        Selection selection;
        n2v_error error = {.text = ""};
        const char *path = scratch_path(&folder, formats[i]);
        save(&made, path, format_find(formats[i]), &(Select){.vectors = VECTORS_ALL, .top = 2});
        read = load(path);
        ck_assert_uint_eq(read.input_rows, 2);
        ck_assert_uint_eq(model_output_vectors(&read), 1);
        ck_assert_ptr_null(read.output);
        ck_assert_mem_eq(read.input + read.stride, made.input + made.stride, DIM * sizeof(float));
        ck_assert_int_eq(selection_create(&selection, &made, &(Select){.vectors = VECTORS_SUM}, &error),
                         N2V_ERROR_ARGUMENT);
        ck_assert_ptr_nonnull(strstr(error.text, "needs one output vector of each word"));
        model_free(&read);
        model_free(&made);
    }
    scratch_close(&folder);
}
END_TEST

/* More than there are addresses for. */
START_TEST(too_many)
{
    Model words = numbered_model(WORDS, 9, DIM, false), made;
    const ModelShape most[] = {{.dim = DIM, .more_inputs = SIZE_MAX},
                               {.dim = DIM, .more_outputs = SIZE_MAX / 8},
                               {.dim = DIM, .output_vectors = SIZE_MAX}};

    for (size_t i = 0; i < sizeof most / sizeof *most; i++)
        ck_assert_int_eq(model_create(&made, words.vocabulary, &most[i], NULL), N2V_ERROR_MEMORY);
    model_free(&words);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("rows");

    add_test(suite, "whole_models", whole_models);
    add_test(suite, "parts", parts);
    add_test(suite, "too_many", too_many);
    return run_suite(suite);
}
