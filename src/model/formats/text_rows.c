#include "model/formats/text_rows.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/float_text.h"
#include "base/number.h"
#include "base/utf8.h"

#define LONGEST_NUMBER ((size_t)64) /* in bytes */
#define BLANKS       " \t\r"

/* Bytes of numbers, in any of the spellings that are meant for one: 1e-5, -nan, Infinity. */
static bool is_of_number(uint32_t code)
{
    return code && code < 0x80 && strchr("0123456789+-.eEnaNAifIFty", (int)code);
}

/* Words may hold anything, to be judged when they are read. Numbers may have a few odd bytes: reading then names the
 * line. In binary numbers most bytes are odd. */
bool text_rows_match(const unsigned char *head, size_t count, bool named)
{
    bool word = named;
    size_t odd = 0, numeric = 0;

    for (size_t at = 0, used = 1; at < count; at += used) {
        uint32_t code = 0;
        const int length = utf8_decode(head + at, count - at, &code);
        used = length > 0 ? (size_t)length : 1;
        if (!length)
            break; /* the beginning ends inside a character */
        if (code == '\n' && length > 0)
            word = named;
        else if (length > 0 && (code == ' ' || code == '\t'))
            word = false;
        else if (!word && (length < 0 || (code != '\r' && (code < 0x20 || code >= 0x7f))))
            odd++;
        else if (!word)
            numeric += is_of_number(code);
    }
    return !odd || odd < numeric;
}

size_t text_field(const unsigned char *head, size_t count, bool *number)
{
    const char *text = (const char *)head;
    bool digit = false, other = false;
    size_t bytes = 0, sign;

    for (; bytes < count && !strchr(BLANKS "\n", text[bytes]); bytes++) {
        digit = digit || (text[bytes] >= '0' && text[bytes] <= '9');
        other = other || !strchr("0123456789+-.eE", text[bytes]);
    }
    sign = bytes && (*text == '-' || *text == '+');
    *number = (digit && !other) ||
              (bytes == sign + 3 && (!strncasecmp(text + sign, "nan", 3) || !strncasecmp(text + sign, "inf", 3)));
    return bytes;
}

/* Writing ------------------------------------------------------------------------------- */

n2v_status text_rows_write(const Selection *selection, bool named, char separator, Writer *writer, n2v_error *error)
{
    const size_t room = MAX_TOKEN_BYTES + selection->dim * (FLOAT_TEXT_BYTES + 1) + 1;
    char *line = array_create(room, 1);
    n2v_status status = N2V_OK;

    if (!line)
        return fail_memory(error, room, "a line");
    for (size_t id = 0; status == N2V_OK && id < selection->words; id++) {
        const float *row = selection_row(selection, id);
        size_t bytes, at = 0;
        const char *word = vocabulary_word(selection->model->vocabulary, (Id)id, &bytes);
        if ((status = save_check_row(row, selection->dim, word, error)) != N2V_OK)
            break;
        if (named) {
            memcpy(line, word, bytes);
            at = bytes;
        }
        for (size_t i = 0; i < selection->dim; i++) {
            if (named || i)
                line[at++] = separator;
            at += float_format(row[i], line + at);
        }
        line[at++] = '\n';
        status = writer_write(writer, line, at, error);
    }
    free(line);
    return status;
}

/* Reading ------------------------------------------------------------------------------- */

typedef struct reading {
    Source *source;
    Model *model;
    TextShape shape;
    Rows rows;
} reading;

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static n2v_status read_numbers(const reading *r, const char *at, float *row, n2v_error *error)
{
    const size_t dim = r->model->dim;
    size_t count = 0;

    for (;;) {
        const char *end;
        float value;
        while (is_blank(*at))
            at++;
        if (!*at)
            break;
        value = float_parse(at, &end);
        if (end == at || (*end && !is_blank(*end)))
            return source_fail(r->source, error, "'%.*s' is not a finite number", (int)strcspn(at, BLANKS), at);
        if (count < dim)
            row[count] = value;
        count++;
        at = end;
    }
    if (count != dim)
        return source_fail(r->source, error, "%zu number%s%s, where the %s %zu", count, plural_s(count),
                           r->shape.named ? " after the word" : "", r->shape.dim ? "header declares" : "first line has",
                           dim);
    return N2V_OK;
}

