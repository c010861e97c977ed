/* The formats: what is written is read back exactly, and nothing malformed gets through. */
#include "model/formats/format.h"
#include "test.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "base/random.h"
#include "plain_formats.h"
#include "records.h"
#include "scratch.h"

/* A vector file of no format's ending, and where the words of two-file formats are. */
typedef struct files {
    scratch folder;
    char path[160], *beside;
} files;

static files open_files(const Format *format)
{
    files f = {.folder = scratch_open()};
    snprintf(f.path, sizeof f.path, "%s", scratch_path(&f.folder, "file"));
    if (format)
        ck_assert_int_eq(format_beside(format, f.path, &f.beside, NULL), N2V_OK);
    return f;
}

static void close_files(files *f)
{
    free(f->beside);
    scratch_close(&f->folder);
}

static void put_file(const char *path, const void *bytes, size_t count)
{
    FILE *file;
    (void)unlink(path); /* some file systems flush what is truncated and written anew */
    file = fopen(path, "wb");
    require(file, "%s cannot be written", path);
    require(fwrite(bytes, 1, count, file) == count, "%s cannot be written", path);
    require(fclose(file) == 0, "%s cannot be written", path);
}

static bool is_format(const Format *format, const char *names)
{
    return strstr(names, format->name) != NULL;
}

static const char *const words[] = {"the", "na\xc3\xafve", "</s>", "\xe6\x97\xa5\xe6\x9c\xac", "0.5", "it's", "-", "x"};

/* Random bits that are finite: all magnitudes, subnormals, both zeros. */
static float any_float(Random *random)
{
    for (;;) {
        const uint32_t bits = (uint32_t)random_next(random);
        float value;
        memcpy(&value, &bits, sizeof value);
        if ((bits & 0x7f800000) != 0x7f800000)
            return value;
    }
}

static void make_model(Model *model, size_t count, size_t dim)
{
    Vocabulary *vocabulary = vocabulary_create();
    Random random;
    n2v_error error;

    random_seed(&random, 1, count, dim, 0);
    for (size_t i = 0; i < count; i++) {
        char word[32];
        if (i < sizeof words / sizeof *words)
            snprintf(word, sizeof word, "%s", words[i]);
        else
            snprintf(word, sizeof word, "word%zu", i);
        ck_assert_int_eq(vocabulary_add(vocabulary, word, strlen(word), 7 + i * i, NULL, &error), N2V_OK);
    }
    ck_assert_int_eq(model_create(model, vocabulary, &(ModelShape){.dim = dim, .has_bias = true}, &error), N2V_OK);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < dim; j++) {
            model->input[i * model->stride + j] = any_float(&random);
            model->output[i * model->stride + j] = any_float(&random);
        }
    for (size_t i = 0; i < count; i++) {
        model->input[i * model->stride + dim] = 1;
        model->output[i * model->stride + dim] = any_float(&random);
    }
    model->input[0] = -0.0F;
    record_fill(&model->record, "objective=sgns\ndim=3\n");
}

static void write_model(const Model *model, const Format *format, const char *path)
{
    Saving saving;
    n2v_error error;
    ck_assert_msg(saving_open(&saving, format, path, NULL, &error) == N2V_OK, "%s", error.text);
    ck_assert_msg(saving_write(&saving, model, &error) == N2V_OK, "%s", error.text);
    ck_assert_msg(saving_commit(&saving, &error) == N2V_OK, "%s", error.text);
}

/* With the bias elements, if b has any. */
static void check_same_rows(const Model *a, const Model *b, const float *x, const float *y)
{
    const size_t same = a->dim + b->has_bias;

    for (size_t i = 0; i < a->words; i++) {
        ck_assert_mem_eq(x + i * a->stride, y + i * b->stride, same * sizeof *x);
        for (size_t j = same; j < b->stride; j++)
            ck_assert_float_eq(y[i * b->stride + j], 0);
    }
}

