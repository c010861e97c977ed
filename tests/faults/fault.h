/* fault.h - makes the n-th call of a kind fail. The functions of the C library that the program calls are replaced by
 * fault.c: in the test program itself (linked), or in any program (LD_PRELOAD, with preload.c). */
#ifndef N2V_TESTS_FAULTS_FAULT_H
#define N2V_TESTS_FAULTS_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef enum fault_kind {
    FAULT_ALLOC,    /* malloc, calloc, realloc and those of the C library's own calls: strdup, pthread_create, zlib */
    FAULT_MAP,      /* mmap */
    FAULT_OPEN,     /* open, openat, mkostemp, eventfd */
    FAULT_READ,     /* read, pread */
    FAULT_WRITE,    /* write, pwrite */
    FAULT_SYNC,     /* fsync, fdatasync */
    FAULT_RENAME,   /* rename, renameat, renameat2, linkat */
    FAULT_TRUNCATE, /* ftruncate */
    FAULT_CLOSE,    /* close: it closes, and reports an error */
    FAULT_STAT,     /* stat, lstat, fstat, fstatat, access, faccessat, lseek, fchmod */
    FAULT_POLL,     /* poll */
    FAULT_UNLINK,   /* unlink, unlinkat */
    FAULT_THREAD,   /* pthread_create */
    FAULT_CLOCK,    /* clock_gettime, time */
    FAULT_SHORT,    /* read, pread, write, pwrite: one byte only */
    FAULT_INTR,     /* open, read, pread, write, pwrite, fsync, ftruncate, poll: EINTR */
    FAULT_KINDS
} fault_kind;

const char *fault_name(fault_kind kind);

/* Counts from 0 on, and makes the call number n (from 1; 0: none) of the kind fail, or all calls from it on. */
void fault_start(fault_kind kind, uint64_t n, bool from_there_on);
void fault_stop(void); /* all calls do what they always do */

uint64_t fault_calls(fault_kind kind); /* since fault_start */
uint64_t fault_fired(void);            /* how many calls failed */
int64_t fault_mapped(void);            /* bytes mapped and not unmapped since fault_start */

/* What was done to files, for log.c; NULL: nobody wants to know. offset -1: where the descriptor is. */
typedef struct fault_log {
    void (*created)(int folder, const char *name, int fd); /* name NULL: a file without one */
    void (*linked)(int folder, const char *name);
    void (*written)(int fd, const void *bytes, ssize_t count, off_t offset);
    void (*truncated)(int fd, off_t bytes);
    void (*synced)(int fd);
    void (*renamed)(int from_folder, const char *from, int to_folder, const char *to, bool exchange);
    void (*removed)(int folder, const char *name);
} fault_log;

void fault_set_log(const fault_log *log);

#endif
