/* What a text looks like: other encodings, scripts without spaces, markup; and that ordinary texts look like
 * nothing. */
#include "corpus/guess.h"

#include <iconv.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "corpus/look.h"
#include "test.h"

#define ROOM ((size_t)40000)

/* The text again and again, in an encoding. */
static size_t encode(char *out, const char *encoding, const char *text, size_t times)
{
    iconv_t converter = iconv_open(encoding, "UTF-8");
    size_t room = ROOM;

    require(converter != (iconv_t)-1, "iconv has no %s", encoding);
    for (size_t i = 0; i < times; i++) {
        char *in = (char *)text;
        size_t bytes = strlen(text);
        require(iconv(converter, &in, &bytes, &out, &room) != (size_t)-1, "%s: %s", encoding, in);
    }
    ck_assert_int_eq(iconv_close(converter), 0);
    return ROOM - room;
}

/* Encodings ----------------------------------------------------------------------------- */

static const char CHINESE[] = "北京是中国的首都，也是全国的政治和文化中心。他说：我们在这里住了三年，很喜欢这个城市。\n";
static const char TRADITIONAL[] = "台北是台灣的首都，也是政治和文化的中心。他說：我們在這裡住了三年，很喜歡這個城市。\n";
static const char JAPANESE[] = "日本語の文章には、漢字とひらがなとカタカナが使われています。東京はとても大きい都市です。\n";
static const char KOREAN[] = "서울은 대한민국의 수도이며 가장 큰 도시이다. 우리는 이곳에서 삼 년 동안 살았다.\n";
static const char RUSSIAN[] = "Москва является столицей России. В начале июля они вышли из дома и пошли гулять.\n";
static const char SMALL_RUSSIAN[] = "москва является столицей россии в начале июля они вышли из дома и пошли гулять\n";
static const char GREEK[] = "Η Αθήνα είναι η πρωτεύουσα της Ελλάδας και η μεγαλύτερη πόλη της χώρας.\n";
static const char THAI[] = "ภาษาไทยเป็นภาษาที่มีระดับเสียงของคำแน่นอนหรือวรรณยุกต์เช่นเดียวกับภาษาจีน\n";
static const char FRENCH[] = "Le château était fermé. Où êtes-vous allés, mon frère? Ça va très bien, garçon.\n";
static const char GERMAN[] = "Die Straße ist für Fußgänger gesperrt, und die Bäume blühen über den Häusern.\n";
static const char QUOTES[] =
    "He said \xe2\x80\x9cyes\xe2\x80\x9d and didn\xe2\x80\x99t come back to the house again.\n";

START_TEST(encodings)
{
    static const struct {
        const char *text, *encoding, *name;
    } cases[] = {{CHINESE, "GB18030", "GB18030"},        {CHINESE, "UTF-16LE", "UTF-16LE"},
                 {CHINESE, "UTF-16BE", "UTF-16BE"},      {TRADITIONAL, "BIG5", "BIG5"},
                 {JAPANESE, "SHIFT_JIS", "SHIFT_JIS"},   {JAPANESE, "EUC-JP", "EUC-JP"},
                 {JAPANESE, "UTF-16BE", "UTF-16BE"},     {KOREAN, "CP949", "CP949"},
                 {RUSSIAN, "CP1251", "WINDOWS-1251"},    {RUSSIAN, "KOI8-R", "KOI8-R"},
                 {SMALL_RUSSIAN, "CP1251", "WINDOWS-1251"}, {SMALL_RUSSIAN, "KOI8-R", "KOI8-R"},
                 {GREEK, "CP1253", "WINDOWS-1253"},      {THAI, "TIS-620", "TIS-620"},
                 {FRENCH, "ISO-8859-1", "WINDOWS-1252"}, {GERMAN, "ISO-8859-1", "WINDOWS-1252"},
                 {QUOTES, "CP1252", "WINDOWS-1252"}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t times = 2; times <= 40; times += 19) {
            char bytes[ROOM], again[ROOM];
            const size_t count = encode(bytes, cases[i].encoding, cases[i].text, times);
            char *in = bytes, *out = again;
            size_t left = count, room = sizeof again;
            iconv_t back;
            Guess guess;
            require(guess_encoding(&guess, (unsigned char *)bytes, count), "%s: nothing", cases[i].encoding);
            require(strcmp(guess.what, cases[i].name) == 0, "%s: %s", cases[i].encoding, guess.what);
            back = iconv_open("UTF-8", guess.what); /* the remedy works */
            ck_assert(back != (iconv_t)-1 && iconv(back, &in, &left, &out, &room) != (size_t)-1);
            ck_assert_int_eq(memcmp(again, cases[i].text, strlen(cases[i].text)), 0);
            ck_assert_int_eq(iconv_close(back), 0);
        }
}
END_TEST

/* The first malformed byte. */
START_TEST(place)
{
    const char text[] = "plain\nand plain\nThe caf\xe9 is open.\n";
    Guess guess;

    ck_assert(guess_encoding(&guess, (const unsigned char *)text, sizeof text - 1));
    ck_assert_uint_eq(guess.at, 23);
}
END_TEST

