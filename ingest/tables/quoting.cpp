#include "ingest/tables/quoting.h"

#include <algorithm>

#include "ingest/tables/blanks.h"
#include "ingest/tables/csv_parser.h"

namespace hitscope::ingest::tables {
namespace {

constexpr std::size_t kSampleRows = 2000;

/// Takes out the lines above the header: lines of one cell, or that begin with '#', above rows that nearly all have as
/// many cells as the first that follows.
void take_out_titles(ParsedSample& sample) {
  constexpr std::size_t kMostTitles = 20;
  auto& rows = sample.rows;
  const auto is_title = [](const std::vector<std::string>& cells) {
    return cells.size() == 1 || cells.front().starts_with('#');
  };
  const auto header = std::find_if_not(rows.begin(), rows.end(), is_title);
  const auto n_titles = static_cast<std::size_t>(header - rows.begin());
  if (n_titles == 0 || n_titles > kMostTitles || rows.end() - header < 2) return;
  const auto n_same =
      std::count_if(header, rows.end(), [&](const auto& cells) { return cells.size() == header->size(); });
  const bool has_other_size = rows.front().size() != header->size();  // "#id,title" is a header
  if (!has_other_size || 5 * n_same < 4 * (rows.end() - header)) return;
  rows.erase(rows.begin(), header);
  sample.n_titles = n_titles;
}

ParsedSample parsed(std::string_view sample, char delimiter, Quoting quoting) {
  CsvParser parser(delimiter, quoting);
  CsvBatch batch;
  parser.parse(sample, batch);
  if (batch.rows.empty()) parser.finish(batch);
  ParsedSample result{{}, quoting, parser.n_quoted(), parser.n_malformed()};
  std::vector<std::string_view> cells;
  for (const CsvBatch::Row& row : batch.rows) {
    if (result.rows.size() == kSampleRows) break;
    batch.views_of(row, cells);
    result.rows.emplace_back(cells.begin(), cells.end());
  }
  take_out_titles(result);
  return result;
}

/// Whether it is better than `plain`, both with the same quote.
bool is_better(const ParsedSample& escaped, const ParsedSample& plain) {
  const double gained = escaped.share_that_fits() - plain.share_that_fits();
  return gained >= 0.0 && escaped.n_malformed <= plain.n_malformed &&
         (gained > 0.0 || escaped.n_malformed < plain.n_malformed);
}

/// The better of both ways to write a quote inside a cell.
ParsedSample with_best_escapes(std::string_view sample, char delimiter, char quote) {
  ParsedSample plain = parsed(sample, delimiter, {quote, false});
  if (sample.find(std::string{'\\', quote}) == std::string_view::npos) return plain;
  ParsedSample escaped = parsed(sample, delimiter, {quote, true});
  return is_better(escaped, plain) ? escaped : plain;
}

/// Whether ' is a quote here and not an apostrophe: at least half of the rows have a cell that begins with it, nearly
/// none of these goes on behind the next one, and the rows fit as well (better, where it joins lines).
bool is_quote(const ParsedSample& singly, const ParsedSample& doubly) {
  const double gained = singly.share_that_fits() - doubly.share_that_fits();
  const bool fits = singly.rows.size() == doubly.rows.size() ? gained >= 0.0 : gained > 0.0;
  return fits && 2 * singly.n_quoted >= singly.rows.size() && 20 * singly.n_malformed <= singly.n_quoted &&
         4 * doubly.n_quoted <= singly.n_quoted;
}

/// Whether a cell may begin with '.
bool has_single_quotes(std::string_view sample, char delimiter) {
  for (std::size_t at = sample.find('\''); at != std::string_view::npos; at = sample.find('\'', at + 1)) {
    if (at == 0 || sample[at - 1] == delimiter || sample[at - 1] == '\n' || sample[at - 1] == '\r') return true;
  }
  return false;
}

}  // namespace

double ParsedSample::share_that_fits() const {
  if (rows.empty()) return 0.0;
  const auto n_cells = static_cast<std::ptrdiff_t>(rows.front().size());
  const auto is_blank = [](const std::string& cell) { return without_blanks(cell).empty(); };
  const auto n_same = std::count_if(rows.begin(), rows.end(), [&](const std::vector<std::string>& cells) {
    return static_cast<std::ptrdiff_t>(cells.size()) >= n_cells &&
           std::all_of(cells.begin() + n_cells, cells.end(), is_blank);
  });
  return static_cast<double>(n_same) / static_cast<double>(rows.size());
}

ParsedSample parsed_sample(std::string_view sample, char delimiter, Quotes quotes) {
  if (quotes == Quotes::kDouble) return parsed(sample, delimiter, {'"', false});
  if (quotes == Quotes::kEscaped) return parsed(sample, delimiter, {'"', true});
  if (quotes == Quotes::kSingle) return with_best_escapes(sample, delimiter, '\'');
  ParsedSample doubly = with_best_escapes(sample, delimiter, '"');
  if (!has_single_quotes(sample, delimiter)) return doubly;
  ParsedSample singly = with_best_escapes(sample, delimiter, '\'');
  return is_quote(singly, doubly) ? singly : doubly;
}

}  // namespace hitscope::ingest::tables
