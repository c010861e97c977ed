/* characters.h - what the tokenizer `words` does with a character that is not ASCII.
 *
 * The rules are those of Unicode's word boundaries (UAX 29), where text has no better sign:
 *   Apostrophes: U+2019, U+2018 (Hawaiian and transliterations write it for the okina and the ayn) and the fullwidth
 *     U+FF07. All are written ', so that spellings of one word do not differ.
 *   Middle dots: U+00B7 of Catalan; U+0387, which Unicode defines to be the same; U+2027, which replaces it in some
 *     Catalan texts. All are written U+00B7. Between letters alone.
 *   The Hebrew gershayim U+05F4 before an acronym's last letter, and the geresh U+05F3 after a letter.
 *   The Armenian abbreviation mark U+055F, between letters.
 *   Joiners U+200C and U+200D spell words in Arabic and Indic scripts and are kept there. In Latin, Greek and Cyrillic
 *     they only choose ligatures, and are removed.
 *   Other format characters (Cf: soft hyphens, word joiners, marks of direction) are removed; the word goes on. U+200B
 *     is a place where words end, in UAX 29, too.
 * Not taken from UAX 29: full stops and colons between letters (in text they are missing spaces, keys and addresses
 * more often than parts of words), underscores, and full stops and commas between digits: all of them separate. */
#ifndef N2V_CORPUS_CHARACTERS_H
#define N2V_CORPUS_CHARACTERS_H

#include <stdbool.h>
#include <stdint.h>

typedef enum CharacterRole {
    CHARACTER_LETTER,
    CHARACTER_DIGIT,
    CHARACTER_MARK,     /* combines with a letter before it */
    CHARACTER_GERESH,   /* as a mark, after a Hebrew letter */
    CHARACTER_ANY,      /* between two letters or digits */
    CHARACTER_LETTERS,  /* between two letters */
    CHARACTER_HEBREW,   /* between two Hebrew letters */
    CHARACTER_JOINER,   /* between two characters of a word */
    CHARACTER_IGNORED,  /* removed */
    CHARACTER_SEPARATOR /* ends a word */
} CharacterRole;

#define APOSTROPHE     0x27
#define MIDDLE_DOT     0xb7
#define GERSHAYIM      0x5f4
#define ZERO_NONJOINER 0x200c
#define ZERO_JOINER    0x200d

/* *written is the character that stays in the word. */
CharacterRole character_role(uint32_t code, uint32_t *written);

bool character_is_hebrew(uint32_t code);     /* a letter, or a mark or geresh on one */
bool character_is_joiner(uint32_t code);
bool character_takes_joiner(uint32_t code); /* its script spells with joiners */

#endif
