#include "cli/asking.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "cli/help.h"
#include "cli/lines.h"
#include "base/machine.h"
#include "cli/progress.h"
#include "cli/prompt.h"
#include "io/reader.h"
#include "model/formats/format.h"
#include "model/rows.h"
#include "query/spellings.h"

#define BATCH          ((size_t)64)      /* questions that are answered together, at most */
#define NEIGHBORS_MOST ((size_t)1 << 20) /* of a batch */
#define SUGGESTIONS    ((size_t)5)
#define SCORE_DIGITS   7

typedef struct word {
    const char *text; /* in a line or an argument */
    size_t bytes;
    Id id;
} word;

/* A question, or what was meant to be one. */
typedef struct question {
    uint64_t line; /* of standard input; 0: from elsewhere */
    size_t words;  /* that stand there; the first of them follow */
    word word[QUESTION_WORDS];
    bool answerable;
} question;

typedef struct asking {
    const asking_kind *kind;
    const char *path;
    bool json;
    Model model;
    Search search;

    question questions[BATCH];
    size_t count, room; /* questions at hand; at most */

    /* Of those that are answerable, in their order. */
    Id ids[BATCH * QUESTION_WORDS];
    n2v_query queries[BATCH];
    size_t found[BATCH], k;
    n2v_neighbor *nearest; /* room x k */

    uint64_t asked, answered;
} asking;

/* Answers ------------------------------------------------------------------------------- */

static const char *word_of(const asking *a, Id id)
{
    return vocabulary_word(a->model.vocabulary, id, NULL);
}

static void print_json_word(word w)
{
    putchar('"');
    json_escape(stdout, w.text, w.bytes);
    putchar('"');
}

/* {"words": [...] of the question, as far as it has them. */
static void begin_json(const question *q)
{
    fputs("{\"words\": [", stdout);
    for (size_t i = 0; i < q->words && i < QUESTION_WORDS; i++) {
        fputs(i ? ", " : "", stdout);
        print_json_word(q->word[i]);
    }
    putchar(']');
}

static void print_ranking(const asking *a, const question *q, const n2v_neighbor *nearest, size_t found)
{
    if (a->json) {
        begin_json(q);
        fputs(", \"answers\": [", stdout);
        for (size_t i = 0; i < found; i++) {
            fputs(i ? ", {\"word\": " : "{\"word\": ", stdout);
            json_string(stdout, word_of(a, nearest[i].id));
            fputs(", \"score\": ", stdout);
            json_number(stdout, (double)nearest[i].score, SCORE_DIGITS);
            putchar('}');
        }
        puts("]}");
        return;
    }
    if (a->answered)
        putchar('\n');
    for (size_t i = 0; i < a->kind->words; i++)
        printf("%s%s", i ? " " : "", word_of(a, q->word[i].id));
    putchar('\n');
    for (size_t i = 0; i < found; i++)
        printf("%8.4f  %s\n", (double)nearest[i].score, word_of(a, nearest[i].id));
}

static void print_cosine(const asking *a, const question *q)
{
    const Model *model = &a->model;
    const Id x = q->word[0].id, y = q->word[1].id;
    const double cosine = (double)row_cosine(model->input + (size_t)x * model->stride,
                                             model->input + (size_t)y * model->stride, model->dim);

    if (a->json) {
        begin_json(q);
        fputs(", \"score\": ", stdout);
        json_number(stdout, cosine, SCORE_DIGITS);
        puts("}");
    } else {
        printf("%8.4f  %s %s\n", cosine, word_of(a, x), word_of(a, y));
    }
}

/* What cannot be answered ----------------------------------------------------------------- */

static void print_unknown_json(const asking *a, const question *q)
{
    bool any = false;

    fputs("\"not in the vocabulary\", \"unknown\": [", stdout);
    for (size_t i = 0; i < q->words; i++) {
        Id close[SUGGESTIONS];
        size_t count;
        if (q->word[i].id != NO_ID)
            continue;
        count = spellings_find(a->model.vocabulary, q->word[i].text, q->word[i].bytes, SUGGESTIONS, close);
        fputs(any ? ", {\"word\": " : "{\"word\": ", stdout);
        print_json_word(q->word[i]);
        fputs(", \"close\": [", stdout);
        for (size_t c = 0; c < count; c++) {
            fputs(c ? ", " : "", stdout);
            json_string(stdout, word_of(a, close[c]));
        }
        fputs("]}", stdout);
        any = true;
    }
    putchar(']');
}

