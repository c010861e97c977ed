#include "cli/quality.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/plural.h"

static const char *const changes[] = {"reduce", "remove-top", "float16", "int8", NULL};

static bool is_on(n2v_settings *settings, const char *name)
{
    const char *text = n2v_settings_get(settings, name);
    return text && strcmp(text, "0") != 0;
}

bool quality_changes(n2v_settings *settings)
{
    for (const char *const *name = changes; *name; name++)
        if (is_on(settings, *name))
            return true;
    return false;
}

/* The vectors with all or none of the changes that are listed; the other settings are those of the file. */
static n2v_status derive(const cli_session *session, n2v_vectors **derived, const n2v_vectors *vectors,
                         n2v_settings *settings, const char *const *without, n2v_error *error)
{
    n2v_settings *some = NULL;
    n2v_status status = n2v_settings_copy(&some, settings, error);

    for (; status == N2V_OK && *without; without++)
        status = n2v_settings_set(some, *without, NULL, error);
    if (status == N2V_OK)
        status = n2v_vectors_derive_with(derived, vectors, some, &session->observer, error);
    n2v_settings_destroy(some);
    return status;
}

/* What `reduce` kept is in the record. */
static void report_variance(cli_session *session, const n2v_vectors *written)
{
    const char *name, *value;

    for (size_t i = 0; written && n2v_vectors_record(written, i, &name, &value); i++)
        if (strcmp(name, "variance-kept") == 0)
            progress_print(&session->progress, "variance kept: %.1f %%", 100 * strtod(value, NULL));
}

static void report_comparison(cli_session *session, const n2v_comparison *c)
{
    char words[PLURAL_TEXT], sampled[PLURAL_TEXT];

    if (!isnan(c->mean_cosine))
        progress_print(&session->progress, "mean cosine of old and new vectors: %.4f (%s)", c->mean_cosine,
                       plural(c->words, "word", words));
    if (!isnan(c->overlap))
        progress_print(&session->progress, "nearest words: %.1f %% of the %zu nearest of %s are the same",
                       100 * c->overlap, c->neighbors, plural(c->sampled, "frequent word", sampled));
}

static n2v_status report_pairs(cli_session *session, const n2v_vectors *before, const n2v_vectors *after,
                               const n2v_pairs *pairs, const char *path, n2v_error *error)
{
    n2v_pairs_score old = {.size = sizeof old}, new = {.size = sizeof new};
    char found[PLURAL_TEXT];
    n2v_status status;

    if ((status = n2v_pairs_evaluate(pairs, before, &old, error)) != N2V_OK ||
        (status = n2v_pairs_evaluate(pairs, after, &new, error)) != N2V_OK)
        return status;
    progress_print(&session->progress, "%s: Spearman %.4f before, %.4f after (%s of %zu)", path, old.spearman,
                   new.spearman, plural(new.found, "pair", found), new.pairs);
    return N2V_OK;
}

/* The vectors themselves are what is compared: the words' input vectors, and no others for unknown words. */
static bool are_plain(const n2v_vectors *vectors, n2v_settings *settings)
{
    n2v_vectors_info info = {.size = sizeof info};
    const char *which = n2v_settings_get(settings, "vectors");

    return n2v_vectors_describe(vectors, &info, NULL) == N2V_OK && !info.subwords &&
           (!which || strcmp(which, "input") == 0);
}

n2v_status quality_report(cli_session *session, const n2v_vectors *vectors, const n2v_vectors *written,
                          n2v_settings *settings, const n2v_pairs *pairs, const char *path, n2v_error *error)
{
    static const char *const selection[] = {"reduce", "remove-top", "vectors", "top", NULL};
    n2v_comparison comparison = {.size = sizeof comparison};
    n2v_vectors *selected = NULL, *after = NULL;
    const n2v_vectors *before = vectors;
    n2v_status status;

    report_variance(session, written);
    if (!are_plain(vectors, settings)) {
        if ((status = derive(session, &selected, vectors, settings, changes, error)) != N2V_OK)
            return status;
        before = selected;
    }
    if ((status = written ? derive(session, &after, written, settings, selection, error)
                          : derive(session, &after, vectors, settings, (const char *const[]){NULL}, error)) != N2V_OK ||
        (status = n2v_vectors_compare(before, after, NULL, &comparison, error)) != N2V_OK)
        goto out;
    report_comparison(session, &comparison);
    if (pairs)
        status = report_pairs(session, before, after, pairs, path, error);
out:
    n2v_vectors_destroy(selected);
    n2v_vectors_destroy(after);
    return status;
}
