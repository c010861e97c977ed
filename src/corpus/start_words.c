#include "corpus/start_words.h"

#include <string.h>

#include "base/memory.h"

n2v_status start_words_add(Vocabulary *vocabulary, const StartWords *start, bool counts, n2v_error *error)
{
    n2v_status status = N2V_OK;

    for (size_t id = 0; id < vocabulary_size(start->words) && status == N2V_OK; id++) {
        size_t bytes;
        const char *word = vocabulary_word(start->words, (Id)id, &bytes);
        status =
            vocabulary_add(vocabulary, word, bytes, counts ? vocabulary_count(start->words, (Id)id) : 0, NULL, error);
    }
    return status;
}

/* Adds a word's own count to that of the text. */
static n2v_status add_count(Vocabulary *vocabulary, const StartWords *start, Id id, n2v_error *error)
{
    const uint64_t own = vocabulary_count(start->words, id), counted = vocabulary_count(vocabulary, id);
    size_t bytes;
    const char *word = vocabulary_word(start->words, id, &bytes);

    return vocabulary_add(vocabulary, word, bytes, own + counted ? own : 1, NULL, error);
}

n2v_status start_words_finish(Vocabulary *vocabulary, const StartWords *start, uint64_t min_count, bool drop,
                              unsigned char **keep, Unseen *unseen, n2v_error *error)
{
    const size_t words = vocabulary_size(start->words), all = vocabulary_size(vocabulary);
    unsigned char *kept = array_create(all, 1);
    n2v_status status = N2V_OK;

    *keep = kept;
    if (!kept)
        return fail_memory(error, all, "the words to start from");
    memset(kept, 1, all);
    for (size_t id = 0; id < words; id++)
        kept[id] = vocabulary_count(vocabulary, (Id)id) > 0;
    for (size_t id = 0; id < words && status == N2V_OK; id++)
        status = add_count(vocabulary, start, (Id)id, error);
    unseen_count(unseen, vocabulary, kept, 0);
    for (size_t id = 0; id < words && !drop; id++)
        kept[id] = 1;
    for (size_t id = words; id < all; id++) /* words of held-out sentences alone have no count */
        kept[id] = !start->only && vocabulary_count(vocabulary, (Id)id) >= (min_count ? min_count : 1);
    return status;
}
