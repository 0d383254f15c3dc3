#include "ingest/host_header.h"

#include <algorithm>
#include <cctype>

#include "ingest/browser_url.h"

namespace hitscope::ingest {
namespace {

/// "host" or "host:port" as host_of() names the host.
std::optional<std::string> in_ascii(const std::string& host) {
  const std::size_t colon = host.starts_with('[') ? std::string::npos : host.rfind(':');
  const auto name = ascii_host(host.substr(0, colon));
  if (!name || colon == std::string::npos) return name;
  return *name + host.substr(colon);
}

}  // namespace

std::optional<HostHeader> HostHeader::parse(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) return std::nullopt;
  std::string host(text.substr(0, equals));
  std::transform(host.begin(), host.end(), host.begin(), [](unsigned char c) { return std::tolower(c); });
  const std::string_view line = text.substr(equals + 1);
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  const std::string_view name = line.substr(0, colon);
  constexpr std::string_view kTokenMarks = "!#$%&'*+-.^_`|~";  // RFC 9110
  const bool is_token = std::all_of(name.begin(), name.end(), [&](unsigned char c) {
    return std::isalnum(c) != 0 || kTokenMarks.find(static_cast<char>(c)) != std::string_view::npos;
  });
  const bool is_plain = std::all_of(text.begin(), text.end(), [](unsigned char c) { return c >= 0x20 && c != 0x7F; });
  const auto ascii = in_ascii(host);
  if (!is_token || !is_plain || !ascii || host.find_first_of(" /@") != std::string::npos) return std::nullopt;
  return HostHeader{*ascii, std::string(line)};
}

bool HostHeader::is_for(std::string_view host_and_port) const {
  if (host_and_port == host) return true;
  const std::size_t colon = host_and_port.rfind(':');
  return colon != std::string_view::npos && host_and_port.substr(0, colon) == host;
}

}  // namespace hitscope::ingest
