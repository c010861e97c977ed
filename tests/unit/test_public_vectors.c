/* Vectors through the public interface: load, look up, view, describe. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "api/vectors_handle.h"
#include "model/formats/format.h"
#include "nce2vec.h"
#include "records.h"
#include "scratch.h"
#include "test.h"

static const char *const words[] = {"the", "house", "home", "horse"};
#define WORDS (sizeof words / sizeof *words)
#define DIM   16

/* Input rows of w + 1 at element w, output rows of -1 at all; biases -2, and 0.5 for all. */
static Model make_model(void)
{
    Vocabulary *vocabulary = vocabulary_create();
    Model model;

    ck_assert_ptr_nonnull(vocabulary);
    for (size_t w = 0; w < WORDS; w++)
        ck_assert_int_eq(vocabulary_add(vocabulary, words[w], strlen(words[w]), 40 - w, NULL, NULL), N2V_OK);
    ck_assert_int_eq(model_create(&model, vocabulary, &(ModelShape){.dim = DIM, .has_bias = true}, NULL), N2V_OK);
    for (size_t w = 0; w < WORDS; w++) {
        model.input[w * model.stride + w] = (float)w + 1;
        for (size_t d = 0; d < DIM; d++)
            model.output[w * model.stride + d] = -1;
        model.input[w * model.stride + DIM] = 1;
        model.output[w * model.stride + DIM] = -2;
    }
    model.shared_bias = 0.5f;
    record_fill(&model.record, "objective=nce\ndim=16\ninput=a\ninput=b\n");
    return model;
}

/* The same, through a file. */
static n2v_vectors *load(const char *format)
{
    scratch files = scratch_open();
    Model model = make_model();
    n2v_vectors *vectors;
    n2v_error error = {.text = ""};
    Saving saving;

    ck_assert_int_eq(saving_open(&saving, format_find(format), scratch_path(&files, "file"), NULL, NULL), N2V_OK);
    ck_assert_int_eq(saving_write(&saving, &model, NULL), N2V_OK);
    ck_assert_int_eq(saving_commit(&saving, NULL), N2V_OK);
    ck_assert_msg(n2v_vectors_load(&vectors, scratch_path(&files, "file"), NULL, &error) == N2V_OK, "%s", error.text);
    model_free(&model);
    scratch_close(&files);
    return vectors;
}

START_TEST(description)
{
    n2v_vectors *whole = load("n2v"), *plain = load("binary");
    n2v_vectors_info info = {.size = sizeof info};

    ck_assert_int_eq(n2v_vectors_describe(whole, &info, NULL), N2V_OK);
    ck_assert_uint_eq(info.words, WORDS);
    ck_assert_uint_eq(info.dim, DIM);
    ck_assert_uint_eq(info.tokens, 40 + 39 + 38 + 37);
    ck_assert(info.has_output && info.has_output_bias);
    ck_assert_str_eq(info.format, "n2v");
    ck_assert_int_eq(n2v_vectors_describe(plain, &info, NULL), N2V_OK);
    ck_assert_uint_eq(info.tokens, 0);
    ck_assert(!info.has_output && !info.has_output_bias);
    ck_assert_str_eq(info.format, "binary");
    ck_assert_ptr_null(info.words_file);
    n2v_vectors_destroy(whole);
    n2v_vectors_destroy(plain);
    n2v_vectors_destroy(NULL);
    plain = load("npy");
    ck_assert_int_eq(n2v_vectors_describe(plain, &info, NULL), N2V_OK);
    ck_assert_str_eq(strrchr(info.words_file, '.'), ".txt");
    ck_assert_ptr_nonnull(strstr(info.words_file, ".vocab"));
    n2v_vectors_destroy(plain);
}
END_TEST

