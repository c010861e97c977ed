/* extra.h - what a file of a model may hold beside the model: the phrases of its text, the state of a training, and
 * what belongs to it. The model keeps the bytes; who wrote them reads them. */
#ifndef N2V_MODEL_EXTRA_H
#define N2V_MODEL_EXTRA_H

#include "base/status.h"

typedef enum ExtraKind {
    EXTRA_STATE, /* the position and the sums of a training */
    EXTRA_TEXT,  /* the fingerprint of its text */
    EXTRA_NOTES, /* what the client wrote down */
    EXTRA_RULE,  /* what the rule of the rounds keeps (train/rounds/rule.h) */
    EXTRA_OPTIMIZER, /* Model.accumulators */
    EXTRA_RATES, /* Model.rates */
    EXTRA_PHRASES, /* the phrases that were joined in the text, as phrases/table.h writes them; of every model */
    EXTRA_KINDS
} ExtraKind;

#define STATE_EXTRAS EXTRA_PHRASES /* those before it belong to a training that goes on */

/* Of one, but for those of the rule, the optimizer, the rates and the phrases. */
#define MAX_EXTRA_BYTES ((size_t)16 << 20)

/* All zero: there is none. */
typedef struct Extra {
    char *bytes; /* owned; a NUL follows them */
    size_t count;
    bool damaged; /* the file has it, but its checksum is wrong */
} Extra;

#endif
