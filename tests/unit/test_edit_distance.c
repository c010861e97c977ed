/* Edit distances: known ones, and all of random words against the table of the textbook. */
#include "base/edit_distance.h"

#include <string.h>

#include "base/random.h"
#include "test.h"

#define MAX_LENGTH ((size_t)80)

static size_t characters_of(const char *text, uint32_t *characters)
{
    for (size_t i = 0; i < strlen(text); i++)
        characters[i] = (unsigned char)text[i];
    return strlen(text);
}

static size_t distance_of(const char *a, const char *b)
{
    uint32_t x[MAX_SPELLING], y[MAX_LENGTH];
    Spelling spelling;

    ck_assert(spelling_set(&spelling, x, characters_of(a, x)));
    return spelling_distance(&spelling, y, characters_of(b, y), 100);
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The whole table: insertions, deletions, replacements, swaps of neighbours. */
static size_t textbook(const uint32_t *a, size_t m, const uint32_t *b, size_t n)
{
    static size_t table[MAX_SPELLING + 1][MAX_LENGTH + 1];

    for (size_t i = 0; i <= m; i++)
        for (size_t j = 0; j <= n; j++) {
            if (!i || !j) {
                table[i][j] = i + j;
                continue;
            }
            table[i][j] =
                smaller(table[i - 1][j - 1] + (a[i - 1] != b[j - 1]), smaller(table[i - 1][j], table[i][j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                table[i][j] = smaller(table[i][j], table[i - 2][j - 2] + 1);
        }
    return table[m][n];
}

START_TEST(known_distances)
{
    static const struct {
        const char *a, *b;
        size_t distance;
    } cases[] = {{"", "", 0},
                 {"", "abc", 3},
                 {"abc", "", 3},
                 {"abc", "abc", 0},
                 {"abc", "acb", 1},
                 {"abc", "bac", 1},
                 {"ca", "abc", 3},
                 {"kitten", "sitting", 3},
                 {"teh", "the", 1},
                 {"frnace", "france", 1},
                 {"a", "b", 1},
                 {"abcd", "badc", 2},
                 {"colour", "color", 1},
                 {"xxxx", "yyyy", 4},
                 {"phsycian", "physician", 2}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ck_assert_msg(distance_of(cases[i].a, cases[i].b) == cases[i].distance, "%s %s", cases[i].a, cases[i].b);
        ck_assert_msg(distance_of(cases[i].b, cases[i].a) == cases[i].distance, "%s %s", cases[i].b, cases[i].a);
    }
}
END_TEST

START_TEST(agrees_with_the_table)
{
    Random random;

    random_seed(&random, 1, 0, 0, 0);
    for (size_t round = 0; round < 20000; round++) {
        uint32_t a[MAX_SPELLING], b[MAX_LENGTH];
        const size_t m = random_below(&random, round % 4 ? 12 : MAX_SPELLING + 1);
        const size_t n = random_below(&random, round % 4 ? 12 : MAX_LENGTH + 1);
        const uint32_t letters = 1 + random_below(&random, 6), first = round % 3 ? 'a' : 126; /* ASCII and beyond */
        Spelling spelling;
        size_t expected;
        for (size_t i = 0; i < m; i++)
            a[i] = first + random_below(&random, letters);
        for (size_t i = 0; i < n; i++)
            b[i] = first + random_below(&random, letters);
        expected = textbook(a, m, b, n);
        ck_assert(spelling_set(&spelling, a, m));
        for (size_t limit = 0; limit < 90; limit = limit * 2 + 1) {
            const size_t distance = spelling_distance(&spelling, b, n, limit);
            require(distance == (expected <= limit ? expected : limit + 1), "round %zu limit %zu: %zu, not %zu", round,
                    limit, distance, expected);
        }
    }
}
END_TEST

START_TEST(too_long)
{
    uint32_t characters[MAX_SPELLING + 1];
    Spelling spelling;

    for (size_t i = 0; i <= MAX_SPELLING; i++)
        characters[i] = 1000 + (uint32_t)i;
    ck_assert(!spelling_set(&spelling, characters, MAX_SPELLING + 1));
    ck_assert(spelling_set(&spelling, characters, MAX_SPELLING));
    ck_assert_uint_eq(spelling_distance(&spelling, characters, MAX_SPELLING + 1, 3), 1);
    ck_assert_uint_eq(spelling_distance(&spelling, characters + 1, MAX_SPELLING, 3), 2);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("edit distance");
    add_test(suite, "known", known_distances);
    add_test(suite, "table", agrees_with_the_table);
    add_test(suite, "too long", too_long);
    return run_suite(suite);
}
