// A whole table in memory as text, by column.
//
// The cells of a column are concatenated in one text, without an allocation per cell: 500,000 rows of 20 columns take
// some 150 MB. All cells are UTF-8; those of a file that are not are read as Windows-1252, the superset of ISO-8859-1.
// Types come later: see ingest/tables/typed_table.h. Thread safety: plain values.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "dsp/fields.h"
#include "ingest/failure.h"
#include "ingest/tables/table_reader.h"

namespace hitscope::ingest::tables {

class TextColumn {
 public:
  /// Throws std::length_error if the column would exceed 2^32 - 1 bytes.
  void append(std::string_view cell);
  /// The cell of `row`, valid until the next append.
  std::string_view at(std::size_t row) const {
    const std::size_t begin = row == 0 ? 0 : ends_[row - 1];
    return std::string_view(text_).substr(begin, ends_[row] - begin);
  }
  std::size_t size() const { return ends_.size(); }
  /// All cells, concatenated.
  std::string_view text() const { return text_; }

 private:
  std::string text_;
  std::vector<std::uint32_t> ends_;
};

/// A row of the file that is not in the table, and why.
struct RefusedRow {
  std::size_t number = 0;  ///< as TableRow::number
  Failure failure;
};

enum class Encoding { kAuto, kUtf8, kIso8859_1 };
constexpr auto names_of(Encoding) {
  return std::to_array<dsp::Name<Encoding>>(
      {{Encoding::kAuto, "auto", "UTF-8; cells that are not valid UTF-8 are read as Windows-1252"},
       {Encoding::kUtf8, "utf-8", "rows that are not valid UTF-8 are refused"},
       {Encoding::kIso8859_1, "iso-8859-1", "all cells are Windows-1252, which includes ISO-8859-1"}});
}

/// `writing` describes itself.
struct TextTableOptions {
  TableWriting writing{};
  /// kAuto means UTF-8 where a cell is valid UTF-8, else Windows-1252; a file with UTF-8's byte-order mark
  /// and JSON Lines are always UTF-8. In a file that must be UTF-8, also because of kUtf8, rows with other bytes are
  /// refused.
  Encoding encoding = Encoding::kAuto;

  double max_cells = 5e8;  ///< largest number of rows times columns; each takes 4 bytes and its text

  template <typename Visit>
  static void describe(Visit&& visit) {
    using C = TextTableOptions;
    visit(&C::encoding, {.name = "encoding", .help = "encoding of the table"});
    visit(&C::max_cells,
          {.name = "max_cells",
           .help = "refuse a table with more cells (rows times columns), for which memory may not suffice",
           .value = "N",
           .rule = dsp::at_least(1),
           .is_identity = false});
  }
};

/// A file of a table that was put together from several.
struct TablePart {
  std::string name;
  std::size_t n_before = 0;  ///< numbers of its rows are larger by this
};
/// "songs.csv row 17": where the row with this number is.
std::string place_of_row(const std::string& table, const std::vector<TablePart>& parts, std::size_t number);

struct TextTable {
  std::string name;                     ///< name for messages: the path, or "standard input"
  std::string description;              ///< see TableReader::description()
  bool is_utf16 = false;                ///< the file is UTF-16, and `encoding` kUtf8
  bool has_semicolons = false;          ///< between its cells, as Excel writes where commas are decimal
  Encoding encoding = Encoding::kUtf8;  ///< kIso8859_1 where a cell is not UTF-8; never kAuto
  std::string doubts_about_quotes;      ///< see TableReader::doubts_about_quotes()
  std::string encoding_reason;          ///< the first place that is not UTF-8, where kAuto found one
  std::vector<std::string> header;      ///< names of the columns, all different
  std::vector<TextColumn> columns;      ///< [n_columns], each with n_rows cells
  std::vector<std::size_t> numbers;     ///< [n_rows], see TableRow::number
  std::vector<RefusedRow> refused;      ///< rows that were refused, in the file's order
  std::vector<TablePart> parts;         ///< of a table put together from several files; else empty
  std::size_t n_dropped_values = 0;     ///< see TableReader::n_dropped_values()

  std::size_t n_rows() const { return numbers.size(); }
};

/// Reads all of a table in any format of TableReader; "-" is standard input. Failures (kBadFile): what
/// TableReader::open refuses; more rows that cannot be read than rows that can; a header that is not UTF-8 in a table
/// that must be; a column of more than 4 GiB; more than max_cells cells; two columns of one name (the failure names
/// them). A column without a name is called "column-7", counted from 1.
tl::expected<TextTable, Failure> read_text_table(const std::filesystem::path& path, const TextTableOptions& options);

}  // namespace hitscope::ingest::tables
