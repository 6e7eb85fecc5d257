"""Makes pages of dko-report and reads them, refusing what does not belong there, and runs what they suggest."""
import base64
import contextlib
import html
import html.parser
import io
import os
import re
import subprocess
import sys

import report

VOID = {"meta", "img", "source", "br", "hr", "link", "input"}
LOADING = {"src", "srcset", "href", "data", "action", "poster", "background"}
SVG = "data:image/svg+xml;base64,"


def said_by(arguments):
    """The exit code of report.py and what it says."""
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        try:
            code = report.main(arguments.split())
        except SystemExit as left:  # of the parser of arguments
            code = left.code
    return code, said.getvalue()


def make(arguments):
    found = said_by(arguments)
    assert found == (0, ""), (arguments, found)


def refused(code, words, arguments):
    """In one line."""
    found, said = said_by(arguments)
    assert found == code and re.search(words, said), (arguments, found, said)
    assert said.count("\n") == 1 and said.endswith("\n"), said


def pasted(page, folder):
    """Runs what the page suggests, in the folder that it says. Returns the commands."""
    text = [html.unescape(re.sub("<[^>]+>", "", block)) for block in re.findall(r"<pre>(.*?)</pre>", page.source, re.S)]
    with open("paste.sh", "w", encoding="utf-8") as file:
        print("set -eu", f"cd {folder}", *text, sep="\n", file=file)
    environment = {**os.environ, "PATH": f"{os.getcwd()}/bin:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "paste.sh"], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, (done.stderr, text)
    return "\n".join(text)


def make_commands(draws: bool = True):
    """dko and dko-report, as they are called where they are installed; a report that does not draw has all but the figures."""
    os.makedirs("bin", exist_ok=True)
    without = "" if draws else "from dko.report import command; command.draw_figures = lambda *_: {}; "
    main = f"import sys; sys.argv[0] = 'dko-report'; {without}from dko.report import main; sys.exit(main())"
    for name, words in (("dko", f'"{os.environ["DKO"]}" "$@"'), ("dko-report", f"{sys.executable} -c \"{main}\" \"$@\"")):
        with open(f"bin/{name}", "w", encoding="utf-8") as file:
            print("#!/bin/sh", f"exec {words}", sep="\n", file=file)
        os.chmod(f"bin/{name}", 0o755)


class Page(html.parser.HTMLParser):
    """Reads a page, refusing tags that do not match, scripts, and anything that is loaded."""

    def __init__(self, name):
        super().__init__()
        self.open, self.text, self.pictures, self.figures, self.rows = [], [], [], [], 0
        with open(f"{name}.html", encoding="utf-8") as file:
            self.source = file.read()
        self.feed(self.source)
        self.close()
        assert not self.open, (name, self.open)
        self.text = " ".join("".join(self.text).split())

    def handle_starttag(self, tag, attrs):
        assert tag not in ("script", "link", "iframe", "object", "embed"), tag
        for key, value in attrs:
            assert not key.startswith("on"), key
            if key in LOADING:
                assert value.startswith("#") or value.startswith(SVG), (tag, key, value[:60])
            if key in ("src", "srcset"):
                self.pictures.append(base64.b64decode(value[len(SVG):]))
            if tag == "figure" and key == "id":
                self.figures.append(value)
        self.rows += tag == "tr"
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, (tag, self.open[-3:])
        self.open.pop()

    def handle_data(self, data):
        if "style" not in self.open:
            self.text.append(data)
