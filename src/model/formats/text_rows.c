#include "model/formats/text_rows.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/float_text.h"
#include "base/number.h"
#include "base/utf8.h"

#define LONGEST_NUMBER ((size_t)64) /* in bytes */
#define BLANKS       " \t\r"

/* gensim 4.3 writes numbers as NumPy 2 prints them: np.float32(0.5). The bytes before the number; 0: there are none. */
static size_t wrapped_bytes(const char *text, size_t count)
{
    static const char *const before[] = {"np.float32(", "np.float64("};

    for (size_t i = 0; i < sizeof before / sizeof *before; i++)
        if (count > strlen(before[i]) && memcmp(text, before[i], strlen(before[i])) == 0)
            return strlen(before[i]);
    return 0;
}

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
    const size_t wrapped = wrapped_bytes(text, count);
    bool digit = false, other = false;
    size_t bytes = wrapped, sign;

    for (; bytes < count && !strchr(BLANKS "\n", text[bytes]); bytes++) {
        digit = digit || (text[bytes] >= '0' && text[bytes] <= '9');
        other = other || !strchr(wrapped ? "0123456789+-.eE)" : "0123456789+-.eE", text[bytes]);
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
    size_t count; /* rows so far */
    bool newline; /* the last line ends in one */
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
        const char *number, *end;
        float value;
        while (is_blank(*at))
            at++;
        if (!*at)
            break;
        number = *at == 'n' ? at + wrapped_bytes(at, strlen(at)) : at;
        value = float_parse(number, &end);
        if (number > at && end > number)
            end = *end == ')' ? end + 1 : number;
        if (end == number || (*end && !is_blank(*end)))
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

static n2v_status begin_rows(reading *r, n2v_error *error)
{
    return r->rows.floats ? N2V_OK
                          : rows_create(&r->rows, r->source, r->model->words, r->model->dim,
                                        (r->shape.words ? 2.0 : 8.0) * (double)r->model->dim, error);
}

/* Adds the word last, so that a malformed row leaves no trace. */
static n2v_status read_row(reading *r, char *line, size_t bytes, n2v_error *error)
{
    Vocabulary *vocabulary;
    const size_t word_bytes = r->shape.named ? strcspn(line, " \t") : 0;
    char *numbers = line + word_bytes;
    const char *word = line;
    float *row;
    n2v_status status = N2V_OK;
    Id id;

    if (strlen(line) != bytes)
        return source_fail(r->source, error, "a NUL byte");
    if (!r->model->dim && (status = count_numbers(r, line, error)) != N2V_OK)
        return status;
    vocabulary = r->model->vocabulary;
    if (r->shape.named)
        status = load_check_word(r->source, vocabulary, line, word_bytes, error);
    if (status != N2V_OK || (status = begin_rows(r, error)) != N2V_OK ||
        (status = rows_at(&r->rows, r->count, &row, error)) != N2V_OK ||
        (status = read_numbers(r, numbers, row, error)) != N2V_OK)
        return status;
    if (r->shape.named)
        *numbers = '\0';
    else
        word = vocabulary_word(vocabulary, (Id)r->count, NULL);
    if ((status = load_check_row(r->source, row, r->model->dim, word, error)) != N2V_OK || !r->shape.named)
        return status;
    if (!r->shape.words && !r->newline)
        return source_fail(r->source, error,
                           "the last line has no newline, so the file may be truncated: add one if it is complete");
    return vocabulary_add(vocabulary, line, word_bytes, 0, &id, error);
}

/* After a row that is malformed, or cannot be read at all. */
static n2v_status refuse_row(reading *r, n2v_status status, const n2v_error *bad, n2v_error *error)
{
    if (status == N2V_ERROR_FORMAT && r->shape.named)
        return load_bad_row(r->source, bad, error);
    return error_set(error, status, "%s", bad->text);
}

static size_t line_limit(const reading *r)
{
    return MAX_TOKEN_BYTES + (r->model->dim ? r->model->dim : MAX_DIM) * LONGEST_NUMBER;
}

/* Lines that are not blank, after all rows that the header declares. */
static n2v_status read_end(reading *r, n2v_error *error)
{
    for (;;) {
        n2v_error bad;
        char *line;
        size_t bytes;
        n2v_status status = source_until(r->source, '\n', line_limit(r), "the line", &line, &bytes, NULL, error);
        if (status != N2V_OK || !line)
            return status;
        if (!bytes || strspn(line, BLANKS) == bytes)
            continue;
        status = source_fail(r->source, &bad, "more rows than the %zu that %s", r->shape.words, r->shape.from);
        if ((status = refuse_row(r, status, &bad, error)) != N2V_OK)
            return status;
    }
}

/* A line, and its row if it is not malformed. *end: there is no line. */
static n2v_status next_row(reading *r, bool *end, n2v_error *error)
{
    n2v_error bad;
    char *line;
    size_t bytes;
    n2v_status status = source_until(r->source, '\n', line_limit(r), "the line", &line, &bytes, &r->newline, &bad);

    *end = status == N2V_OK && !line;
    if (*end)
        return N2V_OK;
    if (status != N2V_OK && !r->source->too_long)
        return error_set(error, status, "%s", bad.text);
    if (status == N2V_OK && (status = read_row(r, line, bytes, &bad)) == N2V_OK) {
        r->count++;
        return N2V_OK;
    }
    if ((status = refuse_row(r, status, &bad, error)) == N2V_OK && r->source->too_long)
        status = source_skip_line(r->source, error);
    return status;
}

/* Too few rows, or more than the header declares. */
static n2v_status check_count(reading *r, n2v_error *error)
{
    const BadRows *bad = r->source->bad;

    if (r->count + (bad ? bad->count : 0) < r->shape.words)
        return source_fail(r->source, error, "the file ends after %zu %s%s, where %s %zu", r->count,
                           r->shape.named ? "word" : "row", plural_s(r->count), r->shape.from, r->shape.words);
    if (!r->count)
        return error_set(error, N2V_ERROR_FORMAT, "no row can be read: %s", bad ? bad->first : r->source->path);
    return r->count == r->shape.words ? read_end(r, error) : N2V_OK;
}

n2v_status text_rows_read(Model *model, Source *source, TextShape shape, n2v_error *error)
{
    reading r = {.source = source, .model = model, .shape = shape};
    bool end = false;
    n2v_status status = N2V_OK;

    source->by_line = true;
    while (status == N2V_OK && !end && (!shape.words || r.count < shape.words))
        status = next_row(&r, &end, error);
    if (status == N2V_OK && (status = check_count(&r, error)) == N2V_OK &&
        (status = rows_take(&r.rows, r.count, &model->input, error)) == N2V_OK)
        model_set_words(model, r.count);
    rows_free(&r.rows);
    return status;
}
