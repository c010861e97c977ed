/* array.h - arrays of NumPy: the header of a .npy file, and the numbers or strings that follow it. npy.c has the
 * layout. */
#ifndef N2V_MODEL_FORMATS_ARRAY_H
#define N2V_MODEL_FORMATS_ARRAY_H

#include "model/formats/loader.h"
#include "model/formats/matrix.h"

#define ARRAY_MAGIC       "\x93NUMPY"
#define ARRAY_MAGIC_BYTES (sizeof ARRAY_MAGIC - 1)
#define ARRAY_AXES        2

typedef struct Array {
    char kind;         /* f, i, u, U, S, O as in NumPy's types; 0: none of these */
    size_t item;       /* bytes of an item */
    bool big_endian;
    bool by_column;    /* column-major: the first axis changes fastest */
    size_t axes;       /* SIZE_MAX: not known yet */
    uint64_t shape[ARRAY_AXES]; /* of the first axes */
    char type[24];     /* as the file spells it, for messages */
} Array;

/* Reads magic, version and header. */
n2v_status array_read_header(Array *array, Source *source, n2v_error *error);

/* Takes a type as "<f4" spells it; unknown ones have kind 0. */
void array_set_type(Array *array, const char *type);

/* N2V_ERROR_FORMAT unless it is a matrix of floats. */
n2v_status array_check_matrix(const Array *array, const Source *source, n2v_error *error);

/* Reads such a matrix into *floats, new, with rows of stride floats. words (may be NULL): as in matrix_read. */
n2v_status array_read_matrix(float **floats, const Array *array, size_t stride, const Vocabulary *words, Source *source,
                             n2v_error *error);

/* Whether it is a list of whole numbers, and reads its items into *items, malloc'ed, for array_integer. */
bool array_is_integers(const Array *array);
n2v_status array_read_integers(unsigned char **items, const Array *array, Source *source, n2v_error *error);

/* The text of an item of kind U or S, in place: in UTF-8, which is never longer, without a NUL at its end. Returns its
 * length. What is no character becomes a byte that is no UTF-8. */
size_t array_text(unsigned char *item, const Array *array);

/* The number of an item of kind i or u, of up to 8 bytes; a negative one is 0. */
uint64_t array_integer(const unsigned char *item, const Array *array);

/* Whether it is a list of strings, and reads it; words that are skipped are added to dropped. */
bool array_is_words(const Array *array);
n2v_status array_read_words(Vocabulary *vocabulary, Dropped *dropped, const Array *array, Source *source,
                            n2v_error *error);

#endif
