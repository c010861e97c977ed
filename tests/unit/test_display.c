/* Texts from outside, as people see them: nothing in them controls a terminal. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/status.h"
#include "nce2vec.h"
#include "test.h"

static const struct {
    const char *text, *shown;
} cases[] = {
    {"", ""},
    {"plain text", "plain text"},
    {"\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae na\xc3\xafve \xf0\x9f\x98\x80", NULL}, /* a joiner stays */
    {"a\x1b[31m\n\t\x7fz", "a?[31m??" "?z"},
    {"a\xc2\x9b" "31m\xc2\x80\xc2\x9f.", "a?31m??."},            /* C1: U+009B is CSI */
    {"\xe2\x80\xaa\xe2\x80\xab\xe2\x80\xac\xe2\x80\xad\xe2\x80\xae", "?????"}, /* embeddings and overrides */
    {"\xe2\x81\xa6\xe2\x81\xa7\xe2\x81\xa8\xe2\x81\xa9", "????"},              /* isolates */
    {"\xe2\x80\xa8\xe2\x80\xa9", "??"},                                        /* separators of lines and paragraphs */
    {"\xe2\x80\xa7\xe2\x80\xaf\xe2\x81\xa5\xe2\x81\xaa\xc2\xa0", NULL},        /* the characters beside those */
    {"a\xff\xc3(\xe2\x80", "a??" "(?"},
};

START_TEST(controls_become_question_marks)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *shown = cases[i].shown ? cases[i].shown : cases[i].text;
        char out[100], same[100];
        const size_t bytes = strlen(cases[i].text), need = strlen(shown);
        ck_assert_uint_eq(n2v_display_text(out, sizeof out, cases[i].text, bytes), need);
        ck_assert_str_eq(out, shown);
        strcpy(same, cases[i].text);
        ck_assert_uint_eq(n2v_display_text(same, sizeof same, same, bytes), need);
        ck_assert_str_eq(same, shown);
        ck_assert_uint_eq(n2v_display_text(NULL, 0, cases[i].text, bytes), need);
    }
    ck_assert_uint_eq(n2v_display_text(NULL, 0, NULL, 3), 0);
}
END_TEST

START_TEST(whole_characters_fit)
{
    char out[8];

    ck_assert_uint_eq(n2v_display_text(out, 4, "ab\xc3\xa9z", 5), 5);
    ck_assert_str_eq(out, "ab"); /* the third character needs two bytes, and nothing after it comes */
    ck_assert_uint_eq(n2v_display_text(out, 5, "ab\xc3\xa9z", 5), 5);
    ck_assert_str_eq(out, "ab\xc3\xa9");
    ck_assert_uint_eq(n2v_display_text(out, 1, "ab", 2), 2);
    ck_assert_str_eq(out, "");
}
END_TEST

START_TEST(errors_are_for_display)
{
    n2v_error error;

    (void)error_set(&error, N2V_ERROR_IO, "\xe2\x80\xae\x1b%s: set " SETTING("dim") " or " SETTING("lr") "\n",
                    "\xc2\x9b");
    ck_assert_str_eq(error.text, "???: set dim or lr?");
    ck_assert_uint_eq(error.settings[0].at, 9);
    ck_assert_uint_eq(error.settings[0].bytes, 3);
    ck_assert_uint_eq(error.settings[1].at, 16);
    ck_assert_uint_eq(error.settings[1].bytes, 2);
}
END_TEST

START_TEST(json_escapes_the_same)
{
    char out[100];

    (void)json_escape_text(out, sizeof out, "\xc2\x9b\xe2\x80\xae\x1b\xe2\x81\xa9\xe2\x80\x8c", 12);
    ck_assert_str_eq(out, "\\u009b\\u202e\\u001b\\u2069\xe2\x80\x8c");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("display");
    add_test(suite, "controls", controls_become_question_marks);
    add_test(suite, "room", whole_characters_fit);
    add_test(suite, "errors", errors_are_for_display);
    add_test(suite, "JSON", json_escapes_the_same);
    return run_suite(suite);
}
