#include "corpus/weight.h"

#include <string.h>

#include "base/number.h"

const char *weight_fault(const char *text, size_t bytes, float *weight)
{
    char number[64];
    double value;

    if (bytes >= sizeof number || memchr(text, '\0', bytes))
        return "is no number";
    memcpy(number, text, bytes);
    number[bytes] = '\0';
    if (!number_read(number, &value))
        return "is no number";
    if (value < 0)
        return "is below 0";
    if (value > MAX_WEIGHT)
        return "is above 1e9";
    *weight = (float)value;
    return NULL;
}
