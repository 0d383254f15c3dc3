// The truth and the predictions in a table as texts, and as numbers if all of them are.
// Thread safety: immutable after construction; free functions without shared state.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ingest/tables/missing_marks.h"
#include "ingest/tables/text_table.h"

namespace hitscope::ingest::tables {

/// The two sides of a prediction, as an index into PredictionCells and Numbers.
inline constexpr int kTruth = 0;
inline constexpr int kPredicted = 1;

/// Two columns of a table, which must outlive it, with stripped cells.
class PredictionCells {
 public:
  /// Throws InputError naming the first row with an empty cell.
  PredictionCells(const TextTable& table, std::size_t truth, std::size_t predicted);

  std::size_t n_rows() const { return table_.n_rows(); }
  std::string_view at(int side, std::size_t row) const;
  const std::string& name(int side) const { return table_.header[columns_[side]]; }
  bool is_mark(int side, std::size_t row) const { return marks_.is_missing(at(side, row)); }
  /// Throws an InputError about this cell.
  [[noreturn]] void refuse(int side, std::size_t row, std::string_view why) const;

 private:
  const TextTable& table_;
  std::array<std::size_t, 2> columns_;
  MissingMarks marks_;
};

/// A cell for messages: one line of at most 40 characters.
std::string clipped(std::string_view cell);

using Numbers = std::array<std::vector<double>, 2>;

/// The numbers of both sides; nullopt unless every cell, apart from marks of missing values, is a number in one format.
/// Throws InputError for such a mark among numbers, and for a number that is not finite.
std::optional<Numbers> numbers_of(const PredictionCells& cells);
/// Side and row of the first cell that is not a number.
std::pair<int, std::size_t> first_text(const PredictionCells& cells);
/// Throws InputError for a mark of a missing value that only the predictions have and, with `no_fractions`, if one side
/// is words and the other fractions.
void require_texts(const PredictionCells& cells, bool no_fractions);
/// Side and row of the first truth other than 0 or 1, or prediction outside 0 to 1; nullopt without one.
std::optional<std::pair<int, std::size_t>> first_no_probability(const Numbers& numbers);

}  // namespace hitscope::ingest::tables
