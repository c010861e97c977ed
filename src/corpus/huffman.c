#include "corpus/huffman.h"

#include <stdlib.h>

#include "base/memory.h"

/* What has no parent yet: the first `leaves` words, and the nodes below `until` that are made. Both become heavier towards
 * the front. */
typedef struct orphans {
    const uint64_t *counts, *weights; /* of words, of nodes */
    size_t words, leaves, made, until; /* made: the node that was made last */
} orphans;

/* Takes the lightest one, of equal ones a node. Returns its place in Huffman.up. */
static size_t take_lightest(orphans *left, uint64_t *weight)
{
    const bool no_node = left->until == left->made;

    if (left->leaves && (no_node || left->counts[left->leaves - 1] < left->weights[left->until - 1])) {
        *weight = left->counts[--left->leaves];
        return left->leaves;
    }
    *weight = left->weights[--left->until];
    return left->words + left->until;
}

static void join_nodes(Huffman *tree, const uint64_t *counts, uint64_t *weights)
{
    const size_t words = tree->words, nodes = tree->nodes;
    orphans left = {.counts = counts, .weights = weights, .words = words, .leaves = words, .made = nodes, .until = nodes};

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

static n2v_status check_counts(const uint64_t *counts, size_t words, n2v_error *error)
{
    uint64_t total = 0;

    for (size_t w = 0; w < words; w++)
        if (!counts[w] || (w && counts[w] > counts[w - 1]) || __builtin_add_overflow(total, counts[w], &total))
            return error_set(error, N2V_ERROR_DATA,
                             "no Huffman tree can be made of the words: the count of word %zu is %s", w + 1,
                             !counts[w] ? "0" : w && counts[w] > counts[w - 1] ? "above that of the word before it"
                                                                               : "too large");
    return N2V_OK;
}

n2v_status huffman_create(Huffman **tree, const uint64_t *counts, size_t words, n2v_error *error)
{
    Huffman *created = array_create_zero(1, sizeof *created);
    uint64_t *numbers = array_create(words, sizeof *numbers); /* one for each node */
    n2v_status status = check_counts(counts, words, error);

    *tree = NULL;
    if (status != N2V_OK)
        goto out;
    if (created)
        created->up = array_create(2 * words, sizeof *created->up);
    if (!created || !created->up || !numbers) {
        status = fail_memory(error, huffman_bytes(words), "the Huffman tree of the words");
        goto out;
    }
    created->words = words;
    created->nodes = words - 1;
    join_nodes(created, counts, numbers);
    created->depth = find_depth(created, numbers);
    *tree = created;
    created = NULL;
out:
    free(numbers);
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
