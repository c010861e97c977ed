#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool path_is_standard(const char *path)
{
    return strcmp(path, "-") == 0;
}

const char *path_input_name(const char *path)
{
    return path_is_standard(path) ? "standard input" : path;
}

bool path_same_file(const char *a, const char *b)
{
    struct stat first, second;
    return !path_is_standard(a) && !path_is_standard(b) && stat(a, &first) == 0 && stat(b, &second) == 0 &&
           S_ISREG(first.st_mode) && first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

int path_open(int folder, const char *path, int flags)
{
    int fd;
    do
        fd = openat(folder, path, flags);
    while (fd < 0 && errno == EINTR);
    return fd;
}

bool path_flush(int file)
{
    int result;

    do
        result = fsync(file);
    while (result != 0 && errno == EINTR);
    return result == 0 || errno == EINVAL || errno == ENOTSUP;
}
