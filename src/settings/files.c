#include "settings/files.h"

#include <string.h>

#include "base/number.h"

bool heldout_is_share(const char *text, double *share)
{
    return number_read(text, share);
}

n2v_status heldout_check(const char *text, n2v_error *error)
{
    double share;

    if (strcmp(text, "-") == 0)
        return error_set(error, N2V_ERROR_ARGUMENT, SETTING("heldout") " -: a file is needed, not standard input");
    if (heldout_is_share(text, &share) && !(share > 0 && share < 1))
        return error_set(error, N2V_ERROR_ARGUMENT,
                         SETTING("heldout") ": '%s' is not a share of the sentences above 0 and below 1; a file of "
                                            "that name is ./%s",
                         text, text);
    return N2V_OK;
}

n2v_status read_vocab_check(const char *text, n2v_error *error)
{
    return strcmp(text, "-") ? N2V_OK
                             : error_set(error, N2V_ERROR_ARGUMENT,
                                         SETTING("read-vocab") " -: a file is needed, not standard input");
}
