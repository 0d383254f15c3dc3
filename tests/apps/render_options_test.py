"""What `hitscope render` does on request: adding to a folder, one picture, images of the data."""

import json
import struct
import unittest
import wave

import numpy

from harness import ALL_FINE, SOME_FAILED, USAGE, front_end, read_csv, run, tone, tree, write_csv, write_wav
from render_case import RenderCase, run_in, spectrograms



def png_shape(path):
    """(width, height, bit depth, colour type) of a PNG."""
    data = path.read_bytes()
    if data[:8] != b"\x89PNG\r\n\x1a\n" or data[12:16] != b"IHDR":
        raise AssertionError(f"{path} is not a PNG")
    return struct.unpack(">IIBB", data[16:26])


class Input(RenderCase):
    def test_a_file_named_twice_is_one_row_and_one_failure(self):
        write_wav(self.clips / "a.wav", tone(440, 0.5))
        table = write_csv(self.clips / "list.csv", ["path"], [["a.wav"], ["a.wav"]])
        result = run_in("render", table, "--out", self.out, *front_end())
        self.assertExit(result, SOME_FAILED)
        good, bad = read_csv(self.out / "index.csv")
        self.assertEqual((good["id"], good["status"]), ("a.wav", "ok"))
        self.assertRow(bad, "catalogue", "duplicate_id", "a.wav", "earlier row")

    def test_a_clip_may_have_to_be_longer_than_what_is_kept_of_it(self):
        write_wav(self.clips / "long.wav", tone(440, 3.0))
        write_wav(self.clips / "short.wav", tone(440, 1.5))
        result = self.render("--min-duration", "2")  # front_end() keeps one second
        self.assertExit(result, SOME_FAILED)
        self.assertEqual({r["id"]: r["kind"] for r in read_csv(self.out / "index.csv")},
                         {"long": "", "short": "too_short"})

    def test_parameters_that_are_not_used_do_not_part_folders(self):
        write_wav(self.clips / "a.wav", tone(440, 0.5))
        self.assertExit(self.render(), ALL_FINE)
        self.assertSays(self.render("--n-mfcc", "13", "--preset", "librosa-0.8", "--pad-mode", "constant").out,
                        "nothing new to render")
        self.assertRefused(self.render("--top-db", "60"), "top_db is 80.0 there and 60.0 now")

    def test_the_hash_of_a_front_end_stays_what_it_was(self):
        """Spectrograms and trained runs on people's disks carry these."""
        write_wav(self.clips / "a.wav", tone(440, 0.5))
        for i, (options, expected) in enumerate((
                ((), "6f2a9e2edf4cb778048314fb78e197beb698ff06ab61413f8bac9df981208d4b"),
                (("--preset", "torchaudio", "--n-fft", "512"),
                 "5fcc6f1a2f50801119f08808f8201638b8df3d6b7c8f967b65adf5e1ec84c6e4"),
                (("--preset", "panns", "--duration", "10", "--dtype", "float32"),
                 "e9710faa566b8bcf5aad0bd1b2b2b19b8567460b56d65500c3f5f2e96f3d6f87"),
                (("--feature", "mfcc", "--n-mfcc", "40", "--fast"),
                 "0a36314e5f651893436ed854dd1d947c77bcee5826ea6d476b163139c2f9fd66"),
                (("--feature", "spectrogram", "--scale", "power", "--no-center", "--sr", "16000", "--fmin", "20"),
                 "4046fba0f7d88b7224c7384b861b09428888f508eaed76f6ee9e1200d3bfd6a6"))):
            with self.subTest(options=options):
                out = self.tmp / f"specs-{i}"
                self.assertExit(run("render", self.clips, "--out", out, *options), ALL_FINE)
                settings = json.loads((out / "render.json").read_text())
                self.assertEqual(settings["front_end_hash"], "sha256:" + expected)
                self.assertEqual(list(settings["front_end"]), sorted(settings["front_end"]))

    def test_a_switch_with_an_opposite_may_be_given_either_way(self):
        write_wav(self.clips / "a.wav", tone(440, 0.5))
        for i, (options, expected) in enumerate(((("--center",), True), (("--no-center",), False))):
            with self.subTest(options=options):
                out = self.tmp / f"specs-{i}"
                self.assertExit(run("render", self.clips, "--out", out, *front_end(), *options), ALL_FINE)
                self.assertEqual(json.loads((out / "render.json").read_text())["front_end"]["center"], expected)


