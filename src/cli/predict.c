/* predict.c - nce2vec predict: the words that fit a context. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/lines.h"
#include "cli/lookup.h"
#include "cli/plugin.h"
#include "cli/print.h"
#include "cli/prompt.h"
#include "cli/session.h"

#define DIGITS 7

typedef struct predict_values {
    uint64_t top;
    const char *plugin;
    bool json;
} predict_values;

static const cli_option options[] = {
    {.name = "top",
     .aliases = "n k count",
     .kind = OPTION_INTEGER,
     .value = "N",
     .fallback = "10",
     .min = 1,
     .max = 1000000,
     .offset = offsetof(predict_values, top),
     .help = "number of words for each text"},
    {.name = "*", .kind = OPTION_SETTINGS, .purpose = N2V_FOR_PREDICTION},
    {.name = "plugin",
     .kind = OPTION_TEXT,
     .value = "FILE",
     .offset = offsetof(predict_values, plugin),
     .help = "load the model's objective from this shared object"},
    {.name = "json",
     .kind = OPTION_FLAG,
     .offset = offsetof(predict_values, json),
     .help = "print one JSON object a line for each text, also for a text without an answer"},
    {.name = NULL},
};

/* What the tokenizer makes of one side of the place, and its words. */
typedef struct side {
    char *text;
    size_t count;
} side;

typedef struct prediction_run {
    const predict_values *values;
    n2v_objectives *objectives;
    n2v_vectors *vectors;
    cli_vocabulary vocabulary;
    n2v_predictor *predictor;
    n2v_vectors_info info;
    n2v_neighbor *best; /* k */
    size_t k;
    uint64_t total, answered;

    /* Of the text at hand. */
    const char *text;
    size_t bytes;
    uint64_t line;   /* of standard input; 0: from elsewhere */
    size_t marks;    /* how often it has '_' */
    cli_word *words; /* of both sides */
    size_t count;
    n2v_context *context; /* the known ones */
    size_t known;
} prediction_run;

/* Texts --------------------------------------------------------------------------------- */

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* How many words are '_'; *mark: where the first one is. */
static size_t find_marks(const char *text, size_t bytes, size_t *mark)
{
    size_t marks = 0;

    *mark = bytes;
    for (size_t at = 0; at < bytes; at++) {
        const bool begins = at == 0 || is_blank(text[at - 1]), ends = at + 1 == bytes || is_blank(text[at + 1]);
        if (text[at] == '_' && begins && ends && !marks++)
            *mark = at;
    }
    return marks;
}

static n2v_status tokenize(side *s, const prediction_run *a, const char *text, size_t bytes, n2v_error *error)
{
    size_t needed;
    n2v_status status = n2v_vectors_tokenize(a->vectors, text, bytes, NULL, 0, &needed, &s->count, error);

    if (status != N2V_OK)
        return status;
    if (!(s->text = malloc(needed + 1)))
        return fail_memory(error, needed + 1, "a text");
    return n2v_vectors_tokenize(a->vectors, text, bytes, s->text, needed + 1, NULL, NULL, error);
}

/* Looks the words of a side up. before: they are on the left of the place. */
static void add_side(prediction_run *a, const side *s, bool before)
{
    const size_t from = a->known;
    const char *at = s->text;

    for (size_t i = 0; i < s->count; i++) {
        const size_t bytes = strcspn(at, " ");
        const cli_word word = {.text = at, .bytes = bytes, .id = n2v_vectors_find(a->vectors, at, bytes)};
        a->words[a->count++] = word;
        if (word.id != N2V_NO_ID)
            a->context[a->known++].id = word.id;
        at += bytes + 1;
    }
    for (size_t i = from; i < a->known; i++) /* unknown words are skipped, as in training */
        a->context[i].distance = !a->marks ? 0 : (uint32_t)(before ? a->known - i : i - from + 1);
}

/* Answers ------------------------------------------------------------------------------- */

static void print_json_number_of(const char *name, double value)
{
    printf("%s", name);
    print_json_number(stdout, value, DIGITS);
}

