#include "tests/support/mp3_streams.h"

#include <mpg123.h>
#include <sndfile.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <numbers>
#include <random>
#include <stdexcept>
#include <string>

#include "ingest/mp3/info_tag.h"
#include "ingest/mp3/stream.h"
#include "tests/support/memory_file.h"

namespace hitscope::tests {
namespace {

using ingest::mp3::FrameStream;

/// Interleaved. Of kMusic: tones, some common to both channels, and bursts of noise every now and then in each.
std::vector<float> sound(const Mp3Shape& shape) {
  std::mt19937 random(5);
  const auto noise = [&] { return 2.0 * static_cast<double>(random()) / std::mt19937::max() - 1.0; };
  const auto n_channels = static_cast<std::size_t>(shape.n_channels);
  std::vector<float> samples;
  std::vector<double> burst(n_channels, 0.0);
  for (std::size_t i = 0; i < shape.n_frames; ++i) {
    const double turn = 2.0 * std::numbers::pi * static_cast<double>(i) / shape.sample_rate;
    const double common =
        0.25 * std::sin(220.0 * turn) + 0.15 * std::sin(1703.0 * turn) + 0.1 * std::sin(6007.0 * turn);
    for (std::size_t c = 0; c < n_channels; ++c) {
      burst[c] = (i + 1) % (5003 + 2000 * c) == 0 ? 0.6 : burst[c] * 0.998;
      const double music =
          common + 0.1 * std::sin((330.0 + 224.0 * static_cast<double>(c)) * turn) + burst[c] * noise();
      const double value = shape.content == Content::kMusic   ? music
                           : shape.content == Content::kNoise ? 0.5 * noise()
                           : shape.content == Content::kSine  ? 0.9 * std::sin(440.0 * turn)
                                                              : 0.0;
      samples.push_back(static_cast<float>(value));
    }
  }
  return samples;
}

struct Source {
  std::span<const std::byte> bytes;
  std::size_t position = 0;
};

mpg123_ssize_t read_source(void* handle, void* out, std::size_t size) {
  auto* source = static_cast<Source*>(handle);
  const std::size_t n = std::min(size, source->bytes.size() - source->position);
  if (n > 0) std::memcpy(out, source->bytes.data() + source->position, n);
  source->position += n;
  return static_cast<mpg123_ssize_t>(n);
}

/// An MP3 open in libmpg123, set up as a careful user of it would.
class Libmpg123 {
 public:
  Libmpg123(const Bytes& mp3, bool half_rate) : source_{mp3} {
    mpg123_handle* h = handle_.get();
    mpg123_param(h, MPG123_ADD_FLAGS, MPG123_QUIET | MPG123_FORCE_FLOAT | MPG123_GAPLESS | MPG123_SKIP_ID3V2, 0.0);
    mpg123_param(h, MPG123_RESYNC_LIMIT, -1, 0.0);
    if (half_rate) mpg123_param(h, MPG123_DOWN_SAMPLE, 1, 0.0);
    mpg123_replace_reader_handle(h, read_source, nullptr, nullptr);
    long rate = 0;
    int encoding = 0;
    if (mpg123_open_handle(h, &source_) != MPG123_OK || mpg123_getformat(h, &rate, &n_channels_, &encoding) != 0) {
      throw std::runtime_error("libmpg123 finds no audio");
    }
    mpg123_format_none(h);
    mpg123_format(h, rate, n_channels_, MPG123_ENC_FLOAT_32);
  }

  int n_channels() const { return n_channels_; }
  std::optional<std::int64_t> promised() {
    const off_t length = mpg123_length(handle_.get());
    return length > 0 ? std::optional<std::int64_t>(length) : std::nullopt;
  }
  /// The next interleaved samples, empty at the end.
  std::span<const float> read() {
    std::size_t done = 0;
    while (code_ == MPG123_OK && done == 0) {
      code_ = mpg123_read(handle_.get(), reinterpret_cast<unsigned char*>(block_.data()), block_.size() * sizeof(float),
                          &done);
    }
    return std::span<const float>(block_).first(done / sizeof(float));
  }

