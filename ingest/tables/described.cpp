#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <unordered_set>

#include "ingest/tables/dates.h"
#include "ingest/tables/typed_table.h"

namespace hitscope::ingest::tables {
namespace {

constexpr std::size_t kMostDistinct = 1000;  // more are not counted
constexpr std::size_t kExamples = 3;

std::string type_text(const ColumnSchema& schema) {
  std::string text(to_string(schema.type));
  if (schema.type == ColumnType::kDate) text += " " + schema.date_format;
  if (schema.type != ColumnType::kNumber) return text;
  if (schema.decimal != '.') text += std::string(", decimal ") + schema.decimal;
  if (schema.thousands == ' ') text += ", thousands blank";
  if (schema.thousands != '\0' && schema.thousands != ' ') text += std::string(", thousands ") + schema.thousands;
  if (schema.percent) text += ", percent";
  return text;
}

std::string number_text(double value) {
  std::array<char, 64> text{};
  const bool is_whole = value == std::floor(value) && std::abs(value) < 1e15;
  const auto end =
      is_whole ? std::to_chars(text.data(), text.data() + text.size(), static_cast<long long>(value)).ptr
               : std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::general, 6).ptr;
  return {text.data(), end};
}

/// Distinct cells: texts as written, numbers by value.
std::string distinct_text(const TypedColumn& column) {
  std::unordered_set<std::string_view> texts;
  std::unordered_set<double> numbers;
  for (std::size_t row = 0; row < column.missing.size(); ++row) {
    if (column.missing[row]) continue;
    if (column.is_numeric()) {
      numbers.insert(column.numbers[row]);
    } else {
      texts.insert(column.cell(row));
    }
    if (texts.size() + numbers.size() > kMostDistinct) return "over " + std::to_string(kMostDistinct);
  }
  return std::to_string(texts.size() + numbers.size());
}

std::string range_text(const TypedColumn& column) {
  double least = std::numeric_limits<double>::infinity();
  double most = -least;
  for (const double value : column.numbers) {
    if (std::isnan(value)) continue;
    least = std::min(least, value);
    most = std::max(most, value);
  }
  if (least > most) return "";
  if (column.schema.type == ColumnType::kDate) return date_text(least) + " to " + date_text(most);
  return number_text(least) + " to " + number_text(most);
}

/// At most 40 bytes, whole characters, on one line.
std::string shortened(std::string_view cell) {
  constexpr std::size_t kMostBytes = 40;
  std::size_t end = std::min(cell.size(), kMostBytes);
  while (end > 0 && end < cell.size() && (static_cast<unsigned char>(cell[end]) & 0xC0) == 0x80) --end;
  std::string text(cell.substr(0, end));
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
  if (end < cell.size()) text += "…";
  return text;
}

std::string examples_text(const TypedColumn& column) {
  std::vector<std::string_view> shown;
  std::string text;
  for (std::size_t row = 0; row < column.missing.size() && shown.size() < kExamples; ++row) {
    const std::string_view cell = column.cell(row);
    if (column.missing[row] || std::find(shown.begin(), shown.end(), cell) != shown.end()) continue;
    text += (shown.empty() ? "" : "; ") + shortened(cell);
    shown.push_back(cell);
  }
  return text;
}

std::string lost_text(const TypedColumn& column) {
  if (column.n_lost == 0) return "";
  std::string text = std::to_string(column.n_lost) + ":";
  for (const LostCell& lost : column.lost) {
    text += (&lost == column.lost.data() ? " '" : ", '") + shortened(lost.text) + "' (row " +
            std::to_string(lost.row_number) + ")";
  }
  return text;
}

}  // namespace

std::vector<std::vector<std::string>> described(const TypedTable& table) {
  std::vector<std::vector<std::string>> lines{{"column", "type", "missing", "distinct", "values", "unreadable"}};
  for (const TypedColumn& column : table.columns) {
    lines.push_back({column.schema.name, type_text(column.schema), std::to_string(column.n_missing),
                     distinct_text(column), column.is_numeric() ? range_text(column) : examples_text(column),
                     lost_text(column)});
  }
  return lines;
}

}  // namespace hitscope::ingest::tables
