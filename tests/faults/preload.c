/* preload.c - fault.c for a program that knows nothing of it (LD_PRELOAD). From main on:
 *     FAULT=KIND:N or KIND:N:on  the call number N of the kind fails, or all from it on; N 0: none
 *     FAULT_REPORT=FILE          after main: a line "KIND CALLS" for each kind, then "fired CALLS"
 *     FAULT_LOG=FILE             what was done to files, for a replay (power.py) */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fault.h"

static int (*program)(int count, char **arguments, char **environment);
static int log_file = -1;

/* Bytes that no replaced function sees. */
static void put(int fd, const void *bytes, size_t count)
{
    if (syscall(SYS_write, fd, bytes, count) != (long)count)
        abort();
}

static int create(const char *path)
{
    return (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0666);
}

static void print(int fd, const char *format, ...)
{
    char line[4096];
    va_list args;
    int bytes;

    va_start(args, format);
    bytes = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    if (bytes > 0 && (size_t)bytes < sizeof line)
        put(fd, line, (size_t)bytes);
}

/* The log -------------------------------------------------------------------------------- */

static unsigned long number_of(int fd)
{
    struct stat info;
    return syscall(SYS_newfstatat, fd, "", &info, AT_EMPTY_PATH) == 0 ? (unsigned long)info.st_ino : 0;
}

static unsigned long folder_number(int folder)
{
    struct stat info;

    if (folder != AT_FDCWD)
        return number_of(folder);
    return syscall(SYS_newfstatat, folder, ".", &info, 0) == 0 ? (unsigned long)info.st_ino : 0;
}

static void created(int folder, const char *name, int fd)
{
    print(log_file, "create %lu %s %lu\n", folder_number(folder), name ? name : "-", number_of(fd));
}

static void linked(int folder, const char *name)
{
    struct stat info;

    if (syscall(SYS_newfstatat, folder, name, &info, AT_SYMLINK_NOFOLLOW) == 0)
        print(log_file, "link %lu %s %lu\n", folder_number(folder), name, (unsigned long)info.st_ino);
}

static void written(int fd, const void *bytes, ssize_t count, off_t offset)
{
    if (count <= 0)
        return;
    if (offset < 0)
        offset = (off_t)syscall(SYS_lseek, fd, 0, SEEK_CUR) - count;
    print(log_file, "write %lu %ld %zd\n", number_of(fd), (long)offset, count);
    put(log_file, bytes, (size_t)count);
}

static void truncated(int fd, off_t bytes)
{
    print(log_file, "truncate %lu %ld\n", number_of(fd), (long)bytes);
}

static void synced(int fd)
{
    print(log_file, "sync %lu\n", number_of(fd));
}

static void renamed(int from_folder, const char *from, int to_folder, const char *to, bool exchange)
{
    print(log_file, "%s %lu %s %lu %s\n", exchange ? "exchange" : "rename", folder_number(from_folder), from,
          folder_number(to_folder), to);
}

static void removed(int folder, const char *name)
{
    print(log_file, "remove %lu %s\n", folder_number(folder), name);
}

/* The program ---------------------------------------------------------------------------- */

static bool is_name(const char *name, const char *text, size_t bytes)
{
    return strlen(name) == bytes && memcmp(name, text, bytes) == 0;
}

static void start(void)
{
    static const fault_log log = {created, linked, written, truncated, synced, renamed, removed};
    const char *wish = getenv("FAULT"), *path = getenv("FAULT_LOG");
    fault_kind kind = FAULT_ALLOC;
    const char *number = wish ? strchr(wish, ':') : NULL;

    while (number && kind < FAULT_KINDS && !is_name(fault_name(kind), wish, (size_t)(number - wish)))
        kind++;
    if (kind == FAULT_KINDS)
        abort();
    if (path && (log_file = create(path)) < 0)
        abort();
    if (path)
        fault_set_log(&log);
    fault_start(kind, number ? strtoull(number + 1, NULL, 10) : 0, number && strchr(number + 1, ':'));
}

static void report(const char *path)
{
    const int fd = create(path);

    for (fault_kind kind = 0; kind < FAULT_KINDS; kind++)
        print(fd, "%s %lu\n", fault_name(kind), (unsigned long)fault_calls(kind));
    print(fd, "fired %lu\n", (unsigned long)fault_fired());
}

static int run(int count, char **arguments, char **environment)
{
    const char *path = getenv("FAULT_REPORT");
    int code;

    start();
    code = program(count, arguments, environment);
    fault_stop();
    if (path)
        report(path);
    return code;
}

typedef int main_function(int count, char **arguments, char **environment);
int __libc_start_main(main_function *main_, int count, char **arguments, main_function *init, void (*fini)(void),
                      void (*rtld_fini)(void), void *stack);

/* Counting begins with main: what the loader and the C library do before is not the program's. */
int __libc_start_main(main_function *main_, int count, char **arguments, main_function *init, void (*fini)(void),
                      void (*rtld_fini)(void), void *stack)
{
    __typeof__(&__libc_start_main) next = (__typeof__(next))(uintptr_t)dlsym(RTLD_NEXT, "__libc_start_main");

    program = main_;
    return next(run, count, arguments, init, fini, rtld_fini, stack);
}
