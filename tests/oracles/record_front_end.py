#!/usr/bin/python3
"""Records what torchaudio answers over a grid of front ends, for tests/dsp/conformance_test.cpp.

    tests/oracles/record_front_end.py   (Debian 12: python3-torchaudio 0.13.1, python3-torch 1.13.1, python3-numpy)

Writes tests/oracles/front_end/:
  sets.csv          one row per parameter set, in FrontEndConfig's words; the C++ test reads its parameters from here
  signals.csv       the signals' names; signals.npy [n_signals, 6615] float32. A set uses their first n_samples.
  NAME.npy          float32: mel and spectrogram [1 or 2, n_signals, n_bins, n_frames], power and then, if there,
                    decibels; mfcc [1, n_signals, n_mfcc, n_frames]
  NAME_filters.npy  float32: band after band its first bin, its number of bins, its weights (column `filters` names the
                    set that has them; sets with equal filters share one file)

The grid: presets as their namesakes publish them; one factor at a time around BASE; rows that between them hold every
pair of the levels in LEVELS; linear spectrograms; MFCC. torchaudio computes in float64, window and filterbank
included, so that what is recorded is its answer and not its rounding: in float32 its own decibels of a sweep are off by
up to 0.00075 dB near the floor. In one thing it is corrected: melscale_fbanks puts the highest bin at sample_rate // 2,
which is wrong for an odd n_fft or sample rate (the bins of a DFT lie at k sample_rate / n_fft, as in librosa): weights
are off by up to 3 % of the highest for n_fft 401. There the same function is asked for a grid that has the right bins.
"""
import csv
import itertools
import math
import pathlib
import random
import warnings

import numpy as np
import torch
import torchaudio

OUT = pathlib.Path(__file__).parent / "front_end"
LONGEST = 6615

DEFAULT = dict(preset="", feature="mel", sample_rate=22050, n_fft=2048, win_length=2048, hop_length=512, window="hann",
               center=1, pad_mode="constant", power=2.0, n_mels=128, f_min=0.0, f_max=0.0, mel_scale="slaney",
               norm="slaney", n_mfcc=20, amin=1e-10, top_db=80.0, n_samples=LONGEST)
SPEECH = dict(sample_rate=16000, n_fft=400, win_length=400, pad_mode="reflect", n_samples=3307)
PRESETS = {
    "librosa": {},
    "librosa-0.8": dict(pad_mode="reflect"),
    "torchaudio": dict(SPEECH, hop_length=200, mel_scale="htk", norm="none", n_mfcc=40, top_db=0.0),
    "panns": dict(sample_rate=32000, n_fft=1024, win_length=1024, hop_length=320, pad_mode="reflect", n_mels=64,
                  f_min=50.0, f_max=14000.0, top_db=0.0),
    "whisper": dict(SPEECH, hop_length=160, n_mels=80),
}
BASE = dict(n_fft=1024, win_length=1024, n_mels=40, n_samples=4001)
ONE_AT_A_TIME = dict(
    n_fft=[2048, 1000, 997, 512, 509, 401, 400, 256], win_length=[1023, 800, 400, 1], hop_length=[64, 160, 220, 1500],
    window=["hamming"], center=[0], pad_mode=["reflect"], power=[1.0, 1.5], n_mels=[1, 20, 64, 80, 128],
    f_min=[50.0, 1200.0], f_max=[8000.0, 900.0], mel_scale=["htk"], norm=["none"], amin=[1e-5], top_db=[0.0, 20.0],
    sample_rate=[8000, 11025, 48000], n_samples=[513, 6607])
LEVELS = dict(
    n_fft=[2048, 1024, 1023, 1000, 997, 512, 509, 401, 400], hop=[64, 160, 220, 512, "beyond"],
    n_mels=[20, 40, 64, 80, 128], window_share=[1.0, 0.8, 0.5], sample_rate=[8000, 16000, 22050, 44100],
    band=[(0, 0), (50, 0.4), (300, 0.3)], window=["hann", "hamming"], center=[0, 1], pad_mode=["constant", "reflect"],
    power=[1.0, 2.0], mel_scale=["slaney", "htk"], norm=["slaney", "none"], top_db=[80.0, 0.0])
