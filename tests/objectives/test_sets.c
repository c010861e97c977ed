/* Sets of objectives: registration, what it refuses, and names. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "nce2vec.h"
#include "objectives/objective.h"
#include "objectives/registry.h"
#include "test.h"

/* What `user` of the test's objective points to. */
typedef struct behaviour {
    uint32_t needs;
    uint32_t needs_when_set; /* further ones when the parameter "more" is 1 */
    float sharpness;
    const char *problem;
} behaviour;

static uint32_t needs(const float *parameters, void *user)
{
    const behaviour *b = user;
    return b->needs | (parameters[1] > 0 ? b->needs_when_set : 0);
}

static float sharpness(const float *parameters, void *user)
{
    (void)parameters;
    return ((const behaviour *)user)->sharpness;
}

static const char *check(const float *parameters, void *user)
{
    (void)parameters;
    return ((const behaviour *)user)->problem;
}

/* The loss of sgns: that objective's function is at hand. */
static void loss_grad(const n2v_tile *tile, const float *parameters, const n2v_tile_gradient *gradient, float *scratch,
                      double *loss, void *user)
{
    (void)user;
    objective_sgns.loss_grad(tile, parameters, gradient, scratch, loss, NULL);
}

static size_t scratch(size_t m, size_t n, size_t positives, void *user)
{
    (void)user;
    return objective_scratch(&objective_sgns, m, n, positives);
}

static const n2v_objective sound = {
    .size = sizeof(n2v_objective),
    .name = "mine",
    .summary = "a loss of one's own",
    .formula = "-log sigmoid(s)",
    .paper = "none",
    .parameters = {{"gamma", 2, 0, 5, 0, "a number"}, {"more", 0, 0, 1, 1, "a switch"}},
    .init = 1,
    .learning_rate = 0.05,
    .noise = 5,
    .noise_sharing = 2,
    .needs = needs,
    .sharpness = sharpness,
    .check = check,
    .scratch = scratch,
    .loss_grad = loss_grad,
};

typedef struct fixture {
    n2v_objectives *set;
    n2v_objective objective;
    behaviour behaviour;
} fixture;

static void fixture_open(fixture *f)
{
    *f = (fixture){.objective = sound, .behaviour = {.sharpness = 1}};
    f->objective.user = &f->behaviour;
    ck_assert_int_eq(n2v_objectives_create(&f->set, NULL), N2V_OK);
}

/* The set refuses the description, with `named` in the sentence, and has what it had. */
static void refused(fixture *f, const char *named)
{
    const size_t before = n2v_objective_count(f->set);
    n2v_error error = {.text = ""};

    require(n2v_objectives_register(f->set, &f->objective, &error) == N2V_ERROR_ARGUMENT, "not refused: %s", named);
    require(error.status == N2V_ERROR_ARGUMENT && strstr(error.text, named), "'%s' is not in: %s", named, error.text);
    ck_assert_uint_eq(n2v_objective_count(f->set), before);
}

/* f: the description is sound, but for the change. */
#define REFUSED(named, change)                                                                                         \
    do {                                                                                                               \
        fixture_open(&f);                                                                                              \
        change;                                                                                                        \
        refused(&f, named);                                                                                            \
        n2v_objectives_destroy(f.set);                                                                                 \
    } while (0)

START_TEST(registers)
{
    n2v_objective_info info = {.size = sizeof info};
    n2v_parameter_info parameter = {.size = sizeof parameter};
    const size_t own = n2v_objective_count(NULL);
    fixture f;

    fixture_open(&f);
    ck_assert_uint_eq(n2v_objective_count(f.set), own);
    for (size_t i = 0; i < own; i++)
        ck_assert_str_eq(n2v_objective_name(f.set, i), n2v_objective_name(NULL, i));
    ck_assert_int_eq(n2v_objectives_register(f.set, &f.objective, NULL), N2V_OK);
    f.objective.summary = "changed"; /* the set has a copy */
    ck_assert_uint_eq(n2v_objective_count(f.set), own + 1);
    ck_assert_str_eq(n2v_objective_name(f.set, own), "mine");
    ck_assert_ptr_null(n2v_objective_name(f.set, own + 1));
    ck_assert_ptr_null(n2v_objective_name(NULL, own));
    ck_assert_int_eq(n2v_objective_describe(f.set, "mine:gamma=3", &info, NULL), N2V_OK);
    ck_assert_str_eq(info.summary, "a loss of one's own");
    ck_assert(info.learning_rate == 0.05 && info.noise == 5 && info.noise_sharing == 2 && info.parameters == 2);
    ck_assert_int_eq(n2v_objective_describe_parameter(f.set, "mine:gamma=3", 0, &parameter, NULL), N2V_OK);
    ck_assert(parameter.value == 3 && parameter.default_value == 2);
    ck_assert_int_eq(n2v_objective_describe(NULL, "mine", &info, NULL), N2V_ERROR_ARGUMENT);
    n2v_objectives_destroy(f.set);
    n2v_objectives_destroy(NULL);
}
END_TEST

