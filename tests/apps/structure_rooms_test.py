"""The rooms of the source tree: a room is a folder, a CMake library and a namespace. Arrows between rooms are those that
CMake lists, none of them leads back, and rooms without tensors stay without them."""

import re
import unittest

from harness import ROOT
from source_tree import (ROOM_FOLDERS, circles, includes, name_of, reachable, room_of, rooms, sources, without_comments,
                         without_literals)

# Rooms that must start in milliseconds: they neither include nor link LibTorch.
WITHOUT_TENSORS = ("ingest", "ingest/mp3", "ingest/tables", "dsp", "models", "models/data", "models/evaluation",
                   "models/neural/recipes", "apps/shell", "apps/clips", "apps/spectrograms", "apps/fetch",
                   "apps/render", "apps/examples", "apps/audit", "apps/doctor")
TORCH = re.compile(r"(torch|ATen|c10)/")
# Folders whose name is a word of C++.
NAMESPACES = {"export": "exporting"}
# Files that need no namespace of their own.
WITHOUT_NAMESPACE = {"apps/main.cpp": "a program", "dsp/simd.h": "macros only"}
# namespace a::b { class C; struct D; }: names of others, not a room's own.
ONLY_DECLARATIONS = re.compile(r"^namespace [\w:]+ \{\s*((class|struct|enum class) [\w: ]+;\s*)+\}", re.MULTILINE)


def is_program(file):
    """apps/VERB/VERB.cpp, the main file of a verb."""
    parts = file.split("/")
    return parts[0] == "apps" and len(parts) == 3 and parts[2] == parts[1] + ".cpp"


class Rooms(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.rooms = rooms()
        cls.includes = list(includes())
        cls.included = {room: set() for room in cls.rooms}
        for file, mark, name in cls.includes:
            if mark == '"' and room_of(file) in cls.rooms and room_of(name) != room_of(file):
                cls.included[room_of(file)].add(room_of(name))

    def test_every_folder_with_sources_is_a_room(self):
        folders = {room_of(name_of(path)) for path in sources(ROOM_FOLDERS)} - {"apps"}  # apps/main.cpp
        self.assertEqual(sorted(folders), sorted(self.rooms))

    def test_every_source_is_built_by_its_room(self):
        for room, declared in self.rooms.items():
            with self.subTest(room=room):
                there = {p.name for p in (ROOT / room).glob("*.cpp") if not is_program(name_of(p))}
                self.assertEqual(sorted(there ^ {s for s in declared.sources if "/" not in s}), [])

    def test_a_room_lists_the_rooms_that_it_includes_and_no_others(self):
        for room, declared in self.rooms.items():
            with self.subTest(room=room):
                self.assertEqual(sorted(self.included[room] - set(declared.rooms)), [], "included but not in ROOMS")
                self.assertEqual(sorted(set(declared.rooms) - self.included[room]), [], "in ROOMS but not included")

    def test_no_room_leads_back_to_itself(self):
        self.assertEqual(circles(self.included), [])

    def test_no_file_leads_back_to_itself(self):
        graph = {}
        for file, mark, name in self.includes:
            if mark == '"':
                graph.setdefault(file, set()).add(name)
        self.assertEqual(circles(graph), [])

    def test_rooms_without_tensors_include_none(self):
        """Not even by way of another room's header."""
        graph = {}
        for file, _, name in self.includes:
            graph.setdefault(file, set()).add(name)
        wrong = [f"{file} reaches <{name}>" for file in graph if room_of(file) in WITHOUT_TENSORS
                 for name in reachable(graph, file) if TORCH.match(name)]
        self.assertEqual(wrong, [])

    def test_rooms_without_tensors_link_none(self):
        graph = {room: declared.rooms for room, declared in self.rooms.items()}
        self.assertEqual(sorted(set(WITHOUT_TENSORS) - set(graph)), [], "no such room")
        wrong = [f"{room} links {other}" for room in WITHOUT_TENSORS for other in sorted({room} | reachable(graph, room))
                 if self.rooms[other].has_torch]
        self.assertEqual(wrong, [])

    def test_the_namespace_of_a_file_is_its_path(self):
        wrong = []
        for path in sources(ROOM_FOLDERS):
            file, text = name_of(path), without_literals(path.read_text(encoding="utf-8"))
            wanted = "::".join(["hitscope", *(NAMESPACES.get(part, part) for part in room_of(file).split("/"))])
            opened = re.findall(r"^namespace ([\w:]+) \{", ONLY_DECLARATIONS.sub("", text), re.MULTILINE)
            # A file may open a namespace of its own inside its room's.
            if any(name not in (wanted, f"{wanted}::{path.stem}") for name in opened):
                wrong.append(f"{file} opens {', '.join(sorted(set(opened)))} instead of {wanted}")
            elif not opened and file not in WITHOUT_NAMESPACE and not is_program(file):
                wrong.append(f"{file} does not open {wanted}")
        self.assertEqual(wrong, [])

    def test_only_apps_know_wrong_usage(self):
        wrong = [name_of(path) for path in sources(("dsp", "ingest", "models", "assets"))
                 if re.search(r"\bUsageError\b", without_comments(path.read_text(encoding="utf-8")))]
        self.assertEqual(wrong, [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
