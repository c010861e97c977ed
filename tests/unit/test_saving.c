/* Saving: two files appear together or not at all; tensors by their published layout. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commit_both.h"
#include "model/formats/format.h"
#include "records.h"
#include "scratch.h"
#include "test.h"

static void write_all(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

static void expect_file(const char *path, const char *text)
{
    char *read = scratch_read(path, NULL);
    ck_assert_msg(read != NULL, "%s is not there", path);
    ck_assert_str_eq(read, text);
    free(read);
}

static Writer *open_with(const char *path, const char *text)
{
    n2v_error error = {.text = ""};
    Writer *writer;
    ck_assert_msg(writer_open(&writer, path, NULL, &error) == N2V_OK, "%s", error.text);
    ck_assert_int_eq(writer_write(writer, text, strlen(text), &error), N2V_OK);
    return writer;
}

/* Two paths in a folder of the test. */
typedef struct paths {
    scratch files;
    char first[160], second[160];
} paths;

static paths open_paths(void)
{
    paths p = {.files = scratch_open()};
    strcpy(p.first, scratch_path(&p.files, "first"));
    strcpy(p.second, scratch_path(&p.files, "second"));
    return p;
}

START_TEST(both_appear)
{
    paths p = open_paths();
    n2v_error error = {.text = ""};

    for (int old = 0; old < 2; old++) { /* first new files, then over these */
        const char *text = old ? "newer" : "new";
        Writer *first = open_with(p.first, text), *second = open_with(p.second, text);
        if (!old)
            ck_assert_int_ne(access(p.first, F_OK) & access(p.second, F_OK), 0);
        ck_assert_msg(commit_both(first, second, &error) == N2V_OK, "%s", error.text);
        expect_file(p.first, text);
        expect_file(p.second, text);
        ck_assert_uint_eq(scratch_names(&p.files), 2);
    }
    scratch_close(&p.files);
}
END_TEST

/* The second name is taken by a folder after it was opened: the last step fails. */
START_TEST(the_first_goes_back)
{
    for (int old = 0; old < 2; old++) {
        paths p = open_paths();
        n2v_error error = {.text = ""};
        Writer *first, *second;

        if (old)
            write_all(p.first, "old");
        first = open_with(p.first, "new");
        second = open_with(p.second, "new");
        ck_assert_int_eq(mkdir(p.second, 0700), 0);
        ck_assert_int_eq(commit_both(first, second, &error), N2V_ERROR_IO);
        ck_assert_msg(strstr(error.text, p.second) != NULL, "%s", error.text);
        if (old)
            expect_file(p.first, "old");
        else
            ck_assert_int_ne(access(p.first, F_OK), 0);
        ck_assert_uint_eq(scratch_names(&p.files), old ? 2 : 1); /* no temporary file */
        ck_assert_int_eq(rmdir(p.second), 0);
        scratch_close(&p.files);
    }
}
END_TEST

START_TEST(the_second_waits_for_the_first)
{
    paths p = open_paths();
    n2v_error error = {.text = ""};
    Writer *first, *second;

    write_all(p.second, "old");
    first = open_with(p.first, "new");
    second = open_with(p.second, "new");
    ck_assert_int_eq(mkdir(p.first, 0700), 0);
    write_all(scratch_path(&p.files, "first/inside"), "");
    ck_assert_int_eq(commit_both(first, second, &error), N2V_ERROR_IO);
    expect_file(p.second, "old");
    ck_assert_uint_eq(scratch_names(&p.files), 2);
    ck_assert_int_eq(access(scratch_path(&p.files, "first/inside"), F_OK), 0);
    ck_assert_int_eq(unlink(scratch_path(&p.files, "first/inside")), 0);
    ck_assert_int_eq(rmdir(p.first), 0);
    scratch_close(&p.files);
}
END_TEST

/* A disk that is full is noticed before any name changes. */
START_TEST(a_full_disk_leaves_the_old)
{
    paths p = open_paths();
    n2v_error error = {.text = ""};

    if (access("/dev/full", W_OK) == 0) {
        write_all(p.first, "old");
        ck_assert_int_eq(commit_both(open_with(p.first, "new"), open_with("/dev/full", "new"), &error),
                         N2V_ERROR_IO);
        expect_file(p.first, "old");
        ck_assert_int_eq(commit_both(open_with("/dev/full", "new"), open_with(p.first, "new"), &error),
                         N2V_ERROR_IO);
        expect_file(p.first, "old");
        ck_assert_uint_eq(scratch_names(&p.files), 1);
    }
    scratch_close(&p.files);
}
END_TEST

static void expect_beside(const char *format, const char *path, const char *wanted)
{
    char *beside;
    ck_assert_int_eq(format_beside(format_find(format), path, &beside, NULL), N2V_OK);
    ck_assert_pstr_eq(beside, wanted);
    free(beside);
}

START_TEST(the_name_beside)
{
    expect_beside("safetensors", "out.safetensors", "out.vocab.txt");
    expect_beside("safetensors", "a/b.c/out.SafeTensors", "a/b.c/out.vocab.txt");
    expect_beside("safetensors", "out", "out.vocab.txt");
    expect_beside("safetensors", "out.txt", "out.txt.vocab.txt");
    expect_beside("safetensors", ".safetensors", ".safetensors.vocab.txt"); /* a name, not an ending */
    expect_beside("safetensors", "a/.safetensors", "a/.safetensors.vocab.txt");
    expect_beside("npy", "out.npy", "out.vocab.txt");
    expect_beside("projector", "out.tsv", "out.metadata.tsv");
    expect_beside("projector", "out", "out.metadata.tsv");
    expect_beside("projector", "a/vectors.tsv", "a/metadata.tsv");
    expect_beside("projector", "my-vectors.TSV", "my-metadata.tsv");
    expect_beside("n2v", "out.n2v", NULL);
    expect_beside("text", "out.txt", NULL);
}
END_TEST

