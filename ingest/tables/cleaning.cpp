#include "ingest/tables/cleaning.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <iterator>
#include <limits>
#include <optional>
#include <stdexcept>
#include <utility>

#include "ingest/tables/duplicate_keys.h"
#include "ingest/tables/first_rows.h"

namespace hitscope::ingest::tables {
namespace {

constexpr std::size_t kExamples = 3;
constexpr double kLargestMedianInSeconds = 5000.0;

std::string shown(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.6g", value);
  return text.data();
}

std::string field_of(DuplicateRule rule) {
  return "`drop_duplicates` " + std::string(to_string(rule));
}

std::string what_is_equal(DuplicateRule rule) {
  for (const auto& row : names_of(rule)) {
    if (row.value == rule) return std::string(row.help);
  }
  throw std::invalid_argument("drop_duplicates holds a value that is not a DuplicateRule");
}

/// Numbers to look at, or why there are none. A table without rows passes: nothing can be wrong with its cells.
tl::expected<const TypedColumn*, Failure> numeric(const TypedTable& table, const TypedColumn& column,
                                                  std::string_view field) {
  if (table.n_rows() == 0 || column.schema.type == ColumnType::kNumber) return &column;
  const bool is_empty = column.schema.type == ColumnType::kEmpty;
  return bad_rule(table, "column '" + column.schema.name + "' is " +
                             (is_empty ? "empty throughout" : std::string(to_string(column.schema.type))) + ", and " +
                             std::string(field) + " needs numbers");
}

/// Applies rules one after another to the rows that are left.
class Cleaner {
 public:
  explicit Cleaner(const TypedTable& table) : table_(table), taken_by_(table.n_rows(), kNoRule) {}

  /// Takes out the rows that `why` has a reason for: std::optional<std::string>(row).
  template <typename Why>
  void apply(std::string rule, const std::string& field, const Why& why) {
    CleaningCount count{std::move(rule), 0, {}};
    for (std::size_t row = 0; row < table_.n_rows(); ++row) {
      if (taken_by_[row] != kNoRule) continue;
      const std::optional<std::string> reason = why(row);
      if (!reason) continue;
      taken_by_[row] = reasons_.size();
      const std::string number = std::to_string(table_.numbers[row]);
      reasons_.push_back("row " + number + ": " + *reason + " (" + field + ")");
      if (count.n_rows++ < kExamples) count.examples.push_back(table_.numbers[row]);
    }
    counts_.push_back(std::move(count));
  }

  Cleaned result() && {
    Cleaned cleaned;
    for (std::size_t row = 0; row < table_.n_rows(); ++row) {
      if (taken_by_[row] == kNoRule) {
        cleaned.kept.push_back(row);
      } else {
        cleaned.left_out.push_back(
            {table_.numbers[row],
             {Stage::kCatalogue, FailureKind::kLeftOut, std::move(reasons_[taken_by_[row]]), Action::kSkip}});
      }
    }
    cleaned.counts = std::move(counts_);
    return cleaned;
  }

