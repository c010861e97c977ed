/* Principal components against known ones, and what vectors become when some are kept, removed, or numbers are rounded.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/random.h"
#include "model/derive.h"
#include "model/eigen.h"
#include "model/formats/half.h"
#include "model/formats/int8.h"
#include "model/project.h"
#include "model/rows.h"
#include "numbered.h"
#include "records.h"
#include "test.h"

#define MAX_N 40

static double draw(Random *random)
{
    return (double)random_float(random) * 2 - 1;
}

/* A v = value v, v of length 1 and orthogonal to the others, its largest entry positive. */
static void check_eigen(const double *matrix, size_t n, size_t count, const double *values, const double *vectors)
{
    double norm = 1e-300;

    for (size_t i = 0; i < n * n; i++)
        norm = fmax(norm, fabs(matrix[i]));
    for (size_t k = 0; k < count; k++) {
        const double *v = vectors + k * n;
        double largest = 0;
        ck_assert(k == 0 || values[k] <= values[k - 1]);
        for (size_t i = 0; i < n; i++) {
            double sum = 0;
            for (size_t j = 0; j < n; j++)
                sum += matrix[i * n + j] * v[j];
            ck_assert_double_le(fabs(sum - values[k] * v[i]), 1e-13 * norm * (double)n);
            largest = fabs(v[i]) > fabs(largest) ? v[i] : largest;
        }
        ck_assert_double_gt(largest, 0);
        for (size_t other = 0; other <= k; other++) {
            double sum = 0;
            for (size_t i = 0; i < n; i++)
                sum += v[i] * vectors[other * n + i];
            ck_assert_double_le(fabs(sum - (other == k)), 1e-13 * (double)n);
        }
    }
}

/* Random symmetric matrices; of low rank, where many eigenvalues are 0; diagonal; all zeros; very large and small. */
START_TEST(eigenvectors)
{
    double matrix[MAX_N * MAX_N], copy[MAX_N * MAX_N], values[MAX_N], vectors[MAX_N * MAX_N], trace;
    Random random;
    n2v_error error = {.text = ""};

    random_seed(&random, 1, 0, 0, 0);
    for (size_t n = 1; n <= MAX_N; n += n < 8 ? 1 : 8)
        for (size_t kind = 0; kind < 5; kind++) {
            const double scale = kind == 3 ? 1e60 : kind == 4 ? 1e-60 : 1;
            memset(matrix, 0, sizeof matrix);
            for (size_t r = 0; r < (kind == 1 ? 2 : n); r++) {
                double x[MAX_N];
                for (size_t i = 0; i < n; i++)
                    x[i] = kind == 2 ? (i == r) * (double)(i % 3) : draw(&random);
                for (size_t i = 0; i < n; i++)
                    for (size_t j = 0; j < n; j++)
                        matrix[i * n + j] += (kind == 1 || r % 2 ? 1 : -1) * scale * x[i] * x[j];
            }
            memcpy(copy, matrix, sizeof copy);
            ck_assert_msg(eigen_symmetric(copy, n, n, values, vectors, NULL, &error) == N2V_OK, "%s", error.text);
            check_eigen(matrix, n, n, values, vectors);
            trace = 0;
            for (size_t i = 0; i < n; i++)
                trace += matrix[i * n + i] - values[i];
            ck_assert_double_le(fabs(trace), 1e-12 * scale * (double)(n * n));
        }
    matrix[0] = INFINITY;
    ck_assert_int_eq(eigen_symmetric(matrix, 1, 1, values, vectors, NULL, &error), N2V_ERROR_NUMERIC);
}
END_TEST

/* Words with vectors of known components: the mean 5 5 5 5, and spread 4, 3, 2 and 1 along turned axes. */
static Model make_model(size_t words)
{
    static const double axes[4][4] = {{.5, .5, .5, .5}, {.5, .5, -.5, -.5}, {.5, -.5, -.5, .5}, {.5, -.5, .5, -.5}};
    Model model = numbered_model(words, 1000, 4, true);

    for (size_t w = 0; w < words; w++)
        for (size_t d = 0; d < 4; d++) {
            double x = 5;
            for (size_t axis = 0; axis < 4; axis++)
                x += (w >> axis & 1 ? 1 : -1) * (double)(4 - axis) * axes[axis][d];
            model.input[w * model.stride + d] = (float)x;
            model.output[w * model.stride + d] = (float)d;
        }
    record_fill(&model.record, "a=1\n");
    return model;
}

static Model derive(const Model *model, Select select)
{
    Model derived;
    n2v_error error = {.text = ""};

    ck_assert_msg(model_derive(&derived, model, &select, NULL, &error) == N2V_OK, "%s", error.text);
    ck_assert(!derived.output && !derived.has_bias && !derived.subwords);
    return derived;
}

