#include "cli/watch.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/epoch_files.h"
#include "cli/plural.h"

#define PAIRS_MIN 10 /* eval/similarity.py gives no score to fewer, either */

static bool has_patience(const cli_watch *w)
{
    return w->options && w->options->patience != UNSET_INTEGER;
}

static bool saves(const cli_watch *w)
{
    return w->options && w->options->save_every != UNSET_INTEGER;
}

static const char *score_name(const cli_watch *w)
{
    return w->pairs ? "validation" : "held-out loss";
}

/* Before the training ----------------------------------------------------------------------- */

static n2v_status check_options(const cli_watch *w, n2v_error *error)
{
    const bool stream = strcmp(w->output, "-") == 0;

    if (saves(w) && stream)
        return fail(error, N2V_ERROR_ARGUMENT, "--save-every writes files beside the output: give -o a file, not -");
    if (has_patience(w) && stream)
        return fail(error, N2V_ERROR_ARGUMENT,
                    "--patience replaces the output by better vectors: give -o a file, not -");
    if (has_patience(w) && !w->heldout && !w->options->validate)
        return fail(error, N2V_ERROR_ARGUMENT,
                    "--patience needs a score of each epoch: add --validate PAIRS or --heldout 0.01");
    if (w->options->validate && strcmp(w->options->validate, "-") == 0)
        return fail(error, N2V_ERROR_ARGUMENT, "--validate -: a file is needed, not standard input");
    return N2V_OK;
}

n2v_status watch_open(cli_watch *w, cli_session *session, const cli_watch_options *options, const char *output,
                      n2v_settings *settings, bool heldout, n2v_error *error)
{
    n2v_status status;

    *w = (cli_watch){.session = session, .options = options, .output = output, .settings = settings,
                     .heldout = heldout};
    if ((status = check_options(w, error)) != N2V_OK || !options->validate)
        return status;
    return n2v_pairs_load(&w->pairs, options->validate, &session->observer, error);
}

void watch_close(cli_watch *w)
{
    n2v_pairs_destroy(w->pairs);
    w->pairs = NULL;
}

n2v_status watch_check_files(const cli_watch *w, uint64_t epochs, const cli_files *files, n2v_error *error)
{
    n2v_status status = N2V_OK;

    for (uint64_t epoch = 1; saves(w) && status == N2V_OK && epoch <= epochs / w->options->save_every; epoch++) {
        char *path;
        if ((status = epoch_file(&path, w->output, epoch * w->options->save_every, error)) == N2V_OK)
            status = files_check(files, "--save-every", path, error);
        free(path);
    }
    return status;
}

bool watch_pauses(const cli_watch *w)
{
    return w->pairs || saves(w) || has_patience(w);
}

n2v_status watch_begin(const cli_watch *w, const n2v_vectors *vectors, n2v_error *error)
{
    n2v_pairs_score score = {.size = sizeof score};
    n2v_status status;

    if (!w->pairs || (status = n2v_pairs_evaluate(w->pairs, vectors, &score, error)) != N2V_OK)
        return w->pairs ? status : N2V_OK;
    if (score.found < PAIRS_MIN)
        return fail(error, N2V_ERROR_DATA,
                    "--validate %s: both words of %zu of %zu pairs are in the vocabulary, and a score needs %d pairs",
                    w->options->validate, score.found, score.pairs, PAIRS_MIN);
    return N2V_OK;
}

/* State ------------------------------------------------------------------------------------- */

#define NOTE_OUTPUT  "watch.output"
#define NOTE_SCORE   "watch.score" /* the file of pairs, or the name of another score */
#define NOTE_BEST    "watch.best"
#define NOTE_EPOCH   "watch.epoch"
#define NOTE_WITHOUT "watch.without"

static const char *score_source(const cli_watch *w)
{
    return w->pairs ? w->options->validate : score_name(w);
}

static n2v_status note_state(const cli_watch *w, n2v_trainer *trainer, n2v_error *error)
{
    char best[40], epoch[24], without[24];
    const struct {
        const char *name, *value;
    } notes[] = {{NOTE_OUTPUT, w->output}, {NOTE_SCORE, score_source(w)}, {NOTE_BEST, best}, {NOTE_EPOCH, epoch},
                 {NOTE_WITHOUT, without}};
    n2v_status status = N2V_OK;

    (void)snprintf(best, sizeof best, "%.17g", w->state.best);
    (void)snprintf(epoch, sizeof epoch, "%" PRIu64, w->state.epoch);
    (void)snprintf(without, sizeof without, "%" PRIu64, w->state.without);
    for (size_t i = 0; i < sizeof notes / sizeof *notes && status == N2V_OK; i++)
        status = n2v_trainer_note(trainer, notes[i].name, notes[i].value, error);
    return status;
}

static const char *find_note(const n2v_vectors *checkpoint, const char *wanted)
{
    const char *name, *value;

    for (size_t i = 0; n2v_vectors_note(checkpoint, i, &name, &value); i++)
        if (strcmp(name, wanted) == 0)
            return value;
    return "";
}

void watch_restore(cli_watch *w, const n2v_vectors *checkpoint)
{
    const double best = strtod(find_note(checkpoint, NOTE_BEST), NULL);

    if (!has_patience(w) || !isfinite(best) || access(w->output, F_OK) != 0 ||
        strcmp(find_note(checkpoint, NOTE_OUTPUT), w->output) != 0 ||
        strcmp(find_note(checkpoint, NOTE_SCORE), score_source(w)) != 0)
        return;
    w->state.best = best;
    w->state.epoch = strtoull(find_note(checkpoint, NOTE_EPOCH), NULL, 10);
    w->state.without = strtoull(find_note(checkpoint, NOTE_WITHOUT), NULL, 10);
    w->stopped = w->state.without >= w->options->patience;
    if (w->stopped)
        progress_print(&w->session->progress,
                       "the training has ended by --patience: a larger one lets it go on, up to --epochs");
}

