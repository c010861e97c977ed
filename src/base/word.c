#include "base/word.h"

#include "base/display.h"
#include "base/utf8.h"

#define TEXT_OF(number)     #number
#define NUMBER_TEXT(number) TEXT_OF(number)

const char *word_fault(const char *word, size_t bytes)
{
    if (!bytes)
        return "is empty";
    if (bytes > MAX_TOKEN_BYTES)
        return "is longer than " NUMBER_TEXT(MAX_TOKEN_BYTES) " bytes";
    for (size_t at = 0; at < bytes;) {
        uint32_t code = 0;
        const int length = utf8_decode((const unsigned char *)word + at, bytes - at, &code);
        if (length <= 0)
            return "is not valid UTF-8";
        if (is_space(code))
            return "contains white space or a control character";
        at += (size_t)length;
    }
    return NULL;
}

const char *word_printable(const char *word, size_t bytes, char *text, size_t room)
{
    const size_t shown = bytes / UTF8_BYTES < room ? bytes : UTF8_BYTES * room; /* there is no room for more */

    (void)display_text(text, room, word, shown);
    return text;
}
