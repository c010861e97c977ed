/* Files of text as users bring them: byte-order marks, odd characters, long lines, odd words; and files of other
 * programs, which are named as such. */
#include <stdio.h>
#include <string.h>

#include "model/formats/format.h"
#include "nce2vec.h"
#include "plain_formats.h"
#include "scratch.h"
#include "test.h"

#define MARK "\xef\xbb\xbf"

/* Reads the file with its words beside it. */
static n2v_status read_file(const char *text, size_t bytes, const char *words, const char **name, n2v_error *error)
{
    scratch files = scratch_open();
    const Format *format;
    Model model;
    n2v_status status;

    scratch_write(&files, "file.vocab.txt", words, strlen(words));
    scratch_write(&files, "file.metadata.tsv", words, strlen(words));
    scratch_write(&files, "file", text, bytes);
    status = format_load(&model, &format, files.path, NULL, error);
    if (status == N2V_OK) {
        *name = format->name;
        ck_assert_uint_eq(model.words, 2);
        ck_assert_str_eq(vocabulary_word(model.vocabulary, 0, NULL), "a");
        ck_assert_float_eq(model.input[0], 1);
        model_free(&model);
    }
    scratch_close(&files);
    return status;
}

static void expect_read(const char *text, const char *words, const char *format)
{
    n2v_error error = {.text = ""};
    const char *name = "";

    ck_assert_msg(read_file(text, strlen(text), words, &name, &error) == N2V_OK, "%s", error.text);
    ck_assert_str_eq(name, format);
}

static void expect_refused(const char *text, size_t bytes, const char *words, const char *says)
{
    n2v_error error = {.text = ""};
    const char *name;

    ck_assert_int_eq(read_file(text, bytes, words, &name, &error), N2V_ERROR_FORMAT);
    ck_assert_msg(strstr(error.text, says) != NULL, "'%s' does not say '%s'", error.text, says);
}

START_TEST(byte_order_marks)
{
    static const char words[] = "a\nb\n", marked[] = MARK "a\nb\n";

    expect_read(MARK "2 2\na 1 2\nb 3 4\n", words, "text");
    expect_read(MARK "a 1 2\nb 3 4\n", words, "glove");
    expect_read(MARK "1\t2\n3\t4\n", marked, "projector");
    expect_read("1\t2\n3\t4\n", marked, "projector");
    expect_refused(MARK, 3, words, "the file is empty");
    expect_refused("1\t2\n", 4, MARK, "file.metadata.tsv: the file is empty");
    expect_refused(MARK "2 2\na 1 2\nb 3 x\n", 19, words, "line 3: 'x' is not a finite number");
}
END_TEST

/* None of these is taken for binary: the line is named. */
START_TEST(odd_characters_among_numbers)
{
    static const struct {
        const char *text, *says;
    } odd[] = {
        {"3 2\nking 0.1 0.2\n0,0 km\xc2\xb2 0.4 0.5\nq 0.1 0.3\n", "line 3: 'km\xc2\xb2' is not a finite number"},
        {"3 2\nking 0.1 0.2\n0,0 km\xb2 0.4 0.5\nq 0.1 0.3\n", "line 3: 'km?' is not a finite number"},
        {"king 0.1 0.2\n0,0 km\xc2\xb2 0.4 0.5\nq 0.1 0.3\n", "line 2: 'km\xc2\xb2' is not a finite number"},
        {"2 2\na \xe2\x88\x92" "0.5 1\nb 1 1\n", "line 2: '\xe2\x88\x92" "0.5' is not a finite number"},
        {"2 2\na 0.5 1\nb 1 1\x1b\n", "line 3: '1?' is not a finite number"},
        {"1\t2\n3\t4\xc2\xb2\n", "line 2: '4\xc2\xb2' is not a finite number"},
        {"2 1\na nan\nb \xd9\xa1\n", "line 2: 'nan' is not a finite number"},
    };

    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        expect_refused(odd[i].text, strlen(odd[i].text), "a\nb\n", odd[i].says);
}
END_TEST

