/* tokenizer_state.h - the token under construction: what the files of the tokenizer share. */
#ifndef N2V_CORPUS_TOKENIZER_STATE_H
#define N2V_CORPUS_TOKENIZER_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "corpus/tokenizer.h"

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
    bool words;      /* the kind, else space */
    bool keeps_case; /* words: nothing is lower-cased */
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

static inline bool is_word_byte(unsigned char byte)
{
    return (unsigned)(byte | 0x20) - 'a' < 26 || (unsigned)byte - '0' < 10;
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

static inline void give_token(Tokenizer *t)
{
    t->spans[t->count].begin = (uint32_t)t->begin;
    t->spans[t->count].length = (uint32_t)(t->used - t->begin);
    t->count++;
    t->counts.tokens++;
    t->in_sentence = true;
    t->begin = t->used;
}

/* Ends a token, also an empty one. */
void end_unusual(Tokenizer *t);

static inline void end_token(Tokenizer *t)
{
    if (t->used == t->begin)
        return;
    if (__builtin_expect(t->unusual.any != 0, 0))
        end_unusual(t);
    else
        give_token(t);
}

/* word_characters.c: what the tokenizer words does with one character. */

void put_bytes(Tokenizer *t, const unsigned char *bytes, size_t count);
/* Of a character that is not ASCII. */
void see_word_character(Tokenizer *t, uint32_t code);

/* Whether ' or " is inside a word if it goes on. Keyboards have " for the Hebrew gershayim. */
bool see_quote(Tokenizer *t, unsigned char byte);

/* A letter or digit follows the character that waits: it is inside the word, or has ended it. */
void settle(Tokenizer *t, uint32_t next, bool letter);

/* cut_tokens.c: tokens between white space that became several words. */

/* One more word of a white-space token that has several. */
void cut_count_piece(Tokenizer *t);

/* Whether an example is wanted of the white-space token that is being cut. */
bool cut_wants_example(const Tokenizer *t);

/* Keeps the white-space token around `at` as an example, if all of it is in begin..end. whole: no such token began
 * before begin. */
void cut_take_example(Tokenizer *t, const unsigned char *begin, bool whole, const unsigned char *at,
                      const unsigned char *end);

#endif
