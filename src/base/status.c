#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/display.h"

/* Takes the marks of SETTING out of the text and records what they enclosed. */
static void take_marks(n2v_error *error)
{
    char *to = error->text;
    size_t spans = 0, open = SIZE_MAX;

    memset(error->settings, 0, sizeof error->settings);
    for (const char *from = error->text; *from; from++) {
        const size_t at = (size_t)(to - error->text);
        if (*from == '\1') {
            open = at;
        } else if (*from == '\2') {
            if (open < at && spans < N2V_ERROR_SPANS)
                error->settings[spans++] = (n2v_span){(uint16_t)open, (uint16_t)(at - open)};
            open = SIZE_MAX;
        } else {
            *to++ = *from;
        }
    }
    *to = '\0';
}

/* Names of files and words of texts may hold anything: the sentence is for people. Only then do lengths change, and
 * with them the places of settings. */
static void clean(n2v_error *error)
{
    const size_t bytes = strlen(error->text);

    for (size_t i = 0; i < N2V_ERROR_SPANS && error->settings[i].bytes; i++)
        error->settings[i].at = (uint16_t)display_text(NULL, 0, error->text, error->settings[i].at);
    (void)display_text(error->text, sizeof error->text, error->text, bytes);
}

n2v_status error_set(n2v_error *error, n2v_status status, const char *format, ...)
{
    if (error) {
        va_list args;
        va_start(args, format);
        error->status = status;
        if (vsnprintf(error->text, sizeof error->text, format, args) < 0)
            error->text[0] = '\0';
        va_end(args);
        take_marks(error);
        clean(error);
    }
    return status;
}

n2v_status fail_memory(n2v_error *error, size_t bytes, const char *what)
{
    return error_set(error, N2V_ERROR_MEMORY, "out of memory: no %zu bytes for %s", bytes, what);
}