START_TEST(the_line_that_is_too_long)
{
    char word[1501], text[2000];

    memset(word, 'x', sizeof word - 1);
    word[sizeof word - 1] = '\0';
    for (int i = 0; i < 2; i++) { /* a word that is too long, in a line that is or is not */
        word[i ? 1050 : sizeof word - 1] = '\0';
        snprintf(text, sizeof text, "4 2\nking 1 2\nman 3 1\n%s 3 4\nq 1 3\n", word);
        expect_refused(text, strlen(text), "", "file: line 4: ");
        snprintf(text, sizeof text, "king 1 2\nman 3 1\n%s 3 4\nq 1 3\n", word);
        expect_refused(text, strlen(text), "", "file: line 3: ");
        snprintf(text, sizeof text, "king\nman\n%s\nq\n", word);
        expect_refused("1\t2\n1\t2\n1\t2\n1\t2\n", 16, text, "file.metadata.tsv: line 3: ");
    }
}
END_TEST

/* Writes words that a vocabulary takes unchecked, and reads them: each format refuses them. */
START_TEST(words_with_white_space_and_controls)
{
    static const char *const odd[] = {"a\xc2\xa0z",     "a\xe3\x80\x80z", "a\xe2\x80\xa8z",
                                      "a\xe1\x9a\x80z", "a\xe2\x80\x83z", "a\xc2\x85z",
                                      "a\xc2\x9bz",     "a\x7fz",         "a\x1bz"};
    const Format *format;

    for (size_t f = 0; (format = plain_format_at(f)); f++)
        for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
            scratch files = scratch_open();
            Vocabulary *vocabulary = vocabulary_create();
            n2v_error error = {.text = ""};
            Model model, again;
            Saving saving;
            ck_assert_int_eq(vocabulary_add(vocabulary, odd[i], strlen(odd[i]), 1, NULL, NULL), N2V_OK);
            ck_assert_int_eq(model_create(&model, vocabulary, &(ModelShape){.dim = 3, .has_bias = true}, NULL), N2V_OK);
            ck_assert_int_eq(saving_open(&saving, format, scratch_path(&files, "file"), NULL, NULL), N2V_OK);
            ck_assert_int_eq(saving_write(&saving, &model, NULL), N2V_OK);
            ck_assert_int_eq(saving_commit(&saving, NULL), N2V_OK);
            ck_assert_msg(format_read(&again, scratch_path(&files, "file"), NULL, &error) == N2V_ERROR_FORMAT,
                          "%s, word %zu", format->name, i);
            ck_assert_msg(strstr(error.text, "contains white space or a control character") != NULL, "%s: %s",
                          format->name, error.text);
            for (const char *at = error.text; *at; at++)
                ck_assert_int_ge((unsigned char)*at, 0x20);
            ck_assert_ptr_null(strstr(error.text, "\xc2\x9b"));
            model_free(&model);
            scratch_close(&files);
        }
}
END_TEST

START_TEST(files_of_other_programs)
{
    expect_refused("\x89HDF\r\n\x1a\n\0", 9, "", "is an HDF5 file, which cannot be read");
}
END_TEST

