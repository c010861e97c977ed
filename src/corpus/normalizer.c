#include "corpus/normalizer.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/memory.h"
#include "base/utf8_stream.h"
#include "corpus/fold.h"

#define GROUP      48                  /* characters that are normalized together, at most */
#define LONGEST    18                  /* characters that one becomes at most, in NFKC */
#define OUT_BYTES  ((size_t)8192)
#define OUT_NEEDED ((size_t)4 * (GROUP * LONGEST + 2) + 8) /* what the next byte may make */

#define CAPITAL_I   0x49
#define DOTLESS_I   0x131
#define DOTTED_I    0x130
#define DOT_ABOVE   0x307

typedef struct Normalizer {
    LetterCase letter_case;
    NormalForm form;
    Utf8Stream in;
    bool after_i; /* Turkish: a capital I that a dot may follow */
    size_t grouped, used;
    uint32_t group[GROUP]; /* a character and what may combine with it */
    unsigned char out[OUT_BYTES];
} Normalizer;

static void write_code(Normalizer *n, uint32_t code)
{
    if (code < 0x80)
        n->out[n->used++] = (unsigned char)code;
    else
        n->used += (size_t)utf8proc_encode_char((utf8proc_int32_t)code, n->out + n->used);
}

/* A capital I of Turkish is dotless, unless a dot follows. */
static void end_i(Normalizer *n)
{
    if (n->after_i)
        write_code(n, DOTLESS_I);
    n->after_i = false;
}

static void lower_turkish(Normalizer *n, uint32_t code)
{
    if (n->after_i && code == DOT_ABOVE) {
        n->after_i = false;
        write_code(n, 'i');
        return;
    }
    end_i(n);
    if (code == CAPITAL_I)
        n->after_i = true;
    else
        write_code(n, code == DOTTED_I ? 'i' : fold_character(code));
}

static void put_code(Normalizer *n, uint32_t code)
{
    if (n->letter_case == CASE_KEEP)
        write_code(n, code);
    else if (n->letter_case == CASE_LOWER)
        write_code(n, fold_character(code));
    else
        lower_turkish(n, code);
}

static void end_group(Normalizer *n)
{
    const utf8proc_option_t options =
        UTF8PROC_STABLE | UTF8PROC_COMPOSE | (n->form == FORM_NFKC ? UTF8PROC_COMPAT : (utf8proc_option_t)0);
    utf8proc_uint8_t text[4 * GROUP];
    utf8proc_int32_t codes[GROUP * LONGEST];
    utf8proc_ssize_t bytes = 0, count;

    for (size_t i = 0; i < n->grouped; i++)
        bytes += utf8proc_encode_char((utf8proc_int32_t)n->group[i], text + bytes);
    count = utf8proc_decompose(text, bytes, codes, GROUP * LONGEST, options);
    if (count > 0 && count <= GROUP * LONGEST)
        count = utf8proc_normalize_utf32(codes, count, options);
    for (utf8proc_ssize_t i = 0; i < count; i++)
        put_code(n, (uint32_t)codes[i]);
    n->grouped = 0;
}

/* The second and third letters of a Hangul syllable. */
static bool is_later_jamo(utf8proc_int32_t code)
{
    return (code >= 0x1160 && code <= 0x11ff) || (code >= 0xd7b0 && code <= 0xd7ff);
}

/* Whether a character cannot combine with what is before it, by the first one that it becomes. */
static bool begins_group(const Normalizer *n, uint32_t code)
{
    const utf8proc_option_t options = n->form == FORM_NFKC ? UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT : UTF8PROC_DECOMPOSE;
    utf8proc_int32_t codes[LONGEST] = {0};
    int class = 0;

    if (code < 0x300)
        return true;
    if (utf8proc_decompose_char((utf8proc_int32_t)code, codes, LONGEST, options, &class) < 1)
        return true;
    switch (utf8proc_category(codes[0])) {
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
        return false;
    default:
        return !is_later_jamo(codes[0]);
    }
}

static void see_code(Normalizer *n, uint32_t code)
{
    if (n->form == FORM_NONE) {
        put_code(n, code);
        return;
    }
    if (n->grouped == 1 && n->group[0] < 0x80 && code < 0x80) { /* most characters of many texts */
        put_code(n, n->group[0]);
        n->group[0] = code;
        return;
    }
    if (n->grouped && (n->grouped == GROUP || begins_group(n, code)))
        end_group(n);
    n->group[n->grouped++] = code;
}

static void end_all(Normalizer *n)
{
    if (n->grouped)
        end_group(n);
    end_i(n);
}

static void see_event(Normalizer *n, Utf8Event event)
{
    if (event == UTF8_CHARACTER) {
        see_code(n, n->in.code);
    } else if (event == UTF8_MALFORMED) {
        end_all(n);
        memcpy(n->out + n->used, n->in.bytes, n->in.length);
        n->used += n->in.length;
    }
}

static void give(Normalizer *n, Piece *out)
{
    *out = (Piece){.bytes = n->out, .count = n->used};
}

static n2v_status normalizer_feed(void *state, const unsigned char *bytes, size_t count, size_t *taken, Piece *out,
                                  n2v_error *error)
{
    Normalizer *n = state;
    size_t at = 0;

    (void)error;
    n->used = 0;
    while (at < count && n->used + OUT_NEEDED <= OUT_BYTES) {
        bool took;
        see_event(n, utf8_stream_take(&n->in, bytes[at], &took));
        at += took;
    }
    *taken = at;
    give(n, out);
    return N2V_OK;
}

static n2v_status normalizer_end(void *state, Piece *out, n2v_error *error)
{
    Normalizer *n = state;

    (void)error;
    n->used = 0;
    see_event(n, utf8_stream_end(&n->in));
    end_all(n);
    give(n, out);
    return N2V_OK;
}

static uint64_t normalizer_malformed(const void *state)
{
    (void)state;
    return 0;
}

n2v_status normalizer_create(Stage *stage, LetterCase letter_case, NormalForm form, n2v_error *error)
{
    Normalizer *n = array_create_zero(1, sizeof *n);

    if (!n)
        return fail_memory(error, sizeof *n, "normalizing the text");
    n->letter_case = letter_case;
    n->form = form;
    *stage = (Stage){.feed = normalizer_feed,
                     .end = normalizer_end,
                     .malformed = normalizer_malformed,
                     .destroy = free,
                     .state = n};
    return N2V_OK;
}
