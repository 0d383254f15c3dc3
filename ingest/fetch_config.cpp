#include <arpa/inet.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

#include "ingest/fetcher.h"
#include "ingest/host_header.h"
#include "ingest/url.h"

namespace hitscope::ingest {

void FetchConfig::validate() const {
  host.validate();
  dsp::check_fields(*this);
  for (const std::string& header : headers) {
    if (HostHeader::parse(header)) continue;
    throw dsp::FieldError("headers", "'" + header.substr(0, header.find(':')) + "'",
                          "HOST=Name: value, as in api.example.com=Authorization: Bearer TOKEN");
  }
}

std::string FetchConfig::address_problem(int family, std::span<const std::byte> address) const {
  for (const AddressRange& range : deny) {
    if (range.contains(family, address)) return "in " + range.text() + ", which `deny` names";
  }
  if (allow_private_addresses || !is_private_address(family, address)) return {};
  return "private or loopback, which is not allowed";
}

std::string FetchConfig::literal_address_problem(const std::string& url) const {
  std::string host = host_of(url);
  host.resize(std::min(host.rfind(':'), host.size()));  // without its port
  const bool is_v6 = host.starts_with('[') && host.ends_with(']');
  if (is_v6) host = host.substr(1, host.size() - 2);
  const int family = is_v6 ? AF_INET6 : AF_INET;
  std::array<std::byte, 16> address{};
  if (::inet_pton(family, host.c_str(), address.data()) != 1) return {};
  return address_problem(family, std::span<const std::byte>(address).first(is_v6 ? 16 : 4));
}

}  // namespace hitscope::ingest
