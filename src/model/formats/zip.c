#include "model/formats/zip.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define ROOM        ((size_t)64 << 10)
#define HEADER      26 /* bytes of a member's header after its magic */
#define DESCRIPTION UINT32_C(0x08074b50)
#define ZIP64       1
#define MAX_FACTOR  1032 /* that deflate reaches */

enum { FLAG_ENCRYPTED = 1, FLAG_DESCRIBED = 8, METHOD_STORED = 0, METHOD_DEFLATED = 8 };

static uint64_t number_at(const unsigned char *bytes, int count)
{
    uint64_t number = 0;

    while (count-- > 0)
        number = number << 8 | bytes[count];
    return number;
}

static n2v_status corrupt(const ZipMember *m, const char *what, n2v_error *error)
{
    return source_fail(m->archive, error, "the archive is corrupt: %s of the member '%s'", what, m->name);
}

/* Content ------------------------------------------------------------------------------- */

static void count_bytes(ZipMember *m, const unsigned char *bytes, size_t count)
{
    m->crc = (uint32_t)crc32_z(m->crc, bytes, count);
    m->unpacked += count;
}

static n2v_status next_stored(ZipMember *m, const unsigned char **bytes, size_t *count, n2v_error *error)
{
    n2v_status status = N2V_OK;

    *count = 0;
    if (!m->packed || (status = source_some(m->archive, bytes, count, error)) != N2V_OK)
        return status;
    if (!*count)
        return corrupt(m, "the file ends within the content", error);
    if (*count > m->packed)
        *count = (size_t)m->packed;
    source_drop(m->archive, *count);
    m->packed -= *count;
    count_bytes(m, *bytes, *count);
    return N2V_OK;
}

/* One step of inflate with what the archive has at hand. */
static n2v_status inflate_some(ZipMember *m, n2v_error *error)
{
    const unsigned char *in;
    size_t have, given;
    int result;
    n2v_status status;

    if ((status = source_some(m->archive, &in, &have, error)) != N2V_OK)
        return status;
    given = have < UINT32_MAX ? have : UINT32_MAX;
    if (!m->described && given > m->packed)
        given = (size_t)m->packed;
    m->stream.next_in = (unsigned char *)(uintptr_t)in; /* which zlib only reads */
    m->stream.avail_in = (uInt)given;
    result = inflate(&m->stream, Z_NO_FLUSH);
    source_drop(m->archive, given - m->stream.avail_in);
    m->packed -= m->described ? 0 : given - m->stream.avail_in;
    m->ended = result == Z_STREAM_END;
    if (result == Z_MEM_ERROR)
        return fail_memory(error, ROOM, "an archive's member");
    if (result != Z_OK && result != Z_STREAM_END && !(result == Z_BUF_ERROR && given))
        return corrupt(m, "the compressed content", error);
    return N2V_OK;
}

static n2v_status next_inflated(ZipMember *m, const unsigned char **bytes, size_t *count, n2v_error *error)
{
    n2v_status status = N2V_OK;

    m->stream.next_out = m->room;
    m->stream.avail_out = (uInt)ROOM;
    while (!m->ended && m->stream.avail_out == ROOM && status == N2V_OK)
        status = inflate_some(m, error);
    *bytes = m->room;
    *count = ROOM - m->stream.avail_out;
    count_bytes(m, *bytes, *count);
    return status;
}

static n2v_status next_bytes(void *context, const unsigned char **bytes, size_t *count, n2v_error *error)
{
    ZipMember *m = context;
    return m->deflated ? next_inflated(m, bytes, count, error) : next_stored(m, bytes, count, error);
}

/* Headers ------------------------------------------------------------------------------- */

/* Sizes that the header's 32 bits cannot hold are in an extra field. */
static n2v_status read_extra(ZipMember *m, size_t bytes, n2v_error *error)
{
    unsigned char *extra = array_create(bytes + 1, 1);
    n2v_status status = extra ? source_take(m->archive, extra, bytes, error) : fail_memory(error, bytes, "a header");

    for (size_t at = 0; status == N2V_OK && at + 4 <= bytes;) {
        const size_t id = (size_t)number_at(extra + at, 2), length = (size_t)number_at(extra + at + 2, 2);
        const unsigned char *field = extra + at + 4;
        at += 4 + length;
        if (id != ZIP64 || at > bytes)
            continue;
        m->zip64 = true;
        if (length >= 16 && m->size == UINT32_MAX && m->packed == UINT32_MAX) {
            m->size = number_at(field, 8);
            m->packed = number_at(field + 8, 8);
        }
    }
    free(extra);
    return status;
}

static n2v_status read_name(ZipMember *m, size_t bytes, n2v_error *error)
{
    n2v_status status;

    if (bytes >= sizeof m->name)
        return source_fail(m->archive, error, "a member's name of %zu bytes, where at most %zu can be read", bytes,
                           sizeof m->name - 1);
    if ((status = source_take(m->archive, m->name, bytes, error)) != N2V_OK)
        return status;
    m->name[bytes] = '\0';
    (void)snprintf(m->path, sizeof m->path, "%s: %s", m->archive->path, m->name);
    return N2V_OK;
}