/* How many numbers the first line has. */
static n2v_status count_numbers(reading *r, const char *line, n2v_error *error)
{
    size_t fields = 0;

    for (const char *at = line + strspn(line, BLANKS); *at; fields++) {
        at += strcspn(at, BLANKS);
        at += strspn(at, BLANKS);
    }
    if (fields <= r->shape.named)
        return source_fail(r->source, error, "no numbers");
    return load_begin(r->model, r->source, r->shape.words ? r->shape.words : MAX_WORDS, fields - r->shape.named, error);
}

static n2v_status read_row(reading *r, size_t index, char *line, n2v_error *error)
{
    const size_t word_bytes = r->shape.named ? strcspn(line, " \t") : 0;
    const char *word;
    float *row;
    n2v_status status = N2V_OK;

    if (r->shape.named)
        status = load_word(r->source, r->model->vocabulary, line, word_bytes, 0, error);
    if (status != N2V_OK || (status = rows_at(&r->rows, index, &row, error)) != N2V_OK ||
        (status = read_numbers(r, line + word_bytes, row, error)) != N2V_OK)
        return status;
    word = vocabulary_word(r->model->vocabulary, (Id)index, NULL);
    return load_check_row(r->source, row, r->model->dim, word, error);
}

static size_t line_limit(const reading *r)
{
    return MAX_TOKEN_BYTES + (r->model->dim ? r->model->dim : MAX_DIM) * LONGEST_NUMBER;
}

/* Lines that are not blank, after all rows that the header declares. */
static n2v_status read_end(reading *r, n2v_error *error)
{
    for (;;) {
        char *line;
        size_t bytes;
        n2v_status status = source_until(r->source, '\n', line_limit(r), "the line", &line, &bytes, NULL, error);
        if (status != N2V_OK || !line)
            return status;
        if (bytes && strspn(line, BLANKS) != bytes)
            return source_fail(r->source, error, "more rows than the %zu that %s", r->shape.words, r->shape.from);
    }
}

/* All rows that are wanted, or that there are. *stopped: the last one ends in a newline. */
static n2v_status read_rows(reading *r, size_t *index, bool *stopped, n2v_error *error)
{
    for (*index = 0; !r->shape.words || *index < r->shape.words; ++*index) {
        char *line;
        size_t bytes;
        bool newline;
        n2v_status status = source_until(r->source, '\n', line_limit(r), "the line", &line, &bytes, &newline, error);
        if (status != N2V_OK || !line)
            return status;
        *stopped = newline;
        if (strlen(line) != bytes)
            return source_fail(r->source, error, "a NUL byte");
        if (!r->model->dim && (status = count_numbers(r, line, error)) != N2V_OK)
            return status;
        if (!r->rows.floats &&
            (status = rows_create(&r->rows, r->source, r->model->words, r->model->dim,
                                  (r->shape.words ? 2.0 : 8.0) * (double)r->model->dim, error)) != N2V_OK)
            return status;
        if ((status = read_row(r, *index, line, error)) != N2V_OK)
            return status;
    }
    return N2V_OK;
}

n2v_status text_rows_read(Model *model, Source *source, TextShape shape, n2v_error *error)
{
    reading r = {.source = source, .model = model, .shape = shape};
    size_t count = 0;
    bool stopped = false;
    n2v_status status;

    source->by_line = true;
    if ((status = read_rows(&r, &count, &stopped, error)) != N2V_OK)
        goto out;
    if (count < shape.words)
        status = source_fail(source, error, "the file ends after %zu %s%s, where %s %zu", count,
                             shape.named ? "word" : "row", plural_s(count), shape.from, shape.words);
    else if (shape.words)
        status = read_end(&r, error);
    else if (!stopped)
        status = source_fail(source, error,
                             "the last line has no newline, so the file may be truncated: add one if it is complete");
    if (status == N2V_OK && (status = rows_take(&r.rows, count, &model->input, error)) == N2V_OK)
        model_set_words(model, count);
out:
    rows_free(&r.rows);
    return status;
}
