/* Training examples of every shape, by themselves. In most texts here each position has a word of its own, so that an
 * example tells from where it was taken. */
#include <stdio.h>
#include <string.h>

#include "base/random.h"
#include "statistics.h"
#include "test.h"
#include "train/examples.h"

enum { MOST_WINDOW = 40, SHAPES = 4 };

static const Shape shapes[SHAPES] = {SHAPE_WINDOWS, SHAPE_INPUTS, SHAPE_BATCH, SHAPE_ALL_WORDS};
static const char *const shape_names[SHAPES] = {"window", "inputs", "batch", "all words"};

/* A block, and what examples are made with. */
typedef struct text {
    Id ids[BLOCK_IDS];
    uint32_t sentence[BLOCK_IDS]; /* of each position */
    size_t count, sentences, words;
    Noise *noise;
    Subsample *subsample;
} text;

static void finish_text(text *t, double threshold)
{
    uint64_t *counts = calloc(t->words, sizeof *counts);

    ck_assert_ptr_nonnull(counts);
    for (size_t i = 0; i < t->count; i++)
        counts[t->ids[i] & ~SENTENCE_END]++;
    ck_assert_int_eq(noise_create(&t->noise, counts, t->words, 0.75, NULL), N2V_OK);
    ck_assert_int_eq(subsample_create(&t->subsample, counts, t->words, threshold, NULL), N2V_OK);
    free(counts);
}

/* Sentences of random lengths from least to most; words: 0 for one a position. */
static text *make_text(size_t count, size_t least, size_t most, size_t words, double threshold)
{
    text *t = calloc(1, sizeof *t);
    Random random;

    ck_assert_ptr_nonnull(t);
    ck_assert_uint_le(count, BLOCK_IDS);
    random_seed(&random, 77, count, most, words);
    t->words = words ? words : count;
    while (t->count < count) {
        size_t length = least + random_below(&random, (uint32_t)(most - least + 1));
        if (length > count - t->count)
            length = count - t->count;
        for (size_t k = 0; k < length; k++, t->count++) {
            t->ids[t->count] = words ? random_below(&random, (uint32_t)words) : (Id)t->count;
            t->sentence[t->count] = (uint32_t)t->sentences;
        }
        t->ids[t->count - 1] |= SENTENCE_END;
        t->sentences++;
    }
    finish_text(t, threshold);
    return t;
}

static void free_text(text *t)
{
    noise_destroy(t->noise);
    subsample_destroy(t->subsample);
    free(t);
}

static ExamplesOptions options_for(const text *t, Shape shape, size_t window, size_t noise, size_t sharing)
{
    return (ExamplesOptions){.noise = t->noise,
                             .subsample = t->subsample,
                             .shape = shape,
                             .words = t->words,
                             .window = window,
                             .num_noise = noise,
                             .sharing = sharing,
                             .seed = 1};
}

static Examples *create(const ExamplesOptions *options)
{
    Examples *examples = NULL;
    ck_assert_int_eq(examples_create(&examples, options, NULL), N2V_OK);
    return examples;
}

static void start(Examples *examples, const text *t, size_t epoch, size_t index)
{
    examples_start(examples, &(Block){.ids = t->ids, .count = t->count}, epoch, index);
}

/* ---- what holds for every example ---- */

/* Which output column j is. */
static uint32_t column_output(const Example *e, size_t j)
{
    return e->shape == SHAPE_BATCH ? e->positive[j] : (uint32_t)j;
}

static void check_noise(const Example *e, const ExamplesOptions *options)
{
    float draws = 0;
    bool repeated = false;

    for (size_t j = 0; j < e->negatives; j++) {
        const uint32_t output = column_output(e, j);
        require(output < e->outputs, "negative %zu is output %u of %zu", j, output, e->outputs);
        require(e->multiplicity[j] >= 1, "multiplicity %g", (double)e->multiplicity[j]);
        draws += e->multiplicity[j];
        repeated |= e->multiplicity[j] > 1;
        for (size_t l = 0; l < j; l++) {
            const uint32_t other = column_output(e, l);
            require((e->output_ids[output] == e->output_ids[other]) == (output == other), "an output stands twice");
            require(output != other || options->shape == SHAPE_BATCH, "a noise word stands twice");
        }
    }
    require(repeated == e->repeated, "repeated is %d", e->repeated);
    if (options->shape == SHAPE_BATCH)
        require(draws == (float)e->rows, "%g columns of %zu pairs", (double)draws, e->rows);
    else
        require(draws == (float)options->num_noise, "%g noise words of %zu", (double)draws, options->num_noise);
}

