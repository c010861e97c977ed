#include "io/lines.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "io/reader.h"

struct Lines {
    const char *path, *form;
    Reader *reader;
    const unsigned char *at; /* the bytes of a chunk that were not taken */
    size_t left;
    uint64_t number;
    size_t used, room;
    char text[]; /* room bytes, and one for the zero behind them */
};

n2v_status lines_open(Lines **result, const char *path, size_t longest, const char *form, const Stop *stop,
                      n2v_error *error)
{
    const size_t room = longest + UTF8_MARK_BYTES + 1; /* a carriage return may follow */
    Lines *lines = array_create(1, sizeof *lines + room + 1);
    n2v_status status;

    *result = NULL;
    if (!lines)
        return fail_memory(error, room, "a line");
    *lines = (Lines){.path = path, .form = form, .room = room};
    if ((status = reader_open_text(&lines->reader, path, stop, error)) != N2V_OK)
        free(lines);
    else
        *result = lines;
    return status;
}

static void trim(const Lines *lines, char **line, size_t *bytes)
{
    if (lines->number == 1 && *bytes >= UTF8_MARK_BYTES && memcmp(*line, UTF8_MARK, UTF8_MARK_BYTES) == 0) {
        *line += UTF8_MARK_BYTES;
        *bytes -= UTF8_MARK_BYTES;
    }
    if (*bytes && (*line)[*bytes - 1] == '\r')
        --*bytes;
    (*line)[*bytes] = '\0';
}

n2v_status lines_next(Lines *lines, char **line, size_t *bytes, n2v_error *error)
{
    bool ended = false;
    n2v_status status;

    *line = NULL;
    lines->used = 0;
    lines->number++;
    while (!ended) {
        if (!lines->left && (status = reader_next(lines->reader, &lines->at, &lines->left, error)) != N2V_OK)
            return status;
        if (!lines->left)
            break;
        const unsigned char *feed = memchr(lines->at, '\n', lines->left);
        const size_t piece = feed ? (size_t)(feed - lines->at) : lines->left;
        if (piece > lines->room - lines->used)
            return lines_refuse(lines, "it is too long", error);
        memcpy(lines->text + lines->used, lines->at, piece);
        lines->used += piece;
        ended = feed != NULL;
        lines->at += piece + ended;
        lines->left -= piece + ended;
    }
    if (!ended && !lines->used)
        return N2V_OK;
    *line = lines->text;
    *bytes = lines->used;
    trim(lines, line, bytes);
    return N2V_OK;
}

n2v_status lines_refuse(const Lines *lines, const char *why, n2v_error *error)
{
    return error_set(error, N2V_ERROR_FORMAT, "%s, line %" PRIu64 ": %s; %s", lines->path, lines->number, why,
                     lines->form);
}

uint64_t lines_number(const Lines *lines)
{
    return lines->number;
}

void lines_close(Lines *lines)
{
    if (lines)
        reader_close(lines->reader);
    free(lines);
}