 private:
  Source source_;
  std::unique_ptr<mpg123_handle, void (*)(mpg123_handle*)> handle_{mpg123_new(nullptr, nullptr), mpg123_delete};
  int n_channels_ = 0;
  int code_ = MPG123_OK;
  std::vector<float> block_ = std::vector<float>(16384);
};

std::span<const std::uint8_t> octets(const Bytes& bytes) {
  return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

}  // namespace

Bytes lame(const Mp3Shape& shape) {
  MemoryFile memory;
  SF_VIRTUAL_IO io = memory_file_io();
  SF_INFO info{};
  info.samplerate = shape.sample_rate;
  info.channels = shape.n_channels;
  info.format = SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III;
  std::unique_ptr<SNDFILE, int (*)(SNDFILE*)> file(sf_open_virtual(&io, SFM_WRITE, &info, &memory), sf_close);
  if (file == nullptr) throw std::runtime_error(std::string("libsndfile writes no such file: ") + sf_strerror(nullptr));
  int mode = shape.variable_rate ? SF_BITRATE_MODE_VARIABLE : SF_BITRATE_MODE_CONSTANT;
  double compression = shape.compression;
  sf_command(file.get(), SFC_SET_BITRATE_MODE, &mode, sizeof(mode));
  sf_command(file.get(), SFC_SET_COMPRESSION_LEVEL, &compression, sizeof(compression));
  const std::vector<float> samples = sound(shape);
  const std::size_t step = 4096 * static_cast<std::size_t>(shape.n_channels);
  for (std::size_t at = 0; at < samples.size(); at += step) {
    const auto n = static_cast<sf_count_t>(std::min(step, samples.size() - at));
    if (sf_write_float(file.get(), samples.data() + at, n) != n) throw std::runtime_error(sf_strerror(file.get()));
  }
  if (sf_close(file.release()) != 0) throw std::runtime_error("libsndfile could not finish the file");
  return std::move(memory.bytes);
}

Bytes without_info(const Bytes& mp3) {
  FrameStream stream(octets(mp3));
  const auto frame = stream.next();
  if (!frame.has_value()) throw std::invalid_argument("there is no frame");
  if (!parse_info_tag(frame->header, frame->bytes).has_value()) return mp3;
  return {mp3.begin() + (frame->bytes.data() + frame->bytes.size() - octets(mp3).data()), mp3.end()};
}

Decoded by_libmpg123(const Bytes& mp3, bool half_rate) {
  Libmpg123 file(mp3, half_rate);
  Decoded decoded;
  decoded.promised = file.promised();
  for (auto block = file.read(); !block.empty(); block = file.read()) {
    for (std::size_t i = 0; i < block.size(); i += static_cast<std::size_t>(file.n_channels())) {
      decoded.mono.push_back(file.n_channels() == 1 ? block[i] : 0.5F * (block[i] + block[i + 1]));
    }
    for (const float sample : block) decoded.channel_peak = std::max(decoded.channel_peak, std::abs(double{sample}));
  }
  return decoded;
}

std::size_t count_by_libmpg123(const Bytes& mp3) {
  Libmpg123 file(mp3, false);
  std::size_t n = 0;
  for (auto block = file.read(); !block.empty(); block = file.read()) n += block.size();
  return n;
}

Decoded by_us(const Bytes& mp3, ingest::mp3::Rate rate, std::size_t block) {
  ingest::mp3::Decoder decoder(mp3, rate);
  Decoded decoded;
  if (decoder.info().has_value()) decoded.promised = decoder.info()->promised_frames;
  while (decoder.decode(block, decoded.mono)) {
  }
  return decoded;
}

double largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
  double largest = a.size() == b.size() ? 0.0 : HUGE_VAL;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    const double difference = std::abs(static_cast<double>(a[i]) - b[i]);
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}

void change_frames(Bytes& mp3,
                   const std::function<void(const ingest::mp3::FrameHeader&, std::span<std::uint8_t>)>& change) {
  const std::span<std::uint8_t> bytes(reinterpret_cast<std::uint8_t*>(mp3.data()), mp3.size());
  struct Place {
    ingest::mp3::FrameHeader header;
    std::size_t at;
  };
  std::vector<Place> places;  // first of all, for the stream must not see changed frames
  FrameStream stream(bytes);
  while (const auto frame = stream.next()) {
    if (places.empty() && parse_info_tag(frame->header, frame->bytes).has_value()) continue;
    places.push_back({frame->header, static_cast<std::size_t>(frame->bytes.data() - bytes.data())});
  }
  for (const Place& place : places) change(place.header, bytes.subspan(place.at, place.header.size));
}

void set_bits(std::span<std::uint8_t> bytes, std::size_t at, std::size_t n, std::uint32_t value) {
  for (std::size_t i = 0; i < n; ++i) {
    const unsigned mask = 0x80U >> ((at + i) % 8);
    std::uint8_t& byte = bytes[(at + i) / 8];
    byte = static_cast<std::uint8_t>((value >> (n - 1 - i) & 1U) != 0 ? byte | mask : byte & ~mask);
  }
}

std::uint32_t get_bits(std::span<const std::uint8_t> bytes, std::size_t at, std::size_t n) {
  std::uint32_t value = 0;
  for (std::size_t i = at; i < at + n; ++i) value = value << 1U | (bytes[i / 8] >> (7 - i % 8) & 1U);
  return value;
}

Bytes random_bytes(std::size_t n, unsigned seed) {
  std::mt19937 random(seed);
  Bytes bytes(n);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random() & 0xFFU);
  return bytes;
}

Bytes joined(std::initializer_list<Bytes> parts) {
  Bytes all;
  for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace hitscope::tests
