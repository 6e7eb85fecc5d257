"""Verdicts on synthetic results of dko-scaling --merit, and what is asked of the machine."""
import contextlib
import copy
import io
import os
import tempfile
import unittest

import numpy as np

import synthetic_scaling
from dko.errors import UsageError, WriteError
from dko.scaling import conditions, figures, measuring, merit_run, verdict
from dko.scaling.launching import CaseFailure


def check(**other):
    found = {"valid": True, "why": [], "sampled": 500000, "wrong": 0, "largest_difference": 1e-7, "chance": 0.9933}
    return {**found, **other}


def run(number, seconds, pairs=1e9, **other):
    found = {"repeat": number, "result": synthetic_scaling.screen_run(4, pairs, seconds), "verification": check(),
             "failed": None, "clock": {"mean_mhz": 2600}, "energy": {"joules": 50.0 * seconds}}
    return {**found, **other}


def result(seconds=(70, 71, 70.5, 72, 70.2), **other):
    made = {"format": verdict.FORMAT, "version": verdict.FORMAT_VERSION, "complete": True, "dko_version": "0.2.0 (0123456)",
            "machine": {"name": "Made", "cores": 4, "cores_of_node": 2, "cpu": "Some", "nodes": 2, "file_system": "lustre"},
            "size": "small",
            "placement": {"hosts": {"one": 2, "two": 2}}, "least_seconds": 60, "ranks": 4, "repeats": len(seconds),
            "runs": [run(at + 1, one) for at, one in enumerate(seconds)]}
    return {**made, **other}


