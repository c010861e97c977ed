/* tokenizer_json.c - a WordLevel model, with a normalizer and a pre-tokenizer that split text as the tokenizer of the
 * model's record does. docs/formats.md says where they differ. */
#include "model/formats/tokenizer_json.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "model/formats/literal.h"

#define ESCAPED_BYTES (6 * MAX_TOKEN_BYTES + 1)

/* Writing ------------------------------------------------------------------------------- */

/* The tokenizer `words` (corpus/characters.h), as the text of JSON strings: regular expressions in what the engines of
 * `tokenizers` share. SPELLS: a character of a script that may spell with joiners. */
#define APOSTROPHES "[\\u2018\\u2019\\uff07]"
#define DOTS        "[\\u0387\\u2027]"
#define HEBREW      "[\\u0591-\\u05f3\\ufb1d-\\ufb4f]"
#define QUOTE       "(?<=" HEBREW ")\\\"(?=" HEBREW ")"
#define REMOVED     "(?![\\u200b-\\u200d])\\\\p{Cf}"

/* Of several joiners the last one counts. One between characters that do not spell with it is removed, and one beside
 * a character that is inside a word. */
#define JOINER         "[\\u200c\\u200d]"
#define SPELLS         "[\\u0600-\\udbff\\udfff]"
#define INSIDE         "['\\u00b7\\u055f]"
#define EARLIER_JOINER JOINER "+(?=" JOINER ")"
#define OTHER_JOINER   "(?<!" SPELLS ")" JOINER "(?!" SPELLS ")|(?<=" INSIDE ")" JOINER
#define BEFORE_INSIDE  "(?:\\u200c|(?<!\\\\p{M})\\u200d)(?=" INSIDE ")"

#define LETTER                                                                                                         \
    "\\\\p{L}(?:" JOINER "?\\\\p{M}|(?<=\\\\p{M})(?<=" SPELLS ")\\u200d|(?<=" HEBREW ")\\u05f3)*"
#define RUN     "(?:" LETTER "|\\\\p{N})+"
#define BETWEEN "(?<=[\\\\p{L}\\\\p{M}\\u05f3\\u200d])[\\u00b7\\u055f](?=\\\\p{L})"
#define ACRONYM "(?<=" HEBREW ")\\u05f4(?=" HEBREW ")"
#define WORD    RUN "(?:(?:'|" JOINER "|" BETWEEN "|" ACRONYM ")" RUN ")*"

#define REPLACE(pattern, content)                                                                                      \
    "{\"type\": \"Replace\", \"pattern\": {\"Regex\": \"" pattern "\"}, \"content\": \"" content "\"}"
#define WORDS_ARE(pattern)                                                                                             \
    "{\"type\": \"Split\", \"pattern\": {\"Regex\": \"" pattern "\"}, \"behavior\": \"Removed\", \"invert\": true}"

static const char words_characters[] =
    REPLACE(REMOVED, "") ", " REPLACE(APOSTROPHES, "'") ", " REPLACE(DOTS, "\\u00b7");
static const char words_joiners[] =
    REPLACE(EARLIER_JOINER, "") ", " REPLACE(OTHER_JOINER "|" BEFORE_INSIDE, "") ", " REPLACE(QUOTE, "\\u05f4");
static const char lower_case[] = REPLACE("\\u0130", "i") ", {\"type\": \"Lowercase\"}";
static const char turkish_case[] = REPLACE("I\\u0307", "i") ", " REPLACE("I", "\\u0131"); /* before lower case */
static const char words_splitter[] = WORDS_ARE(WORD);
static const char space_splitter[] = WORDS_ARE("[^\\\\p{Z}\\\\p{Cc}]+");

/* How text becomes words. */
typedef struct splitting {
    bool words, lower, turkish;
    const char *form; /* the normalizer of a normal form of Unicode; NULL: none */
} splitting;

