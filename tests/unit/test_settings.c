/* Settings: what the table has, and values set and read by name and text. The loops run over the table. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/random.h"
#include "comma_locale.h"
#include "corpus/tokenizer_options.h"
#include "kernels/kernels.h"
#include "model/formats/format.h"
#include "model/select.h"
#include "nce2vec.h"
#include "settings/settings.h"
#include "settings_made.h"
#include "test.h"
#include "train/rounds/rule.h"
#include "train/train_options.h"

static const n2v_purpose purposes[] = {N2V_FOR_TRAINING, N2V_FOR_LIKELIHOOD, N2V_FOR_SEARCH, N2V_FOR_OUTPUT,
                                         N2V_FOR_PHRASES,  N2V_FOR_LOADING};
enum { PURPOSES = sizeof purposes / sizeof *purposes };

/* Runs a test for every row of every purpose. */
typedef void row_test(n2v_purpose purpose, const Setting *row);

static void each_row(row_test *test)
{
    for (size_t p = 0; p < PURPOSES; p++)
        for (size_t i = 0; i < setting_count(purposes[p]); i++)
            test(purposes[p], setting_at(purposes[p], i));
}

/* What a span of an error encloses. */
static void check_span(const n2v_error *error, size_t index, const char *name)
{
    const n2v_span span = error->settings[index];
    require(span.bytes == strlen(name) && strncmp(error->text + span.at, name, span.bytes) == 0,
            "span %zu of '%s' is not %s", index, error->text, name);
}

/* The text is refused with the name and the range, and the setting stays as it was. */
static void refused(n2v_purpose purpose, const Setting *row, const char *text)
{
    n2v_settings *settings = make_settings(purpose);
    const char *got = n2v_settings_get(settings, row->name);
    char *before = got ? strdup(got) : NULL;
    n2v_error error = {.text = ""};

    require(n2v_settings_set(settings, row->name, text, &error) == N2V_ERROR_ARGUMENT, "%s: '%s' is not refused",
            row->name, text);
    check_span(&error, 0, row->name);
    require(!*text || strstr(error.text, row->range), "'%s' is not in: %s", row->range, error.text);
    ck_assert(!n2v_settings_is_set(settings, row->name));
    ck_assert_pstr_eq(n2v_settings_get(settings, row->name), before);
    free(before);
    n2v_settings_destroy(settings);
}

/* The table ------------------------------------------------------------------------------ */

static void check_row(n2v_purpose purpose, const Setting *row)
{
    require(*row->name && *row->group && *row->value && *row->help && row->aliases && row->range, "%s", row->name);
    require(row->range[0] ? row->type != N2V_FLAG && row->type != N2V_TEXT : 1, "%s: range", row->name);
    require(row->type == N2V_CHOICE ? row->choices != NULL : !row->choices || row->check, "%s: choices", row->name);
    require(!(row->fixed && row->note), "%s has two defaults", row->name);
    ck_assert_ptr_eq(setting_find(purpose, row->name), row);
    for (const char *at = row->name; *at; at++)
        require((*at >= 'a' && *at <= 'z') || (*at >= '0' && *at <= '9') || *at == '-', "%s: name", row->name);
}

START_TEST(rows)
{
    each_row(check_row);
    for (size_t p = 0; p < PURPOSES; p++)
        ck_assert_ptr_null(setting_at(purposes[p], setting_count(purposes[p])));
    ck_assert_uint_eq(setting_count((n2v_purpose)99), 0);
    ck_assert_ptr_null(setting_at((n2v_purpose)-1, 0));
}
END_TEST

