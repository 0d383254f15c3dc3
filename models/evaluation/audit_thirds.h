// A regression's rows by the third of the target that they are in. Internal to models/evaluation.
// Thread safety: immutable after construction; any number of threads.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/evaluation/audit_checks.h"

namespace hitscope::models::evaluation {

/// A column that tells the third is strong, whatever its form. Nothing is told of rows with classes.
class Thirds {
 public:
  explicit Thirds(const Rows& rows);
  Thirds(const Thirds&) = delete;
  Thirds& operator=(const Thirds&) = delete;

  /// A warning where the column tells the third of most rows that it was not fitted on. `values` is [n_rows].
  template <typename Value>
  std::optional<Finding> told_by(const std::string& name, const std::vector<Value>& values) const {
    if (!rows_) return std::nullopt;
    const Predictability p = of(values);
    if (!p.is_strong()) return std::nullopt;
    return Finding{Severity::kWarning, AuditRule::kStrongFeature, name,
                   quoted(name) + " alone " + words(p) + "; make sure that it is known before the release"};
  }
  /// The same of the number of the row, in words; empty where it does not.
  std::string told_by_number(const std::vector<double>& numbers) const;

 private:
  Predictability of(const std::vector<double>& values) const { return predictability(*rows_, values, false); }
  Predictability of(const std::vector<std::string>& values) const { return predictability(*rows_, values); }
  static std::string words(const Predictability& p);

  std::vector<int> thirds_;
  AuditInput input_;
  std::optional<Rows> rows_;
};

}  // namespace hitscope::models::evaluation
