#include "io/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/path.h"

n2v_status folder_check(const char *path, bool *is, n2v_error *error)
{
    struct stat info;

    *is = false;
    if (stat(path, &info) == 0)
        *is = S_ISDIR(info.st_mode);
    else if (errno == EIO)
        return error_set(error, N2V_ERROR_IO, "cannot read %s: %s", path, strerror(errno));
    return N2V_OK; /* whoever opens it says what is wrong */
}

char *folder_join(const char *folder, const char *name)
{
    const size_t bytes = strlen(folder);
    char *path;
    return asprintf(&path, "%s%s%s", folder, bytes && folder[bytes - 1] == '/' ? "" : "/", name) < 0 ? NULL : path;
}

n2v_status folder_make(const char *path, bool *made, n2v_error *error)
{
    const int failure = mkdir(path, 0777) == 0 ? 0 : errno;
    bool there = false;
    n2v_status status = N2V_OK;

    *made = !failure;
    if (*made || (status = folder_check(path, &there, error)) != N2V_OK || there)
        return status;
    if (failure == EEXIST || failure == ENOTDIR)
        return error_set(error, N2V_ERROR_ARGUMENT, "cannot make the folder %s: a file has this path, or a part of it",
                         path);
    return error_set(error, status_of_errno(failure), "cannot make the folder %s: %s", path, strerror(failure));
}

n2v_status folder_flush(const char *path, n2v_error *error)
{
    const int folder = path_open(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const int parent = folder < 0 ? -1 : path_open(folder, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool flushed = parent >= 0 && path_flush(parent);
    const int failure = errno;

    if (parent >= 0)
        (void)close(parent);
    if (folder >= 0)
        (void)close(folder);
    if (flushed)
        return N2V_OK;
    return error_set(
        error, N2V_ERROR_DURABILITY,
        "%s is written and complete, but its folder could not be flushed to disk (%s): make a copy, it may "
        "be lost when the machine stops",
        path, strerror(failure));
}

void folder_remove(const char *path)
{
    (void)rmdir(path); /* it stays where others have put something into it */
}
