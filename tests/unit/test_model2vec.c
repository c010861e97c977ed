/* The folder of model2vec: what it contains, round trips, and what is refused. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/formats/format.h"
#include "records.h"
#include "scratch.h"
#include "test.h"

#define DIM 3

/* Vectors 1 2 3, 4 5 6, ... of these words. */
static Model make_model(const char *const *words, const char *record)
{
    Vocabulary *vocabulary = vocabulary_create();
    Model model;

    for (const char *const *word = words; *word; word++)
        ck_assert_int_eq(vocabulary_add(vocabulary, *word, strlen(*word), 1, NULL, NULL), N2V_OK);
    ck_assert_int_eq(model_create(&model, vocabulary, &(ModelShape){.dim = DIM, .has_bias = true}, NULL), N2V_OK);
    for (size_t w = 0; w < model.words; w++)
        for (size_t d = 0; d < DIM; d++)
            model.input[w * model.stride + d] = (float)(w * DIM + d + 1);
    record_fill(&model.record, record);
    return model;
}

static n2v_status save(const Model *model, const char *path, Numbers numbers, n2v_error *error)
{
    Saving saving;
    n2v_status status = saving_open(&saving, format_find("model2vec"), path, NULL, error);

    if (status != N2V_OK)
        return status;
    saving.select.numbers = numbers;
    if ((status = saving_write(&saving, model, error)) == N2V_OK)
        return saving_commit(&saving, error);
    saving_discard(&saving);
    return status;
}

static void check_same(const Model *model, const char *path, float tolerance, const char *record)
{
    const Format *format = NULL;
    Model read;
    n2v_error error = {.text = ""};

    ck_assert_msg(format_load(&read, &format, path, NULL, &error) == N2V_OK, "%s", error.text);
    ck_assert_str_eq(format->name, "model2vec");
    ck_assert_uint_eq(read.words, model->words);
    ck_assert_uint_eq(vocabulary_size(read.vocabulary), model->words);
    ck_assert_ptr_null(read.output);
    for (size_t w = 0; w < model->words; w++) {
        ck_assert_str_eq(vocabulary_word(read.vocabulary, (Id)w, NULL),
                         vocabulary_word(model->vocabulary, (Id)w, NULL));
        for (size_t d = 0; d < DIM; d++)
            ck_assert_float_eq_tol(read.input[w * read.stride + d], model->input[w * model->stride + d], tolerance);
    }
    check_record(&read.record, record);
    model_free(&read);
}

static const char *const words[] = {"the", "na\xc3\xafve", "a\"b\\c", "\xe6\x97\xa5", NULL};

START_TEST(round_trips)
{
    static const float tolerances[] = {0, 0.01F, 0.048F}; /* of int8 half of 12 / 127 */
    scratch files = scratch_open();
    Model model = make_model(words, "tokenizer=words\n");
    n2v_error error = {.text = ""};

    for (size_t numbers = NUMBERS_FLOAT32; numbers <= NUMBERS_INT8; numbers++) {
        ck_assert_msg(save(&model, scratch_path(&files, "m"), (Numbers)numbers, &error) == N2V_OK, "%s", error.text);
        check_same(&model, scratch_path(&files, "m"), tolerances[numbers] + 1e-6F, "tokenizer=words\n");
        check_same(&model, scratch_path(&files, "m/"), tolerances[numbers] + 1e-6F, "tokenizer=words\n");
        check_same(&model, scratch_path(&files, "m/model.safetensors"), tolerances[numbers] + 1e-6F,
                   "tokenizer=words\n");
    }
    ck_assert_uint_eq(scratch_names(&files), 1);
    model_free(&model);
    scratch_close(&files);
}
END_TEST

