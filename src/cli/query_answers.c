/* query_answers.c - what is printed for a query: its answer, or why it has none. */
#include <inttypes.h>
#include <string.h>

#include "cli/print.h"
#include "cli/query_state.h"

#define SCORE_DIGITS 7
#define FLOAT_DIGITS 9 /* that read back as the same float */

/* Answers ------------------------------------------------------------------------------- */

static const char *word_of(const query_run *a, uint32_t id)
{
    return n2v_vectors_word(a->vectors, id, NULL);
}

/* , "looked_up": [...] when a word has another form in the vocabulary. */
static void print_json_looked_up(const query_run *a, const typed_query *q)
{
    bool any = false;

    for (size_t i = 0; i < q->words; i++)
        any = any || q->word[i].tokenized;
    if (!any)
        return;
    fputs(", \"looked_up\": [", stdout);
    for (size_t i = 0; i < q->words; i++) {
        fputs(i ? ", " : "", stdout);
        lookup_print_word(&a->vocabulary, &q->word[i], true, stdout);
    }
    putchar(']');
}

/* , "minus": [...] the words that are subtracted, where the user has written which. */
static void print_json_minus(const query_run *a, const typed_query *q)
{
    bool any = false;

    for (size_t i = 0; i < q->words && i < QUERY_WORDS && a->kind->signs; i++) {
        if (!q->minus[i])
            continue;
        fputs(any ? ", " : ", \"minus\": [", stdout);
        print_json_string(stdout, q->word[i].text, q->word[i].bytes);
        any = true;
    }
    if (any)
        putchar(']');
}

/* {"words": [...], the words that the query has. */
static void begin_json(const query_run *a, const typed_query *q)
{
    fputs("{\"words\": [", stdout);
    for (size_t i = 0; i < q->words && i < QUERY_WORDS; i++) {
        fputs(i ? ", " : "", stdout);
        print_json_string(stdout, q->word[i].text, q->word[i].bytes);
    }
    putchar(']');
    print_json_minus(a, q);
}

/* Removes the query's own words, where the search did not know them; returns how many answers are left to show. */
static size_t drop_own_words(const query_run *a, const typed_query *q, n2v_neighbor *nearest, size_t found)
{
    size_t kept = 0;

    for (size_t i = 0; i < found; i++) {
        bool own = false;
        for (size_t w = 0; w < q->words; w++)
            own = own || q->word[w].id == nearest[i].id;
        if (!own)
            nearest[kept++] = nearest[i];
    }
    return kept < a->shown ? kept : a->shown;
}

/* The heading of an answer. */
static void print_words(const query_run *a, const typed_query *q)
{
    if (!q->words)
        fputs("vector", stdout);
    for (size_t i = 0; i < q->words; i++) {
        if (a->kind->signs && (i || q->minus[i]))
            fputs(q->minus[i] ? (i ? " - " : "- ") : " + ", stdout);
        else if (i)
            putchar(' ');
        lookup_print_word(&a->vocabulary, &q->word[i], false, stdout);
    }
    putchar('\n');
}

static void print_ranking(const query_run *a, const typed_query *q, n2v_neighbor *nearest, size_t found)
{
    found = drop_own_words(a, q, nearest, found);
    if (a->json) {
        begin_json(a, q);
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
    print_words(a, q);
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
        begin_json(a, q);
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
        begin_json(a, q);
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
    for (size_t i = 0; i < q->words && !a->noted && !a->json; i++) {
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

void query_print_answer(query_run *a, const typed_query *q, n2v_neighbor *nearest, size_t found)
{
    note_looked_up(a, q);
    switch (a->kind->answer) {
    case ANSWER_RANKING:
        print_ranking(a, q, nearest, found);
        break;
    case ANSWER_COSINE:
        print_cosine(a, q);
        break;
    case ANSWER_VECTOR:
        print_vector(a, q);
        break;
    }
}

/* Queries without an answer ------------------------------------------------------------- */

static void print_fault_json(const query_run *a, const typed_query *q)
{
    begin_json(a, q);
    if (q->line)
        printf(", \"line\": %" PRIu64, q->line);
    fputs(", \"error\": ", stdout);
    if (q->fault[0]) {
        print_json_string(stdout, q->fault, strlen(q->fault));
    } else {
        fputs("\"not in the vocabulary\", \"unknown\": ", stdout);
        lookup_report_json(&a->vocabulary, q->word, q->words);
    }
    puts("}");
}

void query_print_fault(const query_run *a, const typed_query *q)
{
    if (a->json) {
        print_fault_json(a, q);
        return;
    }
    (void)fflush(stdout); /* in the order of the queries, where both streams go to the same place */
    if (q->fault[0]) {
        lookup_begin_message(q->line);
        print_plain(stderr, q->fault, strlen(q->fault));
        fputc('\n', stderr);
        return;
    }
    for (size_t i = 0; i < q->words; i++)
        if (!lookup_has_vector(&q->word[i]))
            lookup_report(&a->vocabulary, &q->word[i], q->line);
}
