#include "query/spellings.h"

#include "base/edit_distance.h"
#include "base/utf8.h"
#include "corpus/fold.h"

#define MAX_EDITS      ((size_t)3)
#define MAX_CHARACTERS (MAX_SPELLING + MAX_EDITS)

/* The characters in lower case, at most room of them; returns how many there are, or room + 1. */
static size_t characters_of(const char *word, size_t bytes, uint32_t *characters, size_t room)
{
    size_t count = 0;

    for (size_t at = 0; at < bytes; count++) {
        const unsigned char *here = (const unsigned char *)word + at;
        uint32_t code = 0;
        int length;
        if (count == room)
            return room + 1;
        if ((length = utf8_decode(here, bytes - at, &code)) > 0)
            code = fold_character(code);
        else { /* malformed: a character of its own */
            code = 0xfffd;
            length = length < 0 ? -length : (int)(bytes - at);
        }
        characters[count] = code;
        at += (size_t)length;
    }
    return count;
}

static size_t edits_allowed(size_t characters)
{
    return characters < 4 ? 1 : characters < 8 ? 2 : MAX_EDITS;
}

size_t spellings_find(const Vocabulary *vocabulary, const char *word, size_t bytes, size_t max, Id *ids)
{
    const size_t words = vocabulary_size(vocabulary);
    uint32_t characters[MAX_CHARACTERS];
    size_t distances[MAX_SPELLINGS], found = 0, limit;
    const size_t length = characters_of(word, bytes, characters, MAX_SPELLING);
    Spelling spelling;

    if (!length || !max || !spelling_set(&spelling, characters, length))
        return 0;
    limit = edits_allowed(length);
    for (size_t id = 0; id < words; id++) {
        size_t other_bytes, count, distance, at;
        const char *other = vocabulary_word(vocabulary, (Id)id, &other_bytes);
        if (other_bytes + limit < length || other_bytes > 4 * (length + limit)) /* 1 to 4 bytes a character */
            continue;
        count = characters_of(other, other_bytes, characters, length + limit);
        distance = spelling_distance(&spelling, characters, count, limit);
        if (distance > limit)
            continue;
        at = found < max ? found++ : max - 1;
        for (; at && distances[at - 1] > distance; at--) {
            distances[at] = distances[at - 1];
            ids[at] = ids[at - 1];
        }
        distances[at] = distance;
        ids[at] = (Id)id;
        if (found == max) { /* the words to come are rarer: only nearer ones are better */
            if (!distances[max - 1])
                break;
            limit = distances[max - 1] - 1;
        }
    }
    return found;
}
