/* options.h - one table of options a command: parsing, range checks, messages and help come from it. */
#ifndef N2V_CLI_OPTIONS_H
#define N2V_CLI_OPTIONS_H

#include <stdio.h>

#include "base/status.h"

typedef enum option_kind {
    OPTION_FLAG,    /* bool */
    OPTION_INTEGER, /* uint64_t; UNSET_INTEGER when not given and without default */
    OPTION_REAL,    /* double; NaN when ... */
    OPTION_TEXT,    /* const char *; NULL when ... */
    OPTION_CHOICE,  /* size_t, the index of the choice; UNSET_CHOICE when ... */
    OPTION_OPERAND  /* no field: the value is one more operand, such as an input */
} option_kind;

#define UNSET_INTEGER UINT64_MAX
#define UNSET_CHOICE  SIZE_MAX

typedef struct cli_option {
    const char *name;    /* long name, without dashes */
    const char *aliases; /* other spellings, without dashes, separated by spaces; one letter is a short option */
    option_kind kind;
    const char *value;                   /* what help calls the value: "N", "FILE" */
    const char *fallback;                /* the default as it would be typed; NULL: none */
    const char *note;                    /* what help says of the default when it is not a fixed value */
    uint64_t least, most;                /* bounds of integers */
    double low, high;                    /* bounds of reals */
    bool above;                          /* low itself is not allowed */
    const char *(*choice)(size_t index); /* the choices (NULL beyond the last); of a text: names for the help */
    const char *section;                 /* heading in the help of this option and those after it */
    const char *help;                    /* NULL: understood, not shown */
    const char *refusal;                 /* said instead of the range when a value is out of bounds */
    bool recorded;                       /* stands in the model's parameters */
    size_t offset;                       /* of the field in the command's settings */
} cli_option;

struct cli_session;

typedef struct cli_command {
    const char *name;
    const char *summary;       /* one line */
    const char *usage;         /* what follows the name */
    const char *about;         /* for the help: what it does, where things go */
    const cli_option *options; /* up to the first without a name; NULL: none */
    void (*list)(FILE *out);   /* for the help, after the options; NULL: nothing */
    size_t settings_bytes;
    size_t least_operands, most_operands;
    const char *operand; /* said when there are too few: "no input is given ..." */
    n2v_status (*run)(struct cli_session *session, const void *settings, const char *const *operands, size_t count,
                      n2v_error *error);
} cli_command;

/* Fills settings with defaults and then with the arguments; operands, which has room for
 * count, receives what is no option. *help: help was asked for, and nothing else was checked. */
n2v_status options_parse(const cli_command *command, char *const *arguments, size_t count, void *settings,
                         const char **operands, size_t *operand_count, bool *help, n2v_error *error);

/* Where a record goes: put is called with each name and its value, as it would be typed;
 * is_text: the value is no number. */
typedef struct option_sink {
    void (*put)(void *context, const char *name, const char *value, bool is_text);
    void *context;
} option_sink;

/* Puts each recorded option that has a value. */
void options_record(const option_sink *sink, const cli_command *command, const void *settings);

#endif