/* In a batch row i's positive is column i; another column of the same word is masked only for classes. */
static bool masked(const Example *e, const ExamplesOptions *options, size_t i, size_t j)
{
    if (e->shape == SHAPE_BATCH)
        return i == j || (options->other_classes && column_output(e, j) == e->positive[i]);
    return j == e->positive[i];
}

static void check_mask(const Example *e, const ExamplesOptions *options)
{
    for (size_t i = 0; i < e->rows; i++)
        for (size_t j = 0; j < e->negatives; j++)
            require(e->mask[i * e->negatives + j] == masked(e, options, i, j), "mask of row %zu, column %zu", i, j);
}

/* The bits of members say the same as the positives, where no output is two things at once. */
static void check_members(const Example *e)
{
    bool noise = false;

    for (size_t p = 0; p < e->positives; p++)
        noise |= e->positive[p] < e->negatives;
    require(e->overlap || !noise, "a noise word is a centre word");
    for (size_t i = 0; i < e->rows && !e->overlap; i++) {
        unsigned bits = 0;
        for (size_t p = e->first[i]; p < e->first[i + 1]; p++) {
            require(p == e->first[i] || e->positive[p] > e->positive[p - 1], "positive %zu is not in order", p);
            bits |= 1u << (e->positive[p] - e->negatives);
        }
        require(e->members[i] == bits, "row %zu is in windows %x, not %x", i, e->members[i], bits);
    }
}

static void check_example(const Example *e, const ExamplesOptions *options)
{
    const ExampleSizes sizes = examples_sizes(options);

    require(e->shape == options->shape, "shape %d", e->shape);
    require(e->rows >= 1 && e->rows <= sizes.rows && e->outputs <= sizes.outputs && e->negatives <= sizes.negatives &&
                e->positives <= sizes.positives,
            "%zu rows, %zu outputs, %zu negatives, %zu positives", e->rows, e->outputs, e->negatives, e->positives);
    require(e->done >= 0 && e->done < 1, "done %g", e->done);
    for (size_t i = 0; i < e->rows; i++)
        require(e->inputs[i] < options->words, "input %u", e->inputs[i]);
    for (size_t j = 0; j < e->outputs; j++)
        require(e->output_ids[j] < options->words, "output %u", e->output_ids[j]);
    require(e->first[0] == 0 && e->first[e->rows] == e->positives, "%u positives of %zu", e->first[e->rows],
            e->positives);
    for (size_t i = 0; i < e->rows; i++)
        require(e->first[i + 1] > e->first[i], "row %zu has no positive", i);
    for (size_t p = 0; p < e->positives; p++)
        require(e->first[e->row[p]] <= p && p < e->first[e->row[p] + 1], "positive %zu in row %u", p, e->row[p]);
    require((e->mask != NULL) == (e->shape == SHAPE_BATCH || e->shape == SHAPE_ALL_WORDS), "mask");
    if (e->shape != SHAPE_ALL_WORDS)
        check_noise(e, options);
    switch (e->shape) {
    case SHAPE_WINDOWS:
        require(e->outputs <= e->negatives + options->sharing, "%zu outputs of %zu noise words", e->outputs,
                e->negatives);
        for (size_t j = 0; j < e->outputs; j++)
            for (size_t l = 0; l < j; l++)
                require(e->output_ids[j] != e->output_ids[l], "output %zu stands twice", j);
        for (size_t p = 0; p < e->positives; p++)
            require(e->positive[p] < e->outputs, "positive %u of %zu outputs", e->positive[p], e->outputs);
        check_members(e);
        break;
    case SHAPE_INPUTS:
        require(e->outputs == e->negatives + e->positives, "%zu outputs", e->outputs);
        for (size_t p = 0; p < e->positives; p++)
            require(e->positive[p] == e->negatives + p, "positive %zu is output %u", p, e->positive[p]);
        break;
    case SHAPE_ALL_WORDS:
        require(e->outputs == options->words && e->negatives == options->words && !e->repeated, "%zu outputs",
                e->outputs);
        for (size_t j = 0; j < e->outputs; j++)
            require(e->output_ids[j] == j, "output %zu is word %u", j, e->output_ids[j]);
        for (size_t i = 1; i < e->rows; i++)
            require(e->positive[i] == e->positive[0], "two centre words");
        check_mask(e, options);
        break;
    case SHAPE_BATCH:
    default:
        require(e->outputs <= e->negatives && e->negatives == e->rows && e->positives == e->rows, "%zu outputs",
                e->outputs);
        check_mask(e, options);
    }
}

