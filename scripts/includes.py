#!/usr/bin/python3
"""Names each name whose header a source includes neither itself nor through headers of dko: standard ones and dko's own.

    scripts/includes.py [FOLDER]      of a repository; default: this one

The gate's builds have the standard headers precompiled (DKO_PRECOMPILE) and several sources compiled together (DKO_UNITY),
which hides a missing #include that a user's build without them stumbles over. What the headers of one standard library
include of each other is not counted on, but for GIVEN. Of dko's own names those are found that no included header mentions.
"""
import re
import sys
from functools import lru_cache
from pathlib import Path

SOURCES = ("include", "src", "tests")
# The names of namespace std that are used here, by header. One that no header has is an error: none is forgotten.
HEADERS = {
    "algorithm": """adjacent_find all_of any_of binary_search clamp copy copy_backward copy_if copy_n count count_if equal fill
        fill_n find find_if find_if_not is_sorted lower_bound max max_element min min_element minmax minmax_element
        mismatch none_of nth_element partial_sort partition_point pop_heap push_heap remove remove_if replace reverse
        set_difference set_intersection sort sort_heap stable_partition stable_sort transform unique upper_bound
        ranges::copy ranges::count ranges::count_if ranges::equal ranges::fill ranges::find ranges::find_if
        ranges::equal_range ranges::lower_bound ranges::max_element ranges::min_element ranges::stable_partition""",
    "array": "array",
    "atomic": "atomic",
    "bit": "bit_width countr_zero popcount",
    "cctype": "isdigit",
    "charconv": "from_chars",
    "chrono": "chrono chrono_literals",
    "cmath": """abs cbrt ceil cos erfc exp exp2 floor fma isfinite isinf isnan ldexp lgamma llround log log10 log1p log2 nan
        nanf pow round sin sqrt""",
    "concepts": "derived_from integral invocable",
    "condition_variable": "condition_variable",
    "csignal": "sig_atomic_t signal",
    "cstddef": "byte ptrdiff_t size_t",
    "cstdint": "int8_t int32_t int64_t uint8_t uint32_t uint64_t uintmax_t",
    "cstdio": "fflush fprintf printf",
    "cstdlib": "_Exit abort abs aligned_alloc exit free getenv malloc strtod strtol",
    "cstring": "memcmp memcpy strcmp strerror strlen",
    "ctime": "time",
    "deque": "deque",
    "exception": "current_exception exception exception_ptr rethrow_exception uncaught_exceptions",
    "filesystem": "filesystem",
    "fstream": "ifstream ofstream",
    "functional": """equal_to function greater greater_equal identity invoke less less_equal logical_and mem_fn minus multiplies
        not_equal_to not_fn ref""",
    "future": "future future_status packaged_task",
    "initializer_list": "initializer_list",
    "iosfwd": "istream ostream",
    "iostream": "cerr cin cout",
    "istream": "istream",
    "iterator": "back_inserter distance prev",
    "limits": "numeric_limits",
    "map": "map",
    "memory": "make_shared make_shared_for_overwrite make_unique shared_ptr unique_ptr",
    "mutex": "lock_guard mutex unique_lock",
    "new": "bad_alloc nothrow",
    "numbers": "numbers",
    "numeric": "accumulate exclusive_scan inner_product iota partial_sum",
    "optional": "nullopt optional",
    "ostream": "flush ostream",
    "random": "random_device",
    "regex": "regex regex_search smatch",
    "set": "set",
    "span": "as_bytes as_writable_bytes span",
    "sstream": "istringstream ostringstream",
    "stdexcept": "length_error logic_error runtime_error",
    "streambuf": "streambuf",
    "string": "getline stod stof stoll stoul string to_string",
    "string_view": "string_view string_view_literals",
    "system_error": "errc error_code make_error_code system_category",
    "thread": "this_thread thread",
    "tuple": "tie tuple",
    "type_traits": """invoke_result_t is_arithmetic_v is_floating_point_v is_same_v is_trivially_copyable_v is_void_v
        remove_cv_t remove_cvref_t remove_reference_t""",
    "unordered_map": "unordered_map",
    "unordered_set": "unordered_set",
    "utility": "as_const cmp_equal cmp_greater cmp_less exchange forward in_place in_place_type move pair swap",
    "variant": "get_if holds_alternative variant visit",
    "vector": "vector",
}
CONTAINERS = "array deque map set span string string_view unordered_map unordered_set vector"
STREAMS = "fstream iostream istream ostream sstream"
# Names that every standard library gives with other headers too.
GIVEN = {
    "size_t": " ".join(HEADERS), "ptrdiff_t": " ".join(HEADERS), "byte": "span", "less": "map set",
    "initializer_list": CONTAINERS, "in_place": "optional variant", "back_inserter": "algorithm string vector",
    "begin": f"{CONTAINERS} iterator", "end": f"{CONTAINERS} iterator", "ssize": f"{CONTAINERS} iterator",
    "get": "array tuple utility variant", "erase": "deque string vector", "erase_if": CONTAINERS,
    "ios": STREAMS, "streamsize": f"{STREAMS} streambuf",
}
# Comments and texts, in which a name is none.
NO_CODE = re.compile(r"""'(?:\\.|[^'\\\n])'|"""
                     r'R"(\w*)\(.*?\)\1"|//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"', re.S)
