"""The figure of merit of dko as a ReFrame test: reframe -C SITE.py -c scripts/packaging/reframe/dko_merit.py -r

dko-scaling starts the ranks itself, by the launcher of the job; ReFrame starts dko-scaling, once. `-S dko_merit.size=small`
takes minutes and gives a verdict that counts; the default only shows that all works. Reference values are the site's.
"""
import os

import reframe as rfm
import reframe.utility.sanity as sn
from reframe.core.backends import getlauncher
from reframe.core.builtins import performance_function, run_before, sanity_function, variable


@rfm.simple_test
class dko_merit(rfm.RunOnlyRegressionTest):
    descr = "Screens of dko: million gene pairs per second, scored, stored and verified"
    valid_systems = ["*"]
    valid_prog_environs = ["*"]
    executable = os.environ.get("DKO_SCALING", "dko-scaling")
    size = variable(str, value="trial")
    repeats = variable(int, value=5)
    scratch = variable(str, value=".")
    num_nodes = variable(int, value=1)
    exclusive_access = True
    time_limit = "2h"
    tags = {"benchmark"}

    @run_before("run")
    def set_ranks(self):
        """One rank for each physical core, where ReFrame knows them."""
        processor = self.current_partition.processor
        cores = processor.num_cores if processor and processor.num_cores else os.cpu_count()
        self.num_tasks_per_node = cores
        self.num_tasks = self.num_nodes * cores
        self.executable_opts = ["--merit", "--size", self.size, "--repeats", str(self.repeats), "--ranks", str(self.num_tasks),
                                "--scratch", self.scratch, "-o", "merit.json", "--force"]
        self.keep_files = ["merit.json"]

    @run_before("run")
    def start_once(self):
        self.job.launcher = getlauncher("local")()

    @sanity_function
    def is_right(self):
        """All scores that were computed again are right; of a run that counts, also the verdict."""
        verified = sn.assert_found(r"verified: \S+ knockouts scored again, 0 wrong", self.stdout)
        if self.size == "trial":
            return verified
        return sn.all([verified, sn.assert_found(r"^VALID$", self.stdout)])

    @performance_function("million pairs/s")
    def merit(self):
        return sn.extractsingle(r"figure of merit, version 2: (\S+) million pairs/s", self.stdout, 1, float)

    @performance_function("%")
    def spread(self):
        return sn.extractsingle(r"quartiles (\S+) % apart", self.stdout, 1, float)
