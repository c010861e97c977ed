/* Records: what vectors were made with, as names and values in order. */
#include <stdio.h>
#include <string.h>

#include "records.h"
#include "test.h"

START_TEST(entries_in_order)
{
    Record record = {.count = 0};
    const char *name, *value;

    ck_assert(!record_at(&record, 0, &name, &value));
    ck_assert_int_eq(record_add(&record, "dim", "100", NULL), N2V_OK);
    ck_assert_int_eq(record_add(&record, "input", "a=b.txt", NULL), N2V_OK);
    ck_assert_int_eq(record_add(&record, "input", "", NULL), N2V_OK);
    ck_assert_str_eq(record_find(&record, "dim"), "100");
    ck_assert_str_eq(record_find(&record, "input"), "a=b.txt");
    ck_assert_ptr_null(record_find(&record, "di"));
    ck_assert_ptr_null(record_find(&record, ""));
    ck_assert(record_at(&record, 2, &name, &value));
    ck_assert_str_eq(name, "input");
    ck_assert_str_eq(value, "");
    ck_assert(!record_at(&record, 3, &name, &value));
    check_record(&record, "dim=100\ninput=a=b.txt\ninput=\n");
    record_free(&record);
    check_record(&record, "");
}
END_TEST

START_TEST(an_entry_is_a_line)
{
    static const char *const names[] = {"", "a=b", "a\nb"};
    Record record = {.count = 0};
    n2v_error error;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        error.status = N2V_OK;
        ck_assert_int_eq(record_add(&record, names[i], "1", &error), N2V_ERROR_ARGUMENT);
        ck_assert_int_eq(error.status, N2V_ERROR_ARGUMENT);
    }
    ck_assert_uint_eq(record.count, 0);
    ck_assert_int_eq(record_add(&record, "input", "a\nb\tc\n", NULL), N2V_OK);
    ck_assert_str_eq(record_find(&record, "input"), "a\nb\tc\n");
    check_record(&record, "input=a?b?c?\n");
    record_free(&record);
}
END_TEST

START_TEST(lines_and_copies)
{
    static const char *const malformed[] = {"a=1\nb\nc=3\n", "a=1\n=2\n", "a=1\n\n", "a=1\nb"};
    Record record = {.count = 0}, copy;
    bool bad;

    record_fill(&record, "a=1\nb=x=y\na=\nc=3");
    check_record(&record, "a=1\nb=x=y\na=\nc=3\n");
    ck_assert_int_eq(record_copy(&copy, &record, NULL), N2V_OK);
    record_free(&record);
    check_record(&copy, "a=1\nb=x=y\na=\nc=3\n");
    record_free(&copy);
    for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++) {
        ck_assert_int_eq(record_add_lines(&record, malformed[i], &bad, NULL), N2V_OK);
        ck_assert(bad);
        check_record(&record, "a=1\n");
        record_free(&record);
    }
}
END_TEST

static void check_json(const Record *record, const char *wanted)
{
    char *text = NULL;
    size_t bytes;
    FILE *out = open_memstream(&text, &bytes);

    ck_assert_ptr_nonnull(out);
    ck_assert_int_eq(record_json(record, out, NULL), N2V_OK);
    ck_assert_int_eq(fclose(out), 0);
    ck_assert_str_eq(text, wanted);
    free(text);
}

START_TEST(json)
{
    Record record = {.count = 0};

    check_json(&record, "{}");
    record_fill(&record, "input=a\nb=\"\\\ninput=b\ninputs=3\ninput=\t\n");
    check_json(
        &record,
        "{\"input\": \"a\", \"b\": \"\\\"\\\\\", \"input.2\": \"b\", \"inputs\": \"3\", \"input.3\": \"\\u0009\"}");
    record_free(&record);
}
END_TEST

/* A file may have a million bytes of entries, which a loop over all pairs would take minutes for. */
START_TEST(many_entries)
{
    const size_t many = 200000;
    Record record = {.count = 0};
    char *text = NULL, last[32];
    size_t bytes;
    FILE *out = open_memstream(&text, &bytes);

    ck_assert_ptr_nonnull(out);
    for (size_t i = 0; i < many; i++)
        require(record_add(&record, "n", "", NULL) == N2V_OK, "entry %zu", i);
    ck_assert_int_eq(record_json(&record, out, NULL), N2V_OK);
    ck_assert_int_eq(fclose(out), 0);
    snprintf(last, sizeof last, ", \"n.%zu\": \"\"}", many);
    ck_assert_str_eq(text + bytes - strlen(last), last);
    free(text);
    record_free(&record);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("record");
    add_test(suite, "entries in order", entries_in_order);
    add_test(suite, "an entry is a line", an_entry_is_a_line);
    add_test(suite, "lines and copies", lines_and_copies);
    add_test(suite, "JSON", json);
    add_test(suite, "many entries", many_entries);
    return run_suite(suite);
}
