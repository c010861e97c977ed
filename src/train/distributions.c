#include "train/distributions.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

static n2v_status create_log_noise(Distributions *d, const uint64_t *counts, size_t words, const TrainOptions *options,
                                   bool text_is_noise, n2v_error *error)
{
    d->log_noise = array_create(words, sizeof *d->log_noise);
    if (!d->log_noise)
        return fail_memory(error, words * sizeof *d->log_noise, "log noise probabilities");
    if (text_is_noise)
        subsample_log(d->subsample, counts, words, d->log_noise);
    else
        noise_log(d->noise, counts, d->log_noise);
    for (size_t i = 0; i < words; i++)
        d->log_noise[i] += logf((float)options->noise);
    return N2V_OK;
}

static n2v_status create_tree(Distributions *d, const uint64_t *counts, size_t words, const TrainOptions *options,
                              n2v_error *error)
{
    if (words < 2)
        return error_set(error, N2V_ERROR_DATA,
                         "objective %s needs a vocabulary of at least two words, and there is one: lower " SETTING(
                             "min-count") " or choose another objective",
                         options->objective->name);
    return huffman_create(&d->tree, counts, words, error);
}

/* Noise, subsampling, biases and trees depend on the counts. Those of a text are not 0, those of a file of vectors may
 * be. */
static n2v_status fail_count(const Vocabulary *vocabulary, Id id, n2v_error *error)
{
    return error_set(error, N2V_ERROR_DATA,
                     "there is no count of '%s', and training needs the counts of words: take the vocabulary from "
                     "vectors that have them, such as a .n2v file, or count the words of the text",
                     vocabulary_word(vocabulary, id, NULL));
}

n2v_status distributions_create(Distributions *d, const Vocabulary *vocabulary, const TrainOptions *options,
                                bool text_is_noise, n2v_error *error)
{
    const uint32_t needs = objective_needs(options->objective, options->parameters);
    const size_t words = vocabulary_size(vocabulary);
    const bool all = needs & (N2V_NEEDS_LOG_NOISE | N2V_NEEDS_OUTPUT_BIAS | N2V_NEEDS_TREE); /* none may be 0 */
    uint64_t *counts = array_create(words, sizeof *counts);
    n2v_status status;

    *d = (Distributions){.noise = NULL};
    if (!counts)
        return fail_memory(error, words * sizeof *counts, "word counts");
    for (size_t i = 0; i < words; i++) {
        counts[i] = vocabulary_count(vocabulary, (Id)i);
        if (!counts[i] && (all || !vocabulary_total(vocabulary))) {
            status = fail_count(vocabulary, (Id)i, error);
            goto out;
        }
    }
    if ((status = noise_create(&d->noise, counts, words, options->noise_power, error)) != N2V_OK ||
        (status = subsample_create(&d->subsample, counts, words, options->subsample, error)) != N2V_OK)
        goto out;
    if (needs & N2V_NEEDS_LOG_NOISE)
        status = create_log_noise(d, counts, words, options, text_is_noise, error);
    else if (needs & N2V_NEEDS_TREE)
        status = create_tree(d, counts, words, options, error);
out:
    free(counts);
    return status;
}

void distributions_free(Distributions *d)
{
    noise_destroy(d->noise);
    subsample_destroy(d->subsample);
    huffman_destroy(d->tree);
    free(d->log_noise);
}