/* The rows are those of the words, then one of zeros for what is not known; unless a word has its name. */
START_TEST(the_unknown_token)
{
    static const char *const with[] = {"a", "[UNK]", "b", NULL}, *const last[] = {"a", "[UNK]", NULL};
    scratch files = scratch_open();
    Model model = make_model(words, ""), one = make_model(with, ""), two = make_model(last, "");
    size_t count;
    char *bytes;

    ck_assert_int_eq(save(&model, scratch_path(&files, "m"), NUMBERS_FLOAT32, NULL), N2V_OK);
    bytes = scratch_read(scratch_path(&files, "m/model.safetensors"), &count);
    ck_assert_ptr_nonnull(
        strstr(bytes + 8, "\"embeddings\": {\"dtype\": \"F32\", \"shape\": [5, 3], \"data_offsets\": [0, 60]}"));
    for (size_t i = 0; i < DIM * sizeof(float); i++)
        ck_assert_int_eq(bytes[count - 1 - i], 0);
    free(bytes);
    bytes = scratch_read(scratch_path(&files, "m/tokenizer.json"), NULL);
    ck_assert_ptr_nonnull(
        strstr(bytes, "\"a\\\"b\\\\c\": 2,\n\"\xe6\x97\xa5\": 3,\n\"[UNK]\": 4\n}, \"unk_token\": \"[UNK]\"}"));
    free(bytes);
    ck_assert_int_eq(save(&one, scratch_path(&files, "m"), NUMBERS_FLOAT32, NULL), N2V_OK);
    check_same(&one, scratch_path(&files, "m"), 1e-6F, "");
    ck_assert_int_eq(save(&two, scratch_path(&files, "m"), NUMBERS_FLOAT32, NULL), N2V_OK);
    bytes = scratch_read(scratch_path(&files, "m/model.safetensors"), &count);
    ck_assert_ptr_nonnull(strstr(bytes + 8, "\"shape\": [2, 3]"));
    free(bytes);
    model_free(&model);
    model_free(&one);
    model_free(&two);
    scratch_close(&files);
}
END_TEST

static void expect_tokenizer(const char *record, const char *const *vocabulary, const char *has, const char *has_not)
{
    scratch files = scratch_open();
    Model model = make_model(vocabulary, record);
    char *text;

    ck_assert_int_eq(save(&model, scratch_path(&files, "m"), NUMBERS_FLOAT32, NULL), N2V_OK);
    text = scratch_read(scratch_path(&files, "m/tokenizer.json"), NULL);
    ck_assert_msg(strstr(text, has) != NULL, "%s: no %s in %s", record, has, text);
    ck_assert_msg(!has_not || !strstr(text, has_not), "%s: %s in %s", record, has_not, text);
    free(text);
    model_free(&model);
    scratch_close(&files);
}

#define LOWER_CASE                                                                                                     \
    "{\"type\": \"Replace\", \"pattern\": {\"Regex\": \"\\u0130\"}, \"content\": \"i\"}, {\"type\": \"Lowercase\"}"

/* By the record; without one words decide whether letters are made small. */
START_TEST(the_tokenizer_of_the_record)
{
    static const char *const small[] = {"a", NULL}, *const large[] = {"a", "The", NULL};

    expect_tokenizer("tokenizer=words\n", large, LOWER_CASE ", {\"type\": \"Replace\"", "[^\\\\p{Z}");
    expect_tokenizer("tokenizer=words\n", large, "{\"type\": \"Split\", \"pattern\": {\"Regex\": \"(?:\\\\p{L}", "NFC");
    expect_tokenizer("tokenizer=space\n", small,
                     "\"normalizer\": null,\n\"pre_tokenizer\": {\"type\": \"Split\", \"pattern\": {\"Regex\": \"[^",
                     "Lowercase");
    expect_tokenizer("tokenizer=space\ncase=lower\n", small, LOWER_CASE "]}", "\\\\p{L}");
    expect_tokenizer("tokenizer=words\ncase=keep\n", small, "\"normalizers\": [{\"type\": \"Replace\"", "Lowercase");
    expect_tokenizer("tokenizer=words\nnormal-form=nfkc\n", small, "[{\"type\": \"NFKC\"}, " LOWER_CASE ", {", NULL);
    expect_tokenizer("tokenizer=space\ncase=lower:tr\n", small,
                     "{\"Regex\": \"I\"}, \"content\": \"\\u0131\"}, " LOWER_CASE "]}", NULL);
    expect_tokenizer("", small, LOWER_CASE, "[^\\\\p{Z}");
    expect_tokenizer("", large, "{\"type\": \"Split\"", "Lowercase");
}
END_TEST

