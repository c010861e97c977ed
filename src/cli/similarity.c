/* similarity.c - nce2vec similarity: the cosines of pairs of words. */
#include "cli/asking.h"
#include "cli/commands.h"

typedef struct similarity_settings {
    asking_settings asking;
} similarity_settings;

static const cli_option options[] = {
    ASKING_OPTION_JSON(similarity_settings, "Options"),
    {.name = NULL},
};

static n2v_status run(struct cli_session *session, const void *settings, const char *const *operands, size_t count,
                      n2v_error *error)
{
    static const asking_kind kind = {.words = 2, .expect = "two words are expected", .prompt = "a b> "};
    const similarity_settings *s = settings;

    (void)session;
    return asking_run(&kind, &s->asking, operands, count, error);
}

const cli_command similarity_command = {
    .name = "similarity",
    .summary = "print the cosines of pairs of words",
    .usage = "[options] VECTORS [A B]...",
    .about = ASKING_VECTORS "Without words, lines of two words are read from standard input. " ASKING_ABOUT,
    .options = options,
    .settings_bytes = sizeof(similarity_settings),
    .least_operands = 1,
    .most_operands = SIZE_MAX,
    .operand = ASKING_OPERAND,
    .run = run,
};
