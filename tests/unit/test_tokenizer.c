#include "corpus/tokenizer.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "corpus/tokenizer_options.h"
#include "slow_tokenizer.h"
#include "test.h"

static void list_tokens(listing *all, const Tokens *tokens)
{
    ck_assert_uint_le(tokens->count, BATCH_TOKENS);
    for (size_t i = 0; i < tokens->count; i++) {
        const Span span = tokens->spans[i];
        ck_assert_uint_le(span.length, MAX_TOKEN_BYTES);
        list(all, tokens->text + span.begin, span.length, span.length ? '|' : '\n');
    }
}

static void feed(Tokenizer *t, listing *all, const char *bytes, size_t count)
{
    /* A copy of its own: reading past the piece shows under AddressSanitizer. */
    unsigned char *piece = malloc(count ? count : 1);
    size_t taken = 0;
    ck_assert_ptr_nonnull(piece);
    memcpy(piece, bytes, count);
    while (taken < count) {
        Tokens tokens;
        const size_t some = tokenizer_feed(t, piece + taken, count - taken, &tokens);
        ck_assert_uint_gt(some, 0);
        list_tokens(all, &tokens);
        taken += some;
    }
    free(piece);
}

static void end(Tokenizer *t, listing *all)
{
    Tokens tokens;
    tokenizer_end(t, &tokens);
    list_tokens(all, &tokens);
    all->counts = tokenizer_count(t);
}

/* Feeds the text cut at two places, or in steps. */
static listing run(TokenizerKind kind, const char *text, size_t count, size_t first, size_t second)
{
    Tokenizer *t = tokenizer_create(kind == TOKENIZER_WORDS, false);
    listing all = {0};
    ck_assert_ptr_nonnull(t);
    list(&all, "", 0, '>');
    feed(t, &all, text, first);
    feed(t, &all, text + first, second - first);
    feed(t, &all, text + second, count - second);
    end(t, &all);
    tokenizer_destroy(t);
    return all;
}

static listing run_steps(TokenizerKind kind, const char *text, size_t count, size_t step)
{
    Tokenizer *t = tokenizer_create(kind == TOKENIZER_WORDS, false);
    listing all = {0};
    ck_assert_ptr_nonnull(t);
    list(&all, "", 0, '>');
    for (size_t at = 0; at < count; at += step)
        feed(t, &all, text + at, count - at < step ? count - at : step);
    end(t, &all);
    tokenizer_destroy(t);
    return all;
}

static void expect(TokenizerKind kind, const char *text, const char *wanted)
{
    listing all = run(kind, text, strlen(text), 0, 0);
    ck_assert_str_eq(all.text + 1, wanted);
    free(all.text);
}

static void words(const char *text, const char *wanted)
{
    expect(TOKENIZER_WORDS, text, wanted);
}

static void space(const char *text, const char *wanted)
{
    expect(TOKENIZER_SPACE, text, wanted);
}

START_TEST(words_of_ascii)
{
    words("", "");
    words(" \t\r\n\n", "");
    words("The quick-brown FOX, jumped!", "the|quick|brown|fox|jumped|\n");
    words("a\n\n\nb c\r\nd", "a|\nb|c|\nd|\n");
    words("AZaz09@[`{/: x", "azaz09|x|\n");
    words("don't 'quoted' rock'n'roll o''clock dogs' '90s a'", "don't|quoted|rock'n'roll|o|clock|dogs|90s|a|\n");
    words("a'\nb", "a|\nb|\n");
    words("x'1 1'x 1'1", "x'1|1'x|1'1|\n");
    words("Averylongwordthatneedsmorethaneightbytes,ANOTHEROFTHEM",
          "averylongwordthatneedsmorethaneightbytes|anotherofthem|\n");
}
END_TEST

