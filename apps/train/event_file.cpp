#include "apps/train/event_file.h"

#include <event.pb.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <stdexcept>

namespace hitscope::apps::train {
namespace {

constexpr std::string_view kPrefix = "events.out.tfevents.";

/// The remainders of all bytes, reflected.
constexpr std::array<std::uint32_t, 256> kRemainders = [] {
  constexpr std::uint32_t kCastagnoli = 0x82F63B78U;
  std::array<std::uint32_t, 256> remainders{};
  for (std::uint32_t byte = 0; byte < remainders.size(); ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? kCastagnoli : 0U);
    remainders[byte] = crc;
  }
  return remainders;
}();

/// The CRC as TFRecord masks it, so that the CRC of data which contain CRCs differs from these.
std::uint32_t masked_crc(std::string_view bytes) {
  const std::uint32_t crc = crc32c(bytes);
  return ((crc >> 15U) | (crc << 17U)) + 0xA282EAD8U;
}

template <class Number>
std::string little_endian(Number number) {
  std::string bytes;
  for (std::size_t i = 0; i < sizeof(Number); ++i) bytes += static_cast<char>((number >> (8 * i)) & 0xFFU);
  return bytes;
}

double now_s() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

/// Now, or the second after the latest file's: readers go by the names' order.
std::int64_t time_of_next(const std::filesystem::path& folder) {
  auto time = static_cast<std::int64_t>(now_s());
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(kPrefix)) continue;
    std::int64_t there = 0;
    std::from_chars(name.data() + kPrefix.size(), name.data() + name.size(), there);
    time = std::max(time, there + 1);
  }
  return time;
}

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "localhost";
  return name.data();
}

tensorboard::Event event_now() {
  tensorboard::Event event;
  event.set_wall_time(now_s());
  return event;
}

}  // namespace

std::uint32_t crc32c(std::string_view bytes) {
  std::uint32_t crc = ~0U;
  for (const char c : bytes) crc = (crc >> 8U) ^ kRemainders[(crc ^ static_cast<unsigned char>(c)) & 0xFFU];
  return ~crc;
}

EventFile::EventFile(const std::filesystem::path& folder, std::int64_t first_step) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (!std::filesystem::is_directory(folder)) throw std::runtime_error(folder.string() + ": cannot be made a folder");
  path_ = folder / fmt::format("{}{:010}.{}.{}", kPrefix, time_of_next(folder), host_name(), ::getpid());
  file_.open(path_, std::ios::binary | std::ios::app);
  tensorboard::Event version = event_now();
  version.set_file_version("brain.Event:2");
  append(version.SerializeAsString());
  tensorboard::Event start = event_now();
  start.set_step(first_step);
  start.mutable_session_log()->set_status(tensorboard::SessionLog::START);
  append(start.SerializeAsString());
}

void EventFile::add(std::int64_t step, std::span<const Scalar> scalars) {
  tensorboard::Event event = event_now();
  event.set_step(step);
  for (const Scalar& scalar : scalars) {
    tensorboard::Summary::Value& value = *event.mutable_summary()->add_value();
    value.set_tag(scalar.tag);
    value.set_simple_value(static_cast<float>(scalar.value));
  }
  append(event.SerializeAsString());
}

void EventFile::append(std::string_view message) {
  const std::string length = little_endian(static_cast<std::uint64_t>(message.size()));
  file_ << length << little_endian(masked_crc(length)) << message << little_endian(masked_crc(message)) << std::flush;
  if (!file_) throw std::runtime_error(path_.string() + ": cannot be written");
}

}  // namespace hitscope::apps::train