static void print_json(const prediction_run *a, const n2v_prediction *p, const char *problem)
{
    fputs("{\"text\": ", stdout);
    print_json_string(stdout, a->text, a->bytes);
    fputs(", \"context\": [", stdout);
    for (size_t i = 0; i < a->known; i++) {
        fputs(i ? ", " : "", stdout);
        lookup_print_json(&a->vocabulary, a->context[i].id);
    }
    putchar(']');
    if (a->known < a->count) {
        fputs(", \"unknown\": ", stdout);
        lookup_report_json(&a->vocabulary, a->words, a->count);
    }
    if (problem) {
        if (a->line)
            printf(", \"line\": %" PRIu64, a->line);
        printf(", \"error\": \"%s\"}\n", problem);
        return;
    }
    printf(", \"exact\": %s", p->exact ? "true" : "false");
    print_json_number_of(", \"total\": ", p->total);
    fputs(", \"answers\": [", stdout);
    for (size_t i = 0; i < p->found; i++) {
        fputs(i ? ", {\"word\": " : "{\"word\": ", stdout);
        lookup_print_json(&a->vocabulary, a->best[i].id);
        print_json_number_of(", \"probability\": ", (double)a->best[i].score);
        putchar('}');
    }
    puts("]}");
}

static void report_unknown(const prediction_run *a)
{
    (void)fflush(stdout); /* in the order of the texts, where both streams go to the same place */
    for (size_t i = 0; i < a->count; i++)
        if (a->words[i].id == N2V_NO_ID)
            lookup_report(&a->vocabulary, &a->words[i], a->line);
}

static void print_text(const prediction_run *a, const n2v_prediction *p, const char *problem)
{
    report_unknown(a);
    if (problem) {
        lookup_begin_message(a->line);
        fprintf(stderr, "%s\n", problem);
        return;
    }
    if (a->answered)
        putchar('\n');
    print_plain(stdout, a->text, a->bytes);
    putchar('\n');
    for (size_t i = 0; i < p->found; i++) {
        printf("%10.6f  ", (double)a->best[i].score);
        print_word(stdout, n2v_vectors_word(a->vectors, a->best[i].id, NULL));
        putchar('\n');
    }
}

/* The text's context is known. */
static n2v_status predict(prediction_run *a, n2v_error *error)
{
    n2v_prediction p = {.size = sizeof p};
    const char *problem = NULL;
    n2v_status status = N2V_OK;

    if (a->marks > 1)
        problem = "a text has one _, for the word to predict, but this one has several";
    else if (!a->count)
        problem = "there is no word to predict from: write some, with a _ for the missing one";
    else if (!a->known)
        problem = "no word of the text is in the vocabulary, so there is nothing to predict from";
    else
        status = n2v_predict_words(a->predictor, a->context, a->known, a->k, a->best, &p, error);
    if (status != N2V_OK)
        return status;
    (a->values->json ? print_json : print_text)(a, &p, problem);
    a->total++;
    a->answered += !problem;
    (void)fflush(stdout); /* a failure stays on the stream, and ends the loops */
    return N2V_OK;
}

static n2v_status answer(prediction_run *a, const char *text, size_t bytes, uint64_t line, n2v_error *error)
{
    side left = {.text = NULL}, right = {.text = NULL};
    size_t mark, after;
    n2v_status status;

    for (; bytes && is_blank(text[bytes - 1]); bytes--) /* a carriage return */
        ;
    a->text = text;
    a->bytes = bytes;
    a->line = line;
    a->count = a->known = 0;
    a->marks = find_marks(text, bytes, &mark);
    after = mark + (mark < bytes);
    if ((status = tokenize(&left, a, text, mark, error)) != N2V_OK ||
        (status = tokenize(&right, a, text + after, bytes - after, error)) != N2V_OK)
        goto out;
    a->words = calloc(left.count + right.count + 1, sizeof *a->words);
    a->context = calloc(left.count + right.count + 1, sizeof *a->context);
    if (!a->words || !a->context) {
        status = fail_memory(error, (left.count + right.count) * sizeof *a->words, "the words of a text");
        goto out;
    }
    add_side(a, &left, true);
    add_side(a, &right, false);
    status = predict(a, error);
out:
    free(a->words);
    free(a->context);
    a->words = NULL;
    a->context = NULL;
    free(left.text);
    free(right.text);
    return status;
}

/* Where texts come from ------------------------------------------------------------------- */

/* All arguments are one text. */
static n2v_status answer_arguments(prediction_run *a, const char *const *words, size_t count, n2v_error *error)
{
    size_t bytes = 0;
    char *text, *at;
    n2v_status status;

    for (size_t i = 0; i < count; i++)
        bytes += strlen(words[i]) + 1;
    if (!(text = at = malloc(bytes)))
        return fail_memory(error, bytes, "a text");
    for (size_t i = 0; i < count; i++) {
        at = stpcpy(at, words[i]);
        *at++ = ' ';
    }
    status = answer(a, text, bytes - 1, 0, error);
    free(text);
    return status;
}

