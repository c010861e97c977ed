#include <stdint.h>
#include <string.h>

#include "base/utf8.h"
#include "corpus/guess.h"

#define MIN_BYTES ((size_t)8)  /* of those that are not ASCII; Western ones are fewer */
#define MIN_THAI  ((size_t)64) /* fewer may miss the gaps by chance */

/* Shares are of 1000. */
static bool is_share(size_t part, size_t whole, size_t thousandths)
{
    return part * 1000 >= whole * thousandths;
}

static bool is_between(unsigned char byte, unsigned char low, unsigned char high)
{
    return byte >= low && byte <= high;
}

static bool is_ascii_letter(unsigned char byte)
{
    return (unsigned)(byte | 0x20) - 'a' < 26;
}

/* Whether UTF-8 is no reading of the text: more sequences are malformed than not. */
static bool is_other(Guess *guess, const unsigned char *bytes, size_t count)
{
    size_t good = 0, bad = 0;

    for (size_t at = 0; at < count;) {
        uint32_t code;
        const int length = utf8_decode(bytes + at, count - at, &code);
        if (length == 0)
            break; /* cut by the end */
        if (length < 0 && !bad++)
            guess->at = at;
        good += length > 1;
        at += (size_t)(length > 0 ? length : -length);
    }
    return bad > good;
}

/* UTF-16 of scripts whose upper bytes are not zero; io/content.c refuses that of others. Spaces and line feeds have a
 * zero byte, which text in no other encoding has. */
static const char *guess_utf16(const unsigned char *bytes, size_t count)
{
    static const struct {
        uint16_t first, last;
    } blocks[] = {{0x20, 0x7e},     {0xa0, 0x17f},    {0x370, 0x6ff},   {0x900, 0xdff},  {0xe00, 0x109f},
                  {0x1780, 0x17ff}, {0x2000, 0x206f}, {0x3000, 0x30ff}, {0x4e00, 0x9fff}, {0xac00, 0xd7a3},
                  {0xff00, 0xffef}, {0x09, 0x0d}};

    for (int big = 0; big < 2; big++) {
        size_t units = 0, known = 0, spaces = 0;
        for (size_t at = 0; at + 1 < count; at += 2, units++) {
            const unsigned first = bytes[at], second = bytes[at + 1],
                           code = big ? first << 8 | second : second << 8 | first;
            spaces += code == 0x20 || code == 0x0a;
            for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
                known += code >= blocks[i].first && code <= blocks[i].last;
        }
        if (units >= 32 && spaces && is_share(known, units, 980))
            return big ? "UTF-16BE" : "UTF-16LE";
    }
    return NULL;
}

/* Encodings of one byte ----------------------------------------------------------------- */

/* Counts of bytes from 0x80 on. */
typedef struct Bytes {
    size_t high, ascii_letters, paired; /* paired: next to another one */
    size_t counts[128];
    size_t inner; /* from 0xdc to 0xdf, after another one */
} Bytes;

static Bytes count_bytes(const unsigned char *bytes, size_t count)
{
    Bytes b = {.high = 0};

    for (size_t i = 0; i < count; i++) {
        const bool after = i > 0 && bytes[i - 1] >= 0x80, before = i + 1 < count && bytes[i + 1] >= 0x80;
        b.ascii_letters += is_ascii_letter(bytes[i]);
        if (bytes[i] < 0x80)
            continue;
        b.high++;
        b.counts[bytes[i] - 0x80]++;
        b.paired += after || before;
        b.inner += is_between(bytes[i], 0xdc, 0xdf) && after;
    }
    return b;
}

static size_t count_between(const Bytes *b, unsigned char low, unsigned char high)
{
    size_t sum = 0;

    for (unsigned byte = low; byte <= high; byte++)
        sum += b->counts[byte - 0x80];
    return sum;
}

/* Few bytes that are not ASCII, each a letter next to others, or a sign of typography. */
static const char *guess_western(const Bytes *b, const unsigned char *bytes, size_t count)
{
    const size_t undefined = b->counts[0x01] + b->counts[0x0d] + b->counts[0x0f] + b->counts[0x10] + b->counts[0x1d];
    size_t likely = 0;

    if (is_share(b->high, b->high + b->ascii_letters, 350) || is_share(b->paired, b->high, 300) || undefined)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        const bool letter = bytes[i] >= 0xc0 && bytes[i] != 0xd7 && bytes[i] != 0xf7;
        const bool stray = bytes[i] == 0xff; /* more often a broken byte than the letter that it is */
        const bool inside =
            (i > 0 && is_ascii_letter(bytes[i - 1])) || (i + 1 < count && is_ascii_letter(bytes[i + 1]));
        likely += bytes[i] >= 0x80 && !stray && (!letter || inside);
    }
    return is_share(likely, b->high, 900) ? "WINDOWS-1252" : NULL;
}

/* Words of letters from 0xc0 on; lower-case ones are the most. */
static const char *guess_single(const Bytes *b)
{
    const size_t first = count_between(b, 0xc0, 0xdf), second = count_between(b, 0xe0, 0xff);
    const size_t accents = count_between(b, 0xdc, 0xdf);

    if (!is_share(first + second, b->high, 850))
        return NULL;
    if (first >= 3 * second)
        return "KOI8-R";
    if (second < 3 * first)
        return NULL;
    /* Greek has accented letters inside of words where Cyrillic has capitals, which are at their beginning. */
    return accents && is_share(accents, first, 200) && is_share(b->inner, accents, 700) ? "WINDOWS-1253"
                                                                                        : "WINDOWS-1251";
}

