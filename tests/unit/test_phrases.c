/* Phrases through the public functions: scores by hand, passes, connectors, joined texts, tables in files. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "nce2vec.h"
#include "scratch.h"
#include "sentence_text.h"
#include "settings_made.h"
#include "test.h"

static void works(n2v_status status, const n2v_error *error)
{
    require(status == N2V_OK, "%s", error->text);
}

static n2v_corpus *read_corpus(const char *text, const char *min_count)
{
    n2v_settings *settings = make_settings(N2V_FOR_TRAINING);
    sentence_text sentences = sentence_text_of(text);
    n2v_error error = {.text = ""};
    n2v_corpus *corpus;

    set(settings, "min-count", min_count);
    works(n2v_corpus_create(&corpus, settings, NULL, &error), &error);
    works(n2v_corpus_add_sentences(corpus, give_sentence, &sentences, NULL, &error), &error);
    works(n2v_corpus_read(corpus, NULL, &error), &error);
    sentence_text_free(&sentences);
    n2v_settings_destroy(settings);
    return corpus;
}

/* settings: names and texts, NULL after the last. */
static n2v_phrases *find(const n2v_corpus *corpus, const char *const *settings)
{
    n2v_settings *s = make_settings(N2V_FOR_PHRASES);
    n2v_error error = {.text = ""};
    n2v_phrases *phrases;

    for (; *settings; settings += 2)
        set(s, settings[0], settings[1]);
    works(n2v_phrases_find(&phrases, corpus, s, NULL, &error), &error);
    n2v_settings_destroy(s);
    return phrases;
}

#define SETTINGS(...) ((const char *const[]){__VA_ARGS__, NULL})

static n2v_phrase phrase_at(const n2v_phrases *phrases, size_t index)
{
    n2v_phrase phrase = {.size = sizeof phrase};
    n2v_error error = {.text = ""};

    works(n2v_phrases_at(phrases, index, &phrase, &error), &error);
    return phrase;
}

static size_t count_of(const n2v_phrases *phrases)
{
    n2v_phrases_info info = {.size = sizeof info};

    ck_assert_int_eq(n2v_phrases_describe(phrases, &info, NULL), N2V_OK);
    return info.phrases;
}

/* Writes the text with its phrases joined, and compares it. */
static void check_joined(const n2v_corpus *corpus, const n2v_phrases *phrases, const char *wanted)
{
    scratch files = scratch_open();
    n2v_error error = {.text = ""};
    n2v_output *output;
    char *text;
    size_t bytes;

    works(n2v_output_open_bytes(&output, scratch_path(&files, "joined"), NULL, &error), &error);
    works(n2v_output_joined(output, corpus, phrases, NULL, NULL, &error), &error);
    works(n2v_output_commit(output, &error), &error);
    text = scratch_read(scratch_path(&files, "joined"), &bytes);
    ck_assert_str_eq(text, wanted);
    free(text);
    scratch_close(&files);
}

static void check_found(const char *text, const char *const *settings, const char *joined)
{
    n2v_corpus *corpus = read_corpus(text, "1");
    n2v_phrases *phrases = find(corpus, settings);

    check_joined(corpus, phrases, joined);
    n2v_phrases_destroy(phrases);
    n2v_corpus_destroy(corpus);
}

/* 13 words, 6 different; "a b" 3 times, "b c" once; a 4 times, b 3; pairs: ab, bc, ba, cd, da, ef, fe: 7 different. */
static const char *const SMALL = "a b c d a b a\na b\ne f e f\n";

static void check_score(const char *scorer, double wanted)
{
    n2v_corpus *corpus = read_corpus(SMALL, "1");
    n2v_phrases *phrases = find(corpus, SETTINGS("scorer", scorer, "threshold", "0.1", "min-count", "1"));
    n2v_phrase phrase = {.text = NULL};

    for (size_t i = 0; i < count_of(phrases); i++)
        if (strcmp(phrase_at(phrases, i).text, "a b") == 0)
            phrase = phrase_at(phrases, i);
    require(phrase.text, "%s", scorer);
    ck_assert_uint_eq(phrase.count, 3);
    ck_assert_double_eq_tol(phrase.score, wanted, 1e-12);
    n2v_phrases_destroy(phrases);
    n2v_corpus_destroy(corpus);
}

START_TEST(scores)
{
    check_score("word2phrase", (3 - 1) / (4.0 * 3) * 13);
    check_score("gensim", (3 - 1) / (4.0 * 3) * (6 + 7));
    check_score("npmi", log(3 / 13.0 / (4 / 13.0 * 3 / 13.0)) / -log(3 / 13.0));
}
END_TEST

