"""Bad input: every case ends with the documented exit code and a message that names file, row, value and rule, and
what stands beside it still succeeds."""

import json
import math
import pathlib
import shutil
import unittest

from harness import (ALL_FINE, SOME_FAILED, USAGE, VERBS, Case, FolderServer, float_wav_bytes, front_end,
                     make_demo, make_tones, read_csv, read_json, run, tone, tree, wav_bytes, write_csv, write_wav)

INDEX_COLUMNS = ("row", "id", "clip", "status", "shard", "offset", "xxh128", "duration_s", "sample_rate", "channels",
                 "media_type", "stage", "kind", "detail")


class CommandLine(Case):
    def test_an_unknown_verb_is_refused_with_the_known_ones(self):
        self.assertRefused(run("fetsch"), "'fetsch'", "fetch, render, audit, train, score or export", "--help")

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
                self.assertRefused(run(verb, *inputs[verb], "--colour", "red"), f"hitscope {verb}", "--colour",
                                   f"hitscope {verb} --help")

    def test_missing_arguments_are_named(self):
        for verb, missing in (("fetch", "--out"), ("render", "clips"), ("audit", "--predictions"), ("train", "table"),
                              ("score", "run")):
            with self.subTest(verb=verb):
                self.assertRefused(run(verb), missing)
        self.assertRefused(run("fetch", "--out", self.tmp / "store"), "the catalogue is missing")

    def test_every_help_has_examples_and_exit_codes(self):
        for verb in VERBS:
            with self.subTest(verb=verb):
                result = run(verb, "--help")
                self.assertExit(result, ALL_FINE)
                self.assertEqual(result.err, "")
                self.assertSays(result.out, "Examples:", f"  hitscope {verb} ", "Exit codes: 0 ", "2 wrong usage or unusable input", "3 stopped before the end")
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
        fails(9, "catalogue", "bad_url", "''", "is empty", "http or https")
        fails(10, "catalogue", "bad_url", "'not a url'", "http or https")
        fails(11, "catalogue", "duplicate_id", "'good-0'", "already used in row 2", "must be unique")
        fails(12, "catalogue", "bad_id", "''", "is empty", "every row needs an id")
        fails(14, "catalogue", "bad_row", "3 cells; the header has 2")
        # Nothing but the store, and in it nothing that is not its own.
        files = [name for name in tree(self.outer) if not name.startswith("inner/store/clips/")]
        self.assertEqual([n for n in files if n not in {f"inner/store/{f}" for f in
                         ("journal.sqlite", "journal.sqlite-shm", "journal.sqlite-wal", "results.csv", "failures.csv", ".lock")}], [])
        self.assertEqual([r["row"] for r in read_csv(self.store / "failures.csv")],
                         [r["row"] for r in rows if r["status"] == "failed"])
        self.assertSays(result.out, "3 of 13 rows have a clip", "catalogue/bad_id: 2", "catalogue/bad_url: 4")

    def test_a_loopback_address_needs_permission(self):
        catalogue = write_csv(self.tmp / "one.csv", ["id", "url"], [["a", self.server.url("/0.wav")]])
        result = run("fetch", catalogue, "--out", self.store)
        self.assertExit(result, SOME_FAILED)
        rows = read_csv(self.store / "results.csv")
        self.assertEqual(len(rows), 1)
        self.assertRow(rows[0], "fetch", "forbidden_address", catalogue, "row 2", self.server.url("/0.wav"),
                       "private or loopback", "--allow-private-addresses")
        self.assertEqual(self.server.snapshot().total(), 0, "no connection is made")


