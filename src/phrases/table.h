/* table.h - phrases with counts and scores, in passes: what was found in a text, or read from a file. */
#ifndef N2V_PHRASES_TABLE_H
#define N2V_PHRASES_TABLE_H

#include "corpus/tokenizer.h"
#include "corpus/tokenizer_options.h"
#include "io/writer.h"
#include "model/formats/source.h"

#define MAX_PASSES      10
#define DELIMITER_BYTES 64

typedef struct Phrase {
    size_t text; /* where its tokens begin in the table's text; a space is between two */
    uint32_t bytes;
    uint64_t count;
    double score;
} Phrase;

typedef struct PhraseTable {
    char delimiter[DELIMITER_BYTES]; /* between the words of a phrase when they are joined */
    TokenizerOptions tokenizer;      /* of the text that they are from; without the program of a command */
    Phrase *phrases;
    size_t count, room;
    size_t ends[MAX_PASSES]; /* of each pass: the phrases up to its end */
    size_t passes;
    char *text; /* of all phrases, NUL after each */
    size_t used, text_room;
} PhraseTable;

/* Adds a phrase to the last pass. */
n2v_status phrase_table_add(PhraseTable *table, const char *text, size_t bytes, uint64_t count, double score,
                            n2v_error *error);
void phrase_table_free(PhraseTable *table); /* frees the contents; accepts an all-zero struct */

static inline const char *phrase_text(const PhraseTable *table, size_t index)
{
    return table->text + table->phrases[index].text;
}

/* The first phrase of a pass. */
static inline size_t phrase_table_begin(const PhraseTable *table, size_t pass)
{
    return pass ? table->ends[pass - 1] : 0;
}

/* Begins a pass. There is room for one. */
void phrase_table_begin_pass(PhraseTable *table);

/* Sorts the last pass: the highest score first, then the highest count, then by bytes. */
void phrase_table_sort(PhraseTable *table);

/* The table as text: a line with the tokenizer and the delimiter (and with case and
 * normalization form where they are not the default), and for each pass a line and lines
 * `phrase<TAB>count<TAB>score`. *text is malloc'ed and NUL-terminated, *bytes its length. */
n2v_status phrase_table_text(const PhraseTable *table, char **text, size_t *bytes, n2v_error *error);
n2v_status phrase_table_write(const PhraseTable *table, Writer *writer, n2v_error *error);

/* N2V_ERROR_FORMAT, with the line: it is another file, or a phrase is malformed. */
n2v_status phrase_table_read(PhraseTable *table, const char *path, const Stop *stop, n2v_error *error);
n2v_status phrase_table_read_memory(PhraseTable *table, const MemoryFile *file, const Stop *stop, n2v_error *error);

/* The words inside of phrases, between their ends: the connectors that matter for them. *connectors is created. */
n2v_status phrase_table_connectors(const PhraseTable *table, Vocabulary **connectors, n2v_error *error);

/* The parts of a phrase. */
typedef struct PhraseParts {
    const char *first, *between, *last; /* between has a space between two words */
    size_t first_bytes, between_bytes, last_bytes;
} PhraseParts;

/* False: it has no space. */
bool phrase_parts(const char *text, size_t bytes, PhraseParts *parts);

/* Writes the token that a phrase becomes, with the delimiter in the place of each space, and returns its bytes; 0: they
 * are more than MAX_TOKEN_BYTES. */
size_t phrase_join(const char *text, size_t bytes, const char *delimiter, char joined[MAX_TOKEN_BYTES]);

#endif
