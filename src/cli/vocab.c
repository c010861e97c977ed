/* vocab.c - nce2vec vocab: counts the words of a text. */
#include "cli/commands.h"
#include "cli/text_input.h"
#include "io/writer.h"

typedef struct vocab_settings {
    text_settings text;
    const char *output;
} vocab_settings;

static const cli_option options[] = {
    {.name = "output",
     .aliases = "o",
     .kind = OPTION_TEXT,
     .value = "FILE",
     .offset = offsetof(vocab_settings, output),
     .section = "Options",
     .help = "the vocabulary, word<TAB>count lines; - is standard output"},
    TEXT_OPTION_TOKENIZER(vocab_settings),
    TEXT_OPTION_MIN_COUNT(vocab_settings),
    TEXT_OPTION_MAX_VOCAB(vocab_settings),
    TEXT_OPTION_QUIET(vocab_settings),
    {.name = NULL},
};

static n2v_status run(struct cli_session *session, const void *settings, const char *const *inputs, size_t count,
                      n2v_error *error)
{
    const vocab_settings *s = settings;
    cli_progress progress = progress_start(stderr, s->text.quiet);
    const Stop stop = interrupt_stop(&session->interrupt);
    Writer *writer = NULL;
    Corpus corpus = {0};
    n2v_status status;

    if (!s->output)
        return error_set(error, N2V_ERROR_ARGUMENT, "no output is given: -o VOCAB.tsv");
    if ((status = text_check_inputs(inputs, count, error)) ||
        (status = text_check_output("--output", s->output, inputs, count, error)) ||
        (status = interrupt_hold(&session->interrupt, error)) ||
        (status = writer_open(&writer, s->output, &stop, error)))
        goto out;
    status = text_read(&corpus, inputs, count, &s->text, NULL, true, session, &progress, error);
    if (status == N2V_ERROR_INTERRUPTED)
        error_set(error, status, "interrupted while reading: nothing was written to %s", s->output);
    if (status || (status = vocabulary_write(corpus.vocabulary, writer, error)))
        goto out;
    status = writer_commit(writer, error);
    writer = NULL;
    if (!status)
        progress_say(&progress, "wrote %s", s->output);
out:
    writer_discard(writer);
    corpus_free(&corpus);
    return status;
}

const cli_command vocab_command = {
    .name = "vocab",
    .summary = "count the words of a text",
    .usage = "[options] INPUT... -o VOCAB.tsv",
    .about = "INPUT is text or gzipped text, told apart by content; - is standard input. The words are sorted by "
             "count, then by bytes; 'nce2vec train --read-vocab' reads the file.",
    .options = options,
    .settings_bytes = sizeof(vocab_settings),
    .least_operands = 1,
    .most_operands = SIZE_MAX,
    .operand = "no input is given: name a file of text, or - for standard input",
    .run = run,
};