/* So many that the set has to grow; descriptions stay where they are. */
START_TEST(many)
{
    const n2v_objective *first;
    char names[40][16];
    fixture f;

    fixture_open(&f);
    for (size_t i = 0; i < 40; i++) {
        (void)snprintf(names[i], sizeof names[i], "mine_%zu", i);
        f.objective.name = names[i];
        ck_assert_int_eq(n2v_objectives_register(f.set, &f.objective, NULL), N2V_OK);
        if (!i)
            first = objective_find(f.set, "mine_0");
    }
    ck_assert_ptr_eq(objective_find(f.set, "mine_0"), first);
    ck_assert_str_eq(objective_find(f.set, "mine_39")->name, "mine_39");
    n2v_objectives_destroy(f.set);
}
END_TEST

START_TEST(evaluates)
{
    const float scores[] = {1, -2, 0.5F};
    const unsigned char labels[] = {N2V_POSITIVE, N2V_NEGATIVE, N2V_NEGATIVE};
    float gradient[3], wanted[3];
    n2v_evaluation mine = {.size = sizeof mine, .m = 1, .n = 3, .scores = scores, .labels = labels}, sgns = mine;
    fixture f;

    fixture_open(&f);
    ck_assert_int_eq(n2v_objectives_register(f.set, &f.objective, NULL), N2V_OK);
    mine.gradient = gradient;
    sgns.gradient = wanted;
    ck_assert_int_eq(n2v_objective_evaluate(f.set, "mine", &mine, NULL), N2V_OK);
    ck_assert_int_eq(n2v_objective_evaluate(f.set, "sgns", &sgns, NULL), N2V_OK);
    ck_assert(mine.loss == sgns.loss);
    ck_assert_mem_eq(gradient, wanted, sizeof wanted);
    n2v_objectives_destroy(f.set);
}
END_TEST

START_TEST(refuses_descriptions)
{
    n2v_error error = {.text = ""};
    fixture f;

    REFUSED("size", f.objective.size = 0);
    REFUSED("size", f.objective.size = sizeof(n2v_objective) - 8);
    REFUSED("size", f.objective.size = sizeof(n2v_objective) + 8);
    REFUSED("'NULL' is not a name", f.objective.name = NULL);
    REFUSED("'' is not a name", f.objective.name = "");
    REFUSED("'Mine' is not a name", f.objective.name = "Mine");
    REFUSED("'mi-ne' is not a name", f.objective.name = "mi-ne");
    REFUSED("'./mine' is not a name", f.objective.name = "./mine");
    REFUSED("is not a name", f.objective.name = "a_name_of_so_many_letters_that_no_message_has_room_for_it");
    REFUSED("there is an objective infonce already", f.objective.name = "infonce");
    REFUSED("summary is NULL", f.objective.summary = NULL);
    REFUSED("formula is NULL", f.objective.formula = NULL);
    REFUSED("paper is NULL", f.objective.paper = NULL);
    REFUSED("no geometry 7", f.objective.geometry = (n2v_geometry)7);
    REFUSED("no function loss_grad", f.objective.loss_grad = NULL);
    REFUSED("init is 0, not a number above 0, at most 100", f.objective.init = 0);
    REFUSED("init is nan", f.objective.init = (double)NAN);
    REFUSED("learning_rate is 101", f.objective.learning_rate = 101);
    REFUSED("noise is 0, not an integer from 1 to 1000", f.objective.noise = 0);
    REFUSED("noise_sharing is 1001", f.objective.noise_sharing = 1001);
    REFUSED("'Gamma' is not a name for a parameter", f.objective.parameters[0].name = "Gamma");
    REFUSED("two parameters gamma", f.objective.parameters[1].name = "gamma");
    REFUSED("gamma has no help", f.objective.parameters[0].help = NULL);
    REFUSED("default of gamma is 6, not from 0 to 5", f.objective.parameters[0].value = 6);
    REFUSED("default of gamma is -1", f.objective.parameters[0].value = -1);
    REFUSED("default of gamma is nan", f.objective.parameters[0].value = NAN);
    REFUSED("from 0 to inf", f.objective.parameters[0].max = INFINITY);
    REFUSED("default of more is 0.5, not a whole number", f.objective.parameters[1].value = 0.5F);
    REFUSED("refuses its own defaults: they differ", f.behaviour.problem = "they differ");
    REFUSED("sharpness is 0", f.behaviour.sharpness = 0);
    REFUSED("sharpness is nan", f.behaviour.sharpness = NAN);
    REFUSED("there is an objective mine already",
            ck_assert_int_eq(n2v_objectives_register(f.set, &f.objective, NULL), N2V_OK));

    fixture_open(&f);
    ck_assert_int_eq(n2v_objectives_register(NULL, &f.objective, &error), N2V_ERROR_ARGUMENT);
    ck_assert_int_eq(n2v_objectives_register(f.set, NULL, &error), N2V_ERROR_ARGUMENT);
    ck_assert_int_eq(n2v_objectives_create(NULL, &error), N2V_ERROR_ARGUMENT);
    n2v_objectives_destroy(f.set);
}
END_TEST

