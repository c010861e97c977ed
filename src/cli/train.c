/* train.c - nce2vec train: from text to vectors. All checks come before all work. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "base/machine.h"
#include "cli/metrics.h"
#include "cli/train_options.h"
#include "io/reader.h"
#include "io/writer.h"
#include "kernels/kernels.h"
#include "model/formats/format.h"
#include "model/select.h"
#include "train/trainer.h"

/* One run of the command: what is decided before work, and what work makes. */
typedef struct run_state {
    train_settings settings;
    const char *const *inputs;
    size_t count;
    const Format *format;
    TrainOptions options;
    const Kernels *kernels;
    Saving vectors;
    Writer *words;
    cli_metrics metrics;
    Vocabulary *given;   /* the vocabulary that was read, until the corpus takes it */
    const char *heldout; /* the file of held-out text; NULL: none */
    char *beside;        /* the second file of the vectors; NULL: none */
    Corpus corpus;
    Model model;
    TrainReport report;
    cli_progress progress;
    Stop stop;
} run_state;

/* A number is a share, all else the name of a file. */
static n2v_status resolve_heldout(run_state *r, n2v_error *error)
{
    const char *text = r->settings.heldout;
    char *end;
    const double share = text ? strtod(text, &end) : 0;

    if (!text)
        return N2V_OK;
    if (strspn(text, "+-.eE0123456789") != strlen(text) || end == text || *end)
        r->heldout = text;
    else if (share > 0 && share < 1)
        r->settings.text.heldout = share;
    else
        return error_set(error, N2V_ERROR_ARGUMENT,
                         "--heldout: '%s' is not a share of the sentences above 0 and below 1; a file of that name is "
                         "./%s",
                         text, text);
    r->settings.text.seed = r->settings.seed;
    return N2V_OK;
}

/* Refuses what was given but would change nothing. */
static n2v_status check_effect(const train_settings *s, const TrainOptions *o, n2v_error *error)
{
    const unsigned needs = objective_needs(o->objective, o->parameters);
    const char *given = NULL, *why;

    if (needs & N2V_NEEDS_ALL_WORDS && s->noise != UNSET_INTEGER)
        given = "noise";
    if (needs & (N2V_NEEDS_ALL_WORDS | N2V_NEEDS_IN_BATCH) && s->noise_sharing != UNSET_INTEGER)
        given = "noise-sharing";
    if (needs & (N2V_NEEDS_ALL_WORDS | N2V_NEEDS_IN_BATCH) && !isnan(s->noise_power))
        given = "noise-power";
    why = needs & N2V_NEEDS_ALL_WORDS ? "draws no noise words" : "takes the other pairs of a batch as noise";
    if (needs & N2V_NEEDS_UNIT_ROWS && !isnan(s->init)) {
        given = "init";
        why = "keeps all vectors at length 1";
    }
    return !given ? N2V_OK
                  : error_set(error, N2V_ERROR_ARGUMENT,
                              "--%s has no effect with --objective %s, which %s: leave it out", given, s->objective,
                              why);
}

/* What the options leave to the objective, the machine or the output's name. */
static n2v_status resolve(run_state *r, n2v_error *error)
{
    train_settings *s = &r->settings;
    TrainOptions *o = &r->options;
    n2v_status status = objective_parse(NULL, s->objective, &o->objective, o->parameters, error);

    if (status || (status = check_effect(s, o, error)))
        return status;
    if (s->noise == UNSET_INTEGER)
        s->noise = o->objective->noise;
    if (s->noise_sharing == UNSET_INTEGER)
        s->noise_sharing = o->objective->noise_sharing;
    if (isnan(s->noise_power))
        s->noise_power = 0.75;
    if (isnan(s->init))
        s->init = o->objective->init;
    if (isnan(s->lr))
        s->lr = objective_learning_rate(o->objective, o->parameters);
    if (s->threads == UNSET_INTEGER)
        s->threads = machine_cores();
    o->window = (size_t)s->window;
    o->noise = (size_t)s->noise;
    o->noise_sharing = (size_t)s->noise_sharing;
    o->noise_power = s->noise_power;
    o->subsample = s->subsample;
    o->epochs = (size_t)s->epochs;
    o->init = s->init;
    o->learning_rate = s->lr;
    o->threads = (size_t)s->threads;
    o->seed = s->seed;
    o->precision = (Precision)s->precision;
    if ((status = kernels_choose(o->precision, NULL, &r->kernels, error)))
        return status;
    s->text.quiet = s->text.quiet || s->debug == 0;
    if ((status = resolve_heldout(r, error)))
        return status;
    if (s->format != UNSET_CHOICE)
        r->format = format_at(s->format);
    else if (s->binary != UNSET_INTEGER)
        r->format = format_find(s->binary ? "binary" : "text");
    else
        r->format = format_of_path(s->output);
    return format_beside(r->format, s->output, &r->beside, error);
}

