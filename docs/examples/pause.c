/* pause.c - trains epoch by epoch, looks at the vectors in each pause, and ends the training by a rule of its own: when
 * the loss falls by less than 1 in 100.
 * Build: cc -o pause pause.c $(pkg-config --cflags --libs nce2vec)
 * Run:   ./pause text.txt king queen */
#include <nce2vec.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    static const char *const values[][2] = {{"epochs", "50"}, {"dim", "20"}, {"min-count", "1"}, {"threads", "1"}};
    n2v_settings *settings = NULL;
    n2v_corpus *corpus = NULL;
    n2v_trainer *trainer = NULL;
    const n2v_vectors *vectors;
    n2v_trainer_info info;
    n2v_error error;
    uint32_t a, b;
    double before = 0;
    n2v_status status;

    if (argc != 4) {
        fprintf(stderr, "usage: pause TEXT WORD WORD\n");
        return 2;
    }
    memset(&info, 0, sizeof info);
    info.size = sizeof info;
    status = n2v_settings_create(&settings, N2V_FOR_TRAINING, NULL, &error);
    for (size_t i = 0; status == N2V_OK && i < sizeof values / sizeof *values; i++)
        status = n2v_settings_set(settings, values[i][0], values[i][1], &error);
    if (status != N2V_OK || (status = n2v_corpus_create(&corpus, settings, NULL, &error)) != N2V_OK ||
        (status = n2v_corpus_add_file(corpus, argv[1], &error)) != N2V_OK ||
        (status = n2v_corpus_read(corpus, NULL, &error)) != N2V_OK ||
        (status = n2v_trainer_create(&trainer, settings, corpus, &error)) != N2V_OK)
        goto out;
    vectors = n2v_trainer_vectors(trainer); /* the same view in every pause */
    a = n2v_vectors_find(vectors, argv[2], strlen(argv[2]));
    b = n2v_vectors_find(vectors, argv[3], strlen(argv[3]));
    do {
        before = info.loss;
        if ((status = n2v_trainer_run(trainer, N2V_TO_EPOCH_END, 0, NULL, &error)) != N2V_OK ||
            (status = n2v_trainer_describe(trainer, &info, &error)) != N2V_OK)
            goto out;
        printf("%llu words, loss %.4f, cosine %.4f\n", (unsigned long long)info.words, info.loss,
               n2v_vectors_similarity(vectors, a, b));
    } while (!info.finished && (before == 0 || info.loss < 0.99 * before));
    printf(info.finished ? "trained to the end\n" : "stopped early\n");
out:
    if (status != N2V_OK)
        fprintf(stderr, "pause: %s\n", error.text);
    n2v_trainer_destroy(trainer);
    n2v_corpus_destroy(corpus);
    n2v_settings_destroy(settings);
    return status != N2V_OK;
}
