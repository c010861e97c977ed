/* The functions of arrays of every kernel set of this machine, against doubles. */
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/random.h"
#include "kernel_support.h"
#include "kernels/kernels.h"
#include "test.h"

typedef void array_function(const float *in, float *out, size_t count);

static double exact_exp(double x)
{
    return x < -87.3 ? 0 : exp(x > 88 ? 88 : x);
}

static double exact_sigmoid(double x)
{
    return x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x));
}

static double exact_softplus(double x)
{
    return x > 0 ? x + log1p(exp(-x)) : log1p(exp(x));
}

/* Results that are subnormal may be 0; otherwise the relative error counts. */
static bool close_enough(double got, double expected)
{
    if (isnan(expected))
        return isnan(got);
    if (isinf(expected)) /* softplus of inf; whether it is inf or the largest float is the set's choice */
        return got >= (double)FLT_MAX;
    return fabs(got - expected) <= 1e-6 * fabs(expected) + 2 * (double)FLT_MIN;
}

static void check_function(const Kernels *set, const char *name, array_function *function, double (*exact)(double),
                           const float *in, size_t count)
{
    float out[80], in_place[80];

    ck_assert_uint_lt(count, 80);
    memcpy(in_place, in, count * sizeof *in);
    in_place[count] = out[count] = 4321;
    function(in, out, count);
    function(in_place, in_place, count);
    require(out[count] == 4321 && in_place[count] == 4321, "%s %s writes beyond %zu", set->name, name, count);
    for (size_t i = 0; i < count; i++) {
        require(close_enough((double)out[i], exact((double)in[i])), "%s %s(%.9g) is %.9g, not %.9g (%zu of %zu)",
                set->name, name, (double)in[i], (double)out[i], exact((double)in[i]), i, count);
        require(memcmp(&out[i], &in_place[i], sizeof *out) == 0 || isnan(out[i]), "%s %s in place", set->name, name);
    }
}

static void check_functions(const Kernels *set, const float *in, size_t count)
{
    check_function(set, "exp", set->math.exp, exact_exp, in, count);
    check_function(set, "sigmoid", set->math.sigmoid, exact_sigmoid, in, count);
    check_function(set, "softplus", set->math.softplus, exact_softplus, in, count);
}

/* The limits of exp are given with one decimal: arguments close to them may be on either side. */
static bool on_border(float x)
{
    return (x > -87.4F && x < -87.29F) || (x > 88.69F && x < 88.73F);
}

START_TEST(functions)
{
    static const float special[] = {0.0F,   -0.0F,   1e-45F,   -1e-45F,   1e-38F,     -1e-38F, 1e-7F,   -1e-7F,  87.2F,
                                    -87.2F, -87.5F,  88.6F,    88.8F,     89.0F,      -89.0F,  -103.0F, -104.0F, 1e4F,
                                    -1e4F,  FLT_MAX, -FLT_MAX, HUGE_VALF, -HUGE_VALF, NAN,     0.5F,    1.0F,    -1.0F};
    Random random;
    const Kernels *set;

    random_seed(&random, 4, 0, 0, 0);
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++) {
        float in[80];
        for (size_t s = 0; s < sizeof special / sizeof *special; s++)
            for (size_t count = 1; count < 40; count += 19) { /* in the vector body and in the tail */
                for (size_t i = 0; i < count; i++)
                    in[i] = 0.25F;
                in[count - 1] = special[s];
                check_functions(set, in, count);
                in[count - 1] = 0.25F;
                in[0] = special[s];
                check_functions(set, in, count);
            }
        for (float x = -110; x < 110; x += 0.37F) { /* the whole range, and the smallest magnitudes */
            for (size_t i = 0; i < 37; i++) {
                in[i] = x + 0.01F * (float)i;
                if (on_border(in[i]))
                    in[i] = 1;
            }
            check_functions(set, in, 37);
        }
        for (float x = 1e-44F; x < 1; x *= 3) {
            in[0] = x;
            in[1] = -x;
            check_functions(set, in, 2);
        }
        for (size_t count = 0; count <= 70; count++) {
            for (size_t i = 0; i < count; i++)
                in[i] = 20 * random_value(&random);
            check_functions(set, in, count);
        }
    }
}
END_TEST

