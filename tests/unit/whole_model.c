#include "whole_model.h"

#include <stdio.h>
#include <string.h>

#include "base/random.h"
#include "model/formats/format.h"
#include "numbered.h"
#include "scratch.h"
#include "test.h"

/* "NAME:parameter=value,..." as the entries of a record. */
static void record_objective(Record *record, const char *objective)
{
    char text[128], name[64];

    ck_assert_int_lt(snprintf(text, sizeof text, "%s", objective), sizeof text);
    ck_assert_int_eq(record_add(record, "objective", strtok(text, ":"), NULL), N2V_OK);
    for (char *parameter; (parameter = strtok(NULL, "="));) {
        (void)snprintf(name, sizeof name, "objective.%s", parameter);
        ck_assert_int_eq(record_add(record, name, strtok(NULL, ","), NULL), N2V_OK);
    }
}

Model whole_model(const char *objective, const char *kind, const char *subsample, size_t words)
{
    const char *const entries[][2] = {{"noise", "7"},        {"noise-power", "0.5"}, {"window", "3"},
                                      {"tokenizer", "space"}, {"model", kind},       {"subsample", subsample},
                                      {"dim", "6"}};
    Model model = numbered_model(words, 2 * words, WHOLE_DIM, true);
    Random random;

    random_seed(&random, 2, 0, 0, 0);
    for (size_t w = 0; w < words; w++) {
        for (size_t j = 0; j <= WHOLE_DIM; j++) {
            model.input[w * model.stride + j] = j < WHOLE_DIM ? random_float(&random) - 0.5F : 1;
            model.output[w * model.stride + j] = 2 * random_float(&random) - 1;
        }
    }
    if (objective)
        record_objective(&model.record, objective);
    for (size_t i = 0; objective && i < sizeof entries / sizeof *entries; i++)
        ck_assert_int_eq(record_add(&model.record, entries[i][0], entries[i][1], NULL), N2V_OK);
    return model;
}

n2v_vectors *load_whole_model(const char *objective, const char *kind, const char *subsample, size_t words,
                              const char *name)
{
    scratch files = scratch_open();
    Model model = whole_model(objective, kind, subsample, words);
    const char *path = scratch_path(&files, name);
    n2v_vectors *vectors;
    n2v_error error = {.text = ""};
    Saving saving;

    require(saving_open(&saving, format_find(strstr(name, ".n2v") ? "n2v" : "text"), path, NULL, &error) == N2V_OK,
            "%s", error.text);
    require(saving_write(&saving, &model, &error) == N2V_OK, "%s", error.text);
    require(saving_commit(&saving, &error) == N2V_OK, "%s", error.text);
    require(n2v_vectors_load(&vectors, path, NULL, &error) == N2V_OK, "%s", error.text);
    model_free(&model);
    scratch_close(&files);
    return vectors;
}
