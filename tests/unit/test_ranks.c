/* Ranks exchange bytes, agree on failures, and make one vocabulary of their texts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "corpus/unite.h"
#include "test.h"
#include "thread_ranks.h"

/* Each test with these numbers of ranks. */
static void with_ranks(void (*work)(Ranks *ranks, void *context), void *context)
{
    for (size_t count = 1; count <= MAX_RANKS; count++) {
        thread_ranks group = new_ranks(count);
        in_ranks(&group, work, context);
        free_ranks(&group);
    }
}

static void add_words(Vocabulary *vocabulary, const char *text)
{
    while (*text) {
        const size_t bytes = strcspn(text, " ");
        ck_assert_int_eq(vocabulary_add(vocabulary, text, bytes, 1, NULL, NULL), N2V_OK);
        text += bytes + (text[bytes] == ' ');
    }
}

/* ---- exchanging ---- */

static void gather_numbers(Ranks *ranks, void *context)
{
    const uint64_t own = 100 + ranks->number;
    uint64_t all[MAX_RANKS] = {0}, sum = own, largest = 7 * own % 5, expected = 0, most = 0;
    size_t numbers[MAX_RANKS], received[MAX_RANKS];

    (void)context;
    ck_assert_int_eq(ranks_gather(ranks, &own, sizeof own, all, NULL), N2V_OK);
    for (size_t r = 0; r < ranks->count; r++) {
        ck_assert_uint_eq(all[r], 100 + r);
        expected += 100 + r;
        most = 7 * (100 + r) % 5 > most ? 7 * (100 + r) % 5 : most;
        numbers[r] = 10 * ranks->number + r;
    }
    ck_assert_int_eq(ranks_sum(ranks, &sum, NULL), N2V_OK);
    ck_assert_uint_eq(sum, expected);
    ck_assert_int_eq(ranks_largest(ranks, &largest, NULL), N2V_OK);
    ck_assert_uint_eq(largest, most);
    ck_assert_int_eq(ranks_exchange_numbers(ranks, numbers, received, NULL), N2V_OK);
    for (size_t r = 0; r < ranks->count; r++)
        ck_assert_uint_eq(received[r], 10 * r + ranks->number);
    ck_assert_uint_eq(ranks->sent, 4 * sizeof(uint64_t) * (ranks->count - 1)); /* to others alone */
}

/* Rank *context, or none, has another byte. */
static void compare_bytes(Ranks *ranks, void *context)
{
    const size_t different = *(const size_t *)context;
    const char own[3] = {'a', 'b', ranks->number == different ? 'd' : 'c'};
    size_t other;

    ck_assert_int_eq(ranks_compare(ranks, own, sizeof own, &other, NULL), N2V_OK);
    ck_assert_uint_eq(other, different < ranks->count ? different : ranks->count);
}

START_TEST(bytes_that_differ)
{
    for (size_t different = 1; different <= MAX_RANKS; different++)
        with_ranks(compare_bytes, &different);
}
END_TEST

/* Of words, their order and their counts. */
START_TEST(hashes_of_vocabularies)
{
    static const char *const others[] = {"a a b", "a b b", "b a a", "a a c", "a a", "a a b c"};
    Vocabulary *same = vocabulary_create();

    add_words(same, others[0]);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        Vocabulary *other = vocabulary_create();
        add_words(other, others[i]);
        require((unite_hash(other) == unite_hash(same)) == (i == 0), "%s", others[i]);
        vocabulary_destroy(other);
    }
    vocabulary_destroy(same);
}
END_TEST

START_TEST(numbers_of_all_ranks)
{
    uint64_t sum = 7, all = 0;

    with_ranks(gather_numbers, NULL);
    ck_assert_int_eq(ranks_sum(NULL, &sum, NULL), N2V_OK); /* who is alone */
    ck_assert_int_eq(ranks_gather(NULL, &sum, sizeof sum, &all, NULL), N2V_OK);
    ck_assert_uint_eq(all, 7);
}
END_TEST

