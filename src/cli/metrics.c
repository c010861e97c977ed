#include "cli/metrics.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "base/json.h"

#define LINES        500  /* in a short training, about */
#define SECONDS_MOST 10.0 /* between two lines, as long as there is news */

/* A line is put together in memory, so that it is written in one piece. */
typedef struct line {
    FILE *out;
    char *text;
    size_t bytes;
} line;

static bool line_begin(line *l, cli_metrics *m)
{
    *l = (line){.out = NULL};
    if (!m->status && !(l->out = open_memstream(&l->text, &l->bytes)))
        m->status = fail_memory(&m->error, 1, "a line of the metrics");
    return l->out != NULL;
}

static void line_end(line *l, cli_metrics *m)
{
    fputs("}\n", l->out);
    if (fclose(l->out))
        m->status = fail_memory(&m->error, l->bytes, "a line of the metrics");
    if (!m->status)
        m->status = writer_write(m->writer, l->text, l->bytes, &m->error);
    if (!m->status)
        m->status = writer_publish(m->writer, &m->error);
    free(l->text);
}

static void put_number(FILE *out, const char *name, double value)
{
    fprintf(out, ",\"%s\":", name);
    json_number(out, value, 9);
}

static double ratio(double amount, double by)
{
    return by > 0 ? amount / by : (double)NAN;
}

n2v_status metrics_open(cli_metrics *m, const char *path, const Stop *stop, n2v_error *error)
{
    return writer_open(&m->writer, path, stop, error);
}

n2v_status metrics_begin(cli_metrics *m, const run_record *record, const char *output, const Model *model,
                         uint64_t words_total, n2v_error *error)
{
    const time_t now = time(NULL);
    char started[32] = "";
    struct tm utc;
    line l;

    if (!m->writer)
        return N2V_OK;
    m->last = (Progress){.words_total = words_total, .loss = (double)NAN};
    if (line_begin(&l, m)) {
        if (gmtime_r(&now, &utc))
            strftime(started, sizeof started, "%Y-%m-%dT%H:%M:%SZ", &utc);
        fprintf(l.out, "{\"started\":\"%s\",\"output\":", started);
        json_string(l.out, output);
        fprintf(l.out, ",\"vocabulary\":%zu,\"words_total\":%" PRIu64 ",\"parameters\":", model->words, words_total);
        run_record_json(l.out, record);
        line_end(&l, m);
    }
    m->begun = !m->status;
    if (m->status && error)
        *error = m->error;
    return m->status;
}

static void write_training(cli_metrics *m)
{
    const Progress *now = &m->last;
    line l;

    if (line_begin(&l, m)) {
        fprintf(l.out, "{\"seconds\":%.3f,\"epoch\":%zu,\"words\":%" PRIu64, now->seconds, now->epoch, now->words);
        put_number(l.out, "words_per_second", ratio((double)(now->words - m->words), now->seconds - m->seconds));
        put_number(l.out, "lr", now->learning_rate);
        put_number(l.out, "loss", ratio(m->loss, (double)m->pairs));
        line_end(&l, m);
    }
    m->words = now->words;
    m->seconds = now->seconds;
    m->loss = 0;
    m->pairs = 0;
    m->due = false;
}

void metrics_progress(cli_metrics *m, const Progress *now)
{
    if (!m->begun)
        return;
    m->last = *now;
    if (now->pairs) {
        m->loss += now->loss * (double)now->pairs;
        m->pairs += now->pairs;
    }
    if (now->words > m->words &&
        (m->due || now->words - m->words >= now->words_total / LINES || now->seconds - m->seconds >= SECONDS_MOST))
        write_training(m);
}

void metrics_heldout(cli_metrics *m, const Heldout *heldout)
{
    line l;

    if (!m->begun)
        return;
    if (line_begin(&l, m)) {
        fprintf(l.out, "{\"seconds\":%.3f,\"epoch\":%zu,\"words\":%" PRIu64, heldout->seconds, heldout->epoch,
                heldout->words);
        put_number(l.out, "heldout_loss", heldout->loss);
        fprintf(l.out, ",\"heldout_pairs\":%" PRIu64, heldout->pairs);
        line_end(&l, m);
    }
    m->due = true;
}

static void write_end(cli_metrics *m, n2v_status status, const TrainReport *report)
{
    const char *end = status == N2V_OK ? "done" : status == N2V_ERROR_INTERRUPTED ? "interrupted" : "failed";
    const bool trained = report->kernels != NULL; /* to its end */
    const double seconds = trained ? report->seconds : m->last.seconds;
    const uint64_t words = trained ? report->words : m->last.words;
    line l;

    if (line_begin(&l, m)) {
        fprintf(l.out, "{\"end\":\"%s\",\"seconds\":%.3f,\"words\":%" PRIu64, end, seconds, words);
        put_number(l.out, "words_per_second", ratio((double)words, seconds));
        put_number(l.out, "last_epoch_loss", trained ? report->loss : (double)NAN);
        put_number(l.out, "steps_shortened", trained ? report->shortened : (double)NAN);
        line_end(&l, m);
    }
}

n2v_status metrics_close(cli_metrics *m, n2v_status status, const TrainReport *report, n2v_error *error)
{
    if (m->begun) {
        if (m->last.words > m->words)
            write_training(m);
        write_end(m, status, report);
    }
    if (m->begun && !m->status)
        m->status = writer_commit(m->writer, &m->error);
    else
        writer_discard(m->writer);
    m->writer = NULL;
    if (status || !m->status)
        return status;
    return error_set(error, m->status, "%s; the vectors are complete, the metrics are not", m->error.text);
}
