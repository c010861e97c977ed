#include "corpus/check.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/number.h"

/* "A", "A and another source", "A and 2 other sources" */
static void name_sources(const CorpusFacts *f, char *text, size_t room)
{
    const char *first = f->source_count ? text_source_name(&f->sources[0]) : "the text";

    if (f->source_count <= 1)
        (void)snprintf(text, room, "%s", first);
    else if (f->source_count == 2)
        (void)snprintf(text, room, "%s and %s", first, text_source_name(&f->sources[1]));
    else
        (void)snprintf(text, room, "%s and %zu other sources", first, f->source_count - 1);
}

/* What a text without a word consists of. */
static const char *what_else(const CorpusFacts *f)
{
    const bool words = f->options->tokenizer.kind != TOKENIZER_SPACE;
    bool files = false;

    for (size_t i = 0; i < f->source_count; i++)
        files = files || f->sources[i].kind != SOURCE_SENTENCES;
    if (!files)
        return "empty sentences";
    return words ? "white space, punctuation and malformed bytes" : "white space";
}

/* Why a text may have no words, or others than are known: "; a.txt looks like GB18030 ..." */
static void explain(const CorpusFacts *f, char *text, size_t room)
{
    const Finding *encoding = &f->corpus->report.findings[FOUND_ENCODING];

    *text = '\0';
    if (encoding->what)
        (void)snprintf(text, room, "; %s looks like %s: read the output of `%s`", encoding->source, encoding->what,
                       encoding->remedy);
}

static n2v_status fail_rare(const CorpusFacts *f, n2v_error *error)
{
    const Finding *unspaced = &f->corpus->report.findings[FOUND_NO_SPACES];

    if (unspaced->what)
        return error_set(error, N2V_ERROR_DATA,
                         "no word reaches the minimum count of %" PRIu64 ", and %s looks like %s, which has no spaces "
                         "between words: set " SETTING("tokenizer") " unicode",
                         f->options->min_count, unspaced->source, unspaced->what);
    return error_set(error, N2V_ERROR_DATA,
                     "no word reaches the minimum count of %" PRIu64 ": the most frequent one occurs %" PRIu64
                     " time%s; lower " SETTING("min-count") " or give more text",
                     f->options->min_count, f->highest_count, plural_s(f->highest_count));
}

static n2v_status fail_unknown(const CorpusFacts *f, const char *names, n2v_error *error)
{
    char why[768];

    explain(f, why, sizeof why);
    if (*why)
        return error_set(error, N2V_ERROR_DATA, "the vocabulary shares no word with %s%s", names, why);
    return error_set(error, N2V_ERROR_DATA,
                     "the vocabulary shares no word with %s: was it made from this text, with the same "
                     SETTING("tokenizer") "?",
                     names);
}

static n2v_status check_words(const CorpusFacts *f, const char *names, n2v_error *error)
{
    const CorpusReport *text = &f->corpus->report;
    char why[768];

    explain(f, why, sizeof why);

    if (!text->tokens && text->overlong)
        return error_set(error, N2V_ERROR_DATA, "there is no word in %s: all %" PRIu64 " are longer than %d bytes%s",
                         names, text->overlong, MAX_TOKEN_BYTES, why);
    if (!text->tokens && f->weightless)
        return error_set(error, N2V_ERROR_DATA, "there is no word in %s: the weights of all lines are 0", names);
    if (!text->tokens)
        return error_set(error, N2V_ERROR_DATA, "there is no word in %s: only %s%s", names, what_else(f), why);
    return N2V_OK;
}

/* Whether a text that has words leaves none for training. */
static bool all_is_held_out(const CorpusFacts *f)
{
    const Corpus *corpus = f->corpus;

    if (!(f->options->heldout > 0))
        return false;
    if (!f->options->vocabulary)
        return !f->highest_count;
    return corpus->blocks && !corpus->report.words && corpus->heldout && corpus->report.heldout_words;
}

n2v_status corpus_check(const CorpusFacts *f, n2v_error *error)
{
    const Corpus *corpus = f->corpus;
    const CorpusOptions *options = f->options;
    char names[512];
    n2v_status status;

    name_sources(f, names, sizeof names);
    if ((status = check_words(f, names, error)) != N2V_OK)
        return status;
    if (all_is_held_out(f))
        return error_set(error, N2V_ERROR_DATA,
                         "nothing is left to train on: a share of %s of %" PRIu64
                         " sentences is held out; lower " SETTING("heldout") ", or give more text",
                         NUMBER_SHOWN(options->heldout), f->sentences);
    if (!vocabulary_size(corpus->vocabulary))
        return fail_rare(f, error);
    if (corpus->blocks ? (options->vocabulary || (options->start && options->start->only)) && !corpus->report.words
                       : options->vocabulary && !f->known)
        return fail_unknown(f, names, error);
    if (corpus->heldout && !corpus->report.heldout_words)
        return error_set(error, N2V_ERROR_DATA,
                         "nothing is held out: a share of %s of %" PRIu64
                         " sentences has no word of the vocabulary; raise " SETTING("heldout") ", or give more text",
                         NUMBER_SHOWN(options->heldout), f->sentences);
    return N2V_OK;
}
