/* Writing a model: it does not change, and files have its biases. */
#include <stdio.h>
#include <string.h>

#include "base/random.h"
#include "model/formats/format.h"
#include "model/rows.h"
#include "numbered.h"
#include "plain_formats.h"
#include "records.h"
#include "scratch.h"
#include "test.h"

#define WORDS ((size_t)7)

/* A model as training leaves it. dim 16: the bias element needs a vector of its own. */
static Model make_model(size_t dim, bool has_bias, float shared_bias)
{
    Model model = numbered_model(WORDS, 9, dim, has_bias);
    Random random;

    random_seed(&random, 3, dim, 0, 0);
    for (size_t w = 0; w < WORDS; w++) {
        for (size_t d = 0; d < dim; d++) {
            model.input[w * model.stride + d] = random_float(&random) - 0.5f;
            model.output[w * model.stride + d] = random_float(&random) - 0.5f;
        }
        if (has_bias) {
            model.input[w * model.stride + dim] = 1;
            model.output[w * model.stride + dim] = -1 - (float)w;
        }
    }
    model.shared_bias = shared_bias;
    record_fill(&model.record, "objective=nce\ninput=a\ninput=b=c\nempty=\n");
    return model;
}

static void save(const Model *model, const Format *format, Select select, bool float16, const char *path)
{
    Saving saving;
    n2v_error error = {.text = ""};

    ck_assert_msg(saving_open(&saving, format, path, NULL, &error) == N2V_OK, "%s", error.text);
    saving.select = select;
    saving.select.numbers = float16 ? NUMBERS_FLOAT16 : NUMBERS_FLOAT32;
    ck_assert_msg(saving_write(&saving, model, &error) == N2V_OK, "%s", error.text);
    ck_assert_msg(saving_commit(&saving, &error) == N2V_OK, "%s", error.text);
}

static Model load(const char *path)
{
    Model model;
    n2v_error error = {.text = ""};

    ck_assert_msg(format_read(&model, path, NULL, &error) == N2V_OK, "%s", error.text);
    return model;
}

static void check_same(const Model *a, const Model *b)
{
    const size_t bytes = a->words * a->stride * sizeof(float);

    ck_assert_uint_eq(a->words, b->words);
    ck_assert_uint_eq(a->dim, b->dim);
    ck_assert_uint_eq(a->stride, b->stride);
    ck_assert_int_eq(a->has_bias, b->has_bias);
    ck_assert_int_eq(a->saves_bias, b->saves_bias);
    ck_assert_float_eq(a->shared_bias, b->shared_bias);
    ck_assert_int_eq(memcmp(a->input, b->input, bytes), 0);
    ck_assert_int_eq(memcmp(a->output, b->output, bytes), 0);
    ck_assert_uint_eq(vocabulary_size(a->vocabulary), vocabulary_size(b->vocabulary));
    check_record(&a->record, "objective=nce\ninput=a\ninput=b=c\nempty=\n");
}

/* What a file should have as the vector of a word. */
static void expected_row(const Model *model, Select select, size_t id, float *row)
{
    const float *input = model->input + id * model->stride, *output = model->output + id * model->stride;
    const size_t dim = model->dim;

    for (size_t d = 0; d < dim; d++) {
        row[d] = select.vectors == VECTORS_OUTPUT ? output[d]
                 : select.vectors == VECTORS_SUM  ? input[d] + output[d]
                                                  : input[d];
        row[dim + d] = output[d];
    }
    if (select.normalize)
        row_normalize(row, select.vectors == VECTORS_CONCAT ? 2 * dim : dim, row);
}

static void check_file(const Model *model, Select select, bool float16, const char *path)
{
    const size_t words = select.top ? select.top : model->words;
    const bool concat = select.vectors == VECTORS_CONCAT;
    Model read = load(path);

    ck_assert_uint_eq(read.words, words);
    ck_assert_uint_eq(vocabulary_size(read.vocabulary), words);
    ck_assert_uint_eq(read.dim, concat ? 2 * model->dim : model->dim);
    for (size_t w = 0; w < words && !float16; w++) {
        float row[64];
        expected_row(model, select, w, row);
        ck_assert_mem_eq(read.input + w * read.stride, row, read.dim * sizeof *row);
    }
    model_free(&read);
}

