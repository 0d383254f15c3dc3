#include "ingest/ogg_links.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "ingest/mapped_bytes.h"

namespace hitscope::ingest {
namespace {

constexpr std::size_t kPageHeader = 27;  // bytes before the table of segment sizes (RFC 3533, 6)
constexpr std::size_t kLongestPage = 65307;
constexpr std::size_t kForgetEvery = std::size_t{8} << 20U;
constexpr auto kBeginsStream = std::byte{2};
constexpr auto kEndsStream = std::byte{4};

bool is_page(std::span<const std::byte> bytes, std::size_t at) {
  return at + kPageHeader <= bytes.size() && std::memcmp(bytes.data() + at, "OggS", 4) == 0;
}

bool has_flag(std::span<const std::byte> bytes, std::size_t page, std::byte flag) {
  return (bytes[page + 5] & flag) != std::byte{0};
}

/// Bytes of the page at `at`, as its segment table says.
std::size_t page_bytes(std::span<const std::byte> bytes, std::size_t at) {
  const auto n_segments = std::to_integer<std::size_t>(bytes[at + kPageHeader - 1]);
  std::size_t total = kPageHeader + n_segments;
  for (std::size_t i = 0; i < n_segments && at + kPageHeader + i < bytes.size(); ++i) {
    total += std::to_integer<std::size_t>(bytes[at + kPageHeader + i]);
  }
  return total;
}

}  // namespace

std::vector<std::span<const std::byte>> ogg_links(std::span<const std::byte> bytes) {
  constexpr std::size_t kMostLinks = 4096;
  std::vector<std::span<const std::byte>> links;
  std::size_t begin = 0;
  bool in_headers = true;  // the first pages of all streams of a link come before any other
  std::size_t n_forgotten = 0;
  for (std::size_t at = 0; at + kPageHeader <= bytes.size();) {
    if (at - n_forgotten >= kForgetEvery) {
      forget_pages(bytes);
      n_forgotten = at;
    }
    if (!is_page(bytes, at)) {  // damaged: the next page begins somewhere behind
      const auto next = std::find(bytes.begin() + static_cast<std::ptrdiff_t>(at) + 1, bytes.end(), std::byte{'O'});
      at = static_cast<std::size_t>(next - bytes.begin());
      continue;
    }
    const bool begins = has_flag(bytes, at, kBeginsStream);
    if (begins && !in_headers && links.size() + 1 < kMostLinks) {
      links.push_back(bytes.subspan(begin, at - begin));
      begin = at;
    }
    in_headers = begins;
    at += page_bytes(bytes, at);
  }
  links.push_back(bytes.subspan(begin));
  return links;
}

bool holds_flac(std::span<const std::byte> ogg) {
  constexpr std::string_view kFlac =
      "\x7f"
      "FLAC";
  constexpr std::size_t kAt = kPageHeader + 1;  // behind one segment size
  return ogg.size() >= kAt + kFlac.size() && std::memcmp(ogg.data() + kAt, kFlac.data(), kFlac.size()) == 0;
}

bool ogg_has_end(std::span<const std::byte> ogg) {
  for (std::size_t at = ogg.size() - std::min(ogg.size(), kLongestPage); at + 6 <= ogg.size(); ++at) {
    if (std::memcmp(ogg.data() + at, "OggS", 4) == 0 && has_flag(ogg, at, kEndsStream)) return true;
  }
  return false;
}

}  // namespace hitscope::ingest
