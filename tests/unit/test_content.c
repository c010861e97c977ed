#include "io/content.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "io/reader.h"
#include "scratch.h"
#include "test.h"

static n2v_status first_chunk(n2v_status status, Reader *reader, n2v_error *error)
{
    const unsigned char *bytes;
    size_t count;
    if (status == N2V_OK)
        status = reader_next(reader, &bytes, &count, error);
    reader_close(reader);
    return status;
}

static n2v_status open_any(const char *path, n2v_error *error)
{
    Reader *reader = NULL;
    const n2v_status status = reader_open(&reader, path, NULL, error);
    return first_chunk(status, reader, error);
}

static n2v_status open_text(const char *path, n2v_error *error)
{
    Reader *reader = NULL;
    const n2v_status status = reader_open_text(&reader, path, NULL, error);
    return first_chunk(status, reader, error);
}

typedef struct other_format {
    const char *bytes;
    size_t count;
    const char *name, *command, *filter; /* what names it; bare, and inside gzip */
} other_format;

static const other_format OTHER_FORMATS[] = {
    {"\xfd"
     "7zXZ\0\0\4",
     8, "xz", "xz -dc %s", "gzip -dc %s | xz -dc"},
    {"\x28\xb5\x2f\xfd\x24\x00", 6, "zstd", "zstd -dc %s", "gzip -dc %s | zstd -dc"},
    {"P*M\x18\4\0\0\0", 8, "zstd", "zstd -dc %s", "gzip -dc %s | zstd -dc"},
    {"BZh91AY&SY\x11\x22", 12, "bzip2", "bzip2 -dc %s", "gzip -dc %s | bzip2 -dc"},
    {"\x04\x22\x4d\x18\x40", 5, "lz4", "lz4 -dc %s", "gzip -dc %s | lz4 -dc"},
    {"]\0\0\x80\0\xff\xff\xff\xff\xff\xff\xff\xff", 13, "lzma", "lzma -dc %s", "gzip -dc %s | lzma -dc"},
    {"]\0\0\4\0\6\0\0\0\0\0\0\0\0", 14, "lzma", "lzma -dc %s", "gzip -dc %s | lzma -dc"}, /* of a known size */
    {"\x1f\x9d\x90"
     "a",
     4, "compress", "gzip -dc %s", "gzip -dc %s | gzip -dc"},
    {"PK\3\4\x14\0", 6, "zip", "unzip -p %s", "gzip -dc %s | funzip"},
    {"7z\xbc\xaf\x27\x1c", 6, "7-Zip", "7z x -so %s", "gzip -dc %s > UNPACKED"},
    {"Rar!\x1a\x07\1", 7, "RAR", "unrar p -inul %s", "gzip -dc %s > UNPACKED"},
    {"\xff\xfe"
     "a\0b\0",
     6, "UTF-16", "iconv -f UTF-16 -t UTF-8 %s", "gzip -dc %s | iconv -f UTF-16 -t UTF-8"},
    {"\xfe\xff\0a", 4, "UTF-16", "iconv -f UTF-16 -t UTF-8 %s", "gzip -dc %s | iconv -f UTF-16 -t UTF-8"},
    {"\xff\xfe\0\0a\0\0\0", 8, "UTF-32", "iconv -f UTF-32 -t UTF-8 %s", "gzip -dc %s | iconv -f UTF-32 -t UTF-8"},
};

typedef n2v_status opener(const char *path, n2v_error *error);

/* The message names the format and the command. */
static void expect_refused_by(opener *open, const char *path, const char *name, const char *command)
{
    const char *at = strstr(command, "%s");
    n2v_error error = {0};
    char sentence[512];

    ck_assert_int_eq(open(path, &error), N2V_ERROR_FORMAT);
    snprintf(sentence, sizeof sentence, "%s contains %s data", path, name);
    ck_assert_msg(strstr(error.text, sentence) == error.text, "'%s' does not begin '%s'", sentence, error.text);
    snprintf(sentence, sizeof sentence, "`%.*s%s%s", (int)(at - command), command, path, at + 2);
    ck_assert_msg(strstr(error.text, sentence) != NULL, "'%s' is not in '%s'", sentence, error.text);
}

static void expect_refused(const char *path, const char *name, const char *command)
{
    expect_refused_by(open_any, path, name, command);
}

START_TEST(other_formats)
{
    scratch files = scratch_open();
    for (size_t i = 0; i < sizeof OTHER_FORMATS / sizeof *OTHER_FORMATS; i++) {
        const other_format *f = &OTHER_FORMATS[i];
        size_t count;
        unsigned char *packed = scratch_gzip(f->bytes, f->count, &count);
        if (!codec_find(f->name)) /* what this build reads */
            expect_refused_by(strcmp(f->name, "zip") ? open_any : open_text, /* vectors may be in an .npz */
                              scratch_write(&files, "text", f->bytes, f->count), f->name, f->command);
        expect_refused(scratch_write(&files, "text.gz", packed, count), f->name, f->filter);
        free(packed);
    }
    scratch_close(&files);
}
END_TEST

