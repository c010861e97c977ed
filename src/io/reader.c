#include "io/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/path.h"
#include "base/threads.h"

#define CHUNKS      4
#define CHUNK_BYTES ((size_t)256 << 10)
#define INPUT_BYTES ((size_t)128 << 10)
#define MAGIC_BYTES ((size_t)10) /* enough to tell every format below */
#define STOP_SECONDS 0.1         /* how often a waiting caller asks whether to stop */

struct Reader {
    /* Set by open, read by both threads. */
    char *name;
    int fd, wake; /* wake: an eventfd that ends the thread's poll */
    bool own_fd, wait_for_input;
    uint64_t size;
    const Stop *stop;
    unsigned char *chunks; /* CHUNKS * CHUNK_BYTES */
    _Atomic uint64_t position;

    /* The thread's own. */
    unsigned char *input; /* compressed bytes, or the first bytes of a plain file */
    uint64_t taken;       /* bytes read from fd */
    z_stream stream;
    bool inflates; /* decided before the first chunk, and read by the caller after it */

    /* Shared, under lock. Chunk number n lies at n % CHUNKS. */
    pthread_mutex_t lock;
    pthread_cond_t filled, freed;
    size_t counts[CHUNKS];
    uint64_t produced, released;
    bool done, closing;
    n2v_error failure; /* status N2V_OK: the end was reached */

    /* The caller's own. */
    pthread_t thread;
    bool running, holds_chunk;
};

static const struct {
    const char *magic;
    size_t count;
    const char *name, *command;
} REFUSED[] = {
    {"\3757zXZ", 6, "xz", "xz -dc"},      {"(\xb5/\xfd", 4, "zstd", "zstd -dc"},
    {"BZh", 3, "bzip2", "bzip2 -dc"}, /* and a block's magic after the digit: see refuse_format */
    {"\x04\"M\x18", 4, "lz4", "lz4 -dc"}, {"LZIP\x01", 5, "lzip", "lzip -dc"},
    {"PK\x03\x04", 4, "zip", "unzip -p"}, {"7z\xbc\xaf'\x1c", 6, "7-Zip", "7z x -so"},
    {"\xff\xfe\0\0", 4, "UTF-32", "iconv -f UTF-32 -t UTF-8"},
    {"\xff\xfe", 2, "UTF-16", "iconv -f UTF-16 -t UTF-8"},
    {"\xfe\xff", 2, "UTF-16", "iconv -f UTF-16 -t UTF-8"},
};

n2v_status reader_check(const char *path, n2v_error *error)
{
    const bool standard = path && path_is_standard(path);
    struct stat info;

    if (!path || !*path)
        return error_set(error, N2V_ERROR_ARGUMENT, "an input has an empty name: give a file, or - for standard input");
    if ((standard ? fstat(STDIN_FILENO, &info) : stat(path, &info)) != 0)
        return error_set(error, N2V_ERROR_ARGUMENT, "cannot read %s: %s", path_input_name(path), strerror(errno));
    if (standard && (fcntl(STDIN_FILENO, F_GETFL) & O_ACCMODE) == O_WRONLY)
        return error_set(error, N2V_ERROR_ARGUMENT, "cannot read standard input: it is closed, or only for writing");
    if (S_ISDIR(info.st_mode))
        return error_set(error, N2V_ERROR_ARGUMENT, "cannot read %s: it is a directory; name the files in it",
                         path_input_name(path));
    if (!standard && faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) != 0)
        return error_set(error, N2V_ERROR_ARGUMENT, "cannot read %s: %s", path, strerror(errno));
    return N2V_OK;
}

/* The thread ---------------------------------------------------------------------------- */

static n2v_status closed_early(n2v_error *error)
{
    return error_set(error, N2V_ERROR_INTERRUPTED, "the reader was closed");
}

/* Waits for a free chunk. */
static n2v_status acquire_chunk(Reader *reader, unsigned char **bytes, n2v_error *error)
{
    bool closing;
    pthread_mutex_lock(&reader->lock);
    while (reader->produced - reader->released == CHUNKS && !reader->closing)
        pthread_cond_wait(&reader->freed, &reader->lock);
    closing = reader->closing;
    *bytes = reader->chunks + reader->produced % CHUNKS * CHUNK_BYTES;
    pthread_mutex_unlock(&reader->lock);
    return closing ? closed_early(error) : N2V_OK;
}

static void publish_chunk(Reader *reader, size_t count)
{
    if (!count) /* would mean the end */
        return;
    pthread_mutex_lock(&reader->lock);
    reader->counts[reader->produced % CHUNKS] = count;
    reader->produced++;
    pthread_cond_signal(&reader->filled);
    pthread_mutex_unlock(&reader->lock);
}

