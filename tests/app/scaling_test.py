"""The figures of dko.scaling.figures on synthetic results, against NumPy and against numbers that are known."""
import ast
import copy
import json
import os
import tempfile
import unittest
from unittest import mock

import numpy as np

import synthetic_scaling
from dko import InputError, UsageError
from dko.errors import ReadError
from dko.scaling import cases as scaling_cases
from dko.scaling import command as scaling
from dko.scaling import figures
from dko.scaling import launching
from dko.scaling import machine as scaling_machine
from dko.scaling import plan


def seconds_of(result, case, ranks):
    found = [one for one in result["cases"] if one["case"] == case and one["ranks"] == ranks]
    return np.array([run["result"]["screen"]["seconds"] for run in found[0]["runs"]])


class Figures(unittest.TestCase):

    def setUp(self):
        self.result = synthetic_scaling.result((1, 2, 4), loss=0.1)

    def test_quantiles_are_those_of_numpy(self):
        numbers = np.random.default_rng(1)
        for count in range(1, 12):
            values = list(numbers.lognormal(size=count))
            for part in (0, 0.25, 0.5, 0.6, 0.75, 1):
                self.assertAlmostEqual(figures.quantile(values, part), np.quantile(values, part))
            low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
            self.assertAlmostEqual(figures.spread(values), (high - low) / middle)

    def test_speed_up_and_efficiency_of_fixed_screens(self):
        found = figures.speed_up(self.result, "strong-dense")
        efficiency = figures.efficiency(self.result, "strong-dense")
        self.assertEqual(list(found), [1, 2, 4])
        base = np.median(seconds_of(self.result, "strong-dense", 1))
        for ranks in found:
            expected = base / np.median(seconds_of(self.result, "strong-dense", ranks))
            self.assertAlmostEqual(found[ranks], expected)
            self.assertAlmostEqual(efficiency[ranks], expected / ranks)
        self.assertAlmostEqual(found[4], 4 * 0.9 * 0.9)

    def test_speed_up_without_one_rank_starts_at_the_fewest(self):
        found = figures.speed_up(synthetic_scaling.result((8, 16), loss=0), "strong-sparse")
        self.assertAlmostEqual(found[8], 8)
        self.assertAlmostEqual(found[16], 16)

    def test_efficiency_of_growing_screens(self):
        found = figures.efficiency(self.result, "weak")
        for ranks, expected in ((1, 1), (2, 0.9), (4, 0.81)):
            self.assertAlmostEqual(found[ranks], expected)

    def test_expected_efficiency_is_that_of_the_slowest_rank_of_the_cost_model(self):
        for case in ("strong-dense", "strong-sparse", "weak"):
            found = figures.expected_efficiency(self.result, case)
            self.assertEqual(list(found), [1, 2, 4])
            for ranks, expected in ((1, 1), (2, 1 / 1.0001), (4, 1 / 1.0003)):
                self.assertAlmostEqual(found[ranks], expected)
        self.assertIsNone(figures.ranks_of_first_node(self.result))
        self.assertEqual(figures.ranks_of_first_node(synthetic_scaling.result((1, 64, 128))), 64)

    def test_fits_scale_as_screens_of_fixed_size_do(self):
        found = figures.speed_up(self.result, "fit")
        self.assertEqual(list(found), [1, 2, 4])
        self.assertAlmostEqual(found[4], 4 * 0.9 * 0.9)
        self.assertAlmostEqual(figures.efficiency(self.result, "fit")[2], 0.9)
        for ranks, expected in ((1, 1), (2, 1 / 1.01), (4, 1 / 1.03)):
            self.assertAlmostEqual(figures.expected_efficiency(self.result, "fit")[ranks], expected)

    def test_results_of_version_2_have_no_fit(self):
        old = synthetic_scaling.result()
        old["version"] = 2
        old["cases"] = [case for case in old["cases"] if case["case"] != "fit"]
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "old.json")
            with open(path, "w", encoding="utf-8") as file:
                json.dump(old, file)
            found = figures.load(path)
        self.assertEqual(found["size"], "small")
        self.assertEqual(figures.speed_up(found, "fit"), {})
        self.assertEqual(figures.expected_efficiency(found, "fit"), {})
        self.assertEqual(list(figures.expected_efficiency(found, "weak")), [1, 2, 4])

    def test_results_of_version_1_have_other_names_of_sizes_and_no_forecast(self):
        old = synthetic_scaling.result()
        old["version"] = 1
        old["cases"] = [case for case in old["cases"] if case["case"] != "fit"]
        for case in old["cases"]:
            for run in case["runs"]:
                run["result"].pop("forecast", None)
        for before, now in (("small", "trial"), ("standard", "small"), ("large", "large of version 1")):
            with tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, "old.json")
                with open(path, "w", encoding="utf-8") as file:
                    json.dump(dict(old, size=before), file)
                found = figures.load(path)
            self.assertEqual(found["size"], now)
            self.assertEqual(figures.expected_efficiency(found, "weak"), {})

    def test_parts_come_to_the_whole(self):
        for noise in ((0.99, 0.995, 1, 1.01, 1.2), (1, 1.3, 0.9, 1.1)):
            made = synthetic_scaling.result((1, 2, 4), noise=noise)
            for ranks, its in figures.median_parts(made, "weak").items():
                self.assertAlmostEqual(sum(its.values()), 1.01 * np.median(seconds_of(made, "weak", ranks)))
                self.assertAlmostEqual(its["scoring"], 4 * its["loading"])

    def test_the_first_node_has_place_for_the_tasks_of_the_job(self):
        made = synthetic_scaling.result((1, 64, 128))
        made["machine"]["slurm"] = {"tasks_per_node": "16(x2),8"}
        self.assertEqual(figures.ranks_of_first_node(made), 16)
        made["machine"]["slurm"] = {"tasks_per_node": None}
        self.assertEqual(figures.ranks_of_first_node(made), 64)

    def test_cases_that_failed_are_told(self):
        self.assertEqual(figures.failed_cases(self.result), {})
        for case in self.result["cases"]:
            if case["case"] == "io" and case["ranks"] > 1:
                case["failed"] = "repeat 1: no room"
        self.assertEqual(figures.failed_cases(self.result), {"io": [2, 4]})

    def test_kernel_network_training_and_writing(self):
        self.assertAlmostEqual(np.median(figures.kernel_rates(self.result, "avx512", 2000)[4]), 10.5e6)
        self.assertAlmostEqual(np.median(figures.kernel_rates(self.result, "sparse", 500)[2]), 42e6)
        self.assertAlmostEqual(figures.core_speed(self.result), 10.5 / 12.5)
        networks = figures.networks(self.result)
        self.assertEqual(list(networks), [2, 4])
        self.assertAlmostEqual(np.median([latency for latency, _ in networks[4]]), 1e-6)
        self.assertAlmostEqual(networks[4][0][1] * 1e-10 * 4**0.2, 1)
        self.assertAlmostEqual(figures.training_speed_up(self.result, "data", 1000)[4], 0.5 * 4**0.8)
        self.assertAlmostEqual(figures.training_speed_up(self.result, "sharded", 1000)[1], 1)
        self.assertAlmostEqual(np.median(figures.write_rates(self.result, "screen")[4]), 1.8)