START_TEST(names)
{
    static const char *const training[] = {
        "read-vocab", "drop-unseen", "start", "vocabulary", "heldout", "tokenizer", "case", "normal-form", "weighted",
        "min-count", "max-vocab", "phrases", "phrase-threshold", "phrase-min-count", "phrase-passes",
        "phrase-connectors", "phrase-delimiter", "phrase-max-pairs", "preset", "objective", "model", "cbow-gradient",
        "subwords", "minn", "maxn", "buckets", "hash-count", "hash-seed", "dim", "window", "window-weights", "noise",
        "noise-draws", "noise-sharing", "noise-power", "subsample", "epochs", "init", "optimizer", "weight-decay", "lr",
        "schedule", "warmup", "end-lr", "freeze", "lr-of", "threads", "deterministic", "virtual-workers", "round",
        "combine", "sync-bits", "staleness", "precision", "seed", "kernels"};
    static const struct {
        const char *alias, *name;
    } aliases[] = {{"size", "dim"},         {"ws", "window"},      {"negative", "noise"},    {"neg", "noise"},
                   {"sample", "subsample"}, {"t", "subsample"},    {"iter", "epochs"},       {"alpha", "lr"},
                   {"learning_rate", "lr"}, {"thread", "threads"}, {"minCount", "min-count"},
                   {"min_count", "min-count"}, {"noise_sharing", "noise-sharing"}};

    ck_assert_uint_eq(setting_count(N2V_FOR_TRAINING), sizeof training / sizeof *training);
    for (size_t i = 0; i < sizeof training / sizeof *training; i++)
        ck_assert_str_eq(setting_at(N2V_FOR_TRAINING, i)->name, training[i]);
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++) {
        const Setting *found = setting_find(N2V_FOR_TRAINING, aliases[i].alias);
        require(found && strcmp(found->name, aliases[i].name) == 0, "%s", aliases[i].alias);
    }
    ck_assert_ptr_null(setting_find(N2V_FOR_TRAINING, ""));
    ck_assert_ptr_null(setting_find(N2V_FOR_TRAINING, "di"));
    ck_assert_ptr_null(setting_find(N2V_FOR_TRAINING, "dimm"));
    ck_assert_ptr_null(setting_find(N2V_FOR_TRAINING, "negative neg"));
    ck_assert_ptr_null(setting_find(N2V_FOR_SEARCH, "dim"));
}
END_TEST

/* The choices are in the order of the enumerations and lists of the layers above. */
START_TEST(choices)
{
    const Setting *tokenizer = setting_find(N2V_FOR_TRAINING, "tokenizer");
    const Setting *precision = setting_find(N2V_FOR_TRAINING, "precision");
    const Setting *kernels = setting_find(N2V_FOR_TRAINING, "kernels");
    const Setting *schedule = setting_find(N2V_FOR_TRAINING, "schedule");
    const Setting *format = setting_find(N2V_FOR_OUTPUT, "format"), *vectors = setting_find(N2V_FOR_OUTPUT, "vectors");
    const Kernels *have;

    ck_assert_str_eq(tokenizer->choices[TOKENIZER_WORDS], "words");
    ck_assert_str_eq(tokenizer->choices[TOKENIZER_SPACE], "space");
    ck_assert_str_eq(tokenizer->choices[TOKENIZER_UNICODE], "unicode");
    ck_assert_str_eq(tokenizer->choices[TOKENIZER_COMMAND], "command:PROGRAM");
    ck_assert_str_eq(precision->choices[PRECISION_AUTO], "auto");
    ck_assert_str_eq(precision->choices[PRECISION_FP32], "fp32");
    ck_assert_str_eq(precision->choices[PRECISION_BF16], "bf16");
    ck_assert_str_eq(schedule->choices[SCHEDULE_LINEAR], "linear");
    ck_assert_str_eq(schedule->choices[SCHEDULE_COSINE], "cosine");
    ck_assert_str_eq(schedule->choices[SCHEDULE_CONSTANT], "constant");
    ck_assert_str_eq(kernels->choices[0], "auto");
    for (size_t i = 0; (have = kernels_at(i)); i++)
        ck_assert_str_eq(kernels->choices[1 + i], have->name);
    for (size_t i = 0; rule_at(i); i++)
        ck_assert_str_eq(setting_find(N2V_FOR_TRAINING, "combine")->choices[i], rule_at(i)->name);
    ck_assert_str_eq(vectors->choices[VECTORS_INPUT], "input");
    ck_assert_str_eq(vectors->choices[VECTORS_OUTPUT], "output");
    ck_assert_str_eq(vectors->choices[VECTORS_SUM], "sum");
    ck_assert_str_eq(vectors->choices[VECTORS_CONCAT], "concat");
    for (size_t i = 0;; i++) {
        const Format *at = format_at(i);
        if (!at) {
            ck_assert_ptr_null(format->choices[i]);
            break;
        }
        ck_assert_str_eq(format->choices[i], at->name);
        require(strstr(format->note, strrchr(at->endings, '.')), "the note lacks %s", at->endings);
    }
    ck_assert_str_eq(precision->range, "one of auto, fp32, bf16");
    ck_assert_uint_eq(setting_find(N2V_FOR_TRAINING, "max-vocab")->max, MAX_WORDS);
    ck_assert_uint_eq(setting_find(N2V_FOR_OUTPUT, "top")->max, MAX_WORDS);
}
END_TEST

