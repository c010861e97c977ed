/* Windows in every layout: which pairs a text has, and the examples of the layouts windows and inputs. In most texts
 * here each position has a word of its own, so that an example shows where it was taken from. */
#include <math.h>
#include <stdio.h>

#include "example_checks.h"
#include "statistics.h"
#include "test.h"

/* The probability of a reach. */
static double share_of_reach(WindowWeights weights, size_t window, size_t reach)
{
    return window_weight(weights, window, reach) - (reach < window ? window_weight(weights, window, reach + 1) : 0);
}

static void check_reaches(const double *reaches, WindowWeights weights, size_t window, bool enough, const char *what)
{
    double shares[MAX_WINDOW], known = 0;

    for (size_t r = 0; r < window; r++) {
        known += reaches[r];
        shares[r] = share_of_reach(weights, window, r + 1);
    }
    require(known > 500 || !enough, "%s: %g reaches", what, known);
    if (weights == WINDOW_FLAT)
        require(known == reaches[window - 1], "%s: a window is narrower", what);
    else
        require(goodness_of_fit_p(reaches, shares, window, known) > P_VALUE, "%s: reaches are others", what);
}

/* Every word has a window but those that are alone in their sentence. */
static void check_kept(const block_text *t, const bool *kept, const char *what)
{
    for (size_t i = 0; i < t->count; i++) {
        const bool alone = (i == 0 || t->sentence[i - 1] != t->sentence[i]) &&
                           (i + 1 == t->count || t->sentence[i + 1] != t->sentence[i]);
        require(kept[i] == !alone, "%s: word %zu has %s window", what, i, kept[i] ? "a" : "no");
    }
}

static void check_windows_of(const Layout *layout, WindowWeights weights, size_t max_length, size_t window,
                             size_t sharing)
{
    const size_t count = layout == &layout_all_words ? 1000 : BLOCK_IDS;
    block_text *t = make_block(count, 1, max_length, 0, 0);
    /* so few pairs a batch that no line is cut: test_batches.c has that */
    ExamplesOptions options = examples_options_for(t, layout, window, max_length > 60 ? 1 : 7, sharing);
    pair_list list;
    double reaches[MAX_WINDOW] = {0};
    bool kept[BLOCK_IDS];
    char what[64];

    if (layout == &layout_batches)
        ck_assert_uint_ge(t->sentences, 2 * (options.num_noise + 1));
    options.weights = weights;
    list = collect_pairs(t, &options);
    (void)snprintf(what, sizeof what, "%s, sentences to %zu, window %zu, weights %d", layout->name, max_length, window,
                   (int)weights);
    check_windows(&list, t->sentence, t->count, window, reaches, kept, what);
    check_kept(t, kept, what);
    check_reaches(reaches, weights, window, max_length > 2 * window, what);
    free(list.pairs);
    free_block(t);
}

/* Windows are exactly the words within a reach, never over the end of a sentence; every word has one; reaches are
 * uniform. */
START_TEST(windows)
{
    static const size_t max_lengths[] = {1, 2, 12, 60, 2000}, widths[] = {1, 4, 7, 10, MAX_WINDOW};

    for (size_t s = 0; s < LAYOUTS; s++)
        for (size_t l = 0; l < sizeof max_lengths / sizeof *max_lengths; l++)
            for (size_t v = 0; v < sizeof widths / sizeof *widths; v++)
                check_windows_of(all_layouts[s], WINDOW_SHRINK, max_lengths[l], widths[v], v ? 4 : MAX_WINDOWS);
}
END_TEST

/* A context at distance d is in w(d) of the windows. */
START_TEST(weights_by_distance)
{
    for (size_t s = 0; s < LAYOUTS; s++)
        for (size_t window = 1; window <= MAX_WINDOW; window += 13) {
            check_windows_of(all_layouts[s], WINDOW_FLAT, 200, window, 4);
            check_windows_of(all_layouts[s], WINDOW_HARMONIC, 200, window, 4);
        }
    for (WindowWeights weights = WINDOW_SHRINK; weights <= WINDOW_HARMONIC; weights++)
        for (size_t window = 1; window <= MAX_WINDOW; window++) {
            double sum = 0;
            ck_assert_double_eq(window_weight(weights, window, 1), 1);
            for (size_t d = 1; d <= window; d++) {
                sum += window_weight(weights, window, d);
                ck_assert_double_eq_tol(window_side(weights, window, d), sum, 1e-12 * sum);
            }
        }
}
END_TEST

