"""Estimates what a job of dko takes on a cluster, and submits it to SLURM.

    dko-submit screen cells.h5ad -o screen.h5 --order 2 --keep summary      # says what it would do
    dko-submit screen cells.h5ad -o screen.h5 --order 2 --keep summary --yes
    dko-submit train cells.h5ad -o model.h5 --top-genes 5000 --nodes 2
    dko-submit ensemble cells.h5ad -o screen.h5 --order 2 --ensemble 8      # an array, then a screen

Options that are not of this script are dko's: of `dko run`, of `dko screen` where there is --model MODEL, or
of `dko train`. The estimate is that of `dko estimate`; what is particular to the cluster comes from the
site's file (--site, DKO_SITE, ~/.config/dko/site.conf, or the site.conf beside the job scripts). Without --nodes
it takes as few nodes as finish within one run of a job, by the site's time limit, but no more than --most-nodes.

Exit codes: those of dko; 2 also for what cannot be submitted so, 4 for a disk that cannot hold the result.
In the source tree the command is scripts/submit.py. Needs Python 3.7 or newer, and nothing else.
"""
import glob
import json
import math
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from dko.command_line import Parser, at_least_one, called, exit_code_of
from dko.errors import DkoError, InputError, NoFileError, UsageError, WriteError
from dko.places import jobs_folder, program_of, site_file
from dko.units import size_text

# Options of dko that say how a job is run, not what it takes; with a value, or without.
NOT_ESTIMATED = {"--checkpoint": 1, "--checkpoint-every": 1, "--save-model": 1, "--json": 1, "--time-limit": 1,
                 "--keep-product": 1, "--member": 1,
                 "--resume": 0, "--force": 0, "-f": 0, "--quiet": 0, "-q": 0, "--verbose": 0, "-v": 0}
MEMORY_MARGIN = 1.1  # for what MPI and the file system take of a node
UNITS = [("days", 86400), ("h", 3600), ("min", 60), ("s", 1)]


class DkoFailure(DkoError):
    """dko said what is wrong, on standard error."""

    def __init__(self, code):
        super().__init__("")
        self.exit_code = code


def arguments_of(command_line):
    """This script's own options, and dko's."""
    parser = Parser(prog=called("submit"), description=__doc__.split("\n\n")[0],
                    epilog="Other options are dko's.", allow_abbrev=False)
    parser.add_argument("question", choices=["screen", "train", "ensemble"])
    parser.add_argument("input", metavar="INPUT", help="expression data")
    parser.add_argument("-o", "--out", required=True, metavar="FILE", help="the screen, or of train the model")
    parser.add_argument("--nodes", type=at_least_one, metavar="N", help="default: as few as finish within one run")
    parser.add_argument("--most-nodes", type=at_least_one, default=64, metavar="N", help="without --nodes (64)")
    parser.add_argument("--site", metavar="FILE", help="what is particular to the cluster: a copy of site.conf of the "
                        "job scripts (default: DKO_SITE, ~/.config/dko/site.conf, or that site.conf itself)")
    parser.add_argument("--time", metavar="LIMIT", help="of one run, instead of the site's SBATCH_TIMELIMIT")
    parser.add_argument("--yes", action="store_true", help="submit it")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be done (the default)")
    own, of_dko = parser.parse_known_args(command_line)
    if not own.out or not own.input:
        raise UsageError("INPUT and --out need a value: one is empty")
    if own.question == "ensemble":
        without_ensemble(of_dko)
    if own.yes and own.dry_run:
        raise UsageError("--yes and --dry-run ask for opposites")
    own.jobs = jobs_folder()
    own.site = own.site or site_file(own.jobs)
    return own, of_dko


