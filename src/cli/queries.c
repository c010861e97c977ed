#include "cli/queries.h"

#include <inttypes.h>
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

/* A query as it was typed. It may be malformed. */
typedef struct typed_query {
    uint64_t line; /* of standard input; 0: from elsewhere */
    size_t words;  /* that it has; the first of them follow */
    cli_word word[QUERY_WORDS];
    bool answerable;
} typed_query;

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
    size_t found[BATCH], k;
    n2v_neighbor *nearest; /* room x k */

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
        lookup_print_json(&a->vocabulary, q->word[i].id);
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

static void print_ranking(const query_run *a, const typed_query *q, const n2v_neighbor *nearest, size_t found)
{
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
        print_word(stdout, word_of(a, q->word[i].id));
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
    const uint32_t x = q->word[0].id, y = q->word[1].id;
    const double cosine = n2v_vectors_similarity(a->vectors, x, y);

    if (a->json) {
        begin_json(q);
        print_json_looked_up(a, q);
        fputs(", \"score\": ", stdout);
        print_json_number(stdout, cosine, SCORE_DIGITS);
        puts("}");
    } else {
        printf("%8.4f  ", cosine);
        print_word(stdout, word_of(a, x));
        putchar(' ');
        print_word(stdout, word_of(a, y));
        putchar('\n');
    }
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
        print_word(stderr, word_of(a, w->id));
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
    if (q->words == a->kind->words) {
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
    if (q->words != a->kind->words) {
        lookup_begin_message(q->line);
        fprintf(stderr, "%s, not %zu\n", a->kind->expect, q->words);
        return;
    }
    for (size_t i = 0; i < q->words; i++)
        if (q->word[i].id == N2V_NO_ID)
            lookup_report(&a->vocabulary, &q->word[i], q->line);
}

/* Queries ----------------------------------------------------------------------------- */

static void add_word(query_run *a, typed_query *q, const char *text, size_t bytes)
{
    if (q->words++ < QUERY_WORDS)
        q->word[q->words - 1] = lookup_word(&a->vocabulary, text, bytes);
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

static void add_line(query_run *a, const char *line, size_t bytes, uint64_t number)
{
    typed_query *q = new_query(a, number);

    for (size_t at = 0; at < bytes;) {
        size_t end = at;
        while (end < bytes && !is_blank(line[end]))
            end++;
        if (end > at)
            add_word(a, q, line + at, end - at);
        at = end + 1;
    }
}

/* Writes the library's queries for the typed ones that can be answered; returns their number. */
static size_t write_queries(query_run *a)
{
    const query_kind *kind = a->kind;
    size_t count = 0;

    for (size_t i = 0; i < a->count; i++) {
        typed_query *q = &a->typed[i];
        uint32_t *ids = a->ids + count * QUERY_WORDS;
        q->answerable = q->words == kind->words;
        for (size_t w = 0; w < kind->words && q->answerable; w++) {
            ids[w] = q->word[w].id;
            q->answerable = ids[w] != N2V_NO_ID;
        }
        if (q->answerable)
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

    if (a->kind->searches && answerable)
        status = n2v_search_run(a->search, a->queries, answerable, a->k, a->nearest, a->found, error);
    for (size_t i = 0; status == N2V_OK && i < a->count; i++) {
        const typed_query *q = &a->typed[i];
        if (q->answerable)
            note_looked_up(a, q);
        if (!q->answerable)
            print_unanswerable(a, q);
        else if (a->kind->searches)
            print_ranking(a, q, a->nearest + next * a->k, a->found[next]);
        else
            print_cosine(a, q);
        next += q->answerable;
        a->answered += q->answerable;
    }
    a->total += a->count;
    a->count = 0;
    (void)fflush(stdout); /* a failure stays on the stream, and ends the loops */
    return status;
}

static n2v_status answer_arguments(query_run *a, const char *const *words, size_t count, n2v_error *error)
{
    n2v_status status = N2V_OK;

    for (size_t i = 0; status == N2V_OK && !ferror(stdout) && i < count;) {
        while (a->count < a->room && i < count) {
            typed_query *q = new_query(a, 0);
            for (size_t w = 0; w < a->kind->words; w++, i++)
                add_word(a, q, words[i], strlen(words[i]));
        }
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
        add_line(a, line, bytes, lines.number);
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
        add_line(a, line, strlen(line), 0);
        if (!a->typed[0].words)
            a->count = 0; /* an empty line */
        status = answer(a, error);
        free(line);
    }
    a->total = a->answered; /* the user has seen the errors */
    return status;
}

/* The run ------------------------------------------------------------------------------- */

static n2v_status prepare(query_run *a, const cli_options *options, uint64_t k, n2v_error *error)
{
    n2v_settings *settings = NULL;
    n2v_status status;

    a->vocabulary.vectors = a->vectors;
    a->info.size = sizeof a->info;
    a->room = BATCH;
    if ((status = n2v_vectors_describe(a->vectors, &a->info, error)) != N2V_OK || !a->kind->searches)
        return status;
    a->k = k < a->info.words ? (size_t)k : a->info.words;
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
        (status = n2v_vectors_load(&a->vectors, operands[0], NULL, error)) != N2V_OK ||
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
    n2v_search_destroy(a->search);
    n2v_vectors_destroy(a->vectors);
    free(a);
    return status;
}