START_TEST(sums_of_exponentials)
{
    Random random;
    const Kernels *set;

    random_seed(&random, 5, 0, 0, 0);
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++) {
        for (size_t count = 0; count <= 70; count++) {
            for (size_t repeat = 0; repeat < 8; repeat++) {
                const float around = repeat < 4 ? 0 : 1e4F * random_value(&random), shift = around + 3;
                float in[80], out[80], sum;
                double expected_sum = 0, allowed_sum = 0;

                for (size_t i = 0; i < count; i++)
                    in[i] = around + (repeat % 2 ? 60 : 3) * random_value(&random);
                out[count] = 4321;
                sum = set->math.exp_sum(in, shift, out, count);
                require(out[count] == 4321, "%s exp_sum writes beyond %zu", set->name, count);
                for (size_t i = 0; i < count; i++) {
                    /* the difference is rounded to float, which exp then magnifies */
                    const double exact = (double)in[i] - (double)shift, expected = exp(exact);
                    const double allowed = (1e-6 + fabs(exact) * UNIT_ROUNDOFF) * expected;
                    require(fabs((double)out[i] - expected) <= allowed, "%s exp_sum: exp(%.9g - %.9g) is %.9g",
                            set->name, (double)in[i], (double)shift, (double)out[i]);
                    expected_sum += expected;
                    allowed_sum += allowed;
                }
                allowed_sum += (double)count * UNIT_ROUNDOFF * expected_sum;
                require(fabs((double)sum - expected_sum) <= allowed_sum, "%s exp_sum of %zu is %.9g, not %.9g",
                        set->name, count, (double)sum, expected_sum);
                if (count) {
                    in[random_below(&random, (uint32_t)count)] = NAN;
                    require(isnan(set->math.exp_sum(in, shift, out, count)), "%s exp_sum hides NaN", set->name);
                }
            }
        }
    }
}
END_TEST

START_TEST(maximum)
{
    Random random;
    const Kernels *set;

    random_seed(&random, 6, 0, 0, 0);
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++) {
        for (size_t count = 1; count <= 70; count++) {
            float in[71];
            for (size_t place = 0; place < count; place++) { /* all negative, the largest at every place */
                for (size_t i = 0; i < count; i++)
                    in[i] = -5 + random_value(&random);
                in[place] = -2;
                in[count] = 7; /* not looked at */
                require(set->math.max(in, count) == -2, "%s max of %zu, largest at %zu", set->name, count, place);
            }
            for (size_t i = 0; i < count; i++)
                in[i] = -FLT_MAX;
            ck_assert(set->math.max(in, count) == -FLT_MAX);
            in[random_below(&random, (uint32_t)count)] = NAN;
            require(isnan(set->math.max(in, count)), "%s max hides NaN", set->name);
        }
    }
}
END_TEST

START_TEST(largest_magnitude)
{
    Random random;
    const Kernels *set;

    random_seed(&random, 6, 0, 0, 0);
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++) {
        ck_assert(set->math.magnitude(NULL, 0) == 0);
        for (size_t count = 1; count <= 70; count++) {
            float in[71];
            for (size_t place = 0; place < count; place++) {
                for (size_t i = 0; i < count; i++)
                    in[i] = 0.1F * random_value(&random);
                in[place] = place % 2 ? 2 : -2;
                in[count] = 7; /* not looked at */
                require(set->math.magnitude(in, count) == 2, "%s, %zu, largest at %zu", set->name, count, place);
                in[(place + 1) % count] = NAN;
                require(set->math.magnitude(in, count) == (count > 1 ? 2 : 0), "%s: NaN counts", set->name);
            }
            in[count / 2] = -INFINITY;
            require(set->math.magnitude(in, count) == INFINITY, "%s, %zu: infinity", set->name, count);
        }
    }
}
END_TEST

START_TEST(logarithm)
{
    const Kernels *set;

    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++) {
        for (size_t count = 0; count <= 40; count++) {
            float in[41], out[41];
            for (size_t i = 0; i < count; i++)
                in[i] = (float)((double)FLT_MIN * pow(80, (double)i) * (1 + 0.017 * (double)count));
            in[count / 2] = count % 3 ? in[count / 2] : 0;
            in[count] = out[count] = GUARD;
            set->math.log(in, out, count);
            require(out[count] == GUARD, "%s log writes beyond %zu", set->name, count);
            for (size_t i = 0; i < count; i++) {
                const double wanted = log((double)in[i]);
                if (in[i] == 0)
                    require(out[i] == -INFINITY, "%s log(0) = %g", set->name, (double)out[i]);
                else
                    require(fabs((double)out[i] - wanted) <= 2e-7 * fabs(wanted) + 1e-7, "%s log(%g) = %.9g, not %.9g",
                            set->name, (double)in[i], (double)out[i], wanted);
            }
        }
        for (float x = 0.5F; x < 2; x *= 1.001F) {
            float out;
            set->math.log(&x, &out, 1);
            require(fabs((double)out - log((double)x)) <= 2e-7, "%s log(%.8g) = %.8g", set->name, (double)x,
                    (double)out);
        }
    }
}
END_TEST

