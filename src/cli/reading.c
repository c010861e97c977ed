#include "cli/reading.h"

#include <stdlib.h>
#include <string.h>

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

static void warn(const n2v_corpus_info *read, cli_progress *progress)
{
    char odd[PRINT_TEXT];

    if (read->invalid_utf8)
        progress_print(progress, "warning: %s malformed UTF-8 sequences in the text",
                       print_count(read->invalid_utf8, odd));
    if (read->overlong)
        progress_print(progress, "warning: %s words of more than 1024 bytes were left out",
                       print_count(read->overlong, odd));
}

static void report_known(const char *title, uint64_t words, uint64_t sentences, uint64_t unknown,
                         cli_progress *progress)
{
    char texts[3][PRINT_TEXT];

    progress_print(progress, "%s: %s words in %s sentences; %s more are not in the vocabulary", title,
                   print_count(words, texts[0]), print_count(sentences, texts[1]), print_count(unknown, texts[2]));
}

n2v_status reading_report(const n2v_corpus *corpus, const char *heldout, cli_progress *progress, n2v_error *error)
{
    n2v_corpus_info read = {.size = sizeof read};
    char tokens[PRINT_TEXT], types[PRINT_TEXT], words[PRINT_TEXT], rate[PRINT_TEXT];
    const n2v_status status = n2v_corpus_describe(corpus, &read, error);

    if (status != N2V_OK)
        return status;
    progress_print(progress, "read %s words (%s different) in %.1f s, %s words/s; vocabulary: %s words",
                   print_count(read.tokens, tokens), print_count(read.types, types), read.seconds,
                   print_rate(read.seconds > 0 ? (double)read.tokens / read.seconds : 0, rate),
                   print_count(read.vocabulary, words));
    if (heldout && reading_is_share(heldout))
        progress_print(progress, "held out: %s words in %s sentences", print_count(read.heldout_words, words),
                       print_count(read.heldout_sentences, types));
    else if (heldout)
        report_known("held-out text", read.heldout_words, read.heldout_sentences, read.heldout_unknown, progress);
    warn(&read, progress);
    return N2V_OK;
}

n2v_status reading_report_known(const n2v_corpus *corpus, cli_progress *progress, n2v_error *error)
{
    n2v_corpus_info read = {.size = sizeof read};
    const n2v_status status = n2v_corpus_describe(corpus, &read, error);

    if (status != N2V_OK)
        return status;
    report_known("text", read.words, read.sentences, read.tokens - read.words, progress);
    warn(&read, progress);
    return N2V_OK;
}
