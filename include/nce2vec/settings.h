/* nce2vec/settings.h - sets of settings, by name and text. A part of nce2vec.h, which includes it. */
#ifndef NCE2VEC_SETTINGS_H
#define NCE2VEC_SETTINGS_H

#include "objective.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A set of settings, by name and text. Which settings there are depends on what they are for. */
typedef struct n2v_settings n2v_settings;

typedef enum n2v_purpose {
    N2V_FOR_TRAINING,   /* reading a corpus and training on it */
    N2V_FOR_LIKELIHOOD, /* n2v_likelihood_measure */
    N2V_FOR_SEARCH,     /* n2v_search_create */
    N2V_FOR_OUTPUT,     /* n2v_output_open */
    N2V_FOR_PHRASES,    /* n2v_phrases_find */
    N2V_FOR_PREDICTION, /* n2v_predictor_create */
    N2V_FOR_LOADING     /* n2v_vectors_load_with */
} n2v_purpose;

typedef enum n2v_setting_type {
    N2V_FLAG,    /* "0" or "1" */
    N2V_INTEGER, /* a whole number, not negative */
    N2V_REAL,    /* a decimal number */
    N2V_TEXT,    /* any text that is not empty */
    N2V_CHOICE   /* one of a list of names */
} n2v_setting_type;

/* What a setting decides about. */
typedef enum n2v_stage {
    N2V_STAGE_TEXT,  /* which words are read and counted */
    N2V_STAGE_MODEL, /* what is trained */
    N2V_STAGE_RUN    /* how the work is done: threads, arithmetic */
} n2v_stage;

typedef struct n2v_setting_info {
    size_t size; /* in: sizeof(n2v_setting_info) */
    const char *name;
    const char *aliases; /* other names that are accepted, separated by spaces; "" */
    n2v_setting_type type;
    n2v_stage stage;
    const char *group;         /* a heading for lists of settings, such as "Training" */
    const char *value;         /* a word for its value, such as "N" */
    const char *default_text;  /* NULL: there is none, or it depends on others */
    const char *default_note;  /* what it depends on, such as "the objective's"; NULL: nothing */
    const char *help;          /* a sentence */
    const char *range;         /* what is accepted, such as "an integer from 1 to 1000"; "" for texts and flags */
    double min, max;           /* bounds of numbers */
    const char *const *choices; /* names, NULL after the last; of N2V_TEXT those that help may list; NULL: none */
    int changeable;            /* 1: may be another when a training is resumed */
    int recorded;              /* 1: is part of the record in a model file */
} n2v_setting_info;

/* How many settings a purpose has. */
N2V_API size_t n2v_setting_count(n2v_purpose purpose);

/* Fills *info for the setting of this index. N2V_ERROR_ARGUMENT: an index that is not below the count, or info->size
 * is not set. The strings live as long as the library is loaded. */
N2V_API n2v_status n2v_setting_describe(n2v_purpose purpose, size_t index, n2v_setting_info *info, n2v_error *error);

/* All settings with their defaults. objectives is kept by reference (NULL: the library's own). N2V_ERROR_MEMORY. */
N2V_API n2v_status n2v_settings_create(n2v_settings **settings, n2v_purpose purpose, const n2v_objectives *objectives,
                                       n2v_error *error);
N2V_API n2v_status n2v_settings_copy(n2v_settings **copy, const n2v_settings *settings, n2v_error *error);
N2V_API void n2v_settings_destroy(n2v_settings *settings);

/* Sets a setting by its name or an alias ('_' and '-' are the same); text NULL: back to the default.
 * N2V_ERROR_ARGUMENT, with the nearest name or the range, for an unknown name or a text out of range. */
N2V_API n2v_status n2v_settings_set(n2v_settings *settings, const char *name, const char *text, n2v_error *error);

/* The setting's value as text: what was set, else the default, also where that depends on other settings or on the
 * machine. Setting the text again gives the same value, to the bit. NULL for an unknown name, and for one that has no
 * value (no limit, no file). The text is valid until the settings change or are read again by this function. */
N2V_API const char *n2v_settings_get(n2v_settings *settings, const char *name);

/* 1: it was set. 0: it has its default, or is unknown. */
N2V_API int n2v_settings_is_set(const n2v_settings *settings, const char *name);

/* N2V_ERROR_ARGUMENT, with a sentence, when settings contradict each other or would have no effect together. All
 * functions that take settings check them in this way, too. */
N2V_API n2v_status n2v_settings_check(const n2v_settings *settings, n2v_error *error);

#ifdef __cplusplus
}
#endif
#endif
