/* A libFuzzer target (make fuzz-formats): any bytes as a file of vectors. What is read must be written and
 * read again as it was; what is not must be refused with a sentence that names the file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "model/formats/format.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count);

#define WORDS "a\nb\n"

/* Goes beside the file whose words a second one has. */
static const char *const names[] = {"file", "file.vocab.txt", "file.metadata.tsv"};

static void put(const char *folder, const char *name, const void *bytes, size_t count)
{
    char path[128];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "wb");
    if (!file || fwrite(bytes, 1, count, file) != count || fclose(file) != 0)
        abort();
}

static void check_again(const Model *model, const Format *format, const char *path)
{
    Model again;
    Saving saving;
    n2v_error error;

    if (saving_open(&saving, format, path, NULL, &error) || saving_write(&saving, model, &error) ||
        saving_commit(&saving, &error) || format_read(&again, path, NULL, &error)) {
        fprintf(stderr, "%s: %s\n", format->name, error.text);
        abort();
    }
    for (size_t id = 0; id < model->words; id++)
        if (memcmp(model->input + id * model->stride, again.input + id * again.stride, model->dim * sizeof(float)) != 0)
            abort();
    model_free(&again);
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count)
{
    char folder[] = "/dev/shm/nce2vec-fuzz-XXXXXX", path[128];
    const Format *format;
    Model model;
    n2v_error error = {.text = ""};

    if (!mkdtemp(folder))
        abort();
    snprintf(path, sizeof path, "%s/file", folder);
    put(folder, names[0], bytes, count);
    put(folder, names[1], WORDS, sizeof WORDS - 1);
    put(folder, names[2], WORDS, sizeof WORDS - 1);
    if (format_load(&model, &format, path, NULL, &error) == N2V_OK) {
        /* One dimension of GloVe's, after a number, would be a header. */
        if (strcmp(format->name, "glove") != 0 || model.dim > 1)
            check_again(&model, format, path);
        model_free(&model);
    } else if (!strstr(error.text, folder) && error.status != N2V_ERROR_MEMORY) {
        fprintf(stderr, "no file is named: '%s'\n", error.text);
        abort();
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        (void)unlink(path);
    }
    return rmdir(folder);
}