static void check_description(n2v_purpose purpose, const Setting *row)
{
    n2v_setting_info info = {.size = sizeof info};
    size_t index = 0;

    while (setting_at(purpose, index) != row)
        index++;
    ck_assert_int_eq(n2v_setting_describe(purpose, index, &info, NULL), N2V_OK);
    ck_assert_str_eq(info.name, row->name);
    ck_assert_str_eq(info.aliases, row->aliases);
    ck_assert_pstr_eq(info.default_text, row->fixed);
    ck_assert_pstr_eq(info.default_note, row->note);
    ck_assert(info.type == row->type && info.stage == row->stage);
    ck_assert(info.changeable == row->changeable && info.recorded == row->recorded);
    if (row->type == N2V_INTEGER)
        ck_assert(info.min == (double)row->min && info.max == (double)row->max);
    if (row->type == N2V_REAL)
        ck_assert(info.min == row->real_min && info.max == row->real_max);
    if (strcmp(row->name, "objective") == 0)
        ck_assert_str_eq(info.choices[0], n2v_objective_name(NULL, 0));
    else
        ck_assert_ptr_eq(info.choices, row->choices);
}

START_TEST(descriptions)
{
    n2v_setting_info info = {.size = sizeof info};
    n2v_error error = {.text = ""};

    each_row(check_description);
    for (size_t p = 0; p < PURPOSES; p++) {
        const size_t count = n2v_setting_count(purposes[p]);
        ck_assert_uint_eq(count, setting_count(purposes[p]));
        ck_assert_int_eq(n2v_setting_describe(purposes[p], count, &info, &error), N2V_ERROR_ARGUMENT);
    }
    ck_assert_int_eq(n2v_setting_describe(N2V_FOR_SEARCH, 0, NULL, &error), N2V_ERROR_ARGUMENT);
    info.size = 0;
    ck_assert_int_eq(n2v_setting_describe(N2V_FOR_SEARCH, 0, &info, &error), N2V_ERROR_ARGUMENT);
}
END_TEST

/* Values --------------------------------------------------------------------------------- */

static void refuse_around(n2v_purpose purpose, const Setting *row)
{
    static const char *const no_numbers[] = {"",      "x",   "nan",  "inf", "0x1", " 1",  "1 ",  "1,5", "--1",
                                             "1e999", "-1.", "1.5x", "-",   ".",   "1_0", "-0.1"};
    char text[NUMBER_BYTES];
    double number;

    if (row->type == N2V_TEXT) {
        refused(purpose, row, "");
        return;
    }
    for (size_t i = 0; i < sizeof no_numbers / sizeof *no_numbers; i++)
        if (row->real_min >= 0 || !number_read(no_numbers[i], &number))
            refused(purpose, row, no_numbers[i]);
    if (row->type == N2V_INTEGER) {
        refused(purpose, row, "1.5");
        refused(purpose, row, "18446744073709551616");
        (void)snprintf(text, sizeof text, "%llu", (unsigned long long)row->max + 1);
        refused(purpose, row, text);
        if (row->min)
            refused(purpose, row, "0");
    } else if (row->type == N2V_REAL) {
        refused(purpose, row, number_text(nextafter(row->real_max, INFINITY), text));
        refused(purpose, row, number_text(nextafter(row->real_min, -INFINITY), text));
        if (row->above)
            refused(purpose, row, number_text(row->real_min, text));
    } else {
        refused(purpose, row, "2");
        refused(purpose, row, "AUTO");
    }
}

START_TEST(out_of_bounds)
{
    each_row(refuse_around);
}
END_TEST

