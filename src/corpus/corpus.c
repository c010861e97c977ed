#include "corpus/corpus.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "corpus/check.h"
#include "corpus/encode.h"
#include "corpus/unite.h"
#include "corpus/weight.h"

static n2v_status create_blocks(Encoding *e, const CorpusOptions *options, n2v_error *error)
{
    const double share = options->heldout > 0 ? options->heldout : 0;
    const size_t part = (size_t)((double)options->memory_limit * share);
    n2v_status status;

    if (options->count_only)
        return N2V_OK;
    if (share > 0 && (status = blocks_create(&e->held.blocks, part, options->temporary_folder, error)) != N2V_OK)
        return status;
    status = blocks_create(&e->training.blocks, options->memory_limit - part, options->temporary_folder, error);
    for (int i = 0; i < 2; i++) {
        Blocks *blocks = i ? e->held.blocks : e->training.blocks;
        if (blocks && options->mix_long)
            blocks_mix_long(blocks, options->seed);
        if (blocks && options->weighted)
            blocks_weigh(blocks);
    }
    return status;
}

/* Sorts and prunes the vocabulary, unless it is final. *map: from the ids of the text to final ones; NULL: they are
 * the same. With a given vocabulary the ids of the text are those before sorting, too. */
static n2v_status finish_vocabulary(Vocabulary *vocabulary, const CorpusOptions *options, const unsigned char *keep,
                                    Id **map, n2v_error *error)
{
    /* Words of held-out sentences alone were added without a count; they must not become words. */
    const bool uncounted = options->heldout > 0 && !options->vocabulary && !options->min_count;

    *map = NULL;
    if (options->final_vocabulary)
        return N2V_OK;
    return vocabulary_finish(vocabulary, uncounted ? 1 : options->min_count, options->max_words, keep,
                             options->count_only && !options->vocabulary ? NULL : map, error);
}

/* The same for a given vocabulary, with its unseen words. */
static n2v_status finish_given(Vocabulary *vocabulary, Encoding *e, const CorpusOptions *options, Unseen *unseen,
                               Id **map, n2v_error *error)
{
    const bool drop = options->drop_unseen && !options->final_vocabulary;
    const size_t words = vocabulary_size(vocabulary);
    n2v_status status;

    if (drop)
        unseen_count(unseen, vocabulary, e->seen, options->min_count);
    if ((status = finish_vocabulary(vocabulary, options, drop ? e->seen : NULL, map, error)) != N2V_OK || drop)
        return status;
    if (*map && (status = unseen_renumber(&e->seen, *map, words, vocabulary, error)) != N2V_OK)
        return status;
    unseen_count(unseen, vocabulary, e->seen, 0);
    return N2V_OK;
}

/* The same for words that a training starts from. */
static n2v_status finish_started(Corpus *corpus, const CorpusOptions *options, Id **map, n2v_error *error)
{
    unsigned char *keep = NULL;
    Unseen *unseen = &corpus->report.unseen;
    n2v_status status;

    *map = NULL;
    status = start_words_finish(corpus->vocabulary, options->start, options->min_count, options->drop_unseen, &keep,
                                unseen, error);
    corpus->report.types -= unseen->words;
    if (status == N2V_OK)
        status = vocabulary_finish(corpus->vocabulary, 0, 0, keep, options->count_only ? NULL : map, error);
    free(keep);
    return status;
}

/* Texts of other ranks: the counts are those of all. status is that of reading this one. *highest: the largest
 * count. */
static n2v_status unite(Corpus *corpus, Encoding *e, const CorpusOptions *options, n2v_status status, uint64_t *highest,
                        n2v_error *error)
{
    Ranks *ranks = options->ranks;
    const uint64_t unit = options->weighted ? WEIGHT_UNIT : 1;

    if (!ranks && options->weighted && !options->vocabulary && status == N2V_OK)
        vocabulary_scale_counts(corpus->vocabulary, unit);
    *highest = vocabulary_highest(corpus->vocabulary);
    if (!ranks || (status = ranks_agree(ranks, status, error)) != N2V_OK)
        return status;
    if (!options->vocabulary)
        return unite_vocabulary(corpus->vocabulary, unit, options->start ? vocabulary_size(options->start->words) : 0,
                                options->min_count, &corpus->report.types, highest, ranks, error);
    return unite_seen(e->seen, vocabulary_size(corpus->vocabulary), ranks, error);
}

CorpusReport corpus_report(const SourcesCounts *counts)
{
    CorpusReport report = {.bytes = counts->bytes,
                           .lines = counts->lines,
                           .tokens = counts->tokens,
                           .invalid_utf8 = counts->invalid_utf8,
                           .overlong = counts->overlong,
                           .source_bytes = counts->read,
                           .source_bytes_total = counts->total};

    memcpy(report.findings, counts->findings, sizeof report.findings);
    return report;
}

static n2v_status read_tokens(Corpus *corpus, Encoding *e, const TextSource *sources, size_t count,
                              const CorpusOptions *options, n2v_error *error)
{
    const SourcesOptions reading = {.tokenizer = options->tokenizer,
                                    .weighted = options->weighted,
                                    .stop = options->stop,
                                    .limit = options->limit,
                                    .looks = true,
                                    .reading = options->reading,
                                    .reading_context = options->reading_context};
    SourcesCounts counts;
    uint64_t tokens;
    n2v_status status;

    if ((status = create_blocks(e, options, error)) != N2V_OK)
        return status;
    encode_begin(e);
    status = options->rewriter ? rewrite_sources(sources, count, &reading, options->rewriter, options->memory_limit,
                                                 options->temporary_folder, encode_tokens, e, &counts, &tokens, error)
                               : sources_read(sources, count, &reading, encode_tokens, e, &counts, error);
    if (status != N2V_OK)
        return status;
    corpus->report = corpus_report(&counts);
    corpus->report.text_tokens = counts.tokens - e->weightless;
    corpus->report.tokens = options->rewriter ? tokens : corpus->report.text_tokens;
    corpus->report.types = vocabulary_size(corpus->vocabulary); /* not pruned yet */
    corpus->report.cut = counts.cut;
    corpus->report.weighted = options->weighted;
    return N2V_OK;
}

