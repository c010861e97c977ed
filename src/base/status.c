#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>

n2v_status error_set(n2v_error *error, n2v_status status, const char *format, ...)
{
    if (error) {
        va_list args;
        va_start(args, format);
        error->status = status;
        if (vsnprintf(error->text, sizeof error->text, format, args) < 0)
            error->text[0] = '\0';
        va_end(args);
    }
    return status;
}

n2v_status fail_memory(n2v_error *error, size_t bytes, const char *what)
{
    return error_set(error, N2V_ERROR_MEMORY, "out of memory: no %zu bytes for %s", bytes, what);
}
