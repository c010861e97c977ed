#include "cli/epoch_files.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The bytes of a name before this ending; all of them when it has another. Something must be before the ending. */
static size_t before(const char *name, size_t bytes, const char *ending, size_t ending_bytes)
{
    const bool has = bytes > ending_bytes && strncasecmp(name + bytes - ending_bytes, ending, ending_bytes) == 0;
    return has ? bytes - ending_bytes : bytes;
}

/* The bytes of a name before the ending of a format and .gz. */
static size_t stem_of(const char *name)
{
    const size_t bytes = before(name, strlen(name), ".gz", 3);
    n2v_format_info format = {.size = sizeof format};
    size_t stem = bytes;

    for (size_t i = 0; n2v_format_describe(i, &format, NULL) == N2V_OK; i++)
        for (const char *at = format.endings; *at;) {
            const size_t length = strcspn(at, " "), left = before(name, bytes, at, length);
            if (left < stem)
                stem = left;
            at += length + strspn(at + length, " ");
        }
    return stem;
}

n2v_status epoch_file(char **path, const char *output, uint64_t epoch, n2v_error *error)
{
    const char *slash = strrchr(output, '/'), *name = slash ? slash + 1 : output;
    const size_t stem = (size_t)(name - output) + stem_of(name);

    if (asprintf(path, "%.*s.epoch-%" PRIu64 "%s", (int)stem, output, epoch, output + stem) >= 0)
        return N2V_OK;
    *path = NULL;
    return fail_memory(error, strlen(output), "a path");
}
