/* resume.c - saves a training every 50,000 words, and stops after three times, as a job does whose time is over. When
 * it runs again, it goes on from the checkpoint.
 * Build: cc -o resume resume.c $(pkg-config --cflags --libs nce2vec)
 * Run:   ./resume text.txt vectors.txt checkpoint.n2v      (again, until it has trained to the end) */
#include <nce2vec.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    n2v_settings *settings = NULL;
    n2v_vectors *checkpoint = NULL;
    n2v_corpus *corpus = NULL;
    n2v_trainer *trainer = NULL;
    n2v_trainer_info info;
    n2v_error error;
    n2v_status status;

    if (argc != 4)
        return fprintf(stderr, "usage: resume TEXT VECTORS CHECKPOINT\n"), 2;
    memset(&info, 0, sizeof info);
    info.size = sizeof info;
    if (access(argv[3], F_OK) == 0) { /* the text is read again with the settings of the checkpoint */
        if ((status = n2v_vectors_load(&checkpoint, argv[3], NULL, &error)) != N2V_OK ||
            (status = n2v_checkpoint_settings(checkpoint, NULL, NULL, &settings, &error)) != N2V_OK)
            goto out;
    } else if ((status = n2v_settings_create(&settings, N2V_FOR_TRAINING, NULL, &error)) != N2V_OK ||
               (status = n2v_settings_set(settings, "epochs", "10", &error)) != N2V_OK ||
               (status = n2v_settings_set(settings, "threads", "1", &error)) != N2V_OK)
        goto out;
    if ((status = n2v_corpus_create(&corpus, settings, NULL, &error)) != N2V_OK ||
        (status = n2v_corpus_add_file(corpus, argv[1], &error)) != N2V_OK ||
        (status = n2v_corpus_read(corpus, NULL, &error)) != N2V_OK ||
        (status = checkpoint ? n2v_trainer_resume(&trainer, checkpoint, NULL, corpus, &error)
                             : n2v_trainer_create(&trainer, settings, corpus, &error)) != N2V_OK ||
        (status = n2v_trainer_describe(trainer, &info, &error)) != N2V_OK)
        goto out;
    for (int saved = 0; saved < 3 && !info.finished; saved++) {
        if ((status = n2v_trainer_run(trainer, N2V_TO_WORDS, info.words + 50000, NULL, &error)) != N2V_OK ||
            (status = n2v_trainer_save(trainer, argv[3], &error)) != N2V_OK ||
            (status = n2v_trainer_describe(trainer, &info, &error)) != N2V_OK)
            goto out;
        printf("%.0f %% trained and saved\n", 100 * (double)info.words / (double)info.words_total);
    }
    if (info.finished)
        status = n2v_vectors_save(n2v_trainer_vectors(trainer), argv[2], NULL, NULL, &error);
    printf(info.finished ? "trained to the end\n" : "stopped: run again to go on\n");
out:
    if (status != N2V_OK)
        fprintf(stderr, "resume: %s\n", error.text);
    n2v_trainer_destroy(trainer);
    n2v_corpus_destroy(corpus);
    n2v_vectors_destroy(checkpoint);
    n2v_settings_destroy(settings);
    return status != N2V_OK;
}
