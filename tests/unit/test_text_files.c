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
    static const char *const odd[] = {"a\xc2\xa0z", "a\xe3\x80\x80z", "a\xe2\x80\xa8z", "a\xe1\x9a\x80z", "a\xe2\x80\x83z",
                                      "a\xc2\x85z", "a\xc2\x9bz",     "a\x7fz",         "a\x1bz"};
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
    expect_refused("\x80\4\x95\xae\0\0\0", 8, "", "is a Python pickle, which cannot be read");
    expect_refused("\x89HDF\r\n\x1a\n\0", 9, "", "is an HDF5 file, which cannot be read");
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
    return run_suite(suite);
}
