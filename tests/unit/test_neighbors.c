/* Neighbours against a full sort by a separately written cosine. */
#include "query/neighbors.h"
#include "test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/random.h"

static void make_model(n2v_model *model, size_t words, size_t dim)
{
    n2v_vocabulary *vocabulary = n2v_vocabulary_create();
    n2v_error error;

    ck_assert_ptr_nonnull(vocabulary);
    for (size_t i = 0; i < words; i++) {
        char word[16];
        const int bytes = snprintf(word, sizeof word, "w%zu", i);
        ck_assert_int_eq(n2v_vocabulary_add(vocabulary, word, (size_t)bytes, words - i, NULL, &error), N2V_OK);
    }
    ck_assert_msg(n2v_model_create(model, vocabulary, dim, 0, &error) == N2V_OK, "%s", error.text);
}

static float reference_cosine(const n2v_model *model, size_t a, size_t b)
{
    long double ab = 0, aa = 0, bb = 0;
    for (size_t i = 0; i < model->dim; i++) {
        const long double x = model->input[a * model->stride + i], y = model->input[b * model->stride + i];
        ab += x * y;
        aa += x * x;
        bb += y * y;
    }
    return aa > 0 && bb > 0 ? (float)(ab / sqrtl(aa) / sqrtl(bb)) : 0.0F;
}

/* Every k: the right number, sorted, none nearer left out. */
static void check_against_sort(const n2v_model *model, n2v_id id, size_t k)
{
    n2v_neighbor *nearest = calloc(k + 1, sizeof *nearest);
    bool *taken = calloc(model->words, sizeof *taken);
    const size_t expected = k < model->words - 1 ? k : model->words - 1;
    size_t found;
    n2v_error error;

    ck_assert_int_eq(n2v_neighbors(model, id, k, nearest, &found, &error), N2V_OK);
    ck_assert_uint_eq(found, expected);
    for (size_t i = 0; i < found; i++) {
        ck_assert_uint_lt(nearest[i].id, model->words);
        ck_assert_uint_ne(nearest[i].id, id);
        ck_assert(!taken[nearest[i].id]);
        taken[nearest[i].id] = true;
        ck_assert_float_eq_tol(nearest[i].cosine, reference_cosine(model, id, nearest[i].id), 2e-6F);
        if (i)
            ck_assert(nearest[i - 1].cosine > nearest[i].cosine ||
                      (nearest[i - 1].cosine == nearest[i].cosine && nearest[i - 1].id < nearest[i].id));
    }
    for (size_t other = 0; found && other < model->words; other++)
        if (other != id && !taken[other])
            ck_assert_float_le(reference_cosine(model, id, other), nearest[found - 1].cosine + 2e-6F);
    free(taken);
    free(nearest);
}

START_TEST(agrees_with_a_sort)
{
    static const size_t dims[] = {1, 3, 16, 17, 100};

    for (size_t d = 0; d < sizeof dims / sizeof *dims; d++) {
        n2v_model model;
        n2v_random random;
        make_model(&model, 300, dims[d]);
        n2v_random_seed(&random, 1, d, 0, 0);
        for (size_t i = 0; i < model.words; i++)
            for (size_t j = 0; j < model.dim; j++)
                model.input[i * model.stride + j] = n2v_random_float(&random) - 0.5F;
        for (size_t k = 0; k < 20; k++)
            check_against_sort(&model, (n2v_id)(k * 7), k);
        check_against_sort(&model, 299, 299);
        check_against_sort(&model, 0, 1000);
        n2v_model_free(&model);
    }
}
END_TEST

START_TEST(ties_go_by_id)
{
    n2v_model model;
    n2v_neighbor nearest[4];
    size_t found;
    n2v_error error;

    make_model(&model, 6, 2);
    for (size_t i = 0; i < 6; i++)
        model.input[i * model.stride] = 1;
    ck_assert_int_eq(n2v_neighbors(&model, 2, 4, nearest, &found, &error), N2V_OK);
    ck_assert_uint_eq(found, 4);
    ck_assert_uint_eq(nearest[0].id, 0);
    ck_assert_uint_eq(nearest[1].id, 1);
    ck_assert_uint_eq(nearest[2].id, 3);
    ck_assert_uint_eq(nearest[3].id, 4);
    ck_assert_float_eq(nearest[3].cosine, 1);
    n2v_model_free(&model);
}
END_TEST

START_TEST(zero_huge_and_tiny_rows)
{
    static const float rows[4] = {3e38F, 0, 1e-45F, -1e-45F};
    static const float expected[4] = {0, 0, 1, -1};
    n2v_model model;
    n2v_neighbor nearest[3];
    size_t found;
    n2v_error error;

    make_model(&model, 4, 40);
    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j < 40; j++)
            model.input[i * model.stride + j] = rows[i];
    ck_assert_int_eq(n2v_neighbors(&model, 0, 3, nearest, &found, &error), N2V_OK);
    ck_assert_uint_eq(found, 3);
    for (size_t i = 0; i < 3; i++)
        ck_assert_float_eq_tol(nearest[i].cosine, expected[nearest[i].id], 1e-6F);
    ck_assert_uint_eq(nearest[0].id, 2);
    ck_assert_int_eq(n2v_neighbors(&model, 1, 3, nearest, &found, &error), N2V_OK);
    for (size_t i = 0; i < 3; i++)
        ck_assert_float_eq(nearest[i].cosine, 0);
    n2v_model_free(&model);
}
END_TEST

START_TEST(one_word_has_no_neighbours)
{
    n2v_model model;
    n2v_neighbor nearest[1];
    size_t found = 9;
    n2v_error error;

    make_model(&model, 1, 4);
    ck_assert_int_eq(n2v_neighbors(&model, 0, 1, nearest, &found, &error), N2V_OK);
    ck_assert_uint_eq(found, 0);
    ck_assert_int_eq(n2v_neighbors(&model, 1, 1, nearest, &found, &error), N2V_ERROR_ARGUMENT);
    n2v_model_free(&model);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("neighbors");
    add_test(suite, "sort", agrees_with_a_sort);
    add_test(suite, "ties", ties_go_by_id);
    add_test(suite, "extremes", zero_huge_and_tiny_rows);
    add_test(suite, "one word", one_word_has_no_neighbours);
    return run_suite(suite);
}
