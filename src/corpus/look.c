#include "corpus/look.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define SAMPLE_BYTES ((size_t)1 << 16) /* of a source */
#define TOTAL_BYTES  ((size_t)1 << 20) /* of all: thousands of small files are not all looked at */

struct Look {
    bool unspaced;
    size_t used, total;
    Finding findings[FINDINGS];
    unsigned char sample[SAMPLE_BYTES];
};

Look *look_create(bool unspaced)
{
    Look *look = array_create_zero(1, sizeof *look);

    if (look)
        look->unspaced = unspaced;
    return look;
}

void look_destroy(Look *look)
{
    free(look);
}

void look_feed(Look *look, const unsigned char *bytes, size_t count)
{
    const size_t room = SAMPLE_BYTES - look->used, left = TOTAL_BYTES - look->total;
    const size_t taken = count < room ? (count < left ? count : left) : (room < left ? room : left);

    memcpy(look->sample + look->used, bytes, taken);
    look->used += taken;
    look->total += taken;
}

/* Whether a shell takes it as one word, and no program as an option. */
static bool is_plain(const char *path)
{
    return *path != '-' && !path[strspn(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./+-")];
}

static void set_command(Finding *finding, const char *before, const char *name, const char *after, const char *path,
                        const char *opener)
{
    const char *file = path && is_plain(path) && strlen(path) < FINDING_TEXT_BYTES / 2 ? path : "FILE";

    if (opener)
        (void)snprintf(finding->remedy, sizeof finding->remedy, "%s %s | %s%s%s", opener, file, before, name, after);
    else
        (void)snprintf(finding->remedy, sizeof finding->remedy, "%s%s%s %s", before, name, after, file);
}

static void set_markup_remedy(Finding *finding, const Guess *guess, const char *path, const char *opener)
{
    if (strcmp(guess->what, "JSON") == 0)
        set_command(finding, "jq -r .", *guess->key && is_plain(guess->key) ? guess->key : "KEY", "", path, opener);
    else if (strcmp(guess->what, "HTML") == 0)
        set_command(finding, "w3m -dump -T text/html", "", "", path, opener);
    else if (strcmp(guess->what, "XML") == 0)
        set_command(finding, "sed 's/<[^>]*>/ /g'", "", "", path, opener);
    else
        set_command(finding, "grep -v '^</*doc'", "", "", path, opener);
}

static Finding *keep(Look *look, FindingKind kind, const Guess *guess, const char *source)
{
    Finding *finding = &look->findings[kind];

    if (finding->what)
        return NULL;
    finding->what = guess->what;
    finding->line = 1;
    for (size_t i = 0; i < guess->at; i++)
        finding->line += look->sample[i] == '\n';
    (void)snprintf(finding->source, sizeof finding->source, "%s", source);
    return finding;
}

void look_end(Look *look, const char *source, const char *path, const char *opener)
{
    Finding *finding;
    Guess guess;

    if (guess_encoding(&guess, look->sample, look->used) && (finding = keep(look, FOUND_ENCODING, &guess, source)))
        set_command(finding, "iconv -f ", guess.what, " -t UTF-8", path, opener);
    if (guess_markup(&guess, look->sample, look->used) && (finding = keep(look, FOUND_MARKUP, &guess, source)))
        set_markup_remedy(finding, &guess, path, opener);
    if (look->unspaced && guess_unspaced(&guess, look->sample, look->used))
        (void)keep(look, FOUND_NO_SPACES, &guess, source);
    look->used = 0;
}

const Finding *look_findings(const Look *look)
{
    return look->findings;
}