static void print_unanswerable_json(const asking *a, const question *q)
{
    begin_json(q);
    if (q->line)
        printf(", \"line\": %" PRIu64, q->line);
    fputs(", \"error\": ", stdout);
    if (q->words == a->kind->words)
        print_unknown_json(a, q);
    else
        printf("\"%s, not %zu\"", a->kind->expect, q->words);
    puts("}");
}

/* "nce2vec: line 3: " */
static void begin_message(const question *q)
{
    fputs("nce2vec: ", stderr);
    if (q->line)
        fprintf(stderr, "line %" PRIu64 ": ", q->line);
}

static void print_unknown(const asking *a, const question *q, word w)
{
    Id close[SUGGESTIONS];
    const size_t count = spellings_find(a->model.vocabulary, w.text, w.bytes, SUGGESTIONS, close);

    begin_message(q);
    fputc('\'', stderr);
    help_plain(stderr, w.text, w.bytes);
    fputs("' is not in the vocabulary of ", stderr);
    help_plain(stderr, a->path, strlen(a->path));
    for (size_t i = 0; i < count; i++)
        fprintf(stderr, "%s%s", i ? ", " : "; did you mean ", word_of(a, close[i]));
    fputs(count ? "?\n" : "\n", stderr);
}

static void print_unanswerable(const asking *a, const question *q)
{
    if (a->json) {
        print_unanswerable_json(a, q);
        return;
    }
    (void)fflush(stdout); /* in the order of the questions, where both streams go the same way */
    if (q->words != a->kind->words) {
        begin_message(q);
        fprintf(stderr, "%s, not %zu\n", a->kind->expect, q->words);
        return;
    }
    for (size_t i = 0; i < q->words; i++)
        if (q->word[i].id == NO_ID)
            print_unknown(a, q, q->word[i]);
}

/* Questions ----------------------------------------------------------------------------- */

static void add_word(asking *a, question *q, const char *text, size_t bytes)
{
    if (q->words < QUESTION_WORDS)
        q->word[q->words] = (word){text, bytes, vocabulary_find(a->model.vocabulary, text, bytes)};
    q->words++;
}

static question *new_question(asking *a, uint64_t line)
{
    question *q = &a->questions[a->count++];
    *q = (question){.line = line};
    return q;
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static void add_line(asking *a, const char *line, size_t bytes, uint64_t number)
{
    question *q = new_question(a, number);

    for (size_t at = 0; at < bytes;) {
        size_t end = at;
        while (end < bytes && !is_blank(line[end]))
            end++;
        if (end > at)
            add_word(a, q, line + at, end - at);
        at = end + 1;
    }
}

/* A word's neighbours, or plus the second and third word minus the first. */
static n2v_query query_of(const asking_kind *kind, const Id *ids)
{
    if (kind->words == 1)
        return (n2v_query){.plus = ids, .plus_count = 1, .method = kind->method};
    return (n2v_query){
        .plus = ids + 1, .plus_count = 2, .minus = ids, .minus_count = 1, .method = kind->method};
}

/* Answers the questions at hand, in their order. */
static n2v_status answer(asking *a, n2v_error *error)
{
    const size_t words = a->kind->words;
    size_t answerable = 0, next = 0;
    n2v_status status = N2V_OK;

    for (size_t i = 0; i < a->count; i++) {
        question *q = &a->questions[i];
        q->answerable = q->words == words;
        for (size_t w = 0; w < words && q->answerable; w++)
            q->answerable = q->word[w].id != NO_ID;
        for (size_t w = 0; w < words && q->answerable; w++)
            a->ids[answerable * words + w] = q->word[w].id;
        if (q->answerable && a->kind->searches)
            a->queries[answerable] = query_of(a->kind, a->ids + answerable * words);
        answerable += q->answerable;
    }
    if (a->kind->searches && answerable)
        status = search_run(&a->search, a->queries, answerable, a->k, a->nearest, a->found, error);
    for (size_t i = 0; status == N2V_OK && i < a->count; i++) {
        const question *q = &a->questions[i];
        if (!q->answerable)
            print_unanswerable(a, q);
        else if (a->kind->searches)
            print_ranking(a, q, a->nearest + next * a->k, a->found[next]);
        else
            print_cosine(a, q);
        next += q->answerable;
        a->answered += q->answerable;
    }
    a->asked += a->count;
    a->count = 0;
    (void)fflush(stdout); /* the error stays on the stream, and ends the loops */
    return status;
}

static n2v_status answer_arguments(asking *a, const char *const *words, size_t count, n2v_error *error)
{
    n2v_status status = N2V_OK;

    for (size_t i = 0; status == N2V_OK && !ferror(stdout) && i < count;) {
        while (a->count < a->room && i < count) {
            question *q = new_question(a, 0);
            for (size_t w = 0; w < a->kind->words; w++, i++)
                add_word(a, q, words[i], strlen(words[i]));
        }
        status = answer(a, error);
    }
    return status;
}

static n2v_status answer_input(asking *a, n2v_error *error)
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
        if (a->count == a->room || !lines_at_hand(&lines)) /* none stays unanswered while we wait */
            status = answer(a, error);
    } while (status == N2V_OK && !ferror(stdout));
    lines_free(&lines);
    return status;
}