/* All that the format holds is the same to the bit, and there is no more. */
static void check_same(const Model *a, const Model *b, const Format *format)
{
    const bool whole = is_format(format, "n2v safetensors"), counts = is_format(format, "n2v");

    ck_assert_uint_eq(a->words, b->words);
    ck_assert_uint_eq(a->dim, b->dim);
    ck_assert_uint_eq(b->stride, row_stride(b->dim + whole));
    ck_assert_int_eq(b->has_bias, whole);
    ck_assert_int_eq(b->saves_bias, whole);
    ck_assert_float_eq(b->shared_bias, 0);
    ck_assert_uint_eq(vocabulary_size(b->vocabulary), a->words);
    for (size_t i = 0; i < a->words; i++) {
        size_t bytes;
        const char *word = vocabulary_word(b->vocabulary, (Id)i, &bytes);
        ck_assert_str_eq(word, vocabulary_word(a->vocabulary, (Id)i, NULL));
        ck_assert_uint_eq(vocabulary_find(b->vocabulary, word, bytes), i);
        ck_assert_uint_eq(vocabulary_count(b->vocabulary, (Id)i), counts ? vocabulary_count(a->vocabulary, (Id)i) : 0);
    }
    check_same_rows(a, b, a->input, b->input);
    check_record(&b->record, whole ? "objective=sgns\ndim=3\n" : "");
    if (whole)
        check_same_rows(a, b, a->output, b->output);
    else
        ck_assert_ptr_null(b->output);
}

/* Reading fails with this status, and says this; the model is empty afterwards. */
static void check_refused(const char *path, n2v_status status, const char *says)
{
    Model model;
    n2v_error error = {.text = ""};
    const n2v_status got = format_read(&model, path, NULL, &error);

    ck_assert_msg(got == status, "status %d, not %d; wanted: %s; got: %s", (int)got, (int)status, says, error.text);
    ck_assert_msg(strstr(error.text, says) && strstr(error.text, path), "'%s' does not say '%s'", error.text, says);
    ck_assert_ptr_null(model.input);
    ck_assert_ptr_null(model.vocabulary);
}

START_TEST(reads_what_it_wrote)
{
    static const size_t shapes[][2] = {{1, 1}, {8, 1}, {8, 3}, {50, 16}, {9, 17}, {5000, 33}, {30, 1000}};
    const Format *format, *found;

    for (size_t f = 0; (format = plain_format_at(f)); f++) {
        files file = open_files(format);
        for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
            Model model, again;
            n2v_error error;
            make_model(&model, shapes[i][0], shapes[i][1]);
            write_model(&model, format, file.path);
            ck_assert_msg(format_load(&again, &found, file.path, NULL, &error) == N2V_OK, "%s %zu x %zu: %s",
                          format->name, shapes[i][0], shapes[i][1], error.text);
            ck_assert_str_eq(found->name, format->name);
            check_same(&model, &again, format);
            model_free(&again);
            model_free(&model);
        }
        close_files(&file);
    }
}
END_TEST

static void zip(const char *path)
{
    size_t count, packed;
    char *bytes = scratch_read(path, &count);
    unsigned char *zipped = scratch_gzip(bytes, count, &packed);
    put_file(path, zipped, packed);
    free(zipped);
    free(bytes);
}

START_TEST(reads_gzipped_files)
{
    const Format *format;

    for (size_t f = 0; (format = plain_format_at(f)); f++) {
        files file = open_files(format);
        Model model, again;
        n2v_error error;
        make_model(&model, 9000, 5);
        for (size_t i = 0; i < model.words; i++) /* shrinks a lot: rows must grow */
            memset(model.input + i * model.stride, 0, model.dim * sizeof(float));
        write_model(&model, format, file.path);
        zip(file.path);
        if (file.beside)
            zip(file.beside);
        ck_assert_msg(format_read(&again, file.path, NULL, &error) == N2V_OK, "%s: %s", format->name, error.text);
        check_same(&model, &again, format);
        model_free(&again);
        model_free(&model);
        close_files(&file);
    }
}
END_TEST

/* Reads a file that may be malformed: the status, after a look at what was said. */
static n2v_status read_odd(const files *file, const char *what, size_t at)
{
    Model model;
    n2v_error error = {.text = ""};
    const n2v_status status = format_read(&model, file->path, NULL, &error);

    if (!status) {
        model_free(&model);
        return status;
    }
    require(strstr(error.text, file->folder.folder), "%s, byte %zu: '%s' names no file", what, at, error.text);
    require(status != N2V_ERROR_FORMAT || strstr(error.text, "line ") || strstr(error.text, "byte ") || !at,
            "%s, byte %zu: '%s' names no place", what, at, error.text);
    require(status == N2V_ERROR_FORMAT || status == N2V_ERROR_MEMORY || strstr(error.text, "in a second file"),
            "%s, byte %zu: status %d, '%s'", what, at, (int)status, error.text);
    return status;
}

