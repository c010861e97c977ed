/* The formats of models with subwords: fastText's .bin and floret's table are written and read back with all that they
 * hold, and nothing malformed gets through. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/float_text.h"
#include "base/random.h"
#include "model/compose.h"
#include "model/formats/format.h"
#include "scratch.h"
#include "test.h"

static const SubwordOptions kinds[] = {
    {.kind = SUBWORDS_FASTTEXT, .minn = 2, .maxn = 3, .buckets = 50},
    {.kind = SUBWORDS_FLORET, .minn = 2, .maxn = 3, .buckets = 40, .hash_count = 2, .seed = FLORET_SEED},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static const char *const words[] = {"the", "na\xc3\xafve", "</s>", "\xe6\x97\xa5\xe6\x9c\xac", "it's"};
enum { WORDS = sizeof words / sizeof *words };

/* What the rest of the vocabulary's n-grams are made of. */
static const char *const unseen[] = {"then", "na", "\xe6\x97\xa5", "zzz"};

static void compose(Model *model)
{
    ck_assert_int_eq(compose_words(model, kernels_at(0), false, NULL), N2V_OK);
}

static void make_model(Model *model, const SubwordOptions *options, size_t dim)
{
    Vocabulary *vocabulary = vocabulary_create();
    Subwords *subwords;
    Random random;

    random_seed(&random, 1, 2, 3, 0);
    for (size_t i = 0; i < WORDS; i++)
        ck_assert_int_eq(vocabulary_add(vocabulary, words[i], strlen(words[i]), i ? 100 - i : 0, NULL, NULL), N2V_OK);
    ck_assert_int_eq(subwords_create(&subwords, vocabulary, options, NULL), N2V_OK);
    ck_assert_int_eq(model_create(model, vocabulary,
                                  &(ModelShape){.dim = dim, .more_inputs = subwords_parts(subwords), .has_bias = true},
                                  NULL),
                     N2V_OK);
    model->subwords = subwords;
    for (size_t row = 0; row < model_rows(model); row++)
        for (size_t i = 0; i < dim; i++)
            model_row(model, row)[i] = random_float(&random) - 0.5F;
    compose(model);
}

static const Format *format_of(const SubwordOptions *options)
{
    return format_find(subwords_name(options->kind));
}

static n2v_status save(const Model *model, const Format *format, const Select *select, const char *path,
                       n2v_error *error)
{
    Saving saving;
    n2v_status status;

    ck_assert_int_eq(saving_open(&saving, format, path, NULL, error), N2V_OK);
    if (select)
        saving.select = *select;
    if ((status = saving_write(&saving, model, error)) == N2V_OK)
        return saving_commit(&saving, error);
    saving_discard(&saving);
    return status;
}

static void check_save(const Model *model, const char *path)
{
    n2v_error error = {.text = ""};
    const n2v_status status = save(model, format_of(subwords_options(model->subwords)), NULL, path, &error);

    require(status == N2V_OK, "%s", error.text);
}

static void check_row(const float *a, const float *b, size_t dim, const char *what)
{
    for (size_t i = 0; i < dim; i++)
        require(a[i] == b[i], "%s, number %zu: %g, not %g", what, i, (double)b[i], (double)a[i]);
}

/* The same vectors of known and of unknown words, of their parts, and outputs. */
static void check_same(const Model *a, const Model *b)
{
    const bool fasttext = subwords_options(a->subwords)->kind == SUBWORDS_FASTTEXT;
    float x[8], y[8];

    ck_assert_uint_eq(b->words, WORDS);
    ck_assert_uint_eq(b->dim, a->dim);
    ck_assert_ptr_nonnull(b->subwords);
    ck_assert_uint_eq(subwords_buckets(b->subwords), subwords_buckets(a->subwords));
    ck_assert_mem_eq(subwords_options(b->subwords), subwords_options(a->subwords), sizeof(SubwordOptions));
    ck_assert_int_eq(b->output != NULL, fasttext);
    for (size_t id = 0; id < WORDS; id++) {
        const uint64_t count = vocabulary_count(a->vocabulary, (Id)id);
        ck_assert_str_eq(vocabulary_word(b->vocabulary, (Id)id, NULL), words[id]);
        ck_assert_uint_eq(vocabulary_count(b->vocabulary, (Id)id), !fasttext ? 0 : count ? count : 1);
        check_row(a->input + id * a->stride, b->input + id * b->stride, a->dim, words[id]);
        if (fasttext) {
            check_row(a->output + id * a->output_stride, b->output + id * b->output_stride, a->dim, words[id]);
            check_row(a->input + (WORDS + id) * a->stride, b->input + (WORDS + id) * b->stride, a->dim, words[id]);
        }
    }
    for (size_t i = 0; i < sizeof unseen / sizeof *unseen; i++) {
        bool known, known_again;
        ck_assert_int_eq(compose_any(a, unseen[i], strlen(unseen[i]), x, &known, NULL), N2V_OK);
        ck_assert_int_eq(compose_any(b, unseen[i], strlen(unseen[i]), y, &known_again, NULL), N2V_OK);
        ck_assert_int_eq(known, known_again);
        check_row(x, y, a->dim, unseen[i]);
    }
}

