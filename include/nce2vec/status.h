/* nce2vec/status.h - what all public headers share: version, status, error. */
#ifndef NCE2VEC_STATUS_H
#define NCE2VEC_STATUS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define N2V_VERSION "0.1.0"

#if defined(__GNUC__)
#define N2V_API __attribute__((visibility("default")))
#else
#define N2V_API
#endif

typedef enum n2v_status {
    N2V_OK = 0,
    N2V_ERROR_ARGUMENT,    /* refused before any work: a setting, a parameter, a missing file */
    N2V_ERROR_IO,          /* the system failed to read or write */
    N2V_ERROR_FORMAT,      /* a file is truncated, corrupt or malformed */
    N2V_ERROR_DATA,        /* the data cannot be used: empty, no word left */
    N2V_ERROR_MEMORY,      /* an allocation failed */
    N2V_ERROR_NUMERIC,     /* a loss or a parameter is not finite */
    N2V_ERROR_INTERRUPTED, /* the caller asked to stop */
    N2V_ERROR_DURABILITY   /* a file is complete under its name, but the disk did not confirm it */
} n2v_status;

/* Where in a text the name of a setting is: `bytes` bytes from `at` on. */
typedef struct n2v_span {
    uint16_t at, bytes;
} n2v_span;

#define N2V_ERROR_SPANS 4

/* The library writes an error into the caller's n2v_error, or nowhere when the pointer is NULL. On success it
 * is left as it was. This structure never changes, therefore it has no size. */
typedef struct n2v_error {
    n2v_status status;
    char text[1024];                    /* what happened, where, what to do; UTF-8, NUL-terminated, without control */
                                        /* characters */
    n2v_span settings[N2V_ERROR_SPANS]; /* the names of settings in the text, for clients that spell them in their */
                                        /* own way (such as "--epochs"); unused ones have 0 bytes */
} n2v_error;

/* The version of the linked library, such as "0.1.0". Never NULL. */
N2V_API const char *n2v_version(void);

/* The compressions of files that this build of the library reads, such as "gzip, bzip2, xz, zstd". Never NULL. */
N2V_API const char *n2v_compressions(void);

/* The tokenizers of this build of the library, and what is missing: "words, space, unicode (ICU 72.1),
 * command:PROGRAM". Never NULL. */
N2V_API const char *n2v_tokenizers(void);

#ifdef __cplusplus
}
#endif
#endif
