#include "corpus/blocks.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "scratch.h"
#include "test.h"

#define END SENTENCE_END

static Blocks *create(size_t limit)
{
    Blocks *blocks = NULL;
    n2v_error error = {0};
    ck_assert_msg(blocks_create(&blocks, limit, NULL, &error) == N2V_OK, "%s", error.text);
    return blocks;
}

static void append(Blocks *blocks, const Id *ids, size_t count)
{
    n2v_error error = {0};
    if (blocks_append(blocks, ids, count, &error) != N2V_OK)
        ck_abort_msg("%s", error.text);
}

static void finish(Blocks *blocks, const Id *map)
{
    n2v_error error = {0};
    ck_assert_msg(blocks_finish(blocks, map, NULL, &error) == N2V_OK, "%s", error.text);
}

/* All ids of all blocks, malloc'ed; checks what holds for every block. */
static Id *read_all(const Blocks *blocks)
{
    Id *all = malloc((blocks_words(blocks) + 1) * sizeof *all), buffer[BLOCK_IDS];
    uint64_t words = 0, sentences = 0;
    n2v_error error = {0};

    ck_assert_ptr_nonnull(all);
    for (size_t i = 0; i < blocks_count(blocks); i++) {
        Block block;
        ck_assert_msg(blocks_read(blocks, i, buffer, &block, &error) == N2V_OK, "%s", error.text);
        ck_assert_uint_ge(block.count, 1);
        ck_assert_uint_le(block.count, BLOCK_IDS);
        ck_assert_uint_eq(block.words_before, words);
        ck_assert(block.ids[block.count - 1] & END);
        memcpy(all + words, block.ids, block.count * sizeof *all);
        words += block.count;
        for (size_t k = 0; k < block.count; k++)
            sentences += block.ids[k] >> 31;
    }
    ck_assert_uint_eq(words, blocks_words(blocks));
    ck_assert_uint_eq(sentences, blocks_sentences(blocks));
    return all;
}

static void expect(const Blocks *blocks, const Id *wanted, size_t count)
{
    Id *all = read_all(blocks);
    ck_assert_uint_eq(blocks_words(blocks), count);
    for (size_t i = 0; i < count; i++)
        if (all[i] != wanted[i]) /* an assertion costs a system call */
            ck_abort_msg("word %zu is %#x, not %#x", i, all[i], wanted[i]);
    free(all);
}

static const size_t LIMITS[] = {(size_t)1 << 30, 0}; /* in memory, on disk */

START_TEST(empty)
{
    const Id map[] = {NO_ID}, word = 0 | END;
    for (int disk = 0; disk < 2; disk++) {
        Blocks *blocks = create(LIMITS[disk]);
        finish(blocks, NULL);
        ck_assert_uint_eq(blocks_count(blocks), 0);
        ck_assert_uint_eq(blocks_words(blocks), 0);
        blocks_destroy(blocks);
        blocks = create(LIMITS[disk]);
        append(blocks, &word, 0);
        append(blocks, &word, 1);
        finish(blocks, map);
        ck_assert_uint_eq(blocks_count(blocks), 0);
        ck_assert_uint_eq(blocks_sentences(blocks), 0);
        blocks_destroy(blocks);
    }
    blocks_destroy(NULL);
}
END_TEST

/* Dropped words, dropped last words, sentences of which nothing is left. */
START_TEST(mapping)
{
    const Id map[] = {7, NO_ID, 3, 0};
    const Id ids[] = {0, 1, 2, 3 | END, 1 | END, 1, 1, 0, 1, 1 | END, 1, 1 | END, 2 | END, 0, 0};
    const Id wanted[] = {7, 3, 0 | END, 7 | END, 3 | END, 7, 7 | END}; /* the end of the text ends a sentence */
    for (int disk = 0; disk < 2; disk++) {
        Blocks *blocks = create(LIMITS[disk]);
        for (size_t i = 0; i < 15; i += 3)
            append(blocks, ids + i, 3);
        finish(blocks, map);
        expect(blocks, wanted, 7);
        ck_assert_uint_eq(blocks_sentences(blocks), 4);
        blocks_destroy(blocks);
    }
}
END_TEST

/* Whether one of the sentences of these lengths (0 after the last) ends after so many words. */
static bool ends_sentence(const size_t *lengths, size_t words)
{
    size_t end = 0;

    while (*lengths && end < words)
        end += *lengths++;
    return end == words;
}

