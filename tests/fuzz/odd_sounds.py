"""The odd files of the corpus: wrong lengths, chained OGG, rarer containers and codecs. See make_corpus.py."""

import struct

import numpy as np

from sounds import MPEG_SLACK, ffmpeg, int16, sound, tags, wav


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


def free_format(mpeg):
    """MPEG audio of 64 kbit/s at 32 kHz with headers that state no bit rate: legal, as all frames are equally long."""
    data, at, size = bytearray(mpeg), 0, 144 * 64000 // 32000
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
    two = ffmpeg(plain, 32000, ".mp2", "-c:a", "mp2", "-b:a", "64k")
    yield "mp2_free_format.mp2", free_format(two), 32000, 1, plain, 2 * 1152
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