class Incremental(RenderCase):
    def index(self):
        return {r["id"]: (r["status"], r["row"], r["shard"], r["offset"]) for r in read_csv(self.out / "index.csv")}

    def test_clips_gone_from_the_input_stay_with_it_and_leave_without_it(self):
        for name in ("a", "b", "c"):
            write_wav(self.clips / f"{name}.wav", tone(440, 0.2))
        (self.clips / "broken.wav").write_bytes(b"")
        self.assertExit(self.render(), SOME_FAILED)
        before = self.index()
        (self.clips / "b.wav").unlink()
        (self.clips / "broken.wav").unlink()
        write_wav(self.clips / "d.wav", tone(880, 0.2))
        result = self.render("--incremental")
        self.assertExit(result, SOME_FAILED)
        self.assertSays(result.out, "4 of 5 clips (1 rendered in", "failed decode/empty: 1")
        now = self.index()
        self.assertEqual({k: v for k, v in now.items() if k != "d"}, before, "what was there keeps its place")
        self.assertEqual(now["d"][0], "ok")
        self.assertEqual(sorted(spectrograms(self.out)), ["a", "b", "c", "d"])
        self.assertExit(self.render(), ALL_FINE)
        self.assertEqual(sorted(self.index()), ["a", "c", "d"])
        numpy.testing.assert_array_equal(spectrograms(self.out)["a"], spectrograms(self.out)["c"])

    def test_a_changed_clip_is_rendered_anew(self):
        for name in ("a", "b"):
            write_wav(self.clips / f"{name}.wav", tone(440, 0.2))
        self.render()
        old = numpy.array(spectrograms(self.out)["a"])
        write_wav(self.clips / "a.wav", tone(1500, 0.3))
        result = self.render("--incremental")
        self.assertExit(result, ALL_FINE)
        self.assertSays(result.out, "2 of 2 clips (1 rendered in")
        self.assertGreater(numpy.abs(spectrograms(self.out)["a"].astype(float) - old).max(), 10.0)

    def test_lists_that_share_no_clip_are_joined(self):
        for part in ("monday", "tuesday"):
            write_wav(self.tmp / part / f"{part}.wav", tone(440, 0.2))
            self.clips = self.tmp / part
            self.assertExit(self.render("--incremental"), ALL_FINE)
        self.assertEqual(sorted(self.index()), ["monday", "tuesday"])


def melspectrogram(samples, rate, n_fft=2048, hop=512, n_mels=128):
    """librosa.feature.melspectrogram(y=samples, sr=rate), written from its documentation: the power spectrum of centred
    Hann windows by Slaney's filters of unit area."""
    padded = numpy.pad(samples.astype(float), n_fft // 2)
    window = 0.5 - 0.5 * numpy.cos(2 * numpy.pi * numpy.arange(n_fft) / n_fft)
    frames = numpy.lib.stride_tricks.sliding_window_view(padded, n_fft)[::hop] * window
    power = numpy.abs(numpy.fft.rfft(frames)) ** 2

    def hz(mel):
        return numpy.where(mel < 15, mel * 200 / 3, 1000 * numpy.exp((mel - 15) * numpy.log(6.4) / 27))

    top = 15 + numpy.log(rate / 2 / 1000) / (numpy.log(6.4) / 27)
    edges = hz(numpy.linspace(0, top, n_mels + 2))
    bins = numpy.fft.rfftfreq(n_fft, 1 / rate)
    rising = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    filters = numpy.maximum(0, numpy.minimum(rising, falling)) * (2 / (edges[2:] - edges[:-2]))[:, None]
    return filters @ power.T


class LibrosasArray(RenderCase):
    def test_scale_power_and_float32_give_librosas_own_array(self):
        """As README and --help say; by librosa itself where it is installed."""
        rate, seconds = 22050, 1.5
        path = self.clips / "one.wav"
        write_wav(path, [(a + b) / 2 for a, b in zip(tone(440, seconds, rate), tone(3000, seconds, rate), strict=True)], rate)
        self.assertSays(run("render", "--help").out, "librosa.feature.melspectrogram", "--scale power --dtype float32")
        result = run("render", self.clips, "--out", self.out, "--scale", "power", "--dtype", "float32", "--duration", seconds)
        self.assertExit(result, ALL_FINE)
        ours = spectrograms(self.out)["one"]
        with wave.open(str(path)) as file:
            samples = numpy.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768
        try:
            import librosa
        except ImportError:
            theirs = melspectrogram(samples, rate)
        else:
            theirs = librosa.feature.melspectrogram(y=samples.astype(numpy.float32), sr=rate)
        self.assertEqual((ours.dtype, ours.shape), (numpy.float32, theirs.shape))
        numpy.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6 * theirs.max())


