/* suites.c - all unit tests in one program. suites NAME runs tests/.../test_NAME.c. */
#include <stdio.h>
#include <string.h>

/* SUITES is SUITE(NAME) for each of them: see the Makefile. */
#define SUITE(name) int test_##name##_main(void);
SUITES
#undef SUITE

#define SUITE(name) {#name, test_##name##_main},
static const struct suite {
    const char *name;
    int (*run)(void);
} suites[] = {SUITES};

int main(int count, char **arguments)
{
    for (size_t i = 0; count == 2 && i < sizeof suites / sizeof *suites; i++)
        if (strcmp(arguments[1], suites[i].name) == 0)
            return suites[i].run();
    (void)fprintf(stderr, "suites: the argument is the NAME of a tests/.../test_NAME.c\n");
    return 2;
}