/* Structures of a program's own size: nothing beyond it is written, and what a later header has is 0. */
START_TEST(from_arrays)
{
    const char *names[] = {"the", "house"};
    const uint64_t counts[] = {9, 4};
    float rows[] = {1, 2, 3, 4, 5, 6};
    n2v_vectors_info info = {.size = sizeof info};
    n2v_vectors *made;
    n2v_error error;
    size_t stride;

    ck_assert_int_eq(n2v_vectors_create(&made, names, counts, 2, rows, 2, 3, &error), N2V_OK);
    rows[4] = 7; /* the rows are copied */
    ck_assert_int_eq(n2v_vectors_describe(made, &info, &error), N2V_OK);
    ck_assert(info.words == 2 && info.dim == 2 && info.tokens == 13 && !info.has_output && !info.format);
    const float *view = n2v_vectors_view(made, N2V_INPUT, &stride);
    ck_assert(view[0] == 1 && view[1] == 2 && view[stride] == 4 && view[stride + 1] == 5);
    ck_assert_uint_eq(n2v_vectors_find(made, "house", 5), 1);
    n2v_vectors_destroy(made);
    ck_assert_int_eq(n2v_vectors_create(&made, names, NULL, 2, rows, 3, 3, &error), N2V_OK);
    ck_assert_uint_eq(n2v_vectors_count(made, 0), 0);
    n2v_vectors_destroy(made);
    rows[4] = NAN;
    ck_assert_int_eq(n2v_vectors_create(&made, names, counts, 2, rows, 2, 3, &error), N2V_ERROR_NUMERIC);
    ck_assert_int_eq(n2v_vectors_create(&made, names, counts, 2, rows, 3, 2, &error), N2V_ERROR_ARGUMENT);
    names[1] = "the";
    ck_assert_int_eq(n2v_vectors_create(&made, names, counts, 2, rows, 2, 3, &error), N2V_ERROR_ARGUMENT);
    ck_assert_str_eq(error.text, "word 2, 'the', appears twice");
    names[1] = "a house";
    ck_assert_int_eq(n2v_vectors_create(&made, names, counts, 2, rows, 2, 3, &error), N2V_ERROR_ARGUMENT);
    ck_assert_ptr_null(made);
}
END_TEST

START_TEST(sizes_of_structures)
{
    n2v_vectors *vectors = load("n2v");
    union {
        n2v_vectors_info info;
        n2v_norms norms;
        n2v_format_info format;
        size_t size;
        unsigned char bytes[256];
    } later;
    n2v_error error = {.text = ""};

    memset(&later, 0xff, sizeof later);
    later.size = sizeof later.info + 16;
    ck_assert_int_eq(n2v_vectors_describe(vectors, &later.info, NULL), N2V_OK);
    ck_assert_uint_eq(later.info.words, WORDS);
    for (size_t b = sizeof later.info; b < sizeof later; b++)
        ck_assert_uint_eq(later.bytes[b], b < sizeof later.info + 16 ? 0 : 0xff);
    memset(&later, 0xff, sizeof later);
    later.size = sizeof later.norms;
    ck_assert_int_eq(n2v_vectors_norms(vectors, N2V_INPUT, &later.norms, NULL), N2V_OK);
    ck_assert_uint_eq(later.bytes[sizeof later.norms], 0xff);
    ck_assert_uint_eq(later.norms.size, sizeof later.norms);
    for (size_t bad = 0; bad < 9; bad += 8) {
        later.size = bad;
        ck_assert_int_eq(n2v_vectors_describe(vectors, &later.info, &error), N2V_ERROR_ARGUMENT);
        ck_assert_ptr_nonnull(strstr(error.text, "n2v_vectors_info"));
        ck_assert_int_eq(n2v_vectors_norms(vectors, N2V_INPUT, &later.norms, NULL), N2V_ERROR_ARGUMENT);
        ck_assert_int_eq(n2v_format_describe(0, &later.format, NULL), N2V_ERROR_ARGUMENT);
    }
    n2v_vectors_destroy(vectors);
}
END_TEST