/* Rank r has r * r bytes: rank 0 none. */
static void gather_sizes(Ranks *ranks, void *context)
{
    unsigned char own[MAX_RANKS * MAX_RANKS], *all;
    size_t sizes[MAX_RANKS], at = 0;

    (void)context;
    memset(own, (int)('a' + ranks->number), sizeof own);
    ck_assert_int_eq(ranks_gather_any(ranks, own, ranks->number * ranks->number, &all, sizes, NULL), N2V_OK);
    for (size_t r = 0; r < ranks->count; r++) {
        ck_assert_uint_eq(sizes[r], r * r);
        for (size_t i = 0; i < r * r; i++)
            ck_assert_uint_eq(all[at++], 'a' + r);
    }
    free(all);
    ck_assert_int_eq(ranks_gather_any(ranks, NULL, 0, &all, sizes, NULL), N2V_OK); /* nobody has any */
    for (size_t r = 0; r < ranks->count; r++)
        ck_assert_uint_eq(sizes[r], 0);
    free(all);
}

START_TEST(bytes_of_any_size)
{
    unsigned char *all;
    size_t size;

    with_ranks(gather_sizes, NULL);
    ck_assert_int_eq(ranks_gather_any(NULL, "abc", 3, &all, &size, NULL), N2V_OK);
    ck_assert_uint_eq(size, 3);
    ck_assert_mem_eq(all, "abc", 3);
    free(all);
}
END_TEST

/* ---- agreeing ---- */

/* Which ranks fail, as bits. */
static void agree(Ranks *ranks, void *context)
{
    const unsigned failing = *(const unsigned *)context, all = (1U << ranks->count) - 1;
    const bool fails = failing >> ranks->number & 1;
    n2v_error error = {.text = "unchanged"};
    char expected[100];
    size_t first = 0;
    n2v_status status = N2V_OK;

    if (fails)
        status = failing == UINT32_MAX
                     ? error_set(&error, N2V_ERROR_DATA, "the same: lower " SETTING("lr"))
                     : error_set(&error, N2V_ERROR_IO, "%zu is lost: lower " SETTING("lr") " or " SETTING("dim"),
                                 ranks->number);
    status = ranks_agree(ranks, status, &error);
    ck_assert_int_eq(ranks->failed, (failing & all) != 0);
    if (!(failing & all)) {
        ck_assert_int_eq(status, N2V_OK);
        ck_assert_str_eq(error.text, "unchanged");
        return;
    }
    if (failing == UINT32_MAX) {
        ck_assert_int_eq(status, N2V_ERROR_DATA);
        ck_assert_str_eq(error.text, "the same: lower lr");
        ck_assert_uint_eq(error.settings[0].at, strlen("the same: lower "));
        return;
    }
    while (!(failing >> first & 1))
        first++;
    ck_assert_int_eq(status, N2V_ERROR_IO);
    ck_assert_int_eq(error.status, N2V_ERROR_IO);
    (void)snprintf(expected, sizeof expected, "%s%zu is lost: lower lr or dim", ranks->count > 1 ? "rank N: " : "",
                   first);
    if (ranks->count > 1)
        expected[strlen("rank ")] = (char)('0' + first);
    ck_assert_str_eq(error.text, expected);
    ck_assert_int_eq(memcmp(error.text + error.settings[0].at, "lr", error.settings[0].bytes), 0);
    ck_assert_uint_eq(error.settings[0].bytes, 2);
    ck_assert_int_eq(memcmp(error.text + error.settings[1].at, "dim", error.settings[1].bytes), 0);
    ck_assert_uint_eq(error.settings[1].bytes, 3);
}

START_TEST(ranks_agree_on_failures)
{
    unsigned failing[] = {0, 1, 2, 4, 6, 16, 18, UINT32_MAX};

    for (size_t i = 0; i < sizeof failing / sizeof *failing; i++)
        with_ranks(agree, &failing[i]);
    ck_assert_int_eq(ranks_agree(NULL, N2V_ERROR_DATA, NULL), N2V_ERROR_DATA);
    ck_assert_int_eq(ranks_agree(NULL, N2V_OK, NULL), N2V_OK);
}
END_TEST

