#include "train/rates.h"

#include "train/worker.h"

n2v_status rates_create(Model *model, n2v_error *error)
{
    const size_t count = model_rows(model) + 1;

    if (model->rates)
        return N2V_OK;
    model->rates = array_create(count, sizeof *model->rates);
    if (!model->rates)
        return fail_memory(error, count * sizeof *model->rates, "the learning rates of rows");
    for (size_t i = 0; i < count; i++)
        model->rates[i] = 1;
    return N2V_OK;
}

bool rates_of_nodes(const TrainOptions *options)
{
    const uint32_t needs = objective_needs(options->objective, options->parameters);
    return needs & N2V_NEEDS_TREE && !(needs & N2V_NEEDS_TREE_AND_NOISE);
}

static size_t first_row(const Model *model)
{
    return model->subwords ? model->words : 0;
}

size_t rates_rows(const Model *model)
{
    return model_rows(model) - first_row(model);
}

size_t rates_frozen(const Model *model)
{
    size_t frozen = 0;

    for (size_t row = first_row(model); model->rates && row < model_rows(model); row++)
        frozen += model->rates[row] == 0;
    return frozen;
}

static void set_parts(Model *model)
{
    for (size_t row = model->words; row < model->input_rows; row++)
        model->rates[row] = INFINITY;
    for (size_t id = 0; id < model->words; id++) {
        size_t count;
        const uint32_t *rows = subwords_of_word(model->subwords, (Id)id, &count);
        for (size_t i = 0; i < count; i++)
            model->rates[rows[i]] = fminf(model->rates[rows[i]], model->rates[id]);
    }
}

/* The nodes after the outputs of words, and the shared bias. */
static void set_shared(Model *model, size_t of_words)
{
    float *outputs = model->rates + model->input_rows;
    bool frozen = true;

    for (size_t row = 0; row < of_words; row++)
        frozen &= outputs[row] == 0;
    for (size_t row = of_words; row < model->output_rows + 1; row++)
        outputs[row] = !frozen;
}

static n2v_status set_nodes(Model *model, size_t count, const float *factors, n2v_error *error)
{
    bool same = count == model->words;

    for (size_t i = 1; i < count && same; i++)
        same = factors[i] == factors[0];
    if (!same)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         "the outputs of this training are nodes of a tree, which all words share: give all words the "
                         "same factor, or set inputs alone");
    for (size_t row = 0; row < model->output_rows + 1; row++)
        model->rates[model->input_rows + row] = factors[0];
    return N2V_OK;
}

n2v_status rates_set(Model *model, const TrainOptions *options, n2v_matrix matrix, size_t first, size_t count,
                     const float *factors, n2v_error *error)
{
    const size_t matrices = trainer_matrices(options, model->words);
    const n2v_status status = rates_create(model, error);

    if (status != N2V_OK)
        return status;
    if (matrix == N2V_OUTPUT && rates_of_nodes(options))
        return set_nodes(model, count, factors, error);
    for (size_t i = 0; i < count; i++) {
        if (matrix == N2V_INPUT)
            model->rates[first + i] = factors[i];
        for (size_t m = 0; matrix == N2V_OUTPUT && m < matrices; m++)
            model->rates[model->input_rows + m * model->words + first + i] = factors[i];
    }
    if (matrix == N2V_OUTPUT)
        set_shared(model, matrices * model->words);
    else if (model->subwords)
        set_parts(model);
    return N2V_OK;
}
