/* bench_query.c - how close a search comes to the memory's bandwidth, and loading to the file's.
 *
 * usage: bench_query [WORDS [DIM]]      1,000,000 words of 300 dimensions; 100,000 when quick
 *
 * Makes random vectors and times, on all cores: a plain read of the same memory, one question at a
 * time, questions by the hundred; and loading the vectors as word2vec binary beside a plain read of
 * that file into fresh memory. Medians of several rounds, in each of which all kinds have their turn. */
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/random.h"
#include "base/threads.h"
#include "bench/bench.h"
#include "model/formats/format.h"
#include "query/search.h"
#include "query/spellings.h"

#define MAX_ROUNDS ((size_t)9)
#define QUESTIONS   ((size_t)128)
#define K           ((size_t)10)
#define READ_BYTES  ((size_t)1 << 20)
#define PIECE       ((size_t)1 << 18) /* floats: 1 MB */

typedef float sixteen __attribute__((vector_size(64), may_alias));

static size_t rounds(void)
{
    return bench_quick() ? 5 : MAX_ROUNDS;
}

/* Making vectors ------------------------------------------------------------------------ */

typedef struct filling {
    Model *model;
    atomic_size_t next;
} filling;

static void *fill(void *shared)
{
    filling *f = shared;
    const size_t rows = 1000;
    size_t from;

    while ((from = rows * atomic_fetch_add(&f->next, 1)) < f->model->words) {
        Random random;
        random_seed(&random, 1, from, 0, 0);
        for (size_t id = from; id < f->model->words && id < from + rows; id++)
            for (size_t i = 0; i < f->model->dim; i++)
                f->model->input[id * f->model->stride + i] = random_float(&random) - 0.5F;
    }
    return NULL;
}

static void make(Model *model, size_t words, size_t dim, size_t threads)
{
    filling f = {.model = model};
    n2v_error error;

    *model = (Model){.words = words,
                     .dim = dim,
                     .stride = row_stride(dim),
                     .input = floats_create(words * row_stride(dim)),
                     .vocabulary = vocabulary_create()};
    if (!model->input || !model->vocabulary)
        bench_require(fail_memory(&error, words * dim * sizeof(float), "the vectors"), &error);
    for (size_t id = 0; id < words; id++) {
        char word[32];
        const int bytes = snprintf(word, sizeof word, "word%zu", id);
        bench_require(vocabulary_add(model->vocabulary, word, (size_t)bytes, 0, NULL, &error), &error);
    }
    in_threads(threads, fill, &f);
}

/* Searching ----------------------------------------------------------------------------- */

typedef struct reading {
    const float *floats;
    size_t count;
    atomic_size_t next;
    _Atomic float sum; /* so that the compiler leaves the reads in */
} reading;

static void *sum_up(void *shared)
{
    reading *r = shared;
    sixteen sums[4] = {{0}};
    float sum = 0;
    size_t from;

    while ((from = PIECE * atomic_fetch_add(&r->next, 1)) < r->count) {
        const size_t to = from + PIECE < r->count ? from + PIECE : r->count;
        const sixteen *at = (const sixteen *)(r->floats + from), *end = (const sixteen *)(r->floats + to);
        for (; at + 4 <= end; at += 4)
            for (size_t i = 0; i < 4; i++)
                sums[i] += at[i];
    }
    for (size_t i = 0; i < 4; i++)
        for (size_t lane = 0; lane < 16; lane++)
            sum += sums[i][lane];
    atomic_store(&r->sum, sum);
    return NULL;
}

static double time_read(const Search *search)
{
    const Model *model = search->model;
    reading r = {.floats = model->input, .count = model->words * model->stride};
    const double start = bench_now(CLOCK_MONOTONIC);

    in_threads(search->threads, sum_up, &r);
    return bench_now(CLOCK_MONOTONIC) - start;
}

/* The neighbours of a word, or the fourth word of three. */
static double time_search(const Search *search, size_t words, n2v_method method, size_t count, Random *random)
{
    static n2v_neighbor nearest[QUESTIONS * K];
    Id ids[QUESTIONS * 3];
    n2v_query queries[QUESTIONS];
    size_t found[QUESTIONS];
    n2v_error error;
    double start;

    for (size_t i = 0; i < count * 3; i++)
        ids[i] = random_below(random, (uint32_t)search->model->words);
    for (size_t i = 0; i < count; i++)
        queries[i] = (n2v_query){.plus = ids + 3 * i,
                                 .plus_count = words == 1 ? 1 : 2,
                                 .minus = ids + 3 * i + 2,
                                 .minus_count = words == 1 ? 0 : 1,
                                 .method = method};
    start = bench_now(CLOCK_MONOTONIC);
    bench_require(search_run(search, queries, count, K, nearest, found, &error), &error);
    return bench_now(CLOCK_MONOTONIC) - start;
}

static double time_spellings(const Vocabulary *vocabulary, Random *random)
{
    const uint32_t words = (uint32_t)vocabulary_size(vocabulary);
    char word[32];
    const int bytes = snprintf(word, sizeof word, "wrod%u", (unsigned)random_below(random, words));
    Id close[MAX_SPELLINGS];
    const double start = bench_now(CLOCK_MONOTONIC);

    (void)spellings_find(vocabulary, word, (size_t)bytes, MAX_SPELLINGS, close);
    return bench_now(CLOCK_MONOTONIC) - start;
}

static void print(const char *what, double seconds, size_t count)
{
    printf("| %-32s | %9.2f |", what, 1e3 * seconds / (double)count);
}

