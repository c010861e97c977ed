#include "corpus/tokenizer.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/hash.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "corpus/characters.h"

#define SLACK      ((size_t)16) /* a step of 8 bytes may write past a token's end */
#define ROOM       (MAX_TOKEN_BYTES + SLACK)
#define TEXT_BYTES ((size_t)16384 + ROOM)

/* What separates the words of a white-space token is ASCII punctuation. */
#define LINK_WORD               1 /* a word of it has ended */
#define LINK_COUNTED            2 /* it has several words, and was counted */
#define LINK_UNDERSCORE         4 /* an underscore follows a word */
#define LINK_UNDERSCORE_COUNTED 8

/* What most tokens have nothing of; compared as one number. */
typedef union Unusual {
    struct {
        uint32_t waiting;  /* words: a character after the token that stays if the word goes on; 0: none */
        uint8_t link;      /* words: of the white-space token, the bits above; 0: no word of it has ended */
        bool overlong;     /* the token under construction is too long: its bytes are dropped */
        bool after_letter; /* words: `last` takes combining marks */
        uint8_t none;
    };
    uint64_t any;
} Unusual;

/* The token under construction is text[begin..used); it is empty when begin == used. */
struct Tokenizer {
    TokenizerKind kind;
    size_t begin, used, count;
    Unusual unusual;
    uint32_t last;     /* words: the token's last character, if that is not ASCII */
    bool in_sentence;  /* a token since the last sentence's end */
    bool file_begins;  /* nothing of the file was seen: a byte-order mark may come */
    bool line_open;    /* bytes since the last line feed */
    size_t held;       /* bytes of a UTF-8 sequence cut by the end of the bytes fed */
    unsigned char holds[4];
    TokenizerCounts counts;
    CutTokens cut;
    bool example_underscore; /* cut.example has one */
    Span spans[BATCH_TOKENS];
    char text[TEXT_BYTES];
};

#define EACH_BYTE(byte) (UINT64_C(0x0101010101010101) * (byte))

/* 8 bytes at once, the first in the lowest bits. Each test adds so that the top bit
 * of a byte is set when its low seven bits reach a bound; no sum leaves its byte. */
static inline uint64_t reaches(uint64_t low_bits, unsigned bound)
{
    return low_bits + EACH_BYTE(0x80 - bound);
}

/* The bytes lower-cased; *others has the top bit of every byte that is no ASCII letter or digit. */
static inline uint64_t lower_words(uint64_t bytes, uint64_t *others)
{
    const uint64_t tops = EACH_BYTE(0x80), x = bytes & ~tops, folded = x | EACH_BYTE(0x20);
    const uint64_t letters = reaches(folded, 'a') & ~reaches(folded, 'z' + 1) & tops;
    const uint64_t digits = reaches(x, '0') & ~reaches(x, '9' + 1) & tops;
    *others = ((letters | digits) & ~bytes & tops) ^ tops;
    return bytes | letters >> 2; /* 0x80 >> 2 is the bit of lower case */
}

/* Those of space: *others marks white space, control characters and non-ASCII. */
static inline uint64_t keep_bytes(uint64_t bytes, uint64_t *others)
{
    const uint64_t tops = EACH_BYTE(0x80), x = bytes & ~tops;
    *others = ((reaches(x, 0x21) & ~reaches(x, 0x7f) & ~bytes) & tops) ^ tops;
    return bytes;
}

static inline bool is_word_byte(unsigned char byte)
{
    return (unsigned)(byte | 0x20) - 'a' < 26 || (unsigned)byte - '0' < 10;
}

static inline bool is_token_byte(unsigned char byte, bool words)
{
    return words ? is_word_byte(byte) : byte > 0x20 && byte < 0x7f;
}

static inline char fold(unsigned char byte, bool words)
{
    return (char)(words && byte >= 'A' && byte <= 'Z' ? byte | 0x20 : byte);
}

static inline void store64(char *bytes, uint64_t value)
{
    memcpy(bytes, &value, sizeof value);
}

