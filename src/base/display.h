/* display.h - texts from outside as people see them: nothing in them controls a terminal. */
#ifndef N2V_BASE_DISPLAY_H
#define N2V_BASE_DISPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Control characters (C0, DEL, C1), line and paragraph separators, and the characters that reorder bidirectional text
 * (embeddings, overrides, isolates). */
static inline bool display_is_control(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x2028 && code <= 0x202e) ||
           (code >= 0x2066 && code <= 0x2069);
}

/* Writes text into out with '?' for each such character and each malformed sequence of UTF-8: as many whole characters
 * as fit into room bytes, with a NUL. out may be text. Returns how many bytes the whole needs without the NUL. */
size_t display_text(char *out, size_t room, const char *text, size_t bytes);

#endif
