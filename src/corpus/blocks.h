/* blocks.h - the corpus as ids: read once, kept in memory while it is small and
 * in an unlinked temporary file when it is not, 4 bytes a word.
 *
 * A block holds up to N2V_BLOCK_IDS ids. Sentences end where the top bit of an id is
 * set. A block takes whole sentences; one that is longer than a block is cut into
 * pieces of N2V_BLOCK_IDS, which are sentences from then on. */
#ifndef N2V_CORPUS_BLOCKS_H
#define N2V_CORPUS_BLOCKS_H

#include "corpus/vocabulary.h"

#define N2V_BLOCK_IDS    ((size_t)8192)
#define N2V_SENTENCE_END UINT32_C(0x80000000)

typedef struct n2v_blocks n2v_blocks;

typedef struct n2v_block {
    const n2v_id *ids;     /* the last one always ends a sentence */
    size_t count;          /* 1 to N2V_BLOCK_IDS */
    uint64_t words_before; /* words in all blocks before this one */
} n2v_block;

/* memory_limit: bytes kept in memory before all goes to a file in folder (NULL:
 * TMPDIR, or /tmp). */
n2v_status n2v_blocks_create(n2v_blocks **blocks, size_t memory_limit, const char *folder, n2v_error *error);
void n2v_blocks_destroy(n2v_blocks *blocks); /* accepts NULL */

/* Appends a run of ids; the caller sets N2V_SENTENCE_END on the last of a sentence. */
n2v_status n2v_blocks_append(n2v_blocks *blocks, const n2v_id *ids, size_t count, n2v_error *error);

/* Ends writing: maps every id through map (N2V_NO_ID drops it; a dropped last
 * word passes its sentence end on to the word before; emptied sentences vanish;
 * map may be NULL) and cuts the blocks. stop (may be NULL) is asked every few
 * milliseconds; after a failure the blocks can only be destroyed. */
n2v_status n2v_blocks_finish(n2v_blocks *blocks, const n2v_id *map, const n2v_stop *stop, n2v_error *error);

size_t n2v_blocks_count(const n2v_blocks *blocks);
uint64_t n2v_blocks_words(const n2v_blocks *blocks);
uint64_t n2v_blocks_sentences(const n2v_blocks *blocks); /* with the pieces of long ones */

/* Reads block index. buffer has room for N2V_BLOCK_IDS ids and is used only
 * when the ids are on disk. Many threads may read at once. */
n2v_status n2v_blocks_read(const n2v_blocks *blocks, size_t index, n2v_id *buffer, n2v_block *block, n2v_error *error);

#endif
