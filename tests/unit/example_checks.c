#include "example_checks.h"

#include <math.h>
#include <string.h>

#include "base/random.h"
#include "test.h"

const Layout *const all_layouts[LAYOUTS] = {&layout_windows, &layout_inputs, &layout_batches, &layout_all_words};

/* Texts ----------------------------------------------------------------------------------- */

static void create_distributions(block_text *t, double threshold)
{
    uint64_t *counts = calloc(t->words, sizeof *counts);

    ck_assert_ptr_nonnull(counts);
    for (size_t i = 0; i < t->count; i++)
        counts[t->ids[i] & ~SENTENCE_END]++;
    ck_assert_int_eq(noise_create(&t->noise, counts, t->words, 0.75, NULL), N2V_OK);
    ck_assert_int_eq(subsample_create(&t->subsample, counts, t->words, threshold, NULL), N2V_OK);
    free(counts);
}

block_text *make_block(size_t count, size_t min, size_t max, size_t words, double threshold)
{
    block_text *t = calloc(1, sizeof *t);
    Random random;

    ck_assert_ptr_nonnull(t);
    ck_assert_uint_le(count, BLOCK_IDS);
    random_seed(&random, 77, count, max, words);
    t->words = words ? words : count;
    while (t->count < count) {
        size_t length = min + random_below(&random, (uint32_t)(max - min + 1));
        if (length > count - t->count)
            length = count - t->count;
        for (size_t k = 0; k < length; k++, t->count++) {
            t->ids[t->count] = words ? random_below(&random, (uint32_t)words) : (Id)t->count;
            t->sentence[t->count] = (uint32_t)t->sentences;
        }
        t->ids[t->count - 1] |= SENTENCE_END;
        t->sentences++;
    }
    create_distributions(t, threshold);
    return t;
}

block_text *make_sentences(const size_t *lengths, size_t sentences)
{
    block_text *t = calloc(1, sizeof *t);

    ck_assert_ptr_nonnull(t);
    for (size_t s = 0; s < sentences; s++, t->sentences++) {
        ck_assert_uint_le(t->count + lengths[s], BLOCK_IDS);
        for (size_t k = 0; k < lengths[s]; k++, t->count++) {
            t->ids[t->count] = (Id)t->count;
            t->sentence[t->count] = (uint32_t)s;
        }
        t->ids[t->count - 1] |= SENTENCE_END;
    }
    t->words = t->count;
    create_distributions(t, 0);
    return t;
}

void free_block(block_text *t)
{
    noise_destroy(t->noise);
    subsample_destroy(t->subsample);
    free(t);
}

ExamplesOptions examples_options_for(const block_text *t, const Layout *layout, size_t window, size_t noise,
                                     size_t sharing)
{
    return (ExamplesOptions){.layout = layout,
                             .noise = t->noise,
                             .subsample = t->subsample,
                             .words = t->words,
                             .window = window,
                             .num_noise = noise,
                             .noise_weight = 1,
                             .sharing = sharing,
                             .seed = 1};
}

Examples *create_examples(const ExamplesOptions *options)
{
    Examples *examples = NULL;

    ck_assert_int_eq(examples_create(&examples, options, NULL), N2V_OK);
    return examples;
}

void start_block(Examples *examples, const block_text *t, size_t epoch, size_t index)
{
    examples_start(examples, &(Block){.ids = t->ids, .count = t->count}, epoch, index);
}

/* What holds for every example -------------------------------------------------------------- */

uint32_t column_output(const Example *e, size_t j)
{
    return e->output_of_column ? e->output_of_column[j] : (uint32_t)j;
}

static void check_noise(const Example *e, const ExamplesOptions *options)
{
    const bool batch = options->layout == &layout_batches;
    const float weight = options->noise_weight;
    float draws = 0;
    bool is_weighted = false;

    for (size_t j = 0; j < e->negatives; j++) {
        const uint32_t output = column_output(e, j);
        require(output < e->outputs, "negative %zu is output %u of %zu", j, output, e->outputs);
        require(e->multiplicity[j] >= weight, "multiplicity %g", (double)e->multiplicity[j]);
        draws += e->multiplicity[j];
        is_weighted |= e->multiplicity[j] != 1;
        for (size_t l = 0; l < j; l++) {
            const uint32_t other = column_output(e, l);
            require((e->output_ids[output] == e->output_ids[other]) == (output == other), "an output appears twice");
            require(output != other || batch, "a noise word appears twice");
        }
    }
    require(is_weighted <= e->is_weighted, "a multiplicity is not 1, and not used");
    if (batch)
        require(draws == (float)e->rows, "%g columns of %zu pairs", (double)draws, e->rows);
    else
        require(fabsf(draws - (float)options->num_noise * weight) < 1e-4F, "%g noise words of %zu that count %g",
                (double)draws, options->num_noise, (double)weight);
}