START_TEST(weights_and_roots)
{
    enum { MAX_COUNT = 40 };
    Random random;
    const Kernels *set;

    random_seed(&random, 14, 0, 0, 0);
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++) {
        for (size_t m = 0; m <= MAX_COUNT; m++) {
            for (size_t n = 1; n <= MAX_COUNT; n++) {
                float cells[MAX_COUNT * MAX_COUNT + 1], roots[MAX_COUNT * MAX_COUNT + 1], before[MAX_COUNT * MAX_COUNT],
                    rows_of[MAX_COUNT], columns[MAX_COUNT];
                const bool weighed = random_below(&random, 2);

                for (size_t c = 0; c < m * n; c++)
                    cells[c] = before[c] = random_below(&random, 9) ? 1 + random_value(&random) : 0;
                for (size_t i = 0; i < MAX_COUNT; i++) {
                    rows_of[i] = random_value(&random);
                    columns[i] = 1 + (float)random_below(&random, 3);
                }
                cells[m * n] = roots[m * n] = GUARD;
                set->math.roots(cells, roots, m * n);
                for (size_t c = 0; c < m * n; c++)
                    require(roots[c] == sqrtf(cells[c]), "%s: root %.9g of %.9g", set->name, (double)roots[c],
                            (double)cells[c]);
                set->math.weigh(cells, m, n, rows_of, weighed ? columns : NULL);
                for (size_t c = 0; c < m * n; c++) {
                    const float wanted = before[c] * (rows_of[c / n] * (weighed ? columns[c % n] : 1));
                    require(fabsf(cells[c] - wanted) <= 2e-7F * fabsf(wanted),
                            "%s %zu x %zu: cell %zu is %.9g, not %.9g", set->name, m, n, c, (double)cells[c],
                            (double)wanted);
                    before[c] = cells[c];
                }
                set->math.root_slopes(roots, m * n, 0.01F, cells);
                for (size_t c = 0; c < m * n; c++) {
                    const float wanted = before[c] / (2 * (roots[c] > 0.01F ? roots[c] : 0.01F));
                    require(fabsf(cells[c] - wanted) <= 2e-7F * fabsf(wanted),
                            "%s %zu x %zu: slope %zu is %.9g, not %.9g", set->name, m, n, c, (double)cells[c],
                            (double)wanted);
                }
                require(cells[m * n] == GUARD && roots[m * n] == GUARD, "%s writes beyond %zu x %zu", set->name, m, n);
            }
        }
    }
}
END_TEST

START_TEST(hinges)
{
    enum { MAX_COUNT = 40 };
    Random random;
    const Kernels *set;

    random_seed(&random, 12, 0, 0, 0);
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++) {
        for (size_t n = 1; n <= MAX_COUNT; n++) {
            for (size_t count = 0; count <= MAX_COUNT; count++) {
                const size_t m = 1 + random_below(&random, 9);
                const bool weighed = random_below(&random, 2);
                float in[9 * MAX_COUNT], out[9 * MAX_COUNT + 1], wanted[9 * MAX_COUNT], positives[MAX_COUNT],
                    column[MAX_COUNT], sums[MAX_COUNT + 1];
                const float margin = random_below(&random, 3) ? 0.3F : 0;
                uint32_t row[MAX_COUNT];

                for (size_t c = 0; c < m * n; c++) {
                    in[c] = random_below(&random, 5) ? random_value(&random) : INFINITY;
                    out[c] = wanted[c] = 3;
                }
                for (size_t j = 0; j < n; j++)
                    column[j] = 1 + (float)random_below(&random, 3);
                for (size_t p = 0; p < count; p++) {
                    row[p] = random_below(&random, (uint32_t)m);
                    positives[p] = p % 4 ? random_value(&random) : in[row[p] * n];
                }
                out[m * n] = sums[count] = GUARD;
                set->math.hinges(in, n, row, positives, margin, count, weighed ? column : NULL, out, sums);
                require(out[m * n] == GUARD && sums[count] == GUARD, "%s writes beyond %zu", set->name, n);
                for (size_t p = 0; p < count; p++) {
                    float sum = 0;
                    for (size_t j = 0; j < n; j++) {
                        const float hinge = positives[p] - in[row[p] * n + j];
                        const float times = hinge > -margin ? (weighed ? column[j] : 1) : 0;
                        sum += times;
                        wanted[row[p] * n + j] -= times;
                    }
                    require(sums[p] == sum, "%s: %g of %zu, not %g", set->name, (double)sums[p], n, (double)sum);
                }
                ck_assert_mem_eq(out, wanted, m * n * sizeof *out);
            }
        }
    }
}
END_TEST

