#include "cli/queries.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/among.h"
#include "cli/lines.h"
#include "cli/print.h"
#include "cli/prompt.h"
#include "cli/query_state.h"
#include "cli/session.h"

#define MAX_NEIGHBORS ((size_t)1 << 20) /* of a batch */

/* Answers --------------------------------------------------------------------------------- */

/* The sum of the words' directions, which the search takes as a vector; NULL: it is zero. */
static const float *sum_words(const query_run *a, const typed_query *q, size_t index)
{
    float *sum = a->sums + index * a->info.dim;
    bool zero = true;

    memset(sum, 0, a->info.dim * sizeof *sum);
    for (size_t w = 0; w < q->words; w++) {
        const float *vector = lookup_vector(&a->vocabulary, &q->word[w]);
        double squares = 0, factor;
        for (size_t i = 0; i < a->info.dim; i++)
            squares += (double)vector[i] * (double)vector[i];
        factor = squares > 0 ? (q->minus[w] ? -1 : 1) / sqrt(squares) : 0;
        for (size_t i = 0; i < a->info.dim; i++)
            sum[i] += (float)(factor * (double)vector[i]);
    }
    for (size_t i = 0; i < a->info.dim; i++)
        zero = zero && sum[i] == 0;
    return zero ? NULL : sum;
}

/* Whether each word is added as often as it is subtracted. */
static bool cancels(const typed_query *q)
{
    for (size_t w = 0; w < q->words; w++) {
        int balance = 0;
        for (size_t i = 0; i < q->words; i++)
            balance += q->word[i].id != q->word[w].id ? 0 : q->minus[i] ? -1 : 1;
        if (balance)
            return false;
    }
    return true;
}

/* Of words of the vocabulary alone: first those that are subtracted. */
static n2v_query query_of_ids(const query_run *a, const typed_query *q, uint32_t *ids)
{
    size_t minus = 0, count = 0;

    for (int sign = 1; sign >= 0; sign--)
        for (size_t w = 0; w < q->words; w++) {
            if (q->minus[w] == sign)
                ids[count++] = q->word[w].id;
            minus += q->minus[w] && sign;
        }
    return (n2v_query){.plus = ids + minus,
                       .minus = ids,
                       .plus_count = q->words - minus,
                       .minus_count = minus,
                       .method = a->kind->method};
}

/* The library's query; whether there is one. */
static bool write_query(query_run *a, typed_query *q, size_t index, uint32_t *ids, n2v_query *query)
{
    bool ids_alone = true;

    query_check(a, q);
    if (q->fault[0])
        return false;
    for (size_t w = 0; w < q->words && !q->vector; w++) {
        ids_alone = ids_alone && q->word[w].id != N2V_NO_ID;
        if (!lookup_has_vector(&q->word[w]))
            return false;
    }
    *query = (n2v_query){.vector = q->vector, .method = a->kind->method};
    if (q->vector)
        return true;
    if (ids_alone)
        *query = query_of_ids(a, q, ids);
    if (a->kind->answer == ANSWER_RANKING && (ids_alone ? cancels(q) : !(query->vector = sum_words(a, q, index))))
        (void)snprintf(q->fault, sizeof q->fault, "the vectors of the words cancel out");
    return !q->fault[0];
}

/* Writes the library's queries for the typed ones that can be answered; returns their number. */
static size_t write_queries(query_run *a)
{
    size_t count = 0;

    for (size_t i = 0; i < a->count; i++) {
        typed_query *q = &a->typed[i];
        q->answerable = write_query(a, q, i, a->ids + count * QUERY_WORDS, &a->queries[count]);
        count += q->answerable;
    }
    return count;
}

/* Answers the typed queries, in their order. */
static n2v_status answer(query_run *a, n2v_error *error)
{
    const size_t answerable = write_queries(a);
    size_t next = 0;
    n2v_status status = N2V_OK;

    if (a->kind->answer == ANSWER_RANKING && answerable)
        status = n2v_search_run(a->search, a->queries, answerable, a->k, a->nearest, a->found, error);
    for (size_t i = 0; status == N2V_OK && i < a->count; i++) {
        const typed_query *q = &a->typed[i];
        if (q->answerable)
            query_print_answer(a, q, a->nearest + next * a->k, a->found[next]);
        else
            query_print_fault(a, q);
        next += q->answerable;
        a->answered += q->answerable;
    }
    a->total += a->count;
    a->count = 0;
    (void)fflush(stdout); /* a failure stays on the stream, and ends the loops */
    return status;
}