/* Keeps a token over the limit within its room: one byte is kept for all. */
static inline void limit_token(Tokenizer *t)
{
    if (t->used - t->begin > MAX_TOKEN_BYTES) {
        t->unusual.overlong = true;
        t->text[t->begin] = t->text[t->used - 1];
        t->used = t->begin + 1;
    }
}

static void put(Tokenizer *t, const unsigned char *bytes, size_t count)
{
    memcpy(t->text + t->used, bytes, count);
    t->used += count;
    limit_token(t);
}

static void put_character(Tokenizer *t, uint32_t code, bool letter)
{
    utf8proc_uint8_t bytes[4] = {(unsigned char)code};
    put(t, bytes, code < 0x80 ? 1 : (size_t)utf8proc_encode_char((utf8proc_int32_t)code, bytes));
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
    if (!ends_in_ascii(t) && is_mark(t->last))
        put_character(t, ZERO_JOINER, true);
}

/* One more word of a white-space token that has several. */
static void count_piece(Tokenizer *t)
{
    t->cut.words += t->unusual.link & LINK_COUNTED ? 1 : 2;
    t->cut.tokens += !(t->unusual.link & LINK_COUNTED);
    t->cut.underscores += (t->unusual.link & (LINK_UNDERSCORE | LINK_UNDERSCORE_COUNTED)) == LINK_UNDERSCORE;
    t->unusual.link |= LINK_COUNTED | (t->unusual.link & LINK_UNDERSCORE ? LINK_UNDERSCORE_COUNTED : 0);
}

static inline void give_token(Tokenizer *t)
{
    t->spans[t->count].begin = (uint32_t)t->begin;
    t->spans[t->count].length = (uint32_t)(t->used - t->begin);
    t->count++;
    t->counts.tokens++;
    t->in_sentence = true;
    t->begin = t->used;
}

static void end_unusual(Tokenizer *t)
{
    if (t->unusual.waiting == ZERO_JOINER)
        end_with_joiner(t);
    if (t->unusual.overlong) {
        t->counts.overlong++;
        t->used = t->begin;
    } else {
        give_token(t);
        if (t->unusual.link)
            count_piece(t);
    }
    t->unusual.overlong = t->unusual.after_letter = false;
    t->unusual.waiting = 0;
}

static inline void end_token(Tokenizer *t)
{
    if (t->used == t->begin)
        return;
    if (__builtin_expect(t->unusual.any != 0, 0))
        end_unusual(t);
    else
        give_token(t);
}

static inline void end_line(Tokenizer *t)
{
    t->counts.lines++;
    t->line_open = false;
    if (t->in_sentence) {
        t->spans[t->count].begin = (uint32_t)t->used;
        t->spans[t->count].length = 0;
        t->count++;
        t->in_sentence = false;
    }
}

/* Characters of words ------------------------------------------------------------------- */

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

/* A letter or digit follows the character that waits: it is inside the word, or has ended it. */
static void settle(Tokenizer *t, uint32_t next, bool letter)
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
    if (!possible || waits(t)) /* two in a row separate */
        end_token(t);
    else if (t->used > t->begin)
        t->unusual.waiting = code;
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

