/* blocks.h - the corpus as ids: read once, kept in memory while it is small and
 * in an unlinked temporary file when it is not, 4 bytes a word.
 *
 * A block holds up to BLOCK_IDS ids. Sentences end where the top bit of an id is
 * set. A block takes whole sentences; one that is longer than a block is cut into
 * pieces of BLOCK_IDS, which are sentences from then on.
 *
 * Sentences may have weights. Then the text that is trained on has each as often as its weight is, on average over
 * epochs, and is not stored: its blocks are made when they are read (turns.h). Without weights it is the text as it is
 * stored, and both have the same blocks. */
#ifndef N2V_CORPUS_BLOCKS_H
#define N2V_CORPUS_BLOCKS_H

#include "corpus/vocabulary.h"

#define BLOCK_IDS    ((size_t)8192)
#define SENTENCE_END UINT32_C(0x80000000)

typedef struct Blocks Blocks;

typedef struct Block {
    const Id *ids;         /* the last one always ends a sentence */
    size_t count;          /* 1 to BLOCK_IDS */
    uint64_t words_before; /* words in all blocks before this one */
    uint64_t words;        /* that it has, on average over epochs: count, unless sentences have weights */
    bool cut;              /* its last sentence is a piece that goes on in the next block */
    const float *weights;  /* of a stored block: those of its sentences; NULL: none has one */
    const float *keep;     /* of a block to train on: how probable it is to have each of its sentences; NULL: certain */
} Block;

/* memory_limit: bytes kept in memory before all goes to a file in folder (NULL:
 * TMPDIR, or /tmp). */
n2v_status blocks_create(Blocks **blocks, size_t memory_limit, const char *folder, n2v_error *error);
void blocks_destroy(Blocks *blocks); /* accepts NULL */

/* Appends a run of ids; the caller sets SENTENCE_END on the last of a sentence. */
n2v_status blocks_append(Blocks *blocks, const Id *ids, size_t count, n2v_error *error);

/* To be called before blocks_finish where the order of words does not count: a sentence that is longer than a block is
 * shuffled before it is cut, so that a piece has words of all of it (on disk of some 262,144 ids). */
void blocks_mix_long(Blocks *blocks, uint64_t seed);

/* To be called before the first weight: sentences have weights. */
void blocks_weigh(Blocks *blocks);

/* The weight, above 0, of the sentence whose end is appended next. */
n2v_status blocks_append_weight(Blocks *blocks, float weight, n2v_error *error);

/* Ends writing: maps every id through map (NO_ID drops it; a dropped last
 * word passes its sentence end on to the word before; emptied sentences vanish;
 * map may be NULL) and cuts the blocks. stop (may be NULL) is asked every few
 * milliseconds; after a failure the blocks can only be destroyed. */
n2v_status blocks_finish(Blocks *blocks, const Id *map, const Stop *stop, n2v_error *error);

/* The memory limit of a corpus: with more ids, all go to a temporary file, which the system keeps in memory where it
 * has some to spare. */
#define MEMORY_FOR_IDS ((size_t)32 << 20)

/* Once finished, the text as it is stored. buffer has room for BLOCK_IDS ids and is used only
 * when the ids are on disk. Many threads may read at once. */
size_t blocks_stored(const Blocks *blocks);
uint64_t blocks_stored_words(const Blocks *blocks);
uint64_t blocks_sentences(const Blocks *blocks); /* with the pieces of long ones */
n2v_status blocks_read_stored(const Blocks *blocks, size_t index, Id *buffer, Block *block, n2v_error *error);

/* Of finished blocks with weights: makes the text that is trained on, or another one. scaled: the weights are
 * multiplied so that their mean is 1, which leaves the mean of a loss as it is. Does nothing without weights.
 * N2V_ERROR_DATA: the weights add up to less than one word. */
n2v_status blocks_take_turns(Blocks *blocks, bool scaled, const Stop *stop, n2v_error *error);

/* The text that is trained on. */
size_t blocks_count(const Blocks *blocks);
uint64_t blocks_words(const Blocks *blocks);

/* Words in all blocks before block index, which may be the count. */
uint64_t blocks_words_before(const Blocks *blocks, size_t index);

/* Reads block index. buffer has room for BLOCK_BUFFER ids; it has the ids of a block with `keep`. Many threads may read
 * at once. */
#define BLOCK_BUFFER (3 * BLOCK_IDS)
n2v_status blocks_read(const Blocks *blocks, size_t index, Id *buffer, Block *block, n2v_error *error);

#endif