/* ---- the pairs of a block ---- */

typedef struct pair {
    Id center, context; /* the word with the window, and one in it */
} pair;

/* All of them, of all examples, in order. */
typedef struct pair_list {
    pair *pairs;
    size_t count, room;
} pair_list;

static void add_pair(pair_list *list, Id center, Id context)
{
    if (list->count == list->room) {
        list->room = list->room ? 2 * list->room : 4096;
        list->pairs = realloc(list->pairs, list->room * sizeof *list->pairs);
        ck_assert_ptr_nonnull(list->pairs);
    }
    list->pairs[list->count++] = (pair){center, context};
}

static void add_pairs(pair_list *list, const Example *e)
{
    for (size_t i = 0; i < e->rows; i++)
        for (uint32_t p = e->first[i]; p < e->first[i + 1]; p++) {
            const Id output = e->output_ids[e->positive[p]];
            if (e->shape == SHAPE_INPUTS)
                add_pair(list, e->inputs[i], output);
            else
                add_pair(list, output, e->inputs[i]);
        }
}

static pair_list collect(const text *t, const ExamplesOptions *options)
{
    Examples *examples = create(options);
    const Example *e;
    pair_list list = {0};
    double done = 0;

    start(examples, t, 0, 0);
    while ((e = examples_next(examples)) != NULL) {
        check_example(e, options);
        require(e->done >= done, "done goes back from %g to %g", done, e->done);
        done = e->done;
        add_pairs(&list, e);
    }
    ck_assert_ptr_null(examples_next(examples)); /* and stays at the end */
    examples_destroy(examples);
    return list;
}

/* Checks that the contexts of each position are exactly those within some reach of 1..window among the words
 * that were kept of its unit (a sentence, or a piece of one), each once; counts the reaches that are known. */