/* Words are discarded before there are windows: what is left closes up. The same ones, whatever the layout. */
START_TEST(windows_close_up)
{
    bool kept[LAYOUTS][BLOCK_IDS];

    for (size_t s = 0; s < LAYOUTS; s++) {
        block_text *t = make_block(2000, 1, 40, 0, 5e-5); /* each word with probability 0.42 */
        const ExamplesOptions options = examples_options_for(t, all_layouts[s], 4, 7, 4);
        const pair_list list = collect_pairs(t, &options);
        double reaches[MAX_WINDOW] = {0};
        size_t left = 0;

        check_windows(&list, t->sentence, t->count, 4, reaches, kept[s], all_layouts[s]->name);
        for (size_t i = 0; i < t->count; i++)
            left += kept[s][i];
        ck_assert_uint_gt(left, 600);
        ck_assert_uint_lt(left, 1000);
        ck_assert_mem_eq(kept[s], kept[0], t->count * sizeof **kept);
        free(list.pairs);
        free_block(t);
    }
}
END_TEST

/* The center words of an example. */
static size_t centers_of(const Example *e, Id *centers, size_t room)
{
    size_t count = 0;

    for (size_t p = 0; p < e->positives; p++) {
        const Id center = e->output_ids[e->positive[p]];
        bool known = false;
        for (size_t w = 0; w < count; w++)
            known |= centers[w] == center;
        if (!known) {
            ck_assert_uint_lt(count, room);
            centers[count++] = center;
        }
    }
    return count;
}

/* Windows in the order of the text, each in one example. */
START_TEST(window_examples)
{
    block_text *t = make_block(3000, 1, 20, 0, 0);
    const ExamplesOptions options = examples_options_for(t, &layout_windows, 5, 5, 3);
    Examples *examples = create_examples(&options);
    size_t short_ones = 0;
    int64_t last = -1;
    const Example *e;

    start_block(examples, t, 0, 0);
    while ((e = examples_next(examples)) != NULL) {
        Id centers[3] = {0};
        const size_t count = centers_of(e, centers, 3);
        for (size_t w = 0; w < count; w++)
            ck_assert_int_gt((int64_t)centers[w], last);
        for (size_t w = 0; w < count; w++)
            last = (int64_t)centers[w] > last ? (int64_t)centers[w] : last;
        short_ones += count < 3;
    }
    ck_assert_uint_le(short_ones, 1); /* the last */
    examples_destroy(examples);
    free_block(t);
}
END_TEST

/* A noise word that is a center word shares its output. */
START_TEST(noise_words_that_are_center_words)
{
    block_text *few = make_block(3000, 2, 20, 5, 0);
    const ExamplesOptions options = examples_options_for(few, &layout_windows, 5, 10, 1);
    Examples *examples = create_examples(&options);
    size_t shared = 0, repeated = 0, count = 0;
    const Example *e;

    start_block(examples, few, 0, 0);
    while ((e = examples_next(examples)) != NULL) {
        check_example(e, &options);
        for (size_t j = 0; j < e->negatives; j++)
            shared += e->positive[0] == j;
        repeated += e->is_weighted;
        count++;
    }
    ck_assert_uint_eq(count, 3000);
    ck_assert_uint_eq(repeated, 3000);   /* ten draws of five words */
    ck_assert_uint_gt(shared, 3000 / 2); /* the center word is missed by 0.8^10 */
    ck_assert_uint_lt(shared, 3000);
    examples_destroy(examples);
    free_block(few);
}
END_TEST

/* Words that have a neighbor in their sentence. */
static size_t words_with_window(const block_text *t)
{
    size_t count = 0;

    for (size_t i = 0; i < t->count; i++)
        count += (i > 0 && t->sentence[i - 1] == t->sentence[i]) ||
                 (i + 1 < t->count && t->sentence[i + 1] == t->sentence[i]);
    return count;
}

