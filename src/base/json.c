#include "base/json.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/display.h"
#include "base/number.h"
#include "base/utf8.h"

#define PIECE_BYTES 7 /* \u0000 and a NUL; UTF-8 needs 4 */

/* Escapes the character at text, of which there are `bytes` bytes, into piece. *used becomes its bytes in text.
 * Returns its bytes in piece. */
static size_t escape_one(const char *text, size_t bytes, size_t *used, char piece[PIECE_BYTES])
{
    uint32_t code = 0;
    const int length = utf8_decode((const unsigned char *)text, bytes, &code);

    *used = length > 0 ? (size_t)length : length < 0 ? (size_t)-length : bytes;
    if (length <= 0)
        return (size_t)snprintf(piece, PIECE_BYTES, "\\ufffd");
    if (display_is_control(code))
        return (size_t)snprintf(piece, PIECE_BYTES, "\\u%04" PRIx32, code);
    if (code == '"' || code == '\\')
        return (size_t)snprintf(piece, PIECE_BYTES, "\\%c", (int)code);
    memcpy(piece, text, *used);
    return *used;
}

void json_escape(FILE *out, const char *text, size_t bytes)
{
    char piece[PIECE_BYTES];

    for (size_t at = 0, used; at < bytes; at += used)
        fwrite(piece, 1, escape_one(text + at, bytes - at, &used, piece), out);
}

size_t json_escape_text(char *out, size_t room, const char *text, size_t bytes)
{
    char piece[PIECE_BYTES];
    size_t need = 0, end = 0;

    for (size_t at = 0, used; at < bytes; at += used) {
        const size_t length = escape_one(text + at, bytes - at, &used, piece);
        if (end == need && end + length < room) {
            memcpy(out + end, piece, length);
            end += length;
        }
        need += length;
    }
    if (room)
        out[end] = '\0';
    return need;
}

void json_string(FILE *out, const char *text)
{
    fputc('"', out);
    json_escape(out, text, strlen(text));
    fputc('"', out);
}

void json_number(FILE *out, double value, int digits)
{
    char text[NUMBER_BYTES];

    fputs(isfinite(value) ? number_format(value, digits, text) : "null", out);
}
