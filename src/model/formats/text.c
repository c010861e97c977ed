/* text.c - word2vec text: "WORDS DIM", then a word and its DIM numbers a line. */
#include "model/formats/text.h"

#include <stdlib.h>
#include <string.h>

#include "model/formats/float_text.h"
#include "model/formats/word2vec.h"

#define NUMBER_BYTES ((size_t)64) /* the longest that is read */

bool n2v_text_matches(const unsigned char *head, size_t count)
{
    size_t at;
    bool word = true; /* words may hold anything, to be judged when read; all else is printable ASCII */

    if (!n2v_word2vec_header(head, count, &at))
        return false;
    for (; at < count; at++) {
        const unsigned char c = head[at];
        if (c == '\n')
            word = true;
        else if (c == ' ' || c == '\t')
            word = false;
        else if (!word && c != '\r' && (c < 0x20 || c >= 0x7f))
            return false;
    }
    return true;
}

static n2v_status write_row(const n2v_model *model, size_t id, char *line, n2v_writer *writer, n2v_error *error)
{
    const float *row = model->input + id * model->stride;
    size_t bytes;
    const char *word = n2v_vocabulary_word(model->vocabulary, (n2v_id)id, &bytes);
    size_t at = bytes;
    n2v_status status = n2v_save_check_row(row, model->dim, word, error);

    if (status)
        return status;
    memcpy(line, word, bytes);
    for (size_t i = 0; i < model->dim; i++) {
        line[at++] = ' ';
        at += n2v_float_format(row[i], line + at);
    }
    line[at++] = '\n';
    return n2v_writer_write(writer, line, at, error);
}

n2v_status n2v_text_write(const n2v_model *model, n2v_writer *writer, n2v_error *error)
{
    const size_t room = N2V_MAX_TOKEN_BYTES + model->dim * (N2V_FLOAT_TEXT_BYTES + 1) + 1;
    char *line = n2v_array(room, 1);
    n2v_status status;

    if (!line)
        return n2v_fail_memory(error, room, "a line");
    status = n2v_writer_print(writer, error, "%zu %zu\n", model->words, model->dim);
    for (size_t id = 0; !status && id < model->words; id++)
        status = write_row(model, id, line, writer, error);
    free(line);
    return status;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static n2v_status read_numbers(const n2v_source *source, const char *at, float *row, size_t dim, locale_t c_locale,
                               n2v_error *error)
{
    size_t count = 0;

    for (;;) {
        const char *end;
        float value;
        while (is_blank(*at))
            at++;
        if (!*at)
            break;
        value = n2v_float_parse(at, &end, c_locale);
        if (end == at || (*end && !is_blank(*end)))
            return n2v_source_fail(source, error, "'%.*s' is no finite number", (int)strcspn(at, " \t\r"), at);
        if (count < dim)
            row[count] = value;
        count++;
        at = end;
    }
    if (count != dim)
        return n2v_source_fail(source, error, "%zu numbers after the word, where the header promises %zu", count, dim);
    return N2V_OK;
}

static n2v_status read_row(n2v_source *source, n2v_vocabulary *vocabulary, n2v_rows *rows, size_t index, size_t dim,
                           locale_t c_locale, n2v_error *error)
{
    const size_t limit = N2V_MAX_TOKEN_BYTES + dim * NUMBER_BYTES;
    char *line;
    const char *numbers;
    size_t bytes, word_bytes;
    float *row;
    n2v_status status = n2v_source_until(source, '\n', limit, "the line", &line, &bytes, NULL, error);

    if (status)
        return status;
    if (!line)
        return n2v_source_fail(source, error, "the file ends after %zu words, where the header promises %zu", index,
                               rows->limit);
    if (strlen(line) != bytes)
        return n2v_source_fail(source, error, "a NUL byte");
    word_bytes = strcspn(line, " \t");
    numbers = line + word_bytes;
    status = n2v_load_word(source, vocabulary, line, word_bytes, 0, error);
    if (!status)
        status = n2v_rows_at(rows, index, &row, error);
    if (!status)
        status = read_numbers(source, numbers, row, dim, c_locale, error);
    if (!status) {
        line[word_bytes] = '\0';
        status = n2v_load_check_row(source, row, dim, line, error);
    }
    return status;
}

static n2v_status read_end(n2v_source *source, size_t words, n2v_error *error)
{
    for (;;) {
        char *line;
        size_t bytes;
        n2v_status status = n2v_source_until(source, '\n', N2V_FORMAT_HEAD, "the line", &line, &bytes, NULL, error);
        if (status || !line)
            return status;
        if (bytes && strspn(line, " \t\r") != bytes)
            return n2v_source_fail(source, error, "more rows than the %zu that the header promises", words);
    }
}

n2v_status n2v_text_read(n2v_model *model, n2v_source *source, n2v_error *error)
{
    n2v_vocabulary *vocabulary = n2v_vocabulary_create();
    locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    n2v_rows rows = {0};
    size_t words, dim;
    n2v_status status;

    if (!vocabulary || !c_locale) {
        status = n2v_fail_memory(error, sizeof *model, "the vocabulary");
        goto out;
    }
    source->by_line = true;
    if ((status = n2v_word2vec_read_header(source, &words, &dim, error)))
        goto out;
    if ((status = n2v_rows_create(&rows, source, words, dim, 2.0 * (double)dim + 1, error)))
        goto out;
    for (size_t index = 0; index < words; index++)
        if ((status = read_row(source, vocabulary, &rows, index, dim, c_locale, error)))
            goto out;
    if (!(status = read_end(source, words, error)))
        status = n2v_word2vec_model(model, &rows, &vocabulary, words, dim, error);
out:
    if (c_locale)
        freelocale(c_locale);
    n2v_rows_free(&rows);
    n2v_vocabulary_destroy(vocabulary);
    return status;
}
