#include "ingest/browser_url.h"

#include <idn2.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <memory>

namespace hitscope::ingest {
namespace {

// Printable ASCII that may not stand in a part of a URL; spaces, control characters and all beyond ASCII never may.
constexpr std::string_view kNotInUser = "\"#<>?`{}/;=@[\\]^|";
constexpr std::string_view kNotInPath = "\"#<>?`{}^";
constexpr std::string_view kNotInQuery = "\"#<>'";
constexpr std::string_view kNotInFragment = "\"<>`";

constexpr std::array<unsigned, 82> kBadPorts{
    1,    7,    9,    11,   13,   15,   17,   19,   20,   21,   22,   23,   25,   37,   42,   43,   53,
    69,   77,   79,   87,   95,   101,  102,  103,  104,  109,  110,  111,  113,  115,  117,  119,  123,
    135,  137,  139,  143,  161,  179,  389,  427,  465,  512,  513,  514,  515,  526,  530,  531,  532,
    540,  548,  554,  556,  563,  587,  601,  636,  989,  990,  993,  995,  1719, 1720, 1723, 2049, 3659,
    4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080};

bool is_plain(unsigned char c) {
  return c > 0x20 && c < 0x7F;
}

std::string encoded(std::string_view text, std::string_view not_allowed) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_plain(byte) && not_allowed.find(c) == std::string_view::npos) {
      result += c;
    } else {
      result += {'%', kDigits[byte >> 4U], kDigits[byte & 0xFU]};
    }
  }
  return result;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char upper = static_cast<char>(c & ~0x20);
  return upper >= 'A' && upper <= 'F' ? upper - 'A' + 10 : -1;
}

std::string decoded(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_code =
        text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0;
    result += is_code ? static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2])) : text[i];
    i += is_code ? 2 : 0;
  }
  return result;
}

/// The text as browsers take it from an attribute.
std::string stripped(std::string_view text) {
  const auto is_blank = [](char c) { return static_cast<unsigned char>(c) <= 0x20; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  std::string result(text);
  std::erase_if(result, [](char c) { return c == '\t' || c == '\n' || c == '\r'; });
  return result;
}

/// The length of "http:" or "https:" that the text begins with, else 0.
std::size_t web_scheme_length(std::string_view url) {
  const std::size_t colon = url.find(':');
  if (colon != 4 && colon != 5) return 0;
  const std::string_view scheme = colon == 4 ? "http" : "https";
  const bool same = std::equal(scheme.begin(), scheme.end(), url.begin(),
                               [](char a, unsigned char b) { return a == std::tolower(b); });
  return same ? colon + 1 : 0;
}

/// Whether the text is the same in every part of a URL, as nearly all are: most rows cost one look.
bool needs_nothing(std::string_view text) {
  constexpr std::string_view kLeft = "-._~:/?#&=+,;!$()*";
  const std::size_t code = text.find('%');  // in a host it is decoded
  const std::size_t path = text.find('/', std::string_view("https://").size());
  const bool is_host_plain =
      code == std::string_view::npos || (path < code && text.find("///") == std::string_view::npos);
  return is_host_plain && std::all_of(text.begin(), text.end(), [&](char c) {
           const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
           return is_letter || c == '%' || kLeft.find(c) != std::string_view::npos;
         });
}

/// "user:password@host:port", with what is needed for each of them.
std::string ascii_authority(std::string_view authority) {
  const std::size_t at = authority.rfind('@');
  const std::size_t begin = at == std::string_view::npos ? 0 : at + 1;
  std::string_view host = authority.substr(begin);
  const std::size_t colon =
      host.starts_with('[') ? host.find(':', std::min(host.find(']'), host.size())) : host.rfind(':');
  const std::size_t length = std::min(colon, host.size());
  const std::string_view port = host.substr(length);
  host = host.substr(0, length);
  const std::string user = begin == 0 ? "" : encoded(authority.substr(0, begin - 1), kNotInUser) + "@";
  return user + ascii_host(host).value_or(std::string(host)) + std::string(port);
}

}  // namespace

std::string browser_url(std::string_view text) {
  if (needs_nothing(text)) return std::string(text);
  std::string url = stripped(text);
  const std::size_t scheme = web_scheme_length(url);
  if (scheme == 0) return url;
  const std::size_t path_end = std::min(url.find_first_of("?#", scheme), url.size());
  std::replace(url.begin(), url.begin() + static_cast<std::ptrdiff_t>(path_end), '\\', '/');
  const std::string_view whole = url;
  const std::size_t authority = std::min(whole.find_first_not_of('/', scheme), path_end);
  const std::size_t path = std::min(whole.find('/', authority), path_end);
  const std::size_t fragment = std::min(whole.find('#'), whole.size());
  std::string result(whole.substr(0, authority));
  result += ascii_authority(whole.substr(authority, path - authority));
  result += encoded(whole.substr(path, path_end - path), kNotInPath);
  if (path_end < fragment) result += '?' + encoded(whole.substr(path_end + 1, fragment - path_end - 1), kNotInQuery);
  if (fragment < whole.size()) result += '#' + encoded(whole.substr(fragment + 1), kNotInFragment);
  return result;
}

std::optional<std::string> ascii_host(std::string_view host) {
  const bool is_ascii =
      std::all_of(host.begin(), host.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (host.starts_with('[') || (is_ascii && host.find('%') == std::string_view::npos)) return std::string(host);
  const std::string name = decoded(host);
  if (name.find('\0') != std::string::npos) return std::nullopt;
  struct Free {
    void operator()(std::uint8_t* text) const { idn2_free(text); }
  };
  // As libcurl: names of IDNA 2003, such as those with pictures, where IDNA 2008 knows none.
  for (const int rules : {IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL, static_cast<int>(IDN2_TRANSITIONAL)}) {
    std::uint8_t* text = nullptr;
    const int code = idn2_lookup_u8(reinterpret_cast<const std::uint8_t*>(name.c_str()), &text, rules);
    const std::unique_ptr<std::uint8_t, Free> owned(text);
    if (code != IDN2_OK) continue;
    std::string ascii(reinterpret_cast<const char*>(text));
    // A letter may stand for several: "℀" is "a/c", which must not become another host and a path.
    constexpr std::string_view kEndsHost = "#/:<>?@[\\]^|%";
    const bool is_host = std::all_of(ascii.begin(), ascii.end(), [&](char c) {
      return is_plain(static_cast<unsigned char>(c)) && kEndsHost.find(c) == std::string_view::npos;
    });
    return is_host && !ascii.empty() ? std::optional(std::move(ascii)) : std::nullopt;
  }
  return std::nullopt;
}

bool is_bad_port(unsigned port) {
  return std::binary_search(kBadPorts.begin(), kBadPorts.end(), port);
}

}  // namespace hitscope::ingest
