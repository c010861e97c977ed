/* train.c - nce2vec train: from text to vectors. All checks are done before any work. */
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/estimate.h"
#include "cli/files.h"
#include "cli/plural.h"
#include "cli/print.h"
#include "cli/reading.h"
#include "cli/train_report.h"
#include "cli/training.h"

/* Lines that are no sequences. */
static void warn_lines(const training *t, const n2v_corpus_info *read)
{
    cli_progress *progress = &t->session->progress;
    const uint64_t words = read->plain_words, sentences = read->sentences;
    /* or more: others have two words at least */
    const uint64_t alone = 2 * sentences > words ? 2 * sentences - words : 0;
    char some[PRINT_TEXT], all[PLURAL_TEXT];

    if (read->lines == 1 && strcmp(n2v_settings_get(t->settings, "window-weights"), "line") == 0)
        progress_print(progress,
                       "warning: the text is one line, so that with --window all every word is a context of every "
                       "other one; write a line for each sequence");
    if (alone > sentences / 2)
        progress_print(progress,
                       "warning: at least %s of %s have one word of the vocabulary alone, and no pair to learn from; a "
                       "sequence is a line",
                       print_count(alone, some), plural(sentences, "sentence", all));
}

static void report_start(const training *t, const n2v_corpus_info *read)
{
    const char *path = n2v_settings_get(t->settings, "start");
    char words[PLURAL_TEXT], found[PRINT_TEXT];

    if (path && !t->resume.checkpoint)
        progress_print(&t->session->progress, "starting from %s: it has %s of %s", path,
                       print_count(read->start_words, found), plural(read->vocabulary, "word", words));
}

static n2v_status read_text(training *t, n2v_error *error)
{
    cli_session *session = t->session;
    n2v_corpus_info read = {.size = sizeof read};
    n2v_status status = n2v_corpus_read(t->corpus, &session->observer, error);

    progress_end(&session->progress);
    if (status != N2V_OK ||
        (status = reading_report(t->corpus, n2v_settings_get(t->settings, "heldout"), &session->progress, error)) !=
            N2V_OK ||
        (status = n2v_corpus_describe(t->corpus, &read, error)) != N2V_OK)
        return status;
    warn_lines(t, &read);
    report_start(t, &read);
    t->pauses = read.heldout_sentences > 0 || watch_pauses(&t->watch);
    if ((status = ranks_any(&session->ranks, &t->pauses, error)) != N2V_OK)
        return status;
    session_observe_training(session, t->pauses);
    return N2V_OK;
}

static n2v_status report_frozen(const training *t, n2v_error *error)
{
    n2v_trainer_info info = {.size = sizeof info};
    char vectors[PLURAL_TEXT], frozen[PRINT_TEXT];
    const n2v_status status = n2v_trainer_describe(t->trainer, &info, error);

    if (status == N2V_OK && info.frozen && !t->session->progress.no_figures)
        progress_print(&t->session->progress, "frozen: %s of %s", print_count(info.frozen, frozen),
                       plural(info.vectors, "vector", vectors));
    return status;
}

static n2v_status report_plan(training *t, n2v_error *error)
{
    n2v_corpus_info read = {.size = sizeof read}; /* in a dry run nothing is read, and all is 0 */
    const n2v_status status = n2v_corpus_describe(t->corpus, &read, error);

    if (status != N2V_OK)
        return status;
    return train_report_plan(&t->session->progress, t->settings, t->objectives, read.vocabulary, error);
}

