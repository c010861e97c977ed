/* Tables of phrases as files: a first line, and for each pass a line and its `phrase<TAB>count<TAB>score` lines. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/word.h"
#include "model/formats/source.h"
#include "phrases/table.h"

#define FIRST_LINE "# nce2vec phrases 1"
#define PASS_LINE  "# pass "
#define LINE_BYTES ((size_t)2 * MAX_TOKEN_BYTES + 256)

/* Writing --------------------------------------------------------------------------------- */

static void print_first(const PhraseTable *t, FILE *out)
{
    const TokenizerOptions usual = {.kind = t->tokenizer.kind};

    fprintf(out, FIRST_LINE "\ttokenizer=%s\tdelimiter=%s", tokenizer_kind_name(t->tokenizer.kind), t->delimiter);
    if (!tokenizer_options_same(&t->tokenizer, &usual))
        fprintf(out, "\tcase=%s\tnormal-form=%s", tokenizer_case_name(&t->tokenizer),
                tokenizer_form_name(&t->tokenizer));
    fputc('\n', out);
}

static void print_table(const PhraseTable *t, FILE *out)
{
    char score[NUMBER_BYTES];

    print_first(t, out);
    for (size_t pass = 0; pass < t->passes; pass++) {
        fprintf(out, PASS_LINE "%zu\n", pass + 1);
        for (size_t i = phrase_table_begin(t, pass); i < t->ends[pass]; i++)
            fprintf(out, "%s\t%" PRIu64 "\t%s\n", phrase_text(t, i), t->phrases[i].count,
                    number_text(t->phrases[i].score, score));
    }
}

n2v_status phrase_table_text(const PhraseTable *t, char **text, size_t *bytes, n2v_error *error)
{
    FILE *out;

    *text = NULL;
    out = open_memstream(text, bytes);
    if (out)
        print_table(t, out);
    if (out && memory_stream_close(out, text))
        return N2V_OK;
    free(*text);
    *text = NULL;
    return fail_memory(error, t->used, "the phrases");
}

n2v_status phrase_table_write(const PhraseTable *t, Writer *writer, n2v_error *error)
{
    char *text;
    size_t bytes;
    n2v_status status = phrase_table_text(t, &text, &bytes, error);

    if (status == N2V_OK)
        status = writer_write(writer, text, bytes, error);
    free(text);
    return status;
}

/* Reading --------------------------------------------------------------------------------- */

static n2v_status fail_other(const char *path, n2v_error *error)
{
    return error_set(error, N2V_ERROR_FORMAT,
                     "%s is not a table of phrases: its first line does not begin with '" FIRST_LINE "'", path);
}

/* The value of `name=value` in a line of fields with tabs between them, or NULL. *field becomes the next one. */
static const char *take_value(char **field, const char *name)
{
    char *value = strsep(field, "\t");
    const size_t bytes = strlen(name);

    return value && strncmp(value, name, bytes) == 0 && value[bytes] == '=' ? value + bytes + 1 : NULL;
}

static n2v_status read_first(PhraseTable *t, const Source *source, char *line, n2v_error *error)
{
    const char *name, *delimiter, *letter_case = NULL, *form = NULL;
    n2v_error cause = {.text = ""};
    char *field = line;

    if (!line || strcmp(strsep(&field, "\t"), FIRST_LINE) != 0)
        return fail_other(source->path, error);
    name = take_value(&field, "tokenizer");
    if (!name || tokenizer_options_named(&t->tokenizer, name, NULL, NULL, &cause) != N2V_OK)
        return source_fail(source, error,
                           "expected tokenizer=words, space, unicode or command after the first tab");
    delimiter = take_value(&field, "delimiter");
    if (!delimiter || word_fault(delimiter, strlen(delimiter)) || strlen(delimiter) >= sizeof t->delimiter)
        return source_fail(source, error,
                           "expected delimiter= and 1 to %d bytes without white space after the second tab",
                           DELIMITER_BYTES - 1);
    if (field && (!(letter_case = take_value(&field, "case")) || !(form = take_value(&field, "normal-form")) ||
                  tokenizer_options_named(&t->tokenizer, name, letter_case, form, &cause) != N2V_OK))
        return source_fail(source, error, "expected case= and normal-form= after the third tab");
    memcpy(t->delimiter, delimiter, strlen(delimiter) + 1);
    return N2V_OK;
}

static n2v_status read_pass(PhraseTable *t, const Source *source, const char *line, n2v_error *error)
{
    uint64_t number;

    if (!number_read_integer(line + strlen(PASS_LINE), &number) || number != t->passes + 1 || number > MAX_PASSES)
        return source_fail(source, error, "expected '" PASS_LINE "%zu', with at most %d passes", t->passes + 1,
                           MAX_PASSES);
    phrase_table_begin_pass(t);
    return N2V_OK;
}

