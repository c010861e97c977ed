/* source.h - a vector file being read: bytes, fields and lines, and errors that say where. */
#ifndef N2V_MODEL_FORMATS_SOURCE_H
#define N2V_MODEL_FORMATS_SOURCE_H

#include "io/reader.h"

typedef struct n2v_source {
    const char *path; /* borrowed */
    n2v_reader *reader;
    const unsigned char *at; /* what is at hand: in the head or in the reader's chunk */
    size_t left;
    unsigned char *head; /* the bytes that were looked at before reading */
    size_t head_capacity;
    char *field; /* of the last n2v_source_until */
    size_t field_capacity;
    uint64_t bytes, lines; /* taken so far */
    bool by_line;          /* errors name the line, not the byte */
} n2v_source;

/* stop is kept by reference and may be NULL. */
n2v_status n2v_source_open(n2v_source *source, const char *path, const n2v_stop *stop, n2v_error *error);
void n2v_source_close(n2v_source *source); /* accepts an all-zero struct */

/* The first bytes, at least want of them unless there are no more. Before any reading. */
n2v_status n2v_source_head(n2v_source *source, size_t want, const unsigned char **bytes, size_t *count,
                           n2v_error *error);

/* Takes up to count bytes; *got is less only at the end. */
n2v_status n2v_source_read(n2v_source *source, void *bytes, size_t count, size_t *got, n2v_error *error);

/* Takes count bytes, or fails: the file is cut. */
n2v_status n2v_source_take(n2v_source *source, void *bytes, size_t count, n2v_error *error);

/* N2V_ERROR_FORMAT when there are more bytes. */
n2v_status n2v_source_end(n2v_source *source, n2v_error *error);

/* Takes the bytes before the next stop byte, and that byte. *field is theirs,
 * NUL-terminated, until the next call; NULL at the end of the file. More than
 * limit bytes: N2V_ERROR_FORMAT. what names the field for that. *stopped (may be NULL):
 * the stop byte was there. */
n2v_status n2v_source_until(n2v_source *source, char stop, size_t limit, const char *what, char **field, size_t *bytes,
                            bool *stopped, n2v_error *error);

/* False when the file, gzipped or not, cannot hold so many bytes more: a header lies. */
bool n2v_source_plausible(const n2v_source *source, double bytes);

/* N2V_ERROR_FORMAT: "PATH: line 3: ..." or "PATH: byte 17: ...". */
n2v_status n2v_source_fail(const n2v_source *source, n2v_error *error, const char *format, ...) N2V_PRINTF(3, 4);

#endif