/* A score must be above the threshold, and for npmi a pair with min-count occurrences is enough. */
START_TEST(limits)
{
    check_found(SMALL, SETTINGS("min-count", "1", "threshold", "2"), "a_b c d a_b a\na_b\ne_f e_f\n");
    check_found("a b\na b\n", SETTINGS("min-count", "1", "threshold", "1"), "a b\na b\n"); /* 1 / 4 * 4 */
    check_found("a b\na b\n", SETTINGS("min-count", "1", "threshold", "0.999"), "a_b\na_b\n");
    check_found("a b\na b\n", SETTINGS("min-count", "2", "threshold", "0.001"), "a b\na b\n");
    check_found("a b\na b\nc\n", SETTINGS("min-count", "2", "scorer", "npmi"), "a_b\na_b\nc\n");
    check_found("a b\na b\nc\n", SETTINGS("min-count", "3", "scorer", "npmi"), "a b\na b\nc\n");
}
END_TEST

/* Pairs do not cross sentences, and a word is in one phrase alone. */
START_TEST(joining)
{
    check_found("a b\na b\na\nb\nb a\n", SETTINGS("min-count", "1", "threshold", "0.4"), "a_b\na_b\na\nb\nb a\n");
    check_found("a a a\na a a a\n", SETTINGS("min-count", "1", "threshold", "0.5"), "a_a a\na_a a_a\n");
    check_found("a b\na b\n", SETTINGS("min-count", "1", "threshold", "0.5", "delimiter", "·+"), "a·+b\na·+b\n");
}
END_TEST

START_TEST(passes)
{
    const char *text = "x new york city hall\nnew york city hall y\nnew york city hall\nz\n";
    n2v_corpus *corpus = read_corpus(text, "1");
    n2v_phrases *phrases = find(corpus, SETTINGS("min-count", "1", "threshold", "0.5", "passes", "10"));
    n2v_phrases_info info = {.size = sizeof info};
    n2v_phrases_pass pass = {.size = sizeof pass};

    check_joined(corpus, phrases, "x new_york_city_hall\nnew_york_city_hall y\nnew_york_city_hall\nz\n");
    ck_assert_int_eq(n2v_phrases_describe(phrases, &info, NULL), N2V_OK);
    ck_assert_uint_eq(info.passes, 3); /* the third finds nothing, and is the last one */
    ck_assert_str_eq(info.delimiter, "_");
    ck_assert_str_eq(info.tokenizer, "words");
    ck_assert_uint_eq(info.phrases, 4);
    ck_assert_str_eq(phrase_at(phrases, 3).text, "new_york city_hall");
    ck_assert_uint_eq(phrase_at(phrases, 3).pass, 1);
    ck_assert_int_eq(n2v_phrases_describe_pass(phrases, 1, &pass, NULL), N2V_OK);
    ck_assert(pass.phrases == 1 && pass.tokens == 9 && pass.pairs == 3 && !pass.dropped && !pass.max_error);
    ck_assert_int_eq(n2v_phrases_describe_pass(phrases, 3, &pass, NULL), N2V_ERROR_ARGUMENT);
    ck_assert_int_eq(n2v_phrases_at(phrases, 4, &(n2v_phrase){.size = sizeof(n2v_phrase)}, NULL), N2V_ERROR_ARGUMENT);
    n2v_phrases_destroy(phrases);
    n2v_corpus_destroy(corpus);
}
END_TEST

/* A word of the text that is spelled like a phrase is the same token in the next pass. */
START_TEST(words_like_phrases)
{
    check_found("new york city\nnew york city\nnew_york city\nnew_york city\n",
                SETTINGS("min-count", "1", "threshold", "1.3", "passes", "2"),
                "new_york_city\nnew_york_city\nnew_york_city\nnew_york_city\n");
}
END_TEST

START_TEST(connectors)
{
    const char *text = "the bank of america of\nbank of america the end\nof the bank of america\nbank america of\n";
    scratch files = scratch_open();

    check_found(text, SETTINGS("min-count", "1", "threshold", "1", "connectors", "english"),
                "the bank_of_america of\nbank_of_america the end\nof the bank_of_america\nbank america of\n");
    check_found("a state of the art\na state of the art\n",
                SETTINGS("min-count", "1", "threshold", "1", "connectors", "english"),
                "a state_of_the_art\na state_of_the_art\n");
    check_found("salt und pfeffer\nsalt und pfeffer\n",
                SETTINGS("min-count", "1", "threshold", "0.5", "connectors",
                         scratch_write(&files, "words", "und\noder\n", 9)),
                "salt_und_pfeffer\nsalt_und_pfeffer\n");
    scratch_close(&files);
}
END_TEST

