#include "apps/fetch/wanted_rows.h"

#include <algorithm>

#include "ingest/url.h"

namespace hitscope::apps::fetch {
namespace {

using ingest::FailureKind;

std::set<FailureKind> kinds_to_retry(const FetchRunConfig& config) {
  // Rows of these two kinds were never requested, or had a clip once: they are always requested again.
  std::set<FailureKind> kinds{FailureKind::kHostDown, FailureKind::kDamaged};
  kinds.insert(config.retry_kinds.begin(), config.retry_kinds.end());
  if (config.fetch.allow_private_addresses) kinds.insert(FailureKind::kForbiddenAddress);  // nothing was sent to them
  return kinds;
}

}  // namespace

WantedRows::WantedRows(const FetchRunConfig& config, const std::filesystem::path& store)
    : config_(config), retried_(kinds_to_retry(config)), clips_(store) {}

bool WantedRows::is_done(const ingest::FetchRecord& record, const ingest::tables::Track& track) const {
  const auto any_url = [&](auto&& same) { return std::any_of(track.urls.begin(), track.urls.end(), same); };
  if (record.clip) {
    return any_url([&](const std::string& url) {
             return ingest::same_resource(ingest::without_password(url), record.url);
           }) &&
           !clips_.problem(*record.clip, false);
  }
  if (config_.retry_failed || retried_.contains(record.clip.error().kind)) return false;
  return any_url([&](const std::string& url) { return ingest::without_password(url) == record.url; });
}

}  // namespace hitscope::apps::fetch
