#include "io/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/path.h"
#include "base/random.h"
#include "io/deflate.h"
#include "io/ending.h"

#define BUFFER_BYTES ((size_t)1 << 20)
#define LINKS        40 /* symbolic links followed before giving up, as the kernel does */
#define NAME_TRIES   100
#define WAIT_MS      100 /* how often a waiting writer asks whether to stop */

struct Writer {
    char *name;   /* as the user gave it, for messages */
    char *target; /* path with links followed; NULL when written to directly */
    const char *base;
    char temporary[40]; /* empty: none */
    bool unnamed;       /* the temporary file has no name yet */
    int fd, folder;
    bool own_fd, sync_folder, waits; /* waits: a write may wait for somebody */
    const Stop *stop;
    bool failed;
    n2v_error failure;
    off_t published; /* bytes that have appeared under the name */
    size_t used;
    unsigned char *buffer;
    Deflate *deflate; /* NULL: bytes are written as they are */
};

static n2v_status write_compressed(void *writer, const unsigned char *bytes, size_t count, n2v_error *error);

static n2v_status refuse(n2v_error *error, const char *path, const char *why)
{
    return error_set(error, N2V_ERROR_ARGUMENT, "cannot write %s: %s", path, why);
}

/* For errno. */
static n2v_status fail_opening(n2v_error *error, const char *path)
{
    return error_set(error, status_of_errno(errno), "cannot write %s: %s", path, strerror(errno));
}

/* Replaces *path by what the symbolic link at it points to. */
static n2v_status follow_link(char **path, const char *name, n2v_error *error)
{
    char link[PATH_MAX];
    const ssize_t count = readlink(*path, link, sizeof link - 1);
    const char *slash = strrchr(*path, '/');
    char *joined = NULL;

    if (count < 0)
        return fail_opening(error, name);
    link[count] = '\0';
    if (link[0] == '/' || !slash)
        joined = strdup(link);
    else if (asprintf(&joined, "%.*s/%s", (int)(slash - *path), *path, link) < 0)
        joined = NULL;
    if (!joined)
        return fail_memory(error, sizeof link, "a path");
    free(*path);
    *path = joined;
    return N2V_OK;
}

/* Finds where path leads; *exists: there is something, which info describes. */
static n2v_status resolve(char **target, const char *path, struct stat *info, bool *exists, n2v_error *error)
{
    n2v_status status;

    *target = strdup(path);
    if (!*target)
        return fail_memory(error, strlen(path), "a path");
    for (int i = 0; i < LINKS; i++) {
        *exists = lstat(*target, info) == 0;
        if (!*exists)
            return errno == ENOENT ? N2V_OK : fail_opening(error, path);
        if (!S_ISLNK(info->st_mode))
            return N2V_OK;
        /* Links in /proc lead to things without a path (pipes): stat follows them, readlink cannot. */
        if (stat(*target, info) == 0 && !S_ISREG(info->st_mode))
            return N2V_OK;
        if ((status = follow_link(target, path, error)) != N2V_OK)
            return status;
    }
    return refuse(error, path, strerror(ELOOP));
}