static n2v_status check_heldout(const run_state *r, n2v_error *error)
{
    if (strcmp(r->heldout, "-") == 0)
        return error_set(error, N2V_ERROR_ARGUMENT, "--heldout -: a file is needed, not standard input");
    for (size_t i = 0; i < r->count; i++)
        if (strcmp(r->inputs[i], "-") && text_same_file(r->heldout, r->inputs[i]))
            return error_set(error, N2V_ERROR_ARGUMENT,
                             "--heldout %s is the same file as the input %s: nothing would be held out", r->heldout,
                             r->inputs[i]);
    return reader_check(r->heldout, error);
}

static n2v_status check_read(const run_state *r, n2v_error *error)
{
    const char *vocabulary = r->settings.read_vocab;
    n2v_status status = text_check_inputs(r->inputs, r->count, error);

    if (!status && vocabulary && strcmp(vocabulary, "-") == 0)
        return error_set(error, N2V_ERROR_ARGUMENT, "--read-vocab -: a file is needed, not standard input");
    if (!status && vocabulary)
        status = reader_check(vocabulary, error);
    return !status && r->heldout ? check_heldout(r, error) : status;
}

/* What is to be written must be none of what is read, nor twice the same. */
static n2v_status check_files(const run_state *r, n2v_error *error)
{
    const train_settings *s = &r->settings;
    const struct {
        const char *option, *path;
    } outputs[] = {
        {"--output", s->output}, {"--output", r->beside}, {"--save-vocab", s->save_vocab}, {"--metrics", s->metrics}};
    const char *const others[] = {s->read_vocab, r->heldout};
    n2v_status status = check_read(r, error);

    for (size_t i = 0; !status && i < sizeof outputs / sizeof *outputs; i++) {
        const char *path = outputs[i].path;
        if (!path)
            continue;
        status = text_check_output(outputs[i].option, path, r->inputs, r->count, error);
        for (size_t k = 0; !status && k < sizeof others / sizeof *others; k++)
            if (others[k])
                status = text_check_output(outputs[i].option, path, &others[k], 1, error);
        for (size_t k = 0; !status && k < i; k++)
            if (outputs[k].path && text_same_output(path, outputs[k].path))
                status = error_set(error, N2V_ERROR_ARGUMENT, "%s and %s are the same file, %s", outputs[i].option,
                                   outputs[k].option, path);
    }
    return status;
}

static run_record record(const run_state *r, const char *kernels)
{
    return (run_record){.command = &train_command,
                        .settings = &r->settings,
                        .options = &r->options,
                        .inputs = r->inputs,
                        .count = r->count,
                        .tokens = r->corpus.report.tokens,
                        .kernels = kernels};
}

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

static void say_plan(run_state *r)
{
    const TrainOptions *o = &r->options;

    if (r->progress.no_figures)
        return;
    progress_say(&r->progress,
                 "training %s: %zu dimensions, window %zu, %zu noise word%s, %zu epoch%s, lr %g, %zu thread%s, %s",
                 o->objective->name, (size_t)r->settings.dim, o->window, o->noise, plural(o->noise), o->epochs,
                 plural(o->epochs), o->learning_rate, o->threads, plural(o->threads), r->kernels->name);
}

