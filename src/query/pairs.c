#include "query/pairs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/utf8.h"
#include "corpus/fold.h"
#include "model/compose.h"
#include "model/formats/source.h"
#include "model/rows.h"
#include "query/correlation.h"

#define FIELDS     3
#define LINE_BYTES ((size_t)4 * MAX_TOKEN_BYTES)

/* Reading --------------------------------------------------------------------------------- */

typedef struct field {
    char *text;
    size_t bytes;
} field;

/* How many bytes white space, or another character, has. Malformed UTF-8 is refused later, as a word. */
static size_t character_at(const char *text, size_t bytes, bool *space)
{
    uint32_t code = 0;
    const int length = utf8_decode((const unsigned char *)text, bytes, &code);

    *space = length > 0 && is_space(code);
    return length > 0 ? (size_t)length : 1;
}

/* What is between white space. Returns how many there are, of which the first FIELDS are written. */
static size_t split(char *line, size_t bytes, field fields[FIELDS])
{
    size_t count = 0;
    bool inside = false, space;

    for (size_t at = 0; at < bytes;) {
        const size_t length = character_at(line + at, bytes - at, &space);
        if (!space && !inside && count++ < FIELDS)
            fields[count - 1] = (field){line + at, 0};
        if (!space && count <= FIELDS)
            fields[count - 1].bytes += length;
        inside = !space;
        at += length;
    }
    return count;
}

static n2v_status fail_line(const Source *source, const field *first, n2v_error *error)
{
    const char *hint = first->text[0] == '#'                      ? "; a comment begins with '# '"
                       : memchr(first->text, ',', first->bytes) ? ", with white space between them instead of commas"
                                                                : "";

    return source_fail(source, error, "expected two words and a score%s", hint);
}

static n2v_status add_word(WordPairs *pairs, const Source *source, const field *word, Id *id, n2v_error *error)
{
    char folded[2 * MAX_TOKEN_BYTES];
    const char *fault = word_fault(word->text, word->bytes);

    if (fault)
        return source_fail(source, error, "a word %s", fault);
    return vocabulary_add(pairs->words, folded, fold_word(word->text, word->bytes, folded), 1, id, error);
}

/* Names of columns, such as "word1 word2 score". */
static bool is_header(const Source *source, const field fields[FIELDS])
{
    return source->lines == 1 && fields[0].text[0] != '#' && !strpbrk(fields[2].text, "0123456789");
}

static n2v_status read_line(WordPairs *pairs, const Source *source, char *line, size_t bytes, n2v_error *error)
{
    field fields[FIELDS];
    const size_t count = split(line, bytes, fields);
    WordPair pair;
    n2v_status status;

    if (!count || (fields[0].bytes == 1 && fields[0].text[0] == '#'))
        return N2V_OK;
    if (count != FIELDS)
        return fail_line(source, fields, error);
    fields[2].text[fields[2].bytes] = '\0';
    if (is_header(source, fields))
        return N2V_OK;
    if (!number_read(fields[2].text, &pair.score))
        return fail_line(source, fields, error);
    if ((status = add_word(pairs, source, &fields[0], &pair.first, error)) != N2V_OK ||
        (status = add_word(pairs, source, &fields[1], &pair.second, error)) != N2V_OK ||
        (status = array_grow((void **)&pairs->pairs, &pairs->capacity, pairs->count + 1, sizeof *pairs->pairs,
                             "the word pairs", error)) != N2V_OK)
        return status;
    pairs->pairs[pairs->count++] = pair;
    return N2V_OK;
}

static n2v_status read_lines(WordPairs *pairs, Source *source, n2v_error *error)
{
    const unsigned char *head;
    size_t bytes;
    char *line;
    n2v_status status = source_head(source, 1, &head, &bytes, error);

    source->by_line = true;
    while (status == N2V_OK &&
           (status = source_until(source, '\n', LINE_BYTES, "the line", &line, &bytes, NULL, error)) == N2V_OK && line)
        status = read_line(pairs, source, line, bytes, error);
    if (status == N2V_OK && !pairs->count)
        status = error_set(error, N2V_ERROR_FORMAT, "%s: no word pairs; a line is two words and a score", source->path);
    return status;
}

n2v_status pairs_load(WordPairs *pairs, const char *path, const Stop *stop, n2v_error *error)
{
    Source source = {.path = NULL};
    n2v_status status;

    if ((status = reader_check(path, error)) != N2V_OK)
        return status;
    *pairs = (WordPairs){.words = vocabulary_create()};
    if (!pairs->words)
        return fail_memory(error, 0, "the words of the pairs");
    if ((status = source_open(&source, path, stop, error)) == N2V_OK)
        status = read_lines(pairs, &source, error);
    source_close(&source);
    if (status != N2V_OK)
        pairs_free(pairs);
    return status;
}