START_TEST(every_cut_is_refused)
{
    const size_t step = runs_all() ? 1 : 3;
    const Format *format;

    for (size_t f = 0; (format = plain_format_at(f)); f++) {
        files file = open_files(format);
        const bool text = is_format(format, "text projector"), binary = is_format(format, "binary");
        Model model;
        char *bytes;
        size_t count;
        make_model(&model, 8, 3);
        /* The last number of a text that is cut may still be a number: make it a full one. */
        for (size_t i = 0; i < 8; i++)
            model.input[i * model.stride + 2] = 1.5F;
        write_model(&model, format, file.path);
        bytes = scratch_read(file.path, &count);
        for (size_t cut = 0; cut < count; cut += step) {
            put_file(file.path, bytes, cut);
            if (cut + (text     ? 4
                       : binary ? 1
                                : 0) <
                    count &&
                (!is_format(format, "glove") || !cut || bytes[cut - 1] != '\n'))
                require(read_odd(&file, format->name, cut), "%s cut at %zu of %zu", format->name, cut, count);
        }
        put_file(file.path, bytes, count);
        free(bytes);
        bytes = file.beside ? scratch_read(file.beside, &count) : NULL;
        for (size_t cut = 0; bytes && cut + 1 < count; cut += step) { /* the last word is of one byte */
            put_file(file.beside, bytes, cut);
            require(read_odd(&file, format->name, cut) == N2V_ERROR_FORMAT, "%s: words cut at %zu of %zu", format->name,
                    cut, count);
        }
        free(bytes);
        model_free(&model);
        close_files(&file);
    }
}
END_TEST

/* Changes every byte of one of the files in four ways; make check takes two of them in turn, sanitizers one. Returns
 * how many were refused. */
static size_t flip_bytes(const files *file, const char *path, const Format *format)
{
    const size_t turns = SANITIZED ? 4 : runs_all() ? 1 : 2;
    size_t count, refused = 0;
    char *bytes = scratch_read(path, &count);

    for (size_t at = 0; at < count; at++)
        for (unsigned change = 1, way = 0; change < 256; change = change * 5 + 3, way++) {
            if (way % turns != at % turns)
                continue;
            const char before = bytes[at];
            n2v_status status;
            bytes[at] = (char)((unsigned char)before ^ change);
            put_file(path, bytes, count);
            bytes[at] = before;
            status = read_odd(file, format->name, at + 1);
            require(status || !is_format(format, "n2v"), "byte %zu ^ %u passes the checksum", at, change);
            refused += status != N2V_OK;
        }
    put_file(path, bytes, count);
    free(bytes);
    return refused;
}

START_TEST(no_flipped_byte_crashes_and_none_passes_the_checksum)
{
    const Format *format;

    for (size_t f = 0; (format = plain_format_at(f)); f++) {
        files file = open_files(format);
        Model model;
        make_model(&model, 8, 3);
        write_model(&model, format, file.path);
        ck_assert_uint_gt(flip_bytes(&file, file.path, format), 0);
        if (file.beside)
            ck_assert_uint_gt(flip_bytes(&file, file.beside, format), 0);
        model_free(&model);
        close_files(&file);
    }
}
END_TEST

typedef struct bad_file {
    const char *text;
    const char *says;
} bad_file;

