/* The layouts that others publish: files as they write them are read, and what is wrong in one is named. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "model/formats/format.h"
#include "model/formats/half.h"
#include "records.h"
#include "scratch.h"
#include "test.h"

/* Bytes with NULs in them. */
typedef struct bytes {
    const char *at;
    size_t count;
} bytes;
#define B(text)                                                                                                        \
    {                                                                                                                  \
        text, sizeof(text) - 1                                                                                         \
    }

/* Little-endian numbers, as text. */
#define U32(n) n "\0\0\0"
#define U64(n) n "\0\0\0\0\0\0\0"
#define ONE    "\0\0\200?"    /* 1 */
#define MINUS2 "\0\0\0\300"   /* -2 */
#define NAN32  "\0\0\300\177" /* NaN */
#define HALF1  "\0<"          /* 1, in 16 bits */
#define HALF2  "\0\300"       /* -2 */
#define TWO    ONE MINUS2
#define TWO64  "\0\0\0\0\0\0\360?\0\0\0\0\0\0\0\300" /* 1 and -2, in 64 bits */

/* All files are at PATH, and words at both names that a second file can have. */
static void put(scratch *files, bytes file, bytes words)
{
    if (words.at) {
        scratch_write(files, "file.vocab.txt", words.at, words.count);
        scratch_write(files, "file.metadata.tsv", words.at, words.count);
    }
    scratch_write(files, "file", file.at, file.count);
}

typedef struct odd_file {
    bytes file, words;
    const char *says;
} odd_file;

static void check_all(const odd_file *odd, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        scratch files = scratch_open();
        Model model;
        n2v_error error = {.text = ""};
        put(&files, odd[i].file, odd[i].words);
        ck_assert_msg(format_read(&model, scratch_path(&files, "file"), NULL, &error) == N2V_ERROR_FORMAT,
                      "not refused, though: %s", odd[i].says);
        ck_assert_msg(strstr(error.text, odd[i].says) && strstr(error.text, files.folder), "'%s' does not say '%s'",
                      error.text, odd[i].says);
        ck_assert_ptr_null(model.input);
        ck_assert_ptr_null(model.vocabulary);
        scratch_close(&files);
    }
}
#define CHECK_ALL(odd) check_all(odd, sizeof(odd) / sizeof *(odd))

/* Reads two words, a and b, of two dimensions: 1 -2 and 1 -2, or as given. */
static void check_read(bytes file, bytes words, const char *name, const float *wanted)
{
    static const float usual[] = {1, -2, 1, -2};
    scratch files = scratch_open();
    const Format *format;
    Model model;
    n2v_error error = {.text = ""};

    put(&files, file, words);
    ck_assert_msg(format_load(&model, &format, scratch_path(&files, "file"), NULL, &error) == N2V_OK, "%s: %s", name,
                  error.text);
    ck_assert_str_eq(format->name, name);
    ck_assert_uint_eq(model.words, 2);
    ck_assert_uint_eq(model.dim, 2);
    ck_assert_str_eq(vocabulary_word(model.vocabulary, 0, NULL), "a");
    ck_assert_str_eq(vocabulary_word(model.vocabulary, 1, NULL), "b");
    for (size_t i = 0; i < 4; i++)
        ck_assert_float_eq(model.input[i / 2 * model.stride + i % 2], (wanted ? wanted : usual)[i]);
    model_free(&model);
    scratch_close(&files);
}

/* Text ---------------------------------------------------------------------------------- */