/* A page before one that must not be accessed. */
typedef struct guarded {
    unsigned char *pages;
    size_t size;
} guarded;

static guarded guarded_make(void)
{
    guarded g = {NULL, (size_t)sysconf(_SC_PAGESIZE)};

    g.pages = mmap(NULL, 2 * g.size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(g.pages, MAP_FAILED);
    ck_assert_int_eq(mprotect(g.pages + g.size, g.size, PROT_NONE), 0);
    return g;
}

/* `count` floats whose end is the end of the page. */
static float *guarded_floats(const guarded *g, size_t count, float value)
{
    float *end = (float *)(void *)(g->pages + g->size);

    for (size_t i = 1; i <= count; i++)
        end[-(ptrdiff_t)i] = value;
    return end - count;
}

/* Lanes beyond the end are neither read nor written, even where the result would be the same. */
START_TEST(ends_of_memory)
{
    guarded pages[4];
    const Kernels *set;

    for (size_t i = 0; i < 4; i++)
        pages[i] = guarded_make();
    for (size_t k = 0; (set = kernels_at(k)) != NULL; k++) {
        for (size_t m = 1; m <= 20; m++) {
            for (size_t n = 1; n <= 20; n++) {
                const size_t cells = m * n;
                float *in = guarded_floats(&pages[0], cells, -1), *out = guarded_floats(&pages[1], cells, 0);
                float *column = guarded_floats(&pages[3], n, 1);
                float tops[20];
                uint32_t first[21];

                for (size_t i = 0; i <= m; i++)
                    first[i] = (uint32_t)i;
                set->math.softmax(in, m, n, 2, column, column, out, guarded_floats(&pages[2], m, 0), tops);
                set->math.softmax(in, m, n, 200, NULL, NULL, out, tops, guarded_floats(&pages[2], m, 0));
                ck_assert(fabsf(out[cells - 1] - 1 / (float)n) < 1e-6F);
                set->math.softmax_columns(in, m, n, 2, out, guarded_floats(&pages[2], n, 0), tops);
                ck_assert(fabsf(out[cells - 1] - 1 / (float)m) < 1e-6F);
                set->math.logistic(in, m, n, 2, column, first, column, out);
                set->math.weigh(out, m, n, guarded_floats(&pages[2], m, 2), column);
                set->math.roots(out, out, cells);
                set->math.root_slopes(out, cells, 0.1F, in);
                set->math.exp(in, out, cells);
                set->math.log(out, out, cells);
                set->math.softplus(in, out, cells);
                set->math.sigmoid(in, out, cells);
                set->math.logistic_positives(in, cells, 2, NULL, out);
                ck_assert(isfinite(set->math.exp_sum(in, 1, out, cells) + set->math.magnitude(in, cells)));
                set->bound_steps(in, m, n, 0.5F, guarded_floats(&pages[2], m, 0), column);
            }
        }
    }
    for (size_t i = 0; i < 4; i++)
        munmap(pages[i].pages, 2 * pages[i].size);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernels: math");
    add_test(suite, "functions", functions);
    add_test(suite, "sums of exponentials", sums_of_exponentials);
    add_test(suite, "maximum", maximum);
    add_test(suite, "largest magnitude", largest_magnitude);
    add_test(suite, "logarithm", logarithm);
    add_test(suite, "weights and roots", weights_and_roots);
    add_test(suite, "hinges", hinges);
    add_test(suite, "ends of memory", ends_of_memory);
    return run_suite(suite);
}
