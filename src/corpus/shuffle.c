#include "corpus/shuffle.h"

/* Fisher and Yates. The mark of the end stays at the end. */
static void shuffle(Id *ids, size_t count, Random *random)
{
    const Id end = ids[count - 1] & SENTENCE_END;

    ids[count - 1] &= ~SENTENCE_END;
    for (size_t left = count; left > 1; left--) {
        const size_t other = random_below(random, (uint32_t)left);
        const Id id = ids[left - 1];
        ids[left - 1] = ids[other];
        ids[other] = id;
    }
    ids[count - 1] |= end;
}

void shuffle_sentences(Id *ids, size_t count, size_t longer_than, Random *random)
{
    for (size_t from = 0, i = 0; i < count; i++)
        if (ids[i] & SENTENCE_END || i + 1 == count) {
            if (i + 1 - from > longer_than)
                shuffle(ids + from, i + 1 - from, random);
            from = i + 1;
        }
}