static bool has_capitals(const Selection *selection)
{
    for (size_t id = 0; id < selection->words; id++)
        for (const char *at = vocabulary_word(selection->model->vocabulary, (Id)id, NULL); *at; at++)
            if (*at >= 'A' && *at <= 'Z')
                return true;
    return false;
}

/* Vectors without a record are most often of words without punctuation. */
static splitting find_splitting(const Selection *selection)
{
    const char *tokenizer = record_find(&selection->record, "tokenizer"),
               *letters = record_find(&selection->record, "case"),
               *form = record_find(&selection->record, "normal-form");
    splitting s = {.words = !tokenizer || strcmp(tokenizer, "words") == 0 || strcmp(tokenizer, "unicode") == 0};

    s.lower = letters ? strncmp(letters, "lower", 5) == 0 : tokenizer ? s.words : !has_capitals(selection);
    s.turkish = letters && strcmp(letters, "lower:tr") == 0;
    if (form && strcmp(form, "nfc") == 0)
        s.form = "{\"type\": \"NFC\"}";
    else if (form && strcmp(form, "nfkc") == 0)
        s.form = "{\"type\": \"NFKC\"}";
    return s;
}

static n2v_status write_normalizers(const splitting *s, Writer *writer, n2v_error *error)
{
    const char *const all[] = {s->form, s->turkish ? turkish_case : NULL, s->lower ? lower_case : NULL,
                               s->words ? words_characters : NULL, s->words ? words_joiners : NULL};
    const char *before = "{\"type\": \"Sequence\", \"normalizers\": [";
    bool any = false;
    n2v_status status = N2V_OK;

    for (size_t i = 0; status == N2V_OK && i < sizeof all / sizeof *all; i++)
        if (all[i]) {
            status = writer_print(writer, error, "%s%s", any ? ", " : before, all[i]);
            any = true;
        }
    return status == N2V_OK ? writer_print(writer, error, "%s", any ? "]}" : "null") : status;
}

static n2v_status write_head(const Selection *selection, Writer *writer, n2v_error *error)
{
    const splitting s = find_splitting(selection);
    n2v_status status =
        writer_print(writer, error,
                     "{\"version\": \"1.0\", \"truncation\": null, \"padding\": null, \"added_tokens\": [],\n"
                     "\"normalizer\": ");

    if (status != N2V_OK || (status = write_normalizers(&s, writer, error)) != N2V_OK)
        return status;
    return writer_print(writer, error,
                        ",\n\"pre_tokenizer\": %s,\n\"post_processor\": null, \"decoder\": null,\n"
                        "\"model\": {\"type\": \"WordLevel\", \"vocab\": {\n",
                        s.words ? words_splitter : space_splitter);
}

size_t tokenizer_json_more(const Selection *selection)
{
    const Id id = vocabulary_find(selection->model->vocabulary, UNKNOWN_TOKEN, strlen(UNKNOWN_TOKEN));
    return id == NO_ID || id >= selection->words;
}

n2v_status tokenizer_json_write(const Selection *selection, Writer *writer, n2v_error *error)
{
    const size_t words = selection->words, count = words + tokenizer_json_more(selection);
    char *escaped = array_create(ESCAPED_BYTES, 1);
    n2v_status status = escaped ? write_head(selection, writer, error) : fail_memory(error, ESCAPED_BYTES, "a word");

    for (size_t id = 0; status == N2V_OK && id < count; id++) {
        size_t bytes = strlen(UNKNOWN_TOKEN);
        const char *word = id < words ? vocabulary_word(selection->model->vocabulary, (Id)id, &bytes) : UNKNOWN_TOKEN;
        (void)json_escape_text(escaped, ESCAPED_BYTES, word, bytes);
        status = writer_print(writer, error, "\"%s\": %zu%s\n", escaped, id, id + 1 < count ? "," : "");
    }
    free(escaped);
    if (status != N2V_OK)
        return status;
    return writer_print(writer, error, "}, \"unk_token\": \"" UNKNOWN_TOKEN "\"}}\n");
}