/* A character of words that is not ASCII. */
static void see_word_character(Tokenizer *t, uint32_t code)
{
    uint32_t written;
    const CharacterRole role = character_role(code, &written);

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

/* Takes one UTF-8 sequence; length is that of utf8_decode. */
static void see_sequence(Tokenizer *t, const unsigned char *bytes, int length, uint32_t code)
{
    const bool mark = t->file_begins && length > 0 && code == 0xfeff;

    t->file_begins = false;
    if (mark)
        return;
    if (length < 0) {
        t->counts.invalid_utf8++;
        t->unusual.link = 0;
        if (t->kind == TOKENIZER_WORDS)
            end_token(t);
        else
            put(t, (const unsigned char *)"\xef\xbf\xbd", 3);
    } else if (t->kind == TOKENIZER_WORDS) {
        see_word_character(t, code);
    } else if (is_space(code)) {
        end_token(t);
    } else {
        put(t, bytes, (size_t)length);
    }
}

/* Completes a sequence that was cut; says how many of the bytes it took. */
static size_t see_cut_sequence(Tokenizer *t, const unsigned char *bytes, size_t count)
{
    size_t taken = 0;
    while (taken < count) {
        uint32_t code = 0;
        int length;
        t->holds[t->held] = bytes[taken];
        length = utf8_decode(t->holds, t->held + 1, &code);
        if (length >= 0) { /* a byte that breaks the sequence is not part of it */
            t->held++;
            taken++;
        }
        if (length != 0) {
            t->held = 0;
            see_sequence(t, t->holds, length, code);
            break;
        }
    }
    return taken;
}

/* One sequence that is not ASCII, or its beginning at the end of the bytes. */
static size_t see_bytes(Tokenizer *t, const unsigned char *bytes, size_t count)
{
    uint32_t code = 0;
    const int length = utf8_decode(bytes, count, &code);

    if (length == 0) {
        memcpy(t->holds, bytes, count);
        t->held = count;
        return count;
    }
    see_sequence(t, bytes, length, code);
    return (size_t)(length > 0 ? length : -length);
}

/* Takes ASCII bytes of a token from *at on, up to the first that is none. */
static inline const unsigned char *take_run(Tokenizer *t, const unsigned char *at, const unsigned char *end, bool words)
{
    /* Past the limit is as good as far past it, and leaves the room it needs. */
    const unsigned char *begin = at;
    char *out = t->text + t->used;
    size_t room = MAX_TOKEN_BYTES + 1 - (t->used - t->begin);

    if (room > (size_t)(end - at))
        room = (size_t)(end - at);
    while (room >= 8) {
        uint64_t others;
        const uint64_t bytes = load64(at);
        store64(out, words ? lower_words(bytes, &others) : keep_bytes(bytes, &others));
        if (others) {
            const unsigned taken = (unsigned)__builtin_ctzll(others) / 8;
            t->used += (size_t)(at - begin) + taken;
            return at + taken;
        }
        at += 8;
        out += 8;
        room -= 8;
    }
    while (room && is_token_byte(*at, words)) {
        *out++ = fold(*at++, words);
        room--;
    }
    t->used += (size_t)(at - begin);
    return at;
}

/* Keeps the white-space token around `at` as an example, if all of it is in begin..end. */
static void take_example(Tokenizer *t, const unsigned char *begin, bool whole, const unsigned char *at,
                         const unsigned char *end)
{
    const unsigned char *from = at, *to = at;

    while (from > begin && from[-1] > ' ')
        from--;
    while (to < end && *to > ' ')
        to++;
    if ((from == begin && !whole) || to == end)
        return;
    while (from < to && *from < 0x80 && !is_word_byte(*from))
        from++;
    while (from < to && to[-1] < 0x80 && !is_word_byte(to[-1]))
        to--;
    if ((size_t)(to - from) > sizeof t->cut.example - 1 || word_fault((const char *)from, (size_t)(to - from)))
        return;
    memcpy(t->cut.example, from, (size_t)(to - from));
    t->cut.example[to - from] = '\0';
    t->example_underscore = t->unusual.link & LINK_UNDERSCORE;
}

static bool wants_example(const Tokenizer *t)
{
    return t->unusual.link & LINK_COUNTED &&
           (!*t->cut.example || (t->unusual.link & LINK_UNDERSCORE && !t->example_underscore));
}

static bool has_space(const unsigned char *from, const unsigned char *to)
{
    while (from < to && *from > ' ')
        from++;
    return from < to;
}

/* Follows a white-space token over the ASCII separators from..to; word: a word ends before them. */
static void follow(Tokenizer *t, bool word, const unsigned char *from, const unsigned char *to)
{
    if (has_space(from, to))
        t->unusual.link = 0;
    else if (word || t->unusual.link)
        t->unusual.link |= LINK_WORD | (memchr(from, '_', (size_t)(to - from)) ? LINK_UNDERSCORE : 0);
}

#define MAY_BE_QUOTE(byte) (((byte) & 0xfa) == 0x22) /* ' and ", and two others */

/* Whether ' or " is inside a word if it goes on. Keyboards have " for the Hebrew gershayim. */
static bool see_quote(Tokenizer *t, unsigned char byte)
{
    if (byte == '\'')
        see_inner(t, APOSTROPHE, true);
    else if (byte == '"' && ends_in_hebrew(t))
        see_inner(t, GERSHAYIM, true);
    else
        return false;
    return true;
}

/* words is a constant: the compiler makes one loop for each tokenizer. */
static inline __attribute__((always_inline)) size_t scan(Tokenizer *t, const unsigned char *bytes, size_t count,
                                                         bool words)
{
    const unsigned char *at = bytes, *end = bytes + count;
    const bool whole = t->begin == t->used && !t->unusual.link; /* no white-space token began before */

    while (at < end) {
        if (t->begin == t->used && (t->count + 2 > BATCH_TOKENS || t->used + ROOM > TEXT_BYTES))
            break;
        if (words && t->unusual.waiting && is_word_byte(*at))
            settle(t, *at | 0x20, *at > '9');
        at = take_run(t, at, end, words);
        limit_token(t);
        if (at == end)
            break;
        if (*at == ' ' && t->used > t->begin && !t->unusual.any) { /* most tokens end so */
            give_token(t);
            at++;
        } else if (*at >= 0x80) {
            at += see_bytes(t, at, (size_t)(end - at));
        } else if (is_token_byte(*at, words)) {
            continue; /* only the room for the token ended */
        } else if (words && MAY_BE_QUOTE(*at) && see_quote(t, *at)) {
            at++;
        } else {
            const unsigned char *from = at;
            const bool word = t->used > t->begin, unusual = t->unusual.any;
            end_token(t);
            if (words && unusual && wants_example(t))
                take_example(t, bytes, whole, at, end);
            do {
                if (*at == '\n')
                    end_line(t);
                at++;
            } while (at < end && *at < 0x80 && !is_token_byte(*at, words));
            if (words && (unusual || *from > ' '))
                follow(t, word, from, at);
        }
    }
    return (size_t)(at - bytes);
}

static void give(Tokenizer *t, Tokens *tokens)
{
    tokens->text = t->text;
    tokens->spans = t->spans;
    tokens->count = t->count;
}

/* Starts a batch; the token under construction moves to the front. */
static void begin_batch(Tokenizer *t)
{
    t->used -= t->begin;
    memmove(t->text, t->text + t->begin, t->used);
    t->begin = 0;
    t->count = 0;
}

Tokenizer *tokenizer_create(TokenizerKind kind)
{
    Tokenizer *t = array_create_zero(1, sizeof *t);
    if (t) {
        t->kind = kind;
        t->file_begins = true;
    }
    return t;
}

void tokenizer_destroy(Tokenizer *tokenizer)
{
    free(tokenizer);
}

size_t tokenizer_feed(Tokenizer *t, const unsigned char *bytes, size_t count, Tokens *tokens)
{
    size_t taken = 0;

    begin_batch(t);
    if (count) {
        if (t->held)
            taken = see_cut_sequence(t, bytes, count);
        else if (t->file_begins && bytes[0] != 0xef)
            t->file_begins = false;
        if (taken < count && !t->held)
            taken += t->kind == TOKENIZER_WORDS ? scan(t, bytes + taken, count - taken, true)
                                                : scan(t, bytes + taken, count - taken, false);
        if (taken)
            t->line_open = bytes[taken - 1] != '\n';
    }
    give(t, tokens);
    return taken;
}

void tokenizer_end(Tokenizer *t, Tokens *tokens)
{
    begin_batch(t);
    if (t->held) {
        t->held = 0;
        see_sequence(t, t->holds, -1, 0);
    }
    end_token(t);
    t->unusual.link = 0;
    if (t->line_open || t->in_sentence)
        end_line(t);
    t->file_begins = true;
    give(t, tokens);
}

TokenizerCounts tokenizer_count(const Tokenizer *tokenizer)
{
    return tokenizer->counts;
}

const CutTokens *tokenizer_cut(const Tokenizer *tokenizer)
{
    return &tokenizer->cut;
}
