#include "cli/query_words.h"

#include <string.h>

#include "cli/print.h"

query_reading query_read(const n2v_vectors *vectors, const char *text, size_t bytes)
{
    query_reading r = {.text = ""};

    if (n2v_vectors_tokenize(vectors, text, bytes, r.text, sizeof r.text, &r.bytes, &r.words, NULL) == N2V_OK &&
        r.bytes < sizeof r.text)
        r.differs = r.bytes != bytes || memcmp(r.text, text, bytes) != 0;
    return r;
}

/* The vector of a word that is not in the vocabulary; none is no failure. */
static n2v_status compose(query_word *word, const n2v_vectors *vectors, const char *text, size_t bytes, float *room,
                          n2v_error *error)
{
    n2v_error problem = {.text = ""};
    const n2v_status status = n2v_vectors_compose(vectors, text, bytes, room, NULL, &problem);

    if (status == N2V_OK)
        word->composed = room;
    return status == N2V_ERROR_MEMORY ? fail(error, status, "%s", problem.text) : N2V_OK;
}

n2v_status query_word_find(query_word *word, const n2v_vectors *vectors, const char *text, size_t bytes, float *room,
                           n2v_error *error)
{
    query_reading r;

    *word = (query_word){.text = text, .bytes = bytes, .id = n2v_vectors_find(vectors, text, bytes)};
    if (word->id != N2V_NO_ID)
        return N2V_OK;
    r = query_read(vectors, text, bytes);
    word->tokenized = r.differs && r.words == 1;
    if (word->tokenized && (word->id = n2v_vectors_find(vectors, r.text, r.bytes)) != N2V_NO_ID)
        return N2V_OK;
    if (!room)
        return N2V_OK;
    return word->tokenized ? compose(word, vectors, r.text, r.bytes, room, error)
                           : compose(word, vectors, text, bytes, room, error);
}

bool query_word_has_vector(const query_word *word)
{
    return word->id != N2V_NO_ID || word->composed;
}

const float *query_word_vector(const query_word *word, const n2v_vectors *vectors)
{
    size_t stride;
    const float *rows = n2v_vectors_view(vectors, N2V_INPUT, &stride);

    return word->id != N2V_NO_ID ? rows + word->id * stride : word->composed;
}

void query_word_print(const query_word *word, const n2v_vectors *vectors, FILE *out)
{
    if (word->id != N2V_NO_ID)
        print_word(out, n2v_vectors_word(vectors, word->id, NULL));
    else if (word->tokenized)
        print_word(out, query_read(vectors, word->text, word->bytes).text);
    else
        print_plain(out, word->text, word->bytes);
}

void query_word_print_json(const query_word *word, const n2v_vectors *vectors)
{
    if (word->id != N2V_NO_ID) {
        size_t bytes;
        const char *text = n2v_vectors_word(vectors, word->id, &bytes);
        print_json_string(stdout, text, bytes);
    } else if (word->tokenized) {
        const query_reading r = query_read(vectors, word->text, word->bytes);
        print_json_string(stdout, r.text, r.bytes);
    } else {
        print_json_string(stdout, word->text, word->bytes);
    }
}
