/* start_rates.c - a new trainer with the settings start, freeze and lr-of. */
#include <stdlib.h>

#include "api/rate_list.h"
#include "api/start.h"
#include "base/memory.h"
#include "settings/files.h"
#include "train/rates.h"

/* Factors of words, by id. */
typedef struct Factors {
    const Model *model;
    float *inputs, *outputs; /* of each word */
    bool of_outputs;         /* some are not 1 */
} Factors;

static n2v_status factors_create(Factors *f, const Model *model, n2v_error *error)
{
    *f = (Factors){.model = model, .inputs = array_create(2 * model->words, sizeof *f->inputs)};
    if (!f->inputs)
        return fail_memory(error, 2 * model->words * sizeof *f->inputs, "the learning rates of words");
    f->outputs = f->inputs + model->words;
    for (size_t i = 0; i < 2 * model->words; i++)
        f->inputs[i] = 1;
    return N2V_OK;
}

/* Words of a file. outputs: theirs, too. */
static n2v_status take_list(Factors *f, const char *path, const char *setting, bool with_factors, bool outputs,
                            n2v_error *error)
{
    RateList list;
    size_t found = 0;
    n2v_status status = rate_list_read(&list, path, with_factors, error);

    if (status != N2V_OK)
        return status;
    for (size_t i = 0; i < vocabulary_size(list.words); i++) {
        size_t bytes;
        const char *word = vocabulary_word(list.words, (Id)i, &bytes);
        const Id id = vocabulary_find(f->model->vocabulary, word, bytes);
        if (id == NO_ID)
            continue;
        found++;
        f->inputs[id] = list.factors[i][0];
        if (outputs)
            f->outputs[id] = list.factors[i][1];
    }
    f->of_outputs |= outputs;
    rate_list_free(&list);
    if (found)
        return N2V_OK;
    return error_set(error, N2V_ERROR_DATA, "\1%s\2 %s: none of its words is in the vocabulary", setting, path);
}

/* The words that the vectors have; NULL: all. */
static void freeze_side(Factors *f, const n2v_vectors *from, bool output)
{
    for (size_t id = 0; id < f->model->words; id++) {
        size_t bytes;
        const char *word = vocabulary_word(f->model->vocabulary, (Id)id, &bytes);
        if (!from || n2v_vectors_find(from, word, bytes) != N2V_NO_ID)
            (output ? f->outputs : f->inputs)[id] = 0;
    }
    f->of_outputs |= output;
}

static n2v_status fail_outputs(n2v_error *error)
{
    return error_set(error, N2V_ERROR_ARGUMENT,
                     SETTING("freeze") " output: the outputs of the file to start from are not those of this training; "
                     "start from a training with the same " SETTING("objective") " and " SETTING("model")
                     ", and where outputs are nodes of a tree (hs), set " SETTING("vocabulary") " old");
}

/* Vectors that words share, and the shared bias, which is of all outputs. */
static void freeze_shared(Model *model, size_t of_words)
{
    for (size_t row = of_words; row < model->output_rows + 1; row++)
        model->rates[model->input_rows + row] = 0;
}

static n2v_status take_factors(Factors *f, const TrainOptions *options, const Settings *values, const n2v_vectors *from,
                               const StartOutputs *outputs, n2v_error *error)
{
    const char *freeze = settings_text(values, "freeze"), *lr_of = settings_text(values, "lr-of");
    const bool nodes = rates_of_nodes(options);
    n2v_status status = N2V_OK;

    if (lr_of)
        status = take_list(f, lr_of, "lr-of", true, !nodes, error);
    if (status != N2V_OK || !freeze)
        return status;
    if (freeze_is_file(freeze))
        return take_list(f, freeze, "freeze", false, !nodes && outputs->matrices, error);
    if (freeze_is_output(freeze) && from && !outputs->all)
        return fail_outputs(error);
    freeze_side(f, from, freeze_is_output(freeze));
    return N2V_OK;
}

static n2v_status set_rates(n2v_trainer *trainer, const Settings *values, const n2v_vectors *from,
                            const StartOutputs *outputs, n2v_error *error)
{
    const TrainOptions *options = trainer_options(trainer->trainer);
    Model *model = trainer_model(trainer->trainer);
    Factors f;
    n2v_status status;

    if ((status = factors_create(&f, model, error)) != N2V_OK)
        return status;
    if ((status = take_factors(&f, options, values, from, outputs, error)) == N2V_OK &&
        (status = rates_set(model, options, N2V_INPUT, 0, model->words, f.inputs, error)) == N2V_OK && f.of_outputs)
        status = rates_set(model, options, N2V_OUTPUT, 0, model->words, f.outputs, error);
    if (status == N2V_OK && freeze_is_output(settings_text(values, "freeze")))
        freeze_shared(model, outputs->matrices * model->words);
    free(f.inputs);
    return status;
}

n2v_status start_trainer(n2v_trainer *trainer, const Settings *values, const n2v_corpus *corpus, n2v_error *error)
{
    const bool rates = settings_text(values, "freeze") || settings_text(values, "lr-of");
    n2v_vectors *from = NULL;
    StartOutputs outputs = {0, 0, false};
    n2v_status status = N2V_OK;

    if (settings_text(values, "start") && (status = corpus_start_vectors(corpus, &from, error)) == N2V_OK)
        status = start_from(trainer, from, NULL, &outputs, error);
    if (status == N2V_OK && rates)
        status = set_rates(trainer, values, from, &outputs, error);
    trainer->needs_start = settings_text(values, "freeze") && !from;
    n2v_vectors_destroy(from);
    return status;
}