START_TEST(components_are_kept)
{
    Model model = make_model(16), derived = derive(&model, (Select){.vectors = VECTORS_ALL, .reduce = 2});

    ck_assert_uint_eq(derived.dim, 2);
    ck_assert_uint_eq(derived.words, 16);
    for (size_t w = 0; w < 16; w++) {
        const float *row = derived.input + w * derived.stride;
        ck_assert_float_eq_tol(row[0], w & 1 ? 4.F : -4.F, 1e-5F);
        ck_assert_float_eq_tol(row[1], w & 2 ? 3.F : -3.F, 1e-5F);
        for (size_t d = 2; d < derived.stride; d++)
            ck_assert_float_eq(row[d], 0);
    }
    check_record(&derived.record, "a=1\nvectors=input\nreduce=2\nvariance-kept=0.8333\n"); /* 25 of 30 */
    model_free(&derived);
    model_free(&model);
}
END_TEST

START_TEST(components_are_removed)
{
    Model model = make_model(16), flat = derive(&model, (Select){.vectors = VECTORS_INPUT, .remove_top = 3});
    Model both = derive(&model, (Select){.vectors = VECTORS_INPUT, .remove_top = 1, .reduce = 3, .normalize = true});

    check_record(&flat.record, "a=1\nvectors=input\nremove-top=3\n");
    check_record(&both.record, "a=1\nvectors=input\nremove-top=1\nreduce=3\nvariance-kept=1\nnormalize=1\n");
    for (size_t w = 0; w < 16; w++) {
        const float *row = flat.input + w * flat.stride, sign = w & 8 ? .5F : -.5F;
        for (size_t d = 0; d < 4; d++)
            ck_assert_float_eq_tol(row[d], d % 2 ? -sign : sign, 1e-5F);
        row = both.input + w * both.stride;
        ck_assert_double_eq_tol(row_norm(row, 3), 1, 1e-6);
        ck_assert_float_eq_tol(fabsf(row[0]), 3 / sqrtf(14), 1e-5F);
    }
    model_free(&flat);
    model_free(&both);
    model_free(&model);
}
END_TEST

/* Of the words that are selected, and with phrases, whose words a reader joins. */
START_TEST(words_and_phrases)
{
    Model model = make_model(16), derived;

    model.extras[EXTRA_PHRASES].bytes = strdup("phrases");
    model.extras[EXTRA_PHRASES].count = 7;
    derived = derive(&model, (Select){.vectors = VECTORS_CONCAT, .top = 5, .remove_top = 1});
    ck_assert_uint_eq(derived.words, 5);
    ck_assert_uint_eq(derived.dim, 8);
    ck_assert_uint_eq(vocabulary_size(derived.vocabulary), 5);
    ck_assert_str_eq(vocabulary_word(derived.vocabulary, 4, NULL), "w4");
    ck_assert_uint_eq(vocabulary_count(derived.vocabulary, 4), vocabulary_count(model.vocabulary, 4));
    ck_assert_str_eq(derived.extras[EXTRA_PHRASES].bytes, "phrases");
    check_record(&derived.record, "a=1\ntop=5\nvectors=concat\nremove-top=1\n");
    model_free(&derived);
    model_free(&model);
}
END_TEST

START_TEST(numbers_are_rounded)
{
    Model model = make_model(16), eight, sixteen;

    model.input[0] = -12.7F; /* a scale of 0.1 */
    model.input[1] = 0.149F;
    eight = derive(&model, (Select){.vectors = VECTORS_INPUT, .numbers = NUMBERS_INT8});
    sixteen = derive(&model, (Select){.vectors = VECTORS_INPUT, .numbers = NUMBERS_FLOAT16});
    ck_assert_float_eq(eight.input[0], -12.7F);
    ck_assert_float_eq_tol(eight.input[1], 0.1F, 1e-6F);
    for (size_t w = 0; w < 16; w++)
        for (size_t d = 0; d < 4; d++) {
            const float x = model.input[w * model.stride + d];
            ck_assert_float_le(fabsf(eight.input[w * eight.stride + d] - x), 0.0501F);
            ck_assert_float_eq(sixteen.input[w * sixteen.stride + d], float_of_half(half_of_float(x)));
        }
    ck_assert_float_eq(int8_scale(0), 1);
    ck_assert_float_eq(int8_scale(1e-45F), 1); /* which cannot be divided */
    ck_assert_int_eq(int8_of_float(3e38F, 1), 127);
    ck_assert_int_eq(int8_of_float(-2.5F, 1), -2);
    model_free(&eight);
    model_free(&sixteen);
    model_free(&model);
}
END_TEST