/* Malformed rows are skipped with one error for all of them: the first's. The rest is read. */
static void expect_skipped(const char *text, size_t bytes, const char *words, uint64_t count, const char *first)
{
    scratch files = scratch_open();
    BadRows bad = {.count = 0};
    n2v_error error = {.text = ""};
    Model model;
    size_t read = 0;

    scratch_write(&files, "file", text, bytes);
    ck_assert_msg(format_load_skipping(&model, NULL, files.path, &bad, NULL, &error) == N2V_OK, "%s", error.text);
    ck_assert_uint_eq(bad.count, count);
    ck_assert_msg(strstr(bad.first, first) != NULL, "'%s' does not say '%s'", bad.first, first);
    for (const char *at = words; *at; at++, read++) {
        const char *word = vocabulary_word(model.vocabulary, (Id)read, NULL);
        ck_assert_msg(word && word[0] == *at && !word[1], "%s: word %zu is %s", words, read, word);
        ck_assert_float_eq(model.input[read * model.stride], (float)(*at - 'a' + 1)); /* a is 1, b is 2 */
        ck_assert_float_eq(model.input[read * model.stride + 1], -1);
    }
    ck_assert_uint_eq(model.words, read);
    ck_assert_uint_eq(vocabulary_size(model.vocabulary), read);
    model_free(&model);
    scratch_close(&files);
}

START_TEST(malformed_rows_are_skipped)
{
    static char long_line[3000];
    static const struct {
        const char *text, *words, *first;
        uint64_t count;
    } files[] = {
        {"2 2\na 1 -1\nb 2 -1\n", "ab", "", 0},
        {"4 2\na 1 -1\nx 1\nb 2 -1\ny 1 2 3\n", "ab", "line 3: 1 number after the word", 2},
        {"3 2\nx 1 y\na 1 -1\nb 2 -1\n", "ab", "line 2: 'y' is not a finite number", 1},
        {"3 2\nx nan 1\na 1 -1\nb 2 -1\n", "ab", "line 2: 'nan' is not", 1},
        {"3 2\nx 1e99 1\na 1 -1\nb 2 -1\n", "ab", "line 2: number 1 of the word 'x' is not finite", 1},
        {"3 2\na 1 -1\na 7 7\nb 2 -1\n", "ab", "line 3: the word 'a' appears twice", 1},
        {"3 2\na 1 -1\nx\xff 7 7\nb 2 -1\n", "ab", "line 3: the word 'x?' is not valid UTF-8", 1},
        {"2 2\na 1 -1\n\n\nb 2 -1\n", "ab", "line 3: the word '' is empty", 2},
        {"3 2\na 1 -1\nb 2 -1\nc 3", "ab", "line 4: 1 number after the word", 1},
        {"2 2\na 1 -1\nb 2 -1\nmore 3 4\n", "ab", "line 4: more rows than the 2 that the header declares", 1},
        {"a 1 -1\nx 1\nb 2 -1\n", "ab", "line 2: 1 number after the word", 1},
        {"a 1 -1\nb 2 -1\nc 3 -1", "ab", "line 3: the last line has no newline", 1},
        {"a 1 -1\n. . 2 -1\nb 2 -1\n", "ab", "line 2: '.' is not a finite number", 1},
        {"2 2\na 1 -1\nx 1\n", "a", "line 3: 1 number after the word", 1},
    };

    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        expect_skipped(files[i].text, strlen(files[i].text), files[i].words, files[i].count, files[i].first);
    expect_skipped("3 2\na 1 -1\nx\0y 1 2\nb 2 -1\n", 26, "ab", 1, "line 3: a NUL byte");
    snprintf(long_line, sizeof long_line, "3 2\na 1 -1\n%02500d 1 2\nb 2 -1\n", 0);
    expect_skipped(long_line, strlen(long_line), "ab", 1, "line 3: the line is longer than");
    /* of the binary format those whose bytes have their places */
    expect_skipped("4 2\na \0\0\x80?\0\0\x80\xbf\nb \0\0\xc0\x7f\0\0\0\0\nb \0\0\0@\0\0\x80\xbf\na \0\0\0\0\0\0\0\0\n",
                   48, "ab", 2, "number 1 of the word 'b' is not finite");
}
END_TEST

