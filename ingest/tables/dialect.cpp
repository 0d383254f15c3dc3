#include "ingest/tables/dialect.h"

#include <algorithm>
#include <set>

#include "ingest/tables/blanks.h"
#include "ingest/tables/csv_parser.h"
#include "ingest/tables/number_format.h"
#include "ingest/tables/table_row.h"

namespace hitscope::ingest::tables {
namespace {

using Cells = std::vector<std::string>;
using Rows = std::vector<Cells>;

constexpr std::size_t kSampleRows = 2000;

/// The first rows of `sample`, without the last one where it may be unfinished.
Rows parsed_rows(std::string_view sample, char delimiter) {
  CsvParser parser(delimiter, sniffed_quoting(sample, delimiter));
  CsvBatch batch;
  parser.parse(sample, batch);
  if (batch.rows.empty()) parser.finish(batch);
  Rows rows;
  std::vector<std::string_view> cells;
  for (const CsvBatch::Row& row : batch.rows) {
    if (rows.size() == kSampleRows) break;
    batch.views_of(row, cells);
    rows.emplace_back(cells.begin(), cells.end());
  }
  return rows;
}

/// The delimiter that Excel's first line "sep=;" names.
std::optional<char> named_in_first_line(std::string_view sample) {
  const std::string_view line = sample.substr(0, sample.find_first_of("\r\n"));
  if (line.size() != 5 || !line.starts_with("sep=")) return std::nullopt;
  const bool is_known =
      std::any_of(kDelimiters.begin(), kDelimiters.end(), [&](const Delimiter& d) { return d.mark == line[4]; });
  return is_known ? std::optional(line[4]) : std::nullopt;
}

bool is_blank(const std::string& cell) {
  return without_blanks(cell).empty();
}

bool is_number(const std::string& cell) {
  return parse_number(without_blanks(cell), {}).has_value();
}

/// How well a delimiter fits.
struct Fit {
  char delimiter;
  std::size_t n_columns;
  double share;        ///< of the rows, with as many cells as the header, but for empty ones at the end
  std::size_t n_rows;  ///< header included
};

Fit fit_of(std::string_view sample, char delimiter) {
  const Rows rows = parsed_rows(sample, delimiter);
  if (rows.empty()) return {delimiter, 0, 0.0, 0};
  const std::size_t n = rows.front().size();
  std::size_t n_same = 0;
  for (const Cells& cells : rows) {
    n_same += cells.size() >= n && std::all_of(cells.begin() + static_cast<std::ptrdiff_t>(n), cells.end(), is_blank);
  }
  return {delimiter, n, static_cast<double>(n_same) / static_cast<double>(rows.size()), rows.size()};
}

/// Whether the rest of a table is numbers below `names`: what stands in `names` is then a header.
bool names_numbers(const Rows& rows, std::size_t line) {
  const Cells& names = rows[line];
  for (std::size_t c = 0; c < names.size(); ++c) {
    if (is_blank(names[c]) || is_number(names[c])) continue;
    std::size_t n = 0;
    std::size_t n_numbers = 0;
    for (std::size_t r = line + 2; r < rows.size(); ++r) {
      if (c >= rows[r].size() || is_blank(rows[r][c])) continue;
      ++n;
      n_numbers += is_number(rows[r][c]);
    }
    if (n > 0 && 5 * n_numbers >= 4 * n) return true;
  }
  return false;
}

/// "album" and "title" as "album.title".
std::string two_levels(const std::string& upper, const std::string& lower) {
  return is_blank(upper) || is_blank(lower) ? upper + lower : upper + "." + lower;
}

/// Lines of the header: 2 where names of the first are repeated side by side, the second tells them apart, and numbers
/// stand below; 3 where a line with nothing but the name of the index follows.
std::size_t header_lines(const Rows& rows) {
  if (rows.size() < 3 || rows[0].size() < 3 || rows[1].size() != rows[0].size()) return 1;
  const Cells& first = rows[0];
  bool has_repeated = false;
  for (std::size_t c = 1; c < first.size(); ++c)
    has_repeated = has_repeated || (!is_blank(first[c]) && first[c] == first[c - 1]);
  std::set<std::string> names;
  for (std::size_t c = 0; c < first.size(); ++c) names.insert(two_levels(first[c], rows[1][c]));
  const bool are_names = std::none_of(rows[1].begin(), rows[1].end(), is_number);
  if (!has_repeated || !are_names || names.size() != first.size() || !names_numbers(rows, 1)) return 1;
  const Cells& third = rows[2];
  const bool is_index = !is_blank(third[0]) && std::all_of(third.begin() + 1, third.end(), is_blank);
  return is_index ? 3 : 2;
}

/// Whether rows end in lists: some have more cells than the header, and none has fewer.
bool has_lists(const Rows& rows, std::size_t n_header_lines) {
  const std::size_t n_columns = rows.front().size();
  std::size_t n_longer = 0;
  for (std::size_t r = n_header_lines; r < rows.size(); ++r) {
    if (rows[r].size() < n_columns) return false;
    n_longer += rows[r].size() > n_columns && !is_blank(rows[r].back());
  }
  return n_longer > 0;
}

/// The delimiter that fits best, or why none can be chosen.
tl::expected<char, std::string> best_delimiter(std::string_view sample, std::optional<char> likely) {
  std::vector<Fit> fits;
  for (const Delimiter& delimiter : kDelimiters) {
    const Fit fit = fit_of(sample, delimiter.mark);
    if (fit.n_columns > 1) fits.push_back(fit);
  }
  if (fits.empty()) return likely.value_or(',');
  std::stable_sort(fits.begin(), fits.end(), [](const Fit& a, const Fit& b) { return a.share > b.share; });
  constexpr double kGood = 0.8;
  constexpr double kNear = 0.05;
  const Fit& best = fits.front();
  std::vector<Fit> rivals;
  for (const Fit& fit : fits) {
    if (best.share - fit.share <= kNear && (fit.share >= kGood || best.share < kGood)) rivals.push_back(fit);
  }
  const auto by_name = std::find_if(rivals.begin(), rivals.end(), [&](const Fit& f) { return f.delimiter == likely; });
  std::stable_sort(rivals.begin(), rivals.end(), [](const Fit& a, const Fit& b) { return a.n_columns > b.n_columns; });
  if (rivals.size() == 1 || rivals[0].n_columns >= 2 * rivals[1].n_columns) return rivals[0].delimiter;
  if (by_name != rivals.end()) return *likely;
  if (rivals[0].n_rows == 1) return rivals[0].delimiter;  // a header alone: nothing is lost by a guess
  const auto words = [](const Fit& fit) {
    return std::string(delimiter_of(fit.delimiter).words) + " (" + std::to_string(fit.n_columns) + " columns)";
  };
  return tl::make_unexpected("its cells may be separated by " + words(rivals[0]) + " or by " + words(rivals[1]));
}

}  // namespace

const Delimiter& delimiter_of(char mark) {
  return *std::find_if(kDelimiters.begin(), kDelimiters.end() - 1, [&](const Delimiter& d) { return d.mark == mark; });
}

tl::expected<Dialect, std::string> sniffed_dialect(std::string_view sample, std::optional<char> given,
                                                   std::optional<char> likely) {
  if (sample.starts_with(kByteOrderMark)) sample.remove_prefix(kByteOrderMark.size());
  Dialect dialect;
  if (const auto named = named_in_first_line(sample)) {
    dialect.n_skipped = 1;
    dialect.delimiter = *named;
    sample.remove_prefix(std::min(sample.find('\n'), sample.size() - 1) + 1);
  }
  if (given) {
    dialect.delimiter = *given;
  } else if (dialect.n_skipped == 0) {
    const auto best = best_delimiter(sample, likely);
    if (!best) return tl::make_unexpected(best.error());
    dialect.delimiter = *best;
  }
  dialect.quoting = sniffed_quoting(sample, dialect.delimiter);
  const Rows rows = parsed_rows(sample, dialect.delimiter);
  if (rows.empty()) return dialect;
  dialect.n_header_lines = header_lines(rows);
  // Commas and semicolons stand in texts, too, where somebody forgot the quotes.
  const bool may_have_lists = dialect.delimiter == '\t' || dialect.delimiter == '|';
  dialect.has_lists = may_have_lists && has_lists(rows, dialect.n_header_lines);
  return dialect;
}

std::vector<std::string> column_names(const Dialect& dialect, const Rows& lines, const Rows& rows) {
  Cells names = lines.front();
  if (dialect.n_header_lines > 1) {
    for (std::size_t c = 0; c < names.size() && c < lines[1].size(); ++c) names[c] = two_levels(names[c], lines[1][c]);
  }
  if (dialect.n_header_lines > 2 && is_blank(names.front())) names.front() = lines[2].front();
  const auto is_empty_in = [&](std::size_t c) {
    return std::all_of(rows.begin(), rows.end(), [&](const Cells& row) { return c >= row.size() || is_blank(row[c]); });
  };
  while (names.size() > 1 && is_blank(names.back()) && is_empty_in(names.size() - 1)) names.pop_back();
  if (dialect.has_lists) names.push_back(names.back() + ".others");
  return names;
}

}  // namespace hitscope::ingest::tables
