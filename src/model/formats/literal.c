#include "model/formats/literal.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"

Literal literal_open(Source *source, uint64_t bytes, char quote)
{
    return (Literal){.source = source, .end = source->bytes + bytes, .quote = quote, .byte = -1, .token = -1};
}

void literal_close(Literal *literal)
{
    free(literal->text);
    literal->text = NULL;
}

/* *byte is negative at the end of the header. */
static n2v_status next_byte(Literal *l, int *byte, n2v_error *error)
{
    unsigned char taken;
    n2v_status status;

    *byte = l->byte;
    l->byte = -1;
    if (*byte >= 0 || l->source->bytes >= l->end)
        return N2V_OK;
    if ((status = source_take(l->source, &taken, 1, error)) != N2V_OK)
        return status;
    *byte = taken;
    return N2V_OK;
}

static n2v_status add_byte(Literal *l, unsigned byte, n2v_error *error)
{
    const n2v_status status = array_grow((void **)&l->text, &l->capacity, l->bytes + 2, 1, "the header", error);

    if (status != N2V_OK)
        return status;
    l->text[l->bytes++] = (char)byte;
    l->text[l->bytes] = '\0';
    return N2V_OK;
}

static n2v_status add_character(Literal *l, uint32_t code, n2v_error *error)
{
    char bytes[UTF8_BYTES];
    const size_t count = utf8_encode(code, bytes);
    n2v_status status = N2V_OK;

    for (size_t i = 0; status == N2V_OK && i < count; i++)
        status = add_byte(l, (unsigned char)bytes[i], error);
    return status;
}

static n2v_status bad_escape(const Literal *l, n2v_error *error)
{
    return source_fail(l->source, error, "the header is malformed: an unknown escape in a string");
}

/* The four hexadecimal digits after \u. */
static n2v_status take_unit(Literal *l, uint32_t *unit, n2v_error *error)
{
    *unit = 0;
    for (int i = 0; i < 4; i++) {
        int byte;
        const char *digits = "0123456789abcdef", *digit;
        const n2v_status status = next_byte(l, &byte, error);
        if (status != N2V_OK)
            return status;
        digit = byte > 0 ? strchr(digits, byte >= 'A' && byte <= 'F' ? byte + 'a' - 'A' : byte) : NULL;
        if (!digit)
            return bad_escape(l, error);
        *unit = *unit << 4 | (uint32_t)(digit - digits);
    }
    return N2V_OK;
}

/* Characters beyond U+FFFF are two escapes, a high and a low surrogate. */
static n2v_status take_character(Literal *l, n2v_error *error)
{
    uint32_t code, low;
    int slash = 0, u = 0;
    n2v_status status = take_unit(l, &code, error);

    if (status == N2V_OK && code >= 0xd800 && code < 0xdc00) {
        if ((status = next_byte(l, &slash, error)) != N2V_OK || (status = next_byte(l, &u, error)) != N2V_OK)
            return status;
        if (slash != '\\' || u != 'u')
            return bad_escape(l, error);
        if ((status = take_unit(l, &low, error)) != N2V_OK)
            return status;
        if (low < 0xdc00 || low > 0xdfff)
            return bad_escape(l, error);
        code = 0x10000 + ((code - 0xd800) << 10 | (low - 0xdc00));
    } else if (status == N2V_OK && (!code || (code >= 0xdc00 && code <= 0xdfff))) {
        return bad_escape(l, error);
    }
    return status != N2V_OK ? status : add_character(l, code, error);
}

static n2v_status take_escape(Literal *l, n2v_error *error)
{
    static const char names[] = "\"\\/bfnrt'", meanings[] = "\"\\/\b\f\n\r\t'";
    const char *name;
    int byte;
    const n2v_status status = next_byte(l, &byte, error);

    if (status != N2V_OK)
        return status;
    if (byte == 'u')
        return take_character(l, error);
    name = byte > 0 ? strchr(names, byte) : NULL;
    return name ? add_byte(l, (unsigned char)meanings[name - names], error) : bad_escape(l, error);
}

