// A failure of the outside world, as a value: where it happened, what it is, what to do next, and one sentence for
// people.
//
// Every row that cannot become a result becomes one of these; `detail` names the file or row, the value and the rule.
// Broken promises of the code itself throw instead.
// Thread safety: a plain value.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hitscope::ingest {

enum class Stage { kCatalogue, kFetch, kDecode, kRender, kTrain, kScore };

enum class FailureKind {
  kBadFile,           ///< a whole input file cannot be used
  kBadRow,            ///< a row has the wrong shape
  kBadId,             ///< an id is missing or could not be a file name
  kDuplicateId,       ///< the id stood in an earlier row
  kBadUrl,            ///< no URL, or one that is not http(s)
  kBadValue,          ///< a cell is not what its column needs
  kNetwork,           ///< name, connection or transfer failed
  kTimeout,           ///< the host was too slow
  kThrottled,         ///< the host asked for patience (429, 503) until patience ran out
  kHttpStatus,        ///< any other status that is not 200
  kExpiredLink,       ///< refused, and the signed URL says itself that its time is over
  kErrorBody,         ///< status 200 with a web page or a JSON message instead of a clip
  kBadRedirect,       ///< too many redirects, or one to something that is not http(s)
  kOptedOut,          ///< X-Robots-Tag asks machines to stay away
  kNotFetched,        ///< no run has got to the row yet
  kHostDown,          ///< the host stopped answering; the row was not requested
  kForbiddenAddress,  ///< the name led to a private or loopback address
  kTooLarge,          ///< more bytes than allowed
  kEmpty,             ///< no bytes at all
  kNotAudio,          ///< bytes that no supported audio format starts with
  kUnreadable,        ///< the file system refused
  kUndecodable,       ///< audio by its first bytes, but the decoder gave up
  kNoDecoder,         ///< the library for this format is not installed
  kTruncated,         ///< fewer samples or bytes than the header promises
  kTooShort,          ///< fewer samples than wanted
  kTooManyChannels,   ///< more channels than allowed
  kNotFinite,         ///< NaN or infinite samples
  kTooLong,           ///< more samples than the header promises
  kSilent,            ///< no sample is loud enough to be sound
  kConstant,          ///< every sample is the same
  kClipped,           ///< too many samples at full scale
  kLeftOut,           ///< a cleaning rule that was asked for takes the row out
  kDamaged,           ///< a stored clip is gone or no longer has the bytes that were fetched
  kMissing,           ///< a row has no counterpart where one was expected
};

enum class Action { kRetry, kSkip, kStop };  ///< try again later / give up this row / stop the run

struct Failure {
  Stage stage = Stage::kCatalogue;
  FailureKind kind = FailureKind::kBadFile;
  std::string detail;
  Action action = Action::kSkip;
};

/// Names as they stand in result files, e.g. "decode" and "not_audio".
std::string_view to_string(Stage stage);
std::string_view to_string(FailureKind kind);
/// The inverse; nullopt for an unknown name.
std::optional<Stage> stage_from(std::string_view name);
std::optional<FailureKind> failure_kind_from(std::string_view name);

}  // namespace hitscope::ingest