static n2v_status answer_input(prediction_run *a, n2v_error *error)
{
    cli_lines lines = {0};
    const char *line;
    size_t bytes;
    n2v_status status;

    while ((status = lines_next(&lines, &line, &bytes, error)) == N2V_OK && line && !ferror(stdout))
        if ((status = answer(a, line, bytes, lines.number, error)) != N2V_OK)
            break;
    lines_free(&lines);
    return status;
}

static n2v_status answer_terminal(prediction_run *a, n2v_error *error)
{
    char *line, count[PRINT_TEXT];
    n2v_status status = N2V_OK;

    if (!a->values->json)
        printf("%s words of %zu dimensions; write a text with a _ for the missing word; Ctrl-D ends.\n",
               print_count(a->info.words, count), a->info.dim);
    prompt_start();
    while (status == N2V_OK && !ferror(stdout) && (line = prompt_line("text> "))) {
        if (*line)
            status = answer(a, line, strlen(line), 0, error);
        free(line);
    }
    a->total = a->answered; /* the user has seen the errors */
    return status;
}

/* The run --------------------------------------------------------------------------------- */

static n2v_status prepare(prediction_run *a, const cli_options *all, n2v_error *error)
{
    n2v_settings *settings = NULL;
    n2v_status status;

    a->info.size = sizeof a->info;
    if ((status = n2v_vectors_load(&a->vectors, a->vocabulary.path, NULL, error)) != N2V_OK ||
        (status = n2v_vectors_describe(a->vectors, &a->info, error)) != N2V_OK)
        return status;
    a->vocabulary.vectors = a->vectors;
    a->k = a->values->top < a->info.words ? (size_t)a->values->top : a->info.words;
    if (!(a->best = calloc(a->k, sizeof *a->best)))
        return fail_memory(error, a->k * sizeof *a->best, "the answers");
    if ((status = options_settings(all, N2V_FOR_PREDICTION, a->objectives, &settings, error)) == N2V_OK)
        status = n2v_predictor_create(&a->predictor, a->vectors, settings, a->objectives, error);
    n2v_settings_destroy(settings);
    return status;
}

static n2v_status run(struct cli_session *session, const void *values, const char *const *operands, size_t count,
                      n2v_error *error)
{
    prediction_run a = {.values = values, .vocabulary = {.path = operands[0]}};
    n2v_status status = N2V_OK;

    if (count == 1 && strcmp(operands[0], "-") == 0)
        return fail(error, N2V_ERROR_ARGUMENT, "the model and the texts cannot both come from standard input");
    if (a.values->plugin)
        status = plugin_load(&a.objectives, a.values->plugin, NULL, error);
    if (status == N2V_OK)
        status = prepare(&a, &session->options, error);
    if (status == N2V_OK && count > 1)
        status = answer_arguments(&a, operands + 1, count - 1, error);
    else if (status == N2V_OK)
        status = prompt_possible() ? answer_terminal(&a, error) : answer_input(&a, error);
    if (status == N2V_OK && a.answered < a.total)
        status = fail(error, N2V_ERROR_DATA, "texts without an answer: %" PRIu64 " of %" PRIu64, a.total - a.answered,
                      a.total);
    free(a.best);
    n2v_predictor_destroy(a.predictor);
    n2v_vectors_destroy(a.vectors);
    n2v_objectives_destroy(a.objectives);
    return status;
}

const cli_command predict_command = {
    .name = "predict",
    .summary = "list the words that fit a context, with probabilities",
    .usage = "[options] MODEL.n2v [TEXT...]",
    .about = "Lists the most probable words at the place that a _ marks: 'the cat _ on the mat'. Without a _, all "
             "words of the text are the context. All TEXT is one text; without it, texts are read from standard input, "
             "one a line. Words at most the model's window away count, the nearer and rarer ones more, as in training; "
             "they are no answers themselves. The probabilities are those of the training's text after subsampling; "
             "its objective must define P(w|c). Words that are not in the model are reported and skipped. Exit status: "
             "0 when every text was answered, else 1; at a terminal always 0.",
    .options = options,
    .values_bytes = sizeof(predict_values),
    .min_operands = 1,
    .max_operands = SIZE_MAX,
    .operand = "no model is given: name a .n2v file",
    .run = run,
};