/* Reads what there is, at least one byte unless the file ends. Waits in poll, so
 * that closing ends it also while a pipe is silent. */
static n2v_status read_some(Reader *reader, unsigned char *bytes, size_t room, size_t *count, n2v_error *error)
{
    for (;;) {
        struct pollfd wait[2] = {{.fd = reader->fd, .events = POLLIN}, {.fd = reader->wake, .events = POLLIN}};
        ssize_t got;

        if (reader->wait_for_input) {
            const int ready = poll(wait, 2, -1);
            if (ready > 0 && wait[1].revents)
                return closed_early(error);
            if (ready < 0 && errno != EINTR)
                break;
            if (ready < 0 || !wait[0].revents)
                continue;
        }
        got = read(reader->fd, bytes, room);
        if (got >= 0) {
            *count = (size_t)got;
            reader->taken += (uint64_t)got;
            return N2V_OK;
        }
        if (errno == EAGAIN || errno == EWOULDBLOCK)
            reader->wait_for_input = true;
        else if (errno != EINTR)
            break;
    }
    return error_set(error, N2V_ERROR_IO, "cannot read %s at byte %" PRIu64 ": %s", reader->name, reader->taken,
                     strerror(errno));
}

static void set_position(Reader *reader, uint64_t position)
{
    atomic_store_explicit(&reader->position, position, memory_order_relaxed);
}

static n2v_status copy_plain(Reader *reader, size_t have, n2v_error *error)
{
    n2v_status status;
    unsigned char *bytes;

    if ((status = acquire_chunk(reader, &bytes, error)) != N2V_OK)
        return status;
    memcpy(bytes, reader->input, have);
    set_position(reader, reader->taken);
    publish_chunk(reader, have);
    for (;;) {
        size_t count = 0;
        if ((status = acquire_chunk(reader, &bytes, error)) != N2V_OK ||
            (status = read_some(reader, bytes, CHUNK_BYTES, &count, error)) != N2V_OK)
            return status;
        if (!count)
            return N2V_OK;
        set_position(reader, reader->taken);
        publish_chunk(reader, count);
    }
}

static n2v_status fill_input(Reader *reader, n2v_error *error)
{
    size_t count = 0;
    const n2v_status status = read_some(reader, reader->input, INPUT_BYTES, &count, error);
    reader->stream.next_in = reader->input;
    reader->stream.avail_in = (uInt)count;
    return status;
}

/* Skips the zero bytes that tapes and block devices leave after a member. */
static n2v_status find_member(Reader *reader, bool *found, n2v_error *error)
{
    z_stream *stream = &reader->stream;
    *found = false;
    for (;;) {
        while (stream->avail_in && *stream->next_in == 0) {
            stream->next_in++;
            stream->avail_in--;
        }
        set_position(reader, reader->taken - stream->avail_in);
        if (stream->avail_in)
            break;
        n2v_status status = fill_input(reader, error);
        if (status != N2V_OK || !stream->avail_in)
            return status;
    }
    if (*stream->next_in != 0x1f)
        return error_set(error, N2V_ERROR_FORMAT,
                         "%s: there is something else after the gzip data, from byte %" PRIu64
                         " on: the file is damaged or two files were joined",
                         reader->name, reader->taken - stream->avail_in);
    if (inflateReset(stream) != Z_OK)
        return error_set(error, N2V_ERROR_IO, "%s: zlib cannot start a gzip member", reader->name);
    *found = true;
    return N2V_OK;
}

/* One call of inflate. */
static n2v_status inflate_some(Reader *reader, bool *in_member, n2v_error *error)
{
    z_stream *stream = &reader->stream;
    const int result = inflate(stream, Z_NO_FLUSH);
    const uint64_t position = reader->taken - stream->avail_in;

    set_position(reader, position);
    switch (result) {
    case Z_STREAM_END:
        *in_member = false;
        return N2V_OK;
    case Z_OK:
    case Z_BUF_ERROR: /* no progress without more input */
        return N2V_OK;
    case Z_MEM_ERROR:
        return fail_memory(error, 0, "inflating");
    default:
        return error_set(error, N2V_ERROR_FORMAT, "%s: the gzip data are corrupt near byte %" PRIu64 " (%s)",
                         reader->name, position, stream->msg ? stream->msg : "not a deflate stream");
    }
}

