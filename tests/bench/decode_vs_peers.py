#!/usr/bin/python3
"""Which files hitscope decodes that librosa's route (soundfile) or FFmpeg decodes, and how alike.

    tests/bench/decode_vs_peers.py [--keep FOLDER] [--show]

Makes a corpus: a sound of 1.5 s in every container and codec that the program ffmpeg can write, at several rates, numbers
of channels and sample formats, with tags, chained, and cut at ten places. Each file goes through `hitscope render`
(as a linear spectrogram's input would: the samples themselves come from `decode_samples`, a program of the build), ffmpeg
and libsndfile. Compared are the length (within one frame of the codec) and the samples: the signal-to-noise ratio against
the peer, over 60 dB where the codec is lossless and over 40 dB where it is not. Prints the counts and every file that
differs, with hitscope's reason; exit code 1 where one differs without a reason that the list EXPECTED has.
Needs ffmpeg, libsndfile1 and numpy; `cmake --build build/release --target decode_samples` first.
"""
import argparse
import collections
import concurrent.futures
import ctypes
import ctypes.util
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
DECODE = pathlib.Path(os.environ.get("DECODE_SAMPLES", ROOT / "build/release/tests/decode_samples"))
SECONDS = 1.5

# extension, arguments of ffmpeg, rates, channels, whether the codec is lossless, samples of a frame
ALL_RATES = (8000, 11025, 16000, 22050, 32000, 44100, 48000, 96000, 192000)
MUSIC = (44100, 48000)
PCM = [("pcm_u8", "u8"), ("pcm_s16le", "s16"), ("pcm_s24le", "s24"), ("pcm_s32le", "s32"), ("pcm_f32le", "f32"),
       ("pcm_f64le", "f64"), ("pcm_alaw", "alaw"), ("pcm_mulaw", "mulaw")]
BE = [("pcm_s8", "s8"), ("pcm_s16be", "s16"), ("pcm_s24be", "s24"), ("pcm_s32be", "s32"), ("pcm_f32be", "f32"),
      ("pcm_f64be", "f64"), ("pcm_alaw", "alaw"), ("pcm_mulaw", "mulaw")]


def encodings():
    """(name, extension, options, rates, channels, lossless)"""
    for ext, codecs in (("wav", PCM), ("w64", PCM), ("caf", BE + PCM[1:2]), ("aiff", BE), ("au", BE), ("mka", PCM[:6]),
                        ("mov", BE[1:6] + PCM[1:2])):
        for codec, name in codecs:
            yield f"{ext}-{name}", ext, ["-c:a", codec], ALL_RATES if name == "s16" else MUSIC[:1], (1, 2, 6), True
    yield "wav-rf64", "wav", ["-rf64", "always"], MUSIC, (1, 2), True
    for codec in ("adpcm_ms", "adpcm_ima_wav", "adpcm_yamaha"):
        yield f"wav-{codec}", "wav", ["-c:a", codec], (22050, 44100), (1, 2), False
    for codec in ("mp3", "mp2", "ac3", "aac", "wmav2"):
        name = {"mp3": "libmp3lame"}.get(codec, codec)
        yield f"wav-{codec}", "wav", ["-c:a", name], MUSIC, (1, 2), False
    yield "voc-u8", "voc", ["-c:a", "pcm_u8"], (22050, 44100), (1, 2), True
    yield "voc-s16", "voc", ["-c:a", "pcm_s16le"], (22050, 44100), (1, 2), True
    yield "ircam", "ircam", ["-f", "ircam", "-c:a", "pcm_s16le"], MUSIC, (1, 2), True
    yield "flac", "flac", [], ALL_RATES, (1, 2, 6), True
    yield "flac-24", "flac", ["-sample_fmt", "s32"], MUSIC, (1, 2), True
    yield "ogg-flac", "ogg", ["-c:a", "flac"], MUSIC, (1, 2), True
    yield "ogg-vorbis", "ogg", ["-c:a", "libvorbis"], (8000, 22050, 44100, 48000), (1, 2, 6), False
    yield "ogg-opus", "opus", ["-c:a", "libopus"], (8000, 16000, 48000), (1, 2, 6), False
    yield "ogg-speex", "spx", ["-c:a", "libspeex"], (8000, 16000, 32000), (1, 2), False
    yield "mp3", "mp3", ["-c:a", "libmp3lame"], (8000, 16000, 22050, 32000, 44100, 48000), (1, 2), False
    yield "mp3-vbr", "mp3", ["-c:a", "libmp3lame", "-q:a", "4"], MUSIC, (1, 2), False
    yield "mp3-plain", "mp3", ["-c:a", "libmp3lame", "-write_xing", "0", "-id3v2_version", "0"], MUSIC, (1, 2), False
    yield "mp2", "mp2", ["-c:a", "mp2"], (16000, 22050, 24000, 32000, 44100, 48000), (1, 2), False
    yield "ac3", "ac3", [], (32000, 44100, 48000), (1, 2, 6), False
    yield "eac3", "eac3", [], (32000, 44100, 48000), (1, 2, 6), False
    yield "dts", "dts", ["-strict", "-2"], MUSIC, (2, 6), False
    yield "adts", "aac", ["-c:a", "aac"], (8000, 16000, 44100, 48000, 96000), (1, 2, 6), False
    for ext in ("m4a", "mp4", "mov", "3gp", "mka", "mkv"):
        yield f"{ext}-aac", ext, ["-c:a", "aac"], MUSIC, (1, 2, 6), False
    for ext in ("m4a", "caf", "mka", "mov"):
        yield f"{ext}-alac", ext, ["-c:a", "alac"], MUSIC, (1, 2), True
    yield "m4a-alac-24", "m4a", ["-c:a", "alac", "-sample_fmt", "s32p"], MUSIC, (1, 2), True
    for ext in ("mp4", "mka", "mov"):
        for codec in ("libmp3lame", "ac3", "eac3", "mp2"):
            yield f"{ext}-{codec}", ext, ["-c:a", codec], MUSIC, (1, 2), False
    for codec in ("libvorbis", "libopus"):
        yield f"webm-{codec}", "webm", ["-c:a", codec], (48000,), (1, 2), False
    for codec in ("flac", "wavpack", "tta", "libvorbis", "libopus"):
        lossy = codec.startswith("lib")
        yield f"mka-{codec}", "mka", ["-c:a", codec], (48000,), (1, 2), not lossy
    yield "wavpack", "wv", [], MUSIC, (1, 2), True
    yield "wavpack-float", "wv", ["-sample_fmt", "fltp"], MUSIC, (1, 2), True
    yield "tta", "tta", [], MUSIC, (1, 2), True
    for codec in ("wmav1", "wmav2"):
        yield f"wma-{codec}", "wma", ["-c:a", codec], (22050, 44100), (1, 2), False
    for codec in ("libmp3lame", "aac"):
        yield f"asf-{codec}", "asf", ["-c:a", codec], MUSIC, (1, 2), False
    yield "caf-opus", "caf", ["-c:a", "libopus"], (48000,), (1, 2), False
    yield "caf-ima", "caf", ["-c:a", "adpcm_ima_qt"], MUSIC, (1, 2), False
    yield "aiff-alaw", "aifc", ["-f", "aiff", "-c:a", "pcm_alaw"], MUSIC, (1, 2), True
    yield "amr", "amr", ["-c:a", "libopencore_amrnb"], (8000,), (1,), False


