/* nce2vec.h - the public interface of libnce2vec.
 *
 * Every function that can fail returns an n2v_status and writes a sentence into
 * the caller's n2v_error: what went wrong, where, and what to do about it. The
 * library never prints, never exits, and keeps no state between calls. */
#ifndef NCE2VEC_H
#define NCE2VEC_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define N2V_VERSION "0.1.0"

#if defined(__GNUC__)
#define N2V_API __attribute__((visibility("default")))
#define N2V_PRINTF(text, first) __attribute__((format(printf, text, first)))
#else
#define N2V_API
#define N2V_PRINTF(text, first)
#endif

typedef enum n2v_status {
    N2V_OK = 0,
    N2V_ERROR_ARGUMENT,   /* refused before any work: option, parameter, missing file */
    N2V_ERROR_IO,         /* the system said no while reading or writing */
    N2V_ERROR_FORMAT,     /* a file is not what it should be: cut, corrupt, malformed */
    N2V_ERROR_DATA,       /* the data cannot be trained on: empty, no word left */
    N2V_ERROR_MEMORY,     /* an allocation failed */
    N2V_ERROR_NUMERIC,    /* a loss or a parameter is not finite */
    N2V_ERROR_INTERRUPTED /* the caller asked to stop */
} n2v_status;

typedef struct n2v_error {
    n2v_status status;
    char text[1024]; /* one sentence, NUL-terminated, no newline */
} n2v_error;

/* The version of the library that is linked, such as "0.1.0". Never NULL. */
N2V_API const char *n2v_version(void);

#ifdef __cplusplus
}
#endif
#endif
