/* A part of a model: which vectors, of length 1, of the first words. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "model/select.h"
#include "test.h"

/* Words w0, w1, ... with counts 10, 9, ...; input 1 2 3 | 4 5 6 ..., output the same times 100. */
static Model make_model(size_t words, size_t dim, bool whole)
{
    Vocabulary *vocabulary = vocabulary_create();
    Model model;

    for (size_t i = 0; i < words; i++) {
        char word[32];
        snprintf(word, sizeof word, "w%zu", i);
        ck_assert_int_eq(vocabulary_add(vocabulary, word, strlen(word), 10 - i, NULL, NULL), N2V_OK);
    }
    ck_assert_int_eq(model_create(&model, vocabulary, dim, true, NULL), N2V_OK);
    for (size_t i = 0; i < words; i++)
        for (size_t j = 0; j < dim; j++) {
            model.input[i * model.stride + j] = (float)(i * dim + j + 1);
            model.output[i * model.stride + j] = (float)(i * dim + j + 1) * 100;
        }
    for (size_t i = 0; i < words; i++)
        model.output_bias[i] = -(float)i;
    if (!whole) {
        floats_destroy(model.output, words * model.stride);
        floats_destroy(model.output_bias, words);
        model.output = model.output_bias = NULL;
    }
    free(model.parameters);
    model.parameters = strdup("a=1\n");
    return model;
}

static void check_row(const Model *model, size_t id, const float *wanted)
{
    for (size_t i = 0; i < model->stride; i++)
        ck_assert_float_eq(model->input[id * model->stride + i], i < model->dim ? wanted[i] : 0);
}

START_TEST(vectors)
{
    static const struct {
        Vectors vectors;
        size_t dim;
        float second[6]; /* the row of w1 */
        const char *parameters;
    } cases[] = {{VECTORS_INPUT, 3, {4, 5, 6}, "a=1\nvectors=input\n"},
                 {VECTORS_OUTPUT, 3, {400, 500, 600}, "a=1\nvectors=output\n"},
                 {VECTORS_SUM, 3, {404, 505, 606}, "a=1\nvectors=sum\n"},
                 {VECTORS_CONCAT, 6, {4, 5, 6, 400, 500, 600}, "a=1\nvectors=concat\n"}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Model model = make_model(2, 3, true);
        ck_assert_int_eq(model_select(&model, cases[i].vectors, NULL), N2V_OK);
        ck_assert_uint_eq(model.dim, cases[i].dim);
        ck_assert_uint_eq(model.stride, row_stride(model.dim));
        check_row(&model, 1, cases[i].second);
        ck_assert_ptr_null(model.output);
        ck_assert_ptr_null(model.output_bias);
        ck_assert_str_eq(model.parameters, cases[i].parameters);
        model_free(&model);
    }
}
END_TEST

/* Rows whose stride changes when they become twice as long. */
START_TEST(concat_of_whole_lines)
{
    Model model = make_model(5, 16, true);

    ck_assert_int_eq(model_select(&model, VECTORS_CONCAT, NULL), N2V_OK);
    ck_assert_uint_eq(model.dim, 32);
    for (size_t j = 0; j < 16; j++) {
        ck_assert_float_eq(model.input[4 * model.stride + j], (float)(4 * 16 + j + 1));
        ck_assert_float_eq(model.input[4 * model.stride + 16 + j], (float)(4 * 16 + j + 1) * 100);
    }
    model_free(&model);
}
END_TEST

START_TEST(no_output_vectors)
{
    Model model = make_model(2, 3, false);
    n2v_error error = {.text = ""};

    for (size_t i = VECTORS_OUTPUT; vectors_name(i); i++) {
        ck_assert_int_eq(model_select(&model, (Vectors)i, &error), N2V_ERROR_DATA);
        ck_assert_ptr_nonnull(strstr(error.text, vectors_name(i)));
    }
    ck_assert_int_eq(model_select(&model, VECTORS_INPUT, &error), N2V_OK);
    check_row(&model, 0, (const float[]){1, 2, 3});
    model_free(&model);
}
END_TEST

START_TEST(normalize)
{
    Model model = make_model(4, 3, false);
    const float odd[4][3] = {{3, 0, -4}, {0, 0, 0}, {3e38F, 3e38F, 0}, {0, 1e-45F, 0}};

    for (size_t i = 0; i < 4; i++)
        memcpy(model.input + i * model.stride, odd[i], sizeof odd[i]);
    ck_assert_int_eq(model_normalize(&model, NULL), N2V_OK);
    check_row(&model, 0, (const float[]){0.6F, 0, -0.8F});
    check_row(&model, 1, (const float[]){0, 0, 0});
    check_row(&model, 2, (const float[]){(float)sqrt(0.5), (float)sqrt(0.5), 0});
    check_row(&model, 3, (const float[]){0, 1, 0});
    ck_assert_str_eq(model.parameters, "a=1\nnormalize=1\n");
    model_free(&model);
}
END_TEST

START_TEST(keep_first)
{
    for (int whole = 0; whole < 2; whole++) {
        Model model = make_model(5, 3, whole);
        ck_assert_int_eq(model_keep_first(&model, 5, NULL), N2V_OK);
        ck_assert_int_eq(model_keep_first(&model, SIZE_MAX, NULL), N2V_OK);
        ck_assert_str_eq(model.parameters, "a=1\n"); /* nothing happened */
        ck_assert_int_eq(model_keep_first(&model, 2, NULL), N2V_OK);
        ck_assert_uint_eq(model.words, 2);
        ck_assert_uint_eq(vocabulary_size(model.vocabulary), 2);
        ck_assert_uint_eq(vocabulary_find(model.vocabulary, "w1", 2), 1);
        ck_assert_uint_eq(vocabulary_find(model.vocabulary, "w2", 2), NO_ID);
        ck_assert_uint_eq(vocabulary_count(model.vocabulary, 1), 9);
        check_row(&model, 1, (const float[]){4, 5, 6});
        ck_assert_str_eq(model.parameters, "a=1\ntop=2\n");
        ck_assert_int_eq(model.output != NULL, whole);
        if (whole) {
            ck_assert_float_eq(model.output[model.stride + 2], 600);
            ck_assert_float_eq(model.output_bias[1], -1);
        }
        model_free(&model);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("select");
    add_test(suite, "vectors", vectors);
    add_test(suite, "concat", concat_of_whole_lines);
    add_test(suite, "no output vectors", no_output_vectors);
    add_test(suite, "normalize", normalize);
    add_test(suite, "keep first", keep_first);
    return run_suite(suite);
}
