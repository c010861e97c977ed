/* The sections of .n2v files, made byte by byte: version 1, ancillary sections, and sections that nobody knows. */
#include <stdbool.h>
#include <string.h>
#include <zlib.h>

#include "nce2vec.h"
#include "test.h"

#define ROOM ((size_t)4096)

/* A file in memory, of 2 words x 2 dimensions. */
typedef struct made {
    unsigned char bytes[ROOM];
    size_t count;
    uint32_t version;
} made;

static void put(made *file, const void *bytes, size_t count)
{
    ck_assert_uint_le(count, ROOM - file->count);
    if (count) /* bytes may be NULL */
        memcpy(file->bytes + file->count, bytes, count);
    file->count += count;
}

static void put32(made *file, uint32_t number)
{
    put(file, &number, sizeof number);
}

static void put64(made *file, uint64_t number)
{
    put(file, &number, sizeof number);
}

/* The CRC-32 of all bytes from `from` on. */
static void put_crc(made *file, size_t from)
{
    put32(file, (uint32_t)crc32_z(0, file->bytes + from, file->count - from));
}

static void put_section(made *file, const char *name, uint32_t flags, const void *bytes, size_t count)
{
    size_t from = file->count;

    put(file, name, 4);
    put32(file, flags);
    put64(file, count);
    if (file->version > 1)
        put_crc(file, from);
    from = file->count;
    put(file, bytes, count);
    if (file->version > 1)
        put_crc(file, from);
}

static void put_words(made *file)
{
    static const char word[2] = {'a', 'b'};
    made list = {.count = 0};

    for (size_t i = 0; i < 2; i++) {
        put64(&list, 9 - i);
        put32(&list, 1);
        put(&list, &word[i], 1);
    }
    put_section(file, "VOCB", 0, list.bytes, list.count);
}

/* rows: input rows, output rows, vectors of an output row, flags; NULL: no such section. */
static void begin_shape(made *file, uint32_t version, const uint64_t rows[4])
{
    static const unsigned char magic[8] = {0x89, 'N', '2', 'V', '\r', '\n', 0x1a, '\n'};
    static const float input[4] = {1, 2, 3, 4}, output[4] = {5, 6, 7, 8}, biases[2] = {-1, 0.5f};

    *file = (made){.version = version};
    put(file, magic, sizeof magic);
    put32(file, version);
    put32(file, 0);
    put64(file, 2);
    put64(file, 2);
    if (version > 1) {
        const uint32_t crc = (uint32_t)crc32_z(0, file->bytes, file->count);
        memcpy(file->bytes + 12, &crc, sizeof crc);
    }
    put_words(file);
    put_section(file, "PARM", 0, "objective=nce\n", 14);
    if (rows)
        put_section(file, "SHAP", 0, rows, 4 * sizeof *rows);
    put_section(file, "INPT", 0, input, sizeof input);
    put_section(file, "OUTP", 0, output, sizeof output);
    put_section(file, "BIAS", 0, biases, sizeof biases);
}

static void begin(made *file, uint32_t version)
{
    begin_shape(file, version, NULL);
}

static void end(made *file)
{
    if (file->version > 1) {
        put_section(file, "END ", 0, NULL, 0);
        return;
    }
    put(file, "CRC3\0\0\0\0\4\0\0\0\0\0\0\0", 16);
    put_crc(file, 0);
}

static n2v_vectors *read_made(const made *file)
{
    n2v_vectors *vectors;
    n2v_error error = {.text = ""};

    require(n2v_vectors_load_memory(&vectors, file->bytes, file->count, NULL, NULL, &error) == N2V_OK, "%s",
            error.text);
    return vectors;
}

static void refuse(const made *file, const char *says)
{
    n2v_vectors *vectors;
    n2v_error error = {.text = ""};

    ck_assert_int_eq(n2v_vectors_load_memory(&vectors, file->bytes, file->count, NULL, NULL, &error), N2V_ERROR_FORMAT);
    ck_assert_ptr_null(vectors);
    require(strstr(error.text, says), "'%s' does not say '%s'", error.text, says);
}

static void check(const n2v_vectors *vectors, float shared, const char *damaged)
{
    n2v_vectors_info info = {.size = sizeof info};
    size_t stride;
    const float *output = n2v_vectors_view(vectors, N2V_OUTPUT, &stride);

    ck_assert_int_eq(n2v_vectors_describe(vectors, &info, NULL), N2V_OK);
    ck_assert_uint_eq(info.words, 2);
    ck_assert_uint_eq(info.dim, 2);
    ck_assert_uint_eq(info.tokens, 17);
    ck_assert_int_eq(info.has_state, 0);
    ck_assert(damaged ? info.damaged && strcmp(info.damaged, damaged) == 0 : !info.damaged);
    ck_assert_float_eq(output[stride + 1], 8);
    ck_assert_float_eq(n2v_vectors_bias(vectors, 0), -1 + shared);
    ck_assert_float_eq(n2v_vectors_bias(vectors, 1), 0.5f + shared);
    ck_assert_uint_eq(n2v_vectors_find(vectors, "b", 1), 1);
}