static void zip(const char *path)
{
    size_t count, packed;
    char *bytes = scratch_read(path, &count);
    unsigned char *zipped = scratch_gzip(bytes, count, &packed);
    FILE *file = fopen(path, "wb");

    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(zipped, 1, packed, file), packed);
    ck_assert_int_eq(fclose(file), 0);
    free(zipped);
    free(bytes);
}

START_TEST(reads_what_it_wrote)
{
    for (size_t k = 0; k < KINDS; k++)
        for (int zipped = 0; zipped < 2; zipped++) {
            scratch files = scratch_open();
            n2v_error error = {.text = ""};
            const Format *found;
            Model model, again;
            make_model(&model, &kinds[k], 5);
            check_save(&model, scratch_path(&files, "file"));
            if (zipped)
                zip(files.path);
            require(format_load(&again, &found, files.path, NULL, &error) == N2V_OK, "%s", error.text);
            ck_assert_ptr_eq(found, format_of(&kinds[k]));
            check_same(&model, &again);
            model_free(&again);
            model_free(&model);
            scratch_close(&files);
        }
}
END_TEST

/* A row that is not zero is kept, although no word of the vocabulary has its bucket: other programs have such rows. */
START_TEST(buckets_that_no_word_has_are_kept)
{
    for (size_t k = 0; k < KINDS; k++) {
        uint32_t all[50];
        scratch files = scratch_open();
        n2v_error error = {.text = ""};
        Model model, again;
        Subwords *subwords;
        make_model(&model, &kinds[k], 5);
        for (uint32_t bucket = 0; bucket < kinds[k].buckets; bucket++)
            all[bucket] = bucket;
        ck_assert_int_eq(subwords_create_with(&subwords, model.vocabulary, &kinds[k], all, kinds[k].buckets, NULL),
                         N2V_OK);
        ck_assert_uint_gt(subwords_parts(subwords), subwords_parts(model.subwords));
        subwords_destroy(model.subwords);
        model.subwords = subwords;
        floats_destroy(model.input, model.input_rows * model.stride);
        model.input_rows = WORDS + subwords_parts(subwords);
        model.input = floats_create(model.input_rows * model.stride);
        for (size_t row = WORDS; row < model.input_rows; row++)
            for (size_t i = 0; i < model.dim; i++)
                model.input[row * model.stride + i] = (float)(row + i);
        compose(&model);
        check_save(&model, scratch_path(&files, "file"));
        require(format_read(&again, files.path, NULL, &error) == N2V_OK, "%s", error.text);
        check_same(&model, &again);
        model_free(&again);
        model_free(&model);
        scratch_close(&files);
    }
}
END_TEST

START_TEST(a_model_without_outputs_has_zeros)
{
    scratch files = scratch_open();
    Model model, again;

    make_model(&model, &kinds[0], 5);
    floats_destroy(model.output, model.output_rows * model.output_stride);
    model.output = NULL;
    check_save(&model, scratch_path(&files, "file"));
    ck_assert_int_eq(format_read(&again, files.path, NULL, NULL), N2V_OK);
    for (size_t i = 0; i < WORDS * again.stride; i++)
        ck_assert_float_eq(again.output[i], 0);
    model_free(&again);
    model_free(&model);
    scratch_close(&files);
}
END_TEST

/* Reads bytes that may be malformed: the status, after a look at what was said. */
static n2v_status read_odd(const char *bytes, size_t count, size_t at)
{
    static const MemoryFile listed = {.name = "mine", .bytes = "a\nb\n", .count = 4};
    const MemoryFile file = {.name = "mine", .bytes = bytes, .count = count};
    Model model;
    n2v_error error = {.text = ""};
    const n2v_status status = format_load_memory(&model, NULL, &file, &listed, NULL, &error);

    if (status == N2V_OK)
        model_free(&model);
    else
        require((status == N2V_ERROR_FORMAT && strstr(error.text, "mine")) || status == N2V_ERROR_MEMORY,
                "byte %zu: status %d, '%s'", at, (int)status, error.text);
    return status;
}