/* A sentence is cut at a block's end, and the rest of it is dropped: it is whole then. */
START_TEST(cut_and_dropped)
{
    const Id map[] = {0, NO_ID}, word = 0, dropped = 1 | END;
    Block block;

    for (int disk = 0; disk < 2; disk++) {
        Blocks *blocks = create(LIMITS[disk]);
        Id buffer[BLOCK_IDS];
        for (size_t i = 0; i < BLOCK_IDS; i++)
            append(blocks, &word, 1);
        append(blocks, &dropped, 1);
        append(blocks, &word, 1);
        finish(blocks, map);
        ck_assert_uint_eq(blocks_count(blocks), 2);
        ck_assert_int_eq(blocks_read(blocks, 0, buffer, &block, NULL), N2V_OK);
        ck_assert(!block.cut && block.count == BLOCK_IDS);
        blocks_destroy(blocks);
    }
}
END_TEST

/* Whole sentences in blocks; what the cuts are is counted by hand. */
START_TEST(cuts)
{
    const size_t half = BLOCK_IDS / 2;
    const struct {
        size_t lengths[4], blocks[6], sentences;
    } cases[] = {
        {{BLOCK_IDS}, {BLOCK_IDS}, 1},
        {{BLOCK_IDS + 1}, {BLOCK_IDS, 1}, 2},
        {{half, half}, {BLOCK_IDS}, 2},
        {{half, half + 1}, {half, half + 1}, 2},
        {{half, half, 1}, {BLOCK_IDS, 1}, 3},
        {{1, BLOCK_IDS, 1}, {1, BLOCK_IDS, 1}, 3},
        {{1, BLOCK_IDS + 5, 1}, {1, BLOCK_IDS, 6}, 4},
        {{2 * BLOCK_IDS, 3}, {BLOCK_IDS, BLOCK_IDS, 3}, 3},
    };
    for (size_t i = 0; i < 2 * sizeof cases / sizeof *cases; i++) {
        Blocks *blocks = create(LIMITS[i % 2]);
        Id *all;
        size_t count = 0, number = 0, end = 0;
        for (const size_t *length = cases[i / 2].lengths; *length; length++) {
            for (size_t k = 1; k <= *length; k++) {
                const Id id = (Id)number++ | (k == *length ? END : 0);
                append(blocks, &id, 1);
            }
        }
        finish(blocks, NULL);
        while (cases[i / 2].blocks[count])
            count++;
        ck_assert_uint_eq(blocks_count(blocks), count);
        for (size_t k = 0; k < count; k++) {
            Id buffer[BLOCK_IDS];
            Block block;
            ck_assert_int_eq(blocks_read(blocks, k, buffer, &block, NULL), N2V_OK);
            ck_assert_uint_eq(block.count, cases[i / 2].blocks[k]);
            ck_assert_uint_eq(block.words_before, end);
            end += block.count;
            ck_assert(block.cut == !ends_sentence(cases[i / 2].lengths, end));
        }
        all = read_all(blocks);
        for (size_t k = 0; k < number; k++)
            if ((all[k] & ~END) != k)
                ck_abort_msg("word %zu is %#x", k, all[k]);
        ck_assert_uint_eq(blocks_sentences(blocks), cases[i / 2].sentences);
        free(all);
        blocks_destroy(blocks);
    }
}
END_TEST

/* Many windows' worth, spilling on the way, against a plain model of it all. */
START_TEST(memory_and_disk_agree)
{
    enum { COUNT = 1500000, WORDS = 1000 };
    Id *ids = malloc(COUNT * sizeof *ids), *wanted = malloc(COUNT * sizeof *ids), map[WORDS];
    const size_t limits[] = {(size_t)1 << 30, 0, 1000, COUNT * 2, COUNT * 4 - 4, COUNT * 4};
    uint32_t state = 3;
    size_t used = 0, begin = 0;

    ck_assert_ptr_nonnull(ids);
    ck_assert_ptr_nonnull(wanted);
    for (Id i = 0; i < WORDS; i++)
        map[i] = i % 3 ? WORDS - i : NO_ID;
    for (size_t i = 0; i < COUNT; i++) {
        state = state * 1664525u + 1013904223u;
        ids[i] = (state >> 8) % WORDS;
        /* sentences of a few words, of many thousands, and one of 600 000 */
        if ((i < 700000 || i > 1300000) && (i / 100000 % 2 ? state >> 28 == 0 : (state >> 8) % 20000 == 0))
            ids[i] |= END;
        const Id id = map[ids[i] & ~END];
        if (id != NO_ID)
            wanted[used++] = id;
        if ((ids[i] & END || i + 1 == COUNT || used - begin == BLOCK_IDS) && used > begin) {
            wanted[used - 1] |= END;
            begin = used;
        }
    }
    for (size_t k = 0; k < sizeof limits / sizeof *limits; k++) {
        Blocks *blocks = create(limits[k]);
        for (size_t i = 0, step = 1; i < COUNT; i += step, step = step * 5 % 70001)
            append(blocks, ids + i, step < COUNT - i ? step : COUNT - i);
        finish(blocks, map);
        expect(blocks, wanted, used);
        blocks_destroy(blocks);
    }
    free(ids);
    free(wanted);
}
END_TEST