static n2v_status take_string(Literal *l, n2v_error *error)
{
    n2v_status started = array_grow((void **)&l->text, &l->capacity, 1, 1, "the header", error);

    if (started)
        return started;
    l->bytes = 0;
    l->text[0] = '\0'; /* an empty string is a text, too */
    for (;;) {
        int byte;
        n2v_status status = next_byte(l, &byte, error);
        if (status != N2V_OK)
            return status;
        if (byte == l->quote)
            return N2V_OK;
        if (byte < 0x20) /* and the end of the header */
            return source_fail(l->source, error,
                               "the header is malformed: a string without an end, or a control character in one");
        if ((status = byte == '\\' ? take_escape(l, error) : add_byte(l, (unsigned)byte, error)) != N2V_OK)
            return status;
    }
}

static bool is_digit(int byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_letter(int byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/* Bytes of a kind, up to one that is not. */
static n2v_status take_run(Literal *l, bool (*belongs)(int byte), int byte, n2v_error *error)
{
    l->bytes = 0;
    while (belongs(byte)) {
        n2v_status status = add_byte(l, (unsigned)byte, error);
        if (status != N2V_OK || (status = next_byte(l, &byte, error)) != N2V_OK)
            return status;
    }
    l->byte = byte;
    return N2V_OK;
}

static n2v_status take_number(Literal *l, int byte, n2v_error *error)
{
    const n2v_status status = take_run(l, is_digit, byte, error);

    if (status == N2V_OK && l->bytes > 19)
        return source_fail(l->source, error, "a number in the header is too large");
    l->number = status != N2V_OK ? 0 : strtoull(l->text, NULL, 10);
    return status;
}

n2v_status literal_any(Literal *l, int *token, n2v_error *error)
{
    int byte;
    n2v_status status;

    *token = l->token;
    l->token = -1;
    if (*token >= 0)
        return N2V_OK;
    do
        if ((status = next_byte(l, &byte, error)) != N2V_OK)
            return status;
    while (byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n');
    if (byte < 0) {
        *token = LITERAL_END;
    } else if (byte == l->quote) {
        *token = LITERAL_STRING;
        status = take_string(l, error);
    } else if (is_digit(byte)) {
        *token = LITERAL_NUMBER;
        status = take_number(l, byte, error);
    } else if (is_letter(byte)) {
        *token = LITERAL_NAME;
        status = take_run(l, is_letter, byte, error);
    } else if (byte && strchr("{}[]():,", byte)) {
        *token = byte;
    } else {
        status = source_fail(l->source, error, "the header is malformed: the byte 0x%02x", (unsigned)byte);
    }
    return status;
}

static n2v_status unexpected(const Literal *l, int token, int wanted, n2v_error *error)
{
    static const char *const names[] = {"the end", "a string", "a number", "a name"};
    static const char kinds[] = {LITERAL_END, LITERAL_STRING, LITERAL_NUMBER, LITERAL_NAME};
    char own[2][4] = {{'\'', (char)token, '\''}, {'\'', (char)wanted, '\''}};
    const char *shown[2] = {own[0], own[1]};

    for (size_t i = 0; i < sizeof kinds; i++) {
        shown[0] = token == kinds[i] ? names[i] : shown[0];
        shown[1] = wanted == kinds[i] ? names[i] : shown[1];
    }
    return source_fail(l->source, error, "the header is malformed: expected %s, found %s", shown[1], shown[0]);
}

n2v_status literal_expect(Literal *l, int wanted, n2v_error *error)
{
    int token;
    const n2v_status status = literal_any(l, &token, error);

    if (status != N2V_OK)
        return status;
    return token == wanted ? N2V_OK : unexpected(l, token, wanted, error);
}

n2v_status literal_item(Literal *l, size_t index, int end, bool *there, n2v_error *error)
{
    int token;
    n2v_status status = literal_any(l, &token, error);

    *there = false;
    if (status != N2V_OK)
        return status;
    if (index && token != end) {
        if (token != ',')
            return unexpected(l, token, ',', error);
        if ((status = literal_any(l, &token, error)) != N2V_OK)
            return status;
        if (token == end && l->quote != '\'')
            return source_fail(l->source, error, "the header is malformed: a comma without an item after it");
    }
    *there = token != end;
    if (*there)
        l->token = token;
    return N2V_OK;
}

n2v_status literal_key(Literal *l, size_t index, bool *there, n2v_error *error)
{
    n2v_status status = literal_item(l, index, '}', there, error);

    if (status != N2V_OK || !*there || (status = literal_expect(l, LITERAL_STRING, error)) != N2V_OK)
        return status;
    return literal_expect(l, ':', error); /* which leaves the text as it is */
}
