/* The draws: noise words against Q, subsampling against its formula, and the random streams. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "noise/noise.h"
#include "noise/stream.h"
#include "noise/subsample.h"
#include "statistics.h"
#include "test.h"

/* The yardstick first: values of the chi-square distribution from published tables. */
START_TEST(chi_square)
{
    ck_assert_double_eq_tol(chi_square_p(3.841, 1), 0.05, 1e-4);
    ck_assert_double_eq_tol(chi_square_p(6.635, 1), 0.01, 1e-4);
    ck_assert_double_eq_tol(chi_square_p(18.307, 10), 0.05, 1e-4);
    ck_assert_double_eq_tol(chi_square_p(2.558, 10), 0.99, 1e-4);
    ck_assert_double_eq_tol(chi_square_p(124.342, 100), 0.05, 1e-4);
    ck_assert_double_eq_tol(chi_square_p(2, 2), exp(-1), 1e-12);
    ck_assert_double_eq_tol(chi_square_p(60, 2) / exp(-30), 1, 1e-9);
    ck_assert_double_eq_tol(chi_square_p(30, 1) / erfc(sqrt(15)), 1, 1e-9);
    ck_assert_double_eq_tol(chi_square_p(9999, 10000), 0.5, 3e-3);
    ck_assert_double_eq_tol(binomial_p(5100, 0.5, 10000), 0.0455, 1e-3);
}
END_TEST

static uint64_t *zipf_counts(size_t words, size_t zero_every)
{
    uint64_t *counts = calloc(words, sizeof *counts);
    ck_assert_ptr_nonnull(counts);
    for (size_t w = 0; w < words; w++)
        counts[w] = zero_every && w % zero_every == zero_every - 1 ? 0 : (uint64_t)(3e6 / (double)(w + 1)) + 1;
    return counts;
}

static void check_noise(const uint64_t *counts, size_t words, double power, size_t draws)
{
    const size_t chunks[] = {1, 7, 64, 1000, 4096};
    double *observed = calloc(words, sizeof *observed), *probability = calloc(words, sizeof *probability);
    double total = 0, sum = 0, p;
    uint32_t ids[4097];
    Noise *noise = NULL;
    Random random;
    n2v_error error = {.text = ""};
    float *logs = calloc(words, sizeof *logs);

    ck_assert_ptr_nonnull(observed);
    ck_assert_ptr_nonnull(probability);
    ck_assert_ptr_nonnull(logs);
    random_seed(&random, 99, words, (uint64_t)(power * 100), 0);
    require(noise_create(&noise, counts, words, power, &error) == N2V_OK, "%s", error.text);
    for (size_t w = 0; w < words; w++)
        total += probability[w] = counts[w] ? pow((double)counts[w], power) : 0;
    noise_log(noise, counts, logs);
    for (size_t w = 0; w < words; w++) {
        probability[w] /= total;
        sum += exp((double)logs[w]);
        if (counts[w])
            require(fabs((double)logs[w] - log(probability[w])) < 2e-6, "log Q(%zu) is %.9g, not %.9g", w,
                    (double)logs[w], log(probability[w]));
        else
            require(isinf(logs[w]) && logs[w] < 0, "log Q(%zu) of a word that never occurs", w);
    }
    ck_assert_double_eq_tol(sum, 1, 1e-5);

    for (size_t done = 0, round = 0; done < draws; round++) {
        const size_t chunk = chunks[round % 5];
        ids[chunk] = 4321;
        noise_draw(noise, &random, ids, chunk);
        ck_assert_uint_eq(ids[chunk], 4321);
        for (size_t i = 0; i < chunk; i++) {
            require(ids[i] < words, "drew word %u of %zu", ids[i], words);
            observed[ids[i]]++;
        }
        done += chunk;
    }
    sum = 0;
    for (size_t w = 0; w < words; w++)
        sum += observed[w];
    p = goodness_of_fit_p(observed, probability, words, sum);
    require(p > P_VALUE, "draws from %zu words, power %g: p = %g", words, power, p);
    noise_destroy(noise);
    free(observed);
    free(probability);
    free(logs);
}

