#include "ingest/tables/predictions_cells.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "ingest/input_error.h"
#include "ingest/tables/blanks.h"
#include "ingest/tables/number_format.h"
#include "ingest/tables/schema.h"

namespace hitscope::ingest::tables {
namespace {

constexpr std::string_view kNeedsValue = "every row needs a value";

/// Both columns in one format, marks of missing values as NaN; nullopt where a cell is no number, or a column has none.
std::optional<Numbers> numbers_in(const PredictionCells& cells, const NumberFormat& format) {
  Numbers numbers;
  for (const int side : {kTruth, kPredicted}) {
    bool any = false;
    for (std::size_t row = 0; row < cells.n_rows(); ++row) {
      const auto number = parse_number(cells.at(side, row), format);
      if (!number && !cells.is_mark(side, row)) return std::nullopt;
      numbers[side].push_back(number.value_or(std::nan("")));
      any = any || number;
    }
    if (!any) return std::nullopt;
  }
  return numbers;
}

}  // namespace

PredictionCells::PredictionCells(const TextTable& table, std::size_t truth, std::size_t predicted)
    : table_(table), columns_{truth, predicted}, marks_(TableSchema{}.missing_marks) {
  for (std::size_t row = 0; row < n_rows(); ++row) {
    for (const int side : {kTruth, kPredicted}) {
      if (at(side, row).empty()) refuse(side, row, kNeedsValue);
    }
  }
}

std::string_view PredictionCells::at(int side, std::size_t row) const {
  return without_blanks(table_.columns[columns_[side]].at(row));
}

void PredictionCells::refuse(int side, std::size_t row, std::string_view why) const {
  throw InputError(fmt::format("{} row {}: {} is '{}'; {}", table_.name, table_.numbers[row], name(side),
                               clipped(at(side, row)), why));
}

std::string clipped(std::string_view cell) {
  constexpr std::size_t kLongest = 40;
  std::string label;
  std::size_t n_characters = 0;
  for (const char c : cell) {
    const auto byte = static_cast<unsigned char>(c);
    n_characters += (byte & 0xC0U) != 0x80U ? 1 : 0;
    if (n_characters > kLongest) return label + "…";
    label += byte < 0x20 || byte == 0x7F ? ' ' : c;
  }
  return label;
}

std::optional<Numbers> numbers_of(const PredictionCells& cells) {
  for (const NumberFormat format : {NumberFormat{'.', '\0'}, {'.', ','}, {',', '\0'}, {',', '.'}}) {
    auto numbers = numbers_in(cells, format);
    if (!numbers) continue;
    for (std::size_t row = 0; row < cells.n_rows(); ++row) {
      for (const int side : {kTruth, kPredicted}) {
        const double value = (*numbers)[side][row];
        if (std::isnan(value)) cells.refuse(side, row, kNeedsValue);
        if (std::isinf(value)) cells.refuse(side, row, "every value must be finite");
      }
    }
    return numbers;
  }
  return std::nullopt;
}

std::pair<int, std::size_t> first_text(const PredictionCells& cells) {
  for (std::size_t row = 0; row < cells.n_rows(); ++row) {
    for (const int side : {kTruth, kPredicted}) {
      if (!parse_number(cells.at(side, row), {})) return {side, row};
    }
  }
  return {kTruth, 0};
}

namespace {

/// All of a side are numbers, and some are not whole.
bool are_fractions(const PredictionCells& cells, int side) {
  bool any_fraction = false;
  for (std::size_t row = 0; row < cells.n_rows(); ++row) {
    const auto number = parse_number(cells.at(side, row), {});
    if (!number) return false;
    any_fraction = any_fraction || *number != std::floor(*number);
  }
  return any_fraction;
}

}  // namespace

void require_texts(const PredictionCells& cells, bool no_fractions) {
  std::unordered_set<std::string_view> known;
  for (std::size_t row = 0; row < cells.n_rows(); ++row) known.insert(cells.at(kTruth, row));
  for (std::size_t row = 0; row < cells.n_rows(); ++row) {
    // A class may be called "none"; a mark that only the predictions have is a row that nobody predicted.
    if (cells.is_mark(kPredicted, row) && !known.contains(cells.at(kPredicted, row))) {
      cells.refuse(kPredicted, row, kNeedsValue);
    }
  }
  if (!no_fractions) return;
  const auto [side, row] = first_text(cells);
  if (are_fractions(cells, kPredicted)) {
    cells.refuse(side, row,
                 "the predictions are numbers, so the true values must be numbers, or 0 and 1 for probabilities");
  }
  if (are_fractions(cells, kTruth))
    cells.refuse(side, row, "it is a text among numbers; give `kind` classes to compare texts");
}

std::optional<std::pair<int, std::size_t>> first_no_probability(const Numbers& numbers) {
  for (std::size_t row = 0; row < numbers[kTruth].size(); ++row) {
    if (numbers[kTruth][row] != 0.0 && numbers[kTruth][row] != 1.0) return std::pair{kTruth, row};
    if (!(numbers[kPredicted][row] >= 0.0 && numbers[kPredicted][row] <= 1.0)) return std::pair{kPredicted, row};
  }
  return std::nullopt;
}

}  // namespace hitscope::ingest::tables
