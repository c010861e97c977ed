/* train_cancel.c - prints the progress of a training; another thread stops it after the first report; then it runs on.
 * Build: cc -o train_cancel train_cancel.c $(pkg-config --cflags --libs nce2vec) -pthread
 * Run:   ./train_cancel text.txt vectors.txt */
#include <nce2vec.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>

typedef struct training {
    n2v_trainer *trainer;
    sem_t reported;
} training;

static void print_progress(void *context, const n2v_progress *p)
{
    if (p->pairs && printf("%.0f %%, loss %.4f\n", 100.0 * (double)p->words / (double)p->words_total, p->loss) > 0)
        (void)sem_post(&((training *)context)->reported); /* fails after 2^31 reports only */
}

static void *stop_after_report(void *context)
{
    if (sem_wait(&((training *)context)->reported) == 0)
        n2v_trainer_stop(((training *)context)->trainer);
    return NULL;
}

int main(int argc, char **argv)
{
    training t = {NULL, {{0}}};
    n2v_observer observer = {sizeof observer, &t, NULL, NULL, print_progress, NULL, NULL};
    n2v_settings *settings = NULL;
    n2v_corpus *corpus = NULL;
    n2v_error error = {N2V_ERROR_MEMORY, "no thread can be started", {{0, 0}}};
    n2v_status status = N2V_ERROR_MEMORY;
    pthread_t stopper;

    if (argc != 3)
        return fprintf(stderr, "usage: train_cancel TEXT VECTORS\n"), 2;
    if (n2v_settings_create(&settings, N2V_FOR_TRAINING, NULL, &error) != N2V_OK ||
        n2v_settings_set(settings, "epochs", "20", &error) != N2V_OK ||
        n2v_corpus_create(&corpus, settings, NULL, &error) != N2V_OK ||
        n2v_corpus_add_file(corpus, argv[1], &error) != N2V_OK || n2v_corpus_read(corpus, NULL, &error) != N2V_OK ||
        n2v_trainer_create(&t.trainer, settings, corpus, &error) != N2V_OK || sem_init(&t.reported, 0, 0) != 0 ||
        pthread_create(&stopper, NULL, stop_after_report, &t) != 0)
        goto out;
    status = n2v_trainer_run(t.trainer, N2V_TO_END, 0, &observer, &error);
    (void)sem_post(&t.reported); /* the thread ends, also without a report */
    (void)pthread_join(stopper, NULL);
    if (status == N2V_ERROR_INTERRUPTED && printf("stopped; training on\n") > 0)
        status = n2v_trainer_run(t.trainer, N2V_TO_END, 0, NULL, &error);
    if (status == N2V_OK)
        status = n2v_vectors_save(n2v_trainer_vectors(t.trainer), argv[2], NULL, NULL, &error);
out:
    fprintf(status == N2V_OK ? stdout : stderr, "%s\n", status == N2V_OK ? "trained to the end, saved" : error.text);
    n2v_trainer_destroy(t.trainer);
    n2v_corpus_destroy(corpus);
    n2v_settings_destroy(settings);
    return status != N2V_OK;
}
