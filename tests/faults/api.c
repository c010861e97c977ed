/* api.c - every scenario with every call of the C library failing, one at a time.
 *
 * usage: api FOLDER [MOST]    FOLDER: see probe; at most so many calls of a kind and scenario (0: all)
 * Prints a line "SCENARIO<TAB>KIND<TAB>FAULTS<TAB>REFUSED" for each scenario and kind; what is wrong goes to standard
 * error, and is exit status 1. With AddressSanitizer leaks are found, too. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api.h"

/* Of the sanitizer, where there is one. */
int __lsan_do_recoverable_leak_check(void) __attribute__((weak));

/* What a probe's calls may return with a fault of the kind; N2V_OK: nothing else. */
static const n2v_status expected[FAULT_KINDS][2] = {
    [FAULT_ALLOC] = {N2V_ERROR_MEMORY, N2V_ERROR_MEMORY}, [FAULT_MAP] = {N2V_ERROR_MEMORY, N2V_ERROR_MEMORY},
    [FAULT_OPEN] = {N2V_ERROR_IO, N2V_ERROR_IO},          [FAULT_READ] = {N2V_ERROR_IO, N2V_ERROR_IO},
    [FAULT_WRITE] = {N2V_ERROR_IO, N2V_ERROR_IO},         [FAULT_SYNC] = {N2V_ERROR_IO, N2V_ERROR_DURABILITY},
    [FAULT_RENAME] = {N2V_ERROR_IO, N2V_ERROR_IO},        [FAULT_TRUNCATE] = {N2V_ERROR_IO, N2V_ERROR_IO},
    [FAULT_CLOSE] = {N2V_ERROR_IO, N2V_ERROR_IO},         [FAULT_STAT] = {N2V_ERROR_IO, N2V_ERROR_IO},
    [FAULT_POLL] = {N2V_ERROR_IO, N2V_ERROR_IO},          [FAULT_UNLINK] = {N2V_ERROR_IO, N2V_ERROR_IO},
    [FAULT_THREAD] = {N2V_ERROR_MEMORY, N2V_ERROR_MEMORY}};

void complain(probe *p, const char *call, const char *what)
{
    p->problems++;
    fprintf(stderr, "%s, %s: %s %s (status %d: %s)\n", p->name, fault_name(p->kind), call, what, (int)p->error.status,
            p->error.text);
}

bool again(probe *p, n2v_status status, const char *call)
{
    const n2v_status *may = expected[p->kind];

    if (status == N2V_OK)
        return false;
    if (p->refused || !fault_fired()) {
        complain(p, call, "fails without a fault");
        exit(EXIT_FAILURE);
    }
    fault_stop();
    p->refused = true;
    if ((status != may[0] && status != may[1]) || status != p->error.status)
        complain(p, call, "has another status than the fault's");
    if (!strchr(p->error.text, ' '))
        complain(p, call, "does not say what happened");
    p->error = (n2v_error){.text = ""};
    return true;
}

void digest(probe *p, const void *bytes, size_t count)
{
    const unsigned char *at = bytes;

    for (size_t i = 0; i < count; i++)
        p->digest = (p->digest ^ at[i]) * UINT64_C(0x100000001b3);
}

void digest_text(probe *p, const char *text)
{
    digest(p, text ? text : "\1", text ? strlen(text) + 1 : 1);
}

void digest_file(probe *p, const char *name)
{
    FILE *file;
    int byte;

    fault_stop();
    file = fopen(in_folder(p, name), "rb");
    if (!file) {
        complain(p, name, "is missing");
        return;
    }
    while ((byte = getc(file)) != EOF)
        digest(p, &byte, 1);
    fclose(file);
}

const char *in_folder(probe *p, const char *name)
{
    memmove(p->paths[0], p->paths[1], sizeof p->paths - sizeof *p->paths);
    snprintf(p->paths[3], sizeof p->paths[3], "%s/%s", p->folder, name);
    return p->paths[3];
}

/* Names in a folder. */
static size_t count_names(const char *path)
{
    DIR *folder = opendir(path);
    size_t count = 0;

    while (folder && readdir(folder))
        count++;
    if (folder)
        closedir(folder);
    return count;
}

