#include <stdlib.h>
#include <string.h>
#include <unicode/ubrk.h>
#include <unicode/uversion.h>

#include "base/memory.h"
#include "base/utf8_stream.h"
#include "corpus/characters.h"
#include "corpus/segmenter.h"

#define UNITS     4096               /* of UTF-16 that are segmented together */
#define LOOKAHEAD 256 /* after a boundary inside a run of letters, so that what follows does not move it */
#define OUT_BYTES ((size_t)4 * UNITS) /* a unit becomes 3 bytes at most, and a word has one byte before it */

/* How far the buffer and the output are final. */
typedef struct Mark {
    int32_t units;
    size_t bytes;
    bool after_word;
} Mark;

typedef struct Segmenter {
    UBreakIterator *words;
    Utf8Stream in;
    uint64_t malformed;
    bool after_word; /* a word before this one in the line: a space comes between */
    bool continues;  /* the first segment goes on with a word that was longer than the buffer */
    int32_t used;
    size_t bytes;
    UChar text[UNITS];
    unsigned char out[OUT_BYTES];
} Segmenter;

static n2v_status fail_icu(UErrorCode code, n2v_error *error)
{
    return code == U_MEMORY_ALLOCATION_ERROR
               ? fail_memory(error, 0, "segmenting the text")
               : error_set(error, N2V_ERROR_IO, "ICU cannot segment the text: %s", u_errorName(code));
}

static void write_code(Segmenter *s, uint32_t code)
{
    unsigned char *out = s->out + s->bytes;

    if (code < 0x80) {
        out[0] = (unsigned char)code;
        s->bytes += 1;
    } else if (code < 0x800) {
        out[0] = (unsigned char)(0xc0 | code >> 6);
        out[1] = (unsigned char)(0x80 | (code & 0x3f));
        s->bytes += 2;
    } else if (code < 0x10000) {
        out[0] = (unsigned char)(0xe0 | code >> 12);
        out[1] = (unsigned char)(0x80 | (code >> 6 & 0x3f));
        out[2] = (unsigned char)(0x80 | (code & 0x3f));
        s->bytes += 3;
    } else {
        out[0] = (unsigned char)(0xf0 | code >> 18);
        out[1] = (unsigned char)(0x80 | (code >> 12 & 0x3f));
        out[2] = (unsigned char)(0x80 | (code >> 6 & 0x3f));
        out[3] = (unsigned char)(0x80 | (code & 0x3f));
        s->bytes += 4;
    }
}

/* As the tokenizer words: without soft hyphens and marks of direction, and with one apostrophe, so that spellings of
 * one word do not differ. */
static void write_character(Segmenter *s, uint32_t code)
{
    uint32_t written = code;
    const CharacterRole role = code < 0xad ? CHARACTER_LETTER : character_role(code, &written);

    if (role != CHARACTER_IGNORED)
        write_code(s, role == CHARACTER_ANY ? written : code);
}

static void write_word(Segmenter *s, int32_t begin, int32_t end)
{
    if (s->after_word && !(s->continues && begin == 0))
        write_code(s, ' ');
    s->after_word = true;
    while (begin < end) {
        uint32_t code = s->text[begin++];
        if (code >= 0xd800 && code < 0xdc00) /* the buffer has pairs alone, and segments do not cut them */
            code = 0x10000 + ((code - 0xd800) << 10) + (s->text[begin++] - 0xdc00u);
        write_character(s, code);
    }
}

static void write_segment(Segmenter *s, int32_t begin, int32_t end, bool is_word)
{
    if (is_word) {
        write_word(s, begin, end);
        return;
    }
    for (int32_t i = begin; i < end; i++)
        if (s->text[i] == '\n') {
            write_code(s, '\n');
            s->after_word = false;
        }
}

static Mark mark(const Segmenter *s, int32_t units)
{
    return (Mark){.units = units, .bytes = s->bytes, .after_word = s->after_word};
}