static void check_windows(const pair_list *list, const uint32_t *unit, size_t count, size_t window, double *reaches,
                          bool *kept, const char *what)
{
    bool(*seen)[2 * MOST_WINDOW + 1] = calloc(count, sizeof *seen);
    size_t *rank = calloc(count, sizeof *rank), from = 0, kept_count = 0;

    ck_assert(seen && rank && window <= MOST_WINDOW);
    memset(kept, 0, count * sizeof *kept);
    for (size_t p = 0; p < list->count; p++)
        kept[list->pairs[p].center] = true;
    for (size_t i = 0; i < count; i++) {
        rank[i] = kept_count;
        kept_count += kept[i];
    }
    for (size_t p = 0; p < list->count; p++) {
        const Id center = list->pairs[p].center, context = list->pairs[p].context;
        const ptrdiff_t distance = (ptrdiff_t)rank[context] - (ptrdiff_t)rank[center];

        require(unit[center] == unit[context], "%s: a window over the end: %u and %u", what, center, context);
        require(kept[context], "%s: context %u of %u has no window of its own", what, context, center);
        require(distance && distance >= -(ptrdiff_t)window && distance <= (ptrdiff_t)window,
                "%s: %u and %u are %td off", what, center, context, distance);
        require(!seen[center][distance + MOST_WINDOW], "%s: %u and %u twice", what, center, context);
        seen[center][distance + MOST_WINDOW] = true;
    }
    for (size_t i = 0; i < count; i++) {
        size_t room_left, room_right = 0, left = 0, right = 0, contexts = 0;
        bool possible = false;

        from = i == 0 || unit[i] != unit[i - 1] ? rank[i] : from;
        if (!kept[i])
            continue;
        room_left = rank[i] - from;
        for (size_t l = i + 1; l < count && unit[l] == unit[i]; l++)
            room_right += kept[l];
        while (left < window && seen[i][MOST_WINDOW - left - 1])
            left++;
        while (right < window && seen[i][MOST_WINDOW + right + 1])
            right++;
        for (size_t d = 0; d <= 2 * MOST_WINDOW; d++)
            contexts += seen[i][d];
        for (size_t reach = 1; reach <= window; reach++)
            possible |=
                left == (reach < room_left ? reach : room_left) && right == (reach < room_right ? reach : room_right);
        require(possible && contexts == left + right,
                "%s: %zu contexts of word %zu: %zu of %zu on the left, %zu of %zu on the right", what, contexts, i,
                left, room_left, right, room_right);
        if (room_left >= window || room_right >= window)
            reaches[(room_left >= window ? left : right) - 1]++;
    }
    free(seen);
    free(rank);
}

/* Windows are exactly the words within a reach, never over the end of a sentence; every word has one; reaches are
 * uniform. */
START_TEST(windows)
{
    static const size_t most_lengths[] = {1, 2, 12, 60, 2000}, widths[] = {1, 4, 7, 10, MOST_WINDOW};
    bool kept[BLOCK_IDS];

    for (size_t s = 0; s < SHAPES; s++)
        for (size_t l = 0; l < sizeof most_lengths / sizeof *most_lengths; l++)
            for (size_t v = 0; v < sizeof widths / sizeof *widths; v++) {
                const size_t window = widths[v], most = most_lengths[l],
                             count = shapes[s] == SHAPE_ALL_WORDS ? 1000 : BLOCK_IDS;
                text *t = make_text(count, 1, most, 0, 0);
                /* so few pairs a batch that no line is cut: that is another test's */
                const ExamplesOptions options =
                    options_for(t, shapes[s], window, most > 60 ? 1 : 7, v ? 4 : MOST_WINDOWS);
                const pair_list list = collect(t, &options);
                double reaches[MOST_WINDOW] = {0}, uniform[MOST_WINDOW], known = 0;
                char what[64];

                if (shapes[s] == SHAPE_BATCH)
                    ck_assert_uint_ge(t->sentences, 2 * (options.num_noise + 1));
                (void)snprintf(what, sizeof what, "%s, sentences to %zu, window %zu", shape_names[s], most, window);
                check_windows(&list, t->sentence, t->count, window, reaches, kept, what);
                for (size_t i = 0; i < t->count; i++) {
                    const bool alone = (i == 0 || t->sentence[i - 1] != t->sentence[i]) &&
                                       (i + 1 == t->count || t->sentence[i + 1] != t->sentence[i]);
                    require(kept[i] == !alone, "%s: word %zu has %s window", what, i, kept[i] ? "a" : "no");
                }
                for (size_t r = 0; r < window; r++) {
                    known += reaches[r];
                    uniform[r] = 1 / (double)window;
                }
                require(known > 500 || most <= 2 * window, "%s: %g reaches", what, known);
                require(goodness_of_fit_p(reaches, uniform, window, known) > P_VALUE, "%s: reaches are not uniform",
                        what);
                free(list.pairs);
                free_text(t);
            }
}
END_TEST

