/* Compressed files: what each codec reads and refuses. */
#include "io/codec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "io/reader.h"
#include "nce2vec.h"
#include "scratch.h"
#include "test.h"

#ifdef HAVE_BZIP2
#include <bzlib.h>

static size_t pack_bzip2(unsigned char *out, size_t room, const char *text, size_t bytes)
{
    unsigned count = (unsigned)room;
    ck_assert_int_eq(BZ2_bzBuffToBuffCompress((char *)out, &count, (char *)(uintptr_t)text, (unsigned)bytes, 9, 0, 0),
                     BZ_OK);
    return count;
}
#endif

#ifdef HAVE_XZ
#include <lzma.h>

static size_t pack_xz(unsigned char *out, size_t room, const char *text, size_t bytes)
{
    size_t count = 0;
    ck_assert_int_eq(
        lzma_easy_buffer_encode(1, LZMA_CHECK_CRC64, NULL, (const uint8_t *)text, bytes, out, &count, room), LZMA_OK);
    return count;
}
#endif

#ifdef HAVE_ZSTD
#include <zstd.h>

static size_t pack_zstd(unsigned char *out, size_t room, const char *text, size_t bytes)
{
    ZSTD_CCtx *context = ZSTD_createCCtx();
    size_t count;
    ck_assert_ptr_nonnull(context);
    ck_assert(!ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)));
    count = ZSTD_compress2(context, out, room, text, bytes);
    ck_assert(!ZSTD_isError(count));
    ck_assert(!ZSTD_isError(ZSTD_freeCCtx(context)));
    return count;
}
#endif

static size_t pack_gzip(unsigned char *out, size_t room, const char *text, size_t bytes)
{
    size_t count;
    unsigned char *packed = scratch_gzip(text, bytes, &count);
    ck_assert_uint_le(count, room);
    memcpy(out, packed, count);
    free(packed);
    return count;
}

static const struct codec_case {
    const char *name;
    size_t (*pack)(unsigned char *out, size_t room, const char *text, size_t bytes);
    size_t magic; /* bytes that recognize it */
} CASES[] = {
    {"gzip", pack_gzip, 2},
#ifdef HAVE_BZIP2
    {"bzip2", pack_bzip2, 10},
#endif
#ifdef HAVE_XZ
    {"xz", pack_xz, 6},
#endif
#ifdef HAVE_ZSTD
    {"zstd", pack_zstd, 4},
#endif
};
#define CASE_COUNT (sizeof CASES / sizeof *CASES)

/* Reads all from a file, and from memory the same; compares with text while that has bytes. */
static n2v_status read_reader(Reader *reader, const char *text, size_t bytes, size_t *total, n2v_error *error)
{
    const unsigned char *chunk;
    size_t count;
    n2v_status status;

    *total = 0;
    while ((status = reader_next(reader, &chunk, &count, error)) == N2V_OK && count) {
        if (*total + count <= bytes)
            require(memcmp(chunk, text + *total, count) == 0, "from byte %zu on", *total);
        *total += count;
    }
    reader_close(reader);
    return status;
}

static n2v_status read_both(scratch *files, const unsigned char *packed, size_t count, const char *text, size_t bytes,
                            size_t *total, n2v_error *error)
{
    n2v_error again = {.text = ""};
    size_t from_memory;
    Reader *reader;
    n2v_status status;

    ck_assert_int_eq(reader_open(&reader, scratch_write(files, "file", packed, count), NULL, error), N2V_OK);
    status = read_reader(reader, text, bytes, total, error);
    ck_assert_int_eq(reader_open_memory(&reader, packed, count, files->path, NULL, NULL), N2V_OK);
    ck_assert_int_eq(read_reader(reader, text, bytes, &from_memory, &again), status);
    ck_assert_str_eq(error->text, again.text);
    if (status == N2V_OK)
        ck_assert_uint_eq(*total, from_memory);
    return status;
}

static void expect_text(scratch *files, const unsigned char *packed, size_t count, const char *text, size_t bytes)
{
    n2v_error error = {.text = ""};
    size_t total;
    ck_assert_msg(read_both(files, packed, count, text, bytes, &total, &error) == N2V_OK, "%s", error.text);
    ck_assert_uint_eq(total, bytes);
}

static void expect_failure(scratch *files, const unsigned char *packed, size_t count, const char *says)
{
    n2v_error error = {.text = ""};
    size_t total;
    ck_assert_int_eq(read_both(files, packed, count, "", 0, &total, &error), N2V_ERROR_FORMAT);
    ck_assert_msg(strstr(error.text, says) && strstr(error.text, files->path), "'%s' is not in '%s'", says, error.text);
}

#define LONG_BYTES ((size_t)700001)

