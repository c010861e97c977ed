/* Vocabularies as files of `word<TAB>count` lines. */
#include <inttypes.h>
#include <string.h>

#include "base/utf8.h"
#include "corpus/vocabulary.h"
#include "io/reader.h"

#define LINE_BYTES ((size_t)N2V_MAX_TOKEN_BYTES + 64)

n2v_status n2v_vocabulary_write(const n2v_vocabulary *v, n2v_writer *writer, n2v_error *error)
{
    n2v_status status = N2V_OK;
    for (size_t id = 0; id < n2v_vocabulary_size(v) && status == N2V_OK; id++) {
        size_t bytes;
        const char *word = n2v_vocabulary_word(v, (n2v_id)id, &bytes);
        status = n2v_writer_write(writer, word, bytes, error);
        if (status == N2V_OK)
            status = n2v_writer_print(writer, error, "\t%" PRIu64 "\n", n2v_vocabulary_count(v, (n2v_id)id));
    }
    return status;
}

static n2v_status refuse_line(n2v_error *error, const char *path, uint64_t line, const char *why)
{
    return n2v_fail(error, N2V_ERROR_FORMAT, "%s, line %" PRIu64 ": %s; a line is a word, a tab and its count", path,
                    line, why);
}

/* NULL when a word is one, else what is wrong with it. */
static const char *check_word(const char *word, size_t bytes)
{
    const unsigned char *at = (const unsigned char *)word, *end = at + bytes;

    if (!bytes)
        return "there is no word";
    if (bytes > N2V_MAX_TOKEN_BYTES)
        return "the word is too long";
    while (at < end) {
        uint32_t code = 0;
        const int length = n2v_utf8_decode(at, (size_t)(end - at), &code);
        if (length <= 0)
            return "the word is not valid UTF-8";
        if (n2v_is_space(code))
            return "the word holds white space or a control character";
        at += length;
    }
    return NULL;
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

static n2v_status read_line(n2v_vocabulary *v, const char *path, uint64_t number, const char *line, size_t bytes,
                            n2v_error *error)
{
    const size_t before = n2v_vocabulary_size(v);
    n2v_error failure;
    const char *wrong;
    uint64_t count;
    size_t word;

    if (bytes && line[bytes - 1] == '\r')
        bytes--;
    if (number == 1 && bytes >= 3 && memcmp(line, "\xef\xbb\xbf", 3) == 0) {
        line += 3;
        bytes -= 3;
    }
    if (number == 1 && bytes == 6 && memcmp(line, "</s> 0", 6) == 0)
        return N2V_OK; /* word2vec begins its files so: the sentence end, not a word */
    for (word = bytes; word && line[word - 1] != '\t' && line[word - 1] != ' '; word--)
        ;
    if (!word)
        return refuse_line(error, path, number, bytes ? "there is no count" : "it is empty");
    wrong = check_word(line, word - 1);
    if (!wrong)
        wrong = parse_count(line + word, bytes - word, &count);
    if (wrong)
        return refuse_line(error, path, number, wrong);
    if (n2v_vocabulary_add(v, line, word - 1, count, NULL, &failure) != N2V_OK) {
        if (failure.status == N2V_ERROR_MEMORY)
            return n2v_fail(error, failure.status, "%s", failure.text);
        return refuse_line(error, path, number, failure.text);
    }
    return n2v_vocabulary_size(v) > before ? N2V_OK : refuse_line(error, path, number, "the word stood there before");
}

n2v_status n2v_vocabulary_read(n2v_vocabulary **result, const char *path, const n2v_stop *stop, n2v_error *error)
{
    n2v_vocabulary *v = n2v_vocabulary_create();
    n2v_reader *reader = NULL;
    n2v_status status;
    char line[LINE_BYTES];
    size_t used = 0;
    uint64_t number = 1;

    *result = NULL;
    if (!v)
        return n2v_fail_memory(error, 0, "a vocabulary");
    if ((status = n2v_reader_open(&reader, path, stop, error)) != N2V_OK)
        goto out;
    for (;;) {
        const unsigned char *at, *end;
        size_t count;
        if ((status = n2v_reader_next(reader, &at, &count, error)) != N2V_OK)
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
    if (!n2v_vocabulary_size(v))
        status = n2v_fail(error, N2V_ERROR_FORMAT, "%s, line %" PRIu64 ": there is no word in this vocabulary", path,
                          number);
out:
    n2v_reader_close(reader);
    if (status == N2V_OK)
        *result = v;
    else
        n2v_vocabulary_destroy(v);
    return status;
}
