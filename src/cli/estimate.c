#include "cli/estimate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/plural.h"
#include "cli/print.h"
#include "cli/reading.h"

#define SAMPLE_TOKENS    UINT64_C(4000000)
#define TRAIN_SECONDS    0.7 /* of the sample */
#define WARM_SECONDS     0.2 /* of these, not measured */
#define ALL_WORDS_TOKENS UINT64_C(50000) /* of the sample of an objective that sums over all words, which is slow */
#define ALL_WORDS        "2000"          /* and its vocabulary */
#define PROGRAM_BYTES    7.5e6           /* of the program itself, and of its buffers for reading */

typedef struct estimate {
    cli_session *session;
    n2v_settings *settings, *plain; /* plain: of a training from nothing, for the sample */
    const char *const *inputs;
    size_t count;
    double trained;           /* words, before this run */
    const n2v_vectors *start; /* or the checkpoint; NULL: none */
    bool resumed;             /* it is the checkpoint */
    n2v_corpus_info read; /* the sample */
    bool whole;           /* the sample is all of the text */
    double tokens;        /* of the text; what follows, too */
    double types, vocabulary, sentences;
    double reading_seconds, training_seconds, speed; /* words/s of all epochs */
} estimate;

/* The sample ------------------------------------------------------------------------------ */

static bool all_are_files(const estimate *e)
{
    struct stat info;

    for (size_t i = 0; i < e->count; i++)
        if (stat(e->inputs[i], &info) != 0 || !S_ISREG(info.st_mode))
            return false;
    return true;
}

static n2v_observer stop_observer(const estimate *e)
{
    return (n2v_observer){.size = sizeof(n2v_observer), .context = e->session, .stop = e->session->observer.stop};
}

/* Reads about so many tokens; count_only: for nothing but the counts. The caller destroys the corpus. */
static n2v_status read_sample(const estimate *e, const n2v_settings *settings, uint64_t tokens, bool count_only,
                              n2v_corpus **corpus, n2v_corpus_info *info, n2v_error *error)
{
    const n2v_observer observer = stop_observer(e);
    n2v_status status = reading_open(corpus, settings, NULL, e->inputs, e->count, error);

    info->size = sizeof *info;
    if (status != N2V_OK)
        return status;
    n2v_corpus_limit(*corpus, tokens);
    status = count_only ? n2v_corpus_count(*corpus, &observer, error) : n2v_corpus_read(*corpus, &observer, error);
    return status == N2V_OK ? n2v_corpus_describe(*corpus, info, error) : status;
}

static n2v_status measure_growth(const estimate *e, cli_growth *growth, n2v_error *error)
{
    n2v_corpus *half = NULL;
    n2v_corpus_info info;
    const n2v_status status = read_sample(e, e->plain, e->read.tokens / 2, true, &half, &info, error);

    n2v_corpus_destroy(half);
    *growth = (cli_growth){.tokens = (double)e->read.tokens,
                           .types = (double)e->read.types,
                           .half_tokens = (double)info.tokens,
                           .half_types = (double)info.types};
    return status;
}

/* With the words of the vectors to start from, or to go on with. Words that the sample does not have are taken to be
 * new. */
static void add_start_words(estimate *e, const n2v_corpus *corpus)
{
    const char *which = n2v_settings_get(e->settings, "vocabulary");
    const bool drops = strcmp(n2v_settings_get(e->settings, "drop-unseen"), "1") == 0;
    n2v_vectors_info start = {.size = sizeof start};
    double known = 0;

    if (!e->start || n2v_vectors_describe(e->start, &start, NULL) != N2V_OK)
        return;
    if (e->resumed)
        e->vocabulary = (double)start.words;
    if (e->resumed || strcmp(which, "new") == 0)
        return;
    for (size_t id = 0; id < e->read.vocabulary; id++) {
        size_t bytes;
        const char *word = n2v_corpus_word(corpus, (uint32_t)id, &bytes);
        known += n2v_vectors_find(e->start, word, bytes) != N2V_NO_ID;
    }
    e->types += (double)start.words - known;
    if (strcmp(which, "old") == 0)
        e->vocabulary = drops ? known : (double)start.words;
    else if (!drops)
        e->vocabulary += (double)start.words - known;
}

/* Words and vocabulary of the whole text. */
static n2v_status extend(estimate *e, const n2v_corpus *corpus, n2v_error *error)
{
    const char *max = n2v_settings_get(e->settings, "max-vocab");
    const double larger = (double)e->read.source_bytes_total / (double)e->read.source_bytes;
    double grown = 1;
    cli_growth growth;
    n2v_status status;

    e->whole = e->read.source_bytes >= e->read.source_bytes_total;
    e->tokens = (double)e->read.tokens * (e->whole ? 1 : larger);
    e->sentences = (double)(e->read.sentences + e->read.heldout_sentences) * (e->whole ? 1 : larger);
    e->reading_seconds = e->read.seconds * (e->whole ? 1 : larger);
    if (!e->whole && !e->read.given) {
        if ((status = measure_growth(e, &growth, error)) != N2V_OK)
            return status;
        grown = estimate_growth(&growth, e->tokens);
    }
    e->types = (double)e->read.types * grown;
    e->vocabulary = (double)e->read.vocabulary * grown;
    if (max && e->vocabulary > strtod(max, NULL))
        e->vocabulary = strtod(max, NULL);
    add_start_words(e, corpus);
    return N2V_OK;
}

