/* files.h - settings that name a file. */
#ifndef N2V_SETTINGS_FILES_H
#define N2V_SETTINGS_FILES_H

#include "base/status.h"

/* The setting heldout: a number above 0 and below 1 is a share of the sentences, every other text the path of a file.
 * True, and *share is set: it is a share. For texts that heldout_check accepts. */
bool heldout_is_share(const char *text, double *share);

/* Refuse a number that is no share, and standard input. */
n2v_status heldout_check(const char *text, n2v_error *error);
n2v_status read_vocab_check(const char *text, n2v_error *error);
n2v_status phrases_check(const char *text, n2v_error *error);
n2v_status start_check(const char *text, n2v_error *error);
n2v_status freeze_check(const char *text, n2v_error *error);
n2v_status lr_of_check(const char *text, n2v_error *error);

/* In the order of CHOICES_VOCABULARY. */
typedef enum VocabularyFrom {
    VOCABULARY_NEW, /* the text */
    VOCABULARY_OLD, /* the vectors that the training starts from */
    VOCABULARY_BOTH
} VocabularyFrom;

/* The setting freeze: a side, every other text the path of a file of words. text may be NULL. */
bool freeze_is_input(const char *text);
bool freeze_is_output(const char *text);
bool freeze_is_file(const char *text);

/* The setting phrases: the name of a scorer, by which they are found, every other text the path of a file. True, and
 * *scorer (may be NULL) is its index: it is a scorer. text may be NULL. */
bool phrases_is_scorer(const char *text, size_t *scorer);

/* Of ranks each has a part of the text alone: its phrases would not be those of the others. */
n2v_status phrases_fail_part(const char *scorer, n2v_error *error);

#endif
