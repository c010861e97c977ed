/* gensim's files: pickles with bytes written here as Python writes them, and arrays beside them. What is malformed is
 * an error; nothing crashes. */
#include <stdio.h>
#include <string.h>

#include "model/formats/format.h"
#include "scratch.h"
#include "test.h"

/* Bytes of opcodes. */
typedef struct bytes {
    unsigned char at[1 << 14];
    size_t count;
} bytes;

static void put(bytes *b, const void *from, size_t count)
{
    ck_assert_uint_le(b->count + count, sizeof b->at);
    memcpy(b->at + b->count, from, count);
    b->count += count;
}

static void op(bytes *b, const char *opcodes)
{
    put(b, opcodes, strlen(opcodes));
}

/* A string in the way of protocol 4, or 2. */
static void text(bytes *b, const char *string, int protocol)
{
    const unsigned char length[] = {(unsigned char)strlen(string), 0, 0, 0};

    op(b, protocol >= 4 ? "\x8c" : "X");
    put(b, length, protocol >= 4 ? 1 : 4);
    op(b, string);
}

static void class(bytes *b, const char *module, const char *name, int protocol)
{
    if (protocol >= 4) {
        text(b, module, protocol);
        text(b, name, protocol);
        op(b, "\x93");
    } else {
        op(b, "c");
        op(b, module);
        op(b, "\n");
        op(b, name);
        op(b, "\n");
    }
}

static void number(bytes *b, unsigned value)
{
    const unsigned char byte = (unsigned char)value;

    op(b, "K");
    put(b, &byte, 1);
}

static void type(bytes *b, const char *name, int protocol)
{
    class(b, "numpy", "dtype", protocol);
    text(b, name, protocol);
    op(b, "\x89\x88\x87R(");
    number(b, 3);
    text(b, "<", protocol);
    op(b, "NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xff");
    number(b, 0);
    op(b, "tb");
}

/* NumPy 2 has renamed its modules: protocol 4 has the new name here. */
static const char *multiarray(int protocol)
{
    return protocol == 4 ? "numpy._core.multiarray" : "numpy.core.multiarray";
}

/* A string of one letter that was taken out of an array. */
static void letter(bytes *b, const char *string, int protocol)
{
    const char code[4] = {*string};

    class(b, multiarray(protocol), "scalar", protocol);
    type(b, "U1", protocol);
    op(b, "C\4");
    put(b, code, sizeof code);
    op(b, "\x86R");
}

/* The shape has one axis where columns is 0. */
static void shape(bytes *b, unsigned rows, unsigned columns)
{
    number(b, rows);
    if (columns)
        number(b, columns);
    op(b, columns ? "\x86" : "\x85");
}

/* An array. In protocol 2, bytes are a text in Latin-1 that is to be encoded; in protocol 5, a buffer. */
static void array(bytes *b, const char *name, unsigned rows, unsigned columns, const void *content, size_t count,
                  int protocol)
{
    const unsigned char length[8] = {(unsigned char)count};

    if (protocol == 5) {
        class(b, "numpy._core.numeric", "_frombuffer", protocol);
        op(b, "(\x96");
        put(b, length, 8);
        put(b, content, count);
        type(b, name, protocol);
        shape(b, rows, columns);
        text(b, "C", protocol);
        op(b, "tR");
        return;
    }
    class(b, multiarray(protocol), "_reconstruct", protocol);
    class(b, "numpy", "ndarray", protocol);
    number(b, 0);
    op(b, "\x85");
    op(b, "U\1b\x87R(");
    number(b, 1);
    shape(b, rows, columns);
    type(b, name, protocol);
    op(b, "\x89");
    if (protocol == 2) {
        class(b, "_codecs", "encode", protocol);
        op(b, "X");
        bytes latin = {.count = 0};
        for (size_t i = 0; i < count; i++) {
            const unsigned char byte = ((const unsigned char *)content)[i];
            const unsigned char pair[] = {(unsigned char)(0xc0 | byte >> 6), (unsigned char)(0x80 | (byte & 0x3f))};
            put(&latin, byte < 0x80 ? &byte : pair, byte < 0x80 ? 1 : 2);
        }
        const unsigned char size[4] = {(unsigned char)latin.count};
        put(b, size, 4);
        put(b, latin.at, latin.count);
        text(b, "latin1", protocol);
        op(b, "\x86R");
    } else {
        op(b, "C");
        put(b, length, 1);
        put(b, content, count);
    }
    op(b, "tb");
}

static const float INPUT[] = {1, -2, 3, 4}, OUTPUT[] = {5, 6, 7, 8};

static void begin(bytes *b, int protocol)
{
    const unsigned char start[] = {0x80, (unsigned char)protocol};

    b->count = 0;
    put(b, start, 2);
    if (protocol >= 4)
        put(b, "\x95\0\0\0\0\0\0\0\0", 9);
}