/* A new trainer, or that of the checkpoint. */
static n2v_status make_trainer(training *t, n2v_error *error)
{
    const cli_resume *r = &t->resume;
    cli_session *session = t->session;
    n2v_status status;

    if (!r->checkpoint) {
        if ((status = n2v_trainer_create(&t->trainer, t->settings, t->corpus, error)) != N2V_OK ||
            (status = watch_begin(&t->watch, n2v_trainer_vectors(t->trainer), error)) != N2V_OK ||
            (status = report_plan(t, error)) != N2V_OK || (status = report_frozen(t, error)) != N2V_OK)
            return status;
        return metrics_begin(&session->metrics, t->trainer, t->values->output, error);
    }
    if ((status = n2v_trainer_resume(&t->trainer, r->checkpoint, t->settings, t->corpus, error)) != N2V_OK ||
        (status = watch_begin(&t->watch, n2v_trainer_vectors(t->trainer), error)) != N2V_OK ||
        (status = report_plan(t, error)) != N2V_OK || (status = report_frozen(t, error)) != N2V_OK)
        return status;
    if ((status = n2v_trainer_describe(t->trainer, &t->end, error)) != N2V_OK)
        return status;
    progress_print(&session->progress, "resuming %s: epoch %zu of %zu, %.0f %% of the training is done",
                   t->values->resume, t->end.epoch, t->end.epochs,
                   100 * (double)t->end.words / (double)t->end.words_total);
    session->checkpoint.is_worth = true; /* its beginning was saved */
    n2v_vectors_destroy(t->resume.checkpoint); /* the trainer has copied it */
    t->resume.checkpoint = NULL;
    return ranks_first(&session->ranks) ? metrics_resume(&session->metrics, t->trainer, t->values->output,
                                                         t->values->metrics, r->metrics_lines, error)
                                        : N2V_OK;
}

static n2v_status create_trainer(training *t, n2v_error *error)
{
    const n2v_status status = make_trainer(t, error);
    return n2v_ranks_agree(t->session->ranks.ranks, status, error);
}

/* The trainer has paused: at the end of an epoch, or because somebody wants to stop or save. */
static n2v_status handle_pause(training *t, bool at_end, n2v_error *error)
{
    cli_session *session = t->session;
    cli_checkpoint *checkpoint = &session->checkpoint;
    n2v_status status = N2V_OK;

    if (ranks_first(&session->ranks)) {
        if (at_end && t->pauses && (status = watch_epoch(&t->watch, t->trainer, error)) != N2V_OK)
            return status;
        if (!at_end || session->interrupt.save || checkpoint_is_due_at(checkpoint, t->end.epoch))
            checkpoint_save(checkpoint, t->trainer, &session->options, &session->metrics, &session->progress,
                            session->interrupt.save);
    }
    session->interrupt.save = false;
    return N2V_OK;
}

/* Runs the trainer from pause to pause: to its end, or to the epoch at which watching ends it. */
static n2v_status run_trainer(training *t, n2v_error *error)
{
    cli_session *session = t->session;
    const cli_ranks *ranks = &session->ranks;
    bool pauses = session->checkpoint.every || t->pauses, stopped;
    n2v_status status = ranks_any(ranks, &pauses, error), ran;

    checkpoint_begin(&session->checkpoint);
    while (status == N2V_OK) {
        stopped = t->watch.stopped;
        if ((status = ranks_any(ranks, &stopped, error)) != N2V_OK ||
            (status = n2v_trainer_describe(t->trainer, &t->end, error)) != N2V_OK || t->end.finished || stopped)
            break;
        ran = n2v_trainer_run(t->trainer, pauses ? N2V_TO_EPOCH_END : N2V_TO_END, 0, &session->training, error);
        if ((ran != N2V_OK && ran != N2V_ERROR_INTERRUPTED) ||
            (status = ranks_interrupt(ranks, &session->interrupt, error)) != N2V_OK)
            return ran == N2V_OK ? status : ran;
        if (ran != N2V_OK && session->interrupt.number)
            return n2v_ranks_agree(ranks->ranks, ran, error);
        status = n2v_ranks_agree(ranks->ranks, handle_pause(t, ran == N2V_OK, error), error);
    }
    return status;
}

