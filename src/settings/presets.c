#include "settings/presets.h"

#include <stddef.h>
#include <string.h>

typedef struct Given {
    const char *preset, *setting, *text;
    bool of_objective; /* goes with the preset's objective alone */
    const char *model; /* goes with this model alone; NULL: with any */
} Given;

/* Where more than one row fits, the first one holds. */
static const Given given[] = {
    {.preset = "best", .setting = "model", .text = "cbow"},
    {.preset = "best", .setting = "subwords", .text = "fasttext"},
    {.preset = "best", .setting = "minn", .text = "5"},
    {.preset = "best", .setting = "maxn", .text = "5"},
    {.preset = "best", .setting = "dim", .text = "200"},
    {.preset = "best", .setting = "epochs", .text = "6"},
    {.preset = "sessions", .setting = "tokenizer", .text = "space"},
    {.preset = "sessions", .setting = "min-count", .text = "1"},
    {.preset = "sessions", .setting = "subsample", .text = "0"},
    {.preset = "sessions", .setting = "window-weights", .text = "line"},
    {.preset = "sessions", .setting = "noise-power", .text = "-0.25"},
    {.preset = "sessions", .setting = "epochs", .text = "10"},
    {.preset = "sessions", .setting = "lr", .text = "0.02", .of_objective = true, .model = "skipgram"},
    {.preset = "walks", .setting = "tokenizer", .text = "space"},
    {.preset = "walks", .setting = "min-count", .text = "1"},
    {.preset = "walks", .setting = "subsample", .text = "0"},
    {.preset = "walks", .setting = "epochs", .text = "1"},
    {.preset = "word2vec", .setting = "tokenizer", .text = "space"},
    {.preset = "word2vec", .setting = "window", .text = "5"},
    {.preset = "word2vec", .setting = "cbow-gradient", .text = "word2vec", .of_objective = true, .model = "cbow"},
    {.preset = "word2vec", .setting = "subsample", .text = "1e-3"},
    {.preset = "word2vec", .setting = "objective", .text = "sgns", .of_objective = true},
    {.preset = "word2vec", .setting = "noise", .text = "5", .of_objective = true},
    {.preset = "word2vec", .setting = "lr", .text = "0.05", .of_objective = true, .model = "cbow"},
    {.preset = "word2vec", .setting = "lr", .text = "0.025", .of_objective = true},
};

const char *preset_text(const char *preset, const char *setting, bool own_objective, const char *model)
{
    for (size_t i = 0; i < sizeof given / sizeof *given; i++)
        if (strcmp(given[i].preset, preset) == 0 && strcmp(given[i].setting, setting) == 0 &&
            !(given[i].of_objective && own_objective) &&
            (!given[i].model || (model && strcmp(given[i].model, model) == 0)))
            return given[i].text;
    return NULL;
}
