#include "base/json.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/utf8.h"

void json_escape(FILE *out, const char *text, size_t bytes)
{
    for (size_t at = 0; at < bytes;) {
        uint32_t code = 0;
        const int length = utf8_decode((const unsigned char *)text + at, bytes - at, &code);
        if (length <= 0)
            fputs("\\ufffd", out);
        else if (code < 0x20 || code == 0x7f)
            fprintf(out, "\\u%04" PRIx32, code);
        else if (code == '"' || code == '\\')
            fprintf(out, "\\%c", (int)code);
        else
            fwrite(text + at, 1, (size_t)length, out);
        at += length > 0 ? (size_t)length : length < 0 ? (size_t)-length : bytes - at;
    }
}

void json_string(FILE *out, const char *text)
{
    fputc('"', out);
    json_escape(out, text, strlen(text));
    fputc('"', out);
}

void json_number(FILE *out, double value, int digits)
{
    if (isfinite(value))
        fprintf(out, "%.*g", digits, value);
    else
        fputs("null", out);
}
