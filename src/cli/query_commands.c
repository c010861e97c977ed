/* query_commands.c - nce2vec neighbors, analogy, similarity and vector: queries about words. */
#include "cli/commands.h"
#include "cli/queries.h"

typedef struct query_values {
    query_options options;
    size_t method;
} query_values;

static const char *const methods[] = {[N2V_ADD] = "add", [N2V_MULTIPLY] = "mul", NULL};

/* Each command has the rows from one of its own on. */
enum { FOR_NEIGHBORS, FOR_ANALOGY, FOR_SIMILARITY = 5, FOR_VECTOR = 5 };

static const cli_option options[] = {
    {.name = "vector",
     .kind = OPTION_TEXT,
     .value = "NUMBERS",
     .offset = offsetof(query_values, options.vector),
     .help = "the query is a vector: its numbers, such as \"0.1 0.25 -0.3\", perhaps after a word, which names it; -: "
             "a vector for each line of standard input, as 'nce2vec vector' prints them"},
    {.name = "method",
     .kind = OPTION_CHOICE,
     .value = "NAME",
     .fallback = "add",
     .choices = methods,
     .offset = offsetof(query_values, method),
     .help = "add: the cosine with the sum of the words, such as B - A + C (3CosAdd); mul: the cosines with B and C, "
             "multiplied, over that with A (3CosMul), words of the vocabulary alone"},
    {.name = "count",
     .aliases = "k",
     .kind = OPTION_INTEGER,
     .value = "N",
     .fallback = "10",
     .min = 1,
     .max = 1000000,
     .offset = offsetof(query_values, options.k),
     .help = "number of answers to each query"},
    {.name = "among",
     .kind = OPTION_TEXT,
     .value = "FILE",
     .offset = offsetof(query_values, options.among),
     .help = "only the words of this file, one a line, are answers"},
    {.name = "*", .kind = OPTION_SETTINGS, .purpose = N2V_FOR_SEARCH},
    {.name = "*", .kind = OPTION_SETTINGS, .purpose = N2V_FOR_LOADING},
    {.name = "json",
     .kind = OPTION_FLAG,
     .offset = offsetof(query_values, options.json),
     .help = "print one JSON object a line for each query, also for a query without an answer"},
    {.name = NULL},
};

static n2v_status answer_queries(struct cli_session *session, const query_kind *kind, const void *values,
                                 const char *const *operands, size_t count, n2v_error *error)
{
    const query_values *v = values;
    return queries_run(session, kind, &v->options, operands, count, error);
}

static n2v_status neighbors(struct cli_session *session, const void *values, const char *const *operands, size_t count,
                            n2v_error *error)
{
    const query_values *v = values;
    const query_kind kind = {.words = 1,
                             .expect = v->options.vector ? "a vector is expected" : "one word is expected",
                             .prompt = v->options.vector ? "vector> " : "word> ",
                             .signs = true,
                             .method = (n2v_method)v->method};
    return answer_queries(session, &kind, values, operands, count, error);
}

static n2v_status analogy(struct cli_session *session, const void *values, const char *const *operands, size_t count,
                          n2v_error *error)
{
    const query_values *v = values;
    const query_kind kind = {.words = 3,
                             .expect = "three words are expected",
                             .prompt = "a b c> ",
                             .minus = 1,
                             .method = (n2v_method)v->method};
    return answer_queries(session, &kind, values, operands, count, error);
}

static n2v_status similarity(struct cli_session *session, const void *values, const char *const *operands, size_t count,
                             n2v_error *error)
{
    static const query_kind kind = {
        .words = 2, .expect = "two words are expected", .prompt = "a b> ", .answer = ANSWER_COSINE};
    return answer_queries(session, &kind, values, operands, count, error);
}

static n2v_status vector(struct cli_session *session, const void *values, const char *const *operands, size_t count,
                         n2v_error *error)
{
    static const query_kind kind = {
        .words = 1, .expect = "one word is expected", .prompt = "word> ", .answer = ANSWER_VECTOR};
    return answer_queries(session, &kind, values, operands, count, error);
}

/* The explanations, before and after what is a command's own. */
#define VECTORS "VECTORS is a file in any format that nce2vec reads, recognized by content. "
#define WORDS                                                                                                          \
    " Words that are not in the vocabulary are looked up as the model's tokenizer writes them (File as file), where "  \
    "VECTORS records one. With subwords, other words have the mean of the vectors of their n-grams. Words without a "  \
    "vector are reported, with similar spellings. Exit status: 0 when every query was answered, else 1; " \
    "at a terminal always 0."

#define COMMON                                                                                                         \
    .values_bytes = sizeof(query_values), .min_operands = 1, .max_operands = SIZE_MAX,                                 \
    .operand = "no vectors are given: name a file, such as vectors.txt"

const cli_command neighbors_command = {
    COMMON,
    .name = "neighbors",
    .summary = "list the nearest words of words, of sums, of vectors",
    .usage = "[options] VECTORS [WORD [+ WORD] [- WORD]...]...",
    .about = VECTORS "With + and - between words, as in king - man + woman, their sum is one query; spaces are around "
                     "the signs. Without WORD, queries are read from standard input, one a line." WORDS,
    .options = options + FOR_NEIGHBORS,
    .run = neighbors,
};

const cli_command analogy_command = {
    COMMON,
    .name = "analogy",
    .summary = "A is to B as C is to ?",
    .usage = "[options] VECTORS [A B C]...",
    .about = VECTORS "Lists the words d for which 'A is to B as C is to d' holds best, without A, B and C themselves. "
                     "Without them, lines of three words are read from standard input." WORDS,
    .options = options + FOR_ANALOGY,
    .run = analogy,
};

const cli_command similarity_command = {
    COMMON,
    .name = "similarity",
    .summary = "print the cosines of pairs of words",
    .usage = "[options] VECTORS [A B]...",
    .about = VECTORS "Without words, lines of two words are read from standard input." WORDS,
    .options = options + FOR_SIMILARITY,
    .run = similarity,
};

const cli_command vector_command = {
    COMMON,
    .name = "vector",
    .summary = "print the vectors of words, also of words never seen",
    .usage = "[options] VECTORS [WORD...]",
    .about = VECTORS "Prints a line for each word: the word and its numbers. Without WORD, all words of standard input "
                     "are read." WORDS,
    .options = options + FOR_VECTOR,
    .run = vector,
};
