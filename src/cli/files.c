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
