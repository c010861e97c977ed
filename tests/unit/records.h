/* records.h - records as "name=value" lines, for tests. */
#ifndef N2V_TESTS_UNIT_RECORDS_H
#define N2V_TESTS_UNIT_RECORDS_H

#include "model/record.h"

/* Adds the entries of the lines, all well-formed. */
void record_fill(Record *record, const char *lines);

/* Fails the test unless the record has these entries. */
void check_record(const Record *record, const char *lines);

#endif
