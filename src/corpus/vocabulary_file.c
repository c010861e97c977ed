/* Vocabularies as files of `word<TAB>count` lines. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "corpus/vocabulary.h"
#include "io/reader.h"

#define LINE_BYTES ((size_t)MAX_TOKEN_BYTES + 64)

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

static n2v_status refuse_line(n2v_error *error, const char *path, uint64_t line, const char *why)
{
    return error_set(error, N2V_ERROR_FORMAT, "%s, line %" PRIu64 ": %s; a line is a word, a tab and its count", path,
                     line, why);
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

static n2v_status read_line(Vocabulary *v, const char *path, uint64_t number, const char *line, size_t bytes,
                            n2v_error *error)
{
    const size_t before = vocabulary_size(v);
    n2v_error failure;
    const char *wrong;
    char text[64];
    uint64_t count;
    size_t word;

    if (bytes && line[bytes - 1] == '\r')
        bytes--;
    if (number == 1 && bytes >= 3 && memcmp(line, "\xef\xbb\xbf", 3) == 0) {
        line += 3;
        bytes -= 3;
    }
    for (word = bytes; word && line[word - 1] != '\t' && line[word - 1] != ' '; word--)
        ;
    if (!word)
        return refuse_line(error, path, number, bytes ? "there is no count" : "it is empty");
    wrong = word_fault(line, word - 1);
    if (wrong) {
        (void)snprintf(text, sizeof text, "the word %s", wrong);
        return refuse_line(error, path, number, text);
    }
    wrong = parse_count(line + word, bytes - word, &count);
    if (is_sentence_end(line, word - 1) && (!wrong || zero_count(line + word, bytes - word)))
        return N2V_OK;
    if (wrong)
        return refuse_line(error, path, number, wrong);
    if (vocabulary_add(v, line, word - 1, count, NULL, &failure) != N2V_OK) {
        if (failure.status == N2V_ERROR_MEMORY)
            return error_set(error, failure.status, "%s", failure.text);
        return refuse_line(error, path, number, failure.text);
    }
    return vocabulary_size(v) > before ? N2V_OK : refuse_line(error, path, number, "the word appears a second time");
}

n2v_status vocabulary_read(Vocabulary **result, const char *path, const Stop *stop, n2v_error *error)
{
    Vocabulary *v = vocabulary_create();
    Reader *reader = NULL;
    n2v_status status;
    char line[LINE_BYTES];
    size_t used = 0;
    uint64_t number = 1;

    *result = NULL;
    if (!v)
        return fail_memory(error, 0, "a vocabulary");
    if ((status = reader_open_text(&reader, path, stop, error)) != N2V_OK)
        goto out;
    for (;;) {
        const unsigned char *at, *end;
        size_t count;
        if ((status = reader_next(reader, &at, &count, error)) != N2V_OK)
            goto out;
        if (!count)
            break;
        for (end = at + count; at < end;) {
            const unsigned char *feed = memchr(at, '\n', (size_t)(end - at));
            const size_t piece = (size_t)((feed ? feed : end) - at);
            if (piece > sizeof line - used) {
                status = refuse_line(error, path, number, "it is too long");
                goto out;
            }
            memcpy(line + used, at, piece);
            used += piece;
            at += piece + (feed != NULL);
            if (!feed)
                continue;
            if ((status = read_line(v, path, number, line, used, error)) != N2V_OK)
                goto out;
            used = 0;
            number++;
        }
    }
    if (used && (status = read_line(v, path, number, line, used, error)) != N2V_OK)
        goto out;
    if (!vocabulary_size(v))
        status = error_set(error, N2V_ERROR_FORMAT, "%s, line %" PRIu64 ": there is no word in this vocabulary", path,
                           number);
out:
    reader_close(reader);
    if (status == N2V_OK)
        *result = v;
    else
        vocabulary_destroy(v);
    return status;
}