static void say_result(run_state *r)
{
    char words[PROGRESS_TEXT], rate[PROGRESS_TEXT], loss[64] = "";

    if (isfinite(r->report.loss))
        snprintf(loss, sizeof loss, "; mean loss of the last epoch %.4f", r->report.loss);
    if (!r->progress.no_figures)
        progress_say(&r->progress, "trained on %s words in %.1f s, %s words/s (%s)%s",
                     progress_count(r->report.words, words), r->report.seconds,
                     progress_rate(r->report.seconds > 0 ? (double)r->report.words / r->report.seconds : 0, rate),
                     r->report.kernels, loss);
    if (!r->report.pairs)
        progress_say(
            &r->progress,
            "warning: no pair of words was left (one word a line, or all subsampled away): nothing was learnt");
    if (r->report.shortened > 0.01)
        progress_say(&r->progress,
                     "warning: %.0f %% of the steps were shortened because scores ran away: try a lower --lr than %g%s",
                     100 * r->report.shortened, r->options.learning_rate,
                     r->options.init > r->options.objective->init ? ", or a smaller --init" : "");
}

/* Losing the metrics is no reason to lose the training. */
static void say_metrics_failed(run_state *r, n2v_status before)
{
    if (r->metrics.status && !before)
        progress_say(&r->progress, "warning: %s; the training goes on", r->metrics.error.text);
}

static void observe_progress(void *context, const Progress *now)
{
    run_state *r = context;
    const n2v_status before = r->metrics.status;

    progress_training(&r->progress, now);
    metrics_progress(&r->metrics, now);
    say_metrics_failed(r, before);
}

static void observe_heldout(void *context, const Heldout *heldout)
{
    run_state *r = context;
    const n2v_status before = r->metrics.status;

    progress_heldout(&r->progress, heldout);
    metrics_heldout(&r->metrics, heldout);
    say_metrics_failed(r, before);
}

static n2v_status begin_metrics(run_state *r, n2v_error *error)
{
    const uint64_t words = blocks_words(r->corpus.blocks) * r->options.epochs;
    const run_record all = record(r, r->kernels->name);

    return metrics_begin(&r->metrics, &all, r->settings.output, &r->model, words, error);
}

static n2v_status train(run_state *r, cli_session *session, n2v_error *error)
{
    const TrainObserver observer = {
        .progress = observe_progress,
        .context = r,
        .stop = r->stop,
        .heldout = observe_heldout,
    };
    Vocabulary *vocabulary = r->corpus.vocabulary;
    run_record all;
    n2v_status status = model_create(&r->model, vocabulary, (size_t)r->settings.dim, train_spare(&r->options), error);

    if (status)
        return status;
    r->corpus.vocabulary = NULL; /* the model has it */
    if (r->heldout &&
        (status = text_encode(&r->corpus.heldout, "held-out text", &r->heldout, 1, r->settings.text.tokenizer,
                              r->model.vocabulary, session, &r->progress, error)))
        return status;
    r->options.heldout = r->corpus.heldout;
    say_plan(r);
    if ((status = begin_metrics(r, error)))
        return status;
    status = train_model(&r->model, r->corpus.blocks, &r->options, &observer, &r->report, error);
    progress_end(&r->progress);
    if (status)
        return status;
    say_result(r);
    all = record(r, r->report.kernels);
    return run_record_add(&r->model.record, &all, error);
}

static n2v_status write_all(run_state *r, n2v_error *error)
{
    char words[PROGRESS_TEXT];
    n2v_status status;

    if (r->settings.vectors != UNSET_CHOICE)
        r->vectors.select.vectors = (Vectors)r->settings.vectors;
    status = saving_write(&r->vectors, &r->model, error);
    if (!status && r->words)
        status = vocabulary_write(r->model.vocabulary, r->words, error);
    if (status)
        return status;
    if ((status = saving_commit(&r->vectors, error)))
        return status;
    progress_say(&r->progress, "wrote %s: %s words x %zu dimensions, %s", r->settings.output,
                 progress_count(r->model.words, words),
                 r->settings.vectors == VECTORS_CONCAT ? 2 * r->model.dim : r->model.dim, r->format->name);
    if (!r->words)
        return N2V_OK;
    status = writer_commit(r->words, error);
    r->words = NULL;
    if (!status)
        progress_say(&r->progress, "wrote %s", r->settings.save_vocab);
    return status;
}