/* The speed ------------------------------------------------------------------------------- */

typedef struct stopwatch {
    const estimate *estimate;
    n2v_progress from, now; /* from: warm; 0 seconds: not yet */
} stopwatch;

static int stop_training(void *context)
{
    const stopwatch *watch = context;
    n2v_observer *observer = &watch->estimate->session->observer;

    return watch->now.seconds >= TRAIN_SECONDS || observer->stop(observer->context);
}

static void watch_training(void *context, const n2v_progress *now)
{
    stopwatch *watch = context;

    watch->now = *now;
    if (watch->from.seconds <= 0 && now->seconds >= WARM_SECONDS && now->words)
        watch->from = *now;
}

/* Words a second, of training on the sample. */
static n2v_status measure_speed(estimate *e, const n2v_settings *settings, const n2v_corpus *corpus, n2v_error *error)
{
    stopwatch watch = {.estimate = e};
    const n2v_observer observer = {
        .size = sizeof observer, .context = &watch, .stop = stop_training, .progress = watch_training};
    n2v_trainer_info end = {.size = sizeof end};
    n2v_trainer *trainer;
    n2v_status status = n2v_trainer_create(&trainer, settings, corpus, error);

    if (status != N2V_OK)
        return status;
    status = n2v_trainer_run(trainer, N2V_TO_END, 0, &observer, error);
    if (status == N2V_ERROR_INTERRUPTED && watch.now.seconds >= TRAIN_SECONDS)
        status = N2V_OK;
    if (status == N2V_OK)
        status = n2v_trainer_describe(trainer, &end, error);
    n2v_trainer_destroy(trainer);
    e->speed = end.seconds > 0 ? (double)end.words / end.seconds : 0;
    if (watch.from.seconds > 0 && watch.now.words > watch.from.words)
        e->speed = (double)(watch.now.words - watch.from.words) / (watch.now.seconds - watch.from.seconds);
    return status;
}

/* The same of an objective that sums over all words: with a small vocabulary, as its time grows in proportion. */
static n2v_status measure_sums(estimate *e, n2v_error *error)
{
    n2v_settings *settings = NULL;
    n2v_corpus *corpus = NULL;
    n2v_corpus_info info = {.vocabulary = 0};
    n2v_status status = n2v_settings_copy(&settings, e->plain, error);

    if (status == N2V_OK && e->vocabulary > strtod(ALL_WORDS, NULL))
        status = n2v_settings_set(settings, "max-vocab", ALL_WORDS, error);
    if (status == N2V_OK &&
        (status = read_sample(e, settings, ALL_WORDS_TOKENS, false, &corpus, &info, error)) == N2V_OK &&
        (status = measure_speed(e, settings, corpus, error)) == N2V_OK && info.vocabulary)
        e->speed *= (double)info.vocabulary / e->vocabulary;
    n2v_corpus_destroy(corpus);
    n2v_settings_destroy(settings);
    return status;
}

static n2v_status measure_training(estimate *e, const n2v_objectives *objectives, const n2v_corpus *corpus,
                                   n2v_error *error)
{
    const double kept = (double)e->read.words / (double)e->read.tokens; /* frequent enough, and not held out */
    const double epochs = strtod(n2v_settings_get(e->settings, "epochs"), NULL);
    n2v_objective_info objective = {.size = sizeof objective};
    n2v_status status =
        n2v_objective_describe(objectives, n2v_settings_get(e->settings, "objective"), &objective, error);

    if (status != N2V_OK)
        return status;
    status = objective.needs & N2V_NEEDS_ALL_WORDS ? measure_sums(e, error)
                                                   : measure_speed(e, e->plain, corpus, error);
    e->training_seconds =
        e->speed > 0 ? fmax(0, e->tokens * kept * epochs - e->trained) / e->speed : (double)NAN;
    return status;
}

/* The report ------------------------------------------------------------------------------ */

static const char *print_bytes(double bytes, char text[PRINT_TEXT])
{
    snprintf(text, PRINT_TEXT, bytes < 9.95e8 ? "%.0f MB" : "%.1f GB",
             bytes < 9.95e8 ? ceil(bytes / 1e6) : bytes / 1e9);
    return text;
}