/* Words are discarded before there are windows: what is left closes up. The same ones, whatever the shape. */
START_TEST(windows_close_up)
{
    bool kept[SHAPES][BLOCK_IDS];

    for (size_t s = 0; s < SHAPES; s++) {
        text *t = make_text(2000, 1, 40, 0, 5e-5); /* each word with probability 0.42 */
        const ExamplesOptions options = options_for(t, shapes[s], 4, 7, 4);
        const pair_list list = collect(t, &options);
        double reaches[MOST_WINDOW] = {0};
        size_t left = 0;

        check_windows(&list, t->sentence, t->count, 4, reaches, kept[s], shape_names[s]);
        for (size_t i = 0; i < t->count; i++)
            left += kept[s][i];
        ck_assert_uint_gt(left, 600);
        ck_assert_uint_lt(left, 1000);
        ck_assert_mem_eq(kept[s], kept[0], t->count * sizeof **kept);
        free(list.pairs);
        free_text(t);
    }
}
END_TEST

/* Windows in the order of the text, each in one example; a noise word that is a centre word shares its output. */
START_TEST(window_examples)
{
    text *t = make_text(3000, 1, 20, 0, 0), *few = make_text(3000, 2, 20, 5, 0);
    const ExamplesOptions options = options_for(t, SHAPE_WINDOWS, 5, 5, 3);
    const ExamplesOptions crowded = options_for(few, SHAPE_WINDOWS, 5, 10, 1);
    Examples *examples = create(&options);
    size_t shared = 0, repeated = 0, count = 0, short_one = 0;
    int64_t last = -1;
    const Example *e;

    start(examples, t, 0, 0);
    while ((e = examples_next(examples)) != NULL) {
        Id centers[3] = {0};
        size_t known_centers = 0;
        for (size_t p = 0; p < e->positives; p++) {
            const Id center = e->output_ids[e->positive[p]];
            bool known = false;
            for (size_t w = 0; w < known_centers; w++)
                known |= centers[w] == center;
            if (!known) {
                ck_assert_uint_lt(known_centers, 3);
                centers[known_centers++] = center;
            }
        }
        for (size_t w = 0; w < known_centers; w++)
            ck_assert_int_gt((int64_t)centers[w], last);
        for (size_t w = 0; w < known_centers; w++)
            last = (int64_t)centers[w] > last ? (int64_t)centers[w] : last;
        short_one += known_centers < 3;
    }
    ck_assert_uint_le(short_one, 1); /* the last */
    examples_destroy(examples);
    examples = create(&crowded);
    start(examples, few, 0, 0);
    while ((e = examples_next(examples)) != NULL) {
        check_example(e, &crowded);
        for (size_t j = 0; j < e->negatives; j++)
            shared += e->positive[0] == j;
        repeated += e->repeated;
        count++;
    }
    ck_assert_uint_eq(count, 3000);
    ck_assert_uint_eq(repeated, 3000);   /* ten draws of five words */
    ck_assert_uint_gt(shared, 3000 / 2); /* the centre word is missed by 0.8^10 */
    ck_assert_uint_lt(shared, 3000);
    examples_destroy(examples);
    free_text(t);
    free_text(few);
}
END_TEST

/* Tiles take `sharing` inputs each, over the ends of sentences, in the order of the text. */
START_TEST(input_examples)
{
    static const size_t sharings[] = {1, 2, 7, 64};

    for (size_t k = 0; k < sizeof sharings / sizeof *sharings; k++) {
        text *t = make_text(3000, 1, 20, 0, 0);
        const ExamplesOptions options = options_for(t, SHAPE_INPUTS, 3, 20, sharings[k]);
        Examples *examples = create(&options);
        size_t over_ends = 0, rows = 0, with_window = 0;
        int64_t last = -1;
        bool short_one = false;
        const Example *e;

        for (size_t i = 0; i < t->count; i++)
            with_window += (i > 0 && t->sentence[i - 1] == t->sentence[i]) ||
                           (i + 1 < t->count && t->sentence[i + 1] == t->sentence[i]);
        start(examples, t, 0, 0);
        while ((e = examples_next(examples)) != NULL) {
            check_example(e, &options);
            ck_assert(!short_one); /* only the last */
            short_one = e->rows < sharings[k];
            for (size_t i = 0; i < e->rows; i++) {
                require((int64_t)e->inputs[i] > last, "input %u after %d", e->inputs[i], (int)last);
                last = e->inputs[i];
                over_ends += i > 0 && t->sentence[e->inputs[i]] != t->sentence[e->inputs[i - 1]];
            }
            rows += e->rows;
        }
        ck_assert_uint_eq(rows, with_window);
        ck_assert(sharings[k] == 1 ? over_ends == 0 : over_ends > 100);
        examples_destroy(examples);
        free_text(t);
    }
}
END_TEST

