#include "tests/support/audio_fixtures.h"

#include <sndfile.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>
#include <limits>
#include <memory>
#include <numbers>
#include <stdexcept>

#include "tests/support/memory_file.h"

namespace hitscope::tests {
namespace {

/// The sample of a channel, by channel and frame.
using Sound = std::function<double(std::size_t channel, std::size_t i)>;

struct Shape {
  std::size_t n_frames = 0;
  int n_channels = 1;
  int sample_rate = 0;
  bool variable_rate = false;  // MP3 only
};

/// Made and written in blocks: the samples of a long file never lie in memory as a whole (and libsndfile 1.2.0
/// overflows its stack when Vorbis gets many at once).
void write_sound(SNDFILE* file, const Sound& sound, const Shape& shape) {
  constexpr std::size_t kBlockFrames = 4096;
  std::vector<float> block;
  for (std::size_t begin = 0; begin < shape.n_frames; begin += kBlockFrames) {
    const std::size_t end = std::min(begin + kBlockFrames, shape.n_frames);
    block.clear();
    for (std::size_t i = begin; i < end; ++i) {
      for (int c = 0; c < shape.n_channels; ++c) {
        block.push_back(static_cast<float>(sound(static_cast<std::size_t>(c), i)));
      }
    }
    const auto n = static_cast<sf_count_t>(end - begin);
    if (sf_writef_float(file, block.data(), n) != n) throw std::runtime_error(sf_strerror(file));
  }
}

Bytes encode(const Sound& sound, const Shape& shape, int format) {
  MemoryFile memory;
  SF_VIRTUAL_IO io = memory_file_io();
  SF_INFO info{};
  info.samplerate = shape.sample_rate;
  info.channels = shape.n_channels;
  info.format = format;
  std::unique_ptr<SNDFILE, int (*)(SNDFILE*)> file(sf_open_virtual(&io, SFM_WRITE, &info, &memory), sf_close);
  if (file == nullptr) throw std::runtime_error(std::string("libsndfile writes no such file: ") + sf_strerror(nullptr));
  if ((format & SF_FORMAT_TYPEMASK) == SF_FORMAT_MPEG) {
    int mode = shape.variable_rate ? SF_BITRATE_MODE_VARIABLE : SF_BITRATE_MODE_CONSTANT;
    sf_command(file.get(), SFC_SET_BITRATE_MODE, &mode, sizeof(mode));
  }
  write_sound(file.get(), sound, shape);
  if (sf_close(file.release()) != 0) throw std::runtime_error("libsndfile could not finish the file");
  return std::move(memory.bytes);
}

Shape shape_of(const Sine& sine, bool variable_rate = false) {
  return {sine.n_frames, static_cast<int>(sine.amplitudes.size()), sine.sample_rate, variable_rate};
}

Bytes encode(const Sine& sine, int format) {
  return encode([&](std::size_t c, std::size_t i) { return sine.at(c, i); }, shape_of(sine), format);
}

unsigned byte_at(std::span<const std::byte> bytes, std::size_t i) {
  return std::to_integer<unsigned>(bytes[i]);
}

/// Bytes of the layer III frame whose header stands at `at`; 0 where none does.
std::size_t frame_bytes(std::span<const std::byte> bytes, std::size_t at) {
  constexpr std::array<unsigned, 16> kMpeg1{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0};
  constexpr std::array<unsigned, 16> kMpeg2{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0};
  constexpr std::array<unsigned, 4> kRates{44100, 48000, 32000, 0};
  if (at + 4 > bytes.size() || byte_at(bytes, at) != 0xFF || (byte_at(bytes, at + 1) & 0xE6U) != 0xE2U) return 0;
  const unsigned version = byte_at(bytes, at + 1) >> 3U & 3U;  // 3: MPEG-1, 2: MPEG-2, 0: MPEG-2.5
  const unsigned third = byte_at(bytes, at + 2);
  const unsigned divisor = version == 3 ? 1 : version == 2 ? 2 : 4;
  const unsigned rate = kRates[third >> 2U & 3U] / divisor;
  const unsigned kbit = (version == 3 ? kMpeg1 : kMpeg2)[third >> 4U];
  if (rate == 0 || kbit == 0) return 0;
  return (version == 3 ? 144U : 72U) * kbit * 1000U / rate + (third >> 1U & 1U);
}

}  // namespace

double Sine::at(std::size_t channel, std::size_t i) const {
  return amplitudes[channel] * std::sin(2.0 * std::numbers::pi * hz * static_cast<double>(i) / sample_rate);
}

double Sine::mean_at(std::size_t i) const {
  double sum = 0.0;
  for (std::size_t c = 0; c < amplitudes.size(); ++c) sum += at(c, i);
  return sum / static_cast<double>(amplitudes.size());
}

Bytes wav_int16(const Sine& sine) {
  return encode(sine, SF_FORMAT_WAV | SF_FORMAT_PCM_16);
}
Bytes wav_float32(const Sine& sine) {
  return encode(sine, SF_FORMAT_WAV | SF_FORMAT_FLOAT);
}
Bytes aiff(const Sine& sine) {
  return encode(sine, SF_FORMAT_AIFF | SF_FORMAT_PCM_16);
}
Bytes flac(const Sine& sine) {
  return encode(sine, SF_FORMAT_FLAC | SF_FORMAT_PCM_16);
}
Bytes ogg_vorbis(const Sine& sine) {
  return encode(sine, SF_FORMAT_OGG | SF_FORMAT_VORBIS);
}
Bytes ogg_opus(const Sine& sine) {
  return encode(sine, SF_FORMAT_OGG | SF_FORMAT_OPUS);
}
Bytes mp3(const Sine& sine) {
  return encode(sine, SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III);
}

Bytes mp3_variable_rate(const Sine& sine) {
  std::mt19937 random(7);
  const auto sound = [&](std::size_t c, std::size_t i) {
    if (i < sine.n_frames / 2) return sine.at(c, i);
    return static_cast<double>(random()) / std::mt19937::max() - 0.5;
  };
  return encode(sound, shape_of(sine, true), SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III);
}

Bytes wav_of_nan(std::size_t n_frames) {
  const auto sound = [](std::size_t, std::size_t) { return std::numeric_limits<double>::quiet_NaN(); };
  return encode(sound, {n_frames, 1, 44100, false}, SF_FORMAT_WAV | SF_FORMAT_FLOAT);
}

std::size_t first_mpeg_frame(std::span<const std::byte> mp3) {
  std::size_t at = 0;
  if (mp3.size() >= 10 && std::memcmp(mp3.data(), "ID3", 3) == 0) {
    at = 10;  // the tag's header; its size follows in four bytes of seven bits
    at += byte_at(mp3, 6) << 21U | byte_at(mp3, 7) << 14U | byte_at(mp3, 8) << 7U | byte_at(mp3, 9);
  }
  if (frame_bytes(mp3, at) == 0) throw std::invalid_argument("no MPEG frame where the first one should be");
  return at;
}

Bytes strip_info_header(const Bytes& mp3) {
  const std::size_t begin = first_mpeg_frame(mp3);
  const std::size_t end = begin + frame_bytes(mp3, begin);
  if (end > mp3.size()) throw std::invalid_argument("the first MPEG frame is cut off");
  const std::string frame = string_of(std::span(mp3).subspan(begin, end - begin));
  if (frame.find("Xing") == std::string::npos && frame.find("Info") == std::string::npos) {
    throw std::invalid_argument("the first MPEG frame holds no Xing or Info header");
  }
  Bytes rest(mp3.begin(), mp3.begin() + static_cast<std::ptrdiff_t>(begin));
  rest.insert(rest.end(), mp3.begin() + static_cast<std::ptrdiff_t>(end), mp3.end());
  return rest;
}

Bytes id3v2_tag(std::size_t n_bytes, std::byte fill) {
  Bytes tag = bytes_of(std::string("ID3\x03\0\0", 6));
  for (const unsigned shift : {21U, 14U, 7U, 0U}) tag.push_back(static_cast<std::byte>(n_bytes >> shift & 0x7FU));
  tag.insert(tag.end(), n_bytes, fill);
  return tag;
}

Bytes joined(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

Bytes first_part(const Bytes& bytes, std::size_t size) {
  return {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(std::min(size, bytes.size()))};
}

Bytes noise(std::size_t size, std::mt19937& random) {
  Bytes bytes(size);
  for (std::byte& b : bytes) b = static_cast<std::byte>(random());
  return bytes;
}

void put_u32(Bytes& bytes, std::size_t at, std::uint32_t value) {
  std::memcpy(bytes.data() + at, &value, 4);
}

Bytes read_bytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot open " + path.string());
  return bytes_of({std::istreambuf_iterator<char>(file), {}});
}

Bytes corpus_file(const std::string& name) {
  return read_bytes(std::filesystem::path(FUZZ_FOLDER) / "corpus" / "decode" / name);
}

Bytes bytes_of(const std::string& text) {
  const auto bytes = std::as_bytes(std::span(text.data(), text.size()));
  return {bytes.begin(), bytes.end()};
}

std::string string_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace hitscope::tests