START_TEST(noise_follows_q)
{
    static const double powers[] = {0, 0.75, 1, -0.5};
    static const size_t sizes[] = {1, 2, 7, 10000};

    for (size_t p = 0; p < 3; p++) {
        for (size_t s = 0; s < 4; s++) {
            uint64_t *counts = zipf_counts(sizes[s], 0);
            check_noise(counts, sizes[s], powers[p], sizes[s] < 100 ? 300000 : 3000000);
            free(counts);
        }
    }
}
END_TEST

START_TEST(words_that_never_occur)
{
    const uint64_t lonely[5] = {0, 0, 3, 0, 0}, first[3] = {0, 1, 1000000}, last[3] = {1000000, 1, 0};
    uint64_t *counts = zipf_counts(1000, 3);

    for (int power = -1; power < 2; power++) {
        check_noise(lonely, 5, power, 100000);
        check_noise(first, 3, power, 300000);
        check_noise(last, 3, power, 300000);
        check_noise(counts, 1000, power, 1000000);
    }
    free(counts);
}
END_TEST

START_TEST(extreme_counts)
{
    const uint64_t large[4] = {UINT64_MAX, UINT64_MAX, UINT64_MAX / 2, 1}, equal[6] = {5, 5, 5, 5, 5, 5};

    check_noise(large, 4, 1, 300000);
    check_noise(large, 4, 0.75, 300000);
    check_noise(equal, 6, 0.75, 300000);
}
END_TEST

START_TEST(no_distribution)
{
    const uint64_t zeros[3] = {0, 0, 0}, large[2] = {UINT64_MAX, 1};
    Noise *noise = (Noise *)&noise;
    n2v_error error = {.text = ""};

    ck_assert_int_eq(noise_create(&noise, zeros, 3, 0.75, &error), N2V_ERROR_ARGUMENT);
    ck_assert_ptr_null(noise);
    ck_assert_str_ne(error.text, "");
    ck_assert_int_eq(noise_create(&noise, large, 2, 1000, &error), N2V_ERROR_ARGUMENT); /* infinite weights */
    ck_assert_ptr_null(noise);
    ck_assert_int_eq(noise_create(&noise, large, 2, (double)NAN, NULL), N2V_ERROR_ARGUMENT);
    noise_destroy(NULL);
}
END_TEST

/* Each draw says nothing about the next: pairs of 7 words fill 49 cells. */
START_TEST(draws_are_independent)
{
    uint64_t *counts = zipf_counts(7, 0);
    double observed[49] = {0}, probability[49], q[7], total = 0, p;
    uint32_t ids[400000];
    Noise *noise = NULL;
    Random random;

    random_seed(&random, 5, 6, 7, 8);
    ck_assert_int_eq(noise_create(&noise, counts, 7, 0.75, NULL), N2V_OK);
    noise_draw(noise, &random, ids, 400000);
    for (size_t w = 0; w < 7; w++)
        total += q[w] = pow((double)counts[w], 0.75);
    for (size_t i = 0; i < 49; i++)
        probability[i] = q[i / 7] * q[i % 7] / (total * total);
    for (size_t i = 0; i < 400000; i += 2)
        observed[ids[i] * 7 + ids[i + 1]]++;
    p = goodness_of_fit_p(observed, probability, 49, 200000);
    require(p > P_VALUE, "pairs of draws: p = %g", p);
    noise_destroy(noise);
    free(counts);
}
END_TEST

/* Each word of a stream is used so many times, far apart and next to others; however many are taken at a time, they
 * are the same. Of a million words hardly any is drawn twice. */
