#!/usr/bin/python3
"""Makes tests/fuzz/corpus/decode/ anew: short invented sounds in every format that decode() reads, and expected.csv, which says
what they hold. The corpus is committed; this script is only needed to change it.

Needs numpy and ffmpeg (Debian 12: apt-get install ffmpeg python3-numpy; the committed files come from ffmpeg 5.1).
The same ffmpeg makes the same bytes.

expected.csv: the rate and channels that were encoded, the length in samples, and how many more or fewer a decoder may
give: none where the format keeps the length, the codec's delay and its last frame where it does not.
"""

import csv
import pathlib
import shutil
import struct

import numpy as np

from odd_sounds import chains, lengths, rarer
from sounds import AAC_SLACK, MPEG_SLACK, ffmpeg, int24, sound, tags, wav, without_padding

CORPUS = pathlib.Path(__file__).parent / "corpus" / "decode"


def wavs():
    s = sound(8000, 1, 0.2)
    stereo = sound(16000, 2, 0.1)
    guid = b"\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71"
    extensible = struct.pack("<HHI", 22, 16, 3) + struct.pack("<H", 1) + guid
    odd = b"LIST" + struct.pack("<I", 5) + b"INFOx" + b"\x00"
    yield "wav_16.wav", wav(s, 8000), 8000, 1, s, 0
    yield "wav_16_stereo.wav", wav(stereo, 16000), 16000, 2, stereo, 0
    yield "wav_8.wav", wav(s, 8000, bits=8, data=(np.round(s * 127) + 128).astype(np.uint8).tobytes()), 8000, 1, s, 0
    yield "wav_24.wav", wav(s, 8000, bits=24, data=int24(s)), 8000, 1, s, 0
    yield "wav_float.wav", wav(s, 8000, tag=3, bits=32, data=s.astype("<f4").tobytes()), 8000, 1, s, 0
    short = s[:800]
    yield "wav_double.wav", wav(short, 8000, tag=3, bits=64, data=short.astype("<f8").tobytes()), 8000, 1, short, 0
    yield "wav_extensible.wav", wav(stereo, 16000, tag=0xFFFE, extra=extensible), 16000, 2, stereo, 0
    yield "wav_streamed.wav", wav(s, 8000, data_size=0xFFFFFFFF), 8000, 1, s, 0
    yield "wav_odd_chunk_before.wav", wav(s, 8000, before=odd), 8000, 1, s, 0
    six = sound(8000, 6, 0.05)
    yield "wav_6_channels.wav", wav(six, 8000), 8000, 6, six, 0
    yield "wav_rf64.wav", ffmpeg(s, 8000, ".wav", "-rf64", "always"), 8000, 1, s, 0
    for codec in ("pcm_mulaw", "pcm_alaw"):
        yield f"wav_{codec[4:]}.wav", ffmpeg(s, 8000, ".wav", "-c:a", codec), 8000, 1, s, 0
    long = sound(8000, 1, 0.9)
    for codec in ("adpcm_ms", "adpcm_ima_wav"):  # in blocks of some 2000 samples
        yield f"wav_{codec}.wav", ffmpeg(long, 8000, ".wav", "-c:a", codec), 8000, 1, long, 2048


def others():
    s, stereo, fast = sound(8000, 1, 0.2), sound(22050, 2, 0.1), sound(44100, 1, 0.1)
    yield "aiff_16.aiff", ffmpeg(s, 8000, ".aiff"), 8000, 1, s, 0
    yield "aiff_24_stereo.aiff", ffmpeg(sound(8000, 2, 0.1), 8000, ".aiff", "-c:a", "pcm_s24be"), 8000, 2, s[:800], 0
    yield "aifc_float.aiff", ffmpeg(s[:800], 8000, ".aiff", "-c:a", "pcm_f32be"), 8000, 1, s[:800], 0
    flac = without_padding(ffmpeg(stereo, 22050, ".flac"))
    yield "flac_16_stereo.flac", flac, 22050, 2, stereo, 0
    yield "flac_16_mono.flac", without_padding(ffmpeg(s, 8000, ".flac")), 8000, 1, s, 0
    deep = without_padding(ffmpeg(s, 8000, ".flac", "-sample_fmt", "s32"))
    yield "flac_24.flac", deep, 8000, 1, s, 0
    yield "flac_behind_id3.flac", tags()[0] + flac, 22050, 2, stereo, 0
    yield "ogg_vorbis_mono.ogg", ffmpeg(fast, 44100, ".ogg", "-c:a", "libvorbis", "-q:a", "0"), 44100, 1, fast, 0
    yield "ogg_vorbis_stereo.ogg", ffmpeg(stereo, 22050, ".ogg", "-c:a", "libvorbis", "-q:a", "2"), 22050, 2, stereo, 0
    for rate, channels in ((48000, 1), (48000, 2), (16000, 1)):
        made = sound(rate, channels, 0.2)
        data = ffmpeg(made, rate, ".opus", "-c:a", "libopus", "-b:a", "24k")
        # Opus always decodes to 48 kHz; libsndfile goes by the rate that the header remembers.
        yield f"ogg_opus_{rate}_{channels}.opus", data, rate, channels, made, 0


