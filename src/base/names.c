#include "base/names.h"

#include <stdio.h>
#include <string.h>

#include "base/edit_distance.h"

const char *name_in_array(const void *array, size_t index)
{
    const char *const *names = array;

    for (size_t i = 0; i < index; i++)
        if (!names[i])
            return NULL;
    return names[index];
}

/* In lower case; at most MAX_SPELLING + 1, which is too many for a spelling. */
static size_t characters_of(const char *text, size_t bytes, uint32_t characters[MAX_SPELLING + 1])
{
    size_t count = 0;

    for (; count < bytes && count <= MAX_SPELLING; count++) {
        const unsigned char c = (unsigned char)text[count];
        characters[count] = c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
    }
    return count;
}

const char *names_nearest(const char *text, size_t bytes, NameAt name, const void *list)
{
    uint32_t characters[MAX_SPELLING + 1];
    const size_t length = characters_of(text, bytes, characters);
    size_t limit = length < 4 ? 1 : length / 3 + 1; /* a name farther than that is no help */
    const char *nearest = NULL, *candidate;
    Spelling spelling;

    if (!length || !spelling_set(&spelling, characters, length))
        return NULL;
    for (size_t i = 0; (candidate = name(list, i)); i++) {
        const size_t count = characters_of(candidate, strlen(candidate), characters);
        const size_t distance = spelling_distance(&spelling, characters, count, limit);
        if (distance > limit)
            continue;
        nearest = candidate;
        if (!distance)
            break;
        limit = distance - 1;
    }
    return nearest;
}

const char *names_join(NameAt name, const void *list, char *text, size_t room)
{
    const char *next;
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; (next = name(list, i)) && used < room; i++)
        used += (size_t)snprintf(text + used, room - used, "%s%s", i ? ", " : "", next);
    return text;
}