START_TEST(streams_use_words_again)
{
    enum { WORDS = 1 << 20, TAKEN = 30000 };
    static const size_t takes[] = {1, 6, 15, STREAM_DRAWS};
    uint64_t *counts = malloc(WORDS * sizeof *counts);
    uint32_t *first = malloc(TAKEN * sizeof *first);
    size_t *last = calloc(WORDS, sizeof *last), *uses = calloc(WORDS, sizeof *uses), often = 0, near = 0, drawn = 0;
    size_t beside = 0;
    Noise *noise = NULL;

    ck_assert(counts && first && last && uses);
    for (size_t w = 0; w < WORDS; w++)
        counts[w] = 1;
    ck_assert_int_eq(noise_create(&noise, counts, WORDS, 0, NULL), N2V_OK);
    for (size_t t = 0; t < sizeof takes / sizeof *takes; t++) {
        NoiseStream stream;
        ck_assert_int_eq(noise_stream_create(&stream, noise, takes[t], NULL), N2V_OK);
        for (int again = 0; again < 2; again++) {
            Random random;
            random_seed(&random, 3, 0, 0, 0);
            noise_stream_start(&stream, &random);
            for (size_t i = 0; i + takes[t] <= (again ? TAKEN : TAKEN / 7); i += takes[t]) {
                const uint32_t *taken = noise_stream_take(&stream);
                if (t == 0 && again)
                    first[i] = *taken;
                else if (again)
                    ck_assert_mem_eq(taken, first + i, takes[t] * sizeof *taken);
            }
        }
        noise_stream_destroy(&stream);
    }
    for (size_t i = 0; i < TAKEN; i++) {
        const uint32_t id = first[i];
        near += uses[id] && i - last[id] < 190;
        for (size_t d = 1; d < 16 && uses[id] && i + d < TAKEN; d++)
            beside += first[i + d] == first[last[id] + d];
        drawn += !uses[id]++;
        often += uses[id] == STREAM_USES;
        last[id] = i;
    }
    ck_assert_uint_le(near, 20);                            /* a word that was drawn twice */
    ck_assert_uint_ge(often, drawn - 1000);                 /* but for the first and the last */
    ck_assert_uint_le(drawn * STREAM_USES, TAKEN + 3000);
    ck_assert_uint_le(beside, TAKEN); /* of the 15 words that follow, one comes along by chance */
    noise_destroy(noise);
    free(counts);
    free(first);
    free(last);
    free(uses);
}
END_TEST

/* Where many are taken at a time none is used again. */
START_TEST(many_words_are_used_once)
{
    enum { WORDS = 1 << 20, AT_ONCE = 1000 };
    uint64_t *counts = malloc(WORDS * sizeof *counts);
    unsigned char *seen = calloc(WORDS, 1);
    Noise *noise = NULL;
    NoiseStream stream;
    Random random;
    size_t again = 0;

    ck_assert(counts && seen);
    for (size_t w = 0; w < WORDS; w++)
        counts[w] = 1;
    ck_assert_int_eq(noise_create(&noise, counts, WORDS, 0, NULL), N2V_OK);
    ck_assert_int_eq(noise_stream_create(&stream, noise, AT_ONCE, NULL), N2V_OK);
    random_seed(&random, 4, 0, 0, 0);
    noise_stream_start(&stream, &random);
    for (size_t i = 0; i < 10; i++) {
        const uint32_t *taken = noise_stream_take(&stream);
        for (size_t k = 0; k < AT_ONCE; k++)
            again += seen[taken[k]]++ > 0;
    }
    ck_assert_uint_le(again, 100); /* by chance 48 */
    noise_stream_destroy(&stream);
    noise_destroy(noise);
    free(counts);
    free(seen);
}
END_TEST