SPECTROGRAMS = [  # what differs from: n_fft 400, hop 160, n_samples 801
    {}, dict(center=0), dict(pad_mode="reflect"), dict(window="hamming"), dict(power=1.0, top_db=0.0),
    dict(n_fft=401), dict(n_fft=509, win_length=300, center=0, power=1.0), dict(n_fft=256, hop_length=300),
    dict(n_fft=512, win_length=101, hop_length=512, window="hamming", pad_mode="reflect", top_db=0.0),
    dict(n_fft=1023, hop_length=512, pad_mode="reflect"), dict(n_fft=2, hop_length=50), dict(n_fft=3, hop_length=50),
]
MFCCS = [  # what differs from: BASE and 13 coefficients
    {}, dict(n_mfcc=40), dict(n_mfcc=1), dict(n_mels=128, n_mfcc=128, n_samples=2000), dict(n_mels=64), dict(n_mels=23),
    dict(n_fft=401, hop_length=160, center=0), dict(mel_scale="htk", norm="none"), dict(top_db=0.0), dict(top_db=30.0),
    dict(window="hamming", win_length=600, pad_mode="reflect"), dict(f_min=300.0, f_max=3000.0, sample_rate=8000),
]


def signals():
    i = np.arange(LONGEST)
    impulse = np.zeros(LONGEST)
    impulse[[150, 4000]] = 1.0, -0.25
    turns = 0.001 / math.log(500) * LONGEST * (500 ** (i / LONGEST) - 1)  # 0.001 to 0.5 turns per sample
    return {
        "noise": np.random.default_rng(1).uniform(-0.5, 0.5, LONGEST),
        "sweep": 0.5 * np.sin(2 * np.pi * (0.48 * i - 0.24 * i * i / LONGEST)),  # downwards, linear
        "chirp": 0.8 * np.sin(2 * np.pi * turns),                                # upwards, by octaves
        "impulse": impulse,
        "silence": np.zeros(LONGEST),
        "square": np.where((i / 73.3) % 1 < 0.5, 0.9, -0.9),
        "quiet_tone": 0.9 * np.sin(2 * np.pi * 0.0443 * i) + 0.9e-4 * np.sin(2 * np.pi * 0.2019 * i),
    }


