/* gensim's files: pickles with bytes written here as Python writes them, and arrays beside them. What is malformed is
 * an error; nothing crashes. */
#include <stdio.h>
#include <string.h>

#include "model/formats/format.h"
#include "pickled.h"
#include "scratch.h"
#include "test.h"

static const float INPUT[] = {1, -2, 3, 4}, OUTPUT[] = {5, 6, 7, 8};

/* The words "b" and "a" as gensim 4 or 3 has them, up to their vectors. */
static void keyed(py_bytes *b, bool old, int protocol)
{
    static const char *const words[] = {"b", "a"};
    static const int64_t counts[] = {9, 4};

    py_object(b, "gensim.models.keyedvectors", old ? "Word2VecKeyedVectors" : "KeyedVectors", protocol);
    py_text(b, old ? "index2word" : "index_to_key", protocol);
    py_op(b, "](");
    py_text(b, words[0], protocol);
    if (old)
        py_text(b, words[1], protocol);
    else
        py_letter(b, words[1], protocol);
    py_op(b, "e");
    py_text(b, old ? "vocab" : "expandos", protocol);
    py_op(b, "}(");
    for (unsigned i = 0; old && i < 2; i++) {
        py_text(b, words[i], protocol);
        py_object(b, "gensim.models.keyedvectors", "Vocab", protocol);
        py_text(b, "count", protocol);
        py_number(b, (unsigned)counts[i]);
        py_op(b, "ub");
    }
    if (!old) {
        py_text(b, "count", protocol);
        py_array(b, "i8", 2, 0, counts, sizeof counts, protocol);
    }
    py_op(b, "u");
}

static void vectors(py_bytes *b, const char *name, const float *floats, int protocol)
{
    py_text(b, name, protocol);
    py_array(b, "f4", 2, 2, floats, 4 * sizeof *floats, protocol);
}

/* A whole model. */
static py_bytes model_file(bool old, int protocol)
{
    py_bytes b;

    py_begin(&b, protocol);
    py_object(&b, "gensim.models.word2vec", "Word2Vec", protocol);
    py_text(&b, "wv", protocol);
    keyed(&b, old, protocol);
    vectors(&b, "vectors", INPUT, protocol);
    py_op(&b, "ub");
    if (old) {
        py_text(&b, "trainables", protocol);
        py_object(&b, "gensim.models.word2vec", "Word2VecTrainables", protocol);
    }
    vectors(&b, "syn1neg", OUTPUT, protocol);
    py_op(&b, old ? "ubub." : "ub.");
    return b;
}

static py_bytes keyed_file(const char *name, int protocol)
{
    py_bytes b;

    py_begin(&b, protocol);
    keyed(&b, false, protocol);
    vectors(&b, name, INPUT, protocol);
    py_op(&b, "ub.");
    return b;
}

static n2v_status load(Model *model, const py_bytes *b, n2v_error *error)
{
    const MemoryFile file = {.name = "x.model", .bytes = b->at, .count = b->count};
    return format_load_memory(model, NULL, &file, NULL, NULL, error);
}

static void check_rows(const float *rows, size_t stride, const float *wanted)
{
    ck_assert_ptr_nonnull(rows);
    for (size_t i = 0; i < 4; i++)
        ck_assert_float_eq(rows[i / 2 * stride + i % 2], wanted[i]);
}

static void check_model(const py_bytes *b, bool has_output)
{
    n2v_error error = {.text = ""};
    Model model;

    ck_assert_msg(load(&model, b, &error) == N2V_OK, "%s", error.text);
    ck_assert_uint_eq(model.words, 2);
    ck_assert_str_eq(vocabulary_word(model.vocabulary, 0, NULL), "b");
    ck_assert_str_eq(vocabulary_word(model.vocabulary, 1, NULL), "a");
    ck_assert_uint_eq(vocabulary_count(model.vocabulary, 0), 9);
    ck_assert_uint_eq(vocabulary_count(model.vocabulary, 1), 4);
    check_rows(model.input, model.stride, INPUT);
    if (has_output)
        check_rows(model.output, model.output_stride, OUTPUT);
    else
        ck_assert_ptr_null(model.output);
    model_free(&model);
}

