// A request header for one host: a token must not reach every server that a catalogue names.
// Thread safety: a plain value.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hitscope::ingest {

struct HostHeader {
  std::string host;  ///< in lower case and punycode, with or without ":port"
  std::string line;  ///< "Name: value"

  /// Reads "HOST=Name: value"; nullopt for other text, a name that is not a token, or control characters.
  static std::optional<HostHeader> parse(std::string_view text);
  /// Whether `host_and_port`, as host_of() names it, is the header's host, at the header's port if it names one.
  bool is_for(std::string_view host_and_port) const;
};

}  // namespace hitscope::ingest
