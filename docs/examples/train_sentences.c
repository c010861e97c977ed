/* train_sentences.c - trains on sentences in memory, which a function hands over one by one; no text file is written.
 * Build: cc -o train_sentences train_sentences.c $(pkg-config --cflags --libs nce2vec)
 * Run:   ./train_sentences */
#include <nce2vec.h>
#include <stdio.h>
#include <string.h>

static const n2v_token animals[] = {{"cat", 3}, {"dog", 3}, {"cow", 3}, {"horse", 5}};
static const n2v_token cars[] = {{"bus", 3}, {"truck", 5}, {"van", 3}, {"tram", 4}};

typedef struct sentences {
    int next, count;
    n2v_token tokens[4];
} sentences;

/* Words of one topic. The tokens stay valid until the next call. */
static int next_sentence(void *context, const n2v_token **tokens, size_t *count)
{
    sentences *s = (sentences *)context;
    for (int i = 0; i < 4; i++)
        s->tokens[i] = (s->next % 2 ? animals : cars)[s->next / 2 * (i + 1) % 4];
    *tokens = s->tokens;
    *count = 4;
    return s->next++ < s->count;
}

static void print_cosine(const n2v_vectors *v, const char *a, const char *b)
{
    const uint32_t i = n2v_vectors_find(v, a, strlen(a)), j = n2v_vectors_find(v, b, strlen(b));
    printf("%s and %s: cosine %.2f\n", a, b, n2v_vectors_similarity(v, i, j));
}

int main(void)
{
    const char *const values[][2] = { /* one thread: the same result each time */
        {"dim", "8"}, {"min-count", "1"}, {"subsample", "0"}, {"epochs", "20"}, {"threads", "1"}};
    sentences source = {0, 2000, {{NULL, 0}}};
    n2v_settings *settings = NULL;
    n2v_corpus *corpus = NULL;
    n2v_trainer *trainer = NULL;
    n2v_error error;
    n2v_status status = n2v_settings_create(&settings, N2V_FOR_TRAINING, NULL, &error);

    for (size_t i = 0; status == N2V_OK && i < sizeof values / sizeof *values; i++)
        status = n2v_settings_set(settings, values[i][0], values[i][1], &error);
    if (status == N2V_OK && (status = n2v_corpus_create(&corpus, settings, NULL, &error)) == N2V_OK &&
        (status = n2v_corpus_add_sentences(corpus, next_sentence, &source, "memory", &error)) == N2V_OK &&
        (status = n2v_corpus_read(corpus, NULL, &error)) == N2V_OK &&
        (status = n2v_trainer_create(&trainer, settings, corpus, &error)) == N2V_OK &&
        (status = n2v_trainer_run(trainer, N2V_TO_END, 0, NULL, &error)) == N2V_OK) {
        print_cosine(n2v_trainer_vectors(trainer), "cat", "dog");
        print_cosine(n2v_trainer_vectors(trainer), "cat", "bus");
    } else
        fprintf(stderr, "train_sentences: %s\n", error.text);
    n2v_trainer_destroy(trainer);
    n2v_corpus_destroy(corpus);
    n2v_settings_destroy(settings);
    return status != N2V_OK;
}
