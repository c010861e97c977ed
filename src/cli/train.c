/* train.c - nce2vec train: from text to vectors. All checks come before all work. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/machine.h"
#include "cli/metrics.h"
#include "cli/text_input.h"
#include "io/reader.h"
#include "io/writer.h"
#include "kernels/kernels.h"
#include "model/formats/format.h"
#include "model/select.h"
#include "train/trainer.h"

typedef struct train_settings {
    text_settings text;
    const char *output, *metrics, *save_vocab, *read_vocab, *heldout, *objective;
    size_t format, vectors;
    uint64_t dim, window, noise, noise_sharing, epochs, threads, seed;
    size_t precision;
    bool dry_run;
    double noise_power, subsample, lr;
    uint64_t binary, cbow, hs, classes, debug; /* of word2vec.c */
} train_settings;

static const char *objective_name(size_t index)
{
    const n2v_objective *objective = n2v_objective_at(index);
    return objective ? objective->name : NULL;
}

static const char *precision_name(size_t index)
{
    static const char *const names[] = {"auto", "fp32", "bf16"}; /* n2v_precision */
    return index < sizeof names / sizeof *names ? names[index] : NULL;
}

static const cli_option options[] = {
    {.name = "output",
     .aliases = "o",
     .kind = OPTION_TEXT,
     .value = "FILE",
     .offset = offsetof(train_settings, output),
     .section = "Input and output",
     .help = "where the vectors go; - is standard output"},
    {.name = "format",
     .kind = OPTION_CHOICE,
     .value = "NAME",
     .note = "by the ending of the output's name: " N2V_FORMAT_ENDINGS,
     .choice = n2v_format_name,
     .offset = offsetof(train_settings, format),
     .help = "how they are written; text and binary are word2vec's, n2v is the whole model, and 'nce2vec help "
             "convert' explains all. One of"},
    {.name = "vectors",
     .kind = OPTION_CHOICE,
     .value = "WHICH",
     .note = "all that the format holds",
     .choice = n2v_vectors_name,
     .offset = offsetof(train_settings, vectors),
     .help = "which vectors are written, alone: those of the words as input, as output, the sum of the two, or one "
             "after the other. One of"},
    {.name = "metrics",
     .kind = OPTION_TEXT,
     .value = "FILE",
     .offset = offsetof(train_settings, metrics),
     .help = "also write what is measured while it trains (time, epoch, words, words/s, lr, loss, held-out loss), a "
             "JSON object a line; - is standard output, and then they are not on standard error as well"},
    {.name = "save-vocab",
     .kind = OPTION_TEXT,
     .value = "FILE",
     .offset = offsetof(train_settings, save_vocab),
     .help = "also write the vocabulary, word<TAB>count lines"},
    {.name = "read-vocab",
     .kind = OPTION_TEXT,
     .value = "FILE",
     .recorded = true,
     .offset = offsetof(train_settings, read_vocab),
     .help = "take words and counts from this file instead of counting the text"},
    {.name = "heldout",
     .kind = OPTION_TEXT,
     .value = "SHARE|FILE",
     .recorded = true,
     .offset = offsetof(train_settings, heldout),
     .help = "keep this share of the sentences (such as 0.01) out, or take those of a file of text, and report "
             "the loss on them after each epoch"},
    TEXT_OPTION_TOKENIZER(train_settings),
    TEXT_OPTION_MIN_COUNT(train_settings),
    TEXT_OPTION_MAX_VOCAB(train_settings),
    {.name = "objective",
     .kind = OPTION_TEXT,
     .value = "NAME[:param=value,...]",
     .fallback = "nce",
     .choice = objective_name,
     .offset = offsetof(train_settings, objective),
     .section = "Training",
     .help = "what is optimised; 'nce2vec objectives' explains them and their parameters. One of"},
    {.name = "dim",
     .aliases = "size",
     .kind = OPTION_INTEGER,
     .value = "N",
     .fallback = "100",
     .least = 1,
     .most = 10000,
     .recorded = true,
     .offset = offsetof(train_settings, dim),
     .help = "numbers in a vector"},
    {.name = "window",
     .aliases = "ws",
     .kind = OPTION_INTEGER,
     .value = "N",
     .fallback = "5",
     .least = 1,
     .most = 1000,
     .recorded = true,
     .offset = offsetof(train_settings, window),
     .help = "words to the left and right that are context, at most; each centre draws 1 to N"},
    {.name = "noise",
     .aliases = "negative neg",
     .kind = OPTION_INTEGER,
     .value = "K",
     .note = "the objective's",
     .least = 1,
     .most = 1000,
     .recorded = true,
     .offset = offsetof(train_settings, noise),
     .help = "noise words drawn for a true one"},
    {.name = "noise-sharing",
     .kind = OPTION_INTEGER,
     .value = "M",
     .note = "the objective's",
     .least = 1,
     .most = 1000,
     .recorded = true,
     .offset = offsetof(train_settings, noise_sharing),
     .help = "words in a row that share noise words; up to 8 as a tile of whole windows, beyond that each input "
             "meets the noise words once for all of its window"},
    {.name = "noise-power",
     .kind = OPTION_REAL,
     .value = "X",
     .note = "0.75",
     .high = 5,
     .recorded = true,
     .offset = offsetof(train_settings, noise_power),
     .help = "noise words are drawn in proportion to count^X"},
    {.name = "subsample",
     .aliases = "sample t",
     .kind = OPTION_REAL,
     .value = "T",
     .fallback = "1e-4",
     .high = 1,
     .recorded = true,
     .offset = offsetof(train_settings, subsample),
     .help = "skip occurrences of words more frequent than T at random; 0: none"},
    {.name = "epochs",
     .aliases = "epoch iter",
     .kind = OPTION_INTEGER,
     .value = "N",
     .fallback = "5",
     .least = 1,
     .most = 100000,
     .recorded = true,
     .offset = offsetof(train_settings, epochs),
     .help = "passes over the text"},
    {.name = "lr",
     .aliases = "alpha learning-rate",
     .kind = OPTION_REAL,
     .value = "X",
     .note = "the objective's",
     .above = true,
     .high = 100,
     .recorded = true,
     .offset = offsetof(train_settings, lr),
     .help = "learning rate at the start; it falls linearly"},
    {.name = "threads",
     .aliases = "thread",
     .kind = OPTION_INTEGER,
     .value = "N",
     .note = "all cores",
     .least = 1,
     .most = 1024,
     .recorded = true,
     .offset = offsetof(train_settings, threads),
     .section = "Run",
     .help = "worker threads; one thread and the same seed give the same bytes on the same instruction set"},
    {.name = "precision",
     .kind = OPTION_CHOICE,
     .value = "PRECISION",
     .fallback = "auto",
     .choice = precision_name,
     .recorded = true,
     .offset = offsetof(train_settings, precision),
     .help = "of the products that vectors are moved by: fp32, bf16, or auto, which is bf16 where the processor has it. "
             "Vectors and sums are fp32 all the same. One of"},
    {.name = "dry-run",
     .kind = OPTION_FLAG,
     .offset = offsetof(train_settings, dry_run),
     .help = "check everything, say what would be trained and with which arithmetic, read no text"},
    {.name = "seed",
     .kind = OPTION_INTEGER,
     .value = "N",
     .fallback = "1",
     .most = UINT64_MAX - 1,
     .recorded = true,
     .offset = offsetof(train_settings, seed),
     .help = "names the random numbers"},
    TEXT_OPTION_QUIET(train_settings),
    /* word2vec.c's and fastText's, for command lines that exist already */
    {.name = "train", .aliases = "input", .kind = OPTION_OPERAND, .value = "FILE"},
    {.name = "binary",
     .kind = OPTION_INTEGER,
     .value = "0 or 1",
     .most = 1,
     .offset = offsetof(train_settings, binary)},
    {.name = "cbow",
     .kind = OPTION_INTEGER,
     .value = "0",
     .offset = offsetof(train_settings, cbow),
     .refusal = "only skip-gram is supported (-cbow 0)"},
    {.name = "hs",
     .kind = OPTION_INTEGER,
     .value = "0",
     .offset = offsetof(train_settings, hs),
     .refusal = "hierarchical softmax is not supported (-hs 0); 'nce2vec objectives' lists what is"},
    {.name = "classes",
     .kind = OPTION_INTEGER,
     .value = "0",
     .offset = offsetof(train_settings, classes),
     .refusal = "word classes are not supported (-classes 0)"},
    {.name = "debug", .kind = OPTION_INTEGER, .value = "0 to 2", .most = 2, .offset = offsetof(train_settings, debug)},
    {.name = NULL},
};

