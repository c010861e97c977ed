/* likelihood_lines.c - the public function of the likelihood of lines: reads a text, with its phrases, line by line. */
#include "query/likelihood_lines.h"

#include <stdlib.h>
#include <string.h>

#include "api/corpus_handle.h"
#include "api/likelihood_options.h"
#include "api/observer.h"
#include "api/phrases_handle.h"
#include "api/vectors_handle.h"
#include "base/memory.h"
#include "phrases/word_joiner.h"

typedef struct line_reader {
    const Vocabulary *vocabulary;
    LikelihoodLines *lines;
    WordJoiner *joiner; /* NULL: no phrases */

    /* The line so far. */
    Id *ids;
    size_t count, room; /* known ones */
    uint64_t unknown;
    char *text; /* its words with a space between two, where they are joined */
    size_t bytes, text_room;
} line_reader;

static n2v_status fail_null(const char *name, n2v_error *error)
{
    return error_set(error, N2V_ERROR_ARGUMENT, "n2v_likelihood_lines: %s is NULL", name);
}

/* Lines ------------------------------------------------------------------------------------- */

static void add_id(line_reader *r, Id id)
{
    r->ids[r->count] = id;
    r->count += id != NO_ID;
    r->unknown += id == NO_ID;
}

static n2v_status grow(line_reader *r, size_t more, n2v_error *error)
{
    return array_grow((void **)&r->ids, &r->room, r->count + more, sizeof *r->ids, "a line", error);
}

static n2v_status add_tokens(line_reader *r, const Tokens *tokens, n2v_error *error)
{
    const n2v_status status = grow(r, tokens->count, error);
    Id *ids = r->ids + r->count;

    if (status != N2V_OK)
        return status;
    vocabulary_find_spans(r->vocabulary, tokens->text, tokens->spans, tokens->count, ids);
    for (size_t i = 0; i < tokens->count; i++)
        if (tokens->spans[i].length) /* else the end of the sentence, which is that of the line */
            add_id(r, ids[i]);
    return N2V_OK;
}

/* Words that phrases may join. */
static n2v_status add_text(line_reader *r, const Tokens *tokens, n2v_error *error)
{
    n2v_status status;

    for (size_t i = 0; i < tokens->count; i++) {
        const Span span = tokens->spans[i];
        WordList list;
        if (!span.length)
            continue;
        if ((status = array_grow((void **)&r->text, &r->text_room, r->bytes + span.length + 2, 1, "a line", error)) !=
            N2V_OK)
            return status;
        list = (WordList){.text = r->text, .room = r->text_room, .needed = r->bytes, .words = r->bytes > 0};
        word_list_add(&list, tokens->text + span.begin, span.length);
        r->bytes = list.needed;
    }
    return N2V_OK;
}

static n2v_status take_tokens(void *context, const Tokens *tokens, n2v_error *error)
{
    line_reader *r = context;
    return (r->joiner ? add_text : add_tokens)(r, tokens, error);
}

/* The line's words after joining. */
static n2v_status add_joined(line_reader *r, n2v_error *error)
{
    WordList list = {.room = r->bytes * DELIMITER_BYTES + 1}; /* at most, every space becomes a delimiter */
    n2v_status status;

    if (!(list.text = array_create(list.room, 1)))
        return fail_memory(error, list.room, "a line");
    if ((status = word_joiner_run(r->joiner, r->text, r->bytes, &list, error)) == N2V_OK)
        status = grow(r, list.words, error);
    for (size_t from = 0, to; status == N2V_OK && from < list.needed; from = to + 1) {
        const char *space = memchr(list.text + from, ' ', list.needed - from);
        to = space ? (size_t)(space - list.text) : list.needed;
        add_id(r, vocabulary_find(r->vocabulary, list.text + from, to - from));
    }
    free(list.text);
    return status;
}

static n2v_status take_line(void *context, const char *source, uint64_t number, n2v_error *error)
{
    line_reader *r = context;
    n2v_likelihood_line line = {.source = source, .line = number};
    n2v_status status;

    if (r->bytes && (status = add_joined(r, error)) != N2V_OK)
        return status;
    line.unknown = r->unknown;
    status = likelihood_lines_add(r->lines, &line, r->ids, r->count, error);
    r->count = r->bytes = 0;
    r->unknown = 0;
    if (status != N2V_OK || !likelihood_lines_full(r->lines))
        return status;
    return likelihood_lines_measure(r->lines, error);
}

static n2v_status pause(void *context, n2v_error *error)
{
    return likelihood_lines_measure(((line_reader *)context)->lines, error);
}

/* The text ---------------------------------------------------------------------------------- */

static n2v_status check_text(const n2v_vectors *vectors, const n2v_corpus *text, n2v_error *error)
{
    if (text->was_read)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         "the corpus has been read already: lines are measured while it is read");
    if (text->given != vectors->model->vocabulary)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         "the corpus was not created with these vectors, so its words would have other ids");
    if (!text->source_count)
        return error_set(error, N2V_ERROR_ARGUMENT, "the corpus has no text: add files or sentences");
    if (text->finds_phrases)
        return error_set(error, N2V_ERROR_ARGUMENT,
                         SETTING("phrases") " %s finds phrases in a whole text, but lines are measured while it is "
                         "read: name a file of phrases",
                         settings_text(text->settings, "phrases"));
    return N2V_OK;
}

static n2v_status read_lines(line_reader *r, n2v_corpus *text, const n2v_observer *observer, n2v_error *error)
{
    static const TakeLines lines = {.line = take_line, .pause = pause};
    const SourcesOptions options = {.tokenizer = text->tokenizer,
                                    .weighted = settings_flag(text->settings, "weighted"),
                                    .stop = observer_stop(observer),
                                    .reading = observer->reading,
                                    .reading_context = observer->context,
                                    .limit = text->limit,
                                    .looks = true,
                                    .lines = &lines};
    SourcesCounts counts;
    n2v_status status;

    if (text->phrases && (status = word_joiner_create(&r->joiner, &text->phrases->table, error)) != N2V_OK)
        return status;
    if ((status = sources_read(text->sources, text->source_count, &options, take_tokens, r, &counts, error)) != N2V_OK)
        return status;
    text->report = corpus_report(&counts);
    return likelihood_lines_end(r->lines, error);
}

n2v_status n2v_likelihood_lines(const n2v_vectors *vectors, n2v_corpus *text, const n2v_settings *settings,
                                const n2v_objectives *objectives, n2v_take_line take, void *context,
                                const n2v_observer *observer, n2v_error *error)
{
    const LikelihoodTake taken = {.take = take, .context = context};
    line_reader r = {.joiner = NULL};
    LikelihoodOptions options;
    RecordedTraining recorded;
    n2v_observer copy;
    n2v_status status;

    if (!vectors || !text || !take)
        return fail_null(!vectors ? "vectors" : !text ? "text" : "take", error);
    if ((status = observer_take(&copy, observer, error)) != N2V_OK ||
        (status = likelihood_options_take(&options, &recorded, vectors, settings, objectives, error)) != N2V_OK ||
        (status = check_text(vectors, text, error)) != N2V_OK)
        return status;
    options.stop = observer_stop(&copy);
    r.vocabulary = vectors->model->vocabulary;
    if ((status = likelihood_lines_create(&r.lines, vectors->model, &options, &taken, error)) != N2V_OK)
        return status;
    text->was_read = true;
    status = read_lines(&r, text, &copy, error);
    likelihood_lines_destroy(r.lines);
    word_joiner_destroy(r.joiner);
    free(r.ids);
    free(r.text);
    return status;
}
