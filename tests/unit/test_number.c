/* Numbers as text and lists of names: the same in every locale. */
#include "base/number.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/float_text.h"
#include "base/json.h"
#include "base/names.h"
#include "base/random.h"
#include "comma_locale.h"
#include "test.h"

static uint64_t bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static double from_bits(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

START_TEST(integers)
{
    static const char *const refused[] = {"", "-1", "+1", " 1", "1 ", "1.0", "0x10", "1e3", "18446744073709551616",
                                          "99999999999999999999", "x", "1_000"};
    uint64_t value = 7;

    ck_assert(number_read_integer("0", &value) && value == 0);
    ck_assert(number_read_integer("00042", &value) && value == 42);
    ck_assert(number_read_integer("18446744073709551615", &value) && value == UINT64_MAX);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        require(!number_read_integer(refused[i], &value), "'%s' is taken for %llu", refused[i],
                (unsigned long long)value);
}
END_TEST

START_TEST(refused_numbers)
{
    static const char *const refused[] = {"",    "-",  ".",   "e5",  "nan",   "inf",  "infinity", "0x10", " 1",
                                          "1 ",  "1,", "1,5", "1e",  "1e+",   "--1",  "1.2.3",    "1e999", "-1e400",
                                          "\t1", "1f", "1L",  "1e5x"};
    double value = 0;

    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        require(!number_read(refused[i], &value), "'%s' is taken for %g", refused[i], value);
}
END_TEST

START_TEST(reads_as_strtod)
{
    static const char *const shapes[] = {"%.0e", "%.3f", "%.17g", "%.25e", "%.40f", "%.800e", "%g"};
    static const char *const texts[] = {"1.", ".5", "+7", "-0", "0e5", "00001.50", "5e-324", "2.4703282292062327e-324",
                                        "2.4703282292062328e-324", "1.7976931348623157e308", "9007199254740993",
                                        "9007199254740993.0000000000000000000000000000000000000000000000001",
                                        "0.000000000000000000000000000001e30", "1e-99999999999999999999"};
    static char text[1400];
    Random random;
    double value;

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        require(number_read(texts[i], &value) && bits_of(value) == bits_of(strtod(texts[i], NULL)), "%s", texts[i]);
    random_seed(&random, 1, 0, 0, 0);
    for (int i = 0; i < PART_OF(200000); i++) {
        const double number = from_bits(random_next(&random));
        if (!isfinite(number))
            continue;
        (void)snprintf(text, sizeof text, shapes[i % 7], number);
        if (isfinite(strtod(text, NULL))) /* %.0e of the largest is not */
            require(number_read(text, &value) && bits_of(value) == bits_of(strtod(text, NULL)), "%s", text);
    }
}
END_TEST

/* Exactly at the middle between two doubles, and above it in a digit far behind. */
START_TEST(ties_are_decided_by_the_last_digit)
{
    char text[1400];
    double value;

    (void)snprintf(text, sizeof text, "%.1074f", from_bits(1)); /* the smallest, all of its digits */
    strcat(text, "5");                                          /* still nearer to it than to the next */
    ck_assert(number_read(text, &value) && bits_of(value) == 1);
    (void)snprintf(text, sizeof text, "1.00000000000000011102230246251565404236316680908203125");
    ck_assert(number_read(text, &value) && value == 1);
    for (size_t zeros = 1; zeros < 1200; zeros += 97) {
        char longer[4096];
        (void)snprintf(longer, sizeof longer, "%s%0*d", text, (int)zeros, 1);
        require(number_read(longer, &value) && value == nextafter(1, 2), "%zu zeros", zeros);
    }
}
END_TEST

START_TEST(text_reads_back)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {{0, "0"},           {-0.0, "-0"},       {1e-4, "0.0001"}, {0.025, "0.025"},
                 {1e-5, "1e-05"},    {100, "100"},       {1.0 / 3, "0.333333333333333"}, {0.1 + 0.2, "0.3"},
                 {DBL_MAX, "1.7976931348623157e+308"},   {5e-324, "4.94065645841247e-324"}};
    char text[NUMBER_BYTES];
    Random random;
    double again;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        number_text(cases[i].value, text);
        require(number_read(text, &again) && bits_of(again) == bits_of(cases[i].value), "%a: %s", cases[i].value, text);
        if (strcmp(cases[i].text, "0.333333333333333") && strcmp(cases[i].text, "0.3"))
            ck_assert_str_eq(text, cases[i].text);
    }
    ck_assert_str_eq(number_format(0.1 + 0.2, 15, text), "0.3");
    ck_assert_str_eq(number_text(0.1 + 0.2, text), "0.30000000000000004");
    random_seed(&random, 2, 0, 0, 0);
    for (int i = 0; i < PART_OF(200000); i++) {
        const double value = from_bits(random_next(&random));
        if (isfinite(value))
            require(number_read(number_text(value, text), &again) && bits_of(again) == bits_of(value), "%a: %s", value,
                    text);
    }
}
END_TEST

