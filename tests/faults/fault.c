#include "fault.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const struct kind {
    const char *name;
    int error;
} kinds[FAULT_KINDS] = {
    [FAULT_ALLOC] = {"alloc", ENOMEM},   [FAULT_MAP] = {"mmap", ENOMEM},        [FAULT_OPEN] = {"open", EMFILE},
    [FAULT_READ] = {"read", EIO},        [FAULT_WRITE] = {"write", ENOSPC},     [FAULT_SYNC] = {"fsync", EIO},
    [FAULT_RENAME] = {"rename", EIO},    [FAULT_TRUNCATE] = {"ftruncate", EIO}, [FAULT_CLOSE] = {"close", EIO},
    [FAULT_STAT] = {"stat", EIO},        [FAULT_POLL] = {"poll", ENOMEM},       [FAULT_UNLINK] = {"unlink", EIO},
    [FAULT_THREAD] = {"thread", EAGAIN}, [FAULT_CLOCK] = {"clock", EINVAL},     [FAULT_SHORT] = {"short", 0},
    [FAULT_INTR] = {"EINTR", EINTR},
};

static atomic_bool active;
static fault_kind chosen;
static uint64_t chosen_call;
static bool chosen_on;
static _Atomic uint64_t calls[FAULT_KINDS], fired;
static _Atomic int64_t mapped;
static const fault_log *watcher;

/* Set once a thread does the program's work: what a sanitizer does before, in the new thread, does not count. */
static _Thread_local bool at_work __attribute__((tls_model("initial-exec")));

const char *fault_name(fault_kind kind)
{
    return kinds[kind].name;
}

void fault_start(fault_kind kind, uint64_t n, bool from_there_on)
{
    for (int i = 0; i < FAULT_KINDS; i++)
        calls[i] = 0;
    fired = 0;
    mapped = 0;
    at_work = true;
    chosen = kind;
    chosen_call = n;
    chosen_on = from_there_on;
    active = true;
}

void fault_stop(void)
{
    active = false;
}

uint64_t fault_calls(fault_kind kind)
{
    return calls[kind];
}

uint64_t fault_fired(void)
{
    return fired;
}

int64_t fault_mapped(void)
{
    return mapped;
}

void fault_set_log(const fault_log *log)
{
    watcher = log;
}

static bool counts(fault_kind kind)
{
    uint64_t call;

    if (!active || !at_work)
        return false;
    call = atomic_fetch_add(&calls[kind], 1) + 1;
    if (kind != chosen || !chosen_call || call < chosen_call || (call > chosen_call && !chosen_on))
        return false;
    atomic_fetch_add(&fired, 1);
    return true;
}

/* The same, with errno set. */
static bool fails(fault_kind kind)
{
    if (!counts(kind))
        return false;
    errno = kinds[kind].error;
    return true;
}

