/* Letter case, normalization and word boundaries: the stages before the tokenizer. */
#include "corpus/token_stream.h"

#include <stdio.h>
#include <string.h>
#include <utf8proc.h>

#include "base/random.h"
#include "corpus/segmenter.h"
#include "skip.h"
#include "slow_tokenizer.h"
#include "test.h"

static n2v_status list_batch(void *context, const Tokens *tokens, n2v_error *error)
{
    listing *all = context;

    (void)error;
    for (size_t i = 0; i < tokens->count; i++) {
        const Span span = tokens->spans[i];
        list(all, tokens->text + span.begin, span.length, span.length ? '|' : '\n');
    }
    return N2V_OK;
}

/* Fed in pieces of that many bytes, as two files if twice. */
static listing tokens_of(const TokenizerOptions *options, const char *text, size_t count, size_t step, bool twice)
{
    n2v_error error = {.text = ""};
    TokenStream *stream;
    listing all = {0};

    list(&all, "", 0, '>');
    require(token_stream_create(&stream, options, &error) == N2V_OK, "%s", error.text);
    for (int file = 0; file <= twice; file++) {
        for (size_t at = 0; at < count; at += step) {
            const size_t some = count - at < step ? count - at : step;
            unsigned char *piece = malloc(some);
            memcpy(piece, text + at, some);
            ck_assert_int_eq(token_stream_feed(stream, piece, some, list_batch, &all, &error), N2V_OK);
            free(piece);
        }
        ck_assert_int_eq(token_stream_end(stream, list_batch, &all, &error), N2V_OK);
    }
    all.counts = token_stream_count(stream);
    token_stream_destroy(stream);
    return all;
}

static void expect(TokenizerOptions options, const char *text, const char *wanted)
{
    const size_t steps[] = {1, 3, 4096};

    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        listing all = tokens_of(&options, text, strlen(text), steps[i], false);
        ck_assert_str_eq(all.text + 1, wanted);
        free(all.text);
    }
}

static bool has_icu(const char *test)
{
    if (segmenter_check(NULL) == N2V_OK)
        return true;
    skip_test(test, "machine: this build has no ICU");
    return false;
}

/* Letter case --------------------------------------------------------------------------- */

START_TEST(letter_case)
{
    const TokenizerOptions words = {.kind = TOKENIZER_WORDS}, space = {.kind = TOKENIZER_SPACE};
    TokenizerOptions o = words;

    expect(words, "The ÉCOLE, don\u2019t", "the|école|don't|\n");
    expect(space, "The ÉCOLE, don\u2019t", "The|ÉCOLE,|don\u2019t|\n");
    o.letter_case = CASE_LOWER;
    expect(o, "The ÉCOLE, don\u2019t", "the|école|don't|\n");
    o.letter_case = CASE_KEEP;
    expect(o, "The ÉCOLE, DON\u2019T stop Averylongwordthatneedsmorethan8BYTES Ⅷ", /* the rest is as in lower case */
           "The|ÉCOLE|DON'T|stop|Averylongwordthatneedsmorethan8BYTES|Ⅷ|\n");
    o.kind = TOKENIZER_SPACE;
    o.letter_case = CASE_LOWER;
    expect(o, "\xef\xbb\xbfThe ÉCOLE, don\u2019t\nB\n", "the|école,|don\u2019t|\nb|\n");
    o.kind = TOKENIZER_COMMAND; /* what the program prints */
    expect(o, "The CAT", "the|cat|\n");
    o.letter_case = CASE_OWN;
    expect(o, "The CAT", "The|CAT|\n");
}
END_TEST

START_TEST(turkish)
{
    TokenizerOptions o = {.kind = TOKENIZER_WORDS, .letter_case = CASE_LOWER_TR};

    expect(o, "ISPARTA İstanbul DIŞ I ISI Igdır", "ısparta|istanbul|dış|ı|ısı|ıgdır|\n");
    expect(o, "I\u0307zmir Iz", "izmir|ız|\n"); /* a dot of its own */
    expect(o, "I\n\u0307", "ı|\n");
    o.kind = TOKENIZER_SPACE;
    expect(o, "ISPARTA, I", "ısparta,|ı|\n");
    o.form = FORM_NFC;
    expect(o, "I\u0307zmir, I", "izmir,|ı|\n");
}
END_TEST

START_TEST(malformed)
{
    const TokenizerOptions o = {.kind = TOKENIZER_SPACE, .letter_case = CASE_LOWER, .form = FORM_NFC};
    const char text[] = "A\xff" "B \xe2\x82 C\xe2\x82";
    listing all = tokens_of(&o, text, sizeof text - 1, 1, false);

    ck_assert_str_eq(all.text + 1, "a\ufffdb|\ufffd|c\ufffd|\n");
    ck_assert_uint_eq(all.counts.invalid_utf8, 3);
    free(all.text);
}
END_TEST

