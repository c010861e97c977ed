#include "corpus/tokenizer.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "corpus/tokenizer_state.h"

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

/* The same in their case. */
static inline uint64_t keep_words(uint64_t bytes, uint64_t *others)
{
    (void)lower_words(bytes, others);
    return bytes;
}

/* Those of space: *others marks white space, control characters and non-ASCII. */
static inline uint64_t keep_bytes(uint64_t bytes, uint64_t *others)
{
    const uint64_t tops = EACH_BYTE(0x80), x = bytes & ~tops;
    *others = ((reaches(x, 0x21) & ~reaches(x, 0x7f) & ~bytes) & tops) ^ tops;
    return bytes;
}

static inline bool is_token_byte(unsigned char byte, bool words)
{
    return words ? is_word_byte(byte) : byte > 0x20 && byte < 0x7f;
}

static inline char fold(unsigned char byte, bool lower)
{
    return (char)(lower && byte >= 'A' && byte <= 'Z' ? byte | 0x20 : byte);
}

static inline void store64(char *bytes, uint64_t value)
{
    memcpy(bytes, &value, sizeof value);
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
        if (t->words)
            end_token(t);
        else
            put_bytes(t, (const unsigned char *)"\xef\xbf\xbd", 3);
    } else if (t->words) {
        see_word_character(t, code);
    } else if (is_space(code)) {
        end_token(t);
    } else {
        put_bytes(t, bytes, (size_t)length);
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
static inline const unsigned char *take_run(Tokenizer *t, const unsigned char *at, const unsigned char *end, bool words,
                                            bool lower)
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
        store64(out, lower   ? lower_words(bytes, &others)
                     : words ? keep_words(bytes, &others)
                             : keep_bytes(bytes, &others));
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
        *out++ = fold(*at++, lower);
        room--;
    }
    t->used += (size_t)(at - begin);
    return at;
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
    else if (word || t->unusual.link) {
        t->unusual.link |= LINK_WORD;
        if (memchr(from, '_', (size_t)(to - from)))
            t->unusual.link |= LINK_UNDERSCORE;
    }
}

#define MAY_BE_QUOTE(byte) (((byte) & 0xfa) == 0x22) /* ' and ", and two others */

/* words and lower are constants: the compiler makes one loop for each. */
static inline __attribute__((always_inline)) size_t scan(Tokenizer *t, const unsigned char *bytes, size_t count,
                                                         bool words, bool lower)
{
    const unsigned char *at = bytes, *end = bytes + count;
    const bool whole = t->begin == t->used && !t->unusual.link; /* no white-space token began before */

    while (at < end) {
        /* One step adds two spans at most: a word's, and that of a line's end. */
        if (t->count + 2 > BATCH_TOKENS || t->begin + ROOM > TEXT_BYTES)
            break;
        if (words && t->unusual.waiting && is_word_byte(*at)) {
            settle(t, *at | 0x20, *at > '9');
            continue;
        }
        at = take_run(t, at, end, words, lower);
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
            if (words && unusual && cut_wants_example(t))
                cut_take_example(t, bytes, whole, at, end);
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

static size_t scan_kind(Tokenizer *t, const unsigned char *bytes, size_t count)
{
    if (!t->words)
        return scan(t, bytes, count, false, false);
    return t->keeps_case ? scan(t, bytes, count, true, false) : scan(t, bytes, count, true, true);
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

Tokenizer *tokenizer_create(bool words, bool keeps_case)
{
    Tokenizer *t = array_create_zero(1, sizeof *t);
    if (t) {
        t->words = words;
        t->keeps_case = keeps_case;
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
            taken += scan_kind(t, bytes + taken, count - taken);
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