static void check_inputs(size_t sharing)
{
    block_text *t = make_block(3000, 1, 20, 0, 0);
    const ExamplesOptions options = examples_options_for(t, &layout_inputs, 3, 20, sharing);
    Examples *examples = create_examples(&options);
    size_t over_ends = 0, rows = 0;
    int64_t last = -1;
    bool short_one = false;
    const Example *e;

    start_block(examples, t, 0, 0);
    while ((e = examples_next(examples)) != NULL) {
        check_example(e, &options);
        ck_assert(!short_one); /* only the last */
        short_one = e->rows < sharing;
        for (size_t i = 0; i < e->rows; i++) {
            require((int64_t)e->inputs[i] > last, "input %u after %d", e->inputs[i], (int)last);
            last = e->inputs[i];
            over_ends += i > 0 && t->sentence[e->inputs[i]] != t->sentence[e->inputs[i - 1]];
        }
        rows += e->rows;
    }
    ck_assert_uint_eq(rows, words_with_window(t));
    ck_assert(sharing == 1 ? over_ends == 0 : over_ends > 100);
    examples_destroy(examples);
    free_block(t);
}

/* Tiles take `sharing` inputs each, over the ends of sentences, in the order of the text. */
START_TEST(input_examples)
{
    static const size_t sharings[] = {1, 2, 7, 64};

    for (size_t k = 0; k < sizeof sharings / sizeof *sharings; k++)
        check_inputs(sharings[k]);
}
END_TEST

/* The first position that an example of windows or inputs is made of. */
static size_t first_position(const Example *e, const Layout *layout)
{
    size_t first = SIZE_MAX;

    for (size_t i = 0; i < e->rows && layout == &layout_inputs; i++)
        first = e->inputs[i] < first ? e->inputs[i] : first;
    for (size_t p = 0; p < e->positives && layout != &layout_inputs; p++) {
        const size_t center = e->output_ids[e->positive[p]];
        first = center < first ? center : first;
    }
    return first;
}

/* Few noise words, which are compared with each other, and many, which go through a table; most come again. */
START_TEST(noise_words_that_count_a_part)
{
    static const size_t draws[] = {10, 60};
    block_text *t = make_block(900, 2, 20, 0, 0);

    for (size_t i = 0; i < 2; i++) {
        ExamplesOptions options = examples_options_for(t, &layout_inputs, 3, draws[i], 2);
        options.noise_weight = 0.2F;
        free(collect_pairs(t, &options).pairs);
    }
    free_block(t);
}
END_TEST

/* done is the share of the block's words that come before the example. In batches it is another: test_batches.c. */
static void check_done(const Layout *layout, size_t sharing)
{
    block_text *t = make_block(900, 2, 20, 0, 0); /* each word has a window, but perhaps the last */
    const ExamplesOptions options = examples_options_for(t, layout, 3, 5, sharing);
    Examples *examples = create_examples(&options);
    size_t count = 0;
    const Example *e;

    start_block(examples, t, 0, 0);
    while ((e = examples_next(examples)) != NULL) {
        const double wanted = (double)first_position(e, layout) / (double)t->count;
        require(fabs(e->done - wanted) < 2.0 / (double)t->count, "%s: done is %g at %g of the block", layout->name,
                e->done, wanted);
        count++;
    }
    ck_assert_uint_ge(count, t->count / sharing);
    examples_destroy(examples);
    free_block(t);
}

START_TEST(done_follows_the_text)
{
    for (size_t sharing = 1; sharing <= 7; sharing += 3) {
        check_done(&layout_windows, sharing);
        check_done(&layout_inputs, sharing);
    }
    check_done(&layout_all_words, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("windows");
    add_test(suite, "windows", windows);
    add_test(suite, "weights by distance", weights_by_distance);
    add_test(suite, "windows close up", windows_close_up);
    add_test(suite, "window examples", window_examples);
    add_test(suite, "noise words that are center words", noise_words_that_are_center_words);
    add_test(suite, "noise words that count a part", noise_words_that_count_a_part);
    add_test(suite, "input examples", input_examples);
    add_test(suite, "done follows the text", done_follows_the_text);
    return run_suite(suite);
}
