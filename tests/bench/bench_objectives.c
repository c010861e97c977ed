/* bench_objectives.c - what each objective costs beside sgns, on tiles of the same shapes.
 *
 * The engine trains on the text that BENCH_TEXT names, in one thread, with every objective; and
 * with sgns where the noise words come from the same place: drawn for a window, drawn for many
 * inputs, the other pairs of a batch, all words. Rounds go through all objectives in turn. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "bench/bench.h"
#include "corpus/corpus.h"
#include "train/trainer.h"

#define ROUNDS          5
#define QUICK_ROUNDS    3
#define MAX_OBJECTIVES ((size_t)32)
#define IDS_IN_MEMORY  ((size_t)64 << 20)

/* Where noise words come from, and how the tiles are shaped. */
static const struct kind {
    const char *name;
    unsigned needs; /* which objectives: those that need this of FROM */
    const char *in_batch;
    size_t noise, sharing;
} kinds[] = {
    {"a window, 5 noise words", 0, "0", 5, 1},
    {"2 windows share 5 noise words", 0, "0", 5, 2},
    {"32 inputs share 32 noise words", 0, "0", 32, 32},
    {"a batch of 16 pairs", N2V_NEEDS_IN_BATCH, "1", 15, 1},
    {"a batch of 64 pairs", N2V_NEEDS_IN_BATCH, "1", 63, 1},
    {"a window and all of 500 words", N2V_NEEDS_ALL_WORDS, "0", 1, 1},
};

#define FROM ((unsigned)N2V_NEEDS_IN_BATCH | (unsigned)N2V_NEEDS_ALL_WORDS)

static const size_t dims[] = {100, 300};

typedef struct contender {
    const char *name;
    n2v_objective objective;
    float parameters[N2V_MAX_PARAMETERS];
    double seconds[ROUNDS];
} contender;

/* sgns takes noise words of any source: with these it takes those of a batch, or all words. */
static uint32_t needs_batch(const float *parameters, void *user)
{
    (void)parameters, (void)user;
    return N2V_NEEDS_IN_BATCH;
}

static uint32_t needs_all_words(const float *parameters, void *user)
{
    (void)parameters, (void)user;
    return N2V_NEEDS_ALL_WORDS;
}

static void parse(const char *text, contender *c)
{
    const n2v_objective *objective;
    n2v_error error;

    bench_require(objective_parse(NULL, text, &objective, c->parameters, &error), &error);
    c->objective = *objective;
    c->name = objective->name;
}

static bool has_parameter(const n2v_objective *objective, const char *name)
{
    for (size_t i = 0; i < objective_parameters(objective); i++)
        if (strcmp(objective->parameters[i].name, name) == 0)
            return true;
    return false;
}

/* sgns first, then the others whose noise comes from there. */
static size_t find_contenders(const struct kind *kind, contender *contenders)
{
    const n2v_objective *objective;
    size_t count = 1;

    parse("sgns", &contenders[0]);
    if (kind->needs & N2V_NEEDS_IN_BATCH)
        contenders[0].objective.needs = needs_batch;
    if (kind->needs & N2V_NEEDS_ALL_WORDS)
        contenders[0].objective.needs = needs_all_words;
    for (size_t i = 0; (objective = objective_at(NULL, i)) && count < MAX_OBJECTIVES; i++) {
        contender *c = &contenders[count];
        char text[64];
        if (strcmp(objective->name, "sgns") == 0)
            continue;
        snprintf(text, sizeof text, "%s%s%s", objective->name,
                 has_parameter(objective, "in_batch") ? ":in_batch=" : "",
                 has_parameter(objective, "in_batch") ? kind->in_batch : "");
        parse(text, c);
        count += (objective_needs(&c->objective, c->parameters) & FROM) == kind->needs;
    }
    return count;
}

static double train(const Corpus *corpus, const struct kind *kind, const contender *c, size_t dim)
{
    TrainOptions options = {.objective = &c->objective,
                            .dim = dim,
                            .window = 5,
                            .noise = kind->noise,
                            .noise_sharing = kind->sharing,
                            .noise_power = 0.75,
                            .subsample = 1e-4,
                            .epochs = 1,
                            .init = 1,
                            .learning_rate = 0.2 * c->objective.learning_rate, /* a batch of any size stays finite */
                            .threads = 1,
                            .seed = 1};
    const TrainText text = {.blocks = corpus->blocks};
    Trainer *trainer;
    n2v_error error;
    double seconds;

    memcpy(options.parameters, c->parameters, sizeof options.parameters);
    bench_require(kernels_choose(PRECISION_AUTO, NULL, &options.kernels, &error), &error);
    bench_require(trainer_create(&trainer, corpus->vocabulary, &text, &options, &error), &error);
    seconds = bench_now(CLOCK_PROCESS_CPUTIME_ID);
    bench_require(trainer_run(trainer, N2V_TO_END, 0, NULL, &error), &error);
    seconds = bench_now(CLOCK_PROCESS_CPUTIME_ID) - seconds;
    trainer_destroy(trainer);
    return seconds;
}

static void compare(const Corpus *corpus, const struct kind *kind, size_t dim)
{
    static contender contenders[MAX_OBJECTIVES];
    const size_t count = find_contenders(kind, contenders), rounds = bench_quick() ? QUICK_ROUNDS : ROUNDS;

    for (size_t round = 0; round < rounds; round++)
        for (size_t i = 0; i < count; i++)
            contenders[i].seconds[round] = train(corpus, kind, &contenders[i], dim);
    for (size_t i = 0; i < count; i++) {
        double ratios[ROUNDS], seconds[ROUNDS];
        for (size_t round = 0; round < rounds; round++) {
            seconds[round] = contenders[i].seconds[round];
            ratios[round] = seconds[round] / contenders[0].seconds[round];
        }
        printf("| %-30s | %3zu | %-12s | %7.3f | %12.2f |\n", kind->name, dim, contenders[i].name,
               bench_median(seconds, rounds), bench_median(ratios, rounds));
        fflush(stdout);
    }
}

static void read_text(Corpus *corpus, const char *path, size_t max_words)
{
    const CorpusOptions options = {.tokenizer = {.kind = TOKENIZER_SPACE},
                                   .min_count = 5,
                                   .max_words = max_words,
                                   .memory_limit = IDS_IN_MEMORY};
    n2v_error error;

    bench_require(corpus_read(corpus, &(TextSource){.path = path}, 1, &options, &error), &error);
}

int main(void)
{
    const char *path = getenv("BENCH_TEXT");
    Corpus corpus, small;

    if (!path || !*path) {
        printf("objectives: skipped, BENCH_TEXT names no text\n");
        return 0;
    }
    read_text(&corpus, path, 0);
    read_text(&small, path, 500);
    printf("One thread, one epoch, %llu words, window 5, subsampling 1e-4. Processor time, medians of %d rounds.\n\n",
           (unsigned long long)blocks_words(corpus.blocks), bench_quick() ? QUICK_ROUNDS : ROUNDS);
    printf("| noise from                     | dim | objective    | seconds | times sgns's |\n");
    printf("|--------------------------------|-----|--------------|---------|--------------|\n");
    for (size_t d = 0; d < sizeof dims / sizeof *dims; d++)
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
            compare(kinds[i].needs & N2V_NEEDS_ALL_WORDS ? &small : &corpus, &kinds[i], dims[d]);
    corpus_free(&corpus);
    corpus_free(&small);
    return 0;
}