/* In a batch row i's positive is column i; another column of the same word is masked only for classes. */
static bool is_masked(const Example *e, const ExamplesOptions *options, size_t i, size_t j)
{
    if (options->layout == &layout_batches)
        return i == j || (options->mask_same_word && column_output(e, j) == e->positive[i]);
    return j == e->positive[i];
}

static void check_mask(const Example *e, const ExamplesOptions *options)
{
    for (size_t i = 0; i < e->rows; i++)
        for (size_t j = 0; j < e->negatives; j++)
            require(e->mask[i * e->negatives + j] == is_masked(e, options, i, j), "mask of row %zu, column %zu", i, j);
}

/* The bits of members mean the same as the positives, where no output is two things at once. */
static void check_members(const Example *e)
{
    bool noise = false;

    for (size_t p = 0; p < e->positives; p++)
        noise |= e->positive[p] < e->negatives;
    require(e->overlap || !noise, "a noise word is a center word");
    for (size_t i = 0; i < e->rows && !e->overlap; i++) {
        unsigned bits = 0;
        for (size_t p = e->first[i]; p < e->first[i + 1]; p++) {
            require(p == e->first[i] || e->positive[p] > e->positive[p - 1], "positive %zu is not in order", p);
            bits |= 1u << (e->positive[p] - e->negatives);
        }
        require(e->members[i] == bits, "row %zu is in windows %x, not %x", i, e->members[i], bits);
    }
}

static void check_windows_example(const Example *e, const ExamplesOptions *options)
{
    require(!e->output_of_column && !e->column_of_positive, "columns of windows");
    require(e->outputs <= e->negatives + options->sharing, "%zu outputs of %zu noise words", e->outputs, e->negatives);
    for (size_t j = 0; j < e->outputs; j++)
        for (size_t l = 0; l < j; l++)
            require(e->output_ids[j] != e->output_ids[l], "output %zu appears twice", j);
    for (size_t p = 0; p < e->positives; p++)
        require(e->positive[p] < e->outputs, "positive %u of %zu outputs", e->positive[p], e->outputs);
    check_members(e);
}

static void check_inputs_example(const Example *e)
{
    require(!e->output_of_column && !e->column_of_positive, "columns of inputs");
    require(e->outputs == e->negatives + e->positives, "%zu outputs", e->outputs);
    for (size_t p = 0; p < e->positives; p++)
        require(e->positive[p] == e->negatives + p, "positive %zu is output %u", p, e->positive[p]);
}

static void check_all_words_example(const Example *e, const ExamplesOptions *options)
{
    require(!e->output_of_column, "columns of all words");
    require(e->outputs == options->words && e->negatives == options->words && !e->is_weighted, "%zu outputs",
            e->outputs);
    for (size_t j = 0; j < e->outputs; j++)
        require(e->output_ids[j] == j, "output %zu is word %u", j, e->output_ids[j]);
    for (size_t i = 0; i < e->rows; i++)
        require(e->positive[i] == e->positive[0] && e->column_of_positive[i] == e->positive[i], "two center words");
    check_mask(e, options);
}

static void check_batch(const Example *e, const ExamplesOptions *options)
{
    require(e->outputs <= e->negatives && e->negatives == e->rows && e->positives == e->rows, "%zu outputs",
            e->outputs);
    for (size_t i = 0; i < e->rows; i++)
        require(e->column_of_positive[i] == i, "row %zu's positive is column %u", i, e->column_of_positive[i]);
    check_mask(e, options);
}

static void check_ranges(const Example *e, const ExamplesOptions *options)
{
    const ExampleSizes sizes = options->layout->sizes(options);

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
    require((e->mask != NULL) == options->layout->masks, "mask");
}

void check_example(const Example *e, const ExamplesOptions *options)
{
    check_ranges(e, options);
    if (options->layout != &layout_all_words)
        check_noise(e, options);
    if (options->layout == &layout_windows)
        check_windows_example(e, options);
    else if (options->layout == &layout_inputs)
        check_inputs_example(e);
    else if (options->layout == &layout_all_words)
        check_all_words_example(e, options);
    else
        check_batch(e, options);
}

/* The pairs of a block ---------------------------------------------------------------------- */

