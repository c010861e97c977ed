/* record.h - what vectors were made with: names and values in order. A model file holds them as "name=value" lines. */
#ifndef N2V_MODEL_RECORD_H
#define N2V_MODEL_RECORD_H

#include <stdbool.h>
#include <stdio.h>

#include "base/status.h"

typedef struct RecordEntry {
    char *name;        /* owned, with the value behind it */
    const char *value; /* in the same memory */
} RecordEntry;

#define MAX_RECORD_BYTES ((size_t)8 << 20) /* of its lines: names of some hundred thousand inputs */

/* All zero: empty. */
typedef struct Record {
    RecordEntry *entries;
    size_t count, capacity;
    size_t bytes; /* of its lines */
} Record;

/* Adds an entry at the end. A name may come again. N2V_ERROR_ARGUMENT for a name that is empty or contains '=' or a
 * line break, and for an entry that makes the lines longer than MAX_RECORD_BYTES. */
n2v_status record_add(Record *record, const char *name, const char *value, n2v_error *error);

/* Removes all entries of this name. */
void record_remove(Record *record, const char *name);

/* The value of the first entry of this name; NULL: there is none. */
const char *record_find(const Record *record, const char *name);

/* Entry `index`; false beyond the last. The strings live until the record is freed. */
bool record_at(const Record *record, size_t index, const char **name, const char **value);

/* Makes *copy, which need not be initialized, the same. */
n2v_status record_copy(Record *copy, const Record *record, n2v_error *error);
void record_free(Record *record); /* leaves it empty */

/* The record as "name=value" lines: *text is malloc'ed and NUL-terminated, *bytes (may be NULL) its length. Control
 * characters in values become '?'. */
n2v_status record_lines(const Record *record, char **text, size_t *bytes, n2v_error *error);

/* Adds the entries of "name=value" lines; the last one needs no line break. *malformed becomes true, and nothing more
 * is added, at a line without a name or without '='. */
n2v_status record_add_lines(Record *record, const char *text, bool *malformed, n2v_error *error);

/* Writes the record as a JSON object of strings. When a name comes again, a number is added to it (input, input.2),
 * because names in JSON are unique. */
n2v_status record_json(const Record *record, FILE *out, n2v_error *error);

#endif
