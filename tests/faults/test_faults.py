"""Faults: a sample, or with NCE2VEC_ALL=1 a large one (tests/RELIABILITY.md)."""

import os
import unittest

import faults
from commands import SANITIZED, Folder

LEVEL = faults.LEVELS["large" if not SANITIZED and os.environ.get("NCE2VEC_ALL") == "1" else "quick"]
LESS = 2 if SANITIZED else 1


class Faults(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.files = Folder(LEVEL.sentences)

    @classmethod
    def tearDownClass(cls):
        cls.files.close()

    def check(self, run, least):
        problems, table = run(self.files, LEVEL)
        self.assertEqual(problems, [])
        self.assertGreaterEqual(sum(row[0] for row in table.values()), least)

    def test_commands_survive_calls_that_fail(self):
        self.check(faults.run_commands, 100 // LESS)

    def test_public_functions_survive_calls_that_fail(self):
        self.check(faults.run_api, 400)

    def test_files_are_whole_on_a_full_disk(self):
        self.check(lambda files, level: faults.disk(files, False, level.disk_every), 20)

    @unittest.skipUnless(os.geteuid() == 0, "machine: only root mounts file systems")
    def test_files_are_whole_on_a_small_file_system(self):
        try:
            self.check(lambda files, level: faults.disk(files, True, level.disk_every, limits=False), 5)
        except faults.NoMount as error:
            self.skipTest("machine: no tmpfs here: %s" % error)

    def test_files_are_whole_when_the_power_fails(self):
        self.check(faults.run_power, 40)

    def test_a_killed_training_goes_on(self):
        self.check(faults.run_kills, LEVEL.kills)

    def test_resumed_trainings_end_with_the_same_bytes(self):
        self.check(faults.run_resumed, 15)


if __name__ == "__main__":
    unittest.main()
