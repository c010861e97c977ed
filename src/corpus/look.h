/* look.h - looks at the beginnings of sources, and keeps what they look like, for warnings. */
#ifndef N2V_CORPUS_LOOK_H
#define N2V_CORPUS_LOOK_H

#include <stdint.h>

#include "base/status.h"
#include "corpus/guess.h"

/* In the order of n2v_text_problem. */
typedef enum FindingKind { FOUND_ENCODING, FOUND_NO_SPACES, FOUND_MARKUP, FINDINGS } FindingKind;

#define FINDING_TEXT_BYTES 256

typedef struct Finding {
    const char *what; /* as guess.h has it; NULL: nothing was found */
    uint64_t line;    /* from 1 */
    char source[FINDING_TEXT_BYTES]; /* the name of the source, cut where it is longer */
    char remedy[FINDING_TEXT_BYTES]; /* a command that prints the text as it should be; "": there is none */
} Finding;

typedef struct Look Look;

/* unspaced: also look for scripts without spaces. NULL when out of memory. */
Look *look_create(bool unspaced);
void look_destroy(Look *look); /* accepts NULL */

/* The next bytes of a source; those after its beginning are not read. */
void look_feed(Look *look, const unsigned char *bytes, size_t count);

/* The end of a source. path: of the file that the text is in, for remedies, or NULL; opener: the command that
 * decompresses it, or NULL. */
void look_end(Look *look, const char *source, const char *path, const char *opener);

/* The first finding of each kind. */
const Finding *look_findings(const Look *look);

#endif
