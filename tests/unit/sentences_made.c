#include "sentences_made.h"

#include <stdio.h>

#include "test.h"

int made_sentence(void *context, const n2v_token **tokens, size_t *count)
{
    sentence_source *s = context;
    const uint32_t from = random_below(&s->random, s->words - 5);

    if (!s->left)
        return 0;
    s->left--;
    *count = 2 + random_below(&s->random, MAX_SENTENCE - 1);
    for (size_t k = 0; k < *count; k++) {
        const int bytes =
            snprintf(s->text[k], sizeof s->text[k], "w%u", (unsigned)(from + random_below(&s->random, 6)));
        s->tokens[k] = (n2v_token){s->text[k], (size_t)bytes};
    }
    *tokens = s->tokens;
    return 1;
}

n2v_corpus *make_corpus(const n2v_settings *settings, uint64_t seed, size_t sentences, uint32_t words)
{
    sentence_source s = {.left = sentences, .words = words};
    n2v_corpus *corpus;
    n2v_error error = {.text = ""};

    random_seed(&s.random, seed, 0, 0, 0);
    require(n2v_corpus_create(&corpus, settings, NULL, &error) == N2V_OK, "%s", error.text);
    require(n2v_corpus_add_sentences(corpus, made_sentence, &s, "sentences", &error) == N2V_OK, "%s", error.text);
    require(n2v_corpus_read(corpus, NULL, &error) == N2V_OK, "%s", error.text);
    return corpus;
}