class Merit(unittest.TestCase):

    def setUp(self):
        self.result = synthetic_scaling.result((1, 2, 4), rate=10e6, loss=0)

    def why(self, result):
        found = figures.merit(result)
        self.assertEqual(found["valid"], not found["why"])
        return " ".join(found["why"])

    def test_is_the_median_on_the_most_ranks(self):
        found = figures.merit(self.result)
        rates = 160e6 / seconds_of(self.result, "weak", 4) / 1e6
        self.assertTrue(found["valid"])
        self.assertAlmostEqual(found["million_pairs_per_second"], np.median(rates))
        self.assertAlmostEqual(found["million_pairs_per_second"], 40)
        self.assertAlmostEqual(found["lowest"], 40 / 1.02)
        self.assertAlmostEqual(found["highest"], 40 / 0.99)
        low, high = np.quantile(rates, [0.25, 0.75])
        self.assertAlmostEqual(found["spread"], (high - low) / 40)
        self.assertEqual((found["ranks"], found["repeats"], found["instruction_set"]), (4, 5, "avx512"))
        # Scoring and loading are five eighths of the time.
        self.assertAlmostEqual(found["without_files"], 40 / 0.625)

    def test_is_of_as_many_ranks_as_cores_where_more_were_measured(self):
        found = figures.merit(synthetic_scaling.result((1, 2, 4), cores=2, loss=0))
        self.assertTrue(found["valid"])
        self.assertAlmostEqual(found["million_pairs_per_second"], 20)

    def test_is_what_the_definition_says(self):
        words = figures.merit(self.result)["words"]
        self.assertEqual(words, "dko bench screen --genes 4000 --expressed 2000 --cells 80 --seed 1 "
                         "--mapping dko --hidden 100")
        definition = " ".join(scaling.__doc__.split())
        self.assertIn(words.replace("--cells 80", "--cells C"), definition)
        self.assertIn(f"{20 * 2000 * 1999 // 2:,} pairs a rank", definition)
        self.assertIn(f"A first look at it, version {figures.MERIT_VERSION},", definition)
        with open(os.path.join(os.environ["DKO_SOURCE"], "jobs", "README.md"), encoding="utf-8") as file:
            chapter = file.read()
        self.assertIn(words.replace("--cells 80", "--cells C"), chapter)
        self.assertIn(f"it is a first look, version {figures.MERIT_VERSION},", chapter)

    def test_is_none_under_other_conditions(self):
        self.assertIn("4 ranks on 8 physical cores", self.why(synthetic_scaling.result((1, 4), cores=8)))
        self.assertIn("4 repeats, fewer than 5", self.why(synthetic_scaling.result(noise=(1, 1.01, 1.01, 1))))
        self.assertIn("between the quartiles",
                      self.why(synthetic_scaling.result(noise=(0.9, 0.9, 1, 1.1, 1.1))))
        self.assertIn("size is that of a trial", self.why(dict(self.result, size="trial")))
        failed = copy.deepcopy(self.result)
        for case in failed["cases"]:
            case["failed"] = "repeat 6: exit code 4"
        self.assertIn("failed", self.why(failed))
        without = dict(self.result, cases=[case for case in self.result["cases"] if case["case"] != "weak"])
        self.assertIn("has not been run", self.why(without))


