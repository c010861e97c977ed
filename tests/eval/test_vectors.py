"""The loader: every format gives the same vectors, every malformed file one exact message."""

import gzip
import struct
import zlib

import numpy as np
from helpers import FolderTest

import vectors
from vectors import VectorError, load

WORDS = ["the", "naïve", "</s>", "日本"]
ROWS = np.array([[0.5, -1.25, 3], [1e-7, 2.5e10, -0.0], [1, 2, 3], [-4, 0.0625, 7]], np.float32)


def text(header=True, separator=" ", end="\n"):
    lines = [f"{len(WORDS)} {ROWS.shape[1]}"] if header else []
    lines += [separator.join([word] + [repr(float(x)) for x in row]) for word, row in zip(WORDS, ROWS)]
    return "".join(line + end for line in lines).encode()


def binary(newlines=True, words=WORDS, rows=ROWS):
    parts = [b"%d %d\n" % (len(words), len(rows[0]))]
    for word, row in zip(words, rows):
        word = word if isinstance(word, bytes) else word.encode()
        parts.append(word + b" " + struct.pack(f"<{len(row)}f", *row) + (b"\n" if newlines else b""))
    return b"".join(parts)


def crc(content):
    return struct.pack("<I", zlib.crc32(content))


def model(words=WORDS, rows=ROWS, version=2, sections=None):
    """A .n2v file, by its published layout. Sections: (name, bytes), or (name, bytes, flags)."""
    body = b"".join(struct.pack("<QI", 9 - i, len(w.encode())) + w.encode() for i, w in enumerate(words))
    sections = sections or [(b"VOCB", body), (b"PARM", b"dim=3\nlr=0.1\n"), (b"INPT", rows.tobytes()),
                            (b"OUTP", rows.tobytes()), (b"BIAS", rows[:, 0].tobytes())]
    content = b"\x89N2V\r\n\x1a\n" + struct.pack("<IIQQ", version, 0, len(words), rows.shape[1])
    if version != 1:
        content = content[:12] + crc(content) + content[16:]
    for name, bytes_, *flags in sections + [(b"END ", b"")] * (version != 1):
        head = struct.pack("<4sIQ", name, flags[0] if flags else 0, len(bytes_))
        content += head + bytes_ if version == 1 else head + crc(head) + bytes_ + crc(bytes_)
    return content + struct.pack("<4sIQ", b"CRC3", 0, 4) + crc(content + struct.pack("<4sIQ", b"CRC3", 0, 4)) \
        if version == 1 else content


class Formats(FolderTest):
    def check(self, path, kind, **options):
        loaded = load(path, **options)
        self.assertEqual(loaded.kind, kind)
        self.assertEqual(loaded.words, WORDS)
        np.testing.assert_array_equal(loaded.rows, ROWS)
        self.assertEqual(loaded.rows.dtype, np.float32)

    def test_variants_of_text(self):
        for content in (text(), text(end=" \n"), text(end="\r\n"), text()[:-1], text() + b"\n", text(separator="\t")):
            self.check(self.write("v", content), "word2vec text")

    def test_glove_text(self):
        self.check(self.write("v", text(header=False)), "GloVe text")

    def test_binary_with_a_byte_of_a_newline_first(self):
        rows = ROWS.copy()
        rows[0, 0] = struct.unpack("<f", b"\n123")[0]
        loaded = load(self.write("v", binary(rows=rows)))
        self.assertEqual((loaded.kind, loaded.words), ("word2vec binary", WORDS))
        np.testing.assert_array_equal(loaded.rows, rows)

    def test_binary_with_and_without_newlines(self):
        self.check(self.write("v", binary()), "word2vec binary")
        self.check(self.write("v", binary(newlines=False)), "word2vec binary")

    def test_the_format_does_not_depend_on_the_name(self):
        self.check(self.write("v.txt", binary()), "word2vec binary")
        self.check(self.write("v.bin", text()), "word2vec text")
        self.check(self.write("v.npy", text()), "word2vec text")

    def test_whole_model(self):
        self.check(self.write("v", model()), "n2v")
        self.check(self.write("v", gzip.compress(model())), "n2v")
        loaded = load(self.write("v", model()))
        self.assertEqual(loaded.counts.tolist(), [9, 8, 7, 6])
        self.assertEqual(loaded.parameters, [("dim", "3"), ("lr", "0.1")])
        self.assertIsNone(load(self.write("v", text())).counts)

    def test_gzip(self):
        self.check(self.write("v", gzip.compress(text())), "word2vec text")
        self.check(self.write("v", gzip.compress(binary())), "word2vec binary")

    def test_numpy_and_where_its_words_are(self):
        path = self.path("v.npy")
        np.save(path, ROWS.astype(np.float64))
        self.write("vocab.txt", "\n".join(WORDS) + "\n")
        self.check(path, "NumPy")
        np.save(path, ROWS)
        self.write("v.vocab.txt", "".join(f"{word}\t{9}\n" for word in WORDS))
        self.write("vocab.txt", "the wrong file\n")
        self.check(path, "NumPy")
        self.write("v.vocab.txt", "the wrong file\n")
        self.check(path, "NumPy", vocabulary=self.write("elsewhere", "\n".join(WORDS)))

    def test_many_rows_with_chunks_and_a_rest(self):
        rows = np.random.default_rng(1).normal(size=(vectors._LINES_AT_ONCE + 3, 2)).astype("f4")
        content = "".join(f"w{i} {float(a)!r} {float(b)!r}\n" for i, (a, b) in enumerate(rows))
        loaded = load(self.write("v", content))
        np.testing.assert_array_equal(loaded.rows, rows)
        self.assertEqual(loaded.words[-1], f"w{len(rows) - 1}")

    def test_words_that_are_not_utf8_stay_apart(self):
        loaded = load(self.write("v", binary(words=[b"\xff", b"\xfe"], rows=ROWS[:2])))
        self.assertEqual(len(set(loaded.words)), 2)