/* Reading ------------------------------------------------------------------------------- */

typedef struct reading {
    Literal literal;
    Vocabulary *vocabulary;
    bool has_words;
    char *last, *unknown; /* the word of the last id, which is not added yet; the unknown token */
    size_t last_bytes;
} reading;

/* The value of a key that is not needed. */
static n2v_status skip_value(Literal *l, n2v_error *error)
{
    size_t depth = 0;
    int token;
    n2v_status status;

    do {
        if ((status = literal_any(l, &token, error)) != N2V_OK)
            return status;
        if (token == LITERAL_END)
            return source_fail(l->source, error, "the file is truncated: it ends here");
        if (token == '{' || token == '[')
            depth++;
        else if ((token == '}' || token == ']') && depth)
            depth--;
    } while (depth);
    return N2V_OK;
}

static n2v_status keep_text(const Literal *l, char **text, n2v_error *error)
{
    free(*text);
    *text = strndup(l->text, l->bytes);
    return *text ? N2V_OK : fail_memory(error, l->bytes, "a word");
}

static n2v_status add_last(reading *r, n2v_error *error)
{
    return r->last ? load_word(r->literal.source, r->vocabulary, r->last, r->last_bytes, 0, error) : N2V_OK;
}

static n2v_status read_words(reading *r, n2v_error *error)
{
    Literal *l = &r->literal;
    bool there;
    int token;
    n2v_status status = literal_any(l, &token, error);

    if (status == N2V_OK && token != '{')
        return source_fail(
            l->source, error,
            "the tokenizer's vocabulary is a list, as Unigram has it: only WordLevel, WordPiece and BPE can "
            "be read");
    for (size_t id = 0; status == N2V_OK && (status = literal_key(l, id, &there, error)) == N2V_OK && there; id++) {
        if ((status = add_last(r, error)) != N2V_OK || (status = keep_text(l, &r->last, error)) != N2V_OK)
            return status;
        r->last_bytes = strlen(r->last);
        if ((status = literal_expect(l, LITERAL_NUMBER, error)) == N2V_OK && l->number != id)
            return source_fail(l->source, error, "the ids of the words are not 0, 1, 2, ...: found %llu, expected %zu",
                               (unsigned long long)l->number, id);
    }
    r->has_words = status == N2V_OK && r->last;
    return status;
}

/* The keys of the object `model`, or of the file, whose `model` is read. */
static n2v_status read_object(reading *r, bool model, n2v_error *error)
{
    Literal *l = &r->literal;
    bool there;
    int token;
    n2v_status status = literal_expect(l, '{', error);

    for (size_t i = 0; status == N2V_OK && (status = literal_key(l, i, &there, error)) == N2V_OK && there; i++) {
        if (!model && strcmp(l->text, "model") == 0)
            status = read_object(r, true, error);
        else if (model && !r->has_words && strcmp(l->text, "vocab") == 0)
            status = read_words(r, error);
        else if (!model || strcmp(l->text, "unk_token") != 0)
            status = skip_value(l, error);
        else if ((status = literal_any(l, &token, error)) == N2V_OK && token == LITERAL_STRING)
            status = keep_text(l, &r->unknown, error);
    }
    return status;
}

n2v_status tokenizer_json_read(Vocabulary *vocabulary, Source *source, n2v_error *error)
{
    reading r = {.literal = literal_open(source, UINT64_MAX - source->bytes, '"'), .vocabulary = vocabulary};
    n2v_status status = read_object(&r, false, error);

    if (status == N2V_OK && !r.has_words)
        status = source_fail(source, error, "there is no vocabulary: this is no tokenizer of the library tokenizers");
    if (status == N2V_OK && !(r.unknown && strcmp(r.unknown, r.last) == 0))
        status = add_last(&r, error);
    literal_close(&r.literal);
    free(r.last);
    free(r.unknown);
    return status;
}
