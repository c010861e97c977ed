/* kernel_support.h - rows for the tests of the kernels. */
#ifndef N2V_TESTS_KERNEL_SUPPORT_H
#define N2V_TESTS_KERNEL_SUPPORT_H

#include "base/random.h"
#include "kernels/kernels.h"

#define UNIT_ROUNDOFF 0x1p-24

/* The value after the last element of an array, to see that no kernel writes there. */
#define GUARD 4321.0F

#define DIMS ((size_t)21)
extern const size_t kernel_dims[DIMS];

/* Rows as the engine has them: aligned, padded with zeros, each with a pointer to it. */
typedef struct TestRows {
    size_t count, dim, stride;
    float *memory, **row;
} TestRows;

/* In -1 .. 1. */
float random_value(Random *random);

TestRows test_rows_make(size_t count, size_t dim, Random *random);
TestRows test_rows_copy(const TestRows *other);
void test_rows_free(TestRows *r);

/* Fails where the padding of a row is not 0. */
void test_rows_check_padding(const TestRows *r, const char *set);

/* Fails where the row is not of length 1. */
void require_unit(const float *row, size_t dim, const char *set);

/* The relative error of a product in an update: its factors are rounded to 2^-8 in bf16. */
double product_error(const Kernels *set);

/* The set's update, with a scratch of NaN: nothing may rely on its content. */
void call_update(const Kernels *set, const TestRows *x, const float *x_scale, const TestRows *y, const float *y_scale,
                 const float *g, size_t moving);

#endif