class Errors(FolderTest):
    def check_error(self, content, *parts, name="v"):
        with self.assertRaises(VectorError) as caught:
            load(self.write(name, content))
        for part in (self.path(name), *parts):
            self.assertIn(part, str(caught.exception))
        self.assertNotIn("\n", str(caught.exception))

    def test_files_without_vectors(self):
        with self.assertRaisesRegex(VectorError, "none: No such file"):
            load(self.path("none"))
        with self.assertRaisesRegex(VectorError, "Is a directory"):
            load(self.folder)
        self.check_error(b"", "empty")
        self.check_error(b"\n \n", "empty")
        self.check_error(b"0 5\n", "line 1: 0 words of 5 numbers: no vectors")
        self.check_error(b"word\n", "line 1")
        self.check_error(b"\x7fELF\0\0\0\0", "binary data")

    def test_counts(self):
        self.check_error(b"3 2\na 1 2\nb 1 2\n",
                         "line 1: the header gives 3 words, but 2 lines follow. The file may be truncated.")
        self.check_error(b"1 2\na 1 2\nb 1 2\n", "line 1: the header gives 1 word, but 2 lines follow")
        self.check_error(b"999999999999 300\na 1 2\n", "gives 999999999999 words")

    def test_rows(self):
        self.check_error(b"2 2\na 1 2\nb 1\n", "line 3: expected 2 numbers, found 1")
        self.check_error(b"2 2\na 1 2\nb 1 2 3\n", "line 3: expected 2 numbers, found 3")
        self.check_error(b"a 1 2\nb 1\nc 1 2 3\n", "line 2: expected 2 numbers, found 1")
        self.check_error(b"a 1 2\n\nc 1 2\n", "line 2: an empty word")
        self.check_error(b"a 1 2\n 1 2\n", "line 2: an empty word")
        self.check_error(b"a 1 2\nb 1 x\n", "line 2: number 2 is invalid: 'x'")
        self.check_error(b"2 2\na 1 x\nb 1 2\n", "line 2: number 2 is invalid: 'x'")
        self.check_error(b"a 1 2\nb 1 0x10\n", "line 2: number 2 is invalid: '0x10'")

    def test_words(self):
        self.check_error(b"2 1\na 1\na 2\n", "line 3: duplicate word 'a' (first: line 2)")
        self.check_error(b"a 1\nb 1\na 2\n", "line 3: duplicate word 'a' (first: line 1)")
        self.check_error(binary(words=["a", "a"], rows=ROWS[:2]), "word 2: duplicate word 'a' (first: word 1)")
        self.check_error(binary(words=["a", ""], rows=ROWS[:2]), "byte 19: an empty word (word 2 of 2)")

    def test_not_finite(self):
        for value in ("nan", "inf", "-inf", "1e39"):
            self.check_error(f"2 2\na 1 2\nb 1 {value}\n", "word 2, 'b', is not finite")
        self.check_error("3 2\na 1 2\nb inf 2\nc -inf 2\n", "word 2, 'b', is not finite")
        bad = ROWS.copy()
        bad[3, 1] = np.nan
        self.check_error(binary(rows=bad), "word 4, '日本', is not finite")

    def test_binary_cut_anywhere(self):
        whole = binary(newlines=False)
        for length in range(whole.index(b"\n") + 1, len(whole)):
            with self.assertRaises(VectorError, msg=f"cut to {length} bytes"):
                load(self.write("v", whole[:length]))
        self.check_error(whole + b"x", "more data after the last of 4 words")

    def test_text_cut_anywhere_never_crashes(self):
        whole = text()
        for length in range(len(whole) - 2):
            try:
                loaded = load(self.write("v", whole[:length]))
            except VectorError:
                continue
            self.assertEqual(loaded.words, WORDS)  # cut within the last number: cannot be known

    def test_models(self):
        for version in (1, 2):
            whole = model(version=version)
            self.assertEqual(load(self.write("v", whole)).words, WORDS)
            for length in range(len(whole)):
                with self.assertRaises(VectorError, msg=f"cut to {length} bytes"):
                    load(self.write("v", whole[:length]))
            for at in (10, 13, 40, len(whole) // 2, len(whole) - 1):
                with self.assertRaises(VectorError, msg=f"byte {at} changed"):
                    load(self.write("v", whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:]))
            self.check_error(whole + b"x", "more data after the last section")
        self.check_error(model(version=3), "version 3")
        self.check_error(model(sections=[(b"VOCB", b"")]), "the vocabulary does not have 4 words")
        self.check_error(model(words=["a", "b"]), "expected 2 rows of 3 numbers, found")
        self.check_error(model(sections=[(b"PARM", b""), (b"PARM", b"")]), "a second section PARM")
        self.check_error(model(sections=[(b"PARM", b"")]), "the section VOCB is missing")
        self.check_error(model(words=["a", "a"], rows=ROWS[:2]), "word 2: duplicate word 'a'")

    def test_ancillary_sections_are_skipped(self):
        vocabulary = b"".join(struct.pack("<QI", 9, len(w.encode())) + w.encode() for w in WORDS)
        parts = [(b"VOCB", vocabulary), (b"INPT", ROWS.tobytes()), (b"STAT", b"anything", 1)]
        whole = model(sections=parts)
        self.assertEqual(load(self.write("v", whole)).words, WORDS)
        damaged = whole.replace(b"anything", b"Anything")  # its checksum is wrong
        self.assertEqual(load(self.write("v", damaged)).words, WORDS)

    def test_subwords(self):
        """Buckets 3 and 1 of fasttext have the rows after those of the words."""
        vocabulary = b"".join(struct.pack("<QI", 9, len(w.encode())) + w.encode() for w in WORDS)
        table = struct.pack("<10I", 32, 1, 2, 3, 5, 1, 0, 2, 3, 1)
        parts = np.arange(18, dtype=np.float32)
        whole = [(b"VOCB", vocabulary), (b"SHAP", struct.pack("<4Q", 10, 4, 1, 0)), (b"SUBW", table),
                 (b"INPT", ROWS.tobytes() + parts.tobytes())]
        loaded = load(self.write("v", model(sections=whole)))
        self.assertEqual((loaded.words, loaded.subwords.row_of), (WORDS, {3: 0, 1: 1}))
        np.testing.assert_array_equal(loaded.rows, ROWS)
        np.testing.assert_array_equal(loaded.subwords.rows, [[12, 13, 14], [15, 16, 17]])
        for at, content, says in ((1, struct.pack("<4Q", 3, 4, 1, 0), "the shape of the model is wrong"),
                                  (1, b"", "the shape of the model is wrong"),
                                  (1, struct.pack("<4Q", 11, 4, 1, 0), "expected 11 rows of 3 numbers"),
                                  (2, table[:-4], "the table of subwords has a wrong length"),
                                  (2, table[:20], "the table of subwords is too short"),
                                  (3, ROWS.tobytes(), "expected 10 rows of 3 numbers")):
            wrong = list(whole)
            wrong[at] = (whole[at][0], content)
            self.check_error(model(sections=wrong), says)
        damaged = model(sections=whole).replace(table, table[:-1] + b"\1")
        self.check_error(damaged, "the checksum of the section SUBW is wrong")

    def test_broken_gzip(self):
        self.check_error(gzip.compress(text())[:-10], "broken gzip")
        self.check_error(b"\x1f\x8b\x08junkjunkjunk", "broken gzip")

    def test_numpy(self):
        path = self.path("v.npy")
        np.save(path, ROWS)
        with self.assertRaisesRegex(VectorError, "the file with its words is missing.*vocab.txt"):
            load(path)
        self.write("vocab.txt", "a\nb\n")
        with self.assertRaisesRegex(VectorError, "vocab.txt: 2 words for 4 rows"):
            load(path)
        self.write("vocab.txt", "a\n\nb\nc\n")
        with self.assertRaisesRegex(VectorError, "line 2: expected a word"):
            load(path)
        np.save(path, ROWS[0])
        with self.assertRaisesRegex(VectorError, r"shape \(3,\)"):
            load(path)
        np.save(path, np.array([[{}]], object), allow_pickle=True)
        with self.assertRaisesRegex(VectorError, "broken .npy"):
            load(path)
        with open(path, "rb") as file:
            self.check_error(file.read()[:20], "broken .npy", name="v.npy")


class Properties(FolderTest):
    def test_case_folds_to_the_first_spelling(self):
        loaded = load(self.write("v", b"Paris 1\nparis 2\nb 3\n"))
        self.assertEqual((loaded.find("paris"), loaded.find("PARIS"), loaded.find("c")), (0, 0, None))

    def test_the_mean_is_that_of_the_rows(self):
        """Not of the rows scaled to length 1: long vectors count more."""
        loaded = load(self.write("v", b"a 9 0\nb 0 1\nc 0 2\n"))
        np.testing.assert_allclose(loaded.mean, np.array([9, 3]) / np.hypot(9, 3), rtol=1e-6)

    def test_unit_rows_survive_extremes(self):
        loaded = load(self.write("v", b"a 3e30 4e30\nb 3e-30 4e-30\nc 0 0\n"))
        np.testing.assert_allclose(loaded.unit, [[0.6, 0.8], [0.6, 0.8], [0, 0]], rtol=1e-6)