START_TEST(glove)
{
    static const odd_file odd[] = {
        {B("a 1 2\nb 1\n"), {0}, "line 2: 1 number after the word, where the first line has 2"},
        {B("a 1 2\nb 1 2 3\n"), {0}, "line 2: 3 numbers after the word, where the first line has 2"},
        {B("a 1 2\nb 1 nan\n"), {0}, "line 2: 'nan' is not a finite number"},
        {B("a nan 2\nb 1 2\n"), {0}, "line 1: 'nan' is not a finite number"},
        {B("a 1 2\nb 1 1e99\n"), {0}, "line 2: number 2 of the word 'b' is not finite"},
        {B("a 1 2\n\nb 1 2\n"), {0}, "line 2: the word '' is empty"},
        {B("a 1 2\na 1 2\n"), {0}, "line 2: the word 'a' appears twice"},
        {B("a 1 2\nb 1 2"), {0}, "line 2: the last line has no newline"},
        {B("7 3\n"), {0}, "line 1: the file ends after 0 words, where the header declares 7"},
        {B("-7 3\n"), {0}, "line 1: not a vector file"},
        {B("12345678901234567890 3\na 1 2 3\n"), {0}, "line 1: not a vector file"},
        {B("In 1984 there was\n"), {0}, "line 1: 'there' is not a finite number"},
        {B("a word\n"), {0}, "if it is text, train on it first"},
    };
    CHECK_ALL(odd);
    check_read((bytes)B("a 1 -2\nb 1 -2\n"), (bytes){0}, "glove", NULL);
    check_read((bytes)B("a 1.0e0 -2 \r\nb\t+1 -20e-1\r\n"), (bytes){0}, "glove", NULL);
}
END_TEST

START_TEST(projector)
{
    static const odd_file odd[] = {
        {B("1\t2\n3\n"), B("a\nb\n"), "line 2: 1 number, where the first line has 2"},
        {B("1\t2\n"), B("a\nb\n"), "line 1: the file ends after 1 row, where the file of words has 2"},
        {B("1\t2\n1\t2\n3\t4\n"), B("a\nb\n"), "line 3: more rows than the 2 that the file of words has"},
        {B("1\t2\n1\tinf\n"), B("a\nb\n"), "line 2: 'inf' is not a finite number"},
        {B("1\t2\n1\t1e99\n"), B("a\nb\n"), "line 2: number 2 of the word 'b' is not finite"},
        {B("1\t2\n\n1\t2\n"), B("a\nb\n"), "line 2: 0 numbers, where the first line has 2"},
        {B("1\t2\n1\t2\n"), B("a\na\n"), "file.metadata.tsv: line 2: the word 'a' appears twice"},
        {B("1\t2\n1\t2\n"), B("word\tcount\na\t3\n"), "line 1: the word 'word?count' contains white space"},
        {B("1\t2\n1\t2\n"), B("a\n\n"), "file.metadata.tsv: line 2: the word '' is empty"},
        {B("1\t2\n1\t2\n"), B(""), "file.metadata.tsv: the file is empty"},
        {B("1\t2\n1\t2\n"), B("a\n\xff\n"), "line 2: the word '?' is not valid UTF-8"},
    };
    CHECK_ALL(odd);
    check_read((bytes)B("1\t-2\n1\t-2\n"), (bytes)B("a\nb\n"), "projector", NULL);
    check_read((bytes)B("1.0\t-2e0\r\n1\t-2\n\n"), (bytes)B("a\r\nb"), "projector", NULL);
    /* A header of word2vec's has a space. */
    check_read((bytes)B("2\t2\n1\t0\n"), (bytes)B("a\nb\n"), "projector", (const float[]){2, 2, 1, 0});
}
END_TEST

/* NumPy --------------------------------------------------------------------------------- */

#define WORDS B("a\nb\n")

/* A file with this dictionary. */
static bytes npy(char *room, const char *version, const char *dictionary, bytes data)
{
    const size_t length = strlen(dictionary), fixed = *version == 1 ? 10 : 12;
    bytes made = {room, fixed + length + data.count};

    memcpy(room, "\x93NUMPY", 6);
    memcpy(room + 6, version, 2);
    memset(room + 8, 0, 4);
    room[8] = (char)length;
    memcpy(room + fixed, dictionary, length);
    memcpy(room + fixed + length, data.at, data.count);
    return made;
}

#define USUAL "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }\n"

