/* files.h - checks before work: no output is an input, and no two outputs are the same file. */
#ifndef N2V_CLI_FILES_H
#define N2V_CLI_FILES_H

#include <stdbool.h>

#include "cli/fail.h"

#define FILES_MAX 12

/* The files of a run: what it reads, and what it writes. */
typedef struct cli_files {
    const char *const *inputs;
    size_t count;
    const char *others[FILES_MAX]; /* that are read, too */
    size_t other_count;
    struct {
        const char *option, *path;
    } outputs[FILES_MAX];
    size_t output_count;
} cli_files;

/* Whether two paths are the same regular file, or would be once it exists. */
bool files_same(const char *a, const char *b);

/* An output as messages name it; - is standard output. */
const char *files_name(const char *output);

/* The same for two outputs; - is standard output. */
bool files_same_output(const char *a, const char *b);

/* Refuses an output that is one of the files to be read; title names the output in the message. */
n2v_status files_check_output(const char *title, const char *output, const char *const *inputs, size_t count,
                              n2v_error *error);

/* Adds a file that is read; NULL: there is none. */
void files_add_other(cli_files *files, const char *path);

/* Adds the files that the settings of phrases name, of a training or of finding phrases. */
void files_add_phrases(cli_files *files, n2v_settings *settings);

/* Refuses an output that is one of the files to be read, or an output that was added before. */
n2v_status files_check(const cli_files *files, const char *option, const char *path, n2v_error *error);

/* The same, and adds it; NULL: there is none. */
n2v_status files_add_output(cli_files *files, const char *option, const char *path, n2v_error *error);

/* Refuses a file to be read that is one of the outputs so far; NULL: there is none. */
n2v_status files_check_input(const cli_files *files, const char *input, n2v_error *error);

#endif