/* A folder that was not there is not there after a failure; another keeps what it had. */
START_TEST(failures_leave_no_folder)
{
    scratch files = scratch_open();
    Model model = make_model(words, "");
    struct stat info;
    n2v_error error = {.text = ""};

    model.input[0] = INFINITY;
    ck_assert_int_eq(save(&model, scratch_path(&files, "m"), NUMBERS_FLOAT32, &error), N2V_ERROR_NUMERIC);
    ck_assert_uint_eq(scratch_names(&files), 0);
    ck_assert_int_eq(mkdir(scratch_path(&files, "m"), 0700), 0);
    scratch_write(&files, "m/config.json", "old", 3);
    ck_assert_int_eq(save(&model, scratch_path(&files, "m"), NUMBERS_FLOAT32, &error), N2V_ERROR_NUMERIC);
    ck_assert_int_eq(stat(scratch_path(&files, "m/config.json"), &info), 0);
    ck_assert_int_eq(info.st_size, 3);
    ck_assert_int_ne(access(scratch_path(&files, "m/model.safetensors"), F_OK), 0);
    model.input[0] = 1;
    ck_assert_int_eq(mkdir(scratch_path(&files, "m/model.safetensors"), 0700), 0);
    ck_assert_int_eq(save(&model, scratch_path(&files, "m"), NUMBERS_FLOAT32, &error), N2V_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.text, "m/model.safetensors: it is a directory"));
    ck_assert_int_eq(save(&model, scratch_path(&files, "m/config.json"), NUMBERS_FLOAT32, &error), N2V_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.text, "a file has this path"));
    ck_assert_int_eq(save(&model, scratch_path(&files, "no/m"), NUMBERS_FLOAT32, &error), N2V_ERROR_ARGUMENT);
    ck_assert_int_eq(save(&model, "-", NUMBERS_FLOAT32, &error), N2V_ERROR_ARGUMENT);
    ck_assert_int_eq(save(&model, scratch_path(&files, "m.gz"), NUMBERS_FLOAT32, &error), N2V_ERROR_ARGUMENT);
    ck_assert_uint_eq(scratch_names(&files), 1);
    model_free(&model);
    scratch_close(&files);
}
END_TEST

/* The layouts of sentence-transformers, and tokenizers of other programs. */
START_TEST(of_other_programs)
{
    static const char tensors[] = "{\"embedding.weight\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[0,8]}}";
    static const char tokenizer[] =
        "{\"version\": \"1.0\", \"added_tokens\": [{\"id\": 0, \"special\": true, \"content\": \"]\"}], "
        "\"normalizer\": "
        "{\"type\": \"BertNormalizer\", \"strip_accents\": null}, \"model\": {\"type\": \"WordPiece\", \"unk_token\": "
        "\"[UNK]\", "
        "\"max_input_chars_per_word\": 100, \"vocab\": {\"[UNK]\": 0, \"##ing\": 1}}, \"decoder\": null}";
    const uint64_t length = sizeof tensors - 1;
    const float numbers[] = {0.5F, -2};
    char bytes[256];
    scratch files = scratch_open();
    Model read;
    n2v_error error = {.text = ""};

    memcpy(bytes, &length, 8);
    memcpy(bytes + 8, tensors, length);
    memcpy(bytes + 8 + length, numbers, 8);
    ck_assert_int_eq(mkdir(scratch_path(&files, "0_StaticEmbedding"), 0700), 0);
    ck_assert_int_eq(format_read(&read, files.folder, NULL, &error), N2V_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.text, "it is a directory, without the model.safetensors"));
    scratch_write(&files, "0_StaticEmbedding/model.safetensors", bytes, 16 + length);
    scratch_write(&files, "0_StaticEmbedding/tokenizer.json", tokenizer, sizeof tokenizer - 1);
    ck_assert_msg(format_read(&read, files.folder, NULL, &error) == N2V_OK, "%s", error.text);
    ck_assert_str_eq(vocabulary_word(read.vocabulary, 1, NULL), "##ing");
    ck_assert_float_eq(read.input[read.stride], -2);
    model_free(&read);
    scratch_close(&files);
}
END_TEST