/* The function of this name that the program would call without this file. */
#define NEXT(name)                                                                                                     \
    static __typeof__(&name) next;                                                                                     \
    if (!next)                                                                                                         \
        next = (__typeof__(&name))(uintptr_t)dlsym(RTLD_NEXT, #name)

#define LOG(event, ...)                                                                                                \
    do {                                                                                                               \
        if (watcher && active)                                                                                         \
            watcher->event(__VA_ARGS__);                                                                               \
    } while (0)

/* Memory --------------------------------------------------------------------------------- */

void *malloc(size_t bytes)
{
    NEXT(malloc);
    return fails(FAULT_ALLOC) ? NULL : next(bytes);
}

void *calloc(size_t count, size_t bytes)
{
    NEXT(calloc);
    return fails(FAULT_ALLOC) ? NULL : next(count, bytes);
}

void *realloc(void *old, size_t bytes)
{
    NEXT(realloc);
    return fails(FAULT_ALLOC) ? NULL : next(old, bytes);
}

void *aligned_alloc(size_t alignment, size_t bytes)
{
    NEXT(aligned_alloc);
    return fails(FAULT_ALLOC) ? NULL : next(alignment, bytes);
}

int posix_memalign(void **memory, size_t alignment, size_t bytes)
{
    NEXT(posix_memalign);
    return fails(FAULT_ALLOC) ? ENOMEM : next(memory, alignment, bytes);
}

void *mmap(void *at, size_t bytes, int protection, int flags, int fd, off_t offset)
{
    void *memory;
    NEXT(mmap);

    if (fails(FAULT_MAP))
        return MAP_FAILED;
    memory = next(at, bytes, protection, flags, fd, offset);
    if (memory != MAP_FAILED)
        atomic_fetch_add(&mapped, (int64_t)bytes);
    return memory;
}

int munmap(void *memory, size_t bytes)
{
    NEXT(munmap);
    atomic_fetch_sub(&mapped, (int64_t)bytes);
    return next(memory, bytes);
}

/* Opening and closing -------------------------------------------------------------------- */

static bool has_mode(int flags)
{
    return flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE;
}

int open(const char *path, int flags, ...)
{
    mode_t mode = 0;
    int fd;
    NEXT(open);

    if (has_mode(flags)) {
        va_list args;
        va_start(args, flags);
        mode = va_arg(args, mode_t);
        va_end(args);
    }
    if (fails(FAULT_OPEN) || fails(FAULT_INTR))
        return -1;
    fd = next(path, flags, mode);
    if (fd >= 0 && has_mode(flags))
        LOG(created, AT_FDCWD, flags & O_CREAT ? path : NULL, fd);
    return fd;
}

int openat(int folder, const char *path, int flags, ...)
{
    mode_t mode = 0;
    int fd;
    NEXT(openat);

    if (has_mode(flags)) {
        va_list args;
        va_start(args, flags);
        mode = va_arg(args, mode_t);
        va_end(args);
    }
    if (fails(FAULT_OPEN) || fails(FAULT_INTR))
        return -1;
    fd = next(folder, path, flags, mode);
    if (fd >= 0 && has_mode(flags))
        LOG(created, folder, flags & O_CREAT ? path : NULL, fd);
    return fd;
}

int mkostemp(char *path, int flags)
{
    NEXT(mkostemp);
    return fails(FAULT_OPEN) ? -1 : next(path, flags);
}

int eventfd(unsigned value, int flags)
{
    NEXT(eventfd);
    return fails(FAULT_OPEN) ? -1 : next(value, flags);
}

int close(int fd)
{
    int result;
    NEXT(close);

    result = next(fd);
    return fails(FAULT_CLOSE) ? -1 : result;
}

/* Reading and writing -------------------------------------------------------------------- */

static size_t shorter(size_t count)
{
    return count > 1 && counts(FAULT_SHORT) ? 1 : count;
}

ssize_t read(int fd, void *bytes, size_t count)
{
    NEXT(read);
    return fails(FAULT_READ) || fails(FAULT_INTR) ? -1 : next(fd, bytes, shorter(count));
}

ssize_t pread(int fd, void *bytes, size_t count, off_t offset)
{
    NEXT(pread);
    return fails(FAULT_READ) || fails(FAULT_INTR) ? -1 : next(fd, bytes, shorter(count), offset);
}

ssize_t write(int fd, const void *bytes, size_t count)
{
    ssize_t written;
    NEXT(write);

    if (fails(FAULT_WRITE) || fails(FAULT_INTR))
        return -1;
    written = next(fd, bytes, shorter(count));
    LOG(written, fd, bytes, written, -1);
    return written;
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset)
{
    ssize_t written;
    NEXT(pwrite);

    if (fails(FAULT_WRITE) || fails(FAULT_INTR))
        return -1;
    written = next(fd, bytes, shorter(count), offset);
    LOG(written, fd, bytes, written, offset);
    return written;
}

int ftruncate(int fd, off_t bytes)
{
    int result;
    NEXT(ftruncate);

    if (fails(FAULT_TRUNCATE) || fails(FAULT_INTR))
        return -1;
    result = next(fd, bytes);
    if (result == 0)
        LOG(truncated, fd, bytes);
    return result;
}

static int sync_file(int (*next)(int fd), int fd)
{
    int result;

    if (fails(FAULT_SYNC) || fails(FAULT_INTR))
        return -1;
    result = next(fd);
    if (result == 0)
        LOG(synced, fd);
    return result;
}

int fsync(int fd)
{
    NEXT(fsync);
    return sync_file(next, fd);
}

int fdatasync(int fd)
{
    NEXT(fdatasync);
    return sync_file(next, fd);
}

int poll(struct pollfd *files, nfds_t count, int milliseconds)
{
    NEXT(poll);
    return fails(FAULT_POLL) || fails(FAULT_INTR) ? -1 : next(files, count, milliseconds);
}

/* Names ---------------------------------------------------------------------------------- */

int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags)
{
    int result;
    NEXT(renameat2);

    if (fails(FAULT_RENAME))
        return -1;
    result = next(from_folder, from, to_folder, to, flags);
    if (result == 0)
        LOG(renamed, from_folder, from, to_folder, to, flags & RENAME_EXCHANGE);
    return result;
}

