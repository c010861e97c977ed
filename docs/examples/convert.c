/* convert.c - loads vectors of any format and saves the first N words, normalized, in the format of the path's ending.
 * Build: cc -o convert convert.c $(pkg-config --cflags --libs nce2vec)
 * Run:   ./convert vectors.txt vectors.npy 1000 */
#include <nce2vec.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    n2v_vectors *vectors = NULL;
    n2v_settings *settings = NULL;
    n2v_output *output = NULL;
    n2v_vectors_info info;
    n2v_error error;
    n2v_status status;

    if (argc != 4) {
        fprintf(stderr, "usage: convert IN OUT N\n");
        return 2;
    }
    memset(&info, 0, sizeof info);
    info.size = sizeof info;
    /* The output is opened first: where it cannot be written, nothing is loaded in vain. */
    if ((status = n2v_settings_create(&settings, N2V_FOR_OUTPUT, NULL, &error)) != N2V_OK ||
        (status = n2v_settings_set(settings, "top", argv[3], &error)) != N2V_OK ||
        (status = n2v_settings_set(settings, "normalize", "1", &error)) != N2V_OK ||
        (status = n2v_output_open(&output, argv[2], settings, NULL, &error)) != N2V_OK ||
        (status = n2v_vectors_load(&vectors, argv[1], NULL, &error)) != N2V_OK ||
        (status = n2v_vectors_describe(vectors, &info, &error)) != N2V_OK ||
        (status = n2v_output_vectors(output, vectors, &error)) != N2V_OK)
        goto out;
    printf("%s: %zu words of %zu numbers, format %s\n", argv[1], info.words, info.dim, info.format);
    printf("%s: format %s\n", argv[2], n2v_output_format(output));
    if (n2v_output_words_file(output))
        printf("%s: the words\n", n2v_output_words_file(output));
    status = n2v_output_commit(output, &error); /* only now the files appear */
    output = NULL;
out:
    if (status != N2V_OK)
        fprintf(stderr, "convert: %s\n", error.text);
    n2v_output_discard(output);
    n2v_vectors_destroy(vectors);
    n2v_settings_destroy(settings);
    return status != N2V_OK;
}