def enough(row):
    """n_samples for about five hops, odd."""
    return min(LONGEST, (row["n_fft"] // 2 if row["center"] else row["n_fft"]) + 5 * row["hop_length"]) // 2 * 2 + 1


def every_pair():
    """Greedy: each row is the best of 200 drawn ones, by the number of new pairs of levels that it holds."""
    draw = random.Random(1)
    names = list(LEVELS)
    pairs_of = lambda row: {(a, row[a], b, row[b]) for a, b in itertools.combinations(names, 2)}
    missing = {(a, x, b, y) for a, b in itertools.combinations(names, 2) for x in LEVELS[a] for y in LEVELS[b]}
    while missing:
        seed = draw.choice(sorted(missing, key=str))
        drawn = [{n: draw.choice(LEVELS[n]) for n in names} | {seed[0]: seed[1], seed[2]: seed[3]} for _ in range(200)]
        best = max(drawn, key=lambda row: len(pairs_of(row) & missing))
        missing -= pairs_of(best)
        row = {n: best[n] for n in best if n not in ("hop", "window_share", "band")}
        row["win_length"] = max(1, int(best["n_fft"] * best["window_share"]))
        row["hop_length"] = row["win_length"] + 37 if best["hop"] == "beyond" else best["hop"]
        row["f_min"], row["f_max"] = best["band"][0], best["band"][1] * best["sample_rate"]
        yield row | {"n_samples": enough(row)}


def parameter_sets():
    for name, preset in PRESETS.items():
        preset = preset | {"preset": name}
        yield f"{name}_mel", preset
        yield f"{name}_spectrogram", preset | {"feature": "spectrogram", "n_samples": 1531}
        yield f"{name}_mfcc", preset | {"feature": "mfcc"}
    yield "base", BASE
    for key, values in ONE_AT_A_TIME.items():
        for value in values:
            changed = BASE | {key: value}
            changed["win_length"] = min(changed["win_length"], changed["n_fft"])
            yield f"{key}_{value}", changed | ({"n_samples": 1801} if value == 64 and key == "hop_length" else {})
    for i, row in enumerate(every_pair()):
        yield f"mixed_{i:02}", row
    start = BASE | dict(feature="spectrogram", n_fft=400, win_length=400, hop_length=160, n_samples=801)
    for i, changes in enumerate(SPECTROGRAMS):
        row = start | changes
        yield f"spectrogram_{i:02}", row | {"win_length": changes.get("win_length", row["n_fft"])}
    for i, changes in enumerate(MFCCS):
        row = BASE | dict(feature="mfcc", n_mfcc=13) | changes
        yield f"mfcc_{i:02}", row | {"win_length": min(row["win_length"], row["n_fft"])}


def filterbank(p):
    """[n_freqs, n_mels]; see the top of this file."""
    n_freqs = p["n_fft"] // 2 + 1
    odd = p["n_fft"] % 2 or p["sample_rate"] % 2
    grid, rate = (p["n_fft"] + 1, 2 * p["sample_rate"]) if odd else (n_freqs, p["sample_rate"])
    return torchaudio.functional.melscale_fbanks(
        grid, p["f_min"], p["f_max"] or p["sample_rate"] / 2, p["n_mels"], rate,
        None if p["norm"] == "none" else p["norm"], p["mel_scale"])[:n_freqs]


def banded(fb):
    """As described for NAME_filters.npy."""
    for band in fb.T.numpy():
        bins = np.flatnonzero(band)
        first, n = (bins[0], bins[-1] - bins[0] + 1) if len(bins) else (0, 0)
        assert len(bins) == n
        yield from (first, n, *band[first:first + n])


def answers(p, y):
    stft = torchaudio.transforms.Spectrogram(
        p["n_fft"], p["win_length"], p["hop_length"], power=p["power"], center=bool(p["center"]),
        pad_mode=p["pad_mode"], window_fn=torch.hann_window if p["window"] == "hann" else torch.hamming_window)
    power = stft(y)
    if p["feature"] != "spectrogram":
        mel = torchaudio.transforms.MelScale(p["n_mels"], p["sample_rate"], p["f_min"], p["f_max"] or None,
                                             p["n_fft"] // 2 + 1, None, p["mel_scale"])
        mel.fb.copy_(filterbank(p))
        power = mel(power)
    # AmplitudeToDB and MFCC fix amin and top_db; these are the functions that they call.
    gain = 20.0 if p["power"] == 1.0 else 10.0
    decibels = torchaudio.functional.amplitude_to_DB(power, gain, p["amin"], 0.0, p["top_db"] or None)
    if p["feature"] == "mfcc":
        return [torchaudio.functional.create_dct(p["n_mfcc"], p["n_mels"], "ortho").T @ decibels]
    return [power] if p["feature"] == "spectrogram" and p["preset"] else [power, decibels]  # those are big


def main():
    torch.set_default_dtype(torch.float64)
    warnings.simplefilter("ignore")  # of empty bands
    OUT.mkdir(exist_ok=True)
    for old in OUT.iterdir():
        old.unlink()
    save = lambda name, x: np.save(OUT / f"{name}.npy", np.ascontiguousarray(x, dtype=np.float32))
    named = signals()
    save("signals", np.stack(list(named.values())))
    (OUT / "signals.csv").write_text(",".join(named) + "\n")
    recorded = np.stack(list(named.values())).astype(np.float32)
    owners = {}
    with open(OUT / "sets.csv", "w", newline="") as file:
        rows = csv.DictWriter(file, ["name", *DEFAULT, "filters"], lineterminator="\n")
        rows.writeheader()
        for name, changes in parameter_sets():
            p = DEFAULT | changes
            per_signal = [answers(p, torch.from_numpy(y[:p["n_samples"]]).double()) for y in recorded]
            save(name, np.stack([np.stack([a.numpy() for a in each]) for each in zip(*per_signal)]))
            filters = ""
            if p["feature"] != "spectrogram":
                weights = np.array(list(banded(filterbank(p))), dtype=np.float32)
                filters = owners.setdefault(weights.tobytes(), name)
                if filters == name:
                    save(f"{name}_filters", weights)
            rows.writerow({"name": name, **p, "filters": filters})


if __name__ == "__main__":
    main()