/* Of 15, 16 and 17 digits the first that read back. */
START_TEST(no_digit_too_many)
{
    char text[NUMBER_BYTES], shorter[NUMBER_BYTES];
    size_t counts[18] = {0};
    Random random;

    ck_assert_str_eq(number_text(0.6000000000000001, text), "0.6000000000000001");
    random_seed(&random, 3, 0, 0, 0);
    for (int i = 0; i < PART_OF(50000); i++) {
        const double value = (double)(random_next(&random) >> 11) * 0x1p-53;
        int digits = 15;

        while (digits < 17 && strtod(number_format(value, digits, shorter), NULL) != value)
            digits++;
        counts[digits]++;
        number_format(value, digits, shorter);
        require(strcmp(number_text(value, text), shorter) == 0, "%s, not %s", text, shorter);
    }
    ck_assert_uint_gt(counts[16], 100);
    ck_assert_uint_gt(counts[17], 100);
}
END_TEST

static char *json_of(double value)
{
    char *text = NULL;
    size_t bytes;
    FILE *out = open_memstream(&text, &bytes);

    ck_assert_ptr_nonnull(out);
    json_number(out, value, 17);
    ck_assert_int_eq(fclose(out), 0);
    return text;
}

START_TEST(other_locales)
{
    char text[NUMBER_BYTES], *json;
    const char *end;
    double value;

    if (!comma_locale_set("test_number: other locales"))
        return;
    (void)snprintf(text, sizeof text, "%g", 1.5);
    ck_assert_str_ne(text, "1.5");
    ck_assert_str_eq(number_text(1.5, text), "1.5");
    ck_assert_str_eq(number_text(-1.5e-30, text), "-1.5e-30");
    ck_assert_str_eq(number_text(15, text), "15");
    ck_assert_str_eq(number_text(INFINITY, text), "inf");
    ck_assert(number_read("1.5e0", &value) && value == 1.5);
    ck_assert(!number_read("1,5", &value));
    ck_assert(float_parse("0.1234567890123456789012345", &end) == 0.12345679F && !*end);
    json = json_of(0.5);
    ck_assert_str_eq(json, "0.5");
    free(json);
}
END_TEST

START_TEST(names)
{
    static const char *const alike[] = {"pairs", "fairs", "air", "pain", "hairs", "paird", NULL};
    static const char *const list[] = {"epochs", "threads", "lr", "noise", "noise-power", NULL};
    char text[64];

    ck_assert_str_eq(names_nearest("epoch", 5, name_in_array, list), "epochs");
    ck_assert_str_eq(names_nearest("THREADS", 7, name_in_array, list), "threads");
    ck_assert_str_eq(names_nearest("Lr", 2, name_in_array, list), "lr");
    ck_assert_str_eq(names_nearest("noisexx", 5, name_in_array, list), "noise"); /* so many bytes alone */
    ck_assert_str_eq(names_nearest("l", 1, name_in_array, list), "lr");
    ck_assert_str_eq(names_nearest("pair", 4, name_in_array, alike), "pairs"); /* of those equally near the first */
    ck_assert_str_eq(names_nearest("paird", 5, name_in_array, alike), "paird"); /* a nearer one wins, wherever it is */
    ck_assert_ptr_null(names_nearest("", 0, name_in_array, list));
    ck_assert_ptr_null(names_nearest("something else", 14, name_in_array, list));
    memset(text, 'e', sizeof text);
    ck_assert_ptr_null(names_nearest(text, sizeof text, name_in_array, list));
    ck_assert_str_eq(names_join(name_in_array, list, text, sizeof text), "epochs, threads, lr, noise, noise-power");
    ck_assert_str_eq(names_join(name_in_array, list, text, 10), "epochs, t");
    ck_assert_str_eq(names_join(name_in_array, list + 5, text, sizeof text), "");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("number");
    add_test(suite, "integers", integers);
    add_test(suite, "what is no number", refused_numbers);
    add_test(suite, "as strtod", reads_as_strtod);
    add_test(suite, "ties", ties_are_decided_by_the_last_digit);
    add_test(suite, "text reads back", text_reads_back);
    add_test(suite, "no digit too many", no_digit_too_many);
    add_test(suite, "other locales", other_locales);
    add_test(suite, "names", names);
    return run_suite(suite);
}