static const struct {
    const char *named;
    uint32_t needs;
    n2v_geometry geometry;
} contradictions[] = {
    {"OUTPUT_BIAS and N2V_NEEDS_NORMS contradict", N2V_NEEDS_OUTPUT_BIAS | N2V_NEEDS_NORMS, N2V_DOT},
    {"OUTPUT_BIAS and N2V_NEEDS_UNIT_ROWS contradict", N2V_NEEDS_OUTPUT_BIAS | N2V_NEEDS_UNIT_ROWS, N2V_DOT},
    {"OUTPUT_BIAS and N2V_NEEDS_SIDES contradict", N2V_NEEDS_OUTPUT_BIAS | N2V_NEEDS_SIDES, N2V_DOT},
    {"OUTPUT_BIAS is only for inner products", N2V_NEEDS_OUTPUT_BIAS, N2V_SQEUCLID},
    {"SHARED_BIAS is only for inner products", N2V_NEEDS_SHARED_BIAS, N2V_SQEUCLID},
    {"ALL_WORDS and N2V_NEEDS_IN_BATCH contradict", N2V_NEEDS_ALL_WORDS | N2V_NEEDS_IN_BATCH, N2V_DOT},
    {"ALL_WORDS and N2V_NEEDS_SIDES contradict", N2V_NEEDS_ALL_WORDS | N2V_NEEDS_SIDES, N2V_DOT},
    {"POSITIVES_ONLY is only for N2V_NEEDS_IN_BATCH", N2V_NEEDS_POSITIVES_ONLY, N2V_DOT},
    {"POSITIVES_ONLY and N2V_NEEDS_SHARED_BIAS contradict",
     N2V_NEEDS_POSITIVES_ONLY | N2V_NEEDS_IN_BATCH | N2V_NEEDS_SHARED_BIAS, N2V_DOT},
    {"SLOPE_CLIPPING is only for inner products", N2V_NEEDS_SLOPE_CLIPPING, N2V_SQEUCLID},
    {"TREE is only for inner products", N2V_NEEDS_TREE, N2V_SQEUCLID},
    {"TREE and N2V_NEEDS_OUTPUT_BIAS contradict", N2V_NEEDS_TREE | N2V_NEEDS_OUTPUT_BIAS, N2V_DOT},
    {"TREE_AND_NOISE is only for N2V_NEEDS_TREE", N2V_NEEDS_TREE_AND_NOISE, N2V_DOT},
    {"needs 0x2000", 1u << 13, N2V_DOT},
};

/* At the default parameters registration refuses them, at others the text of the objective is refused. */
START_TEST(refuses_contradictions)
{
    for (size_t i = 0; i < sizeof contradictions / sizeof *contradictions; i++) {
        n2v_objective_info info = {.size = sizeof info};
        n2v_error error = {.text = ""};
        fixture f;

        REFUSED(contradictions[i].named,
                (f.behaviour.needs = contradictions[i].needs, f.objective.geometry = contradictions[i].geometry));
        fixture_open(&f);
        f.behaviour.needs_when_set = contradictions[i].needs;
        f.objective.geometry = contradictions[i].geometry;
        ck_assert_int_eq(n2v_objectives_register(f.set, &f.objective, NULL), N2V_OK);
        ck_assert_int_eq(n2v_objective_describe(f.set, "mine", &info, NULL), N2V_OK);
        ck_assert_int_eq(n2v_objective_describe(f.set, "mine:more=1", &info, &error), N2V_ERROR_ARGUMENT);
        require(strstr(error.text, contradictions[i].named), "'%s' is not in: %s", contradictions[i].named, error.text);
        n2v_objectives_destroy(f.set);
    }
}
END_TEST

