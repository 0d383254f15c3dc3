// Reads and writes the numbers in files of trees, little-endian. Internal to models/classical.
// Thread safety: plain values and free functions without shared state.
#pragma once

#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>

namespace hitscope::models::classical::trees {

/// Appends the bytes of `value`.
template <typename T>
void put(std::string& bytes, T value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

/// Takes numbers from the front of bytes that may be hostile. `what` is the noun of its errors, e.g. "the forest".
class TreeReader {
 public:
  TreeReader(std::string_view bytes, std::string what) : bytes_(bytes), what_(std::move(what)) {}

  template <typename T>
  T take() {
    T value;
    if (bytes_.size() < sizeof value) fail("is cut short");
    std::memcpy(&value, bytes_.data(), sizeof value);
    bytes_.remove_prefix(sizeof value);
    return value;
  }
  /// A word from `least` to `most`.
  std::uint32_t take_word(const char* name, std::uint32_t least, std::size_t most) {
    const auto value = take<std::uint32_t>();
    if (value < least || value > most) fail(std::string("has a wrong ") + name);
    return value;
  }
  /// Throws std::runtime_error unless the bytes begin with `magic`, and takes it.
  void take_magic(std::string_view magic) {
    if (!bytes_.starts_with(magic)) throw std::runtime_error("these are not the bytes of " + what_);
    bytes_.remove_prefix(magic.size());
  }
  std::size_t size() const { return bytes_.size(); }
  [[noreturn]] void fail(const std::string& why) const { throw std::runtime_error(what_ + " " + why); }

 private:
  std::string_view bytes_;
  std::string what_;
};

}  // namespace hitscope::models::classical::trees
