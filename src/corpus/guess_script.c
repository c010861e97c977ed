#include <stdint.h>

#include "base/utf8.h"
#include "corpus/guess.h"

#define MIN_CHARACTERS 100 /* fewer are a name or a quotation */
#define SHARE          0.3 /* of all letters, at least */

typedef enum Script { NONE, HAN, KANA, THAI, LAO, KHMER, BURMESE, SCRIPTS } Script;

/* Words are shorter than this, in characters; the weight of a run is its length. */
#define LONG_IN_CHINESE 7
#define LONG_IN_THAI    14

static Script script_of(uint32_t code)
{
    static const struct {
        uint32_t first, last;
        Script script;
    } blocks[] = {{0xe01, 0xe4e, THAI},     {0xe81, 0xedf, LAO},     {0x1000, 0x109f, BURMESE}, {0x1780, 0x17d3, KHMER},
                  {0x3041, 0x3096, KANA},   {0x30a1, 0x30ff, KANA},  {0x3400, 0x4dbf, HAN},     {0x4e00, 0x9fff, HAN},
                  {0xf900, 0xfaff, HAN},    {0x20000, 0x3ffff, HAN}, {0x3005, 0x3007, HAN}};

    for (size_t i = 0; i < sizeof blocks / sizeof *blocks && code >= 0xe01; i++)
        if (code >= blocks[i].first && code <= blocks[i].last)
            return blocks[i].script;
    return NONE;
}

typedef struct Runs {
    size_t letters;          /* of other scripts */
    size_t counts[SCRIPTS];
    size_t characters;       /* of scripts without spaces */
    uint64_t squares;        /* of the lengths of their runs */
    size_t begin, at;          /* where the run begins; where the first long one did */
    bool has_long;
} Runs;

static void end_run(Runs *r, size_t *length)
{
    r->squares += (uint64_t)*length * *length;
    if (*length >= LONG_IN_CHINESE && !r->has_long) {
        r->has_long = true;
        r->at = r->begin;
    }
    *length = 0;
}

static Runs count_runs(const unsigned char *bytes, size_t count)
{
    Runs r = {.letters = 0};
    size_t length = 0;

    for (size_t at = 0; at < count;) {
        uint32_t code = 0;
        const int used = utf8_decode(bytes + at, count - at, &code);
        const Script script = used > 0 ? script_of(code) : NONE;
        if (used == 0)
            break;
        if (script == NONE)
            end_run(&r, &length);
        else if (!length++)
            r.begin = at;
        r.counts[script]++;
        r.characters += script != NONE;
        r.letters += script == NONE && used > 0 && (code >= 0xc0 || (code | 0x20) - 'a' < 26);
        at += (size_t)(used > 0 ? used : -used);
    }
    end_run(&r, &length);
    return r;
}

static Script most_of(const Runs *r)
{
    Script most = HAN;

    for (Script s = HAN; s < SCRIPTS; s++)
        if (r->counts[s] > r->counts[most])
            most = s;
    if (most == HAN && r->counts[KANA] * 10 > r->counts[HAN])
        most = KANA;
    return most;
}

bool guess_unspaced(Guess *guess, const unsigned char *bytes, size_t count)
{
    static const char *const names[SCRIPTS] = {[HAN] = "Chinese", [KANA] = "Japanese", [THAI] = "Thai",
                                               [LAO] = "Lao",     [KHMER] = "Khmer",   [BURMESE] = "Burmese"};
    const Runs r = count_runs(bytes, count);
    const Script script = most_of(&r);
    const uint64_t is_long = script == HAN || script == KANA ? LONG_IN_CHINESE : LONG_IN_THAI;

    *guess = (Guess){.what = names[script], .at = r.at};
    return r.characters >= MIN_CHARACTERS && (double)r.characters >= SHARE * (double)(r.characters + r.letters) &&
           r.squares >= is_long * r.characters;
}