static void object(bytes *b, const char *module, const char *name, int protocol)
{
    class(b, module, name, protocol);
    op(b, ")\x81}(");
}

/* The words "b" and "a" as gensim 4 or 3 has them, up to their vectors. */
static void keyed(bytes *b, bool old, int protocol)
{
    static const char *const words[] = {"b", "a"};
    static const int64_t counts[] = {9, 4};

    object(b, "gensim.models.keyedvectors", old ? "Word2VecKeyedVectors" : "KeyedVectors", protocol);
    text(b, old ? "index2word" : "index_to_key", protocol);
    op(b, "](");
    text(b, words[0], protocol);
    if (old)
        text(b, words[1], protocol);
    else
        letter(b, words[1], protocol);
    op(b, "e");
    text(b, old ? "vocab" : "expandos", protocol);
    op(b, "}(");
    for (unsigned i = 0; old && i < 2; i++) {
        text(b, words[i], protocol);
        object(b, "gensim.models.keyedvectors", "Vocab", protocol);
        text(b, "count", protocol);
        number(b, (unsigned)counts[i]);
        op(b, "ub");
    }
    if (!old) {
        text(b, "count", protocol);
        array(b, "i8", 2, 0, counts, sizeof counts, protocol);
    }
    op(b, "u");
}

static void vectors(bytes *b, const char *name, const float *floats, int protocol)
{
    text(b, name, protocol);
    array(b, "f4", 2, 2, floats, 4 * sizeof *floats, protocol);
}

/* A whole model. */
static bytes model_file(bool old, int protocol)
{
    bytes b;

    begin(&b, protocol);
    object(&b, "gensim.models.word2vec", "Word2Vec", protocol);
    text(&b, "wv", protocol);
    keyed(&b, old, protocol);
    vectors(&b, "vectors", INPUT, protocol);
    op(&b, "ub");
    if (old) {
        text(&b, "trainables", protocol);
        object(&b, "gensim.models.word2vec", "Word2VecTrainables", protocol);
    }
    vectors(&b, "syn1neg", OUTPUT, protocol);
    op(&b, old ? "ubub." : "ub.");
    return b;
}

static bytes keyed_file(const char *name, int protocol)
{
    bytes b;

    begin(&b, protocol);
    keyed(&b, false, protocol);
    vectors(&b, name, INPUT, protocol);
    op(&b, "ub.");
    return b;
}

static n2v_status load(Model *model, const bytes *b, n2v_error *error)
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

static void check_model(const bytes *b, bool has_output)
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
        bytes b = model_file(false, protocol);
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

static void expect(const bytes *b, const char *says)
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
            const bytes whole = model_file(old, protocol);
            bytes b = whole;
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
        bytes b;
        begin(&b, 2);
        put(&b, odd[i].opcodes, odd[i].count);
        expect(&b, odd[i].says);
    }
}
END_TEST

/* Values that contain themselves, and deep ones. */
START_TEST(cycles_and_depth)
{
    bytes b;

    begin(&b, 2);
    op(&b, "}q\1X\2"); /* {"wv": itself} */
    put(&b, "\0\0\0wv", 5);
    op(&b, "h\1s.");
    expect(&b, "without word vectors");
    begin(&b, 2);
    op(&b, "]");
    for (int i = 0; i < 5000; i++)
        op(&b, "\x85");
    op(&b, ".");
    expect(&b, "without word vectors");
    begin(&b, 2);
    for (int i = 0; i < 5000; i++)
        op(&b, "(");
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
        bytes b;
        begin(&b, 4);
        object(&b, "gensim.models.keyedvectors", "KeyedVectors", 4);
        text(&b, "index_to_key", 4);
        op(&b, "](");
        op(&b, odd[i].words);
        op(&b, "e");
        text(&b, "vectors", 4);
        array(&b, odd[i].name, odd[i].rows, odd[i].columns, zeros, odd[i].bytes, 4);
        op(&b, "ub.");
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
    bytes b;

    begin(&b, 4);
    keyed(&b, false, 4);
    text(&b, "__numpys", 4);
    op(&b, "](");
    text(&b, "vectors", 4);
    op(&b, "eub.");
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
    bytes b;

    begin(&b, 4);
    object(&b, "gensim.models.keyedvectors", "KeyedVectors", 4);
    text(&b, "index_to_key", 4);
    op(&b, "](");
    text(&b, "x y", 4);
    text(&b, "b", 4);
    text(&b, "b", 4);
    text(&b, "a", 4);
    op(&b, "e");
    text(&b, "expandos", 4);
    op(&b, "}(");
    text(&b, "count", 4);
    array(&b, "i8", 4, 0, counts, sizeof counts, 4);
    op(&b, "u");
    text(&b, "vectors", 4);
    array(&b, "f4", 4, 2, rows, sizeof rows, 4);
    text(&b, "syn1neg", 4);
    array(&b, "f4", 4, 2, outputs, sizeof outputs, 4);
    op(&b, "ub.");
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
    return run_suite(suite);
}
