/* commit_both.h - two files that appear together. */
#ifndef N2V_TESTS_UNIT_COMMIT_BOTH_H
#define N2V_TESTS_UNIT_COMMIT_BOTH_H

#include "io/writer.h"

static inline n2v_status commit_both(Writer *first, Writer *second, n2v_error *error)
{
    return writer_commit_all((Writer *const[]){first, second}, 2, error);
}

#endif