/* Setting what is got gives the same text, whatever the number's last digit. */
static void check_same(n2v_purpose purpose, const char *name, const char *text)
{
    n2v_settings *first = make_settings(purpose), *second = make_settings(purpose);

    set(first, name, text);
    ck_assert_int_eq(n2v_settings_is_set(first, name), 1);
    set(second, name, n2v_settings_get(first, name));
    ck_assert_str_eq(n2v_settings_get(second, name), n2v_settings_get(first, name));
    n2v_settings_destroy(first);
    n2v_settings_destroy(second);
}

static void check_integers(n2v_purpose purpose, const Setting *row, Random *random)
{
    for (int i = 0; i < 50; i++) {
        const uint64_t span = row->max - row->min + 1;
        const uint64_t value = i == 0 ? row->min : i == 1 ? row->max : row->min + random_next(random) % span;
        Settings *settings = NULL;
        char text[NUMBER_BYTES];

        (void)snprintf(text, sizeof text, "%llu", (unsigned long long)value);
        ck_assert_int_eq(settings_create(&settings, purpose, NULL), N2V_OK);
        ck_assert_int_eq(settings_set(settings, row->name, text, NULL), N2V_OK);
        ck_assert_uint_eq(settings_integer(settings, row->name, 0), value);
        ck_assert_str_eq(settings_text(settings, row->name), text);
        settings_destroy(settings);
        check_same(purpose, row->name, text);
    }
}

static void check_reals(n2v_purpose purpose, const Setting *row, Random *random)
{
    for (int i = 0; i < 200; i++) {
        double value =
            row->real_min + (row->real_max - row->real_min) * ldexp((double)(random_next(random) >> 11), -53);
        Settings *settings = NULL;
        char text[64];

        if (i == 0 || value > row->real_max)
            value = row->real_max;
        if (i == 1)
            value = row->above ? nextafter(row->real_min, row->real_max) : row->real_min;
        (void)snprintf(text, sizeof text, "%.17g", value);
        ck_assert_int_eq(settings_create(&settings, purpose, NULL), N2V_OK);
        ck_assert_int_eq(settings_set(settings, row->name, text, NULL), N2V_OK);
        require(settings_real(settings, row->name, -1) == value, "%s=%s", row->name, text);
        require(strtod(settings_text(settings, row->name), NULL) == value, "%s=%s", row->name, text);
        settings_destroy(settings);
        check_same(purpose, row->name, text);
    }
}

static void check_round_trip(n2v_purpose purpose, const Setting *row)
{
    Random random;

    random_seed(&random, 1, 0, 0, 0);
    if (row->type == N2V_INTEGER)
        check_integers(purpose, row, &random);
    else if (row->type == N2V_REAL)
        check_reals(purpose, row, &random);
    else if (row->type == N2V_FLAG) {
        check_same(purpose, row->name, "0");
        check_same(purpose, row->name, "1");
    }
    for (size_t i = 0; row->choices && row->choices[i]; i++)
        check_same(purpose, row->name, row->choices[i]);
}

START_TEST(round_trips)
{
    each_row(check_round_trip);
    check_same(N2V_FOR_TRAINING, "objective", "infonce:temperature=0.1,correct=1");
    check_same(N2V_FOR_TRAINING, "heldout", "some where/text.txt");
    check_same(N2V_FOR_TRAINING, "heldout", "0.010");
    check_same(N2V_FOR_TRAINING, "read-vocab", "words.txt");
    check_same(N2V_FOR_TRAINING, "tokenizer", "command:mecab -Owakati | cat");
}
END_TEST

static void check_default(n2v_purpose purpose, const Setting *row)
{
    n2v_settings *settings = make_settings(purpose);
    Settings *values = NULL;
    double number;

    ck_assert_int_eq(settings_create(&values, purpose, NULL), N2V_OK);
    ck_assert(!settings_given(values, row->name) && !n2v_settings_is_set(settings, row->name));
    if (!row->fixed)
        ck_assert_ptr_null(settings_text(values, row->name));
    else if (number_read(row->fixed, &number))
        require(strtod(settings_text(values, row->name), NULL) == number, "%s", row->name);
    else
        ck_assert_str_eq(settings_text(values, row->name), row->fixed);
    if (row->type == N2V_INTEGER && !row->fixed)
        ck_assert_uint_eq(settings_integer(values, row->name, 4321), 4321);
    if (row->type == N2V_REAL && !row->fixed)
        ck_assert(settings_real(values, row->name, 43.21) == 43.21);
    if (row->type == N2V_CHOICE && !row->fixed)
        ck_assert_uint_eq(settings_choice(values, row->name), NO_CHOICE);
    settings_destroy(values);
    n2v_settings_destroy(settings);
}

