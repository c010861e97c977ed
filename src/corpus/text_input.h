/* text_input.h - the bytes of a source: of a file or descriptor as they are, or what a program makes of them. */
#ifndef N2V_CORPUS_TEXT_INPUT_H
#define N2V_CORPUS_TEXT_INPUT_H

#include "corpus/sources.h"
#include "io/program.h"

typedef struct TextInput {
    Reader *reader;
    Program *program; /* it reads the source; NULL: the reader does */
    const char *name;
} TextInput;

/* command: the program of the shell that reads the source; NULL: none. The arguments are kept by reference. */
n2v_status text_input_open(TextInput *input, const TextSource *source, const char *command, const Stop *stop,
                           n2v_error *error);

/* As reader_next. */
n2v_status text_input_next(TextInput *input, const unsigned char **bytes, size_t *count, n2v_error *error);
uint64_t text_input_position(const TextInput *input);

/* What decompresses the source; NULL: nothing, or the program reads it. */
const Codec *text_input_codec(const TextInput *input);

void text_input_close(TextInput *input);

#endif