static n2v_status train(training *t, n2v_error *error)
{
    cli_session *session = t->session;
    n2v_trainer_info begin = {.size = sizeof begin};
    uint64_t sent;
    n2v_status status;

    t->end.size = sizeof t->end;
    if ((status = create_trainer(t, error)) != N2V_OK ||
        (status = n2v_trainer_describe(t->trainer, &begin, error)) != N2V_OK)
        return status;
    sent = n2v_ranks_sent(session->ranks.ranks);
    status = run_trainer(t, error);
    sent = n2v_ranks_sent(session->ranks.ranks) - sent;
    progress_end(&session->progress);
    if (status != N2V_OK)
        return status;
    t->trained = true;
    if (t->values->checkpoint && ranks_first(&session->ranks))
        checkpoint_save(&session->checkpoint, t->trainer, &session->options, &session->metrics, &session->progress,
                        false);
    if ((status = train_report_result(&session->progress, t->settings, t->objectives, &t->end, error)) == N2V_OK)
        train_report_sent(&session->progress, n2v_ranks_count(session->ranks.ranks), sent, t->end.words - begin.words);
    return status;
}

/* Publishes a file beside the vectors, after them; status is theirs. N2V_ERROR_DURABILITY leaves them complete. */
static n2v_status commit_beside(training *t, n2v_output **output, const char *path, n2v_status status, n2v_error *error)
{
    n2v_status own;

    if (!*output || (status != N2V_OK && status != N2V_ERROR_DURABILITY))
        return status;
    own = n2v_output_commit(*output, status == N2V_OK ? error : NULL);
    *output = NULL;
    if (own == N2V_OK)
        progress_print(&t->session->progress, "wrote %s", files_name(path));
    return status != N2V_OK ? status : own;
}

static n2v_status write_all(training *t, n2v_error *error)
{
    const n2v_vectors *vectors = n2v_trainer_vectors(t->trainer);
    const char *output = t->values->output, *format = n2v_output_format(t->vectors);
    const bool kept = watch_keeps(&t->watch);
    n2v_status status = kept ? N2V_OK : n2v_output_vectors(t->vectors, vectors, error);

    if (status == N2V_OK && t->words)
        status = n2v_output_vocabulary(t->words, t->corpus, error);
    if (status == N2V_OK && t->text)
        status = n2v_output_vectors(t->text, vectors, error);
    if (status != N2V_OK)
        return status;
    if (kept)
        n2v_output_discard(t->vectors);
    else
        status = n2v_output_commit(t->vectors, error);
    t->vectors = NULL;
    if (status == N2V_OK && !kept)
        status = session_print_written(t->session, output, vectors, t->output_settings, format, error);
    status = commit_beside(t, &t->words, t->values->save_vocab, status, error);
    return commit_beside(t, &t->text, t->values->save_text, status, error);
}

/* What an interrupt of the training leaves. */
static n2v_status interrupted(training *t, n2v_error *error)
{
    cli_session *session = t->session;
    const cli_progress *p = &session->progress;
    const char *path = NULL;
    n2v_error cause = {.text = ""};

    if (!t->trainer)
        return fail(error, N2V_ERROR_INTERRUPTED, "interrupted before training: nothing was written to %s",
                    files_name(t->values->output));
    if (checkpoint_save_last(&session->checkpoint, t->trainer, &session->options, &session->metrics,
                             &session->progress, &path, &cause) != N2V_OK)
        return fail(error, N2V_ERROR_INTERRUPTED, "interrupted in epoch %zu of %zu, and not saved: %s", p->epoch,
                    p->epochs, cause.text);
    if (path)
        return fail(error, N2V_ERROR_INTERRUPTED,
                    "interrupted in epoch %zu of %zu, after %.0f %% of the training; to go on: nce2vec train --resume "
                    "%s",
                    p->epoch, p->epochs, 100 * p->share, path);
    return fail(error, N2V_ERROR_INTERRUPTED,
                "interrupted in epoch %zu of %zu, after %.0f %% of the training: it is lost, %s %s%s%s; --checkpoint "
                "FILE saves it",
                p->epoch, p->epochs, 100 * p->share,
                watch_keeps(&t->watch) ? "the vectors of the best epoch so far are in" : "nothing was written to",
                files_name(t->values->output),
                session->metrics.begun ? ", the log so far is in " : "",
                session->metrics.begun ? t->values->metrics : "");
}

