#include "phrases/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

n2v_status phrase_table_add(PhraseTable *t, const char *text, size_t bytes, uint64_t count, double score,
                            n2v_error *error)
{
    n2v_status status;

    if ((status = array_grow((void **)&t->phrases, &t->room, t->count + 1, sizeof *t->phrases, "the phrases", error)) !=
            N2V_OK ||
        (status = array_grow((void **)&t->text, &t->text_room, t->used + bytes + 1, 1, "the phrases", error)) != N2V_OK)
        return status;
    t->phrases[t->count++] = (Phrase){.text = t->used, .bytes = (uint32_t)bytes, .count = count, .score = score};
    memcpy(t->text + t->used, text, bytes);
    t->text[t->used + bytes] = '\0';
    t->used += bytes + 1;
    t->ends[t->passes - 1] = t->count;
    return N2V_OK;
}

void phrase_table_free(PhraseTable *t)
{
    free(t->phrases);
    free(t->text);
    *t = (PhraseTable){.phrases = NULL};
}

void phrase_table_begin_pass(PhraseTable *t)
{
    t->ends[t->passes++] = t->count;
}

static int compare(const void *left, const void *right, void *table)
{
    const Phrase *a = left, *b = right;
    const char *text = ((const PhraseTable *)table)->text;

    if (a->score != b->score)
        return a->score > b->score ? -1 : 1;
    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    return strcmp(text + a->text, text + b->text);
}

void phrase_table_sort(PhraseTable *t)
{
    const size_t begin = phrase_table_begin(t, t->passes - 1);

    if (t->count > begin)
        qsort_r(t->phrases + begin, t->count - begin, sizeof *t->phrases, compare, t);
}

bool phrase_parts(const char *text, size_t bytes, PhraseParts *parts)
{
    const char *space = memchr(text, ' ', bytes), *last = memrchr(text, ' ', bytes);

    if (!space)
        return false;
    *parts = (PhraseParts){.first = text,
                           .first_bytes = (size_t)(space - text),
                           .last = last + 1,
                           .last_bytes = bytes - (size_t)(last + 1 - text),
                           .between = space + 1};
    parts->between_bytes = last > space ? (size_t)(last - space - 1) : 0;
    return true;
}

size_t phrase_join(const char *text, size_t bytes, const char *delimiter, char joined[MAX_TOKEN_BYTES])
{
    const size_t between = strlen(delimiter);
    size_t used = 0;

    for (size_t i = 0; i < bytes; i++) {
        const char *piece = text[i] == ' ' ? delimiter : text + i;
        const size_t length = text[i] == ' ' ? between : 1;
        if (length > MAX_TOKEN_BYTES - used)
            return 0;
        memcpy(joined + used, piece, length);
        used += length;
    }
    return used;
}

/* The words of a text with a space between two. */
static n2v_status add_words(Vocabulary *words, const char *text, size_t bytes, n2v_error *error)
{
    n2v_status status = N2V_OK;

    for (size_t at = 0; at < bytes && status == N2V_OK;) {
        const char *space = memchr(text + at, ' ', bytes - at);
        const size_t length = space ? (size_t)(space - text) - at : bytes - at;
        status = vocabulary_add(words, text + at, length, 1, NULL, error);
        at += length + 1;
    }
    return status;
}

n2v_status phrase_table_connectors(const PhraseTable *t, Vocabulary **connectors, n2v_error *error)
{
    n2v_status status = N2V_OK;
    PhraseParts parts;

    if (!(*connectors = vocabulary_create()))
        return fail_memory(error, 0, "the connectors");
    for (size_t i = 0; i < t->count && status == N2V_OK; i++)
        if (phrase_parts(phrase_text(t, i), t->phrases[i].bytes, &parts))
            status = add_words(*connectors, parts.between, parts.between_bytes, error);
    if (status != N2V_OK) {
        vocabulary_destroy(*connectors);
        *connectors = NULL;
    }
    return status;
}
