// Looking for the ways in which a popularity number comes to be too good, and naming them.
//
// Every check is a pure function of what it is given; none needs a fitted head but the last two. A finding is a leak
// where it makes test scores say more than they mean, a warning where a person must decide, a note where it is good to
// know. What touches fewer than one test row in 200 can hardly move a score: a warning. No finding of severity kLeak:
// the verdict is clean.
// Rows are numbered as the examples are. Thread safety: free functions without shared state. Same seed: same findings.
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
  kTargetCopy,     ///< a feature alone gives the target
  kMonotoneCopy,   ///< a feature is a monotone function of the numeric target
  kStrongFeature,  ///< a feature alone carries much of the target (warning)
  kPostOutcome,    ///< by its name, a column is measured after the outcome: streams, views, chart, rank … (warning)
  kRowOrder,       ///< labels can be told from the row's number, or a feature is the row's number
  kGroupOverlap,   ///< groups, or some of those whom a group names, on both sides of the split
  kDuplicateOverlap,  ///< the same song, ISRC, clip or feature row on both sides
  kResampledCopies,   ///< test rows that are exact copies, as random over-sampling before the split makes
  kInterpolatedRows,  ///< test rows that lie on a line between two rows of their class, as SMOTE before the split makes
  kScaledOnAllRows,   ///< a column (or a run's scaler) has the statistics of all rows, test rows included
  kMajorityPredictor,  ///< a head predicts one class only, or no better than the majority class
  kMissingClass        ///< a class has no training row, or no test row (warning)
};
std::string_view to_string(AuditRule rule);  ///< "target-copy", "monotone-copy", "strong-feature", …

struct Finding {
  Severity severity = Severity::kNote;
  AuditRule rule = AuditRule::kTargetCopy;
  std::string subject;  ///< the column, key or head
  std::string detail;   ///< one sentence with the numbers, and what to do
};

/// Rows that are the same thing by some key.
struct IdentityKey {
  std::string name;                   ///< "song (artist and title)", "ISRC", "clip"
  std::span<const std::string> keys;  ///< [n_rows], empty where unknown
  std::string mend = {};              ///< what to do about rows on both sides; empty: "split by it"
};

struct AuditInput {
  const data::FeatureTable& table;
  std::span<const int> targets = {};  ///< [n_rows]; empty for a regression
  int n_classes = 0;
  std::span<const double> target_values = {};  ///< [n_rows] the numeric target before it became classes; may be empty
  const data::Split* split = nullptr;          ///< without one, only what needs none is checked
  std::string group_name = {};                 ///< the group column, for sentences
  std::span<const std::string> groups = {};    ///< [n_rows] or empty
  std::span<const std::vector<std::string>> credits = {};  ///< [n_rows] or empty: artists a row credits
  std::vector<IdentityKey> identities = {};
  std::vector<std::string> column_names = {};  ///< of the features, for kPostOutcome
  std::span<const std::string> class_names = {};
  std::uint64_t seed = 1;                         ///< of the samples that slow checks look at
  std::span<const std::size_t> row_numbers = {};  ///< [n_rows] in the file, for sentences; empty: counted from 1
  bool by_time = false;          ///< the split puts later rows to the test: groups may well be known already
  std::string mend_copies = {};  ///< what to do about equal feature rows on both sides
};

/// All checks of table and split, worst first, then in the order of AuditRule, then by subject.
std::vector<Finding> audit(const AuditInput& input);

/// The statistics that a run stored against those of its training rows and of all its rows: anything but the former's
/// is a leak.
std::vector<Finding> audit_statistics(const data::FeatureTable& table, const data::Split& split,
                                      const data::TableEncoder& stored, std::string_view head);

/// What a head predicts for the test rows, beside always predicting `majority`.
std::vector<Finding> audit_predictions(std::span<const int> targets, std::span<const int> predicted, int majority,
                                       std::span<const std::string> class_names, std::string_view head);

bool is_clean(std::span<const Finding> findings);

}  // namespace hitscope::models::evaluation