/* Input ----------------------------------------------------------------------------------- */

/* Of vectors one query for each word of the line, as many as there are. */
static n2v_status add_each(query_run *a, const char *line, size_t bytes, uint64_t number, n2v_error *error)
{
    typed_query *q = query_new(a, number);
    const char *word;
    size_t at = 0, length;
    n2v_status status = N2V_OK;

    while (status == N2V_OK && (word = query_next_word(line, bytes, &at, &length))) {
        if (q->words) {
            if (a->count == a->room && (status = answer(a, error)) != N2V_OK)
                return status;
            q = query_new(a, number);
        }
        status = query_add_word(a, q, word, length, false, error);
    }
    return status;
}

static n2v_status add_line(query_run *a, const char *line, size_t bytes, uint64_t number, n2v_error *error)
{
    if (a->kind->answer == ANSWER_VECTOR)
        return add_each(a, line, bytes, number, error);
    if (a->numbers)
        return query_add_numbers(a, query_new(a, number), line, bytes, error);
    return query_add_text(a, query_new(a, number), line, bytes, false, error);
}

static n2v_status answer_arguments(query_run *a, const char *const *words, size_t count, n2v_error *error)
{
    n2v_status status = N2V_OK;

    while (status == N2V_OK && !ferror(stdout) && count) {
        while (status == N2V_OK && a->count < a->room && count) {
            size_t taken = 0;
            status = query_add_arguments(a, query_new(a, 0), words, count, &taken, error);
            words += taken;
            count -= taken;
        }
        if (status == N2V_OK)
            status = answer(a, error);
    }
    return status;
}

static n2v_status answer_input(query_run *a, n2v_error *error)
{
    cli_lines lines = {0};
    const char *line;
    size_t bytes;
    n2v_status status;

    do {
        status = lines_next(&lines, &line, &bytes, error);
        if (status != N2V_OK || !line)
            break;
        if ((status = add_line(a, line, bytes, lines.number, error)) != N2V_OK)
            break;
        if (a->count == a->room || !lines_available(&lines)) /* answer before waiting for more input */
            status = answer(a, error);
    } while (status == N2V_OK && !ferror(stdout));
    lines_free(&lines);
    return status;
}

static n2v_status answer_terminal(query_run *a, n2v_error *error)
{
    char *line, count[PRINT_TEXT];
    n2v_status status = N2V_OK;

    if (!a->json)
        printf("%s words of %zu dimensions; Ctrl-D ends.\n", print_count(a->info.words, count), a->info.dim);
    prompt_start();
    while (status == N2V_OK && !ferror(stdout) && (line = prompt_line(a->kind->prompt))) {
        if ((status = add_line(a, line, strlen(line), 0, error)) == N2V_OK) {
            if (!line[strspn(line, " \t")])
                a->count = 0; /* an empty line */
            status = answer(a, error);
        }
        free(line);
    }
    a->total = a->answered; /* the user has seen the errors */
    return status;
}

/* The run ------------------------------------------------------------------------------- */

/* Room for words that are not in the vocabulary, and for vectors. The product of cosines takes words of the vocabulary
 * alone. */
static n2v_status prepare_room(query_run *a, n2v_error *error)
{
    const bool composes = a->info.subwords && a->kind->method != N2V_MULTIPLY && !a->numbers;
    const size_t floats = a->room * a->info.dim;

    if (!a->info.subwords && a->kind->answer == ANSWER_VECTOR)
        a->vocabulary.lacking = ", which has no subwords";
    if (composes)
        a->vocabulary.lacking = ", and none of its n-grams has a vector";
    if (composes)
        a->composed = calloc(floats * QUERY_WORDS, sizeof *a->composed);
    if (composes || a->numbers)
        a->sums = calloc(floats, sizeof *a->sums);
    return (composes && !a->composed) || ((composes || a->numbers) && !a->sums)
               ? fail_memory(error, floats * (QUERY_WORDS + 1) * sizeof *a->sums, "the queries")
               : N2V_OK;
}