/* Normalization ------------------------------------------------------------------------- */

START_TEST(forms)
{
    TokenizerOptions o = {.kind = TOKENIZER_SPACE, .form = FORM_NFC};

    expect(o, "e\u0301cole \u1100\u1161\u11a8 \ufb01n", "\u00e9cole|\uac01|\ufb01n|\n");
    o.form = FORM_NFKC;
    expect(o, "\ufb01n \uff21\uff11 \uff76\uff9e a\u00a0b \u3131\u314f", "fin|A1|\u30ac|a|b|\uac00|\n");
    o.kind = TOKENIZER_WORDS;
    expect(o, "\ufb01N e\u0301 E\u0301", "fin|\u00e9|\u00e9|\n");
}
END_TEST

/* Characters that combine, in any order, and others. */
static size_t random_characters(char *text, size_t count, Random *random)
{
    static const uint32_t some[] = {'a',    'E',    0xe9,   0x301,   0x323,  0x308,  0x1100, 0x1161,
                                    0x11a8, 0xac00, 0x314f, 0xff76,  0xff9e, 0xfb01, 0x9c7,  0x9be,
                                    0x3099, 0x304b, 0x2126, 0x1d15e, ' ',    0xffc2};
    utf8proc_ssize_t used = 0;
    size_t marks = 0;

    while ((size_t)used < count) {
        uint32_t code = some[random_below(random, (uint32_t)(sizeof some / sizeof *some))];
        marks = code < 0x300 ? 0 : marks + 1;
        if (marks > 30)
            code = 'a';
        used += utf8proc_encode_char((utf8proc_int32_t)code, (utf8proc_uint8_t *)text + used);
    }
    text[used] = '\0';
    return (size_t)used;
}

/* In pieces as the library does it at once. */
START_TEST(forms_in_pieces)
{
    TokenizerOptions o = {.kind = TOKENIZER_SPACE};
    const TokenizerOptions plain = o;
    Random random;
    char text[640];

    random_seed(&random, 7, 0, 0, 0);
    for (int i = 0; i < PART_OF(4000); i++) {
        const size_t count = random_characters(text, 600, &random), step = 1 + random_below(&random, 50);
        utf8proc_uint8_t *whole =
            i % 2 ? utf8proc_NFC((utf8proc_uint8_t *)text) : utf8proc_NFKC((utf8proc_uint8_t *)text);
        listing wanted = tokens_of(&plain, (char *)whole, strlen((char *)whole), 4096, false), got;
        o.form = i % 2 ? FORM_NFC : FORM_NFKC;
        got = tokens_of(&o, text, count, step, false);
        ck_assert_str_eq(got.text, wanted.text);
        free(got.text);
        free(wanted.text);
        free(whole);
    }
}
END_TEST

/* Word boundaries ----------------------------------------------------------------------- */

static const TokenizerOptions UNICODE = {.kind = TOKENIZER_UNICODE};

START_TEST(boundaries)
{
    if (!has_icu("token stream, boundaries"))
        return;
    expect(UNICODE, "", "");
    expect(UNICODE,
           "\xef\xbb\xbf"
           "Don\u2019t STOP! 3.14 e.g. x_y (a-b)\r\n\n\u20ac \U0001f600 z",
           "don't|stop|3.14|e.g|x_y|a|b|\nz|\n");
    expect(UNICODE, "我来到北京清华大学。", "我|来到|北京|清华大学|\n");
    expect(UNICODE, "東京に住む。カタカナ", "東京|に|住む|カタカナ|\n");
    expect(UNICODE, "ภาษาไทยง่ายนิดเดียว", "ภาษา|ไทย|ง่าย|นิด|เดียว|\n");
    expect(UNICODE, "soft\u00adhyphen \U00020000", "softhyphen|\U00020000|\n");
    expect((TokenizerOptions){.kind = TOKENIZER_UNICODE, .letter_case = CASE_KEEP, .form = FORM_NFKC}, "Ｔｏｋｙｏ ab",
           "Tokyo|ab|\n");
}
END_TEST

START_TEST(boundaries_and_malformed_text)
{
    const char text[] = "ab\xff" "cd \xe2\x82";
    listing all;

    if (!has_icu("token stream, boundaries and malformed text"))
        return;
    all = tokens_of(&UNICODE, text, sizeof text - 1, 1, true);
    ck_assert_str_eq(all.text + 1, "ab|cd|\nab|cd|\n");
    ck_assert_uint_eq(all.counts.invalid_utf8, 4);
    free(all.text);
}
END_TEST

/* Joins count copies. */
static char *repeated(const char *text, size_t times)
{
    const size_t bytes = strlen(text);
    char *all = malloc(bytes * times + 1);

    ck_assert_ptr_nonnull(all);
    for (size_t i = 0; i < times; i++)
        memcpy(all + i * bytes, text, bytes);
    all[bytes * times] = '\0';
    return all;
}