/* ---- batches ---- */

/* Walks through all batches: no two pairs of one from the same unit; returns the pairs. */
static pair_list check_batches(const text *t, const ExamplesOptions *options, const uint32_t *unit)
{
    Examples *examples = create(options);
    pair_list list = {0};
    const Example *e;
    size_t batches = 0;

    start(examples, t, 0, 0);
    while ((e = examples_next(examples)) != NULL) {
        check_example(e, options);
        for (size_t i = 0; i < e->rows; i++)
            for (size_t l = 0; l < i; l++)
                require(unit[e->inputs[i]] != unit[e->inputs[l]], "batch %zu: two pairs from unit %u", batches,
                        unit[e->inputs[i]]);
        add_pairs(&list, e);
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
        text *t = make_text(BLOCK_IDS, 1, 40, 0, 0);
        const ExamplesOptions options = options_for(t, SHAPE_BATCH, 5, noise[k], 1);
        pair_list list;

        ck_assert_uint_ge(t->sentences, 2 * (noise[k] + 1));
        list = check_batches(t, &options, t->sentence);
        ck_assert_uint_gt(list.count, 30000);
        free(list.pairs);
        free_text(t);
    }
}
END_TEST

/* Lines so few and long that batches would be of one line are cut into pieces of equal length, at most
 * a 2 (noise + 1)-th of the text, at least two windows; pieces then are what sentences were. */