START_TEST(numpy)
{
    static const struct {
        const char *dictionary;
        bytes data;
        const char *says;
    } odd[] = {
        {USUAL, B(TWO TWO "x"), "byte 87: more bytes after the end"},
        {USUAL, B(TWO ONE), "byte 70: the header declares 2 x 2 numbers, more than the file has"},
        {USUAL, B(TWO ONE NAN32), "byte 86: number 2 of the word 'b' is not finite"},
        {"{'descr': '<i4', 'fortran_order': False, 'shape': (2, 2), }\n", B(TWO TWO), "type '<i4', where 'f2'"},
        {"{'descr': '<f16', 'fortran_order': False, 'shape': (2, 2), }\n", B(TWO TWO), "type '<f16', where 'f2'"},
        {"{'descr': '|O', 'fortran_order': False, 'shape': (2, 2), }\n", B("\x80\4"), "type '|O', where 'f2'"},
        {"{'descr': [('x', '<f4')], 'shape': (2, 2), }\n", B(TWO TWO), "expected a string, found '['"},
        {"{'descr': '<f4', 'fortran_order': Maybe, 'shape': (2, 2), }\n", B(TWO TWO), "fortran_order is 'Maybe'"},
        {"{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2), }\n", B(TWO ONE NAN32), "number 2 of the word 'b'"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }\n", B(TWO TWO),
         "2 x 2 numbers, more than the file"},
        {"{'descr': '<f4', 'fortran_order': 0, 'shape': (2, 2), }\n", B(TWO TWO), "expected a name, found a number"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }\n", B(TWO TWO),
         "axes (words and dimensions), found 1"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (), }\n", B(TWO TWO), "found 0"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2, 2), }\n", B(TWO TWO), "found 3"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }\n", B(TWO TWO TWO),
         "expected a row for each of the 2 words, found 3"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }\n", B(TWO),
         "expected a row for each of the 2 words, found 1"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 0), }\n", B(""), "declares 0 dimensions"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (0, 2), }\n", B(""), "declares 0 words"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (1152921504606846976, 2), }\n", B(TWO TWO),
         "declares 1152921504606846976 words"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1152921504606846976), }\n", B(TWO TWO),
         "declares 1152921504606846976 dimensions"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 99999999999999999999), }\n", B(TWO TWO),
         "a number in the header is too large"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1000000), }\n", B(TWO TWO), "more than the file has"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (2, -2), }\n", B(TWO TWO), "the byte 0x2d"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (2 2), }\n", B(TWO TWO), "expected ',', found a number"},
        {"{'descr': '<f4', 'fortran_order': False, }\n", B(TWO TWO), "shape is missing"},
        {"{'descr': '<f4', 'descr': '<f4', 'shape': (2, 2), }\n", B(TWO TWO), "'descr' appears twice"},
        {"{'descr': '<f4', 'color': 'red', 'shape': (2, 2), }\n", B(TWO TWO), "'color' is unknown"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), } x\n", B(TWO TWO),
         "expected the end, found a name"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), \n", B(TWO TWO),
         "expected a string, found the end"},
        {"{'descr': '<f4", B(TWO TWO), "a string without an end"},
        {"", B(TWO TWO), "byte 10: the header is malformed: expected '{', found the end"},
    };
    char room[512];

    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        const odd_file file = {npy(room, "\1", odd[i].dictionary, odd[i].data), WORDS, odd[i].says};
        check_all(&file, 1);
    }
}
END_TEST

START_TEST(numpy_versions)
{
    static const char *const same[] = {
        USUAL,
        "{'shape':(2,2),'fortran_order':False,'descr':'<f4'}",
        "  { 'fortran_order' : False , 'descr' : '<f4' , 'shape' : ( 2 , 2 , ) , }  \n",
    };
    static const odd_file others[] = {
        {B("\x93NUMPY\4\0\0\0"), WORDS, "version 4.0 of the format, where 1.0 to 3.0 can be read"},
        {B("\x93NUMPY\2\0\377\377\377\377"), WORDS, "a header of 4294967295 bytes"},
        {B("\x93NUMPY\1"), WORDS, "the file is truncated: it ends here"},
        {B("\x93NUMPY\1\0\60\0{'des"), WORDS, "the file is truncated: it ends here"},
    };
    char room[512];

    CHECK_ALL(others);
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        for (char version = 1; version <= 3; version++)
            check_read(npy(room, (const char[]){version, 0}, same[i], (bytes)B(TWO TWO)), (bytes)WORDS, "npy", NULL);
    check_read(npy(room, "\1", "{'descr': '<f2', 'fortran_order': False, 'shape': (2, 2), }",
                   (bytes)B(HALF1 HALF2 HALF1 HALF2)),
               (bytes)WORDS, "npy", NULL);
}
END_TEST

