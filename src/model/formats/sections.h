/* sections.h - what the writer and the reader of .n2v files share: names and heads of sections. n2v.c has the
 * format. */
#ifndef N2V_MODEL_FORMATS_SECTIONS_H
#define N2V_MODEL_FORMATS_SECTIONS_H

#include "model/formats/registry.h"

#define SECTIONS_VERSION 2

enum SectionName {
    SECTION_VOCABULARY = 0x42434f56, /* VOCB */
    SECTION_PARAMETERS = 0x4d524150, /* PARM */
    SECTION_SHAPE = 0x50414853,      /* SHAP */
    SECTION_SUBWORDS = 0x57425553,   /* SUBW */
    SECTION_INPUT = 0x54504e49,      /* INPT */
    SECTION_OUTPUT = 0x5054554f,     /* OUTP */
    SECTION_BIAS = 0x53414942,       /* BIAS */
    SECTION_SHARED = 0x44524853,     /* SHRD */
    SECTION_END = 0x20444e45,        /* END  */
    SECTION_CHECKSUM = 0x33435243    /* CRC3, of version 1 */
};

#define FLAG_ANCILLARY UINT32_C(1)

typedef struct FileHead {
    unsigned char magic[8];
    uint32_t version, crc;
    uint64_t words, dim;
} FileHead;

typedef struct SectionHead {
    uint32_t name, flags;
    uint64_t bytes;
} SectionHead;

typedef struct FileShape {
    uint64_t input_rows, output_rows, output_vectors, flags;
} FileShape;

#define SHAPE_OTHER_OUTPUTS UINT64_C(1)

_Static_assert(sizeof(FileHead) == 32 && sizeof(SectionHead) == 16 && sizeof(FileShape) == 32,
               "written as they lie in memory: no padding");

extern const uint32_t extra_sections[EXTRA_KINDS];
extern const unsigned char sections_magic[8];

uint32_t sections_header_crc(FileHead head);

n2v_status sections_write(const Selection *selection, Writer *writer, n2v_error *error);

#endif