/* Removes the library's temporary files; how many there were. */
static size_t clear_temporary_files(const char *path)
{
    DIR *folder = opendir(path);
    size_t count = 0;

    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        const char *name = entry->d_name + (entry->d_name[0] == '.');
        if (strncmp(name, "nce2vec-", 8) == 0)
            count += unlinkat(dirfd(folder), entry->d_name, 0) == 0;
    }
    if (folder)
        closedir(folder);
    return count;
}

/* One run; number 0: without a fault. */
static probe run(const scenario *s, const probe *base, fault_kind kind, uint64_t number, bool onward)
{
    probe p = *base;
    const size_t files = count_names("/proc/self/fd");

    p.name = s->name;
    p.argument = s->argument;
    p.kind = kind;
    fault_start(kind, number, onward);
    s->run(&p);
    fault_stop();
    if (fault_mapped() != 0)
        complain(&p, "the scenario", "leaves a mapping behind");
    if (count_names("/proc/self/fd") != files)
        complain(&p, "the scenario", "leaves a file open");
    if (clear_temporary_files(p.folder) && kind != FAULT_UNLINK)
        complain(&p, "the scenario", "leaves a temporary file");
    return p;
}

/* All calls of a kind (at most `most`), each once and then with all later ones. good: without a fault. */
static unsigned inject(const scenario *s, const probe *base, const probe *good, fault_kind kind, uint64_t calls,
                       uint64_t most)
{
    const uint64_t step = most && calls > most ? calls / most : 1;
    unsigned faults = 0, refused = 0, problems = 0;

    for (uint64_t number = 1; number <= calls; number += step) {
        for (int onward = 0; onward < 2; onward++) {
            probe p;
            if (onward && kind == FAULT_INTR)
                continue;
            p = run(s, base, kind, number, onward);
            if (!p.gave_up && p.digest != good->digest)
                complain(&p, "the scenario", "has other results");
            if (p.problems)
                fprintf(stderr, "    (call %llu%s)\n", (unsigned long long)number, onward ? " and all later ones" : "");
            problems += p.problems;
            faults += fault_fired() > 0;
            refused += p.refused;
        }
    }
    if (calls && run(s, base, kind, 0, false).digest != good->digest) {
        fprintf(stderr, "%s, %s: other results without a fault\n", s->name, fault_name(kind));
        problems++;
    }
    if (calls && __lsan_do_recoverable_leak_check && __lsan_do_recoverable_leak_check()) {
        fprintf(stderr, "%s, %s: memory leaks\n", s->name, fault_name(kind));
        problems++;
    }
    if (faults)
        printf("%s\t%s\t%u\t%u\n", s->name, fault_name(kind), faults, refused);
    return problems;
}

static unsigned inject_all(const scenario *s, const probe *base, uint64_t most)
{
    const probe good = run(s, base, 0, 0, false);
    unsigned problems = good.problems;
    uint64_t calls[FAULT_KINDS];

    for (fault_kind kind = 0; kind < FAULT_KINDS; kind++)
        calls[kind] = fault_calls(kind);
    for (fault_kind kind = 0; kind < FAULT_KINDS; kind++)
        problems += inject(s, base, &good, kind, calls[kind], most);
    return problems;
}

int main(int argc, char **argv)
{
    static const scenario *const lists[] = {text_scenarios, vectors_scenarios};
    const uint64_t most = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
    probe base = {.digest = UINT64_C(0xcbf29ce484222325)};
    unsigned problems = 0;

    if (argc < 2 || strlen(argv[1]) >= sizeof base.folder) {
        fprintf(stderr, "usage: api FOLDER [MOST]\n");
        return 2;
    }
    strcpy(base.folder, argv[1]);
    for (size_t l = 0; l < sizeof lists / sizeof *lists; l++)
        for (const scenario *s = lists[l]; s->name; s++)
            problems += inject_all(s, &base, most);
    return problems ? EXIT_FAILURE : EXIT_SUCCESS;
}
