#include "cli/lookup.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/print.h"

#define SUGGESTIONS ((size_t)5)
#define MAX_WORD    ((size_t)1024) /* bytes */

/* What the model's tokenizer makes of a word. */
typedef struct reading {
    char text[MAX_WORD + 1]; /* words with a space between two, "" without a tokenizer */
    size_t bytes, words;
    bool differs; /* from the word itself */
} reading;

static reading read_word(const cli_vocabulary *v, const char *text, size_t bytes)
{
    reading r = {.text = ""};

    if (n2v_vectors_tokenize(v->vectors, text, bytes, r.text, sizeof r.text, &r.bytes, &r.words, NULL) == N2V_OK &&
        r.bytes < sizeof r.text)
        r.differs = r.bytes != bytes || memcmp(r.text, text, bytes) != 0;
    return r;
}

/* The vector of a word that is not in the vocabulary; that it has none is no failure. */
static n2v_status compose(cli_word *word, const cli_vocabulary *v, const char *text, size_t bytes, float *room,
                          n2v_error *error)
{
    n2v_error problem = {.text = ""};
    const n2v_status status = n2v_vectors_compose(v->vectors, text, bytes, room, NULL, &problem);

    if (status == N2V_OK)
        word->composed = room;
    return status == N2V_ERROR_MEMORY ? fail(error, status, "%s", problem.text) : N2V_OK;
}

n2v_status lookup_word(cli_word *word, const cli_vocabulary *v, const char *text, size_t bytes, float *room,
                       n2v_error *error)
{
    reading r;

    *word = (cli_word){.text = text, .bytes = bytes, .id = n2v_vectors_find(v->vectors, text, bytes)};
    if (word->id != N2V_NO_ID)
        return N2V_OK;
    r = read_word(v, text, bytes);
    word->tokenized = r.differs && r.words == 1;
    if (word->tokenized)
        word->id = n2v_vectors_find(v->vectors, r.text, r.bytes);
    if (word->id != N2V_NO_ID || !room)
        return N2V_OK;
    return word->tokenized ? compose(word, v, r.text, r.bytes, room, error)
                           : compose(word, v, text, bytes, room, error);
}

bool lookup_has_vector(const cli_word *word)
{
    return word->id != N2V_NO_ID || word->composed;
}

const float *lookup_vector(const cli_vocabulary *v, const cli_word *word)
{
    size_t stride;
    const float *rows = n2v_vectors_view(v->vectors, N2V_INPUT, &stride);

    return word->id != N2V_NO_ID ? rows + word->id * stride : word->composed;
}

void lookup_print_word(const cli_vocabulary *v, const cli_word *word, bool json, FILE *out)
{
    reading r = {.text = ""};
    const char *text = word->text;
    size_t bytes = word->bytes;

    if (word->id != N2V_NO_ID) {
        text = n2v_vectors_word(v->vectors, word->id, &bytes);
    } else if (word->tokenized) {
        r = read_word(v, word->text, word->bytes);
        text = r.text;
        bytes = r.bytes;
    }
    (json ? print_json_string : print_plain)(out, text, bytes);
}

void lookup_print_json(const cli_vocabulary *v, uint32_t id)
{
    size_t bytes;
    const char *text = n2v_vectors_word(v->vectors, id, &bytes);

    print_json_string(stdout, text, bytes);
}

/* Close spellings, of the form that the vocabulary would have. */
static size_t suggest(const cli_vocabulary *v, const cli_word *w, const reading *r, uint32_t *close)
{
    const bool other = r->differs && r->words == 1;
    return n2v_vectors_suggest(v->vectors, other ? r->text : w->text, other ? r->bytes : w->bytes, SUGGESTIONS, close);
}

void lookup_begin_message(uint64_t line)
{
    fputs("nce2vec: ", stderr);
    if (line)
        fprintf(stderr, "line %" PRIu64 ": ", line);
}

void lookup_report(const cli_vocabulary *v, const cli_word *w, uint64_t line)
{
    const reading r = read_word(v, w->text, w->bytes);
    uint32_t close[SUGGESTIONS];
    const size_t count = suggest(v, w, &r, close);

    lookup_begin_message(line);
    fputc('\'', stderr);
    print_plain(stderr, w->text, w->bytes);
    fputs("' is not in the vocabulary of ", stderr);
    print_word(stderr, v->path);
    fputs(v->lacking ? v->lacking : "", stderr);
    if (r.differs && !r.words)
        fputs(", whose tokenizer finds no word in it", stderr);
    if (r.differs && r.words) {
        fputs(", whose tokenizer turns it into '", stderr);
        print_word(stderr, r.text);
        fputc('\'', stderr);
    }
    for (size_t i = 0; i < count; i++) {
        fputs(i ? ", " : "; did you mean ", stderr);
        print_word(stderr, n2v_vectors_word(v->vectors, close[i], NULL));
    }
    fputs(count ? "?\n" : "\n", stderr);
}

void lookup_report_json(const cli_vocabulary *v, const cli_word *words, size_t count)
{
    bool any = false;

    putchar('[');
    for (size_t i = 0; i < count; i++) {
        const cli_word *w = &words[i];
        uint32_t close[SUGGESTIONS];
        reading r;
        size_t suggestions;
        if (lookup_has_vector(w))
            continue;
        r = read_word(v, w->text, w->bytes);
        suggestions = suggest(v, w, &r, close);
        fputs(any ? ", {\"word\": " : "{\"word\": ", stdout);
        print_json_string(stdout, w->text, w->bytes);
        if (r.differs) {
            fputs(", \"tokenized\": ", stdout);
            print_json_string(stdout, r.text, r.bytes);
        }
        fputs(", \"close\": [", stdout);
        for (size_t c = 0; c < suggestions; c++) {
            fputs(c ? ", " : "", stdout);
            lookup_print_json(v, close[c]);
        }
        fputs("]}", stdout);
        any = true;
    }
    putchar(']');
}
