/* query.c - loads a file of vectors and prints neighbors: of a word, and of a sum of words ("a is to b as c is to ?").
 * Build: cc -o query query.c $(pkg-config --cflags --libs nce2vec)
 * Run:   ./query vectors.txt man king woman */
#include <nce2vec.h>
#include <stdio.h>
#include <string.h>

#define K 3

static void print_answers(const n2v_vectors *vectors, const n2v_neighbor *neighbors, size_t found)
{
    for (size_t i = 0; i < found; i++)
        printf("  %.4f %s\n", (double)neighbors[i].score, n2v_vectors_word(vectors, neighbors[i].id, NULL));
}

int main(int argc, char **argv)
{
    n2v_vectors *vectors = NULL;
    n2v_search *search = NULL;
    n2v_error error;
    n2v_neighbor neighbors[2 * K];
    size_t found[2];
    uint32_t ids[3];
    n2v_query queries[2];
    int failed = 1;

    if (argc != 5)
        return fprintf(stderr, "usage: query VECTORS A B C\n"), 2;
    if (n2v_vectors_load(&vectors, argv[1], NULL, &error) != N2V_OK ||
        n2v_search_create(&search, vectors, NULL, &error) != N2V_OK)
        goto out;
    for (int i = 0; i < 3; i++) {
        ids[i] = n2v_vectors_find(vectors, argv[i + 2], strlen(argv[i + 2]));
        if (ids[i] == N2V_NO_ID) {
            (void)snprintf(error.text, sizeof error.text, "'%s' is not in the vocabulary", argv[i + 2]);
            goto out;
        }
    }
    memset(queries, 0, sizeof queries); /* the method is N2V_ADD */
    queries[0].plus = queries[1].minus = ids;
    queries[0].plus_count = queries[1].minus_count = 1;
    queries[1].plus = ids + 1;
    queries[1].plus_count = 2;
    if (n2v_search_run(search, queries, 2, K, neighbors, found, &error) != N2V_OK)
        goto out;
    printf("%s and %s: cosine %.4f\n", argv[2], argv[3], n2v_vectors_similarity(vectors, ids[0], ids[1]));
    printf("near %s:\n", argv[2]);
    print_answers(vectors, neighbors, found[0]);
    printf("%s is to %s as %s is to:\n", argv[2], argv[3], argv[4]);
    print_answers(vectors, neighbors + K, found[1]);
    failed = 0;
out:
    if (failed)
        fprintf(stderr, "query: %s\n", error.text);
    n2v_search_destroy(search);
    n2v_vectors_destroy(vectors);
    return failed;
}