START_TEST(shapes_and_protocols)
{
    for (int protocol = 2; protocol <= 5; protocol++) {
        py_bytes b = model_file(false, protocol);
        check_model(&b, true);
        b = model_file(true, protocol);
        check_model(&b, true);
        b = keyed_file("vectors", protocol);
        check_model(&b, false);
        b = keyed_file("syn0", protocol);
        check_model(&b, false);
    }
}
END_TEST

static void expect(const py_bytes *b, const char *says)
{
    n2v_error error = {.text = ""};
    Model model;

    ck_assert_int_eq(load(&model, b, &error), N2V_ERROR_FORMAT);
    ck_assert_msg(strstr(error.text, says) && strstr(error.text, "x.model"), "'%s' does not say '%s'", error.text,
                  says);
    ck_assert_ptr_null(model.input);
    ck_assert_ptr_null(model.vocabulary);
}

START_TEST(truncated_and_changed_bytes)
{
    for (int protocol = 2; protocol <= 5; protocol++)
        for (int old = 0; old < 2; old++) {
            const py_bytes whole = model_file(old, protocol);
            py_bytes b = whole;
            for (b.count = 2; b.count < whole.count; b.count++)
                expect(&b, "");
            for (size_t i = 0; i < 8 * whole.count; i += SANITIZED ? 7 : 1) {
                Model model;
                b.at[i / 8] ^= (unsigned char)(1 << i % 8);
                if (load(&model, &b, NULL) == N2V_OK)
                    model_free(&model);
                b.at[i / 8] = whole.at[i / 8];
            }
        }
}
END_TEST

/* Pickles that cannot be read, and those of something else. */
START_TEST(odd_pickles)
{
    static const struct {
        const char *opcodes;
        size_t count;
        const char *says;
    } odd[] = {
        {".", 1, "the pickle is malformed: a value is missing"},
        {"N.N", 3, "more bytes after the end"},
        {"e.", 2, "a mark is missing"},
        {"(0.", 3, "a value is missing"},
        {"Nb.", 3, "a value is missing"},
        {"NNa.", 4, "items for what is no list"},
        {"}(Nu.", 5, "a key without a value"},
        {"h\5.", 3, "a value is used before it is there"},
        {"Nr\xff\xff\xff\xff.", 7, "an index is too large"},
        {"X\xff\xff\xff\x7f" "ab.", 8, "the file is truncated: a text of 2147483647 bytes begins here"},
        {"\x8e\xff\xff\xff\xff\xff\xff\xff\xff.", 10, "the file is truncated"},
        {"Ix\n.", 4, "an invalid number"},
        {"NN\x93.", 4, "the name of a class is no string"},
        {"(o.", 3, "an object has no class"},
        {"P1\n.", 4, "the opcode 0x50"},
        {"\x82\1.", 3, "the opcode 0x82"},
        {"\x97.", 2, "the opcode 0x97"},
        {"N.", 2, "is a Python pickle without word vectors of gensim. To convert such a file X"},
        {"]l.", 3, "a mark is missing"},
        {"](I2\nL3L\nG12345678\x8a\2\1\2\x8b\1\0\0\0\1e.", 30, "without word vectors"},
        {"}q\0h\0h\0s.", 9, "without word vectors"},
        {"cos\nsystem\nU\6reboot\x85R.", 22, "without word vectors"}, /* a call, which nobody makes */
    };

    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        py_bytes b;
        py_begin(&b, 2);
        py_put(&b, odd[i].opcodes, odd[i].count);
        expect(&b, odd[i].says);
    }
}
END_TEST

/* Values that contain themselves, and deep ones. */
START_TEST(cycles_and_depth)
{
    py_bytes b;

    py_begin(&b, 2);
    py_op(&b, "}q\1X\2"); /* {"wv": itself} */
    py_put(&b, "\0\0\0wv", 5);
    py_op(&b, "h\1s.");
    expect(&b, "without word vectors");
    py_begin(&b, 2);
    py_op(&b, "]");
    for (int i = 0; i < 5000; i++)
        py_op(&b, "\x85");
    py_op(&b, ".");
    expect(&b, "without word vectors");
    py_begin(&b, 2);
    for (int i = 0; i < 5000; i++)
        py_op(&b, "(");
    expect(&b, "the file is truncated");
}
END_TEST

