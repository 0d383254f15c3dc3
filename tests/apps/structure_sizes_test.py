"""Files, functions and rooms stay small, and libraries speak of fields, not of flags."""

import re
import unittest
from collections import Counter

from harness import ROOT
from source_tree import FOLDERS, name_of, sources, strings, without_literals

LONGEST_FILE = 300
LONGEST_FUNCTION = 40
LARGEST_ROOM = 0.2  # of the lines of apps
SUFFIXES = (".h", ".cpp", ".py", ".js", ".css", ".cmake")
# "--flag" in a literal of dsp, ingest or models: file -> why it cannot be otherwise.
FLAGS_ALLOWED = {}

HEAD_END = re.compile(r"[;{}]|\b(?:public|private|protected)\s*:(?!:)")
SCOPE = re.compile(r'\b(namespace|extern "C"|extern\s*$)')
CLASS = re.compile(r"\b(class|struct|union|enum)\b[^()]*$")


def matching(text, start):
    """Place of the bracket that closes the one at `start`."""
    depth = 0
    for at in range(start, len(text)):
        depth += (text[at] == "{") - (text[at] == "}")
        if depth == 0:
            return at
    raise AssertionError(f"no end to the bracket at {start}")


def functions(text):
    """(name, first line, number of lines) of every function that is defined in a C++ file, from its name to its last
    bracket. Lambdas and local classes count as part of the function around them."""
    text = re.sub(r"^[ \t]*#(?:\\\n|[^\n])*", lambda m: re.sub(r"[^\n]", " ", m[0]), without_literals(text), flags=re.M)
    found, at, head_start = [], 0, 0
    while match := HEAD_END.search(text, at):
        at = match.end()
        if match[0] != "{":
            head_start = at
            continue
        head = text[head_start:match.start()]
        if SCOPE.search(head) or CLASS.search(re.sub(r"<[^<>]*>", "", head)):
            head_start = at
            continue
        end = matching(text, match.start())
        at = end + 1
        is_value = not head[-1:].isspace() or head.rstrip()[-1:] in ("=", ",", "(")  # a{1}, = {1, 2}
        if "(" not in head or (is_value and not head.rstrip().endswith(")")):
            continue
        if not re.match(r"\s*catch\b", head):
            first = text.count("\n", 0, head_start + len(head) - len(head.lstrip())) + 1
            name = re.search(r"(operator ?\(\)|operator\S+?|[\w:~]+)\s*\(", head)
            found.append([name[1] if name else "?", first, 0])
        if found:
            found[-1][2] = text.count("\n", 0, end) + 1 - found[-1][1] + 1
        head_start = at
    return found


class Sizes(unittest.TestCase):
    maxDiff = None

    def test_functions_are_found(self):
        """Of a file with every kind of them."""
        text = """namespace a {
namespace {
constexpr int kOnes[] = {1, 1};
struct Value {
  int x{3};
  Value(int y)
      : x{y} {
  }
  bool operator()(int z) const { return z == '{'; }
};
}  // namespace
template <class T>
int f(T t, int g = 2) {
  const auto h = [] {
    return "}";
  };
  return h();
}
void tried() try {
} catch (const E& e) {
  f(e);
}
}  // namespace a
"""
        self.assertEqual([(name, first, n) for name, first, n in functions(text)],
                         [("Value", 6, 3), ("operator()", 9, 1), ("f", 12, 7), ("tried", 19, 4)])

    def test_no_file_is_long(self):
        wrong = []
        for folder in FOLDERS:
            for path in sorted((ROOT / folder).rglob("*")):
                if path.suffix in SUFFIXES or path.name == "CMakeLists.txt":
                    n = len(path.read_text(encoding="utf-8").splitlines())
                    if n > LONGEST_FILE:
                        wrong.append(f"{name_of(path)} has {n} lines")
        self.assertEqual(wrong, [], f"at most {LONGEST_FILE}")

    def test_no_function_is_long(self):
        wrong, n_found = [], 0
        for path in sources():
            for name, first, n in functions(path.read_text(encoding="utf-8")):
                n_found += 1
                if n > LONGEST_FUNCTION:
                    wrong.append(f"{name_of(path)}:{first} {name} has {n} lines")
        self.assertGreater(n_found, 1000)
        self.assertEqual(wrong, [], f"at most {LONGEST_FUNCTION}")

    def test_no_room_of_apps_is_most_of_them(self):
        lines = Counter()
        for path in sources(("apps",)):
            lines[name_of(path.parent)] += len(path.read_text(encoding="utf-8").splitlines())
        room, n = lines.most_common(1)[0]
        self.assertLessEqual(n / lines.total(), LARGEST_ROOM, room)

    def test_libraries_know_no_flags(self):
        wrong = []
        for path in sources(("dsp", "ingest", "models")):
            if name_of(path) not in FLAGS_ALLOWED:
                # A setting whose flag is not its field's name says so in its description, and only there.
                text = re.sub(r"\.flag = \"[^\"]*\"", ".flag = \"\"", path.read_text(encoding="utf-8"))
                wrong += [f"{name_of(path)}:{line} {text}" for line, text in strings(text)
                          if re.search(r"(?<![\w-])--[a-z]", text)]
        self.assertEqual(wrong, [], "name the field; apps/shell names the flag")


if __name__ == "__main__":
    unittest.main(verbosity=2)