# Other names that such headers bring with them.
OTHERS = {
    "cerrno": r"errno", "csignal": r"SIG[A-Z]{3,}|sigaction|sigaltstack|siginfo_t", "cmath": r"HUGE_VAL",
    "fmt/": r"fmt::\w+", "nlohmann/json.hpp": r"nlohmann::\w+", "catch2/": r"Catch::\w+|TEST_CASE|SECTION|CHECK\w*|REQUIRE\w*",
    "unistd.h": r"_exit|fdatasync|fork|fsync|ftruncate|getcwd|gethostname|getpid|getppid|isatty|pread|pwrite|readlink|sysconf"
                r"|unlink",
    "time.h ctime": r"clock_gettime|nanosleep|timespec", "stdlib.h cstdlib": r"mkdtemp|setenv|unsetenv",
}
# A type or a function that a header declares outside of all others.
DECLARED = re.compile(r"^(?:(?:class|struct|enum class|concept)\s+(\w+)(?=[^;]*[{=:])"
                      r"|(?!\s*(?:return|using|namespace|else)\b)[\w:<>,&*\s\[\]]*?[\w>&*\]]\s+[&*]?(\w+)\()", re.M)
# What a source declares itself: types, functions, lambdas, variables, template parameters.
NO_TYPE = "".join(rf"(?<!{words})" for words in (r"\breturn", r"\bthrow", r"\belse", r"\bnew", "&&", r" \*", " >", " &"))
DECLARED_HERE = re.compile(rf"[\w>&*\])]{NO_TYPE}\s+[&*]?(\w+)\s*(?=[({{=;:>,)])")
USED = re.compile(r"(?<![\w.:])(?<!->)(?:dko::)?([A-Z]\w+|\w+(?=\())")
# Words of the language, of the system and of Catch2 that are names of dko as well.
NOT_OWN = {"Contains", "alignas", "close", "open", "range", "read", "sizeof", "write"}


def own_header(root, file, name):
    """The header of dko that `file` means by `name`, or None."""
    places = (folder / name for folder in (file.parent, root / "include", root / "src", root / "tests"))
    return next((place.resolve() for place in places if place.is_file()), None)


@lru_cache(maxsize=None)
def includes(root, file):
    """The headers of dko that a file includes, and the names of the others."""
    names = re.findall(r'^#include\s*["<]([^">]+)[">]', file.read_text(), re.M)
    own = {name: own_header(root, file, name) for name in names}
    return {place for place in own.values() if place}, {name for name in names if not own[name]}


def reached(root, file):
    """All headers that a file includes, itself or through dko's: dko's, and the names of the others."""
    seen, left, found = set(), {file.resolve()}, set()
    while left:
        here = left.pop()
        seen.add(here)
        own, others = includes(root, here)
        left |= own - seen
        found |= others
    return seen - {file.resolve()}, found


@lru_cache(maxsize=None)
def code_of(file):
    return NO_CODE.sub('""', file.read_text())


@lru_cache(maxsize=None)
def words(file):
    return frozenset(re.findall(r"\w+", code_of(file)))


def by_name():
    """For each name the headers that give it."""
    headers = {name: set(others.split()) for name, others in GIVEN.items()}
    for header, names in HEADERS.items():
        for name in names.split():
            headers.setdefault(name, set()).add(header)
    return headers


def own_names(root):
    """For each name that a header of dko declares those headers."""
    headers = {}
    for file in (file.resolve() for folder in SOURCES for file in (root / folder).rglob("*.hpp")):
        for names in DECLARED.findall(code_of(file)):
            headers.setdefault("".join(names), []).append(str(file.relative_to(root.resolve())))
    return headers


def missing_own(root, file, declared):
    """Of a source, what it uses of dko that no header mentions which it includes."""
    code, (own, _) = code_of(file.resolve()), reached(root, file)
    known = NOT_OWN.union(DECLARED_HERE.findall(code), re.findall(r", (\w+) =", code), *map(words, own))
    for name in sorted(set(USED.findall(code)) & declared.keys() - known):
        yield f"{name} without #include of {' or '.join(sorted(declared[name]))}"


def missing(root, file, headers):
    """Of a file, what it uses of other headers, none of which it includes."""
    code, (_, found) = code_of(file.resolve()), reached(root, file)
    for name in sorted(set(re.findall(r"\bstd::((?:ranges::)?[A-Za-z_]\w*)", code))):
        if name not in headers:
            yield f"std::{name} is in no line of HEADERS in scripts/includes.py: add it"
        elif not headers[name] & found:
            yield f"std::{name} without #include <{'> or <'.join(sorted(headers[name]))}>"
    for starts, names in OTHERS.items():
        if file.suffix == ".hpp":
            starts = starts.replace("json.hpp", "")  # a header may declare it alone
        used = re.search(rf"(?<![\w.:>])(?:::)?({names})\b", code)
        if used and not any(header.startswith(tuple(starts.split())) for header in found):
            yield f"{used.group(1)} without #include <{starts.split()[0]}>"


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent)
    headers, declared, count = by_name(), own_names(root), 0
    for file in sorted(file for folder in SOURCES for file in (root / folder).rglob("*.[ch]pp")):
        own = missing_own(root, file, declared) if file.suffix == ".cpp" else ()  # that headers compile alone the build shows
        for what in (*missing(root, file, headers), *own):
            count += 1
            print(f"{file.relative_to(root)}: {what}")
    sys.exit(1 if count else 0)


if __name__ == "__main__":
    main()
