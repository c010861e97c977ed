#include "corpus/inputs.h"

#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "base/path.h"
#include "io/lines.h"
#include "io/reader.h"

#define LIST "a list of files has one path a line"

/* The name of a file in a folder. */
static n2v_status add_path(Inputs *inputs, const char *folder, const char *name, n2v_error *error)
{
    const size_t bytes = strlen(folder), room = bytes + strlen(name) + 2;
    const char *slash = bytes && folder[bytes - 1] != '/' ? "/" : "";
    char *path;
    n2v_status status = array_grow((void **)&inputs->paths, &inputs->room, inputs->count + 1, sizeof *inputs->paths,
                                   "the inputs", error);

    if (status != N2V_OK)
        return status;
    path = array_create(room, 1);
    if (!path)
        return fail_memory(error, room, "a path");
    (void)snprintf(path, room, "%s%s%s", folder, slash, name);
    inputs->paths[inputs->count++] = path;
    return N2V_OK;
}

/* Folders ----------------------------------------------------------------------------------- */

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int compare_entries(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name); /* in every locale the same */
}

typedef enum Kind { MISSING, FOLDER, OTHER } Kind;

static n2v_status kind_of(const char *path, Kind *kind, n2v_error *error)
{
    struct stat info;

    *kind = MISSING;
    if (stat(path, &info) == 0)
        *kind = S_ISDIR(info.st_mode) ? FOLDER : OTHER;
    else if (errno != ENOENT && errno != ENOTDIR)
        return error_set(error, status_of_errno(errno), "cannot read %s: %s", path, strerror(errno));
    return N2V_OK;
}

/* Removes the path that was added last unless it may have text, or has a fault that its opening will report. Of many
 * files some are empty. */
static void keep_text(Inputs *inputs, bool regular)
{
    struct stat info;
    bool skipped;

    if (stat(inputs->paths[inputs->count - 1], &info) != 0)
        skipped = regular && errno == ENOENT; /* a link to nothing */
    else
        skipped = S_ISREG(info.st_mode) ? info.st_size == 0 : regular;
    if (skipped)
        free(inputs->paths[--inputs->count]);
}

static n2v_status add_folder(Inputs *inputs, const char *folder, n2v_error *error)
{
    const size_t before = inputs->count;
    struct dirent **entries = NULL;
    const int count = scandir(folder, &entries, is_visible, compare_entries);
    n2v_status status = N2V_OK;

    if (count < 0)
        return error_set(error, status_of_errno(errno), "the folder %s cannot be read: %s", folder, strerror(errno));
    for (int i = 0; i < count; i++) {
        if (status == N2V_OK && (status = add_path(inputs, folder, entries[i]->d_name, error)) == N2V_OK)
            keep_text(inputs, true);
        free(entries[i]);
    }
    free(entries);
    if (status != N2V_OK || inputs->count > before)
        return status;
    return error_set(error, N2V_ERROR_ARGUMENT,
                     "the folder %s has no file: give one that has the text (folders in it, hidden files and empty "
                     "ones are not read)",
                     folder);
}

static n2v_status add_file_or_folder(Inputs *inputs, const char *path, Kind kind, n2v_error *error)
{
    return kind == FOLDER ? add_folder(inputs, path, error) : add_path(inputs, "", path, error);
}

/* One of many, of a list or a pattern. */
static n2v_status add_found(Inputs *inputs, const char *path, Kind kind, n2v_error *error)
{
    const n2v_status status = add_file_or_folder(inputs, path, kind, error);

    if (status == N2V_OK && kind == OTHER)
        keep_text(inputs, false);
    return status;
}

/* Lists ------------------------------------------------------------------------------------- */