/* Scripts ------------------------------------------------------------------------------- */

static void repeat(char *out, const char *text, size_t times)
{
    for (size_t i = 0; i < times; i++, out += strlen(text))
        memcpy(out, text, strlen(text) + 1);
}

START_TEST(scripts)
{
    static const struct {
        const char *text, *name;
    } cases[] = {{CHINESE, "Chinese"},
                 {TRADITIONAL, "Chinese"},
                 {JAPANESE, "Japanese"},
                 {THAI, "Thai"},
                 {"ភាសាខ្មែរគឺជាភាសាកំណើតរបស់ជនជាតិខ្មែរនិងជាភាសាផ្លូវការរបស់ប្រទេសកម្ពុជា\n", "Khmer"},
                 {"ພາສາລາວເປັນພາສາທາງການຂອງສາທາລະນະລັດປະຊາທິປະໄຕປະຊາຊົນລາວ\n", "Lao"},
                 {"မြန်မာဘာသာစကားသည်မြန်မာနိုင်ငံ၏ရုံးသုံးဘာသာစကားဖြစ်သည်\n", "Burmese"}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[ROOM];
        Guess guess;
        repeat(text, cases[i].text, 20);
        require(guess_unspaced(&guess, (unsigned char *)text, strlen(text)), "%s", cases[i].name);
        ck_assert_str_eq(guess.what, cases[i].name);
        ck_assert(!guess_encoding(&guess, (unsigned char *)text, strlen(text)));
        ck_assert(!guess_markup(&guess, (unsigned char *)text, strlen(text)));
    }
}
END_TEST

/* Markup -------------------------------------------------------------------------------- */

START_TEST(markup)
{
    static const struct {
        const char *text, *name, *key;
    } cases[] = {{"<!DOCTYPE html>\n<html><body>x", "HTML", ""},
                 {"\n<p>Some text</p>\n<p>More <a href=\"x\">y</a></p>\n", "HTML", ""},
                 {"Words <b>first</b> <p>a</p> <br/> <p>b</p> <a href='#'>c</a>", "HTML", ""},
                 {"<?xml version=\"1.0\"?>\n<a>text</a>", "XML", ""},
                 {"<text id=\"1\">hello</text>\n<text id=\"2\">you</text>\n<text id=\"3\">all</text>\n", "XML", ""},
                 {"<doc id=\"1\" url=\"u\" title=\"T\">\nText of an article.\n\n</doc>\n", "text in <doc> tags", ""},
                 {"{\"id\": 1, \"text\": \"a \\\"longer\\\" one\", \"by\": \"me\"}\n{\"id\": 2}\n", "JSON", "text"},
                 {"[{\"title\":\"a\",\"body\":\"longer text\"}]", "JSON", "body"},
                 {" { \"n\" : 3 }\n", "JSON", ""}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Guess guess;
        require(guess_markup(&guess, (const unsigned char *)cases[i].text, strlen(cases[i].text)), "%s", cases[i].text);
        ck_assert_str_eq(guess.what, cases[i].name);
        ck_assert_str_eq(guess.key, cases[i].key);
    }
}
END_TEST

/* Nothing ------------------------------------------------------------------------------- */

/* Cut anywhere, so that a guess never reads past the end. */
static void looks_like_nothing(const char *text, size_t count)
{
    for (size_t cut = count > 60 ? count - 60 : 0; cut <= count; cut++) {
        unsigned char *bytes = malloc(cut ? cut : 1);
        Guess guess;
        memcpy(bytes, text, cut);
        require(!guess_encoding(&guess, bytes, cut), "%s: %.40s", guess.what, text);
        require(!guess_unspaced(&guess, bytes, cut), "%s: %.40s", guess.what, text);
        require(!guess_markup(&guess, bytes, cut), "%s: %.40s", guess.what, text);
        free(bytes);
    }
}

START_TEST(ordinary_texts)
{
    static const char *const texts[] = {
        "", "a", "<", "{", "\"",
        "The cat sat on the mat. It wasn\xe2\x80\x99t there; 3 < 4, and x > y.\n",
        FRENCH, GERMAN, RUSSIAN, GREEK, KOREAN, "Die Stra\xc3\x9f" "e ist lang.\n",
        "北京 是 中国 的 首都 ， 也是 全国 的 政治 和 文化 中心 。\n",           /* segmented */
        "ภาษา ไทย เป็น ภาษา ที่ มี ระดับ เสียง ของ คำ แน่นอน\n",
        "The Chinese name is 北京市人民政府办公厅, as he wrote in his long letter to the newspaper.\n", /* a quotation */
        "iPhone手机壳 蓝牙耳机 充电宝 数据线 iPad保护套 运动鞋\n",             /* items of sessions */
        "user_17 item:33 B00123 <x> a=\"5\" 8f3a-22 /home/cart.html?x=1&y=2\n", /* ids */
        "<s> the cat <unk> sat </s>\n",
        "<http://example.org/a> <http://example.org/p> <http://example.org/b> .\n",
        "/// <summary>\n/// The <c>x</c> <param name=\"x\">y</param>\n/// </summary>\nint F(int x)\n{\n    return x < "
        "3;\n}\n",
        "#include <stdio.h>\nstd::vector<std::pair<int, a>> v;\nif (a < b && c > d) {\n    printf(\"<p>%d\", a);\n}\n",
        "{\n    \"name\": \"x\",\n    \"list\": [1, 2]\n}\n", /* lines of code */
        "{1 2 3}\n[4 5]\n",
        "12 34 56\n78 90\n", "ACGT ACCT GGTA\n"};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char text[ROOM];
        repeat(text, texts[i], 1);
        looks_like_nothing(text, strlen(text));
        repeat(text, texts[i], 40);
        looks_like_nothing(text, strlen(text));
    }
}
END_TEST

