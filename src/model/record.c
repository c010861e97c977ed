#include "model/record.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"

/* Adds an entry of a name and a value that need not be NUL-terminated. */
static n2v_status add(Record *record, const char *name, size_t name_bytes, const char *value, size_t value_bytes,
                      n2v_error *error)
{
    const size_t line = name_bytes + value_bytes + 2;
    char *text;
    n2v_status status;

    if (line > MAX_RECORD_BYTES - record->bytes)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         "the record of what vectors are made with is longer than %zu bytes: are there too many "
                         "inputs?",
                         MAX_RECORD_BYTES);
    if (!name_bytes || memchr(name, '=', name_bytes) || memchr(name, '\n', name_bytes))
        return error_set(error, N2V_ERROR_ARGUMENT, "invalid name '%.*s' in a record", (int)name_bytes, name);
    if ((status = array_grow((void **)&record->entries, &record->capacity, record->count + 1, sizeof *record->entries,
                             "the record", error)) != N2V_OK)
        return status;
    text = array_create(line, 1);
    if (!text)
        return fail_memory(error, line, "the record");
    memcpy(text, name, name_bytes);
    text[name_bytes] = '\0';
    memcpy(text + name_bytes + 1, value, value_bytes);
    text[name_bytes + 1 + value_bytes] = '\0';
    record->entries[record->count++] = (RecordEntry){.name = text, .value = text + name_bytes + 1};
    record->bytes += line;
    return N2V_OK;
}

n2v_status record_add(Record *record, const char *name, const char *value, n2v_error *error)
{
    return add(record, name, strlen(name), value, strlen(value), error);
}

void record_remove(Record *record, const char *name)
{
    size_t kept = 0;

    for (size_t i = 0; i < record->count; i++) {
        const RecordEntry entry = record->entries[i];
        if (strcmp(entry.name, name) != 0) {
            record->entries[kept++] = entry;
            continue;
        }
        record->bytes -= strlen(entry.name) + strlen(entry.value) + 2;
        free(entry.name);
    }
    record->count = kept;
}

const char *record_find(const Record *record, const char *name)
{
    for (size_t i = 0; i < record->count; i++)
        if (strcmp(record->entries[i].name, name) == 0)
            return record->entries[i].value;
    return NULL;
}

bool record_at(const Record *record, size_t index, const char **name, const char **value)
{
    if (index >= record->count)
        return false;
    *name = record->entries[index].name;
    *value = record->entries[index].value;
    return true;
}

n2v_status record_copy(Record *copy, const Record *record, n2v_error *error)
{
    n2v_status status = N2V_OK;

    *copy = (Record){.count = 0};
    for (size_t i = 0; i < record->count && status == N2V_OK; i++)
        status = record_add(copy, record->entries[i].name, record->entries[i].value, error);
    if (status != N2V_OK)
        record_free(copy);
    return status;
}

void record_free(Record *record)
{
    for (size_t i = 0; i < record->count; i++)
        free(record->entries[i].name);
    free(record->entries);
    *record = (Record){.count = 0};
}

/* A line stays a line: control characters become question marks. */
static char *put_value(char *at, const char *value)
{
    for (; *value; value++)
        *at++ = (unsigned char)*value < 0x20 ? '?' : *value;
    return at;
}

n2v_status record_lines(const Record *record, char **text, size_t *bytes, n2v_error *error)
{
    char *at;

    *text = at = array_create(record->bytes + 1, 1);
    if (!at)
        return fail_memory(error, record->bytes + 1, "the record");
    for (size_t i = 0; i < record->count; i++) {
        at = stpcpy(at, record->entries[i].name);
        *at++ = '=';
        at = put_value(at, record->entries[i].value);
        *at++ = '\n';
    }
    *at = '\0';
    if (bytes)
        *bytes = record->bytes;
    return N2V_OK;
}

n2v_status record_add_lines(Record *record, const char *text, bool *malformed, n2v_error *error)
{
    n2v_status status = N2V_OK;

    *malformed = false;
    while (*text && status == N2V_OK) {
        const size_t bytes = strcspn(text, "\n"), name = strcspn(text, "=\n");
        if (!name || name == bytes) {
            *malformed = true;
            break;
        }
        status = add(record, text, name, text + name + 1, bytes - name - 1, error);
        text += bytes + (text[bytes] == '\n');
    }
    return status;
}

/* JSON ------------------------------------------------------------------------------------ */

/* An entry's place in the order of names. */
typedef struct place {
    const char *name;
    size_t index;
} place;

static int by_name(const void *a, const void *b)
{
    const place *x = a, *y = b;
    const int names = strcmp(x->name, y->name);

    return names ? names : (x->index > y->index) - (x->index < y->index);
}

/* How often each entry's name has come before it: sorted, equal names are neighbors. */
static n2v_status count_before(const Record *record, size_t *before, n2v_error *error)
{
    place *places = array_create(record->count, sizeof *places);

    if (!places)
        return fail_memory(error, record->count * sizeof *places, "the record");
    for (size_t i = 0; i < record->count; i++)
        places[i] = (place){.name = record->entries[i].name, .index = i};
    qsort(places, record->count, sizeof *places, by_name);
    for (size_t i = 0; i < record->count; i++) {
        const bool again = i && strcmp(places[i].name, places[i - 1].name) == 0;
        before[places[i].index] = again ? before[places[i - 1].index] + 1 : 0;
    }
    free(places);
    return N2V_OK;
}

n2v_status record_json(const Record *record, FILE *out, n2v_error *error)
{
    size_t *before = array_create(record->count, sizeof *before);
    n2v_status status;

    if (!before)
        return fail_memory(error, record->count * sizeof *before, "the record");
    if ((status = count_before(record, before, error)) != N2V_OK)
        goto out;
    fputc('{', out);
    for (size_t i = 0; i < record->count; i++) {
        const char *name = record->entries[i].name;
        fputs(i ? ", \"" : "\"", out);
        json_escape(out, name, strlen(name));
        if (before[i])
            fprintf(out, ".%zu", before[i] + 1);
        fputs("\": ", out);
        json_string(out, record->entries[i].value);
    }
    fputc('}', out);
out:
    free(before);
    return status;
}