def mpegs():
    def mp3(samples, rate, *options):
        return ffmpeg(samples, rate, ".mp3", "-c:a", "libmp3lame", "-id3v2_version", "0", *options)

    mono, stereo = sound(44100, 1, 0.2), sound(44100, 2, 0.2)
    cbr = mp3(mono, 44100, "-b:a", "64k")
    bare = mp3(mono, 44100, "-b:a", "64k", "-write_xing", "0")
    joint = mp3(stereo, 44100, "-b:a", "96k", "-joint_stereo", "1")
    title, picture = tags()
    yield "mp3_cbr.mp3", cbr, 44100, 1, mono, 0
    yield "mp3_cbr_no_info.mp3", bare, 44100, 1, mono, MPEG_SLACK
    yield "mp3_vbr.mp3", mp3(stereo, 44100, "-q:a", "7"), 44100, 2, stereo, 0
    yield "mp3_abr.mp3", mp3(mono, 44100, "-b:a", "56k", "-abr", "1"), 44100, 1, mono, 0
    yield "mp3_joint.mp3", joint, 44100, 2, stereo, 0
    yield "mp3_stereo.mp3", mp3(stereo, 44100, "-b:a", "96k", "-joint_stereo", "0"), 44100, 2, stereo, 0
    short = sound(48000, 1, 0.1)
    yield "mp3_320.mp3", mp3(short, 48000, "-b:a", "320k"), 48000, 1, short, 0
    yield "mp3_32000.mp3", mp3(sound(32000, 2, 0.2), 32000, "-b:a", "64k"), 32000, 2, sound(32000, 2, 0.2), 0
    for rate in (24000, 22050, 16000):  # MPEG-2
        made = sound(rate, 2, 0.2)
        yield f"mp3_{rate}.mp3", mp3(made, rate, "-b:a", "64k"), rate, 2, made, 0
    for rate in (12000, 11025, 8000):  # MPEG-2.5; the frames are too short for an Info header
        made = sound(rate, 1, 0.3)
        yield f"mp3_{rate}.mp3", mp3(made, rate, "-b:a", "16k", "-write_xing", "0"), rate, 1, made, MPEG_SLACK
    yield "mp3_id3v2.mp3", title + cbr, 44100, 1, mono, 0
    yield "mp3_id3v2_picture.mp3", picture + joint, 44100, 2, stereo, 0
    yield "mp3_id3v2_twice.mp3", title + title + cbr, 44100, 1, mono, 0
    yield "mp3_id3v1.mp3", cbr + b"TAG" + b"An invented sound".ljust(125, b"\0"), 44100, 1, mono, 0
    yield "mp3_behind_garbage.mp3", b"\xff\xfb\x00 left over " * 40 + bare * 3, 44100, 1, np.tile(mono, (3, 1)), \
        3 * MPEG_SLACK
    yield "mp3_behind_zeros.mp3", bytes(1000) + bare * 3, 44100, 1, np.tile(mono, (3, 1)), \
        3 * MPEG_SLACK
    yield "mp3_before_garbage.mp3", cbr + b"no frame " * 100, 44100, 1, mono, 0


def aacs():
    mono, stereo, slow = sound(44100, 1, 0.2), sound(44100, 2, 0.2), sound(16000, 1, 0.3)
    aac = ("-c:a", "aac", "-b:a", "48k")
    adts = ffmpeg(mono, 44100, ".aac", *aac)
    yield "m4a_aac.m4a", ffmpeg(mono, 44100, ".m4a", *aac), 44100, 1, mono, 1024
    yield "m4a_aac_stereo.m4a", ffmpeg(stereo, 44100, ".m4a", *aac, "-movflags", "+faststart"), 44100, 2, stereo, 1024
    yield "m4a_aac_16000.m4a", ffmpeg(slow, 16000, ".m4a", *aac), 16000, 1, slow, 1024
    yield "m4a_aac_no_edit_list.m4a", ffmpeg(mono, 44100, ".m4a", *aac, "-use_editlist", "0"), 44100, 1, mono, AAC_SLACK
    yield "m4a_aac_fragmented.m4a", ffmpeg(mono, 44100, ".m4a", *aac, "-movflags", "+frag_keyframe+empty_moov"), 44100, \
        1, mono, AAC_SLACK
    s, short = sound(22050, 1, 0.2), sound(22050, 2, 0.1)
    yield "m4a_alac.m4a", ffmpeg(s, 22050, ".m4a", "-c:a", "alac"), 22050, 1, s, 0
    yield "m4a_alac_24_stereo.m4a", ffmpeg(short, 22050, ".m4a", "-c:a", "alac", "-sample_fmt", "s32p"), 22050, 2, \
        short, 0
    yield "aac_adts.aac", adts, 44100, 1, mono, AAC_SLACK
    yield "aac_adts_stereo.aac", ffmpeg(stereo, 44100, ".aac", *aac), 44100, 2, stereo, AAC_SLACK
    yield "aac_adts_behind_id3.aac", tags()[0] + adts, 44100, 1, mono, AAC_SLACK


def main():
    shutil.rmtree(CORPUS, ignore_errors=True)
    CORPUS.mkdir()
    rows, total = [], 0
    for make in (wavs, others, mpegs, aacs, lengths, chains, rarer):
        for name, data, rate, channels, samples, slack in make():
            (CORPUS / name).write_bytes(data)
            rows.append([name, rate, channels, len(samples), slack])
            total += len(data)
    with open(CORPUS / "expected.csv", "w", newline="", encoding="ascii") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["file", "sample_rate", "channels", "samples", "tolerance"])
        writer.writerows(sorted(rows))
    print(f"{len(rows)} files, {total} bytes in {CORPUS}")


if __name__ == "__main__":
    main()
