#include "base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define HUGE_PAGE ((size_t)2 << 20)

/* Whole pages; from one on, whole huge pages: Linux aligns only such mappings to them. 0 where it overflows. */
static size_t mapped_bytes(size_t count, size_t size)
{
    size_t bytes, page;

    if (__builtin_mul_overflow(count ? count : 1, size, &bytes) || bytes > SIZE_MAX - HUGE_PAGE)
        return 0;
    page = bytes < HUGE_PAGE ? (size_t)sysconf(_SC_PAGESIZE) : HUGE_PAGE;
    return (bytes + page - 1) / page * page;
}

void *array_create(size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        return NULL;
    return malloc(bytes ? bytes : 1);
}

void *array_create_zero(size_t count, size_t size)
{
    return calloc(count ? count : 1, size ? size : 1);
}

n2v_status array_grow(void **array, size_t *capacity, size_t need, size_t size, const char *what, n2v_error *error)
{
    size_t wanted = *capacity, bytes;
    void *grown;

    if (need <= *capacity)
        return N2V_OK;
    if (wanted < 16)
        wanted = 16;
    while (wanted < need)
        wanted = wanted > SIZE_MAX / 2 ? need : wanted * 2;
    if (__builtin_mul_overflow(wanted, size, &bytes))
        return fail_memory(error, SIZE_MAX, what);
    grown = realloc(*array, bytes);
    if (!grown)
        return fail_memory(error, bytes, what);
    *array = grown;
    *capacity = wanted;
    return N2V_OK;
}

bool memory_stream_close(FILE *stream, char *const *text)
{
    const bool complete = !ferror(stream);
    return fclose(stream) == 0 && complete && *text;
}

void *pages_create(size_t count, size_t size)
{
    const size_t bytes = mapped_bytes(count, size);
    void *memory;

    if (!bytes)
        return NULL;
    memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return NULL;
#ifdef MADV_HUGEPAGE
    if (bytes >= HUGE_PAGE) /* else each thread's scratch would take one */
        (void)madvise(memory, bytes, MADV_HUGEPAGE); /* advice: refused on kernels without huge pages */
#endif
    return memory;
}

void pages_destroy(void *memory, size_t count, size_t size)
{
    if (memory)
        (void)munmap(memory, mapped_bytes(count, size)); /* cannot fail on a mapping we made */
}

float *floats_create(size_t count)
{
    return pages_create(count, sizeof(float));
}

void floats_shrink(float *floats, size_t count, size_t fewer)
{
    const size_t had = mapped_bytes(count, sizeof *floats), kept = mapped_bytes(fewer, sizeof *floats);

    if (kept < had)
        (void)munmap((char *)floats + kept, had - kept); /* where it fails, the pages stay */
}

void floats_destroy(float *floats, size_t count)
{
    pages_destroy(floats, count, sizeof *floats);
}
