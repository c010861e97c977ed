#include "model/formats/words.h"

n2v_status n2v_words_write(const n2v_model *model, n2v_writer *writer, n2v_error *error)
{
    n2v_status status = N2V_OK;

    for (size_t id = 0; !status && id < model->words; id++) {
        size_t bytes;
        const char *word = n2v_vocabulary_word(model->vocabulary, (n2v_id)id, &bytes);
        if (!(status = n2v_writer_write(writer, word, bytes, error)))
            status = n2v_writer_write(writer, "\n", 1, error);
    }
    return status;
}

n2v_status n2v_words_read(n2v_vocabulary *vocabulary, n2v_source *source, n2v_error *error)
{
    source->by_line = true;
    for (;;) {
        char *word;
        size_t bytes;
        n2v_status status =
            n2v_source_until(source, '\n', N2V_MAX_TOKEN_BYTES + 1, "the word", &word, &bytes, NULL, error);
        if (status)
            return status;
        if (!word && !n2v_vocabulary_size(vocabulary))
            return n2v_fail(error, N2V_ERROR_FORMAT, "%s: the file is empty", source->path);
        if (!word)
            return N2V_OK;
        if (bytes && word[bytes - 1] == '\r')
            bytes--;
        if ((status = n2v_load_word(source, vocabulary, word, bytes, 0, error)))
            return status;
    }
}
