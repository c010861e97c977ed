#include "slow_tokenizer.h"

#include <string.h>
#include <utf8proc.h>

#include "base/utf8.h"
#include "test.h"

void list(listing *all, const char *bytes, size_t count, char end)
{
    if (all->used + count + 2 > all->room) {
        all->room = 2 * (all->used + count + 64);
        all->text = realloc(all->text, all->room);
        ck_assert_ptr_nonnull(all->text);
    }
    memcpy(all->text + all->used, bytes, count);
    all->used += count;
    all->text[all->used++] = end;
    all->text[all->used] = '\0';
}

/* A text as characters. */
typedef struct character {
    uint32_t code; /* 0xfffd: malformed */
    char kind;     /* of words, from the description: L letter, N digit, M mark, E the end, and see kind_of */
} character;

/* ' between letters or digits; . between letters; " between Hebrew letters; g follows a Hebrew letter; j joiner;
 * - removed; | separates. */
static char kind_of(uint32_t code)
{
    const char *category = utf8proc_category_string((utf8proc_int32_t)code);

    if (strchr("LNM", category[0]))
        return category[0];
    if (code == '\'' || code == 0x2018 || code == 0x2019 || code == 0xff07)
        return '\'';
    if (code == 0xb7 || code == 0x387 || code == 0x2027 || code == 0x55f)
        return '.';
    if (code == '"' || code == 0x5f4)
        return '"';
    if (code == 0x5f3)
        return 'g';
    if (code == 0x200c || code == 0x200d)
        return 'j';
    return strcmp(category, "Cf") == 0 && code != 0x200b ? '-' : '|';
}

/* A character that belongs to the word when the word goes on; what is removed after it changes nothing. */
static bool waits(char kind)
{
    return kind == '\'' || kind == '.' || kind == '"';
}

/* The characters, without those that are removed, the end last. */
static character *decode(bool by_words, const unsigned char *text, size_t count, listing *all)
{
    character *list = calloc(count + 1, sizeof *list);
    size_t used = 0;

    ck_assert_ptr_nonnull(list);
    for (size_t at = 0; at < count;) {
        uint32_t code = 0;
        int length = utf8_decode(text + at, count - at, &code);
        if (length == 0)
            length = -(int)(count - at);
        if (length < 0)
            all->counts.invalid_utf8++;
        if (length < 0)
            list[used++] = (character){0xfffd, by_words ? '|' : 'L'};
        else if (!by_words && !(at == 0 && code == 0xfeff))
            list[used++] = (character){code, is_space(code) ? '|' : 'L'};
        else if (by_words && kind_of(code) != '-' && !(kind_of(code) == 'j' && used && waits(list[used - 1].kind)))
            list[used++] = (character){code, kind_of(code)};
        at += (size_t)(length < 0 ? -length : length);
    }
    list[used].kind = 'E';
    return list;
}

static bool hebrew(uint32_t code)
{
    return (code > 0x590 && code < 0x5f4) || (code > 0xfb1c && code < 0xfb50);
}

static bool letter_or_digit(char kind)
{
    return kind == 'L' || kind == 'N';
}

/* A word under construction. */
typedef struct word {
    char *bytes;
    size_t used;
    uint32_t last; /* the last character that was written */
    bool letter;   /* the last letter or digit is a letter */
} word;

static void write_character(word *w, uint32_t code)
{
    const uint32_t lower = (uint32_t)utf8proc_tolower((utf8proc_int32_t)code);
    w->used += (size_t)utf8proc_encode_char((utf8proc_int32_t)lower, (utf8proc_uint8_t *)w->bytes + w->used);
    w->last = lower;
}

/* Whether the character at c goes on with the word, and is then written. */
static bool goes_on(const character *c, word *w)
{
    const bool begun = w->used > 0;
    uint32_t written = c->code;
    bool inside = false;

    switch (c->kind) {
    case 'L':
    case 'N':
        w->letter = c->kind == 'L';
        inside = true;
        break;
    case 'M':
        inside = begun && w->letter;
        break;
    case 'g':
        inside = begun && hebrew(w->last);
        break;
    case '\'':
        inside = begun && letter_or_digit(c[1].kind);
        written = '\'';
        break;
    case '.':
        inside = begun && w->letter && c[1].kind == 'L';
        written = c->code == 0x55f ? 0x55f : 0xb7;
        break;
    case '"':
        inside = begun && hebrew(w->last) && hebrew(c[1].code) && c[1].kind == 'L';
        written = 0x5f4;
        break;
    }
    if (inside)
        write_character(w, written);
    return inside;
}

/* Joiners from c on: the last one counts. It stays between two characters of a word when one of them is of a script
 * that has it, and after such a mark at the word's end and before an apostrophe. */
static size_t pass_joiners(const character *c, word *w)
{
    const bool on_mark = w->last >= 0x600 && utf8proc_category_string((utf8proc_int32_t)w->last)[0] == 'M';
    size_t count = 0;
    char next;

    while (c[count].kind == 'j')
        count++;
    next = c[count].kind;
    if (letter_or_digit(next) || (next == 'M' && w->letter)) {
        if (w->last >= 0x600 || utf8proc_tolower((utf8proc_int32_t)c[count].code) >= 0x600)
            write_character(w, c[count - 1].code);
    } else if (on_mark && c[count - 1].code == 0x200d) {
        write_character(w, 0x200d);
    }
    return count;
}

/* Writes the word at c, and returns how many characters it takes. */
static size_t take_word(const character *c, bool by_words, word *w)
{
    size_t at = 0;

    for (;;) {
        if (w->used && c[at].kind == 'j') {
            at += pass_joiners(c + at, w);
        } else if (by_words ? goes_on(c + at, w) : c[at].kind == 'L') {
            if (!by_words) {
                w->used += (size_t)utf8proc_encode_char((utf8proc_int32_t)c[at].code,
                                                        (utf8proc_uint8_t *)w->bytes + w->used);
            }
            at++;
        } else {
            return at;
        }
    }
}

listing slow_tokens(bool by_words, const unsigned char *text, size_t count)
{
    listing all = {0};
    char *token = malloc(4 * count + 8);
    character *first = decode(by_words, text, count, &all);
    bool sentence = false;

    ck_assert_ptr_nonnull(token);
    list(&all, "", 0, '>');
    for (const character *c = first;; c++) {
        word w = {.bytes = token};
        c += take_word(c, by_words, &w);
        if (w.used > MAX_TOKEN_BYTES) {
            all.counts.overlong++;
        } else if (w.used) {
            all.counts.tokens++;
            sentence = true;
            list(&all, token, w.used, '|');
        }
        if (sentence && (c->code == '\n' || c->kind == 'E')) {
            list(&all, "", 0, '\n');
            sentence = false;
        }
        if (c->kind == 'E')
            break;
    }
    for (size_t i = 0; i < count; i++)
        all.counts.lines += text[i] == '\n';
    all.counts.lines += count && text[count - 1] != '\n';
    free(first);
    free(token);
    return all;
}