static void report_text(const estimate *e)
{
    cli_progress *p = &e->session->progress;
    char read[PLURAL_TEXT], tokens[PLURAL_TEXT], words[PLURAL_TEXT], types[PRINT_TEXT], of[64] = "";

    if (!e->whole)
        progress_print(p, "estimates, from the first %s, %.2g %% of the text:", plural(e->read.tokens, "word", read),
                       estimate_percent((double)e->read.source_bytes, (double)e->read.source_bytes_total));
    if (!e->read.given)
        snprintf(of, sizeof of, " of %s different ones",
                 print_count((uint64_t)(e->whole ? e->types : estimate_rounded(e->types)), types));
    progress_print(
        p, "text: %s%s; vocabulary: %s%s%s", e->whole ? "" : "about ",
        plural((uint64_t)(e->whole ? e->tokens : estimate_rounded(e->tokens)), "word", tokens),
        e->whole || e->read.given ? "" : "about ",
        plural((uint64_t)(e->whole || e->read.given ? e->vocabulary : estimate_rounded(e->vocabulary)), "word", words),
        of);
}

static n2v_status report_memory(const estimate *e, n2v_error *error)
{
    n2v_memory memory = {.size = sizeof memory, .sentences = (uint64_t)e->sentences, .start = e->start};
    char most[PRINT_TEXT], file[PRINT_TEXT], temporary[96] = "";
    const n2v_status status = n2v_memory_estimate(&memory, e->settings, (size_t)e->vocabulary, (uint64_t)e->types,
                                                  (uint64_t)e->tokens, error);
    const double bytes = (double)(memory.text > memory.training ? memory.text : memory.training);

    if (status != N2V_OK)
        return status;
    if (memory.temporary)
        snprintf(temporary, sizeof temporary, ", and a temporary file of %s",
                 print_bytes((double)memory.temporary, file));
    progress_print(&e->session->progress, "memory: about %s%s", print_bytes(bytes + PROGRAM_BYTES, most), temporary);
    return N2V_OK;
}

static void report_time(const estimate *e)
{
    char reading[PRINT_TEXT], training[PRINT_TEXT], speed[PRINT_TEXT];

    if (isfinite(e->training_seconds))
        progress_print(&e->session->progress, "time on this machine: about %s to read, %s to train (%s words/s)",
                       print_time(e->reading_seconds, reading), print_time(e->training_seconds, training),
                       print_rate(e->speed, speed));
}

/* The settings of a training from nothing: a sample may have too few words of a file that a training starts from. */
static n2v_status leave_start_out(estimate *e, n2v_error *error)
{
    static const char *const names[] = {"start", "vocabulary", "freeze", "lr-of", "drop-unseen"};
    const size_t count = n2v_settings_get(e->settings, "read-vocab") ? 4 : 5; /* whose words may be unseen */
    const bool from_start = n2v_settings_get(e->settings, "start"), rates = n2v_settings_get(e->settings, "lr-of");
    n2v_status status = n2v_settings_copy(&e->plain, e->settings, error);

    if (status != N2V_OK || (!from_start && !rates))
        return status;
    progress_print(&e->session->progress, "the time is that of a training without %s",
                   from_start ? "--start" : "--lr-of");
    for (size_t i = 0; i < count && status == N2V_OK; i++)
        status = n2v_settings_set(e->plain, names[i], NULL, error);
    return status;
}

/* The vectors to start from, unless the checkpoint has them. */
static n2v_status load_start(estimate *e, n2v_vectors **start, n2v_error *error)
{
    const char *path = n2v_settings_get(e->settings, "start");
    const n2v_observer observer = stop_observer(e);
    n2v_status status;

    if (e->start || !path)
        return N2V_OK;
    if ((status = n2v_vectors_load(start, path, &observer, error)) == N2V_OK)
        e->start = *start;
    return status;
}

n2v_status estimate_report(cli_session *session, n2v_settings *settings, const n2v_objectives *objectives,
                           const char *const *inputs, size_t count, const n2v_vectors *checkpoint, uint64_t trained,
                           n2v_error *error)
{
    estimate e = {.session = session,
                  .settings = settings,
                  .inputs = inputs,
                  .count = count,
                  .start = checkpoint,
                  .resumed = checkpoint != NULL,
                  .trained = (double)trained};
    n2v_vectors *start = NULL;
    n2v_corpus *corpus = NULL;
    n2v_status status;

    if (!all_are_files(&e)) {
        progress_print(&session->progress, "no estimates: an input is not a regular file, and is not read");
        return N2V_OK;
    }
    if ((status = leave_start_out(&e, error)) != N2V_OK || (status = load_start(&e, &start, error)) != N2V_OK ||
        (status = read_sample(&e, e.plain, SAMPLE_TOKENS, false, &corpus, &e.read, error)) != N2V_OK ||
        (status = extend(&e, corpus, error)) != N2V_OK)
        goto out;
    report_text(&e);
    if ((status = reading_warn(corpus, &session->progress, error)) != N2V_OK ||
        (status = report_memory(&e, error)) != N2V_OK ||
        (status = measure_training(&e, objectives, corpus, error)) != N2V_OK)
        goto out;
    report_time(&e);
out:
    n2v_corpus_destroy(corpus);
    n2v_settings_destroy(e.plain);
    n2v_vectors_destroy(start);
    return status;
}
