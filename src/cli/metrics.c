#include "cli/metrics.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zlib.h>

#include "cli/measured.h"
#include "cli/print.h"

#define LINES       500  /* in a short training, about */
#define SECONDS_MAX 10.0 /* between two lines, as long as there is news */
#define TIME_BYTES  32

/* A line is put together in memory, so that it is written in one piece. */
typedef struct line {
    FILE *out;
    char *text;
    size_t bytes;
} line;

static bool line_begin(line *l, cli_metrics *m)
{
    *l = (line){.out = NULL};
    if (m->status == N2V_OK && !(l->out = open_memstream(&l->text, &l->bytes)))
        m->status = fail_memory(&m->error, 1, "a line of the metrics");
    return l->out != NULL;
}

static void line_end(line *l, cli_metrics *m)
{
    bool complete;

    fputs("}\n", l->out);
    complete = !ferror(l->out);
    if (fclose(l->out) != 0 || !complete || !l->text) /* which is NULL after a success without memory */
        m->status = fail_memory(&m->error, l->bytes, "a line of the metrics");
    if (m->status == N2V_OK)
        m->status = n2v_output_bytes(m->file, l->text, l->bytes, &m->error);
    if (m->status == N2V_OK)
        m->status = n2v_output_publish(m->file, &m->error);
    m->lines += m->status == N2V_OK; /* a checkpoint knows how many there are */
    free(l->text);
}

static void put_text(FILE *out, const char *text)
{
    print_json_string(out, text, strlen(text));
}

static double ratio(double amount, double by)
{
    return by > 0 ? amount / by : (double)NAN;
}

/* The parameters ------------------------------------------------------------------------- */

static bool is_text_setting(const char *name)
{
    n2v_setting_info info = {.size = sizeof info};

    for (size_t i = 0; n2v_setting_describe(N2V_FOR_TRAINING, i, &info, NULL) == N2V_OK; i++)
        if (strcmp(info.name, name) == 0)
            return info.type == N2V_TEXT || info.type == N2V_CHOICE;
    return false;
}

static bool is_number(const char *name, const char *value)
{
    char *end;

    if (strspn(value, "+-.eE0123456789") != strlen(value) || strchr("+.", *value) || is_text_setting(name))
        return false;
    (void)strtod(value, &end);
    return end != value && !*end;
}

/* All that the model records; "input" is an array. */
static void put_parameters(FILE *out, const n2v_vectors *vectors)
{
    const char *name, *value, *before = "";

    for (size_t i = 0; n2v_vectors_record(vectors, i, &name, &value); i++) {
        if (strcmp(name, "input") == 0)
            continue;
        put_text(out, name);
        fputc(':', out);
        if (is_number(name, value))
            fputs(value, out);
        else
            put_text(out, value);
        fputc(',', out);
    }
    fputs("\"input\":[", out);
    for (size_t i = 0; n2v_vectors_record(vectors, i, &name, &value); i++) {
        if (strcmp(name, "input") != 0)
            continue;
        fputs(before, out);
        put_text(out, value);
        before = ",";
    }
    fputc(']', out);
}

/* The lines ------------------------------------------------------------------------------ */

/* Now, as 2026-11-24T14:00:00Z. */
static const char *time_text(char text[TIME_BYTES])
{
    const time_t now = time(NULL);
    struct tm utc;

    *text = '\0';
    if (gmtime_r(&now, &utc))
        strftime(text, TIME_BYTES, "%Y-%m-%dT%H:%M:%SZ", &utc);
    return text;
}

/* What is counted goes on from where the trainer is. */
static n2v_status describe(cli_metrics *m, const n2v_trainer *trainer, n2v_trainer_info *training, n2v_error *error)
{
    const n2v_status status = n2v_trainer_describe(trainer, training, error);

    m->last = (n2v_progress){.words = training->words,
                             .words_total = training->words_total,
                             .seconds = training->seconds,
                             .loss = (double)NAN};
    m->words = training->words;
    m->seconds = training->seconds;
    return status;
}

static n2v_status begun(cli_metrics *m, n2v_error *error)
{
    m->begun = m->status == N2V_OK;
    if (!m->begun)
        *error = m->error;
    return m->status;
}

n2v_status metrics_begin(cli_metrics *m, const n2v_trainer *trainer, const char *output, n2v_error *error)
{
    const n2v_vectors *vectors = n2v_trainer_vectors(trainer);
    n2v_trainer_info training = {.size = sizeof training};
    n2v_vectors_info model = {.size = sizeof model};
    char started[TIME_BYTES];
    n2v_status status;
    line l;

    if (!m->file)
        return N2V_OK;
    if ((status = describe(m, trainer, &training, error)) != N2V_OK ||
        (status = n2v_vectors_describe(vectors, &model, error)) != N2V_OK)
        return status;
    if (line_begin(&l, m)) {
        fprintf(l.out, "{\"started\":\"%s\",\"output\":", time_text(started));
        put_text(l.out, output);
        fprintf(l.out, ",\"vocabulary\":%zu,\"words_total\":%" PRIu64 ",\"parameters\":{", model.words,
                training.words_total);
        put_parameters(l.out, vectors);
        fputc('}', l.out);
        line_end(&l, m);
    }
    return begun(m, error);
}