static Model make_model(void)
{
    Vocabulary *vocabulary = vocabulary_create();
    Model model;

    ck_assert_ptr_nonnull(vocabulary);
    ck_assert_int_eq(vocabulary_add(vocabulary, "one", 3, 2, NULL, NULL), N2V_OK);
    ck_assert_int_eq(vocabulary_add(vocabulary, "\xc3\xa9t\xc3\xa9", 5, 1, NULL, NULL), N2V_OK);
    ck_assert_int_eq(model_create(&model, vocabulary, &(ModelShape){.dim = 3, .has_bias = true}, NULL), N2V_OK);
    for (size_t w = 0; w < 2; w++) {
        model.input[w * model.stride + 3] = 1;
        model.output[w * model.stride + 3] = -1 - (float)w;
        for (size_t d = 0; d < 3; d++) {
            model.input[w * model.stride + d] = (float)(10 * w + d);
            model.output[w * model.stride + d] = 0.5f + (float)(10 * w + d);
        }
    }
    record_fill(&model.record, "a=1\nb=x=\"y\"\na=2\nc=\n");
    return model;
}

static const char header[] = "{\"__metadata__\": {\"a\": \"1\", \"b\": \"x=\\\"y\\\"\", \"a.2\": \"2\", \"c\": \"\"}, "
                             "\"input\": {\"dtype\": \"F32\", \"shape\": [2, 3], \"data_offsets\": [0, 24]}, "
                             "\"output\": {\"dtype\": \"F32\", \"shape\": [2, 3], \"data_offsets\": [24, 48]}, "
                             "\"output_bias\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [48, 56]}}";

START_TEST(tensors_to_the_byte)
{
    static const float data[14] = {0, 1, 2, 10, 11, 12, 0.5f, 1.5f, 2.5f, 10.5f, 11.5f, 12.5f, -1, -2};
    scratch files = scratch_open();
    Model model = make_model();
    n2v_error error = {.text = ""};
    const size_t padded = (sizeof header - 1 + 7) / 8 * 8;
    Saving saving;
    char path[160], *bytes;
    uint64_t length;
    size_t count;

    strcpy(path, scratch_path(&files, "m.safetensors"));
    ck_assert_int_eq(saving_open(&saving, format_find("safetensors"), path, NULL, &error), N2V_OK);
    ck_assert_int_eq(saving_write(&saving, &model, &error), N2V_OK);
    ck_assert_int_ne(access(path, F_OK), 0);
    ck_assert_msg(saving_commit(&saving, &error) == N2V_OK, "%s", error.text);
    saving_discard(&saving); /* nothing left to discard */
    ck_assert_uint_eq(scratch_names(&files), 2);
    expect_file(scratch_path(&files, "m.vocab.txt"), "one\n\xc3\xa9t\xc3\xa9\n");
    bytes = scratch_read(path, &count);
    ck_assert_ptr_nonnull(bytes);
    ck_assert_uint_eq(count, 8 + padded + sizeof data);
    memcpy(&length, bytes, sizeof length);
    ck_assert_uint_eq(length, padded);
    ck_assert_msg(memcmp(bytes + 8, header, sizeof header - 1) == 0, "%.*s", (int)padded, bytes + 8);
    for (size_t i = sizeof header - 1; i < padded; i++)
        ck_assert_int_eq(bytes[8 + i], ' ');
    ck_assert_int_eq(memcmp(bytes + 8 + padded, data, sizeof data), 0);
    free(bytes);
    model_free(&model);
    scratch_close(&files);
}
END_TEST

START_TEST(numbers_that_are_none)
{
    scratch files = scratch_open();
    Model model = make_model();
    float *const places[] = {&model.input[1], &model.output[model.stride + 2], &model.output[model.stride + 3]};
    n2v_error error = {.text = ""};
    Saving saving;

    for (size_t i = 0; i < 3; i++) {
        const float before = *places[i];
        *places[i] = i ? NAN : INFINITY;
        ck_assert_int_eq(
            saving_open(&saving, format_find("safetensors"), scratch_path(&files, "m.safetensors"), NULL, &error),
            N2V_OK);
        ck_assert_int_eq(saving_write(&saving, &model, &error), N2V_ERROR_NUMERIC);
        saving_discard(&saving);
        ck_assert_uint_eq(scratch_names(&files), 0);
        *places[i] = before;
    }
    model_free(&model);
    scratch_close(&files);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("saving");
    add_test(suite, "both appear", both_appear);
    add_test(suite, "the first goes back", the_first_goes_back);
    add_test(suite, "the second waits for the first", the_second_waits_for_the_first);
    add_test(suite, "a full disk leaves the old", a_full_disk_leaves_the_old);
    add_test(suite, "the name beside", the_name_beside);
    add_test(suite, "tensors to the byte", tensors_to_the_byte);
    add_test(suite, "numbers that are none", numbers_that_are_none);
    return run_suite(suite);
}
