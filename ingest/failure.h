// A failure of the outside world as a value: the stage, the kind, what to do next, and a message of one sentence.
//
// Every row without a result has one of these; `detail` names the file or row, the value and the rule. Errors in the
// use of the code itself throw exceptions instead.
// Thread safety: a plain value.
#pragma once

#include <array>
#include <string>

#include "dsp/fields.h"

namespace hitscope::ingest {

using dsp::to_string;

/// The step of the pipeline in which a row failed.
enum class Stage { kCatalogue, kFetch, kDecode, kRender, kTrain, kScore };

constexpr auto names_of(Stage) {
  return std::to_array<dsp::Name<Stage>>({{Stage::kCatalogue, "catalogue"},
                                          {Stage::kFetch, "fetch"},
                                          {Stage::kDecode, "decode"},
                                          {Stage::kRender, "render"},
                                          {Stage::kTrain, "train"},
                                          {Stage::kScore, "score"}});
}

enum class FailureKind {
  kBadFile,           ///< a whole input file cannot be used
  kBadRow,            ///< a row has the wrong shape
  kBadId,             ///< an id is missing or could not be a file name
  kDuplicateId,       ///< an earlier row has the same id
  kNoUrl,             ///< the catalogue has no URL for the row
  kBadUrl,            ///< a URL that cannot be fetched, such as one that is not http(s)
  kBadValue,          ///< a cell is not what its column needs
  kNetwork,           ///< name resolution, connection or transfer failed
  kTimeout,           ///< the host was too slow
  kThrottled,         ///< the host asked us to wait (429, 503) too often
  kHttpStatus,        ///< any other status that is not 200
  kExpiredLink,       ///< refused, and the signed URL has expired by its own expiry time
  kErrorBody,         ///< status 200 with a web page or a JSON message instead of a clip
  kBadRedirect,       ///< too many redirects, or one to something that is not http(s)
  kOptedOut,          ///< X-Robots-Tag asks machines to stay away
  kNotFetched,        ///< no run has requested the row yet
  kHostDown,          ///< the host stopped answering; the row was not requested
  kForbiddenAddress,  ///< the host name resolved to a private or loopback address
  kTooLarge,          ///< more bytes than allowed
  kEmpty,             ///< no bytes at all
  kNotAudio,          ///< the bytes are of no supported audio format
  kUnreadable,        ///< the file cannot be read
  kUndecodable,       ///< audio by its first bytes, but the decoder reported an error
  kNoDecoder,         ///< the library for this format is not installed
  kTruncated,         ///< fewer samples or bytes than the header promises
  kTooShort,          ///< shorter than min_duration_s
  kTooManyChannels,   ///< more channels than allowed
  kNotFinite,         ///< NaN or infinite samples
  kTooLong,           ///< more samples than the header promises
  kSilent,            ///< the peak is below the threshold of silence
  kConstant,          ///< every sample is the same
  kClipped,           ///< too many samples at full scale
  kLeftOut,           ///< a cleaning rule drops the row
  kDamaged,           ///< a stored clip is missing, or its bytes have changed since the fetch
  kMissing,           ///< another table has no row that matches
};

/// Names in result files, e.g. "not_audio".
constexpr auto names_of(FailureKind) {
  return std::to_array<dsp::Name<FailureKind>>({{FailureKind::kBadFile, "bad_file"},
                                                {FailureKind::kBadRow, "bad_row"},
                                                {FailureKind::kBadId, "bad_id"},
                                                {FailureKind::kDuplicateId, "duplicate_id"},
                                                {FailureKind::kNoUrl, "no_url"},
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
                                                {FailureKind::kMissing, "missing"}});
}

enum class Action { kRetry, kSkip, kStop };  ///< try again later, give up this row, or stop the run

struct Failure {
  Stage stage = Stage::kCatalogue;
  FailureKind kind = FailureKind::kBadFile;
  std::string detail;
  Action action = Action::kSkip;
};

}  // namespace hitscope::ingest
