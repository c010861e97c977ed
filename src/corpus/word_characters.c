/* word_characters.c - the tokenizer words, character by character: what is inside a word, and what ends it. */
#include <string.h>
#include <utf8proc.h>

#include "corpus/characters.h"
#include "corpus/tokenizer_state.h"

void put_bytes(Tokenizer *t, const unsigned char *bytes, size_t count)
{
    memcpy(t->text + t->used, bytes, count);
    t->used += count;
    limit_token(t);
}

static void put_character(Tokenizer *t, uint32_t code, bool letter)
{
    utf8proc_uint8_t bytes[4] = {(unsigned char)code};
    put_bytes(t, bytes, code < 0x80 ? 1 : (size_t)utf8proc_encode_char((utf8proc_int32_t)code, bytes));
    t->last = code;
    t->unusual.after_letter = letter;
}

static bool is_mark(uint32_t code)
{
    uint32_t written;
    return character_role(code, &written) == CHARACTER_MARK;
}

static bool ends_in_ascii(const Tokenizer *t)
{
    return (unsigned char)t->text[t->used - 1] < 0x80;
}

/* After a mark a joiner spells a word's end, too (the chillu letters of Malayalam). */
static void end_with_joiner(Tokenizer *t)
{
    if (t->unusual.waiting == ZERO_JOINER && !ends_in_ascii(t) && character_takes_joiner(t->last) && is_mark(t->last))
        put_character(t, ZERO_JOINER, true);
}

void end_unusual(Tokenizer *t)
{
    end_with_joiner(t);
    if (t->unusual.overlong) {
        t->counts.overlong++;
        t->used = t->begin;
    } else {
        give_token(t);
        if (t->unusual.link)
            cut_count_piece(t);
    }
    t->unusual.overlong = t->unusual.after_letter = false;
    t->unusual.waiting = 0;
}

static bool ends_in_letter(const Tokenizer *t)
{
    if (t->used == t->begin)
        return false;
    return ends_in_ascii(t) ? (unsigned)(t->text[t->used - 1] | 0x20) - 'a' < 26 : t->unusual.after_letter;
}

static bool ends_in_hebrew(const Tokenizer *t)
{
    return t->used > t->begin && !ends_in_ascii(t) && character_is_hebrew(t->last);
}

/* A character waits that does not combine with what follows, unlike a joiner. */
static inline bool waits(const Tokenizer *t)
{
    return t->unusual.waiting && !character_is_joiner(t->unusual.waiting);
}

void settle(Tokenizer *t, uint32_t next, bool letter)
{
    const uint32_t code = t->unusual.waiting;
    bool inside = letter;

    if (character_is_joiner(code)) {
        if (character_takes_joiner(next) || (!ends_in_ascii(t) && character_takes_joiner(t->last)))
            put_character(t, code, true);
        t->unusual.waiting = 0;
        return;
    }
    if (code == APOSTROPHE)
        inside = true;
    else if (code == GERSHAYIM)
        inside = character_is_hebrew(next);
    if (inside)
        put_character(t, code, false);
    else
        end_token(t);
    t->unusual.waiting = 0;
}

/* A character that is inside a word when the word goes on after it; possible: as far as can be seen before that. */
static void see_inner(Tokenizer *t, uint32_t code, bool possible)
{
    if (!possible || waits(t)) { /* two in a row separate */
        end_token(t);
    } else if (t->used > t->begin) {
        end_with_joiner(t);
        t->unusual.waiting = code;
    }
}

static void see_mark(Tokenizer *t, uint32_t code, bool possible)
{
    if (!possible || waits(t)) {
        end_token(t);
        return;
    }
    if (t->unusual.waiting)
        settle(t, code, false);
    put_character(t, code, true);
}

void see_word_character(Tokenizer *t, uint32_t code)
{
    uint32_t written;
    const CharacterRole role = character_role(code, &written);

    if (t->keeps_case && (role == CHARACTER_LETTER || role == CHARACTER_DIGIT || role == CHARACTER_MARK))
        written = code;
    switch (role) {
    case CHARACTER_LETTER:
    case CHARACTER_DIGIT:
        if (t->unusual.waiting)
            settle(t, written, role == CHARACTER_LETTER);
        put_character(t, written, role == CHARACTER_LETTER);
        break;
    case CHARACTER_MARK:
        see_mark(t, written, ends_in_letter(t));
        break;
    case CHARACTER_GERESH:
        see_mark(t, written, ends_in_hebrew(t));
        break;
    case CHARACTER_ANY:
        see_inner(t, written, true);
        break;
    case CHARACTER_LETTERS:
        see_inner(t, written, ends_in_letter(t));
        break;
    case CHARACTER_HEBREW:
        see_inner(t, written, ends_in_hebrew(t));
        break;
    case CHARACTER_JOINER:
        if (!waits(t) && t->used > t->begin)
            t->unusual.waiting = code;
        break;
    case CHARACTER_IGNORED:
        break;
    case CHARACTER_SEPARATOR:
        end_token(t);
        t->unusual.link = 0;
        break;
    }
}

bool see_quote(Tokenizer *t, unsigned char byte)
{
    if (byte == '\'')
        see_inner(t, APOSTROPHE, true);
    else if (byte == '"' && ends_in_hebrew(t))
        see_inner(t, GERSHAYIM, true);
    else
        return false;
    return true;
}
