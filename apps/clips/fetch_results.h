// What a fetch leaves for people and for `render`: results.csv, a line for every row of the catalogue in its order with
// the catalogue's other columns, and failures.csv, the failed ones of them.
//
// Rows come in the catalogue's order, but what becomes of them does not: lines whose end is known are kept in a file as
// they are, the others as a place to be filled in from the journal at the end. Memory does not grow with rows.
// Thread safety: one thread.
#pragma once

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "apps/shell/failure_summary.h"
#include "ingest/fetch_journal.h"
#include "ingest/tables/catalogue.h"

namespace hitscope::apps::clips {

inline constexpr const char* kFetchFailures = "failures.csv";
/// The columns of results.csv before those of the catalogue.
const std::vector<std::string>& fetch_result_columns();

class FetchResults {
 public:
  /// Of the rows of `catalogue`, into the folder `store`.
  FetchResults(const std::filesystem::path& store, const ingest::tables::Catalogue& catalogue);
  ~FetchResults();
  FetchResults(const FetchResults&) = delete;
  FetchResults& operator=(const FetchResults&) = delete;

  /// The next row, which the catalogue refuses.
  void add_refused(const ingest::tables::CatalogueRow& row);
  /// The next row, whose record stands.
  void add_known(const ingest::tables::Track& track, const ingest::FetchRecord& record);
  /// The next row, which is being fetched.
  void add_pending(const ingest::tables::Track& track);

  using Find = std::function<std::optional<ingest::FetchRecord>(const std::string& id)>;
  /// Fills the places in and puts both files where they belong. Rows without a record are failures of kind not_fetched,
  /// or, in a run that was stopped early (`says_missing` false), left out.
  void publish(const Find& find, bool says_missing);

  std::size_t n_rows() const { return n_rows_; }
  std::size_t n_clips() const { return n_clips_; }
  const shell::FailureSummary& failures() const { return failures_; }

 private:
  enum class Kind : char { kClip, kFailure, kPending };
  void keep(Kind kind, std::size_t row, const std::string& id, const std::string& text);
  std::string line_of(std::size_t row, const ingest::FetchRecord& record, const std::string& others);
  /// The catalogue's other columns as the end of a line, each after its comma.
  std::string others_of(const std::vector<std::string>& cells) const;

  std::filesystem::path store_;
  std::string catalogue_name_;  // as messages have it
  std::vector<std::size_t> other_columns_;
  std::string header_;
  std::vector<char> buffer_ = std::vector<char>(1U << 18U);  // of kept_
  std::fstream kept_;
  shell::FailureSummary failures_;
  std::size_t n_rows_ = 0;
  std::size_t n_clips_ = 0;
};

}  // namespace hitscope::apps::clips
