#include "ingest/failure.h"

#include <array>
#include <utility>

namespace hitscope::ingest {
namespace {

constexpr std::array<std::pair<Stage, std::string_view>, 6> kStages{{{Stage::kCatalogue, "catalogue"},
                                                                     {Stage::kFetch, "fetch"},
                                                                     {Stage::kDecode, "decode"},
                                                                     {Stage::kRender, "render"},
                                                                     {Stage::kTrain, "train"},
                                                                     {Stage::kScore, "score"}}};

constexpr std::array<std::pair<FailureKind, std::string_view>, 34> kKinds{
    {{FailureKind::kBadFile, "bad_file"},
     {FailureKind::kBadRow, "bad_row"},
     {FailureKind::kBadId, "bad_id"},
     {FailureKind::kDuplicateId, "duplicate_id"},
     {FailureKind::kBadUrl, "bad_url"},
     {FailureKind::kBadValue, "bad_value"},
     {FailureKind::kNetwork, "network"},
     {FailureKind::kTimeout, "timeout"},
     {FailureKind::kThrottled, "throttled"},
     {FailureKind::kHttpStatus, "http_status"},
     {FailureKind::kExpiredLink, "expired_link"},
     {FailureKind::kErrorBody, "error_body"},
     {FailureKind::kBadRedirect, "bad_redirect"},
     {FailureKind::kOptedOut, "opted_out"},
     {FailureKind::kNotFetched, "not_fetched"},
     {FailureKind::kHostDown, "host_down"},
     {FailureKind::kForbiddenAddress, "forbidden_address"},
     {FailureKind::kTooLarge, "too_large"},
     {FailureKind::kEmpty, "empty"},
     {FailureKind::kNotAudio, "not_audio"},
     {FailureKind::kUnreadable, "unreadable"},
     {FailureKind::kUndecodable, "undecodable"},
     {FailureKind::kNoDecoder, "no_decoder"},
     {FailureKind::kTruncated, "truncated"},
     {FailureKind::kTooShort, "too_short"},
     {FailureKind::kTooManyChannels, "too_many_channels"},
     {FailureKind::kNotFinite, "not_finite"},
     {FailureKind::kTooLong, "too_long"},
     {FailureKind::kSilent, "silent"},
     {FailureKind::kConstant, "constant"},
     {FailureKind::kClipped, "clipped"},
     {FailureKind::kLeftOut, "left_out"},
     {FailureKind::kDamaged, "damaged"},
     {FailureKind::kMissing, "missing"}}};

template <typename Table, typename Key>
std::string_view name_of(const Table& table, Key key) {
  for (const auto& [value, name] : table) {
    if (value == key) return name;
  }
  return "unknown";
}

template <typename Key, typename Table>
std::optional<Key> value_of(const Table& table, std::string_view wanted) {
  for (const auto& [value, name] : table) {
    if (name == wanted) return value;
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(Stage stage) {
  return name_of(kStages, stage);
}
std::string_view to_string(FailureKind kind) {
  return name_of(kKinds, kind);
}
std::optional<Stage> stage_from(std::string_view name) {
  return value_of<Stage>(kStages, name);
}
std::optional<FailureKind> failure_kind_from(std::string_view name) {
  return value_of<FailureKind>(kKinds, name);
}

}  // namespace hitscope::ingest
