#include "corpus/text_input.h"

static n2v_status open_source(void *context, const Stop *stop, Reader **reader, n2v_error *error)
{
    const TextSource *source = context;

    if (source->kind == SOURCE_FILE)
        return reader_open_text(reader, source->path, stop, error);
    return reader_open_descriptor(reader, source->descriptor, text_source_name(source), stop, error);
}

n2v_status text_input_open(TextInput *input, const TextSource *source, const char *command, const Stop *stop,
                           n2v_error *error)
{
    *input = (TextInput){.name = text_source_name(source)};
    if (!command)
        return open_source((void *)source, stop, &input->reader, error);
    return program_start(&input->program, command, input->name, open_source, (void *)source, stop, error);
}

n2v_status text_input_next(TextInput *input, const unsigned char **bytes, size_t *count, n2v_error *error)
{
    return input->program ? program_next(input->program, bytes, count, error)
                          : reader_next(input->reader, bytes, count, error);
}

uint64_t text_input_position(const TextInput *input)
{
    return input->program ? program_position(input->program) : reader_position(input->reader);
}

const Codec *text_input_codec(const TextInput *input)
{
    return input->reader ? reader_codec(input->reader) : NULL;
}

void text_input_close(TextInput *input)
{
    program_close(input->program);
    reader_close(input->reader);
}
