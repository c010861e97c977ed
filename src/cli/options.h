/* options.h - the options of a command: its own, and the library's settings. Parsing, range checks and help follow
 * from one table. */
#ifndef N2V_CLI_OPTIONS_H
#define N2V_CLI_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

#include "cli/fail.h"

typedef enum option_kind {
    OPTION_FLAG,    /* bool */
    OPTION_INTEGER, /* uint64_t; UNSET_INTEGER when it is not given and has no default */
    OPTION_TEXT,    /* const char *; NULL when it is not given */
    OPTION_CHOICE,  /* size_t: the index of the choice */
    OPTION_OPERAND, /* no field: the value is one more operand, such as an input */
    OPTION_SETTING, /* no field: a setting of the library, under a name of its own */
    OPTION_SETTINGS /* no field: several settings of the library; name: theirs, separated by spaces, or "*" for the rest
                     */
} option_kind;

#define UNSET_INTEGER UINT64_MAX

typedef struct cli_option {
    const char *name;    /* long name, without dashes */
    const char *aliases; /* other spellings, without dashes, separated by spaces; one letter is a short option */
    option_kind kind;
    const char *value;          /* a word for the value: "N", "FILE" */
    const char *fallback;       /* the default as it would be typed; NULL: none */
    const char *note;           /* what the default depends on; NULL: nothing */
    uint64_t min, max;          /* bounds of integers */
    const char *const *choices; /* NULL after the last; NULL: none */
    const char *section;        /* heading in the help, where the command has several */
    const char *help;           /* NULL: accepted, but not shown */
    const char *refusal;        /* printed instead of the range when a value is out of bounds */
    size_t offset;              /* of the field in the command's values */
    bool kept;                  /* in checkpoints: a training that is resumed has it again */

    /* Of settings. */
    n2v_purpose purpose;
    const char *setting; /* its name in the library */
    bool is_flag;
} cli_option;

struct cli_session;

typedef struct cli_command {
    const char *name;
    const char *summary;                             /* one line */
    const char *usage;                               /* what follows the name */
    const char *about;                               /* for the help: what it does, where output goes */
    const cli_option *options;                       /* up to the first without a name; NULL: none */
    bool sections;                                   /* help has a heading for each section, not one for all options */
    n2v_status (*list)(FILE *out, n2v_error *error); /* for the help, after the options; NULL: nothing */
    bool ranks;                                      /* several processes run it together */
    size_t values_bytes;                             /* of the structure that the options' fields are in */
    size_t min_operands, max_operands;
    const char *operand; /* the message when there are too few: "no input is given ..." */
    n2v_status (*run)(struct cli_session *session, const void *values, const char *const *operands, size_t count,
                      n2v_error *error);
} cli_command;

#define MAX_OPTIONS 128

/* An option as the user typed it last. */
typedef struct cli_typed {
    const char *given; /* as it was spelled, such as "--name", of so many bytes; NULL: it was not typed */
    size_t bytes;
    const char *value; /* NULL: a flag of the command */
} cli_typed;

/* All options of a command, with one row for each setting. */
typedef struct cli_options {
    cli_option rows[MAX_OPTIONS];
    cli_typed typed[MAX_OPTIONS]; /* of each row */
    size_t count;
} cli_options;

n2v_status options_list(cli_options *options, const cli_command *command, n2v_error *error);

/* Fills values with defaults and then with the arguments; operands has room for `count`, for the arguments
 * that are not options. *help: help was requested, and nothing else was checked. */
n2v_status options_parse(cli_options *options, const cli_command *command, char *const *arguments, size_t count,
                         void *values, const char **operands, size_t *operand_count, bool *help, n2v_error *error);

/* The value that was typed for a setting; NULL: none. */
const char *options_value(const cli_options *options, const char *setting);

/* The option of this name; NULL: it was not typed. */
const cli_typed *options_typed(const cli_options *options, const char *name);

/* Sets a setting that was not typed, for these settings and as long as both texts live; given is how messages spell
 * it, such as "--dim". */
void options_add(cli_options *options, n2v_purpose purpose, const char *setting, const char *given, const char *value);

/* Replaces the value that was typed. */
void options_replace(cli_options *options, const char *setting, const char *value);

/* Replaces the value of an option of the command's own that was typed; the text must live as long as values. */
n2v_status options_retype(cli_options *options, void *values, const char *name, const char *value, n2v_error *error);

/* As if it had not been typed. */
void options_forget(cli_options *options, const char *setting);

/* The options that were typed and that a resumed training keeps: its own, and the settings of its output. Begin with
 * *at 0; false: no more. */
bool options_kept(const cli_options *options, size_t *at, const char **name, const char **value);

/* Sets an option as if given ("--output") and its value had been typed, unless it was typed. Both texts are kept by
 * reference. N2V_ERROR_FORMAT: it is not one of those that are kept. */
n2v_status options_restore(cli_options *options, void *values, const char *given, const char *value,
                           n2v_error *error);

/* Spells the settings in an error of the library as options: "epochs" becomes "--epochs" where the command has such an
 * option, and the setting `name` (NULL: none) becomes `given`, what the user typed, of so many bytes. */
void options_spell(const cli_options *options, n2v_error *error, const char *name, const char *given, size_t bytes);

/* Creates settings for this purpose with all that was typed. */
n2v_status options_settings(const cli_options *options, n2v_purpose purpose, const n2v_objectives *objectives,
                            n2v_settings **settings, n2v_error *error);

#endif
