#include "ingest/tables/schema.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "ingest/tables/blanks.h"
#include "ingest/tables/by_column.h"
#include "ingest/tables/column_roles.h"
#include "ingest/tables/dates.h"
#include "ingest/tables/missing_marks.h"
#include "ingest/tables/number_format.h"

namespace hitscope::ingest::tables {
namespace {

// If several formats fit equally many cells, the first one is used: "1,234" is one thousand, "1.234" is not.
constexpr std::array<NumberFormat, 9> kNumberFormats{
    {{'.'}, {'.', ','}, {'.', ' '}, {'.', '\''}, {'.', '_'}, {','}, {',', '.'}, {',', ' '}, {',', '\''}}};
constexpr std::array<std::string_view, 10> kDateFormats{"%Y-%m-%d", "iso",      "%Y/%m/%d",  "%m/%d/%Y", "%d/%m/%Y",
                                                        "%d.%m.%Y", "%d-%m-%Y", "%B %d, %Y", "%d %b %Y", "%Y%m%d"};
constexpr std::string_view kPackedDate = kDateFormats.back();

std::optional<bool> parse_boolean(std::string_view cell) {
  if (cell.empty() || cell.size() > 5) return std::nullopt;
  std::array<char, 5> letters{};
  for (std::size_t i = 0; i < cell.size(); ++i) {
    letters[i] = cell[i] >= 'A' && cell[i] <= 'Z' ? static_cast<char>(cell[i] - 'A' + 'a') : cell[i];
  }
  const std::string_view word(letters.data(), cell.size());
  if (word == "true" || word == "yes" || word == "t" || word == "y") return true;
  if (word == "false" || word == "no" || word == "f" || word == "n") return false;
  return std::nullopt;
}

bool are_enough(std::size_t n, std::size_t all) {
  return n > 0 && 20 * n >= 19 * all;
}

/// One column's cells that are not missing, and what they could be.
class ColumnStudy {
 public:
  ColumnStudy(const std::string& name, const TextColumn& column, const MissingMarks& marks)
      : name_(name), column_(column), marks_(marks) {
    for_each_cell([&](std::string_view cell) {
      count(cell);
      return true;
    });
  }

  ColumnSchema schema() const {
    ColumnSchema result;
    result.name = name_;
    if (n_present_ == 0) result.type = ColumnType::kEmpty;
    if (n_present_ == n_infinite_) return result;
    const bool may_be_packed_date = are_digits_ && is_named_date();
    if (n_plain_ + n_infinite_ == n_present_ && !may_be_packed_date) {
      result.type = are_codes() ? ColumnType::kText : ColumnType::kNumber;
      return result;
    }
    const auto [number, n_numbers] = best_number();
    const auto [date, n_dates] = best_date();
    const std::size_t n_finite = n_present_ - n_infinite_;
    if (may_be_packed_date && are_enough(n_dates, n_present_) && date == kPackedDate) {
      result.type = ColumnType::kDate;
      result.date_format = date;
    } else if (are_enough(n_numbers, n_finite) && n_numbers >= std::max(n_dates, n_booleans_)) {
      result.type = are_codes() ? ColumnType::kText : ColumnType::kNumber;
      if (are_codes()) return result;
      result.decimal = number.decimal;
      result.thousands = number.thousands;
      result.percent = number.percent;
    } else if (are_enough(n_booleans_, n_present_) && n_booleans_ >= n_dates) {
      result.type = ColumnType::kBoolean;
    } else if (are_enough(n_dates, n_present_)) {
      result.type = ColumnType::kDate;
      result.date_format = date;
    }
    return result;
  }

 private:
  /// Until `take` says no.
  template <typename Take>
  void for_each_cell(const Take& take) const {
    for (std::size_t row = 0; row < column_.size(); ++row) {
      const std::string_view cell = without_blanks(column_.at(row));
      if (!marks_.is_missing(cell) && !take(cell)) return;
    }
  }