/* A training whose vectors were not written is saved, as it is at an interrupt before. */
static void keep_trained(training *t)
{
    cli_session *session = t->session;
    cli_checkpoint *checkpoint = &session->checkpoint;
    const char *path = checkpoint->path ? checkpoint->path : checkpoint->beside;

    if (!checkpoint->path && checkpoint->is_worth)
        checkpoint_save(checkpoint, t->trainer, &session->options, &session->metrics, &session->progress, false);
    if (path && checkpoint->saved)
        progress_print(&session->progress, "the training is saved; to write its vectors: nce2vec train --resume %s",
                       path);
}

static n2v_status write_or_keep(training *t, n2v_status status, n2v_error *error)
{
    if (status == N2V_OK)
        status = write_all(t, error);
    if (status != N2V_OK && status != N2V_ERROR_DURABILITY)
        keep_trained(t);
    return status == N2V_OK ? watch_end(&t->watch, error) : status;
}

static n2v_status work(training *t, n2v_error *error)
{
    n2v_status status = read_text(t, error);

    if (status == N2V_OK)
        status = train(t, error);
    if (t->trained && ranks_first(&t->session->ranks))
        status = write_or_keep(t, status, error);
    if (t->trained)
        status = n2v_ranks_agree(t->session->ranks.ranks, status, error);
    progress_end(&t->session->progress);
    /* later the library names the file that is not complete */
    if (status == N2V_ERROR_INTERRUPTED && !t->trained && ranks_first(&t->session->ranks))
        return interrupted(t, error);
    return status;
}

static void close_all(training *t)
{
    n2v_output_discard(t->vectors);
    n2v_output_discard(t->words);
    n2v_output_discard(t->text);
    compat_free(&t->compat);
    watch_close(&t->watch);
    n2v_trainer_destroy(t->trainer);
    n2v_corpus_destroy(t->corpus);
    n2v_settings_destroy(t->settings);
    n2v_settings_destroy(t->output_settings);
    n2v_objectives_destroy(t->objectives);
    checkpoint_free(&t->session->checkpoint);
    resume_free(&t->resume);
    free(t->objective);
    free(t->plugin);
}

static n2v_status run(struct cli_session *session, const void *values, const char *const *inputs, size_t count,
                      n2v_error *error)
{
    train_values own = *(const train_values *)values, *v = &own;
    training t = {.session = session, .values = v, .inputs = inputs, .count = count};
    cli_progress *progress = &session->progress;
    n2v_status status;

    session_start(session, v->quiet || v->debug == 0 || !ranks_first(&session->ranks));
    if (options_typed(&session->options, "progress") && ranks_first(&session->ranks))
        progress->style = (cli_progress_style)v->progress;
    if ((status = n2v_ranks_agree(session->ranks.ranks, training_prepare(&t, error), error)) != N2V_OK)
        goto out;
    compat_report(&t.compat, &session->options, progress);
    if (v->dry_run) {
        if ((status = report_plan(&t, error)) == N2V_OK && ranks_first(&session->ranks))
            status = estimate_report(session, t.settings, t.objectives, t.inputs, t.count, t.resume.checkpoint,
                                     t.resume.words, error);
        goto out;
    }
    progress->no_figures = v->metrics && strcmp(v->metrics, "-") == 0;
    status = work(&t, error);
out:
    status = metrics_close(&session->metrics, status, t.trained ? &t.end : NULL, error);
    if (status == N2V_OK && v->metrics && !v->dry_run && !progress->no_figures)
        progress_print(progress, "wrote %s", v->metrics);
    close_all(&t);
    return status;
}

const cli_command train_command = {
    .name = "train",
    .summary = "train word vectors on text",
    .usage = "[options] INPUT... -o VECTORS | --resume FILE",
    .about = "INPUT is text, plain or compressed, recognized by content; - is standard input; a folder is "
             "its files; @LIST is the files that LIST names, one a line; 'x*.txt' is those that match. A line is a "
             "sentence. The options of word2vec.c (-train F -output F -size 100 -cbow 0 ...) and fastText (-input F "
             "-output F -dim 100 ...) are accepted, with the defaults of these programs.",
    .options = train_options,
    .sections = true,
    .ranks = true,
    .values_bytes = sizeof(train_values),
    .max_operands = SIZE_MAX,
    .run = run,
};