/* Safetensors --------------------------------------------------------------------------- */

static bytes tensors(char *room, const char *header, bytes data)
{
    const uint64_t length = strlen(header);

    memcpy(room, &length, sizeof length);
    memcpy(room + sizeof length, header, length);
    memcpy(room + sizeof length + length, data.at, data.count);
    return (bytes){room, sizeof length + length + data.count};
}

#define INPUT  "\"input\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[0,16]}"
#define OUTPUT "\"output\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[16,32]}"

START_TEST(safetensors)
{
    static const struct {
        const char *header;
        bytes data;
        const char *says;
    } odd[] = {
        {"{" INPUT "}", B(TWO ONE), "the header declares 2 x 2 numbers, more than the file has"},
        {"{" INPUT "}", B(TWO TWO "x"), "more bytes after the end"},
        {"{" INPUT "}", B(TWO NAN32 ONE), "number 1 of the word 'b' is not finite"},
        {"{" INPUT "," OUTPUT "}", B(TWO TWO TWO NAN32 ONE), "number 1 of the word 'b' is not finite"},
        {"{" INPUT "," INPUT "}", B(TWO TWO), "'input' appears twice"},
        {"{\"weight\":{\"dtype\":\"F32\"}}", B(TWO TWO), "a tensor 'weight', where input, output and output_bias"},
        {"{}", B(""), "there is no tensor input"},
        {"{\"input\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}", B(TWO TWO), "input of two axes"},
        {"{\"input\":{\"dtype\":\"F32\",\"shape\":[1,2,2],\"data_offsets\":[0,16]}}", B(TWO TWO),
         "more than two numbers"},
        {"{\"input\":{\"dtype\":\"BF16\",\"shape\":[2,2],\"data_offsets\":[0,8]}}", B(TWO), "type 'BF16'"},
        {"{\"input\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[0,12]}}", B(TWO ONE), "not as many bytes"},
        {"{\"input\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[16,0]}}", B(TWO TWO),
         "no tensor begins at byte 0"},
        {"{\"input\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[4,20]}}", B(ONE TWO TWO),
         "no tensor begins at byte 0"},
        {"{\"input\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[0]}}", B(TWO TWO),
         "data_offsets are not two"},
        {"{\"input\":{\"dtype\":\"F32\",\"shape\":[2,2]}}", B(TWO TWO), "has no dtype, shape or data_offsets"},
        {"{\"input\":{\"dtype\":\"F32\",\"shape\":[1152921504606846976,2],\"data_offsets\":[0,0]}}", B(TWO TWO),
         "declares 1152921504606846976 words"},
        {"{\"input\":{\"dtype\":\"F32\",\"shape\":[2,1152921504606846976],\"data_offsets\":[0,0]}}", B(TWO TWO),
         "declares 1152921504606846976 dimensions"},
        {"{\"input\":{\"dtype\":\"F32\",\"shape\":[3,2],\"data_offsets\":[0,24]}}", B(TWO TWO TWO),
         "expected a row for each of the 2 words, found 3"},
        {"{" INPUT ",\"output\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[16,40]}}", B(TWO TWO TWO TWO TWO),
         "the tensor output has not the shape"},
        {"{" INPUT ",\"output_bias\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[16,24]}}", B(TWO TWO ONE ONE),
         "biases without output vectors"},
        {"{" INPUT ",\"output\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[16,32]}"
         ",\"output_bias\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[32,40]}}",
         B(TWO TWO TWO TWO NAN32 ONE), "number 1 of the word '(output biases)' is not finite"},
        {"{" INPUT ",}", B(TWO TWO), "a comma without an item after it"},
        {"{" INPUT " x}", B(TWO TWO), "expected ',', found a name"},
        {"{" INPUT "", B(TWO TWO), "expected ',', found the end"},
        {"{\"__metadata__\":{\"a\":1}," INPUT "}", B(TWO TWO), "expected a string, found a number"},
        {"{\"__metadata__\":{\"a\\n\":\"1\"}," INPUT "}", B(TWO TWO), "a name that is empty or has a '=' or a line"},
        {"{\"__metadata__\":{\"a=b\":\"1\"}," INPUT "}", B(TWO TWO), "a name that is empty or has a '='"},
        {"{\"__metadata__\":{},\"__metadata__\":{}," INPUT "}", B(TWO TWO), "the metadata appear twice"},
        {"{\"__metadata__\":{\"a\":\"\\u0000\"}," INPUT "}", B(TWO TWO), "an unknown escape"},
        {"{\"__metadata__\":{\"a\":\"\\ud800x\"}," INPUT "}", B(TWO TWO), "an unknown escape"},
        {"{\"__metadata__\":{\"a\":\"\\x41\"}," INPUT "}", B(TWO TWO), "an unknown escape"},
    };
    char room[512];

    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        const odd_file file = {tensors(room, odd[i].header, odd[i].data), WORDS, odd[i].says};
        check_all(&file, 1);
    }
}
END_TEST