/* A text of one line that is longer than a block of ids stays one line, and pairs at the borders of blocks are
 * joined. */
START_TEST(long_line)
{
    enum { TIMES = 10000 };
    char *text = malloc(12 * TIMES + 3), *wanted = malloc(12 * TIMES + 3), *to = stpcpy(text, "x"),
         *joined = stpcpy(wanted, "x");

    for (size_t i = 0; i < TIMES; i++) {
        to = stpcpy(to, " a b c a b c");
        joined = stpcpy(joined, " a_b c_a b_c");
    }
    strcpy(to, "\n");
    strcpy(joined, "\n");
    check_found(text, SETTINGS("threshold", "2.9"), wanted);
    free(text);
    free(wanted);
}
END_TEST

START_TEST(rare_pairs_are_dropped)
{
    char *text = random_text(300000, 1);
    n2v_corpus *corpus = read_corpus(text, "1");
    n2v_phrases *all = find(corpus, SETTINGS("threshold", "1", "min-count", "1"));
    n2v_phrases *some = find(corpus, SETTINGS("threshold", "1", "min-count", "1", "max-pairs", "1000"));
    n2v_phrases_pass whole = {.size = sizeof whole}, part = {.size = sizeof part};

    ck_assert_int_eq(n2v_phrases_describe_pass(all, 0, &whole, NULL), N2V_OK);
    ck_assert_int_eq(n2v_phrases_describe_pass(some, 0, &part, NULL), N2V_OK);
    ck_assert(whole.pairs > 1000 && !whole.dropped && !whole.max_error);
    ck_assert(part.pairs <= 1000 && part.dropped && part.max_error);
    n2v_phrases_destroy(all);
    n2v_phrases_destroy(some);
    n2v_corpus_destroy(corpus);
    free(text);
}
END_TEST

static char *long_words(size_t bytes)
{
    char *text = malloc(4 * bytes + 16), *to = text;

    for (int line = 0; line < 2; line++) {
        for (int word = 0; word < 2; word++) {
            memset(to, 'a' + word, bytes);
            to += bytes;
            *to++ = word ? '\n' : ' ';
        }
    }
    *to = '\0';
    return text;
}

START_TEST(overlong)
{
    for (size_t bytes = 511; bytes <= 512; bytes++) { /* of two with '_': 1023 and 1025 */
        char *text = long_words(bytes);
        n2v_corpus *corpus = read_corpus(text, "1");
        n2v_phrases *phrases = find(corpus, SETTINGS("min-count", "1", "threshold", "0.5"));
        n2v_phrases_pass pass = {.size = sizeof pass};
        ck_assert_int_eq(n2v_phrases_describe_pass(phrases, 0, &pass, NULL), N2V_OK);
        ck_assert(pass.phrases == (bytes == 511) && pass.overlong == (bytes == 512));
        n2v_phrases_destroy(phrases);
        n2v_corpus_destroy(corpus);
        free(text);
    }
}
END_TEST

/* More connectors in a row than any phrase can have. */
START_TEST(many_connectors)
{
    enum { MANY = 3000 };
    char text[2 * MANY + 64] = "x ", *to = text + 2;

    for (size_t i = 0; i < MANY; i++)
        to = stpcpy(to, "a ");
    (void)stpcpy(to, "y\nx a y\nx a y\n");
    n2v_corpus *corpus = read_corpus(text, "1");
    n2v_phrases *phrases = find(corpus, SETTINGS("min-count", "1", "threshold", "0.5", "connectors", "english"));
    ck_assert_uint_eq(count_of(phrases), 1);
    ck_assert_str_eq(phrase_at(phrases, 0).text, "x a y");
    strcpy(to, "y\nx_a_y\nx_a_y\n");
    check_joined(corpus, phrases, text);
    n2v_phrases_destroy(phrases);
    n2v_corpus_destroy(corpus);
}
END_TEST

/* Files --------------------------------------------------------------------------------- */

static n2v_phrases *load(const char *path)
{
    n2v_error error = {.text = ""};
    n2v_phrases *phrases;

    works(n2v_phrases_load(&phrases, path, NULL, &error), &error);
    return phrases;
}

