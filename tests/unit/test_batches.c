/* Batches: pairs from different sentences, each the others' negatives. Each position has a word of its own but where
 * that is said. */
#include <math.h>

#include "example_checks.h"
#include "test.h"

/* Walks through all batches: no two pairs of one from the same unit; returns the pairs. */
static pair_list check_batches(const block_text *t, const ExamplesOptions *options, const uint32_t *unit)
{
    Examples *examples = create_examples(options);
    pair_list list = {0};
    const Example *e;
    size_t batches = 0;

    start_block(examples, t, 0, 0);
    while ((e = examples_next(examples)) != NULL) {
        check_example(e, options);
        for (size_t i = 0; i < e->rows; i++)
            for (size_t l = 0; l < i; l++)
                require(unit[e->inputs[i]] != unit[e->inputs[l]], "batch %zu: two pairs from unit %u", batches,
                        unit[e->inputs[i]]);
        add_pairs(&list, e, options->layout);
        batches++;
    }
    examples_destroy(examples);
    ck_assert_uint_ge(batches * (options->num_noise + 1), list.count);
    return list;
}

START_TEST(batches_mix_sentences)
{
    static const size_t noise[] = {1, 15, 63};

    for (size_t k = 0; k < sizeof noise / sizeof *noise; k++) {
        block_text *t = make_block(BLOCK_IDS, 1, 40, 0, 0);
        const ExamplesOptions options = examples_options_for(t, &layout_batches, 5, noise[k], 1);
        pair_list list;

        ck_assert_uint_ge(t->sentences, 2 * (noise[k] + 1));
        list = check_batches(t, &options, t->sentence);
        ck_assert_uint_gt(list.count, 30000);
        free(list.pairs);
        free_block(t);
    }
}
END_TEST

/* A bag is the words around its center word, of one sentence; returns the sentence. */
static uint32_t check_bag(const block_text *t, const Example *e, size_t i, size_t window)
{
    const Id center = e->output_ids[e->positive[i]];
    const uint32_t from = e->bag[i], to = e->bag[i + 1];
    Id wanted = center - e->inputs[from] > window ? center + 1 : e->inputs[from]; /* none on its left: from the right */

    require(from < to, "no word around %u", center);
    for (uint32_t k = from; k < to; k++, wanted++) {
        wanted += wanted == center;
        ck_assert_uint_eq(e->inputs[k], wanted);
        ck_assert_uint_eq(t->sentence[wanted], t->sentence[center]);
    }
    require(wanted <= center + window + 1 && wanted >= center, "the bag of %u ends at %u", center, wanted);
    return t->sentence[center];
}

/* With bags a pair is a word and its window; each word that has one is the center word of one pair. */
START_TEST(batches_of_bags_mix_sentences)
{
    block_text *t = make_block(BLOCK_IDS, 1, 40, 0, 0);
    const ExamplesOptions options = examples_options_for(t, &layout_bag_batches, 5, 15, 1);
    Examples *examples = create_examples(&options);
    unsigned char *centers = calloc(BLOCK_IDS, 1);
    const Example *e;

    ck_assert_ptr_nonnull(centers);
    start_block(examples, t, 0, 0);
    while ((e = examples_next(examples)) != NULL) {
        uint32_t sentences[16];
        ck_assert_uint_le(e->rows, 16);
        ck_assert_uint_eq(e->positives, e->rows);
        for (size_t i = 0; i < e->rows; i++) {
            sentences[i] = check_bag(t, e, i, options.window);
            for (size_t l = 0; l < i; l++)
                ck_assert_uint_ne(sentences[i], sentences[l]);
            centers[e->output_ids[e->positive[i]]]++;
        }
    }
    for (size_t i = 0; i < t->count; i++) {
        const bool alone = (!i || t->sentence[i - 1] != t->sentence[i]) &&
                           (i + 1 == t->count || t->sentence[i + 1] != t->sentence[i]);
        ck_assert_uint_eq(centers[i], !alone);
    }
    free(centers);
    examples_destroy(examples);
    free_block(t);
}
END_TEST

/* The unit of each position when lines are cut into pieces; returns how many pieces there are. */
static uint32_t cut_pieces(const block_text *t, size_t longest, uint32_t *unit)
{
    uint32_t piece = 0;

    for (size_t from = 0, to; from < t->count; from = to) {
        size_t pieces;
        for (to = from; to < t->count && t->sentence[to] == t->sentence[from];)
            to++;
        pieces = (to - from + longest - 1) / longest;
        for (size_t k = 0; k < pieces; k++, piece++)
            for (size_t i = (to - from) * k / pieces; i < (to - from) * (k + 1) / pieces; i++)
                unit[from + i] = piece;
    }
    return piece;
}

/* Lines so few and long that batches would be of one line are cut into pieces of equal length, at most
 * a 2 (noise + 1)-th of the text, at least two windows; pieces then are what sentences were. */