/* After an epoch ---------------------------------------------------------------------------- */

static n2v_status save(const cli_watch *w, const char *path, const n2v_vectors *vectors, const char **format,
                       n2v_error *error)
{
    n2v_output *output;
    n2v_status status = n2v_output_open(&output, path, w->settings, NULL, error); /* an interrupt waits for its end */

    if (status != N2V_OK)
        return status;
    *format = n2v_output_format(output); /* the library's own string */
    if ((status = n2v_output_vectors(output, vectors, error)) == N2V_OK)
        return n2v_output_commit(output, error);
    n2v_output_discard(output);
    return status;
}

/* A file that cannot be written is no reason to lose the training, but its failure is the run's at the end. */
static void note_failure(cli_watch *w, n2v_status status, const n2v_error *failure)
{
    progress_print(&w->session->progress, "warning: %s; the training continues", failure->text);
    if (w->status == N2V_OK) {
        w->status = status == N2V_ERROR_ARGUMENT ? N2V_ERROR_IO : status; /* much work was done before it */
        w->error = *failure;
        w->error.status = w->status;
    }
}

static n2v_status save_epoch(cli_watch *w, const n2v_vectors *vectors, n2v_error *error)
{
    n2v_error failure;
    const char *format;
    char *path;
    n2v_status status = epoch_file(&path, w->output, w->session->ended.epoch, error);

    if (status != N2V_OK)
        return status;
    if ((status = save(w, path, vectors, &format, &failure)) == N2V_OK) {
        status = session_print_written(w->session, path, vectors, w->settings, format, error);
    } else {
        note_failure(w, status, &failure);
        status = N2V_OK;
    }
    free(path);
    return status;
}

static bool is_better(const cli_watch *w, double score)
{
    if (!isfinite(score))
        return false;
    return !w->state.epoch || (w->pairs ? score > w->state.best : score < w->state.best);
}

/* The output file has the best vectors so far at any time. */
static void keep_best(cli_watch *w, double score, const n2v_vectors *vectors)
{
    const n2v_epoch *epoch = &w->session->ended;
    n2v_error failure;
    const char *format;
    const n2v_status status = save(w, w->output, vectors, &format, &failure);

    if (status != N2V_OK)
        note_failure(w, status, &failure);
    if (status != N2V_OK && status != N2V_ERROR_DURABILITY)
        return; /* the file has the best before this one */
    w->state = (cli_watch_state){.best = score, .epoch = epoch->epoch};
    progress_print(&w->session->progress, "epoch %zu/%zu: the best %s so far; its vectors are in %s", epoch->epoch,
                   epoch->epochs, score_name(w), w->output);
}

static n2v_status judge(cli_watch *w, double score, const n2v_vectors *vectors, n2v_error *error)
{
    char epochs[PLURAL_TEXT];

    if (!w->pairs && !w->session->ended.heldout_pairs)
        return fail(error, N2V_ERROR_DATA,
                    "--patience has no score to go by: the held-out sentences have no pair of words");
    if (is_better(w, score)) {
        keep_best(w, score, vectors);
        return N2V_OK;
    }
    if (++w->state.without < w->options->patience)
        return N2V_OK;
    w->stopped = true;
    progress_print(&w->session->progress, "stopped after epoch %zu of %zu: no better %s in %s", w->session->ended.epoch,
                   w->session->ended.epochs, score_name(w), plural(w->state.without, "epoch", epochs));
    return N2V_OK;
}

n2v_status watch_epoch(cli_watch *w, n2v_trainer *trainer, n2v_error *error)
{
    const n2v_vectors *vectors = n2v_trainer_vectors(trainer);
    const n2v_epoch *epoch = &w->session->ended;
    n2v_pairs_score validation = {.size = sizeof validation};
    n2v_status status;

    if (w->pairs && (status = n2v_pairs_evaluate(w->pairs, vectors, &validation, error)) != N2V_OK)
        return status;
    if (w->pairs || w->heldout)
        session_report_epoch(w->session, w->pairs ? &validation : NULL);
    if (saves(w) && epoch->epoch % w->options->save_every == 0 && (status = save_epoch(w, vectors, error)) != N2V_OK)
        return status;
    if (!has_patience(w))
        return N2V_OK;
    if ((status = judge(w, w->pairs ? validation.spearman : epoch->heldout_loss, vectors, error)) != N2V_OK)
        return status;
    return note_state(w, trainer, error);
}

/* The end ----------------------------------------------------------------------------------- */

bool watch_keeps(const cli_watch *w)
{
    return has_patience(w) && w->state.epoch > 0;
}

n2v_status watch_end(cli_watch *w, n2v_error *error)
{
    const uint64_t before = w->state.epoch + w->state.without; /* a checkpoint of the end has no further epoch */
    const uint64_t epochs = w->session->ended.epoch ? w->session->ended.epoch : before;

    if (watch_keeps(w))
        progress_print(&w->session->progress,
                       "%s has the vectors of epoch %" PRIu64 ", the best of %" PRIu64 ": %s %.4f", w->output,
                       w->state.epoch, epochs, score_name(w), w->state.best);
    if (w->status != N2V_OK)
        *error = w->error;
    return w->status;
}