START_TEST(both_versions)
{
    static const float shared = 0.25f;

    for (uint32_t version = 1; version <= 2; version++) {
        made file;
        begin(&file, version);
        if (version == 2)
            put_section(&file, "SHRD", 0, &shared, sizeof shared);
        end(&file);
        n2v_vectors *vectors = read_made(&file);
        check(vectors, version == 2 ? shared : 0, NULL);
        n2v_vectors_destroy(vectors);
        for (size_t count = 0; count < file.count; count++) { /* cut anywhere */
            made cut = file;
            cut.count = count;
            n2v_vectors *none;
            require(n2v_vectors_load_memory(&none, cut.bytes, cut.count, NULL, NULL, NULL) == N2V_ERROR_FORMAT && !none,
                    "version %u, cut at %zu", version, count);
        }
        for (size_t bit = 0; bit < 8 * file.count; bit++) {
            made flipped = file;
            n2v_vectors *none;
            flipped.bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
            require(n2v_vectors_load_memory(&none, flipped.bytes, flipped.count, NULL, NULL, NULL) ==
                            N2V_ERROR_FORMAT &&
                        !none,
                    "version %u, bit %zu of byte %zu", version, bit % 8, bit / 8);
        }
    }
}
END_TEST

/* An ancillary section is skipped: one that nobody knows, and one whose bytes are damaged, by its name. */
START_TEST(ancillary_sections)
{
    static const char *const names[] = {"ZZZZ", "STAT", "NOTE"};

    for (size_t i = 0; i < 3; i++) {
        made file;
        size_t at, after;
        begin(&file, 2);
        at = file.count;
        put_section(&file, names[i], 1, "some bytes", 10);
        after = file.count;
        end(&file);
        n2v_vectors *vectors = read_made(&file);
        n2v_vectors_info info = {.size = sizeof info};
        ck_assert_int_eq(n2v_vectors_describe(vectors, &info, NULL), N2V_OK);
        ck_assert_int_eq(info.has_state, 0); /* bytes that are no state */
        ck_assert_ptr_null(info.damaged);
        n2v_vectors_destroy(vectors);
        for (size_t bit = 8 * at; bit < 8 * after; bit++) {
            made flipped = file;
            const bool of_head = bit / 8 < at + 20;
            flipped.bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
            if (of_head) {
                refuse(&flipped, "the checksum of a section's head");
                continue;
            }
            vectors = read_made(&flipped);
            check(vectors, 0, names[i]);
            n2v_vectors_destroy(vectors);
        }
    }
}
END_TEST

START_TEST(what_is_refused)
{
    static const float infinite = __builtin_inff();
    made file;

    begin(&file, 2);
    put_section(&file, "ZZZZ", 0, "some bytes", 10);
    end(&file);
    refuse(&file, "the section ZZZZ, which this version");
    begin(&file, 2);
    put_section(&file, "SHRD", 0, &infinite, sizeof infinite);
    end(&file);
    refuse(&file, "shared bias is not finite");
    begin(&file, 2);
    for (size_t i = 0; i < 2; i++)
        put_section(&file, "SHRD", 0, "\0\0\0\0", 4);
    end(&file);
    refuse(&file, "the section SHRD twice");
    begin(&file, 2);
    put_section(&file, "ZZZZ", 3, "some bytes", 10);
    end(&file);
    refuse(&file, "flags that this version");
    begin(&file, 2);
    put_section(&file, "PARM", 0, "a=b\n", 4);
    end(&file);
    refuse(&file, "the section PARM twice");
    begin(&file, 2);
    put_section(&file, "END ", 0, "x", 1);
    refuse(&file, "last section");
    begin(&file, 2);
    for (size_t i = 0; i < 80; i++)
        put_section(&file, "ZZZZ", 1, "", 0);
    end(&file);
    refuse(&file, "too many sections");
}
END_TEST

START_TEST(refused_shapes)
{
    static const struct {
        uint64_t rows[4];
        const char *says;
    } cases[] = {
        {{2, 2, 1, 2}, "rows of a kind that this version"},   {{1, 2, 1, 0}, "not so many rows"},
        {{2, 1, 1, 0}, "not so many rows"},                   {{2, 2, 0, 0}, "not so many rows"},
        {{UINT64_MAX, 2, 1, 0}, "not so many rows"},          {{2, UINT64_C(1) << 33, 1, 1}, "not so many rows"},
        {{2, 2, UINT64_C(1) << 33, 1}, "not so many rows"},   {{3, 2, 1, 0}, "wrong length of the input vectors"},
        {{2, 3, 1, 1}, "wrong length of the output vectors"}, {{2, 2, 2, 1}, "wrong length of the output vectors"},
    };
    made file;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        begin_shape(&file, 2, cases[i].rows);
        end(&file);
        refuse(&file, cases[i].says);
    }
    begin(&file, 2);
    put_section(&file, "SHAP", 0, cases[0].rows, sizeof cases[0].rows);
    end(&file);
    refuse(&file, "wrong length of the shape, or its place");
    begin_shape(&file, 2, (const uint64_t[4]){2, 2, 1, 1}); /* outputs that are not of the words */
    end(&file);
    n2v_vectors *vectors = read_made(&file);
    n2v_vectors_info info = {.size = sizeof info};
    size_t stride;
    ck_assert_int_eq(n2v_vectors_describe(vectors, &info, NULL), N2V_OK);
    ck_assert_int_eq(info.has_output, 0);
    ck_assert_int_eq(info.has_output_bias, 0);
    ck_assert_ptr_null(n2v_vectors_view(vectors, N2V_OUTPUT, &stride));
    n2v_vectors_destroy(vectors);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sections");

    add_test(suite, "both_versions", both_versions);
    add_test(suite, "ancillary_sections", ancillary_sections);
    add_test(suite, "what_is_refused", what_is_refused);
    add_test(suite, "refused_shapes", refused_shapes);
    return run_suite(suite);
}
