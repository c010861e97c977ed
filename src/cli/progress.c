#include "cli/progress.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/measured.h"
#include "cli/plural.h"
#include "cli/print.h"

#define LINE_BYTES   512
#define SECONDS_MIN  2.0  /* between two plain lines */
#define SECONDS_MAX  60.0 /* as long as there is progress */
#define SECONDS_JSON 1.0  /* between two objects, at most */
#define WARNING      "warning: "

const char *const progress_styles[] = {"bar", "lines", "json", "none", NULL};

cli_progress progress_start(FILE *out, bool quiet)
{
    return (cli_progress){.out = out,
                          .quiet = quiet,
                          .style = isatty(fileno(out)) ? PROGRESS_BAR : PROGRESS_LINES,
                          .loss = NAN,
                          .heldout = NAN,
                          .validation = NAN};
}

static unsigned terminal_columns(const cli_progress *p)
{
    struct winsize size;
    return ioctl(fileno(p->out), TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
}

void progress_end(cli_progress *p)
{
    if (p->drawn) {
        fputs("\r\033[K", p->out);
        fflush(p->out);
    }
    p->drawn = false;
}

static bool is_shown(const cli_progress *p, const char *text)
{
    return !p->quiet && (p->style != PROGRESS_NONE || strncmp(text, WARNING, strlen(WARNING)) == 0);
}

void progress_print(cli_progress *p, const char *format, ...)
{
    va_list args;
    char *text = NULL;
    int bytes;

    progress_end(p);
    va_start(args, format);
    bytes = vasprintf(&text, format, args);
    va_end(args);
    if (bytes < 0) /* out of memory: the work may still succeed */
        return;
    if (is_shown(p, text) && p->style == PROGRESS_JSON) {
        fputs("{\"message\":", p->out);
        print_json_string(p->out, text, (size_t)bytes);
        fputs("}\n", p->out);
    } else if (is_shown(p, text)) {
        print_plain(p->out, text, (size_t)bytes); /* names of files may hold anything */
        fputc('\n', p->out);
    }
    free(text);
}

/* share below 0: not known. */
static void draw_bar(cli_progress *p, const char *title, double share, const char *facts)
{
    const unsigned columns = terminal_columns(p);
    const unsigned used = (unsigned)strlen(title) + (unsigned)strlen(facts) + 12;
    const unsigned room = columns > used ? columns - used : 0, width = room > 40 ? 40 : room;
    char bar[48] = "", line[LINE_BYTES];

    if (share >= 0 && width >= 5) {
        const unsigned full = (unsigned)(share * (width - 2));
        bar[0] = '[';
        for (unsigned i = 0; i < width - 2; i++)
            bar[1 + i] = i < full ? '#' : '.';
        strcpy(bar + width - 1, "] ");
    }
    if (share >= 0)
        snprintf(line, sizeof line, "%s %3.0f%% %s%s", title, 100 * share, bar, facts);
    else
        snprintf(line, sizeof line, "%s %s", title, facts);
    if (columns < sizeof line)
        line[columns - 1] = '\0'; /* a full last column would wrap */
    fprintf(p->out, "\r%s\033[K", line);
    fflush(p->out);
    p->drawn = true;
}

/* A plain line at each tenth and each new epoch, between SECONDS_MIN and SECONDS_MAX apart. JSON, which nobody reads,
 * at each tenth and at least every SECONDS_JSON. */
static bool line_is_due(cli_progress *p, double share, double seconds, bool new_epoch)
{
    const unsigned tenths = share > 0 ? (unsigned)(share * 10) : 0;
    const bool json = p->style == PROGRESS_JSON;
    const double passed = seconds - p->last;

    if (passed < (json ? 0 : SECONDS_MIN) ||
        !(new_epoch || tenths > p->tenths || passed >= (json ? SECONDS_JSON : SECONDS_MAX)))
        return false;
    p->last = seconds;
    p->tenths = tenths;
    return true;
}

/* ", 0:12 left"; nothing when it is not known. */
static const char *describe_left(double seconds, char text[PRINT_TEXT])
{
    char time[PRINT_TEXT];

    text[0] = '\0';
    if (isfinite(seconds))
        snprintf(text, PRINT_TEXT, ", %.16s left", print_time(seconds, time));
    return text;
}

/* Reading ------------------------------------------------------------------------------- */

static void print_reading_json(cli_progress *p, const n2v_reading *reading)
{
    fprintf(p->out, "{\"reading\":%.3f,\"words\":%" PRIu64, reading->seconds, reading->tokens);
    measured_number(p->out, "words_per_second", (double)reading->tokens / reading->seconds);
    fprintf(p->out, ",\"bytes\":%" PRIu64 ",\"bytes_total\":%" PRIu64, reading->bytes, reading->bytes_total);
    measured_number(p->out, "seconds_left", time_left(&p->left, (double)reading->bytes_total));
    fputs("}\n", p->out);
}

void progress_reading(cli_progress *p, const n2v_reading *reading)
{
    const double share = reading->bytes_total ? (double)reading->bytes / (double)reading->bytes_total : -1;
    char facts[LINE_BYTES], words[PLURAL_TEXT], rate[PRINT_TEXT], left[PRINT_TEXT] = "";

    if (reading->bytes_total)
        time_left_measure(&p->left, (double)reading->bytes, reading->seconds);
    if (p->quiet || p->style == PROGRESS_NONE)
        return;
    if (p->style == PROGRESS_JSON) {
        if (line_is_due(p, share, reading->seconds, false))
            print_reading_json(p, reading);
        return;
    }
    if (share >= 0)
        describe_left(time_left(&p->left, (double)reading->bytes_total), left);
    snprintf(facts, sizeof facts, "%s, %s words/s%s", plural(reading->tokens, "word", words),
             print_rate(reading->seconds > 0 ? (double)reading->tokens / reading->seconds : 0, rate), left);
    if (p->style == PROGRESS_BAR)
        draw_bar(p, "reading", share > 1 ? 1 : share, facts);
    else if (line_is_due(p, share, reading->seconds, false)) {
        if (share >= 0)
            progress_print(p, "reading: %.0f %%, %s", 100 * share, facts);
        else
            progress_print(p, "reading: %s", facts);
    }
}

/* Phrases ------------------------------------------------------------------------------- */

/* What begins now has its own clock. */
static void begin_clock(cli_progress *p)
{
    p->last = 0;
    p->tenths = 0;
    p->left = (cli_time_left){.done = 0};
}

static void print_joining_json(cli_progress *p, const n2v_joining *now)
{
    fprintf(p->out, "{\"joining\":%.3f,\"pass\":%zu,\"words\":%" PRIu64 ",\"words_total\":%" PRIu64, now->seconds,
            now->pass, now->words, now->words_total);
    measured_number(p->out, "words_per_second", (double)now->words / now->seconds);
    measured_number(p->out, "seconds_left", time_left(&p->left, (double)now->words_total));
    fputs("}\n", p->out);
}

void progress_joining(cli_progress *p, const n2v_joining *now)
{
    const double share = now->words_total ? (double)now->words / (double)now->words_total : 0;
    char facts[LINE_BYTES], title[64] = "joining phrases", rate[PRINT_TEXT], left[PRINT_TEXT];

    if (!p->joining || p->pass != now->pass)
        begin_clock(p);
    p->joining = true;
    p->pass = now->pass;
    time_left_measure(&p->left, (double)now->words, now->seconds);
    if (p->quiet || p->style == PROGRESS_NONE)
        return;
    if (now->pass)
        snprintf(title, sizeof title, "finding phrases, pass %zu", now->pass);
    snprintf(facts, sizeof facts, "%s words/s%s", print_rate(time_left_rate(&p->left), rate),
             describe_left(time_left(&p->left, (double)now->words_total), left));
    if (p->style == PROGRESS_BAR)
        draw_bar(p, title, share, facts);
    else if (line_is_due(p, share, now->seconds, false)) {
        if (p->style == PROGRESS_JSON)
            print_joining_json(p, now);
        else
            progress_print(p, "%s: %.0f %%, %s", title, 100 * share, facts);
    }
}

/* Training ------------------------------------------------------------------------------ */

/* Remembers what the next lines, and the message of an interrupt, need. */
static void note_training(cli_progress *p, const n2v_progress *now)
{
    if (!p->epoch)
        begin_clock(p);
    time_left_measure(&p->left, (double)now->words, now->seconds);
    p->epoch = now->epoch;
    p->epochs = now->epochs;
    p->share = now->words_total ? (double)now->words / (double)now->words_total : 0;
    if (isfinite(now->loss))
        p->loss = now->loss;
}

static void describe_training(const cli_progress *p, const n2v_progress *now, char facts[LINE_BYTES])
{
    char speed[PRINT_TEXT], left[PRINT_TEXT], loss[PRINT_TEXT] = "", heldout[64] = "", validation[64] = "";

    if (isfinite(p->loss))
        snprintf(loss, sizeof loss, ", loss %.4f", p->loss);
    if (isfinite(p->heldout))
        snprintf(heldout, sizeof heldout, ", held-out %.4f", p->heldout);
    if (isfinite(p->validation))
        snprintf(validation, sizeof validation, ", validation %.4f", p->validation);
    snprintf(facts, LINE_BYTES, "%s words/s%s%s%s, lr %.5f%s", print_rate(time_left_rate(&p->left), speed), loss,
             heldout, validation, now->learning_rate,
             describe_left(time_left(&p->left, (double)now->words_total), left));
}

static void print_training_json(cli_progress *p, const n2v_progress *now)
{
    fputc('{', p->out);
    measured_training(p->out, now, time_left_rate(&p->left), p->loss);
    fprintf(p->out, ",\"words_total\":%" PRIu64, now->words_total);
    measured_number(p->out, "seconds_left", time_left(&p->left, (double)now->words_total));
    fputs("}\n", p->out);
}

void progress_training(cli_progress *p, const n2v_progress *now)
{
    const bool new_epoch = now->epoch > p->epoch;
    char facts[LINE_BYTES], title[64];

    note_training(p, now);
    if (p->quiet || p->no_figures || p->style == PROGRESS_NONE)
        return;
    snprintf(title, sizeof title, "epoch %zu/%zu", now->epoch, p->epochs);
    describe_training(p, now, facts);
    if (p->style == PROGRESS_BAR)
        draw_bar(p, title, p->share > 1 ? 1 : p->share, facts);
    else if (line_is_due(p, p->share, now->seconds, new_epoch)) {
        if (p->style == PROGRESS_JSON)
            print_training_json(p, now);
        else
            progress_print(p, "%s: %.0f %%, %s", title, 100 * p->share, facts);
    }
}

/* "held-out loss 2.3456 (mean of 10 pairs), validation 0.4321 (11 of 12 pairs)". */
static void describe_epoch(const n2v_epoch *epoch, const n2v_pairs_score *validation, char facts[LINE_BYTES])
{
    char heldout[128] = "", similarity[128] = "", pairs[PLURAL_TEXT];

    if (epoch->heldout_pairs)
        snprintf(heldout, sizeof heldout, "held-out loss %.4f (mean of %s)", epoch->heldout_loss,
                 plural(epoch->heldout_pairs, "pair", pairs));
    else if (!validation)
        snprintf(heldout, sizeof heldout, "held-out loss unknown: the held-out sentences have no pair of words");
    if (validation)
        snprintf(similarity, sizeof similarity, "%svalidation %.4f (%zu of %s)", *heldout ? ", " : "",
                 validation->spearman, validation->found, plural(validation->pairs, "pair", pairs));
    snprintf(facts, LINE_BYTES, "%s%s", heldout, similarity);
}

void progress_epoch(cli_progress *p, const n2v_epoch *epoch, const n2v_pairs_score *validation)
{
    char facts[LINE_BYTES];

    p->heldout = epoch->heldout_loss;
    p->validation = validation ? validation->spearman : (double)NAN;
    if (p->no_figures || p->quiet || p->style == PROGRESS_NONE)
        return;
    if (p->style == PROGRESS_JSON) {
        fputc('{', p->out);
        measured_epoch(p->out, epoch, validation);
        fputs("}\n", p->out);
        return;
    }
    describe_epoch(epoch, validation, facts);
    progress_print(p, "epoch %zu/%zu: %s", epoch->epoch, epoch->epochs, facts);
}
