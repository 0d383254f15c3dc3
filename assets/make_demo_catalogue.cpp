// make_demo_catalogue OUT_DIR: an invented catalogue with synthetic clips, for trying hitscope without anybody's music.
//
// Writes OUT_DIR/clips/<track_id>.mp3 and then OUT_DIR/catalogue.csv, each whole (temporary file, fsync, rename). Clips
// that are already there are kept. Exit codes: 0 done, 2 wrong usage, 3 failure, told in one line.
#include <fcntl.h>
#include <sndfile.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "assets/demo_tracks.h"
#include "assets/song_synth.h"

namespace hitscope::assets {
namespace {

namespace fs = std::filesystem;

using SoundFile = std::unique_ptr<SNDFILE, decltype([](SNDFILE* file) { sf_close(file); })>;

/// A file in memory for libsndfile: the encoder goes back to fill in its header, so it needs to seek.
struct MemoryFile {
  std::vector<char> bytes;
  sf_count_t position = 0;
};

SF_VIRTUAL_IO memory_io() {
  SF_VIRTUAL_IO io{};
  io.get_filelen = [](void* user) { return static_cast<sf_count_t>(static_cast<MemoryFile*>(user)->bytes.size()); };
  io.tell = [](void* user) { return static_cast<MemoryFile*>(user)->position; };
  io.seek = [](sf_count_t offset, int whence, void* user) {
    auto& file = *static_cast<MemoryFile*>(user);
    const sf_count_t size = static_cast<sf_count_t>(file.bytes.size());
    file.position = offset + (whence == SEEK_SET ? 0 : whence == SEEK_CUR ? file.position : size);
    return file.position;
  };
  io.read = [](void* data, sf_count_t count, void* user) {
    auto& file = *static_cast<MemoryFile*>(user);
    const sf_count_t size = static_cast<sf_count_t>(file.bytes.size());
    const sf_count_t available = std::clamp<sf_count_t>(size - file.position, 0, count);
    std::memcpy(data, file.bytes.data() + file.position, static_cast<std::size_t>(available));
    file.position += available;
    return available;
  };
  io.write = [](const void* data, sf_count_t count, void* user) {
    auto& file = *static_cast<MemoryFile*>(user);
    const auto end = static_cast<std::size_t>(file.position + count);
    if (end > file.bytes.size()) file.bytes.resize(end);
    std::memcpy(file.bytes.data() + file.position, data, static_cast<std::size_t>(count));
    file.position += count;
    return count;
  };
  return io;
}

/// Interleaved stereo to MP3 at a constant 112 kbit/s.
std::vector<char> encode_mp3(const std::vector<float>& samples) {
  SF_INFO info{};
  info.samplerate = kSampleRate;
  info.channels = 2;
  info.format = SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III;
  MemoryFile memory;
  SF_VIRTUAL_IO io = memory_io();
  SoundFile file(sf_open_virtual(&io, SFM_WRITE, &info, &memory));
  if (!file) throw std::runtime_error(std::string("cannot start the MP3 encoder: ") + sf_strerror(nullptr));
  int mode = SF_BITRATE_MODE_CONSTANT;
  double compression = (320.0 - 112.0) / (320.0 - 32.0);  // libsndfile's scale: 0 is 320 kbit/s, 1 is 32
  // In this order: setting the mode applies the level again, and fails where there is none yet.
  if (sf_command(file.get(), SFC_SET_COMPRESSION_LEVEL, &compression, sizeof(compression)) != SF_TRUE ||
      sf_command(file.get(), SFC_SET_BITRATE_MODE, &mode, sizeof(mode)) != SF_TRUE) {
    throw std::runtime_error("the MP3 encoder refuses a constant bit rate");
  }
  const auto frames = static_cast<sf_count_t>(samples.size() / 2);
  if (sf_writef_float(file.get(), samples.data(), frames) != frames) {
    throw std::runtime_error(std::string("MP3 encoding failed: ") + sf_strerror(file.get()));
  }
  file.reset();  // flushes the last frames and the header
  return std::move(memory.bytes);
}

[[noreturn]] void throw_errno(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

/// Temporary file beside it, fsync, rename: whoever looks sees all of the file or none of it.
void write_whole(const fs::path& path, const void* data, std::size_t size) {
  const std::string temporary = path.string() + ".part";
  const int descriptor = open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (descriptor < 0) throw_errno("cannot write " + temporary);
  const char* next = static_cast<const char*>(data);
  bool ok = true;
  while (ok && size > 0) {
    const ssize_t written = write(descriptor, next, size);
    ok = written > 0 || (written < 0 && errno == EINTR);
    if (written > 0) {
      next += written;
      size -= static_cast<std::size_t>(written);
    }
  }
  ok = ok && fsync(descriptor) == 0;
  const int error = errno;
  close(descriptor);
  errno = error;
  if (!ok) throw_errno("cannot write " + temporary);
  fs::rename(temporary, path);
}

/// Whether the file is an MP3 of exactly this length whose last frames are there.
bool is_complete_clip(const fs::path& path, int seconds) {
  SF_INFO info{};
  const SoundFile file(sf_open(path.c_str(), SFM_READ, &info));
  if (!file || info.samplerate != kSampleRate || info.channels != 2) return false;
  const sf_count_t expected = sf_count_t{seconds} * kSampleRate;
  constexpr sf_count_t kTail = 1152;
  std::vector<float> tail(2 * kTail);
  return info.frames == expected && sf_seek(file.get(), expected - kTail, SEEK_SET) == expected - kTail &&
         sf_readf_float(file.get(), tail.data(), kTail) == kTail;
}

/// Tells how far the work is on stderr: often to a person, seldom to a log.
class Progress {
 public:
  explicit Progress(std::size_t total) : total_(total), every_(isatty(STDERR_FILENO) != 0 ? 10 : 30) {}

  void count_one() {
    const std::size_t done = ++done_;
    if (done % every_ == 0 || done == total_)
      std::fprintf(stderr, "make_demo_catalogue: %zu/%zu clips\n", done, total_);
  }

 private:
  std::size_t total_, every_;
  std::atomic<std::size_t> done_ = 0;
};

/// Two workers take the next track until there is none, or until one of them fails; that failure is thrown.
void make_clips(const std::vector<DemoTrack>& tracks, int seconds, const fs::path& folder) {
  Progress progress(tracks.size());
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < tracks.size(); i = next++) {
      const fs::path path = folder / (tracks[i].id + ".mp3");
      try {
        if (!is_complete_clip(path, seconds)) {
          const std::vector<char> bytes = encode_mp3(synthesise_song(tracks[i].style, seconds, tracks[i].song_seed));
          write_whole(path, bytes.data(), bytes.size());
        }
      } catch (...) {
        next = tracks.size();
        throw;
      }
      progress.count_one();
    }
  };
  std::future<void> other = std::async(std::launch::async, work);
  work();
  other.get();
}

void make_catalogue(const fs::path& out, const CatalogueConfig& config) {
  fs::create_directories(out / "clips");
  const std::vector<DemoTrack> tracks = make_tracks(config);
  make_clips(tracks, config.seconds, out / "clips");
  const std::string csv = to_csv(tracks, config.base_url);
  write_whole(out / "catalogue.csv", csv.data(), csv.size());
}

}  // namespace
}  // namespace hitscope::assets

int main(int argc, char** argv) {
  hitscope::assets::CatalogueConfig config;
  std::string out;
  CLI::App app("Makes a synthetic catalogue with its clips: OUT_DIR/catalogue.csv and OUT_DIR/clips/*.mp3.");
  app.option_defaults()->always_capture_default();
  app.add_option("OUT_DIR", out, "folder to write to; it is created if it is missing")->required();
  app.add_option("--tracks", config.tracks, "number of rows of the catalogue")->check(CLI::Range(1, 1000000));
  app.add_option("--artists", config.artists, "number of artists")->check(CLI::Range(1, 1000000));
  app.add_option("--seconds", config.seconds, "length of every clip in seconds")->check(CLI::Range(1, 600));
  app.add_option("--repeated", config.repeated, "rows more: the first songs again, under other artists (a leak)")
      ->check(CLI::Range(0, 1000000));
  app.add_option("--seed", config.seed, "seed of the random numbers; the same seed gives the same files");
  app.add_option("--base-url", config.base_url, "start of every preview_url; a slash and TRACK_ID.mp3 follow");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  try {
    hitscope::assets::make_catalogue(out, config);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "make_demo_catalogue: %s\n", error.what());
    return 3;
  }
}
