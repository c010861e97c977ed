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

#include "base/clock.h"
#include "base/memory.h"
#include "base/path.h"
#include "base/threads.h"
#include "io/content.h"
#include "io/decoder.h"

#define CHUNKS      4
#define CHUNK_BYTES ((size_t)256 << 10)
#define INPUT_BYTES ((size_t)128 << 10)
#define STOP_SECONDS 0.1         /* how often a waiting caller asks whether to stop */

struct Reader {
    /* Set by open, read by both threads. */
    char *name;
    int fd, wake; /* wake: an eventfd that ends the thread's poll */
    bool own_fd, wait_for_input, text;
    const unsigned char *memory; /* NULL: the bytes come from fd */
    uint64_t size;
    const Stop *stop;
    unsigned char *chunks; /* CHUNKS * CHUNK_BYTES */

    /* The thread's own. */
    unsigned char *input; /* compressed bytes, or the first bytes of a plain file */
    uint64_t taken;       /* bytes read from fd */
    const Codec *codec;   /* NULL: plain; set before the first chunk, and read by the caller after it */

    /* Shared, under lock. Chunk number n lies at n % CHUNKS. */
    pthread_mutex_t lock;
    pthread_cond_t filled, freed;
    size_t counts[CHUNKS];
    uint64_t positions[CHUNKS], end; /* bytes of the file up to the end of a chunk, and of all chunks */
    uint64_t produced, released;
    bool done, closing;
    n2v_error failure; /* status N2V_OK: the end was reached */

    /* The caller's own. */
    pthread_t thread;
    uint64_t position; /* up to the end of the latest chunk */
    bool running, holds_chunk;
    bool begun, decoding, ended; /* with memory, instead of a thread */
    Decoder decoder;
};

static n2v_status cannot_read(const char *name, const char *why, n2v_error *error)
{
    return error_set(error, N2V_ERROR_ARGUMENT, "cannot read %s: %s", name, why);
}

/* For errno. */
static n2v_status fail_opening(const char *name, n2v_error *error)
{
    return error_set(error, status_of_errno(errno), "cannot read %s: %s", name, strerror(errno));
}

n2v_status reader_check(const char *path, n2v_error *error)
{
    struct stat info;

    if (!path || !*path)
        return error_set(error, N2V_ERROR_ARGUMENT, "an input has an empty name: give a file, or - for standard input");
    if (path_is_standard(path))
        return reader_check_descriptor(STDIN_FILENO, path_input_name(path), error);
    if (stat(path, &info) != 0)
        return fail_opening(path, error);
    if (S_ISDIR(info.st_mode))
        return cannot_read(path, "it is a directory; name the files in it", error);
    if (faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) != 0)
        return fail_opening(path, error);
    return N2V_OK;
}

