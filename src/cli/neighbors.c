/* neighbors.c - nce2vec neighbors: the nearest words of words. */
#include "cli/asking.h"
#include "cli/commands.h"

typedef struct neighbors_settings {
    asking_settings asking;
} neighbors_settings;

static const cli_option options[] = {
    ASKING_OPTION_COUNT(neighbors_settings),
    ASKING_OPTION_THREADS(neighbors_settings),
    ASKING_OPTION_JSON(neighbors_settings, NULL),
    {.name = NULL},
};

static n2v_status run(struct cli_session *session, const void *settings, const char *const *operands, size_t count,
                      n2v_error *error)
{
    static const asking_kind kind = {
        .words = 1, .expect = "one word is expected", .prompt = "word> ", .searches = true, .method = N2V_ADD};
    const neighbors_settings *s = settings;

    (void)session;
    return asking_run(&kind, &s->asking, operands, count, error);
}

const cli_command neighbors_command = {
    .name = "neighbors",
    .summary = "list the nearest words of words, by cosine",
    .usage = "[options] VECTORS [WORD...]",
    .about = ASKING_VECTORS "Without WORD, words are read from standard input, one a line. " ASKING_ABOUT,
    .options = options,
    .settings_bytes = sizeof(neighbors_settings),
    .least_operands = 1,
    .most_operands = SIZE_MAX,
    .operand = ASKING_OPERAND,
    .run = run,
};
