"""Recipes against what the program says, and against what is known of their formats."""
import ast
import importlib.util
import json
import os
import re
import unittest
import xml.etree.ElementTree

import merit_verdict_test
from dko import __version__
from dko.scaling import verdict

SOURCE = os.environ["DKO_SOURCE"]
RECIPES = os.path.join(SOURCE, "scripts", "packaging")
# Of EasyBuild's documentation: parameters of easyconfigs that are used here.
EASYCONFIG_PARAMETERS = {
    "easyblock", "name", "version", "homepage", "description", "toolchain", "toolchainopts", "source_urls", "sources",
    "checksums", "builddependencies", "dependencies", "configopts", "test_cmd", "runtest", "sanity_check_paths",
    "sanity_check_commands", "modextrapaths", "moduleclass"}


def read(*path):
    with open(os.path.join(RECIPES, *path), encoding="utf-8") as file:
        return file.read()


def easyconfigs():
    folder = os.path.join(RECIPES, "easybuild")
    return {name: evaluated(read("easybuild", name)) for name in sorted(os.listdir(folder)) if name.endswith(".eb")}


def evaluated(text):
    """An easyconfig is Python with some constants."""
    found = {"SOURCE_TAR_GZ": "%(name)s-%(version)s.tar.gz"}
    exec(compile(text, "easyconfig", "exec"), found)  # ours
    return {key: value for key, value in found.items() if not key.startswith("__") and key != "SOURCE_TAR_GZ"}


def options_of_cmake():
    """Options that the project has."""
    found = set()
    for path in ("CMakeLists.txt", "src/cmake/Processor.cmake", "src/cmake/Install.cmake", "src/cmake/Dependencies.cmake"):
        with open(os.path.join(SOURCE, path), encoding="utf-8") as file:
            found |= set(re.findall(r"\b(?:option|set)\((DKO_[A-Z_]+)", file.read()))
    return found


def report_words():
    made = merit_verdict_test.result()
    return verdict.report({**made, "merit": verdict.merit(made)})


class Versions(unittest.TestCase):

    def test_are_the_program_s(self):
        for text in (read("apptainer", "dko.def"), read("spack", "spack_repo", "dko", "packages", "dko", "package.py")):
            self.assertIn(__version__, text)
        self.assertIn(f"dko-{__version__}-gompi-2023a.eb", easyconfigs())

    def test_no_licence_is_stated(self):
        """That choice is the owner's."""
        for folder, _, names in os.walk(RECIPES):
            for name in names:
                if name == "README.md":
                    continue
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    self.assertIsNone(re.search(r"licen[cs]e", file.read(), re.IGNORECASE), name)


class Options(unittest.TestCase):

    def test_of_cmake_are_known(self):
        known = options_of_cmake()
        self.assertIn("DKO_ARCH", known)
        for path in (("spack", "spack_repo", "dko", "packages", "dko", "package.py"),
                     ("easybuild", f"dko-{__version__}-gompi-2023a.eb")):
            used = set(re.findall(r"DKO_(?!GIT|SCALING)[A-Z_]+", read(*path)))
            self.assertTrue(used)
            self.assertLessEqual(used, known, path)


class Spack(unittest.TestCase):

    def test_recipe(self):
        tree = ast.parse(read("spack", "spack_repo", "dko", "packages", "dko", "package.py"))
        package = [node for node in tree.body if isinstance(node, ast.ClassDef)][0]
        self.assertEqual(package.name, "Dko")
        calls = [node.value for node in ast.walk(package) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)]
        variants = [call.args[0].value for call in calls if getattr(call.func, "id", "") == "variant"]
        self.assertEqual(variants, ["mpi", "native", "report"])
        needed = {call.args[0].value.partition("@")[0].split()[0] for call in calls
                  if getattr(call.func, "id", "") == "depends_on" and isinstance(call.args[0], ast.Constant)}
        expected = {"mpi", "hdf5", "boost", "eigen", "spectra", "nlohmann-json", "fmt", "xxhash", "liblzf", "xz", "catch2"}
        self.assertLessEqual(expected, needed)
        methods = {node.name for node in package.body if isinstance(node, ast.FunctionDef)}
        self.assertLessEqual({"cmake_args", "check", "test_small_merit"}, methods)