 private:
  static constexpr std::size_t kNoRule = std::numeric_limits<std::size_t>::max();
  const TypedTable& table_;
  std::vector<std::size_t> taken_by_;  // place in reasons_
  std::vector<std::string> reasons_;
  std::vector<CleaningCount> counts_;
};

using Done = tl::expected<void, Failure>;

Done drop_missing(const TypedTable& table, const std::vector<std::string>& names, Cleaner& cleaner) {
  for (const std::string& name : names) {
    std::vector<const TypedColumn*> columns;
    if (name == "all") {
      for (const TypedColumn& column : table.columns) {
        if (column.n_missing < table.n_rows()) columns.push_back(&column);
      }
    } else {
      const auto column = column_named(table, name, "`drop_missing`");
      if (!column) return tl::make_unexpected(column.error());
      columns.push_back(*column);
    }
    cleaner.apply(name == "all" ? "a value is missing" : name + " is missing", "`drop_missing`",
                  [&](std::size_t row) -> std::optional<std::string> {
                    for (const TypedColumn* column : columns) {
                      if (column->missing[row]) return column->schema.name + " is missing";
                    }
                    return std::nullopt;
                  });
  }
  return {};
}

double median_of(const std::vector<double>& numbers) {
  std::vector<double> present;
  std::ranges::copy_if(numbers, std::back_inserter(present), [](double value) { return !std::isnan(value); });
  if (present.empty()) return 0.0;
  const auto middle = present.begin() + static_cast<std::ptrdiff_t>(present.size() / 2);
  std::ranges::nth_element(present, middle);
  return *middle;
}

bool is_in_milliseconds(const TypedColumn& column) {
  std::string letters;
  for (const char c : column.schema.name) {  // not std::isalpha, which goes by the locale
    const auto lower = static_cast<char>(c | 0x20);
    if (lower >= 'a' && lower <= 'z') letters += lower;
  }
  return letters.ends_with("ms") || median_of(column.numbers) > kLargestMedianInSeconds;
}

Done drop_short(const TypedTable& table, double min_duration_s, Cleaner& cleaner) {
  if (!std::isfinite(min_duration_s)) {
    throw std::invalid_argument("min_duration_s is " + shown(min_duration_s) + "; it must be finite");
  }
  if (min_duration_s <= 0.0) return {};
  const auto found =
      column_of_role(table, ColumnRole::kDuration, "no duration column for `min_duration` (such as duration_ms)");
  if (!found) return tl::make_unexpected(found.error());
  const auto column = numeric(table, **found, "`min_duration`");
  if (!column) return tl::make_unexpected(column.error());
  const double scale = is_in_milliseconds(**column) ? 1e-3 : 1.0;
  const std::string rule = "shorter than " + shown(min_duration_s) + " s";
  cleaner.apply(rule, "`min_duration`", [&](std::size_t row) -> std::optional<std::string> {
    const double value = (*column)->numbers[row];
    if (std::isnan(value) || value * scale >= min_duration_s) return std::nullopt;
    return (*column)->schema.name + " is " + std::string((*column)->cell(row)) + " (" + shown(value * scale) + " s), " +
           rule;
  });
  return {};
}

Done drop_zero(const TypedTable& table, const std::vector<std::string>& names, Cleaner& cleaner) {
  for (const std::string& name : names) {
    const auto found = column_named(table, name, "`drop_zero`");
    if (!found) return tl::make_unexpected(found.error());
    const auto column = numeric(table, **found, "`drop_zero`");
    if (!column) return tl::make_unexpected(column.error());
    cleaner.apply(name + " is 0", "`drop_zero`", [&](std::size_t row) -> std::optional<std::string> {
      if ((*column)->numbers[row] != 0.0) return std::nullopt;  // as NaN is
      return name + " is 0";
    });
  }
  return {};
}

Done drop_duplicates(const TypedTable& table, const CleaningRules& rules, DuplicateRule rule, Cleaner& cleaner) {
  const std::string name = what_is_equal(rule);
  const auto keys = DuplicateKeys::of(table, rule, rules);
  if (!keys) return tl::make_unexpected(keys.error());
  FirstRows firsts(table.n_rows());
  cleaner.apply(name, field_of(rule), [&](std::size_t row) -> std::optional<std::string> {
    if (!keys->has_key(row)) return std::nullopt;
    const std::size_t first =
        firsts.insert(keys->hash(row), row, [&](std::size_t other) { return keys->same(row, other); });
    if (first == row) return std::nullopt;
    return name + " as row " + std::to_string(table.numbers[first]);
  });
  return {};
}

}  // namespace

tl::expected<Cleaned, Failure> clean(const TypedTable& table, const CleaningRules& rules) {
  Cleaner cleaner(table);
  Done done = drop_missing(table, rules.drop_missing, cleaner);
  if (done) done = drop_short(table, rules.min_duration_s, cleaner);
  if (done) done = drop_zero(table, rules.drop_zero, cleaner);
  for (const DuplicateRule rule : rules.drop_duplicates) {
    if (done) done = drop_duplicates(table, rules, rule, cleaner);
  }
  if (!done) return tl::make_unexpected(done.error());
  return std::move(cleaner).result();
}

}  // namespace hitscope::ingest::tables