START_TEST(safetensors_variants)
{
    static const odd_file others[] = {
        {B("\0\0\0\0\0\1\0\0{}"), WORDS, "a header of 1099511627776 bytes"},
        {B("\0\0\0\0\0\0\0\x10{}"), WORDS, "not a vector file"},
        {B("\xff\0\0\0\0\0\0\0{\"inp"), WORDS, "the file is truncated: it ends here"},
    };
    char room[512];

    check_all(others + 1, 2);
    check_read(tensors(room, "{" INPUT "}   ", (bytes)B(TWO TWO)), (bytes)WORDS, "safetensors", NULL);
    check_read(tensors(room, "{\"input\": {\"shape\": [2, 2], \"data_offsets\": [0, 8], \"dtype\": \"F16\"}}\n",
                       (bytes)B(HALF1 HALF2 HALF1 HALF2)),
               (bytes)WORDS, "safetensors", NULL);
    check_read(tensors(room, "{\"input\": {\"dtype\": \"F64\", \"shape\": [2, 2], \"data_offsets\": [0, 32]}}",
                       (bytes)B(TWO64 TWO64)),
               (bytes)WORDS, "safetensors", NULL);
    /* The tensors' names in an order other than that of the data. */
    check_read(tensors(room,
                       "{\"input\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[16,32]},"
                       "\"output\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[0,16]}}",
                       (bytes)B(ONE ONE ONE ONE TWO TWO)),
               (bytes)WORDS, "safetensors", NULL);
}
END_TEST

START_TEST(metadata)
{
    scratch files = scratch_open();
    Model model;
    char room[512];

    put(&files,
        tensors(room,
                "{\"__metadata__\":{\"a\":\"x=\\\"y\\\"\",\"in\":\"\",\"in.2\":\"\\u00e9\\ud83d\\ude00\\/"
                "\",\"o.p\":\"\\t\\\\\"}," INPUT "}",
                (bytes)B(TWO TWO)),
        (bytes)WORDS);
    ck_assert_int_eq(format_read(&model, scratch_path(&files, "file"), NULL, NULL), N2V_OK);
    check_record(&model.record, "a=x=\"y\"\nin=\nin=\xc3\xa9\xf0\x9f\x98\x80/\no.p=?\\\n");
    ck_assert_str_eq(record_find(&model.record, "o.p"), "\t\\"); /* lines alone have a mark in place of the tab */
    model_free(&model);
    scratch_close(&files);
}
END_TEST

/* finalfusion --------------------------------------------------------------------------- */

#define CHUNK_OF_WORDS U32("\1") U64("\x12") U64("\2") U32("\1") "a" U32("\1") "b"
#define FIFU           "FiFu" U32("\0") U32("\2") U32("\1") U32("\2") CHUNK_OF_WORDS /* 54 bytes */
#define ARRAY(bytes)   U32("\2") U64(bytes) U64("\2") U32("\2") U32("\n")            /* 82 with it */
#define FIFU_NORMS     "FiFu" U32("\0") U32("\3") U32("\1") U32("\2") U32("\6") CHUNK_OF_WORDS
#define NORMS          U32("\6") U64("\x18") U64("\2") U32("\n")