int renameat(int from_folder, const char *from, int to_folder, const char *to)
{
    return renameat2(from_folder, from, to_folder, to, 0);
}

int rename(const char *from, const char *to)
{
    return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags)
{
    int result;
    NEXT(linkat);

    if (fails(FAULT_RENAME))
        return -1;
    result = next(from_folder, from, to_folder, to, flags);
    if (result == 0)
        LOG(linked, to_folder, to);
    return result;
}

int unlinkat(int folder, const char *path, int flags)
{
    int result;
    NEXT(unlinkat);

    if (fails(FAULT_UNLINK))
        return -1;
    result = next(folder, path, flags);
    if (result == 0)
        LOG(removed, folder, path);
    return result;
}

int unlink(const char *path)
{
    return unlinkat(AT_FDCWD, path, 0);
}

int stat(const char *restrict path, struct stat *restrict info)
{
    NEXT(stat);
    return fails(FAULT_STAT) ? -1 : next(path, info);
}

int lstat(const char *restrict path, struct stat *restrict info)
{
    NEXT(lstat);
    return fails(FAULT_STAT) ? -1 : next(path, info);
}

int fstat(int fd, struct stat *info)
{
    NEXT(fstat);
    return fails(FAULT_STAT) ? -1 : next(fd, info);
}

int fstatat(int folder, const char *restrict path, struct stat *restrict info, int flags)
{
    NEXT(fstatat);
    return fails(FAULT_STAT) ? -1 : next(folder, path, info, flags);
}

int access(const char *path, int mode)
{
    NEXT(access);
    return fails(FAULT_STAT) ? -1 : next(path, mode);
}

int faccessat(int folder, const char *path, int mode, int flags)
{
    NEXT(faccessat);
    return fails(FAULT_STAT) ? -1 : next(folder, path, mode, flags);
}

off_t lseek(int fd, off_t offset, int from)
{
    NEXT(lseek);
    return fails(FAULT_STAT) ? -1 : next(fd, offset, from);
}

int fchmod(int fd, mode_t mode)
{
    NEXT(fchmod);
    return fails(FAULT_STAT) ? -1 : next(fd, mode);
}

/* Threads and clocks --------------------------------------------------------------------- */

typedef struct thread_work {
    void *(*work)(void *);
    void *context;
} thread_work;

static void *begin_work(void *context)
{
    const thread_work task = *(thread_work *)context;

    free(context);
    at_work = true;
    return task.work(task.context);
}

int pthread_create(pthread_t *restrict thread, const pthread_attr_t *restrict attributes, void *(*work)(void *),
                   void *restrict context)
{
    const bool before = at_work;
    thread_work *task;
    int failed;
    NEXT(pthread_create);

    if (counts(FAULT_THREAD))
        return kinds[FAULT_THREAD].error;
    at_work = false;
    task = malloc(sizeof *task);
    at_work = before;
    if (!task)
        abort();
    *task = (thread_work){work, context};
    failed = next(thread, attributes, begin_work, task);
    if (failed)
        free(task);
    return failed;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    NEXT(clock_gettime);
    return fails(FAULT_CLOCK) ? -1 : next(clock, now);
}

time_t time(time_t *now)
{
    NEXT(time);
    return fails(FAULT_CLOCK) ? -1 : next(now);
}
