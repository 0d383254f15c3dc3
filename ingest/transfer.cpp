#include "ingest/transfer.h"

#include <curl/curl.h>

#include <algorithm>
#include <span>
#include <stdexcept>
#include <utility>

#include "ingest/url.h"

namespace hitscope::ingest {
namespace {

constexpr std::size_t kMaxHeaderBytes = 64U << 10U;
constexpr std::size_t kOtherBodyBytes = 64U << 10U;
constexpr int kMaxWaits = 10;  // waits of one row that its host asked for

}  // namespace

Transfer::Transfer(FetchRequest request, const FetchConfig& config, FetchClient& client)
    : request_(std::move(request)), config_(config), client_(client) {
  for (const std::string& url : request_.urls) candidates_.push_back({url});
  if (candidates_.empty()) throw std::invalid_argument("a row without a URL cannot be fetched");
  std::size_t first = 0;
  if (request_.part) {
    const auto same = [&](const Candidate& c) {
      return same_resource(without_password(c.url), request_.part->origin.url);
    };
    const auto found = std::find_if(candidates_.begin(), candidates_.end(), same);
    if (found != candidates_.end()) {
      first = static_cast<std::size_t>(found - candidates_.begin());
      origin_ = std::move(request_.part->origin);
      origin_.url = found->url;
      if (!is_validator(origin_.validator)) origin_.validator.clear();  // a journal may be anybody's
      stored_head_ = std::move(request_.part->head);
      n_handed_on_ = request_.part->n_bytes;
    }
    request_.part.reset();
  }
  ask_for(first);
}

Transfer::~Transfer() {
  curl_slist_free_all(static_cast<curl_slist*>(header_list_));
}

void Transfer::ask_for(std::size_t candidate) {
  candidate_ = candidate;
  url_ = candidates_[candidate].url;
  host_ = host_of(url_);
  n_redirects_ = 0;
  cookies_.clear();
}

void Transfer::forget_body() {
  buffer_ = {};
  head_ = {};
  stored_head_ = nullptr;
  n_handed_on_ = 0;
  origin_ = {candidates_[candidate_].url, "", "", "", "", 0};
}

bool Transfer::on_header(std::string_view line) {
  n_received_ += line.size();
  headers_.read_line(line);
  bad_headers_ = headers_.n_bytes > kMaxHeaderBytes;
  if (bad_headers_) return false;
  const bool is_end = line == "\r\n" || line == "\n";
  return !is_end || on_headers_end();
}

bool Transfer::brings_body() const {
  return headers_.status == 200 || (headers_.status == 206 && continues_);
}

/// All headers of a response are there: interim ones are passed over, a body begins anew or goes on where it broke off.
bool Transfer::on_headers_end() {
  if (!brings_body()) return true;
  if (config_.obey_robots_tag && opts_out(headers_.x_robots_tag)) return false;
  if (headers_.status == 206) {
    wrong_range_ = !is_rest() || is_gzipped(headers_);  // of other bytes than those that we have
    if (!wrong_range_ && stored_head_) head_ = std::exchange(stored_head_, nullptr)();
    return !wrong_range_;
  }
  forget_body();
  origin_ = {candidates_[candidate_].url, host_, headers_.etag, headers_.last_modified, range_validator(headers_), 0};
  if (is_gzipped(headers_)) {
    gzip_ = std::make_unique<GzipBody>();
    origin_.validator.clear();  // it vouches for the gzipped bytes
  }
  return true;
}

/// True where a partial answer begins where ours ends and is of the very same body: some servers send ranges without
/// minding If-Range. An answer may leave its validator out; then the length of the whole must speak for it.
bool Transfer::is_rest() const {
  const auto range = content_range(headers_.content_range);
  if (!range || range->first != n_bytes()) return false;
  const bool same_length = range->total.value_or(range->last + 1) == origin_.n_bytes;
  if (range->total && origin_.n_bytes > 0 && !same_length) return false;
  const bool by_etag = origin_.validator == origin_.etag;
  const std::string& now = by_etag ? headers_.etag : headers_.last_modified;
  return now.empty() ? same_length : now == (by_etag ? origin_.etag : origin_.last_modified);
}

/// One allocation for the whole body, where its length is known.
void Transfer::reserve() {
  curl_off_t length = -1;
  curl_easy_getinfo(easy_.get(), CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
  const auto most = static_cast<curl_off_t>(Fetcher::kPieceBytes + CURL_MAX_WRITE_SIZE);
  if (length <= 0 || gzip_) return;
  if (headers_.status == 200) origin_.n_bytes = static_cast<std::size_t>(length);
  buffer_.reserve(static_cast<std::size_t>(std::min(length, most)));
}

bool Transfer::on_body(std::string_view bytes) {
  n_received_ += bytes.size();
  if (!brings_body()) {
    other_body_.append(bytes.substr(0, kOtherBodyBytes - std::min(other_body_.size(), kOtherBodyBytes)));
    too_large_ = other_body_.size() >= kOtherBodyBytes;
    return !too_large_;
  }
  return gzip_ ? gzip_->read(bytes, [this](std::string_view inflated) { return on_clip(inflated); }) : on_clip(bytes);
}

/// Takes bytes of the clip itself.
bool Transfer::on_clip(std::string_view bytes) {
  too_large_ = n_bytes() + bytes.size() > config_.max_bytes();
  if (too_large_) return false;
  if (buffer_.empty()) reserve();
  buffer_.append(bytes);
  if (buffer_.size() < Fetcher::kPieceBytes) return true;
  hand_on();
  return true;
}

void Transfer::hand_on() {
  if (n_handed_on_ == 0) head_ = buffer_.substr(0, Fetcher::kHeadBytes);
  const std::size_t offset = n_handed_on_;
  n_handed_on_ += buffer_.size();
  client_.piece(request_, origin_, offset, std::move(buffer_));
  buffer_ = {};
}

bool Transfer::is_too_slow(Time now) {
  constexpr int kChecks = 8;  // in every stall timeout
  if (now - checks_.back().time >= config_.stall_timeout / kChecks) checks_.push_back({now, n_received_});
  // The last check that is a whole timeout ago is what counts.
  while (checks_.size() > 1 && now - checks_[1].time >= config_.stall_timeout) checks_.pop_front();
  const auto elapsed = now - checks_.front().time;
  if (elapsed < config_.stall_timeout) return false;
  const double seconds = std::chrono::duration<double>(elapsed).count();
  const double least = static_cast<double>(config_.min_bytes_per_second) * seconds;
  too_slow_ = static_cast<double>(n_received_ - checks_.front().n_received) < least;
  return too_slow_;
}

TransferEnd Transfer::end(int code) const {
  if (exception_) std::rethrow_exception(exception_);
  TransferEnd end;
  end.curl_code = code;
  end.curl_message = error_.front() != '\0' ? error_.data() : curl_easy_strerror(static_cast<CURLcode>(code));
  if (wrong_range_)
    end.curl_message = "the host sent another byte range than the one requested, or a part of another file";
  end.http_status = headers_.status;
  end.url = url_;
  end.headers = headers_;
  const std::string& body = !brings_body() ? other_body_ : n_handed_on_ > 0 ? head_ : buffer_;
  end.body = std::as_bytes(std::span(body.data(), body.size()));
  end.n_bytes = n_bytes();
  end.continues = continues_;
  end.forbidden_address = forbidden_address_;
  end.too_large = too_large_;
  end.too_slow = too_slow_;
  if (gzip_) end.gzip_failure = gzip_->failure(code == CURLE_OK);
  end.bad_headers = bad_headers_;
  long connect_status = 0;  // of the proxy; no other server answers CONNECT
  curl_easy_getinfo(easy_.get(), CURLINFO_HTTP_CONNECTCODE, &connect_status);
  end.proxy_wants_password = config_.use_proxy && connect_status == 407;
  end.obeys_robots_tag = config_.obey_robots_tag;
  end.now = std::chrono::system_clock::now();
  return end;
}

std::string Transfer::redirect_target() const {
  const bool leads_on = is_redirect(headers_.status) && !headers_.location.empty();
  return leads_on ? resolved(url_, headers_.location) : "";
}

void Transfer::follow(const std::string& target) {
  curl_slist* cookies = nullptr;
  curl_easy_getinfo(easy_.get(), CURLINFO_COOKIELIST, &cookies);
  std::vector<std::string>& kept = cookies_[host_];
  kept.clear();
  for (const curl_slist* cookie = cookies; cookie != nullptr; cookie = cookie->next) kept.emplace_back(cookie->data);
  curl_slist_free_all(cookies);
  ++n_redirects_;
  url_ = target;
  host_ = host_of(target);
}

std::string Transfer::redirect_words() const {
  return n_redirects_ > 0 ? " (after a redirect to '" + without_password(url_) + "')" : "";
}

std::optional<std::chrono::milliseconds> Transfer::fail(const Failure& failure, double uniform) {
  http_status_ = headers_.status;
  const bool was_body = brings_body();
  if (wrong_range_ || (headers_.status == 416 && continues_) || (was_body && !can_continue())) forget_body();
  last_failure_ = failure;
  wants_new_connection_ = failure.kind == FailureKind::kNetwork || failure.kind == FailureKind::kTruncated;
  if (can_continue()) save_part();  // not to be held in memory while it waits
  Candidate& current = candidates_[candidate_];
  // Being asked to wait is nobody's failure, for a while.
  const bool is_wait = failure.kind == FailureKind::kThrottled && ++n_waits_ <= kMaxWaits;
  if (!is_wait) {
    ++current.n_failures;
    current.given_up = failure.action != Action::kRetry || failure.kind == FailureKind::kThrottled ||
                       current.n_failures >= config_.max_attempts;
  }
  for (std::size_t i = 1; i <= candidates_.size(); ++i) {
    const std::size_t next = (candidate_ + i) % candidates_.size();
    if (candidates_[next].given_up) continue;
    const bool new_round = next <= candidate_;
    ask_for(next);
    if (!new_round || is_wait) return std::chrono::milliseconds(0);  // the host's pause is the wait
    return backoff(candidates_[next].n_failures, config_.host.first_backoff, config_.host.longest_backoff, uniform);
  }
  return std::nullopt;
}

FetchResult Transfer::finish(std::optional<Failure> failure) {
  FetchResult result;
  result.http_status = headers_.status != 0 ? headers_.status : http_status_;
  result.n_attempts = n_attempts_;
  result.origin = origin_;
  result.origin.url = candidates_[candidate_].url;
  if (failure) {
    const bool may_pass = failure->action == Action::kRetry || failure->kind == FailureKind::kHostDown;
    if (may_pass) save_part();
    result.may_continue = may_pass && can_continue() && buffer_.empty();
    result.body = tl::make_unexpected(std::move(*failure));
  } else {
    const std::string& head = n_handed_on_ > 0 ? head_ : buffer_;
    const AudioType type = audio_type_of(std::as_bytes(std::span(head.data(), head.size())));
    result.body = FetchedBody{type, n_bytes(), std::move(buffer_)};
  }
  result.request = std::move(request_);
  return result;
}

void Transfer::save_part() {
  constexpr std::size_t kWorthKeeping = 64U << 10U;
  if (can_continue() && !buffer_.empty() && n_bytes() >= kWorthKeeping) hand_on();
}

}  // namespace hitscope::ingest
