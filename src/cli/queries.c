#include "cli/queries.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/lines.h"
#include "cli/lookup.h"
#include "cli/print.h"
#include "cli/prompt.h"
#include "cli/session.h"

#define BATCH         ((size_t)64)      /* queries that are answered together */
#define MAX_NEIGHBORS ((size_t)1 << 20) /* of a batch */
#define SCORE_DIGITS  7
#define FLOAT_DIGITS  9 /* that read back as the same float */

/* A query as it was typed. It may be malformed. */
typedef struct typed_query {
    uint64_t line; /* of standard input; 0: from elsewhere */
    size_t words;  /* that it has; the first of them follow */
    cli_word word[QUERY_WORDS];
    bool answerable;
    bool cancels; /* the words have vectors, whose sum is zero */
} typed_query;

#define CANCELS "the vectors of the words cancel out"

typedef struct query_run {
    const query_kind *kind;
    bool json;
    n2v_vectors *vectors;
    cli_vocabulary vocabulary; /* theirs */
    n2v_vectors_info info;
    n2v_search *search;

    typed_query typed[BATCH];
    size_t count, room; /* of typed queries; their maximum */

    /* Of those that are answerable, in their order. */
    uint32_t ids[BATCH * QUERY_WORDS];
    n2v_query queries[BATCH];
    size_t found[BATCH], k, shown; /* k: of a search, more than are shown where words may have to be skipped */
    n2v_neighbor *nearest;         /* room x k */

    /* With subwords: vectors of dim floats. */
    float *composed; /* of words: room x QUERY_WORDS */
    float *sums;     /* of queries that have such words: room */

    uint64_t total, answered;
    bool noted; /* that a word was looked up in another form */
} query_run;

/* Answers ------------------------------------------------------------------------------- */

static const char *word_of(const query_run *a, uint32_t id)
{
    return n2v_vectors_word(a->vectors, id, NULL);
}

/* , "looked_up": [...] when a word has another form in the vocabulary. */
static void print_json_looked_up(const query_run *a, const typed_query *q)
{
    bool any = false;

    for (size_t i = 0; i < a->kind->words; i++)
        any = any || q->word[i].tokenized;
    if (!any)
        return;
    fputs(", \"looked_up\": [", stdout);
    for (size_t i = 0; i < a->kind->words; i++) {
        fputs(i ? ", " : "", stdout);
        lookup_print_word(&a->vocabulary, &q->word[i], true, stdout);
    }
    putchar(']');
}

/* {"words": [...], the words that the query has. */
static void begin_json(const typed_query *q)
{
    fputs("{\"words\": [", stdout);
    for (size_t i = 0; i < q->words && i < QUERY_WORDS; i++) {
        fputs(i ? ", " : "", stdout);
        print_json_string(stdout, q->word[i].text, q->word[i].bytes);
    }
    putchar(']');
}

/* Removes the query's own words, where the search did not know them; returns how many answers are left to show. */
static size_t drop_own_words(const query_run *a, const typed_query *q, n2v_neighbor *nearest, size_t found)
{
    size_t kept = 0;

    for (size_t i = 0; i < found; i++) {
        bool own = false;
        for (size_t w = 0; w < a->kind->words; w++)
            own = own || q->word[w].id == nearest[i].id;
        if (!own)
            nearest[kept++] = nearest[i];
    }
    return kept < a->shown ? kept : a->shown;
}

static void print_ranking(const query_run *a, const typed_query *q, n2v_neighbor *nearest, size_t found)
{
    found = drop_own_words(a, q, nearest, found);
    if (a->json) {
        begin_json(q);
        print_json_looked_up(a, q);
        fputs(", \"answers\": [", stdout);
        for (size_t i = 0; i < found; i++) {
            fputs(i ? ", {\"word\": " : "{\"word\": ", stdout);
            lookup_print_json(&a->vocabulary, nearest[i].id);
            fputs(", \"score\": ", stdout);
            print_json_number(stdout, (double)nearest[i].score, SCORE_DIGITS);
            putchar('}');
        }
        puts("]}");
        return;
    }
    if (a->answered)
        putchar('\n');
    for (size_t i = 0; i < a->kind->words; i++) {
        fputs(i ? " " : "", stdout);
        lookup_print_word(&a->vocabulary, &q->word[i], false, stdout);
    }
    putchar('\n');
    for (size_t i = 0; i < found; i++) {
        printf("%8.4f  ", (double)nearest[i].score);
        print_word(stdout, word_of(a, nearest[i].id));
        putchar('\n');
    }
}

