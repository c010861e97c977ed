#include "cli/reading.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/plural.h"
#include "cli/print.h"

n2v_status reading_open(n2v_corpus **corpus, const n2v_settings *settings, const n2v_vectors *vectors,
                        const char *const *inputs, size_t count, n2v_error *error)
{
    n2v_status status = n2v_corpus_create(corpus, settings, vectors, error);

    for (size_t i = 0; i < count && status == N2V_OK; i++)
        status = n2v_corpus_add_file(*corpus, inputs[i], error);
    return status;
}

n2v_status reading_check(const n2v_settings *settings, const char *const *inputs, size_t count, n2v_error *error)
{
    n2v_corpus *corpus = NULL;
    const n2v_status status = reading_open(&corpus, settings, NULL, inputs, count, error);

    n2v_corpus_destroy(corpus);
    return status;
}

bool reading_is_share(const char *heldout)
{
    char *end;

    if (strspn(heldout, "+-.eE0123456789") != strlen(heldout))
        return false;
    (void)strtod(heldout, &end);
    return end != heldout && !*end;
}

static double share(uint64_t part, uint64_t whole)
{
    return whole ? (double)part / (double)whole : 0;
}

/* In prose few tokens are cut (dates, compounds, addresses), and hardly any has an underscore. Text without spaces has
 * more, and no use for the other tokenizer. */
#define MANY_CUT         0.2
#define MANY_UNDERSCORES 0.01

static void warn_cut(const n2v_corpus_info *read, cli_progress *progress)
{
    const uint64_t tokens = read->text_tokens - read->cut_words + read->cut_tokens; /* between white space */
    const bool underscores = share(read->cut_underscores, tokens) >= MANY_UNDERSCORES;
    const uint64_t cut = underscores ? read->cut_underscores : read->cut_tokens;
    char counts[2][PRINT_TEXT], example[128] = "";

    if (!underscores && share(cut, tokens) < MANY_CUT)
        return;
    if (read->cut_example)
        (void)snprintf(example, sizeof example, ", such as '%s' into '%s'", read->cut_example, read->cut_result);
    progress_print(progress,
                   "warning: %s of %s tokens between white space %s cut into several words%s; --tokenizer space keeps "
                   "%s whole",
                   print_count(cut, counts[0]), print_count(tokens, counts[1]), cut == 1 ? "was" : "were", example,
                   cut == 1 ? "it" : "them");
}

static void warn_unseen(const n2v_corpus_info *read, cli_progress *progress)
{
    const uint64_t words = read->vocabulary + (read->dropped ? read->unseen : 0);
    char count[PRINT_TEXT], all[PLURAL_TEXT], example[96] = "";

    if (!read->unseen)
        return;
    if (read->unseen_word)
        (void)snprintf(example, sizeof example, ", such as '%s'", read->unseen_word);
    progress_print(progress, "%s%s of %s of the vocabulary never occur%s in the text%s%s",
                   read->dropped || read->start_words ? "" : "warning: ", print_count(read->unseen, count),
                   plural(words, "word", all), read->unseen == 1 ? "s" : "", example,
                   read->dropped       ? ": skipped"
                   : read->start_words ? ": trained as noise words alone; --drop-unseen skips them"
                                       : ": vectors of such words stay random, and the words are drawn as noise; "
                                         "--drop-unseen skips them");
}

static void print_warning(const n2v_text_warning *w, cli_progress *progress)
{
    char line[PRINT_TEXT];

    print_count(w->line, line);
    switch (w->problem) {
    case N2V_TEXT_ENCODING:
        progress_print(progress,
                       "warning: %s, line %s: this is not UTF-8, and looks like %s; read the output of `%s` instead",
                       w->source, line, w->what, w->remedy);
        break;
    case N2V_TEXT_NO_SPACES:
        progress_print(progress,
                       "warning: %s, line %s: this looks like %s, which has no spaces between words; --tokenizer "
                       "unicode finds them",
                       w->source, line, w->what);
        break;
    case N2V_TEXT_MARKUP:
        progress_print(progress,
                       "warning: %s, line %s: this looks like %s, and tags and names become words; read the output of "
                       "`%s` instead",
                       w->source, line, w->what, w->remedy);
        break;
    }
}

