/* own_objective.c - registers an objective of its own (focal.h), trains with it by its name, and saves the vectors.
 * Build: cc -O2 -o own_objective own_objective.c $(pkg-config --cflags --libs nce2vec) -lm
 * Run:   ./own_objective text.txt vectors.n2v */
#include <nce2vec.h>
#include <stdio.h>
#include <string.h>

#include "focal.h"

int main(int argc, char **argv)
{
    n2v_objectives *objectives = NULL;
    n2v_settings *settings = NULL;
    n2v_corpus *corpus = NULL;
    n2v_trainer *trainer = NULL;
    n2v_objective_info info;
    n2v_trainer_info state;
    n2v_error error;
    int failed = 1;

    if (argc != 3) {
        fprintf(stderr, "usage: own_objective TEXT VECTORS\n");
        return 2;
    }
    memset(&info, 0, sizeof info);
    memset(&state, 0, sizeof state);
    info.size = sizeof info;
    state.size = sizeof state;
    if (n2v_objectives_create(&objectives, &error) != N2V_OK ||
        n2v_objectives_register(objectives, &focal, &error) != N2V_OK ||
        n2v_objective_describe(objectives, "focal:gamma=1", &info, &error) != N2V_OK)
        goto out;
    printf("%s: %s\n", info.name, info.formula);
    if (n2v_settings_create(&settings, N2V_FOR_TRAINING, objectives, &error) != N2V_OK ||
        n2v_settings_set(settings, "objective", "focal:gamma=1", &error) != N2V_OK ||
        n2v_settings_set(settings, "min-count", "1", &error) != N2V_OK ||
        n2v_settings_set(settings, "dim", "20", &error) != N2V_OK ||
        n2v_corpus_create(&corpus, settings, NULL, &error) != N2V_OK ||
        n2v_corpus_add_file(corpus, argv[1], &error) != N2V_OK || n2v_corpus_read(corpus, NULL, &error) != N2V_OK ||
        n2v_trainer_create(&trainer, settings, corpus, &error) != N2V_OK ||
        n2v_trainer_run(trainer, N2V_TO_END, 0, NULL, &error) != N2V_OK ||
        n2v_trainer_describe(trainer, &state, &error) != N2V_OK ||
        n2v_vectors_save(n2v_trainer_vectors(trainer), argv[2], NULL, NULL, &error) != N2V_OK)
        goto out;
    printf("trained on %llu words, loss %.4f\n", (unsigned long long)state.words, state.loss);
    failed = 0;
out:
    if (failed)
        fprintf(stderr, "own_objective: %s\n", error.text);
    n2v_trainer_destroy(trainer);
    n2v_corpus_destroy(corpus);
    n2v_settings_destroy(settings);
    n2v_objectives_destroy(objectives); /* the last: the others refer to it */
    return failed;
}