/* Copies the first lines of a file, compressed or not, into the new one; false: it has fewer. Reading goes through
 * zlib, which takes both. */
static bool copy_lines(cli_metrics *m, const char *path, uint64_t lines)
{
    gzFile old = gzopen(path, "rbe");
    char piece[4096];

    if (!old)
        return false;
    while (m->lines < lines && m->status == N2V_OK && gzgets(old, piece, sizeof piece)) {
        const size_t bytes = strlen(piece);
        m->status = n2v_output_bytes(m->file, piece, bytes, &m->error);
        m->lines += bytes && piece[bytes - 1] == '\n';
    }
    (void)gzclose_r(old); /* what was read is whole lines */
    return m->lines == lines;
}

n2v_status metrics_resume(cli_metrics *m, const n2v_trainer *trainer, const char *output, const char *path,
                          uint64_t lines, n2v_error *error)
{
    n2v_trainer_info training = {.size = sizeof training};
    char resumed[TIME_BYTES];
    n2v_status status;
    line l;

    if (!m->file)
        return N2V_OK;
    if (!lines || strcmp(path, "-") == 0)
        return metrics_begin(m, trainer, output, error);
    if ((status = describe(m, trainer, &training, error)) != N2V_OK)
        return status;
    if (!copy_lines(m, path, lines) && m->status == N2V_OK)
        return fail(error, N2V_ERROR_DATA,
                    "%s has %" PRIu64 " lines of the training so far, and the checkpoint needs %" PRIu64
                    ": give another file to --metrics, or --metrics - to leave it as it is",
                    path, m->lines, lines);
    if (line_begin(&l, m)) {
        fprintf(l.out, "{\"resumed\":\"%s\",\"seconds\":%.3f,\"words\":%" PRIu64, time_text(resumed), training.seconds,
                training.words);
        line_end(&l, m);
    }
    return begun(m, error);
}

static void write_training(cli_metrics *m)
{
    const n2v_progress *now = &m->last;
    line l;

    if (line_begin(&l, m)) {
        fputc('{', l.out);
        measured_training(l.out, now, ratio((double)(now->words - m->words), now->seconds - m->seconds),
                          ratio(m->loss, (double)m->pairs));
        line_end(&l, m);
    }
    m->words = now->words;
    m->seconds = now->seconds;
    m->loss = 0;
    m->pairs = 0;
    m->due = false;
}

static void write_rest(cli_metrics *m)
{
    if (m->begun && m->last.words > m->words)
        write_training(m);
}

void metrics_pause(cli_metrics *m)
{
    write_rest(m);
    if (m->begun && m->status == N2V_OK)
        m->status = n2v_output_flush(m->file, &m->error);
}

void metrics_progress(cli_metrics *m, const n2v_progress *now)
{
    if (!m->begun)
        return;
    m->last = *now;
    if (now->pairs) {
        m->loss += now->loss * (double)now->pairs;
        m->pairs += now->pairs;
    }
    if (now->words > m->words &&
        (m->due || now->words - m->words >= now->words_total / LINES || now->seconds - m->seconds >= SECONDS_MAX))
        write_training(m);
}

void metrics_epoch(cli_metrics *m, const n2v_epoch *epoch, const n2v_pairs_score *validation)
{
    line l;

    if (!m->begun)
        return;
    if (line_begin(&l, m)) {
        fputc('{', l.out);
        measured_epoch(l.out, epoch, validation);
        line_end(&l, m);
    }
    m->due = true;
}

static void write_end(cli_metrics *m, n2v_status status, const n2v_trainer_info *trained)
{
    const char *end = status == N2V_OK ? "done" : status == N2V_ERROR_INTERRUPTED ? "interrupted" : "failed";
    const double seconds = trained ? trained->seconds : m->last.seconds;
    const uint64_t words = trained ? trained->words : m->last.words;
    line l;

    if (line_begin(&l, m)) {
        fprintf(l.out, "{\"end\":\"%s\",\"seconds\":%.3f,\"words\":%" PRIu64, end, seconds, words);
        measured_number(l.out, "words_per_second", ratio((double)words, seconds));
        measured_number(l.out, "last_epoch_loss", trained ? trained->loss : (double)NAN);
        measured_number(l.out, "steps_clipped", trained ? trained->clipped : (double)NAN);
        line_end(&l, m);
    }
}

n2v_status metrics_close(cli_metrics *m, n2v_status status, const n2v_trainer_info *trained, n2v_error *error)
{
    write_rest(m);
    if (m->begun)
        write_end(m, status, trained);
    if (m->begun && m->status == N2V_OK)
        m->status = n2v_output_commit(m->file, &m->error);
    else
        n2v_output_discard(m->file);
    m->file = NULL;
    if (status != N2V_OK || m->status == N2V_OK)
        return status;
    return fail(error, m->status, "%s%s", m->error.text,
                m->status == N2V_ERROR_DURABILITY ? "" : "; the vectors are complete, the metrics are not");
}
