/* Floats as text: against strtof and printf, on every kind of bit pattern. */
#include "base/float_text.h"
#include "test.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/random.h"

static float from_bits(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static uint32_t to_bits(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static const char *format(float value, char text[FLOAT_TEXT_BYTES + 1])
{
    const size_t bytes = float_format(value, text);
    ck_assert_uint_le(bytes, FLOAT_TEXT_BYTES);
    text[bytes] = '\0';
    return text;
}

/* What was written must be read back by the C library and by us; no shorter text would do. */
static void check_value(float value, bool shortest)
{
    char text[FLOAT_TEXT_BYTES + 1], *library_end;
    const char *end;

    format(value, text);
    if (to_bits(strtof(text, &library_end)) != to_bits(value) || *library_end)
        ck_abort_msg("%a was written as %s", (double)value, text);
    if (to_bits(float_parse(text, &end)) != to_bits(value) || *end)
        ck_abort_msg("%s was not read back as %a", text, (double)value);
    if (shortest && value != 0) {
        char shorter[32];
        int digits = 0;
        for (const char *at = text; *at && *at != 'e'; at++)
            digits += *at >= '0' && *at <= '9' && (digits || *at != '0');
        for (const char *at = text + strcspn(text, "e") - 1; at > text && *at == '0' && !strchr(text, '.'); at--)
            digits--;
        if (digits > 1) {
            snprintf(shorter, sizeof shorter, "%.*e", digits - 2, (double)value);
            const double away = fabs(strtod(shorter, NULL) - (double)value);
            const double half = fabs((double)nextafterf(value, 0) - (double)value) / 2;
            if (to_bits(strtof(shorter, NULL)) == to_bits(value) && away < 0.4998 * 2 * half)
                ck_abort_msg("%s is longer than %s", text, shorter);
        }
    }
}

START_TEST(formats_known_values)
{
    static const struct {
        float value;
        const char *text;
    } cases[] = {{0.0F, "0"},
                 {-0.0F, "-0"},
                 {1.0F, "1"},
                 {-1.0F, "-1"},
                 {0.1F, "0.1"},
                 {0.5F, "0.5"},
                 {100.0F, "100"},
                 {123456.0F, "123456"},
                 {16777216.0F, "16777216"},
                 {99999.9921875F, "99999.99"},
                 {0.001F, "0.001"},
                 {0.00001F, "0.00001"},
                 {0.000001F, "1e-06"},
                 {3.14159274F, "3.1415927"},
                 {1e10F, "1e+10"},
                 {FLT_MAX, "3.4028235e+38"},
                 {FLT_MIN, "1.1754944e-38"},
                 {1e-45F, "1e-45"}};
    char text[FLOAT_TEXT_BYTES + 1];

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ck_assert_str_eq(format(cases[i].value, text), cases[i].text);
}
END_TEST

START_TEST(random_bits_read_back)
{
    Random random;

    random_seed(&random, 1, 2, 3, 4);
    for (int i = 0; i < PART_OF(2000000); i++) {
        const float value = from_bits((uint32_t)random_next(&random));
        if (isfinite(value))
            check_value(value, i % 8 == 0);
    }
}
END_TEST

START_TEST(edges_of_every_exponent_read_back)
{
    for (uint32_t exponent = 0; exponent < 255; exponent++)
        for (int offset = -40; offset <= 40; offset++) {
            const float value = from_bits((exponent << 23) + (uint32_t)offset);
            if (isfinite(value)) {
                check_value(value, true);
                check_value(-value, true);
            }
        }
    for (uint32_t bits = 1; bits < 20000; bits++) /* the smallest subnormals */
        check_value(from_bits(bits), true);
    for (int power = -45; power <= 38; power++) { /* powers of ten and what is near */
        char text[16];
        snprintf(text, sizeof text, "1e%d", power);
        for (int offset = -3; offset <= 3; offset++) {
            const float value = from_bits(to_bits(strtof(text, NULL)) + (uint32_t)offset);
            if (isfinite(value))
                check_value(value, true);
        }
    }
}
END_TEST

START_TEST(parses_as_strtof)
{
    static const char *const shapes[] = {"%.0e", "%.3e", "%.6f", "%.8e", "%.12g", "%.16e", "%.18e", "%.25e", "%g"};
    Random random;

    random_seed(&random, 5, 6, 7, 8);
    for (int i = 0; i < PART_OF(900000); i++) {
        double number = from_bits((uint32_t)random_next(&random));
        char text[400];
        const char *end;
        if (!isfinite(number))
            continue;
        if (i % 2) /* between two floats, at and around the middle */
            number += ((double)nextafterf((float)number, INFINITY) - number) * 0.5 * (1 + (i % 5 - 2) * 1e-9);
        if (!isfinite(number))
            continue;
        snprintf(text, sizeof text, shapes[i % 9], number);
        if (to_bits(float_parse(text, &end)) != to_bits(strtof(text, NULL)) || *end)
            ck_abort_msg("%s was read as %a", text, (double)float_parse(text, &end));
    }
}
END_TEST

START_TEST(stops_where_the_number_ends)
{
    static const struct {
        const char *text;
        size_t used;
        float value;
    } cases[] = {{"1.5 2", 3, 1.5F},
                 {"-2e3x", 4, -2000.0F},
                 {"1e", 1, 1.0F},
                 {"1e+", 1, 1.0F},
                 {".5", 2, 0.5F},
                 {"5.", 2, 5.0F},
                 {"", 0, 0.0F},
                 {"-", 0, 0.0F},
                 {".", 0, 0.0F},
                 {"e5", 0, 0.0F},
                 {"nan", 0, 0.0F},
                 {"inf", 0, 0.0F},
                 {"0x10", 1, 0.0F},
                 {"1.2.3", 3, 1.2F},
                 {"+7", 2, 7.0F},
                 {" 1", 0, 0.0F},
                 {"1e999999999999", 14, INFINITY},
                 {"-1e-99999999999", 15, -0.0F}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *end;
        const float value = float_parse(cases[i].text, &end);
        ck_assert_msg((size_t)(end - cases[i].text) == cases[i].used, "'%s' ended after %zu", cases[i].text,
                      (size_t)(end - cases[i].text));
        ck_assert_uint_eq(to_bits(value), to_bits(cases[i].value));
    }
}
END_TEST

/* Many zeros after the point and a large exponent: together an ordinary number. */
START_TEST(long_fractions)
{
    char text[12000];

    for (int zeros = 0; zeros < 9000; zeros += zeros < 300 ? 1 : 500) {
        const char *end;
        float value;

        memcpy(text, "0.", 2);
        memset(text + 2, '0', (size_t)zeros);
        (void)snprintf(text + 2 + zeros, sizeof text - 2 - (size_t)zeros, "125e%d", zeros + 4);
        value = float_parse(text, &end);
        ck_assert_msg(value == 1250.0F && !*end, "0.(%d zeros)125e%d is %g", zeros, zeros + 4, (double)value);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("float_text");
    add_test(suite, "known values", formats_known_values);
    add_test(suite, "random bits", random_bits_read_back);
    add_test(suite, "edges", edges_of_every_exponent_read_back);
    add_test(suite, "as strtof", parses_as_strtof);
    add_test(suite, "long fractions", long_fractions);
    add_test(suite, "ends", stops_where_the_number_ends);
    return run_suite(suite);
}
