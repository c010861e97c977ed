/* text_rows.h - what the text formats share: lines of numbers, after a word or without one. */
#ifndef N2V_MODEL_FORMATS_TEXT_ROWS_H
#define N2V_MODEL_FORMATS_TEXT_ROWS_H

#include "model/formats/loader.h"
#include "model/select.h"

typedef struct TextShape {
    bool named;       /* a word precedes the numbers: then malformed rows can be skipped */
    size_t words;     /* so many lines; 0: as many as there are */
    size_t dim;       /* so many numbers; 0: as many as the first line has */
    const char *from; /* where words comes from, for messages: "the header declares" */
} TextShape;

/* Bytes of the field at the beginning, up to a blank or the line's end; *number: it is or is meant for one (nan). */
size_t text_field(const unsigned char *head, size_t count, bool *number);

/* Whether the words and the bytes between the numbers can be text. head begins at the beginning of a line. */
bool text_rows_match(const unsigned char *head, size_t count, bool named);

/* A line for each word's vector. */
n2v_status text_rows_write(const Selection *selection, bool named, char separator, Writer *writer, n2v_error *error);

/* Reads all lines there are into the model, which has what load_begin gives it if words and dim
 * are known, and otherwise gets it here. */
n2v_status text_rows_read(Model *model, Source *source, TextShape shape, n2v_error *error);

#endif
