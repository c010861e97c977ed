#include "settings/files.h"

#include <string.h>

#include "base/number.h"
#include "settings/table.h"

bool heldout_is_share(const char *text, double *share)
{
    return number_read(text, share);
}

/* A file that is read more than once, or beside the text. */
static n2v_status check_file(const char *name, const char *text, n2v_error *error)
{
    if (strcmp(text, "-") != 0)
        return N2V_OK;
    return error_set(error, N2V_ERROR_ARGUMENT, "\1%s\2 -: a file is needed, not standard input", name);
}

n2v_status heldout_check(const char *text, n2v_error *error)
{
    double share;
    n2v_status status;

    if ((status = check_file("heldout", text, error)) != N2V_OK)
        return status;
    if (heldout_is_share(text, &share) && !(share > 0 && share < 1))
        return error_set(error, N2V_ERROR_ARGUMENT,
                         SETTING("heldout") ": '%s' is not a share of the sentences above 0 and below 1; a file of "
                                            "that name is ./%s",
                         text, text);
    return N2V_OK;
}

n2v_status read_vocab_check(const char *text, n2v_error *error)
{
    return check_file("read-vocab", text, error);
}

n2v_status phrases_check(const char *text, n2v_error *error)
{
    return check_file("phrases", text, error);
}

n2v_status start_check(const char *text, n2v_error *error)
{
    return check_file("start", text, error);
}

n2v_status freeze_check(const char *text, n2v_error *error)
{
    return check_file("freeze", text, error);
}

n2v_status lr_of_check(const char *text, n2v_error *error)
{
    return check_file("lr-of", text, error);
}

bool freeze_is_input(const char *text)
{
    return text && strcmp(text, "input") == 0;
}

bool freeze_is_output(const char *text)
{
    return text && strcmp(text, "output") == 0;
}

bool freeze_is_file(const char *text)
{
    return text && !freeze_is_input(text) && !freeze_is_output(text);
}

bool phrases_is_scorer(const char *text, size_t *scorer)
{
    const char *const *names = setting_find(N2V_FOR_PHRASES, "scorer")->choices;

    for (size_t i = 0; text && names[i]; i++)
        if (strcmp(names[i], text) == 0) {
            if (scorer)
                *scorer = i;
            return true;
        }
    return false;
}

n2v_status phrases_fail_part(const char *scorer, n2v_error *error)
{
    return error_set(error, N2V_ERROR_ARGUMENT,
                     SETTING("phrases") " %s needs the whole text on every rank: give all ranks the same text, or find "
                     "the phrases before, and set " SETTING("phrases") " to their file", scorer);
}
