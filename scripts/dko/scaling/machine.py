"""What a machine is, as far as one of its nodes and its scheduler tell: for the results of dko-scaling."""
import os
import platform
import re
import subprocess


def machine(name, scratch):
    """Of the node that this runs on, which stands for all; `scratch` is the folder under test."""
    nodes = slurm_nodes()
    cores = physical_cores()
    return {
        "name": name or f"{cpu_model()}, {len(nodes) * cores} cores",
        "host": platform.node(),
        "cpu": cpu_model(),
        "instruction_set": instruction_set(),
        "nodes": len(nodes),
        "sockets_of_node": sockets(),
        "cores_of_node": cores,
        "threads_of_node": os.cpu_count(),
        "cores": len(nodes) * cores,
        "memory_bytes_of_node": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "kernel": platform.release(),
        "file_system": file_system(scratch),
        "slurm": slurm(),
    }


def read(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def said_by(*command):
    try:
        return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, universal_newlines=True, timeout=60).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""


def cpu_model():
    found = re.search(r"^model name\s*:\s*(.+)$", read("/proc/cpuinfo"), re.MULTILINE)
    return " ".join(found.group(1).split()) if found else platform.machine()


def topology(file):
    """The content of such a file for every processor that is on."""
    folder = "/sys/devices/system/cpu"
    names = os.listdir(folder) if os.path.isdir(folder) else []
    found = [read(f"{folder}/{name}/topology/{file}").strip() for name in names if re.match(r"cpu\d+$", name)]
    return [text for text in found if text]


def sockets():
    return len(set(topology("physical_package_id"))) or 1


def physical_cores():
    """Threads that share a core count once."""
    return len(set(topology("thread_siblings_list"))) or os.cpu_count() or 1


def instruction_set():
    """The widest of those that the pairs are scored with, by what the processor says of itself."""
    found = re.search(r"^flags\s*:\s*(.+)$", read("/proc/cpuinfo"), re.MULTILINE)
    flags = set(found.group(1).split()) if found else set()
    if {"avx512f", "avx512dq", "avx512bw", "avx512vl"} <= flags:
        return "avx512"
    return "avx2" if {"avx2", "fma"} <= flags else "portable"


def version_of(dko):
    """What `dko --version` says: [version and commit, MPI, HDF5]; [""] if it cannot be started."""
    return version_in(said_by(dko, "--version"))


def version_in(said):
    found = re.search(r"^dko (\d.*)$", said, re.MULTILINE)
    return found.group(1).strip().split(", ") if found else [""]


def file_system(folder):
    """The type of the file system that the folder is on: ext4, lustre, nfs4 …"""
    folder = os.path.realpath(folder)
    longest, kind = "", None
    for line in read("/proc/self/mounts").splitlines():
        place, its_kind = line.split()[1:3]
        place = place.replace("\\040", " ")
        inside = folder == place or folder.startswith(place.rstrip("/") + "/")
        if inside and len(place) >= len(longest):
            longest, kind = place, its_kind
    return kind


def slurm_nodes(environment=os.environ):
    """The tasks that the job has on each node; [None] outside a job."""
    text = environment.get("SLURM_TASKS_PER_NODE", "")
    if "SLURM_JOB_ID" not in environment:
        return [None]
    tasks = []
    for part in filter(None, text.split(",")):
        found = re.match(r"(\d+)(?:\(x(\d+)\))?$", part)
        if not found:
            return [None] * int(environment.get("SLURM_JOB_NUM_NODES", "1"))
        tasks += [int(found.group(1))] * int(found.group(2) or "1")
    return tasks or [None] * int(environment.get("SLURM_JOB_NUM_NODES", "1"))


def slurm():
    if "SLURM_JOB_ID" not in os.environ:
        return None
    names = {"job": "SLURM_JOB_ID", "cluster": "SLURM_CLUSTER_NAME", "partition": "SLURM_JOB_PARTITION",
             "nodes": "SLURM_JOB_NODELIST", "tasks_per_node": "SLURM_TASKS_PER_NODE", "tasks": "SLURM_NTASKS"}
    return {key: os.environ.get(variable) for key, variable in names.items()}


def nodes_for(ranks, tasks_per_node):
    """The fewest nodes that have so many tasks, the first ones being filled first."""
    total = 0
    for count, tasks in enumerate(tasks_per_node, start=1):
        total += tasks or 0
        if total >= ranks:
            return count
    return len(tasks_per_node)


def allocated_ranks(environment=os.environ):
    """Of the job, or the physical cores of this machine."""
    if "SLURM_JOB_ID" in environment:
        tasks = [count or 0 for count in slurm_nodes(environment)]
        return int(environment.get("SLURM_NTASKS") or sum(tasks) or 1)
    return physical_cores()
