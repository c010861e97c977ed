/* Close spellings in a vocabulary. */
#include "query/spellings.h"

#include <string.h>

#include "test.h"

/* In the order of frequency. */
static Vocabulary *make(const char *words)
{
    Vocabulary *vocabulary = vocabulary_create();
    n2v_error error;

    ck_assert_ptr_nonnull(vocabulary);
    for (const char *at = words; *at; at += strspn(at, " ")) {
        const size_t bytes = strcspn(at, " ");
        ck_assert_int_eq(vocabulary_add(vocabulary, at, bytes, 1, NULL, &error), N2V_OK);
        at += bytes;
    }
    return vocabulary;
}

static void check(const char *words, const char *word, size_t max, const char *expected)
{
    Vocabulary *vocabulary = make(words);
    Id ids[MAX_SPELLINGS];
    const size_t found = spellings_find(vocabulary, word, strlen(word), max, ids);
    char text[256] = "";

    for (size_t i = 0; i < found; i++) {
        strcat(text, i ? " " : "");
        strcat(text, vocabulary_word(vocabulary, ids[i], NULL));
    }
    ck_assert_str_eq(text, expected);
    vocabulary_destroy(vocabulary);
}

START_TEST(nearest_then_frequent)
{
    check("frame france finance trance furnace", "frnace", 5, "france furnace frame finance trance");
    check("frame france finance trance furnace", "frnace", 2, "france furnace");
    check("b c d e f g h i j a", "aa", 3, "a");
    check("aab aac aad aae aaf aag aah aai aaa", "aaa", 8, "aaa aab aac aad aae aaf aag aah");
    check("aab aac aad", "aaa", 2, "aab aac"); /* of those equally near the most frequent */
    check("one two three", "three", 5, "three");
    check("one two", "", 5, "");
    check("one two", "one", 0, "");
}
END_TEST

START_TEST(how_far)
{
    check("cat cut cot coy dog", "cat", 5, "cat cut cot");          /* one of three */
    check("north south", "nowhere", 5, "");                         /* two of seven */
    check("abcdexyz abcxyzgh", "abcdefgh", 5, "abcdexyz abcxyzgh"); /* three of eight */
    check("abcdwxyz", "abcdefgh", 5, "");
}
END_TEST

START_TEST(case_and_scripts)
{
    check("nasa NaSa nasal", "NASA", 5, "nasa NaSa nasal");
    check("été ete étés", "ÉTÉ", 5, "été étés");
    check("москва moscow", "МОСКВА", 5, "москва");
    check("москва", "мосвка", 5, "москва");
    check("東京 京都", "東都", 5, "東京 京都");
    check("ab \xc3\xa9", "\xff\xfe", 5, ""); /* malformed */
    check("a\xc3\xa9", "a\xc3", 5, "aé");
}
END_TEST

START_TEST(long_words)
{
    char words[512], word[256];

    memset(word, 'x', 64);
    word[64] = '\0';
    memset(words, 'x', 67);
    memcpy(words + 67, " y", 3);
    check(words, word, 5, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
    memset(words, 'x', 68);
    words[68] = '\0';
    check(words, word, 5, "");
    word[64] = 'x';
    word[65] = '\0';
    check(words, word, 5, ""); /* longer than is looked for */
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("spellings");
    add_test(suite, "order", nearest_then_frequent);
    add_test(suite, "how far", how_far);
    add_test(suite, "case and scripts", case_and_scripts);
    add_test(suite, "long words", long_words);
    return run_suite(suite);
}