START_TEST(numbers_that_do_not_fit)
{
    Model model = make_model(16), derived;
    n2v_error error = {.text = ""};

    model.input[1] = 65536;
    ck_assert_int_eq(model_derive(&derived, &model,
                                  &(Select){.vectors = VECTORS_INPUT, .numbers = NUMBERS_FLOAT16}, NULL, &error),
                     N2V_ERROR_NUMERIC);
    ck_assert_ptr_nonnull(strstr(error.text, "number 2 of the vector of 'w0' is 65536"));
    ck_assert_ptr_null(derived.input);
    model_free(&model);
}
END_TEST

/* Rows that are alike, fewer rows than dimensions, one dimension. */
START_TEST(little_to_project)
{
    Model model = make_model(2), one = numbered_model(1, 9, 1, false), derived;

    derived = derive(&model, (Select){.vectors = VECTORS_INPUT, .reduce = 4});
    ck_assert_float_eq_tol(fabsf(derived.input[0]), 4, 1e-5F);
    ck_assert_float_eq_tol(derived.input[1], 0, 1e-5F);
    model_free(&derived);
    derived = derive(&one, (Select){.vectors = VECTORS_INPUT, .reduce = 1});
    ck_assert_float_eq(derived.input[0], 0);
    check_record(&derived.record, "vectors=input\nreduce=1\nvariance-kept=1\n");
    model_free(&derived);
    model_free(&model);
    model_free(&one);
}
END_TEST

/* False so many times. */
static bool count_down(void *context)
{
    unsigned *left = context;
    return !*left || !(*left)--;
}

/* Whenever it is asked: sums, reflections, steps, vectors, rows, numbers. */
START_TEST(interrupted)
{
    static const char *const says[] = {"interrupted while the vectors were computed", COMPONENTS_INTERRUPTED};
    static const struct {
        Select select;
        unsigned least; /* questions */
    } cases[] = {{{.reduce = 2, .numbers = NUMBERS_INT8}, 12}, {{.top = 5, .numbers = NUMBERS_FLOAT16}, 3}};
    Model model = make_model(16);

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        unsigned asked = 0;
        n2v_status status = N2V_ERROR_INTERRUPTED;
        while (status != N2V_OK) {
            unsigned left = asked;
            const Stop stop = {.test = count_down, .context = &left};
            Model derived;
            n2v_error error = {.text = ""};
            status = model_derive(&derived, &model, &cases[i].select, &stop, &error);
            if (status != N2V_OK) {
                ck_assert_int_eq(status, N2V_ERROR_INTERRUPTED);
                ck_assert(strcmp(error.text, says[0]) == 0 || strcmp(error.text, says[1]) == 0);
                asked++;
            }
            model_free(&derived);
        }
        ck_assert_uint_ge(asked, cases[i].least);
    }
    model_free(&model);
}
END_TEST

START_TEST(refusals)
{
    static const struct {
        Select select;
        const char *says;
    } cases[] = {
        {{.reduce = 5}, "reduce 5: the vectors have only 4 dimensions"},
        {{.remove_top = 4}, "remove-top 4: the vectors have only 4 dimensions; about 1 in 100 is usual"},
        {{.remove_top = 2, .reduce = 3}, "remove-top 2 and reduce 3 are more than the 4 dimensions of the vectors"},
    };
    Model model = make_model(4), derived;
    n2v_error error = {.text = ""};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ck_assert_int_eq(model_derive(&derived, &model, &cases[i].select, NULL, &error), N2V_ERROR_ARGUMENT);
        ck_assert_str_eq(error.text, cases[i].says);
        ck_assert_uint_eq(derived.words, 0);
    }
    model.input[model.stride + 2] = NAN;
    ck_assert_int_eq(model_derive(&derived, &model, &(Select){.reduce = 2}, NULL, &error), N2V_ERROR_NUMERIC);
    ck_assert_str_eq(error.text, "number 3 of the vector of 'w1' is not finite");
    model_free(&model);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("derive");
    add_test(suite, "eigenvectors", eigenvectors);
    add_test(suite, "kept components", components_are_kept);
    add_test(suite, "removed components", components_are_removed);
    add_test(suite, "words and phrases", words_and_phrases);
    add_test(suite, "rounded numbers", numbers_are_rounded);
    add_test(suite, "numbers that do not fit", numbers_that_do_not_fit);
    add_test(suite, "little to project", little_to_project);
    add_test(suite, "interrupted", interrupted);
    add_test(suite, "refusals", refusals);
    return run_suite(suite);
}
