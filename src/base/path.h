/* path.h - opening a path, "-" in the place of one, and how messages name paths. */
#ifndef N2V_BASE_PATH_H
#define N2V_BASE_PATH_H

#include <stdbool.h>

/* Whether path is "-": standard input where it is read, standard output where it is written. */
bool path_is_standard(const char *path);

/* The name of an input in messages: the path, or "standard input". */
const char *path_input_name(const char *path);

/* Whether two paths are one regular file. */
bool path_same_file(const char *a, const char *b);

/* As openat for a file that exists; again when a signal interrupts it, which may be where a file system is slow. */
int path_open(int folder, const char *path, int flags);

/* As fsync; again when a signal interrupts it. Some file systems and devices have nothing to flush: that is no failure. */
bool path_flush(int file);

#endif
