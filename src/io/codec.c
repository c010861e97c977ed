#include "io/codec.h"

#include <string.h>

extern const Codec codec_gzip, codec_bzip2, codec_xz, codec_zstd;

/* The Makefile defines HAVE_... and leaves out the files of the others. */
static const Codec *const CODECS[] = {
    &codec_gzip,
#ifdef HAVE_BZIP2
    &codec_bzip2,
#endif
#ifdef HAVE_XZ
    &codec_xz,
#endif
#ifdef HAVE_ZSTD
    &codec_zstd,
#endif
};

const Codec *codec_find(const char *name)
{
    for (size_t i = 0; i < sizeof CODECS / sizeof *CODECS; i++)
        if (strcmp(CODECS[i]->name, name) == 0)
            return CODECS[i];
    return NULL;
}

const char *codec_names(void)
{
    return "gzip"
#ifdef HAVE_BZIP2
           ", bzip2"
#endif
#ifdef HAVE_XZ
           ", xz"
#endif
#ifdef HAVE_ZSTD
           ", zstd"
#endif
        ;
}