START_TEST(finalfusion)
{
    static const odd_file odd[] = {
        {B("FiFu" U32("\1") U32("\2") U32("\1") U32("\2")), {0}, "version 1 of the format, where 0 can be read"},
        {B("FiFu" U32("\0") U32("\1") U32("\1")), {0}, "expected 2 to 4 chunks, found 1"},
        {B("FiFu" U32("\0") "\377\377\377\377"), {0}, "found 4294967295"},
        {B("FiFu" U32("\0") U32("\2") U32("\1")), {0}, "byte 16: the file is truncated: it ends here"},
        {B("FiFu" U32("\0") U32("\2") U32("\3") U32("\2") U32("\3") U64("\0")), {0}, "a chunk of the kind 3"},
        {B("FiFu" U32("\0") U32("\2") U32("\2") U32("\1") U32("\2") U64("\0")), {0}, "a chunk of the kind 2"},
        {B("FiFu" U32("\0") U32("\2") U32("\1") U32("\1") CHUNK_OF_WORDS U32("\1") U64("\0")),
         {0},
         "a chunk of the kind 1"},
        {B("FiFu" U32("\0") U32("\2") U32("\1") U32("\6") CHUNK_OF_WORDS U32("\6") U64("\0")),
         {0},
         "a chunk of the kind 6"},
        {B("FiFu" U32("\0") U32("\2") U32("\5") U32("\1") U32("\5") U64("\0") CHUNK_OF_WORDS),
         {0},
         "there is no array"},
        {B("FiFu" U32("\0") U32("\2") U32("\1") U32("\2") U32("\2") U64("\0")),
         {0},
         "kind 2, where the header declares 1"},
        {B("FiFu" U32("\0") U32("\2") U32("\1") U32("\2") U32("\1") U64("\x12") "\0\0\0\0\0\0\0\x10"),
         {0},
         "the chunk declares 1152921504606846976 words"},
        {B("FiFu" U32("\0") U32("\2") U32("\1") U32("\2") U32("\1") U64("\x12") U64("\1") "\0\0\0\1"),
         {0},
         "a word of 16777216 bytes"},
        {B("FiFu" U32("\0") U32("\2") U32("\1") U32("\2") U32("\1") U64("\x12") U64("\2") U32("\1") "a" U32("\1") "a"),
         {0},
         "the word 'a' appears twice"},
        {B("FiFu" U32("\0") U32("\2") U32("\1") U32("\2") U32("\1") U64("\x11") U64("\2") U32("\1") "a" U32("\0")),
         {0},
         "the word '' is empty"},
        {B("FiFu" U32("\0") U32("\2") U32("\1") U32("\2") U32("\1") U64("\x13") U64("\2") U32("\1") "a" U32("\1") "b"),
         {0},
         "a chunk that should have 19 bytes has 18"},
        {B(FIFU U32("\2") U64("\x22") U64("\3") U32("\2") U32("\n") "\0\0" TWO TWO TWO),
         {0},
         "expected a row for each of the 2 words, found 3"},
        {B(FIFU U32("\2") U64("\x22") "\0\0\0\0\0\0\0\x10" U32("\2") U32("\n")), {0}, "1152921504606846976 words"},
        {B(FIFU U32("\2") U64("\x22") U64("\2") "\377\377\377\377" U32("\n")), {0}, "4294967295 dimensions"},
        {B(FIFU U32("\2") U64("\x22") U64("\2") U32("\2") U32("\1") "\0\0" TWO TWO), {0}, "numbers of the type 1"},
        {B(FIFU ARRAY("\x20") TWO TWO), {0}, "a chunk of 32 bytes, where 32 and some zeros are needed"},
        {B(FIFU ARRAY("\x1f") TWO TWO), {0}, "a chunk of 31 bytes, where 32 and some zeros are needed"},
        {B(FIFU ARRAY("\x26") "\0\0\0\0\0\0" TWO TWO), {0}, "a chunk of 38 bytes, where 32"},
        {B(FIFU ARRAY("\x22") "\0\0" TWO ONE), {0}, "the header declares 2 x 2 numbers, more than the file has"},
        {B(FIFU ARRAY("\x22") "\0\0" TWO ONE NAN32), {0}, "number 2 of the word 'b' is not finite"},
        {B(FIFU ARRAY("\x22") "\0\0" TWO TWO "x"), {0}, "more bytes after the end"},
        {B(FIFU_NORMS ARRAY("\x22") "\0\0" TWO TWO U32("\6") U64("\x18") U64("\3") U32("\n")),
         {0},
         "expected a norm for each of the 2 rows, found 3"},
        {B(FIFU_NORMS ARRAY("\x22") "\0\0" TWO TWO NORMS "\0\0\0\0" ONE NAN32), {0}, "of the word 'b' is not finite"},
    };
    CHECK_ALL(odd);
}
END_TEST

