/* plural.h - numbers with their nouns: "1 word", "4,800 words". */
#ifndef N2V_CLI_PLURAL_H
#define N2V_CLI_PLURAL_H

#include <stdint.h>

#define PLURAL_TEXT 64

/* The ending of a noun after this number: "" or "s". */
static inline const char *plural_s(uint64_t count)
{
    return count == 1 ? "" : "s";
}

/* The number with its noun, which is given in the singular and is regular. Returns text. */
const char *plural(uint64_t count, const char *noun, char text[PLURAL_TEXT]);

#endif