void pairs_free(WordPairs *pairs)
{
    vocabulary_destroy(pairs->words);
    free(pairs->pairs);
    *pairs = (WordPairs){.words = NULL};
}

/* Scoring --------------------------------------------------------------------------------- */

/* The model's id of each of the pairs' words, in any case: the first, which is the most frequent. */
static void find_words(const WordPairs *pairs, const Model *model, Id *ids)
{
    char folded[2 * MAX_TOKEN_BYTES];

    for (size_t i = 0; i < vocabulary_size(pairs->words); i++)
        ids[i] = NO_ID;
    for (size_t id = 0; id < model->words; id++) {
        size_t bytes;
        const char *word = vocabulary_word(model->vocabulary, (Id)id, &bytes);
        const Id found =
            bytes <= MAX_TOKEN_BYTES ? vocabulary_find(pairs->words, folded, fold_word(word, bytes, folded)) : NO_ID;
        if (found != NO_ID && ids[found] == NO_ID)
            ids[found] = (Id)id;
    }
}

/* The vectors of the pairs' words; NULL where the model has none. */
typedef struct word_rows {
    const float **rows;
    Id *ids;         /* NO_ID: composed, or none */
    float *composed; /* words x dim, with subwords */
} word_rows;

static n2v_status compose_rows(word_rows *w, const WordPairs *pairs, const Model *model, n2v_error *error)
{
    const size_t words = vocabulary_size(pairs->words);
    n2v_status status = N2V_OK;

    if (!model->subwords)
        return N2V_OK;
    w->composed = array_create(words * model->dim, sizeof *w->composed);
    if (!w->composed)
        return fail_memory(error, words * model->dim * sizeof *w->composed, "the vectors of the pairs");
    for (size_t i = 0; status == N2V_OK && i < words; i++) {
        float *vector = w->composed + i * model->dim;
        size_t bytes;
        const char *word = vocabulary_word(pairs->words, (Id)i, &bytes);
        bool known = false;
        if (w->ids[i] == NO_ID && bytes <= MAX_TOKEN_BYTES &&
            (status = compose_any(model, word, bytes, vector, &known, error)) == N2V_OK && known)
            w->rows[i] = vector;
    }
    return status;
}

static n2v_status find_rows(word_rows *w, const WordPairs *pairs, const Model *model, n2v_error *error)
{
    const size_t words = vocabulary_size(pairs->words);

    *w = (word_rows){.rows = array_create_zero(words, sizeof *w->rows), .ids = array_create(words, sizeof *w->ids)};
    if (!w->rows || !w->ids)
        return fail_memory(error, words * (sizeof *w->rows + sizeof *w->ids), "the words of the pairs");
    find_words(pairs, model, w->ids);
    for (size_t i = 0; i < words; i++)
        if (w->ids[i] != NO_ID)
            w->rows[i] = model->input + w->ids[i] * model->stride;
    return compose_rows(w, pairs, model, error);
}

n2v_status pairs_evaluate(const WordPairs *pairs, const Model *model, PairsScore *score, n2v_error *error)
{
    double *cosines = array_create(pairs->count, 2 * sizeof *cosines), *scores = cosines + pairs->count;
    word_rows w;
    n2v_status status = find_rows(&w, pairs, model, error);

    *score = (PairsScore){.found = 0};
    if (status == N2V_OK && !cosines)
        status = fail_memory(error, pairs->count * 2 * sizeof *cosines, "the cosines of pairs");
    if (status != N2V_OK)
        goto out;
    for (size_t i = 0; i < pairs->count; i++) {
        const WordPair *pair = &pairs->pairs[i];
        const float *a = w.rows[pair->first], *b = w.rows[pair->second];
        if (!a || !b)
            continue;
        cosines[score->found] = (double)row_cosine(a, b, model->dim);
        scores[score->found++] = pair->score;
        score->composed += w.ids[pair->first] == NO_ID || w.ids[pair->second] == NO_ID;
    }
    score->pearson = correlation_pearson(cosines, scores, score->found);
    status = correlation_spearman(cosines, scores, score->found, &score->spearman, error);
out:
    free(w.rows);
    free(w.ids);
    free(w.composed);
    free(cosines);
    return status;
}
