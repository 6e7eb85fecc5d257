"""Runs scripts in copies of one Python that has imported what they need, which is most of their time otherwise.

    python_copies.py ASK TOLD MODULE...

By `again` of tests/app/lib.sh. Each request in the pipe ASK is a number, as many texts, and after each of these a zero byte:
a place, a folder, SCRIPT and its arguments. The copy works in that folder as `python SCRIPT ARGUMENT...` does, with the
files PLACE.in, PLACE.out and PLACE.err; its exit code is a line in the pipe TOLD, after one that says that all is imported.
"""
import importlib
import os
import runpy
import sys
import traceback


def texts(pipe):
    """Yields what comes through a pipe between zero bytes."""
    rest = b""
    while more := os.read(pipe, 65536):
        *whole, rest = (rest + more).split(b"\0")
        yield from (text.decode() for text in whole)


def next_copy(ask, told):
    """Returns in a copy of this process for each request, with its texts. Ends when nobody can ask any more."""
    asked = texts(ask)
    for count in asked:
        request = [next(asked) for _ in range(int(count))]
        copy = os.fork()
        if copy == 0:
            return request
        code = os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1])
        os.write(told, f"{code if code >= 0 else 128 - code}\n".encode())
    os._exit(0)


def run_script(script, *arguments):
    """As a Python that was started with the script. Returns its exit code."""
    sys.argv = [script, *arguments]
    try:
        if script == "-":
            sys.path[0] = ""
            exec(compile(sys.stdin.read(), "<stdin>", "exec"), {"__name__": "__main__"})
        else:
            sys.path[0] = os.path.dirname(os.path.abspath(script))
            runpy.run_path(script, run_name="__main__")
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return end.code or 0
        print(end.code, file=sys.stderr)
        return 1
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def work(place, folder, *words):
    for descriptor, name in enumerate(("in", "out", "err")):
        file = os.open(f"{place}.{name}", os.O_RDWR if descriptor else os.O_RDONLY)
        os.dup2(file, descriptor)
        os.close(file)
    os.chdir(folder)
    code = run_script(*words)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # to take apart what was imported takes ten times as long as the copy


def main(ask, told, *modules):
    pipes = os.open(ask, os.O_RDONLY), os.open(told, os.O_WRONLY)
    for module in modules:
        importlib.import_module(module)
    os.write(pipes[1], b"imported\n")
    request = next_copy(*pipes)
    for pipe in pipes:
        os.close(pipe)
    work(*request)


if __name__ == "__main__":
    main(*sys.argv[1:])
