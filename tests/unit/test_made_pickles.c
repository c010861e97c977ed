/* Pickles that have a value in many places, so that to look at all of them would take minutes or gigabytes: objects of
 * many attributes, long words, long n-grams. */
#include <string.h>

#include "model/formats/format.h"
#include "pickled.h"
#include "scratch.h"
#include "test.h"

static const char SAYS[] = "the pickle is malformed: it uses the same values over and over";

static n2v_status load(Model *model, const py_bytes *b, n2v_error *error)
{
    const MemoryFile file = {.name = "x.model", .bytes = b->at, .count = b->count};
    return format_load_memory(model, NULL, &file, NULL, NULL, error);
}

static void refuses(const py_bytes *b)
{
    n2v_error error = {.text = ""};
    Model model;

    ck_assert_int_eq(load(&model, b, &error), N2V_ERROR_FORMAT);
    ck_assert_msg(strstr(error.text, SAYS) != NULL, "%s", error.text);
}

/* Up to the list of words. */
static void begin_words(py_bytes *b, const char *name)
{
    py_begin(b, 4);
    py_object(b, "gensim.models.keyedvectors", name, 4);
    py_text(b, "index2word", 4);
    py_op(b, "](");
}

/* A word of 1,000 characters. */
static void long_word(py_bytes *b)
{
    char word[1000];

    memset(word, 'x', sizeof word);
    py_put(b, "X\xe8\3\0\0", 5);
    py_put(b, word, sizeof word);
}

START_TEST(attributes)
{
    static char all[6000];
    py_bytes b;

    memset(all, 'N', sizeof all); /* of opcodes */
    begin_words(&b, "KeyedVectors");
    py_op(&b, "K\1K\2e");
    py_text(&b, "vocab", 4);
    py_op(&b, "}(");
    py_number(&b, 1);
    py_object(&b, "gensim.models.keyedvectors", "Vocab", 4);
    py_put(&b, all, sizeof all);
    py_op(&b, "ubq\1");
    for (size_t i = 0; i < 1500; i++)
        py_op(&b, "h\1h\1");
    py_op(&b, "uub.");
    refuses(&b);
}
END_TEST

/* A long word again and again, which is skipped each time. */
START_TEST(words)
{
    scratch files = scratch_open();
    BadRows bad = {.count = 0};
    n2v_error error = {.text = ""};
    Model model;
    py_bytes b;

    begin_words(&b, "KeyedVectors");
    long_word(&b);
    py_op(&b, "q\1");
    for (size_t i = 0; i < 3000; i++)
        py_op(&b, "h\1");
    py_op(&b, "eub.");
    scratch_write(&files, "x.kv", b.at, b.count);
    ck_assert_int_eq(format_load_skipping(&model, NULL, files.path, &bad, NULL, &error), N2V_ERROR_FORMAT);
    ck_assert_msg(strstr(error.text, SAYS) != NULL, "%s", error.text);
    scratch_close(&files);
}
END_TEST

/* A word of 1,000 characters has half a million n-grams. */
START_TEST(long_ngrams)
{
    static const float row[] = {1, 2};
    n2v_error error = {.text = ""};
    Model model;

    for (unsigned longest = 5; longest <= 255; longest += 250) {
        py_bytes b;
        begin_words(&b, "FastTextKeyedVectors");
        long_word(&b);
        py_op(&b, "e");
        py_text(&b, "min_n", 4);
        py_number(&b, 1);
        py_text(&b, "max_n", 4);
        py_number(&b, longest);
        py_text(&b, "bucket", 4);
        py_number(&b, 1);
        py_text(&b, "compatible_hash", 4);
        py_op(&b, "\x88");
        py_text(&b, "vectors_vocab", 4);
        py_array(&b, "f4", 1, 2, row, sizeof row, 4);
        py_text(&b, "vectors_ngrams", 4);
        py_array(&b, "f4", 1, 2, row, sizeof row, 4);
        py_op(&b, "ub.");
        if (longest > 5) {
            refuses(&b);
            continue;
        }
        ck_assert_msg(load(&model, &b, &error) == N2V_OK, "%s", error.text);
        model_free(&model);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("made pickles");

    add_test(suite, "attributes", attributes);
    add_test(suite, "words", words);
    add_test(suite, "long n-grams", long_ngrams);
    return run_suite(suite);
}
