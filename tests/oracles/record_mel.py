#!/usr/bin/python3
"""Records what torchaudio answers for mel spectrograms, for tests/dsp/log_mel_test.cpp.

    tests/oracles/record_mel.py        (Debian 12: python3-torchaudio 0.13.1, python3-torch 1.13.1, python3-numpy)

Writes tests/oracles/mel/*.npy: the signals [n_samples] float32; per signal and front end the power mel spectrogram and
the decibels [n_mels, n_frames] float32; the filterbanks [n_mels, n_freqs]. Signals are one second at 22,050 Hz.
torchaudio computes in float64 here, window and filterbank included, so that what is recorded is its answer and not its
rounding: in float32 its own decibels of the sweep are off by up to 0.00075 dB near the floor.
"""
import pathlib

import numpy as np
import torch
import torchaudio

OUT = pathlib.Path(__file__).parent / "mel"
SR = 22050
FRONT_ENDS = {
    "librosa": dict(n_fft=2048, hop_length=512, n_mels=128, norm="slaney", mel_scale="slaney", pad_mode="constant"),
    "htk": dict(n_fft=1000, win_length=800, hop_length=220, n_mels=64, f_min=50.0, f_max=9000.0, norm=None,
                mel_scale="htk", pad_mode="reflect", window_fn=torch.hamming_window, power=1.0),
}


def signals():
    t = np.arange(SR) / SR
    impulse = np.zeros(SR)
    impulse[SR // 2] = 1.0
    return {
        "noise": np.random.default_rng(1).uniform(-0.5, 0.5, SR),
        "sweep": 0.5 * np.sin(2 * np.pi * (50 * t + (10000 - 50) / 2 * t * t)),
        "silence": np.zeros(SR),
        "impulse": impulse,
    }


def main():
    torch.set_default_dtype(torch.float64)
    OUT.mkdir(exist_ok=True)
    save = lambda name, x: np.save(OUT / f"{name}.npy", np.ascontiguousarray(x, dtype=np.float32))
    to_db = torchaudio.transforms.AmplitudeToDB("power", top_db=80.0)
    for signal_name, y in signals().items():
        save(f"signal_{signal_name}", y)
        for name, parameters in FRONT_ENDS.items():
            mel = torchaudio.transforms.MelSpectrogram(SR, **parameters)
            power = mel(torch.from_numpy(y.astype(np.float32)).double())
            save(f"{name}_{signal_name}_power", power.numpy())
            save(f"{name}_{signal_name}_db", to_db(power).numpy())
            save(f"{name}_filterbank", mel.mel_scale.fb.T.numpy())


if __name__ == "__main__":
    main()
