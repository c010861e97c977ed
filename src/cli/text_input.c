#include "cli/text_input.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "io/reader.h"

/* Ids beyond this go to a temporary file, which the system keeps in memory where it has some to spare: reading them
 * there costs less than 1 % of training on them. */
#define MEMORY_FOR_IDS ((size_t)32 << 20)

const char *text_tokenizer(size_t index)
{
    static const char *const names[] = {[TOKENIZER_WORDS] = "words", [TOKENIZER_SPACE] = "space"};
    return index < sizeof names / sizeof *names ? names[index] : NULL;
}

static bool is_stream(const char *path)
{
    return strcmp(path, "-") == 0;
}

n2v_status text_check_inputs(const char *const *inputs, size_t count, n2v_error *error)
{
    size_t streams = 0;
    n2v_status status = N2V_OK;

    for (size_t i = 0; !status && i < count; i++) {
        status = reader_check(inputs[i], error);
        streams += is_stream(inputs[i]);
    }
    if (!status && streams > 1)
        return error_set(error, N2V_ERROR_ARGUMENT, "standard input (-) can be read only once, not %zu times", streams);
    return status;
}

/* The folder of a path, resolved, and its last part; NULL when there is no such folder. The caller frees it. */
static char *resolve_folder(const char *path, const char **last)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup("."), *resolved;

    *last = slash ? slash + 1 : path;
    resolved = folder ? realpath(folder, NULL) : NULL;
    free(folder);
    return resolved;
}

bool text_same_file(const char *a, const char *b)
{
    struct stat first, second;
    const bool first_there = (is_stream(a) ? fstat(STDIN_FILENO, &first) : stat(a, &first)) == 0;
    const bool second_there = (is_stream(b) ? fstat(STDIN_FILENO, &second) : stat(b, &second)) == 0;
    const char *first_last, *second_last;
    char *first_folder, *second_folder;
    bool same;

    if (first_there && second_there)
        return S_ISREG(first.st_mode) && first.st_dev == second.st_dev && first.st_ino == second.st_ino;
    if (first_there || second_there)
        return false;
    first_folder = resolve_folder(a, &first_last);
    second_folder = resolve_folder(b, &second_last);
    same = first_folder && second_folder && strcmp(first_folder, second_folder) == 0 &&
           strcmp(first_last, second_last) == 0;
    free(first_folder);
    free(second_folder);
    return same;
}

bool text_same_output(const char *a, const char *b)
{
    return strcmp(a, b) == 0 || (!is_stream(a) && !is_stream(b) && text_same_file(a, b));
}

n2v_status text_check_output(const char *option, const char *output, const char *const *inputs, size_t count,
                             n2v_error *error)
{
    for (size_t i = 0; !is_stream(output) && i < count; i++)
        if (text_same_file(output, inputs[i]))
            return error_set(error, N2V_ERROR_ARGUMENT,
                             "%s %s is the same file as the input %s, and would overwrite it", option, output,
                             inputs[i]);
    return N2V_OK;
}

static void warn(const CorpusReport *r, cli_progress *progress)
{
    char odd[PROGRESS_TEXT];

    if (r->invalid_utf8)
        progress_say(progress, "warning: %s malformed UTF-8 sequences in the text",
                     progress_count(r->invalid_utf8, odd));
    if (r->overlong)
        progress_say(progress, "warning: %s words of more than %d bytes were left out",
                     progress_count(r->overlong, odd), MAX_TOKEN_BYTES);
}

static void report(const Corpus *corpus, cli_progress *progress)
{
    const CorpusReport *r = &corpus->report;
    char tokens[PROGRESS_TEXT], types[PROGRESS_TEXT], words[PROGRESS_TEXT], rate[PROGRESS_TEXT];

    progress_say(progress, "read %s words (%s different) in %.1f s, %s words/s; vocabulary: %s words",
                 progress_count(r->tokens, tokens), progress_count(r->types, types), r->seconds,
                 progress_rate(r->seconds > 0 ? (double)r->tokens / r->seconds : 0, rate),
                 progress_count(vocabulary_size(corpus->vocabulary), words));
    if (corpus->heldout)
        progress_say(progress, "held out: %s words in %s sentences",
                     progress_count(blocks_words(corpus->heldout), words),
                     progress_count(blocks_sentences(corpus->heldout), types));
    warn(r, progress);
}

/* The inputs as a list of sources; NULL when out of memory. The caller frees it. */
static TextSource *file_sources(const char *const *inputs, size_t count)
{
    TextSource *sources = array_create_zero(count, sizeof *sources);

    for (size_t i = 0; sources && i < count; i++)
        sources[i].path = inputs[i];
    return sources;
}

n2v_status text_read(Corpus *corpus, const char *const *inputs, size_t count, const text_settings *settings,
                     Vocabulary *vocabulary, bool count_only, cli_session *session, cli_progress *progress,
                     n2v_error *error)
{
    const CorpusOptions options = {
        .tokenizer = (TokenizerKind)settings->tokenizer,
        .min_count = settings->min_count,
        .max_words = settings->max_vocab == UNSET_INTEGER ? 0 : (size_t)settings->max_vocab,
        .vocabulary = vocabulary,
        .memory_limit = MEMORY_FOR_IDS,
        .count_only = count_only,
        .heldout = settings->heldout,
        .seed = settings->seed,
        .stop = interrupt_stop(&session->interrupt),
        .reading = progress_reading,
        .reading_context = progress,
    };
    TextSource *sources = file_sources(inputs, count);
    n2v_status status;

    if (!sources) {
        vocabulary_destroy(vocabulary);
        return fail_memory(error, count * sizeof *sources, "the inputs");
    }
    status = corpus_read(corpus, sources, count, &options, error);
    free(sources);
    progress_end(progress);
    if (!status)
        report(corpus, progress);
    return status;
}

n2v_status text_encode(Blocks **blocks, const char *title, const char *const *inputs, size_t count, size_t tokenizer,
                       Vocabulary *vocabulary, cli_session *session, cli_progress *progress, n2v_error *error)
{
    const CorpusOptions options = {
        .tokenizer = (TokenizerKind)tokenizer,
        .memory_limit = MEMORY_FOR_IDS,
        .stop = interrupt_stop(&session->interrupt),
        .reading = progress_reading,
        .reading_context = progress,
    };
    CorpusReport r;
    TextSource *sources = file_sources(inputs, count);
    n2v_status status;
    char tokens[PROGRESS_TEXT], unknown[PROGRESS_TEXT], sentences[PROGRESS_TEXT];

    if (!sources)
        return fail_memory(error, count * sizeof *sources, "the inputs");
    status = corpus_encode(blocks, &r, vocabulary, sources, count, &options, error);
    free(sources);
    progress_end(progress);
    if (status)
        return status;
    progress_say(progress, "%s: %s words in %s sentences; %s more are not in the vocabulary", title,
                 progress_count(blocks_words(*blocks), tokens), progress_count(blocks_sentences(*blocks), sentences),
                 progress_count(r.tokens - blocks_words(*blocks), unknown));
    warn(&r, progress);
    return N2V_OK;
}