/* NULL for tokens with a space between two, else what is wrong, to follow "the phrase ...". */
static const char *phrase_fault(const PhraseTable *t, const char *text, size_t bytes)
{
    char joined[MAX_TOKEN_BYTES];
    size_t words = 0;

    for (size_t at = 0; at <= bytes; words++) {
        const char *space = memchr(text + at, ' ', bytes - at);
        const size_t length = space ? (size_t)(space - text) - at : bytes - at;
        if (word_fault(text + at, length))
            return "has a malformed word";
        at += length + 1;
    }
    if (words < 2)
        return "has one word: expected a space between two words";
    return phrase_join(text, bytes, t->delimiter, joined) ? NULL : "has more than 1024 bytes when it is joined";
}

static n2v_status read_phrase(PhraseTable *t, const Source *source, char *line, n2v_error *error)
{
    char *field = line, *text = strsep(&field, "\t"), *count = strsep(&field, "\t"), *score = strsep(&field, "\t");
    uint64_t occurrences;
    const char *fault;
    double value;

    if (!count || !score || field || !number_read_integer(count, &occurrences) || !number_read(score, &value))
        return source_fail(source, error, "expected a phrase, its count and its score, with a tab between two");
    if (!t->passes)
        return source_fail(source, error, "expected '" PASS_LINE "1' before the first phrase");
    if ((fault = phrase_fault(t, text, strlen(text))))
        return source_fail(source, error, "the phrase %s", fault);
    return phrase_table_add(t, text, strlen(text), occurrences, value, error);
}

static n2v_status read_lines(PhraseTable *t, Source *source, n2v_error *error)
{
    const unsigned char *head;
    char *line;
    size_t bytes;
    n2v_status status = source_head(source, sizeof FIRST_LINE, &head, &bytes, error);

    if (status != N2V_OK)
        return status;
    if (bytes < sizeof FIRST_LINE || memcmp(head, FIRST_LINE, sizeof FIRST_LINE - 1) != 0)
        return fail_other(source->path, error);
    source->by_line = true;
    for (bool first = true;; first = false) {
        if ((status = source_until(source, '\n', LINE_BYTES, "the line", &line, &bytes, NULL, error)) != N2V_OK ||
            !line)
            return status;
        if (strlen(line) != bytes)
            return source_fail(source, error, "there is a zero byte");
        if (bytes && line[bytes - 1] == '\r')
            line[bytes - 1] = '\0';
        if (first)
            status = read_first(t, source, line, error);
        else if (strncmp(line, PASS_LINE, strlen(PASS_LINE)) == 0 && !strchr(line, '\t'))
            status = read_pass(t, source, line, error);
        else
            status = read_phrase(t, source, line, error);
        if (status != N2V_OK)
            return status;
    }
}

/* A word inside of a phrase is a connector, and connectors are at no end of one. */
static n2v_status check_ends(const PhraseTable *t, const char *path, n2v_error *error)
{
    Vocabulary *connectors;
    PhraseParts parts;
    n2v_status status = phrase_table_connectors(t, &connectors, error);

    for (size_t i = 0; i < t->count && status == N2V_OK; i++)
        if (phrase_parts(phrase_text(t, i), t->phrases[i].bytes, &parts) &&
            (vocabulary_find(connectors, parts.first, parts.first_bytes) != NO_ID ||
             vocabulary_find(connectors, parts.last, parts.last_bytes) != NO_ID))
            status = error_set(error, N2V_ERROR_FORMAT,
                               "%s: '%s' begins or ends with a word that is inside of another phrase; only connectors "
                               "such as 'of' can be inside, and three other words are joined in two passes",
                               path, phrase_text(t, i));
    vocabulary_destroy(connectors);
    return status;
}

/* From an open source, which is closed. */
static n2v_status read_source(PhraseTable *table, Source *source, n2v_error *error)
{
    n2v_status status = read_lines(table, source, error);

    if (status == N2V_OK)
        status = check_ends(table, source->path, error);
    source_close(source);
    if (status != N2V_OK)
        phrase_table_free(table);
    return status;
}

n2v_status phrase_table_read(PhraseTable *table, const char *path, const Stop *stop, n2v_error *error)
{
    Source source;
    n2v_status status;

    *table = (PhraseTable){.phrases = NULL};
    if ((status = reader_check(path, error)) != N2V_OK || (status = source_open(&source, path, stop, error)) != N2V_OK)
        return status;
    return read_source(table, &source, error);
}

n2v_status phrase_table_read_memory(PhraseTable *table, const MemoryFile *file, const Stop *stop, n2v_error *error)
{
    Source source;
    n2v_status status;

    *table = (PhraseTable){.phrases = NULL};
    if ((status = source_open_memory(&source, file, stop, error)) != N2V_OK)
        return status;
    return read_source(table, &source, error);
}