class EasyBuild(unittest.TestCase):

    def test_easyconfigs(self):
        found = easyconfigs()
        self.assertEqual(len(found), 3)
        for name, config in found.items():
            self.assertLessEqual(set(config), EASYCONFIG_PARAMETERS, name)
            toolchain = config["toolchain"]
            self.assertEqual(name, f"{config['name']}-{config['version']}-{toolchain['name']}-{toolchain['version']}.eb")
            self.assertEqual(set(config["sanity_check_paths"]), {"files", "dirs"})
            self.assertEqual(len(config["sources"]), len(config["checksums"]))
        own = found[f"dko-{__version__}-gompi-2023a.eb"]
        others = dict(own["dependencies"] + own["builddependencies"])
        for name, config in found.items():
            if config["name"] != "dko":
                self.assertEqual(others[config["name"]], config["version"])


class Containers(unittest.TestCase):

    def test_apptainer_does_what_docker_does(self):
        """The same packages and the same commands."""
        docker, apptainer = (" ".join(re.sub(r"\\\n|&&", " ", text).split())
                             for text in (read("docker", "Dockerfile"), read("apptainer", "dko.def")))
        for words in ("scripts/install-deps.sh", "dpkg-dev file python3", "cmake -G Ninja -S /src -B /build", "cpack -G DEB",
                      "/tmp/dko.deb python3-h5py python3-matplotlib python3-pandas python3-scipy openssh-client",
                      "dko-scaling --merit --size trial --ranks 2 --repeats 1"):
            self.assertIn(words, docker)
            self.assertIn(words, apptainer)

    def test_steps_are_read(self):
        spec = importlib.util.spec_from_file_location("steps", os.path.join(RECIPES, "dockerfile_steps.py"))
        steps = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(steps)
        text = ("# said\nFROM debian:trixie-slim AS one\nENV A=1 B='2 3'\nRUN a && \\\n  b\n\n"
                "FROM debian:bookworm\nCOPY --from=one /x /y\n")
        found = steps.stages_of(steps.steps_of(text))
        self.assertEqual([(stage["suite"], stage["name"]) for stage in found], [("trixie", "one"), ("bookworm", "1")])
        self.assertEqual(found[0]["steps"], [("ENV", "A=1 B='2 3'"), ("RUN", "a &&  b")])
        for bad in ("FROM alpine\n", "RUN x\n", "FROM debian:sid\nADD x y\n"):
            with self.assertRaises(ValueError):
                steps.stages_of(steps.steps_of(bad))


class Suites(unittest.TestCase):

    def test_reframe_finds_what_is_said(self):
        text = read("reframe", "dko_merit.py")
        ast.parse(text)
        patterns = re.findall(r'(?:assert_found|extractsingle)\(r"([^"]+)"', text)
        self.assertEqual(len(patterns), 4)
        for pattern in patterns:
            self.assertIsNotNone(re.search(pattern, report_words(), re.MULTILINE), pattern)

    def test_jube_finds_what_is_said(self):
        tree = xml.etree.ElementTree.fromstring(read("jube", "dko-merit.xml"))
        patterns = {node.get("name"): node.text for node in tree.iter("pattern")}
        self.assertEqual(set(patterns), {"merit", "ranks", "spread", "wrong", "verdict"})
        for name, pattern in patterns.items():
            pattern = pattern.replace("$jube_pat_fp", r"([+-]?\d*\.?\d+(?:[eE][-+]?\d+)?)")
            pattern = pattern.replace("$jube_pat_int", r"([+-]?\d+)")
            self.assertIsNotNone(re.search(pattern, report_words(), re.MULTILINE), name)
        columns = {node.text for node in tree.iter("column")}
        self.assertEqual(columns, set(patterns) | {"size"})

    def test_entry_point_is_a_list(self):
        found = re.search(r"^ENTRYPOINT (.*)$", read("docker", "Dockerfile"), re.MULTILINE)
        self.assertEqual(json.loads(found.group(1)), ["dko"])


if __name__ == "__main__":
    unittest.main()
