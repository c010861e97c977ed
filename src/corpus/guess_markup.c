#include <string.h>

#include "corpus/guess.h"

#define MIN_TAGS  3
#define TAG_SHARE 20 /* percent of the bytes that are in tags of HTML, where the text does not begin with one */

static bool is_letter(unsigned char byte)
{
    return (unsigned)(byte | 0x20) - 'a' < 26;
}

static bool is_blank(unsigned char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static const unsigned char *skip_blanks(const unsigned char *at, const unsigned char *end)
{
    while (at < end && is_blank(*at))
        at++;
    return at;
}

static bool begins(const unsigned char *at, const unsigned char *end, const char *text)
{
    for (; *text; text++, at++)
        if (at == end || (*at | (is_letter(*at) ? 0x20 : 0)) != *text)
            return false;
    return true;
}

/* Names that are in no other kind of angle brackets. <s>, <u> and the like are tokens in texts for language models. */
static bool is_html_name(const unsigned char *name, size_t bytes)
{
    static const char *const names[] = {"a",     "body", "br",   "code",   "div",   "em",     "font",  "h1",   "h2",
                                        "h3",    "head", "html", "img",    "input", "li",     "link",  "meta", "ol",
                                        "p",     "pre",  "ref",  "script", "span",  "strong", "style", "sub",  "sup",
                                        "table", "td",   "th",   "title",  "tr",    "ul"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i]) == bytes && begins(name, name + bytes, names[i]))
            return true;
    return false;
}

typedef enum TagKind { NO_TAG, OTHER_TAG, HTML_TAG, DOC_TAG } TagKind;

/* A tag that begins at `<`; *bytes: its length. Other names need an attribute: in brackets alone they may be
 * anything. */
static TagKind read_tag(const unsigned char *at, const unsigned char *end, size_t *bytes)
{
    const unsigned char *name = at + 1, *after, *close;
    bool attribute;

    if (name < end && *name == '/')
        name++;
    after = name;
    while (after < end && (is_letter(*after) || (after > name && *after >= '0' && *after <= '9') ||
                           (after > name && (*after == ':' || *after == '-' || *after == '_'))))
        after++;
    if (after == name || after == end || !(*after == '>' || *after == '/' || is_blank(*after)))
        return NO_TAG;
    close = memchr(after, '>', (size_t)(end - after));
    if (!close || memchr(after, '<', (size_t)(close - after)))
        return NO_TAG;
    *bytes = (size_t)(close + 1 - at);
    attribute = memmem(after, (size_t)(close - after), "=\"", 2) || memmem(after, (size_t)(close - after), "='", 2);
    if (after - name == 3 && begins(name, after, "doc") && (attribute || name[-1] == '/'))
        return DOC_TAG;
    if (is_html_name(name, (size_t)(after - name)) && (attribute || *after == '>' || *after == '/' || close[-1] == '/'))
        return HTML_TAG;
    return attribute ? OTHER_TAG : NO_TAG;
}

/* Tags ---------------------------------------------------------------------------------- */

typedef struct Tags {
    size_t counts[DOC_TAG + 1], html_bytes;
    const unsigned char *first;
} Tags;

static Tags count_tags(const unsigned char *bytes, size_t count)
{
    const unsigned char *at = bytes, *end = bytes + count;
    Tags tags = {.first = NULL};

    while ((at = memchr(at, '<', (size_t)(end - at)))) {
        size_t length = 1;
        const TagKind kind = read_tag(at, end, &length);
        tags.counts[kind]++;
        if (kind != NO_TAG && !tags.first)
            tags.first = at;
        tags.html_bytes += kind == HTML_TAG ? length : 0;
        at += length;
    }
    return tags;
}

/* What the text declares itself to be, or NULL. */
static const char *declared(const unsigned char *at, const unsigned char *end)
{
    if (begins(at, end, "<!doctype html") || begins(at, end, "<html"))
        return "HTML";
    if (begins(at, end, "<?xml") || begins(at, end, "<!doctype"))
        return "XML";
    return NULL;
}

