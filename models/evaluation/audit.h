// Looks for reasons why a score may be too good, such as leaks between training and test rows, and names them.
//
// Every check is a pure function of its input; only audit_statistics and audit_predictions need a fitted head. A leak
// makes test scores better than they would be on new data, a warning needs a person's decision, and a note is for
// information. What affects fewer than one test row in 200 can hardly change a score and is a warning. The verdict is
// clean if no finding is a leak, it is known which rows belong together, and no column says how the table was sampled.
// Rows are numbers of examples throughout. Thread safety: free functions without shared state. Same seed: same
// findings.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/data/examples.h"
#include "models/data/split.h"
#include "models/data/table_encoder.h"

namespace hitscope::models::evaluation {

enum class Severity { kNote, kWarning, kLeak };
std::string_view to_string(Severity severity);  ///< "note", "warning", "leak"

enum class AuditRule {
  kTargetCopy,     ///< a single feature determines the target
  kMonotoneCopy,   ///< a feature is a monotone function of the numeric target
  kStrongFeature,  ///< a single feature predicts much of the target (warning)
  kPostOutcome,    ///< a column's name suggests a value measured after the outcome: streams, chart, rank … (warning)
  kRowOrder,       ///< the row's number predicts the label, or a feature is the row's number
  kGroupOverlap,   ///< a group, or an artist that several groups name, is on both sides of the split
  kDuplicateOverlap,  ///< the same song, ISRC, clip or feature row is on both sides
  kResampledCopies,   ///< test rows are exact copies, as made by random over-sampling before the split
  /// test rows lie on a line between two rows of their class, as made by SMOTE before the split
  kInterpolatedRows,
  kScaledOnAllRows,    ///< a column (or a run's scaler) has the statistics of all rows, test rows included
  kMajorityPredictor,  ///< a head predicts one class only, or no better than the majority class
  kMissingClass,       ///< a class has no training row, or no test row (warning)
  kSampledByColumn,    ///< categories end at one target value: the table was put together by the column (warning)
  kUnknownGroups       ///< nothing says which rows belong together, so the split cannot keep them together (warning)
};
std::string_view to_string(AuditRule rule);  ///< "target-copy", "monotone-copy", "strong-feature", …

struct Finding {
  Severity severity = Severity::kNote;
  AuditRule rule = AuditRule::kTargetCopy;
  std::string subject;  ///< name of the column, key or head
  std::string detail;   ///< one sentence with the numbers, and what to do
};

/// A key by which rows can be recognised as the same item.
struct IdentityKey {
  std::string name;                   ///< "song (artist and title)", "ISRC", "clip"
  std::span<const std::string> keys;  ///< [n_rows], empty where unknown
  std::string mend = {};              ///< advice about rows on both sides; empty: "split by it"
};

struct AuditInput {
  const data::FeatureTable& table;
  std::span<const int> targets = {};  ///< [n_rows]; empty for a regression
  int n_classes = 0;
  std::span<const double> target_values = {};  ///< [n_rows] the numeric target before it became classes; may be empty
  const data::Split* split = nullptr;          ///< may be null; checks that need a split are then left out
  std::string group_name = {};                 ///< name of the group column, for messages
  std::span<const std::string> groups = {};    ///< [n_rows], the group of each row; may be empty
  std::span<const std::vector<std::string>> credits =
      {};  ///< [n_rows], the artists that each row credits; may be empty
  std::vector<IdentityKey> identities = {};
  std::vector<std::string> column_names = {};  ///< names of the features, for kPostOutcome
  std::span<const std::string> class_names = {};
  std::uint64_t seed = 1;                         ///< seed of the samples that slow checks use
  std::span<const std::size_t> row_numbers = {};  ///< [n_rows], row numbers in the file, for messages; empty: from 1
  bool has_row_order = true;                      ///< false: rows have no order of their own, as files of folders
  bool by_time = false;                           ///< the split is temporal, so test rows may be of known groups
  std::string mend_copies = {};                   ///< advice about equal feature rows on both sides
};

/// The findings of all checks of table and split, worst first, then in the order of AuditRule, then by subject.
std::vector<Finding> audit(const AuditInput& input);

/// Compares the statistics that a run's encoder `stored` with those of the training rows and of all rows: any other
/// than those of the training rows are a leak.
std::vector<Finding> audit_statistics(const data::FeatureTable& table, const data::Split& split,
                                      const data::TableEncoder& stored, std::string_view head);

/// Compares a head's predictions for the test rows, `targets` and `predicted` [n_test], with always predicting
/// `majority`.
std::vector<Finding> audit_predictions(std::span<const int> targets, std::span<const int> predicted, int majority,
                                       std::span<const std::string> class_names, std::string_view head);

/// Whether no finding is a leak, it is known which rows belong together, and the table was not sampled by a column.
bool is_clean(std::span<const Finding> findings);
/// Whether a finding is a leak.
bool has_leak(std::span<const Finding> findings);

}  // namespace hitscope::models::evaluation
