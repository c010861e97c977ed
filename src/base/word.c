#include "base/word.h"

#include "base/utf8.h"

#define TEXT_OF(number) #number
#define NUMBER_TEXT(number) TEXT_OF(number)

const char *word_fault(const char *word, size_t bytes)
{
    const unsigned char *at = (const unsigned char *)word, *end = at + bytes;

    if (!bytes)
        return "is empty";
    if (bytes > MAX_TOKEN_BYTES)
        return "is longer than " NUMBER_TEXT(MAX_TOKEN_BYTES) " bytes";
    while (at < end) {
        uint32_t code = 0;
        const int length = utf8_decode(at, (size_t)(end - at), &code);
        if (length <= 0)
            return "is not valid UTF-8";
        if (is_space(code))
            return "contains white space or a control character";
        at += length;
    }
    return NULL;
}