/* What a stream gives is drawn from Q; uses of the same draw are no independent evidence. */
START_TEST(streams_follow_q)
{
    uint64_t *counts = zipf_counts(300, 0);
    double *observed = calloc(300, sizeof *observed), probability[300], total = 0, p;
    NoiseStream stream;
    Noise *noise = NULL;
    Random random;

    ck_assert_ptr_nonnull(observed);
    ck_assert_int_eq(noise_create(&noise, counts, 300, 0.75, NULL), N2V_OK);
    ck_assert_int_eq(noise_stream_create(&stream, noise, 7, NULL), N2V_OK);
    random_seed(&random, 12, 0, 0, 0);
    noise_stream_start(&stream, &random);
    for (size_t i = 0; i < 400000; i++) {
        const uint32_t *taken = noise_stream_take(&stream);
        for (size_t k = 0; k < 7; k++)
            observed[taken[k]] += 1.0 / STREAM_USES;
    }
    for (size_t w = 0; w < 300; w++)
        total += probability[w] = pow((double)counts[w], 0.75);
    for (size_t w = 0; w < 300; w++)
        probability[w] /= total;
    p = goodness_of_fit_p(observed, probability, 300, 7.0 * 400000 / STREAM_USES);
    require(p > P_VALUE, "words of a stream: p = %g", p);
    noise_stream_destroy(&stream);
    noise_destroy(noise);
    free(counts);
    free(observed);
}
END_TEST

#define END UINT32_C(0x80000000)

static double keep_probability(double count, double total, double threshold)
{
    const double ratio = threshold * total / count;
    return fmin(1, sqrt(ratio) + ratio);
}

static void check_subsample(double threshold)
{
    static const uint64_t counts[8] = {400, 5000000, 800000, 1, 100000, 20000, 50, 3000}; /* in any order */
    enum { DRAWS = 200000 };
    uint32_t ids[DRAWS], kept[DRAWS];
    Subsample *subsample = NULL;
    Random random;
    double total = 0;

    for (size_t w = 0; w < 8; w++)
        total += (double)counts[w];
    ck_assert_int_eq(subsample_create(&subsample, counts, 8, threshold, NULL), N2V_OK);
    random_seed(&random, 11, 0, 0, (uint64_t)(threshold * 1e9));
    for (uint32_t w = 0; w < 8; w++) {
        const double keep = threshold > 0 ? keep_probability((double)counts[w], total, threshold) : 1;
        size_t count;
        double p;

        for (size_t i = 0; i < DRAWS; i++)
            ids[i] = w;
        ids[DRAWS - 1] |= END;
        count = subsample_filter(subsample, &random, ids, DRAWS, END, kept);
        p = binomial_p((double)count, keep, DRAWS);
        require(p > P_VALUE, "threshold %g keeps %zu of %d of word %u, expected %.1f: p = %g", threshold, count, DRAWS,
                w, keep * (double)DRAWS, p);
    }
    subsample_destroy(subsample);
}

START_TEST(subsampling_rates)
{
    check_subsample(0);
    check_subsample(1e-5);
    check_subsample(1e-4);
    check_subsample(1e-3);
    check_subsample(0.1);
    check_subsample(1);
    subsample_destroy(NULL);
}
END_TEST

/* What is kept is a subsequence, sentence by sentence, and each sentence that keeps a word ends once. */
START_TEST(subsampling_keeps_sentences)
{
    static const uint64_t counts[10] = {100000, 50000, 20000, 10000, 5000, 1000, 500, 100, 10, 1};
    enum { IDS = 5000 };
    uint32_t ids[IDS], kept[IDS + 1];
    Subsample *subsample = NULL;
    Random random;
    size_t emptied = 0;

    ck_assert_int_eq(subsample_create(&subsample, counts, 10, 1e-3, NULL), N2V_OK);
    random_seed(&random, 12, 0, 0, 0);
    for (size_t round = 0; round < 50; round++) {
        size_t kept_count, at = 0;

        for (size_t i = 0; i < IDS; i++)
            ids[i] = random_below(&random, 10) | (random_below(&random, 3) == 0 ? END : 0);
        ids[IDS - 1] |= END;
        kept[IDS] = 4321;
        kept_count = subsample_filter(subsample, &random, ids, IDS, END, kept);
        ck_assert_uint_eq(kept[IDS], 4321);
        ck_assert_uint_lt(kept_count, IDS);
        for (size_t start = 0, end; start < IDS; start = end) {
            const size_t before = at;
            size_t look = start;

            for (end = start; !(ids[end] & END); end++)
                continue;
            end++;
            /* the kept words that this sentence can give, up to their mark */
            while (at < kept_count) {
                while (look < end && (ids[look] & ~END) != (kept[at] & ~END))
                    look++;
                if (look == end)
                    break;
                look++;
                if (kept[at++] & END)
                    break;
            }
            if (at > before && !(kept[at - 1] & END)) { /* another sentence's words: this one was emptied */
                at = before;
            }
            emptied += at == before;
        }
        require(at == kept_count, "round %zu: what was kept is no subsequence of the sentences", round);
        ck_assert(kept_count == 0 || kept[kept_count - 1] & END);
    }
    ck_assert_uint_gt(emptied, 0);
    subsample_destroy(subsample);
}
END_TEST

