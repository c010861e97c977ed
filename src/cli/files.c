#include "cli/files.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_stream(const char *path)
{
    return strcmp(path, "-") == 0;
}

/* The folder of a path, resolved, and its last part; NULL when there is no such folder. The caller frees it. */
static char *resolve_folder(const char *path, const char **last)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup("."), *resolved;

    *last = slash ? slash + 1 : path;
    resolved = folder ? realpath(folder, NULL) : NULL;
    free(folder);
    return resolved;
}

bool files_same(const char *a, const char *b)
{
    struct stat first, second;
    const bool first_exists = (is_stream(a) ? fstat(STDIN_FILENO, &first) : stat(a, &first)) == 0;
    const bool second_exists = (is_stream(b) ? fstat(STDIN_FILENO, &second) : stat(b, &second)) == 0;
    const char *first_last, *second_last;
    char *first_folder, *second_folder;
    bool same;

    if (first_exists && second_exists)
        return S_ISREG(first.st_mode) && first.st_dev == second.st_dev && first.st_ino == second.st_ino;
    if (first_exists || second_exists)
        return false;
    first_folder = resolve_folder(a, &first_last);
    second_folder = resolve_folder(b, &second_last);
    same = first_folder && second_folder && strcmp(first_folder, second_folder) == 0 &&
           strcmp(first_last, second_last) == 0;
    free(first_folder);
    free(second_folder);
    return same;
}

const char *files_name(const char *output)
{
    return is_stream(output) ? "standard output" : output;
}

bool files_same_output(const char *a, const char *b)
{
    return strcmp(a, b) == 0 || (!is_stream(a) && !is_stream(b) && files_same(a, b));
}

n2v_status files_check_output(const char *title, const char *output, const char *const *inputs, size_t count,
                              n2v_error *error)
{
    for (size_t i = 0; !is_stream(output) && i < count; i++)
        if (files_same(output, inputs[i]))
            return fail(error, N2V_ERROR_ARGUMENT, "%s %s is the same file as the input %s, and would overwrite it",
                        title, output, inputs[i]);
    return N2V_OK;
}

void files_add_other(cli_files *files, const char *path)
{
    if (path && files->other_count < FILES_MAX)
        files->others[files->other_count++] = path;
}

static bool is_scorer(const char *text)
{
    n2v_setting_info info = {.size = sizeof info};

    for (size_t i = 0; n2v_setting_describe(N2V_FOR_PHRASES, i, &info, NULL) == N2V_OK; i++)
        for (const char *const *name = info.choices; name && *name; name++)
            if (strcmp(*name, text) == 0)
                return true;
    return false;
}

void files_add_phrases(cli_files *files, n2v_settings *settings)
{
    static const char *const names[] = {"phrases", "connectors", "phrase-connectors"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = n2v_settings_get(settings, names[i]);
        if (value && !is_scorer(value) && strcmp(value, "english") != 0 && strcmp(value, "none") != 0)
            files_add_other(files, value);
    }
}

n2v_status files_check(const cli_files *files, const char *option, const char *path, n2v_error *error)
{
    n2v_status status;

    if ((status = files_check_output(option, path, files->inputs, files->count, error)) != N2V_OK ||
        (status = files_check_output(option, path, files->others, files->other_count, error)) != N2V_OK)
        return status;
    for (size_t i = 0; i < files->output_count; i++)
        if (files_same_output(path, files->outputs[i].path))
            return fail(error, N2V_ERROR_ARGUMENT, "%s and %s are the same file, %s", option, files->outputs[i].option,
                        path);
    return N2V_OK;
}

n2v_status files_add_output(cli_files *files, const char *option, const char *path, n2v_error *error)
{
    n2v_status status;

    if (!path)
        return N2V_OK;
    if ((status = files_check(files, option, path, error)) != N2V_OK)
        return status;
    if (files->output_count == FILES_MAX)
        return fail(error, N2V_ERROR_ARGUMENT, "more than %d outputs", FILES_MAX);
    files->outputs[files->output_count].option = option;
    files->outputs[files->output_count++].path = path;
    return N2V_OK;
}

n2v_status files_check_input(const cli_files *files, const char *input, n2v_error *error)
{
    n2v_status status = N2V_OK;

    for (size_t i = 0; input && status == N2V_OK && i < files->output_count; i++)
        status = files_check_output(files->outputs[i].option, files->outputs[i].path, &input, 1, error);
    return status;
}
