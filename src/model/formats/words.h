/* words.h - the second file of some formats: the words, one a line, in the order of the rows. */
#ifndef N2V_MODEL_FORMATS_WORDS_H
#define N2V_MODEL_FORMATS_WORDS_H

#include "model/formats/loader.h"
#include "model/select.h"

n2v_status words_write(const Selection *selection, Writer *writer, n2v_error *error);

/* Reads all lines; a line that is no word is N2V_ERROR_FORMAT with its number. */
n2v_status words_read(Vocabulary *vocabulary, Source *source, n2v_error *error);

#endif
