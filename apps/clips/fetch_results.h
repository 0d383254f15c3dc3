// Reads and writes results.csv of a fetch, which has a line for every row of the catalogue in its order, with the
// catalogue's other columns, and writes failures.csv, the lines that failed.
//
// Rows are added in the catalogue's order, but their results arrive in another: finished lines are kept in a file, the
// others as gaps that publish() fills from the journal. Memory use does not grow with the number of rows.
// Thread safety: one thread per object.
#pragma once

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/shell/failure_summary.h"
#include "ingest/fetch_journal.h"
#include "ingest/tables/catalogue.h"

namespace hitscope::apps::clips {

inline constexpr const char* kFetchResults = "results.csv";
inline constexpr const char* kFetchFailures = "failures.csv";

/// The cells of one line that come before those of the catalogue. Names and order are those of the columns.
struct FetchResultLine {
  std::string_view row;  ///< number of the row in the catalogue
  std::string_view id;
  std::string_view url{};   ///< URL that gave the result
  std::string_view status;  ///< "ok" or "failed"
  std::string_view file{};  ///< path of the clip in the store; empty for a failure, as are the cells up to media_type
  std::string_view bytes{};
  std::string_view sha256{};
  std::string_view media_type{};
  std::string_view http_status{};
  std::string_view attempts{};
  std::string_view stage{};  ///< stage of a failure; empty for a clip, as are kind and detail
  std::string_view kind{};
  std::string_view detail{};

  bool is_ok() const { return status == "ok"; }
  /// The failure of a line that is not ok; unknown names, as of a later version, become fetch/bad_row.
  ingest::Failure failure() const;
};

/// Calls `take` for every line of the results.csv in the folder `store`; the line is valid until `take` returns. Throws
/// UsageError for a file that cannot be read or has other columns.
void read_fetch_results(const std::filesystem::path& store, const std::function<void(const FetchResultLine&)>& take);

class FetchResults {
 public:
  /// Collects the results for the rows of `catalogue` and writes them to the folder `store`.
  FetchResults(const std::filesystem::path& store, const ingest::tables::Catalogue& catalogue);
  ~FetchResults();
  FetchResults(const FetchResults&) = delete;
  FetchResults& operator=(const FetchResults&) = delete;

  /// Adds the next row, which the catalogue refused.
  void add_refused(const ingest::tables::CatalogueRow& row);
  /// Adds the next row, which already has a record.
  void add_known(const ingest::tables::Track& track, const ingest::FetchRecord& record);
  /// Adds the next row, whose record `find` gives at the end.
  void add_pending(const ingest::tables::Track& track);

  using Find = std::function<std::optional<ingest::FetchRecord>(const std::string& id)>;
  /// Fills the gaps and publishes both files. Rows without a record are failures of kind not_fetched, or left out in a
  /// run that was stopped early (`says_missing` false).
  void publish(const Find& find, bool says_missing);

  std::size_t n_rows() const { return n_rows_; }
  std::size_t n_clips() const { return n_clips_; }
  const shell::FailureSummary& failures() const { return failures_; }

 private:
  enum class Kind : char { kClip, kFailure, kPending };
  void keep(Kind kind, std::size_t row, const std::string& id, const std::string& text);
  std::string line_for(std::size_t row, const ingest::FetchRecord& record, const std::string& others);
  /// The catalogue's other columns as the end of a line, each after its comma.
  std::string others_of(const std::vector<std::string>& cells) const;

  std::filesystem::path store_;
  std::string catalogue_name_;  // name of the catalogue in messages
  std::vector<std::size_t> other_columns_;
  std::string header_;
  std::vector<char> buffer_ = std::vector<char>(1U << 18U);  // buffer of kept_
  std::fstream kept_;
  shell::FailureSummary failures_;
  std::size_t n_rows_ = 0;
  std::size_t n_clips_ = 0;
};

}  // namespace hitscope::apps::clips