/* A message that fills the error is cut, and its names of settings are still inside of it. */
static void agree_on_long(Ranks *ranks, void *context)
{
    n2v_error error = {.text = ""};
    char words[sizeof error.text - 4];
    n2v_status status = N2V_OK;

    (void)context;
    memset(words, 'x', sizeof words);
    words[sizeof words - 1] = '\0';
    if (ranks->number + 1 == ranks->count)
        status = error_set(&error, N2V_ERROR_IO, "%s" SETTING("lr"), words);
    status = ranks_agree(ranks, status, &error);
    ck_assert_int_eq(status, N2V_ERROR_IO);
    ck_assert_uint_lt(strlen(error.text), sizeof error.text);
    for (size_t i = 0; i < N2V_ERROR_SPANS; i++)
        ck_assert_uint_le(error.settings[i].bytes ? error.settings[i].at + error.settings[i].bytes : 0,
                          strlen(error.text));
}

START_TEST(long_messages)
{
    with_ranks(agree_on_long, NULL);
}
END_TEST

/* A failure that all have got over is none any more; a status without a sentence is one. */
static void agree_again(Ranks *ranks, void *context)
{
    n2v_error error = {.text = ""};

    (void)context;
    if (ranks->count == 1)
        return;
    ck_assert_int_eq(ranks_agree(ranks, ranks->number ? N2V_OK : N2V_ERROR_INTERRUPTED, &error), N2V_ERROR_INTERRUPTED);
    ck_assert(ranks->failed);
    error = (n2v_error){.text = ""};
    ck_assert_int_eq(ranks_agree(ranks, N2V_OK, &error), N2V_OK);
    ck_assert(!ranks->failed);
}

START_TEST(after_a_failure)
{
    with_ranks(agree_again, NULL);
}
END_TEST

/* ---- one vocabulary ---- */

/* Words with their counts; rank 2 has no text. */
static const char *const texts[MAX_RANKS] = {"a a a b b c d", "b b c c e e e zebra", "", "c f f é é", "g a"};

static Vocabulary *vocabulary_of(size_t first, size_t last)
{
    Vocabulary *vocabulary = vocabulary_create();

    ck_assert_ptr_nonnull(vocabulary);
    for (size_t r = first; r < last; r++)
        add_words(vocabulary, texts[r]);
    return vocabulary;
}

static void require_same_words(const Vocabulary *a, const Vocabulary *b)
{
    ck_assert_uint_eq(vocabulary_size(a), vocabulary_size(b));
    for (size_t id = 0; id < vocabulary_size(a); id++) {
        ck_assert_str_eq(vocabulary_word(a, (Id)id, NULL), vocabulary_word(b, (Id)id, NULL));
        ck_assert_uint_eq(vocabulary_count(a, (Id)id), vocabulary_count(b, (Id)id));
    }
}

static void unite(Ranks *ranks, void *context)
{
    const uint64_t min_count = *(const uint64_t *)context;
    Vocabulary *own = vocabulary_of(ranks->number, ranks->number + 1), *all = vocabulary_of(0, ranks->count);
    const size_t words = vocabulary_size(own), all_words = vocabulary_size(all);
    char before[16][8];
    Id *map = NULL;
    uint64_t types = 0, highest = 0;

    for (size_t id = 0; id < words; id++)
        (void)snprintf(before[id], sizeof before[id], "%s", vocabulary_word(own, (Id)id, NULL));
    ck_assert_int_eq(unite_vocabulary(own, 1, 0, min_count, &types, &highest, ranks, NULL), N2V_OK);
    ck_assert_uint_eq(types, all_words);
    ck_assert_uint_eq(highest, vocabulary_highest(all)); /* also where no word reaches min_count */
    for (size_t id = 0; id < words; id++)
        ck_assert_str_eq(vocabulary_word(own, (Id)id, NULL), before[id]); /* blocks of this rank have these ids */
    ck_assert_int_eq(vocabulary_finish(own, min_count, 0, NULL, &map, NULL), N2V_OK);
    ck_assert_int_eq(vocabulary_finish(all, min_count, 0, NULL, NULL, NULL), N2V_OK);
    require_same_words(own, all);
    for (size_t id = 0; id < words; id++)
        ck_assert_uint_eq(map[id], vocabulary_find(all, before[id], strlen(before[id])));
    free(map);
    vocabulary_destroy(own);
    vocabulary_destroy(all);
}

