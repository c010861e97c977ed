/* model2vec.c - a folder that model2vec and sentence-transformers (StaticEmbedding) load.
 *
 *     model.safetensors   the tensor `embeddings`: a row for each word, and one of zeros for unknown words
 *     tokenizer.json      the words, and how text is split into them (tokenizer_json.h)
 *     config.json, modules.json   that sentence vectors are the means of word vectors, scaled to length 1 */
#include "model/formats/registry.h"
#include "model/formats/safetensors.h"
#include "model/formats/tokenizer_json.h"

#include <string.h>

static const TensorNames names = {
    .of = {"embeddings", NULL, NULL, "embeddings_scale", NULL},
    .other = "embedding.weight", /* of sentence-transformers */
    .inputs_alone = true,
    .zero_rows = 1,
};

static n2v_status write_vectors(const Selection *selection, Writer *writer, n2v_error *error)
{
    TensorNames own = names;

    own.zero_rows = tokenizer_json_more(selection);
    return safetensors_write(selection, &own, writer, error);
}

static n2v_status write_config(const Selection *selection, Writer *writer, n2v_error *error)
{
    static const char *const types[] = {
        [NUMBERS_FLOAT32] = "float32", [NUMBERS_FLOAT16] = "float16", [NUMBERS_INT8] = "int8"};

    return writer_print(writer, error,
                        "{\"model_type\": \"model2vec\", \"architectures\": [\"StaticModel\"], \"hidden_dim\": %zu, "
                        "\"seq_length\": 1000000, \"normalize\": true, \"embedding_dtype\": \"%s\"}\n",
                        selection->dim, types[selection->select.numbers]);
}

static n2v_status write_modules(const Selection *selection, Writer *writer, n2v_error *error)
{
    (void)selection;
    return writer_print(writer, error,
                        "[{\"idx\": 0, \"name\": \"0\", \"path\": \".\", "
                        "\"type\": \"sentence_transformers.models.StaticEmbedding\"},\n"
                        " {\"idx\": 1, \"name\": \"1\", \"path\": \"1_Normalize\", "
                        "\"type\": \"sentence_transformers.models.Normalize\"}]\n");
}

static const FolderFile files[] = {
    {"config.json", write_config},
    {"modules.json", write_modules},
    {"tokenizer.json", tokenizer_json_write},
    {NULL, NULL},
};

/* The name of the tensor is near the beginning. */
static bool matches(const unsigned char *head, size_t count)
{
    return safetensors_matches(head, count) &&
           (memmem(head, count, "\"embeddings\"", 12) || memmem(head, count, "\"embedding.weight\"", 18));
}

static n2v_status read_vectors(Model *model, Source *source, n2v_error *error)
{
    return safetensors_read(model, &names, source, error);
}

const Format format_model2vec = {
    .name = "model2vec",
    .endings = ".model2vec",
    .summary = "a folder that model2vec and sentence-transformers load: model.safetensors, tokenizer.json and more",
    .write = write_vectors,
    .numbers = HAS_FLOAT16 | HAS_INT8,
    .beside = "tokenizer.json",
    .read_beside = tokenizer_json_read,
    .folder = files,
    .matches = matches,
    .read = read_vectors,
};
