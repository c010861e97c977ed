#include "cli/progress.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/plural.h"
#include "cli/print.h"

#define LINE_BYTES  512
#define SECONDS_MIN 2.0  /* between two plain lines */
#define SECONDS_MAX 60.0 /* as long as there is progress */

cli_progress progress_start(FILE *out, bool quiet)
{
    return (cli_progress){.out = out, .quiet = quiet, .terminal = isatty(fileno(out)), .loss = NAN, .heldout = NAN};
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

void progress_print(cli_progress *p, const char *format, ...)
{
    va_list args;
    char *text = NULL;
    int bytes;

    if (p->quiet)
        return;
    progress_end(p);
    va_start(args, format);
    bytes = vasprintf(&text, format, args);
    va_end(args);
    if (bytes < 0) /* out of memory: the work may still succeed */
        return;
    print_plain(p->out, text, (size_t)bytes); /* names of files may hold anything */
    fputc('\n', p->out);
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

/* A plain line at each tenth and each new epoch, between SECONDS_MIN and SECONDS_MAX apart. */
static bool line_is_due(cli_progress *p, double share, double seconds, bool new_epoch)
{
    const unsigned tenths = share > 0 ? (unsigned)(share * 10) : 0;

    if (seconds - p->last < SECONDS_MIN || !(new_epoch || tenths > p->tenths || seconds - p->last >= SECONDS_MAX))
        return false;
    p->last = seconds;
    p->tenths = tenths;
    return true;
}

void progress_reading(cli_progress *p, const n2v_reading *reading)
{
    const double share = reading->bytes_total ? (double)reading->bytes / (double)reading->bytes_total : -1;
    char facts[LINE_BYTES], words[PLURAL_TEXT], rate[PRINT_TEXT];

    if (p->quiet)
        return;
    snprintf(facts, sizeof facts, "%s, %s words/s", plural(reading->tokens, "word", words),
             print_rate(reading->seconds > 0 ? (double)reading->tokens / reading->seconds : 0, rate));
    if (p->terminal)
        draw_bar(p, "reading", share > 1 ? 1 : share, facts);
    else if (line_is_due(p, share, reading->seconds, false)) {
        if (share >= 0)
            progress_print(p, "reading: %.0f %%, %s", 100 * share, facts);
        else
            progress_print(p, "reading: %s", facts);
    }
}

void progress_training(cli_progress *p, const n2v_progress *now)
{
    const double share = now->words_total ? (double)now->words / (double)now->words_total : 0;
    const double rate = now->seconds > 0 ? (double)now->words / now->seconds : 0;
    const bool new_epoch = now->epoch > p->epoch;
    char facts[LINE_BYTES], title[64], speed[PRINT_TEXT], left[PRINT_TEXT] = "?", loss[PRINT_TEXT] = "?";
    char heldout[64] = "";

    if (!p->epoch) { /* reading had its own clock */
        p->last = 0;
        p->tenths = 0;
    }
    p->epoch = now->epoch;
    p->epochs = now->epochs;
    p->share = share;
    if (isfinite(now->loss))
        p->loss = now->loss;
    if (p->quiet || p->no_figures)
        return;
    if (rate > 0)
        print_time((double)(now->words_total - now->words) / rate, left);
    if (isfinite(p->loss))
        snprintf(loss, sizeof loss, "%.4f", p->loss);
    if (isfinite(p->heldout))
        snprintf(heldout, sizeof heldout, ", held-out %.4f", p->heldout);
    snprintf(title, sizeof title, "epoch %zu/%zu", now->epoch, p->epochs);
    snprintf(facts, sizeof facts, "%s words/s, loss %s%s, lr %.5f, %s left", print_rate(rate, speed), loss, heldout,
             now->learning_rate, left);
    if (p->terminal)
        draw_bar(p, title, share > 1 ? 1 : share, facts);
    else if (line_is_due(p, share, now->seconds, new_epoch))
        progress_print(p, "%s: %.0f %%, %s", title, 100 * share, facts);
}

void progress_epoch(cli_progress *p, const n2v_epoch *epoch)
{
    char pairs[PLURAL_TEXT];

    p->heldout = epoch->heldout_loss;
    if (p->no_figures)
        return;
    if (epoch->heldout_pairs)
        progress_print(p, "epoch %zu/%zu: held-out loss %.4f (mean of %s)", epoch->epoch, epoch->epochs,
                       epoch->heldout_loss, plural(epoch->heldout_pairs, "pair", pairs));
    else
        progress_print(p, "epoch %zu/%zu: held-out loss unknown: the held-out sentences have no pair of words",
                       epoch->epoch, epoch->epochs);
}