static n2v_status inflate_members(Reader *reader, size_t have, n2v_error *error)
{
    z_stream *stream = &reader->stream;
    n2v_status status = N2V_OK;
    bool in_member = true, more = true;

    stream->next_in = reader->input;
    stream->avail_in = (uInt)have;
    if (inflateInit2(stream, 15 + 16) != Z_OK) /* the largest window; gzip only */
        return fail_memory(error, 0, "inflating");
    while (more) {
        unsigned char *bytes;
        if ((status = acquire_chunk(reader, &bytes, error)) != N2V_OK)
            goto out;
        stream->next_out = bytes;
        stream->avail_out = (uInt)CHUNK_BYTES;
        while (more && stream->avail_out) {
            if (!in_member) {
                if ((status = find_member(reader, &more, error)) != N2V_OK)
                    goto out;
                in_member = more;
                continue;
            }
            if (!stream->avail_in) {
                if ((status = fill_input(reader, error)) != N2V_OK)
                    goto out;
                if (!stream->avail_in) {
                    status = error_set(error, N2V_ERROR_FORMAT,
                                       "%s: the gzip data end in the middle, at byte %" PRIu64
                                       ": the file is cut, fetch it again",
                                       reader->name, reader->taken);
                    goto out;
                }
            }
            if ((status = inflate_some(reader, &in_member, error)) != N2V_OK)
                goto out;
        }
        publish_chunk(reader, CHUNK_BYTES - stream->avail_out);
    }
out:
    (void)inflateEnd(stream); /* only frees */
    return status;
}

/* Compressed bytes, and letters with zeros between them, would train as if they were words. */
static n2v_status refuse_format(const Reader *reader, size_t have, n2v_error *error)
{
    const unsigned char *head = reader->input;
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++) {
        const size_t count = REFUSED[i].count;
        if (have < count || memcmp(head, REFUSED[i].magic, count) != 0)
            continue;
        if (count == 3 &&
            (have < 10 || (memcmp(head + 4, "1AY&SY", 6) != 0 && memcmp(head + 4, "\x17rE8P\x90", 6) != 0)))
            continue;
        return error_set(error, N2V_ERROR_FORMAT,
                         "%s holds %s data; only UTF-8 and gzip are read: pipe it in with `%s %s | nce2vec ... -`",
                         reader->name, REFUSED[i].name, REFUSED[i].command, reader->own_fd ? reader->name : "");
    }
    return N2V_OK;
}

/* Also with one of the two magic bytes damaged, which inflating then tells: no text goes on with a backspace. */
static bool is_gzip(const unsigned char *head, size_t have)
{
    const bool first = have >= 2 && head[0] == 0x1f, second = have >= 2 && head[1] == 0x8b;
    return (first && second) || ((first || second) && have >= 4 && head[2] == Z_DEFLATED && head[3] < 0x20);
}

static n2v_status pump(Reader *reader, n2v_error *error)
{
    n2v_status status;
    size_t have = 0, count = 1;

    while (have < MAGIC_BYTES && count) {
        if ((status = read_some(reader, reader->input + have, INPUT_BYTES - have, &count, error)) != N2V_OK)
            return status;
        have += count;
    }
    reader->inflates = is_gzip(reader->input, have);
    if (reader->inflates)
        return inflate_members(reader, have, error);
    if ((status = refuse_format(reader, have, error)) != N2V_OK)
        return status;
    return copy_plain(reader, have, error);
}

static void *run(void *context)
{
    Reader *reader = context;
    n2v_error failure = {.status = N2V_OK};

    (void)pump(reader, &failure); /* the status stands in failure */
    pthread_mutex_lock(&reader->lock);
    reader->failure = failure;
    reader->done = true;
    pthread_cond_signal(&reader->filled);
    pthread_mutex_unlock(&reader->lock);
    return NULL;
}

/* The caller ---------------------------------------------------------------------------- */

static n2v_status open_input(Reader *reader, const char *path, n2v_error *error)
{
    struct stat info;

    reader->own_fd = !path_is_standard(path);
    /* Not blocking: a pipe without a writer is waited for in poll. */
    reader->fd = reader->own_fd ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) : STDIN_FILENO;
    if (reader->fd < 0 || fstat(reader->fd, &info) != 0)
        return error_set(error, N2V_ERROR_IO, "cannot read %s: %s", reader->name, strerror(errno));
    if (S_ISDIR(info.st_mode))
        return error_set(error, N2V_ERROR_IO, "cannot read %s: it is a directory", reader->name);
    reader->wait_for_input = !S_ISREG(info.st_mode);
    if (S_ISREG(info.st_mode) && info.st_size > 0) {
        const off_t at = lseek(reader->fd, 0, SEEK_CUR);
        reader->size = at > 0 && at <= info.st_size ? (uint64_t)(info.st_size - at) : (uint64_t)info.st_size;
    }
    reader->wake = eventfd(0, EFD_CLOEXEC);
    if (reader->wake < 0)
        return error_set(error, N2V_ERROR_IO, "cannot read %s: %s", reader->name, strerror(errno));
    return N2V_OK;
}

