/* huffman.h - the Huffman tree over the words of a vocabulary, as word2vec builds it: frequent words have short paths.
 *
 * A word is a leaf. The inner nodes are numbered by weight, like words: the root is node 0 (word2vec numbers them the
 * other way round). The code of a word has an element for each node on the path from the root to its leaf: which of the
 * two branches the path takes there. */
#ifndef N2V_CORPUS_HUFFMAN_H
#define N2V_CORPUS_HUFFMAN_H

#include <stdbool.h>

#include "corpus/vocabulary.h"

/* No path is longer. A leaf at depth d needs counts whose sum is at least the Fibonacci number d + 2, and the sum of
 * all counts is below 2^64. */
#define HUFFMAN_DEPTH 96

/* A node on a path, with the code in the top bit. */
typedef uint32_t HuffmanBranch;

#define HUFFMAN_CODE ((HuffmanBranch)1 << 31)

static inline Id huffman_node(HuffmanBranch branch)
{
    return branch & ~HUFFMAN_CODE;
}

static inline bool huffman_code(HuffmanBranch branch)
{
    return branch & HUFFMAN_CODE;
}

typedef struct Huffman {
    size_t words, nodes; /* nodes: words - 1 */
    size_t depth;        /* of the deepest leaf */
    HuffmanBranch *up;   /* of each word, then of each node but the root: its parent, and which branch leads to it */
} Huffman;

/* Of words (at least 2) counts. N2V_ERROR_DATA: some are 0, or too large. */
n2v_status huffman_create(Huffman **tree, const uint64_t *counts, size_t words, n2v_error *error);
void huffman_destroy(Huffman *tree); /* accepts NULL */

/* The bytes of a tree. */
size_t huffman_bytes(size_t words);

/* The path of a word from the root on: *length branches at the end of room. */
static inline const HuffmanBranch *huffman_path(const Huffman *tree, Id word, HuffmanBranch room[HUFFMAN_DEPTH],
                                                size_t *length)
{
    HuffmanBranch *const end = room + HUFFMAN_DEPTH, *at = end;

    *--at = tree->up[word];
    while (huffman_node(*at) != 0) {
        const HuffmanBranch next = tree->up[tree->words + huffman_node(*at)];
        *--at = next;
    }
    *length = (size_t)(end - at);
    return at;
}

#endif