static void *read_in_thread(void *context)
{
    Id *all = read_all(context);
    uint64_t sum = 0;
    for (uint64_t i = 0; i < blocks_words(context); i++)
        sum += all[i] & ~END;
    free(all);
    ck_assert_uint_eq(sum, (uint64_t)99999 * 100000 / 2);
    return context;
}

START_TEST(many_readers)
{
    for (int disk = 0; disk < 2; disk++) {
        Blocks *blocks = create(LIMITS[disk]);
        pthread_t threads[4];
        for (Id i = 0; i < 100000; i++) {
            const Id id = i | (i % 17 ? 0 : END);
            append(blocks, &id, 1);
        }
        finish(blocks, NULL);
        for (int i = 0; i < 4; i++)
            ck_assert_int_eq(pthread_create(&threads[i], NULL, read_in_thread, blocks), 0);
        for (int i = 0; i < 4; i++) {
            void *result = NULL;
            ck_assert_int_eq(pthread_join(threads[i], &result), 0);
            ck_assert_ptr_eq(result, blocks);
        }
        blocks_destroy(blocks);
    }
}
END_TEST

START_TEST(no_folder)
{
    Blocks *blocks = NULL;
    n2v_error error = {0};
    const Id id = END;
    ck_assert_int_eq(blocks_create(&blocks, 0, "/nowhere", &error), N2V_OK);
    ck_assert_int_eq(blocks_append(blocks, &id, 1, &error), N2V_ERROR_IO);
    ck_assert_ptr_nonnull(strstr(error.text, "/nowhere: No such file"));
    blocks_destroy(blocks);
}
END_TEST

/* The limit counts bytes: what fits stays in memory, one id more needs a file. */
START_TEST(limit_of_memory)
{
    static const size_t limits[] = {1000, (size_t)1 << 21, (size_t)6 << 20}; /* ids: below and above the first room */

    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        Id *ids = calloc(limits[i], sizeof *ids);
        Blocks *blocks = NULL;
        n2v_error error = {0};

        ck_assert_ptr_nonnull(ids);
        ck_assert_int_eq(blocks_create(&blocks, limits[i] * sizeof(Id), "/nowhere", &error), N2V_OK);
        append(blocks, ids, limits[i] - 7);
        append(blocks, ids, 7);
        ck_assert_int_eq(blocks_append(blocks, ids, 1, &error), N2V_ERROR_IO);
        ck_assert_ptr_nonnull(strstr(error.text, "/nowhere"));
        blocks_destroy(blocks);
        free(ids);
    }
}
END_TEST

/* TMPDIR is followed, and the file has no name there. */
START_TEST(temporary_folder)
{
    scratch files = scratch_open();
    n2v_error error = {0};
    Blocks *blocks;
    const Id id = 5 | END;
    ck_assert_int_eq(setenv("TMPDIR", "/nowhere", 1), 0);
    blocks = create(0);
    ck_assert_int_eq(blocks_append(blocks, &id, 1, &error), N2V_ERROR_IO);
    blocks_destroy(blocks);
    ck_assert_int_eq(setenv("TMPDIR", files.folder, 1), 0);
    blocks = create(0);
    append(blocks, &id, 1);
    ck_assert_uint_eq(scratch_names(&files), 0);
    finish(blocks, NULL);
    expect(blocks, &id, 1);
    blocks_destroy(blocks);
    scratch_close(&files);
}
END_TEST