static const bad_file bad_texts[] = {
    {"", "the file is empty"},
    {"hello world\n", "line 1: not a vector file"},
    {"2 3 4\nx 1 2 3\n", "line 2: 3 numbers after the word, where the first line has 2"},
    {"99999999999999999999 3\n", "line 1: not a vector file"},
    {"0 3\n", "line 1: the header declares 0 words"},
    {"3 0\n", "line 1: the header declares 0 dimensions"},
    {"3000000000 3\nx 1 2 3\n", "line 1: the header declares 3000000000 words"},
    {"2 30000000\nx 1 2 3\n", "line 1: the header declares 30000000 dimensions"},
    {"2000000000 900000\nx 1 2 3\n", "line 2: 3 numbers after the word, where the header declares 900000"},
    {"2 2\na 1 2\n", "line 2: the file ends after 1 word, where the header declares 2"},
    {"2 2\na 1 2\nb 1\n", "line 3: 1 number after the word, where the header declares 2"},
    {"2 2\na 1 2\nb 1 2 3\n", "line 3: 3 numbers after the word, where the header declares 2"},
    {"2 2\na 1 2\na 3 4\n", "line 3: the word 'a' appears twice"},
    {"2 2\na 1 2\n 3 4\n", "line 3: the word '' is empty"},
    {"2 2\na 1 2\n\nb 3 4\n", "line 3: the word '' is empty"},
    {"2 2\na 1 2\nb 3 nan\n", "line 3: 'nan' is not a finite number"},
    {"2 2\na 1 2\nb inf 3\n", "line 3: 'inf' is not a finite number"},
    {"2 2\na 1 2\nb 1 1e99\n", "line 3: number 2 of the word 'b' is not finite"},
    {"2 2\na 1 2\nb 1 2x\n", "line 3: '2x' is not a finite number"},
    {"2 2\na 1 2\nb 1,5 2\n", "line 3: '1,5' is not a finite number"},
    {"2 2\na 1 2\n\xff\xfe 1 2\n", "line 3: the word '?\?' is not valid UTF-8"},
    {"2 2\na 1 2\nb\x01 1 2\n", "line 3: the word 'b?' contains white space or a control character"},
    {"1 2\na 1 2\nb 3 4\n", "line 3: more rows than the 1 that the header declares"},
};

START_TEST(malformed_texts_are_named)
{
    files s = open_files(NULL);
    char *long_word = malloc(5000);

    for (size_t i = 0; i < sizeof bad_texts / sizeof *bad_texts; i++) {
        put_file(s.path, bad_texts[i].text, strlen(bad_texts[i].text));
        check_refused(s.path, N2V_ERROR_FORMAT, bad_texts[i].says);
    }
    memset(long_word, 'x', 5000);
    memcpy(long_word, "1 2\n", 4);
    memcpy(long_word + 4990, " 1 2\n", 5);
    put_file(s.path, long_word, 4995);
    check_refused(s.path, N2V_ERROR_FORMAT, "longer than");
    free(long_word);
    close_files(&s);
}
END_TEST

START_TEST(malformed_binaries_are_named)
{
#define TWO_FLOATS "\0\0\200?\0\0\0\300"
#define NAN_FLOAT  "\0\0\300\177"
    static const struct {
        const char *bytes;
        size_t count;
        const char *says;
    } bad[] = {
#define FILE_OF(bytes, says) {bytes, sizeof(bytes) - 1, says}
        FILE_OF("2 2\na " TWO_FLOATS "\n", "byte 15: the file ends within word 2 of 2"),
        FILE_OF("2 2\na " TWO_FLOATS "\nb \0\0\0", "the file ends within word 2 of 2"),
        FILE_OF("2 2\na " TWO_FLOATS "\na " TWO_FLOATS "\n", "the word 'a' appears twice"),
        FILE_OF("2 2\na " TWO_FLOATS "\n " TWO_FLOATS "\n", "the word '' is empty"),
        FILE_OF("1 2\na " NAN_FLOAT NAN_FLOAT "\n", "number 1 of the word 'a' is not finite"),
        FILE_OF("1 2\na " TWO_FLOATS "\nb", "bytes after the last word: the header declares 1"),
        FILE_OF("1 2\na " TWO_FLOATS "b", "bytes after the last word: the header declares 1"),
        FILE_OF("1 2\na " TWO_FLOATS "\n\n", "bytes after the last word: the header declares 1"),
        FILE_OF("1000000000 900000\na " TWO_FLOATS "\n", "the file ends within word 1 of 1000000000"),
        FILE_OF("1 2\n\xff " TWO_FLOATS "\n", "the word '?' is not valid UTF-8"),
    };
    files s = open_files(NULL);

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        put_file(s.path, bad[i].bytes, bad[i].count);
        check_refused(s.path, N2V_ERROR_FORMAT, bad[i].says);
    }
    close_files(&s);
}
END_TEST

