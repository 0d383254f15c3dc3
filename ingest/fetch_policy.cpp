#include "ingest/fetch_policy.h"

#include <curl/curl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <ctime>
#include <nlohmann/json.hpp>
#include <string_view>

#include "dsp/json.h"
#include "ingest/audio_type.h"
#include "ingest/url.h"

namespace hitscope::ingest {
namespace {

Failure failure(FailureKind kind, Action action, std::string detail) {
  return {Stage::kFetch, kind, std::move(detail), action};
}

std::string status_words(long status) {
  return "HTTP status " + std::to_string(status);
}

bool is_web_scheme(std::string_view scheme) {
  return scheme == "http" || scheme == "https";
}

Failure classify_curl(const TransferEnd& end) {
  switch (end.curl_code) {
    case CURLE_OPERATION_TIMEDOUT:
      return failure(FailureKind::kTimeout, Action::kRetry, end.curl_message);
    case CURLE_PARTIAL_FILE:
      return failure(FailureKind::kTruncated, Action::kRetry, end.curl_message);
    case CURLE_URL_MALFORMAT:
      return failure(FailureKind::kBadUrl, Action::kSkip, end.curl_message);
    case CURLE_UNSUPPORTED_PROTOCOL:
      if (is_web_scheme(scheme_of(end.url))) {
        return failure(FailureKind::kNetwork, Action::kRetry, "the answer is not HTTP: " + end.curl_message);
      }
      return failure(FailureKind::kBadUrl, Action::kSkip, end.curl_message);
    case CURLE_PEER_FAILED_VERIFICATION:
      return failure(FailureKind::kNetwork, Action::kSkip, end.curl_message);
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_FAILED_INIT:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return failure(FailureKind::kNetwork, Action::kStop, end.curl_message);
    default:
      return failure(FailureKind::kNetwork, Action::kRetry, end.curl_message);
  }
}

Failure classify_status(const TransferEnd& end) {
  const long status = end.http_status;
  const std::string words = status_words(status);
  if (status == 429 || status == 503) return failure(FailureKind::kThrottled, Action::kRetry, words);
  if (status == 400 || status == 401 || status == 403 || status == 404 || status == 410) {
    const auto expiry = link_expiry(end.url);
    if (expiry && *expiry < end.now) {
      return failure(
          FailureKind::kExpiredLink, Action::kSkip,
          words + ": the link expired at " + utc_text(*expiry) + "; get a new link from the source of the catalogue");
    }
  }
  const bool passing = status == 408 || status == 425 || status == 416 || status >= 500;
  return failure(FailureKind::kHttpStatus, passing ? Action::kRetry : Action::kSkip, words);
}

/// The first bytes as printable text, for a message about a body that is no audio.
std::string excerpt(std::span<const std::byte> body) {
  std::string text;
  for (const std::byte b : body.first(std::min<std::size_t>(body.size(), 120))) {
    const char c = static_cast<char>(b);
    text += c >= 0x20 && c < 0x7F ? c : '.';
  }
  return text;
}

/// Some APIs (Deezer's: code 4 for the quota, 700 for busy) answer a quota error with status 200.
bool is_quota_error(std::string_view text) {
  nlohmann::json json;
  try {
    json = dsp::parse_json<nlohmann::json>(text);
  } catch (const dsp::JsonError&) {
    return false;
  }
  if (!json.is_object() || !json.contains("error") || !json["error"].is_object()) return false;
  const auto& error = json["error"];
  for (const char* name : {"code", "status"}) {
    if (!error.contains(name) || !error[name].is_number_integer()) continue;
    const auto code = error[name].get<std::int64_t>();
    if (code == 4 || code == 700 || code == 429 || code == 503) return true;
  }
  return false;
}

/// A body of status 200 that is no audio.
Failure classify_text(std::span<const std::byte> body) {
  const std::string_view text(reinterpret_cast<const char*>(body.data()), body.size());
  const std::size_t first = text.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  const char begin = first == std::string_view::npos ? '\0' : text[first];
  const std::string words = "; it starts with '" + excerpt(body) + "'";
  const std::string status = "HTTP status 200, but the body is ";
  if (begin == '{' && is_quota_error(text)) {
    return failure(FailureKind::kThrottled, Action::kRetry, status + "a message that the quota is used up" + words);
  }
  if (begin == '{' || begin == '[')
    return failure(FailureKind::kErrorBody, Action::kSkip, status + "JSON, not audio" + words);
  if (begin == '<') return failure(FailureKind::kErrorBody, Action::kSkip, status + "a web page, not audio" + words);
  return failure(FailureKind::kNotAudio, Action::kSkip, status + "not audio" + words);
}

/// What failed before there was an answer to look at.
std::optional<Failure> classify_connection(const TransferEnd& end) {
  // A name may have both public and private addresses; it is refused only if none could be connected to.
  if (!end.forbidden_address.empty() && end.http_status == 0 && end.curl_code != CURLE_OK) {
    return failure(FailureKind::kForbiddenAddress, Action::kSkip, "the host's address is " + end.forbidden_address);
  }
  if (end.proxy_wants_password) {
    return failure(FailureKind::kHttpStatus, Action::kStop,
                   status_words(407) + " from the proxy: give it a user name and password in https_proxy");
  }
  if (end.bad_headers) {
    return failure(FailureKind::kNetwork, Action::kRetry, "the response headers are too long");
  }
  return std::nullopt;
}

}  // namespace

std::optional<Failure> classify(const TransferEnd& end) {
  const bool is_answer = end.http_status == 200 || (end.http_status == 206 && end.continues);
  if (auto failure = classify_connection(end)) return failure;
  // An error's page may be endless, stall or break off: the status says enough.
  if (end.http_status >= 400) return classify_status(end);
  if (end.too_slow) {
    return failure(FailureKind::kTimeout, Action::kRetry,
                   "slower than the minimum speed; " + std::to_string(end.n_bytes) + " bytes were received");
  }
  if (is_answer && end.obeys_robots_tag && opts_out(end.headers.x_robots_tag)) {
    return failure(FailureKind::kOptedOut, Action::kSkip,
                   "X-Robots-Tag '" + end.headers.x_robots_tag + "' asks machines not to use the clip");
  }
  if (end.http_status >= 300 && end.curl_code == CURLE_OK) return classify_status(end);
  if (end.too_large || end.curl_code == CURLE_FILESIZE_EXCEEDED) {
    return failure(FailureKind::kTooLarge, Action::kSkip, "the body is larger than the limit");
  }
  if (end.gzip_failure) return end.gzip_failure;
  if (end.curl_code != CURLE_OK) return classify_curl(end);
  if (!is_answer) return classify_status(end);
  if (end.http_status == 206) {
    const auto range = content_range(end.headers.content_range);
    const std::size_t whole = range ? range->total.value_or(range->last + 1) : end.n_bytes;
    if (whole != end.n_bytes) {
      return failure(FailureKind::kTruncated, Action::kRetry,
                     std::to_string(end.n_bytes) + " of " + std::to_string(whole) + " bytes were received");
    }
  }
  if (end.body.empty()) return failure(FailureKind::kEmpty, Action::kRetry, "HTTP status 200 with an empty body");
  if (audio_type_of(end.body) != AudioType::kUnknown) return std::nullopt;
  auto failure = classify_text(end.body);
  const std::string& encoding = end.headers.content_encoding;
  if (!encoding.empty() && !is_gzipped(end.headers)) {
    failure.detail += "; it came encoded as '" + encoding + "', which was not asked for and is not undone";
  }
  return failure;
}

std::string utc_text(std::chrono::system_clock::time_point time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  char text[32] = "";
  if (gmtime_r(&seconds, &parts) != nullptr) std::strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &parts);
  return text;
}