class Plan(unittest.TestCase):

    def test_counts_what_the_words_ask_for(self):
        for size in scaling_cases.SIZES:
            for case in scaling_cases.SCREENS:
                for ranks in (1, 7, 64):
                    words = scaling_cases.words_of(case, size, ranks)
                    cells, expressed = (int(words[words.index(name) + 1]) for name in ("--cells", "--expressed"))
                    self.assertEqual(plan.plan(case, size, ranks, 64)["pairs"], cells * expressed * (expressed - 1) // 2)
            written = scaling_cases.words_of("io", size, 64)
            self.assertEqual(plan.plan("io", size, 64, 64)["bytes_on_disk"],
                             int(float(written[written.index("--size") + 1]) * 2**30))

    def test_fit_is_planned_by_whole_genes(self):
        times = {ranks: plan.fit_seconds(1000, 4000, 650, ranks) for ranks in (1, 2, 100, 1000, 2000)}
        self.assertAlmostEqual(times[2], times[1] / 2)
        self.assertAlmostEqual(times[100], times[1] / 100)
        self.assertEqual(times[2000], times[1000])
        self.assertGreater(times[1000], 1.5 * times[1] / 1000)
        words = scaling_cases.words_of("fit", "small", 2)
        self.assertEqual(words, "bench fit --genes 1000 --cells 4000 --umi 5000 --seed 1".split())

    def test_fits_the_machines_that_the_sizes_are_for(self):
        for size, its in scaling_cases.SIZES.items():
            ranks = 64 * its["nodes"]
            for case in scaling_cases.SCREENS + ["fit"]:
                found = plan.plan(case, size, ranks, 64)
                self.assertLess(found["seconds"], 60)
                self.assertLess(found["bytes_of_node"], 64 * 2**30)
        self.assertEqual(plan.human(3 * 2**30), "3 GiB")
        self.assertEqual((plan.human(None), plan.human(0), plan.human_seconds(90)), ("–", "0", "1.5 min"))

    def test_manual_has_it(self):
        with open(os.path.join(os.environ["DKO_SOURCE"], "jobs", "README.md"), encoding="utf-8") as file:
            chapter = file.read()
        for size in ("medium", "large"):
            ranks = 64 * scaling_cases.SIZES[size]["nodes"]
            cases = scaling_cases.SCREENS + ["fit", "io"]
            self.assertIn(plan.table(size, [ranks], 64, cases) + "\n" + plan.totals(size, [ranks], 64, cases, 5), chapter)

    def test_totals_are_sums_over_the_repeats_and_files_are_there_one_at_a_time(self):
        cases, ranks = ["strong-dense", "weak", "kernel"], [1, 2]
        plans = [plan.plan(case, "small", count, 64) for case in cases for count in ranks]
        words = plan.totals("small", ranks, 64, cases, 7)
        took = plan.human_seconds(7 * sum(one["seconds"] or 0 for one in plans))
        self.assertIn(f"7 repeats: {took} of computing, without kernel, writing and starts", words)
        self.assertIn(f"at most {plan.human(max(one['bytes_on_disk'] for one in plans))} on the disk", words)
        self.assertIn(f"{plan.human(7 * sum(one['bytes_on_disk'] for one in plans))} written", words)
        rows = plan.table("small", ranks, 64, cases, patience=13).splitlines()
        self.assertEqual([row.split()[0] for row in rows if "> --patience" in row], ["strong-dense"])


class Files(unittest.TestCase):

    def refuses(self, text, words):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "some.json")
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            with self.assertRaises(InputError) as caught:
                figures.load(path)
        self.assertIn("some.json", str(caught.exception))
        self.assertIn(words, str(caught.exception))

    def test_what_is_missing_is_named(self):
        self.refuses("{", "is no JSON")
        self.refuses("[]", "no result of dko-scaling")
        self.refuses('{"format": "dko-scaling", "version": 7}', "version 7")
        whole = synthetic_scaling.result()
        for key in ("machine", "cases", "size", "dko_version"):
            lacking = {name: value for name, value in whole.items() if name != key}
            self.refuses(json.dumps(lacking), f"lacks '{key}'")

    def test_damaged_runs_are_refused(self):
        for number, case in enumerate(synthetic_scaling.result()["cases"][:7]):
            damaged = synthetic_scaling.result()
            damaged["cases"][number]["runs"][0]["result"] = {}
            self.refuses(json.dumps(damaged), f"case {number}, {case['case']}, lacks")
        damaged = synthetic_scaling.result()
        damaged["cases"][0]["runs"][0]["result"]["screen"]["pairs"] = float("inf")
        self.refuses(json.dumps(damaged), "no number")
        damaged["cases"][0]["runs"][0]["result"]["screen"].update(pairs=10, seconds=0)
        self.refuses(json.dumps(damaged), "case 0")