def read_site(path, limit, jobs):
    """What the shell makes of the site's file: its variables by name, with another time limit if there is one."""
    example = jobs / "site.conf"
    if not Path(path).is_file():
        raise NoFileError(f"{path}: there is no such file; " +
                          (f"copy {example} to it and fill it in" if Path(path).resolve() != example.resolve() else
                           "name the cluster's by --site or DKO_SITE"))
    told = subprocess.run(["bash", "-c", 'set -ae; . "$1"; env -0', "bash", str(Path(path).resolve())],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
    if told.returncode != 0:
        raise InputError(f"{path}: the shell cannot read it: {told.stderr.strip()}")
    site = dict(line.split("=", 1) for line in told.stdout.split("\0") if "=" in line)
    if limit is not None:
        site["SBATCH_TIMELIMIT"] = limit
    site["DKO"] = site.get("DKO") or program_of(jobs)
    for name in ["DKO_TASKS_PER_NODE", "DKO_LAUNCHER", "DKO_TRIES", "SBATCH_TIMELIMIT"]:
        if not site.get(name) and not (name == "SBATCH_TIMELIMIT" and limit is not None):
            raise InputError(f"{path}: does not say {name}")
    if not site["DKO_TASKS_PER_NODE"].isdigit() or int(site["DKO_TASKS_PER_NODE"]) < 1:
        raise InputError(f"{path}: DKO_TASKS_PER_NODE must be a whole number, not {site['DKO_TASKS_PER_NODE']!r}")
    site["seconds"] = seconds_of_run(site, path, limit)
    return site


def seconds_of_run(site, path, limit):
    """For computing, of the limit that --time or the site's file gives: all but the time in which it saves."""
    told, error = ("--time ", UsageError) if limit is not None else (f"{path}: SBATCH_TIMELIMIT=", InputError)
    text = site["SBATCH_TIMELIMIT"]
    try:
        seconds = seconds_of(text)
    except ValueError:
        raise error(f"{told}{shlex.quote(text)} is no time of SLURM's: give minutes (90), hours:minutes:seconds (4:00:00) or "
                    "days-hours (1-12)") from None
    left = seconds - seconds_to_save(site, path)
    if left <= 0:
        signal = f"SBATCH_SIGNAL={site['SBATCH_SIGNAL']}" if site.get("SBATCH_SIGNAL") else "nothing"
        raise error(f"{told}{text} is too short: {path}: {signal} leaves nothing of a limit of {text}; give more")
    return left


def seconds_to_save(site, path):
    """How long before its time limit a run is told to save, and then does nothing more."""
    signal = site.get("SBATCH_SIGNAL", "")
    if not signal:
        return 0
    _, _, seconds = signal.partition("@")
    if seconds and not seconds.isdigit():
        raise InputError(f"{path}: SBATCH_SIGNAL={signal} is no signal of SLURM's, such as B:USR1@180")
    return int(seconds or 60)  # SLURM's default


def seconds_of(limit):
    """Of a time as SLURM has it: M, M:S, H:M:S, D-H, D-H:M or D-H:M:S. Raises ValueError."""
    if not re.match(r"(\d+-)?\d+(:\d+){0,2}$", limit, re.ASCII):
        raise ValueError(limit)
    days, _, rest = limit.rpartition("-")
    parts = [int(part) for part in rest.split(":")]
    if not days:
        parts = [0] + parts if len(parts) == 2 else [0, parts[0], 0] if len(parts) == 1 else parts
    hours, minutes, seconds = (parts + [0, 0])[:3]
    return ((24 * int(days or 0) + hours) * 60 + minutes) * 60 + seconds


def without_options(of_dko, left_out):
    """dko's options without these, {name: number of values}, given as `NAME VALUE` or `NAME=VALUE`."""
    kept = []
    skipped = 0
    for word in of_dko:
        name = word.split("=")[0]
        if skipped:
            skipped -= 1
        elif name in left_out:
            skipped = left_out[name] if "=" not in word else 0
        else:
            kept.append(word)
    return kept


def estimate(own, of_dko, nodes, site):
    """What is to be expected of the job, or of the jobs, on so many nodes each."""
    if own.question == "train" and "--member" in {word.split("=")[0] for word in of_dko}:
        of_dko = of_lone(without_ensemble(of_dko)[0])  # the one that the job makes
    found = estimate_of_run(own, of_dko, nodes, site)
    if own.question == "train":
        return only_training(found, nodes)
    if own.question == "ensemble":
        rest, members = without_ensemble(of_dko)
        return of_array(found, estimate_of_run(own, of_lone(rest), nodes, site)["training_seconds"], members, nodes)
    return found


def estimate_of_run(own, of_dko, nodes, site):
    """What `dko estimate` says of these options on so many nodes."""
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "estimate.json"
        command = [site["DKO"], "estimate", own.input, *without_options(of_dko, NOT_ESTIMATED),
                   "--nodes", str(nodes), "--ranks-per-node", site["DKO_TASKS_PER_NODE"],
                   "--core-speed", site.get("DKO_CORE_SPEED") or "1", "--json", str(answer), "--quiet"]
        try:
            code = subprocess.run(command, stdout=subprocess.DEVNULL).returncode
        except OSError as failure:
            raise WriteError(f"{command[0]}: cannot be started: {failure.strerror}; the site's file may say "
                             "where dko is: DKO=") from None
        if code != 0:
            raise DkoFailure(code)
        try:
            found = json.loads(answer.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise DkoError(f"{command[0]} estimate wrote no estimate: is it dko, and of this version? dko-submit needs "
                           "that of its own release") from None
    return found


def of_lone(of_dko):
    """Options of a single mapping with which a member's time is estimated: a sparse one takes all cells."""
    is_sparse = {"--mapping=sparse", "sparse"} & set(of_dko)
    return without_options(of_dko, {"--validation": 1}) if is_sparse else of_dko


def of_array(found, member_seconds, members, nodes):
    """Of a whole job's estimate what an array that trains each member in a job of its own takes, and a screen after it: as time
    that of the longest of these jobs."""
    screen = found["wall_seconds"] - found["training_seconds"]
    return {**found, "training_seconds": member_seconds, "wall_seconds": max(member_seconds, screen), "members": members,
            "node_hours": nodes * (members * member_seconds + screen) / 3600}


def only_training(found, nodes):
    """Of a whole job's estimate the part of its training."""
    disk = found["bytes_on_disk"]
    seconds = found["training_seconds"]
    return {**found, "wall_seconds": seconds, "collapse_seconds": 0, "screen_seconds": 0,
            "node_hours": nodes * seconds / 3600,
            "bytes_on_disk": {**disk, "total": disk["model"] + disk["checkpoint"]}}


def chosen(own, of_dko, site):
    """The number of nodes, and the estimate for it."""
    nodes = own.nodes or 1
    found = estimate(own, of_dko, nodes, site)
    # All of a run but the time in which it saves.
    while not own.nodes and nodes < own.most_nodes and found["wall_seconds"] > site["seconds"]:
        nodes = min(2 * nodes, own.most_nodes)
        found = estimate(own, of_dko, nodes, site)
    return nodes, found


def duration(seconds):
    """In its two largest units."""
    if seconds < 1:
        return "less than 1 s"
    for (name, size), (smaller, part) in zip(UNITS, UNITS[1:]):
        if round(seconds) >= size:
            whole, rest = divmod(round(seconds / part), size // part)
            return f"{whole} {name}" + (f" {rest} {smaller}" if rest else "")
    return f"{round(seconds)} s"


def free_disk(out):
    """Bytes free where the result is to be."""
    folder = Path(out).resolve().parent
    if not folder.is_dir():
        raise WriteError(f"{out}: there is no folder {folder}")
    return shutil.disk_usage(folder).free


def sbatch(nodes, found, site):
    """The command that submits, but for the job script and its arguments."""
    command = ["sbatch", "--parsable", f"--nodes={nodes}", f"--ntasks-per-node={site['DKO_TASKS_PER_NODE']}"]
    if memory_of_site(site) is None:
        command.append(f"--mem={asked_memory(found)}M")
    return command


def memory_of_site(site):
    """How the site's file asks for memory itself, if it does."""
    for name in ("SBATCH_MEM_PER_NODE", "SBATCH_MEM_PER_CPU", "SBATCH_MEM_PER_GPU"):
        if name in site:
            return f"{name}={site[name]}"
    return None


def asked_memory(found):
    """MiB of each node."""
    return math.ceil(MEMORY_MARGIN * found["bytes_per_node"] / 2**20) + 64


def without_ensemble(of_dko):
    """dko's options but --ensemble K, and K."""
    of_dko = [part for word in of_dko for part in (word.split("=", 1) if word.startswith("--ensemble=") else [word])]
    if "--ensemble" not in of_dko:
        raise UsageError("an ensemble needs --ensemble K")
    at = of_dko.index("--ensemble")
    try:
        members = at_least_one(of_dko[at + 1])
    except (IndexError, ValueError):
        raise UsageError("--ensemble K: K must be a whole number") from None
    return of_dko[:at] + of_dko[at + 2:], members


def split_options(dko, of_dko):
    """dko's options that `dko train` knows, and those that `dko screen` knows, by their --help."""
    sides = {"train": [], "screen": []}
    known = {side: set(names_in_help(dko, side)) for side in sides}
    group = []
    groups = []
    for word in of_dko:
        if word.startswith("-") and not word.lstrip("-.").isdigit():
            group = []
            groups.append(group)
        if not groups:
            raise UsageError(f"'{word}' is no option of dko's")
        group.append(word)
    for group in groups:
        name = group[0].split("=")[0]
        if not any(name in names for names in known.values()):
            raise UsageError(f"{name} is no option of dko train, nor of dko screen")
        for side, words in sides.items():
            words.extend(group if name in known[side] else [])
    return sides["train"], sides["screen"]


def names_in_help(dko, command):
    """Of the options of a command of dko."""
    try:
        told = subprocess.run([dko, command, "--help"], stdout=subprocess.PIPE, universal_newlines=True)
    except OSError as failure:
        raise WriteError(f"{dko}: cannot be started: {failure.strerror}; the site's file may say where dko is: DKO=") from None
    for line in told.stdout.splitlines():
        for word in line.split():
            if not word.startswith(("-", "[")):
                break
            if word.startswith("-"):
                yield word


def submissions(own, of_dko, nodes, found, site):
    """The commands that submit, one after the other; {job} stands for the number that the one before gave."""
    begin = sbatch(nodes, found, site)
    if own.question != "ensemble":
        return [[*begin, str(own.jobs / f"{own.question}.sbatch"), own.input, own.out, *of_dko]]
    rest, members = without_ensemble(of_dko)
    training, screen = split_options(site["DKO"], rest)
    training = without_options(training, {"--json": 1})  # which is the screen's
    if not {"--where", "--covariate"} & {word.split("=")[0] for word in training}:
        training = without_options(training, {"--obs-file": 1})  # which dko train takes for these alone
    script = str(own.jobs / "ensemble.sbatch")
    model = own.out + ".model"
    return [[*begin, f"--array=0-{members - 1}", script, "train", own.input, model, *training],
            [*begin, "--dependency=afterok:{job}", "--kill-on-invalid-dep=yes", script, "screen", own.input, model,
             own.out, *screen]]


def report(nodes, found, site, own):
    """The estimate in lines."""
    knockouts = found["knockouts"]
    ranks = nodes * int(site["DKO_TASKS_PER_NODE"])
    if own.question != "train":
        yield f"knockouts  {knockouts['singles']:,} single, {knockouts['pairs']:,} double"
    yield f"ranks      {nodes} node{'s' if nodes > 1 else ''} × {site['DKO_TASKS_PER_NODE']} = {ranks}"
    parts = [f"{name} {duration(found[key])}" for name, key in
             [("training", "training_seconds"), ("A = W2·W1", "collapse_seconds"), ("screen", "screen_seconds")]
             if found.get(key)] or ["nothing estimated"]
    jobs = f" for the longest of {found['members']} trainings and a screen" if "members" in found else ""
    yield (f"time       {duration(found['wall_seconds'])}{jobs} ({', '.join(parts)}): {found['node_hours']:.3g} node hours "
           "in all")
    runs = math.ceil(found["wall_seconds"] / site["seconds"])
    yield (f"limit      {site['SBATCH_TIMELIMIT']}, of which {duration(site['seconds'])} are for computing: "
           + (f"done in about {runs} runs, between which it saves and is queued again" if runs > 1 else "done in one run"))
    asked, of_site = f"{asked_memory(found):,} MiB, a tenth more", memory_of_site(site)
    yield (f"memory     {size_text(found['bytes_per_node'])} of each node; SLURM is asked for "
           + (f"{of_site}, by the site's file: {asked}, should be there" if of_site else asked))
    disk = found["bytes_on_disk"]["total"]
    free = free_disk(own.out)
    yield f"disk       {size_text(disk)}, of {size_text(free)} free in {Path(own.out).resolve().parent}"
    unknown = found["bytes_on_disk"].get("above_threshold_at_most", 0)
    if unknown:
        yield f"           without the pairs above the threshold, which nobody knows yet: {size_text(unknown)} at most"
    if disk > free:
        raise WriteError(f"{own.out}: takes {size_text(disk)}, but only {size_text(free)} are free there; "
                         "--keep top:K and --keep summary keep less")


def submit(commands, site):
    """One after the other; returns their job numbers."""
    environment = {**os.environ, **{name: site[name] for name in site if name.startswith(("SBATCH_", "DKO_"))}}
    jobs = []
    for command in commands:
        words = [word.replace("{job}", jobs[-1] if jobs else "") for word in command]
        try:
            told = subprocess.run(words, env=environment, stdout=subprocess.PIPE, universal_newlines=True)
        except OSError as failure:
            raise WriteError(f"sbatch: cannot be started: {failure.strerror}") from None
        if told.returncode != 0:
            raise DkoError(f"sbatch refused the job (above), as {site['DKO_SITE']} has it; {len(jobs)} of "
                           f"{len(commands)} were submitted" + (f": {', '.join(jobs)}" if jobs else ""))
        jobs.append(told.stdout.strip().split(";")[0])
    return jobs


def check_out(path, force):
    if os.path.isdir(path):
        raise UsageError(f"{path} is a directory: name a file in it")
    if os.path.exists(path) and not os.path.isfile(path):
        raise UsageError(f"{path} is no regular file (a device, FIFO or socket): name another")
    if os.path.exists(path) and not force:
        raise UsageError(f"{path} is there already; --force replaces it")


def warn_of_members(own, of_dko):
    """Of an ensemble that was begun before: what is there is not made again."""
    members = re.compile(re.escape(own.out) + r"\.model\.member[0-9]+")
    there = sorted(filter(members.fullmatch, glob.glob(glob.escape(own.out) + ".model.member*")))
    there = there if own.question == "ensemble" else []
    if there and not is_forced(of_dko):
        shown = ", ".join(there[:4]) + (", …" if len(there) > 4 else "")
        print(f"warning: {shown}: trained before, and not trained again, whatever the options are now; --force trains all anew",
              file=sys.stderr)


def is_forced(of_dko):
    return bool({"--force", "-f"} & set(of_dko))


def answer(command_line):
    """Says what the job takes, and with --yes submits it."""
    own, of_dko = arguments_of(command_line)
    check_out(own.out, is_forced(of_dko))
    site = read_site(own.site, own.time, own.jobs)
    site["DKO_SITE"] = str(Path(own.site).resolve())
    nodes, found = chosen(own, of_dko, site)
    warn_of_members(own, of_dko)
    for line in report(nodes, found, site, own):
        print(line)
    commands = submissions(own, of_dko, nodes, found, site)
    settings = " ".join(f"{name}={shlex.quote(site[name])}" for name in sorted(site)
                        if name.startswith("SBATCH_") or name == "DKO_SITE")
    for command in commands:
        line = " ".join(map(shlex.quote, command)).replace("'--dependency=afterok:{job}'", "--dependency=afterok:JOB")
        print(f"command    {settings} \\\n           {line}")
    if not own.yes:
        print("Nothing is submitted yet: --yes does it.")
        return
    for job in submit(commands, site):
        print(f"submitted  job {job}")


def main(arguments=None):
    """As on the command line, whose arguments are the default. Returns the exit code."""
    return exit_code_of("submit", answer, sys.argv[1:] if arguments is None else arguments)
