#include "api/structure.h"

#include <string.h>

#define MAX_STRUCTURE 4096 /* a larger size was never set */

n2v_status structure_check(size_t size, size_t first, const char *name, n2v_error *error)
{
    if (size >= first && size <= MAX_STRUCTURE && size % sizeof size == 0)
        return N2V_OK;
    return error_set(error, N2V_ERROR_ARGUMENT, "%s: size is %zu; set it to sizeof(%s), which is at least %zu", name,
                     size, name, first);
}

void structure_hand_out(void *to, size_t size, const void *from, size_t known)
{
    if (size > known)
        memset((char *)to + known, 0, size - known);
    memcpy(to, from, size < known ? size : known);
}

n2v_status structure_take(void *to, size_t known, const void *from, size_t size, const char *name, n2v_error *error)
{
    for (size_t b = known; b < size; b++)
        if (((const unsigned char *)from)[b])
            return error_set(error, N2V_ERROR_ARGUMENT,
                             "%s: byte %zu is set, which version %s does not know; link a later one", name, b,
                             N2V_VERSION);
    memset(to, 0, known);
    memcpy(to, from, size < known ? size : known);
    return N2V_OK;
}
