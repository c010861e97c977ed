#include "io/ending.h"

#include <string.h>
#include <strings.h>

/* The command that makes such a file: its words before the file's name, or before both names. */
static const struct {
    const char *ending, *command;
    bool both; /* it names the new file and the old one */
} refused[] = {
    {".bz2", "bzip2", false}, {".xz", "xz", false},        {".zst", "zstd", false},   {".lz4", "lz4", false},
    {".lz", "lzip", false},   {".lzma", "lzma", false},    {".br", "brotli", false},  {".z", "compress", false},
    {".zip", "zip", true},    {".7z", "7z a", true},       {".rar", "rar a", true},   {".tar", "tar -cf", true},
    {".tgz", "tar -czf", true},
};

const char *ending_of(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *dot = strrchr(name, '.');

    return dot && dot > name && dot[1] ? dot : NULL;
}

size_t ending_gzip(const char *path, bool *gzip)
{
    const char *ending = ending_of(path);

    *gzip = ending && strcasecmp(ending, ".gz") == 0;
    return *gzip ? (size_t)(ending - path) : strlen(path);
}

n2v_status ending_check(const char *path, n2v_error *error)
{
    const char *ending = ending_of(path);

    for (size_t i = 0; ending && i < sizeof refused / sizeof *refused; i++) {
        const int stem = (int)(ending - path);
        if (strcasecmp(ending, refused[i].ending) != 0)
            continue;
        if (refused[i].both)
            return error_set(error, N2V_ERROR_ARGUMENT,
                             "cannot write %s: only gzip (.gz) can be written; write %.*s, and then run `%s %s %.*s`",
                             path, stem, path, refused[i].command, path, stem, path);
        return error_set(error, N2V_ERROR_ARGUMENT,
                         "cannot write %s: only gzip (.gz) can be written; write %.*s, and then run `%s %.*s`", path,
                         stem, path, refused[i].command, stem, path);
    }
    return N2V_OK;
}
