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
import subprocess
import tempfile
import wave

import numpy as np

CORPUS = pathlib.Path(__file__).parent / "corpus" / "decode"
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


def nist(samples, rate):
    """A NIST SPHERE file by hand: a header of 1,024 bytes in lines of text."""
    lines = ["NIST_1A", "   1024", f"channel_count -i {samples.shape[1]}", f"sample_count -i {len(samples)}",
             f"sample_rate -i {rate}", "sample_n_bytes -i 2", "sample_byte_format -s2 01", "sample_sig_bits -i 16",
             "sample_coding -s3 pcm", "end_head"]
    return ("\n".join(lines) + "\n").encode().ljust(1024) + int16(samples)


def amiga(samples, rate):
    """An 8SVX of 8-bit samples by hand."""
    data = np.round(samples[:, 0] * 127).astype(np.int8).tobytes()
    header = struct.pack(">IIIHBBI", len(data), 0, 0, rate, 1, 0, 65536)
    body = b"8SVXVHDR" + struct.pack(">I", len(header)) + header + b"BODY" + struct.pack(">I", len(data)) + data
    return b"FORM" + struct.pack(">I", len(body)) + body


def free_format(mp3):
    """The frames of a constant-rate MP3 with headers that state no bit rate: legal where all frames are equally long."""
    data, at, size = bytearray(mp3), 0, 144 * 64000 // 32000
    while at + 4 <= len(data):
        data[at + 2] &= 0x0F
        at += size
    return bytes(data)


def streamed(aiff, sound_bytes, frames):
    """An AIFF whose header states these lengths."""
    data = bytearray(aiff)
    struct.pack_into(">I", data, data.index(b"SSND") + 4, sound_bytes)
    struct.pack_into(">I", data, data.index(b"COMM") + 10, frames)
    return bytes(data)