static n2v_status start_reading(Reader *reader, n2v_error *error)
{
    const int failed = thread_start(&reader->thread, run, reader);

    if (failed)
        return error_set(error, N2V_ERROR_MEMORY, "cannot start a thread to read %s: %s", reader->name,
                         strerror(failed));
    reader->running = true;
    return N2V_OK;
}

static n2v_status create_locks(Reader *reader, n2v_error *error)
{
    if (condition_create(&reader->filled) != 0)
        return fail_memory(error, sizeof *reader, "a reader");
    reader->lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    reader->freed = (pthread_cond_t)PTHREAD_COND_INITIALIZER;
    return N2V_OK;
}

n2v_status reader_open(Reader **result, const char *path, const Stop *stop, n2v_error *error)
{
    n2v_status status;
    Reader *reader = array_create_zero(1, sizeof *reader);

    *result = NULL;
    if (!reader)
        return fail_memory(error, sizeof *reader, "a reader");
    if ((status = create_locks(reader, error)) != N2V_OK) {
        free(reader);
        return status;
    }
    reader->fd = reader->wake = -1;
    reader->stop = stop;
    reader->name = strdup(path_input_name(path));
    reader->input = array_create(INPUT_BYTES, 1);
    reader->chunks = array_create(CHUNKS, CHUNK_BYTES);
    if (!reader->name || !reader->input || !reader->chunks)
        status = fail_memory(error, CHUNKS * CHUNK_BYTES, "a reader");
    if (status == N2V_OK)
        status = open_input(reader, path, error);
    if (status == N2V_OK)
        status = start_reading(reader, error);
    if (status != N2V_OK) {
        reader_close(reader);
        return status;
    }
    *result = reader;
    return N2V_OK;
}

static n2v_status interrupted(const Reader *reader, n2v_error *error)
{
    return error_set(error, N2V_ERROR_INTERRUPTED, "interrupted while reading %s", reader->name);
}

/* Waits, with the lock held, for a chunk or the end. */
static n2v_status wait_for_chunk(Reader *reader, n2v_error *error)
{
    while (reader->produced == reader->released && !reader->done) {
        if (!condition_wait(&reader->filled, &reader->lock, STOP_SECONDS)) {
            bool stop;
            pthread_mutex_unlock(&reader->lock);
            stop = stop_requested(reader->stop);
            pthread_mutex_lock(&reader->lock);
            if (stop)
                return interrupted(reader, error);
        }
    }
    return N2V_OK;
}

n2v_status reader_next(Reader *reader, const unsigned char **bytes, size_t *count, n2v_error *error)
{
    n2v_status status;

    *bytes = NULL;
    *count = 0;
    if (stop_requested(reader->stop))
        return interrupted(reader, error);
    pthread_mutex_lock(&reader->lock);
    if (reader->holds_chunk) {
        reader->holds_chunk = false;
        reader->released++;
        pthread_cond_signal(&reader->freed);
    }
    status = wait_for_chunk(reader, error);
    if (status == N2V_OK && reader->produced > reader->released) {
        *bytes = reader->chunks + reader->released % CHUNKS * CHUNK_BYTES;
        *count = reader->counts[reader->released % CHUNKS];
        reader->holds_chunk = true;
    } else if (status == N2V_OK && reader->failure.status != N2V_OK) {
        status = error_set(error, reader->failure.status, "%s", reader->failure.text);
    }
    pthread_mutex_unlock(&reader->lock);
    return status;
}

uint64_t reader_position(const Reader *reader)
{
    return atomic_load_explicit(&reader->position, memory_order_relaxed);
}

uint64_t reader_size(const Reader *reader)
{
    return reader->size;
}

bool reader_inflates(const Reader *reader)
{
    return reader->inflates;
}

void reader_close(Reader *reader)
{
    if (!reader)
        return;
    if (reader->running) {
        pthread_mutex_lock(&reader->lock);
        reader->closing = true;
        pthread_cond_signal(&reader->freed);
        pthread_mutex_unlock(&reader->lock);
        (void)eventfd_write(reader->wake, 1); /* cannot block or fail: the first write to a counter of zero */
        (void)pthread_join(reader->thread, NULL);
    }
    if (reader->wake >= 0)
        (void)close(reader->wake);
    if (reader->own_fd && reader->fd >= 0)
        (void)close(reader->fd); /* only read from */
    (void)pthread_cond_destroy(&reader->freed);
    (void)pthread_cond_destroy(&reader->filled);
    (void)pthread_mutex_destroy(&reader->lock);
    free(reader->chunks);
    free(reader->input);
    free(reader->name);
    free(reader);
}