START_TEST(round_trip)
{
    const char *text = "x new york city of hope\nnew york city of hope y\nnew york city of hope\nz\n";
    n2v_corpus *corpus = read_corpus(text, "1"), *other = read_corpus("city of hope in new york city\n", "1");
    n2v_phrases *found = find(corpus, SETTINGS("min-count", "1", "threshold", "0.5", "passes", "3", "connectors",
                                               "english", "delimiter", "~")), *loaded;
    scratch files = scratch_open();
    n2v_error error = {.text = ""};
    n2v_output *output;

    works(n2v_output_open_bytes(&output, scratch_path(&files, "t"), NULL, &error), &error);
    works(n2v_output_phrases(output, found, &error), &error);
    works(n2v_output_commit(output, &error), &error);
    loaded = load(scratch_path(&files, "t"));
    ck_assert_uint_eq(count_of(loaded), count_of(found));
    for (size_t i = 0; i < count_of(found); i++) {
        const n2v_phrase a = phrase_at(found, i), b = phrase_at(loaded, i);
        ck_assert_str_eq(a.text, b.text);
        ck_assert(a.pass == b.pass && a.count == b.count && a.score == b.score);
    }
    check_joined(corpus, found, "x new~york~city~of~hope\nnew~york~city~of~hope y\nnew~york~city~of~hope\nz\n");
    check_joined(corpus, loaded, "x new~york~city~of~hope\nnew~york~city~of~hope y\nnew~york~city~of~hope\nz\n");
    check_joined(other, loaded, "city~of~hope in new~york city\n");
    n2v_phrases_destroy(found);
    n2v_phrases_destroy(loaded);
    n2v_corpus_destroy(corpus);
    n2v_corpus_destroy(other);
    scratch_close(&files);
}
END_TEST

#define HEAD "# nce2vec phrases 1\ttokenizer=words\tdelimiter=_\n"

START_TEST(malformed)
{
    static const struct {
        const char *content, *says;
    } cases[] = {
        {"", "is not a table of phrases"},
        {"new york\t5\t10\n", "is not a table of phrases"},
        {"# nce2vec phrases 12\ttokenizer=words\tdelimiter=_\n", "is not a table of phrases"},
        {"# nce2vec phrases 1\ttokenizer=none\tdelimiter=_\n", "line 1: expected tokenizer="},
        {"# nce2vec phrases 1\n", "line 1: expected tokenizer="},
        {"# nce2vec phrases 1\ttokenizer=words\tdelimiter= \n", "line 1: expected delimiter="},
        {HEAD "# pass 2\na b\t1\t1\n", "line 2: expected '# pass 1'"},
        {HEAD "a b\t1\t1\n", "line 2: expected '# pass 1' before"},
        {HEAD "# pass 1\na b\t1\n", "line 3: expected a phrase, its count and its score"},
        {HEAD "# pass 1\na b\t1\t1\t1\n", "line 3: expected a phrase"},
        {HEAD "# pass 1\na b\tx\t1\n", "line 3: expected a phrase"},
        {HEAD "# pass 1\na b\t1\tnan\n", "line 3: expected a phrase"},
        {HEAD "# pass 1\n\n", "line 3: expected a phrase"},
        {HEAD "# pass 1\na\t1\t1\n", "line 3: the phrase has one word"},
        {HEAD "# pass 1\na  b\t1\t1\n", "line 3: the phrase has a malformed word"},
        {HEAD "# pass 1\na b \t1\t1\n", "line 3: the phrase has a malformed word"},
        {HEAD "# pass 1\nbank of america\t1\t1\nof course\t1\t1\n", "'of course' begins or ends with"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        scratch files = scratch_open();
        n2v_error error = {.text = ""};
        n2v_phrases *phrases;
        const char *path = scratch_write(&files, "t", cases[i].content, strlen(cases[i].content));
        const n2v_status status = n2v_phrases_load(&phrases, path, NULL, &error);
        require(status == N2V_ERROR_FORMAT && !phrases && strstr(error.text, cases[i].says), "%s: %s",
                cases[i].content, error.text);
        scratch_close(&files);
    }
}
END_TEST

/* A phrase of a pass with a part that this pass joins is of no use, and no harm. */
START_TEST(written_by_hand)
{
    static const char table[] = HEAD "# pass 1\r\na b\t1\t1\r\na_b c\t1\t1\r\nnot there\t2\t2.5\r\n";
    n2v_corpus *corpus = read_corpus("a b c\n", "1");
    scratch files = scratch_open();
    n2v_phrases *phrases = load(scratch_write(&files, "t", table, sizeof table - 1));

    check_joined(corpus, phrases, "a_b c\n");
    n2v_phrases_destroy(phrases);
    n2v_corpus_destroy(corpus);
    scratch_close(&files);
}
END_TEST

/* What was found in a text without phrases can be read, too. */
START_TEST(no_phrases)
{
    n2v_corpus *corpus = read_corpus("a b c\n", "1");
    scratch files = scratch_open();
    n2v_phrases *phrases = load(scratch_write(&files, "t", HEAD "# pass 1\n", sizeof HEAD "# pass 1\n" - 1));

    ck_assert_uint_eq(count_of(phrases), 0);
    check_joined(corpus, phrases, "a b c\n");
    n2v_phrases_destroy(phrases);
    n2v_corpus_destroy(corpus);
    scratch_close(&files);
}
END_TEST

/* Refusals ------------------------------------------------------------------------------ */

START_TEST(settings)
{
    n2v_settings *s = make_settings(N2V_FOR_PHRASES);
    n2v_error error = {.text = ""};

    ck_assert_str_eq(n2v_settings_get(s, "threshold"), "100");
    set(s, "scorer", "gensim");
    ck_assert_str_eq(n2v_settings_get(s, "threshold"), "10");
    set(s, "scorer", "npmi");
    ck_assert_str_eq(n2v_settings_get(s, "threshold"), "0.5");
    ck_assert_ptr_null(n2v_settings_get(s, "connectors"));
    set(s, "threshold", "1.5");
    ck_assert_int_eq(n2v_settings_check(s, &error), N2V_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.text, "1.5 is above 1"));
    set(s, "threshold", "-0.5");
    ck_assert_int_eq(n2v_settings_check(s, &error), N2V_OK);
    set(s, "scorer", "gensim");
    ck_assert_int_eq(n2v_settings_check(s, &error), N2V_ERROR_ARGUMENT);
    set(s, "threshold", NULL);
    set(s, "delimiter", "a b");
    ck_assert_int_eq(n2v_settings_check(s, &error), N2V_ERROR_ARGUMENT);
    set(s, "delimiter", "_");
    set(s, "connectors", "none");
    ck_assert_int_eq(n2v_settings_check(s, &error), N2V_OK);
    set(s, "connectors", "/nowhere/words");
    ck_assert_int_eq(n2v_settings_check(s, &error), N2V_ERROR_ARGUMENT);
    for (const char *const *text = (const char *const[]){"nan", "inf", "1e400", "", NULL}; *text; text++)
        ck_assert_int_eq(n2v_settings_set(s, "threshold", *text, &error), N2V_ERROR_ARGUMENT);
    n2v_settings_destroy(s);
}
END_TEST