  void count(std::string_view cell) {
    ++n_present_;
    const auto number = parse_number(cell, {});
    n_plain_ += number && std::isfinite(*number);
    n_infinite_ += number && std::isinf(*number);
    n_booleans_ += parse_boolean(cell).has_value();
    if (!are_digits_) return;
    are_digits_ = std::all_of(cell.begin(), cell.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (n_present_ == 1) length_ = cell.size();
    are_of_one_length_ = are_of_one_length_ && cell.size() == length_;
    have_zeros_before_ = have_zeros_before_ || (cell.size() > 1 && cell.front() == '0');
    are_too_exact_ = are_too_exact_ || (number && *number > kMostExact);
  }

  bool are_codes() const { return are_digits_ && (are_too_exact_ || (are_of_one_length_ && have_zeros_before_)); }

  bool is_named_date() const {
    const std::string name = normalised_name(name_);
    const auto usual = usual_names(ColumnRole::kReleaseDate);
    return name.find("date") != std::string::npos || std::find(usual.begin(), usual.end(), name) != usual.end();
  }

  /// So many cells that are nothing rule a type out.
  std::size_t most_others() const { return n_present_ / 20; }

  std::pair<NumberFormat, std::size_t> best_number() const {
    std::array<std::size_t, kNumberFormats.size()> counts{};
    bool has_percent = false;
    std::size_t n_others = 0;
    for_each_cell([&](std::string_view cell) {
      bool fits_any = false;
      for (std::size_t i = 0; i < kNumberFormats.size(); ++i) {
        NumberFormat format = kNumberFormats[i];
        format.percent = true;
        const auto value = parse_number(cell, format);
        fits_any = fits_any || value;
        counts[i] += value && std::isfinite(*value);
      }
      has_percent = has_percent || (fits_any && cell.ends_with('%'));
      n_others += !fits_any;
      return n_others <= most_others();
    });
    const auto best = std::max_element(counts.begin(), counts.end());
    NumberFormat format = kNumberFormats[static_cast<std::size_t>(best - counts.begin())];
    format.percent = has_percent;
    return {format, n_others > most_others() ? 0 : *best};
  }

  std::pair<std::string, std::size_t> best_date() const {
    std::array<std::size_t, kDateFormats.size()> counts{};
    const bool may_be_packed = is_named_date();
    std::size_t n_others = 0;
    for_each_cell([&](std::string_view cell) {
      bool fits_any = false;
      for (std::size_t i = 0; i < kDateFormats.size(); ++i) {
        if (kDateFormats[i] == kPackedDate && !may_be_packed) continue;
        const bool fits = parse_date(cell, kDateFormats[i]).has_value();
        fits_any = fits_any || fits;
        counts[i] += fits;
      }
      n_others += !fits_any;
      return n_others <= most_others();
    });
    const auto best = std::max_element(counts.begin(), counts.end());
    const auto place = static_cast<std::size_t>(best - counts.begin());
    return {std::string(kDateFormats[place]), n_others > most_others() ? 0 : *best};
  }

  static constexpr double kMostExact = 9007199254740992.0;  // 2^53: doubles above it leave whole numbers out

  const std::string& name_;
  const TextColumn& column_;
  const MissingMarks& marks_;
  std::size_t n_present_ = 0;
  std::size_t n_plain_ = 0;  // numbers without separators, with a point
  std::size_t n_infinite_ = 0;
  std::size_t n_booleans_ = 0;
  bool are_digits_ = true;  // nothing but digits; the four below hold as long as this does
  bool are_of_one_length_ = true;
  bool have_zeros_before_ = false;
  bool are_too_exact_ = false;
  std::size_t length_ = 0;
};

/// Where some columns have decimal commas without doubt, or semicolons part the cells, "99,037" in another is no 99037,
/// if all its cells can be read with a decimal comma.
void agree_on_decimals(const TextTable& table, const MissingMarks& marks, TableSchema& schema) {
  const auto is_decimal_comma = [](const ColumnSchema& c) { return c.type == ColumnType::kNumber && c.decimal == ','; };
  const bool any = std::any_of(schema.columns.begin(), schema.columns.end(), is_decimal_comma);
  if (!any && !table.has_semicolons) return;
  for (std::size_t i = 0; i < schema.columns.size(); ++i) {
    ColumnSchema& column = schema.columns[i];
    if (column.type != ColumnType::kNumber || column.thousands != ',') continue;
    bool fits = true;
    for (std::size_t row = 0; row < table.columns[i].size() && fits; ++row) {
      const std::string_view cell = without_blanks(table.columns[i].at(row));
      fits = marks.is_missing(cell) || !parse_number(cell, {column.decimal, column.thousands, column.percent}) ||
             parse_number(cell, {',', '\0', column.percent});
    }
    if (!fits) continue;
    column.decimal = ',';
    column.thousands = '\0';
  }
}

}  // namespace

std::optional<ColumnType> column_type_from(std::string_view name) {
  for (const auto& row : names_of(ColumnType{})) {
    if (row.name == name) return row.value;
  }
  return std::nullopt;
}

TableSchema infer_schema(const TextTable& table) {
  TableSchema schema;
  schema.columns.resize(table.columns.size());
  const MissingMarks marks(schema.missing_marks);
  for_each_column(table.columns.size(), [&](std::size_t i) {
    schema.columns[i] = ColumnStudy(table.header[i], table.columns[i], marks).schema();
  });
  agree_on_decimals(table, marks, schema);
  return schema;
}

tl::expected<TableSchema, Failure> overlaid(TableSchema inferred, const TableSchema& given,
                                            const std::string& table_name) {
  for (const ColumnSchema& column : given.columns) {
    const auto place = std::find_if(inferred.columns.begin(), inferred.columns.end(),
                                    [&](const ColumnSchema& other) { return other.name == column.name; });
    if (place == inferred.columns.end()) {
      std::string names;
      for (const ColumnSchema& other : inferred.columns) names += (names.empty() ? "" : ", ") + other.name;
      return tl::make_unexpected(Failure{
          Stage::kCatalogue, FailureKind::kBadFile,
          table_name + ": has no column '" + column.name + "', which the schema names; its columns are: " + names,
          Action::kStop});
    }
    *place = column;
  }
  inferred.missing_marks = given.missing_marks;
  return inferred;
}

std::optional<double> parse_cell(std::string_view cell, const ColumnSchema& schema) {
  cell = without_blanks(cell);
  std::optional<double> value;
  if (schema.type == ColumnType::kNumber) {
    value = parse_number(cell, {schema.decimal, schema.thousands, schema.percent});
  } else if (schema.type == ColumnType::kBoolean) {
    if (const auto truth = parse_boolean(cell)) value = *truth ? 1.0 : 0.0;
  } else if (schema.type == ColumnType::kDate) {
    value = parse_date(cell, schema.date_format);
  }
  if (value && !std::isfinite(*value)) return std::nullopt;
  return value;
}

}  // namespace hitscope::ingest::tables
