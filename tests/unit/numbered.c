#include "numbered.h"

#include <stdio.h>

#include "test.h"

Model numbered_model(size_t words, uint64_t first_count, size_t dim, bool has_bias)
{
    Vocabulary *vocabulary = vocabulary_create();
    n2v_error error = {.text = ""};
    Model model;

    ck_assert_ptr_nonnull(vocabulary);
    for (size_t w = 0; w < words; w++) {
        char word[32];
        const int bytes = snprintf(word, sizeof word, "w%zu", w);
        require(vocabulary_add(vocabulary, word, (size_t)bytes, first_count - w, NULL, &error) == N2V_OK, "%s",
                error.text);
    }
    require(model_create(&model, vocabulary, &(ModelShape){.dim = dim, .has_bias = has_bias}, &error) == N2V_OK,
            "%s", error.text);
    return model;
}
