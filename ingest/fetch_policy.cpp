#include "ingest/fetch_policy.h"

#include <curl/curl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "ingest/audio_type.h"

namespace hitscope::ingest {
namespace {

Failure failure(FailureKind kind, Action action, std::string detail) {
  return {Stage::kFetch, kind, std::move(detail), action};
}

Failure classify_curl(const TransferEnd& end) {
  switch (end.curl_code) {
    case CURLE_OPERATION_TIMEDOUT:
      return failure(FailureKind::kTimeout, Action::kRetry, end.curl_message);
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
      return failure(FailureKind::kBadUrl, Action::kSkip, end.curl_message);
    case CURLE_TOO_MANY_REDIRECTS:
    case CURLE_PEER_FAILED_VERIFICATION:
      return failure(FailureKind::kNetwork, Action::kSkip, end.curl_message);
    default:
      return failure(FailureKind::kNetwork, Action::kRetry, end.curl_message);
  }
}

Failure classify_status(long status) {
  const std::string words = "HTTP status " + std::to_string(status);
  if (status == 429 || status == 503) return failure(FailureKind::kThrottled, Action::kRetry, words);
  const bool passing = status == 408 || status == 425 || status >= 500;
  return failure(FailureKind::kHttpStatus, passing ? Action::kRetry : Action::kSkip, words);
}

/// The first bytes as printable text, for a message about a body that is no audio.
std::string excerpt(std::span<const std::byte> body) {
  std::string text;
  for (const std::byte b : body.first(std::min<std::size_t>(body.size(), 40))) {
    const char c = static_cast<char>(b);
    text += c >= 0x20 && c < 0x7F ? c : '.';
  }
  return text;
}

std::uint32_t high_bits(std::span<const std::byte> a) {
  return std::to_integer<std::uint32_t>(a[0]) << 24U | std::to_integer<std::uint32_t>(a[1]) << 16U |
         std::to_integer<std::uint32_t>(a[2]) << 8U | std::to_integer<std::uint32_t>(a[3]);
}

bool is_private_v4(std::uint32_t address) {
  struct Range {
    std::uint32_t prefix;
    unsigned bits;
  };
  // RFC 6890: this network, private, shared, loopback, link-local, protocol assignments, documentation, benchmarks,
  // multicast and reserved.
  constexpr Range kRanges[] = {{0x00000000, 8},  {0x0A000000, 8},  {0x64400000, 10}, {0x7F000000, 8},  {0xA9FE0000, 16},
                               {0xAC100000, 12}, {0xC0000000, 24}, {0xC0000200, 24}, {0xC0A80000, 16}, {0xC6120000, 15},
                               {0xC6336400, 24}, {0xCB007100, 24}, {0xE0000000, 3}};
  return std::any_of(std::begin(kRanges), std::end(kRanges),
                     [&](const Range& r) { return (address ^ r.prefix) >> (32U - r.bits) == 0; });
}

}  // namespace

std::optional<Failure> classify(const TransferEnd& end) {
  if (end.forbidden_address) {
    return failure(FailureKind::kForbiddenAddress, Action::kSkip,
                   "the host's address is private or loopback; allowed only with --allow-private-addresses");
  }
  const bool is_answer = end.http_status == 0 || end.http_status == 200;
  if (end.too_large && !is_answer) return classify_status(end.http_status);  // a long error page
  if (end.too_large)
    return failure(FailureKind::kTooLarge, Action::kSkip, "the body is larger than --max-megabytes allows");
  if (end.curl_code != CURLE_OK) return classify_curl(end);
  if (end.http_status != 200) return classify_status(end.http_status);
  if (end.body.empty()) return failure(FailureKind::kEmpty, Action::kRetry, "HTTP status 200 with an empty body");
  if (audio_type_of(end.body) != AudioType::kUnknown) return std::nullopt;
  return failure(FailureKind::kNotAudio, Action::kSkip,
                 "HTTP status 200, but the body is not audio; it starts with '" + excerpt(end.body) + "'");
}

std::chrono::milliseconds backoff(int attempt, std::chrono::milliseconds first, std::chrono::milliseconds longest,
                                  double uniform) {
  const double ceiling = std::min(static_cast<double>(longest.count()),
                                  static_cast<double>(first.count()) * std::exp2(std::min(attempt - 1, 30)));
  return std::chrono::milliseconds(static_cast<std::int64_t>(ceiling * uniform));
}

bool is_private_address(int family, std::span<const std::byte> address) {
  if (family == AF_INET && address.size() == 4) return is_private_v4(high_bits(address));
  if (family != AF_INET6 || address.size() != 16) return true;
  const auto zero = [&](std::size_t from, std::size_t to) {
    return std::all_of(address.begin() + static_cast<std::ptrdiff_t>(from),
                       address.begin() + static_cast<std::ptrdiff_t>(to),
                       [](std::byte b) { return b == std::byte{0}; });
  };
  const bool mapped = zero(0, 10) && address[10] == std::byte{0xFF} && address[11] == std::byte{0xFF};
  const bool nat64 = high_bits(address) == 0x0064FF9B && zero(4, 12);
  if (mapped || nat64 || zero(0, 12)) return is_private_v4(high_bits(address.subspan(12)));
  const std::uint32_t high = high_bits(address);
  if (high >> 16U == 0x2002) return is_private_v4(high_bits(address.subspan(2)));  // 6to4 carries a v4 address
  if (high == 0x20010DB8 || high >> 9U == 0x20010000U >> 9U) return true;          // documentation; protocols, Teredo
  return high >> 29U != 1U;                                                        // only 2000::/3 is global unicast
}

}  // namespace hitscope::ingest
