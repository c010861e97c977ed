/* The streams of random numbers that examples are made with: named by (seed, epoch, block), whoever makes them. */
#include <string.h>

#include "example_checks.h"
#include "test.h"

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

/* All members of an example. */
static void add_example(bytes *b, const Example *e, const Layout *layout)
{
    const size_t sizes[4] = {e->rows, e->outputs, e->negatives, e->positives};

    add_bytes(b, sizes, sizeof sizes);
    add_bytes(b, e->inputs, e->rows * sizeof *e->inputs);
    add_bytes(b, e->output_ids, e->outputs * sizeof *e->output_ids);
    if (e->mask)
        add_bytes(b, e->mask, e->rows * e->negatives);
    if (layout != &layout_all_words)
        add_bytes(b, e->multiplicity, e->negatives * sizeof *e->multiplicity);
    add_bytes(b, e->first, (e->rows + 1) * sizeof *e->first);
    add_bytes(b, e->row, e->positives * sizeof *e->row);
    add_bytes(b, e->positive, e->positives * sizeof *e->positive);
    add_bytes(b, &e->done, sizeof e->done);
    add_bytes(b, &e->is_weighted, sizeof e->is_weighted);
    if (e->output_of_column)
        add_bytes(b, e->output_of_column, e->negatives * sizeof *e->output_of_column);
    if (e->column_of_positive)
        add_bytes(b, e->column_of_positive, e->positives * sizeof *e->column_of_positive);
    if (layout == &layout_windows) {
        add_bytes(b, &e->overlap, sizeof e->overlap);
        add_bytes(b, e->members, e->rows * sizeof *e->members);
    }
}

/* The whole stream of a block; each example is also read after the next one is made, when it must still be the same. */
static bytes stream(Examples *examples, const block_text *t, size_t epoch, size_t index)
{
    const Layout *layout = examples->options.layout;
    const Example *e, *next;
    bytes all = {0};

    start_block(examples, t, epoch, index);
    e = examples_next(examples);
    while (e) {
        const size_t from = all.count;
        bytes late = {0};
        add_example(&all, e, layout);
        next = examples_next(examples);
        add_example(&late, e, layout);
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

static void check_names(const Layout *layout, const block_text *t)
{
    static const size_t names[4][2] = {{1, 3}, {2, 3}, {1, 4}, {3, 1}};
    ExamplesOptions options = examples_options_for(t, layout, 5, 7, 5);
    Examples *one = create_examples(&options), *other = create_examples(&options), *another;
    bytes first = stream(one, t, 1, 3);

    options.seed = 2;
    another = create_examples(&options);
    ck_assert_uint_gt(first.count, 1000);
    for (size_t k = 0; k < 5; k++) {
        bytes again;
        start_block(other, t, 7, k); /* other work, left half done */
        for (size_t n = 0; n < 3 * k + 5; n++)
            (void)examples_next(other);
        again = stream(k < 4 ? other : another, t, names[k % 4][0], names[k % 4][1]);
        require(same(&again, &first) == (k == 0), "%s: stream %zu is %s", layout->name, k,
                k ? "that of another name" : "not the same");
        free(again.data);
    }
    free(first.data);
    examples_destroy(one);
    examples_destroy(other);
    examples_destroy(another);
}

/* The examples of a block are named by (seed, epoch, block): whoever makes them, after whatever other work. */
START_TEST(streams_have_names)
{
    for (size_t s = 0; s < LAYOUTS; s++)
        for (int repeats = 0; repeats < 2; repeats++) {
            block_text *t = make_block(1500, 1, 30, repeats ? 50 : 0, repeats ? 0.005 : 3e-4);

            check_names(all_layouts[s], t);
            free_block(t);
        }
}
END_TEST

/* The noise words of all examples of a block. */
static bytes noise_words(const ExamplesOptions *options, const block_text *t, size_t epoch, size_t index)
{
    Examples *examples = create_examples(options);
    const Example *e;
    bytes all = {0};

    start_block(examples, t, epoch, index);
    while ((e = examples_next(examples)) != NULL)
        add_bytes(&all, e->output_ids, e->negatives * sizeof *e->output_ids);
    examples_destroy(examples);
    ck_assert_uint_gt(all.count, 1000);
    return all;
}

/* Each of the two streams has the whole name: the noise words by themselves, ... */
START_TEST(noise_differs_between_epochs_and_blocks)
{
    for (size_t s = 0; s < LAYOUTS; s++) {
        block_text *t = make_block(1500, 5, 30, 0, 0);
        ExamplesOptions options = examples_options_for(t, all_layouts[s], 3, 7, 5);
        bytes first, epoch, block, seed;

        if (!all_layouts[s]->draws_noise) {
            free_block(t);
            continue;
        }
        first = noise_words(&options, t, 1, 3);
        epoch = noise_words(&options, t, 2, 3);
        block = noise_words(&options, t, 1, 4);
        options.seed = 2;
        seed = noise_words(&options, t, 1, 3);
        require(!same(&first, &epoch), "%s: the noise of two epochs is the same", all_layouts[s]->name);
        require(!same(&first, &block), "%s: the noise of two blocks is the same", all_layouts[s]->name);
        require(!same(&first, &seed), "%s: the noise of two seeds is the same", all_layouts[s]->name);
        free(first.data);
        free(epoch.data);
        free(block.data);
        free(seed.data);
        free_block(t);
    }
}
END_TEST

/* ... and the pairs by themselves. */
START_TEST(windows_differ_between_epochs_and_blocks)
{
    for (size_t s = 0; s < LAYOUTS; s++) {
        static const size_t names[3][2] = {{1, 3}, {2, 3}, {1, 4}};
        block_text *t = make_block(900, 5, 30, 0, 0);
        const ExamplesOptions options = examples_options_for(t, all_layouts[s], 5, 7, 5);
        pair_list lists[3] = {{0}};

        for (size_t k = 0; k < 3; k++) {
            Examples *examples = create_examples(&options);
            const Example *e;
            start_block(examples, t, names[k][0], names[k][1]);
            while ((e = examples_next(examples)) != NULL)
                add_pairs(&lists[k], e, options.layout);
            examples_destroy(examples);
            ck_assert_uint_gt(lists[k].count, 1000);
            require(!k || lists[k].count != lists[0].count ||
                        memcmp(lists[k].pairs, lists[0].pairs, lists[0].count * sizeof *lists[0].pairs) != 0,
                    "%s: the windows of two %s are the same", options.layout->name, k == 1 ? "epochs" : "blocks");
        }
        for (size_t k = 0; k < 3; k++)
            free(lists[k].pairs);
        free_block(t);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("streams");
    add_test(suite, "streams have names", streams_have_names);
    add_test(suite, "noise differs between epochs and blocks", noise_differs_between_epochs_and_blocks);
    add_test(suite, "windows differ between epochs and blocks", windows_differ_between_epochs_and_blocks);
    return run_suite(suite);
}
