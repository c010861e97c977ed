/* A damaged .n2v file. Every length that is too short and every flipped bit is refused with a message, but for bits in
 * the bytes of ancillary sections: these are skipped and named, and words and vectors are those of the sound file. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "nce2vec.h"
#include "scratch.h"
#include "test.h"

enum { HEADER_BYTES = 32, SECTION_BYTES = 20, CRC_BYTES = 4, MOST_SECTIONS = 16 };

/* Where the bytes of an ancillary section are, its checksum included. */
typedef struct place {
    char name[5];
    size_t begin, end;
} place;

typedef struct sound_file {
    unsigned char *bytes;
    size_t count;
    place ancillary[MOST_SECTIONS];
    size_t places;
    n2v_vectors *vectors;
} sound_file;

static int next_sentence(void *context, const n2v_token **tokens, size_t *count)
{
    static const n2v_token words[] = {{"a", 1}, {"bc", 2}, {"def", 3}, {"a", 1}};
    size_t *left = context;

    *tokens = words + *left % 2;
    *count = 3;
    return *left ? (int)((*left)-- > 0) : 0;
}

/* A checkpoint, which has all sections. */
static void save_checkpoint(const char *path)
{
    static const char *const values[][2] = {{"dim", "2"}, {"min-count", "1"}, {"threads", "1"}, {"subsample", "0"},
                                            {"objective", "nce:logz=1"}};
    size_t left = 10;
    n2v_settings *settings;
    n2v_corpus *corpus;
    n2v_trainer *trainer;

    ck_assert_int_eq(n2v_settings_create(&settings, N2V_FOR_TRAINING, NULL, NULL), N2V_OK);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        ck_assert_int_eq(n2v_settings_set(settings, values[i][0], values[i][1], NULL), N2V_OK);
    ck_assert_int_eq(n2v_corpus_create(&corpus, settings, NULL, NULL), N2V_OK);
    ck_assert_int_eq(n2v_corpus_add_sentences(corpus, next_sentence, &left, NULL, NULL), N2V_OK);
    ck_assert_int_eq(n2v_corpus_read(corpus, NULL, NULL), N2V_OK);
    ck_assert_int_eq(n2v_trainer_create(&trainer, settings, corpus, NULL), N2V_OK);
    ck_assert_int_eq(n2v_trainer_run(trainer, N2V_TO_EPOCH_END, 0, NULL, NULL), N2V_OK);
    ck_assert_int_eq(n2v_trainer_note(trainer, "output", "v.txt", NULL), N2V_OK);
    ck_assert_int_eq(n2v_trainer_save(trainer, path, NULL), N2V_OK);
    n2v_trainer_destroy(trainer);
    n2v_corpus_destroy(corpus);
    n2v_settings_destroy(settings);
}

/* The sections, as docs/formats.md lays them out. */
static void find_ancillary(sound_file *file)
{
    for (size_t at = HEADER_BYTES; at < file->count;) {
        uint32_t flags;
        uint64_t bytes;
        memcpy(&flags, file->bytes + at + 4, sizeof flags);
        memcpy(&bytes, file->bytes + at + 8, sizeof bytes);
        if (flags & 1) {
            place *p = &file->ancillary[file->places++];
            ck_assert_uint_lt(file->places, MOST_SECTIONS);
            memcpy(p->name, file->bytes + at, 4);
            p->begin = at + SECTION_BYTES;
            p->end = p->begin + (size_t)bytes + CRC_BYTES;
        }
        at += SECTION_BYTES + (size_t)bytes + CRC_BYTES;
    }
}

static sound_file make_file(void)
{
    sound_file file = {.places = 0};
    scratch files = scratch_open();

    save_checkpoint(scratch_path(&files, "model.n2v"));
    file.bytes = (unsigned char *)scratch_read(files.path, &file.count);
    scratch_close(&files);
    ck_assert_int_eq(n2v_vectors_load_memory(&file.vectors, file.bytes, file.count, NULL, NULL, NULL), N2V_OK);
    find_ancillary(&file);
    return file;
}

static void free_file(sound_file *file)
{
    n2v_vectors_destroy(file->vectors);
    free(file->bytes);
}

