"""bench-compare on synthetic results: what it names where there is a known difference, and how often where there is none."""
import copy
import math
import random
import unittest

import numpy as np

import merit_verdict_test
import synthetic_scaling
from dko import UsageError
from dko.scaling import compare, figures, verdict


class Options:
    level, least, resamples, seed, any_machine = 0.05, 0.01, 700, 1, False


def scaling(noise, rate=10e6, slower=None):
    """A result whose figures have noise of their own, one of them slower by a part."""
    made = synthetic_scaling.result((1, 2), loss=0, rate=rate, noise=[1] * 5)
    made["cases"] = [case for case in made["cases"] if case["case"] in ("strong-dense", "strong-sparse", "weak", "io")]
    for case in made["cases"]:
        for run in case["runs"]:
            shake(run["result"], noise, slower if case["case"] == "weak" and case["ranks"] == 2 else None)
    return made


def shake(run, noise, slower):
    if "screen" in run:
        run["screen"]["seconds"] *= noise() * (1 + (slower or 0))
    for one in run.get("ways", []):
        one["gb_per_second"] /= noise()


def log_normal(stream, size=0.02):
    return lambda: math.exp(stream.gauss(0, size))


def with_spikes(stream):
    """A shared machine: some repeats take much longer."""
    return lambda: math.exp(abs(stream.gauss(0, 0.01)) + (stream.expovariate(1 / 0.15) if stream.random() < 0.15 else 0))


def named(old, new, options=Options):
    rows, _ = compare.compare(old, new, options)
    return {row["name"]: row["change"] for row in rows if row["beyond"]}


class Changes(unittest.TestCase):

    def test_a_known_difference_is_found_alone(self):
        """10 % of one figure of eight with noise of 1 %: nearly always."""
        found, others = 0, 0
        for seed in range(20):
            stream = random.Random(seed)
            changes = named(scaling(log_normal(stream, 0.01)), scaling(log_normal(stream, 0.01), slower=0.10))
            change = changes.pop("weak on 2 ranks", None)
            others += len(changes)
            if change is not None:
                found += 1
                self.assertLess(abs(change + 0.0909), 0.03)
        self.assertGreaterEqual(found, 19)
        self.assertLessEqual(others, 4)

    def false_alarms(self, noise, comparisons):
        alarms = 0
        for seed in range(comparisons):
            stream = random.Random(1000 + seed)
            alarms += bool(named(scaling(noise(stream)), scaling(noise(stream))))
        return alarms

    def test_few_false_alarms(self):
        """At most 5 % of comparisons: of 40, with these seeds, 5 or fewer."""
        for noise in (log_normal, with_spikes):
            alarms = self.false_alarms(noise, 40)
            print(f"{noise.__name__}: {alarms} of 40 comparisons without a change named one")
            self.assertLessEqual(alarms, 5)

    def test_results_of_merit(self):
        old = merit_verdict_test.result((70, 71, 70.5, 72, 70.2))
        new = merit_verdict_test.result((80, 81, 80.5, 82, 80.2))
        changes = named(old, new)
        means = [np.mean(np.log(seconds)) for seconds in ([70, 71, 70.5, 72, 70.2], [80, 81, 80.5, 82, 80.2])]
        self.assertAlmostEqual(changes["figure of merit"], np.exp(means[0] - means[1]) - 1)
        self.assertEqual(named(old, copy.deepcopy(old)), {})

    def test_figures_are_the_medians_that_are_printed_elsewhere(self):
        old, new = scaling(lambda: 1), scaling(log_normal(random.Random(3)))
        rows, _ = compare.compare(old, new, Options)
        found = {row["name"]: row for row in rows}
        self.assertAlmostEqual(found["weak on 2 ranks"]["new"], figures.merit(new)["million_pairs_per_second"] * 1e6)
        names = ["weak on 2 ranks", "kernel sparse, 500 genes on 1 rank", "io screen on 1 rank", "fit on 1 rank"]
        self.assertEqual([compare.unit_of(name)[0] for name in names],
                         ["million pairs/s", "million pairs/s of a core", "GB/s", "fits/s"])
        made = merit_verdict_test.result((70, 71, 70.5, 72, 70.2))
        rows, _ = compare.compare(made, made, Options)
        self.assertAlmostEqual(rows[0]["old"] / 1e6, verdict.merit(made)["million_pairs_per_second"])

    def test_what_does_not_count_is_said(self):
        self.assertEqual(compare.doubts(merit_verdict_test.result()), "")
        self.assertIn("INVALID: 1 repeat, fewer than 5", compare.doubts(merit_verdict_test.result((70,))))
        made = scaling(lambda: 1)
        self.assertEqual(compare.doubts(made), "")
        made["cases"][0]["failed"] = "no room"
        self.assertEqual(compare.doubts({**made, "complete": False}), "not finished; failed: strong-dense on 1 rank")

    def test_small_changes_are_not_named(self):
        old = merit_verdict_test.result((70, 70.01, 70.02, 70.01, 70))
        new = merit_verdict_test.result((70.3, 70.31, 70.32, 70.31, 70.3))
        self.assertEqual(named(old, new), {})
        self.assertIn("figure of merit", named(old, new, type("Least", (Options,), {"least": 0.001})))

    def test_few_repeats_are_left_out(self):
        old = merit_verdict_test.result((70, 71))
        self.assertEqual(compare.compare(old, old, Options), ([], ["figure of merit"]))

    def test_unlike_machines_are_refused(self):
        old = merit_verdict_test.result()
        new = merit_verdict_test.result(machine={**old["machine"], "cpu": "Other"})
        with self.assertRaisesRegex(UsageError, "processor: Some and Other"):
            compare.require_alike(old, new, Options)
        compare.require_alike(old, new, type("Any", (Options,), {"any_machine": True}))
        with self.assertRaisesRegex(UsageError, "share no figure"):
            compare.require_alike(old, synthetic_scaling.result(), Options)


class Statistics(unittest.TestCase):

    def test_holm(self):
        np.testing.assert_allclose(compare.holm([0.01, 0.04, 0.03, 0.5]), [0.04, 0.09, 0.09, 0.5])
        self.assertEqual(compare.holm([0.9, 0.8]), [1.0, 1.0])

    def test_studentized_difference_is_welch(self):
        numbers = np.random.default_rng(1)
        a, b = numbers.normal(size=5), numbers.normal(1, 2, size=7)
        expected = (b.mean() - a.mean()) / np.sqrt(a.var(ddof=1) / 5 + b.var(ddof=1) / 7)
        self.assertAlmostEqual(compare.studentized(list(a), list(b)), expected)
        self.assertEqual(compare.studentized([1.0] * 3, [1.0] * 3), 0)
        self.assertEqual(compare.studentized([1.0] * 3, [2.0] * 3), math.inf)

    def test_p_values_are_even_without_a_change(self):
        """At most as many small ones as they say, but for chance."""
        stream = random.Random(7)
        values = [compare.bootstrap([stream.gauss(0, 1) for _ in range(5)], [stream.gauss(0, 1) for _ in range(5)], 200, stream)
                  for _ in range(300)]
        for level in (0.05, 0.1, 0.2):
            self.assertLessEqual(np.mean(np.array(values) <= level), level + 2.5 * math.sqrt(level * (1 - level) / 300))


if __name__ == "__main__":
    unittest.main()
