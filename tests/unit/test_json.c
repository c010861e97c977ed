/* What goes into JSON comes out of a parser as it was; checked here by the bytes. */
#include <math.h>
#include <string.h>

#include "base/json.h"
#include "test.h"

/* json_escape_text: the whole needs as many bytes with any room, and what fits is its beginning. */
static void check_escaped_text(const char *text, size_t bytes, const char *expected)
{
    char out[64];
    const size_t need = strlen(expected);

    for (size_t room = 0; room <= need + 1; room++) {
        memset(out, 'x', sizeof out);
        ck_assert_uint_eq(json_escape_text(room ? out : NULL, room, text, bytes), need);
        ck_assert(out[room] == 'x');
        ck_assert(!room || (strlen(out) < room && strncmp(out, expected, strlen(out)) == 0));
    }
    ck_assert_str_eq(out, expected);
}

static void check_escaped(const char *text, size_t bytes, const char *expected)
{
    char *got = NULL;
    size_t length;
    FILE *out = open_memstream(&got, &length);

    ck_assert_ptr_nonnull(out);
    json_escape(out, text, bytes);
    ck_assert_int_eq(fclose(out), 0);
    ck_assert_str_eq(got, expected);
    free(got);
    check_escaped_text(text, bytes, expected);
}

START_TEST(strings)
{
    check_escaped("", 0, "");
    check_escaped("plain/text", 10, "plain/text");
    check_escaped("\"C:\\dir\"", 8, "\\\"C:\\\\dir\\\"");
    check_escaped("a\nb\tc\x7f", 6, "a\\u000ab\\u0009c\\u007f");
    check_escaped("a\0b", 3, "a\\u0000b");
    check_escaped("na\xc3\xafve \xf0\x9f\x98\x80", 11, "na\xc3\xafve \xf0\x9f\x98\x80");
    check_escaped("\xff-\xc3", 3, "\\ufffd-\\ufffd");          /* no lead byte; an end within a sequence */
    check_escaped("\xed\xa0\x80", 3, "\\ufffd\\ufffd\\ufffd"); /* a surrogate */
}
END_TEST

/* JSON has no control characters in strings; all else of ASCII but two stays as it is. */
START_TEST(every_ascii_character)
{
    for (int c = 0; c < 128; c++) {
        const char text[] = {(char)c};
        char expected[8];

        if (c < 0x20 || c == 0x7f)
            (void)snprintf(expected, sizeof expected, "\\u%04x", (unsigned)c);
        else
            (void)snprintf(expected, sizeof expected, "%s%c", c == '"' || c == '\\' ? "\\" : "", c);
        check_escaped(text, 1, expected);
    }
}
END_TEST

static void check_number(double value, int digits, const char *expected)
{
    char *got = NULL;
    size_t length;
    FILE *out = open_memstream(&got, &length);

    ck_assert_ptr_nonnull(out);
    json_number(out, value, digits);
    json_string(out, "a\"");
    ck_assert_int_eq(fclose(out), 0);
    ck_assert_int_eq(strncmp(got, expected, strlen(expected)), 0);
    ck_assert_str_eq(got + strlen(expected), "\"a\\\"\"");
    free(got);
}

START_TEST(numbers)
{
    check_number(0.1, 17, "0.10000000000000001");
    check_number(0.1, 9, "0.1");
    check_number(-1e-300, 3, "-1e-300");
    check_number((double)NAN, 9, "null");
    check_number((double)INFINITY, 9, "null");
    check_number(-(double)INFINITY, 9, "null");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("json");
    add_test(suite, "strings", strings);
    add_test(suite, "every ASCII character", every_ascii_character);
    add_test(suite, "numbers", numbers);
    return run_suite(suite);
}
