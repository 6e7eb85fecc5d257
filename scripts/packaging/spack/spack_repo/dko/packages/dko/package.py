# A Spack recipe (Spack 1.0 or newer), in a repository of its own: spack repo add scripts/packaging/spack/spack_repo/dko. No
# place to download from is decided: the checkout that this file is in is cloned, or what DKO_GIT names.
import os

from spack.package import check_outputs, conflicts, depends_on, join_path, variant, version, when, which, working_dir
from spack_repo.builtin.build_systems.cmake import CMakePackage, generator


class Dko(CMakePackage):
    """Data-driven knockout screens of single-cell expression on clusters."""

    homepage = "https://arxiv.org/abs/2510.03359"
    git = os.environ.get("DKO_GIT", os.path.abspath(os.path.join(os.path.dirname(__file__), *[os.pardir] * 7)))

    # The release 0.2.0 joins here, as version("0.2.0", tag="v0.2.0"), once it has a tag: Spack would choose it before main.
    version("main", branch="main")

    variant("mpi", default=True, description="Build with MPI, which dko needs; on one rank it runs without mpirun")
    variant("native", default=False, description="Build for this processor alone, in place of any x86-64-v3 one")
    variant("report", default=True, description="Install what reports and pictures need of Python")

    generator("ninja")

    conflicts("~mpi", msg="dko is an MPI program")
    conflicts("%gcc@:11", msg="dko is in C++20: GCC 12 or newer")
    conflicts("%clang@:14", msg="dko is in C++20: clang 15 or newer")

    depends_on("c", type="build")
    depends_on("cxx", type="build")
    depends_on("cmake@3.25:", type="build")
    depends_on("pkgconfig", type="build")
    depends_on("mpi@3:", when="+mpi")
    depends_on("hdf5@1.10: +mpi", when="+mpi")
    depends_on("boost@1.74: +program_options+iostreams")
    depends_on("eigen@3.4:3", type="build")
    depends_on("spectra@1:", type="build")
    depends_on("nlohmann-json@3.11:", type="build")
    depends_on("fmt@9:")
    depends_on("xxhash@0.8:")
    depends_on("liblzf")
    depends_on("xz@5:")
    depends_on("catch2@2.13:", type="test")
    depends_on("python@3.7:", type=("build", "run"))
    with when("+report"):
        depends_on("python@3.9:", type="run")
        for module in ("h5py", "matplotlib", "numpy", "pandas", "scipy"):
            depends_on(f"py-{module}", type="run")

    def cmake_args(self):
        args = [
            self.define("DKO_BUILD_TESTS", self.run_tests),
            self.define("DKO_PYTHON", self.spec["python"].command.path),
            self.define("MPI_CXX_COMPILER", self.spec["mpi"].mpicxx),
        ]
        if self.spec.satisfies("+native"):
            args.append(self.define("DKO_ARCH", "native"))
        return args

    def setup_run_environment(self, env):
        env.prepend_path("PYTHONPATH", join_path(self.prefix, "lib", "python3", "dist-packages"))

    def check(self):
        """With spack install --test=root."""
        with working_dir(self.build_directory):
            which("ctest", required=True)("-LE", "long|slurm|data|cross", "--output-on-failure")

    def test_small_merit(self):
        """time and verify a small screen"""
        scaling = which(self.prefix.bin.join("dko-scaling"), required=True)
        said = scaling("--merit", "--size", "trial", "--ranks", "1", "--repeats", "1", "-o", "merit.json",
                       "--dko", self.prefix.bin.dko, output=str.split, error=str.split)
        check_outputs([r"figure of merit, version 2: \S+ million pairs/s", r"verified: \S+ knockouts scored again, 0 wrong"],
                      said)