/* What files look like; had: a bit for each problem. */
static n2v_status warn_text(const n2v_corpus *corpus, const n2v_corpus_info *read, unsigned *had,
                            cli_progress *progress, n2v_error *error)
{
    n2v_status status = N2V_OK;

    *had = 0;
    for (size_t i = 0; i < read->warnings && status == N2V_OK; i++) {
        n2v_text_warning warning = {.size = sizeof warning};
        if ((status = n2v_corpus_describe_warning(corpus, i, &warning, error)) == N2V_OK)
            print_warning(&warning, progress);
        *had |= 1u << warning.problem;
    }
    return status;
}

static n2v_status warn(const n2v_corpus *corpus, const n2v_corpus_info *read, unsigned *had, cli_progress *progress,
                       n2v_error *error)
{
    const n2v_status status = warn_text(corpus, read, had, progress, error);
    char odd[PLURAL_TEXT];

    if (status != N2V_OK)
        return status;
    if (read->invalid_utf8 && !(*had & 1u << N2V_TEXT_ENCODING))
        progress_print(progress,
                       "warning: %s in the text; if it has another encoding, convert it with iconv -f ENCODING -t "
                       "UTF-8",
                       plural(read->invalid_utf8, "malformed UTF-8 sequence", odd));
    if (read->overlong)
        progress_print(progress, "warning: %s of more than 1024 bytes %s skipped", plural(read->overlong, "word", odd),
                       read->overlong == 1 ? "was" : "were");
    return N2V_OK;
}

static void report_pass(cli_progress *progress, size_t number, const n2v_phrases_pass *pass, const char *option)
{
    char pairs[PLURAL_TEXT], phrases[PLURAL_TEXT], text[PLURAL_TEXT];

    progress_print(progress, "pass %zu: %s, %s", number, plural(pass->pairs, "pair", pairs),
                   plural(pass->phrases, "phrase", phrases));
    if (pass->dropped)
        progress_print(progress,
                       "warning: pass %zu: %s %s dropped to keep no more than %s; counts of pairs may be too "
                       "low by up to %s, and phrases may be missing",
                       number, plural(pass->dropped, "rare pair", text), pass->dropped == 1 ? "was" : "were",
                       option, print_count(pass->max_error, pairs));
    if (pass->overlong)
        progress_print(progress, "warning: pass %zu: %s of more than 1024 bytes %s skipped", number,
                       plural(pass->overlong, "phrase", text), pass->overlong == 1 ? "was" : "were");
}

n2v_status reading_report_phrases(const n2v_phrases *phrases, const char *option, cli_progress *progress,
                                  n2v_error *error)
{
    n2v_phrases_info info = {.size = sizeof info};
    n2v_status status = n2v_phrases_describe(phrases, &info, error);

    for (size_t i = 0; i < info.passes && status == N2V_OK; i++) {
        n2v_phrases_pass pass = {.size = sizeof pass};
        if ((status = n2v_phrases_describe_pass(phrases, i, &pass, error)) == N2V_OK && pass.tokens)
            report_pass(progress, i + 1, &pass, option); /* else it was not found here */
    }
    return status;
}

