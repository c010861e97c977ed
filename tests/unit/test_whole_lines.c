/* Windows over whole lines (window-weights line): every pair of words of a line is as likely as every other one. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "corpus/shuffle.h"
#include "example_checks.h"
#include "statistics.h"
#include "test.h"

enum { LINE = 40, WINDOW = 3 };

static pair_list pairs_of(const block_text *t, const Layout *layout, size_t window)
{
    ExamplesOptions options = examples_options_for(t, layout, window, 7, 4);
    options.weights = WINDOW_LINE;
    return collect_pairs(t, &options);
}

/* Pairs at each distance, in a block of lines of one length. */
START_TEST(pairs_at_all_distances)
{
    const Layout *layout = all_layouts[_i];
    block_text *t = make_block(layout == &layout_all_words ? 1000 : BLOCK_IDS / LINE * LINE, LINE, LINE, 0, 0);
    const pair_list list = pairs_of(t, layout, WINDOW);
    double distances[LINE] = {0}, shares[LINE] = {0}, total = 0;
    size_t *contexts = calloc(t->count, sizeof *contexts);

    ck_assert_ptr_nonnull(contexts);
    for (size_t p = 0; p < list.count; p++) {
        const word_pair pair = list.pairs[p];
        ck_assert_uint_eq(t->sentence[pair.center], t->sentence[pair.context]);
        ck_assert_uint_ne(pair.center, pair.context);
        contexts[pair.center]++;
        distances[pair.center > pair.context ? pair.center - pair.context : pair.context - pair.center]++;
        total++;
    }
    for (size_t d = 1; d < LINE; d++)
        shares[d] = 2 * (double)(LINE - d) / (LINE * (LINE - 1));
    require(goodness_of_fit_p(distances, shares, LINE, total) > P_VALUE, "%s: some distances are more frequent",
            layout->name);
    /* As many contexts as a window of the line has, which is less at its ends. */
    ck_assert_uint_eq(list.count, t->count / LINE * (LINE * 2 * WINDOW - WINDOW * (WINDOW + 1)));
    for (size_t i = 0; i < t->count; i++)
        ck_assert(contexts[i] >= WINDOW && contexts[i] <= 2 * WINDOW);
    free(contexts);
    free(list.pairs);
    free_block(t);
}
END_TEST

/* Of a line that fits into the window each pair comes once. */
START_TEST(short_lines_have_all_pairs)
{
    const Layout *layout = all_layouts[_i];
    block_text *t = make_block(960, WINDOW + 1, WINDOW + 1, 0, 0);
    const pair_list list = pairs_of(t, layout, WINDOW);
    unsigned char *seen = calloc(t->count * (WINDOW + 1), 1);

    ck_assert_ptr_nonnull(seen);
    ck_assert_uint_eq(list.count, t->count * WINDOW);
    for (size_t p = 0; p < list.count; p++) {
        const size_t cell = list.pairs[p].center * (WINDOW + 1) + list.pairs[p].context % (WINDOW + 1);
        ck_assert_uint_eq(t->sentence[list.pairs[p].center], t->sentence[list.pairs[p].context]);
        ck_assert(!seen[cell]);
        seen[cell] = 1;
    }
    free(seen);
    free(list.pairs);
    free_block(t);
}
END_TEST

/* Another epoch draws other contexts, the same one the same. */
START_TEST(epochs_draw_anew)
{
    block_text *t = make_block(LINE, LINE, LINE, 0, 0);
    ExamplesOptions options = examples_options_for(t, &layout_inputs, WINDOW, 7, 4);
    Examples *examples;
    Id kept[3][LINE];

    options.weights = WINDOW_LINE;
    examples = create_examples(&options);
    for (size_t i = 0; i < 3; i++) {
        start_block(examples, t, i / 2, 0); /* 0, 0, 1 */
        ck_assert_uint_eq(examples->kept_count, LINE);
        memcpy(kept[i], examples->kept, sizeof kept[i]);
    }
    ck_assert_mem_eq(kept[0], kept[1], sizeof *kept);
    ck_assert_mem_ne(kept[0], kept[2], sizeof *kept);
    ck_assert_mem_ne(kept[0], t->ids, sizeof *kept);
    examples_destroy(examples);
    free_block(t);
}
END_TEST

/* All orders of four words are alike, and ends of sentences stay. */
START_TEST(orders)
{
    enum { ROUNDS = 24000 };
    double seen[256] = {0}, shares[256] = {0};
    Random random;

    random_seed(&random, 1, 2, 3, STREAM_WINDOWS);
    for (size_t round = 0; round < ROUNDS; round++) {
        Id ids[] = {7 | SENTENCE_END, 0, 1, 2, 3 | SENTENCE_END, 8, 9 | SENTENCE_END};
        shuffle_sentences(ids, 7, 1, &random);
        ck_assert_uint_eq(ids[0], 7 | SENTENCE_END);
        ck_assert_uint_eq(ids[5] + (ids[6] & ~SENTENCE_END), 17);
        ck_assert(!((ids[1] | ids[2] | ids[3] | ids[5]) & SENTENCE_END) && ids[4] & ids[6] & SENTENCE_END);
        seen[ids[1] << 6 | ids[2] << 4 | ids[3] << 2 | (ids[4] & ~SENTENCE_END)]++;
    }
    for (size_t i = 0; i < 256; i++) {
        const unsigned words = 1U << (i & 3) | 1U << (i >> 2 & 3) | 1U << (i >> 4 & 3) | 1U << (i >> 6);
        shares[i] = words == 15 ? 1.0 / 24 : 0;
    }
    ck_assert(goodness_of_fit_p(seen, shares, 256, ROUNDS) > P_VALUE);
}
END_TEST

static void add_each(Suite *suite, const char *name, const TTest *test)
{
    TCase *tcase = tcase_create(name);
    tcase_set_timeout(tcase, HANGS_AFTER);
    tcase_add_loop_test(tcase, test, 0, LAYOUTS);
    suite_add_tcase(suite, tcase);
}

int main(void)
{
    Suite *suite = suite_create("whole lines");
    add_each(suite, "pairs at all distances", pairs_at_all_distances);
    add_each(suite, "short lines", short_lines_have_all_pairs);
    add_test(suite, "epochs", epochs_draw_anew);
    add_test(suite, "orders", orders);
    return run_suite(suite);
}
