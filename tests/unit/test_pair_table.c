/* The table of pairs: exact while there is room, and within its bound when rare pairs are dropped. */
#include <string.h>

#include "base/random.h"
#include "phrases/pair_table.h"
#include "test.h"

enum { WORDS = 300 };

typedef struct counts {
    uint32_t of[WORDS][WORDS];
} counts;

/* Few words are frequent. */
static Id draw(Random *random)
{
    return random_below(random, 1 + random_below(random, 1 + random_below(random, WORDS)));
}

static uint64_t count_pairs(PairTable *table, counts *model, size_t count)
{
    Random random;

    random_seed(&random, 1, 0, 0, 0);
    for (size_t done = 0; done < count; done += 100) {
        PairKey keys[100];
        for (size_t i = 0; i < 100; i++) {
            keys[i] = (PairKey){.first = draw(&random), .second = draw(&random)};
            keys[i].between = (keys[i].first + keys[i].second) % 3; /* the model has one for each pair */
            model->of[keys[i].first][keys[i].second]++;
        }
        ck_assert_int_eq(pair_table_count(table, keys, 100, NULL), N2V_OK);
        ck_assert(table->size <= table->max);
    }
    return count;
}

/* What of each count is missing is at most the pair's error, of a pair that is not there the bound. */
static void check_counts(const PairTable *table, const counts *model)
{
    size_t size = 0;

    for (Id a = 0; a < WORDS; a++) {
        for (Id b = 0; b < WORDS; b++) {
            const Pair *pair = pair_table_find(table, &(PairKey){a, b, (a + b) % 3});
            const uint32_t missing = pair->count ? pair->error : table->bound;
            require(pair->count <= model->of[a][b] && model->of[a][b] - pair->count <= missing,
                    "%u %u: %u of %u, error %u", a, b, pair->count, model->of[a][b], missing);
            ck_assert(missing <= table->bound);
            size += pair->count > 0;
        }
    }
    ck_assert_uint_eq(size, table->size);
}

START_TEST(exact)
{
    counts *model = calloc(1, sizeof *model);
    PairTable table;

    for (size_t expected = 0; expected < 20000; expected += 15000) {
        memset(model, 0, sizeof *model);
        ck_assert_int_eq(pair_table_open(&table, 1 << 20, expected, NULL), N2V_OK);
        (void)count_pairs(&table, model, 100000);
        ck_assert_uint_gt(table.size, 5000);
        ck_assert(table.bound == 0 && table.dropped == 0);
        check_counts(&table, model);
        pair_table_close(&table);
    }
    free(model);
}
END_TEST

START_TEST(bounded)
{
    counts *model = calloc(1, sizeof *model);
    PairTable table;

    ck_assert_int_eq(pair_table_open(&table, MIN_PAIRS, 1 << 20, NULL), N2V_OK);
    const uint64_t count = count_pairs(&table, model, 200000);
    ck_assert(table.bound > 0 && table.dropped > 0);
    ck_assert_uint_le(table.bound, 2 * count / (MIN_PAIRS - 100));
    check_counts(&table, model);
    ck_assert_uint_eq(pair_table_find(&table, &(PairKey){0, 0, 0})->count, model->of[0][0]); /* the most frequent */
    pair_table_close(&table);
    free(model);
}
END_TEST

/* Counts that are far above the bound: the new one is not among the first values that are looked at. */
START_TEST(large_counts)
{
    PairTable table;
    const Pair *pair;
    size_t at = 0;

    ck_assert_int_eq(pair_table_open(&table, MIN_PAIRS, 0, NULL), N2V_OK);
    for (Id i = 0; i < MIN_PAIRS; i++) {
        Pair *put;
        ck_assert_int_eq(pair_table_put(&table, &(PairKey){i, i, 0}, 1000 + i, &put, NULL), N2V_OK);
        put->error = 0;
    }
    ck_assert_int_eq(pair_table_count(&table, &(PairKey){5000, 0, 0}, 1, NULL), N2V_OK);
    ck_assert_uint_eq(table.bound, 1000 + MIN_PAIRS / 2 - 1);
    ck_assert_uint_eq(table.size, MIN_PAIRS / 2 + 1);
    while ((pair = pair_table_next(&table, &at)))
        ck_assert(pair->count == 1 ? pair->error == table.bound : pair->count > table.bound);
    pair_table_close(&table);
}
END_TEST

START_TEST(saturated)
{
    const PairKey key = {1, 2, 3};
    PairTable table;
    Pair *pair;

    ck_assert_int_eq(pair_table_open(&table, MIN_PAIRS, 0, NULL), N2V_OK);
    ck_assert_int_eq(pair_table_put(&table, &key, UINT32_MAX - 1, &pair, NULL), N2V_OK);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(pair_table_count(&table, &key, 1, NULL), N2V_OK);
    ck_assert_uint_eq(pair_table_find(&table, &key)->count, UINT32_MAX);
    pair_table_close(&table);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("table of pairs");

    add_test(suite, "exact", exact);
    add_test(suite, "bounded", bounded);
    add_test(suite, "large counts", large_counts);
    add_test(suite, "saturated", saturated);
    return run_suite(suite);
}