START_TEST(malformed_tokenizers)
{
#define VOCAB(text) "{\"model\": {\"vocab\": " text "}}"
    static const struct {
        const char *tokenizer, *says;
    } cases[] = {
        {VOCAB("[[\"a\", 1]]"), "a list, as Unigram has it"},
        {VOCAB("{\"a\": 0, \"b\": 2}"), "the ids of the words are not 0, 1, 2, ...: found 2, expected 1"},
        {VOCAB("{\"a\": 0, \"a\": 1, \"b\": 2}"), "the word 'a' appears twice"},
        {VOCAB("{\"a b\": 0, \"b\": 1}"), "white space"},
        {VOCAB("{\"a\": 0, \"b\": 1, \"c\": 2, \"d\": 3, \"e\": 4}"),
         "expected a row for each of the 5 words, found 3"},
        {VOCAB("{\"a\": 0}"), "expected a row for each of the 1 words, found 3"},
        {VOCAB("{}"), "there is no vocabulary"},
        {"{}", "there is no vocabulary"},
        {"{\"model\": {\"vocab\": {\"a\": 0", "truncated"},
        {"{\"normalizer\": {", "truncated"},
        {"[]", "expected '{', found '['"},
    };
    static const char *const two[] = {"a", "b", NULL};
    scratch files = scratch_open();
    Model model = make_model(two, ""), read;
    n2v_error error = {.text = ""};

    ck_assert_int_eq(save(&model, scratch_path(&files, "m"), NUMBERS_FLOAT32, NULL), N2V_OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        scratch_write(&files, "m/tokenizer.json", cases[i].tokenizer, strlen(cases[i].tokenizer));
        ck_assert_int_eq(format_read(&read, scratch_path(&files, "m"), NULL, &error), N2V_ERROR_FORMAT);
        ck_assert_msg(strstr(error.text, cases[i].says) != NULL, "%s", error.text);
    }
    ck_assert_int_eq(unlink(scratch_path(&files, "m/tokenizer.json")), 0);
    ck_assert_int_eq(format_read(&read, scratch_path(&files, "m"), NULL, &error), N2V_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.text, "has its words in a second file: cannot read"));
    model_free(&model);
    scratch_close(&files);
}
END_TEST

/* Cut anywhere, both files are refused or, at a word's end of the second, do not fit. */
START_TEST(truncated_files)
{
    static const char *const names[] = {"m/model.safetensors", "m/tokenizer.json"};
    scratch files = scratch_open();
    Model model = make_model(words, "tokenizer=words\n"), read;
    n2v_error error = {.text = ""};

    for (size_t i = 0; i < 2; i++) {
        size_t count;
        char *bytes;
        ck_assert_int_eq(save(&model, scratch_path(&files, "m"), NUMBERS_INT8, NULL), N2V_OK);
        bytes = scratch_read(scratch_path(&files, names[i]), &count);
        for (size_t cut = 0; cut + 2 < count;
             cut += SANITIZED ? 7 : 1) { /* the last two bytes are a brace, a line feed */
            scratch_write(&files, names[i], bytes, cut);
            ck_assert_msg(format_read(&read, scratch_path(&files, "m"), NULL, &error) != N2V_OK, "%s of %zu", names[i],
                          cut);
        }
        free(bytes);
    }
    model_free(&model);
    scratch_close(&files);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("model2vec");
    add_test(suite, "round trips", round_trips);
    add_test(suite, "unknown token", the_unknown_token);
    add_test(suite, "tokenizer", the_tokenizer_of_the_record);
    add_test(suite, "failures", failures_leave_no_folder);
    add_test(suite, "other programs", of_other_programs);
    add_test(suite, "malformed tokenizers", malformed_tokenizers);
    add_test(suite, "truncated files", truncated_files);
    return run_suite(suite);
}