/* Two texts in members, with padding that is longer than the reader's buffer. */
START_TEST(members)
{
    const struct codec_case *c = &CASES[_i];
    const size_t room = 2 * LONG_BYTES + 300100;
    scratch files = scratch_open();
    char *text = malloc(2 * LONG_BYTES), says[100];
    unsigned char *packed = calloc(room, 1);
    size_t count, used;

    ck_assert(text && packed);
    for (size_t i = 0; i < 2 * LONG_BYTES; i++)
        text[i] = (char)(' ' + i % LONG_BYTES * i % 89);
    count = c->pack(packed, room, text, LONG_BYTES);
    expect_text(&files, packed, count, text, LONG_BYTES);
    used = count + c->pack(packed + count, room - count, "", 0);
    memcpy(text + LONG_BYTES, text, LONG_BYTES);
    memcpy(packed + used + 8, packed, count);
    used += count + 8 + 300000;
    expect_text(&files, packed, used, text, 2 * LONG_BYTES);
    packed[used - 1] = 'x';
    snprintf(says, sizeof says, "something else after the %s data, from byte %zu on", c->name, used - 1);
    expect_failure(&files, packed, used, says);
    free(packed);
    free(text);
    scratch_close(&files);
}
END_TEST

static const char CAT[] = "the cat sat on the mat, the cat sat on the hat\n";

START_TEST(cut_anywhere)
{
    const struct codec_case *c = &CASES[_i];
    scratch files = scratch_open();
    unsigned char packed[1024];
    const size_t count = c->pack(packed, sizeof packed, CAT, sizeof CAT - 1);

    expect_text(&files, packed, count, CAT, sizeof CAT - 1);
    for (size_t cut = c->magic; cut < count; cut++) {
        char says[100];
        snprintf(says, sizeof says, "the %s data end in the middle, at byte %zu: the file is truncated", c->name, cut);
        expect_failure(&files, packed, cut, says);
    }
    scratch_close(&files);
}
END_TEST

/* A flipped bit is an error, or the text is the same. */
START_TEST(bits_flipped)
{
    const struct codec_case *c = &CASES[_i];
    scratch files = scratch_open();
    unsigned char packed[1024];
    const size_t count = c->pack(packed, sizeof packed, CAT, sizeof CAT - 1);

    for (size_t bit = 8 * c->magic; bit < 8 * count; bit += SANITIZED ? 13 : runs_all() ? 1 : 5) {
        n2v_error error = {.text = ""};
        size_t total;
        packed[bit / 8] ^= (unsigned char)(1U << bit % 8);
        if (read_both(&files, packed, count, CAT, sizeof CAT - 1, &total, &error) == N2V_OK)
            ck_assert_uint_eq(total, sizeof CAT - 1);
        else
            ck_assert_int_eq(error.status, N2V_ERROR_FORMAT);
        packed[bit / 8] ^= (unsigned char)(1U << bit % 8);
    }
    scratch_close(&files);
}
END_TEST

/* Many bytes of few: the reader gives them in its chunks. */
START_TEST(bombs)
{
    const size_t bytes = (size_t)8 << 20;
    scratch files = scratch_open();
    char *zeros = calloc(bytes, 1);
    unsigned char *packed = malloc(bytes);
    size_t count;

    ck_assert(zeros && packed);
    count = CASES[_i].pack(packed, bytes, zeros, bytes);
    ck_assert_uint_lt(count, bytes / 500);
    expect_text(&files, packed, count, zeros, bytes);
    free(packed);
    free(zeros);
    scratch_close(&files);
}
END_TEST

/* A header of vectors may ask for more than such a file can hold, and then it is the data that decide. */
START_TEST(vectors_and_lying_headers)
{
    static const char fine[] = "2 2\na 1 -2\nb 0.5 3e-9\n", lie[] = "2000000000 100\na 1\n";
    unsigned char packed[1024];
    n2v_error error = {.text = ""};
    n2v_vectors *vectors;

    ck_assert_msg(n2v_vectors_load_memory(&vectors, packed,
                                          CASES[_i].pack(packed, sizeof packed, fine, sizeof fine - 1), "mine", NULL,
                                          &error) == N2V_OK,
                  "%s", error.text);
    ck_assert_str_eq(n2v_vectors_word(vectors, 1, NULL), "b");
    n2v_vectors_destroy(vectors);
    ck_assert_int_ne(n2v_vectors_load_memory(&vectors, packed,
                                             CASES[_i].pack(packed, sizeof packed, lie, sizeof lie - 1), "mine", NULL,
                                             &error),
                     N2V_OK);
    ck_assert_ptr_null(vectors);
}
END_TEST

