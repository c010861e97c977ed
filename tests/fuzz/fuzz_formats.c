/* A libFuzzer target (make fuzz-formats): any bytes as a file of vectors. What is read must be written and
 * read again as it was, but for formats that are only read; what is not must be refused with a sentence that names the
 * file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "model/formats/format.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count);

#define NAME "fuzzed"

static const MemoryFile words = {.name = "words", .bytes = "a\nb\n", .count = 4};

/* Writes the model into memory: a file that has no name. */
static void write_memory(const Model *model, const Format *format, MemoryFile *file)
{
    const int fd = memfd_create("nce2vec-fuzz", 0);
    const Select all = {.vectors = VECTORS_ALL};
    Selection selection;
    Writer *writer;
    off_t size;
    n2v_error error;

    if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0) /* standard output is written without a temporary file */
        abort();
    if (writer_open(&writer, "-", NULL, &error) || selection_create(&selection, model, &all, &error) ||
        format->write(&selection, writer, &error) || writer_commit(writer, &error)) {
        fprintf(stderr, "%s: %s\n", format->name, error.text);
        abort();
    }
    selection_free(&selection);
    size = lseek(fd, 0, SEEK_END);
    *file = (MemoryFile){.name = NAME, .count = (size_t)size};
    file->bytes = size > 0 ? mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
    if (file->bytes == MAP_FAILED || close(fd) != 0)
        abort();
}

static void check_again(const Model *model, const Format *format)
{
    Model again;
    MemoryFile file;
    n2v_error error;

    write_memory(model, format, &file);
    if (format_load_memory(&again, NULL, &file, &words, NULL, &error)) {
        fprintf(stderr, "%s: %s\n", format->name, error.text);
        abort();
    }
    for (size_t id = 0; id < model->words; id++)
        if (memcmp(model->input + id * model->stride, again.input + id * again.stride, model->dim * sizeof(float)) != 0)
            abort();
    model_free(&again);
    (void)munmap((void *)(uintptr_t)file.bytes, file.count);
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count)
{
    const MemoryFile file = {.name = NAME, .bytes = bytes, .count = count};
    const Format *format;
    Model model;
    n2v_error error = {.text = ""};

    if (format_load_memory(&model, &format, &file, &words, NULL, &error) == N2V_OK) {
        /* One dimension of GloVe's, after a number, would be a header. Models of fastText without n-grams are only
         * read. */
        if (format->write && (strcmp(format->name, "glove") != 0 || model.dim > 1) &&
            (!format->subwords || model.subwords))
            check_again(&model, format);
        model_free(&model);
    } else if (!strstr(error.text, NAME) && !strstr(error.text, words.name) && error.status != N2V_ERROR_MEMORY) {
        fprintf(stderr, "no file is named: '%s'\n", error.text);
        abort();
    }
    return 0;
}
