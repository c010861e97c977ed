#include "corpus/huffman.h"

#include <stdlib.h>

#include "base/memory.h"

typedef struct leaf {
    uint64_t count;
    Id word;
} leaf;

/* What has no parent yet: the first `leaves` leaves, and the nodes from `made` to before `until`. Both become heavier
 * towards the front. */
typedef struct orphans {
    const leaf *leaf;
    const uint64_t *weights; /* of nodes */
    size_t words, leaves, made, until;
} orphans;

static int by_count(const void *a, const void *b)
{
    const leaf *left = a, *right = b;

    if (left->count != right->count)
        return left->count > right->count ? -1 : 1;
    return left->word < right->word ? -1 : left->word > right->word;
}

/* In the order of words, unless that is not the order of counts: vectors may be read from a file in any order. */
static n2v_status fill_leaves(leaf *leaves, const uint64_t *counts, size_t words, n2v_error *error)
{
    uint64_t total = 0;
    bool sorted = true;

    for (size_t w = 0; w < words; w++) {
        if (!counts[w] || __builtin_add_overflow(total, counts[w], &total))
            return error_set(error, N2V_ERROR_DATA,
                             "no Huffman tree can be made of the words: the count of word %zu is %s", w + 1,
                             counts[w] ? "too large" : "0");
        leaves[w] = (leaf){counts[w], (Id)w};
        sorted &= !w || counts[w] <= counts[w - 1];
    }
    if (!sorted)
        qsort(leaves, words, sizeof *leaves, by_count);
    return N2V_OK;
}

/* Takes the lightest one, of equal ones a node. Returns its place in Huffman.up. */
static size_t take_lightest(orphans *left, uint64_t *weight)
{
    const bool no_node = left->until == left->made;

    if (left->leaves && (no_node || left->leaf[left->leaves - 1].count < left->weights[left->until - 1])) {
        left->leaves--;
        *weight = left->leaf[left->leaves].count;
        return left->leaf[left->leaves].word;
    }
    *weight = left->weights[--left->until];
    return left->words + left->until;
}

static void join_nodes(Huffman *tree, const leaf *leaves, uint64_t *weights)
{
    const size_t words = tree->words, nodes = tree->nodes;
    orphans left = {.leaf = leaves, .weights = weights, .words = words, .leaves = words, .made = nodes, .until = nodes};

    while (left.made > 0) {
        const size_t node = left.made - 1;
        uint64_t first, second;
        const size_t zero = take_lightest(&left, &first), one = take_lightest(&left, &second);
        tree->up[zero] = (HuffmanBranch)node;
        tree->up[one] = (HuffmanBranch)node | HUFFMAN_CODE;
        weights[node] = first + second;
        left.made = node;
    }
}

static size_t find_depth(const Huffman *tree, uint64_t *depths)
{
    size_t deepest = 1;

    depths[0] = 1; /* of its children */
    for (size_t node = 1; node < tree->nodes; node++)
        depths[node] = depths[huffman_node(tree->up[tree->words + node])] + 1;
    for (size_t word = 0; word < tree->words; word++) {
        const size_t depth = (size_t)depths[huffman_node(tree->up[word])];
        deepest = depth > deepest ? depth : deepest;
    }
    return deepest;
}

n2v_status huffman_create(Huffman **tree, const uint64_t *counts, size_t words, n2v_error *error)
{
    Huffman *created = array_create_zero(1, sizeof *created);
    uint64_t *numbers = array_create(words, sizeof *numbers); /* one for each node */
    leaf *leaves = array_create(words, sizeof *leaves);
    n2v_status status;

    *tree = NULL;
    if (created)
        created->up = array_create(2 * words, sizeof *created->up);
    if (!created || !created->up || !numbers || !leaves) {
        status = fail_memory(error, huffman_bytes(words), "the Huffman tree of the words");
        goto out;
    }
    if ((status = fill_leaves(leaves, counts, words, error)) != N2V_OK)
        goto out;
    created->words = words;
    created->nodes = words - 1;
    join_nodes(created, leaves, numbers);
    created->depth = find_depth(created, numbers);
    *tree = created;
    created = NULL;
out:
    free(numbers);
    free(leaves);
    huffman_destroy(created);
    return status;
}

void huffman_destroy(Huffman *tree)
{
    if (!tree)
        return;
    free(tree->up);
    free(tree);
}

size_t huffman_bytes(size_t words)
{
    return sizeof(Huffman) + 2 * words * sizeof(HuffmanBranch);
}