START_TEST(every_cut_is_refused_and_no_flipped_byte_crashes)
{
    for (size_t k = 0; k < KINDS; k++) {
        const bool text = kinds[k].kind == SUBWORDS_FLORET; /* its last number may be cut */
        scratch files = scratch_open();
        Model model;
        size_t count, refused = 0;
        char *bytes;
        make_model(&model, &kinds[k], 2);
        check_save(&model, scratch_path(&files, "file"));
        bytes = scratch_read(files.path, &count);
        for (size_t cut = 0; cut + (text ? FLOAT_TEXT_BYTES : 0) < count; cut++)
            require(read_odd(bytes, cut, cut) != N2V_OK, "cut at %zu of %zu", cut, count);
        for (size_t at = 0; at < count; at++)
            for (unsigned change = 1; change < 256; change = change * 9 + 7) {
                bytes[at] = (char)((unsigned char)bytes[at] ^ change);
                refused += read_odd(bytes, count, at) != N2V_OK;
                bytes[at] = (char)((unsigned char)bytes[at] ^ change);
            }
        ck_assert_uint_gt(refused, 0);
        free(bytes);
        model_free(&model);
        scratch_close(&files);
    }
}
END_TEST

/* Hostile files --------------------------------------------------------------------------- */

static void check_refused(scratch *files, const void *bytes, size_t count, const char *says)
{
    Model model;
    n2v_error error = {.text = ""};
    const char *path = scratch_write(files, "file", bytes, count);

    ck_assert_int_eq(format_read(&model, path, NULL, &error), N2V_ERROR_FORMAT);
    require(strstr(error.text, says) && strstr(error.text, path), "'%s' does not say '%s'", error.text, says);
    ck_assert_ptr_null(model.input);
}

/* A number of 32 or 64 bits at a place of a file of fastText, and what its reader says. */
START_TEST(sizes_that_lie_are_refused)
{
    static const struct {
        size_t at;
        int64_t number;
        size_t bytes;
        const char *says;
    } lies[] = {
        {4, 13, 4, "version 13 of fastText's models, where 11 and 12 can be read: write its vectors as text"},
        {8, 0, 4, "declares 0 dimensions"},
        {8, -1, 4, "a dictionary of"},
        {8, 2000000, 4, "declares 2000000 dimensions"},
        {8, 900000, 4, "a matrix of 55 x 2, where 55 x 900000 are needed"},
        {36, 3, 4, "was trained as a classifier (supervised)"},
        {36, 9, 4, "an unknown kind of model, 9"},
        {40, -5, 4, "in -5 buckets are not possible"},
        {40, 0, 4, "in 0 buckets are not possible"},
        {40, 2147483647, 4, "a matrix of 55 x 2, where 2147483652 x 2 are needed"},
        {64, 4, 4, "a dictionary of 4 entries, 5 words and 0 labels"},
        {68, 2147483647, 4, "a dictionary of 5 entries, 2147483647 words"},
        {72, 1, 4, "5 words and 1 labels"},
        {68, INT64_C(1) << 32 | 4, 8,
         "has labels (__label__) among its words cannot be read: write its vectors as text"},
        {84, 7, 8, "is quantized (its n-grams are pruned)"},
        {92, 0, 1, "the word '' is empty"},
        {96, -3, 8, "occurs -3 times"},
        {104, 1, 1, "an entry of the kind 1"},
        {105, 0x20, 1, "contains white space"},
    };
    scratch files = scratch_open();
    Model model;
    size_t count;
    char *bytes;

    make_model(&model, &kinds[0], 2);
    check_save(&model, scratch_path(&files, "file"));
    bytes = scratch_read(files.path, &count);
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        char lie[4096];
        ck_assert_uint_le(count, sizeof lie);
        memcpy(lie, bytes, count);
        memcpy(lie + lies[i].at, &lies[i].number, lies[i].bytes);
        check_refused(&files, lie, count, lies[i].says);
    }
    bytes[count - WORDS * 2 * sizeof(float) - 17] = 1; /* before the rows of outputs */
    check_refused(&files, bytes, count, "is quantized cannot be read");
    bytes[count - WORDS * 2 * sizeof(float) - 17] = 0;
    memcpy(bytes + count - 4, "\0\0\300\177", 4);
    check_refused(&files, bytes, count, "number 2 of the word 'it's' is not finite");
    free(bytes);
    model_free(&model);
    scratch_close(&files);
}
END_TEST

