#include "sentence_text.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "test.h"

sentence_text sentence_text_of(const char *text)
{
    return (sentence_text){.text = text, .at = text};
}

void sentence_text_free(sentence_text *text)
{
    for (size_t i = 0; i < text->room; i++)
        free((char *)text->tokens[i].text);
    free(text->tokens);
}

/* Exactly the room that the longest sentence needs, so that AddressSanitizer finds a look beyond it. One realloc a
 * sentence, because under sanitizers each one copies all tokens. */
static void make_room(sentence_text *s, const char *end)
{
    size_t needed = s->at < end && end[-1] != ' ';

    for (const char *c = s->at; c < end; c++)
        needed += *c == ' ';
    if (needed <= s->room)
        return;
    s->tokens = realloc(s->tokens, needed * sizeof *s->tokens);
    ck_assert_ptr_nonnull(s->tokens);
    for (; s->room < needed; s->room++)
        s->tokens[s->room] = (n2v_token){.text = NULL};
}

/* A copy in memory of its own, of exactly its length, so that a look beyond it is found by AddressSanitizer. */
static void put_token(sentence_text *s, size_t index, const char *text, size_t bytes)
{
    free((char *)s->tokens[index].text);
    s->tokens[index].text = malloc(bytes ? bytes : 1);
    ck_assert_ptr_nonnull(s->tokens[index].text);
    memcpy((char *)s->tokens[index].text, text, bytes);
    s->tokens[index].bytes = bytes;
}

int give_sentence(void *context, const n2v_token **tokens, size_t *count)
{
    sentence_text *s = context;
    const char *end;
    size_t found = 0;

    s->calls++;
    if (s->pause)
        usleep(s->pause);
    for (size_t i = 0; i < s->room; i++)
        memset((char *)s->tokens[i].text, '#', s->tokens[i].bytes);
    if (s->calls == s->gives_up_at)
        return -1;
    if (!*s->at && s->endless)
        s->at = s->text;
    if (!*s->at)
        return 0;
    end = s->at + strcspn(s->at, "\n");
    make_room(s, end);
    while (s->at < end) {
        const size_t bytes = strcspn(s->at, " \n");
        put_token(s, found++, s->at, bytes);
        s->at += bytes;
        s->at += *s->at == ' ';
    }
    s->at += *s->at == '\n';
    *tokens = s->tokens;
    *count = found;
    return 1;
}

TextSource sentence_source(sentence_text *text)
{
    return (TextSource){.kind = SOURCE_SENTENCES, .next = give_sentence, .context = text, .name = "tokens"};
}

static void require_same_blocks(const Blocks *a, const Blocks *b)
{
    static Id first[BLOCK_BUFFER], second[BLOCK_BUFFER];

    require(!a == !b, "only one has blocks");
    if (!a)
        return;
    ck_assert_uint_eq(blocks_count(a), blocks_count(b));
    ck_assert_uint_eq(blocks_words(a), blocks_words(b));
    ck_assert_uint_eq(blocks_sentences(a), blocks_sentences(b));
    for (size_t i = 0; i < blocks_count(a); i++) {
        Block left, right;
        ck_assert_int_eq(blocks_read(a, i, first, &left, NULL), N2V_OK);
        ck_assert_int_eq(blocks_read(b, i, second, &right, NULL), N2V_OK);
        require(left.count == right.count && left.words_before == right.words_before, "block %zu", i);
        require(memcmp(left.ids, right.ids, left.count * sizeof *left.ids) == 0, "the ids of block %zu", i);
    }
}

void require_same_corpus(const Corpus *a, const Corpus *b)
{
    ck_assert_uint_eq(vocabulary_size(a->vocabulary), vocabulary_size(b->vocabulary));
    for (size_t id = 0; id < vocabulary_size(a->vocabulary); id++) {
        require(strcmp(vocabulary_word(a->vocabulary, (Id)id, NULL), vocabulary_word(b->vocabulary, (Id)id, NULL)) == 0,
                "word %zu", id);
        require(vocabulary_count(a->vocabulary, (Id)id) == vocabulary_count(b->vocabulary, (Id)id), "count %zu", id);
    }
    require_same_blocks(a->blocks, b->blocks);
    require_same_blocks(a->heldout, b->heldout);
    ck_assert_uint_eq(a->report.bytes, b->report.bytes);
    ck_assert_uint_eq(a->report.lines, b->report.lines);
    ck_assert_uint_eq(a->report.tokens, b->report.tokens);
    ck_assert_uint_eq(a->report.types, b->report.types);
}

char *random_text(size_t bytes, uint32_t seed)
{
    char *text = malloc(bytes + 2000);
    size_t used = 0;

    ck_assert_ptr_nonnull(text);
    while (used < bytes) {
        seed = seed * 1664525u + 1013904223u;
        for (uint32_t words = (seed >> 16) % 41; words; words--) {
            seed = seed * 1664525u + 1013904223u;
            used += (size_t)sprintf(text + used, "%s%x%s", seed & 0x40000000 ? "w" : "\u00fc",
                                    (seed >> 12) % (seed & 0x80000000 ? 30 : 30000), words > 1 ? " " : "");
        }
        text[used++] = '\n';
    }
    text[used] = '\0';
    return text;
}