static n2v_status create_search(query_run *a, const cli_options *options, const char *among, n2v_error *error)
{
    n2v_settings *settings = NULL;
    uint32_t *ids = NULL;
    size_t count = 0;
    n2v_status status = options_settings(options, N2V_FOR_SEARCH, NULL, &settings, error);

    if (status == N2V_OK && among)
        status = among_read(&ids, &count, &a->vocabulary, among, error);
    if (status == N2V_OK)
        status = among ? n2v_search_create_among(&a->search, a->vectors, ids, count, settings, error)
                       : n2v_search_create(&a->search, a->vectors, settings, error);
    n2v_settings_destroy(settings);
    free(ids);
    return status;
}

static n2v_status prepare_search(query_run *a, const cli_options *all, const query_options *options, n2v_error *error)
{
    const size_t words = a->info.words, own = a->kind->signs ? QUERY_WORDS : a->kind->words;

    a->shown = options->k < words ? (size_t)options->k : words;
    a->k = a->shown;
    if (a->info.subwords)
        a->k = a->shown + own < words ? a->shown + own : words;
    if (a->k > MAX_NEIGHBORS / QUERY_BATCH)
        a->room = a->k < MAX_NEIGHBORS ? MAX_NEIGHBORS / a->k : 1;
    a->nearest = calloc(a->room * a->k, sizeof *a->nearest);
    return a->nearest ? create_search(a, all, options->among, error)
                      : fail_memory(error, a->room * a->k * sizeof *a->nearest, "the answers");
}

static n2v_status prepare(query_run *a, const cli_options *all, const query_options *options, n2v_error *error)
{
    n2v_status status;

    a->info.size = sizeof a->info;
    a->vocabulary.vectors = a->vectors;
    a->room = QUERY_BATCH;
    if ((status = n2v_vectors_describe(a->vectors, &a->info, error)) != N2V_OK ||
        (a->kind->answer == ANSWER_RANKING && (status = prepare_search(a, all, options, error)) != N2V_OK))
        return status;
    return prepare_room(a, error);
}

static n2v_status check_operands(const query_run *a, const query_options *options, const char *const *operands,
                                 size_t count, n2v_error *error)
{
    const bool asks = options->vector && strcmp(options->vector, "-") != 0;

    if (options->vector && count > 1)
        return fail(error, N2V_ERROR_ARGUMENT,
                    "--vector is the query, and words are given, too: leave one of them out");
    if (options->vector && a->kind->method == N2V_MULTIPLY)
        return fail(error, N2V_ERROR_ARGUMENT, "--method mul takes words alone, and --vector is given");
    if (count == 1 && !asks && strcmp(operands[0], "-") == 0)
        return fail(error, N2V_ERROR_ARGUMENT, "the vectors and the words cannot both come from standard input");
    if (!a->kind->signs && (count - 1) % a->kind->words)
        return fail(error, N2V_ERROR_ARGUMENT, "%s for each query; given: %zu", a->kind->expect, count - 1);
    return N2V_OK;
}

static n2v_status answer_all(query_run *a, const query_options *options, const char *const *words, size_t count,
                             n2v_error *error)
{
    n2v_status status;

    if (count)
        return answer_arguments(a, words, count, error);
    if (!options->vector || strcmp(options->vector, "-") == 0)
        return prompt_possible() ? answer_terminal(a, error) : answer_input(a, error);
    status = add_line(a, options->vector, strlen(options->vector), 0, error);
    return status == N2V_OK ? answer(a, error) : status;
}

n2v_status queries_run(struct cli_session *session, const query_kind *kind, const query_options *options,
                       const char *const *operands, size_t count, n2v_error *error)
{
    query_run *a = calloc(1, sizeof *a);
    n2v_status status;

    if (!a)
        return fail_memory(error, sizeof *a, "the queries");
    a->kind = kind;
    a->vocabulary.path = operands[0];
    a->json = options->json;
    a->numbers = options->vector != NULL;
    if ((status = check_operands(a, options, operands, count, error)) == N2V_OK &&
        (status = session_load_vectors(session, operands[0], NULL, &a->vectors, error)) == N2V_OK &&
        (status = prepare(a, &session->options, options, error)) == N2V_OK)
        status = answer_all(a, options, operands + 1, count - 1, error);
    if (status == N2V_OK && a->answered < a->total)
        status = fail(error, N2V_ERROR_DATA, "queries without an answer: %" PRIu64 " of %" PRIu64,
                      a->total - a->answered, a->total);
    free(a->nearest);
    free(a->composed);
    free(a->sums);
    n2v_search_destroy(a->search);
    n2v_vectors_destroy(a->vectors);
    free(a);
    return status;
}
