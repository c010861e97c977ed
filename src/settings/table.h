/* table.h - which settings there are: one row each, from which parsing, range checks, messages, help, and the record
 * of a training follow. */
#ifndef N2V_SETTINGS_TABLE_H
#define N2V_SETTINGS_TABLE_H

#include "base/status.h"
#include "nce2vec.h"

typedef struct Setting {
    const char *name;
    const char *aliases; /* other names, separated by spaces; "" */
    n2v_setting_type type;
    n2v_stage stage;
    const char *group;          /* a heading; rows of one group are together */
    const char *value;          /* a word for the value in help texts */
    const char *fixed;          /* the default as it would be set; NULL: none, or not a fixed one */
    const char *note;           /* what the default is instead */
    uint64_t min, max;          /* bounds of integers */
    double real_min, real_max;  /* bounds of reals */
    bool above;                 /* real_min itself is not allowed */
    const char *range;          /* what is accepted, for messages; "" for texts and flags */
    const char *const *choices; /* NULL after the last; NULL: none */
    const char *help;
    bool changeable; /* may be another when a training is resumed */
    bool recorded;   /* is part of the record in a model file */

    /* What a text must be beside not empty; NULL: any. */
    n2v_status (*check)(const char *text, n2v_error *error);
} Setting;

size_t setting_count(n2v_purpose purpose); /* 0 for a purpose that does not exist */
const Setting *setting_at(n2v_purpose purpose, size_t index); /* NULL beyond the last */

/* By its name or an alias; '_' and '-' are the same. NULL: unknown. */
const Setting *setting_find(n2v_purpose purpose, const char *name);

#endif
