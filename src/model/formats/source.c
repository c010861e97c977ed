#include "model/formats/source.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/display.h"
#include "base/memory.h"
#include "base/utf8.h"

n2v_status source_open(Source *source, const char *path, const Stop *stop, n2v_error *error)
{
    memset(source, 0, sizeof *source);
    source->path = path;
    source->stop = stop;
    return reader_open(&source->reader, path, stop, error);
}

n2v_status source_open_memory(Source *source, const MemoryFile *file, const Stop *stop, n2v_error *error)
{
    memset(source, 0, sizeof *source);
    source->path = file->name;
    source->in_memory = true;
    return reader_open_memory(&source->reader, file->bytes, file->count, file->name, stop, error);
}

Source source_of(const char *path, SourceNext next, void *context)
{
    return (Source){.path = path, .next = next, .context = context};
}

void source_close(Source *source)
{
    reader_close(source->reader);
    free(source->head);
    free(source->field);
    memset(source, 0, sizeof *source);
}

/* More bytes at hand; none (left stays 0) at the end. */
static n2v_status refill(Source *source, n2v_error *error)
{
    return source->left     ? N2V_OK
           : source->reader ? reader_next(source->reader, &source->at, &source->left, error)
                            : source->next(source->context, &source->at, &source->left, error);
}

static void take(Source *source, size_t count)
{
    source->at += count;
    source->left -= count;
    source->bytes += count;
}

/* Takes a byte-order mark; *bytes and *count are what is at hand then. */
static void skip_mark(Source *source, const unsigned char **bytes, size_t *count)
{
    if (source->left >= UTF8_MARK_BYTES && memcmp(source->at, UTF8_MARK, UTF8_MARK_BYTES) == 0)
        take(source, UTF8_MARK_BYTES);
    *bytes = source->at;
    *count = source->left;
}

n2v_status source_head(Source *source, size_t want, const unsigned char **bytes, size_t *count, n2v_error *error)
{
    size_t held = 0;
    n2v_status status;

    for (;;) {
        status = reader_next(source->reader, &source->at, &source->left, error);
        if (status != N2V_OK)
            return status;
        if (!held && source->left >= want + UTF8_MARK_BYTES) { /* no need to copy */
            skip_mark(source, bytes, count);
            return N2V_OK;
        }
        if (!source->left)
            break;
        status = array_grow((void **)&source->head, &source->head_capacity, held + source->left, 1,
                            "a file's beginning", error);
        if (status != N2V_OK)
            return status;
        memcpy(source->head + held, source->at, source->left);
        held += source->left;
        if (held >= want + UTF8_MARK_BYTES)
            break;
    }
    source->at = source->head;
    source->left = held;
    skip_mark(source, bytes, count);
    return N2V_OK;
}

n2v_status source_some(Source *source, const unsigned char **bytes, size_t *count, n2v_error *error)
{
    const n2v_status status = refill(source, error);

    *bytes = source->at;
    *count = status == N2V_OK ? source->left : 0;
    return status;
}

void source_drop(Source *source, size_t count)
{
    if (count) /* at is NULL where there was nothing */
        take(source, count);
}

n2v_status source_read(Source *source, void *bytes, size_t count, size_t *got, n2v_error *error)
{
    *got = 0;
    while (*got < count) {
        const n2v_status status = refill(source, error);
        size_t some;
        if (status != N2V_OK)
            return status;
        if (!source->left)
            break;
        some = source->left < count - *got ? source->left : count - *got;
        memcpy((unsigned char *)bytes + *got, source->at, some);
        take(source, some);
        *got += some;
    }
    return N2V_OK;
}

n2v_status source_take(Source *source, void *bytes, size_t count, n2v_error *error)
{
    size_t got;
    const n2v_status status = source_read(source, bytes, count, &got, error);

    if (status == N2V_OK && got < count)
        return source_fail(source, error, "the file is truncated: it ends here");
    return status;
}

n2v_status source_end(Source *source, n2v_error *error)
{
    unsigned char more;
    size_t got;
    const n2v_status status = source_read(source, &more, 1, &got, error);

    return status == N2V_OK && got ? source_fail(source, error, "more bytes after the end") : status;
}

n2v_status source_until(Source *source, char stop, size_t limit, const char *what, char **field, size_t *bytes,
                        bool *stopped, n2v_error *error)
{
    size_t held = 0;
    const unsigned char *found = NULL;

    *field = NULL;
    *bytes = 0;
    source->too_long = false;
    while (!found) {
        size_t some;
        n2v_status status = refill(source, error);
        if (status != N2V_OK)
            return status;
        if (!source->left)
            break;
        found = memchr(source->at, stop, source->left);
        some = found ? (size_t)(found - source->at) : source->left;
        if (some > limit - held) {
            source->lines++;
            source->too_long = true;
            return source_fail(source, error, "%s is longer than %zu bytes", what, limit);
        }
        status = array_grow((void **)&source->field, &source->field_capacity, held + some + 1, 1, what, error);
        if (status != N2V_OK)
            return status;
        memcpy(source->field + held, source->at, some);
        held += some;
        take(source, some + (found != NULL));
    }
    if (stopped)
        *stopped = found != NULL;
    if (!found && !held)
        return N2V_OK;
    source->field[held] = '\0';
    *field = source->field;
    *bytes = held;
    source->lines++;
    return N2V_OK;
}

n2v_status source_skip_line(Source *source, n2v_error *error)
{
    const unsigned char *found = NULL;

    while (!found) {
        const n2v_status status = refill(source, error);
        if (status != N2V_OK || !source->left)
            return status;
        found = memchr(source->at, '\n', source->left);
        take(source, found ? (size_t)(found - source->at) + 1 : source->left);
    }
    return N2V_OK;
}

uint64_t source_size(const Source *source)
{
    return source->reader ? reader_size(source->reader) : source->size;
}

bool source_plausible(const Source *source, double bytes)
{
    const double size = (double)source_size(source);
    const Codec *codec = source->reader ? reader_codec(source->reader) : NULL;
    const double factor = codec ? codec->factor : 1;

    return size == 0 || factor == 0 || (double)source->bytes + bytes <= size * factor;
}

n2v_status source_fail(const Source *source, n2v_error *error, const char *format, ...)
{
    char text[512];
    va_list args;

    if (!error)
        return N2V_ERROR_FORMAT;
    va_start(args, format);
    if (vsnprintf(text, sizeof text, format, args) < 0)
        text[0] = '\0';
    va_end(args);
    (void)display_text(text, sizeof text, text, strlen(text)); /* its bytes must not be marks of SETTING either */
    if (source->by_line)
        return error_set(error, N2V_ERROR_FORMAT, "%s: line %llu: %s", source->path, (unsigned long long)source->lines,
                         text);
    return error_set(error, N2V_ERROR_FORMAT, "%s: byte %llu: %s", source->path, (unsigned long long)source->bytes,
                     text);
}