START_TEST(words_of_unicode)
{
    words("Ärger ÉCOLE straße ΣΊΣΥΦΟΣ Привет 東京 ٣٤", "ärger|école|straße|σίσυφοσ|привет|東京|٣٤|\n");
    words("don\u2019t \u2019tis it\u2019s\u2019", "don't|tis|it's|\n");
    words("\u00e9\u2019\u00e9 e'\u00e9", "\u00e9'\u00e9|e'\u00e9|\n");
    words("e\u0301cole \u0301x 1\u0301a a'\u0301b", "e\u0301cole|x|1|a|a|b|\n"); /* marks follow letters only */
    words("\u0928\u0947\u092a\u093e\u0932\u0940", "\u0928\u0947\u092a\u093e\u0932\u0940|\n"); /* Mc and Mn inside */
    words("a\u00a0b\u2003c\u3000d\u2014e\u00abf\u00bb", "a|b|c|d|e|f|\n");
    words("\u0130 \u1e9e \u212a \u023a", "i|\u00df|k|\u2c65|\n"); /* lengths change */
    words("\xf0\x90\x90\x80\xf0\x9d\x9f\x98\xf0\x9f\x98\x80z", "\xf0\x90\x90\xa8\xf0\x9d\x9f\x98|z|\n");
    words("\xef\xbb\xbfmark a\xef\xbb\xbf"
          "b",
          "mark|ab|\n"); /* a format character inside a word */
}
END_TEST

/* What UAX 29 keeps inside a word, and what of it is taken over. */
START_TEST(words_stay_whole)
{
    words("\u0645\u06cc\u200c\u062e\u0648\u0627", "\u0645\u06cc\u200c\u062e\u0648\u0627|\n");
    words("\u0dc1\u0dca\u200d\u0dbb\u0dd3", "\u0dc1\u0dca\u200d\u0dbb\u0dd3|\n");
    words("\u09b0\u200d\u09cd\u09af", "\u09b0\u200d\u09cd\u09af|\n");
    words("\u0d28\u0d4d\u200d \u0d28\u0d4d\u200c.", "\u0d28\u0d4d\u200d|\u0d28\u0d4d|\n"); /* chillu */
    words("\u0d28\u0d4d\u200d\u2019 e\u0301\u200d", "\u0d28\u0d4d\u200d|e\u0301|\n");
    words("\u200c\u0645\u200c\u200d\u0645\u200c", "\u0645\u200d\u0645|\n"); /* the last of two */
    words("PDF\u200c\u0647\u0627", "pdf\u200c\u0647\u0627|\n");
    words("Auf\u200clage", "auflage|\n"); /* no ligature, no spelling */
    words("hyphen\u00adation foot\u2060ball ab\u200ecd", "hyphenation|football|abcd|\n");
    words("a\u00ad'\u00adb e\u2060\u0301 a\u00ad\u00b7\u00adb", "a'b|e\u0301|a\u00b7b|\n");
    words("\u00ad \u200b a\u200bb", "a|b|\n"); /* U+200B is a boundary */
    words("col\u00b7legi col\u0387legi col\u2027legi", "col\u00b7legi|col\u00b7legi|col\u00b7legi|\n");
    words("2\u00b73 a\u00b72 a\u00b7 \u00b7a a\u00b7\u00b7b", "2|3|a|2|a|a|a|b|\n");
    words("\u05e6\u05d4\u05f4\u05dc \u05e6\u05d4\"\u05dc", "\u05e6\u05d4\u05f4\u05dc|\u05e6\u05d4\u05f4\u05dc|\n");
    words("\u05d2\u05f3 \u05f3\u05d2 \u05e6\u05f3\u05e7", "\u05d2\u05f3|\u05d2|\u05e6\u05f3\u05e7|\n");
    words("\"\u05d0\" \u05d0\"a a\"b a\u05f4b", "\u05d0|\u05d0|a|a|b|a|b|\n");
    words("Hawai\u2018i rock\uff07n\uff07roll", "hawai'i|rock'n'roll|\n");
    words("\u056f\u055f\u056f \u056f\u055f", "\u056f\u055f\u056f|\u056f|\n");
    words("U.S.A. 3.14 C++ c:a new_york a\u2024b a\uff1ab", "u|s|a|3|14|c|c|a|new|york|a|b|a|b|\n"); /* not these */
    space("\u0645\u200c\u0645 a\u00adb col\u00b7legi", "\u0645\u200c\u0645|a\u00adb|col\u00b7legi|\n");
}
END_TEST

static CutTokens cut_of(TokenizerKind kind, const char *text, size_t step)
{
    Tokenizer *t = tokenizer_create(kind == TOKENIZER_WORDS, false);
    listing all = {0};
    CutTokens cut;

    ck_assert_ptr_nonnull(t);
    list(&all, "", 0, '>');
    for (size_t at = 0; at < strlen(text); at += step)
        feed(t, &all, text + at, strlen(text) - at < step ? strlen(text) - at : step);
    end(t, &all);
    cut = *tokenizer_cut(t);
    free(all.text);
    tokenizer_destroy(t);
    return cut;
}

