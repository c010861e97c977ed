#include "corpus/unseen.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void unseen_count(Unseen *unseen, const Vocabulary *vocabulary, const unsigned char *seen, uint64_t min_count)
{
    uint64_t highest = 0;

    memset(unseen, 0, sizeof *unseen);
    for (size_t id = 0; id < vocabulary_size(vocabulary); id++) {
        const uint64_t count = vocabulary_count(vocabulary, (Id)id);
        const char *word;
        size_t bytes;
        if (seen[id] || count < min_count)
            continue;
        unseen->words++;
        word = vocabulary_word(vocabulary, (Id)id, &bytes);
        if (bytes >= sizeof unseen->word || (*unseen->word && count <= highest))
            continue;
        memcpy(unseen->word, word, bytes + 1);
        highest = count;
    }
}

n2v_status unseen_renumber(unsigned char **seen, const Id *map, size_t words, const Vocabulary *final,
                           n2v_error *error)
{
    unsigned char *renumbered = array_create_zero(vocabulary_size(final), 1);

    if (!renumbered)
        return fail_memory(error, vocabulary_size(final), "the words of the vocabulary");
    for (size_t id = 0; id < words; id++)
        if (map[id] != NO_ID)
            renumbered[map[id]] = (*seen)[id];
    free(*seen);
    *seen = renumbered;
    return N2V_OK;
}
