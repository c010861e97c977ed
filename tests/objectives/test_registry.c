/* The registry's descriptions, and the parser of "NAME:param=value,...". */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "objectives/objective.h"
#include "objectives/validate.h"
#include "test.h"

static void refused(const char *text, const char *named)
{
    const n2v_objective *objective = NULL;
    float parameters[N2V_MAX_PARAMETERS];
    n2v_error error = {.text = ""};

    require(objective_parse(NULL, text, &objective, parameters, &error) == N2V_ERROR_ARGUMENT, "'%s' is not refused",
            text);
    require(error.status == N2V_ERROR_ARGUMENT && strstr(error.text, named), "the refusal of '%s' does not name %s: %s",
            text, named, error.text);
}

/* At every corner of the parameters' bounds that the objective accepts. */
static void check_needs(const n2v_objective *o)
{
    const size_t count = objective_parameters(o);

    for (size_t corner = 0; corner < (size_t)1 << count; corner++) {
        float values[N2V_MAX_PARAMETERS] = {0};
        n2v_error error = {.text = ""};
        for (size_t p = 0; p < count; p++)
            values[p] = corner >> p & 1 ? o->parameters[p].max : o->parameters[p].min;
        require(objective_check_needs(o, objective_needs(o, values), &error) == N2V_OK, "%s", error.text);
    }
}

START_TEST(descriptions)
{
    ck_assert_ptr_null(objective_at(NULL, objective_count(NULL)));
    for (size_t i = 0; i < objective_count(NULL); i++) {
        const n2v_objective *o = objective_at(NULL, i), *parsed = NULL;
        float parameters[N2V_MAX_PARAMETERS];
        n2v_error error;

        ck_assert(objective_find(NULL, o->name) == o);
        for (size_t other = 0; other < i; other++)
            ck_assert_str_ne(objective_at(NULL, other)->name, o->name);
        require(o->summary && *o->summary && !strchr(o->summary, '\n'), "%s: summary", o->name);
        require(o->formula && *o->formula && o->paper && *o->paper, "%s: formula or paper", o->name);
        require(o->learning_rate > 0 && o->learning_rate < 10 && o->noise >= 1, "%s: learning rate or noise", o->name);
        require(o->init > 0 && o->init <= 100, "%s: %g is no length to begin with", o->name, o->init);
        require(o->needs && o->loss_grad, "%s: functions", o->name);
        ck_assert_int_eq(objective_parse(NULL, o->name, &parsed, parameters, &error), N2V_OK);
        check_needs(o);
        ck_assert(parsed == o);
        for (size_t p = 0; p < objective_parameters(o); p++) {
            const n2v_parameter *d = &o->parameters[p];
            require(d->min <= d->value && d->value <= d->max && isfinite(d->min) && isfinite(d->max),
                    "%s: bounds of %s", o->name, d->name);
            require(!d->integer || (floorf(d->value) == d->value && floorf(d->min) == d->min), "%s: %s is no integer",
                    o->name, d->name);
            require(d->help && *d->help, "%s: help of %s", o->name, d->name);
            require(parameters[p] == d->value, "%s: default of %s", o->name, d->name);
        }
    }
}
END_TEST

START_TEST(parameters)
{
    for (size_t i = 0; i < objective_count(NULL); i++) {
        const n2v_objective *o = objective_at(NULL, i);
        char text[200];

        (void)snprintf(text, sizeof text, "%s:bogus=1", o->name);
        refused(text, "bogus");
        (void)snprintf(text, sizeof text, "%s:", o->name);
        refused(text, o->name);
        for (size_t p = 0; p < objective_parameters(o); p++) {
            const n2v_parameter *d = &o->parameters[p];
            static const char *const values[] = {"", "x", "nan", "inf", "1e99", "1x", " 1", "-1e30", "1e30"};

            refused((snprintf(text, sizeof text, "%s:%s", o->name, d->name), text), d->name);
            for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
                (void)snprintf(text, sizeof text, "%s:%s=%s", o->name, d->name, values[v]);
                refused(text, d->name);
            }
            if (d->integer) {
                (void)snprintf(text, sizeof text, "%s:%s=%g", o->name, d->name, (double)d->min + 0.5);
                refused(text, d->name);
            }
            for (int bound = 0; bound < 2; bound++) { /* inclusive, and beyond them refused */
                const n2v_objective *parsed = NULL;
                float given[N2V_MAX_PARAMETERS];
                const float value = bound ? d->max : d->min, away = bound ? INFINITY : -INFINITY;
                n2v_error error = {.text = ""};
                n2v_status status;

                (void)snprintf(text, sizeof text, "%s:%s=%.9g", o->name, d->name, (double)value);
                status = objective_parse(NULL, text, &parsed, given, &error);
                require(status == N2V_OK ? given[p] == value : o->check != NULL, "%s: %s", text, error.text);
                (void)snprintf(text, sizeof text, "%s:%s=%.9g", o->name, d->name, (double)nextafterf(value, away));
                refused(text, d->name);
            }
        }
    }
}
END_TEST

