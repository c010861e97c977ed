#include "cli/fail.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

n2v_status fail(n2v_error *error, n2v_status status, const char *format, ...)
{
    va_list args;

    *error = (n2v_error){.status = status};
    va_start(args, format);
    vsnprintf(error->text, sizeof error->text, format, args);
    va_end(args);
    return status;
}

n2v_status fail_memory(n2v_error *error, size_t bytes, const char *what)
{
    return fail(error, N2V_ERROR_MEMORY, "out of memory: %zu bytes for %s", bytes, what);
}

static void append(n2v_error *error, size_t *used, const char *text, size_t bytes)
{
    const size_t room = sizeof error->text - 1 - *used, taken = bytes < room ? bytes : room;

    memcpy(error->text + *used, text, taken);
    *used += taken;
    error->text[*used] = '\0';
}

void fail_spell(n2v_error *error, const char *name, const char *given, size_t bytes)
{
    const n2v_error before = *error;
    const size_t length = strlen(before.text);
    size_t used = 0, at = 0;

    for (size_t i = 0; i < N2V_ERROR_SPANS && before.settings[i].bytes; i++) {
        const n2v_span span = before.settings[i];
        const char *setting = before.text + span.at;
        if (span.at < at || (size_t)span.at + span.bytes > length)
            break;
        append(error, &used, before.text + at, span.at - at);
        if (name && strlen(name) == span.bytes && memcmp(setting, name, span.bytes) == 0) {
            append(error, &used, given, bytes);
        } else {
            append(error, &used, "--", 2);
            append(error, &used, setting, span.bytes);
        }
        at = (size_t)span.at + span.bytes;
    }
    append(error, &used, before.text + at, length - at);
    memset(error->settings, 0, sizeof error->settings);
}