START_TEST(gzip_inside_gzip)
{
    scratch files = scratch_open();
    size_t count, twice;
    unsigned char *packed = scratch_gzip("a b c\n", 6, &count), *again = scratch_gzip(packed, count, &twice);
    expect_refused(scratch_write(&files, "twice.gz", again, twice), "gzip", "gzip -dc %s | gzip -dc");
    free(again);
    free(packed);
    scratch_close(&files);
}
END_TEST

START_TEST(tar_archives)
{
    char block[1024] = "member.txt";
    scratch files = scratch_open();
    size_t count;
    unsigned char *packed;
    memcpy(block + 257, "ustar\00000", 8);
    packed = scratch_gzip(block, sizeof block, &count);
    expect_refused(scratch_write(&files, "x.tar", block, sizeof block), "tar", "tar -xOf %s");
    expect_refused(scratch_write(&files, "x.tar.gz", packed, count), "tar", "gzip -dc %s | tar -xOf -");
    free(packed);
    scratch_close(&files);
}
END_TEST

/* UTF-16 and UTF-32 of a text of ASCII and Cyrillic letters, without a mark. */
static size_t encode(char *out, const char *text, unsigned unit, bool big, unsigned upper)
{
    size_t used = 0;
    for (; *text; text++) {
        const unsigned code = *text >= 'a' && *text <= 'z' ? (unsigned char)*text + upper : (unsigned char)*text;
        for (unsigned b = 0; b < unit; b++)
            out[used++] = (char)(code >> 8 * (big ? unit - 1 - b : b));
    }
    return used;
}

START_TEST(encodings_without_mark)
{
    static const struct {
        const char *name;
        unsigned unit;
        bool big;
    } encodings[] = {{"UTF-16LE", 2, false}, {"UTF-16BE", 2, true}, {"UTF-32LE", 4, false}, {"UTF-32BE", 4, true}};
    static const char *const text = "the quick brown fox jumps over the lazy dog\n12 more of them\n";
    scratch files = scratch_open();

    for (size_t i = 0; i < 2 * sizeof encodings / sizeof *encodings; i++) {
        char bytes[512], sentence[100];
        n2v_error error = {0};
        const size_t used = encode(bytes, text, encodings[i / 2].unit, encodings[i / 2].big, i % 2 ? 0x400 : 0);
        const char *path = scratch_write(&files, "text", bytes, used);
        ck_assert_int_eq(open_text(path, &error), N2V_ERROR_FORMAT);
        snprintf(sentence, sizeof sentence, "`iconv -f %s -t UTF-8 ", encodings[i / 2].name);
        ck_assert_msg(strstr(error.text, sentence) != NULL, "'%s' is not in '%s'", sentence, error.text);
        ck_assert_int_eq(open_any(path, &error), N2V_OK); /* other files may look so */
    }
    scratch_close(&files);
}
END_TEST

/* Stray zero bytes, and those that separate words, are in UTF-8. */
START_TEST(zero_bytes_in_text)
{
    static const struct {
        const char *text;
        size_t count;
    } texts[] = {{"a\0b", 3},           {"one\0two words", 13},         {"ab\0cd\0ef\0gh\0ij\0kl\0mn\0", 21},
                 {"\0\0\0\0\0\0\0\0", 8}, {"a\0b\0c\0", 6}, {"one \0 two \0 three \0 four \0 five \0\n", 34}};
    scratch files = scratch_open();

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        n2v_error error = {0};
        const char *path = scratch_write(&files, "text", texts[i].text, texts[i].count);
        ck_assert_msg(open_text(path, &error) == N2V_OK, "text %zu: %s", i, error.text);
    }
    scratch_close(&files);
}
END_TEST

/* A text may begin as a format does. */
START_TEST(words_that_look_like_magic)
{
    static const char *const texts[] = {"BZh is a word here", "P*M", "Rar! is none", "]", "PK and 7z", "ustar"};
    scratch files = scratch_open();

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        n2v_error error = {0};
        ck_assert_msg(open_text(scratch_write(&files, "text", texts[i], strlen(texts[i])), &error) == N2V_OK, "%s",
                      error.text);
    }
    scratch_close(&files);
}
END_TEST

/* A file of .safetensors begins with the length of its header, of which some are the magic bytes of lzma. */
START_TEST(lengths_of_safetensors)
{
    static const char *const files_of[] = {
        "]\0\0\0\0\0\0\0{\"input\":{\"dtype\":", "]\0\0\1\0\0\0\0{\"input\":{\"dtype\":",
        "]\0\0\x80\0\0\0\0{\"\":{\"dtype\":\"F32\","};
    scratch files = scratch_open();

    for (size_t i = 0; i < sizeof files_of / sizeof *files_of; i++) {
        n2v_error error = {0};
        ck_assert_msg(open_any(scratch_write(&files, "a.safetensors", files_of[i], 26), &error) == N2V_OK, "%s",
                      error.text);
    }
    scratch_close(&files);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("content");
    add_test(suite, "other formats", other_formats);
    add_test(suite, "gzip inside gzip", gzip_inside_gzip);
    add_test(suite, "tar archives", tar_archives);
    add_test(suite, "encodings without mark", encodings_without_mark);
    add_test(suite, "zero bytes in text", zero_bytes_in_text);
    add_test(suite, "words that look like magic", words_that_look_like_magic);
    add_test(suite, "lengths of safetensors", lengths_of_safetensors);
    return run_suite(suite);
}
