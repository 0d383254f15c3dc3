"""What the tests of the source tree share: files, their includes, and the rooms that CMake declares."""

import re
import subprocess

from harness import ROOT

FOLDERS = ("ingest", "dsp", "models", "apps", "tests", "assets")
ROOM_FOLDERS = ("ingest", "dsp", "models", "apps")  # where rooms are
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
ROOM = re.compile(r"\b(hitscope_room|hitscope_torch_room)\(\s*SOURCES\s([^()]*)\)")
KEYWORDS = ("SOURCES", "PLAIN", "ROOMS", "LIBRARIES")


def git(*args):
    return subprocess.run(["git", "-C", str(ROOT), *args], capture_output=True, text=True, check=True).stdout


def sources(folders=FOLDERS):
    """Paths of the C++ files."""
    return sorted(p for folder in folders for p in (ROOT / folder).rglob("*") if p.suffix in (".h", ".cpp"))


def name_of(path):
    """A path relative to the root."""
    return path.relative_to(ROOT).as_posix()


def room_of(file):
    """The folder of a file or of an included path."""
    return file.rpartition("/")[0]


def includes(folders=FOLDERS):
    """(file relative to the root, quoted or angled, included path) of every #include."""
    for path in sources(folders):
        for mark, name in INCLUDE.findall(path.read_text(encoding="utf-8")):
            yield name_of(path), mark, name


class Room:
    """What a CMakeLists.txt says of its folder: `rooms` as paths, `has_torch` for a hitscope_torch_room."""

    def __init__(self, function, words):
        self.has_torch = function == "hitscope_torch_room"
        lists, keyword = {k: [] for k in KEYWORDS}, "SOURCES"
        for word in words:
            if word in KEYWORDS:
                keyword = word
            else:
                lists[keyword].append(word)
        self.sources = lists["SOURCES"] + lists["PLAIN"]
        self.rooms = [word.replace("::", "/") for word in lists["ROOMS"]]


def rooms():
    """Folder -> Room."""
    found = {}
    for folder in ROOM_FOLDERS:
        for path in sorted((ROOT / folder).rglob("CMakeLists.txt")):
            text = re.sub(r"#[^\n]*", "", path.read_text(encoding="utf-8"))
            for function, body in ROOM.findall(text):
                if "${room_SOURCES}" not in body:
                    found[name_of(path.parent)] = Room(function, re.sub(r"\$\{[^}]*\}", " ", body).split())
    return found


def reachable(graph, start):
    """All that follows from `start`, which is not counted unless it follows from itself."""
    seen, waiting = set(), [start]
    while waiting:
        for name in graph.get(waiting.pop(), ()):
            if name not in seen:
                seen.add(name)
                waiting.append(name)
    return seen


def circles(graph):
    """Nodes that lead back to themselves."""
    return sorted(node for node in graph if node in reachable(graph, node))


def without_comments(text):
    """C++ with comments blanked out and literals kept, lines where they were."""
    return _blanked(text, literals=False)


def without_literals(text):
    """C++ with comments, strings and characters blanked out, lines and columns where they were."""
    return _blanked(text, literals=True)


_TOKEN = re.compile(r'(?P<comment>//(?:\\\n|[^\n])*|/\*.*?\*/)'
                    r'|(?P<literal>R"(?P<mark>[^()\\\s]*)\(.*?\)(?P=mark)"|"(?:\\.|[^"\\\n])*"'
                    r"|(?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])+')", re.DOTALL)


def _blanked(text, literals):
    def blank(match):
        if match["comment"] is None and not literals:
            return match[0]
        return re.sub(r"[^\n]", " ", match[0])
    return _TOKEN.sub(blank, text)


def strings(text):
    """(line, string literal without its quotes) of a C++ file."""
    for match in _TOKEN.finditer(text):
        if match["literal"] is not None and not match["literal"].startswith("'"):
            yield text.count("\n", 0, match.start()) + 1, match["literal"].strip('"')