class RenderFiles(Case):
    def render(self, source, *options, out="specs", **changes):
        return run("render", source, "--out", self.tmp / out, *front_end(**changes), *options)

    def index(self, out="specs"):
        rows = read_csv(self.tmp / out / "index.csv")
        self.assertEqual(tuple(rows[0]), INDEX_COLUMNS)
        return rows

    def test_every_broken_file_is_one_failed_row_and_the_good_ones_are_rendered(self):
        clips = self.tmp / "clips"
        write_wav(clips / "good.wav", tone(440))
        write_wav(clips / "stereo.wav", tone(440), channels=2)
        (clips / "zero.wav").write_bytes(b"")
        (clips / "text.mp3").write_text("this is a text\n" * 100)
        samples = tone(440)
        samples[1234] = math.nan
        (clips / "nan.wav").write_bytes(float_wav_bytes(samples))
        write_wav(clips / "short.wav", tone(440)[:10])
        write_wav(clips / "eight.wav", tone(440), channels=8)
        (clips / "cut.wav").write_bytes(wav_bytes(tone(440))[:8044])
        (clips / "header.wav").write_bytes(wav_bytes(tone(440))[:20])
        demo = make_demo(self.tmp / "demo", 2, 2, 5)
        whole, other = sorted((demo / "clips").glob("*.mp3"))
        shutil.copy(other, clips / "whole.mp3")
        (clips / "cut.mp3").write_bytes(whole.read_bytes()[:whole.stat().st_size // 2])

        result = self.render(clips, duration=5)
        self.assertExit(result, SOME_FAILED)
        rows = {r["clip"]: r for r in self.index()}
        self.assertEqual(sorted(rows), sorted(p.name for p in clips.iterdir()), "one row out per file in")
        self.assertEqual(len(self.index()), len(rows))
        self.assertEqual(sorted(n for n, r in rows.items() if r["status"] == "ok"),
                         ["good.wav", "stereo.wav", "whole.mp3"])
        self.assertEqual((rows["stereo.wav"]["channels"], rows["whole.mp3"]["media_type"]), ("2", "audio/mpeg"))
        for name, kind, *parts in (
                ("zero.wav", "empty", "no bytes"),
                ("text.mp3", "not_audio", "WAV, FLAC, OGG, MP3, M4A, AAC or AIFF"),
                ("nan.wav", "not_finite", "sample 1234", "all must be"),
                ("short.wav", "too_short", "10 samples", "at least 0.05 s", "--min-duration"),
                ("eight.wav", "too_many_channels", "8 channels", "at most 2", "--max-channels"),
                ("cut.wav", "truncated", "promises 1 s", "holds 0.5 s"),
                ("cut.mp3", "truncated", "promises 5 s", "holds 2."),
                ("header.wav", "undecodable")):
            with self.subTest(clip=name):
                self.assertRow(rows[name], "decode", kind, clips / name, *parts)
                self.assertEqual((rows[name]["shard"], rows[name]["offset"]), ("", ""))
        self.assertSays(result.out, "3 of 11 clips", "decode/truncated: 2", clips / "cut.mp3")

    def test_eight_channels_are_averaged_on_request(self):
        clips = self.tmp / "clips"
        write_wav(clips / "eight.wav", tone(440), channels=8)
        write_wav(clips / "one.wav", tone(440))
        self.assertExit(self.render(clips, "--max-channels", "8"), ALL_FINE)
        self.assertEqual([(r["id"], r["channels"]) for r in self.index()], [("eight", "8"), ("one", "1")])

    def test_a_missing_path_in_a_csv_of_paths_is_a_failed_row(self):
        write_wav(self.tmp / "a.wav", tone(440))
        write_wav(self.tmp / "b.wav", tone(880))
        paths = write_csv(self.tmp / "paths.csv", ["id", "path"], [["a", "a.wav"], ["gone", "gone.wav"], ["b", "b.wav"]])
        self.assertExit(self.render(paths), SOME_FAILED)
        rows = self.index()
        self.assertEqual([(r["id"], r["status"]) for r in rows], [("a", "ok"), ("gone", "failed"), ("b", "ok")])
        self.assertRow(rows[1], "decode", "unreadable", self.tmp / "gone.wav", "No such file")

    def test_unusable_inputs_are_refused(self):
        (self.tmp / "bare").mkdir()
        (self.tmp / "bare" / "notes.txt").write_text("x")
        no_path = write_csv(self.tmp / "no_path.csv", ["id", "title"], [["a", "b"]])
        no_rows = write_csv(self.tmp / "no_rows.csv", ["id", "path"], [])
        (self.tmp / "empty.csv").write_bytes(b"")
        for source, part in ((self.tmp / "bare", "holds no audio file"), (self.tmp / "none", "no such file or folder"),
                             (no_path, "no column of audio paths"), (no_rows, "has a header but no rows"),
                             (self.tmp / "empty.csv", "is empty")):
            with self.subTest(source=source.name):
                self.assertRefused(self.render(source), source, part)
                self.assertFalse((self.tmp / "specs").exists())

    def test_a_folder_rendered_with_other_settings_is_refused_and_left_alone(self):
        write_wav(self.tmp / "clips" / "a.wav", tone(440))
        self.assertExit(self.render(self.tmp / "clips"), ALL_FINE)
        before = tree(self.tmp / "specs")
        result = self.render(self.tmp / "clips", n_mels=40, hop_length=160)
        self.assertRefused(result, self.tmp / "specs" / "render.json", "n_mels is 32 there and 40 now",
                           "hop_length is 320 there and 160 now")
        self.assertNotIn("n_fft is", result.err, "equal fields are not named")
        self.assertEqual(tree(self.tmp / "specs"), before)

    def test_bad_front_end_values_are_refused_by_name_value_and_rule(self):
        write_wav(self.tmp / "a.wav", tone(440))
        for field, value, *parts in (("n_fft", "0", "n_fft is 0", "2 to 1048576"),
                                     ("f_max", "20000", "f_max is 20000", "at most half the sample rate"),
                                     ("f_min", "-1", "f_min is -1", "at least 0"),
                                     ("f_min", "4000", "f_max", "greater than f_min"),
                                     ("hop_length", "0", "hop_length is 0", "at least 1"),
                                     ("win_length", "512", "win_length is 512", "1 to n_fft"),
                                     ("n_mels", "0", "n_mels is 0", "1 to 4096"),
                                     ("sample_rate", "10", "sample_rate is 10", "1000 to 384000"),
                                     ("power", "0", "power is 0", "greater than 0"),
                                     ("power", "nan", "power is", "greater than 0"),
                                     ("top_db", "-1", "top_db is -1", "at least 0"),
                                     ("top_db", "nan", "top_db is", "at least 0"),
                                     ("duration", "0", "duration is 0", "above 0"),
                                     ("duration", "nan", "duration is", "above 0"),
                                     ("n_mels", "many", "--n-mels", "many"),
                                     ("window", "square", "--window", "square", "hann")):
            with self.subTest(field=field, value=value):
                self.assertRefused(self.render(self.tmp / "a.wav", **{field: value}), *parts)
                self.assertFalse((self.tmp / "specs").exists())

    def test_bad_decoding_limits_are_refused_rather_than_failing_every_row(self):
        write_wav(self.tmp / "a.wav", tone(440))
        for field, value, rule in (("max_channels", "0", "1 to 64"), ("max_channels", "65", "1 to 64"),
                                   ("min_duration", "-1", "0 to 86400"), ("min_duration", "nan", "0 to 86400")):
            with self.subTest(field=field, value=value):
                result = self.render(self.tmp / "a.wav", out=f"{field}-{value}", **{field: value})
                self.assertRefused(result, field.replace("_", "-") + " is", rule)


class TrainInput(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.holder = cls("runTest")
        cls.holder.setUp()
        cls.clips = cls.holder.tmp / "clips"
        cls.made = make_tones(cls.clips, 24, seconds=0.5)
        cls.specs = cls.holder.tmp / "specs"
        result = run("render", cls.clips, "--out", cls.specs, *front_end())
        if result.code != ALL_FINE:
            raise AssertionError(str(result))
        cls.addClassCleanup(cls.holder.doCleanups)

    def runTest(self):
        """Only the holder of the class's folder."""

    def songs(self, name="songs.csv", rows=None):
        """id, artist, popularity, tempo of the 24 clips: popularity 10 or 90."""
        if rows is None:
            rows = [[i, f"artist {k // 2}", 10 if label == "low" else 90, 100 + 7 * k % 13]
                    for k, (i, label) in enumerate(self.made)]
        return write_csv(self.tmp / name, ["track_id", "artist", "popularity", "tempo"], rows)

    def train(self, catalogue, *options, out="run"):
        return run("train", catalogue, "--out", self.tmp / out, "--epochs", "1", "--threads", "1", *options)

    def test_bad_popularities_and_ids_are_failed_rows_and_the_others_are_used(self):
        rows = [[i, f"artist {k // 2}", 10 if label == "low" else 90, 100 + 7 * k % 13]
                for k, (i, label) in enumerate(self.made)]
        rows[3][2], rows[4][2], rows[5][2], rows[6][2] = "abc", "101", "", "-1"
        rows[7][2] = "nan"
        rows.append(["clip-000", "artist 0", "10", "100"])  # a duplicate
        rows.append(["unheard", "artist 0", "10", "100"])  # no spectrogram
        rows.append(["../../etc/passwd", "artist 0", "10", "100"])
        catalogue = self.songs(rows=rows)
        result = self.train(catalogue, "--spectrograms", self.specs, "--heads", "logistic")
        self.assertExit(result, SOME_FAILED)
        out = read_csv(self.tmp / "run" / "predictions.csv")
        self.assertEqual([int(r["row"]) for r in out], list(range(2, 2 + len(rows))), "one row out per row in")
        by_row = {int(r["row"]): r for r in out}
        for number, value in ((5, "abc"), (6, "101"), (7, ""), (8, "-1"), (9, "nan")):
            with self.subTest(value=value):
                self.assertRow(by_row[number], "train", "bad_value", catalogue, f"row {number}",
                               f"popularity is '{value}'", "a number from 0 to 100")
        self.assertRow(by_row[26], "catalogue", "duplicate_id", catalogue, "row 26", "'clip-000'", "already used in row 2")
        self.assertRow(by_row[27], "render", "missing", "'unheard'", "no spectrogram", self.specs)
        self.assertRow(by_row[28], "catalogue", "bad_id", catalogue, "row 28", "'../../etc/passwd'", "'..'")
        self.assertEqual(sum(r["status"] == "ok" for r in out), 19)
        self.assertSays(result.out, "19 of 27 rows used", "train/bad_value: 5")

    def test_catalogues_that_cannot_be_used_are_refused(self):
        empty = self.tmp / "empty.csv"
        empty.write_bytes(b"")
        header = write_csv(self.tmp / "header.csv", ["track_id", "popularity", "tempo"], [])
        no_label = write_csv(self.tmp / "no_label.csv", ["track_id", "tempo"], [["a", 1], ["b", 2]])
        hopeless = write_csv(self.tmp / "hopeless.csv", ["track_id", "popularity", "tempo"], [["a", "x", 1]])
        for catalogue, *parts in ((empty, "is empty"), (header, "has a header but no rows"),
                                  (no_label, "has no popularity column", "--popularity-column", "--target"),
                                  (hopeless, "'popularity' holds text", "--labels 34,67 needs numbers"),
                                  (self.tmp / "none.csv", "cannot be opened")):
            with self.subTest(catalogue=catalogue.name):
                self.assertRefused(self.train(catalogue), catalogue, *parts)
                self.assertFalse((self.tmp / "run").exists())

    def test_spectrograms_need_an_id_column(self):
        catalogue = write_csv(self.tmp / "no_id.csv", ["popularity", "tempo"], [[10, 1], [90, 2]])
        self.assertRefused(self.train(catalogue, "--spectrograms", self.specs), catalogue, "has no id column")

    def test_columns_named_by_flag_must_exist(self):
        catalogue = self.songs()
        for flag in ("--target", "--group-column", "--split-column", "--features"):
            with self.subTest(flag=flag):
                self.assertRefused(self.train(catalogue, flag, "mood"), catalogue, flag, "'mood'",
                                   "track_id, artist, popularity, tempo")
                self.assertFalse((self.tmp / "run").exists())

    def test_a_folder_that_is_not_a_render_is_refused(self):
        catalogue = self.songs()
        (self.tmp / "bare").mkdir()
        for folder in (self.tmp / "nowhere", self.tmp / "bare"):
            with self.subTest(folder=folder.name):
                self.assertRefused(self.train(catalogue, "--spectrograms", folder), folder / "render.json",
                                   "hitscope render")

    def test_damaged_render_folders_are_refused_by_file(self):
        catalogue = self.songs()
        for name, damage, *parts in (
                ("render.json", lambda p: p.write_text(p.read_text().replace('"n_mels": 32', '"n_mels": 31')),
                 "front_end_hash"),
                ("index.csv", lambda p: p.unlink()),
                ("index.csv", lambda p: p.write_text("a,b\n1,2\n"), "columns"),
                ("shard-00000.npy", lambda p: p.unlink(), "cannot be opened"),
                ("shard-00000.npy", lambda p: p.write_bytes(p.read_bytes()[:-100]), "shape"),
                ("shard-00000.npy", lambda p: p.write_bytes(b"nonsense"), "shape")):
            with self.subTest(file=name):
                folder = self.tmp / "damaged"
                shutil.copytree(self.specs, folder)
                damage(folder / name)
                self.assertRefused(self.train(catalogue, "--spectrograms", folder), folder / name, *parts)
                shutil.rmtree(folder)

    def test_heads_need_their_data(self):
        catalogue = self.songs()
        self.assertRefused(self.train(catalogue, "--heads", "cnn"), "--heads cnn", "needs --spectrograms")
        self.assertRefused(self.train(catalogue, "--heads", "mlp", "--features", "none", "--spectrograms", self.specs),
                           "--heads mlp", "table columns")
        self.assertRefused(self.train(catalogue, "--heads", "forest"), "'forest'", "mlp, random_forest")
        self.assertRefused(self.train(catalogue, "--features", "none"), "nothing to train on")

    def test_the_outcome_cannot_be_a_feature(self):
        self.assertRefused(self.train(self.songs(), "--features", "popularity"), "'popularity'", "must not be a feature")

    def test_a_run_folder_with_other_settings_is_refused_and_left_alone(self):
        catalogue = self.songs()
        self.assertExit(self.train(catalogue, "--heads", "logistic"), ALL_FINE)
        before = tree(self.tmp / "run")
        result = self.train(catalogue, "--heads", "logistic", "--seed", "2")
        self.assertExit(result, USAGE)
        self.assertSays(result.err, self.tmp / "run" / "run.json", "seed is 1 there and 2 now", "another --out")
        other = self.songs("other.csv", [[i, f"artist {k // 2}", 10 if label == "low" else 90, k % 5]
                                        for k, (i, label) in enumerate(self.made)])
        result = self.train(other, "--heads", "logistic")
        self.assertExit(result, USAGE)
        self.assertSays(result.err, self.tmp / "run" / "run.json", "tables_sha256 is")
        self.assertEqual(tree(self.tmp / "run"), before)


class ScoreRun(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = cls.shared_folder()
        cls.clips = folder / "clips"
        made = make_tones(cls.clips, 24, seconds=0.5)
        catalogue = write_csv(folder / "songs.csv", ["track_id", "pitch"], made)
        cls.trained = folder / "run"
        for args in (("render", cls.clips, "--out", folder / "specs", *front_end()),
                     ("train", catalogue, "--spectrograms", folder / "specs", "--out", cls.trained, "--target", "pitch",
                      "--features", "none", "--epochs", "1", "--threads", "1")):
            result = run(*args)
            if result.code != ALL_FINE:
                raise AssertionError(str(result))

    def runTest(self):
        """Only the holder of the class's folder."""

    def damaged(self):
        folder = self.tmp / "run"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.trained, folder)
        return folder

    def refused(self, folder, *parts):
        result = run("score", folder, self.clips / "clip-000.wav", "--threads", "1")
        self.assertRefused(result, *parts)

    def test_every_file_of_the_bundle_must_be_there(self):
        files = ["bundle.json"] + [f["name"] for h in read_json(self.trained / "bundle.json")["heads"]
                                   for f in h["files"]]
        self.assertIn("cnn.safetensors", files)
        for name in files:
            with self.subTest(file=name):
                folder = self.damaged()
                (folder / name).unlink()
                self.refused(folder, folder / name, "is missing")

    def test_one_changed_byte_in_the_weights_is_noticed(self):
        folder = self.damaged()
        weights = bytearray((folder / "cnn.safetensors").read_bytes())
        weights[-5] ^= 1
        (folder / "cnn.safetensors").write_bytes(weights)
        self.refused(folder, folder / "cnn.safetensors", "sha256 differs")

    def test_weights_cut_short_are_noticed(self):
        folder = self.damaged()
        weights = (folder / "cnn.safetensors").read_bytes()
        (folder / "cnn.safetensors").write_bytes(weights[:len(weights) // 2])
        self.refused(folder, folder / "cnn.safetensors", "sha256 differs")

    def edited(self, change):
        folder = self.damaged()
        bundle = read_json(folder / "bundle.json")
        change(bundle)
        (folder / "bundle.json").write_text(json.dumps(bundle))
        return folder

    def test_an_edited_front_end_is_noticed(self):
        folder = self.edited(lambda b: b["front_end"].update(front_end_hash="sha256:" + "0" * 64))
        self.refused(folder, folder / "bundle.json", "front_end_hash", "edited")
        folder = self.edited(lambda b: b["front_end"]["front_end"].update(hop_length=160))
        self.refused(folder, folder / "bundle.json", "front_end_hash", "edited")

    def test_a_bundle_of_another_format_is_refused(self):
        folder = self.edited(lambda b: b.update(format_version=99))
        self.refused(folder, folder / "bundle.json", "format_version")

    def test_a_bundle_that_is_no_json_is_refused(self):
        folder = self.damaged()
        (folder / "bundle.json").write_text("{")
        self.refused(folder, folder / "bundle.json")

    def test_a_bundle_cannot_point_outside_its_folder(self):
        outside = self.tmp / "outside.safetensors"
        shutil.copy(self.trained / "cnn.safetensors", outside)

        def point_outside(bundle):
            bundle["heads"][0]["files"][0]["name"] = "../outside.safetensors"

        folder = self.edited(point_outside)
        self.refused(folder, folder / "outside.safetensors", "is missing")

    def test_class_names_must_be_as_many_as_the_head_tells_apart(self):
        for names in (["high", "low", "neither"], ["high"], []):
            with self.subTest(names=names):
                folder = self.edited(lambda b, names=names: b["labels"]["scheme"].update(class_names=names))
                self.refused(folder, folder)

    def test_an_empty_and_an_unknown_folder_are_refused(self):
        (self.tmp / "bare").mkdir()
        self.refused(self.tmp / "bare", self.tmp / "bare" / "bundle.json", "is missing")
        self.refused(self.tmp / "nowhere", self.tmp / "nowhere" / "bundle.json", "is missing")

    def test_bad_files_among_good_ones_are_failed_rows_in_every_format(self):
        good = [self.clips / "clip-000.wav", self.clips / "clip-001.wav"]
        (self.tmp / "zero.wav").write_bytes(b"")
        (self.tmp / "text.mp3").write_text("this is a text\n" * 10)
        bad = [self.tmp / "none.wav", self.tmp / "zero.wav", self.tmp / "text.mp3"]
        files = [good[0], bad[0], bad[1], good[1], bad[2]]
        out = self.tmp / "scores.csv"
        self.assertExit(run("score", self.trained, *files, "--format", "csv", "--output", out), SOME_FAILED)
        rows = read_csv(out)
        self.assertEqual([r["file"] for r in rows], [str(f) for f in files], "one row out per file in, in order")
        self.assertEqual([r["status"] for r in rows], ["ok", "failed", "failed", "ok", "failed"])
        self.assertRow(rows[1], "score", "unreadable", bad[0], "no such file or folder")
        self.assertRow(rows[2], "decode", "empty", bad[1], "no bytes")
        self.assertRow(rows[4], "decode", "not_audio", bad[2], "WAV, FLAC, OGG, MP3, M4A, AAC or AIFF")
        for row in (rows[0], rows[3]):
            self.assertIn(row["class"], ("low", "high"))
            self.assertAlmostEqual(float(row["p:low"]) + float(row["p:high"]), 1.0, places=5)
        result = run("score", self.trained, *files, "--format", "jsonl")
        self.assertExit(result, SOME_FAILED)
        lines = [json.loads(line) for line in result.out.splitlines()]
        self.assertEqual([(j["file"], j["status"]) for j in lines], [(r["file"], r["status"]) for r in rows])
        self.assertEqual(lines[1]["detail"], rows[1]["detail"])
        result = run("score", self.trained, *files)
        self.assertExit(result, SOME_FAILED)
        self.assertEqual(result.out.count("FAILED"), 3)
        self.assertSays(result.out, "score/unreadable", bad[0], "decode/empty", bad[1])

    def test_a_run_without_an_audio_head_is_refused(self):
        catalogue = write_csv(self.tmp / "songs.csv", ["track_id", "pitch", "hz"],
                              [[i, "low" if i % 2 else "high", i % 7] for i in range(24)])
        result = run("train", catalogue, "--out", self.tmp / "table", "--target", "pitch", "--heads", "logistic")
        self.assertExit(result, ALL_FINE)
        self.refused(self.tmp / "table", self.tmp / "table", "no head that hears audio alone", "--spectrograms")


if __name__ == "__main__":
    unittest.main(verbosity=2)