START_TEST(defaults)
{
    each_row(check_default);
    ck_assert(!settings_given(NULL, "dim") && !settings_text(NULL, "dim") && !settings_flag(NULL, "float16"));
    ck_assert(settings_integer(NULL, "threads", 3) == 3 && settings_choice(NULL, "kernels") == NO_CHOICE);
}
END_TEST

START_TEST(back_to_the_default)
{
    n2v_settings *settings = make_settings(N2V_FOR_TRAINING);

    set(settings, "size", "007");
    ck_assert_str_eq(n2v_settings_get(settings, "dim"), "7");
    ck_assert_int_eq(n2v_settings_is_set(settings, "dim"), 1);
    set(settings, "dim", NULL);
    ck_assert_str_eq(n2v_settings_get(settings, "size"), "100");
    ck_assert_int_eq(n2v_settings_is_set(settings, "dim"), 0);
    set(settings, "max_vocab", "10");
    set(settings, "max-vocab", NULL);
    ck_assert_ptr_null(n2v_settings_get(settings, "max-vocab"));
    set(settings, "subsample", "0.0001000");
    ck_assert_str_eq(n2v_settings_get(settings, "subsample"), "0.0001");
    set(settings, "dim", "12");
    set(settings, "dim", n2v_settings_get(settings, "dim")); /* its own text */
    ck_assert_str_eq(n2v_settings_get(settings, "dim"), "12");
    n2v_settings_destroy(settings);
}
END_TEST

START_TEST(copies)
{
    n2v_settings *settings = make_settings(N2V_FOR_TRAINING), *copy = NULL;

    set(settings, "lr", "0.1");
    set(settings, "heldout", "a.txt");
    ck_assert_int_eq(n2v_settings_copy(&copy, settings, NULL), N2V_OK);
    set(settings, "lr", "0.2");
    set(settings, "window", "9");
    ck_assert_str_eq(n2v_settings_get(copy, "lr"), "0.1");
    ck_assert_str_eq(n2v_settings_get(copy, "window"), "5");
    n2v_settings_destroy(settings);
    ck_assert_str_eq(n2v_settings_get(copy, "heldout"), "a.txt");
    ck_assert(n2v_settings_is_set(copy, "lr") && !n2v_settings_is_set(copy, "window"));
    n2v_settings_destroy(copy);
}
END_TEST

/* In every locale a point is a point. */
START_TEST(locales)
{
    n2v_settings *settings = make_settings(N2V_FOR_TRAINING);
    n2v_error error = {.text = ""};

    if (comma_locale_set("test_settings: locales")) {
        set(settings, "lr", "0.025");
        ck_assert_str_eq(n2v_settings_get(settings, "lr"), "0.025");
        ck_assert_int_eq(n2v_settings_set(settings, "lr", "0,025", NULL), N2V_ERROR_ARGUMENT);
        set(settings, "objective", "infonce:temperature=0.5");
        ck_assert_int_eq(n2v_settings_set(settings, "objective", "infonce:temperature=0,5", NULL), N2V_ERROR_ARGUMENT);
        ck_assert_int_eq(n2v_settings_set(settings, "objective", "triplet:margin", &error), N2V_ERROR_ARGUMENT);
        require(strstr(error.text, "as in margin=0.2"), "%s", error.text);
        ck_assert_str_eq(n2v_settings_get(settings, "init"), "1");
        ck_assert_str_eq(n2v_settings_get(settings, "noise-power"), "0.75");
    }
    n2v_settings_destroy(settings);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("settings");
    add_test(suite, "rows", rows);
    add_test(suite, "names", names);
    add_test(suite, "choices", choices);
    add_test(suite, "descriptions", descriptions);
    add_test(suite, "out of bounds", out_of_bounds);
    add_test(suite, "round trips", round_trips);
    add_test(suite, "defaults", defaults);
    add_test(suite, "back to the default", back_to_the_default);
    add_test(suite, "copies", copies);
    add_test(suite, "locales", locales);
    return run_suite(suite);
}