/* One run of the command: what is decided before work, and what work makes. */
typedef struct run_state {
    train_settings settings;
    const char *const *inputs;
    size_t count;
    const n2v_format *format;
    n2v_train_options options;
    const n2v_kernels *kernels;
    n2v_saving vectors;
    n2v_writer *words;
    cli_metrics metrics;
    n2v_vocabulary *given; /* the vocabulary that was read, until the corpus takes it */
    const char *heldout;   /* the file of held-out text; NULL: none */
    char *beside;          /* the second file of the vectors; NULL: none */
    n2v_corpus corpus;
    n2v_model model;
    n2v_train_report report;
    cli_progress progress;
    n2v_stop stop;
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
        return n2v_fail(error, N2V_ERROR_ARGUMENT,
                        "--heldout: '%s' is not a share of the sentences above 0 and below 1; a file of that name is "
                        "./%s",
                        text, text);
    r->settings.text.seed = r->settings.seed;
    return N2V_OK;
}

/* Refuses what was given but would change nothing. */
static n2v_status check_noise(const train_settings *s, const n2v_train_options *o, n2v_error *error)
{
    const unsigned needs = o->objective->needs(o->parameters);
    const char *given = NULL;

    if (needs & N2V_NEEDS_ALL_WORDS && s->noise != UNSET_INTEGER)
        given = "noise";
    if (needs & (N2V_NEEDS_ALL_WORDS | N2V_NEEDS_IN_BATCH) && s->noise_sharing != UNSET_INTEGER)
        given = "noise-sharing";
    if (needs & (N2V_NEEDS_ALL_WORDS | N2V_NEEDS_IN_BATCH) && !isnan(s->noise_power))
        given = "noise-power";
    return !given ? N2V_OK
                  : n2v_fail(error, N2V_ERROR_ARGUMENT,
                             "--%s has no effect with --objective %s, which %s: leave it out", given, s->objective,
                             needs & N2V_NEEDS_ALL_WORDS ? "draws no noise words"
                                                         : "takes the other pairs of a batch as noise");
}

