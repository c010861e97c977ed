"""The power fails while a training saves itself: the checkpoint counts the lines of the log, which are on the disk
before it has its name."""

import os
import tempfile
import unittest

from commands import TRAIN, Command, Folder
from power import Disk, read_log


class LogOrder(unittest.TestCase):
    def test_the_log_is_on_the_disk_before_a_checkpoint(self):
        files = Folder()
        self.addCleanup(files.close)
        folder, log = tempfile.mkdtemp(dir=files.root), os.path.join(files.root, "log")
        command = Command("train",
                          "train ../in/text -q -o v.n2v --threads 1 --heldout 0.1 --metrics m --checkpoint c.n2v "
                          "--checkpoint-every 1epochs " + TRAIN)
        done = files.start(command, folder, log=log)
        self.assertEqual(done.returncode, 0, done.stderr)
        disk, checkpoints, lines = Disk([]), 0, []
        for event in read_log(log):
            if event[0] == "rename" and event[4] == "c.n2v":
                checkpoints += 1
                file = disk.durable.get("m")
                self.assertIsNotNone(file, "the log has no name on the disk")
                self.assertEqual(disk.flushed.get(file), disk.bytes[file])
                lines.append(disk.bytes[file].count(b"\n"))
            disk.do(event)
        self.assertGreaterEqual(checkpoints, 2)
        self.assertEqual(sorted(lines), lines)


if __name__ == "__main__":
    unittest.main()
