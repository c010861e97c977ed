#include "base/display.h"

#include <string.h>

#include "base/utf8.h"

size_t display_text(char *out, size_t room, const char *text, size_t bytes)
{
    size_t need = 0, end = 0;

    for (size_t at = 0, used, length; at < bytes; at += used, need += length) {
        uint32_t code = 0;
        const int decoded = utf8_decode((const unsigned char *)text + at, bytes - at, &code);
        const bool plain = decoded > 0 && !display_is_control(code);

        used = decoded > 0 ? (size_t)decoded : decoded < 0 ? (size_t)-decoded : bytes - at;
        length = plain ? used : 1;
        if (end != need || end + length >= room)
            continue;
        if (plain)
            memmove(out + end, text + at, length);
        else
            out[end] = '?';
        end += length;
    }
    if (room)
        out[end] = '\0';
    return need;
}
