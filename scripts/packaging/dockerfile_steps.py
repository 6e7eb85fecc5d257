#!/usr/bin/env python3
"""Carries out the steps of the Dockerfile in chroots, without Docker: whether they do what they say on a bare Debian.

    scripts/packaging/dockerfile_steps.py --list                 # the steps, and nothing else
    scripts/packaging/dockerfile_steps.py --folder DIR           # needs root, debootstrap, and a network of Debian packages

Each stage begins with a copy of a minimal Debian, which debootstrap makes once in DIR/base-SUITE. What is committed is what
COPY finds. It knows FROM debian:SUITE[-slim], ENV, WORKDIR, COPY and RUN; ENTRYPOINT is tried with --version in the end.
"""
import argparse
import json
import os
import re
import shlex
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
DOCKERFILE = os.path.join(HERE, "docker", "Dockerfile")
KNOWN = {"FROM", "ENV", "WORKDIR", "COPY", "RUN", "ENTRYPOINT"}


def steps_of(text):
    """[(instruction, rest)], lines that are continued joined, comments left out."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    found = []
    for line in filter(str.strip, joined.splitlines()):
        word, _, rest = line.strip().partition(" ")
        if word not in KNOWN:
            raise ValueError(f"'{word}' is no instruction that this script knows: {line}")
        found.append((word, rest.strip()))
    return found


def stages_of(steps):
    """[{suite, name, steps}]"""
    stages = []
    for word, rest in steps:
        if word == "FROM":
            found = re.fullmatch(r"debian:(\w+?)(?:-slim)?(?:\s+AS\s+(\w+))?", rest)
            if not found:
                raise ValueError(f"FROM {rest}: only debian:SUITE is known")
            stages.append({"suite": found.group(1), "name": found.group(2) or str(len(stages)), "steps": []})
        elif not stages:
            raise ValueError(f"{word} before FROM")
        else:
            stages[-1]["steps"].append((word, rest))
    return stages


class Stage:
    """A chroot in which steps are carried out."""

    def __init__(self, folder, stage, roots):
        self.root = os.path.join(folder, f"stage-{stage['name']}")
        self.roots, self.environment, self.place = roots, {}, "/"
        base = os.path.join(folder, f"base-{stage['suite']}")
        if not os.path.exists(os.path.join(base, "etc", "debian_version")):
            run(["debootstrap", "--variant=minbase", stage["suite"], base])
        if os.path.exists(self.root):
            shutil.rmtree(self.root)
        run(["cp", "-a", "--reflink=auto", base, self.root])

    def inside(self, path):
        return os.path.join(self.root, path.lstrip("/"))

    def do(self, word, rest):
        getattr(self, word.lower())(rest)

    def env(self, rest):
        self.environment.update(pair.split("=", 1) for pair in shlex.split(rest))

    def workdir(self, rest):
        self.place = os.path.join(self.place, rest)
        os.makedirs(self.inside(self.place), exist_ok=True)

    def copy(self, rest):
        words = shlex.split(rest)
        if words[0].startswith("--from="):
            source = os.path.join(self.roots[words[0][len("--from="):]], words[1].lstrip("/"))
            os.makedirs(os.path.dirname(self.inside(words[2])), exist_ok=True)
            shutil.copy2(source, self.inside(words[2]))
        else:
            copy_committed(self.inside(words[1]))

    def run(self, command):
        mounts = ("root=$1; shift; mount -t proc proc $root/proc; mount --rbind /sys $root/sys; mount --rbind /dev $root/dev; "
                  "cp -L /etc/resolv.conf $root/etc/resolv.conf 2>/dev/null || true; exec chroot $root \"$@\"")
        settings = [f"{key}={value}" for key, value in self.environment.items()]
        run(["unshare", "--mount", "--propagation", "private", "bash", "-euc", mounts, "steps", self.root, "env", "-i",
             "HOME=/root", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", *settings,
             "sh", "-ec", f"cd {shlex.quote(self.place)}; {command}"])

    def entrypoint(self, rest):
        self.run(" ".join(map(shlex.quote, [*json.loads(rest), "--version"])))


def copy_committed(target):
    """The source of the last commit, as a checkout of its own, so that dko knows its version."""
    top = subprocess.run(["git", "-C", HERE, "rev-parse", "--show-toplevel"], check=True, stdout=subprocess.PIPE,
                         universal_newlines=True).stdout.strip()
    if os.path.isdir(target):
        os.rmdir(target)  # made by WORKDIR, and empty
    run(["git", "clone", "-q", "--no-hardlinks", top, target])


def run(words):
    subprocess.run(words, check=True)


def show(stages):
    for stage in stages:
        print(f"stage {stage['name']}: {stage['suite']}")
        for word, rest in stage["steps"]:
            print(f"  {word} {rest}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", metavar="DIR", default="/var/tmp/dko-dockerfile", help="default: /var/tmp/dko-dockerfile")
    parser.add_argument("--list", action="store_true", help="show the steps, carry out none")
    options = parser.parse_args()
    with open(DOCKERFILE, encoding="utf-8") as file:
        stages = stages_of(steps_of(file.read()))
    show(stages)
    if options.list:
        return
    if os.geteuid() != 0 or not shutil.which("debootstrap"):
        sys.exit("dockerfile_steps.py: error: chroots need root and debootstrap")
    os.makedirs(options.folder, exist_ok=True)
    roots = {}
    for stage in stages:
        place = Stage(os.path.abspath(options.folder), stage, roots)
        roots[stage["name"]] = place.root
        for word, rest in stage["steps"]:
            print(f"== {stage['name']}: {word} {rest}", flush=True)
            try:
                place.do(word, rest)
            except subprocess.CalledProcessError as error:
                sys.exit(f"dockerfile_steps.py: error: exit code {error.returncode} of {word} {rest}")
    print("all steps done")


if __name__ == "__main__":
    main()