class Fits(unittest.TestCase):

    def test_every_number_of_ranks_gives_the_same_mapping(self):
        measuring = scaling.Measuring.__new__(scaling.Measuring)
        measuring.checksum = None
        measuring.require_same_mapping("xxh3:1")
        measuring.require_same_mapping("xxh3:1")
        with self.assertRaises(scaling.CaseFailure) as caught:
            measuring.require_same_mapping("xxh3:2")
        self.assertIn("xxh3:2", str(caught.exception))


class LastWords(unittest.TestCase):

    RULE = "-" * 74

    def test_of_dko_are_its_error(self):
        self.assertEqual(launching.last_words(f"reading\ndko: error: no cells\n{self.RULE}\nmpirun: ended\n{self.RULE}\n"),
                         "dko: error: no cells")

    def test_of_open_mpi_are_the_first_paragraph_between_its_rules(self):
        said = f"{self.RULE}\nmpirun does not start as root\nunless it is asked to.\n\nMore.\n{self.RULE}\n"
        self.assertEqual(launching.last_words(said), "mpirun does not start as root unless it is asked to.")
        self.assertEqual(launching.last_words("begun\n" + said + "done\n"), launching.last_words(said))

    def test_else_are_the_last_line(self):
        self.assertEqual(launching.last_words("one\ntwo\n\n"), "two")
        self.assertEqual(launching.last_words(f"one\n{self.RULE}\n"), "one")
        self.assertEqual(launching.last_words(f"{self.RULE}\n\n"), "it said nothing")