def lengths():
    """Headers whose lengths are wrong as programs leave them, and right sound."""
    s = sound(8000, 1, 0.2)
    n = len(int16(s))
    for name, size in (("sox", 0x7FFFF000), ("arecord", 0x80000000), ("killed", 0), ("16_too_many", n + 16),
                       ("44_too_many", n + 44), ("ffmpeg", 0xFFFFFFFF)):
        yield f"wav_length_{name}.wav", wav(s, 8000, data_size=size), 8000, 1, s, 0
    aiff = ffmpeg(s, 8000, ".aiff")
    yield "aiff_length_sox.aiff", streamed(aiff, 0x7F000008, 0x7F000000 // 2), 8000, 1, s, 0
    yield "aiff_length_zero.aiff", streamed(aiff, 0, 0), 8000, 1, s, 0
    yield "aiff_length_44_too_many.aiff", streamed(aiff, n + 8 + 44, len(s) + 22), 8000, 1, s, 0
    title = tags()[0]
    stereo = sound(22050, 2, 0.1)
    yield "wav_behind_id3.wav", title + wav(s, 8000), 8000, 1, s, 0
    yield "aiff_behind_id3.aiff", title + aiff, 8000, 1, s, 0
    yield "ogg_behind_id3.ogg", title + ffmpeg(stereo, 22050, ".ogg", "-c:a", "libvorbis"), 22050, 2, stereo, 0
    yield "m4a_behind_id3.m4a", title + ffmpeg(stereo, 22050, ".m4a", "-c:a", "alac"), 22050, 2, stereo, 0


def chains():
    """OGG with several links, and with a stream before the sound."""
    s, stereo = sound(16000, 1, 0.2), sound(16000, 2, 0.1)
    both = np.concatenate([s[:, 0], stereo[:, 0]])[:, None]
    for name, options in (("vorbis", ("-c:a", "libvorbis")), ("flac", ("-c:a", "flac")), ("opus", ("-c:a", "libopus"))):
        links = ffmpeg(s, 16000, ".ogg", *options) + ffmpeg(stereo, 16000, ".ogg", *options)
        yield f"ogg_chained_{name}.ogg", links, 16000, 2, both, 0
    cover = ("-filter_complex", "color=red:s=16x16:r=1:d=1[v]", "-map", "[v]", "-map", "0:a", "-c:v", "libtheora",
             "-c:a", "libvorbis")
    yield "ogg_theora_first.ogg", ffmpeg(s, 16000, ".ogg", *cover), 16000, 1, s, 1024
    speex = sound(16000, 1, 0.4)
    yield "ogg_speex.spx", ffmpeg(speex, 16000, ".spx", "-c:a", "libspeex"), 16000, 1, speex, 2 * 320


def rarer():
    """Containers and codecs that FFmpeg or libmpg123 reads for us, and libsndfile's rarer ones."""
    s, fast, stereo = sound(8000, 1, 0.2), sound(44100, 1, 0.2), sound(22050, 2, 0.1)
    film = sound(48000, 2, 0.1)
    yield "mp2.mp2", ffmpeg(fast, 44100, ".mp2", "-c:a", "mp2", "-b:a", "64k"), 44100, 1, fast, 2 * 1152
    plain = sound(32000, 1, 0.3)
    cbr = ffmpeg(plain, 32000, ".mp3", "-c:a", "libmp3lame", "-id3v2_version", "0", "-b:a", "64k", "-write_xing", "0",
                 "-reservoir", "0")
    yield "mp3_free_format.mp3", free_format(cbr), 32000, 1, plain, MPEG_SLACK
    yield "ac3.ac3", ffmpeg(film, 48000, ".ac3", "-b:a", "96k"), 48000, 2, film, 2 * 1536
    yield "eac3.eac3", ffmpeg(film, 48000, ".eac3", "-b:a", "96k"), 48000, 2, film, 2 * 1536
    yield "dts.dts", ffmpeg(film[:2400], 48000, ".dts", "-strict", "-2", "-b:a", "320k"), 48000, 2, film[:2400], 2 * 1024
    yield "wavpack.wv", ffmpeg(s, 8000, ".wv"), 8000, 1, s, 0
    yield "tta.tta", ffmpeg(s, 8000, ".tta"), 8000, 1, s, 0
    yield "wma.wma", ffmpeg(fast, 44100, ".wma", "-c:a", "wmav2", "-b:a", "48k"), 44100, 1, fast, 3 * 2048
    yield "au.au", ffmpeg(s, 8000, ".au"), 8000, 1, s, 0
    yield "caf_16.caf", ffmpeg(s, 8000, ".caf", "-c:a", "pcm_s16be"), 8000, 1, s, 0
    yield "caf_alac.caf", ffmpeg(s, 8000, ".caf", "-c:a", "alac"), 8000, 1, s, 4096
    yield "w64.w64", ffmpeg(s, 8000, ".w64"), 8000, 1, s, 0
    yield "mka_flac.mka", ffmpeg(stereo, 22050, ".mka", "-c:a", "flac"), 22050, 2, stereo, 0
    yield "webm_vorbis.webm", ffmpeg(stereo, 22050, ".webm", "-c:a", "libvorbis"), 22050, 2, stereo, 1024
    yield "voc.voc", ffmpeg(s, 8000, ".voc", "-c:a", "pcm_s16le"), 8000, 1, s, 0
    yield "ircam.sf", ffmpeg(s, 8000, ".sf", "-f", "ircam", "-c:a", "pcm_s16le"), 8000, 1, s, 0
    yield "nist.sph", nist(s, 8000), 8000, 1, s, 0
    yield "amiga.8svx", amiga(s, 8000), 8000, 1, s, 0
    yield "wav_mp3.wav", ffmpeg(fast, 44100, ".wav", "-c:a", "libmp3lame", "-b:a", "64k"), 44100, 1, fast, MPEG_SLACK
    yield "wav_ac3.wav", ffmpeg(film, 48000, ".wav", "-c:a", "ac3", "-b:a", "96k"), 48000, 2, film, 2 * 1536
    yield "mp4_mp3.mp4", ffmpeg(fast, 44100, ".mp4", "-c:a", "libmp3lame", "-b:a", "64k"), 44100, 1, fast, MPEG_SLACK
    yield "mp4_ac3.mp4", ffmpeg(film, 48000, ".mp4", "-c:a", "ac3", "-b:a", "96k"), 48000, 2, film, 2 * 1536


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