START_TEST(one_vocabulary)
{
    uint64_t min_counts[] = {1, 2, 3, 4, 100};

    for (size_t i = 0; i < sizeof min_counts / sizeof *min_counts; i++)
        with_ranks(unite, &min_counts[i]);
}
END_TEST

/* Counts in parts of an occurrence are rounded once they are united: 3 quarters of each rank. */
static void unite_parts(Ranks *ranks, void *context)
{
    Vocabulary *own = vocabulary_create();
    uint64_t types = 0, highest = 0;

    (void)context;
    ck_assert_int_eq(vocabulary_add(own, "a", 1, 3, NULL, NULL), N2V_OK);
    ck_assert_int_eq(vocabulary_add(own, "rare", 4, ranks->number ? 0 : 1, NULL, NULL), N2V_OK);
    ck_assert_int_eq(unite_vocabulary(own, 4, 0, 1, &types, &highest, ranks, NULL), N2V_OK);
    ck_assert_uint_eq(vocabulary_count(own, vocabulary_find(own, "a", 1)), (3 * ranks->count + 2) / 4);
    ck_assert_uint_eq(vocabulary_count(own, vocabulary_find(own, "rare", 4)), 1);
    ck_assert_uint_eq(highest, (3 * ranks->count + 2) / 4);
    vocabulary_destroy(own);
}

START_TEST(parts_of_counts)
{
    with_ranks(unite_parts, NULL);
}
END_TEST

/* Words that a training starts from, with and without counts of their own; q is in no text, d is rare. */
static Vocabulary *start_vocabulary(bool counts)
{
    static const char *const words[] = {"d", "q", "b"};
    Vocabulary *vocabulary = vocabulary_create();

    for (size_t i = 0; i < 3; i++)
        ck_assert_int_eq(vocabulary_add(vocabulary, words[i], 1, counts ? 10 + i : 0, NULL, NULL), N2V_OK);
    return vocabulary;
}

/* The vocabulary of the texts of some ranks, which begins with these words. ranks: of whose texts it has one; NULL:
 * all */
static Vocabulary *started_vocabulary(const StartWords *start, size_t first, size_t last, Ranks *ranks, bool drop,
                                      Unseen *unseen)
{
    Vocabulary *vocabulary = vocabulary_create();
    uint64_t types, highest;
    unsigned char *keep;

    ck_assert_int_eq(start_words_add(vocabulary, start, false, NULL), N2V_OK);
    for (size_t r = first; r < last; r++)
        add_words(vocabulary, texts[r]);
    if (ranks)
        ck_assert_int_eq(unite_vocabulary(vocabulary, 1, 3, 3, &types, &highest, ranks, NULL), N2V_OK);
    ck_assert_int_eq(start_words_finish(vocabulary, start, 3, drop, &keep, unseen, NULL), N2V_OK);
    ck_assert_int_eq(vocabulary_finish(vocabulary, 0, 0, keep, NULL, NULL), N2V_OK);
    free(keep);
    return vocabulary;
}