/* What the options leave to the objective, the machine or the output's name. */
static n2v_status resolve(run_state *r, n2v_error *error)
{
    train_settings *s = &r->settings;
    n2v_train_options *o = &r->options;
    n2v_status status = n2v_objective_parse(s->objective, &o->objective, o->parameters, error);

    if (status || (status = check_noise(s, o, error)))
        return status;
    if (s->noise == UNSET_INTEGER)
        s->noise = o->objective->noise;
    if (s->noise_sharing == UNSET_INTEGER)
        s->noise_sharing = o->objective->noise_sharing;
    if (isnan(s->noise_power))
        s->noise_power = 0.75;
    if (isnan(s->lr))
        s->lr = n2v_objective_learning_rate(o->objective, o->parameters);
    if (s->threads == UNSET_INTEGER)
        s->threads = machine_cores();
    o->window = (size_t)s->window;
    o->noise = (size_t)s->noise;
    o->noise_sharing = (size_t)s->noise_sharing;
    o->noise_power = s->noise_power;
    o->subsample = s->subsample;
    o->epochs = (size_t)s->epochs;
    o->learning_rate = s->lr;
    o->threads = (size_t)s->threads;
    o->seed = s->seed;
    o->precision = (n2v_precision)s->precision;
    if ((status = n2v_kernels_choose(o->precision, &r->kernels, error)))
        return status;
    s->text.quiet = s->text.quiet || s->debug == 0;
    if ((status = resolve_heldout(r, error)))
        return status;
    if (s->format != UNSET_CHOICE)
        r->format = n2v_format_at(s->format);
    else if (s->binary != UNSET_INTEGER)
        r->format = n2v_format_find(s->binary ? "binary" : "text");
    else
        r->format = n2v_format_of_path(s->output);
    return n2v_format_beside(r->format, s->output, &r->beside, error);
}