/* White-space tokens of several words are counted, however the text is fed. */
START_TEST(cut_tokens)
{
    static const struct {
        const char *text;
        uint64_t tokens, words, underscores;
        const char *example;
    } cases[] = {
        {"The cat, sat. (On) the \"mat\" - 'yes' don't\n", 0, 0, 0, ""},
        {"B13X-0_0 x\n", 1, 3, 1, "B13X-0_0"},
        {"see (new_york), New_York_City.\n", 2, 5, 2, "new_york"},
        {"well-known new_york a-b\n", 3, 6, 1, "new_york"}, /* an underscore says more */
        {"3.14 C++ U.S.A. a/b\n", 3, 7, 0, "3.14"},
        {"a- b -c d\n-e f-\n", 0, 0, 0, ""},
        {"a\u2014b \u4e00\uff0c\u4e00 a\u00a0b a\xff-b\n", 0, 0, 0, ""}, /* not ASCII */
        {"\u00e9-\u00e9 \u00e9_b\n", 2, 4, 1, "\u00e9_b"},
        {"a-b'c-d'-e.\n", 1, 4, 0, "a-b'c-d'-e"},
        {"a-b", 1, 2, 0, ""}, /* the end of the file is not seen in time */
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CutTokens cut = cut_of(TOKENIZER_WORDS, cases[i].text, 100);
        ck_assert_str_eq(cut.example, cases[i].example);
        for (size_t step = 1; step < 12; step++) {
            cut = cut_of(TOKENIZER_WORDS, cases[i].text, step);
            ck_assert_uint_eq(cut.tokens, cases[i].tokens);
            ck_assert_uint_eq(cut.words, cases[i].words);
            ck_assert_uint_eq(cut.underscores, cases[i].underscores);
            ck_assert(!*cut.example || strstr(cases[i].text, cut.example));
        }
        cut = cut_of(TOKENIZER_SPACE, cases[i].text, 7);
        ck_assert_uint_eq(cut.tokens + cut.words + cut.underscores, 0);
    }
}
END_TEST

START_TEST(space_keeps_bytes)
{
    space("The quick-brown FOX, don't!", "The|quick-brown|FOX,|don't!|\n");
    space("a\tb\vc\fd\re\x1b"
          "f\x7fg\r\nh",
          "a|b|c|d|e|f|g|\nh|\n");
    space("a\xc2\x85"
          "b\u00a0c\u1680d\u2000e\u200af\u2028g\u2029h\u202fi\u205fj\u3000k\xc2\x80l",
          "a|b|c|d|e|f|g|h|i|j|k|l|\n");
    space("a\u200bb \u00e9\u0301", "a\u200bb|\u00e9\u0301|\n"); /* no white space: zero width */
    space("\xef\xbb\xbfmark a\xef\xbb\xbf", "mark|a\xef\xbb\xbf|\n");
    space("\xef\xbb\xbf\xef\xbb\xbfx", "\xef\xbb\xbfx|\n");
}
END_TEST

START_TEST(nul_bytes)
{
    listing all = run(TOKENIZER_SPACE, "a\0b\0\0c", 6, 0, 0);
    ck_assert_str_eq(all.text + 1, "a|b|c|\n");
    free(all.text);
    all = run(TOKENIZER_WORDS, "a\0b\0\0c", 6, 0, 0);
    ck_assert_str_eq(all.text + 1, "a|b|c|\n");
    free(all.text);
}
END_TEST

