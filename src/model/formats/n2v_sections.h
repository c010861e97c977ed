/* n2v_sections.h - what the writer and the reader of .n2v files share; n2v.c describes the format. */
#ifndef N2V_MODEL_FORMATS_N2V_SECTIONS_H
#define N2V_MODEL_FORMATS_N2V_SECTIONS_H

#include <zlib.h>

#include "model/formats/format.h"

#define N2V_FILE_VERSION 2
#define FLAG_ANCILLARY   UINT32_C(1)

static const unsigned char file_magic[8] = {0x89, 'N', '2', 'V', '\r', '\n', 0x1a, '\n'};

enum section_name {
    SECTION_VOCABULARY = 0x42434f56, /* VOCB */
    SECTION_PARAMETERS = 0x4d524150, /* PARM */
    SECTION_SUBWORDS = 0x57425553,   /* SUBW */
    SECTION_PARTS = 0x54524150,      /* PART */
    SECTION_INPUT = 0x54504e49,      /* INPT */
    SECTION_OUTPUT = 0x5054554f,     /* OUTP */
    SECTION_BIAS = 0x53414942,       /* BIAS */
    SECTION_SHARED = 0x44524853,     /* SHRD */
    SECTION_END = 0x20444e45,        /* END  */
    SECTION_CHECKSUM = 0x33435243    /* CRC3, of version 1 */
};

static const uint32_t extra_names[EXTRA_KINDS] = {
    [EXTRA_STATE] = 0x54415453, /* STAT */
    [EXTRA_TEXT] = 0x54584554,  /* TEXT */
    [EXTRA_NOTES] = 0x45544f4e, /* NOTE */
    [EXTRA_RULE] = 0x454c5552,  /* RULE */
    [EXTRA_PHRASES] = 0x53524850 /* PHRS */
};

typedef struct FileHead {
    unsigned char magic[8];
    uint32_t version, crc;
    uint64_t words, dim;
} FileHead;

typedef struct SectionHead {
    uint32_t name, flags;
    uint64_t bytes;
} SectionHead;

_Static_assert(sizeof(FileHead) == 32 && sizeof(SectionHead) == 16, "written as they lie in memory: no padding");

static inline uint32_t file_head_crc(FileHead head)
{
    head.crc = 0;
    return (uint32_t)crc32_z(0, (const unsigned char *)&head, sizeof head);
}

n2v_status whole_model_write(const Selection *selection, Writer *writer, n2v_error *error);

#endif