static void print_search(const Search *search)
{
    static const struct {
        const char *what;
        size_t words;
        n2v_method method;
        size_t count;
    } kinds[] = {{"neighbors, one question", 1, N2V_ADD, 1},
                 {"analogy add, one question", 3, N2V_ADD, 1},
                 {"analogy mul, one question", 3, N2V_MULTIPLY, 1},
                 {"neighbors, each of 128 at once", 1, N2V_ADD, QUESTIONS},
                 {"analogy add, each of 128 at once", 3, N2V_ADD, QUESTIONS},
                 {"analogy mul, each of 128 at once", 3, N2V_MULTIPLY, QUESTIONS}};
    enum { KINDS = sizeof kinds / sizeof *kinds };
    const double gigabytes = 1e-9 * (double)(search->model->words * search->model->stride * sizeof(float));
    double reads[MAX_ROUNDS], spellings[MAX_ROUNDS], seconds[KINDS][MAX_ROUNDS], read;
    Random random;

    random_seed(&random, 2, 0, 0, 0);
    for (size_t round = 0; round < rounds(); round++) {
        reads[round] = time_read(search);
        spellings[round] = time_spellings(search->model->vocabulary, &random);
        for (size_t i = 0; i < KINDS; i++)
            seconds[i][round] = time_search(search, kinds[i].words, kinds[i].method, kinds[i].count, &random);
    }
    read = bench_median(reads, rounds());
    print("plain read of the memory", read, 1);
    printf(" %6.1f | %13.0f |\n", gigabytes / read, 100.0);
    for (size_t i = 0; i < KINDS; i++) {
        const double median = bench_median(seconds[i], rounds());
        print(kinds[i].what, median, kinds[i].count);
        if (kinds[i].count == 1)
            printf(" %6.1f | %13.0f |\n", gigabytes / median, 100 * read / median);
        else
            printf("        |               |\n");
    }
    print("close spellings of a word", bench_median(spellings, rounds()), 1);
    printf("        |               |\n");
}

/* Loading ------------------------------------------------------------------------------- */

/* Into memory of its own, as loading does: half the time goes into getting that from the system. */
static double time_file(const char *path, size_t floats)
{
    const double start = bench_now(CLOCK_MONOTONIC);
    const int fd = open(path, O_RDONLY);
    float *memory = floats_create(floats);
    const size_t room = floats * sizeof *memory;
    size_t got = 0;
    ssize_t some = fd < 0 || !memory ? -1 : 1;
    double seconds;
    n2v_error error;

    while (got < room && some > 0) {
        some = read(fd, (char *)memory + got, room - got < READ_BYTES ? room - got : READ_BYTES);
        got += some > 0 ? (size_t)some : 0;
    }
    seconds = bench_now(CLOCK_MONOTONIC) - start;
    floats_destroy(memory, floats);
    if (some < 0 || close(fd) != 0)
        bench_require(error_set(&error, N2V_ERROR_IO, "%s cannot be read", path), &error);
    return seconds;
}

static double time_load(const char *path)
{
    const double start = bench_now(CLOCK_MONOTONIC);
    Model model;
    n2v_error error;
    double seconds;

    bench_require(format_read(&model, path, NULL, &error), &error);
    seconds = bench_now(CLOCK_MONOTONIC) - start;
    model_free(&model);
    return seconds;
}

static void print_loading(const Model *model)
{
    const char *folder = getenv("TMPDIR");
    double plain[MAX_ROUNDS], loading[MAX_ROUNDS];
    Saving saving;
    n2v_error error;
    char path[4096];

    snprintf(path, sizeof path, "%s/bench_query.%ld.bin", folder && *folder ? folder : "/tmp", (long)getpid());
    bench_require(saving_open(&saving, format_find("binary"), path, NULL, &error), &error);
    bench_require(saving_write(&saving, model, &error), &error);
    bench_require(saving_commit(&saving, &error), &error);
    for (size_t i = 0; i < rounds(); i++) {
        plain[i] = time_file(path, model->words * model->stride);
        loading[i] = time_load(path);
    }
    (void)unlink(path);
    print("plain read of the file", bench_median(plain, rounds()), 1);
    printf("        |               |\n");
    print("loading it, word2vec binary", bench_median(loading, rounds()), 1);
    printf("        |               |\n");
}

int main(int argc, char **argv)
{
    const size_t words = argc > 1 ? strtoul(argv[1], NULL, 10) : bench_quick() ? 100000 : 1000000;
    const size_t dim = argc > 2 ? strtoul(argv[2], NULL, 10) : 300;
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    const size_t threads = cores > 0 ? (size_t)cores : 1;
    Model model;
    const Kernels *kernels;
    Search search;
    n2v_error error;
    double start;

    if (!words || !dim || words > MAX_WORDS || dim > MAX_WORDS) {
        fprintf(stderr, "usage: bench_query [WORDS [DIM]]\n");
        return 2;
    }
    make(&model, words, dim, threads);
    bench_require(kernels_choose(PRECISION_AUTO, NULL, &kernels, &error), &error);
    printf("%zu words x %zu dimensions, %.2f GB; %zu threads, %s; %zu nearest.\n\n", words, dim,
           1e-9 * (double)(words * model.stride * sizeof(float)), threads, kernels->name, K);
    printf("| what                             |        ms |   GB/s | %% of the read |\n");
    printf("|----------------------------------|-----------|--------|---------------|\n");
    print_loading(&model);
    start = bench_now(CLOCK_MONOTONIC);
    bench_require(search_create(&search, &model, NULL, kernels, threads, &error), &error);
    print("measuring the rows' lengths", bench_now(CLOCK_MONOTONIC) - start, 1);
    printf("        |               |\n");
    print_search(&search);
    search_free(&search);
    model_free(&model);
    return 0;
}
