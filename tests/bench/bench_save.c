/* bench_save.c - what a checkpoint costs: the seconds of one save, beside its parts alone.
 *
 * usage: bench_save [WORDS [DIM]]      200,000 words of 300 dimensions; 20,000 when quick
 *
 * The file goes to the current folder, and away again. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/random.h"
#include "bench/bench.h"
#include "nce2vec.h"

#define ROUNDS   5
#define INTERVAL 600.0 /* seconds between two checkpoints: the default of train */
#define SENTENCE ((size_t)100)
#define PIECE    ((size_t)1 << 20)

static const char path[] = "bench-save.n2v";

/* Each word once. */
typedef struct source {
    size_t next, words;
    char text[SENTENCE][32];
    n2v_token tokens[SENTENCE];
} source;

static int next_sentence(void *context, const n2v_token **tokens, size_t *count)
{
    source *s = context;

    for (*count = 0; *count < SENTENCE && s->next < s->words; ++*count) {
        char *text = s->text[*count];
        const int bytes = snprintf(text, sizeof s->text[*count], "word%zu", s->next++);
        s->tokens[*count] = (n2v_token){text, (size_t)bytes};
    }
    *tokens = s->tokens;
    return *count > 0;
}

static n2v_trainer *make_trainer(size_t words, const char *dim, n2v_corpus **corpus)
{
    const char *const values[][2] = {{"dim", dim}, {"min-count", "1"}, {"threads", "1"}};
    source sentences = {.words = words};
    n2v_settings *settings;
    n2v_trainer *trainer;
    n2v_error error;

    bench_require(n2v_settings_create(&settings, N2V_FOR_TRAINING, NULL, &error), &error);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        bench_require(n2v_settings_set(settings, values[i][0], values[i][1], &error), &error);
    bench_require(n2v_corpus_create(corpus, settings, NULL, &error), &error);
    bench_require(n2v_corpus_add_sentences(*corpus, next_sentence, &sentences, NULL, &error), &error);
    bench_require(n2v_corpus_read(*corpus, NULL, &error), &error);
    bench_require(n2v_trainer_create(&trainer, settings, *corpus, &error), &error);
    n2v_settings_destroy(settings);
    return trainer;
}

/* Seconds, and of the processor. */
typedef struct timing {
    double wall[ROUNDS], processor[ROUNDS];
} timing;

typedef struct work {
    n2v_trainer *trainer;
    size_t bytes; /* of the file */
    unsigned char piece[PIECE];
    volatile uLong checksum; /* so that it is computed */
} work;

static void save(work *w)
{
    struct stat info = {0};
    n2v_error error;

    bench_require(n2v_trainer_save(w->trainer, path, &error), &error);
    if (stat(path, &info) == 0)
        w->bytes = (size_t)info.st_size;
}

static void write_bytes(work *w, bool flushed)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    bool done = fd >= 0;

    for (size_t at = 0; done && at < w->bytes; at += PIECE)
        done = write(fd, w->piece, PIECE) == (ssize_t)PIECE;
    if (!done || (flushed && fsync(fd) != 0) || close(fd) != 0) {
        perror("bench: writing");
        exit(1);
    }
}

static void write_and_flush(work *w)
{
    write_bytes(w, true);
}

static void write_only(work *w)
{
    write_bytes(w, false);
}

static void add_up(work *w)
{
    uLong crc = 0;

    for (size_t at = 0; at < w->bytes; at += PIECE)
        crc = crc32_z(crc, w->piece, PIECE);
    w->checksum = crc;
}

static const struct {
    const char *what;
    void (*do_it)(work *w);
} kinds[] = {{"n2v_trainer_save", save},
             {"as many bytes: written and flushed", write_and_flush},
             {"as many bytes: written", write_only},
             {"as many bytes: the checksum (CRC-32)", add_up}};

#define KINDS (sizeof kinds / sizeof *kinds)

/* Some disks are faster with zeros. */
static void fill(work *w)
{
    Random random;

    random_seed(&random, 1, 0, 0, 0);
    for (size_t i = 0; i < PIECE; i++)
        w->piece[i] = (unsigned char)(256 * random_float(&random));
}

static void measure(work *w, timing *timings)
{
    fill(w);
    for (size_t i = 0; i < ROUNDS; i++)
        for (size_t k = 0; k < KINDS; k++) {
            const double wall = bench_now(CLOCK_MONOTONIC), processor = bench_now(CLOCK_PROCESS_CPUTIME_ID);
            kinds[k].do_it(w);
            timings[k].wall[i] = bench_now(CLOCK_MONOTONIC) - wall;
            timings[k].processor[i] = bench_now(CLOCK_PROCESS_CPUTIME_ID) - processor;
        }
}

int main(int argc, char **argv)
{
    const size_t words = argc > 1 ? strtoul(argv[1], NULL, 10) : bench_quick() ? 20000 : 200000;
    const char *dim = argc > 2 ? argv[2] : "300";
    work *w = calloc(1, sizeof *w);
    timing timings[KINDS];
    n2v_corpus *corpus;

    if (!w)
        return 1;
    w->trainer = make_trainer(words, dim, &corpus);
    measure(w, timings);
    printf("A checkpoint of %zu words and %s dimensions, %.0f MB. Medians of %d, in turn. The share is that of the 10 "
           "minutes between two checkpoints.\n\n",
           words, dim, (double)w->bytes * 1e-6, ROUNDS);
    printf("| %-36s | seconds | of the processor | GB/s |   share |\n|%s\n", "",
           "--------------------------------------|---------|------------------|------|---------|");
    for (size_t k = 0; k < KINDS; k++) {
        const double wall = bench_median(timings[k].wall, ROUNDS);
        printf("| %-36s | %7.2f | %16.2f | %4.2f | %5.2f %% |\n", kinds[k].what, wall,
               bench_median(timings[k].processor, ROUNDS), (double)w->bytes / wall * 1e-9, 100 * wall / INTERVAL);
    }
    printf("\n");
    n2v_trainer_destroy(w->trainer);
    n2v_corpus_destroy(corpus);
    free(w);
    return unlink(path) != 0;
}