START_TEST(words_and_counts)
{
    n2v_vectors *vectors = load("n2v");
    uint32_t ids[8];
    size_t bytes = 0;

    for (uint32_t w = 0; w < WORDS; w++) {
        ck_assert_str_eq(n2v_vectors_word(vectors, w, &bytes), words[w]);
        ck_assert_uint_eq(bytes, strlen(words[w]));
        ck_assert_uint_eq(n2v_vectors_count(vectors, w), 40 - w);
        ck_assert_uint_eq(n2v_vectors_find(vectors, words[w], bytes), w);
    }
    ck_assert_ptr_null(n2v_vectors_word(vectors, WORDS, &bytes));
    ck_assert_ptr_null(n2v_vectors_word(vectors, N2V_NO_ID, NULL));
    ck_assert_uint_eq(n2v_vectors_count(vectors, WORDS), 0);
    ck_assert_uint_eq(n2v_vectors_find(vectors, "house", 4), N2V_NO_ID);
    ck_assert_uint_eq(n2v_vectors_find(vectors, "", 0), N2V_NO_ID);
    ck_assert_uint_eq(n2v_vectors_suggest(vectors, "hause", 5, 100, ids), 2);
    ck_assert_uint_eq(ids[0], 1);
    ck_assert_uint_eq(ids[1], 3);
    ck_assert_uint_eq(n2v_vectors_suggest(vectors, "hause", 5, 1, ids), 1);
    ck_assert_uint_eq(n2v_vectors_suggest(vectors, "hause", 5, 0, ids), 0);
    n2v_vectors_destroy(vectors);
}
END_TEST

START_TEST(numbers)
{
    n2v_vectors *whole = load("safetensors"), *plain = load("text");
    const float *input, *output;
    size_t stride = 0;

    input = n2v_vectors_view(whole, N2V_INPUT, &stride);
    output = n2v_vectors_view(whole, N2V_OUTPUT, NULL);
    ck_assert_uint_ge(stride, DIM);
    for (size_t w = 0; w < WORDS; w++) {
        ck_assert_float_eq(input[w * stride + w], (float)w + 1);
        ck_assert_float_eq(output[w * stride + DIM - 1], -1);
        ck_assert_float_eq(n2v_vectors_bias(whole, (uint32_t)w), -1.5f);
    }
    ck_assert_float_eq(n2v_vectors_bias(whole, WORDS), 0);
    ck_assert_float_eq(n2v_vectors_bias(plain, 0), 0);
    ck_assert_ptr_nonnull(n2v_vectors_view(plain, N2V_INPUT, &stride));
    ck_assert_ptr_null(n2v_vectors_view(plain, N2V_OUTPUT, &stride));
    ck_assert_ptr_null(n2v_vectors_view(whole, (n2v_matrix)2, &stride));
    ck_assert_double_eq(n2v_vectors_similarity(whole, 1, 1), 1);
    ck_assert_double_eq(n2v_vectors_similarity(whole, 1, 2), 0); /* bias elements do not count */
    ck_assert(isnan(n2v_vectors_similarity(whole, 1, WORDS)));
    ck_assert(isnan(n2v_vectors_similarity(whole, N2V_NO_ID, 1)));
    n2v_vectors_destroy(whole);
    n2v_vectors_destroy(plain);
}
END_TEST

START_TEST(lengths)
{
    n2v_vectors *whole = load("n2v"), *plain = load("npy");
    n2v_norms norms = {.size = sizeof norms};
    n2v_error error = {.text = ""};

    ck_assert_int_eq(n2v_vectors_norms(whole, N2V_INPUT, &norms, NULL), N2V_OK);
    ck_assert_double_eq(norms.min, 1);
    ck_assert_double_eq(norms.median, 2.5);
    ck_assert_double_eq(norms.mean, 2.5);
    ck_assert_double_eq(norms.max, 4);
    ck_assert_uint_eq(norms.shortest, 0);
    ck_assert_uint_eq(norms.longest, 3);
    ck_assert_uint_eq(norms.zeros, 0);
    ck_assert_int_eq(n2v_vectors_norms(whole, N2V_OUTPUT, &norms, NULL), N2V_OK);
    ck_assert_double_eq(norms.max, 4); /* the root of 16, without the bias */
    ck_assert_int_eq(n2v_vectors_norms(plain, N2V_OUTPUT, &norms, &error), N2V_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.text, "output"));
    n2v_vectors_destroy(whole);
    n2v_vectors_destroy(plain);
}
END_TEST