START_TEST(finalfusion_variants)
{
    check_read((bytes)B(FIFU ARRAY("\x22") "\0\0" TWO TWO), (bytes){0}, "finalfusion", NULL);
    check_read((bytes)B("FiFu" U32("\0") U32("\3") U32("\5") U32("\1") U32("\2") U32("\5")
                            U64("\6") "a = 1\n" CHUNK_OF_WORDS ARRAY("\x20") TWO TWO),
               (bytes){0}, "finalfusion", NULL);
    /* Where floats would be in place without zeros, others write four. */
    check_read((bytes)B("FiFu" U32("\0") U32("\3") U32("\5") U32("\1") U32("\2") U32("\5")
                            U64("\6") "a = 1\n" CHUNK_OF_WORDS ARRAY("\x24") "\0\0\0\0" TWO TWO),
               (bytes){0}, "finalfusion", NULL);
    check_read((bytes)B(FIFU_NORMS ARRAY("\x22") "\0\0" TWO TWO U32("\6") U64("\x14") U64("\2") U32("\n") ONE MINUS2),
               (bytes){0}, "finalfusion", (const float[]){1, -2, -2, 4});
}
END_TEST

/* 16 bits ------------------------------------------------------------------------------- */

/* From the definition: sign, 5 bits of exponent, 10 of fraction. */
static double half_by_definition(unsigned half)
{
    const int exponent = half >> 10 & 31;
    const double digits = half & 1023, value = exponent ? ldexp(1024 + digits, exponent - 25) : ldexp(digits, -24);
    return half & 0x8000 ? -value : value;
}

START_TEST(halves)
{
    for (unsigned half = 0; half < 0x10000; half++) {
        const float value = float_of_half((uint16_t)half);
        if ((half & 0x7c00) == 0x7c00) {
            require(half & 0x3ff ? isnan(value) : isinf(value), "%04x is %g", half, (double)value);
            require(half_of_float(value) == (half & 0x3ff ? (half & 0x8000) | 0x7e00 : half), "%04x again", half);
            continue;
        }
        require((double)value == half_by_definition(half) && !signbit(value) == !(half & 0x8000), "%04x is %g", half,
                (double)value);
        require(half_of_float(value) == half, "%04x again is %04x", half, half_of_float(value));
    }
    /* Between two neighbours: the nearer one, at the middle the even one. */
    for (unsigned half = 0; half < 0x7bff; half++) {
        const float below = float_of_half((uint16_t)half), above = float_of_half((uint16_t)(half + 1));
        const float middle = (below + above) / 2; /* exact */
        require(half_of_float(middle) == half + (half & 1), "the middle after %04x", half);
        require(half_of_float(nextafterf(middle, 0)) == half, "below the middle after %04x", half);
        require(half_of_float(nextafterf(middle, above)) == half + 1, "above the middle after %04x", half);
        require(half_of_float(-nextafterf(middle, above)) == (0x8000 | (half + 1)), "the same, negative");
    }
    ck_assert_uint_eq(half_of_float(65519.996F), 0x7bff);
    ck_assert_uint_eq(half_of_float(65520), 0x7c00);
    ck_assert_uint_eq(half_of_float(3e38F), 0x7c00);
    ck_assert_uint_eq(half_of_float(1e-45F), 0);
    ck_assert_uint_eq(half_of_float(-1e-45F), 0x8000);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("layouts");
    add_test(suite, "GloVe", glove);
    add_test(suite, "projector", projector);
    add_test(suite, "NumPy", numpy);
    add_test(suite, "NumPy: versions", numpy_versions);
    add_test(suite, "safetensors", safetensors);
    add_test(suite, "safetensors: variants", safetensors_variants);
    add_test(suite, "metadata", metadata);
    add_test(suite, "finalfusion", finalfusion);
    add_test(suite, "finalfusion: variants", finalfusion_variants);
    add_test(suite, "halves", halves);
    return run_suite(suite);
}
