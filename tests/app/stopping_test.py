"""A signal to dko-scaling at the worst moments: no file and no process stays behind, and what was measured is kept."""
import contextlib
import os
import signal
import subprocess
import tempfile
import unittest
from unittest import mock

from dko.scaling import launching, measuring, stopping


class Measurement:

    def __init__(self, folder):
        self.files = measuring.ScratchFiles(folder, "dko-test")
        self.result = {"stopped": None, "failed": None}
        self.writes = 0

    def write(self):
        self.writes += 1


class Stopping(unittest.TestCase):

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        for number in stopping.SIGNALS:
            self.addCleanup(signal.signal, number, signal.getsignal(number))
        stopping.stop_by_signals()
        self.measurement = Measurement(self.folder.name)

    def touch_all(self):
        path = self.measurement.files.path("h5")
        names = [path, f"{path}.partial", f"{path}.partial-123-4.lock", self.measurement.files.path("json"),
                 os.path.join(self.folder.name, "other.lock")]
        for name in names:
            open(name, "w").close()

    def require_clean_stop(self, work):
        with self.assertRaises(stopping.Stopped):
            measuring.keep_why(self.measurement, work)
        self.assertEqual(os.listdir(self.folder.name), ["other.lock"])
        self.assertIn("stopped by SIGUSR1", self.measurement.result["stopped"])
        self.assertEqual((self.measurement.result["failed"], self.measurement.writes), (None, 1))

    def test_between_two_runs(self):
        def work():
            self.touch_all()
            os.kill(os.getpid(), signal.SIGUSR1)

        self.require_clean_stop(work)

    def test_while_files_are_removed(self):
        remove = os.remove

        def stopped_first(name, sent=[]):
            if not sent:
                sent.append(True)
                os.kill(os.getpid(), signal.SIGUSR1)
                os.kill(os.getpid(), signal.SIGTERM)
            remove(name)

        def work():
            self.touch_all()
            self.measurement.files.remove()

        with mock.patch("os.remove", stopped_first):
            self.require_clean_stop(work)

    def test_while_files_are_removed_in_the_end(self):
        remove = os.remove

        def stopped(name):
            os.kill(os.getpid(), signal.SIGUSR1)
            remove(name)

        with mock.patch("os.remove", stopped), self.assertRaises(stopping.Stopped):
            measuring.keep_why(self.measurement, self.touch_all)
        self.assertEqual(os.listdir(self.folder.name), ["other.lock"])

    def test_while_a_process_starts(self):
        started = []
        start = subprocess.Popen

        def stopped_at_once(*words, **options):
            started.append(start(*words, **options))
            os.kill(os.getpid(), signal.SIGTERM)
            return started[0]

        with mock.patch("subprocess.Popen", stopped_at_once), self.assertRaises(stopping.Stopped):
            launching.run_to_end(["sleep", "1000"], 2000)
        for process in started:
            process.stdout.close()
        self.assertEqual([process.wait(60) for process in started], [-signal.SIGTERM])

    def test_a_program_that_is_not_there(self):
        with self.assertRaises(FileNotFoundError):
            launching.run_to_end([os.path.join(self.folder.name, "none")], 10)
        self.assertEqual([signal.getsignal(number) for number in stopping.SIGNALS], [stopping.stop] * 3)

    def test_held_signals_come_in_the_end(self):
        done = []
        with self.assertRaises(stopping.Stopped):
            with stopping.signals_held():
                os.kill(os.getpid(), signal.SIGINT)
                done.append("within")
            done.append("after")
        self.assertEqual(done, ["within"])
        with contextlib.suppress(stopping.Stopped), stopping.signals_held():
            done.append("without a signal")
        self.assertEqual(done[-1], "without a signal")


if __name__ == "__main__":
    unittest.main()
