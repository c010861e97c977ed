/* A part of a model: which vectors, of length 1, of the first words. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "model/select.h"
#include "numbered.h"
#include "records.h"
#include "test.h"

/* Words w0, w1, ... with counts 10, 9, ...; input 1 2 3 | 4 5 6 ..., output the same times 100. */
static Model make_model(size_t words, size_t dim, bool whole)
{
    Model model = numbered_model(words, 10, dim, true);

    for (size_t i = 0; i < words; i++)
        for (size_t j = 0; j < dim; j++) {
            model.input[i * model.stride + j] = (float)(i * dim + j + 1);
            model.output[i * model.stride + j] = (float)(i * dim + j + 1) * 100;
        }
    for (size_t i = 0; i < words; i++)
        model.output[i * model.stride + dim] = -(float)i;
    if (!whole) {
        floats_destroy(model.output, words * model.stride);
        model.output = NULL;
        model.has_bias = false;
    }
    record_fill(&model.record, "a=1\n");
    return model;
}

/* A selection of the model, which must not change by it. */
static Selection select_from(const Model *model, Select select)
{
    Selection selection;
    n2v_error error = {.text = ""};

    ck_assert_msg(selection_create(&selection, model, &select, &error) == N2V_OK, "%s", error.text);
    return selection;
}

static void check_row(const Selection *selection, size_t id, const float *wanted)
{
    const float *row = selection_row(selection, id);

    for (size_t i = 0; i < selection->dim; i++)
        ck_assert_float_eq(row[i], wanted[i]);
}

START_TEST(vectors)
{
    static const struct {
        Vectors vectors;
        size_t dim;
        float second[6]; /* the row of w1 */
        const char *record;
    } cases[] = {{VECTORS_INPUT, 3, {4, 5, 6}, "a=1\nvectors=input\n"},
                 {VECTORS_OUTPUT, 3, {400, 500, 600}, "a=1\nvectors=output\n"},
                 {VECTORS_SUM, 3, {404, 505, 606}, "a=1\nvectors=sum\n"},
                 {VECTORS_CONCAT, 6, {4, 5, 6, 400, 500, 600}, "a=1\nvectors=concat\n"},
                 {VECTORS_ALL, 3, {4, 5, 6}, "a=1\n"}};
    Model model = make_model(2, 3, true);

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const bool all = cases[i].vectors == VECTORS_ALL;
        Selection s = select_from(&model, (Select){.vectors = cases[i].vectors});
        ck_assert_uint_eq(s.words, 2);
        ck_assert_uint_eq(s.dim, cases[i].dim);
        check_row(&s, 1, cases[i].second);
        ck_assert_int_eq(s.has_output, all);
        ck_assert_int_eq(s.has_bias, all);
        check_record(&s.record, cases[i].record);
        if (all)
            ck_assert_float_eq(selection_output(&s, 1)[2], 600);
        selection_free(&s);
    }
    model_free(&model);
}
END_TEST

START_TEST(concat_of_whole_lines)
{
    Model model = make_model(5, 16, true);
    Selection s = select_from(&model, (Select){.vectors = VECTORS_CONCAT});
    const float *row = selection_row(&s, 4);

    ck_assert_uint_eq(s.dim, 32);
    for (size_t j = 0; j < 16; j++) {
        ck_assert_float_eq(row[j], (float)(4 * 16 + j + 1));
        ck_assert_float_eq(row[16 + j], (float)(4 * 16 + j + 1) * 100);
    }
    selection_free(&s);
    model_free(&model);
}
END_TEST

START_TEST(no_output_vectors)
{
    Model model = make_model(2, 3, false);
    Selection s;
    n2v_error error = {.text = ""};

    for (size_t i = VECTORS_OUTPUT; vectors_name(i); i++) {
        ck_assert_int_eq(selection_create(&s, &model, &(Select){.vectors = (Vectors)i}, &error), N2V_ERROR_DATA);
        ck_assert_ptr_nonnull(strstr(error.text, vectors_name(i)));
        ck_assert_uint_eq(error.settings[0].at, 0);
        ck_assert_uint_eq(error.settings[0].bytes, strlen("vectors"));
        ck_assert_ptr_null(s.room);
    }
    s = select_from(&model, (Select){.vectors = VECTORS_INPUT});
    check_row(&s, 0, (const float[]){1, 2, 3});
    selection_free(&s);
    s = select_from(&model, (Select){.vectors = VECTORS_ALL});
    ck_assert(!s.has_output && !s.has_bias);
    selection_free(&s);
    model_free(&model);
}
END_TEST

START_TEST(normalize)
{
    Model model = make_model(4, 3, true);
    const float odd[4][3] = {{3, 0, -4}, {0, 0, 0}, {3e38F, 3e38F, 0}, {0, 1e-45F, 0}};
    Selection s;

    for (size_t i = 0; i < 4; i++)
        memcpy(model.input + i * model.stride, odd[i], sizeof odd[i]);
    s = select_from(&model, (Select){.vectors = VECTORS_ALL, .normalize = true});
    ck_assert(!s.has_output && !s.has_bias);
    check_row(&s, 0, (const float[]){0.6F, 0, -0.8F});
    check_row(&s, 1, (const float[]){0, 0, 0});
    check_row(&s, 2, (const float[]){(float)sqrt(0.5), (float)sqrt(0.5), 0});
    check_row(&s, 3, (const float[]){0, 1, 0});
    check_record(&s.record, "a=1\nvectors=input\nnormalize=1\n");
    ck_assert_float_eq(model.input[2], -4);
    selection_free(&s);
    memset(model.output, 0, 2 * model.stride * sizeof(float));
    model.output[0] = -3; /* and w0's sum is 0 0 -4 */
    s = select_from(&model, (Select){.vectors = VECTORS_SUM, .normalize = true});
    check_row(&s, 0, (const float[]){0, 0, -1});
    selection_free(&s);
    model_free(&model);
}
END_TEST

START_TEST(first_words)
{
    for (int whole = 0; whole < 2; whole++) {
        Model model = make_model(5, 3, whole);
        const size_t all[] = {0, 5, 6, SIZE_MAX};
        Selection s;
        for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
            s = select_from(&model, (Select){.vectors = VECTORS_ALL, .top = all[i]});
            ck_assert_uint_eq(s.words, 5);
            check_record(&s.record, "a=1\n");
            selection_free(&s);
        }
        s = select_from(&model, (Select){.vectors = VECTORS_ALL, .top = 2});
        ck_assert_uint_eq(s.words, 2);
        check_row(&s, 1, (const float[]){4, 5, 6});
        check_record(&s.record, "a=1\ntop=2\n");
        ck_assert_int_eq(s.has_output, whole);
        selection_free(&s);
        ck_assert_uint_eq(vocabulary_size(model.vocabulary), 5);
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
    add_test(suite, "first words", first_words);
    return run_suite(suite);
}
