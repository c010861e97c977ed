#include "corpus/fold.h"

#include <string.h>
#include <utf8proc.h>

#include "base/utf8.h"

uint32_t fold_character(uint32_t code)
{
    if (code < 0x80)
        return code >= 'A' && code <= 'Z' ? code + ('a' - 'A') : code;
    return (uint32_t)utf8proc_tolower((utf8proc_int32_t)code);
}

size_t fold_word(const char *word, size_t bytes, char *folded)
{
    size_t used = 0;

    for (size_t at = 0; at < bytes;) {
        const unsigned char *here = (const unsigned char *)word + at;
        uint32_t code = 0;
        const int length = utf8_decode(here, bytes - at, &code);
        if (length > 0) {
            used += (size_t)utf8proc_encode_char((utf8proc_int32_t)fold_character(code),
                                                 (utf8proc_uint8_t *)folded + used);
            at += (size_t)length;
        } else {
            folded[used++] = word[at++];
        }
    }
    return used;
}