bool is_unreached(FailureKind kind) {
  return kind == FailureKind::kHostDown || kind == FailureKind::kNetwork || kind == FailureKind::kTimeout;
}

bool is_redirect(long http_status) {
  return http_status == 301 || http_status == 302 || http_status == 303 || http_status == 307 || http_status == 308;
}

std::optional<Failure> redirect_problem(const std::string& url, const std::string& target, int n,
                                        const RedirectLimits& limits) {
  if (n > limits.max_redirects) {
    return failure(FailureKind::kBadRedirect, Action::kSkip,
                   "more than " + std::to_string(limits.max_redirects) + " redirects; the last leads to '" +
                       without_password(target) + "'");
  }
  const bool is_web = is_web_scheme(scheme_of(target));
  if (scheme_of(url) == "https" && scheme_of(target) == "http" && !limits.allow_downgrade) {
    return failure(FailureKind::kBadRedirect, Action::kSkip,
                   "redirects from https to '" + without_password(target) +
                       "', which is not encrypted; `allow_downgrade` follows it");
  }
  const auto problem = is_web ? url_problem(target) : std::nullopt;
  if (is_web && !problem) return std::nullopt;
  if (problem)
    return failure(FailureKind::kBadRedirect, Action::kSkip,
                   "redirects to '" + without_password(target) + "', which " + *problem);
  return failure(FailureKind::kBadRedirect, Action::kSkip,
                 "redirects to '" + without_password(target) + "'; only http and https are followed");
}

std::chrono::milliseconds backoff(int attempt, std::chrono::milliseconds first, std::chrono::milliseconds longest,
                                  double uniform) {
  const double ceiling = std::min(static_cast<double>(longest.count()),
                                  static_cast<double>(first.count()) * std::exp2(std::min(attempt - 1, 30)));
  return std::chrono::milliseconds(static_cast<std::int64_t>(ceiling * uniform));
}

}  // namespace hitscope::ingest
