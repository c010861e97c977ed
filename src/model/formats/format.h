/* format.h - the file formats of vectors and models: one file each, one row in formats.c. */
#ifndef N2V_MODEL_FORMATS_FORMAT_H
#define N2V_MODEL_FORMATS_FORMAT_H

#include "io/writer.h"
#include "model/formats/source.h"
#include "model/select.h"

#define HAS_FLOAT16 (1U << NUMBERS_FLOAT16)
#define HAS_INT8    (1U << NUMBERS_INT8)

/* A file of a folder. */
typedef struct FolderFile {
    const char *name;
    n2v_status (*write)(const Selection *selection, Writer *writer, n2v_error *error);
} FolderFile;

#define FOLDER_VECTORS "model.safetensors" /* the file of a folder that has the vectors */

typedef struct Format {
    const char *name;     /* as --format spells it */
    const char *endings;  /* space-separated endings of file names: ".txt .vec" */
    const char *summary;  /* one line for the help */
    SubwordKind subwords; /* that a model must have to be written; none: it is not needed */
    /* NULL: the format is only read, and none of those that format_at lists. */
    n2v_status (*write)(const Selection *selection, Writer *writer, n2v_error *error);
    unsigned numbers; /* that it can hold beside floats of 32 bits: HAS_FLOAT16, HAS_INT8 */

    /* The ending of the second file, which holds the words: it replaces the ending of the first. One for each of
     * endings. NULL: the words are in the first file. */
    const char *beside;
    n2v_status (*read_beside)(Vocabulary *vocabulary, Source *source, n2v_error *error); /* NULL: a word a line */

    /* The path is a folder: its files beside FOLDER_VECTORS, which write writes; the last has no name. The second file
     * is one of them, by its name. NULL: the path is a file. */
    const FolderFile *folder;

    /* Whether a file that begins with these bytes (FORMAT_HEAD of them, or the whole file) is
     * of this format. The first format of the table that matches reads the file. */
    bool (*matches)(const unsigned char *head, size_t count);

    /* Fills a model that is all zero, but for the vocabulary where that is in a second file and
     * read already; leaves it freeable when it fails. */
    n2v_status (*read)(Model *model, Source *source, n2v_error *error);
} Format;

#define FORMAT_HEAD ((size_t)4096)

const Format *format_at(size_t index);          /* NULL beyond the last */
const char *format_name(size_t index);          /* the same */
const Format *format_find(const char *name);    /* NULL: unknown */
const Format *format_of_path(const char *path); /* by its ending, before .gz; NULL: no format has it */
const Format *format_by_default(void);          /* word2vec text */

/* The path of the file that has the vectors, malloc'ed: of a folder a file in it. */
n2v_status format_first(const char *path, char **first, n2v_error *error);

/* The path of the second file, malloc'ed; NULL when the format has none. Of a format of folders, path is a file
 * in the folder. */
n2v_status format_beside(const Format *format, const char *path, char **beside, n2v_error *error);

/* Vectors that are being written to the file, the two files, or the folder of a format. */
typedef struct Saving {
    const Format *format;
    Writer *files[WRITERS_TOGETHER]; /* that with the vectors is the first */
    size_t count;
    const Stop *stop;
    Model derived; /* what was written, where it had to be computed (derive.h); all zero: it is the caller's model */
    char *made;    /* the folder, where it was not there before; NULL: it was, or there is none */
    Select
        select; /* what of a model is written; all of it unless changed after opening, as saving_check_select allows */
} Saving;

/* Opens what is to be written, as writer_open. A format of several files is not for standard output. */
n2v_status saving_open(Saving *saving, const Format *format, const char *path, const Stop *stop, n2v_error *error);

/* The same for one file of bytes that the caller writes; saving_file is that file, or the one of the vectors. */
n2v_status saving_open_bytes(Saving *saving, const char *path, const Stop *stop, n2v_error *error);
Writer *saving_file(const Saving *saving);

/* N2V_ERROR_ARGUMENT: the format has no such numbers, or it needs subwords and does not hold a part of a model. */
n2v_status saving_check_select(const Format *format, const Select *select, n2v_error *error);

/* Writes the selected part of the model, which does not change. */
n2v_status saving_write(Saving *saving, const Model *model, n2v_error *error);

/* All files appear, or none does. Frees the contents, whatever the status. */
n2v_status saving_commit(Saving *saving, n2v_error *error);
void saving_discard(Saving *saving); /* accepts an all-zero struct */

/* Reads vectors in any of the formats, which is recognized by content, as a model; *format (may be NULL)
 * is the format found. Formats that hold only input vectors leave output NULL, and counts 0. Ids are
 * the file's order of words: the vocabulary is not sorted again.
 * N2V_ERROR_FORMAT with the line or byte for anything malformed: header, short file,
 * duplicate or empty word, wrong length of a row, NaN, wrong checksum. stop may be NULL. */
n2v_status format_load(Model *model, const Format **format, const char *path, const Stop *stop, n2v_error *error);
n2v_status format_read(Model *model, const char *path, const Stop *stop, n2v_error *error);

/* The same; malformed rows of the formats text, glove and binary, and rows of npz and gensim with malformed words, are
 * skipped, and counted in bad. */
n2v_status format_load_skipping(Model *model, const Format **format, const char *path, BadRows *bad, const Stop *stop,
                                n2v_error *error);

/* The same from memory. words is the second file of a format that has one; NULL: there is none, and such a format is
 * refused as N2V_ERROR_ARGUMENT. */
n2v_status format_load_memory(Model *model, const Format **format, const MemoryFile *file, const MemoryFile *words,
                              const Stop *stop, n2v_error *error);

#endif
