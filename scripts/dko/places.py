"""Where the parts of dko lie: in the source tree, and where `cmake --install` has put them."""
import os
import shutil
from pathlib import Path

from dko.errors import ReadError

INSTALLED = Path("share", "dko", "jobs")  # below the prefix


def jobs_folder():
    """The job scripts: DKO_JOBS, else those of the source tree or the prefix that this package is in, else those that
    were installed with the `dko` in PATH. Raises ReadError where there are none."""
    if os.environ.get("DKO_JOBS"):
        candidates = [Path(os.environ["DKO_JOBS"]).resolve()]
    else:
        here = Path(__file__).resolve()
        program = Path(shutil.which("dko") or here).resolve()
        prefixes = [*here.parents, *program.parents[1:2]]
        candidates = [here.parents[2] / "jobs", *(prefix / INSTALLED for prefix in prefixes)]
    for folder in candidates:
        if (folder / "job.sh").is_file():
            return folder
    if os.environ.get("DKO_JOBS"):
        raise ReadError(f"DKO_JOBS={os.environ['DKO_JOBS']}: there are no job scripts in it")
    raise ReadError("the job scripts are not found: they are in share/dko/jobs where dko is installed, and in jobs of its "
                    "source; name the folder by DKO_JOBS, or put the installed dko into PATH")


def program():
    """The program dko: DKO in the environment, else the one of the prefix or environment that this package is in, or of
    its source tree, else that in PATH. Raises ReadError where there is none."""
    if os.environ.get("DKO"):
        return os.environ["DKO"]
    here = Path(__file__).resolve()
    built = here.parents[2] / "build" / "release" / "dko" if here.parents[1].name == "scripts" else None
    for path in (*(prefix / "bin" / "dko" for prefix in here.parents[2:]), built):
        if path and path.is_file() and os.access(path, os.X_OK):
            return str(path)
    found = shutil.which("dko")
    if not found:
        raise ReadError("the program dko is not found: put it into PATH, or name it by DKO in the environment")
    return found


def program_of(jobs):
    """The dko that was installed with these job scripts, else whichever is in PATH. As in jobs/job.sh."""
    if jobs.parts[-3:] == INSTALLED.parts:
        program = jobs.parents[2] / "bin" / "dko"
        if os.access(program, os.X_OK):
            return str(program)
    return "dko"


def site_file(jobs):
    """What is particular to the cluster: DKO_SITE, else the user's own file, else the one with these job scripts, as in
    jobs/job.sh."""
    settings = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    own = os.path.join(settings, "dko", "site.conf")
    return os.environ.get("DKO_SITE") or (own if os.path.isfile(own) else str(jobs / "site.conf"))
