#include "phrases/word_joiner.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "phrases/joining.h"

struct WordJoiner {
    Vocabulary *words; /* of the phrases, and UNKNOWN */
    Id unknown;        /* in the place of every other word */
    Joining joining;
};

#define UNKNOWN " " /* no word has a space */

/* The next word of a text with a space between two, from *at on; NULL after the last. */
static const char *next_word(const char *text, size_t bytes, size_t *at, size_t *length)
{
    const char *word = text + *at, *space;

    if (*at >= bytes)
        return NULL;
    space = memchr(word, ' ', bytes - *at);
    *length = space ? (size_t)(space - word) : bytes - *at;
    *at += *length + 1;
    return word;
}

static n2v_status add_words(Vocabulary *words, const PhraseTable *table, n2v_error *error)
{
    n2v_status status = N2V_OK;

    for (size_t i = 0; i < table->count; i++) {
        const char *word;
        size_t at = 0, length;
        while (status == N2V_OK && (word = next_word(phrase_text(table, i), table->phrases[i].bytes, &at, &length)))
            status = vocabulary_add(words, word, length, 1, NULL, error);
    }
    return status;
}

static n2v_status fill(WordJoiner *j, const PhraseTable *table, n2v_error *error)
{
    Vocabulary *connectors = NULL;
    n2v_status status;

    if (!(j->words = vocabulary_create()))
        return fail_memory(error, sizeof *j, "the phrases");
    if ((status = vocabulary_add(j->words, UNKNOWN, strlen(UNKNOWN), 1, &j->unknown, error)) != N2V_OK ||
        (status = add_words(j->words, table, error)) != N2V_OK ||
        (status = phrase_table_connectors(table, &connectors, error)) != N2V_OK)
        return status;
    status = joining_open(&j->joining, j->words, error);
    for (size_t pass = 0; pass < table->passes && status == N2V_OK; pass++)
        status = joining_add(&j->joining, table, connectors, error);
    vocabulary_destroy(connectors);
    return status;
}

n2v_status word_joiner_create(WordJoiner **joiner, const PhraseTable *table, n2v_error *error)
{
    n2v_status status;

    *joiner = array_create_zero(1, sizeof **joiner);
    if (!*joiner)
        return fail_memory(error, sizeof **joiner, "the phrases");
    if ((status = fill(*joiner, table, error)) != N2V_OK) {
        word_joiner_destroy(*joiner);
        *joiner = NULL;
    }
    return status;
}

void word_joiner_destroy(WordJoiner *j)
{
    if (!j)
        return;
    joining_close(&j->joining);
    vocabulary_destroy(j->words);
    free(j);
}

/* The ids of the words; the last one ends a sentence. */
static size_t identify(const WordJoiner *j, const char *words, size_t bytes, Id *ids)
{
    size_t count = 0, at = 0, length;
    const char *word;

    while ((word = next_word(words, bytes, &at, &length))) {
        const Id id = vocabulary_find(j->words, word, length);
        ids[count++] = id == NO_ID ? j->unknown : id;
    }
    ids[count - 1] |= SENTENCE_END;
    return count;
}

/* Unknown words come out in the order in which they came in. */
static void spell(const WordJoiner *j, const Id *ids, size_t count, const char *words, size_t bytes, WordList *list)
{
    size_t at = 0, length;

    for (size_t i = 0; i < count; i++) {
        const Id id = ids[i] & ~SENTENCE_END;
        const char *word;
        if (id != j->unknown) {
            word = lexicon_text(&j->joining.lexicon, id, &length);
        } else {
            do
                word = next_word(words, bytes, &at, &length);
            while (word && vocabulary_find(j->words, word, length) != NO_ID);
        }
        word_list_add(list, word, length);
    }
}

n2v_status word_joiner_run(const WordJoiner *j, const char *words, size_t bytes, WordList *list, n2v_error *error)
{
    const size_t room = bytes / 2 + 1 + MAX_HELD; /* a word and a space have two bytes or more */
    Id *in, *out, *const ids = array_create(2 * room, sizeof *ids);
    size_t count;

    list->needed = list->words = 0;
    if (list->room)
        list->text[0] = '\0';
    if (!ids)
        return fail_memory(error, 2 * room * sizeof *ids, "joining phrases");
    in = ids;
    out = ids + room;
    count = bytes ? identify(j, words, bytes, in) : 0;
    for (size_t pass = 0; pass < j->joining.passes; pass++) {
        Joiner own = *j->joining.joiners[pass]; /* its state between two words */
        Id *const from = in;
        count = joiner_feed(&own, in, count, out);
        in = out;
        out = from;
    }
    spell(j, in, count, words, bytes, list);
    free(ids);
    return N2V_OK;
}
