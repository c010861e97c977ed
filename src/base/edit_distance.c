#include "base/edit_distance.h"

#include <string.h>

static uint64_t places(const Spelling *s, uint32_t character)
{
    if (character < 128)
        return s->ascii[character];
    for (size_t i = 0; i < s->other_count; i++)
        if (s->others[i] == character)
            return s->others_places[i];
    return 0;
}

static void add_other(Spelling *s, uint32_t character, uint64_t place)
{
    size_t at = 0;

    while (at < s->other_count && s->others[at] != character)
        at++;
    if (at == s->other_count) {
        s->others[at] = character;
        s->others_places[at] = 0;
        s->other_count++;
    }
    s->others_places[at] |= place;
}

bool spelling_set(Spelling *s, const uint32_t *characters, size_t count)
{
    memset(s, 0, sizeof *s);
    if (count > MAX_SPELLING)
        return false;
    s->length = count;
    for (size_t i = 0; i < count; i++) {
        const uint64_t place = UINT64_C(1) << i;
        if (characters[i] < 128)
            s->ascii[characters[i]] |= place;
        else
            add_other(s, characters[i], place);
    }
    return true;
}

size_t spelling_distance(const Spelling *s, const uint32_t *characters, size_t count, size_t limit)
{
    /* Down a column of the table neighbours differ by one at most: bit i of up, down says that
     * row i + 1 is one more, one less than row i. Bit i of even: no more than the cell that
     * lies before it on the diagonal. */
    uint64_t up = UINT64_MAX, down = 0, even = 0, before = 0;
    const uint64_t last = s->length ? UINT64_C(1) << (s->length - 1) : 0;
    const size_t longer = s->length > count ? s->length - count : count - s->length;
    size_t distance = s->length;

    if (longer > limit)
        return limit + 1;
    if (!s->length)
        return count;
    for (size_t j = 0; j < count; j++) {
        const uint64_t here = places(s, characters[j]);
        const uint64_t swapped = ((~even & here) << 1) & before;
        uint64_t right, left; /* along the rows: one more, one less than the column before */
        even = (((here & up) + up) ^ up) | here | down | swapped;
        right = down | ~(even | up);
        left = even & up;
        distance += (right & last) != 0;
        distance -= (left & last) != 0;
        if (distance > limit + (count - 1 - j)) /* every column left can take one off */
            return limit + 1;
        right = right << 1 | 1;
        left <<= 1;
        up = left | ~(even | right);
        down = right & even;
        before = here;
    }
    return distance;
}
