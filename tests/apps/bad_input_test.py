"""Bad command lines and bad catalogues: every case ends with the documented exit code and a message that names file,
row, value and rule, and what stands beside it still succeeds."""

import unittest

from harness import (ALL_FINE, SOME_FAILED, USAGE, VERBS, Case, FolderServer, read_csv, run, tone, tree, write_csv,
                     write_wav)



class CommandLine(Case):
    def test_an_unknown_verb_is_refused_with_the_known_ones(self):
        self.assertRefused(run("fetsch"), "'fetsch'", ", ".join(VERBS[:-1]) + " or " + VERBS[-1], "--help")

    def test_no_verb_prints_the_usage_and_fails(self):
        result = run()
        self.assertExit(result, USAGE)
        self.assertEqual(result.out, "")
        self.assertSays(result.err, "usage: hitscope VERB", *VERBS)

    def test_an_unknown_flag_is_refused_by_every_verb(self):
        inputs = {"fetch": ("a.csv", "--out", "o"), "render": ("a", "--out", "o"), "train": ("a.csv", "--out", "o"),
                  "score": ("r", "a.wav"), "audit": ("a.csv",), "export": ("r",)}
        for verb in VERBS:
            with self.subTest(verb=verb):
                self.assertRefused(run(verb, *inputs.get(verb, ("a",)), "--colour", "red"), f"hitscope {verb}", "--colour",
                                   f"hitscope {verb} --help")

    def test_a_switch_takes_no_value(self):
        for args in (["fetch", "x.csv", "--out", "x", "--dry-run=no"], ["doctor", "--json=3"], ["train", "x.csv", "--quiet=0"]):
            self.assertRefused(run(*args), "takes no value", args[-1])

    def test_a_file_in_place_of_a_folder_is_refused(self):
        file = self.tmp / "file"
        file.touch()
        songs = write_csv(self.tmp / "songs.csv", ["id", "preview_url"], [["a", "http://127.0.0.1:9/a"]])
        clips = self.tmp / "clips"
        clips.mkdir()
        write_wav(clips / "a.wav", tone(440, 1.0, 8000), 8000)
        for out in (file, file / "below"):
            for args in (("fetch", songs), ("render", clips)):
                self.assertRefused(run(*args, "--out", out), f"{out} cannot be a folder: {file} is a file")

    def test_missing_arguments_are_named(self):
        for verb, missing in (("fetch", "--out"), ("render", "CLIPS"), ("audit", "--predictions"), ("train", "--out"),
                              ("score", "RUN")):
            with self.subTest(verb=verb):
                self.assertRefused(run(verb), missing)
        self.assertRefused(run("fetch", "--out", self.tmp / "store"), "the argument CATALOGUE is missing")

    def test_what_a_command_line_lacks_or_has_too_much_is_said_with_the_option(self):
        render = ("render", "a", "--out", "o")
        for words, said in ((("render", "--out", "o"), "the argument CLIPS is missing"),
                            (("fetch", "a"), "--out FOLDER is required"),
                            (("render", "a", "--out"), "--out needs a value: --out FOLDER"),
                            ((*render, "--image-range", "1"), "--image-range needs 2 values: --image-range LOW HIGH"),
                            ((*render, "--image-range", "1", "2", "--image-range", "3", "4"), "given more than once"),
                            (("render", "a", "b", "--out", "o"), "unexpected argument 'b'"),
                            (("export", "a", "b"), "unexpected argument 'b'"),
                            ((*render, "-x"), "unexpected argument '-x'")):
            with self.subTest(words=words):
                self.assertRefused(run(*words), said, f"(see hitscope {words[0]} --help)")

    def test_every_help_has_examples_and_exit_codes(self):
        for verb in VERBS:
            with self.subTest(verb=verb):
                result = run(verb, "--help")
                self.assertExit(result, ALL_FINE)
                self.assertEqual(result.err, "")
                self.assertSays(result.out, "Examples:", f"  hitscope {verb} ", "Exit codes:",
                               "wrong usage or unusable input", "stopped before the end")
        for flag in ("--help", "-h", "help"):
            result = run(flag)
            self.assertExit(result, ALL_FINE)
            self.assertSays(result.out, "usage: hitscope VERB", "Exit codes:", "  hitscope score run")


class FetchCatalogue(Case):
    def refused(self, text, *parts):
        path = self.tmp / "songs.csv"
        path.write_bytes(text)
        result = run("fetch", path, "--out", self.tmp / "store")
        self.assertRefused(result, path, *parts)
        self.assertFalse((self.tmp / "store").exists(), "nothing is made for an unusable catalogue")

    def test_no_url_column(self):
        self.refused(b"track_id,artist\n1,a\n", "has no url column", "--url-column", "track_id, artist")

    def test_no_id_column(self):
        self.refused(b"preview_url,artist\nhttp://x.test/1,a\n", "has no id column", "--id-column",
                     "preview_url, artist")

    def test_a_column_named_by_flag_that_is_not_there(self):
        path = write_csv(self.tmp / "songs.csv", ["id", "url"], [[1, "http://x.test/1"]])
        result = run("fetch", path, "--out", self.tmp / "store", "--url-column", "mp3")
        self.assertRefused(result, path, "'mp3'", "--url-column", "id, url")

    def test_no_bytes(self):
        self.refused(b"", "is empty", "its first row must name the columns")

    def test_a_header_and_no_rows(self):
        path = write_csv(self.tmp / "songs.csv", ["id", "preview_url"], [])
        result = run("fetch", path, "--out", self.tmp / "store")
        self.assertRefused(result, path, "has a header but no rows")

    def test_no_such_file(self):
        result = run("fetch", self.tmp / "none.csv", "--out", self.tmp / "store")
        self.assertRefused(result, self.tmp / "none.csv", "cannot be opened")
        self.assertFalse((self.tmp / "store").exists())

    def test_settings_out_of_range(self):
        path = write_csv(self.tmp / "songs.csv", ["id", "url"], [[1, "http://x.test/1"]])
        for flag, value in (("--connections", "0"), ("--connections", "1000"), ("--max-attempts", "0"),
                            ("--max-megabytes", "0"), ("--max-megabytes", "-1"), ("--max-megabytes", "nan")):
            with self.subTest(flag=flag, value=value):
                result = run("fetch", path, "--out", self.tmp / "store", flag, value)
                self.assertRefused(result, flag.lstrip("-") + " is", "must be")


