/* utf8_stream.h - decoding UTF-8 byte by byte, from pieces that may end inside a sequence. */
#ifndef N2V_BASE_UTF8_STREAM_H
#define N2V_BASE_UTF8_STREAM_H

#include "base/utf8.h"

typedef enum Utf8Event { UTF8_MORE, UTF8_CHARACTER, UTF8_MALFORMED } Utf8Event;

/* All zero at the start. */
typedef struct Utf8Stream {
    unsigned char bytes[4];
    size_t held;   /* bytes of a sequence that goes on */
    size_t length; /* after an event: bytes[0..length) are the character, or malformed */
    uint32_t code;
} Utf8Stream;

/* Takes a byte. *taken false: the byte ended a malformed sequence, and begins another one: give it again. */
static inline Utf8Event utf8_stream_take(Utf8Stream *s, unsigned char byte, bool *taken)
{
    int length;

    *taken = true;
    s->bytes[s->held] = byte;
    length = utf8_decode(s->bytes, s->held + 1, &s->code);
    if (length == 0) {
        s->held++;
        return UTF8_MORE;
    }
    s->length = s->held + 1;
    if (length < 0 && s->held) {
        *taken = false;
        s->length = s->held;
    }
    s->held = 0;
    return length > 0 ? UTF8_CHARACTER : UTF8_MALFORMED;
}

/* At the end of the text: a sequence that was cut is malformed. */
static inline Utf8Event utf8_stream_end(Utf8Stream *s)
{
    s->length = s->held;
    s->held = 0;
    return s->length ? UTF8_MALFORMED : UTF8_MORE;
}

#endif