/* Thai has no letter in these gaps, which the second bytes of other encodings fill, and many vowels. */
static bool is_thai(const Bytes *b)
{
    const size_t outside = count_between(b, 0x80, 0xa0) + count_between(b, 0xdb, 0xde) + count_between(b, 0xfc, 0xff);
    const size_t vowels = count_between(b, 0xd0, 0xda) + count_between(b, 0xe0, 0xee);

    return b->high >= MIN_THAI && is_share(b->high, b->high + b->ascii_letters, 500) &&
           !is_share(outside, b->high, 5) && is_share(vowels, b->high, 250);
}

/* Encodings of two bytes ---------------------------------------------------------------- */

/* Shapes of pairs; each encoding has some of them. */
typedef struct Pairs {
    size_t good, bad; /* characters of two bytes; bytes that are part of none */
    size_t single;    /* one-byte katakana of Shift-JIS */
    size_t kana, low; /* of the pairs: kana; with a second byte of ASCII */
    size_t common;    /* whose first byte is of the encoding's common characters */
} Pairs;

typedef struct Coding {
    const char *name;
    unsigned char lead_low, lead_high; /* first bytes */
    unsigned char low, low_high, high; /* second bytes: low..low_high (ASCII; 0: none) and high..0xfe */
    unsigned char common_low, common_high;
    unsigned char kana_low, kana_high; /* first bytes of kana */
    bool katakana;                     /* 0xa1..0xdf are characters of one byte */
} Coding;

static Pairs count_pairs(const Coding *c, const unsigned char *bytes, size_t count)
{
    Pairs p = {.good = 0};

    for (size_t i = 0; i + 1 < count; i++) {
        const unsigned char lead = bytes[i], trail = bytes[i + 1];
        const bool is_low = c->low && is_between(trail, c->low, c->low_high);
        if (lead < 0x80)
            continue;
        if (c->katakana && is_between(lead, 0xa1, 0xdf)) {
            p.single++;
        } else if (is_between(lead, c->lead_low, c->lead_high) && (is_low || is_between(trail, c->high, 0xfe))) {
            p.good++;
            p.low += is_low;
            p.common += is_between(lead, c->common_low, c->common_high);
            p.kana += is_between(lead, c->kana_low, c->kana_high);
            i++;
        } else {
            p.bad++;
        }
    }
    return p;
}

static const char *guess_double(const unsigned char *bytes, size_t count)
{
    static const Coding sjis = {"SHIFT_JIS", 0x81, 0xfc, 0x40, 0x7e, 0x80, 0x88, 0x97, 0x82, 0x83, true};
    static const Coding eucjp = {"EUC-JP", 0x8e, 0xfe, 0, 0, 0xa1, 0xb0, 0xcf, 0xa4, 0xa5, false};
    static const Coding big5 = {"BIG5", 0xa1, 0xf9, 0x40, 0x7e, 0xa1, 0xa4, 0xc6, 0xff, 0xff, false};
    static const Coding euckr = {"CP949", 0x81, 0xfe, 0x41, 0x7a, 0x81, 0xb0, 0xc8, 0xff, 0xff, false};
    static const Coding gb = {"GB18030", 0x81, 0xfe, 0x40, 0x7e, 0x80, 0xb0, 0xf7, 0xff, 0xff, false};
    Pairs p = count_pairs(&sjis, bytes, count);

    if (!is_share(p.bad, p.good + 1, 10) && is_share(p.kana, p.good, 150) && !is_share(p.single, p.good, 200))
        return sjis.name;
    p = count_pairs(&eucjp, bytes, count);
    if (!is_share(p.bad, p.good + 1, 10) && is_share(p.kana, p.good, 150))
        return eucjp.name;
    p = count_pairs(&big5, bytes, count);
    if (!is_share(p.bad, p.good + 1, 10) && is_share(p.low, p.good, 150) && is_share(p.common, p.good, 600))
        return big5.name;
    p = count_pairs(&euckr, bytes, count);
    if (!is_share(p.bad, p.good + 1, 10) && is_share(p.common, p.good, 850) && !is_share(p.low, p.good, 50))
        return euckr.name;
    p = count_pairs(&gb, bytes, count);
    return !is_share(p.bad, p.good + 1, 10) && is_share(p.common, p.good, 600) ? gb.name : NULL;
}

bool guess_encoding(Guess *guess, const unsigned char *bytes, size_t count)
{
    Bytes b;

    *guess = (Guess){.what = NULL};
    if (!is_other(guess, bytes, count))
        return false;
    if ((guess->what = guess_utf16(bytes, count)) || memchr(bytes, 0, count))
        return guess->what;
    b = count_bytes(bytes, count);
    if ((guess->what = guess_western(&b, bytes, count)))
        return true;
    if (b.high < MIN_BYTES)
        return false;
    if (is_thai(&b))
        guess->what = "TIS-620";
    else if (!(guess->what = guess_double(bytes, count)))
        guess->what = guess_single(&b);
    return guess->what;
}
