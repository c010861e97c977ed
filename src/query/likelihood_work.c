#include "query/likelihood_work.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/min.h"
#include "base/random.h"
#include "base/threads.h"
#include "corpus/shuffle.h"
#include "noise/stream.h"

/* Threads ------------------------------------------------------------------------------- */

static size_t row_room(const LikelihoodWork *m)
{
    const size_t window = 2 * m->options->window;
    return window > PART_ROWS ? window : PART_ROWS;
}

n2v_status likelihood_scratch_create(LikelihoodScratch *s, const LikelihoodWork *m, n2v_error *error)
{
    const size_t rows = row_room(m);

    s->buffer = array_create(BLOCK_IDS, sizeof *s->buffer);
    s->kept = array_create(BLOCK_IDS, sizeof *s->kept);
    s->x = array_create(rows, sizeof *s->x);
    s->y = array_create(PART_WORDS, sizeof *s->y);
    s->scores = floats_create(rows * PART_WORDS);
    s->means = m->options->cbow ? floats_create(PART_ROWS * m->model->stride) : NULL;
    if (!s->buffer || !s->kept || !s->x || !s->y || !s->scores || (m->options->cbow && !s->means))
        return fail_memory(error, rows * PART_WORDS * sizeof(float), "scores");
    return N2V_OK;
}

void likelihood_scratch_free(LikelihoodScratch *s, const LikelihoodWork *m)
{
    free(s->buffer);
    free(s->kept);
    free(s->x);
    free(s->y);
    floats_destroy(s->scores, row_room(m) * PART_WORDS);
    floats_destroy(s->means, PART_ROWS * m->model->stride);
}

static void *work(void *shared)
{
    LikelihoodWork *m = shared;
    LikelihoodScratch s = {0};
    n2v_error error = {0};
    n2v_status status = likelihood_scratch_create(&s, m, &error);
    size_t index;

    while (status == N2V_OK && (index = atomic_fetch_add(&m->next, 1)) < m->tasks) {
        status = m->task(m, &s, index, &error);
        if (status == N2V_OK && pthread_equal(pthread_self(), m->caller) && stop_requested(&m->options->stop))
            status = error_set(&error, N2V_ERROR_INTERRUPTED, "interrupted while measuring the likelihood");
    }
    if (status != N2V_OK) {
        atomic_store(&m->next, m->tasks); /* the others end, too */
        pthread_mutex_lock(&m->mutex);
        if (m->error.status == N2V_OK)
            m->error = error;
        pthread_mutex_unlock(&m->mutex);
    }
    likelihood_scratch_free(&s, m);
    return NULL;
}

n2v_status likelihood_run_tasks(LikelihoodWork *m, size_t tasks, LikelihoodTask *task, n2v_error *error)
{
    m->caller = pthread_self();
    m->task = task;
    m->tasks = tasks;
    atomic_store(&m->next, 0);
    in_threads(min_size(m->options->threads, tasks), work, m);
    if (m->error.status != N2V_OK && error)
        *error = m->error;
    return m->error.status;
}

/* The text ------------------------------------------------------------------------------ */

/* A sample of the pairs of whole lines, as the training takes them. */
static void shuffle_block(const LikelihoodWork *m, LikelihoodScratch *s, size_t index, const Id **ids, size_t count)
{
    Random random;

    random_seed(&random, m->options->seed, 0, index, STREAM_LINES);
    if (*ids != s->kept)
        memcpy(s->kept, *ids, count * sizeof *s->kept);
    shuffle_sentences(s->kept, count, 1, &random);
    *ids = s->kept;
}

n2v_status likelihood_read_block(const LikelihoodWork *m, LikelihoodScratch *s, size_t index, const Id **ids,
                                 size_t *count, n2v_error *error)
{
    Block block;
    Random random;
    const n2v_status status = blocks_read(m->blocks, index, s->buffer, &block, error);

    if (status != N2V_OK)
        return status;
    *ids = block.ids;
    *count = block.count;
    if (m->subsample) {
        random_seed(&random, m->options->seed, 0, index, STREAM_LIKELIHOOD);
        *count = subsample_filter(m->subsample, &random, block.ids, block.count, SENTENCE_END, s->kept);
        *ids = s->kept;
    }
    if (m->options->weights == WINDOW_LINE)
        shuffle_block(m, s, index, ids, *count);
    return N2V_OK;
}

n2v_status likelihood_log_z(const LikelihoodWork *m, LikelihoodScratch *s, LikelihoodContext *contexts, size_t rows,
                            n2v_error *error)
{
    double log_z[PART_ROWS];

    log_probability_partition(&m->log_probability, s->x, rows, s->y, s->scores, log_z);
    for (size_t i = 0; i < rows; i++) {
        contexts[i].log_z = log_z[i];
        if (!isfinite(contexts[i].log_z))
            return error_set(error, N2V_ERROR_NUMERIC,
                             "log Z of %s '%s' is not finite: the scores are too large",
                             m->options->cbow ? "the contexts of" : "the context",
                             vocabulary_word(m->model->vocabulary, contexts[i].id, NULL));
    }
    return N2V_OK;
}
