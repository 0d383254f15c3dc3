// Labels from a column: how popularity, or any other column, becomes classes or values.
//
// Edges that depend on data are learned from training rows only: fit() takes a TrainingFold. A scheme is stored in the
// run's bundle, and all heads share it.
// Thread safety: immutable after construction.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dsp/fields.h"
#include "models/data/split.h"
#include "models/data/targets.h"

namespace hitscope::models::data {

enum class LabelKind {
  kThresholds,         ///< given edges; the class is the number of edges <= value
  kEqualWidth,         ///< n_classes bins of equal width between the least and the largest training value
  kQuantiles,          ///< n_classes bins of about equal size (numpy.quantile, linear)
  kTopPercent,         ///< "low" and "high": high is >= the (100 - percent)th percentile of the training rows
  kMedian,             ///< "low" and "high": high is > the training median
  kGroupPercentiles,   ///< edges are percentiles within the row's group (year, genre); groups with fewer than
                       ///< kLeastGroupRows training rows, unseen ones, and those whose own edges would leave a class
                       ///< empty use those of all training rows
  kMapping,            ///< texts to classes by a given table, for example genres to genre groups
  kCategories,         ///< the distinct texts, or numbers, of all rows; only their names are learned
  kPopularityClasses,  ///< 101 classes: the value, 0 to 100, rounded to the nearest whole number
  kRegression,         ///< the numeric value itself
  kPercentile          ///< a regression of the value's percentile among the training values, see value()
};
/// Names in specs and in the bundle's JSON, each with the classes that example_of() makes.
constexpr auto names_of(LabelKind) {
  return std::to_array<dsp::Name<LabelKind>>(
      {{LabelKind::kThresholds, "thresholds", "classes by thresholds: low (< 34), medium, high (>= 67)"},
       {LabelKind::kEqualWidth, "equal-width", "5 classes of equal width between the lowest and the highest value"},
       {LabelKind::kQuantiles, "quantiles", "4 classes with equally many training rows"},
       {LabelKind::kTopPercent, "top", "high: the highest 1 percent of the training rows; low: the rest"},
       {LabelKind::kMedian, "median", "high: above the median of the training rows; low: the rest"},
       {LabelKind::kGroupPercentiles, "percentiles",
        "classes by percentiles within the groups of a column, such as the year (without /COLUMN: of all training "
        "rows)"},
       {LabelKind::kMapping, "map", "classes of texts, by a table with two columns: the text and its class"},
       {LabelKind::kCategories, "categories", "one class for each distinct value"},
       {LabelKind::kPopularityClasses, "popularity-101", "101 classes: the value rounded to a whole number, 0 to 100"},
       {LabelKind::kRegression, "regression", "no classes: the value itself"},
       {LabelKind::kPercentile, "percentile", "no classes: the percentile of the value among the training rows"}});
}
inline constexpr std::size_t kLeastGroupRows = 20;

struct LabelConfig {
  LabelKind kind = LabelKind::kThresholds;
  std::vector<double> edges{34.0, 67.0};         ///< kThresholds: values; kGroupPercentiles: percentiles, 0..100
  int n_classes = 3;                             ///< kEqualWidth, kQuantiles: 2 to 100
  double percent = 1.0;                          ///< kTopPercent: between 0 and 100, exclusive
  std::string group_column{};                    ///< kGroupPercentiles: column of the groups
  std::map<std::string, std::string> mapping{};  ///< kMapping: text to class; other texts have no label
  std::string mapping_file{};                    ///< kMapping: file that the caller read `mapping` from, for messages

  /// Throws std::invalid_argument naming field, value and rule.
  void validate() const;
};

/// A spec of this kind, as an example: "34,67", "quantiles:4", "map:FILE".
std::string_view example_of(LabelKind kind);

/// Parses a scheme as the setting `labels` takes it: "34,67" thresholds; "equal-width:5"; "quantiles:4"; "top:1"
/// (percent; "top:1%" too); "median"; "percentiles:34,67/COLUMN" within groups; "percentiles:34,67" over all rows;
/// "map:FILE" (the caller reads the file into `mapping`); "categories"; "popularity-101"; "regression"; "percentile".
/// Throws std::invalid_argument saying what is wrong and what the choices are.
LabelConfig parse_label_spec(const std::string& spec);
/// The inverse of parse_label_spec, for reports: "34,67", "quantiles:4", …
std::string to_string(const LabelConfig& config);

class LabelScheme {
 public:
  LabelScheme() = default;  ///< A regression of the value itself.
  /// Learns a scheme from the training rows of `targets`. Throws std::invalid_argument if the column cannot have such
  /// labels: text for a numeric kind, no training value, edges that coincide with each other or with the smallest value
  /// (naming it), fewer than 2 or more than 101 categories.
  static LabelScheme fit(const LabelConfig& config, const RawTargets& targets, const TrainingFold& fold);
  /// Classes learned from all rows, [n_rows], which only balance a split and never become labels; -1: no label.
  /// strata_of() is used instead for more than 20 classes, for a regression, and if no classes can be learned.
  static std::vector<int> strata(const LabelConfig& config, const RawTargets& targets);
  /// The scheme that to_json wrote. Throws std::runtime_error for other text.
  static LabelScheme from_json(const std::string& text);
  std::string to_json() const;

  const LabelConfig& config() const { return config_; }
  /// Class of a row; nullopt for a missing value, an unknown category, or a popularity outside [0, 100] in popularity
  /// classes.
  std::optional<int> label(const RawTargets& targets, std::size_t row) const;
  const std::vector<std::string>& class_names() const { return class_names_; }
  int n_classes() const { return static_cast<int>(class_names_.size()); }  ///< 0 for a regression
  bool is_regression() const {
    return config_.kind == LabelKind::kRegression || config_.kind == LabelKind::kPercentile;
  }
  /// Value of a row in a regression; NaN if it has none. For kPercentile it is 0 to 100, interpolated linearly between
  /// the percentiles of the training values (numpy.percentile of 0 to 100); where several of these are equal, their
  /// mean.
  double value(const RawTargets& targets, std::size_t row) const;
  /// Whether classes have an order: all kinds except mappings and categories of texts.
  bool is_ordered() const;
  /// What was learned, for messages: "edges 34, 67", "high is >= 81", "edges by year: 1999: 31, 55; …" (at most ten).
  std::string description() const;

 private:
  static LabelScheme fit_on(const LabelConfig& config, const RawTargets& targets, std::span<const std::size_t> rows);
  void fit_numbers(const RawTargets& targets, std::span<const std::size_t> rows);
  void fit_percentiles(const std::vector<double>& sorted);

  LabelConfig config_{.kind = LabelKind::kRegression};
  std::vector<std::string> class_names_;
  std::vector<double> edges_;                               // edges of all training rows; kCategories: the numbers
  std::vector<double> percentiles_;                         // kPercentile: percentile of each of edges_
  std::map<std::string, std::vector<double>> group_edges_;  // kGroupPercentiles: edges by group
};

}  // namespace hitscope::models::data