/* A word that cannot be one, numbers as words, and arrays of other shapes and types. */
START_TEST(odd_models)
{
    static const struct {
        const char *name, *words;
        unsigned rows, columns;
        size_t bytes;
        const char *says;
    } odd[] = {
        {"f4", "K\1K\2", 2, 2, 16, NULL},
        {"f8", "K\1K\2", 2, 1, 16, NULL},
        {"f4", "K\1K\1", 2, 2, 16, "the word '1' appears twice"},
        {"f4", "K\1N", 2, 2, 16, "word 2 is no string"},
        {"f4", "K\1U\3a b", 2, 2, 16, "the word 'a b' contains white space"},
        {"f4", "K\1", 2, 2, 16, "vectors has 2 x 2 numbers, where 1 x 2 are needed"},
        {"f4", "", 2, 2, 16, "without word vectors"},
        {"i4", "K\1K\2", 2, 2, 16, "numbers of the type '<i4'"},
        {"O8", "K\1K\2", 2, 2, 16, "numbers of the type '<O8'"},
        {"f4", "K\1K\2", 2, 0, 16, "expected 2 axes"},
        {"f4", "K\1K\2", 2, 2, 12, "more than the file has"},
        {"f4", "K\1K\2", 2, 2, 0, "more than the file has"},
        {"f4", "K\1K\2", 2, 1, 12, "more bytes after the end"},
    };

    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        static const float zeros[4];
        n2v_error error = {.text = ""};
        Model model;
        py_bytes b;
        py_begin(&b, 4);
        py_object(&b, "gensim.models.keyedvectors", "KeyedVectors", 4);
        py_text(&b, "index_to_key", 4);
        py_op(&b, "](");
        py_op(&b, odd[i].words);
        py_op(&b, "e");
        py_text(&b, "vectors", 4);
        py_array(&b, odd[i].name, odd[i].rows, odd[i].columns, zeros, odd[i].bytes, 4);
        py_op(&b, "ub.");
        if (odd[i].says) {
            expect(&b, odd[i].says);
            continue;
        }
        ck_assert_msg(load(&model, &b, &error) == N2V_OK, "%s", error.text);
        ck_assert_str_eq(vocabulary_word(model.vocabulary, 1, NULL), "2");
        model_free(&model);
    }
}
END_TEST

/* The vectors in a file of NumPy, which Fortran's order may have. */
START_TEST(arrays_beside)
{
    static const char header[] = "\x93NUMPY\1\0\71\0{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2)}\n";
    static const float columns[] = {1, 3, -2, 4};
    scratch files = scratch_open();
    n2v_error error = {.text = ""};
    char path[200], npy[sizeof header - 1 + sizeof columns];
    Model model;
    py_bytes b;

    py_begin(&b, 4);
    keyed(&b, false, 4);
    py_text(&b, "__numpys", 4);
    py_op(&b, "](");
    py_text(&b, "vectors", 4);
    py_op(&b, "eub.");
    ck_assert_int_eq(load(&model, &b, &error), N2V_ERROR_ARGUMENT);
    ck_assert_str_eq(error.text, "x.model has its vectors in a file beside it: give the name of its file");
    scratch_write(&files, "x.kv", b.at, b.count);
    snprintf(path, sizeof path, "%s", files.path);
    ck_assert_int_eq(format_read(&model, path, NULL, &error), N2V_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.text, "x.kv has its vectors in a file beside it: cannot read"));
    ck_assert_ptr_nonnull(strstr(error.text, "x.kv.vectors.npy: No such file"));
    memcpy(npy, header, sizeof header - 1);
    memcpy(npy + sizeof header - 1, columns, sizeof columns);
    scratch_write(&files, "x.kv.vectors.npy", npy, sizeof npy - 1);
    ck_assert_int_eq(format_read(&model, path, NULL, &error), N2V_ERROR_FORMAT);
    scratch_write(&files, "x.kv.vectors.npy", npy, sizeof npy);
    ck_assert_msg(format_read(&model, path, NULL, &error) == N2V_OK, "%s", error.text);
    check_rows(model.input, model.stride, INPUT);
    model_free(&model);
    scratch_close(&files);
}
END_TEST

