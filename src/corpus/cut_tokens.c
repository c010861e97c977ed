/* cut_tokens.c - tokens between white space of which the tokenizer words makes several words: counts, and an
 * example. */
#include <string.h>

#include "base/word.h"
#include "corpus/tokenizer_state.h"

void cut_count_piece(Tokenizer *t)
{
    t->cut.words += t->unusual.link & LINK_COUNTED ? 1 : 2;
    t->cut.tokens += !(t->unusual.link & LINK_COUNTED);
    t->cut.underscores += (t->unusual.link & (LINK_UNDERSCORE | LINK_UNDERSCORE_COUNTED)) == LINK_UNDERSCORE;
    t->unusual.link |= LINK_COUNTED;
    if (t->unusual.link & LINK_UNDERSCORE)
        t->unusual.link |= LINK_UNDERSCORE_COUNTED;
}

void cut_take_example(Tokenizer *t, const unsigned char *begin, bool whole, const unsigned char *at,
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

bool cut_wants_example(const Tokenizer *t)
{
    return t->unusual.link & LINK_COUNTED &&
           (!*t->cut.example || (t->unusual.link & LINK_UNDERSCORE && !t->example_underscore));
}