static n2v_status report_joined(const n2v_corpus *corpus, const n2v_corpus_info *read, cli_progress *progress,
                                n2v_error *error)
{
    const n2v_phrases *phrases = n2v_corpus_phrases(corpus);
    char pairs[PLURAL_TEXT], words[PLURAL_TEXT], rest[PRINT_TEXT];
    n2v_status status;

    if (!phrases)
        return N2V_OK;
    if ((status = reading_report_phrases(phrases, "--phrase-max-pairs", progress, error)) != N2V_OK)
        return status;
    progress_print(progress, "%s joined: %s became %s", plural(read->joined, "pair", pairs),
                   plural(read->text_tokens, "word", words), print_count(read->tokens, rest));
    if (!read->joined)
        progress_print(progress, "warning: no phrase occurs in the text");
    return N2V_OK;
}

static void report_known(const char *title, uint64_t words, uint64_t sentences, uint64_t unknown,
                         cli_progress *progress)
{
    char known[PLURAL_TEXT], lines[PLURAL_TEXT], missing[PLURAL_TEXT];

    progress_print(progress, "%s: %s in %s; %s %s not in the vocabulary", title, plural(words, "word", known),
                   plural(sentences, "sentence", lines), plural(unknown, "other word", missing),
                   unknown == 1 ? "is" : "are");
}

static void report_read(const n2v_corpus_info *read, cli_progress *progress)
{
    char tokens[PLURAL_TEXT], types[PRINT_TEXT], words[PLURAL_TEXT], rate[PRINT_TEXT], different[2 * PRINT_TEXT] = "";

    if (!read->given) /* then the distinct words of the text are not counted */
        (void)snprintf(different, sizeof different, " (%s different)", print_count(read->types, types));
    progress_print(progress, "read %s%s in %.1f s, %s words/s; vocabulary: %s", plural(read->tokens, "word", tokens),
                   different, read->seconds,
                   print_rate(read->seconds > 0 ? (double)read->tokens / read->seconds : 0, rate),
                   plural(read->vocabulary, "word", words));
}

n2v_status reading_report(const n2v_corpus *corpus, const char *heldout, cli_progress *progress, n2v_error *error)
{
    n2v_corpus_info read = {.size = sizeof read};
    char words[PLURAL_TEXT], sentences[PLURAL_TEXT], count[PRINT_TEXT];
    unsigned had;
    n2v_status status = n2v_corpus_describe(corpus, &read, error);

    if (status != N2V_OK || (status = report_joined(corpus, &read, progress, error)) != N2V_OK)
        return status;
    report_read(&read, progress);
    if (read.weighted && read.plain_words)
        progress_print(progress, "with the weights of lines, %s count as %s",
                       plural(read.plain_words, "word", words), print_count(read.words, count));
    if (heldout && reading_is_share(heldout))
        progress_print(progress, "held out: %s in %s", plural(read.heldout_words, "word", words),
                       plural(read.heldout_sentences, "sentence", sentences));
    else if (heldout)
        report_known("held-out text", read.heldout_words, read.heldout_sentences, read.heldout_unknown, progress);
    if ((status = warn(corpus, &read, &had, progress, error)) != N2V_OK)
        return status;
    if (!(had & 1u << N2V_TEXT_MARKUP)) /* whose tags should not stay whole */
        warn_cut(&read, progress);
    warn_unseen(&read, progress);
    return N2V_OK;
}

n2v_status reading_warn(const n2v_corpus *corpus, cli_progress *progress, n2v_error *error)
{
    n2v_corpus_info read = {.size = sizeof read};
    unsigned had;
    const n2v_status status = n2v_corpus_describe(corpus, &read, error);

    return status == N2V_OK ? warn(corpus, &read, &had, progress, error) : status;
}

n2v_status reading_report_known(const n2v_corpus *corpus, cli_progress *progress, n2v_error *error)
{
    n2v_corpus_info read = {.size = sizeof read};
    n2v_status status = n2v_corpus_describe(corpus, &read, error);

    if (status != N2V_OK || (status = report_joined(corpus, &read, progress, error)) != N2V_OK)
        return status;
    report_known("text", read.plain_words, read.sentences, read.tokens - read.plain_words, progress);
    return reading_warn(corpus, progress, error);
}
