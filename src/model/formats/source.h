/* source.h - a vector file being read: bytes, fields and lines, and errors that say where. */
#ifndef N2V_MODEL_FORMATS_SOURCE_H
#define N2V_MODEL_FORMATS_SOURCE_H

#include "io/reader.h"

/* Malformed rows that were skipped. */
typedef struct BadRows {
    uint64_t count;
    char first[512]; /* the error of the first one, which names its line; "": there is none */
} BadRows;

/* More bytes, valid until the next call; *count 0: the end. */
typedef n2v_status (*SourceNext)(void *context, const unsigned char **bytes, size_t *count, n2v_error *error);

typedef struct Source {
    const char *path; /* borrowed */
    bool in_memory;   /* path is a name for messages */
    const Stop *stop; /* of the reader */
    Reader *reader;   /* NULL: the bytes come from next */
    SourceNext next;
    void *context;
    uint64_t size; /* of what next gives: at most so many bytes; 0: not known */
    const unsigned char *at; /* what is at hand: in the head or in the reader's chunk */
    size_t left;
    unsigned char *head; /* the bytes that were looked at before reading */
    size_t head_capacity;
    char *field; /* of the last source_until */
    size_t field_capacity;
    uint64_t bytes, lines; /* taken so far; lines: with one that is too long, which is not taken */
    bool too_long;         /* the last source_until failed because of its limit; the rest of the field is not taken */
    bool by_line;          /* errors name the line, not the byte */
    BadRows *bad;          /* borrowed: malformed rows are skipped and counted here; NULL: they are errors */
} Source;

/* A file in memory; its name is for messages. */
typedef struct MemoryFile {
    const char *name;
    const void *bytes;
    size_t count;
} MemoryFile;

/* stop is kept by reference and may be NULL. */
n2v_status source_open(Source *source, const char *path, const Stop *stop, n2v_error *error);

/* The same from memory, which is kept by reference. */
n2v_status source_open_memory(Source *source, const MemoryFile *file, const Stop *stop, n2v_error *error);

/* The same from a function: a part of another file. path and context are kept by reference. */
Source source_of(const char *path, SourceNext next, void *context);
void source_close(Source *source); /* accepts an all-zero struct */

/* The first bytes after a byte-order mark, which is skipped: at least want of them unless there are no more. Before any
 * reading. */
n2v_status source_head(Source *source, size_t want, const unsigned char **bytes, size_t *count, n2v_error *error);

/* What is at hand: at least a byte unless the file ends; and takes so many of these bytes, which stay valid until more
 * are needed. */
n2v_status source_some(Source *source, const unsigned char **bytes, size_t *count, n2v_error *error);
void source_drop(Source *source, size_t count);

/* Takes up to count bytes; *got is less only at the end. */
n2v_status source_read(Source *source, void *bytes, size_t count, size_t *got, n2v_error *error);

/* Takes count bytes, or fails: the file is truncated. */
n2v_status source_take(Source *source, void *bytes, size_t count, n2v_error *error);

/* N2V_ERROR_FORMAT when there are more bytes. */
n2v_status source_end(Source *source, n2v_error *error);

/* Takes the bytes before the next stop byte, and that byte. *field is theirs,
 * NUL-terminated, until the next call; NULL at the end of the file. More than
 * limit bytes: N2V_ERROR_FORMAT. what names the field for that. *stopped (may be NULL):
 * the stop byte was there. */
n2v_status source_until(Source *source, char stop, size_t limit, const char *what, char **field, size_t *bytes,
                        bool *stopped, n2v_error *error);

/* Takes the rest of a line that was too long for source_until, and its line feed. */
n2v_status source_skip_line(Source *source, n2v_error *error);

/* Of the file, compressed or not; 0: not known. */
uint64_t source_size(const Source *source);

/* False when the file, compressed or not, cannot hold so many bytes more: a header lies. */
bool source_plausible(const Source *source, double bytes);

/* N2V_ERROR_FORMAT: "PATH: line 3: ..." or "PATH: byte 17: ...". */
n2v_status source_fail(const Source *source, n2v_error *error, const char *format, ...) PRINTF_LIKE(3, 4);

#endif
