#include "corpus/characters.h"

#include <utf8proc.h>

#define ZERO_SPACE 0x200b

bool character_is_hebrew(uint32_t code)
{
    return (code >= 0x591 && code < GERSHAYIM) || (code >= 0xfb1d && code <= 0xfb4f);
}

bool character_is_joiner(uint32_t code)
{
    return code == ZERO_NONJOINER || code == ZERO_JOINER;
}

/* Scripts before Arabic do not. */
bool character_takes_joiner(uint32_t code)
{
    return code >= 0x600;
}

static CharacterRole role_of_punctuation(uint32_t code, uint32_t *written)
{
    switch (code) {
    case 0x2018:
    case 0x2019:
    case 0xff07:
        *written = APOSTROPHE;
        return CHARACTER_ANY;
    case MIDDLE_DOT:
    case 0x387:
    case 0x2027:
        *written = MIDDLE_DOT;
        return CHARACTER_LETTERS;
    case 0x55f:
        return CHARACTER_LETTERS;
    case 0x5f3:
        return CHARACTER_GERESH;
    case GERSHAYIM:
        return CHARACTER_HEBREW;
    default:
        return CHARACTER_SEPARATOR;
    }
}

CharacterRole character_role(uint32_t code, uint32_t *written)
{
    *written = code;
    switch (utf8proc_category((utf8proc_int32_t)code)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
        *written = (uint32_t)utf8proc_tolower((utf8proc_int32_t)code);
        return CHARACTER_LETTER;
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
        *written = (uint32_t)utf8proc_tolower((utf8proc_int32_t)code);
        return CHARACTER_DIGIT;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
        *written = (uint32_t)utf8proc_tolower((utf8proc_int32_t)code);
        return CHARACTER_MARK;
    case UTF8PROC_CATEGORY_CF:
        if (character_is_joiner(code))
            return CHARACTER_JOINER;
        return code == ZERO_SPACE ? CHARACTER_SEPARATOR : CHARACTER_IGNORED;
    default:
        return role_of_punctuation(code, written);
    }
}