static void print_cosine(const query_run *a, const typed_query *q)
{
    const cli_word *x = &q->word[0], *y = &q->word[1];
    const double cosine =
        n2v_vectors_cosine(a->vectors, lookup_vector(&a->vocabulary, x), lookup_vector(&a->vocabulary, y));

    if (a->json) {
        begin_json(q);
        print_json_looked_up(a, q);
        fputs(", \"score\": ", stdout);
        print_json_number(stdout, cosine, SCORE_DIGITS);
        puts("}");
    } else {
        printf("%8.4f  ", cosine);
        lookup_print_word(&a->vocabulary, x, false, stdout);
        putchar(' ');
        lookup_print_word(&a->vocabulary, y, false, stdout);
        putchar('\n');
    }
}

static void print_vector(const query_run *a, const typed_query *q)
{
    const cli_word *w = &q->word[0];
    const float *vector = lookup_vector(&a->vocabulary, w);

    if (a->json) {
        begin_json(q);
        print_json_looked_up(a, q);
        printf(", \"known\": %s, \"vector\": [", w->id == N2V_NO_ID ? "false" : "true");
    } else {
        lookup_print_word(&a->vocabulary, w, false, stdout);
    }
    for (size_t i = 0; i < a->info.dim; i++) {
        fputs(!a->json ? " " : i ? ", " : "", stdout);
        print_json_number(stdout, (double)vector[i], FLOAT_DIGITS);
    }
    puts(a->json ? "]}" : "");
}

/* The first time that a word is looked up in another form. */
static void note_looked_up(query_run *a, const typed_query *q)
{
    for (size_t i = 0; i < a->kind->words && !a->noted && !a->json; i++) {
        const cli_word *w = &q->word[i];
        if (!w->tokenized)
            continue;
        (void)fflush(stdout);
        fputs("nce2vec: '", stderr);
        print_plain(stderr, w->text, w->bytes);
        fputs("' is looked up as '", stderr);
        lookup_print_word(&a->vocabulary, w, false, stderr);
        fputs("', as the model's tokenizer writes it\n", stderr);
        a->noted = true;
    }
}

/* Queries without an answer ------------------------------------------------------------- */

static void print_unanswerable_json(const query_run *a, const typed_query *q)
{
    begin_json(q);
    if (q->line)
        printf(", \"line\": %" PRIu64, q->line);
    fputs(", \"error\": ", stdout);
    if (q->cancels) {
        fputs("\"" CANCELS "\"", stdout);
    } else if (q->words == a->kind->words) {
        fputs("\"not in the vocabulary\", \"unknown\": ", stdout);
        lookup_report_json(&a->vocabulary, q->word, q->words);
    } else {
        printf("\"%s, not %zu\"", a->kind->expect, q->words);
    }
    puts("}");
}

static void print_unanswerable(const query_run *a, const typed_query *q)
{
    if (a->json) {
        print_unanswerable_json(a, q);
        return;
    }
    (void)fflush(stdout); /* in the order of the queries, where both streams go to the same place */
    if (q->words != a->kind->words || q->cancels) {
        lookup_begin_message(q->line);
        if (q->cancels)
            fputs(CANCELS "\n", stderr);
        else
            fprintf(stderr, "%s, not %zu\n", a->kind->expect, q->words);
        return;
    }
    for (size_t i = 0; i < q->words; i++)
        if (!lookup_has_vector(&q->word[i]))
            lookup_report(&a->vocabulary, &q->word[i], q->line);
}

/* Queries ----------------------------------------------------------------------------- */

static n2v_status add_word(query_run *a, typed_query *q, const char *text, size_t bytes, n2v_error *error)
{
    const size_t at = (size_t)(q - a->typed) * QUERY_WORDS + q->words;
    float *room = a->composed ? a->composed + at * a->info.dim : NULL;

    if (q->words++ >= QUERY_WORDS)
        return N2V_OK;
    return lookup_word(&q->word[q->words - 1], &a->vocabulary, text, bytes, room, error);
}

