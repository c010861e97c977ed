/* example_checks.h - what the tests of layouts share: texts in which an example shows where it was taken from, and the
 * checks that hold for every example. */
#ifndef N2V_TESTS_EXAMPLE_CHECKS_H
#define N2V_TESTS_EXAMPLE_CHECKS_H

#include "train/examples.h"

enum { MAX_WINDOW = 40, LAYOUTS = 4 };

extern const Layout *const all_layouts[LAYOUTS];

/* A block, and what examples are made with. */
typedef struct block_text {
    Id ids[BLOCK_IDS];
    uint32_t sentence[BLOCK_IDS]; /* of each position */
    size_t count, sentences, words;
    Noise *noise;
    Subsample *subsample;
} block_text;

/* Sentences of random lengths from min to max; words: 0 for one a position. */
block_text *make_block(size_t count, size_t min, size_t max, size_t words, double threshold);

/* Sentences of these lengths, a word for each position. */
block_text *make_sentences(const size_t *lengths, size_t sentences);
void free_block(block_text *text);

ExamplesOptions examples_options_for(const block_text *text, const Layout *layout, size_t window, size_t noise,
                                     size_t sharing);
Examples *create_examples(const ExamplesOptions *options);
void start_block(Examples *examples, const block_text *text, size_t epoch, size_t index);

/* Which output column j is. */
uint32_t column_output(const Example *example, size_t j);

/* What holds for every example. */
void check_example(const Example *example, const ExamplesOptions *options);

typedef struct word_pair {
    Id center, context; /* the word with the window, and one in it */
} word_pair;

/* All of them, of all examples, in order. */
typedef struct pair_list {
    word_pair *pairs;
    size_t count, room;
} pair_list;

/* Appends the pairs of an example. */
void add_pairs(pair_list *list, const Example *example, const Layout *layout);

/* All pairs of a block, its examples checked. Free .pairs. */
pair_list collect_pairs(const block_text *text, const ExamplesOptions *options);

/* Checks that the contexts of each position are exactly those within some reach of 1..window among the words that were
 * kept of its unit (a sentence, or a piece of one), each once. Counts the reaches that are known. Sets which positions
 * were kept. */
void check_windows(const pair_list *list, const uint32_t *unit, size_t count, size_t window, double *reaches,
                   bool *kept, const char *what);

#endif
