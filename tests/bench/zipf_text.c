/* zipf_text.c - writes a text whose words are as frequent as Zipf's law has it, of a vocabulary of any size.
 *
 * usage: zipf_text VOCABULARY WORDS      WORDS is at least VOCABULARY
 *
 * Every word of the vocabulary appears at least once; the others are drawn with P(rank) in proportion to 1 / rank.
 * Words have 5 to 11 letters, lines 20 words. The same arguments give the same text. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/random.h"

#define LETTERS    5
#define MAX_WORDS UINT64_C(11881376) /* 26^LETTERS */
#define LINE_WORDS 20

static void put_word(uint64_t rank)
{
    static const char *const endings[] = {"", "s", "ed", "ing", "ally", "ation", "nesses"};
    uint64_t rest = rank, state = rank;
    char letters[LETTERS];

    for (size_t i = 0; i < LETTERS; i++) {
        letters[i] = (char)('a' + rest % 26);
        rest /= 26;
    }
    fwrite(letters, 1, LETTERS, stdout);
    fputs(endings[splitmix(&state) % (sizeof endings / sizeof *endings)], stdout);
}

static uint64_t number(const char *text)
{
    char *end;
    const unsigned long long value = strtoull(text, &end, 10);
    return *end ? 0 : value;
}

int main(int count, char **arguments)
{
    const uint64_t vocabulary = count == 3 ? number(arguments[1]) : 0, words = count == 3 ? number(arguments[2]) : 0;
    const double range = log((double)vocabulary + 1);
    uint64_t next = 0;
    Random random;

    if (!vocabulary || vocabulary > MAX_WORDS || words < vocabulary) {
        fprintf(stderr, "usage: zipf_text VOCABULARY WORDS, 1 to %llu words, and no fewer in the text\n",
                (unsigned long long)MAX_WORDS);
        return 2;
    }
    random_seed(&random, 1, 0, 0, 0);
    for (uint64_t i = 0; i < words; i++) {
        const double uniform = (double)(random_next(&random) >> 11) * 0x1p-53;
        const bool unseen = next < vocabulary && i >= next * (words / vocabulary);
        put_word(unseen ? next++ : (uint64_t)exp(uniform * range) - 1);
        putchar((i + 1) % LINE_WORDS ? ' ' : '\n');
    }
    return fflush(stdout) || ferror(stdout) ? 1 : 0;
}
