/* plain_formats.h - the formats that hold any model; the others need subwords (test_subword_files.c). */
#ifndef N2V_TESTS_PLAIN_FORMATS_H
#define N2V_TESTS_PLAIN_FORMATS_H

#include "model/formats/format.h"

const Format *plain_format_at(size_t index); /* NULL beyond the last */

#endif
