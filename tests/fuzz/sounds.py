"""What make_corpus.py and odd_sounds.py share: invented sounds, and how they are written to files."""

import pathlib
import struct
import subprocess
import tempfile
import wave

import numpy as np

MPEG_SLACK = 2 * 1152 + 1105  # without a LAME header: encoder and decoder delay, and the last frame's padding
AAC_SLACK = 3 * 1024          # without an edit list: priming and padding


def sound(rate, channels, seconds):
    """[n, channels] floats within 0.8: two tones per channel and a little noise, the same for the same arguments."""
    n = round(seconds * rate)
    t = np.arange(n) / rate
    dice = np.random.default_rng(rate + channels)
    columns = [0.4 * np.sin(2 * np.pi * (300 + 150 * c) * t) + 0.2 * np.sin(2 * np.pi * (0.11 + 0.02 * c) * rate * t)
               + 0.01 * dice.standard_normal(n) for c in range(channels)]
    return np.stack(columns, axis=1)


def int16(samples):
    return np.round(samples * 32767).astype("<i2").tobytes()


def int24(samples):
    return np.round(samples * 8388607).astype("<i4").reshape(-1, 1).view(np.uint8)[:, :3].tobytes()


def wav(samples, rate, tag=1, bits=16, data=None, data_size=None, extra=b"", before=b""):
    """A WAV by hand. extra: behind the format's 16 bytes; before: chunks before the data."""
    data = int16(samples) if data is None else data
    block = samples.shape[1] * bits // 8
    form = struct.pack("<HHIIHH", tag, samples.shape[1], rate, block * rate, block, bits) + extra
    body = (b"WAVEfmt " + struct.pack("<I", len(form)) + form + before + b"data"
            + struct.pack("<I", len(data) if data_size is None else data_size) + data)
    return b"RIFF" + struct.pack("<I", len(body) if data_size is None else data_size) + body


def ffmpeg(samples, rate, suffix, *options):
    """The samples as `suffix`, encoded with these options."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = pathlib.Path(folder) / "in.wav", pathlib.Path(folder) / ("out" + suffix)
        with wave.open(str(source), "wb") as file:
            file.setnchannels(samples.shape[1])
            file.setsampwidth(2)
            file.setframerate(rate)
            file.writeframes(int16(samples))
        subprocess.run(["ffmpeg", "-v", "error", "-i", source, "-map_metadata", "-1", "-fflags", "+bitexact",
                        "-flags:a", "+bitexact", *options, target], check=True)
        return target.read_bytes()


def id3(*frames):
    """An ID3v2.3 tag."""
    body = b"".join(name + struct.pack(">IH", len(data), 0) + data for name, data in frames) + bytes(10)
    size = bytes(len(body) >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\x00\x00" + size + body


def tags():
    title = (b"TIT2", b"\x00An invented sound")
    # Bytes that look like frame headers and must not be taken for some.
    picture = (b"APIC", b"\x00image/png\x00\x03\x00" + b"\x89PNG\r\n\x1a\n" + b"\xff\xfb\x90\x64" * 200)
    return id3(title), id3(title, picture)


def without_padding(flac):
    """Drops the 8 KiB that ffmpeg leaves for tags, so that mutations hit something."""
    blocks, at, last = [], 4, False
    while not last:
        last, kind, size = flac[at] >= 0x80, flac[at] & 0x7F, int.from_bytes(flac[at + 1:at + 4], "big")
        if kind != 1:
            blocks.append(bytes([kind]) + flac[at + 1:at + 4 + size])
        at += 4 + size
    blocks[-1] = bytes([blocks[-1][0] | 0x80]) + blocks[-1][1:]
    return flac[:4] + b"".join(blocks) + flac[at:]