/* A file that may not grow simulates a full disk. */
START_TEST(full_disk)
{
    const struct rlimit limit = {3 << 20, 3 << 20};
    Blocks *blocks = create(0);
    Id *ids = calloc(1 << 20, sizeof *ids);
    n2v_error error = {0};
    n2v_status status = N2V_OK;

    ck_assert_ptr_nonnull(ids);
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    status = blocks_append(blocks, ids, 1 << 20, &error);
    ck_assert_int_eq(status, N2V_ERROR_IO);
    ck_assert_ptr_nonnull(strstr(error.text, "File too large"));
    ck_assert_ptr_nonnull(strstr(error.text, "TMPDIR"));
    blocks_destroy(blocks);
    free(ids);
}
END_TEST

static bool third_time(void *context)
{
    return ++*(size_t *)context == 3;
}

/* A million ids are asked about four times, in memory and on disk. */
START_TEST(finish_can_be_stopped)
{
    const size_t count = (size_t)1 << 20, limits[2] = {(size_t)1 << 30, 0};
    Id *ids = calloc(count, sizeof *ids);

    ck_assert_ptr_nonnull(ids);
    for (size_t i = 0; i < 2; i++) {
        size_t asked = 0;
        const Stop stop = {third_time, &asked};
        n2v_error error = {.text = ""};
        Blocks *blocks = create(limits[i]);

        append(blocks, ids, count);
        ck_assert_int_eq(blocks_finish(blocks, NULL, &stop, &error), N2V_ERROR_INTERRUPTED);
        ck_assert_uint_eq(asked, 3);
        ck_assert_ptr_nonnull(strstr(error.text, "interrupted"));
        blocks_destroy(blocks);

        asked = 3; /* never again */
        blocks = create(limits[i]);
        append(blocks, ids, count);
        ck_assert_int_eq(blocks_finish(blocks, NULL, &stop, &error), N2V_OK);
        ck_assert_uint_eq(asked, 3 + 4);
        ck_assert_uint_eq(blocks_words(blocks), count);
        blocks_destroy(blocks);
    }
    free(ids);
}
END_TEST

/* Pieces of a long sentence have words of all of it, shorter sentences stay as they are. */
START_TEST(mixing)
{
    enum { SHORT = 100, LONG = 30000 };
    Id *ids = malloc((2 * SHORT + LONG) * sizeof *ids);

    ck_assert_ptr_nonnull(ids);
    for (int disk = 0; disk < 2; disk++) {
        Blocks *blocks = create(LIMITS[disk]);
        unsigned char seen[LONG] = {0};
        Id *all;
        for (size_t i = 0; i < 2 * SHORT + LONG; i++)
            ids[i] = (Id)i;
        ids[SHORT - 1] |= END;
        ids[SHORT + LONG - 1] |= END;
        ids[2 * SHORT + LONG - 1] |= END;
        append(blocks, ids, 2 * SHORT + LONG);
        blocks_mix_long(blocks, 3);
        finish(blocks, NULL);
        all = read_all(blocks);
        ck_assert_uint_eq(blocks_words(blocks), 2 * SHORT + LONG);
        ck_assert_uint_eq(blocks_sentences(blocks), 2 + (LONG + BLOCK_IDS - 1) / BLOCK_IDS);
        ck_assert_mem_eq(all, ids, SHORT * sizeof *all);
        ck_assert_mem_eq(all + SHORT + LONG, ids + SHORT + LONG, SHORT * sizeof *all);
        for (size_t piece = 0; piece < LONG; piece += BLOCK_IDS) {
            const size_t count = LONG - piece < BLOCK_IDS ? LONG - piece : BLOCK_IDS;
            double sum = 0;
            for (size_t i = 0; i < count; i++) {
                const size_t place = (all[SHORT + piece + i] & ~END) - SHORT;
                sum += (double)place / (double)LONG;
                require(place < LONG && !seen[place], "word %zu is twice there", place);
                seen[place] = 1;
            }
            ck_assert_double_eq_tol(sum / (double)count, 0.5, 0.02); /* 5 deviations */
        }
        free(all);
        blocks_destroy(blocks);
    }
    free(ids);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("blocks");
    add_test(suite, "empty", empty);
    add_test(suite, "mapping", mapping);
    add_test(suite, "cuts", cuts);
    add_test(suite, "cut and dropped", cut_and_dropped);
    add_test(suite, "mixing", mixing);
    add_test(suite, "memory and disk agree", memory_and_disk_agree);
    add_test(suite, "many readers", many_readers);
    add_test(suite, "no folder", no_folder);
    add_test(suite, "limit of memory", limit_of_memory);
    add_test(suite, "temporary folder", temporary_folder);
    add_test(suite, "full disk", full_disk);
    add_test(suite, "finish can be stopped", finish_can_be_stopped);
    return run_suite(suite);
}