class Verdict(unittest.TestCase):

    def why(self, made):
        found = verdict.merit(made)
        self.assertEqual(found["valid"], not found["why"])
        return "; ".join(found["why"])

    def changed(self, **other):
        made = result()
        made["runs"][2].update(other)
        return made

    def test_figure_of_a_valid_run(self):
        found = verdict.merit(result())
        rates = 1e3 / np.array([70, 71, 70.5, 72, 70.2])
        low, middle, high = np.quantile(rates, [0.25, 0.5, 0.75])
        self.assertTrue(found["valid"])
        self.assertAlmostEqual(found["million_pairs_per_second"], middle)
        self.assertAlmostEqual(found["spread"], (high - low) / middle)
        self.assertAlmostEqual(found["joules_per_million_pairs"], 2 * 50 * 70.5 / 1000)
        self.assertEqual((found["sampled"], found["wrong"]), (2500000, 0))

    def test_wrong_scores_come_first(self):
        bad = check(valid=False, wrong=3, why=["3 of 500,000 sampled scores further than 2e-05 from double precision"])
        words = self.why({**self.changed(verification=bad), "size": "trial"})
        self.assertTrue(words.startswith("repeat 3: 3 of 500,000 sampled scores"), words)

    def test_what_was_not_verified_does_not_count(self):
        self.assertIn("repeat 3: not verified", self.why(self.changed(verification=None)))
        self.assertIn("repeat 3: exit code 4: no space",
                      self.why(self.changed(verification=None, failed="exit code 4: no space")))
        self.assertIn("with a chance of 0.632", self.why(self.changed(verification=check(chance=0.632, sampled=100000))))

    def test_conditions(self):
        self.assertIn("a repeat of 59.0 s, less than 60 s", self.why(result((70, 59, 71, 70, 70))))
        self.assertIn("less than 300 s", self.why(result(least_seconds=300)))
        self.assertIn("between the quartiles", self.why(result((70, 80, 90, 75, 85))))
        self.assertIn("4 repeats, fewer than 5", self.why(result((70, 70, 70, 70))))
        self.assertIn("5 of 7 repeats measured", self.why(result(complete=False, repeats=7)))
        self.assertIn("4 ranks on 8 physical cores", self.why(result(machine={"name": "", "cores": 8})))
        self.assertIn("the size is that of a trial", self.why(result(size="trial", least_seconds=0.5)))
        self.assertIn("3 ranks on host one, which has 2 physical cores; 1 rank on host two, which has 2 physical cores",
                      self.why(result(placement={"hosts": {"one": 3, "two": 1}})))
        self.assertEqual(self.why(result(placement={"hosts": None, "why": "the launcher starts no shell"})),
                         "where the ranks are is not known: the launcher starts no shell")
        self.assertIn("the version of dko is not known", self.why(result(dko_version="")))
        self.assertIn("0.2.0 (commit unknown): the commit", self.why(result(dko_version="0.2.0 (commit unknown)")))
        self.assertIn("not committed", self.why(result(dko_version="0.2.0 (0123456-dirty)")))
        self.assertEqual(self.why(result(runs=[])), "nothing was measured")
        self.assertEqual(self.why(result(runs=[], failed="no room")), "nothing was measured: no room")
        self.assertIn("5 of 7 repeats measured: by SIGUSR1", self.why(result(complete=False, repeats=7, stopped="by SIGUSR1")))

    def test_what_is_known_at_the_start(self):
        self.assertEqual(verdict.known_at_start(result(runs=[])), [])
        found = verdict.known_at_start(result(runs=[], repeats=2, ranks=3, size="trial", dko_version="0.2.0 (commit unknown)"))
        self.assertEqual(found[:3], ["the size is that of a trial", "2 repeats, fewer than 5", "3 ranks on 4 physical cores"])
        self.assertIn("0.2.0 (commit unknown): the commit", found[3])
        self.assertIn("3 ranks on host one", verdict.known_at_start(result(placement={"hosts": {"one": 3, "two": 1}}))[0])

    def test_words_of_the_report(self):
        words = verdict.report({**result(), "merit": verdict.merit(result())}).splitlines()
        self.assertEqual(words[-1], "VALID")
        self.assertIn("figure of merit, version 2: 14.18 million pairs/s on 4 ranks with avx512", words[1])
        self.assertIn("2,500,000 knockouts scored again, 0 wrong", words[3])
        without = copy.deepcopy(result((70,)))
        without["runs"][0].update(clock={"mean_mhz": None}, energy={"joules": None})
        words = verdict.report({**without, "merit": verdict.merit(without)})
        self.assertIn("energy: not readable; clock: not readable", words)
        self.assertIn("\nINVALID: 1 repeat, fewer than 5", words)

    def test_the_report_of_repeats_of_which_the_first_failed(self):
        made = self.changed()
        made["runs"][0].update(result=None, verification=None, clock=None, energy=None, failed="exit code 4: no space")
        words = verdict.report({**made, "merit": verdict.merit(made)})
        self.assertIn("clock: 2600 MHz", words)
        self.assertIn("\nINVALID: repeat 1: exit code 4: no space", words)

    def test_the_report_says_what_was_not_read_from_the_file_system(self):
        made = self.changed(verification=check(page_cache_dropped=False))
        words = verdict.report({**made, "merit": verdict.merit(made)})
        self.assertIn("largest difference 1e-07, of 1 repeat perhaps from the page cache", words)

    def test_the_rules_say_the_same(self):
        with open(os.path.join(os.environ["DKO_SOURCE"], "jobs", "merit.md"), encoding="utf-8") as file:
            rules = " ".join(file.read().split())
        for words in (f"version {verdict.MERIT_VERSION}", f"{verdict.SAMPLES:,} knockouts",
                      f"at least {figures.LEAST_REPEATS} repeats", f"at most {100 * figures.MOST_SPREAD:g} %",
                      f"{verdict.LEAST_SECONDS['small']} s",
                      f"{verdict.LEAST_SECONDS['official']} s", " ".join(merit_words())):
            self.assertIn(words, rules)

    def test_the_sample_is_large_enough(self):
        """0.99 follows from the number of samples."""
        self.assertGreaterEqual(1 - (1 - 1e-5)**verdict.SAMPLES, verdict.LEAST_CHANCE)


def merit_words():
    words = [str(word) for word in merit_run.dense_words(merit_run.SIZES["small"]["growing"], 80)]
    return ["dko"] + ["C" if word == "80" else word for word in words]


