/* evaluate.c - the loss and the gradient of an objective on a tile of scores: two rows (contexts) against three columns
 * (words). The first word is the first context's, the third the second's; the middle of the second row does not count.
 * Build: cc -o evaluate evaluate.c $(pkg-config --cflags --libs nce2vec)
 * Run:   ./evaluate infonce:temperature=0.5 */
#include <nce2vec.h>
#include <stdio.h>
#include <string.h>

enum { M = 2, N = 3 };

int main(int argc, char **argv)
{
    static const float scores[M * N] = {1, -2, 0.5F, 3, 0, -1};
    static const float distances[M * N] = {1, 2, 0.5F, 3, 0, 1}; /* squared, for objectives that have those */
    static const float log_noise[N] = {-3, -4, -5}; /* log(k Q(word)), for objectives that need it */
    static const unsigned char labels[M * N] = {N2V_POSITIVE, N2V_NEGATIVE, N2V_NEGATIVE,
                                                N2V_NEGATIVE, N2V_MASKED,   N2V_POSITIVE};
    float gradient[M * N];
    n2v_objective_info info;
    n2v_evaluation tile;
    n2v_error error;

    if (argc != 2) {
        fprintf(stderr, "usage: evaluate OBJECTIVE\n");
        return 2;
    }
    memset(&info, 0, sizeof info);
    info.size = sizeof info;
    memset(&tile, 0, sizeof tile);
    tile.size = sizeof tile;
    tile.m = M;
    tile.n = N;
    tile.labels = labels;
    tile.log_noise = log_noise;
    tile.gradient = gradient;
    if (n2v_objective_describe(NULL, argv[1], &info, &error) != N2V_OK)
        goto failed;
    tile.scores = info.geometry == N2V_SQEUCLID ? distances : scores;
    if (n2v_objective_evaluate(NULL, argv[1], &tile, &error) != N2V_OK)
        goto failed;
    printf("%s: loss %.6f\n", info.name, tile.loss);
    for (int cell = 0; cell < M * N; cell++)
        printf("%9.6f%c", (double)gradient[cell], cell % N == N - 1 ? '\n' : ' ');
    return 0;
failed:
    fprintf(stderr, "evaluate: %s\n", error.text);
    return 1;
}