START_TEST(names)
{
    refused("", objective_at(NULL, 0)->name); /* each with the list of what exists */
    refused(":", objective_at(NULL, 0)->name);
    refused("sgn", "sgns");
    refused("sgnss", "sgns");
    refused("SGNS", "sgns");
    refused("nonsense", "infonce");
    refused("infonce:temperature=1,", "temperature");
    refused("infonce:temperature=1,,correct=1", "temperature");
    refused("infonce:temperature=1;correct=1", "temperature");
}
END_TEST

START_TEST(several)
{
    const n2v_objective *objective = NULL;
    float values[N2V_MAX_PARAMETERS];
    n2v_error error;

    ck_assert_int_eq(objective_parse(NULL, "infonce:correct=1,temperature=0.25", &objective, values, &error), N2V_OK);
    ck_assert_str_eq(objective->name, "infonce");
    for (size_t p = 0; p < objective_parameters(objective); p++) {
        if (strcmp(objective->parameters[p].name, "correct") == 0)
            ck_assert(values[p] == 1);
        else if (strcmp(objective->parameters[p].name, "temperature") == 0)
            ck_assert(values[p] == 0.25F);
    }
}
END_TEST

/* A loss whose scores are multiplied by f has f^2 times the curvature: its rate is divided by f^2. Never multiplied. */
START_TEST(rates_of_sharper_parameters)
{
    static const struct {
        const char *text;
        double times; /* how much sharper than with the defaults */
    } cases[] = {{"nce:bias=0", 1},
                 {"infonce:temperature=0.05", 20},
                 {"infonce:temperature=0.5,correct=1", 2},
                 {"infonce:temperature=4", 1},
                 {"softnn:temperature=0.1", 2},
                 {"softnn:temperature=1", 1},
                 {"siglip:scale=8", 8},
                 {"siglip:scale=0.1", 1},
                 {"debiased:temperature=0.25", 4},
                 {"debiased:tau=0.505", 2}, /* 0.99 / 0.495 */
                 {"hardneg:temperature=0.25", 4},
                 {"hardneg:tau=0.505", 2},
                 {"hardneg:beta=2", 2}, /* 3 / 1.5 */
                 {"hardneg:beta=2,temperature=0.5", 4},
                 {"hardneg:beta=0", 1},
                 {"alignuniform:t=4", 2},
                 {"alignuniform:t=1", 1},
                 {"alignuniform:weight=10", 10},
                 {"alignuniform:weight=0.1", 1}, /* the part of the pairs is as sharp as before */
                 {"alignuniform:t=4,weight=3", 6},
                 {"dcl:temperature=0.1", 2}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const n2v_objective *objective = NULL;
        float values[N2V_MAX_PARAMETERS];
        double rate, wanted;

        ck_assert_int_eq(objective_parse(NULL, cases[i].text, &objective, values, NULL), N2V_OK);
        rate = objective_learning_rate(objective, values);
        wanted = objective->learning_rate / (cases[i].times * cases[i].times);
        require(fabs(rate / wanted - 1) < 1e-5, "%s: the default rate is %g, not %g", cases[i].text, rate, wanted);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("registry");
    add_test(suite, "descriptions", descriptions);
    add_test(suite, "parameters", parameters);
    add_test(suite, "names", names);
    add_test(suite, "several", several);
    add_test(suite, "rates of sharper parameters", rates_of_sharper_parameters);
    return run_suite(suite);
}
