#include "io/content.h"

#include <string.h>

static const struct {
    const char *magic;
    size_t count;
    const char *name, *command;
} REFUSED[] = {
    {"\3757zXZ", 6, "xz", "xz -dc"},      {"(\xb5/\xfd", 4, "zstd", "zstd -dc"},
    {"BZh", 3, "bzip2", "bzip2 -dc"}, /* and a block's magic after the digit: see is_bzip2 */
    {"\x04\"M\x18", 4, "lz4", "lz4 -dc"}, {"LZIP\x01", 5, "lzip", "lzip -dc"},
    {"PK\x03\x04", 4, "zip", "unzip -p"}, {"7z\xbc\xaf'\x1c", 6, "7-Zip", "7z x -so"},
    {"\xff\xfe\0\0", 4, "UTF-32", "iconv -f UTF-32 -t UTF-8"},
    {"\xff\xfe", 2, "UTF-16", "iconv -f UTF-16 -t UTF-8"},
    {"\xfe\xff", 2, "UTF-16", "iconv -f UTF-16 -t UTF-8"},
};

bool content_is_gzip(const unsigned char *head, size_t have)
{
    const bool first = have >= 2 && head[0] == 0x1f, second = have >= 2 && head[1] == 0x8b;
    return (first && second) || ((first || second) && have >= 4 && head[2] == 8 /* deflate */ && head[3] < 0x20);
}

/* A text may begin with "BZh". */
static bool is_bzip2(const unsigned char *head, size_t have)
{
    return have >= 10 && (memcmp(head + 4, "1AY&SY", 6) == 0 || memcmp(head + 4, "\x17rE8P\x90", 6) == 0);
}

n2v_status content_refuse(const unsigned char *head, size_t have, const char *name, const char *file,
                          n2v_error *error)
{
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++) {
        const size_t count = REFUSED[i].count;
        if (have < count || memcmp(head, REFUSED[i].magic, count) != 0 || (count == 3 && !is_bzip2(head, have)))
            continue;
        return error_set(error, N2V_ERROR_FORMAT,
                         "%s contains %s data, and only UTF-8 and gzip can be read: read the output of `%s %s` instead",
                         name, REFUSED[i].name, REFUSED[i].command, *file ? file : "FILE");
    }
    return N2V_OK;
}
