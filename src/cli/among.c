#include "cli/among.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/plural.h"
#include "cli/print.h"

typedef struct word_list {
    uint32_t *ids;
    size_t count, room;
    size_t unknown;
    char example[64]; /* an unknown one */
} word_list;

static n2v_status add(word_list *list, const cli_vocabulary *v, const char *text, size_t bytes, n2v_error *error)
{
    cli_word word;
    n2v_status status;

    if ((status = lookup_word(&word, v, text, bytes, NULL, error)) != N2V_OK)
        return status;
    if (word.id == N2V_NO_ID) {
        if (!list->unknown++)
            (void)snprintf(list->example, sizeof list->example, "%.*s", bytes < 60 ? (int)bytes : 60, text);
        return N2V_OK;
    }
    if (list->count == list->room) {
        const size_t room = list->room ? 2 * list->room : 256;
        uint32_t *ids = realloc(list->ids, room * sizeof *ids);
        if (!ids)
            return fail_memory(error, room * sizeof *ids, "the words that may be answers");
        list->ids = ids;
        list->room = room;
    }
    list->ids[list->count++] = word.id;
    return N2V_OK;
}

/* A line without what is blank around it. */
static n2v_status add_line(word_list *list, const cli_vocabulary *v, const char *line, size_t bytes, n2v_error *error)
{
    size_t begin = 0;

    while (begin < bytes && (line[begin] == ' ' || line[begin] == '\t'))
        begin++;
    while (bytes > begin && strchr(" \t\r\n", line[bytes - 1]))
        bytes--;
    return bytes > begin ? add(list, v, line + begin, bytes - begin, error) : N2V_OK;
}

static n2v_status read_lines(word_list *list, const cli_vocabulary *v, const char *path, FILE *file, n2v_error *error)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t bytes;
    n2v_status status = N2V_OK;

    while (status == N2V_OK && (bytes = getline(&line, &room, file)) > 0)
        status = add_line(list, v, line, (size_t)bytes, error);
    free(line);
    if (status == N2V_OK && !feof(file))
        status = fail(error, N2V_ERROR_IO, "cannot read %s: %s", path, strerror(errno));
    return status;
}

/* A warning, or the failure when there is no other word. */
static n2v_status report(const word_list *list, const cli_vocabulary *v, const char *path, n2v_error *error)
{
    char words[PLURAL_TEXT];

    if (!list->count)
        return fail(error, N2V_ERROR_DATA, "--among %s: none of its words is in the vocabulary of %s", path, v->path);
    if (!list->unknown)
        return N2V_OK;
    fprintf(stderr, "nce2vec: --among ");
    print_word(stderr, path);
    fprintf(stderr, ": %s %s not in the vocabulary, such as '", plural(list->unknown, "word", words),
            list->unknown == 1 ? "is" : "are");
    print_word(stderr, list->example);
    fprintf(stderr, "': skipped\n");
    return N2V_OK;
}

n2v_status among_read(uint32_t **ids, size_t *count, const cli_vocabulary *vocabulary, const char *path,
                      n2v_error *error)
{
    word_list list = {.ids = NULL};
    FILE *file = fopen(path, "re");
    n2v_status status;

    if (!file)
        return fail(error, errno == ENOMEM ? N2V_ERROR_MEMORY : N2V_ERROR_ARGUMENT, "cannot read %s: %s", path,
                    strerror(errno));
    status = read_lines(&list, vocabulary, path, file, error);
    (void)fclose(file); /* it was only read */
    if (status == N2V_OK)
        status = report(&list, vocabulary, path, error);
    if (status == N2V_OK) {
        *ids = list.ids;
        *count = list.count;
    } else {
        free(list.ids);
    }
    return status;
}
