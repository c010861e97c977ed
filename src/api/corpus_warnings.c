/* corpus_warnings.c - what the files of a corpus look like that they should not. */
#include <stddef.h>

#include "api/corpus_handle.h"
#include "api/structure.h"

/* The size in the first public header. */
#define FIRST_WARNING (offsetof(n2v_text_warning, remedy) + sizeof(char *))

/* The one with that index among those that were found, or FINDINGS. */
static size_t find_warning(const Finding *findings, size_t index)
{
    size_t kind = 0;

    while (kind < FINDINGS && (!findings[kind].what || index--))
        kind++;
    return kind;
}

size_t corpus_count_warnings(const n2v_corpus *corpus)
{
    size_t count = 0;

    for (size_t kind = 0; kind < FINDINGS; kind++)
        count += corpus->report.findings[kind].what != NULL;
    return count;
}

n2v_status n2v_corpus_describe_warning(const n2v_corpus *corpus, size_t index, n2v_text_warning *warning,
                                       n2v_error *error)
{
    const Finding *found;
    n2v_status status;
    size_t kind;

    if (!corpus || !warning)
        return error_set(error, N2V_ERROR_ARGUMENT, "n2v_corpus_describe_warning: %s is NULL",
                         corpus ? "warning" : "corpus");
    if ((status = structure_check(warning->size, FIRST_WARNING, "n2v_text_warning", error)) != N2V_OK)
        return status;
    if ((kind = find_warning(corpus->report.findings, index)) == FINDINGS)
        return error_set(error, N2V_ERROR_ARGUMENT, "the corpus has no warning %zu: it has %zu, counted from 0", index,
                         corpus_count_warnings(corpus));
    found = &corpus->report.findings[kind];
    const n2v_text_warning known = {
        .size = warning->size,
        .problem = (n2v_text_problem)kind,
        .what = found->what,
        .source = found->source,
        .line = found->line,
        .remedy = *found->remedy ? found->remedy : NULL,
    };
    structure_hand_out(warning, warning->size, &known, sizeof known);
    return N2V_OK;
}
