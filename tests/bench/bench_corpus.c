/* bench_corpus.c - what each part of the first pass costs, alone in one thread.
 *
 * usage: BENCH_TEXT=FILE bench_corpus
 *
 * Inflating, tokenizing, counting; and all of it as nce2vec does it, with a thread of its own for inflating. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "bench/bench.h"
#include "corpus/corpus.h"
#include "io/reader.h"

#define IDS_IN_MEMORY ((size_t)64 << 20)
#define PIECE         ((size_t)256 << 10)

typedef struct job {
    const char *path;
    TokenizerKind kind;
    unsigned char *text; /* all of it, inflated */
    size_t bytes, words;
    bool look_up;   /* tokenizing: and count */
    bool count_only; /* the whole pass: keep no ids */
} job;

static void inflate_all(void *context)
{
    job *j = context;
    const unsigned char *bytes;
    Reader *reader;
    n2v_error error;
    size_t count;

    j->bytes = 0;
    bench_require(reader_open(&reader, j->path, NULL, &error), &error);
    do {
        bench_require(reader_next(reader, &bytes, &count, &error), &error);
        if (j->text)
            memcpy(j->text + j->bytes, bytes, count);
        j->bytes += count;
    } while (count);
    reader_close(reader);
}

static void tokenize_all(void *context)
{
    job *j = context;
    Tokenizer *tokenizer = tokenizer_create(j->kind == TOKENIZER_WORDS, false);
    Vocabulary *vocabulary = vocabulary_create();
    static Id ids[BATCH_TOKENS];
    n2v_error error;

    if (!tokenizer || !vocabulary)
        bench_require(fail_memory(&error, 0, "tokenizing"), &error);
    for (size_t at = 0; at < j->bytes;) {
        Tokens tokens;
        at += tokenizer_feed(tokenizer, j->text + at, j->bytes - at < PIECE ? j->bytes - at : PIECE, &tokens);
        if (j->look_up)
            bench_require(
                vocabulary_add_spans(vocabulary, tokens.text, tokens.spans, tokens.count, 1, ids, &error), &error);
    }
    j->words = tokenizer_count(tokenizer).tokens;
    vocabulary_destroy(vocabulary);
    tokenizer_destroy(tokenizer);
}

static void read_all(void *context)
{
    const job *j = context;
    const CorpusOptions options = {
        .tokenizer = {.kind = j->kind}, .min_count = 5, .memory_limit = IDS_IN_MEMORY, .count_only = j->count_only};
    Corpus corpus;
    n2v_error error;

    bench_require(corpus_read(&corpus, &(TextSource){.path = j->path}, 1, &options, &error), &error);
    corpus_free(&corpus);
}

static void print(const char *what, const char *tokenizer, double seconds, const job *j)
{
    printf("| %-28s | %-9s | %7.3f | %6.0f | %9.1f |\n", what, tokenizer, seconds, (double)j->bytes / seconds * 1e-6,
           (double)j->words / seconds * 1e-6);
    fflush(stdout);
}

int main(void)
{
    static const char *const names[] = {[TOKENIZER_WORDS] = "words", [TOKENIZER_SPACE] = "space"};
    job j = {.path = getenv("BENCH_TEXT"), .kind = TOKENIZER_SPACE};
    n2v_error error;
    double inflating;

    if (!j.path || !*j.path) {
        printf("corpus: skipped, BENCH_TEXT names no text\n");
        return 0;
    }
    inflate_all(&j);
    inflating = bench_time(CLOCK_PROCESS_CPUTIME_ID, inflate_all, &j);
    j.text = array_create(j.bytes, 1);
    if (!j.text)
        bench_require(fail_memory(&error, j.bytes, "the text"), &error);
    inflate_all(&j);
    tokenize_all(&j);
    printf("%zu words, %zu bytes inflated. Of the parts alone the processor's time, of the pass, in two threads, the "
           "time on the wall.\n\n",
           j.words, j.bytes);
    printf("| part of the first pass       | tokenizer | seconds |   MB/s | M words/s |\n");
    printf("|------------------------------|-----------|---------|--------|-----------|\n");
    print("read, inflate", "", inflating, &j);
    for (size_t kind = 0; kind < sizeof names / sizeof *names; kind++) {
        j.kind = (TokenizerKind)kind;
        j.look_up = false;
        print("tokenize", names[kind], bench_time(CLOCK_PROCESS_CPUTIME_ID, tokenize_all, &j), &j);
        j.look_up = true;
        print("tokenize, count", names[kind], bench_time(CLOCK_PROCESS_CPUTIME_ID, tokenize_all, &j), &j);
        j.count_only = true;
        print("pass: vocabulary", names[kind], bench_time(CLOCK_MONOTONIC, read_all, &j), &j);
        j.count_only = false;
        print("pass: vocabulary and ids", names[kind], bench_time(CLOCK_MONOTONIC, read_all, &j), &j);
    }
    free(j.text);
    return 0;
}