static void add_pair(pair_list *list, Id center, Id context)
{
    if (list->count == list->room) {
        list->room = list->room ? 2 * list->room : 4096;
        list->pairs = realloc(list->pairs, list->room * sizeof *list->pairs);
        ck_assert_ptr_nonnull(list->pairs);
    }
    list->pairs[list->count++] = (word_pair){center, context};
}

void add_pairs(pair_list *list, const Example *e, const Layout *layout)
{
    for (size_t i = 0; i < e->rows; i++)
        for (uint32_t p = e->first[i]; p < e->first[i + 1]; p++) {
            const Id output = e->output_ids[e->positive[p]];
            if (layout == &layout_inputs)
                add_pair(list, e->inputs[i], output);
            else
                add_pair(list, output, e->inputs[i]);
        }
}

pair_list collect_pairs(const block_text *t, const ExamplesOptions *options)
{
    Examples *examples = create_examples(options);
    const Example *e;
    pair_list list = {0};
    double done = 0;

    start_block(examples, t, 0, 0);
    while ((e = examples_next(examples)) != NULL) {
        check_example(e, options);
        require(e->done >= done, "done goes back from %g to %g", done, e->done);
        done = e->done;
        add_pairs(&list, e, options->layout);
    }
    ck_assert_ptr_null(examples_next(examples)); /* and stays at the end */
    examples_destroy(examples);
    return list;
}

/* Windows ----------------------------------------------------------------------------------- */

typedef bool seen_row[2 * MAX_WINDOW + 1]; /* contexts of a position by their distance */

/* Marks the contexts of each position; each is within the window, in the same unit, and there once. */
static void mark_contexts(const pair_list *list, const uint32_t *unit, const size_t *rank, size_t window,
                          const bool *kept, seen_row *seen, const char *what)
{
    for (size_t p = 0; p < list->count; p++) {
        const Id center = list->pairs[p].center, context = list->pairs[p].context;
        const ptrdiff_t distance = (ptrdiff_t)rank[context] - (ptrdiff_t)rank[center];

        require(unit[center] == unit[context], "%s: a window over the end: %u and %u", what, center, context);
        require(kept[context], "%s: context %u of %u has no window of its own", what, context, center);
        require(distance && distance >= -(ptrdiff_t)window && distance <= (ptrdiff_t)window,
                "%s: the distance of %u and %u is %td", what, center, context, distance);
        require(!seen[center][distance + MAX_WINDOW], "%s: %u and %u twice", what, center, context);
        seen[center][distance + MAX_WINDOW] = true;
    }
}

/* Checks that a position's contexts are those within some reach, and counts the reach where it is known. */
static void check_reach(const seen_row seen, size_t room_left, size_t room_right, size_t window, double *reaches,
                        size_t position, const char *what)
{
    size_t left = 0, right = 0, contexts = 0;
    bool possible = false;

    while (left < window && seen[MAX_WINDOW - left - 1])
        left++;
    while (right < window && seen[MAX_WINDOW + right + 1])
        right++;
    for (size_t d = 0; d <= 2 * MAX_WINDOW; d++)
        contexts += seen[d];
    for (size_t reach = 1; reach <= window; reach++)
        possible |=
            left == (reach < room_left ? reach : room_left) && right == (reach < room_right ? reach : room_right);
    require(possible && contexts == left + right,
            "%s: %zu contexts of word %zu: %zu of %zu on the left, %zu of %zu on the right", what, contexts, position,
            left, room_left, right, room_right);
    if (room_left >= window || room_right >= window)
        reaches[(room_left >= window ? left : right) - 1]++;
}

void check_windows(const pair_list *list, const uint32_t *unit, size_t count, size_t window, double *reaches,
                   bool *kept, const char *what)
{
    seen_row *seen = calloc(count, sizeof *seen);
    size_t *rank = calloc(count, sizeof *rank), from = 0, kept_count = 0;

    ck_assert(seen && rank && window <= MAX_WINDOW);
    memset(kept, 0, count * sizeof *kept);
    for (size_t p = 0; p < list->count; p++)
        kept[list->pairs[p].center] = true;
    for (size_t i = 0; i < count; i++) {
        rank[i] = kept_count;
        kept_count += kept[i];
    }
    mark_contexts(list, unit, rank, window, kept, seen, what);
    for (size_t i = 0; i < count; i++) {
        size_t room_right = 0;

        from = i == 0 || unit[i] != unit[i - 1] ? rank[i] : from;
        if (!kept[i])
            continue;
        for (size_t l = i + 1; l < count && unit[l] == unit[i]; l++)
            room_right += kept[l];
        check_reach(seen[i], rank[i] - from, room_right, window, reaches, i, what);
    }
    free(seen);
    free(rank);
}
