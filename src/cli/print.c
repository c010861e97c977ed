#include "cli/print.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "nce2vec.h"

#define PIECE 512 /* bytes that are escaped at once; each becomes at most 6 */

void print_wrapped(FILE *out, const char *text, int indent, int at)
{
    while (*text) {
        const int bytes = (int)strcspn(text, " \n");
        if (at > indent && at + 1 + bytes > PRINT_COLUMNS) {
            fputc('\n', out);
            at = 0;
        }
        if (at < indent)
            at += fprintf(out, "%*s", indent - at, "");
        else if (at > indent)
            at += fprintf(out, " ");
        at += fprintf(out, "%.*s", bytes, text);
        text += bytes;
        if (*text == '\n') {
            fputc('\n', out);
            at = 0;
        }
        text += *text != '\0';
    }
    fputc('\n', out);
}

/* The size of the next piece: it does not end inside a character, which has at most 4 bytes. */
static size_t piece_of(const char *text, size_t bytes)
{
    size_t piece = PIECE;

    if (bytes <= PIECE)
        return bytes;
    while (piece > PIECE - 4 && ((unsigned char)text[piece] & 0xc0) == 0x80)
        piece--;
    return piece;
}

void print_plain(FILE *out, const char *text, size_t bytes)
{
    char shown[PIECE + 1];

    for (size_t at = 0; at < bytes;) {
        const size_t piece = piece_of(text + at, bytes - at);
        fwrite(shown, 1, n2v_display_text(shown, sizeof shown, text + at, piece), out);
        at += piece;
    }
}

void print_word(FILE *out, const char *word)
{
    print_plain(out, word, strlen(word));
}

void print_json_escaped(FILE *out, const char *text, size_t bytes)
{
    char escaped[6 * PIECE + 1];

    for (size_t at = 0; at < bytes;) {
        const size_t piece = piece_of(text + at, bytes - at);
        fwrite(escaped, 1, n2v_json_escape(escaped, sizeof escaped, text + at, piece), out);
        at += piece;
    }
}

void print_json_string(FILE *out, const char *text, size_t bytes)
{
    fputc('"', out);
    print_json_escaped(out, text, bytes);
    fputc('"', out);
}

void print_json_number(FILE *out, double value, int digits)
{
    if (isfinite(value))
        fprintf(out, "%.*g", digits, value);
    else
        fputs("null", out);
}

const char *print_count(uint64_t count, char text[PRINT_TEXT])
{
    char digits[PRINT_TEXT];
    const int length = snprintf(digits, sizeof digits, "%" PRIu64, count);
    int at = 0;

    for (int i = 0; i < length; i++) {
        if (i && (length - i) % 3 == 0)
            text[at++] = ',';
        text[at++] = digits[i];
    }
    text[at] = '\0';
    return text;
}

const char *print_rate(double rate, char text[PRINT_TEXT])
{
    if (rate >= 999500)
        snprintf(text, PRINT_TEXT, "%.2f M", rate / 1e6);
    else
        snprintf(text, PRINT_TEXT, "%.0f k", rate / 1e3);
    return text;
}

const char *print_time(double seconds, char text[PRINT_TEXT])
{
    const double whole = seconds > 0 && seconds < 1e9 ? ceil(seconds) : 0;
    const unsigned long all = (unsigned long)whole;

    if (all >= 3600)
        snprintf(text, PRINT_TEXT, "%lu:%02lu:%02lu", all / 3600, all / 60 % 60, all % 60);
    else
        snprintf(text, PRINT_TEXT, "%lu:%02lu", all / 60, all % 60);
    return text;
}