/* Segments what the buffer has, up to a boundary that does not depend on the text after it. */
static n2v_status segment(Segmenter *s, bool is_end, n2v_error *error)
{
    UErrorCode code = U_ZERO_ERROR;
    Mark safe = {0}, likely = {0}, after = {0}; /* before the last segment; in a run of letters; after separators */
    int32_t begin = 0, end;

    s->bytes = 0;
    ubrk_setText(s->words, s->text, s->used, &code);
    if (U_FAILURE(code))
        return fail_icu(code, error);
    while ((end = ubrk_next(s->words)) != UBRK_DONE) {
        const bool is_word = ubrk_getRuleStatus(s->words) >= UBRK_WORD_NONE_LIMIT;
        safe = after.units ? after : safe; /* a whole segment follows it */
        write_segment(s, begin, end, is_word);
        after = is_word ? (Mark){0} : mark(s, end);
        if (end <= s->used - LOOKAHEAD)
            likely = mark(s, end);
        begin = end;
    }
    if (!is_end && !safe.units)
        safe = likely;
    s->continues = !is_end && !safe.units;
    if (is_end || !safe.units)
        safe = mark(s, s->used);
    s->used -= safe.units;
    memmove(s->text, s->text + safe.units, (size_t)s->used * sizeof *s->text);
    s->bytes = safe.bytes;
    s->after_word = safe.after_word;
    return N2V_OK;
}

static void see_event(Segmenter *s, Utf8Event event)
{
    uint32_t code = s->in.code;

    if (event == UTF8_MORE)
        return;
    if (event == UTF8_MALFORMED) {
        s->malformed++;
        code = 0xfffd; /* a separator */
    }
    if (code >= 0x10000) {
        s->text[s->used++] = (UChar)(0xd800 + ((code - 0x10000) >> 10));
        s->text[s->used++] = (UChar)(0xdc00 + (code & 0x3ff));
    } else {
        s->text[s->used++] = (UChar)code;
    }
}

static n2v_status segmenter_feed(void *state, const unsigned char *bytes, size_t count, size_t *taken, Piece *out,
                                 n2v_error *error)
{
    Segmenter *s = state;
    n2v_status status = N2V_OK;
    size_t at = 0;

    s->bytes = 0;
    while (at < count && s->used + 2 <= UNITS) {
        bool took;
        see_event(s, utf8_stream_take(&s->in, bytes[at], &took));
        at += took;
    }
    if (s->used + 2 > UNITS)
        status = segment(s, false, error);
    *taken = at;
    *out = (Piece){.bytes = s->out, .count = s->bytes};
    return status;
}

static n2v_status segmenter_end(void *state, Piece *out, n2v_error *error)
{
    Segmenter *s = state;
    n2v_status status = N2V_OK;

    s->bytes = 0;
    see_event(s, utf8_stream_end(&s->in));
    if (s->used)
        status = segment(s, true, error);
    s->after_word = s->continues = false;
    *out = (Piece){.bytes = s->out, .count = s->bytes};
    return status;
}

static uint64_t segmenter_malformed(const void *state)
{
    return ((const Segmenter *)state)->malformed;
}

static void segmenter_destroy(void *state)
{
    ubrk_close(((Segmenter *)state)->words);
    free(state);
}

/* An iterator of its own: they are not for several threads. The locale is none: a text trains the same everywhere. */
n2v_status segmenter_create(Stage *stage, n2v_error *error)
{
    Segmenter *s = array_create_zero(1, sizeof *s);
    UErrorCode code = U_ZERO_ERROR;

    if (!s)
        return fail_memory(error, sizeof *s, "segmenting the text");
    s->words = ubrk_open(UBRK_WORD, "", NULL, 0, &code);
    if (U_FAILURE(code)) {
        free(s);
        return fail_icu(code, error);
    }
    *stage = (Stage){.feed = segmenter_feed,
                     .end = segmenter_end,
                     .malformed = segmenter_malformed,
                     .destroy = segmenter_destroy,
                     .state = s};
    return N2V_OK;
}

n2v_status segmenter_check(n2v_error *error)
{
    (void)error;
    return N2V_OK;
}

const char *segmenter_tokenizers(void)
{
    return "words, space, unicode (ICU " U_ICU_VERSION "), command:PROGRAM";
}