class Planning(unittest.TestCase):

    def test_cells_for_a_time(self):
        self.assertEqual(merit_run.cells_for(20, 4.0, 75), 375)
        self.assertEqual(merit_run.cells_for(20, 100.0, 75), 20)
        self.assertEqual(merit_run.cells_for(3, 7.0, 7.1), 4)

    def test_memory_for_more_cells(self):
        """What grows with them: the cells once for each node, their names for each rank."""
        memory = {"per_node": {"data": 30, "targets": 10, "mapping": 500}, "per_rank": {"names": 2, "a cell": 7}, "ranks": 4,
                  "total": 540 + 36, "available": 1000}
        self.assertEqual(merit_run.memory_needed(memory, 1), 576)
        self.assertEqual(merit_run.memory_needed(memory, 10), 500 + 400 + 4 * (20 + 7))
        made = merit_run.Merit.__new__(merit_run.Merit)
        made.result = {"ranks": 4}
        made.options = type("Options", (), {"scratch": "."})
        found = {"memory": memory, "screen": {"pairs": 10}}
        made.require_room(found, 100, 900, "repeats need")
        with self.assertRaisesRegex(CaseFailure, "repeats need 400,000,000 cells, of which every node holds all"):
            made.require_room(found, 1, 10**8, "repeats need")
        made.result["ranks"] = 10**6
        with self.assertRaisesRegex(CaseFailure, "10,000,000 cells at most"):
            made.require_room(found, 100, 100, "repeats need")
        made.result["ranks"] = 4
        found["screen"]["pairs"] = 1e18
        with self.assertRaisesRegex(WriteError, "repeats need 4200000000.0 GB, and .* GB are free"):
            made.require_room(found, 100, 100, "repeats need")

    def measured(self, times, bad=None):
        """What comes of three repeats, by the seconds of all starts in turn."""
        made = merit_run.Merit.__new__(merit_run.Merit)
        made.options = type("Options", (), {"repeats": 3, "scratch": "."})
        made.restarts = 0
        made.result = result(cells_per_rank=100, trials=[], runs=[], repeats=5)
        later = iter(times)
        wrong = check(valid=False, why=["1 block missing"])

        def repeat(number):
            took = next(later)
            made.result["runs"].append(run(number, took, verification=wrong if took == bad else check()))

        made.repeat, made.find_size, made.write = repeat, lambda: None, lambda: None
        made.choose = lambda cells, found, of_trial: made.result.update(cells_per_rank=cells)
        made.run_all()
        self.assertEqual(list(later), [])
        return made.result

    def summary(self, result):
        return ([(trial["cells_per_rank"], trial["seconds"]) for trial in result["trials"]],
                [(one["repeat"], one["result"]["screen"]["seconds"]) for one in result["runs"]])

    def test_a_repeat_that_is_too_short_makes_trials_of_all_so_far(self):
        found = self.measured([40.0, 62.0, 58.0, 70.0, 71.0, 72.0])
        self.assertEqual(self.summary(found), ([(100, 40), (188, 62), (188, 58)], [(1, 70), (2, 71), (3, 72)]))
        self.assertEqual((found["cells_per_rank"], found["complete"]), (244, True))
        self.assertEqual(self.summary(self.measured([60.0, 61.0, 62.0])), ([], [(1, 60), (2, 61), (3, 62)]))
        # The last one too, and one that is a hair too short.
        self.assertEqual(len(self.measured([70.0, 70.0, 59.999, 75.0, 75.0, 75.0])["trials"]), 3)

    def test_repeats_begin_anew_so_many_times_and_then_count(self):
        found = self.measured([50.0] * merit_run.MOST_TRIALS + [50.0, 70.0, 70.0])
        self.assertEqual(len(found["trials"]), merit_run.MOST_TRIALS)
        self.assertEqual([one["result"]["screen"]["seconds"] for one in found["runs"]], [50, 70, 70])

    def test_repeats_of_which_scores_are_wrong_are_kept_however_short(self):
        self.assertEqual(self.summary(self.measured([40.0, 70.0, 70.0], bad=40.0)), ([], [(1, 40), (2, 70), (3, 70)]))
        self.assertEqual(self.summary(self.measured([70.0, 65.0, 40.0], bad=65.0)), ([], [(1, 70), (2, 65), (3, 40)]))

    def test_trials_grow_until_they_are_long_enough_and_have_room(self):
        made = merit_run.Merit.__new__(merit_run.Merit)
        made.options = type("Options", (), {"size": "small", "scratch": "."})
        made.result = {"ranks": 4, "least_seconds": 60, "trials": []}
        memory = {"per_node": {"data": 30}, "per_rank": {}, "ranks": 4, "total": 30, "available": 1e6}
        made.screen = lambda cells: {"memory": memory, "screen": {"pairs": 10, "seconds": cells / 1000}}
        made.files = measuring.ScratchFiles(".", "made")
        made.choose = lambda cells, found, of_trial: made.result.update(chosen=(cells, of_trial))
        made.find_size()
        self.assertEqual([trial["cells_per_rank"] for trial in made.result["trials"]], [20, 2000, 12000, 12000])
        self.assertEqual(made.result["chosen"], (75000, 12000))
        made.result["trials"] = []
        memory["available"] = 1000
        with self.assertRaisesRegex(CaseFailure, "of which every node holds all"):
            made.find_size()
        self.assertEqual(len(made.result["trials"]), 1)

    def test_the_faster_of_the_last_two_trials_counts(self):
        for times in ((7.5, 6.0), (6.0, 7.5)):
            made = merit_run.Merit.__new__(merit_run.Merit)
            made.options = type("Options", (), {"size": "small", "scratch": "."})
            made.result = {"ranks": 4, "least_seconds": 60, "trials": []}
            later = iter(times)
            made.screen = lambda cells: {"screen": {"pairs": 10, "seconds": next(later)}}
            made.files = measuring.ScratchFiles(".", "made")
            made.choose = lambda cells, found, of_trial: made.result.update(chosen=cells)
            made.find_size()
            self.assertEqual(made.result["chosen"], 20 * 75 / 6)
            self.assertEqual([trial["seconds"] for trial in made.result["trials"]], list(times))

    def verifying(self, found, failed):
        made = merit_run.Merit.__new__(merit_run.Merit)
        made.options = type("Options", (), {"size": "small"})
        made.result = {"cells_per_rank": 5, "ranks": 2}
        made.files = measuring.ScratchFiles(".", "made")
        made.run_dko = lambda words: (found, failed)
        one = run(1, 70.0, verification=None)
        made.verify(one, 1)
        return one["verification"]

    def test_what_a_verification_says_counts_if_it_came_to_its_end_on_all_ranks(self):
        found = {"verification": check(), "build": {}, "provenance": {"ranks": 2}}
        self.assertTrue(self.verifying(found, None)["valid"])
        with self.assertRaisesRegex(CaseFailure, "verification: exit code 139: it said nothing"):
            self.verifying(found, "exit code 139: it said nothing")
        with self.assertRaisesRegex(CaseFailure, "verification: no result"):
            self.verifying(None, "no result")
        with self.assertRaisesRegex(CaseFailure, "verification: dko ran on 1 rank: the launcher does not join them"):
            self.verifying({**found, "provenance": {"ranks": 1}}, None)
        wrong = {**found, "verification": check(valid=False, why=["1 block missing"])}
        self.assertFalse(self.verifying(wrong, "exit code 3: 1 block missing")["valid"])

    def test_what_does_not_go_together(self):
        class Options:
            size, official, ranks = "small", False, [4]
        for key, value in (("size", "large"), ("ranks", [1, 2])):
            options = Options()
            setattr(options, key, value)
            with self.assertRaises(UsageError):
                merit_run.require_merit_options(options)
        merit_run.require_merit_options(Options())


