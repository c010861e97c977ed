/* words.h - the second file of some formats: the words, one a line, in the order of the rows. */
#ifndef N2V_MODEL_FORMATS_WORDS_H
#define N2V_MODEL_FORMATS_WORDS_H

#include "model/formats/loader.h"

n2v_status n2v_words_write(const n2v_model *model, n2v_writer *writer, n2v_error *error);

/* Reads all lines; a line that is no word is N2V_ERROR_FORMAT with its number. */
n2v_status n2v_words_read(n2v_vocabulary *vocabulary, n2v_source *source, n2v_error *error);

#endif
