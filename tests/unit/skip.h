/* skip.h - tests that are skipped, by the rules of tests/run_python.py. */
#ifndef N2V_TESTS_UNIT_SKIP_H
#define N2V_TESTS_UNIT_SKIP_H

/* Reports a skipped test. Fails it unless the reason begins with "machine:" or NCE2VEC_MAY_SKIP is 1. */
void skip_test(const char *test, const char *reason);

#endif