/* Every format, with every choice of what is written. */
START_TEST(a_model_does_not_change)
{
    static const unsigned choices[] = {0, 3, 4, 7}; /* normalize, the first words, 16 bits */
    const Format *format;

    for (size_t i = 0; i < 2; i++) {
        scratch files = scratch_open();
        Model model = i ? make_model(16, true, 0.5f) : make_model(3, false, 0);
        Model before = i ? make_model(16, true, 0.5f) : make_model(3, false, 0);
        for (size_t f = 0; (format = plain_format_at(f)); f++)
            for (size_t v = VECTORS_INPUT; v <= VECTORS_ALL; v++)
                for (size_t c = 0; c < sizeof choices / sizeof *choices; c++) {
                    const Select select = {
                        .vectors = (Vectors)v, .normalize = choices[c] & 1, .top = choices[c] & 2 ? 4 : 0};
                    const bool float16 = choices[c] & 4;
                    if (float16 && !(format->numbers & HAS_FLOAT16))
                        continue;
                    save(&model, format, select, float16, scratch_path(&files, "file"));
                    check_same(&model, &before);
                    check_file(&model, select, float16, scratch_path(&files, "file"));
                }
        model_free(&model);
        model_free(&before);
        scratch_close(&files);
    }
}
END_TEST

/* A file has the bias of each word, of a trained model also where there is none; .n2v has the shared one by itself,
 * other files have it within each. */
START_TEST(biases_in_files)
{
    static const char *const formats[] = {"n2v", "safetensors"};
    static const float shared[] = {0, 0.5f};

    for (size_t i = 0; i < 8; i++) {
        scratch files = scratch_open();
        const bool has_bias = i & 1, itself = i / 4 == 0;
        const float of_all = itself ? shared[i / 2 % 2] : 0;
        Model model = make_model(16, has_bias, shared[i / 2 % 2]), read, again;
        save(&model, format_find(formats[i / 4]), (Select){.vectors = VECTORS_ALL}, false,
             scratch_path(&files, "first"));
        read = load(scratch_path(&files, "first"));
        ck_assert(read.has_bias && read.saves_bias);
        ck_assert_float_eq(read.shared_bias, of_all);
        for (Id w = 0; w < WORDS; w++) {
            const float wanted = (has_bias ? -1 - (float)w : 0) + shared[i / 2 % 2];
            ck_assert_float_eq(model_bias(&model, w), wanted);
            ck_assert_float_eq(model_bias(&read, w), wanted);
            ck_assert_float_eq(read.input[w * read.stride + read.dim], 1);
            ck_assert_float_eq(read.output[w * read.stride + read.dim], wanted - of_all);
        }
        check_record(&read.record, "objective=nce\ninput=a\ninput=b=c\nempty=\n");
        save(&read, format_find(formats[i / 4]), (Select){.vectors = VECTORS_ALL}, false,
             scratch_path(&files, "second"));
        again = load(scratch_path(&files, "second"));
        check_same(&read, &again);
        model_free(&model);
        model_free(&read);
        model_free(&again);
        scratch_close(&files);
    }
}
END_TEST

/* A model of a file without biases has none, and its file neither. */
START_TEST(no_biases_in_files)
{
    scratch files = scratch_open();
    Model model = make_model(16, false, 0), read, again;
    char *bytes;
    size_t count;

    model.saves_bias = false;
    save(&model, format_find("safetensors"), (Select){.vectors = VECTORS_ALL}, false, scratch_path(&files, "a"));
    bytes = scratch_read(scratch_path(&files, "a"), &count);
    ck_assert_ptr_nonnull(bytes);
    ck_assert_ptr_null(strstr(bytes + 8, "output_bias"));
    free(bytes);
    read = load(scratch_path(&files, "a"));
    ck_assert(read.output && !read.has_bias && !read.saves_bias);
    ck_assert_float_eq(model_bias(&read, 1), 0);
    save(&read, format_find("n2v"), (Select){.vectors = VECTORS_ALL}, false, scratch_path(&files, "b"));
    again = load(scratch_path(&files, "b"));
    ck_assert(again.output && !again.has_bias && !again.saves_bias);
    ck_assert_float_eq(model_bias(&again, 1), 0);
    model_free(&model);
    model_free(&read);
    model_free(&again);
    scratch_close(&files);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("export");
    add_test(suite, "a model does not change", a_model_does_not_change);
    add_test(suite, "biases in files", biases_in_files);
    add_test(suite, "no biases in files", no_biases_in_files);
    return run_suite(suite);
}