n2v_status reader_check_descriptor(int descriptor, const char *name, n2v_error *error)
{
    const int flags = fcntl(descriptor, F_GETFL);
    struct stat info;

    if (flags < 0 || fstat(descriptor, &info) != 0)
        return fail_opening(name, error);
    if ((flags & O_ACCMODE) == O_WRONLY)
        return cannot_read(name, "it is only for writing", error);
    if (S_ISDIR(info.st_mode))
        return cannot_read(name, "it is a directory; name the files in it", error);
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

/* position: the bytes of the file up to the chunk's end. */
static void publish_chunk(Reader *reader, size_t count, uint64_t position)
{
    pthread_mutex_lock(&reader->lock);
    reader->end = position;
    if (count) { /* else it would mean the end */
        reader->counts[reader->produced % CHUNKS] = count;
        reader->positions[reader->produced % CHUNKS] = position;
        reader->produced++;
        pthread_cond_signal(&reader->filled);
    }
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

static n2v_status copy_plain(Reader *reader, size_t have, n2v_error *error)
{
    n2v_status status;
    unsigned char *bytes;

    if ((status = acquire_chunk(reader, &bytes, error)) != N2V_OK)
        return status;
    memcpy(bytes, reader->input, have);
    publish_chunk(reader, have, reader->taken);
    for (;;) {
        size_t count = 0;
        if ((status = acquire_chunk(reader, &bytes, error)) != N2V_OK ||
            (status = read_some(reader, bytes, CHUNK_BYTES, &count, error)) != N2V_OK)
            return status;
        if (!count)
            return N2V_OK;
        publish_chunk(reader, count, reader->taken);
    }
}

static n2v_status read_compressed(void *reader, unsigned char *bytes, size_t room, size_t *count, n2v_error *error)
{
    return read_some(reader, bytes, room, count, error);
}

/* Refuses what cannot be read, by its first bytes. */
static n2v_status check_content(const Reader *reader, const unsigned char *head, size_t have, n2v_error *error)
{
    const Content content = {.head = head,
                             .have = have < CONTENT_BYTES ? have : CONTENT_BYTES,
                             .file = reader->own_fd ? reader->name : "",
                             .codec = reader->codec,
                             .text = reader->text};
    return content_refuse(&content, reader->name, error);
}

/* The first `have` compressed bytes are in reader->input. */
static Decoder decoder_of(Reader *reader, size_t have, DecoderInput more)
{
    return (Decoder){.codec = reader->codec,
                     .name = reader->name,
                     .input = reader->input,
                     .input_bytes = INPUT_BYTES,
                     .taken = have,
                     .more = more,
                     .context = reader};
}

static n2v_status copy_decoded(Reader *reader, size_t have, n2v_error *error)
{
    Decoder decoder = decoder_of(reader, have, read_compressed);
    bool first = true;
    n2v_status status = decoder_begin(&decoder, error);

    if (status != N2V_OK)
        return status;
    for (size_t count = CHUNK_BYTES; count == CHUNK_BYTES;) {
        unsigned char *bytes;
        if ((status = acquire_chunk(reader, &bytes, error)) != N2V_OK ||
            (status = decoder_read(&decoder, bytes, CHUNK_BYTES, &count, error)) != N2V_OK ||
            (first && (status = check_content(reader, bytes, count, error)) != N2V_OK))
            break;
        first = false;
        publish_chunk(reader, count, decoder_position(&decoder));
    }
    decoder_end(&decoder);
    return status;
}

static n2v_status pump(Reader *reader, n2v_error *error)
{
    n2v_status status;
    size_t have = 0, count = 1;

    while (have < CONTENT_BYTES && count) {
        if ((status = read_some(reader, reader->input + have, INPUT_BYTES - have, &count, error)) != N2V_OK)
            return status;
        have += count;
    }
    reader->codec = content_codec(reader->input, have);
    if (reader->codec)
        return copy_decoded(reader, have, error);
    if ((status = check_content(reader, reader->input, have, error)) != N2V_OK)
        return status;
    return copy_plain(reader, have, error);
}

static void *run(void *context)
{
    Reader *reader = context;
    n2v_error failure = {.status = N2V_OK};

    (void)pump(reader, &failure); /* failure has the status */
    pthread_mutex_lock(&reader->lock);
    reader->failure = failure;
    reader->done = true;
    pthread_cond_signal(&reader->filled);
    pthread_mutex_unlock(&reader->lock);
    return NULL;
}

/* The caller ---------------------------------------------------------------------------- */

/* What is left of a file, 0 when that is not known. */
static uint64_t bytes_left(int descriptor, const struct stat *info)
{
    off_t at;

    if (!S_ISREG(info->st_mode))
        return 0;
    at = lseek(descriptor, 0, SEEK_CUR);
    return (uint64_t)(at > 0 && at <= info->st_size ? info->st_size - at : info->st_size);
}

uint64_t reader_bytes(const char *path)
{
    struct stat info;

    if (path_is_standard(path))
        return reader_bytes_of_descriptor(STDIN_FILENO);
    return stat(path, &info) == 0 && S_ISREG(info.st_mode) ? (uint64_t)info.st_size : 0;
}

uint64_t reader_bytes_of_descriptor(int descriptor)
{
    struct stat info;
    return fstat(descriptor, &info) == 0 ? bytes_left(descriptor, &info) : 0;
}

/* path: NULL when the descriptor is the caller's. */
static n2v_status open_input(Reader *reader, const char *path, int descriptor, n2v_error *error)
{
    struct stat info;

    reader->own_fd = path != NULL;
    /* Not blocking: a pipe without a writer is waited for in poll. */
    reader->fd = reader->own_fd ? path_open(AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
                               : descriptor;
    if (reader->fd < 0 || fstat(reader->fd, &info) != 0)
        return error_set(error, N2V_ERROR_IO, "cannot read %s: %s", reader->name, strerror(errno));
    if (S_ISDIR(info.st_mode))
        return error_set(error, N2V_ERROR_IO, "cannot read %s: it is a directory", reader->name);
    reader->wait_for_input = !S_ISREG(info.st_mode);
    reader->size = bytes_left(reader->fd, &info);
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

static n2v_status open_reader(Reader **result, const char *path, int descriptor, const char *name, bool text,
                              const Stop *stop, n2v_error *error)
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
    reader->text = text;
    reader->stop = stop;
    reader->name = strdup(name);
    reader->input = array_create(INPUT_BYTES, 1);
    reader->chunks = array_create(CHUNKS, CHUNK_BYTES);
    if (!reader->name || !reader->input || !reader->chunks)
        status = fail_memory(error, CHUNKS * CHUNK_BYTES, "a reader");
    if (status == N2V_OK)
        status = open_input(reader, path, descriptor, error);
    if (status == N2V_OK)
        status = start_reading(reader, error);
    if (status != N2V_OK) {
        reader_close(reader);
        return status;
    }
    *result = reader;
    return N2V_OK;
}

static n2v_status open_path(Reader **reader, const char *path, bool text, const Stop *stop, n2v_error *error)
{
    const bool standard = path_is_standard(path);
    return open_reader(reader, standard ? NULL : path, STDIN_FILENO, path_input_name(path), text, stop, error);
}

n2v_status reader_open(Reader **reader, const char *path, const Stop *stop, n2v_error *error)
{
    return open_path(reader, path, false, stop, error);
}

n2v_status reader_open_text(Reader **reader, const char *path, const Stop *stop, n2v_error *error)
{
    return open_path(reader, path, true, stop, error);
}

n2v_status reader_open_descriptor(Reader **reader, int descriptor, const char *name, const Stop *stop,
                                  n2v_error *error)
{
    return open_reader(reader, NULL, descriptor, name, true, stop, error);
}

/* Memory ------------------------------------------------------------------------------- */

n2v_status reader_open_memory(Reader **result, const void *bytes, size_t count, const char *name, const Stop *stop,
                              n2v_error *error)
{
    Reader *reader = array_create_zero(1, sizeof *reader);

    *result = NULL;
    if (!reader || !(reader->name = strdup(name))) {
        free(reader);
        return fail_memory(error, sizeof *reader, "a reader");
    }
    reader->fd = reader->wake = -1;
    reader->memory = count ? bytes : (const unsigned char *)"";
    reader->size = count;
    reader->stop = stop;
    *result = reader;
    return N2V_OK;
}

/* The next piece of compressed memory. */
static n2v_status copy_memory(void *context, unsigned char *bytes, size_t room, size_t *count, n2v_error *error)
{
    Reader *reader = context;
    const size_t left = (size_t)(reader->size - reader->taken);

    (void)error;
    *count = left < room ? left : room;
    memcpy(bytes, reader->memory + reader->taken, *count);
    reader->taken += *count;
    return N2V_OK;
}

static n2v_status begin_decoding_memory(Reader *reader, n2v_error *error)
{
    size_t have;
    n2v_status status;

    reader->input = array_create(INPUT_BYTES, 1);
    reader->chunks = array_create(CHUNK_BYTES, 1);
    if (!reader->input || !reader->chunks)
        return fail_memory(error, INPUT_BYTES + CHUNK_BYTES, "a reader");
    if ((status = copy_memory(reader, reader->input, INPUT_BYTES, &have, error)) != N2V_OK)
        return status;
    reader->decoder = decoder_of(reader, have, copy_memory);
    status = decoder_begin(&reader->decoder, error);
    reader->decoding = status == N2V_OK;
    return status;
}

/* Plain memory is one chunk. */
static n2v_status next_of_memory(Reader *reader, const unsigned char **bytes, size_t *count, n2v_error *error)
{
    const bool first = !reader->begun;
    n2v_status status = N2V_OK;

    reader->begun = true;
    if (reader->ended)
        return N2V_OK;
    if (first) {
        reader->codec = content_codec(reader->memory, (size_t)reader->size);
        status = reader->codec ? begin_decoding_memory(reader, error)
                               : check_content(reader, reader->memory, (size_t)reader->size, error);
    }
    if (status == N2V_OK && reader->decoding) {
        if ((status = decoder_read(&reader->decoder, reader->chunks, CHUNK_BYTES, count, error)) == N2V_OK && first)
            status = check_content(reader, reader->chunks, *count, error);
        *bytes = reader->chunks;
        reader->ended = *count < CHUNK_BYTES;
        reader->position = decoder_position(&reader->decoder);
    } else if (status == N2V_OK) {
        *bytes = reader->memory;
        *count = (size_t)reader->size;
        reader->ended = true;
        reader->position = reader->size;
    }
    reader->ended = reader->ended || status != N2V_OK;
    return status;
}

/* The caller, with a thread ------------------------------------------------------------- */

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
    if (reader->memory)
        return next_of_memory(reader, bytes, count, error);
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
        reader->position = reader->positions[reader->released % CHUNKS];
        reader->holds_chunk = true;
    } else if (status == N2V_OK && reader->failure.status != N2V_OK) {
        status = error_set(error, reader->failure.status, "%s", reader->failure.text);
    } else if (status == N2V_OK) {
        reader->position = reader->end;
    }
    pthread_mutex_unlock(&reader->lock);
    return status;
}

uint64_t reader_position(const Reader *reader)
{
    return reader->position;
}

uint64_t reader_size(const Reader *reader)
{
    return reader->size;
}

const Codec *reader_codec(const Reader *reader)
{
    return reader->codec;
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
    if (!reader->memory) {
        (void)pthread_cond_destroy(&reader->freed);
        (void)pthread_cond_destroy(&reader->filled);
        (void)pthread_mutex_destroy(&reader->lock);
    }
    if (reader->decoding)
        decoder_end(&reader->decoder);
    free(reader->chunks);
    free(reader->input);
    free(reader->name);
    free(reader);
}
