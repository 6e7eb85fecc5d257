"""Under what conditions something was measured: settings of libraries, placement of ranks, clock and energy of this node."""
import glob
import os
import threading
import time

from dko.scaling.launching import run_to_end
from dko.scaling.machine import read

# Environment variables that are recorded, by their beginnings; and those of them that are not, for a launcher sets them for
# each job or process: some are keys.
SETTINGS = ("DKO_INSTRUCTIONS", "OMPI_", "PMIX_MCA_", "PRTE_", "UCX_", "FI_", "MPICH_", "I_MPI_", "HDF5_", "ROMIO_", "OMP_",
            "SLURM_CPU_BIND")
OF_PROCESS = ("OMPI_COMM_WORLD_", "OMPI_UNIVERSE_SIZE", "OMPI_APP_CTX_", "OMPI_ARGV", "OMPI_COMMAND", "OMPI_FILE_LOCATION",
              "OMPI_FIRST_RANKS", "OMPI_NUM_APP_CTX", "OMPI_MCA_ess", "OMPI_MCA_initial_wdir", "OMPI_MCA_orte_",
              "PRTE_LAUNCHED", "MPICH_INTERFACE_HOSTNAME", "I_MPI_HYDRA_UUID")

PLACE_WORD = "dko-place"
PLACE_SCRIPT = f"echo {PLACE_WORD} $(uname -n) $(grep Cpus_allowed_list /proc/self/status | cut -f 2)"


def settings(environment=os.environ):
    """{variable: value} of what bears on speed. Files of parameters are not read."""
    return {name: environment[name] for name in sorted(environment)
            if name.startswith(SETTINGS) and not name.startswith(OF_PROCESS)}


def placement(launcher, patience):
    """Where the launcher puts ranks: hosts with their numbers of ranks, and the processors that those of the first may use."""
    code, said = run_to_end(launcher + ["sh", "-c", PLACE_SCRIPT], patience)
    found = [line.partition(PLACE_WORD + " ")[2].split() for line in said.splitlines()]  # some launchers tag lines
    found = [words for words in found if len(words) == 2]
    if code != 0 or not found:
        return {"hosts": None,
                "why": "the launcher starts no shell" if code != 0 else "shells on the ranks do not tell host and processors"}
    hosts = {}
    for host, processors in found:
        hosts.setdefault(host, []).append(processors)
    first = sorted(hosts)[0]
    return {"hosts": {host: len(hosts[host]) for host in sorted(hosts)}, "processors_of_ranks_on": first,
            "processors": sorted(hosts[first]), "bound": len(set(hosts[first])) == len(hosts[first]) > 1}


def clock_now():
    """MHz of the processors of this node as the kernel says, and from where; none where it does not."""
    found = [read(path).strip() for path in glob.glob("/sys/devices/system/cpu/cpu[0-9]*/cpufreq/scaling_cur_freq")]
    values = [int(text) / 1000 for text in found if text.isdigit()]
    if values:
        return values, "cpufreq"
    lines = [line for line in read("/proc/cpuinfo").splitlines() if line.startswith("cpu MHz")]
    try:
        return [float(line.partition(":")[2]) for line in lines], "/proc/cpuinfo"
    except ValueError:
        return [], None


class Clock:
    """Looks at the clock every few seconds while something runs, and calls `also`."""

    INTERVAL = 5

    def __init__(self, also=lambda: None):
        self.also = also
        self.values, self.source, self.ended = [], None, threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)

    def watch(self):
        while True:
            values, self.source = clock_now()
            self.values += values
            self.also()
            if self.ended.wait(self.INTERVAL):
                return

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()

    def found(self):
        if not self.values:
            return {"mean_mhz": None, "why": "the kernel does not say"}
        return {"mean_mhz": sum(self.values) / len(self.values), "lowest_mhz": min(self.values),
                "highest_mhz": max(self.values), "from": self.source}


def governor():
    return read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor").strip() or None


class Energy:
    """What RAPL counts for the processor packages of this node. The counters begin again at their range, which takes minutes:
    whoever measures for longer looks in between."""

    def __init__(self, folder="/sys/class/powercap"):
        self.zones = [zone for zone in sorted(glob.glob(os.path.join(folder, "intel-rapl:*")))
                      if read(os.path.join(zone, "name")).startswith("package")]
        self.ranges = [number(os.path.join(zone, "max_energy_range_uj")) or 0 for zone in self.zones]
        self.last, self.used, self.began = self.counts(), 0, time.monotonic()

    def counts(self):
        return [number(os.path.join(zone, "energy_uj")) for zone in self.zones]

    def look(self):
        """Adds what was counted since the last look."""
        now = self.counts()
        if self.used is None or None in self.last + now:
            self.used = None
            return
        for turn, first, last in zip(self.ranges, self.last, now):
            self.used += last - first + (turn if last < first else 0)
        self.last = now

    def found(self):
        """Joules since it was made."""
        if not self.zones:
            return {"joules": None, "why": "there is no RAPL"}
        self.look()
        if self.used is None:
            return {"joules": None, "why": "RAPL is not readable for this user"}
        return {"joules": self.used / 1e6, "seconds": time.monotonic() - self.began, "packages": len(self.zones),
                "of": f"the processors of {os.uname().nodename}, with the start of the program"}


def number(path):
    text = read(path).strip()
    return int(text) if text.isdigit() else None
