/* codec.h - a compression whose files can be read: what decoder.c needs of its library. */
#ifndef N2V_IO_CODEC_H
#define N2V_IO_CODEC_H

#include <stdbool.h>
#include <stddef.h>

/* The largest window or dictionary that a file may ask for, so that memory is bounded: zstd's own limit without
 * --long, and twice that of xz -9. */
#define CODEC_WINDOW_BYTES ((size_t)128 << 20)

typedef enum CodecResult {
    CODEC_GOES_ON,
    CODEC_MEMBER_ENDED,
    CODEC_CORRUPT,
    CODEC_WINDOW, /* a window of more than CODEC_WINDOW_BYTES */
    CODEC_NO_MEMORY
} CodecResult;

/* What a step takes and makes; it moves the pointers. */
typedef struct CodecBuffers {
    const unsigned char *in;
    size_t in_bytes;
    unsigned char *out;
    size_t out_bytes;
    const char *fault; /* of CODEC_CORRUPT: what the library says */
} CodecBuffers;

typedef struct Codec {
    const char *name;    /* as in messages: "gzip data" */
    const char *command; /* decompresses FILE, or standard input, to standard output */
    double factor;       /* at most so many bytes come out of one; 0: no useful bound */
    bool (*begins)(unsigned char byte); /* whether a member can begin with this byte */
    void *(*open)(void);                /* at the begin of a member; NULL: out of memory */
    bool (*restart)(void *state);       /* for the next member */
    CodecResult (*step)(void *state, CodecBuffers *buffers);
    void (*close)(void *state);
} Codec;

/* NULL: this build cannot read it. */
const Codec *codec_find(const char *name);

/* All that this build reads: "gzip, bzip2". */
const char *codec_names(void);

#endif