static void start(Ranks *ranks, void *context)
{
    const size_t number = ranks->number;
    (void)context;

    for (size_t k = 0; k < 8; k++) {
        Vocabulary *words = start_vocabulary(k & 1);
        const StartWords start = {.words = words, .only = k & 2};
        Unseen unseen, all_unseen;
        Vocabulary *own = started_vocabulary(&start, number, number + 1, ranks, k & 4, &unseen);
        Vocabulary *all = started_vocabulary(&start, 0, ranks->count, NULL, k & 4, &all_unseen);
        const Id d = vocabulary_find(own, "d", 1), q = vocabulary_find(own, "q", 1);
        require_same_words(own, all);
        ck_assert_uint_eq(unseen.words, all_unseen.words);
        ck_assert_uint_eq(unseen.words, 1);
        ck_assert_str_eq(unseen.word, "q");
        ck_assert_uint_eq(vocabulary_count(own, d), k & 1 ? 11 : 1); /* below the minimum of words of the text */
        ck_assert((q == NO_ID) == !!(k & 4));
        ck_assert(q == NO_ID || vocabulary_count(own, q) == (k & 1 ? 11 : 1));
        ck_assert((vocabulary_find(own, "a", 1) == NO_ID) == start.only);
        ck_assert_uint_eq(vocabulary_find(own, "zebra", 5), NO_ID);
        vocabulary_destroy(own);
        vocabulary_destroy(all);
        vocabulary_destroy(words);
    }
}

/* The same as one process makes of all texts. */
START_TEST(words_to_start_from)
{
    with_ranks(start, NULL);
}
END_TEST

static void see(Ranks *ranks, void *context)
{
    unsigned char seen[MAX_RANKS + 1] = {0};

    (void)context;
    seen[ranks->number] = 1;
    ck_assert_int_eq(unite_seen(seen, sizeof seen, ranks, NULL), N2V_OK);
    for (size_t i = 0; i < sizeof seen; i++)
        ck_assert_uint_eq(seen[i], i < ranks->count);
}

static void add_facts(Ranks *ranks, void *context)
{
    CorpusFacts facts = {.known = ranks->number, .sentences = 5};
    CorpusReport report = {.words = 1000 * ranks->number,
                           .heldout_words = 3,
                           .heldout_sentences = 2,
                           .bytes = 10,
                           .lines = ranks->number,
                           .tokens = 20,
                           .overlong = 1,
                           .invalid_utf8 = 4,
                           .sentences = 6,
                           .cut = {.tokens = 7, .words = 8, .underscores = 9},
                           .source_bytes = 11,
                           .source_bytes_total = 12};
    const size_t n = ranks->count, sum = n * (n - 1) / 2;

    (void)context;
    ck_assert_int_eq(unite_facts(&facts, &report, ranks, NULL), N2V_OK);
    ck_assert_uint_eq(facts.known, sum);
    ck_assert_uint_eq(facts.sentences, 5 * n);
    ck_assert_uint_eq(report.words, 1000 * sum);
    ck_assert_uint_eq(report.heldout_words, 3 * n);
    ck_assert_uint_eq(report.heldout_sentences, 2 * n);
    ck_assert_uint_eq(report.bytes, 10 * n);
    ck_assert_uint_eq(report.lines, sum);
    ck_assert_uint_eq(report.tokens, 20 * n);
    ck_assert_uint_eq(report.overlong, n);
    ck_assert_uint_eq(report.invalid_utf8, 4 * n);
    ck_assert_uint_eq(report.sentences, 6 * n);
    ck_assert_uint_eq(report.cut.tokens, 7 * n);
    ck_assert_uint_eq(report.cut.words, 8 * n);
    ck_assert_uint_eq(report.cut.underscores, 9 * n);
    ck_assert_uint_eq(report.source_bytes, 11 * n);
    ck_assert_uint_eq(report.source_bytes_total, 12 * n);
}

START_TEST(facts_of_all_texts)
{
    with_ranks(see, NULL);
    with_ranks(add_facts, NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ranks");

    add_test(suite, "numbers of all ranks", numbers_of_all_ranks);
    add_test(suite, "bytes that differ", bytes_that_differ);
    add_test(suite, "hashes of vocabularies", hashes_of_vocabularies);
    add_test(suite, "bytes of any size", bytes_of_any_size);
    add_test(suite, "ranks agree on failures", ranks_agree_on_failures);
    add_test(suite, "long messages", long_messages);
    add_test(suite, "after a failure", after_a_failure);
    add_test(suite, "one vocabulary", one_vocabulary);
    add_test(suite, "parts of counts", parts_of_counts);
    add_test(suite, "words to start from", words_to_start_from);
    add_test(suite, "facts of all texts", facts_of_all_texts);
    return run_suite(suite);
}