START_TEST(malformed_tables_of_floret_are_named)
{
    static const char *const bad[][2] = {
        {"2 1 2 3 5 1 < >\n0 1\n1 2\n", "line 1: the header has numbers that are not possible"},
        {"2 1 4 3 1 1 < >\n0 1\n1 2\n", "line 1: the header has numbers that are not possible"},
        {"0 1 2 3 1 1 < >\n", "line 1: the header has numbers that are not possible"},
        {"2 1 2 3 1 4294967296 < >\n0 1\n1 2\n", "line 1: the header has numbers that are not possible"},
        {"2 0 2 3 1 1 < >\n0\n1\n", "line 1: the header declares 0 dimensions"},
        {"2 1 2 3 1 1 < >\n0 1\n", "line 2: the file ends after 1 word, where the header declares 2"},
        {"2 1 2 3 1 1 < >\n0 1\n1 2\n2 3\n", "line 4: more rows than the 2"},
        {"2 1 2 3 1 1 < >\n0 1\n2 2\n", "line 3: expected the row of bucket 1, found '2'"},
        {"2 1 2 3 1 1 < >\n0 1\n0 2\n", "line 3: the word '0' appears twice"},
        {"2 1 2 3 1 1 < >\n0 1\n1 x\n", "line 3: 'x' is not a finite number"},
        {"2147483647 900000 2 3 1 1 < >\n0 1\n", "line 2: 1 number after the word, where the header declares 900000"},
    };
    scratch files = scratch_open();

    scratch_write(&files, "file.vocab.txt", "a\nb\n", 4);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        check_refused(&files, bad[i][0], strlen(bad[i][0]), bad[i][1]);
    scratch_close(&files);
}
END_TEST

/* Selections ------------------------------------------------------------------------------ */

START_TEST(what_the_formats_cannot_hold_is_refused)
{
    static const Select parts[] = {{.vectors = VECTORS_ALL, .top = 2},
                                   {.vectors = VECTORS_ALL, .normalize = true},
                                   {.vectors = VECTORS_SUM},
                                   {.vectors = VECTORS_OUTPUT}};
    const Select all = {.vectors = VECTORS_ALL}, input = {.vectors = VECTORS_INPUT};

    for (size_t k = 0; k < KINDS; k++) {
        const Format *format = format_of(&kinds[k]), *other = format_of(&kinds[1 - k]);
        scratch files = scratch_open();
        n2v_error error = {.text = ""};
        Model model;
        make_model(&model, &kinds[k], 2);
        for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
            ck_assert_int_eq(saving_check_select(format, &parts[i], &error), N2V_ERROR_ARGUMENT);
            ck_assert_int_eq(saving_check_select(format_by_default(), &parts[i], &error), N2V_OK);
        }
        ck_assert_int_eq(saving_check_select(format, &all, &error), N2V_OK);
        ck_assert_int_eq(saving_check_select(format, &input, &error), N2V_OK);
        ck_assert_int_eq(save(&model, format, &input, scratch_path(&files, "file"), &error), N2V_OK);
        ck_assert_int_eq(save(&model, other, NULL, scratch_path(&files, "other"), &error), N2V_ERROR_DATA);
        ck_assert_ptr_nonnull(strstr(error.text, "and this one has others: train with"));
        subwords_destroy(model.subwords);
        model.subwords = NULL;
        ck_assert_int_eq(save(&model, format, NULL, files.path, &error), N2V_ERROR_DATA);
        ck_assert_ptr_nonnull(strstr(error.text, "and this one has none: train with"));
        model_free(&model);
        scratch_close(&files);
    }
}
END_TEST

START_TEST(what_is_not_finite_is_not_written)
{
    for (size_t k = 0; k < KINDS; k++) {
        scratch files = scratch_open();
        n2v_error error = {.text = ""};
        Model model;
        make_model(&model, &kinds[k], 2);
        model.input[(model.input_rows - 1) * model.stride + 1] = __builtin_inff();
        ck_assert_int_eq(save(&model, format_of(&kinds[k]), NULL, scratch_path(&files, "file"), &error),
                         N2V_ERROR_NUMERIC);
        ck_assert_ptr_nonnull(strstr(error.text, "of 'a part of words' is not finite"));
        model_free(&model);
        scratch_close(&files);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("subword files");
    add_test(suite, "round trip", reads_what_it_wrote);
    add_test(suite, "all buckets", buckets_that_no_word_has_are_kept);
    add_test(suite, "no outputs", a_model_without_outputs_has_zeros);
    add_test(suite, "cuts and flips", every_cut_is_refused_and_no_flipped_byte_crashes);
    add_test(suite, "lies", sizes_that_lie_are_refused);
    add_test(suite, "bad tables", malformed_tables_of_floret_are_named);
    add_test(suite, "selections", what_the_formats_cannot_hold_is_refused);
    add_test(suite, "not finite", what_is_not_finite_is_not_written);
    return run_suite(suite);
}