static void check_pieces(size_t count, size_t min, size_t max, size_t window, size_t noise)
{
    block_text *t = make_block(count, min, max, 0, 0);
    const ExamplesOptions options = examples_options_for(t, &layout_batches, window, noise, 1);
    uint32_t *unit = calloc(count, sizeof *unit);
    bool kept[BLOCK_IDS];
    double reaches[MAX_WINDOW] = {0};
    size_t longest = count / (2 * (noise + 1));
    pair_list list;

    ck_assert_ptr_nonnull(unit);
    ck_assert_uint_lt(t->sentences, 2 * (noise + 1));
    if (longest < 2 * window)
        longest = 2 * window;
    ck_assert_uint_gt(cut_pieces(t, longest, unit), t->sentences);
    list = check_batches(t, &options, unit);
    check_windows(&list, unit, count, window, reaches, kept, "pieces");
    for (size_t i = 0; i < count; i++)
        require(kept[i], "word %zu has no window", i);
    free(list.pairs);
    free(unit);
    free_block(t);
}

START_TEST(long_lines_are_cut)
{
    check_pieces(BLOCK_IDS, BLOCK_IDS, BLOCK_IDS, 5, 15); /* one line */
    check_pieces(4001, 4001, 4001, 5, 15);
    check_pieces(100, 100, 100, 5, 15); /* ten pieces of two windows, six lanes empty */
    check_pieces(101, 101, 101, 10, 3);
    check_pieces(BLOCK_IDS, 400, 3000, 3, 31); /* some lines */
    check_pieces(5000, 100, 2000, 5, 63);
}
END_TEST

/* Every pair has a column of its own, also where pairs have the same word for their positive: what is
 * drawn from the text's distribution stays noise. With classes, those columns are masked. */
START_TEST(batches_have_a_column_a_pair)
{
    block_text *t = make_block(4000, 2, 12, 30, 0);
    ExamplesOptions options = examples_options_for(t, &layout_batches, 5, 31, 1);

    for (int classes = 0; classes < 2; classes++) {
        Examples *examples;
        const Example *e;
        size_t same = 0;

        options.mask_same_word = classes;
        examples = create_examples(&options);
        start_block(examples, t, 0, 0);
        while ((e = examples_next(examples)) != NULL) {
            check_example(e, &options);
            ck_assert_uint_eq(e->negatives, e->rows);
            for (size_t i = 0; i < e->rows; i++)
                for (size_t j = 0; j < e->rows; j++)
                    same += i != j && e->positive[i] == e->positive[j];
        }
        ck_assert_uint_gt(same, 500);
        examples_destroy(examples);
    }
    free_block(t);
}
END_TEST

/* Requires that sentences begin in order of falling lengths, and of equal lengths in the order of the text. done is
 * the share of sentences that have begun. */
static void check_order(const block_text *t, const size_t *lengths, size_t lanes)
{
    const ExamplesOptions options = examples_options_for(t, &layout_batches, 3, lanes - 1, 1);
    Examples *examples = create_examples(&options);
    bool *begun = calloc(t->sentences, sizeof *begun);
    size_t count = 0, last = 0;
    const Example *e;

    ck_assert_ptr_nonnull(begun);
    start_block(examples, t, 0, 0);
    while ((e = examples_next(examples)) != NULL) {
        for (size_t i = 0; i < e->rows; i++) {
            const size_t sentence = t->sentence[e->inputs[i]];
            if (begun[sentence])
                continue;
            require(!count || lengths[sentence] < lengths[last] ||
                        (lengths[sentence] == lengths[last] && sentence > last),
                    "sentence %zu of %zu words begins after sentence %zu of %zu", sentence, lengths[sentence], last,
                    lengths[last]);
            begun[sentence] = true;
            last = sentence;
            count++;
        }
        require(fabs(e->done - (double)count / (double)(t->sentences + 1)) < 1e-9, "done is %g with %zu of %zu begun",
                e->done, count, t->sentences);
    }
    ck_assert_uint_eq(count, t->sentences);
    free(begun);
    examples_destroy(examples);
}

START_TEST(longest_sentences_begin_first)
{
    enum { SENTENCES = 200 };
    size_t lengths[SENTENCES], equal[SENTENCES];
    block_text *t, *same;

    for (size_t s = 0; s < SENTENCES; s++) {
        lengths[s] = 2 + s * 7919 % 31;
        equal[s] = 9;
    }
    t = make_sentences(lengths, SENTENCES);
    same = make_sentences(equal, SENTENCES);
    check_order(t, lengths, 2);
    check_order(t, lengths, 16);
    check_order(same, equal, 16);
    free_block(t);
    free_block(same);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("batches");
    add_test(suite, "batches mix sentences", batches_mix_sentences);
    add_test(suite, "batches of bags mix sentences", batches_of_bags_mix_sentences);
    add_test(suite, "long lines are cut", long_lines_are_cut);
    add_test(suite, "batches have a column a pair", batches_have_a_column_a_pair);
    add_test(suite, "longest sentences begin first", longest_sentences_begin_first);
    return run_suite(suite);
}
