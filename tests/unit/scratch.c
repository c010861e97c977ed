#include "scratch.h"

#include <check.h>
#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

scratch scratch_open(void)
{
    scratch files = {.folder = "/tmp/nce2vec-test-XXXXXX"};
    ck_assert_ptr_nonnull(mkdtemp(files.folder));
    return files;
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
    (void)info, (void)kind, (void)walk;
    return remove(path);
}

void scratch_close(scratch *files)
{
    ck_assert_int_eq(nftw(files->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

const char *scratch_path(scratch *files, const char *name)
{
    const int count = snprintf(files->path, sizeof files->path, "%s/%s", files->folder, name);
    ck_assert(count > 0 && (size_t)count < sizeof files->path);
    return files->path;
}

const char *scratch_write(scratch *files, const char *name, const void *bytes, size_t count)
{
    FILE *file = fopen(scratch_path(files, name), "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, count, file), count);
    ck_assert_int_eq(fclose(file), 0);
    return files->path;
}

char *scratch_read(const char *path, size_t *count)
{
    FILE *file = fopen(path, "rb");
    char *bytes;
    long size;

    if (!file)
        return NULL;
    ck_assert_int_eq(fseek(file, 0, SEEK_END), 0);
    size = ftell(file);
    ck_assert_int_ge(size, 0);
    rewind(file);
    bytes = malloc((size_t)size + 1);
    ck_assert_ptr_nonnull(bytes);
    ck_assert_uint_eq(fread(bytes, 1, (size_t)size, file), (size_t)size);
    bytes[size] = '\0';
    ck_assert_int_eq(fclose(file), 0);
    if (count)
        *count = (size_t)size;
    return bytes;
}

size_t scratch_names(const scratch *files)
{
    DIR *folder = opendir(files->folder);
    size_t names = 0;
    ck_assert_ptr_nonnull(folder);
    for (struct dirent *entry; (entry = readdir(folder));)
        names += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(folder);
    return names;
}

unsigned char *scratch_gzip(const void *bytes, size_t count, size_t *packed)
{
    z_stream stream = {0};
    const size_t room = count + count / 100 + 64;
    unsigned char *out = malloc(room);

    ck_assert_ptr_nonnull(out);
    ck_assert_int_eq(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = (z_const Bytef *)(uintptr_t)bytes;
    stream.avail_in = (uInt)count;
    stream.next_out = out;
    stream.avail_out = (uInt)room;
    ck_assert_int_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
    *packed = stream.total_out;
    ck_assert_int_eq(deflateEnd(&stream), Z_OK);
    return out;
}