static n2v_status open_folder(Writer *writer, n2v_error *error)
{
    char *slash = strrchr(writer->target, '/');
    char *folder =
        slash ? strndup(writer->target, slash == writer->target ? 1 : (size_t)(slash - writer->target)) : strdup(".");
    n2v_status status = N2V_OK;

    if (!folder)
        return fail_memory(error, 1, "a path");
    writer->base = slash ? slash + 1 : writer->target;
    writer->folder = path_open(AT_FDCWD, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    writer->sync_folder = writer->folder >= 0;
    if (writer->folder < 0 && errno == EACCES) /* a folder that may be written but not listed */
        writer->folder = path_open(AT_FDCWD, folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (!*writer->base)
        status = refuse(error, writer->name, "it names a folder, not a file");
    else if (writer->folder < 0)
        status = error_set(error, status_of_errno(errno), "cannot write %s: the folder %s: %s", writer->name, folder,
                           strerror(errno));
    free(folder);
    return status;
}

static int create_named(const Writer *writer, const char *name)
{
    return openat(writer->folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
}

/* Gives the file without a name one. */
static int link_unnamed(const Writer *writer, const char *name)
{
    char path[40];

    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", writer->fd);
    return linkat(AT_FDCWD, path, writer->folder, name, AT_SYMLINK_FOLLOW);
}

/* Sets writer->temporary to a name that is free; make is one of the two above. Its result, or -1. */
static int take_name(Writer *writer, int (*make)(const Writer *writer, const char *name))
{
    struct timespec now = {0};
    uint64_t seed;

    (void)clock_gettime(CLOCK_REALTIME, &now); /* without a clock it is zero */
    seed = (uint64_t)now.tv_nsec ^ (uint64_t)now.tv_sec << 30 ^ (uint64_t)getpid() << 48;
    for (int i = 0; i < NAME_TRIES; i++) {
        char name[sizeof writer->temporary];
        int made;
        (void)snprintf(name, sizeof name, ".nce2vec-%016" PRIx64 ".tmp", splitmix(&seed));
        made = make(writer, name);
        if (made >= 0) {
            memcpy(writer->temporary, name, sizeof name);
            return made;
        }
        if (errno != EEXIST && errno != EINTR)
            break;
    }
    return -1;
}

/* A file that has no name before it is complete goes away with the program, however that ends. Not all file systems have
 * such files, and without /proc they get no name: proved by one that is removed again. */
static bool create_unnamed(Writer *writer)
{
    const int flags = O_TMPFILE | O_WRONLY | O_CLOEXEC;
    bool linked;

    if ((writer->fd = openat(writer->folder, ".", flags, 0666)) < 0)
        return false;
    linked = take_name(writer, link_unnamed) >= 0 && unlinkat(writer->folder, writer->temporary, 0) == 0;
    writer->temporary[0] = '\0';
    (void)close(writer->fd); /* it had a name, and cannot have another */
    writer->fd = linked ? openat(writer->folder, ".", flags, 0666) : -1;
    return writer->unnamed = writer->fd >= 0;
}

static n2v_status create_temporary(Writer *writer, n2v_error *error)
{
    if (create_unnamed(writer) || (writer->fd = take_name(writer, create_named)) >= 0)
        return N2V_OK;
    return error_set(error, status_of_errno(errno), "cannot write %s: its folder takes no new file: %s", writer->name,
                     strerror(errno));
}

static n2v_status interrupted(const Writer *writer, n2v_error *error)
{
    return error_set(error, N2V_ERROR_INTERRUPTED,
                     writer->target ? "interrupted: nothing was written to %s" : "interrupted: %s is not complete",
                     writer->name);
}

/* A pipe, a terminal, a device. Not blocking: a pipe's reader is waited for here and in write_all. */
static n2v_status open_special(Writer *writer, bool pipe, const char *path, n2v_error *error)
{
    for (;;) {
        writer->fd = open(writer->target, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        if (writer->fd >= 0)
            return N2V_OK;
        if (errno != EINTR && (!pipe || errno != ENXIO))
            return fail_opening(error, path);
        if (stop_requested(writer->stop))
            return interrupted(writer, error);
        (void)poll(NULL, 0, WAIT_MS);
    }
}

static n2v_status open_target(Writer *writer, const char *path, n2v_error *error)
{
    struct stat info;
    bool exists = false;
    n2v_status status = resolve(&writer->target, path, &info, &exists, error);

    if (status != N2V_OK)
        return status;
    if (exists && S_ISDIR(info.st_mode))
        return refuse(error, path, "it is a directory");
    if (exists && faccessat(AT_FDCWD, writer->target, W_OK, AT_EACCESS) != 0)
        return fail_opening(error, path);
    if (exists && !S_ISREG(info.st_mode)) {
        status = open_special(writer, S_ISFIFO(info.st_mode), path, error);
        free(writer->target);
        writer->target = NULL;
        return status;
    }
    if ((status = open_folder(writer, error)) != N2V_OK || (status = create_temporary(writer, error)) != N2V_OK)
        return status;
    if (exists && fchmod(writer->fd, info.st_mode & 0777) != 0)
        return fail_opening(error, path);
    return N2V_OK;
}

static n2v_status open_standard(Writer *writer, n2v_error *error)
{
    const int mode = fcntl(STDOUT_FILENO, F_GETFL);
    struct stat info;

    writer->fd = STDOUT_FILENO;
    writer->waits = fstat(writer->fd, &info) != 0 || !S_ISREG(info.st_mode);
    if (mode < 0)
        return fail_opening(error, writer->name);
    return (mode & O_ACCMODE) == O_RDONLY ? refuse(error, writer->name, "it is closed, or only for reading") : N2V_OK;
}

n2v_status writer_open(Writer **result, const char *path, const Stop *stop, n2v_error *error)
{
    n2v_status status;
    Writer *writer;
    bool gzip;

    *result = NULL;
    if (!path || !*path)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         "the output has an empty name: give a file, or - for standard output");
    if ((status = ending_check(path, error)) != N2V_OK)
        return status;
    (void)ending_gzip(path, &gzip);
    writer = array_create_zero(1, sizeof *writer);
    if (!writer)
        return fail_memory(error, sizeof *writer, "a writer");
    writer->fd = writer->folder = -1;
    writer->stop = stop;
    writer->own_fd = !path_is_standard(path);
    writer->name = strdup(writer->own_fd ? path : "standard output");
    writer->buffer = array_create(BUFFER_BYTES, 1);
    if (gzip)
        writer->deflate = deflate_create(write_compressed, writer);
    if (!writer->name || !writer->buffer || (gzip && !writer->deflate)) {
        status = fail_memory(error, BUFFER_BYTES, "a writer");
        goto out;
    }
    if (writer->own_fd) {
        status = open_target(writer, path, error);
        writer->waits = !writer->target;
    } else {
        status = open_standard(writer, error);
    }
out:
    if (status == N2V_OK)
        *result = writer;
    else
        writer_discard(writer);
    return status;
}

static n2v_status fail_again(const Writer *writer, n2v_error *error)
{
    return error_set(error, writer->failure.status, "%s", writer->failure.text);
}

static bool is_published(const Writer *writer)
{
    return writer->target && !writer->temporary[0] && !writer->unnamed;
}

/* A failure stays: what follows a lost piece must not look complete. The beginning of the piece goes, too. */
static n2v_status fail_writing(Writer *writer, n2v_error *error)
{
    writer->failed = true;
    (void)error_set(&writer->failure, N2V_ERROR_IO, "cannot write %s: %s", writer->name, strerror(errno));
    while (is_published(writer) && writer->published > 0 && writer->fd >= 0 &&
           ftruncate(writer->fd, writer->published) != 0 && errno == EINTR)
        ; /* another failure leaves a piece that is cut */
    return fail_again(writer, error);
}

/* Returns when something can be written; poll's failures show in the write. */
static n2v_status wait_for_room(Writer *writer, n2v_error *error)
{
    struct pollfd wait = {.fd = writer->fd, .events = POLLOUT};
    int ready = 0;

    if (is_published(writer)) /* kept even when all else is given up: so may its last words be */
        return N2V_OK;
    while (!stop_requested(writer->stop)) {
        if (!writer->waits)
            return N2V_OK;
        ready = poll(&wait, 1, WAIT_MS);
        if (ready > 0 || (ready < 0 && errno != EINTR))
            return N2V_OK;
    }
    writer->failed = true;
    (void)interrupted(writer, &writer->failure);
    return fail_again(writer, error);
}

static n2v_status write_all(Writer *writer, const unsigned char *bytes, size_t count, n2v_error *error)
{
    const size_t limit = writer->waits ? PIPE_BUF : BUFFER_BYTES; /* a pipe with room takes so much at once */

    while (count) {
        const n2v_status status = wait_for_room(writer, error);
        ssize_t written;
        if (status != N2V_OK)
            return status;
        written = write(writer->fd, bytes, count < limit ? count : limit);
        if (written > 0) {
            bytes += written;
            count -= (size_t)written;
        } else if (written < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            writer->waits = true;
        } else if (written == 0 || errno != EINTR) {
            if (written == 0)
                errno = EIO;
            return fail_writing(writer, error);
        }
    }
    return N2V_OK;
}

static n2v_status write_compressed(void *writer, const unsigned char *bytes, size_t count, n2v_error *error)
{
    return write_all(writer, bytes, count, error);
}

static n2v_status put(Writer *writer, const unsigned char *bytes, size_t count, n2v_error *error)
{
    n2v_error failure;
    n2v_status status;

    if (!writer->deflate)
        return write_all(writer, bytes, count, error);
    if ((status = deflate_bytes(writer->deflate, bytes, count, &failure)) == N2V_OK)
        return N2V_OK;
    writer->failed = true;
    writer->failure = failure;
    return fail_again(writer, error);
}

static n2v_status flush(Writer *writer, n2v_error *error)
{
    n2v_status status;
    if (writer->failed)
        return fail_again(writer, error);
    status = put(writer, writer->buffer, writer->used, error);
    writer->used = 0;
    return status;
}

/* The same, and of gzip to the end of a member. */
static n2v_status flush_whole(Writer *writer, n2v_error *error)
{
    const n2v_status status = flush(writer, error);
    return status == N2V_OK && writer->deflate ? deflate_end_member(writer->deflate, error) : status;
}

n2v_status writer_write(Writer *writer, const void *bytes, size_t count, n2v_error *error)
{
    n2v_status status;

    if (count > BUFFER_BYTES - writer->used) {
        if ((status = flush(writer, error)) != N2V_OK)
            return status;
        if (count >= BUFFER_BYTES)
            return put(writer, bytes, count, error);
    }
    if (writer->failed)
        return flush(writer, error);
    if (count)
        memcpy(writer->buffer + writer->used, bytes, count);
    writer->used += count;
    return N2V_OK;
}

n2v_status writer_print(Writer *writer, n2v_error *error, const char *format, ...)
{
    const size_t room = BUFFER_BYTES - writer->used;
    n2v_status status;
    char *text = NULL;
    va_list args;
    int count;

    if (writer->failed)
        return flush(writer, error);
    va_start(args, format);
    count = vsnprintf((char *)writer->buffer + writer->used, room, format, args);
    va_end(args);
    if (count >= 0 && (size_t)count < room) {
        writer->used += (size_t)count;
        return N2V_OK;
    }
    va_start(args, format);
    count = vasprintf(&text, format, args);
    va_end(args);
    if (count < 0)
        return error_set(error, N2V_ERROR_MEMORY, "cannot write %s: a line cannot be formatted", writer->name);
    status = writer_write(writer, text, (size_t)count, error);
    free(text);
    return status;
}

static n2v_status give_name(Writer *writer, n2v_error *error)
{
    if (writer->unnamed && take_name(writer, link_unnamed) < 0)
        return fail_writing(writer, error);
    writer->unnamed = false;
    return N2V_OK;
}

static n2v_status appear(Writer *writer, n2v_error *error)
{
    n2v_status status;

    if (!writer->target || is_published(writer))
        return N2V_OK;
    if ((status = give_name(writer, error)) != N2V_OK)
        return status;
    if (renameat(writer->folder, writer->temporary, writer->folder, writer->base) != 0)
        return fail_writing(writer, error);
    writer->temporary[0] = '\0';
    return N2V_OK;
}

n2v_status writer_publish(Writer *writer, n2v_error *error)
{
    n2v_status status = flush_whole(writer, error);

    if (status != N2V_OK || !writer->target)
        return status;
    /* A name that is on the disk before the bytes would replace the old file by an empty one when the power fails. */
    if (!is_published(writer))
        status = path_flush(writer->fd) ? appear(writer, error) : fail_writing(writer, error);
    if (status == N2V_OK)
        writer->published = lseek(writer->fd, 0, SEEK_CUR);
    return status;
}

/* All bytes on disk, under the temporary name. */
static n2v_status finish(Writer *writer, n2v_error *error)
{
    n2v_status status = flush_whole(writer, error);

    if (status != N2V_OK)
        return status;
    if (writer->target && !path_flush(writer->fd))
        return fail_writing(writer, error);
    if (writer->target && (status = give_name(writer, error)) != N2V_OK)
        return status;
    if (writer->own_fd) {
        const int closed = close(writer->fd);
        writer->fd = -1;
        if (closed != 0 && errno != EINTR) /* Linux closes also when interrupted */
            return fail_writing(writer, error);
    }
    return N2V_OK;
}

static n2v_status sync_folder(const Writer *writer, n2v_error *error)
{
    if (writer->target && writer->sync_folder && !path_flush(writer->folder))
        return error_set(error, N2V_ERROR_DURABILITY,
                         "%s is written and complete, but its folder could not be flushed to disk (%s): make a copy, "
                         "it may be lost when the machine stops",
                         writer->name, strerror(errno));
    return N2V_OK;
}

n2v_status writer_flush(Writer *writer, n2v_error *error)
{
    if (writer->failed)
        return fail_again(writer, error);
    if (!is_published(writer))
        return N2V_OK;
    return path_flush(writer->fd) ? sync_folder(writer, error) : fail_writing(writer, error);
}

/* Trades the temporary file for the one at the path. */
static bool exchange(const Writer *writer)
{
    return renameat2(writer->folder, writer->temporary, writer->folder, writer->base, RENAME_EXCHANGE) == 0;
}

/* What had to be done for a file to appear, and is undone when a later one does not. */
typedef struct appearing {
    bool replaced, exchanged; /* there was a file, and it has the temporary name now */
} appearing;

/* Of all files but the last, whose renaming is the last step that can fail. */
static n2v_status appear_first(Writer *writer, appearing *how, n2v_error *error)
{
    struct stat old;

    how->replaced = writer->target && fstatat(writer->folder, writer->base, &old, AT_SYMLINK_NOFOLLOW) == 0;
    how->exchanged = how->replaced && S_ISREG(old.st_mode) && exchange(writer); /* a folder would not go away again */
    return how->exchanged ? N2V_OK : appear(writer, error);
}

static void disappear(const Writer *writer, const appearing *how)
{
    if (how->exchanged)
        (void)exchange(writer); /* the first error is reported */
    else if (writer->target && !how->replaced)
        (void)unlinkat(writer->folder, writer->base, 0);
}

n2v_status writer_commit_all(Writer *const *writers, size_t count, n2v_error *error)
{
    appearing how[WRITERS_TOGETHER] = {{.replaced = false}};
    n2v_status status = N2V_OK;
    size_t appeared = 0;

    for (size_t i = 0; i < count && status == N2V_OK; i++)
        status = finish(writers[i], error);
    while (status == N2V_OK && appeared < count) {
        Writer *writer = writers[appeared];
        status = appeared + 1 < count ? appear_first(writer, &how[appeared], error) : appear(writer, error);
        appeared += status == N2V_OK;
    }
    while (status != N2V_OK && appeared-- > 0)
        disappear(writers[appeared], &how[appeared]);
    for (size_t i = 0; i < count && status == N2V_OK; i++)
        status = sync_folder(writers[i], error);
    for (size_t i = 0; i < count; i++)
        writer_discard(writers[i]); /* and with its temporary name, after an exchange, what was there before */
    return status;
}

n2v_status writer_commit(Writer *writer, n2v_error *error)
{
    return writer_commit_all(&writer, 1, error);
}

void writer_discard(Writer *writer)
{
    if (!writer)
        return;
    if (writer->fd >= 0 && writer->own_fd)
        (void)close(writer->fd); /* what was written is thrown away */
    if (writer->temporary[0])
        (void)unlinkat(writer->folder, writer->temporary, 0); /* at worst a hidden file stays behind */
    if (writer->folder >= 0)
        (void)close(writer->folder);
    deflate_destroy(writer->deflate);
    free(writer->target);
    free(writer->buffer);
    free(writer->name);
    free(writer);
}