static n2v_status say_interrupted(const run_state *r, n2v_error *error)
{
    if (!r->progress.epoch)
        return error_set(error, N2V_ERROR_INTERRUPTED, "interrupted before training: nothing was written to %s",
                         r->settings.output);
    return error_set(error, N2V_ERROR_INTERRUPTED,
                     "interrupted in epoch %zu of %zu, %.0f %% of the training done: all of it is lost, nothing was "
                     "written to %s%s%s",
                     r->progress.epoch, r->progress.epochs, 100 * r->progress.share, r->settings.output,
                     r->metrics.begun ? "; what was measured is in " : "", r->metrics.begun ? r->settings.metrics : "");
}

static n2v_status work(run_state *r, cli_session *session, n2v_error *error)
{
    const train_settings *s = &r->settings;
    Vocabulary *given;
    n2v_status status;

    if (s->read_vocab && (status = vocabulary_read(&r->given, s->read_vocab, &r->stop, error)))
        return status;
    given = r->given;
    r->given = NULL;
    if ((status = text_read(&r->corpus, r->inputs, r->count, &s->text, given, false, session, &r->progress, error)) ||
        (status = train(r, session, error)))
        return status;
    return write_all(r, error);
}

static n2v_status run(struct cli_session *session, const void *settings, const char *const *inputs, size_t count,
                      n2v_error *error)
{
    run_state r = {.inputs = inputs, .count = count, .stop = interrupt_stop(&session->interrupt)};
    n2v_status status;

    memcpy(&r.settings, settings, sizeof r.settings);
    if (!r.settings.output)
        return error_set(error, N2V_ERROR_ARGUMENT, "no output is given: -o VECTORS");
    if ((status = resolve(&r, error)) || (status = check_files(&r, error)) ||
        (status = interrupt_hold(&session->interrupt, error)) ||
        (status = saving_open(&r.vectors, r.format, r.settings.output, &r.stop, error)))
        goto out;
    if (r.settings.save_vocab && (status = writer_open(&r.words, r.settings.save_vocab, &r.stop, error)))
        goto out;
    r.progress = progress_start(stderr, r.settings.text.quiet);
    if (r.settings.dry_run) {
        say_plan(&r);
        goto out;
    }
    if (r.settings.metrics && (status = metrics_open(&r.metrics, r.settings.metrics, &r.stop, error)))
        goto out;
    r.progress.no_figures = r.settings.metrics && strcmp(r.settings.metrics, "-") == 0;
    r.progress.epochs = r.options.epochs;
    status = work(&r, session, error);
    progress_end(&r.progress);
    if (status == N2V_ERROR_INTERRUPTED && !r.report.kernels) /* else the writer has told */
        say_interrupted(&r, error);
out:
    status = metrics_close(&r.metrics, status, &r.report, error);
    if (!status && r.settings.metrics && !r.progress.no_figures)
        progress_say(&r.progress, "wrote %s", r.settings.metrics);
    saving_discard(&r.vectors);
    writer_discard(r.words);
    free(r.beside);
    vocabulary_destroy(r.given);
    corpus_free(&r.corpus);
    model_free(&r.model);
    return status;
}

const cli_command train_command = {
    .name = "train",
    .summary = "train word vectors on text",
    .usage = "[options] INPUT... -o VECTORS",
    .about = "INPUT is text or gzipped text, told apart by content; - is standard input. A line is a sentence. "
             "word2vec.c's spellings (-train F -output F -size 100 -negative 5 ...) work, too.",
    .options = train_options,
    .settings_bytes = sizeof(train_settings),
    .least_operands = 1,
    .most_operands = SIZE_MAX,
    .operand = "no input is given: name a file of text, or - for standard input",
    .run = run,
};