static const char *guess_tags(const unsigned char *bytes, size_t count, size_t *where)
{
    const unsigned char *end = bytes + count, *start = skip_blanks(bytes, end);
    const Tags tags = count_tags(bytes, count);
    const size_t all = tags.counts[OTHER_TAG] + tags.counts[HTML_TAG] + tags.counts[DOC_TAG];
    const char *name = declared(start, end);

    *where = (size_t)((name ? start : tags.first ? tags.first : bytes) - bytes);
    if (name)
        return name;
    if (tags.first == start && tags.counts[DOC_TAG] && tags.counts[DOC_TAG] * 2 >= all)
        return "text in <doc> tags";
    if (all < MIN_TAGS || (tags.first != start && tags.html_bytes * 100 < TAG_SHARE * count))
        return NULL;
    return tags.counts[HTML_TAG] >= tags.counts[OTHER_TAG] ? "HTML" : "XML";
}

/* JSON ---------------------------------------------------------------------------------- */

/* The end of a string that begins at a quote, or NULL. */
static const unsigned char *string_end(const unsigned char *at, const unsigned char *end)
{
    for (at++; at < end && *at != '\n'; at++) {
        if (*at == '\\')
            at++;
        else if (*at == '"')
            return at;
    }
    return NULL;
}

/* Whether a line begins as an object with a name. */
static bool begins_object(const unsigned char *at, const unsigned char *end, const unsigned char **name)
{
    const unsigned char *close;

    at = skip_blanks(at, end);
    if (at < end && *at == '[')
        at = skip_blanks(at + 1, end);
    if (at == end || *at != '{')
        return false;
    *name = at = skip_blanks(at + 1, end);
    if (at == end || *at != '"' || !(close = string_end(at, end)))
        return false;
    at = skip_blanks(close + 1, end);
    return at < end && *at == ':';
}

/* The name of the longest text, from the first name on. */
static void find_key(Guess *guess, const unsigned char *at, const unsigned char *end)
{
    size_t longest = 0;

    while (at < end && *at == '"') {
        const unsigned char *close = string_end(at, end), *value, *value_end;
        if (!close)
            return;
        value = skip_blanks(close + 1, end);
        value = value < end && *value == ':' ? skip_blanks(value + 1, end) : end;
        if (value < end && *value == '"') {
            value_end = string_end(value, end) ? string_end(value, end) : end;
            if ((size_t)(value_end - value) > longest && (size_t)(close - at) - 1 < sizeof guess->key) {
                longest = (size_t)(value_end - value);
                memcpy(guess->key, at + 1, (size_t)(close - at) - 1);
                guess->key[close - at - 1] = '\0';
            }
            at = value_end < end ? value_end + 1 : end;
        } else {
            at = value;
        }
        while (at < end && *at != '"' && *at != '\n')
            at++;
    }
}

static bool guess_json(Guess *guess, const unsigned char *bytes, size_t count)
{
    const unsigned char *at = bytes, *end = bytes + count, *name, *first = NULL;
    size_t lines = 0, objects = 0;

    if (!begins_object(bytes, end, &first))
        return false;
    while (at < end) {
        const unsigned char *feed = memchr(at, '\n', (size_t)(end - at)), *stop = feed ? feed : end;
        if (skip_blanks(at, stop) < stop) {
            lines++;
            objects += begins_object(at, stop, &name);
        }
        at = feed ? feed + 1 : end;
    }
    if (objects * 10 < lines * 8) /* pretty-printed JSON and code have braces alone in lines */
        return false;
    find_key(guess, first, end);
    guess->at = (size_t)(skip_blanks(bytes, end) - bytes);
    return true;
}

bool guess_markup(Guess *guess, const unsigned char *bytes, size_t count)
{
    *guess = (Guess){.what = NULL};
    if (guess_json(guess, bytes, count)) {
        guess->what = "JSON";
        return true;
    }
    guess->what = guess_tags(bytes, count, &guess->at);
    return guess->what;
}
