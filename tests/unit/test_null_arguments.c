/* NULL where the public functions need something: an error, or nothing, and never a crash. */
#include <math.h>

#include "nce2vec.h"
#include "test.h"

/* A refusal has a sentence. */
#define REFUSES(call)                                                                                                  \
    do {                                                                                                               \
        error = (n2v_error){.text = ""};                                                                               \
        require((call) == N2V_ERROR_ARGUMENT && error.status == N2V_ERROR_ARGUMENT && *error.text, "%s", #call);       \
    } while (0)

static int no_text(void *context, const char *bytes, size_t count)
{
    (void)context;
    (void)bytes;
    return count > 0;
}

static int no_sentence(void *context, const n2v_token **tokens, size_t *count)
{
    (void)context;
    (void)tokens;
    (void)count;
    return 0;
}

START_TEST(settings_and_objectives)
{
    n2v_error error;
    n2v_settings *settings;

    REFUSES(n2v_setting_describe(N2V_FOR_TRAINING, 0, NULL, &error));
    REFUSES(n2v_settings_create(NULL, N2V_FOR_TRAINING, NULL, &error));
    REFUSES(n2v_settings_copy(NULL, NULL, &error));
    REFUSES(n2v_settings_copy(&settings, NULL, &error));
    REFUSES(n2v_settings_set(NULL, "dim", "1", &error));
    REFUSES(n2v_settings_check(NULL, &error));
    ck_assert_ptr_null(n2v_settings_get(NULL, "dim"));
    ck_assert_int_eq(n2v_settings_is_set(NULL, "dim"), 0);
    n2v_settings_destroy(NULL);
    REFUSES(n2v_objectives_create(NULL, &error));
    REFUSES(n2v_objectives_register(NULL, NULL, &error));
    REFUSES(n2v_objectives_load(NULL, "./x", NULL, &error));
    REFUSES(n2v_objective_describe(NULL, NULL, NULL, &error));
    REFUSES(n2v_objective_describe_parameter(NULL, "nce", 0, NULL, &error));
    REFUSES(n2v_objective_evaluate(NULL, "nce", NULL, &error));
    n2v_objectives_destroy(NULL);
}
END_TEST

START_TEST(vectors_and_files)
{
    n2v_error error;
    n2v_vectors *vectors;
    n2v_output *output;
    n2v_pairs *pairs;
    size_t stride = 1;

    REFUSES(n2v_vectors_load(NULL, "x", NULL, &error));
    REFUSES(n2v_vectors_load(&vectors, NULL, NULL, &error));
    REFUSES(n2v_vectors_create(NULL, NULL, NULL, 1, NULL, 1, 1, &error));
    REFUSES(n2v_vectors_create(&vectors, NULL, NULL, 1, NULL, 1, 1, &error));
    REFUSES(n2v_vectors_load_with(NULL, "x", NULL, NULL, &error));
    REFUSES(n2v_vectors_load_with(&vectors, NULL, NULL, NULL, &error));
    REFUSES(n2v_vectors_describe(NULL, NULL, &error));
    REFUSES(n2v_vectors_settings(NULL, NULL, NULL, &error));
    REFUSES(n2v_vectors_norms(NULL, N2V_INPUT, NULL, &error));
    REFUSES(n2v_vectors_save(NULL, "x", NULL, NULL, &error));
    REFUSES(n2v_vectors_derive(NULL, NULL, NULL, &error));
    REFUSES(n2v_vectors_derive(&vectors, NULL, NULL, &error));
    REFUSES(n2v_vectors_derive_with(&vectors, NULL, NULL, NULL, &error));
    REFUSES(n2v_vectors_compare(NULL, NULL, NULL, NULL, &error));
    ck_assert_ptr_null(n2v_vectors_word(NULL, 0, NULL));
    ck_assert_uint_eq(n2v_vectors_count(NULL, 0), 0);
    ck_assert_uint_eq(n2v_vectors_find(NULL, "x", 1), N2V_NO_ID);
    ck_assert_uint_eq(n2v_vectors_suggest(NULL, "x", 1, 1, NULL), 0);
    ck_assert_ptr_null(n2v_vectors_view(NULL, N2V_INPUT, &stride));
    ck_assert(n2v_vectors_bias(NULL, 0) == 0);
    ck_assert(isnan(n2v_vectors_similarity(NULL, 0, 0)));
    ck_assert_int_eq(n2v_vectors_record(NULL, 0, NULL, NULL), 0);
    n2v_vectors_destroy(NULL);
    REFUSES(n2v_format_describe(0, NULL, &error));
    REFUSES(n2v_output_open(NULL, "x", NULL, NULL, &error));
    REFUSES(n2v_output_open(&output, NULL, NULL, NULL, &error));
    REFUSES(n2v_output_open_bytes(&output, NULL, NULL, &error));
    REFUSES(n2v_output_check(NULL, NULL, &error));
    REFUSES(n2v_output_vectors(NULL, NULL, &error));
    REFUSES(n2v_output_bytes(NULL, "x", 1, &error));
    REFUSES(n2v_output_publish(NULL, &error));
    REFUSES(n2v_output_flush(NULL, &error));
    REFUSES(n2v_output_commit(NULL, &error));
    REFUSES(n2v_output_vocabulary(NULL, NULL, &error));
    REFUSES(n2v_memory_estimate(NULL, NULL, 1, 1, 1, &error));
    n2v_corpus_limit(NULL, 1);
    REFUSES(n2v_pairs_load(NULL, "x", NULL, &error));
    REFUSES(n2v_pairs_load(&pairs, NULL, NULL, &error));
    REFUSES(n2v_pairs_evaluate(NULL, NULL, NULL, &error));
    n2v_pairs_destroy(NULL);
    ck_assert_ptr_null(n2v_output_format(NULL));
    ck_assert_ptr_null(n2v_output_derived(NULL));
    ck_assert_ptr_null(n2v_output_words_file(NULL));
    n2v_output_discard(NULL);
}
END_TEST

START_TEST(corpora)
{
    n2v_error error;

    REFUSES(n2v_corpus_create(NULL, NULL, NULL, &error));
    REFUSES(n2v_corpus_add_file(NULL, "/dev/null", &error));
    REFUSES(n2v_corpus_add_descriptor(NULL, 0, NULL, &error));
    REFUSES(n2v_corpus_add_sentences(NULL, no_sentence, NULL, NULL, &error));
    REFUSES(n2v_corpus_read(NULL, NULL, &error));
    REFUSES(n2v_corpus_count(NULL, NULL, &error));
    REFUSES(n2v_corpus_describe(NULL, NULL, &error));
    REFUSES(n2v_corpus_describe_warning(NULL, 0, NULL, &error));
    REFUSES(n2v_text_read(NULL, no_text, NULL, NULL, &error));
    REFUSES(n2v_text_read("/dev/null", NULL, NULL, NULL, &error));
    ck_assert_ptr_null(n2v_corpus_word(NULL, 0, NULL));
    ck_assert_uint_eq(n2v_corpus_word_count(NULL, 0), 0);
    n2v_corpus_destroy(NULL);
}
END_TEST

START_TEST(phrases)
{
    n2v_error error;
    n2v_phrases *made;

    REFUSES(n2v_phrases_find(NULL, NULL, NULL, NULL, &error));
    REFUSES(n2v_phrases_find(&made, NULL, NULL, NULL, &error));
    REFUSES(n2v_phrases_load(NULL, "x", NULL, &error));
    REFUSES(n2v_phrases_load(&made, NULL, NULL, &error));
    REFUSES(n2v_phrases_describe(NULL, NULL, &error));
    REFUSES(n2v_phrases_describe_pass(NULL, 0, NULL, &error));
    REFUSES(n2v_phrases_at(NULL, 0, NULL, &error));
    REFUSES(n2v_output_phrases(NULL, NULL, &error));
    ck_assert_ptr_null(n2v_corpus_phrases(NULL));
    REFUSES(n2v_output_joined(NULL, NULL, NULL, NULL, NULL, &error));
    n2v_phrases_destroy(NULL);
}
END_TEST

START_TEST(the_rest)
{
    n2v_error error;
    n2v_search *search;
    n2v_trainer *trainer;

    REFUSES(n2v_search_create(NULL, NULL, NULL, &error));
    REFUSES(n2v_search_create(&search, NULL, NULL, &error));
    REFUSES(n2v_search_create_among(NULL, NULL, NULL, 0, NULL, &error));
    REFUSES(n2v_search_create_among(&search, NULL, NULL, 0, NULL, &error));
    REFUSES(n2v_search_run(NULL, NULL, 0, 0, NULL, NULL, &error));
    n2v_search_destroy(NULL);
    REFUSES(n2v_trainer_create(&trainer, NULL, NULL, &error));
    REFUSES(n2v_trainer_run(NULL, N2V_TO_END, 0, NULL, &error));
    REFUSES(n2v_trainer_start(NULL, NULL, NULL, &error));
    REFUSES(n2v_trainer_set_rows(NULL, N2V_INPUT, 0, 1, NULL, 1, &error));
    REFUSES(n2v_trainer_set_rates(NULL, N2V_INPUT, 0, 1, NULL, &error));
    REFUSES(n2v_trainer_describe(NULL, NULL, &error));
    ck_assert_ptr_null(n2v_trainer_vectors(NULL));
    n2v_trainer_stop(NULL);
    n2v_trainer_destroy(NULL);
    REFUSES(n2v_likelihood_measure(NULL, NULL, NULL, NULL, NULL, NULL, &error));
    REFUSES(n2v_likelihood_lines(NULL, NULL, NULL, NULL, NULL, NULL, NULL, &error));
    ck_assert_ptr_null(n2v_nearest_name(NULL, NULL));
    ck_assert_uint_eq(n2v_json_escape(NULL, 0, NULL, 0), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("null arguments");
    add_test(suite, "settings and objectives", settings_and_objectives);
    add_test(suite, "vectors and files", vectors_and_files);
    add_test(suite, "corpora", corpora);
    add_test(suite, "phrases", phrases);
    add_test(suite, "the rest", the_rest);
    return run_suite(suite);
}
