/* Vocabularies as files of `word<TAB>count` lines. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "corpus/vocabulary.h"
#include "io/lines.h"

#define LINE_BYTES ((size_t)MAX_TOKEN_BYTES + 64)
#define FORM       "a line is a word, a tab and its count"

n2v_status vocabulary_write(const Vocabulary *v, Writer *writer, n2v_error *error)
{
    n2v_status status = N2V_OK;
    for (size_t id = 0; id < vocabulary_size(v) && status == N2V_OK; id++) {
        size_t bytes;
        const char *word = vocabulary_word(v, (Id)id, &bytes);
        status = writer_write(writer, word, bytes, error);
        if (status == N2V_OK)
            status = writer_print(writer, error, "\t%" PRIu64 "\n", vocabulary_count(v, (Id)id));
    }
    return status;
}

/* NULL when text is a count above 0 that fits, else what is wrong with it. */
static const char *parse_count(const char *text, size_t bytes, uint64_t *count)
{
    *count = 0;
    if (!bytes)
        return "there is no count";
    for (size_t i = 0; i < bytes; i++) {
        if (text[i] < '0' || text[i] > '9')
            return "the count is not a whole number above 0";
        if (__builtin_mul_overflow(*count, 10, count) || __builtin_add_overflow(*count, text[i] - '0', count))
            return "the count is too large";
    }
    return *count ? NULL : "the count is not a whole number above 0";
}

/* word2vec.c's files have the number of lines under this name, or 0. */
static bool is_sentence_end(const char *word, size_t bytes)
{
    return bytes == 4 && memcmp(word, "</s>", 4) == 0;
}

static bool zero_count(const char *text, size_t bytes)
{
    return bytes == 1 && *text == '0';
}

static n2v_status read_line(Vocabulary *v, const Lines *lines, const char *line, size_t bytes, n2v_error *error)
{
    const size_t before = vocabulary_size(v);
    n2v_error failure;
    const char *wrong;
    char text[64];
    uint64_t count;
    size_t word;

    for (word = bytes; word && line[word - 1] != '\t' && line[word - 1] != ' '; word--)
        ;
    if (!word)
        return lines_refuse(lines, bytes ? "there is no count" : "it is empty", error);
    wrong = word_fault(line, word - 1);
    if (wrong) {
        (void)snprintf(text, sizeof text, "the word %s", wrong);
        return lines_refuse(lines, text, error);
    }
    wrong = parse_count(line + word, bytes - word, &count);
    if (is_sentence_end(line, word - 1) && (!wrong || zero_count(line + word, bytes - word)))
        return N2V_OK;
    if (wrong)
        return lines_refuse(lines, wrong, error);
    if (vocabulary_add(v, line, word - 1, count, NULL, &failure) != N2V_OK) {
        if (failure.status == N2V_ERROR_MEMORY)
            return error_set(error, failure.status, "%s", failure.text);
        return lines_refuse(lines, failure.text, error);
    }
    return vocabulary_size(v) > before ? N2V_OK : lines_refuse(lines, "the word appears a second time", error);
}

n2v_status vocabulary_read(Vocabulary **result, const char *path, const Stop *stop, n2v_error *error)
{
    Vocabulary *v = vocabulary_create();
    Lines *lines = NULL;
    n2v_status status;
    size_t bytes;
    char *line;

    *result = NULL;
    if (!v)
        return fail_memory(error, 0, "a vocabulary");
    if ((status = lines_open(&lines, path, LINE_BYTES, FORM, stop, error)) != N2V_OK)
        goto out;
    while ((status = lines_next(lines, &line, &bytes, error)) == N2V_OK && line)
        if ((status = read_line(v, lines, line, bytes, error)) != N2V_OK)
            goto out;
    if (status == N2V_OK && !vocabulary_size(v))
        status = error_set(error, N2V_ERROR_FORMAT, "%s, line %" PRIu64 ": there is no word in this vocabulary", path,
                           lines_number(lines));
out:
    lines_close(lines);
    if (status == N2V_OK)
        *result = v;
    else
        vocabulary_destroy(v);
    return status;
}