class Pictures(RenderCase):
    def setUp(self):
        super().setUp()
        write_wav(self.clips / "one.wav", tone(440, 0.5))
        write_wav(self.clips / "two.wav", tone(880, 0.5))

    def test_how_many_clips_were_cut_and_padded_is_said(self):
        write_wav(self.clips / "three.wav", tone(660, 2.0))
        result = run("render", self.clips, "--out", self.out, *front_end())
        self.assertExit(result, ALL_FINE)
        self.assertSays(result.out, "length: 2 of 3 clips padded with silence, by 0.5 s in the median; 1 cut to 1 s (--duration 0.5 "
                                    "is the length of the median clip)")
        self.assertEqual({r["id"]: float(r["duration_s"]) for r in read_csv(self.out / "index.csv")},
                         {"one": 0.5, "two": 0.5, "three": 2.0}, "the length of the file")
        again = run("render", self.clips, "--out", self.out, *front_end())
        self.assertSays(again.out, "nothing new to render", "1 cut to 1 s")
        exact = self.tmp / "exact"
        write_wav(exact / "one.wav", tone(440, 1.0))
        self.assertNotIn("length:", run("render", exact, "--out", self.tmp / "exact-specs", *front_end()).out)

    def show(self, *args):
        (self.tmp / "here").mkdir(exist_ok=True)
        return run_in("render", *args, *front_end(), "--show", cwd=self.tmp / "here")

    def test_show_draws_one_picture_here_and_says_where(self):
        result = self.show(self.clips / "one.wav")
        self.assertExit(result, ALL_FINE)
        picture = self.tmp / "here" / "one.spectrogram.png"
        self.assertSays(result.out, f"{picture}: 32 x ", "0.50 s of 8000 Hz")
        self.assertEqual(sorted(tree(self.tmp / "here")), ["one.spectrogram.png"], "nothing else is stored")
        width, height, _, _ = png_shape(picture)
        self.assertGreater(min(width, height), 200)
        self.assertEqual(sorted(p.name for p in self.clips.iterdir()), ["one.wav", "two.wav"])

    def test_show_draws_into_the_folder_of_pictures_where_one_is_named(self):
        result = self.show(self.clips / "one.wav", "--png", self.tmp / "pictures")
        self.assertExit(result, ALL_FINE)
        self.assertSays(result.out, self.tmp / "pictures" / "one.png")
        self.assertEqual(sorted(tree(self.tmp / "here")), [])

    def test_show_refuses_what_is_not_one_good_file(self):
        (self.tmp / "text.mp3").write_text("not a sound\n" * 50)
        for args, *parts in (((self.clips,), self.clips, "holds 2 clips", "--show draws one file"),
                             ((self.tmp / "none.wav",), self.tmp / "none.wav", "no such file"),
                             ((self.tmp / "text.mp3",), self.tmp / "text.mp3", "its first bytes are those of no known"),
                             ((self.clips / "one.wav", "--out", self.out), "--show", "--out")):
            with self.subTest(args=args):
                self.assertRefused(self.show(*args), *parts)
                self.assertEqual(sorted(tree(self.tmp / "here")), [])
        self.assertFalse(self.out.exists())

    def test_neither_out_nor_show_is_refused(self):
        self.assertRefused(run("render", self.clips), "--out FOLDER is required", "--show")

    def test_images_are_grey_and_have_a_pixel_per_value(self):
        result = self.render("--image", self.tmp / "images")
        self.assertExit(result, ALL_FINE)
        self.assertSays(result.out, f"2 of 2 in {self.tmp / 'images'}")
        self.assertEqual(sorted(tree(self.tmp / "images")), [".pictures.csv", "one.png", "two.png"])
        n_bins, n_frames = next(iter(spectrograms(self.out).values())).shape
        self.assertEqual((n_bins, n_frames), (32, 26))
        for name in ("one.png", "two.png"):
            self.assertEqual(png_shape(self.tmp / "images" / name), (n_frames, n_bins, 8, 0))

    def test_pictures_follow_their_clips_and_their_range(self):
        images = self.tmp / "images"
        self.render("--image", images)
        first = tree(images)
        self.render("--image", images)
        self.assertEqual(tree(images), first)
        self.render("--image", images, "--image-range", "-100", "0")
        ranged = tree(images)
        self.assertNotEqual(ranged["one.png"], first["one.png"])
        write_wav(self.clips / "one.wav", tone(1234))
        self.render()  # without pictures
        (self.clips / "two.wav").unlink()
        self.render("--image", images, "--image-range", "-100", "0")
        self.assertEqual(sorted(tree(images)), [".pictures.csv", "one.png"])
        self.assertNotEqual(tree(images)["one.png"], ranged["one.png"])

    def test_an_image_range_that_is_none_is_refused(self):
        for low, high in (("40", "-60"), ("0", "0"), ("nan", "1")):
            with self.subTest(low=low, high=high):
                result = self.render("--image", self.tmp / "images", "--image-range", low, high)
                self.assertExit(result, USAGE)
                self.assertOneLine(result)
                self.assertSays(result.err, "range")
        self.assertFalse(self.out.exists())


if __name__ == "__main__":
    unittest.main(verbosity=2)