static void measure_blocks(Corpus *corpus)
{
    const Blocks *blocks = corpus->blocks, *heldout = corpus->heldout;
    CorpusReport *report = &corpus->report;

    report->words = blocks ? blocks_words(blocks) : 0;
    report->plain_words = blocks ? blocks_stored_words(blocks) : 0;
    report->sentences = blocks ? blocks_sentences(blocks) : 0;
    report->heldout_words = heldout ? blocks_stored_words(heldout) : 0;
    report->heldout_sentences = heldout ? blocks_sentences(heldout) : 0;
}

static n2v_status read_sources(Corpus *corpus, Encoding *e, const TextSource *sources, size_t count,
                               const CorpusOptions *options, n2v_error *error)
{
    CorpusFacts facts = {.sources = sources, .source_count = count, .options = options, .corpus = corpus};
    const double start = seconds_now();
    n2v_status status;
    Id *map = NULL;

    status = read_tokens(corpus, e, sources, count, options, error);
    if ((status = unite(corpus, e, options, status, &facts.highest_count, error)) != N2V_OK)
        return status;
    facts.known = e->known;
    facts.sentences = e->sentences;
    facts.weightless = e->weightless;
    status = options->vocabulary
                 ? finish_given(corpus->vocabulary, e, options, &corpus->report.unseen, &map, error)
             : options->start
                 ? finish_started(corpus, options, &map, error)
                 : finish_vocabulary(corpus->vocabulary, options, NULL, &map, error);
    if (status == N2V_OK)
        status = encode_finish(e, map, &options->stop, error);
    if (status == N2V_OK && e->training.blocks)
        status = blocks_take_turns(e->training.blocks, options->scaled, &options->stop, error);
    if (status == N2V_OK && e->held.blocks)
        status = blocks_take_turns(e->held.blocks, true, &options->stop, error);
    free(map);
    if (status == N2V_OK && stop_requested(&options->stop))
        status = error_set(error, N2V_ERROR_INTERRUPTED, "interrupted while reading the text");
    if ((status = ranks_agree(options->ranks, status, error)) != N2V_OK)
        return status;
    corpus->report.seconds = seconds_since(start);
    corpus->blocks = e->training.blocks;
    corpus->heldout = e->held.blocks;
    measure_blocks(corpus);
    if (options->ranks && (status = unite_facts(&facts, &corpus->report, options->ranks, error)) != N2V_OK)
        return status;
    return corpus_check(&facts, error);
}

n2v_status corpus_read(Corpus *corpus, const TextSource *sources, size_t count, const CorpusOptions *options,
                       n2v_error *error)
{
    Encoding *e = array_create_zero(1, sizeof *e);
    n2v_status status;

    memset(corpus, 0, sizeof *corpus);
    corpus->vocabulary = options->vocabulary ? options->vocabulary : vocabulary_create();
    if (!e || !corpus->vocabulary) {
        status = fail_memory(error, sizeof *e, "reading the text");
        goto out;
    }
    e->heldout = options->heldout;
    e->seed = options->seed;
    e->weighted = options->weighted;
    if (options->vocabulary)
        e->given = options->vocabulary;
    else
        e->counted = corpus->vocabulary;
    if (e->given && !(e->seen = array_create_zero(vocabulary_size(e->given), 1))) {
        status = fail_memory(error, vocabulary_size(e->given), "reading the text");
        goto out;
    }
    if (e->counted && options->start &&
        (status = start_words_add(e->counted, options->start, false, error)) != N2V_OK)
        goto out;
    status = read_sources(corpus, e, sources, count, options, error);
    corpus->blocks = e->training.blocks; /* also of a reading that failed */
    corpus->heldout = e->held.blocks;
out:
    if (e)
        free(e->seen);
    free(e);
    if (status != N2V_OK)
        corpus_free(corpus);
    return status;
}

n2v_status corpus_encode(Blocks **blocks, CorpusReport *report, Vocabulary *vocabulary, const TextSource *sources,
                         size_t count, const CorpusOptions *options, n2v_error *error)
{
    CorpusOptions reading = *options;
    Corpus corpus;
    n2v_status status;

    *blocks = NULL;
    reading.vocabulary = vocabulary_hold(vocabulary);
    reading.final_vocabulary = true;
    reading.count_only = false;
    reading.heldout = 0;
    reading.scaled = true;
    reading.ranks = NULL; /* all of them read this text */
    if ((status = corpus_read(&corpus, sources, count, &reading, error)) != N2V_OK)
        return status;
    *blocks = corpus.blocks;
    *report = corpus.report;
    corpus.blocks = NULL;
    corpus_free(&corpus);
    return N2V_OK;
}

void corpus_free(Corpus *corpus)
{
    vocabulary_destroy(corpus->vocabulary);
    blocks_destroy(corpus->blocks);
    blocks_destroy(corpus->heldout);
    memset(corpus, 0, sizeof *corpus);
}
