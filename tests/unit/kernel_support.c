/* kernel_support.c - rows for the tests of the kernels. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "kernel_support.h"
#include "test.h"

const size_t kernel_dims[DIMS] = {1,  2,  3,  7,  8,   15,  16,  17,  31,  32, 33,
                                  48, 63, 64, 65, 100, 127, 128, 200, 300, 333};

float random_value(Random *random)
{
    return 2 * random_float(random) - 1;
}

TestRows test_rows_make(size_t count, size_t dim, Random *random)
{
    TestRows r = {.count = count, .dim = dim, .stride = row_stride(dim)};

    r.memory = aligned_alloc(ROW_ALIGNMENT, count * r.stride * sizeof(float));
    r.row = malloc(count * sizeof *r.row);
    ck_assert_ptr_nonnull(r.memory);
    ck_assert_ptr_nonnull(r.row);
    for (size_t i = 0; i < count; i++) {
        r.row[i] = r.memory + i * r.stride;
        for (size_t d = 0; d < r.stride; d++)
            r.row[i][d] = d < dim ? random_value(random) : 0;
    }
    return r;
}

TestRows test_rows_copy(const TestRows *other)
{
    TestRows r = *other;

    r.memory = aligned_alloc(ROW_ALIGNMENT, r.count * r.stride * sizeof(float));
    r.row = malloc(r.count * sizeof *r.row);
    ck_assert_ptr_nonnull(r.memory);
    ck_assert_ptr_nonnull(r.row);
    memcpy(r.memory, other->memory, r.count * r.stride * sizeof(float));
    for (size_t i = 0; i < r.count; i++)
        r.row[i] = r.memory + (other->row[i] - other->memory);
    return r;
}

void test_rows_free(TestRows *r)
{
    free(r->memory);
    free(r->row);
}

void test_rows_check_padding(const TestRows *r, const char *set)
{
    for (size_t i = 0; i < r->count; i++)
        for (size_t d = r->dim; d < r->stride; d++)
            require(r->row[i][d] == 0, "%s: padding of row %zu at %zu of dim %zu", set, i, d, r->dim);
}

void require_unit(const float *row, size_t dim, const char *set)
{
    double square = 0;

    for (size_t d = 0; d < dim; d++)
        square += (double)row[d] * (double)row[d];
    require(fabs(square - 1) < 1e-5, "%s: a row's square is %.9g, not 1", set, square);
}

double product_error(const Kernels *set)
{
    return set->bf16 ? 0x1p-7 + 0x1p-16 : 0;
}

void call_update(const Kernels *set, const TestRows *x, const float *x_scale, const TestRows *y, const float *y_scale,
                 const float *g, size_t moving)
{
    const size_t floats = UPDATE_SCRATCH(x->count, y->count);
    float *scratch = aligned_alloc(ROW_ALIGNMENT, floats * sizeof *scratch);

    ck_assert_ptr_nonnull(scratch);
    for (size_t i = 0; i < floats; i++)
        scratch[i] = NAN;
    set->update(x->row, x_scale, x->count, y->row, y_scale, y->count, x->stride, moving, g, scratch, (Prefetch){0});
    free(scratch);
}