/* Words that cannot be words are skipped with their rows, on both sides. */
START_TEST(skipped_words)
{
    static const float rows[] = {9, 9, 1, -2, 9, 9, 3, 4}, outputs[] = {9, 9, 5, 6, 9, 9, 7, 8};
    static const int64_t counts[] = {1, 9, 2, 4};
    scratch files = scratch_open();
    BadRows bad = {.count = 0};
    n2v_error error = {.text = ""};
    Model model;
    py_bytes b;

    py_begin(&b, 4);
    py_object(&b, "gensim.models.keyedvectors", "KeyedVectors", 4);
    py_text(&b, "index_to_key", 4);
    py_op(&b, "](");
    py_text(&b, "x y", 4);
    py_text(&b, "b", 4);
    py_text(&b, "b", 4);
    py_text(&b, "a", 4);
    py_op(&b, "e");
    py_text(&b, "expandos", 4);
    py_op(&b, "}(");
    py_text(&b, "count", 4);
    py_array(&b, "i8", 4, 0, counts, sizeof counts, 4);
    py_op(&b, "u");
    py_text(&b, "vectors", 4);
    py_array(&b, "f4", 4, 2, rows, sizeof rows, 4);
    py_text(&b, "syn1neg", 4);
    py_array(&b, "f4", 4, 2, outputs, sizeof outputs, 4);
    py_op(&b, "ub.");
    expect(&b, "the word 'x y' contains white space");
    scratch_write(&files, "x.kv", b.at, b.count);
    ck_assert_msg(format_load_skipping(&model, NULL, files.path, &bad, NULL, &error) == N2V_OK, "%s", error.text);
    ck_assert_uint_eq(bad.count, 2);
    ck_assert_ptr_nonnull(strstr(bad.first, "the word 'x y' contains white space"));
    ck_assert_uint_eq(model.words, 2);
    ck_assert_str_eq(vocabulary_word(model.vocabulary, 0, NULL), "b");
    ck_assert_str_eq(vocabulary_word(model.vocabulary, 1, NULL), "a");
    ck_assert_uint_eq(vocabulary_count(model.vocabulary, 1), 4);
    check_rows(model.input, model.stride, INPUT);
    check_rows(model.output, model.output_stride, OUTPUT);
    model_free(&model);
    scratch_close(&files);
}
END_TEST

START_TEST(only_skipped_words)
{
    static const float row[] = {1, 2};
    scratch files = scratch_open();
    BadRows bad = {.count = 0};
    n2v_error error = {.text = ""};
    Model model;
    py_bytes b;

    py_begin(&b, 4);
    py_object(&b, "gensim.models.keyedvectors", "KeyedVectors", 4);
    py_text(&b, "index_to_key", 4);
    py_op(&b, "](");
    py_text(&b, "x y", 4);
    py_op(&b, "e");
    py_text(&b, "vectors", 4);
    py_array(&b, "f4", 1, 2, row, sizeof row, 4);
    py_op(&b, "ub.");
    scratch_write(&files, "x.kv", b.at, b.count);
    ck_assert_int_eq(format_load_skipping(&model, NULL, files.path, &bad, NULL, &error), N2V_ERROR_FORMAT);
    ck_assert_msg(strstr(error.text, "no row can be read: ") && strstr(error.text, "the word 'x y' contains"), "%s",
                  error.text);
    scratch_close(&files);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("gensim");

    add_test(suite, "shapes", shapes_and_protocols);
    add_test(suite, "truncated", truncated_and_changed_bytes);
    add_test(suite, "odd pickles", odd_pickles);
    add_test(suite, "cycles", cycles_and_depth);
    add_test(suite, "odd models", odd_models);
    add_test(suite, "beside", arrays_beside);
    add_test(suite, "skipped", skipped_words);
    add_test(suite, "only skipped words", only_skipped_words);
    return run_suite(suite);
}