START_TEST(malformed)
{
    const struct {
        const char *text, *words, *space;
        uint64_t count;
    } cases[] = {
        {"a\xff"
         "b",
         "a|b|\n", "a\ufffdb|\n", 1},
        {"a\xc0\xaf"
         "b",
         "a|b|\n", "a\ufffd\ufffdb|\n", 2}, /* overlong '/' */
        {"a\xe0\x80\x80"
         "b",
         "a|b|\n", "a\ufffd\ufffd\ufffdb|\n", 3}, /* overlong NUL */
        {"a\xed\xa0\x80"
         "b",
         "a|b|\n", "a\ufffd\ufffd\ufffdb|\n", 3}, /* a surrogate */
        {"a\xf4\x90\x80\x80"
         "b",
         "a|b|\n", "a\ufffd\ufffd\ufffd\ufffdb|\n", 4}, /* above U+10FFFF */
        {"a\xf0\x9f\x98"
         "b",
         "a|b|\n", "a\ufffdb|\n", 1},           /* cut: one maximal subpart */
        {"a\xe2\x82", "a|\n", "a\ufffd|\n", 1}, /* cut by the end */
        {"\xe2\x82\n", "", "\ufffd|\n", 1},
        {"\x80", "", "\ufffd|\n", 1},
        {"\xef\xbb", "", "\ufffd|\n", 1},
        {"a'\xff"
         "b",
         "a|b|\n", "a'\ufffdb|\n", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (size_t step = 1; step < 5; step++) {
            listing all = run_steps(TOKENIZER_WORDS, cases[i].text, strlen(cases[i].text), step);
            ck_assert_str_eq(all.text + 1, cases[i].words);
            ck_assert_uint_eq(all.counts.invalid_utf8, cases[i].count);
            free(all.text);
            all = run_steps(TOKENIZER_SPACE, cases[i].text, strlen(cases[i].text), step);
            ck_assert_str_eq(all.text + 1, cases[i].space);
            ck_assert_uint_eq(all.counts.invalid_utf8, cases[i].count);
            free(all.text);
        }
    }
}
END_TEST

/* Which code points are well formed, by the definition instead of by ranges. */
START_TEST(every_sequence)
{
    for (uint32_t code = 0; code < 0x120000; code++) {
        unsigned char bytes[4];
        uint32_t decoded = 0;
        size_t count;
        const bool valid = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
        if (code < 0x80) {
            bytes[0] = (unsigned char)code;
            count = 1;
        } else if (code < 0x800) {
            bytes[0] = (unsigned char)(0xc0 | code >> 6);
            bytes[1] = (unsigned char)(0x80 | (code & 63));
            count = 2;
        } else if (code < 0x10000) {
            bytes[0] = (unsigned char)(0xe0 | code >> 12);
            bytes[1] = (unsigned char)(0x80 | (code >> 6 & 63));
            bytes[2] = (unsigned char)(0x80 | (code & 63));
            count = 3;
        } else {
            bytes[0] = (unsigned char)(0xf0 | code >> 18);
            bytes[1] = (unsigned char)(0x80 | (code >> 12 & 63));
            bytes[2] = (unsigned char)(0x80 | (code >> 6 & 63));
            bytes[3] = (unsigned char)(0x80 | (code & 63));
            count = 4;
        }
        const int length = utf8_decode(bytes, count, &decoded);
        if (valid ? length != (int)count || decoded != code : length >= 0) /* an assertion costs a system call */
            ck_abort_msg("U+%04X gives %d, U+%04X", code, length, decoded);
        for (size_t cut = 1; valid && cut < count; cut++)
            if (utf8_decode(bytes, cut, &decoded) != 0)
                ck_abort_msg("U+%04X cut after %zu bytes", code, cut);
    }
}
END_TEST

static void expect_same(const listing *got, const listing *wanted)
{
    ck_assert_str_eq(got->text, wanted->text);
    ck_assert_uint_eq(got->counts.tokens, wanted->counts.tokens);
    ck_assert_uint_eq(got->counts.invalid_utf8, wanted->counts.invalid_utf8);
    ck_assert_uint_eq(got->counts.overlong, wanted->counts.overlong);
    ck_assert_uint_eq(got->counts.lines, wanted->counts.lines);
}

/* Every two cuts of a tricky text give what no cut gives. */
START_TEST(every_split)
{
    const char *text = "\xef\xbb\xbf"
                       "Don\u2019t e\u0301\u0301 \xff\xe2\x82x\r\n\nA'\u0130'b '' \xf0\x90\x90\x80"
                       "1\u0301\u3000 twelveBytes!"
                       "\u00e9'\u2019 z'";
    const size_t count = strlen(text);
    for (int kind = TOKENIZER_WORDS; kind <= TOKENIZER_SPACE; kind++) {
        listing wanted = slow_tokens(kind == TOKENIZER_WORDS, (const unsigned char *)text, count);
        for (size_t first = 0; first <= count; first++) {
            for (size_t second = first; second <= count; second++) {
                listing got = run((TokenizerKind)kind, text, count, first, second);
                expect_same(&got, &wanted);
                free(got.text);
            }
        }
        ck_assert_uint_gt(wanted.counts.tokens, 5);
        free(wanted.text);
    }
}
END_TEST

/* Troublesome pieces of texts. */
static const char *const pieces[] = {
    "a", "Z", "'", "\u2019", "7", " ", "\n", "\r\n", "\u00c9", "\u0301", "\u0660", "\u4e00",
    "\xf0\x90\x90\x80", "\xff", "\xe2", "\xf0\x9f", "\x80", "\u00a0", "\u2028", ".", "\x01", "\x7f",
    "\xef\xbb\xbf", "Abcdefgh", "ijklmnopqrstuvw", "\u023a", "\u0130", "\u200c", "\u200d", "\u00ad",
    "\u200b", "\u2060", "\u00b7", "\u0387", "\u2027", "\u055f", "\u05f4", "\"", "\u05f3", "\u05d0", "\u05b8",
    "\u0645", "\u0d28", "\u0d4d", "\u2018", "\uff07", "_", "-"};

/* Random texts of them, fed in random steps. */
START_TEST(random_texts)
{
    uint32_t state = 7;
    for (int round = 0; round < 6000; round++) {
        char text[4096] = "";
        size_t count = 0;
        listing got, wanted;
        const bool by_words = round % 2;
        const uint32_t many = (uint32_t)(sizeof pieces / sizeof *pieces);
        for (int i = round % 150; i >= 0; i--) {
            state = state * 1664525u + 1013904223u;
            const char *piece = pieces[(state >> 8) % many];
            memcpy(text + count, piece, strlen(piece));
            count += strlen(piece);
        }
        wanted = slow_tokens(by_words, (const unsigned char *)text, count);
        got = run_steps(by_words ? TOKENIZER_WORDS : TOKENIZER_SPACE, text, count, 1 + (state >> 20) % 19);
        expect_same(&got, &wanted);
        free(got.text);
        free(wanted.text);
    }
}
END_TEST

/* Words that end only where the next one begins: more of them than a batch has room for, and more bytes. */
START_TEST(words_that_end_at_the_next)
{
    static const char *const repeated[] = {"\u05d0\u05f41", "a\u00b71'", "\u0663\u00b7a\u00b7\u0663'"};
    for (size_t i = 0; i < sizeof repeated / sizeof *repeated; i++) {
        const size_t bytes = strlen(repeated[i]), count = 5000 * bytes;
        char *text = malloc(count);
        ck_assert_ptr_nonnull(text);
        for (size_t at = 0; at < count; at += bytes)
            memcpy(text + at, repeated[i], bytes);
        listing wanted = slow_tokens(true, (unsigned char *)text, count);
        listing got = run(TOKENIZER_WORDS, text, count, 0, 0);
        ck_assert_uint_ge(wanted.counts.tokens, 5000);
        expect_same(&got, &wanted);
        free(got.text);
        free(wanted.text);
        free(text);
    }
}
END_TEST

/* Tokens around the limit, in ASCII and where lower-casing changes the length. */
START_TEST(overlong_tokens)
{
    static const char *const letters[] = {"A", "\u00c9", "\u023a", "\u0130", "\u212a", "a'", "\xff", "1"};
    for (size_t letter = 0; letter < sizeof letters / sizeof *letters; letter++) {
        const size_t bytes = strlen(letters[letter]);
        for (size_t repeat = 330; repeat<1100; repeat += repeat> 1015 && repeat < 1030 ? 1
                                  : repeat > 335 && repeat < 345                       ? 1
                                  : repeat > 505 && repeat < 515                       ? 1
                                                                                       : 13) {
            char *text = malloc(repeat * bytes + 64);
            size_t count = 0;
            ck_assert_ptr_nonnull(text);
            memcpy(text, "x ", count = 2);
            for (size_t i = 0; i < repeat; i++, count += bytes)
                memcpy(text + count, letters[letter], bytes);
            memcpy(text + count, "\u0301y z\n", 6);
            count += 6;
            for (int kind = TOKENIZER_WORDS; kind <= TOKENIZER_SPACE; kind++) {
                listing wanted = slow_tokens(kind == TOKENIZER_WORDS, (unsigned char *)text, count);
                listing got = run((TokenizerKind)kind, text, count, 0, 0);
                expect_same(&got, &wanted);
                free(got.text);
                got = run_steps((TokenizerKind)kind, text, count, 7);
                expect_same(&got, &wanted);
                free(got.text);
                free(wanted.text);
            }
            free(text);
        }
    }
}
END_TEST

/* Where a token passes the limit, what may follow still depends on its last character. */
START_TEST(overlong_then_mark)
{
    for (size_t digits = MAX_TOKEN_BYTES - 3; digits < MAX_TOKEN_BYTES + 4; digits++) {
        char text[MAX_TOKEN_BYTES + 16];
        listing got, wanted;
        memset(text, '1', digits);
        text[0] = 'a';
        memcpy(text + digits, "\u0301b", 4);
        wanted = slow_tokens(true, (unsigned char *)text, digits + 3);
        got = run(TOKENIZER_WORDS, text, digits + 3, 0, 0);
        ck_assert_ptr_nonnull(strstr(wanted.text, "b|"));
        expect_same(&got, &wanted);
        free(got.text);
        free(wanted.text);
    }
}
END_TEST

START_TEST(token_of_a_megabyte)
{
    const size_t count = 1000000;
    char *text = malloc(count + 8);
    listing all;
    ck_assert_ptr_nonnull(text);
    memset(text, 'W', count);
    memcpy(text + count, " tail\n", 7);
    all = run_steps(TOKENIZER_WORDS, text, count + 6, 65536);
    ck_assert_str_eq(all.text + 1, "tail|\n");
    ck_assert_uint_eq(all.counts.overlong, 1);
    ck_assert_uint_eq(all.counts.tokens, 1);
    free(all.text);
    memset(text + MAX_TOKEN_BYTES, ' ', 1);
    all = run_steps(TOKENIZER_WORDS, text, MAX_TOKEN_BYTES + 1, 65536);
    ck_assert_uint_eq(all.counts.overlong, 0);
    ck_assert_uint_eq(all.used, 1 + MAX_TOKEN_BYTES + 2);
    free(all.text);
    free(text);
}
END_TEST

/* More tokens than a batch holds, in one piece, on one line. */
START_TEST(many_tokens)
{
    const size_t repeat = 50000;
    char *text = malloc(3 * repeat + 1);
    listing all, wanted;
    ck_assert_ptr_nonnull(text);
    for (size_t i = 0; i < repeat; i++)
        memcpy(text + 3 * i, i % 3 ? "ab " : "c.\n", 3);
    all = run(TOKENIZER_WORDS, text, 3 * repeat, 0, 0);
    wanted = slow_tokens(true, (unsigned char *)text, 3 * repeat);
    ck_assert_uint_eq(all.counts.tokens, repeat);
    expect_same(&all, &wanted);
    free(all.text);
    free(wanted.text);
    free(text);
}
END_TEST

START_TEST(several_files)
{
    Tokenizer *t = tokenizer_create(false, false);
    listing all = {0};
    feed(t, &all, "\xef\xbb\xbfone two", 10);
    end(t, &all);
    feed(t, &all, "\xef\xbb", 2);
    feed(t, &all, "\xbfthree\n", 7);
    end(t, &all);
    feed(t, &all, "four\xe2\x82", 6);
    end(t, &all);
    feed(t, &all, "\xac", 1); /* not the rest of the sequence that was cut */
    end(t, &all);
    ck_assert_str_eq(all.text, "one|two|\nthree|\nfour\ufffd|\n\ufffd|\n");
    ck_assert_uint_eq(all.counts.lines, 4);
    ck_assert_uint_eq(all.counts.invalid_utf8, 2);
    free(all.text);
    tokenizer_destroy(t);
    tokenizer_destroy(NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tokenizer");
    add_test(suite, "words of ASCII", words_of_ascii);
    add_test(suite, "words of Unicode", words_of_unicode);
    add_test(suite, "words stay whole", words_stay_whole);
    add_test(suite, "cut tokens", cut_tokens);
    add_test(suite, "space keeps bytes", space_keeps_bytes);
    add_test(suite, "NUL bytes", nul_bytes);
    add_test(suite, "malformed UTF-8", malformed);
    add_test(suite, "every sequence", every_sequence);
    add_test(suite, "every split", every_split);
    add_test(suite, "random texts", random_texts);
    add_test(suite, "words that end at the next", words_that_end_at_the_next);
    add_test(suite, "overlong tokens", overlong_tokens);
    add_test(suite, "overlong, then a mark", overlong_then_mark);
    add_test(suite, "a token of a megabyte", token_of_a_megabyte);
    add_test(suite, "many tokens", many_tokens);
    add_test(suite, "several files", several_files);
    return run_suite(suite);
}
