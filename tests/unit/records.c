#include "records.h"

#include <stdlib.h>

#include "test.h"

void record_fill(Record *record, const char *lines)
{
    bool malformed;

    ck_assert_int_eq(record_add_lines(record, lines, &malformed, NULL), N2V_OK);
    ck_assert(!malformed);
}

void check_record(const Record *record, const char *lines)
{
    char *text;

    ck_assert_int_eq(record_lines(record, &text, NULL, NULL), N2V_OK);
    ck_assert_str_eq(text, lines);
    free(text);
}
