#include "ingest/tables/quoting.h"

#include <algorithm>
#include <cstddef>

namespace hitscope::ingest::tables {
namespace {

struct Counts {
  std::size_t n_lines = 0;
  std::size_t n_doubly = 0;   // cells that begin with "
  std::size_t n_singly = 0;   // cells that begin with '
  std::size_t n_between = 0;  // cells that begin and end with '
};

Counts counts_of(std::string_view sample, char delimiter) {
  Counts counts;
  while (!sample.empty()) {
    const std::size_t end = static_cast<std::size_t>(
        std::find_if(sample.begin(), sample.end(), [&](char c) { return c == delimiter || c == '\n' || c == '\r'; }) -
        sample.begin());
    const std::string_view cell = sample.substr(0, end);
    counts.n_doubly += cell.starts_with('"');
    counts.n_singly += cell.starts_with('\'');
    counts.n_between += cell.size() > 1 && cell.starts_with('\'') && cell.ends_with('\'');
    counts.n_lines += end < sample.size() && sample[end] != delimiter;
    sample.remove_prefix(std::min(end + 1, sample.size()));
  }
  return counts;
}

/// Whether quotes inside of cells follow a backslash, and none is doubled.
bool has_escapes(std::string_view sample, char quote, char delimiter) {
  const auto ends_cell = [&](char c) { return c == delimiter || c == '\n' || c == '\r'; };
  std::size_t n_escaped = 0;
  for (std::size_t i = 1; i + 1 < sample.size(); ++i) {
    if (sample[i] != quote) continue;
    if (sample[i - 1] == '\\') {
      n_escaped += !ends_cell(sample[i + 1]);  // "C:\" may end so
    } else if (sample[i + 1] == quote && !ends_cell(sample[i - 1])) {
      return false;
    }
  }
  return n_escaped > 0;
}

}  // namespace

Quoting sniffed_quoting(std::string_view sample, char delimiter) {
  const Counts counts = counts_of(sample, delimiter);
  Quoting quoting;
  const bool singly = counts.n_doubly == 0 && counts.n_between > 0 && 2 * counts.n_between >= counts.n_lines &&
                      2 * counts.n_between >= counts.n_singly;
  if (singly) quoting.quote = '\'';
  quoting.has_escapes = has_escapes(sample, quoting.quote, delimiter);
  return quoting;
}

}  // namespace hitscope::ingest::tables
