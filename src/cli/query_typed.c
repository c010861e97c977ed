/* query_typed.c - what was typed for a query: words, words with signs, numbers. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/plural.h"
#include "cli/query_state.h"

typed_query *query_new(query_run *a, uint64_t line)
{
    typed_query *q = &a->typed[a->count++];
    *q = (typed_query){.line = line};
    return q;
}

n2v_status query_add_word(query_run *a, typed_query *q, const char *text, size_t bytes, bool minus, n2v_error *error)
{
    const size_t at = (size_t)(q - a->typed) * QUERY_WORDS + q->words;
    float *room = a->composed ? a->composed + at * a->info.dim : NULL;

    if (q->words++ >= QUERY_WORDS)
        return N2V_OK;
    q->minus[q->words - 1] = minus;
    return lookup_word(&q->word[q->words - 1], &a->vocabulary, text, bytes, room, error);
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

const char *query_next_word(const char *text, size_t bytes, size_t *at, size_t *length)
{
    size_t begin = *at;

    while (begin < bytes && is_blank(text[begin]))
        begin++;
    for (*at = begin; *at < bytes && !is_blank(text[*at]);)
        ++*at;
    *length = *at - begin;
    return *length ? text + begin : NULL;
}

static bool is_sign(const char *word, size_t length)
{
    return length == 1 && (*word == '+' || *word == '-');
}

/* Signs ----------------------------------------------------------------------------------- */

static bool has_more(const char *text, size_t bytes, size_t at)
{
    size_t length;
    return query_next_word(text, bytes, &at, &length) != NULL;
}

/* + and - are signs between words, or before a word at the beginning; elsewhere they are words. */
static n2v_status add_terms(query_run *a, typed_query *q, const char *text, size_t bytes, bool phrases,
                            n2v_error *error)
{
    const char *word, *term = NULL; /* a term goes to the next sign */
    size_t at = 0, length, end = 0;
    bool minus = false, after_sign = false, no_sign = false;
    n2v_status status = N2V_OK;

    while (status == N2V_OK && (word = query_next_word(text, bytes, &at, &length))) {
        const bool sign = !after_sign && is_sign(word, length) && has_more(text, bytes, at);
        no_sign = no_sign || (term && !sign && !phrases);
        if (term && (sign || !phrases)) {
            status = query_add_word(a, q, term, end - (size_t)(term - text), minus, error);
            term = NULL;
        }
        after_sign = sign;
        if (sign)
            minus = *word == '-';
        else if (!term)
            term = word;
        end = at;
    }
    if (status == N2V_OK && term)
        status = query_add_word(a, q, term, end - (size_t)(term - text), minus, error);
    if (no_sign)
        (void)snprintf(q->fault, sizeof q->fault, "%s, not %zu", a->kind->expect, q->words);
    return status;
}

n2v_status query_add_text(query_run *a, typed_query *q, const char *text, size_t bytes, bool phrases, n2v_error *error)
{
    const char *word;
    size_t at = 0, length;
    n2v_status status = N2V_OK;

    if (a->kind->signs)
        status = add_terms(a, q, text, bytes, phrases, error);
    else
        while (status == N2V_OK && (word = query_next_word(text, bytes, &at, &length)))
            status = query_add_word(a, q, word, length, q->words < a->kind->minus, error);
    return status;
}

/* Whether an argument has several words and a sign among them. */
static bool has_sign(const char *text)
{
    const char *word;
    size_t at = 0, length, words = 0, signs = 0;

    while ((word = query_next_word(text, strlen(text), &at, &length))) {
        signs += is_sign(word, length);
        words++;
    }
    return signs && words > 1;
}

static bool is_sign_argument(const char *const *words, size_t count, size_t at)
{
    return at + 1 < count && is_sign(words[at], strlen(words[at]));
}

n2v_status query_add_arguments(query_run *a, typed_query *q, const char *const *words, size_t count, size_t *taken,
                               n2v_error *error)
{
    size_t at = 0;
    n2v_status status = N2V_OK;

    if (a->kind->signs && has_sign(*words)) {
        *taken = 1;
        return query_add_text(a, q, *words, strlen(*words), true, error);
    }
    do {
        const bool sign = a->kind->signs && is_sign_argument(words, count, at);
        const bool minus = sign ? *words[at] == '-' : q->words < a->kind->minus;
        at += sign;
        status = query_add_word(a, q, words[at], strlen(words[at]), minus, error);
        at++;
    } while (status == N2V_OK && at < count &&
             (a->kind->signs ? is_sign_argument(words, count, at) : q->words < a->kind->words));
    *taken = at;
    return status;
}

void query_check(const query_run *a, typed_query *q)
{
    if (q->fault[0] || q->vector)
        return;
    if (a->kind->signs && q->words > QUERY_WORDS)
        (void)snprintf(q->fault, sizeof q->fault, "a query has %d words at most, not %zu", QUERY_WORDS, q->words);
    else if (a->kind->signs ? !q->words : q->words != a->kind->words)
        (void)snprintf(q->fault, sizeof q->fault, "%s, not %zu", a->kind->expect, q->words);
}

/* Numbers --------------------------------------------------------------------------------- */

/* The text with a space in the place of what else may be between numbers, NUL-terminated. */
static char *copy_numbers(const char *text, size_t bytes)
{
    char *copy = malloc(bytes + 1);

    for (size_t i = 0; copy && i < bytes; i++)
        copy[i] = text[i] && strchr(",;[]()", text[i]) ? ' ' : text[i];
    if (copy)
        copy[bytes] = '\0';
    return copy;
}

static size_t count_words(const char *text, size_t bytes)
{
    size_t at = 0, length, words = 0;

    while (query_next_word(text, bytes, &at, &length))
        words++;
    return words;
}

/* Writes dim numbers, from the place at on. */
static void parse_numbers(const query_run *a, typed_query *q, const char *text, size_t bytes, size_t at, float *vector)
{
    bool zero = true;
    size_t length;

    for (size_t i = 0; i < a->info.dim; i++) {
        const char *word = query_next_word(text, bytes, &at, &length);
        char *end;
        vector[i] = strtof(word, &end);
        if (end != word + length || !isfinite(vector[i])) {
            (void)snprintf(q->fault, sizeof q->fault, "number %zu of the vector, '%.*s', is not a finite number", i + 1,
                           (int)(length < 40 ? length : 40), word);
            return;
        }
        zero = zero && vector[i] == 0;
    }
    if (zero)
        (void)snprintf(q->fault, sizeof q->fault, "the vector is zero, so it has no direction");
    else
        q->vector = vector;
}

n2v_status query_add_numbers(query_run *a, typed_query *q, const char *text, size_t bytes, n2v_error *error)
{
    char *copy = copy_numbers(text, bytes), number[PLURAL_TEXT];
    const size_t dim = a->info.dim, words = copy ? count_words(copy, bytes) : 0;
    size_t at = 0, length;

    if (!copy)
        return fail_memory(error, bytes + 1, "a vector");
    if (words == dim + 1) { /* after its name */
        const char *name = query_next_word(copy, bytes, &at, &length);
        q->word[q->words++] = (cli_word){.text = text + (name - copy), .bytes = length, .id = N2V_NO_ID};
    }
    if (words == dim || words == dim + 1)
        parse_numbers(a, q, copy, bytes, at, a->sums + (size_t)(q - a->typed) * dim);
    else
        (void)snprintf(q->fault, sizeof q->fault, "a vector of %s is expected, perhaps after a word, not %zu",
                       plural(dim, "number", number), words);
    free(copy);
    return N2V_OK;
}