/* A text of one line is cut where words do not depend on it: the words of each copy are the same. */
START_TEST(long_lines)
{
    static const char *const texts[] = {"don't stop 3.14, U.S.A. a\u00adb ", "我来到北京清华大学。他说：", "ภาษาไทย ง่ายนิดเดียว ",
                                        "x. y.z 1,000,000 \"q\" "};

    if (!has_icu("token stream, long lines"))
        return;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const size_t times = 1500;
        listing one = tokens_of(&UNICODE, texts[i], strlen(texts[i]), 4096, false), all;
        char *text = repeated(texts[i], times), *wanted;
        one.text[strlen(one.text) - 1] = '\0'; /* the end of the sentence */
        wanted = repeated(one.text + 1, times);
        all = tokens_of(&UNICODE, text, strlen(text), 1000, false);
        all.text[strlen(all.text) - 1] = '\0';
        ck_assert_str_eq(all.text + 1, wanted);
        free(all.text);
        free(one.text);
        free(wanted);
        free(text);
    }
}
END_TEST

/* Without any separator: nothing is lost, and words stay words. */
START_TEST(lines_without_separators)
{
    char *text = repeated("我来到北京清华大学", 3000), *joined = malloc(strlen(text) + 1), *to = joined;
    listing all;
    size_t beijing = 0;

    if (has_icu("token stream, lines without separators")) {
        all = tokens_of(&UNICODE, text, strlen(text), 777, false);
        for (const char *at = all.text + 1; *at; at++) {
            beijing += strncmp(at, "|北京|", strlen("|北京|")) == 0;
            if (*at != '|' && *at != '\n')
                *to++ = *at;
        }
        *to = '\0';
        ck_assert_str_eq(joined, text);
        ck_assert_uint_ge(beijing, 2990);
        free(all.text);
    }
    free(joined);
    free(text);
}
END_TEST

/* A word that is longer than any buffer is one, and is skipped. */
START_TEST(endless_word)
{
    char *run = repeated("abcdefghij", 5000), *text = malloc(60000);
    listing all;

    if (has_icu("token stream, endless word")) {
        (void)snprintf(text, 60000, "before %s after", run);
        all = tokens_of(&UNICODE, text, strlen(text), 4096, false);
        ck_assert_str_eq(all.text + 1, "before|after|\n");
        ck_assert_uint_eq(all.counts.overlong, 1);
        free(all.text);
    }
    free(text);
    free(run);
}
END_TEST

/* Settings ------------------------------------------------------------------------------ */

START_TEST(options_of_texts)
{
    TokenizerOptions o;
    n2v_error error = {.text = ""};

    ck_assert_int_eq(tokenizer_options_read(&o, NULL, NULL, NULL, &error), N2V_OK);
    ck_assert(o.kind == TOKENIZER_WORDS && o.letter_case == CASE_OWN && o.form == FORM_NONE && !o.command);
    ck_assert_int_eq(tokenizer_options_read(&o, "command:tr a b", "lower:tr", "nfkc", &error), N2V_OK);
    ck_assert(o.kind == TOKENIZER_COMMAND && o.letter_case == CASE_LOWER_TR && o.form == FORM_NFKC);
    ck_assert_str_eq(o.command, "tr a b");
    ck_assert_str_eq(tokenizer_kind_name(o.kind), "command");
    ck_assert_int_eq(tokenizer_options_read(&o, "bpe", NULL, NULL, &error), N2V_ERROR_FORMAT);
    ck_assert_int_eq(tokenizer_options_read(&o, "space", "upper", NULL, &error), N2V_ERROR_FORMAT);
    ck_assert_int_eq(tokenizer_options_read(&o, "space", NULL, "nfd", &error), N2V_ERROR_FORMAT);
    ck_assert_int_eq(tokenizer_options_named(&o, "unicode", "keep", NULL, &error), N2V_OK);
    ck_assert(tokenizer_options_same(&o, &(TokenizerOptions){.kind = TOKENIZER_UNICODE, .letter_case = CASE_KEEP}));
    ck_assert(!tokenizer_options_same(&o, &UNICODE));
    ck_assert(tokenizer_options_same(
        &UNICODE, &(TokenizerOptions){.kind = TOKENIZER_UNICODE, .letter_case = CASE_LOWER}));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("token stream");
    add_test(suite, "letter case", letter_case);
    add_test(suite, "turkish", turkish);
    add_test(suite, "malformed", malformed);
    add_test(suite, "forms", forms);
    add_test(suite, "forms in pieces", forms_in_pieces);
    add_test(suite, "boundaries", boundaries);
    add_test(suite, "boundaries and malformed text", boundaries_and_malformed_text);
    add_test(suite, "long lines", long_lines);
    add_test(suite, "lines without separators", lines_without_separators);
    add_test(suite, "endless word", endless_word);
    add_test(suite, "options of texts", options_of_texts);
    return run_suite(suite);
}
