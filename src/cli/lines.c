#include "cli/lines.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROOM       ((size_t)64 << 10)
#define MARK       "\xef\xbb\xbf" /* the byte-order mark */
#define MARK_BYTES (sizeof MARK - 1)

static const char *newline(const cli_lines *l)
{
    return l->end > l->begin ? memchr(l->bytes + l->begin, '\n', l->end - l->begin) : NULL;
}

bool lines_available(const cli_lines *l)
{
    return newline(l) || (l->ended && l->end > l->begin);
}

/* Reads what there is, at least a byte unless the input ends. */
static n2v_status fill(cli_lines *l, n2v_error *error)
{
    ssize_t got;

    if (!l->bytes && !(l->bytes = malloc(ROOM)))
        return fail_memory(error, ROOM, "a line");
    memmove(l->bytes, l->bytes + l->begin, l->end - l->begin);
    l->end -= l->begin;
    l->begin = 0;
    if (l->end == ROOM)
        return fail(error, N2V_ERROR_DATA, "line %" PRIu64 " of standard input is longer than %zu bytes", l->number + 1,
                    ROOM);
    do
        got = read(STDIN_FILENO, l->bytes + l->end, ROOM - l->end);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return fail(error, N2V_ERROR_IO, "standard input cannot be read: %s", strerror(errno));
    l->end += (size_t)got;
    l->ended = got == 0;
    return N2V_OK;
}

n2v_status lines_next(cli_lines *l, const char **line, size_t *count, n2v_error *error)
{
    const char *end;

    *line = NULL;
    *count = 0;
    while (!lines_available(l) && !l->ended) {
        const n2v_status status = fill(l, error);
        if (status != N2V_OK)
            return status;
    }
    if (!lines_available(l))
        return N2V_OK;
    end = newline(l);
    *line = l->bytes + l->begin;
    *count = end ? (size_t)(end - *line) : l->end - l->begin;
    l->begin += *count + (end != NULL);
    if (!l->number++ && *count >= MARK_BYTES && memcmp(*line, MARK, MARK_BYTES) == 0) {
        *line += MARK_BYTES;
        *count -= MARK_BYTES;
    }
    return N2V_OK;
}

void lines_free(cli_lines *l)
{
    free(l->bytes);
    memset(l, 0, sizeof *l);
}