static int compare_u64(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Streams of nearby names, and of names with swapped parts, share nothing. */
START_TEST(streams_differ)
{
    enum { SIDE = 8, STREAMS = SIDE * SIDE * SIDE * SIDE };
    uint64_t *outputs = malloc(2 * STREAMS * sizeof *outputs), previous = 0;
    double differing = 0, p;

    ck_assert_ptr_nonnull(outputs);
    for (uint64_t s = 0; s < STREAMS; s++) {
        Random random, again;
        random_seed(&random, s % 8, s / 8 % 8, s / 64 % 8, s / 512);
        again = random;
        outputs[2 * s] = random_next(&random);
        outputs[2 * s + 1] = random_next(&random);
        ck_assert(random_next(&again) == outputs[2 * s]);
        differing += __builtin_popcountll(outputs[2 * s] ^ previous);
        previous = outputs[2 * s];
    }
    p = binomial_p(differing, 0.5, 64.0 * (double)STREAMS);
    require(p > P_VALUE, "bits of neighbouring streams: p = %g", p);
    qsort(outputs, 2 * STREAMS, sizeof *outputs, compare_u64);
    for (size_t i = 1; i < 2 * STREAMS; i++)
        ck_assert_msg(outputs[i] != outputs[i - 1], "two streams share a number");
    free(outputs);
}
END_TEST

START_TEST(uniform_numbers)
{
    Random random;
    double observed[100] = {0}, below[7] = {0}, probability[100], sevenths[7], p;

    random_seed(&random, 1, 2, 3, 4);
    for (size_t i = 0; i < 100; i++)
        probability[i] = 0.01;
    for (size_t i = 0; i < 7; i++)
        sevenths[i] = 1.0 / 7;
    for (size_t i = 0; i < 1000000; i++) {
        const float u = random_float(&random);
        const uint32_t b = random_below(&random, 7);
        require(u >= 0 && u < 1, "uniform number %.9g", (double)u);
        require(b < 7, "%u is not below 7", b);
        observed[(size_t)(u * 100)]++;
        below[b]++;
        require(random_below(&random, 1) == 0, "not below 1");
    }
    p = goodness_of_fit_p(observed, probability, 100, 1e6);
    require(p > P_VALUE, "floats: p = %g", p);
    p = goodness_of_fit_p(below, sevenths, 7, 1e6);
    require(p > P_VALUE, "below 7: p = %g", p);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("noise");
    add_test(suite, "chi-square", chi_square);
    add_test(suite, "noise follows Q", noise_follows_q);
    add_test(suite, "words that never occur", words_that_never_occur);
    add_test(suite, "extreme counts", extreme_counts);
    add_test(suite, "no distribution", no_distribution);
    add_test(suite, "draws are independent", draws_are_independent);
    add_test(suite, "streams use words again", streams_use_words_again);
    add_test(suite, "many words are used once", many_words_are_used_once);
    add_test(suite, "streams follow Q", streams_follow_q);
    add_test(suite, "subsampling rates", subsampling_rates);
    add_test(suite, "subsampling keeps sentences", subsampling_keeps_sentences);
    add_test(suite, "streams differ", streams_differ);
    add_test(suite, "uniform numbers", uniform_numbers);
    return run_suite(suite);
}