/* What goes together is not refused: each need by itself, and the pairs that objectives of the library have. */
START_TEST(accepts_needs)
{
    static const uint32_t accepted[] = {N2V_NEEDS_OUTPUT_BIAS, N2V_NEEDS_IN_BATCH, N2V_NEEDS_UNIT_ROWS,
                                        N2V_NEEDS_ALL_WORDS, N2V_NEEDS_LOG_NOISE, N2V_NEEDS_NORMS,
                                        N2V_NEEDS_SHARED_BIAS, N2V_NEEDS_SIDES, N2V_NEEDS_SLOPE_CLIPPING,
                                        N2V_NEEDS_IN_BATCH | N2V_NEEDS_CLASSES | N2V_NEEDS_NORMS,
                                        N2V_NEEDS_IN_BATCH | N2V_NEEDS_POSITIVES_ONLY | N2V_NEEDS_SIDES,
                                        N2V_NEEDS_ALL_WORDS | N2V_NEEDS_OUTPUT_BIAS,
                                        N2V_NEEDS_OUTPUT_BIAS | N2V_NEEDS_SHARED_BIAS | N2V_NEEDS_LOG_NOISE};

    for (size_t i = 0; i < sizeof accepted / sizeof *accepted; i++) {
        n2v_error error = {.text = ""};
        fixture f;

        fixture_open(&f);
        f.behaviour.needs = accepted[i];
        require(n2v_objectives_register(f.set, &f.objective, &error) == N2V_OK, "0x%x: %s", (unsigned)accepted[i],
                error.text);
        n2v_objectives_destroy(f.set);
    }
}
END_TEST

/* The optional functions may be missing. */
START_TEST(optional_functions)
{
    n2v_objective_info info = {.size = sizeof info};
    fixture f;

    fixture_open(&f);
    f.objective.needs = NULL;
    f.objective.sharpness = NULL;
    f.objective.check = NULL;
    f.objective.scratch = NULL;
    f.objective.user = NULL;
    ck_assert_int_eq(n2v_objectives_register(f.set, &f.objective, NULL), N2V_OK);
    ck_assert_int_eq(n2v_objective_describe(f.set, "mine", &info, NULL), N2V_OK);
    ck_assert(!info.needs && !info.has_log_probability && info.learning_rate == 0.05);
    n2v_objectives_destroy(f.set);
}
END_TEST

START_TEST(suggestions)
{
    static const struct {
        const char *text, *named;
    } cases[] = {{"NCE", "did you mean nce?"},
                 {"infonec:temperature=1", "did you mean infonce?"},
                 {"MINE", "did you mean mine?"},
                 {"mine:gama=1", "did you mean gamma?"},
                 {"./none.so:gamma=1", "the plug-in ./none.so is not loaded"},
                 {"mine\n", "control character at byte 4"}};
    n2v_objective_info info = {.size = sizeof info};
    fixture f;

    fixture_open(&f);
    ck_assert_int_eq(n2v_objectives_register(f.set, &f.objective, NULL), N2V_OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        n2v_error error = {.text = ""};
        ck_assert_int_eq(n2v_objective_describe(f.set, cases[i].text, &info, &error), N2V_ERROR_ARGUMENT);
        require(strstr(error.text, cases[i].named), "'%s' is not in: %s", cases[i].named, error.text);
    }
    n2v_objectives_destroy(f.set);
}
END_TEST

/* The library's own objectives meet what is asked of others; the list of names is theirs. */
START_TEST(own_objectives)
{
    size_t names = 0;

    for (size_t i = 0; i < n2v_objective_count(NULL); i++) {
        n2v_objective copy = *objective_at(NULL, i);
        n2v_error error = {.text = ""};
        n2v_objectives *set = NULL;

        ck_assert_str_eq(objective_names[i], copy.name);
        copy.name = "copy";
        ck_assert_int_eq(n2v_objectives_create(&set, NULL), N2V_OK);
        require(n2v_objectives_register(set, &copy, &error) == N2V_OK, "%s", error.text);
        n2v_objectives_destroy(set);
    }
    while (objective_names[names])
        names++;
    ck_assert_uint_eq(names, n2v_objective_count(NULL));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sets");
    add_test(suite, "registers", registers);
    add_test(suite, "many", many);
    add_test(suite, "evaluates", evaluates);
    add_test(suite, "refuses descriptions", refuses_descriptions);
    add_test(suite, "refuses contradictions", refuses_contradictions);
    add_test(suite, "accepts needs", accepts_needs);
    add_test(suite, "optional functions", optional_functions);
    add_test(suite, "suggestions", suggestions);
    add_test(suite, "own objectives", own_objectives);
    return run_suite(suite);
}
