#include "io/content.h"

#include <stdint.h>
#include <string.h>

/* command reads standard input where no file is given; NULL: it needs a file. */
typedef struct kind {
    const char *magic;
    size_t count, at;
    const char *name, *command, *filter;
} kind;

static const kind KINDS[] = {
    {"\3757zXZ", 6, 0, "xz", "xz -dc", "xz -dc"},
    {"(\xb5/\xfd", 4, 0, "zstd", "zstd -dc", "zstd -dc"},
    {"*M\x18", 3, 1, "zstd", "zstd -dc", "zstd -dc"}, /* a skippable frame, as pzstd begins: see is_skippable */
    {"BZh", 3, 0, "bzip2", "bzip2 -dc", "bzip2 -dc"},  /* and a block's magic after the digit: see is_bzip2 */
    {"\x04\"M\x18", 4, 0, "lz4", "lz4 -dc", "lz4 -dc"},
    {"\x02!L\x18", 4, 0, "lz4", "lz4 -dc", "lz4 -dc"},
    {"LZIP\x01", 5, 0, "lzip", "lzip -dc", "lzip -dc"},
    {"]\0\0", 3, 0, "lzma", "lzma -dc", "lzma -dc"}, /* and plausible sizes: see is_lzma */
    {"\x89LZO\0\r\n\x1a\n", 9, 0, "lzop", "lzop -dc", "lzop -dc"},
    {"\x1f\x9d", 2, 0, "compress", "gzip -dc", "gzip -dc"},
    {"PK\x03\x04", 4, 0, "zip", "unzip -p", "funzip"},
    {"7z\xbc\xaf'\x1c", 6, 0, "7-Zip", "7z x -so", NULL},
    {"Rar!\x1a\x07", 6, 0, "RAR", "unrar p -inul", NULL},
    {"ustar", 5, 257, "tar", "tar -xOf", "tar -xOf -"},
    {"\xff\xfe\0\0", 4, 0, "UTF-32", "iconv -f UTF-32 -t UTF-8", "iconv -f UTF-32 -t UTF-8"},
    {"\0\0\xfe\xff", 4, 0, "UTF-32", "iconv -f UTF-32 -t UTF-8", "iconv -f UTF-32 -t UTF-8"},
    {"\xff\xfe", 2, 0, "UTF-16", "iconv -f UTF-16 -t UTF-8", "iconv -f UTF-16 -t UTF-8"},
    {"\xfe\xff", 2, 0, "UTF-16", "iconv -f UTF-16 -t UTF-8", "iconv -f UTF-16 -t UTF-8"},
};

static const kind GZIP = {.name = "gzip", .command = "gzip -dc", .filter = "gzip -dc"};

#define WITHOUT_MARK(encoding)                                                                                         \
    {                                                                                                                  \
        .name = encoding, .command = "iconv -f " encoding " -t UTF-8", .filter = "iconv -f " encoding " -t UTF-8"      \
    }
static const kind UTF32LE = WITHOUT_MARK("UTF-32LE"), UTF32BE = WITHOUT_MARK("UTF-32BE");
static const kind UTF16LE = WITHOUT_MARK("UTF-16LE"), UTF16BE = WITHOUT_MARK("UTF-16BE");

/* Also with one of the two magic bytes damaged, which inflating then reports: no text goes on with a backspace. */
static bool is_gzip(const unsigned char *head, size_t have)
{
    const bool first = have >= 2 && head[0] == 0x1f, second = have >= 2 && head[1] == 0x8b;
    return (first && second) || ((first || second) && have >= 4 && head[2] == 8 /* deflate */ && head[3] < 0x20);
}

/* A text may begin with "BZh". */
static bool is_bzip2(const unsigned char *head, size_t have)
{
    return have >= 10 && (memcmp(head + 4, "1AY&SY", 6) == 0 || memcmp(head + 4, "\x17rE8P\x90", 6) == 0);
}

/* The header: a byte of properties, the dictionary's size (u32), the size of the text (u64; all ones: unknown). A
 * header of .safetensors may have as many bytes as the magic says: its text then has an impossible size. */
