#include "base/status.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/display.h"

/* The bytes of a text that was cut, without its last character, which may not be whole unless it is ASCII. */
static size_t whole_characters(const char *text, size_t bytes)
{
    size_t at = bytes;

    while (at && bytes - at < 3 && ((unsigned char)text[at - 1] & 0xc0) == 0x80)
        at--;
    if (at && (unsigned char)text[at - 1] >= 0xc0)
        at--;
    else
        at = bytes; /* it ends in ASCII, or in no UTF-8 */
    return at;
}

/* The next mark of a SETTING in a format, and where it is in the formatted text. Arguments may contain the same bytes:
 * only the length of all that precedes the mark shows which one is a mark. */
static const char *find_mark(const char *format, const char *from, va_list args, size_t *place)
{
    const char *mark = strpbrk(from, "\1\2");
    char *before = mark ? strndup(format, (size_t)(mark - format)) : NULL;

    *place = SIZE_MAX;
    if (before) {
        va_list copy;
        int bytes;
        va_copy(copy, args);
        bytes = vsnprintf(NULL, 0, before, copy);
        va_end(copy);
        *place = bytes < 0 ? SIZE_MAX : (size_t)bytes;
    }
    free(before);
    return mark;
}

/* Takes the marks of SETTING out of the text and records what they enclosed. Other control characters, which names of
 * files may have, become '?'. */
static void take_marks(n2v_error *error, const char *format, va_list args)
{
    char *to = error->text;
    size_t spans = 0, open = SIZE_MAX, place;
    const char *mark = find_mark(format, format, args, &place);

    memset(error->settings, 0, sizeof error->settings);
    for (const char *from = error->text; *from; from++) {
        const size_t at = (size_t)(to - error->text);
        if ((size_t)(from - error->text) != place) {
            *to++ = (char)((unsigned char)*from < 0x20 || *from == 0x7f ? '?' : *from);
            continue;
        }
        if (*mark == '\1')
            open = at;
        else if (open < at && spans < N2V_ERROR_SPANS)
            error->settings[spans++] = (n2v_span){(uint16_t)open, (uint16_t)(at - open)};
        mark = find_mark(format, mark + 1, args, &place);
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
        va_list args, copy;
        int bytes;
        va_start(args, format);
        va_copy(copy, args);
        error->status = status;
        bytes = vsnprintf(error->text, sizeof error->text, format, args);
        va_end(args);
        if (bytes < 0)
            error->text[0] = '\0';
        else if ((size_t)bytes >= sizeof error->text)
            error->text[whole_characters(error->text, sizeof error->text - 1)] = '\0';
        take_marks(error, format, copy);
        va_end(copy);
        clean(error);
    }
    return status;
}

n2v_status fail_memory(n2v_error *error, size_t bytes, const char *what)
{
    return error_set(error, N2V_ERROR_MEMORY, "out of memory: no %zu bytes for %s", bytes, what);
}

n2v_status status_of_errno(int code)
{
    switch (code) {
    case ENOMEM:
        return N2V_ERROR_MEMORY;
    case EDQUOT:
    case EINTR:
    case EIO:
    case EMFILE:
    case ENFILE:
    case ENOSPC:
        return N2V_ERROR_IO;
    default:
        return N2V_ERROR_ARGUMENT;
    }
}
