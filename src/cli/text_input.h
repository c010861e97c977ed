/* text_input.h - what the commands that read a corpus share: options, checks before work, reading. */
#ifndef N2V_CLI_TEXT_INPUT_H
#define N2V_CLI_TEXT_INPUT_H

#include "cli/options.h"
#include "cli/progress.h"
#include "cli/session.h"

typedef struct text_settings {
    size_t tokenizer;
    uint64_t min_count, max_vocab;
    bool quiet;
    double heldout; /* share of the sentences kept out of all; 0: none */
    uint64_t seed;  /* decides which */
} text_settings;

/* Rows of an option table, for settings that begin with a text_settings called text. */
#define TEXT_OPTION_TOKENIZER(settings)                                                                                \
    {                                                                                                                  \
        .name = "tokenizer", .kind = OPTION_CHOICE, .value = "NAME", .fallback = "words", .choice = text_tokenizer,    \
        .recorded = true, .offset = offsetof(settings, text.tokenizer),                                                \
        .help = "words: lower-cased runs of letters and digits; space: whatever stands between white space. One of"    \
    }
#define TEXT_OPTION_MIN_COUNT(settings)                                                                                \
    {                                                                                                                  \
        .name = "min-count", .aliases = "minCount", .kind = OPTION_INTEGER, .value = "N", .fallback = "5",             \
        .most = UINT32_MAX, .recorded = true, .offset = offsetof(settings, text.min_count),                            \
        .help = "leave out words that occur less often"                                                                \
    }
#define TEXT_OPTION_MAX_VOCAB(settings)                                                                                \
    {                                                                                                                  \
        .name = "max-vocab", .kind = OPTION_INTEGER, .value = "N", .least = 1, .most = MAX_WORDS, .note = "no limit",  \
        .recorded = true, .offset = offsetof(settings, text.max_vocab), .help = "keep only the N most frequent words"  \
    }
#define TEXT_OPTION_QUIET(settings)                                                                                    \
    {                                                                                                                  \
        .name = "quiet", .aliases = "q", .kind = OPTION_FLAG, .offset = offsetof(settings, text.quiet),                \
        .help = "no progress and no report, only errors"                                                               \
    }

const char *text_tokenizer(size_t index);

/* Refuses inputs that cannot be read, and standard input given twice. */
n2v_status text_check_inputs(const char *const *inputs, size_t count, n2v_error *error);

/* Refuses a file to be written (named by option) that is one of the files to be read. */
n2v_status text_check_output(const char *option, const char *output, const char *const *inputs, size_t count,
                             n2v_error *error);

/* Whether two paths are one regular file, or would be once it is there. */
bool text_same_file(const char *a, const char *b);

/* The same of two files to be written, where both - are standard output. */
bool text_same_output(const char *a, const char *b);

/* Reads the corpus and reports on it. Takes vocabulary (NULL: count the text) over. */
n2v_status text_read(Corpus *corpus, const char *const *inputs, size_t count, const text_settings *settings,
                     Vocabulary *vocabulary, bool count_only, cli_session *session, cli_progress *progress,
                     n2v_error *error);

/* Reads text with a finished vocabulary; title says in the report what text it is. */
n2v_status text_encode(Blocks **blocks, const char *title, const char *const *inputs, size_t count, size_t tokenizer,
                       Vocabulary *vocabulary, cli_session *session, cli_progress *progress, n2v_error *error);

#endif
