#include "model/formats/word2vec.h"

#include <string.h>

#define HEADER_BYTES ((size_t)100)

/* A number of at most 19 digits; the place after it, or NULL. */
static const char *read_number(const char *text, const char *end, uint64_t *number)
{
    const char *at = text;

    *number = 0;
    for (; at < end && *at >= '0' && *at <= '9' && at - text < 19; at++)
        *number = *number * 10 + (uint64_t)(*at - '0');
    return at == text || (at < end && *at >= '0' && *at <= '9') ? NULL : at;
}

/* "WORDS DIM", then blanks. */
static bool parse_header(const char *line, size_t bytes, uint64_t *words, uint64_t *dim)
{
    const char *end = line + bytes, *at = read_number(line, end, words);

    if (!at || at == end || *at != ' ')
        return false;
    at = read_number(at + 1, end, dim);
    while (at && at < end && (*at == ' ' || *at == '\t' || *at == '\r'))
        at++;
    return at == end;
}

bool word2vec_header(const unsigned char *head, size_t count, size_t *rest)
{
    const unsigned char *newline = memchr(head, '\n', count < HEADER_BYTES ? count : HEADER_BYTES);
    const size_t bytes = newline ? (size_t)(newline - head) : count;
    uint64_t words, dim;

    *rest = newline ? bytes + 1 : count;
    return bytes <= HEADER_BYTES && parse_header((const char *)head, bytes, &words, &dim);
}

n2v_status word2vec_begin(Model *model, Source *source, n2v_error *error)
{
    uint64_t words = 0, dim = 0;
    char *line;
    size_t bytes;
    n2v_status status = source_until(source, '\n', HEADER_BYTES, "the header", &line, &bytes, NULL, error);

    if (status != N2V_OK)
        return status;
    if (!line || !parse_header(line, bytes, &words, &dim))
        return source_fail(source, error, "no header: \"WORDS DIMENSIONS\" is expected");
    return load_begin(model, source, words, dim, error);
}