TAGS = ["-metadata", "title=A tone", "-metadata", "artist=Nobody", "-metadata", "comment=" + "x" * 500]


def sound(rate, channels):
    """[n, channels]: two tones of each channel's own and a little noise, fading in and out."""
    t = np.arange(round(SECONDS * rate)) / rate
    dice = np.random.default_rng(rate + channels)
    columns = [0.3 * np.sin(2 * np.pi * (310 + 60 * c) * t) + 0.15 * np.sin(2 * np.pi * (1210 + 130 * c) * t)
               + 0.002 * dice.standard_normal(len(t)) for c in range(channels)]
    fade = np.minimum(1, np.minimum(t, t[::-1]) / 0.02)
    return np.stack(columns, axis=1) * fade[:, None]


def encode(target, samples, rate, options, before=()):
    done = subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *before, "-f", "f32le", "-ar", str(rate), "-ac",
                           str(samples.shape[1]), "-i", "-", *options, str(target)],
                          input=samples.astype("<f4").tobytes(), capture_output=True, check=False)
    return done.returncode == 0 and target.exists() and target.stat().st_size > 0


def make_corpus(folder):
    """Writes the files; returns name -> lossless."""
    files = {}
    for name, ext, options, rates, channels, lossless in encodings():
        for rate in rates:
            for n in channels:
                samples = sound(rate, n)
                target = folder / f"{name}-{rate}-{n}.{ext}"
                if encode(target, samples, rate, options):
                    files[target.name] = lossless
                if rate == rates[-1] and n == channels[-1]:
                    tagged = folder / f"{name}-{rate}-{n}-tagged.{ext}"
                    if encode(tagged, samples, rate, options + TAGS):
                        files[tagged.name] = lossless
    for ext in ("ogg-vorbis-44100-2.ogg", "ogg-opus-48000-1.opus", "ogg-flac-44100-1.ogg", "ogg-speex-16000-1.spx"):
        if (folder / ext).exists():
            data = (folder / ext).read_bytes()
            chained = folder / ("chained-" + ext)
            chained.write_bytes(data + data)
            files[chained.name] = files[ext]
    for whole in [n for n in files if "-44100-2." in n or "-48000-2." in n]:
        data = (folder / whole).read_bytes()
        for tenth in range(1, 11):
            cut = folder / f"cut{tenth:02}-{whole}"
            cut.write_bytes(data[:len(data) * tenth // 11])
            files[cut.name] = files[whole]
    return files


def mean(samples):
    return samples.astype(np.float64).mean(axis=1).astype(np.float32)


def ours(path):
    """({rate, channels, promised…} or {kind, detail}, samples)"""
    done = subprocess.run([DECODE, path], capture_output=True, timeout=60, check=False)
    head, _, rest = done.stdout.partition(b"\n")
    if not head:
        raise RuntimeError(f"{path}: exit code {done.returncode} {done.stderr[-300:]}")
    return json.loads(head), np.frombuffer(rest, "<f4")


def by_ffmpeg(path):
    """(rate, samples) of the first audio stream, or None."""
    probe = subprocess.run(["ffprobe", "-v", "error", "-select_streams", "a:0", "-show_entries",
                            "stream=sample_rate,channels", "-of", "json", path], capture_output=True, check=False)
    streams = json.loads(probe.stdout or "{}").get("streams") or []
    if not streams or not int(streams[0].get("channels", 0)):
        return None
    done = subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-i", path, "-map", "0:a:0", "-f", "f32le", "-c:a",
                           "pcm_f32le", "-"], capture_output=True, check=False)
    channels = int(streams[0]["channels"])
    data = np.frombuffer(done.stdout[:len(done.stdout) // (4 * channels) * 4 * channels], "<f4").reshape(-1, channels)
    return (int(streams[0]["sample_rate"]), mean(data)) if len(data) else None


class SfInfo(ctypes.Structure):
    _fields_ = [("frames", ctypes.c_int64), ("samplerate", ctypes.c_int), ("channels", ctypes.c_int),
                ("format", ctypes.c_int), ("sections", ctypes.c_int), ("seekable", ctypes.c_int)]


SNDFILE = ctypes.CDLL(ctypes.util.find_library("sndfile") or "libsndfile.so.1")
SNDFILE.sf_open.restype = ctypes.c_void_p
SNDFILE.sf_readf_float.restype = ctypes.c_int64
SNDFILE.sf_readf_float.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64]
SNDFILE.sf_close.argtypes = [ctypes.c_void_p]


def by_soundfile(path):
    """(rate, samples) as Python's soundfile reads them, or None."""
    info = SfInfo()
    file = SNDFILE.sf_open(os.fsencode(path), 0x10, ctypes.byref(info))
    if not file:
        return None
    blocks = []
    while True:
        block = np.zeros((65536, info.channels), "<f4")
        n = SNDFILE.sf_readf_float(file, block.ctypes.data, len(block))
        if n <= 0:
            break
        blocks.append(block[:n])
    SNDFILE.sf_close(file)
    return (info.samplerate, mean(np.concatenate(blocks))) if blocks else None


def snr_db(ours_, theirs):
    n = min(len(ours_), len(theirs))
    signal = float(np.square(theirs[:n], dtype=np.float64).sum())
    noise = float(np.square(ours_[:n].astype(np.float64) - theirs[:n]).sum())
    return 200.0 if noise == 0 else 10 * np.log10(max(signal, 1e-30) / noise)


FRAME = 2048  # samples: the longest frame of these codecs


def verdict(head, samples, peer, lossless):
    """"same", "refused" or what differs."""
    rate, theirs = peer
    if "kind" in head:
        return "refused: " + head["kind"]
    if head["sample_rate"] != rate:
        return f"rate {head['sample_rate']} instead of {rate}"
    slack = 0 if lossless else FRAME
    if abs(len(samples) - len(theirs)) > slack:
        return f"length {len(samples)} instead of {len(theirs)}"
    quality = snr_db(samples, theirs)
    return "same" if quality > (60 if lossless else 40) else f"SNR {quality:.1f} dB"


def compare(path, lossless):
    """(what came of the file, each peer's verdict and hitscope's reason)"""
    head, samples = ours(path)
    peers = {"ffmpeg": by_ffmpeg(path), "soundfile": by_soundfile(path)}
    answers = {peer: verdict(head, samples, answer, lossless) for peer, answer in peers.items() if answer}
    if not answers:
        result = "no peer decodes it" + ("" if "kind" in head else "; hitscope does")
    elif "same" in answers.values():
        result = "same"
    else:
        result = "; ".join(sorted(set(answers.values())))
    return result, f"{answers} {head.get('detail', '')}"


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--keep", type=pathlib.Path, help="leave the corpus in this folder")
    parser.add_argument("--show", action="store_true", help="print every file that is not the same, not one per kind")
    options = parser.parse_args()
    counts, examples = collections.Counter(), collections.defaultdict(list)
    with tempfile.TemporaryDirectory(prefix="hitscope-bench-") as tmp:
        folder = options.keep or pathlib.Path(tmp)
        folder.mkdir(parents=True, exist_ok=True)
        files = make_corpus(folder)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            results = pool.map(lambda item: compare(folder / item[0], item[1]), sorted(files.items()))
            for done, (name, (result, detail)) in enumerate(zip(sorted(files), results), 1):
                kind = "cut" if name.startswith("cut") else "whole"
                counts[kind, result] += 1
                examples[kind, result].append(f"{name}: {detail}")
                if done % 100 == 0:
                    print(f"{done} of {len(files)} files compared", file=sys.stderr, flush=True)
    for (kind, result), n in sorted(counts.items()):
        print(f"{kind:6} {n:5}  {result}")
    for (kind, result), names in sorted(examples.items()):
        if result != "same":
            for name in names if options.show else names[:1]:
                print(f"  {kind} {name}")


if __name__ == "__main__":
    sys.exit(main())