static n2v_status check_heldout(const run_state *r, n2v_error *error)
{
    if (strcmp(r->heldout, "-") == 0)
        return n2v_fail(error, N2V_ERROR_ARGUMENT, "--heldout -: a file is needed, not standard input");
    for (size_t i = 0; i < r->count; i++)
        if (strcmp(r->inputs[i], "-") && text_same_file(r->heldout, r->inputs[i]))
            return n2v_fail(error, N2V_ERROR_ARGUMENT,
                            "--heldout %s is the same file as the input %s: nothing would be held out", r->heldout,
                            r->inputs[i]);
    return n2v_reader_check(r->heldout, error);
}

static n2v_status check_read(const run_state *r, n2v_error *error)
{
    const char *vocabulary = r->settings.read_vocab;
    n2v_status status = text_check_inputs(r->inputs, r->count, error);

    if (!status && vocabulary && strcmp(vocabulary, "-") == 0)
        return n2v_fail(error, N2V_ERROR_ARGUMENT, "--read-vocab -: a file is needed, not standard input");
    if (!status && vocabulary)
        status = n2v_reader_check(vocabulary, error);
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
                status = n2v_fail(error, N2V_ERROR_ARGUMENT, "%s and %s are the same file, %s", outputs[i].option,
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

static void say_plan(run_state *r)
{
    const n2v_train_options *o = &r->options;

    if (r->progress.no_figures)
        return;
    progress_say(&r->progress,
                 "training %s: %zu dimensions, window %zu, %zu noise words, %zu epochs, lr %g, %zu %s, %s",
                 o->objective->name, (size_t)r->settings.dim, o->window, o->noise, o->epochs, o->learning_rate,
                 o->threads, o->threads == 1 ? "thread" : "threads", r->kernels->name);
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
}

/* Losing the metrics is no reason to lose the training. */
static void say_metrics_failed(run_state *r, n2v_status before)
{
    if (r->metrics.status && !before)
        progress_say(&r->progress, "warning: %s; the training goes on", r->metrics.error.text);
}

static void observe_progress(void *context, const n2v_progress *now)
{
    run_state *r = context;
    const n2v_status before = r->metrics.status;

    progress_training(&r->progress, now);
    metrics_progress(&r->metrics, now);
    say_metrics_failed(r, before);
}

static void observe_heldout(void *context, const n2v_heldout *heldout)
{
    run_state *r = context;
    const n2v_status before = r->metrics.status;

    progress_heldout(&r->progress, heldout);
    metrics_heldout(&r->metrics, heldout);
    say_metrics_failed(r, before);
}

static n2v_status begin_metrics(run_state *r, n2v_error *error)
{
    const uint64_t words = n2v_blocks_words(r->corpus.blocks) * r->options.epochs;
    const run_record all = record(r, r->kernels->name);

    return metrics_begin(&r->metrics, &all, r->settings.output, &r->model, words, error);
}

static n2v_status train(run_state *r, cli_session *session, n2v_error *error)
{
    const n2v_train_observer observer = {
        .progress = observe_progress,
        .context = r,
        .stop = r->stop,
        .heldout = observe_heldout,
    };
    n2v_vocabulary *vocabulary = r->corpus.vocabulary;
    run_record all;
    n2v_status status = n2v_model_create(&r->model, vocabulary, (size_t)r->settings.dim,
                                         n2v_train_spare(&r->options), error);

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
    status = n2v_train(&r->model, r->corpus.blocks, &r->options, &observer, &r->report, error);
    progress_end(&r->progress);
    if (status)
        return status;
    say_result(r);
    free(r->model.parameters);
    all = record(r, r->report.kernels);
    r->model.parameters = record_lines(&all);
    return r->model.parameters ? N2V_OK : n2v_fail_memory(error, r->count, "the parameters");
}

static n2v_status write_all(run_state *r, n2v_error *error)
{
    char words[PROGRESS_TEXT];
    n2v_status status = N2V_OK;

    if (r->settings.vectors != UNSET_CHOICE)
        status = n2v_model_select(&r->model, (n2v_vectors)r->settings.vectors, error);
    if (!status)
        status = n2v_saving_write(&r->vectors, &r->model, error);
    if (!status && r->words)
        status = n2v_vocabulary_write(r->model.vocabulary, r->words, error);
    if (status)
        return status;
    if ((status = n2v_saving_commit(&r->vectors, error)))
        return status;
    progress_say(&r->progress, "wrote %s: %s words x %zu dimensions, %s", r->settings.output,
                 progress_count(r->model.words, words), r->model.dim, r->format->name);
    if (!r->words)
        return N2V_OK;
    status = n2v_writer_commit(r->words, error);
    r->words = NULL;
    if (!status)
        progress_say(&r->progress, "wrote %s", r->settings.save_vocab);
    return status;
}

static n2v_status say_interrupted(const run_state *r, n2v_error *error)
{
    if (!r->progress.epoch)
        return n2v_fail(error, N2V_ERROR_INTERRUPTED, "interrupted before training: nothing was written to %s",
                        r->settings.output);
    return n2v_fail(error, N2V_ERROR_INTERRUPTED,
                    "interrupted in epoch %zu of %zu, %.0f %% of the training done: all of it is lost, nothing was "
                    "written to %s%s%s",
                    r->progress.epoch, r->progress.epochs, 100 * r->progress.share, r->settings.output,
                    r->metrics.begun ? "; what was measured is in " : "", r->metrics.begun ? r->settings.metrics : "");
}

static n2v_status work(run_state *r, cli_session *session, n2v_error *error)
{
    const train_settings *s = &r->settings;
    n2v_vocabulary *given;
    n2v_status status;

    if (s->read_vocab && (status = n2v_vocabulary_read(&r->given, s->read_vocab, &r->stop, error)))
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
        return n2v_fail(error, N2V_ERROR_ARGUMENT, "no output is given: -o VECTORS");
    if ((status = resolve(&r, error)) || (status = check_files(&r, error)) ||
        (status = interrupt_hold(&session->interrupt, error)) ||
        (status = n2v_saving_open(&r.vectors, r.format, r.settings.output, &r.stop, error)))
        goto out;
    if (r.settings.save_vocab && (status = n2v_writer_open(&r.words, r.settings.save_vocab, &r.stop, error)))
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
    n2v_saving_discard(&r.vectors);
    n2v_writer_discard(r.words);
    free(r.beside);
    n2v_vocabulary_destroy(r.given);
    n2v_corpus_free(&r.corpus);
    n2v_model_free(&r.model);
    return status;
}

const cli_command train_command = {
    .name = "train",
    .summary = "train word vectors on text",
    .usage = "[options] INPUT... -o VECTORS",
    .about = "INPUT is text or gzipped text, told apart by content; - is standard input. A line is a sentence. "
             "word2vec.c's spellings (-train F -output F -size 100 -negative 5 ...) work, too.",
    .options = options,
    .settings_bytes = sizeof(train_settings),
    .least_operands = 1,
    .most_operands = SIZE_MAX,
    .operand = "no input is given: name a file of text, or - for standard input",
    .run = run,
};