static typed_query *new_query(query_run *a, uint64_t line)
{
    typed_query *q = &a->typed[a->count++];
    *q = (typed_query){.line = line};
    return q;
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The sum of the words' directions, which the search takes as a vector; NULL: it is zero. */
static const float *sum_words(const query_run *a, const typed_query *q, size_t index)
{
    float *sum = a->sums + index * a->info.dim;
    bool zero = true;

    memset(sum, 0, a->info.dim * sizeof *sum);
    for (size_t w = 0; w < a->kind->words; w++) {
        const float *vector = lookup_vector(&a->vocabulary, &q->word[w]);
        double squares = 0, factor;
        for (size_t i = 0; i < a->info.dim; i++)
            squares += (double)vector[i] * (double)vector[i];
        factor = squares > 0 ? (w < a->kind->minus ? -1 : 1) / sqrt(squares) : 0;
        for (size_t i = 0; i < a->info.dim; i++)
            sum[i] += (float)(factor * (double)vector[i]);
    }
    for (size_t i = 0; i < a->info.dim; i++)
        zero = zero && sum[i] == 0;
    return zero ? NULL : sum;
}

/* Writes the library's queries for the typed ones that can be answered; returns their number. */
static size_t write_queries(query_run *a)
{
    const query_kind *kind = a->kind;
    size_t count = 0;

    for (size_t i = 0; i < a->count; i++) {
        typed_query *q = &a->typed[i];
        uint32_t *ids = a->ids + count * QUERY_WORDS;
        const float *sum = NULL;
        bool ids_alone = true;
        q->answerable = q->words == kind->words;
        for (size_t w = 0; w < kind->words && q->answerable; w++) {
            ids[w] = q->word[w].id;
            ids_alone = ids_alone && ids[w] != N2V_NO_ID;
            q->answerable = lookup_has_vector(&q->word[w]);
        }
        if (q->answerable && !ids_alone && kind->answer == ANSWER_RANKING) {
            sum = sum_words(a, q, i);
            q->answerable = sum;
            q->cancels = !sum;
        }
        if (sum)
            a->queries[count++] = (n2v_query){.vector = sum, .method = kind->method};
        else if (q->answerable)
            a->queries[count++] = (n2v_query){.plus = ids + kind->minus,
                                              .minus = ids,
                                              .plus_count = kind->words - kind->minus,
                                              .minus_count = kind->minus,
                                              .method = kind->method};
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
            note_looked_up(a, q);
        if (!q->answerable)
            print_unanswerable(a, q);
        else if (a->kind->answer == ANSWER_RANKING)
            print_ranking(a, q, a->nearest + next * a->k, a->found[next]);
        else
            (a->kind->answer == ANSWER_COSINE ? print_cosine : print_vector)(a, q);
        next += q->answerable;
        a->answered += q->answerable;
    }
    a->total += a->count;
    a->count = 0;
    (void)fflush(stdout); /* a failure stays on the stream, and ends the loops */
    return status;
}

/* A query, or of vectors one for each word of the line, as many as there are. */
static n2v_status add_line(query_run *a, const char *line, size_t bytes, uint64_t number, n2v_error *error)
{
    const bool each = a->kind->answer == ANSWER_VECTOR;
    typed_query *q = new_query(a, number);
    n2v_status status = N2V_OK;

    for (size_t at = 0; at < bytes && status == N2V_OK;) {
        size_t end = at;
        while (end < bytes && !is_blank(line[end]))
            end++;
        if (end > at && each && q->words) {
            if (a->count == a->room && (status = answer(a, error)) != N2V_OK)
                return status;
            q = new_query(a, number);
        }
        if (end > at)
            status = add_word(a, q, line + at, end - at, error);
        at = end + 1;
    }
    return status;
}

static n2v_status answer_arguments(query_run *a, const char *const *words, size_t count, n2v_error *error)
{
    n2v_status status = N2V_OK;

    for (size_t i = 0; status == N2V_OK && !ferror(stdout) && i < count;) {
        while (status == N2V_OK && a->count < a->room && i < count) {
            typed_query *q = new_query(a, 0);
            for (size_t w = 0; w < a->kind->words && status == N2V_OK; w++, i++)
                status = add_word(a, q, words[i], strlen(words[i]), error);
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
            if (!a->typed[0].words)
                a->count = 0; /* an empty line */
            status = answer(a, error);
        }
        free(line);
    }
    a->total = a->answered; /* the user has seen the errors */
    return status;
}

/* The run ------------------------------------------------------------------------------- */

/* Room for words that are not in the vocabulary. The product of cosines takes words of the vocabulary alone. */
static n2v_status prepare_subwords(query_run *a, n2v_error *error)
{
    const size_t floats = a->room * a->info.dim;

    if (!a->info.subwords && a->kind->answer == ANSWER_VECTOR)
        a->vocabulary.lacking = ", which has no subwords";
    if (!a->info.subwords || a->kind->method == N2V_MULTIPLY)
        return N2V_OK;
    a->vocabulary.lacking = ", and none of its n-grams has a vector";
    a->composed = calloc(floats * QUERY_WORDS, sizeof *a->composed);
    a->sums = calloc(floats, sizeof *a->sums);
    return a->composed && a->sums ? N2V_OK
                                  : fail_memory(error, floats * (QUERY_WORDS + 1) * sizeof *a->sums, "the queries");
}

static n2v_status prepare_search(query_run *a, const cli_options *options, uint64_t k, n2v_error *error)
{
    n2v_settings *settings = NULL;
    n2v_status status;

    a->shown = k < a->info.words ? (size_t)k : a->info.words;
    a->k = a->info.subwords && a->shown + a->kind->words < a->info.words ? a->shown + a->kind->words
           : a->info.subwords                                            ? a->info.words
                                                                         : a->shown;
    if (a->k > MAX_NEIGHBORS / BATCH)
        a->room = a->k < MAX_NEIGHBORS ? MAX_NEIGHBORS / a->k : 1;
    a->nearest = calloc(a->room * a->k, sizeof *a->nearest);
    if (!a->nearest)
        return fail_memory(error, a->room * a->k * sizeof *a->nearest, "the answers");
    if ((status = options_settings(options, N2V_FOR_SEARCH, NULL, &settings, error)) == N2V_OK)
        status = n2v_search_create(&a->search, a->vectors, settings, error);
    n2v_settings_destroy(settings);
    return status;
}

static n2v_status prepare(query_run *a, const cli_options *options, uint64_t k, n2v_error *error)
{
    n2v_status status;

    a->info.size = sizeof a->info;
    a->vocabulary.vectors = a->vectors;
    a->room = BATCH;
    if ((status = n2v_vectors_describe(a->vectors, &a->info, error)) != N2V_OK ||
        (a->kind->answer == ANSWER_RANKING && (status = prepare_search(a, options, k, error)) != N2V_OK))
        return status;
    return prepare_subwords(a, error);
}

static n2v_status check_operands(const query_kind *kind, const char *const *operands, size_t count, n2v_error *error)
{
    if (count == 1 && strcmp(operands[0], "-") == 0)
        return fail(error, N2V_ERROR_ARGUMENT, "the vectors and the words cannot both come from standard input");
    if ((count - 1) % kind->words)
        return fail(error, N2V_ERROR_ARGUMENT, "%s for each query; given: %zu", kind->expect, count - 1);
    return N2V_OK;
}

n2v_status queries_run(struct cli_session *session, const query_kind *kind, uint64_t k, bool json,
                       const char *const *operands, size_t count, n2v_error *error)
{
    query_run *a = calloc(1, sizeof *a);
    n2v_status status;

    if (!a)
        return fail_memory(error, sizeof *a, "the queries");
    a->kind = kind;
    a->vocabulary.path = operands[0];
    a->json = json;
    if ((status = check_operands(kind, operands, count, error)) != N2V_OK ||
        (status = session_load_vectors(session, operands[0], NULL, &a->vectors, error)) != N2V_OK ||
        (status = prepare(a, &session->options, k, error)) != N2V_OK)
        goto out;
    if (count > 1)
        status = answer_arguments(a, operands + 1, count - 1, error);
    else
        status = prompt_possible() ? answer_terminal(a, error) : answer_input(a, error);
    if (status == N2V_OK && a->answered < a->total)
        status = fail(error, N2V_ERROR_DATA, "queries without an answer: %" PRIu64 " of %" PRIu64,
                      a->total - a->answered, a->total);
out:
    free(a->nearest);
    free(a->composed);
    free(a->sums);
    n2v_search_destroy(a->search);
    n2v_vectors_destroy(a->vectors);
    free(a);
    return status;
}
