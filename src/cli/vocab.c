/* vocab.c - nce2vec vocab: counts the words of a text. */
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/reading.h"
#include "cli/session.h"

typedef struct vocab_values {
    const char *output;
    bool quiet;
} vocab_values;

static const cli_option options[] = {
    {.name = "output",
     .aliases = "o",
     .kind = OPTION_TEXT,
     .value = "FILE",
     .offset = offsetof(vocab_values, output),
     .help = "the vocabulary, word<TAB>count lines, compressed when the name ends in .gz; - is standard output"},
    {.name = "tokenizer case normal-form weighted min-count max-vocab phrases phrase-threshold phrase-min-count "
             "phrase-passes phrase-connectors phrase-delimiter "
             "phrase-max-pairs", .kind = OPTION_SETTINGS, .purpose = N2V_FOR_TRAINING},
    {.name = "quiet",
     .aliases = "q",
     .kind = OPTION_FLAG,
     .offset = offsetof(vocab_values, quiet),
     .help = "print errors only"},
    {.name = NULL},
};

static n2v_status count_words(cli_session *session, n2v_corpus *corpus, const char *path, n2v_error *error)
{
    n2v_status status = n2v_corpus_count(corpus, &session->observer, error);

    progress_end(&session->progress);
    if (status == N2V_ERROR_INTERRUPTED)
        return fail(error, status, "interrupted while reading: nothing was written to %s", files_name(path));
    return status == N2V_OK ? reading_report(corpus, NULL, &session->progress, error) : status;
}

static n2v_status run(struct cli_session *session, const void *values, const char *const *inputs, size_t count,
                      n2v_error *error)
{
    const vocab_values *v = values;
    cli_files files;
    n2v_settings *settings = NULL;
    n2v_corpus *corpus = NULL;
    n2v_output *output = NULL;
    n2v_status status;

    if (!v->output)
        return fail(error, N2V_ERROR_ARGUMENT, "no output is given: add -o FILE, such as -o vocab.tsv");
    session_start(session, v->quiet);
    if ((status = options_settings(&session->options, N2V_FOR_TRAINING, NULL, &settings, error)) != N2V_OK ||
        (status = n2v_settings_check(settings, error)) != N2V_OK ||
        (status = session_expand(session, &inputs, &count, error)) != N2V_OK)
        goto out;
    files = (cli_files){.inputs = inputs, .count = count};
    files_add_phrases(&files, settings);
    if ((status = reading_open(&corpus, settings, NULL, inputs, count, error)) != N2V_OK ||
        (status = files_add_output(&files, "--output", v->output, error)) != N2V_OK ||
        (status = interrupt_hold(&session->interrupt, error)) != N2V_OK ||
        (status = n2v_output_open_bytes(&output, v->output, &session->observer, error)) != N2V_OK ||
        (status = count_words(session, corpus, v->output, error)) != N2V_OK ||
        (status = n2v_output_vocabulary(output, corpus, error)) != N2V_OK)
        goto out;
    status = n2v_output_commit(output, error);
    output = NULL;
    if (status == N2V_OK)
        progress_print(&session->progress, "wrote %s", files_name(v->output));
out:
    n2v_output_discard(output);
    n2v_corpus_destroy(corpus);
    n2v_settings_destroy(settings);
    return status;
}

const cli_command vocab_command = {
    .name = "vocab",
    .summary = "count the words of a text",
    .usage = "[options] INPUT... -o VOCAB.tsv",
    .about = "INPUT is text, plain or compressed, recognized by content, or a folder, a pattern or @LIST, as for "
             "'nce2vec train'; - is standard input. The words are sorted by count, then by bytes; 'nce2vec train "
             "--read-vocab' reads the file.",
    .options = options,
    .values_bytes = sizeof(vocab_values),
    .min_operands = 1,
    .max_operands = SIZE_MAX,
    .operand = READING_NO_INPUT,
    .run = run,
};