static void check_pieces(size_t count, size_t least, size_t most, size_t window, size_t noise)
{
    text *t = make_text(count, least, most, 0, 0);
    const ExamplesOptions options = options_for(t, SHAPE_BATCH, window, noise, 1);
    uint32_t *unit = calloc(count, sizeof *unit), piece = 0;
    bool kept[BLOCK_IDS];
    double reaches[MOST_WINDOW] = {0};
    size_t longest = count / (2 * (noise + 1));
    pair_list list;

    ck_assert_ptr_nonnull(unit);
    ck_assert_uint_lt(t->sentences, 2 * (noise + 1));
    if (longest < 2 * window)
        longest = 2 * window;
    for (size_t from = 0, to; from < count; from = to) {
        size_t pieces;
        for (to = from; to < count && t->sentence[to] == t->sentence[from];)
            to++;
        pieces = (to - from + longest - 1) / longest;
        for (size_t k = 0; k < pieces; k++, piece++)
            for (size_t i = (to - from) * k / pieces; i < (to - from) * (k + 1) / pieces; i++)
                unit[from + i] = piece;
    }
    ck_assert_uint_gt(piece, t->sentences);
    list = check_batches(t, &options, unit);
    check_windows(&list, unit, count, window, reaches, kept, "pieces");
    for (size_t i = 0; i < count; i++)
        require(kept[i], "word %zu has no window", i);
    free(list.pairs);
    free(unit);
    free_text(t);
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
    text *t = make_text(4000, 2, 12, 30, 0);
    ExamplesOptions options = options_for(t, SHAPE_BATCH, 5, 31, 1);

    for (int classes = 0; classes < 2; classes++) {
        Examples *examples;
        const Example *e;
        size_t same = 0;

        options.other_classes = classes;
        examples = create(&options);
        start(examples, t, 0, 0);
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
    free_text(t);
}
END_TEST

/* ---- streams ---- */

typedef struct bytes {
    unsigned char *data;
    size_t count, room;
} bytes;

static void add_bytes(bytes *b, const void *data, size_t count)
{
    if (b->count + count > b->room) {
        b->room = 2 * (b->count + count);
        b->data = realloc(b->data, b->room);
        ck_assert_ptr_nonnull(b->data);
    }
    memcpy(b->data + b->count, data, count);
    b->count += count;
}

/* All that an example says. */
static void add_example(bytes *b, const Example *e)
{
    const size_t sizes[4] = {e->rows, e->outputs, e->negatives, e->positives};

    add_bytes(b, sizes, sizeof sizes);
    add_bytes(b, e->inputs, e->rows * sizeof *e->inputs);
    add_bytes(b, e->output_ids, e->outputs * sizeof *e->output_ids);
    if (e->mask)
        add_bytes(b, e->mask, e->rows * e->negatives);
    if (e->shape != SHAPE_ALL_WORDS)
        add_bytes(b, e->multiplicity, e->negatives * sizeof *e->multiplicity);
    add_bytes(b, e->first, (e->rows + 1) * sizeof *e->first);
    add_bytes(b, e->row, e->positives * sizeof *e->row);
    add_bytes(b, e->positive, e->positives * sizeof *e->positive);
    add_bytes(b, &e->done, sizeof e->done);
    add_bytes(b, &e->repeated, sizeof e->repeated);
    if (e->shape == SHAPE_WINDOWS) {
        add_bytes(b, &e->overlap, sizeof e->overlap);
        add_bytes(b, e->members, e->rows * sizeof *e->members);
    }
}

/* The whole stream of a block; each example is also read after the next one is made, when it must still stand. */
static bytes stream(Examples *examples, const text *t, size_t epoch, size_t index)
{
    const Example *e, *next;
    bytes all = {0};

    start(examples, t, epoch, index);
    e = examples_next(examples);
    while (e) {
        const size_t from = all.count;
        bytes late = {0};
        add_example(&all, e);
        next = examples_next(examples);
        add_example(&late, e);
        require(late.count == all.count - from && memcmp(late.data, all.data + from, late.count) == 0,
                "an example changes while the next one is made");
        free(late.data);
        e = next;
    }
    return all;
}

static bool same(const bytes *a, const bytes *b)
{
    return a->count == b->count && memcmp(a->data, b->data, a->count) == 0;
}

/* The examples of a block are named by (seed, epoch, block): whoever makes them, after whatever other work. */
START_TEST(streams_have_names)
{
    for (size_t s = 0; s < SHAPES; s++)
        for (int repeats = 0; repeats < 2; repeats++) {
            text *t = make_text(1500, 1, 30, repeats ? 50 : 0, repeats ? 0.005 : 3e-4);
            ExamplesOptions options = options_for(t, shapes[s], 5, 7, 5);
            Examples *one = create(&options), *other = create(&options), *another;
            const size_t names[4][2] = {{1, 3}, {2, 3}, {1, 4}, {3, 1}};
            bytes first = stream(one, t, 1, 3);

            options.seed = 2;
            another = create(&options);
            ck_assert_uint_gt(first.count, 1000);
            for (size_t k = 0; k < 5; k++) {
                bytes again;
                start(other, t, 7, k); /* other work, left half done */
                for (size_t n = 0; n < 3 * k + 5; n++)
                    (void)examples_next(other);
                again = stream(k < 4 ? other : another, t, names[k % 4][0], names[k % 4][1]);
                require(same(&again, &first) == (k == 0), "%s: stream %zu is %s", shape_names[s], k,
                        k ? "that of another name" : "not the same");
                free(again.data);
            }
            free(first.data);
            examples_destroy(one);
            examples_destroy(other);
            examples_destroy(another);
            free_text(t);
        }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("examples");
    add_test(suite, "windows", windows);
    add_test(suite, "windows close up", windows_close_up);
    add_test(suite, "window examples", window_examples);
    add_test(suite, "input examples", input_examples);
    add_test(suite, "batches mix sentences", batches_mix_sentences);
    add_test(suite, "long lines are cut", long_lines_are_cut);
    add_test(suite, "batches have a column a pair", batches_have_a_column_a_pair);
    add_test(suite, "streams have names", streams_have_names);
    return run_suite(suite);
}
