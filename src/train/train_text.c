#include "train/train_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static n2v_status sum_text(const TrainText *text, const Blocks *blocks, Fingerprint *sum, n2v_error *error)
{
    n2v_status status;

    *sum = (Fingerprint){.words = blocks ? blocks_stored_words(blocks) : 0,
                         .sentences = blocks ? blocks_sentences(blocks) : 0};
    if ((status = ranks_sum(text->ranks, &sum->words, error)) != N2V_OK)
        return status;
    return ranks_sum(text->ranks, &sum->sentences, error);
}

/* A number of all ranks, and of those before this one. */
static n2v_status sum_before(Ranks *ranks, size_t own, size_t *before, size_t *all, n2v_error *error)
{
    const size_t count = ranks_count(ranks);
    size_t *numbers = array_create(count, sizeof *numbers);
    n2v_status status;

    if (!numbers)
        return fail_memory(error, count * sizeof *numbers, "the sizes of all ranks");
    if ((status = ranks_gather(ranks, &own, sizeof own, numbers, error)) == N2V_OK) {
        *before = *all = 0;
        for (size_t r = 0; r < count; r++) {
            *before += r < ranks_number(ranks) ? numbers[r] : 0;
            *all += numbers[r];
        }
    }
    free(numbers);
    return status;
}

n2v_status train_text_measure(TrainText *text, size_t threads, n2v_error *error)
{
    const size_t blocks = blocks_count(text->blocks), heldout = text->heldout ? blocks_count(text->heldout) : 0;
    size_t unused;
    n2v_status status;

    text->words_of_all = blocks_words(text->blocks);
    text->blocks_of_all = blocks;
    text->heldout_of_all = heldout;
    text->first_block = 0;
    if ((status = sum_before(text->ranks, threads, &text->threads_before, &text->threads_of_all, error)) != N2V_OK)
        return status;
    if (text->own_blocks &&
        ((status = sum_before(text->ranks, blocks, &text->first_block, &text->blocks_of_all, error)) != N2V_OK ||
         (status = ranks_sum(text->ranks, &text->words_of_all, error)) != N2V_OK ||
         (status = sum_text(text, text->blocks, &text->own_text, error)) != N2V_OK))
        return status;
    if (text->own_heldout &&
        ((status = sum_before(text->ranks, heldout, &unused, &text->heldout_of_all, error)) != N2V_OK ||
         (status = sum_text(text, text->heldout, &text->own_heldout_text, error)) != N2V_OK))
        return status;
    return N2V_OK;
}

n2v_status train_text_fingerprints(const TrainText *text, Fingerprint *trained, Fingerprint *heldout, n2v_error *error)
{
    n2v_status status = N2V_OK;

    *trained = text->own_text;
    *heldout = text->own_heldout_text;
    if (!text->own_blocks)
        status = fingerprint_of(trained, text->blocks, error);
    if (status == N2V_OK && !text->own_heldout)
        status = fingerprint_of(heldout, text->heldout, error);
    return status;
}

/* A pair needs two words in one sentence. */
n2v_status train_text_check_pairs(const TrainText *text, n2v_error *error)
{
    const uint64_t sentences = text->own_blocks ? text->own_text.sentences : blocks_sentences(text->blocks);
    const uint64_t words = text->own_blocks ? text->own_text.words : blocks_stored_words(text->blocks);

    if (sentences < words)
        return N2V_OK;
    return error_set(error, N2V_ERROR_DATA,
                     "nothing to learn: no sentence has two words of the vocabulary, so there is no pair of words; "
                     "write a sentence with all its words on one line, or lower " SETTING("min-count"));
}

n2v_status train_text_agree(const TrainText *text, RunRequest *request, n2v_error *error)
{
    const size_t count = ranks_count(text->ranks);
    RunRequest *all = array_create(count, sizeof *all);
    size_t other = 0;
    n2v_status status;

    if (!all)
        return fail_memory(error, count * sizeof *all, "the run of all ranks");
    status = ranks_gather(text->ranks, request, sizeof *request, all, error);
    for (size_t r = 0; r < count && status == N2V_OK; r++) {
        request->failed = request->failed ? request->failed : all[r].failed;
        request->watched |= all[r].watched;
        if (!other && (all[r].until != all[0].until || all[r].words != all[0].words))
            other = r;
    }
    free(all);
    if (status != N2V_OK || !other || request->failed)
        return status;
    return error_set(error, N2V_ERROR_ARGUMENT,
                     "rank %zu is to train to another point than rank 0: let all ranks train to the same", other);
}

uint64_t train_text_block_after(const TrainText *text, uint64_t words, size_t epochs)
{
    const uint64_t corpus_words = text->words_of_all, blocks = text->blocks_of_all;
    uint64_t low = 0, high = blocks;

    if (words / corpus_words >= epochs)
        return blocks * epochs;
    if (text->own_blocks) /* about */
        return words / corpus_words * blocks +
               (uint64_t)ceil((double)(words % corpus_words) / (double)corpus_words * (double)blocks);
    while (low < high) {
        const uint64_t middle = low + (high - low) / 2;
        if (blocks_words_before(text->blocks, (size_t)middle) < words % corpus_words)
            low = middle + 1;
        else
            high = middle;
    }
    return words / corpus_words * blocks + low;
}

size_t train_text_own_block(const TrainText *text, uint64_t in_epoch)
{
    return (size_t)(in_epoch * blocks_count(text->blocks) / text->blocks_of_all);
}

static n2v_status count_words_before(const TrainText *text, uint64_t block, uint64_t *words, n2v_error *error)
{
    const uint64_t epoch = text->blocks_of_all;
    n2v_status status;

    *words = blocks_words_before(text->blocks, train_text_own_block(text, block % epoch));
    status = ranks_sum(text->ranks, words, error);
    *words += block / epoch * text->words_of_all;
    return status;
}

n2v_status train_text_place(const TrainText *text, uint64_t *saved, uint64_t *block, uint64_t *words, n2v_error *error)
{
    uint64_t before;
    n2v_status status;

    if ((status = count_words_before(text, *saved, &before, error)) != N2V_OK)
        return status;
    if (before == *words)
        *block = *saved;
    else if ((status = count_words_before(text, *block, words, error)) != N2V_OK)
        return status;
    *saved = 0;
    return N2V_OK;
}

n2v_status train_text_sum(const TrainText *text, const LossSum *losses, size_t count, LossSum *sum, n2v_error *error)
{
    const size_t ranks = ranks_count(text->ranks);
    size_t *sizes = array_create(ranks, sizeof *sizes), bytes = 0;
    unsigned char *all = NULL;
    n2v_status status;

    if (!sizes)
        return fail_memory(error, ranks * sizeof *sizes, "held-out losses");
    if ((status = ranks_gather_any(text->ranks, losses, count * sizeof *losses, &all, sizes, error)) != N2V_OK)
        goto out;
    *sum = (LossSum){0};
    for (size_t r = 0; r < ranks; r++)
        bytes += sizes[r];
    for (size_t at = 0; at < bytes; at += sizeof *sum) {
        LossSum of_block;
        memcpy(&of_block, all + at, sizeof of_block);
        sum->loss += of_block.loss;
        sum->pairs += of_block.pairs;
    }
out:
    free(all);
    free(sizes);
    return status;
}
