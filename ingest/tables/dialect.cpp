#include "ingest/tables/dialect.h"

#include <algorithm>
#include <set>

#include "ingest/tables/blanks.h"
#include "ingest/tables/number_format.h"
#include "ingest/tables/table_row.h"

namespace hitscope::ingest::tables {
namespace {

using Cells = std::vector<std::string>;
using Rows = std::vector<Cells>;

/// The delimiter that Excel's first line "sep=;" names.
std::optional<char> named_in_first_line(std::string_view sample) {
  std::string_view line = sample.substr(0, sample.find_first_of("\r\n"));
  if (line.size() > 1 && line.front() == '"' && line.back() == '"') line = line.substr(1, line.size() - 2);
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
  std::size_t n_titles = 0;
};

Fit fit_of(std::string_view sample, char delimiter, Quotes quotes) {
  const ParsedSample parsed = parsed_sample(sample, delimiter, quotes);
  if (parsed.rows.empty()) return {delimiter, 0, 0.0, 0};
  return {delimiter, parsed.rows.front().size(), parsed.share_that_fits(), parsed.rows.size(), parsed.n_titles};
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

/// Whether a line of the header names the first column and no other.
bool is_index_line(const Cells& cells) {
  return !is_blank(cells.front()) && std::all_of(cells.begin() + 1, cells.end(), is_blank);
}

/// Whether `n` lines of names tell the columns apart, and the first alone does not: it repeats names side by side.
bool are_levels(const Rows& rows, std::size_t n) {
  const Cells& first = rows.front();
  if (rows.size() < n) return false;
  bool has_repeated = false;
  for (std::size_t c = 1; c < first.size(); ++c)
    has_repeated = has_repeated || (!is_blank(first[c]) && first[c] == first[c - 1]);
  if (!has_repeated) return false;
  std::set<std::string> names;
  for (std::size_t c = 0; c < first.size(); ++c) {
    std::string name;
    for (std::size_t line = 0; line < n; ++line) {
      if (rows[line].size() != first.size()) return false;
      name = two_levels(name, rows[line][c]);
    }
    names.insert(name);
  }
  return names.size() == first.size();
}

/// Finds the lines of the header: two or three levels of names above a line with nothing but the name of the index, or
/// two levels above numbers.
void find_header(const Rows& rows, int given, Dialect& dialect) {
  const std::size_t n_columns = rows.front().size();
  if (given > 0) {
    dialect.n_header_lines = std::min(static_cast<std::size_t>(given), rows.size());
    dialect.has_index_line = given > 1 && n_columns > 1 && is_index_line(rows[dialect.n_header_lines - 1]);
    return;
  }
  if (n_columns < 3) return;
  for (const std::size_t n : {std::size_t{2}, std::size_t{3}}) {
    if (rows.size() <= n || rows[n].size() != n_columns || !is_index_line(rows[n]) || !are_levels(rows, n)) continue;
    dialect.n_header_lines = n + 1;
    dialect.has_index_line = true;
    return;
  }
  if (rows.size() < 3 || !are_levels(rows, 2) || !names_numbers(rows, 1)) return;
  if (std::none_of(rows[1].begin(), rows[1].end(), is_number)) dialect.n_header_lines = 2;
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
tl::expected<char, std::string> best_delimiter(std::string_view sample, std::optional<char> likely, Quotes quotes) {
  std::vector<Fit> fits;
  for (const Delimiter& delimiter : kDelimiters) {
    const Fit fit = fit_of(sample, delimiter.mark, quotes);
    if (fit.n_columns > 1) fits.push_back(fit);
  }
  if (fits.empty()) return likely.value_or(',');
  constexpr double kGood = 0.8;
  const auto fits_whole = [&](const Fit& fit) { return fit.n_titles == 0 && fit.share >= kGood; };
  // With another delimiter the header itself would be a title.
  if (std::any_of(fits.begin(), fits.end(), fits_whole))
    std::erase_if(fits, [](const Fit& fit) { return fit.n_titles > 0; });
  std::stable_sort(fits.begin(), fits.end(), [](const Fit& a, const Fit& b) { return a.share > b.share; });
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

tl::expected<Dialect, std::string> sniffed_dialect(std::string_view sample, const DialectRequest& request) {
  if (sample.starts_with(kByteOrderMark)) sample.remove_prefix(kByteOrderMark.size());
  Dialect dialect;
  if (const auto named = named_in_first_line(sample)) {
    dialect.n_skipped = 1;
    dialect.delimiter = *named;
    sample.remove_prefix(std::min(sample.find('\n'), sample.size() - 1) + 1);
  }
  if (request.delimiter) {
    dialect.delimiter = *request.delimiter;
  } else if (dialect.n_skipped == 0) {
    const auto best = best_delimiter(sample, request.likely, request.quotes);
    if (!best) return tl::make_unexpected(best.error());
    dialect.delimiter = *best;
  }
  const ParsedSample parsed = parsed_sample(sample, dialect.delimiter, request.quotes);
  dialect.quoting = parsed.quoting;
  dialect.n_titles = parsed.n_titles;
  dialect.n_skipped += parsed.n_titles;
  const Rows& rows = parsed.rows;
  if (rows.empty()) return dialect;
  find_header(rows, request.header_lines, dialect);
  // Commas and semicolons stand in texts, too, where somebody forgot the quotes.
  const bool may_have_lists = dialect.delimiter == '\t' || dialect.delimiter == '|';
  dialect.has_lists = may_have_lists && has_lists(rows, dialect.n_header_lines);
  return dialect;
}

std::vector<std::string> column_names(const Dialect& dialect, const Rows& lines, const Rows& rows) {
  Cells names = lines.front();
  const std::size_t n_levels = lines.size() - (dialect.has_index_line ? 1 : 0);
  for (std::size_t line = 1; line < n_levels; ++line) {
    for (std::size_t c = 0; c < names.size() && c < lines[line].size(); ++c)
      names[c] = two_levels(names[c], lines[line][c]);
  }
  if (dialect.has_index_line) names.front() = lines.back().front();
  const auto is_empty_in = [&](std::size_t c) {
    return std::all_of(rows.begin(), rows.end(), [&](const Cells& row) { return c >= row.size() || is_blank(row[c]); });
  };
  while (names.size() > 1 && is_blank(names.back()) && is_empty_in(names.size() - 1)) names.pop_back();
  if (dialect.has_lists) names.push_back(names.back() + ".others");
  return names;
}

}  // namespace hitscope::ingest::tables