START_TEST(malformed_models_are_named)
{
    files s = open_files(NULL);
    Model model;
    unsigned char *bytes;
    size_t count;

    make_model(&model, 8, 3);
    write_model(&model, format_find("n2v"), s.path);
    bytes = (unsigned char *)scratch_read(s.path, &count);
    put_file(s.path, bytes, count - 1);
    check_refused(s.path, N2V_ERROR_FORMAT, "the file is truncated");
    bytes[count] = 0;
    put_file(s.path, bytes, count + 1);
    check_refused(s.path, N2V_ERROR_FORMAT, "more bytes after the end");
    bytes[count - 1] ^= 1;
    put_file(s.path, bytes, count);
    check_refused(s.path, N2V_ERROR_FORMAT, "its last section is wrong");
    bytes[count - 1] ^= 1;
    bytes[count / 2] ^= 1;
    put_file(s.path, bytes, count);
    check_refused(s.path, N2V_ERROR_FORMAT, "the checksum of the section INPT is wrong");
    bytes[count / 2] ^= 1;
    bytes[8] = 3;
    put_file(s.path, bytes, count);
    check_refused(s.path, N2V_ERROR_FORMAT, "version 3 of the format; this program reads versions 1 to 2");
    bytes[8] = 2;
    bytes[16 + 5] = 1; /* words: a million times what there are */
    put_file(s.path, bytes, count);
    check_refused(s.path, N2V_ERROR_FORMAT, "the checksum of its header is wrong");
    free(bytes);
    model_free(&model);
    close_files(&s);
}
END_TEST

START_TEST(reads_what_others_write)
{
    /* fastText's trailing blank, CRLF, tabs, a file without its last newline; gensim's binary rows without newlines. */
    static const char text[] = "2 2 \r\na\t1e0 -2.50 \r\nb +3 .5";
    static const char binary[] = "2 2\na " TWO_FLOATS "b " TWO_FLOATS;
    files s = open_files(NULL);
    Model model;
    n2v_error error;

    put_file(s.path, text, sizeof text - 1);
    ck_assert_msg(format_read(&model, s.path, NULL, &error) == N2V_OK, "%s", error.text);
    ck_assert_float_eq(model.input[0], 1);
    ck_assert_float_eq(model.input[1], -2.5F);
    ck_assert_float_eq(model.input[model.stride], 3);
    ck_assert_float_eq(model.input[model.stride + 1], 0.5F);
    model_free(&model);
    put_file(s.path, binary, sizeof binary - 1);
    ck_assert_msg(format_read(&model, s.path, NULL, &error) == N2V_OK, "%s", error.text);
    ck_assert_float_eq(model.input[model.stride], 1);
    ck_assert_float_eq(model.input[model.stride + 1], -2);
    ck_assert_uint_eq(vocabulary_find(model.vocabulary, "b", 1), 1);
    model_free(&model);
    close_files(&s);
}
END_TEST

START_TEST(what_is_not_finite_is_not_written)
{
    static const float bad[] = {(float)__builtin_nan(""), (float)__builtin_inf()};
    files s = open_files(NULL);
    const Format *format;

    for (size_t i = 0; i < 2; i++)
        for (size_t f = 0; (format = plain_format_at(f)); f++) {
            Model model;
            Saving saving;
            n2v_error error;
            make_model(&model, 8, 3);
            model.input[3 * model.stride + 1] = bad[i];
            ck_assert_int_eq(saving_open(&saving, format, s.path, NULL, &error), N2V_OK);
            ck_assert_int_eq(saving_write(&saving, &model, &error), N2V_ERROR_NUMERIC);
            ck_assert_ptr_nonnull(strstr(error.text, "not finite"));
            saving_discard(&saving);
            model_free(&model);
        }
    close_files(&s);
}
END_TEST

