/* vectors_tokenize.c - how the text of vectors was cut into words. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/vectors_handle.h"
#include "base/memory.h"
#include "corpus/tokenize.h"

/* As the record has it. The program that it names is not run: a file of vectors may be anybody's. */
static n2v_status recorded_tokenizer(const n2v_vectors *vectors, TokenizerOptions *options, n2v_error *error)
{
    const Record *record = &vectors->model->record;
    const char *name = record_find(record, "tokenizer");
    n2v_error cause = {.text = ""};

    if (!name)
        return error_set(error, N2V_ERROR_DATA,
                         "the vectors have no record of a tokenizer: whole models have one, in .n2v and .safetensors "
                         "files");
    if (tokenizer_options_read(options, name, record_find(record, "case"), record_find(record, "normal-form"),
                               &cause) != N2V_OK)
        return error_set(error, N2V_ERROR_FORMAT, "the vectors' record is not valid: %s", cause.text);
    options->command = NULL;
    return N2V_OK;
}

n2v_status vectors_take_phrases(n2v_vectors *vectors, const char *path, n2v_error *error)
{
    const Extra *extra = &vectors->model->extras[EXTRA_PHRASES];
    char name[512];
    const MemoryFile file = {.name = name, .bytes = extra->bytes, .count = extra->count};
    PhraseTable table;
    n2v_status status;

    if (!extra->bytes || extra->damaged)
        return N2V_OK;
    (void)snprintf(name, sizeof name, "the phrases in %s", path);
    if ((status = phrase_table_read_memory(&table, &file, NULL, error)) != N2V_OK)
        return status;
    status = word_joiner_create(&vectors->phrases, &table, error);
    phrase_table_free(&table);
    return status;
}

/* Words, and phrases in the place of those that belong together. */
static n2v_status tokenize_joined(const WordJoiner *phrases, const TokenizerOptions *options, const char *text,
                                  size_t bytes, WordList *list, n2v_error *error)
{
    WordList words = {.room = 0};
    n2v_status status = tokenize(options, text, bytes, &words, error);

    if (status != N2V_OK)
        return status;
    words.room = words.needed + 1;
    if (!(words.text = array_create(words.room, 1)))
        return fail_memory(error, words.room, "the words");
    if ((status = tokenize(options, text, bytes, &words, error)) == N2V_OK)
        status = word_joiner_run(phrases, words.text, words.needed, list, error);
    free(words.text);
    return status;
}

n2v_status n2v_vectors_tokenize(const n2v_vectors *vectors, const char *text, size_t bytes, char *words, size_t room,
                                size_t *needed, size_t *count, n2v_error *error)
{
    WordList list = {.text = words, .room = words ? room : 0};
    TokenizerOptions options;
    n2v_status status;

    if (needed)
        *needed = 0;
    if (count)
        *count = 0;
    if (list.room)
        words[0] = '\0';
    if (!vectors || (!text && bytes))
        return error_set(error, N2V_ERROR_ARGUMENT, "n2v_vectors_tokenize: %s is NULL", vectors ? "text" : "vectors");
    if ((status = recorded_tokenizer(vectors, &options, error)) != N2V_OK ||
        (status = vectors->phrases ? tokenize_joined(vectors->phrases, &options, text, bytes, &list, error)
                                   : tokenize(&options, text, bytes, &list, error)) != N2V_OK)
        return status;
    if (needed)
        *needed = list.needed;
    if (count)
        *count = list.words;
    return N2V_OK;
}