START_TEST(skipped_words)
{
    n2v_corpus *corpus = read_corpus("a b a b c\n", "2");
    n2v_error error = {.text = ""};
    n2v_phrases *phrases;

    ck_assert_int_eq(n2v_phrases_find(&phrases, corpus, NULL, NULL, &error), N2V_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.text, "the corpus has skipped words"));
    n2v_corpus_destroy(corpus);
}
END_TEST

static int stop(void *context)
{
    ++*(int *)context;
    return 1;
}

START_TEST(stopped)
{
    int calls = 0;
    const n2v_observer observer = {.size = sizeof observer, .context = &calls, .stop = stop};
    n2v_corpus *corpus = read_corpus("a b\n", "1");
    n2v_phrases *phrases;

    ck_assert_int_eq(n2v_phrases_find(&phrases, corpus, NULL, &observer, NULL), N2V_ERROR_INTERRUPTED);
    ck_assert(!phrases && calls);
    n2v_corpus_destroy(corpus);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("phrases");

    add_test(suite, "scores", scores);
    add_test(suite, "limits", limits);
    add_test(suite, "joining", joining);
    add_test(suite, "passes", passes);
    add_test(suite, "words like phrases", words_like_phrases);
    add_test(suite, "connectors", connectors);
    add_test(suite, "long line", long_line);
    add_test(suite, "rare pairs are dropped", rare_pairs_are_dropped);
    add_test(suite, "overlong", overlong);
    add_test(suite, "many connectors", many_connectors);
    add_test(suite, "round trip", round_trip);
    add_test(suite, "malformed", malformed);
    add_test(suite, "written by hand", written_by_hand);
    add_test(suite, "no phrases", no_phrases);
    add_test(suite, "settings", settings);
    add_test(suite, "skipped words", skipped_words);
    add_test(suite, "stopped", stopped);
    return run_suite(suite);
}