class FetchRows(Case):
    """One catalogue with every kind of bad row among good ones."""

    def setUp(self):
        super().setUp()
        served = self.tmp / "served"
        for i in range(3):
            write_wav(served / f"{i}.wav", tone(300 + 100 * i, 0.2))
        (served / "page.mp3").write_text("<html>gone</html>")
        (served / "empty.mp3").write_bytes(b"")
        self.server = self.enterContext(FolderServer(served))
        url = self.server.url
        self.urls = [url("/0.wav"), url("/1.wav"), url("/2.wav"), "ftp://127.0.0.1/a.mp3", "file:///etc/passwd",
                     url("/page.mp3"), url("/nothing.mp3"), "", "not a url"]
        ids = ["good-0", "good-1", "../../etc/passwd", "ftp", "file", "page", "gone", "no-url", "no-scheme"]
        rows = list(zip(ids, self.urls)) + [("good-0", url("/2.wav")), ("", url("/2.wav")), ("good/2", url("/2.wav"))]
        self.outer = self.tmp / "outer"
        self.store = self.outer / "inner" / "store"
        self.store.parent.mkdir(parents=True)
        self.catalogue = write_csv(self.tmp / "songs.csv", ["id", "preview_url"], rows)
        with self.catalogue.open("a") as file:
            file.write("one,two,three\n")
        self.n_rows = len(rows) + 1

    def test_bad_rows_fail_with_file_row_value_and_rule_and_good_rows_succeed(self):
        result = run("fetch", self.catalogue, "--out", self.store, "--allow-private-addresses", "--max-attempts", "1")
        self.assertExit(result, SOME_FAILED)
        rows = read_csv(self.store / "results.csv")
        self.assertEqual([int(r["row"]) for r in rows], list(range(2, 2 + self.n_rows)), "one row out per row in")
        by_row = {int(r["row"]): r for r in rows}
        ok = {r["id"]: r for r in rows if r["status"] == "ok"}
        self.assertEqual(sorted(ok), ["good-0", "good-1", "good/2"])
        clips = {row["file"]: row["sha256"] for row in ok.values()}
        self.assertEqual({f"clips/{name}": sha for name, sha in tree(self.store / "clips").items()}, clips)
        for file, sha in clips.items():
            self.assertEqual(file, f"clips/{sha[:2]}/{sha}.wav", "no id becomes a path")

        def fails(number, stage, kind, *parts):
            with self.subTest(row=number):
                self.assertRow(by_row[number], stage, kind, self.catalogue, f"row {number}", *parts)

        fails(4, "catalogue", "bad_id", "'../../etc/passwd'", "path segment '..'", "must not be a path")
        fails(5, "catalogue", "bad_url", "'ftp://127.0.0.1/a.mp3'", "scheme 'ftp'", "http or https")
        fails(6, "catalogue", "bad_url", "'file:///etc/passwd'", "scheme 'file'", "http or https")
        fails(7, "fetch", "error_body", self.server.url("/page.mp3"), "not audio", "<html>gone</html>")
        fails(8, "fetch", "http_status", self.server.url("/nothing.mp3"), "HTTP status 404")
        fails(9, "catalogue", "no_url", "has no preview URL")
        fails(10, "catalogue", "bad_url", "'not a url'", "http or https")
        fails(11, "catalogue", "duplicate_id", "'good-0'", "already used in row 2", "must be unique")
        fails(12, "catalogue", "bad_id", "''", "is empty", "every row needs an id")
        fails(14, "catalogue", "bad_row", "3 cells; the header has 2")
        # Nothing but the store, and in it nothing that is not its own.
        files = [name for name in tree(self.outer) if not name.startswith("inner/store/clips/")]
        self.assertEqual([n for n in files if n not in {f"inner/store/{f}" for f in
                         ("journal.sqlite", "journal.copy.sqlite", "journal.sqlite-shm", "journal.sqlite-wal", "results.csv", "failures.csv", ".lock")}], [])
        self.assertEqual([r["row"] for r in read_csv(self.store / "failures.csv")],
                         [r["row"] for r in rows if r["status"] == "failed"])
        self.assertSays(result.out, "3 of 13 rows have a clip", "catalogue/bad_id: 2", "catalogue/bad_url: 3",
                        "catalogue/no_url: 1; the catalogue has no preview URL for them")

    def test_a_loopback_address_needs_permission(self):
        catalogue = write_csv(self.tmp / "one.csv", ["id", "url"], [["a", self.server.url("/0.wav")]])
        result = run("fetch", catalogue, "--out", self.store)
        self.assertExit(result, SOME_FAILED)
        rows = read_csv(self.store / "results.csv")
        self.assertEqual(len(rows), 1)
        self.assertRow(rows[0], "fetch", "forbidden_address", catalogue, "row 2", self.server.url("/0.wav"),
                       "private or loopback")
        self.assertEqual(self.server.snapshot().total(), 0, "no connection is made")


if __name__ == "__main__":
    unittest.main(verbosity=2)