class Energy(unittest.TestCase):

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def zone(self, number, **files):
        path = os.path.join(self.folder.name, f"intel-rapl:{number}")
        os.makedirs(path, exist_ok=True)
        for name, text in files.items():
            with open(os.path.join(path, name), "w", encoding="utf-8") as file:
                file.write(f"{text}\n")

    def test_packages_are_added_and_counters_turn(self):
        self.zone(0, name="package-0", energy_uj=5000000, max_energy_range_uj=9000000)
        self.zone(1, name="package-1", energy_uj=8000000, max_energy_range_uj=9000000)
        self.zone(2, name="psys", energy_uj=1)
        energy = conditions.Energy(self.folder.name)
        self.zone(0, energy_uj=6500000)
        self.zone(1, energy_uj=2000000)
        found = energy.found()
        self.assertAlmostEqual(found["joules"], 1.5 + 3)
        self.assertEqual(found["packages"], 2)

    def test_counters_that_turn_twice(self):
        self.zone(0, name="package-0", energy_uj=8000000, max_energy_range_uj=9000000)
        energy = conditions.Energy(self.folder.name)
        for counted in (6000000, 3000000, 1000000):  # 7, 6 and 7 J later
            self.zone(0, energy_uj=counted)
            energy.look()
        self.assertAlmostEqual(energy.found()["joules"], 7 + 6 + 7)

    def test_what_cannot_be_read_is_said(self):
        self.assertIn("no RAPL", conditions.Energy(self.folder.name).found()["why"])
        self.zone(0, name="package-0")
        self.assertIn("not readable", conditions.Energy(self.folder.name).found()["why"])