/* Few broken bytes in UTF-8, and bytes that are no text. */
START_TEST(broken_texts)
{
    char text[ROOM], all[256 * 8];

    repeat(text, RUSSIAN, 10);
    text[100] = '\xff';
    looks_like_nothing(text, strlen(text));
    repeat(text, "plain text of ASCII with one bad \xff byte\n", 1);
    looks_like_nothing(text, strlen(text));
    for (size_t i = 0; i < sizeof all; i++)
        all[i] = (char)(i * 167 + i / 256);
    looks_like_nothing(all, sizeof all);
}
END_TEST

/* Findings ------------------------------------------------------------------------------ */

START_TEST(findings)
{
    Look *look = look_create(true);
    const Finding *f = look_findings(look);
    char text[ROOM];
    const size_t count = encode(text, "GB18030", CHINESE, 20);

    look_feed(look, (const unsigned char *)"plain\n", 6);
    look_end(look, "a.txt", "a.txt", NULL);
    ck_assert(!f[FOUND_ENCODING].what && !f[FOUND_NO_SPACES].what && !f[FOUND_MARKUP].what);
    look_feed(look, (const unsigned char *)"plain\n", 6);
    for (size_t i = 0; i < count; i++)
        look_feed(look, (unsigned char *)text + i, 1);
    look_end(look, "the second", "b.txt.gz", "gzip -dc");
    ck_assert_str_eq(f[FOUND_ENCODING].what, "GB18030");
    ck_assert_str_eq(f[FOUND_ENCODING].source, "the second");
    ck_assert_str_eq(f[FOUND_ENCODING].remedy, "gzip -dc b.txt.gz | iconv -f GB18030 -t UTF-8");
    ck_assert_uint_eq(f[FOUND_ENCODING].line, 2);
    look_feed(look, (const unsigned char *)"\n{\"a b\": \"x\"}\n", 14);
    look_end(look, "standard input", NULL, NULL);
    ck_assert_str_eq(f[FOUND_MARKUP].remedy, "jq -r .KEY FILE");
    ck_assert_uint_eq(f[FOUND_MARKUP].line, 2);
    look_feed(look, (const unsigned char *)"<?xml?>", 7); /* the first of a kind stays */
    look_end(look, "x", "name with spaces", NULL);
    ck_assert_str_eq(f[FOUND_MARKUP].what, "JSON");
    look_destroy(look);
}
END_TEST

START_TEST(unsafe_names)
{
    static const char *const paths[] = {"a b", "-rf", "$(x)", "a;b", ""};

    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        Look *look = look_create(false);
        look_feed(look, (const unsigned char *)"<?xml?>", 7);
        look_end(look, "x", paths[i], NULL);
        require(*paths[i] ? strcmp(look_findings(look)[FOUND_MARKUP].remedy, "sed 's/<[^>]*>/ /g' FILE") == 0 : 1, "%s",
                look_findings(look)[FOUND_MARKUP].remedy);
        look_destroy(look);
    }
}
END_TEST

/* Of many small files, and of one large one, a part is looked at. */
START_TEST(bounded)
{
    Look *look = look_create(true);
    char text[ROOM];

    memset(text, 'a', sizeof text);
    for (int i = 0; i < 100; i++) {
        look_feed(look, (unsigned char *)text, sizeof text);
        if (i % 3 == 0)
            look_end(look, "x", NULL, NULL);
    }
    look_feed(look, (const unsigned char *)"<?xml?>", 7);
    look_end(look, "late", NULL, NULL);
    ck_assert_ptr_null(look_findings(look)[FOUND_MARKUP].what);
    look_destroy(look);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("guess");
    add_test(suite, "encodings", encodings);
    add_test(suite, "place", place);
    add_test(suite, "scripts", scripts);
    add_test(suite, "markup", markup);
    add_test(suite, "ordinary texts", ordinary_texts);
    add_test(suite, "broken texts", broken_texts);
    add_test(suite, "findings", findings);
    add_test(suite, "unsafe names", unsafe_names);
    add_test(suite, "bounded", bounded);
    return run_suite(suite);
}
