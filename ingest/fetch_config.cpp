#include "ingest/fetcher.h"
#include "ingest/host_header.h"

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

}  // namespace hitscope::ingest
