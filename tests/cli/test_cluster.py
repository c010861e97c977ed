"""The scripts for clusters: the example for Slurm with a made srun, and the table of the traffic model."""

import os
import subprocess
import sys
import unittest

from support import CommandTest

SCRIPTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, os.pardir, "scripts")


class Slurm(CommandTest):
    def run_job(self, status):
        """What the job runs, when the training ends with this status."""
        for name, code in (("srun", status), ("scontrol", 0)):
            self.write(name, ('#!/bin/sh\necho %s "$@"\nexit %d\n' % (name, code)).encode())
            os.chmod(self.path(name), 0o755)
        environment = {**os.environ, "PATH": self.folder + ":" + os.environ["PATH"], "SLURM_JOB_ID": "7",
                       "SLURM_CPUS_PER_TASK": "16"}
        done = subprocess.run(["sh", os.path.join(SCRIPTS, "slurm.sh")], cwd=self.folder, capture_output=True,
                              check=False, env=environment)
        self.assertEqual((done.returncode, done.stderr), (status, b""))
        return done.stdout.decode().splitlines()

    def test_it_goes_on_where_it_was(self):
        first = self.run_job(0)
        self.assertEqual(len(first), 1)
        self.assertIn("train text.txt.gz -o model.n2v --checkpoint model.checkpoint.n2v --threads 16", first[0])
        self.assertEqual(len(self.run_job(143)), 1)  # nothing was saved
        self.write("model.checkpoint.n2v", b"")
        again = self.run_job(143)
        self.assertIn("train --resume model.checkpoint.n2v --threads 16", again[0])
        self.assertEqual(again[1:], ["scontrol requeue 7"])
        self.assertEqual(len(self.run_job(1)), 1)  # an error would come again


class Model(unittest.TestCase):
    def test_table(self):
        done = subprocess.run([sys.executable, os.path.join(SCRIPTS, "traffic.py"), "--table"], stdout=subprocess.PIPE,
                              text=True, check=True)
        rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in done.stdout.splitlines()]
        self.assertEqual({len(row) for row in rows}, {len(rows[0])})
        for row in rows[2:]:
            shares = [float(cell.removesuffix(" %")) for cell in row[-3:]]
            self.assertEqual(shares, sorted(shares), row)  # a faster link is no slower
            self.assertLess(shares[-1], 100)


if __name__ == "__main__":
    unittest.main()
