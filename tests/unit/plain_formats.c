#include "plain_formats.h"

const Format *plain_format_at(size_t index)
{
    const Format *format;

    for (size_t i = 0; (format = format_at(i)); i++)
        if (!format->subwords && !format->folder && !index--)
            return format;
    return NULL;
}