/* One layer is read. */
START_TEST(compressed_twice)
{
    const struct codec_case *c = &CASES[_i];
    scratch files = scratch_open();
    unsigned char once[1024], twice[2048];
    char says[200];
    n2v_error error = {.text = ""};
    Reader *reader;
    size_t total, count = c->pack(once, sizeof once, CAT, sizeof CAT - 1);

    count = c->pack(twice, sizeof twice, (const char *)once, count);
    snprintf(says, sizeof says, "%s data inside %s, and only UTF-8 can be read there: read the output of `%s ", c->name,
             c->name, codec_find(c->name)->command);
    ck_assert_int_eq(reader_open(&reader, scratch_write(&files, "file", twice, count), NULL, &error), N2V_OK);
    ck_assert_int_eq(read_reader(reader, "", 0, &total, &error), N2V_ERROR_FORMAT);
    ck_assert_msg(strstr(error.text, says) != NULL, "%s", error.text);
    scratch_close(&files);
}
END_TEST

#ifdef HAVE_XZ
/* The dictionary's size is in the block's header, with a checksum. */
START_TEST(xz_window)
{
    scratch files = scratch_open();
    unsigned char packed[1024];
    const size_t count = pack_xz(packed, sizeof packed, CAT, sizeof CAT - 1);
    const size_t header = (packed[12] + 1) * (size_t)4;
    unsigned char *size = memchr(packed + 14, 0x21, header - 2); /* LZMA2, a byte of properties, the size */

    ck_assert_ptr_nonnull(size);
    for (unsigned char code = 30; code <= 32; code += 2) { /* 128 MiB, 256 MiB */
        uint32_t crc;
        size[2] = code;
        crc = lzma_crc32(packed + 12, header - 4, 0);
        memcpy(packed + 12 + header - 4, &crc, sizeof crc);
        if (code == 30)
            expect_text(&files, packed, count, CAT, sizeof CAT - 1);
        else
            expect_failure(&files, packed, count, "xz data needs a window of more than 128 MiB");
    }
    scratch_close(&files);
}
END_TEST
#endif

#ifdef HAVE_ZSTD
/* A window descriptor, and an empty last block. */
START_TEST(zstd_window)
{
    scratch files = scratch_open();
    unsigned char frame[] = {0x28, 0xb5, 0x2f, 0xfd, 0, (27 - 10) << 3, 1, 0, 0};

    expect_text(&files, frame, sizeof frame, "", 0);
    frame[5] = (28 - 10) << 3;
    expect_failure(&files, frame, sizeof frame, "zstd data needs a window of more than 128 MiB");
    scratch_close(&files);
}
END_TEST

START_TEST(zstd_skippable_frames)
{
    scratch files = scratch_open();
    unsigned char packed[1024] = {0x5f, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 'a', 'b', 'c'};
    char twice[2 * sizeof CAT];
    const size_t count = 11 + pack_zstd(packed + 11, sizeof packed - 11, CAT, sizeof CAT - 1);

    expect_text(&files, packed, count, CAT, sizeof CAT - 1);
    memcpy(packed + count, packed, count);
    packed[count] = 'P';
    snprintf(twice, sizeof twice, "%s%s", CAT, CAT);
    expect_text(&files, packed, 2 * count, twice, 2 * (sizeof CAT - 1));
    scratch_close(&files);
}
END_TEST
#endif

START_TEST(names_of_codecs)
{
    const char *names = n2v_compressions();

    ck_assert(strncmp(names, "gzip", 4) == 0);
    for (size_t i = 0; i < CASE_COUNT; i++) {
        ck_assert_ptr_nonnull(strstr(names, CASES[i].name));
        ck_assert_ptr_nonnull(codec_find(CASES[i].name));
    }
    ck_assert_ptr_null(codec_find("lzip"));
}
END_TEST

/* The test for each codec. */
static void add_each(Suite *suite, const char *name, const TTest *test)
{
    TCase *tcase = tcase_create(name);
    tcase_set_timeout(tcase, HANGS_AFTER);
    tcase_add_loop_test(tcase, test, 0, (int)CASE_COUNT);
    suite_add_tcase(suite, tcase);
}

int main(void)
{
    Suite *suite = suite_create("codecs");
    add_each(suite, "members", members);
    add_each(suite, "cut anywhere", cut_anywhere);
    add_each(suite, "bits flipped", bits_flipped);
    add_each(suite, "bombs", bombs);
    add_each(suite, "vectors", vectors_and_lying_headers);
    add_each(suite, "compressed twice", compressed_twice);
#ifdef HAVE_XZ
    add_test(suite, "window of xz", xz_window);
#endif
#ifdef HAVE_ZSTD
    add_test(suite, "window of zstd", zstd_window);
    add_test(suite, "skippable frames", zstd_skippable_frames);
#endif
    add_test(suite, "names", names_of_codecs);
    return run_suite(suite);
}
