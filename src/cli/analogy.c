/* analogy.c - nce2vec analogy: the fourth word of three. */
#include "cli/asking.h"
#include "cli/commands.h"

typedef struct analogy_settings {
    asking_settings asking;
    size_t method;
} analogy_settings;

static const char *method_name(size_t index)
{
    static const char *const names[] = {"add", "mul"};
    return index < sizeof names / sizeof *names ? names[index] : NULL;
}

static const cli_option options[] = {
    ASKING_OPTION_COUNT(analogy_settings),
    {.name = "method",
     .kind = OPTION_CHOICE,
     .value = "NAME",
     .fallback = "add",
     .choice = method_name,
     .offset = offsetof(analogy_settings, method),
     .help = "add: the cosine with B - A + C (3CosAdd); mul: the cosines with B and C, multiplied, over that with A "
             "(3CosMul). One of"},
    ASKING_OPTION_THREADS(analogy_settings),
    ASKING_OPTION_JSON(analogy_settings, NULL),
    {.name = NULL},
};

static n2v_status run(struct cli_session *session, const void *settings, const char *const *operands, size_t count,
                      n2v_error *error)
{
    const analogy_settings *s = settings;
    const asking_kind kind = {.words = 3,
                              .expect = "three words are expected",
                              .prompt = "a b c> ",
                              .searches = true,
                              .method = s->method ? N2V_MULTIPLY : N2V_ADD};

    (void)session;
    return asking_run(&kind, &s->asking, operands, count, error);
}

const cli_command analogy_command = {
    .name = "analogy",
    .summary = "A is to B as C is to ?",
    .usage = "[options] VECTORS [A B C]...",
    .about = ASKING_VECTORS "Lists the words d of which 'A is to B as C is to d' holds best; A, B and C themselves are "
                            "left out. Without them, lines of three words are read from standard input. " ASKING_ABOUT,
    .options = options,
    .settings_bytes = sizeof(analogy_settings),
    .least_operands = 1,
    .most_operands = SIZE_MAX,
    .operand = ASKING_OPERAND,
    .run = run,
};
