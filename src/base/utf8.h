/* utf8.h - decoding and encoding UTF-8, and what counts as white space. */
#ifndef N2V_BASE_UTF8_H
#define N2V_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UTF8_MARK       "\xef\xbb\xbf" /* the byte-order mark, at the beginning of some files */
#define UTF8_MARK_BYTES (sizeof UTF8_MARK - 1)

/* The sequence that starts at bytes (count of them, at least 1). Positive: its
 * length, and *code is set. 0: the bytes end inside a sequence that is well formed
 * so far. Negative: minus the length of a malformed one, cut as Unicode
 * recommends (maximal subparts); overlong forms and surrogates are malformed. */
static inline int utf8_decode(const unsigned char *bytes, size_t count, uint32_t *code)
{
    const unsigned char lead = bytes[0];
    unsigned char low = 0x80, high = 0xbf; /* bounds of the second byte */
    uint32_t value;
    int length;

    if (lead < 0x80) {
        *code = lead;
        return 1;
    }
    if (lead < 0xc2 || lead > 0xf4)
        return -1;
    if (lead < 0xe0) {
        length = 2;
        value = lead & 0x1fu;
    } else if (lead < 0xf0) {
        length = 3;
        value = lead & 0x0fu;
        if (lead == 0xe0)
            low = 0xa0;
        else if (lead == 0xed)
            high = 0x9f;
    } else {
        length = 4;
        value = lead & 0x07u;
        if (lead == 0xf0)
            low = 0x90;
        else if (lead == 0xf4)
            high = 0x8f;
    }
    for (int i = 1; i < length; i++, low = 0x80, high = 0xbf) {
        if ((size_t)i == count)
            return 0;
        if (bytes[i] < low || bytes[i] > high)
            return -i;
        value = value << 6 | (bytes[i] & 0x3fu);
    }
    *code = value;
    return length;
}

#define UTF8_BYTES 4

/* Writes a character, below 0x110000 and no surrogate, and returns its length. */
static inline size_t utf8_encode(uint32_t code, char bytes[UTF8_BYTES])
{
    static const unsigned char leads[] = {0, 0xc0, 0xe0, 0xf0};
    const unsigned following = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;

    bytes[0] = (char)(leads[following] | code >> 6 * following);
    for (unsigned i = 1; i <= following; i++)
        bytes[i] = (char)(0x80 | (code >> 6 * (following - i) & 0x3f));
    return following + 1;
}

/* White space in the sense of Unicode, and control characters. */
static inline bool is_space(uint32_t code)
{
    if (code <= 0xa0)
        return code <= 0x20 || code >= 0x7f;
    return code == 0x1680 || (code >= 0x2000 && code <= 0x200a) || code == 0x2028 || code == 0x2029 || code == 0x202f ||
           code == 0x205f || code == 0x3000;
}

#endif