class OldPython(unittest.TestCase):

    def test_what_measures_is_of_python_3_6(self):
        """As the manual says; pictures need matplotlib anyway."""
        folder = os.path.dirname(scaling.__file__)
        files = [os.path.join(folder, name) for name in os.listdir(folder) if name.endswith(".py") and name != "plot.py"]
        others = ("command_line.py", "errors.py", "outputs.py", "places.py", "units.py")
        files += [os.path.join(folder, "..", name) for name in others]
        self.assertGreater(len(files), 12)
        for path in files:
            with open(path, encoding="utf-8") as file:
                ast.parse(file.read(), path, feature_version=(3, 6))


class Machine(unittest.TestCase):

    def test_nodes_of_a_job(self):
        job = {"SLURM_JOB_ID": "7", "SLURM_TASKS_PER_NODE": "4(x2),3", "SLURM_NTASKS": "11"}
        self.assertEqual(scaling_machine.slurm_nodes(job), [4, 4, 3])
        self.assertEqual(scaling_machine.allocated_ranks(job), 11)
        nodes = [scaling_machine.nodes_for(ranks, [4, 4, 3]) for ranks in (1, 4, 5, 8, 9, 11)]
        self.assertEqual(nodes, [1, 1, 2, 2, 3, 3])
        self.assertEqual(scaling_machine.slurm_nodes({}), [None])

    def test_launchers(self):
        self.assertEqual(scaling.with_ranks("srun --mpi=pmix"), "srun --mpi=pmix -N {nodes} -n {ranks}")
        self.assertEqual(scaling.with_ranks("mpirun --map-by core"), "mpirun --map-by core -n {ranks}")
        self.assertEqual(scaling.with_ranks("jsrun -n {ranks}"), "jsrun -n {ranks}")
        self.assertEqual(scaling.launcher_words("mpirun -x 'A=a b' -n {ranks}", 3)[2:], ["A=a b", "-n", "3"])

    def test_the_program_is_the_one_installed_with_the_command(self):
        """Else that in PATH, by its name, or none, which is refused later."""
        for found, in_path, expected in (("/opt/bin/dko", "/usr/bin/dko", "/opt/bin/dko"),
                                         ("/usr/bin/dko", "/usr/bin/dko", "dko"),
                                         (ReadError("none"), None, "dko")):
            with mock.patch("dko.places.program", side_effect=[found]), mock.patch("shutil.which", return_value=in_path):
                self.assertEqual(scaling.default_program(), expected)

    def test_cases_to_choose(self):
        self.assertEqual(scaling.chosen_cases("io,strong"), ["strong-dense", "strong-sparse", "io"])
        with self.assertRaises(UsageError):
            scaling.chosen_cases("strong,fast")
        for case in scaling_cases.CASES:
            for size in scaling_cases.SIZES:
                self.assertEqual(scaling_cases.words_of(case, size, 3)[0], "bench")


if __name__ == "__main__":
    unittest.main()