/* Vectors with this record make these words of a text. */
static void expect_words(const char *record, const char *text, const char *wanted, size_t words_wanted)
{
    Model model = make_model();
    const n2v_vectors vectors = {.model = &model};
    n2v_error error = {.text = ""};
    char got[64];
    size_t needed, count;

    record_free(&model.record);
    record_fill(&model.record, record);
    ck_assert_msg(n2v_vectors_tokenize(&vectors, text, strlen(text), got, sizeof got, &needed, &count, &error) ==
                      N2V_OK,
                  "%s", error.text);
    ck_assert_str_eq(got, wanted);
    ck_assert_uint_eq(needed, strlen(wanted));
    ck_assert_uint_eq(count, words_wanted);
    for (size_t room = 0; room < needed; room++) {
        memset(got, 'x', sizeof got);
        ck_assert_int_eq(n2v_vectors_tokenize(&vectors, text, strlen(text), got, room, &needed, NULL, NULL), N2V_OK);
        ck_assert_uint_eq(needed, strlen(wanted));
        ck_assert(!room || strncmp(got, wanted, room - 1) == 0);
        ck_assert(!room || !got[room - 1]);
        ck_assert_int_eq(got[room], 'x');
    }
    model_free(&model);
}

START_TEST(tokenized)
{
    n2v_vectors *whole = load("n2v");
    n2v_error error = {.text = ""};
    char got[8] = "x";
    size_t count = 3;

    expect_words("tokenizer=words\n", "B13X-0_0", "b13x 0 0", 3);
    expect_words("dim=3\ntokenizer=words\n", " Don\u2019t\nstop! ", "don't stop", 2);
    expect_words("tokenizer=words\n", "\u0130", "i", 1);
    expect_words("tokenizer=words\n", "?!", "", 0);
    expect_words("tokenizer=words\n", "", "", 0);
    expect_words("tokenizer=space\n", "B13X-0_0 a", "B13X-0_0 a", 2);

    ck_assert_int_eq(n2v_vectors_tokenize(whole, "a", 1, got, sizeof got, NULL, &count, &error), N2V_ERROR_DATA);
    ck_assert_ptr_nonnull(strstr(error.text, "no record of a tokenizer"));
    ck_assert_uint_eq(count, 0);
    ck_assert_str_eq(got, "");
    ck_assert_int_eq(n2v_vectors_tokenize(NULL, "a", 1, NULL, 0, NULL, NULL, &error), N2V_ERROR_ARGUMENT);
    ck_assert_int_eq(n2v_vectors_tokenize(whole, NULL, 1, NULL, 0, NULL, NULL, &error), N2V_ERROR_ARGUMENT);
    n2v_vectors_destroy(whole);
}
END_TEST

START_TEST(unknown_tokenizer)
{
    Model model = make_model();
    const n2v_vectors vectors = {.model = &model};
    n2v_error error = {.text = ""};

    record_fill(&model.record, "tokenizer=syllables\n");
    ck_assert_int_eq(n2v_vectors_tokenize(&vectors, "a", 1, NULL, 0, NULL, NULL, &error), N2V_ERROR_FORMAT);
    ck_assert_ptr_nonnull(strstr(error.text, "'syllables'"));
    model_free(&model);
}
END_TEST

START_TEST(record)
{
    n2v_vectors *whole = load("n2v"), *plain = load("text");
    static const char *const wanted[][2] = {{"objective", "nce"}, {"dim", "16"}, {"input", "a"}, {"input", "b"}};
    const char *name = NULL, *value = NULL;

    for (size_t i = 0; i < 4; i++) {
        ck_assert_int_eq(n2v_vectors_record(whole, i, &name, &value), 1);
        ck_assert_str_eq(name, wanted[i][0]);
        ck_assert_str_eq(value, wanted[i][1]);
    }
    ck_assert_int_eq(n2v_vectors_record(whole, 4, &name, &value), 0);
    ck_assert_int_eq(n2v_vectors_record(whole, 0, NULL, NULL), 1);
    ck_assert_int_eq(n2v_vectors_record(plain, 0, &name, &value), 0);
    n2v_vectors_destroy(whole);
    n2v_vectors_destroy(plain);
}
END_TEST