class Scratch(unittest.TestCase):

    def test_it_must_be_seen_by_all_nodes(self):
        two, one = {"nodes": 2, "file_system": "tmpfs"}, {"nodes": 1, "file_system": "tmpfs"}
        failed = "exit code 3: dko: error: /dev/shm/x.h5: there is no such file"
        self.assertIn("do all nodes see --scratch /dev/shm?", measuring.advice_on_scratch(failed, two, "/dev/shm"))
        self.assertEqual(measuring.advice_on_scratch(failed, one, "/dev/shm"), "")
        self.assertEqual(measuring.advice_on_scratch("exit code 4: no space", two, "/dev/shm"), "")
        for machine, warns in ((two, True), (one, False), ({"nodes": 2, "file_system": "lustre"}, False)):
            with contextlib.redirect_stderr(io.StringIO()) as said:
                measuring.warn_of_scratch(machine, "/dev/shm")
            self.assertEqual("is on tmpfs, which other nodes seldom see" in said.getvalue(), warns)


class Settings(unittest.TestCase):

    def test_of_libraries_are_recorded_and_nothing_of_the_process(self):
        kept = {"OMPI_MCA_btl": "self,vader", "PMIX_MCA_gds": "hash", "PRTE_MCA_rmaps_x": "1",
                "UCX_TLS": "sm", "FI_PROVIDER": "tcp", "MPICH_OFI_X": "1", "I_MPI_FABRICS": "shm",
                "HDF5_USE_FILE_LOCKING": "FALSE", "ROMIO_HINTS": "/h", "OMP_NUM_THREADS": "1", "SLURM_CPU_BIND": "quiet",
                "SLURM_CPU_BIND_TYPE": "mask_cpu:", "DKO_INSTRUCTIONS": "avx2"}
        left = {"OMPI_COMM_WORLD_RANK": "0", "OMPI_MCA_orte_precondition_transports": "key", "OMPI_MCA_orte_hnp_uri": "tcp://",
                "PMIX_RANK": "0", "PATH": "/bin", "HOME": "/", "SECRET_TOKEN": "x", "SLURM_JOB_ID": "1", "OMPIX": "y"}
        self.assertEqual(conditions.settings({**kept, **left}), kept)


class Placement(unittest.TestCase):

    def test_hosts_and_processors(self):
        script = ["sh", "-c", "for p in 0 1; do echo dko-place one $p; done; echo dko-place two 0; echo noise", "sh"]
        found = conditions.placement(script, 60)
        self.assertEqual(found["hosts"], {"one": 2, "two": 1})
        self.assertEqual((found["processors"], found["bound"]), (["0", "1"], True))
        self.assertIsNone(conditions.placement(["sh", "-c", "exit 3"], 60)["hosts"])
        tagged = ["sh", "-c", "echo '[1,0]<stdout>:dko-place one 3'; echo '[1,1]<stdout>:dko-place two 3'", "sh"]
        self.assertEqual(conditions.placement(tagged, 60)["hosts"], {"one": 1, "two": 1})


if __name__ == "__main__":
    unittest.main()