/* A line is a path; empty ones are skipped. */
static n2v_status add_line(Inputs *inputs, const Lines *lines, const char *list, const char *path, size_t bytes,
                           n2v_error *error)
{
    n2v_error failure;
    n2v_status status;
    Kind kind;

    if (strlen(path) < bytes)
        return lines_refuse(lines, "there is a zero byte", error);
    if (!*path)
        return N2V_OK;
    if ((status = kind_of(path, &kind, &failure)) == N2V_OK && kind == MISSING && !path_is_standard(path))
        return error_set(error, N2V_ERROR_ARGUMENT, "%s, line %" PRIu64 ": no file or folder has this name; " LIST,
                         list, lines_number(lines));
    if (status != N2V_OK || (status = add_found(inputs, path, kind, &failure)) != N2V_OK)
        return error_set(error, status, "%s, line %" PRIu64 ": %s", list, lines_number(lines), failure.text);
    return N2V_OK;
}

static n2v_status add_list(Inputs *inputs, const char *list, n2v_error *error)
{
    const size_t before = inputs->count;
    Lines *lines;
    n2v_status status;
    size_t bytes;
    char *path;

    if ((status = reader_check(list, error)) != N2V_OK ||
        (status = lines_open(&lines, list, PATH_MAX - 1, LIST, NULL, error)) != N2V_OK)
        return status;
    while ((status = lines_next(lines, &path, &bytes, error)) == N2V_OK && path)
        if ((status = add_line(inputs, lines, list, path, bytes, error)) != N2V_OK)
            break;
    lines_close(lines);
    if (status != N2V_OK || inputs->count > before)
        return status;
    return error_set(error, N2V_ERROR_ARGUMENT, "%s names no file that has text: " LIST, list);
}

/* Patterns ---------------------------------------------------------------------------------- */

static int compare_paths(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b); /* glob sorts by the locale */
}

/* A folder that is not there has no match; one that cannot be read must not be skipped silently. */
static int ends_search(const char *folder, int code)
{
    (void)folder;
    return code != ENOENT && code != ENOTDIR;
}

static n2v_status add_matches(Inputs *inputs, const char *pattern, n2v_error *error)
{
    const size_t before = inputs->count;
    glob_t found;
    n2v_status status = N2V_OK;
    Kind kind;

    switch (glob(pattern, GLOB_NOSORT, ends_search, &found)) {
    case 0:
        break;
    case GLOB_NOMATCH:
        return error_set(error, N2V_ERROR_ARGUMENT, "no file is called %s, and none matches it as a pattern", pattern);
    case GLOB_ABORTED:
        globfree(&found);
        return error_set(error, status_of_errno(errno), "a folder of %s cannot be read: %s", pattern, strerror(errno));
    default:
        globfree(&found);
        return fail_memory(error, 0, "the files of a pattern");
    }
    qsort(found.gl_pathv, found.gl_pathc, sizeof *found.gl_pathv, compare_paths);
    for (size_t i = 0; i < found.gl_pathc && status == N2V_OK; i++)
        if ((status = kind_of(found.gl_pathv[i], &kind, error)) == N2V_OK)
            status = add_found(inputs, found.gl_pathv[i], kind, error);
    globfree(&found);
    if (status != N2V_OK || inputs->count > before)
        return status;
    return error_set(error, N2V_ERROR_ARGUMENT, "all files that match %s are empty: give text", pattern);
}

n2v_status inputs_add(Inputs *inputs, const char *input, n2v_error *error)
{
    n2v_status status;
    Kind kind;

    if (path_is_standard(input))
        return add_path(inputs, "", input, error);
    if ((status = kind_of(input, &kind, error)) != N2V_OK)
        return status;
    if (kind != MISSING)
        return add_file_or_folder(inputs, input, kind, error);
    if (*input == '@' && input[1])
        return add_list(inputs, input + 1, error);
    if (strpbrk(input, "*?["))
        return add_matches(inputs, input, error);
    return add_path(inputs, "", input, error);
}

void inputs_free(Inputs *inputs)
{
    for (size_t i = 0; i < inputs->count; i++)
        free(inputs->paths[i]);
    free(inputs->paths);
    memset(inputs, 0, sizeof *inputs);
}