/* A trainer's vectors are a part of the trainer: views are its own rows, and destroying the handle does nothing. */
START_TEST(of_a_trainer)
{
    Model model = make_model();
    n2v_vectors borrowed = {.model = &model};
    n2v_vectors_info info = {.size = sizeof info};
    size_t stride = 0;

    ck_assert_ptr_eq(n2v_vectors_view(&borrowed, N2V_INPUT, &stride), model.input);
    ck_assert_ptr_eq(n2v_vectors_view(&borrowed, N2V_OUTPUT, NULL), model.output);
    ck_assert_uint_eq(stride, model.stride);
    ck_assert_float_eq(n2v_vectors_bias(&borrowed, 3), -1.5f);
    ck_assert_int_eq(n2v_vectors_describe(&borrowed, &info, NULL), N2V_OK);
    ck_assert_ptr_null(info.format);
    n2v_vectors_destroy(&borrowed);
    ck_assert_float_eq(model.input[0], 1);
    model_free(&model);
}
END_TEST

static int stop_now(void *context)
{
    ++*(int *)context;
    return 1;
}

START_TEST(files_that_do_not_load)
{
    scratch files = scratch_open();
    n2v_vectors *vectors = (n2v_vectors *)&files;
    n2v_error error = {.text = ""};
    int asked = 0;
    n2v_observer observer = {.size = sizeof observer, .context = &asked, .stop = stop_now};

    ck_assert_int_eq(n2v_vectors_load(&vectors, scratch_path(&files, "none"), NULL, &error), N2V_ERROR_ARGUMENT);
    ck_assert_ptr_null(vectors);
    scratch_write(&files, "bad.txt", "1 2\na 1 x\n", 10);
    ck_assert_int_eq(n2v_vectors_load(&vectors, scratch_path(&files, "bad.txt"), NULL, &error), N2V_ERROR_FORMAT);
    ck_assert_ptr_nonnull(strstr(error.text, "line 2"));
    ck_assert_ptr_null(vectors);
    scratch_write(&files, "good.txt", "1 2\na 1 2\n", 10);
    ck_assert_int_eq(n2v_vectors_load(&vectors, scratch_path(&files, "good.txt"), &observer, &error),
                     N2V_ERROR_INTERRUPTED);
    ck_assert_int_gt(asked, 0);
    ck_assert_ptr_null(vectors);
    observer.size = 0;
    ck_assert_int_eq(n2v_vectors_load(&vectors, scratch_path(&files, "good.txt"), &observer, &error),
                     N2V_ERROR_ARGUMENT);
    ck_assert_int_eq(n2v_vectors_load(&vectors, NULL, NULL, &error), N2V_ERROR_ARGUMENT);
    ck_assert_int_eq(n2v_vectors_load(NULL, "a", NULL, &error), N2V_ERROR_ARGUMENT);
    scratch_close(&files);
}
END_TEST

START_TEST(formats)
{
    n2v_format_info info = {.size = sizeof info};
    n2v_error error = {.text = ""};
    bool seen = false;

    ck_assert_uint_eq(n2v_format_count(), 11);
    for (size_t i = 0; i < n2v_format_count(); i++) {
        const Format *format = format_at(i);
        ck_assert_int_eq(n2v_format_describe(i, &info, &error), N2V_OK);
        ck_assert_str_eq(info.name, format->name);
        ck_assert_str_eq(info.endings, format->endings);
        ck_assert_str_eq(info.summary, format->summary);
        ck_assert_int_eq(info.has_words_file, format->beside != NULL);
        if (strcmp(info.name, "npy") == 0)
            seen = info.has_float16 && info.has_int8 && info.has_words_file;
        if (strcmp(info.name, "text") == 0)
            ck_assert(!info.has_float16 && !info.has_words_file);
    }
    ck_assert(seen);
    ck_assert_int_eq(n2v_format_describe(11, &info, &error), N2V_ERROR_ARGUMENT);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("public vectors");
    add_test(suite, "description", description);
    add_test(suite, "from arrays", from_arrays);
    add_test(suite, "sizes of structures", sizes_of_structures);
    add_test(suite, "words and counts", words_and_counts);
    add_test(suite, "numbers", numbers);
    add_test(suite, "lengths", lengths);
    add_test(suite, "tokenized", tokenized);
    add_test(suite, "unknown tokenizer", unknown_tokenizer);
    add_test(suite, "record", record);
    add_test(suite, "of a trainer", of_a_trainer);
    add_test(suite, "files that do not load", files_that_do_not_load);
    add_test(suite, "formats", formats);
    return run_suite(suite);
}
