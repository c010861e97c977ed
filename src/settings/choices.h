/* choices.h - the names that settings choose among, in the order of their enumerations and lists.
 * Each list calls `first` with its first name and `more` with every other one. */
#ifndef N2V_SETTINGS_CHOICES_H
#define N2V_SETTINGS_CHOICES_H

#define CHOICES_TOKENIZER(first, more) first(words) more(space) more(unicode) more(command:PROGRAM) /* TokenizerKind */
#define CHOICES_CASE(first, more)      first(keep) more(lower) more(lower:tr)    /* LetterCase, from CASE_KEEP on */
#define CHOICES_FORM(first, more)      first(none) more(nfc) more(nfkc)       /* NormalForm */
#define CHOICES_VOCABULARY(first, more) first(new) more(old) more(both)         /* VocabularyFrom */
#define CHOICES_PRESET(first, more)    first(fast) more(best) more(word2vec) more(sessions) more(walks) /* presets.c */
#define CHOICES_MODEL(first, more) /* InputModel */                                                                    \
    first(skipgram) more(cbow) more(structured-skipgram) more(cwindow)
#define CHOICES_WEIGHTS(first, more)   first(shrink) more(flat) more(harmonic) more(line) /* WindowWeights */
#define CHOICES_GRADIENT(first, more)  first(mean) more(word2vec)             /* of cbow */
#define CHOICES_SUBWORDS(first, more)  first(none) more(fasttext) more(floret)   /* SubwordKind */
#define CHOICES_OPTIMIZER(first, more) first(sgd) more(adagrad)               /* optimizer_at */
#define CHOICES_SCHEDULE(first, more)  first(linear) more(cosine) more(constant) /* Schedule */
#define CHOICES_PRECISION(first, more) first(auto) more(fp32) more(bf16)      /* Precision */
#define CHOICES_KERNELS(first, more)   first(auto) more(scalar) more(avx2) more(avx512) more(avx512bf16)
#define CHOICES_RULE(first, more)      first(sum) more(mean) more(momentum)      /* rule_at */
#define CHOICES_BITS(first, more)      first(32) more(16) more(8)                 /* 32 >> index */
#define CHOICES_VECTORS(first, more)   first(input) more(output) more(sum) more(concat) /* Vectors */
#define CHOICES_SCORER(first, more)    first(word2phrase) more(gensim) more(npmi) /* Scorer */
#define CHOICES_CONTEXTS(first, more)  first(product) more(mean)              /* of predictions */
#define CHOICES_FORMAT(first, more)                                                                                    \
    first(text) more(binary) more(n2v) more(fasttext) more(floret) more(glove) more(npy) more(model2vec)               \
    more(safetensors) more(finalfusion) more(projector)

#endif
