/* scratch.h - a temporary folder with files for one test. */
#ifndef N2V_TESTS_SCRATCH_H
#define N2V_TESTS_SCRATCH_H

#include <stddef.h>

typedef struct scratch {
    char folder[64];
    char path[160]; /* of the file named last */
} scratch;

scratch scratch_open(void);
void scratch_close(scratch *files); /* removes the folder and all in it */

/* The path of a name in the folder; valid until the next call. */
const char *scratch_path(scratch *files, const char *name);

/* Writes a file and gives its path. */
const char *scratch_write(scratch *files, const char *name, const void *bytes, size_t count);

/* The whole file, NUL-terminated, malloc'ed; NULL when it is not there. */
char *scratch_read(const char *path, size_t *count);

/* Names in the folder, without . and .. */
size_t scratch_names(const scratch *files);

/* The bytes as one gzip member, malloc'ed. */
unsigned char *scratch_gzip(const void *bytes, size_t count, size_t *packed);

#endif
