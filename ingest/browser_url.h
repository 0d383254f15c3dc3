// Reads the text of a URL as browsers do (the WHATWG's URL standard), as far as http and https need it; host names by
// libidn2.
//
// Texts from tables and Location headers hold blanks, line breaks, raw spaces and letters of every language. What
// libcurl is given afterwards is plain ASCII, so that one host has one name whoever wrote it.
// Thread safety: free functions without shared state.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hitscope::ingest {

/// `text` without the control characters and blanks around it and the tabs and line breaks within. Of an http or https
/// URL also: slashes for backslashes, the host by ascii_host(), and percent signs for what may not stand in a URL; what
/// is encoded already stays as it is, byte by byte. A host that has no name in ASCII stays, and makes a url_problem().
std::string browser_url(std::string_view text);

/// The name that is looked up for `host`: percent-decoded, mapped and in punycode by UTS 46, as "xn--mnchen-3ya.de";
/// an ASCII name and an IPv6 literal stay. nullopt if there is no such name, or it would hold a mark that ends a host.
std::optional<std::string> ascii_host(std::string_view host);

/// Whether browsers refuse this port for http: mail, shells and other services that would obey what they are sent.
bool is_bad_port(unsigned port);

}  // namespace hitscope::ingest
