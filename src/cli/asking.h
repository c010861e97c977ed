/* asking.h - what the commands that answer questions about words share: where the questions come
 * from (arguments, standard input, a person at a terminal), in what form answers and errors go out. */
#ifndef N2V_CLI_ASKING_H
#define N2V_CLI_ASKING_H

#include "cli/options.h"
#include "query/search.h"

/* Begins the settings of such a command. */
typedef struct asking_settings {
    bool json;
    uint64_t k, threads; /* of a search */
} asking_settings;

/* Rows of an option table, for settings that begin with an asking_settings called asking. */
#define ASKING_OPTION_COUNT(settings)                                                                                  \
    {                                                                                                                  \
        .name = "count", .aliases = "k", .kind = OPTION_INTEGER, .value = "N", .fallback = "10", .least = 1,           \
        .most = 1000000, .offset = offsetof(settings, asking.k), .section = "Options",                                 \
        .help = "how many answers to each question"                                                                    \
    }
#define ASKING_OPTION_THREADS(settings)                                                                                \
    {                                                                                                                  \
        .name = "threads", .kind = OPTION_INTEGER, .value = "N", .note = "all cores", .least = 1, .most = 1024,        \
        .offset = offsetof(settings, asking.threads),                                                                  \
        .help = "worker threads; the answers are the same with any number"                                             \
    }
#define ASKING_OPTION_JSON(settings, heading)                                                                          \
    {                                                                                                                  \
        .name = "json", .kind = OPTION_FLAG, .offset = offsetof(settings, asking.json), .section = heading,            \
        .help = "one JSON object a line for each question, also for one that has no answer"                            \
    }

/* For the command's about, before and after what is its own. */
#define ASKING_VECTORS "VECTORS is a file in any format that nce2vec reads, told by content. "
#define ASKING_ABOUT                                                                                                   \
    "A word that is not there is named, with close spellings. Exit status: 0 when every question was answered, 1 "     \
    "when one was not (at a terminal that does not count)."
#define ASKING_OPERAND "no vectors are given: name a file that 'nce2vec train' wrote"

#define QUESTION_WORDS ((size_t)3) /* at most */

/* A kind of questions. */
typedef struct asking_kind {
    size_t words;       /* of a question */
    const char *expect; /* "two words are expected" */
    const char *prompt;
    bool searches; /* by method: for the neighbours of a word, or the fourth of three; else the cosine of two words */
    n2v_method method;
} asking_kind;

/* The run of such a command: operands are the vectors' file and, if there are any, the words of questions. */
n2v_status asking_run(const asking_kind *kind, const asking_settings *settings, const char *const *operands,
                      size_t count, n2v_error *error);

#endif