static n2v_status check_method(const ZipMember *m, unsigned flags, unsigned method, n2v_error *error)
{
    const bool readable = !(flags & FLAG_ENCRYPTED) && (m->deflated || (method == METHOD_STORED && !m->described));

    if (readable)
        return N2V_OK;
    return source_fail(m->archive, error,
                       "the member '%s' is %s, where stored and deflated ones can be read: unpack it with unzip",
                       m->name,
                       flags & FLAG_ENCRYPTED    ? "encrypted"
                       : method == METHOD_STORED ? "of unknown size"
                                                 : "compressed with another method");
}

static n2v_status read_header(ZipMember *m, n2v_error *error)
{
    unsigned char header[HEADER];
    unsigned flags, method;
    n2v_status status;

    if ((status = source_take(m->archive, header, sizeof header, error)) != N2V_OK)
        return status;
    flags = (unsigned)number_at(header + 2, 2);
    method = (unsigned)number_at(header + 4, 2);
    m->deflated = method == METHOD_DEFLATED;
    m->described = flags & FLAG_DESCRIBED;
    m->expected = (uint32_t)number_at(header + 10, 4);
    m->packed = number_at(header + 14, 4);
    m->size = number_at(header + 18, 4);
    if ((status = read_name(m, (size_t)number_at(header + 22, 2), error)) != N2V_OK ||
        (status = read_extra(m, (size_t)number_at(header + 24, 2), error)) != N2V_OK)
        return status;
    return check_method(m, flags, method, error);
}

static n2v_status begin(ZipMember *m, n2v_error *error)
{
    const uint64_t packed = m->described ? source_size(m->archive) : m->packed;

    if (!m->described && !source_plausible(m->archive, (double)packed))
        return corrupt(m, "the file is shorter than the content", error);
    m->source = source_of(m->path, next_bytes, m);
    m->source.size = m->deflated ? packed * MAX_FACTOR : packed;
    if (!m->deflated)
        return N2V_OK;
    m->room = array_create(ROOM, 1);
    if (!m->room || inflateInit2(&m->stream, -MAX_WBITS) != Z_OK)
        return fail_memory(error, ROOM, "an archive's member");
    m->inflating = true;
    return N2V_OK;
}

n2v_status zip_next(ZipMember *m, Source *archive, bool *there, n2v_error *error)
{
    unsigned char magic[4];
    size_t got;
    n2v_status status;

    *there = false;
    memset(m, 0, sizeof *m);
    m->archive = archive;
    if ((status = source_read(archive, magic, sizeof magic, &got, error)) != N2V_OK)
        return status;
    if (got == sizeof magic && (memcmp(magic, "PK\1\2", 4) == 0 || memcmp(magic, "PK\5\6", 4) == 0))
        return N2V_OK; /* the directory */
    if (got < sizeof magic || memcmp(magic, ZIP_MAGIC, 4) != 0)
        return source_fail(archive, error,
                           "the archive is truncated or corrupt: a member or the directory is expected here");
    *there = true;
    if ((status = read_header(m, error)) != N2V_OK || (status = begin(m, error)) != N2V_OK)
        zip_close(m);
    return status;
}

/* The checksum and sizes after the content; a magic before them is optional. */
static n2v_status read_description(ZipMember *m, n2v_error *error)
{
    const size_t each = m->zip64 ? 8 : 4;
    unsigned char bytes[4 + 2 * 8];
    n2v_status status = source_take(m->archive, bytes, 4, error);

    if (status == N2V_OK && number_at(bytes, 4) == DESCRIPTION)
        status = source_take(m->archive, bytes, 4, error);
    if (status != N2V_OK || (status = source_take(m->archive, bytes + 4, 2 * each, error)) != N2V_OK)
        return status;
    m->expected = (uint32_t)number_at(bytes, 4);
    m->size = number_at(bytes + 4 + each, (int)each);
    return N2V_OK;
}

n2v_status zip_finish(ZipMember *m, n2v_error *error)
{
    const unsigned char *bytes;
    size_t count;
    n2v_status status;

    do {
        if ((status = source_some(&m->source, &bytes, &count, error)) != N2V_OK)
            return status;
        source_drop(&m->source, count);
    } while (count);
    if (m->described && (status = read_description(m, error)) != N2V_OK)
        return status;
    if (m->unpacked != m->size || (!m->described && m->packed))
        return corrupt(m, "the size", error);
    return m->crc == m->expected ? N2V_OK : corrupt(m, "the checksum", error);
}

void zip_close(ZipMember *m)
{
    if (m->inflating)
        (void)inflateEnd(&m->stream);
    free(m->room);
    source_close(&m->source);
    memset(m, 0, sizeof *m);
}
