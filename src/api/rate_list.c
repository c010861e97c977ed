#include "api/rate_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "io/reader.h"
#include "train/rates.h"

#define LINE_BYTES ((size_t)MAX_TOKEN_BYTES + 128)

typedef struct File {
    const char *path;
    bool with_factors;
    size_t line; /* from 1 */
} File;

static n2v_status refuse(const File *file, const char *why, n2v_error *error)
{
    return error_set(
        error, N2V_ERROR_FORMAT, "%s, line %zu: %s; a line is a word%s", file->path, file->line, why,
        file->with_factors ? " and a factor of its learning rate, or two: of its input and its output vector" : "");
}

/* The next field of a line, which it cuts there; NULL: there is none. */
static char *next_field(char **line)
{
    char *field = *line + strspn(*line, " \t\r");
    char *end = field + strcspn(field, " \t\r");

    *line = *end ? end + 1 : end;
    *end = '\0';
    return *field ? field : NULL;
}

static bool read_factor(const char *text, float *factor)
{
    double value;

    if (!number_read(text, &value))
        return false;
    *factor = (float)value;
    return rate_is_valid(*factor);
}

static n2v_status add_line(RateList *list, const File *file, char *line, n2v_error *error)
{
    const char *word = next_field(&line), *fields[3], *fault;
    const size_t before = vocabulary_size(list->words);
    float factors[2] = {0, 0};
    char text[64];
    n2v_status status;

    for (size_t i = 0; i < 3; i++)
        fields[i] = next_field(&line);
    if (!word)
        return N2V_OK;
    if ((fault = word_fault(word, strlen(word)))) {
        (void)snprintf(text, sizeof text, "the word %s", fault);
        return refuse(file, text, error);
    }
    if (fields[file->with_factors ? 2 : 0])
        return refuse(file, "there is more than that", error);
    if (file->with_factors && !fields[0])
        return refuse(file, "there is no factor", error);
    if (file->with_factors && (!read_factor(fields[0], &factors[0]) ||
                               !read_factor(fields[1] ? fields[1] : fields[0], &factors[1])))
        return refuse(file, "the factor is not a number from 0 on", error);
    if ((status = vocabulary_add(list->words, word, strlen(word), 1, NULL, error)) != N2V_OK)
        return status;
    if (vocabulary_size(list->words) == before)
        return refuse(file, "the word appears a second time", error);
    if ((status = array_grow((void **)&list->factors, &list->room, before + 1, sizeof *list->factors,
                             "the learning rates of words", error)) != N2V_OK)
        return status;
    memcpy(list->factors[before], factors, sizeof factors);
    return N2V_OK;
}

/* Adds the bytes to the line, and the lines that end in them to the list. */
static n2v_status add_bytes(RateList *list, File *file, char *line, size_t *used, const char *bytes, size_t count,
                            n2v_error *error)
{
    n2v_status status;

    for (size_t i = 0; i < count; i++) {
        if (bytes[i] != '\n') {
            if (*used + 1 == LINE_BYTES)
                return refuse(file, "it is too long", error);
            if (!bytes[i])
                return refuse(file, "it has a byte 0", error);
            line[(*used)++] = bytes[i];
            continue;
        }
        line[*used] = '\0';
        if ((status = add_line(list, file, line, error)) != N2V_OK)
            return status;
        *used = 0;
        file->line++;
    }
    return N2V_OK;
}

n2v_status rate_list_read(RateList *list, const char *path, bool with_factors, n2v_error *error)
{
    File file = {.path = path, .with_factors = with_factors, .line = 1};
    const unsigned char *bytes;
    char line[LINE_BYTES];
    size_t count, used = 0;
    Reader *reader = NULL;
    n2v_status status;

    *list = (RateList){.words = vocabulary_create()};
    if (!list->words)
        return fail_memory(error, 0, "the learning rates of words");
    if ((status = reader_check(path, error)) != N2V_OK ||
        (status = reader_open_text(&reader, path, NULL, error)) != N2V_OK)
        goto out;
    while ((status = reader_next(reader, &bytes, &count, error)) == N2V_OK && count)
        if ((status = add_bytes(list, &file, line, &used, (const char *)bytes, count, error)) != N2V_OK)
            goto out;
    if (status == N2V_OK && used)
        status = add_bytes(list, &file, line, &used, "\n", 1, error);
    if (status == N2V_OK && !vocabulary_size(list->words))
        status = error_set(error, N2V_ERROR_FORMAT, "%s: there is no word in this file; a line is a word", path);
out:
    reader_close(reader);
    if (status != N2V_OK)
        rate_list_free(list);
    return status;
}

void rate_list_free(RateList *list)
{
    vocabulary_destroy(list->words);
    free(list->factors);
    *list = (RateList){.words = NULL};
}