static void expect_refused(const unsigned char *bytes, size_t count, const char *what, size_t at)
{
    n2v_error error = {.text = ""};
    n2v_vectors *vectors;
    const n2v_status status = n2v_vectors_load_memory(&vectors, bytes, count, "model.n2v", NULL, &error);

    require(status == N2V_ERROR_FORMAT, "%s %zu: status %d, %s", what, at, (int)status, error.text);
    require(!vectors && strstr(error.text, "model.n2v"), "%s %zu: %s", what, at, error.text);
}

/* The same words and vectors, and the section by its name. */
static void expect_skipped(const sound_file *file, const place *section, size_t bit)
{
    n2v_vectors_info sound = {.size = sizeof sound}, info = {.size = sizeof info};
    n2v_error error = {.text = ""};
    n2v_vectors *vectors;

    require(n2v_vectors_load_memory(&vectors, file->bytes, file->count, NULL, NULL, &error) == N2V_OK, "bit %zu: %s",
            bit, error.text);
    require(n2v_vectors_describe(file->vectors, &sound, NULL) == N2V_OK &&
                n2v_vectors_describe(vectors, &info, NULL) == N2V_OK, "no description");
    require(info.damaged && strcmp(info.damaged, section->name) == 0, "bit %zu: %s, not %s", bit,
            info.damaged ? info.damaged : "nothing", section->name);
    require(info.words == sound.words && info.dim == sound.dim, "bit %zu: another size", bit);
    for (n2v_matrix matrix = N2V_INPUT; matrix <= N2V_OUTPUT; matrix++) {
        size_t stride;
        const float *a = n2v_vectors_view(file->vectors, matrix, &stride),
                    *b = n2v_vectors_view(vectors, matrix, &stride);
        require(memcmp(a, b, sound.words * stride * sizeof *a) == 0, "bit %zu: other vectors", bit);
    }
    n2v_vectors_destroy(vectors);
}

START_TEST(every_length_is_refused)
{
    sound_file file = make_file();

    for (size_t count = 0; count < file.count; count++) {
        unsigned char *piece = malloc(count ? count : 1); /* so that a sanitizer sees each byte beyond it */
        ck_assert_ptr_nonnull(piece);
        memcpy(piece, file.bytes, count);
        expect_refused(piece, count, "length", count);
        free(piece);
    }
    free_file(&file);
}
END_TEST

START_TEST(every_flipped_bit_is_refused_or_skipped)
{
    sound_file file = make_file();
    size_t skipped = 0;

    ck_assert_uint_eq(file.places, 3); /* state, text, notes */
    for (size_t bit = 0; bit < 8 * file.count; bit++) {
        const place *section = NULL;
        for (size_t i = 0; i < file.places; i++)
            if (bit / 8 >= file.ancillary[i].begin && bit / 8 < file.ancillary[i].end)
                section = &file.ancillary[i];
        file.bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
        if (section)
            expect_skipped(&file, section, bit);
        else
            expect_refused(file.bytes, file.count, "bit", bit);
        file.bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
        skipped += section != NULL;
    }
    ck_assert_uint_gt(skipped, 0);
    free_file(&file);
}
END_TEST

START_TEST(a_training_does_not_go_on_with_a_damaged_state)
{
    sound_file file = make_file();
    n2v_trainer_info info = {.size = sizeof info};
    n2v_error error = {.text = ""};
    n2v_vectors *vectors;

    ck_assert_str_eq(file.ancillary[0].name, "STAT");
    ck_assert_int_eq(n2v_checkpoint_describe(file.vectors, &info, NULL), N2V_OK);
    for (size_t at = file.ancillary[0].begin; at < file.ancillary[0].end; at++) {
        file.bytes[at] ^= 1;
        ck_assert_int_eq(n2v_vectors_load_memory(&vectors, file.bytes, file.count, NULL, NULL, NULL), N2V_OK);
        ck_assert_int_eq(n2v_checkpoint_describe(vectors, &info, &error), N2V_ERROR_FORMAT);
        ck_assert_ptr_nonnull(strstr(error.text, " "));
        n2v_vectors_destroy(vectors);
        file.bytes[at] ^= 1;
    }
    free_file(&file);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("corruption");
    add_test(suite, "lengths", every_length_is_refused);
    add_test(suite, "bits", every_flipped_bit_is_refused_or_skipped);
    add_test(suite, "state", a_training_does_not_go_on_with_a_damaged_state);
    return run_suite(suite);
}