/* A truncated file is not repaired; floret's rows are buckets, and those of .tsv belong to words by their order. */
START_TEST(what_cannot_be_skipped)
{
    static const struct {
        const char *text, *says;
    } files[] = {
        {"4 2\na 1 -1\nx 1\n", "the file ends after 1 word, where the header declares 4"},
        {"2 2\nx 1\ny 2\n", "no row can be read: "},
        {"x 1 y\nz q 2\n", "no row can be read: "},
        {"1\t2\n3\n", "line 2: 1 number, where the first line has 2"},
        {"2 2 1 1 1 0 < >\n0 1 1\n1 x 2\n", "line 3: 'x' is not a finite number"},
    };

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        scratch folder = scratch_open();
        BadRows bad = {.count = 0};
        n2v_error error = {.text = ""};
        Model model;
        scratch_write(&folder, "file.vocab.txt", "a\nb\n", 4);
        scratch_write(&folder, "file.metadata.tsv", "a\nb\n", 4);
        scratch_write(&folder, "file", files[i].text, strlen(files[i].text));
        ck_assert_int_eq(format_load_skipping(&model, NULL, folder.path, &bad, NULL, &error), N2V_ERROR_FORMAT);
        ck_assert_msg(strstr(error.text, files[i].says) != NULL, "'%s' does not say '%s'", error.text, files[i].says);
        ck_assert_ptr_null(model.input);
        scratch_close(&folder);
    }
}
END_TEST

/* The error of a row that could be skipped names the setting. */
START_TEST(the_setting_that_skips)
{
    static const char text[] = "2 2\na 1 2\nb 1\n", *const end = "; skip-bad skips such rows";
    scratch files = scratch_open();
    n2v_settings *settings;
    n2v_vectors *vectors;
    n2v_vectors_info info = {.size = sizeof info};
    n2v_error error = {.text = ""};

    scratch_write(&files, "file", text, strlen(text));
    ck_assert_int_eq(n2v_vectors_load(&vectors, files.path, NULL, &error), N2V_ERROR_FORMAT);
    ck_assert_str_eq(error.text + strlen(error.text) - strlen(end), end);
    ck_assert_uint_eq(error.settings[0].bytes, strlen("skip-bad"));
    ck_assert_int_eq(n2v_settings_create(&settings, N2V_FOR_LOADING, NULL, &error), N2V_OK);
    ck_assert_int_eq(n2v_vectors_load_with(&vectors, files.path, settings, NULL, &error), N2V_ERROR_FORMAT);
    ck_assert_int_eq(n2v_settings_set(settings, "skip-bad", "1", &error), N2V_OK);
    ck_assert_int_eq(n2v_vectors_load_with(&vectors, files.path, settings, NULL, &error), N2V_OK);
    ck_assert_int_eq(n2v_vectors_describe(vectors, &info, &error), N2V_OK);
    ck_assert_uint_eq(info.words, 1);
    ck_assert_uint_eq(info.skipped, 1);
    ck_assert_ptr_nonnull(strstr(info.first_skipped, "file: line 3: 1 number after the word"));
    n2v_vectors_destroy(vectors);
    n2v_settings_destroy(settings);
    ck_assert_int_eq(n2v_settings_create(&settings, N2V_FOR_SEARCH, NULL, &error), N2V_OK);
    ck_assert_int_eq(n2v_vectors_load_with(&vectors, files.path, settings, NULL, &error), N2V_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.text, "the settings are for search; settings for loading are needed"));
    ck_assert_ptr_null(vectors);
    n2v_settings_destroy(settings);
    scratch_close(&files);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("text files");
    add_test(suite, "marks", byte_order_marks);
    add_test(suite, "odd characters", odd_characters_among_numbers);
    add_test(suite, "long lines", the_line_that_is_too_long);
    add_test(suite, "odd words", words_with_white_space_and_controls);
    add_test(suite, "others", files_of_other_programs);
    add_test(suite, "skipped", malformed_rows_are_skipped);
    add_test(suite, "not skipped", what_cannot_be_skipped);
    add_test(suite, "the setting", the_setting_that_skips);
    return run_suite(suite);
}