START_TEST(what_16_bits_cannot_hold_is_not_written)
{
    const Format *format;

    for (size_t f = 0; (format = plain_format_at(f)); f++) {
        files file = open_files(NULL);
        Model model;
        Saving saving;
        n2v_error error;
        if (format->numbers & HAS_FLOAT16) {
            make_model(&model, 8, 3);
            memset(model.input, 0, model.words * model.stride * sizeof(float));
            memset(model.output, 0, model.words * model.stride * sizeof(float));
            model.input[3 * model.stride + 1] = -65520;
            ck_assert_int_eq(saving_open(&saving, format, file.path, NULL, &error), N2V_OK);
            saving.select.numbers = NUMBERS_FLOAT16;
            ck_assert_int_eq(saving_write(&saving, &model, &error), N2V_ERROR_NUMERIC);
            ck_assert_ptr_nonnull(strstr(error.text, "number 2 of the vector of '\xe6\x97\xa5\xe6\x9c\xac' is -65520"));
            saving_discard(&saving);
            model_free(&model);
        }
        close_files(&file);
    }
}
END_TEST

START_TEST(formats_go_by_ending)
{
    static const char *const none[] = {"a.npy/b", "b/.npy", "-", "bin", "a.foo", "a.gz", "a.npy/b.gz", "b/.npy.gz"};

    ck_assert_str_eq(format_of_path("a.txt")->name, "text");
    ck_assert_str_eq(format_of_path("a.vec")->name, "text");
    ck_assert_str_eq(format_of_path("b/a.bin")->name, "binary");
    ck_assert_str_eq(format_of_path("A.BIN")->name, "binary");
    ck_assert_str_eq(format_of_path("a.n2v")->name, "n2v");
    ck_assert_str_eq(format_of_path("a.glove")->name, "glove");
    ck_assert_str_eq(format_of_path("a.npy")->name, "npy");
    ck_assert_str_eq(format_of_path("a.safetensors")->name, "safetensors");
    ck_assert_str_eq(format_of_path("a.fifu")->name, "finalfusion");
    ck_assert_str_eq(format_of_path("a.tsv")->name, "projector");
    ck_assert_str_eq(format_of_path("vectors.tsv")->name, "projector");
    ck_assert_str_eq(format_of_path("a.bin.gz")->name, "binary");
    ck_assert_str_eq(format_of_path("a.vec.GZ")->name, "text");
    ck_assert_str_eq(format_of_path("vectors.tsv.gz")->name, "projector");
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        ck_assert_msg(!format_of_path(none[i]), "%s", none[i]);
    ck_assert_str_eq(format_by_default()->name, "text");
    ck_assert_ptr_null(format_find("txt"));
}
END_TEST

START_TEST(a_model_too_large_is_refused)
{
    Vocabulary *vocabulary = vocabulary_create();
    Model model;
    n2v_error error;

    ck_assert_int_eq(model_create(&model, vocabulary, &(ModelShape){.dim = 10}, &error), N2V_ERROR_ARGUMENT);
    ck_assert_int_eq(vocabulary_add(vocabulary, "a", 1, 1, NULL, &error), N2V_OK);
    ck_assert_int_eq(vocabulary_add(vocabulary, "b", 1, 1, NULL, &error), N2V_OK);
    ck_assert_int_eq(model_create(&model, vocabulary, &(ModelShape){.dim = SIZE_MAX}, &error), N2V_ERROR_MEMORY);
    ck_assert_int_eq(model_create(&model, vocabulary, &(ModelShape){.dim = SIZE_MAX / 2}, &error), N2V_ERROR_MEMORY);
    ck_assert_int_eq(model_create(&model, vocabulary, &(ModelShape){.dim = (size_t)1 << 45}, &error), N2V_ERROR_MEMORY);
    ck_assert_ptr_nonnull(strstr(error.text, "fewer dimensions"));
    ck_assert_ptr_null(model.input);
    vocabulary_destroy(vocabulary);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("formats");
    add_test(suite, "round trip", reads_what_it_wrote);
    add_test(suite, "gzip", reads_gzipped_files);
    add_test(suite, "cuts", every_cut_is_refused);
    add_test(suite, "flips", no_flipped_byte_crashes_and_none_passes_the_checksum);
    add_test(suite, "bad text", malformed_texts_are_named);
    add_test(suite, "bad binary", malformed_binaries_are_named);
    add_test(suite, "bad model", malformed_models_are_named);
    add_test(suite, "others", reads_what_others_write);
    add_test(suite, "not finite", what_is_not_finite_is_not_written);
    add_test(suite, "too large for 16 bits", what_16_bits_cannot_hold_is_not_written);
    add_test(suite, "endings", formats_go_by_ending);
    add_test(suite, "too large", a_model_too_large_is_refused);
    return run_suite(suite);
}