static bool is_lzma(const unsigned char *head, size_t have)
{
    uint32_t dictionary;
    uint64_t text;

    if (have < 1 + sizeof dictionary + sizeof text)
        return false;
    memcpy(&dictionary, head + 1, sizeof dictionary);
    memcpy(&text, head + 1 + sizeof dictionary, sizeof text);
    return dictionary && (text == UINT64_MAX || text < UINT64_C(1) << 40);
}

static bool is_skippable(const unsigned char *head)
{
    return head[0] >> 4 == 5;
}

static bool has_magic(const kind *k, const unsigned char *head, size_t have)
{
    if (have < k->at + k->count || memcmp(head + k->at, k->magic, k->count) != 0)
        return false;
    if (memcmp(k->magic, "BZh", 3) == 0)
        return is_bzip2(head, have);
    if (memcmp(k->magic, "*M\x18", 3) == 0)
        return is_skippable(head);
    return memcmp(k->magic, "]\0\0", 3) != 0 || is_lzma(head, have);
}

#define MIN_NULS      ((size_t)4) /* fewer may be stray ones in UTF-8 */
#define SHARE_OF_NULS 16         /* of the upper bytes of UTF-16, 1 in so many: spaces, digits, punctuation */
#define FACTOR        8          /* so many times fewer of the lower bytes are zero */

/* UTF-16 and UTF-32 without a mark: the upper bytes of ASCII characters are zero, which puts zero bytes at places
 * of one kind. Zero bytes that separate words are at places of all kinds. */
static const kind *find_encoding(const unsigned char *head, size_t have)
{
    const size_t units = have / 4;
    size_t nuls[4] = {0}, even, odd;

    for (size_t i = 0; i < 4 * units; i++)
        nuls[i % 4] += !head[i];
    if (units >= MIN_NULS && nuls[3] == units && nuls[2] > units / 4 * 3 && nuls[0] < units / 2)
        return &UTF32LE;
    if (units >= MIN_NULS && nuls[0] == units && nuls[1] > units / 4 * 3 && nuls[3] < units / 2)
        return &UTF32BE;
    even = nuls[0] + nuls[2];
    odd = nuls[1] + nuls[3];
    if (odd >= MIN_NULS && odd >= 2 * units / SHARE_OF_NULS && even * FACTOR <= odd)
        return &UTF16LE;
    if (even >= MIN_NULS && even >= 2 * units / SHARE_OF_NULS && odd * FACTOR <= even)
        return &UTF16BE;
    return NULL;
}

static const kind *find_magic(const unsigned char *head, size_t have)
{
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
        if (has_magic(&KINDS[i], head, have))
            return &KINDS[i];
    return is_gzip(head, have) ? &GZIP : NULL;
}

const Codec *content_codec(const unsigned char *head, size_t have)
{
    const kind *k = find_magic(head, have);
    return k ? codec_find(k->name) : NULL;
}

n2v_status content_refuse(const Content *content, const char *name, n2v_error *error)
{
    const kind *k = find_magic(content->head, content->have);
    const char *file = *content->file ? content->file : "FILE";
    const Codec *outer = content->codec;

    if (!k && content->text)
        k = find_encoding(content->head, content->have);
    if (k && !outer && !content->text && strcmp(k->name, "zip") == 0)
        return N2V_OK; /* it may be an archive of NumPy's arrays */
    if (!k)
        return N2V_OK;
    if (!outer)
        return error_set(error, N2V_ERROR_FORMAT,
                         "%s contains %s data, and only UTF-8 can be read, plain or compressed (%s): read the output "
                         "of `%s %s` instead",
                         name, k->name, codec_names(), k->command, file);
    if (!k->filter)
        return error_set(error, N2V_ERROR_FORMAT,
                         "%s contains %s data inside %s, and only UTF-8 can be read there: unpack it with "
                         "`%s %s > UNPACKED`, and read the output of `%s UNPACKED` instead",
                         name, k->name, outer->name, outer->command, file, k->command);
    return error_set(error, N2V_ERROR_FORMAT,
                     "%s contains %s data inside %s, and only UTF-8 can be read there: read the output of "
                     "`%s %s | %s` instead",
                     name, k->name, outer->name, outer->command, file, k->filter);
}
