/* zip.h - the members of a zip archive, one after another as they are in the file: stored or deflated, with or without
 * zip64. The directory at the end is not needed. */
#ifndef N2V_MODEL_FORMATS_ZIP_H
#define N2V_MODEL_FORMATS_ZIP_H

#include <zlib.h>

#include "model/formats/source.h"

#define ZIP_MAGIC "PK\3\4"
#define ZIP_NAME  ((size_t)256)

/* It must stay where it is between zip_next and zip_close. */
typedef struct ZipMember {
    char name[ZIP_NAME];
    char path[2 * ZIP_NAME]; /* of the source: that of the archive with the name */
    Source source;           /* the content */

    /* Its own. */
    Source *archive;
    bool deflated, described, zip64, inflating, ended; /* described: sizes and checksum follow the content */
    uint64_t packed, size; /* bytes of the content in the archive that are left, and of the content; of described */
                           /* ones not known */
    uint64_t unpacked;     /* so far */
    uint32_t crc, expected;
    z_stream stream;
    unsigned char *room; /* for the bytes that inflate makes */
} ZipMember;

/* The next member, whose source may be read as far as is wanted. *there false: there are no more, and nothing to
 * close. */
n2v_status zip_next(ZipMember *member, Source *archive, bool *there, n2v_error *error);

/* Takes the rest of the content, and checks it. */
n2v_status zip_finish(ZipMember *member, n2v_error *error);
void zip_close(ZipMember *member); /* accepts an all-zero struct */

#endif