static n2v_status answer_person(asking *a, n2v_error *error)
{
    char *line, count[PROGRESS_TEXT];
    n2v_status status = N2V_OK;

    if (!a->json)
        printf("%s words of %zu dimensions; Ctrl-D ends.\n", progress_count(a->model.words, count), a->model.dim);
    prompt_start();
    while (status == N2V_OK && !ferror(stdout) && (line = prompt_line(a->kind->prompt))) {
        add_line(a, line, strlen(line), 0);
        if (!a->questions[0].words)
            a->count = 0; /* nothing was asked */
        status = answer(a, error);
        free(line);
    }
    a->asked = a->answered; /* who asks has seen what was not answered */
    return status;
}

/* The run ------------------------------------------------------------------------------- */

static n2v_status prepare(asking *a, const asking_settings *settings, n2v_error *error)
{
    const size_t threads = (size_t)(settings->threads == UNSET_INTEGER ? machine_cores() : settings->threads);
    const Kernels *kernels;
    n2v_status status;

    a->room = BATCH;
    if (!a->kind->searches)
        return N2V_OK;
    a->k = settings->k < a->model.words ? (size_t)settings->k : a->model.words;
    if (a->k > NEIGHBORS_MOST / BATCH)
        a->room = a->k < NEIGHBORS_MOST ? NEIGHBORS_MOST / a->k : 1;
    a->nearest = array_create(a->room * a->k, sizeof *a->nearest);
    if (!a->nearest)
        return fail_memory(error, a->room * a->k * sizeof *a->nearest, "the answers");
    if ((status = kernels_choose(PRECISION_AUTO, NULL, &kernels, error)) != N2V_OK)
        return status;
    return search_create(&a->search, &a->model, kernels, threads, error);
}

static n2v_status check_operands(const asking_kind *kind, const char *const *operands, size_t count, n2v_error *error)
{
    if (count == 1 && strcmp(operands[0], "-") == 0)
        return error_set(error, N2V_ERROR_ARGUMENT, "the vectors and the words cannot both come from standard input");
    if ((count - 1) % kind->words)
        return error_set(error, N2V_ERROR_ARGUMENT, "%s for each question; given: %zu", kind->expect, count - 1);
    return reader_check(operands[0], error);
}

n2v_status asking_run(const asking_kind *kind, const asking_settings *settings, const char *const *operands,
                      size_t count, n2v_error *error)
{
    asking *a = array_create_zero(1, sizeof *a);
    n2v_status status;

    if (!a)
        return fail_memory(error, sizeof *a, "the questions");
    a->kind = kind;
    a->path = operands[0];
    a->json = settings->json;
    if ((status = check_operands(kind, operands, count, error)) != N2V_OK ||
        (status = format_read(&a->model, operands[0], NULL, error)) != N2V_OK ||
        (status = prepare(a, settings, error)) != N2V_OK)
        goto out;
    if (count > 1)
        status = answer_arguments(a, operands + 1, count - 1, error);
    else
        status = prompt_possible() ? answer_person(a, error) : answer_input(a, error);
    if (status == N2V_OK && a->answered < a->asked)
        status = error_set(error, N2V_ERROR_DATA, "%" PRIu64 " of %" PRIu64 " questions not answered",
                           a->asked - a->answered, a->asked);
out:
    search_free(&a->search);
    free(a->nearest);
    model_free(&a->model);
    free(a);
    return status;
}
