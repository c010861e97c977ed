#include "model/formats/words.h"

n2v_status words_write(const Selection *selection, Writer *writer, n2v_error *error)
{
    n2v_status status = N2V_OK;

    for (size_t id = 0; status == N2V_OK && id < selection->words; id++) {
        size_t bytes;
        const char *word = vocabulary_word(selection->model->vocabulary, (Id)id, &bytes);
        if ((status = writer_write(writer, word, bytes, error)) == N2V_OK)
            status = writer_write(writer, "\n", 1, error);
    }
    return status;
}

n2v_status words_read(Vocabulary *vocabulary, Source *source, n2v_error *error)
{
    const unsigned char *head;
    size_t count;
    n2v_status status = source_head(source, 1, &head, &count, error); /* skips a byte-order mark */

    source->by_line = true;
    if (status != N2V_OK)
        return status;
    for (;;) {
        char *word;
        size_t bytes;
        status = source_until(source, '\n', MAX_TOKEN_BYTES + 1, "the line", &word, &bytes, NULL, error);
        if (status != N2V_OK)
            return status;
        if (!word && !vocabulary_size(vocabulary))
            return error_set(error, N2V_ERROR_FORMAT, "%s: the file is empty", source->path);
        if (!word)
            return N2V_OK;
        if (bytes && word[bytes - 1] == '\r')
            bytes--;
        if ((status = load_word(source, vocabulary, word, bytes, 0, error)) != N2V_OK)
            return status;
    }
}
