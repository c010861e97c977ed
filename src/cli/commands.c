#include "cli/commands.h"

#include <string.h>

static const cli_command *const commands[] = {
    &train_command,      &vocab_command,      &phrases_command,         &neighbors_command,  &analogy_command,
    &similarity_command, &vector_command,     &predict_command,         &likelihood_command, &info_command,
    &convert_command,    &objectives_command, &check_objective_command, &help_command};

#define COMMANDS (sizeof commands / sizeof *commands)

#define IN_PYTHON                                                                                                      \
    "in the Python package, whose program nce2vec has all commands: install it with 'pip install ./python' from the "  \
    "folder of the sources"

/* Commands that this program does not have: those in Python, and what users of other programs look for. */
static const struct {
    const char *name, *here;
} others[] = {
    {"align", IN_PYTHON},
    {"compass", IN_PYTHON},
    {"tune", IN_PYTHON},
    {"skipgram", "fastText's; here it follows train: 'nce2vec train skipgram -input FILE -output FILE'"},
    {"cbow", "fastText's; here it follows train: 'nce2vec train cbow -input FILE -output FILE'"},
    {"print-word-vectors", "fastText's; here it is 'nce2vec vector MODEL'"},
    {"nn", "fastText's; here it is 'nce2vec neighbors MODEL', with -k K"},
    {"analogies", "fastText's; here it is 'nce2vec analogy MODEL', with -k K; A - B + C is written B A C"},
    {"print-ngrams",
     "fastText's; vectors of single n-grams are not printed; 'nce2vec vector MODEL' composes those of words"},
    {"print-sentence-vectors", "fastText's; vectors of sentences are not supported"},
    {"quantize", "fastText's; quantized models are not supported; fewer --buckets make a smaller one"},
    {"dump", "fastText's; 'nce2vec info MODEL' prints settings, 'nce2vec convert MODEL FILE --vectors input' or output "
             "writes vectors"},
    {"supervised", "fastText's; classification is not supported"},
    {"test", "fastText's; classification is not supported"},
    {"test-label", "fastText's; classification is not supported"},
    {"predict-prob", "fastText's; classification is not supported"},
    {"word2vec", "word2vec.c's; here it is 'nce2vec train'"},
    {"word2phrase", "word2vec.c's; here it is 'nce2vec phrases'"},
    {"distance", "word2vec.c's; here it is 'nce2vec neighbors VECTORS'"},
    {"word-analogy", "word2vec.c's; here it is 'nce2vec analogy VECTORS'"},
    {"compute-accuracy", "word2vec.c's; here it is 'eval/analogy.py VECTORS --questions FILE --restrict N'"},
};

const cli_command *command_at(size_t index)
{
    return index < COMMANDS ? commands[index] : NULL;
}

n2v_status command_find(const cli_command **found, const char *name, n2v_error *error)
{
    const char *names[COMMANDS + 1] = {NULL}, *nearest;

    for (size_t i = 0; (*found = command_at(i)); i++) {
        if (strcmp((*found)->name, name) == 0)
            return N2V_OK;
        names[i] = (*found)->name;
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(others[i].name, name) == 0)
            return fail(error, N2V_ERROR_ARGUMENT, "'%s' is %s", name, others[i].here);
    nearest = n2v_nearest_name(name, names);
    if (nearest)
        return fail(error, N2V_ERROR_ARGUMENT, "'%s' is not a command; did you mean %s?", name, nearest);
    return fail(error, N2V_ERROR_ARGUMENT, "'%s' is not a command; 'nce2vec help' lists them", name);
}
