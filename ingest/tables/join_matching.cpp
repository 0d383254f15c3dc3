#include "ingest/tables/join_matching.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "ingest/tables/first_rows.h"
#include "ingest/tables/join_keys.h"

namespace hitscope::ingest::tables {
namespace {

constexpr std::size_t kExamples = 5;
constexpr std::size_t kMostNamesListed = 40;

tl::unexpected<Failure> bad_join(std::string detail) {
  return tl::make_unexpected(Failure{Stage::kCatalogue, FailureKind::kBadFile, std::move(detail), Action::kStop});
}

tl::expected<std::size_t, Failure> column_of(const TextTable& table, const std::string& name) {
  const auto at = std::ranges::find(table.header, name);
  if (at != table.header.end()) return static_cast<std::size_t>(at - table.header.begin());
  std::string names;
  for (std::size_t i = 0; i < std::min(table.header.size(), kMostNamesListed); ++i) {
    names += (i == 0 ? "" : ", ") + table.header[i];
  }
  if (table.header.size() > kMostNamesListed) {
    names += " and " + std::to_string(table.header.size() - kMostNamesListed) + " more";
  }
  return bad_join(table.name + ": no column '" + name + "' to join on; it has: " + names);
}

void add_example(std::vector<std::string>& examples, std::string key) {
  if (examples.size() < kExamples && std::ranges::find(examples, key) == examples.end()) {
    examples.push_back(std::move(key));
  }
}

bool same_cells(const TextTable& table, const std::vector<std::size_t>& columns, std::size_t a, std::size_t b) {
  return std::ranges::all_of(
      columns, [&](std::size_t column) { return table.columns[column].at(a) == table.columns[column].at(b); });
}

/// Chains the right rows of each key, and counts the keys that come again.
FirstRows chain_right(const TextTable& right, const JoinKeys& keys, JoinMatches& matches, JoinReport& report) {
  FirstRows firsts(keys.n_rows());
  matches.next.assign(keys.n_rows(), kNoRow);
  matches.n_rows.assign(keys.n_rows(), 1);
  std::vector<std::size_t> last(keys.n_rows());
  for (std::size_t row = 0; row < keys.n_rows(); ++row) {
    if (!keys.has_key(row)) continue;
    const auto is_same = [&](std::size_t other) { return keys.same(row, keys, other); };
    const std::size_t first = firsts.insert(keys.hash(row), row, is_same);
    if (first != row) {
      matches.next[last[first]] = row;
      ++matches.n_rows[first];
      ++report.n_right_duplicates;
      if (!same_cells(right, matches.right_columns, first, row)) {
        ++report.n_right_conflicting;
        if (report.conflicting.size() < kExamples) add_example(report.conflicting, keys.shown(row));
      }
    }
    last[first] = row;
  }
  return firsts;
}

void match_left(const JoinKeys& left, const JoinKeys& right, const FirstRows& right_firsts, JoinMatches& matches,
                JoinReport& report) {
  FirstRows left_firsts(left.n_rows());
  for (std::size_t row = 0; row < left.n_rows(); ++row) {
    matches.has_key[row] = left.has_key(row);
    if (!left.has_key(row)) {
      ++report.n_left_without_key;
      continue;
    }
    const auto is_same = [&](std::size_t other) { return left.same(row, left, other); };
    const std::size_t earlier = left_firsts.insert(left.hash(row), row, is_same);
    if (earlier != row) {
      ++report.n_left_duplicates;
      matches.first[row] = matches.first[earlier];
    } else {
      const auto is_match = [&](std::size_t other) { return left.same(row, right, other); };
      matches.first[row] = right_firsts.find(left.hash(row), is_match).value_or(kNoRow);
    }
    if (matches.first[row] == kNoRow) {
      ++report.n_left_unmatched;
      if (report.unmatched.size() < kExamples) add_example(report.unmatched, left.shown(row));
    }
  }
}

/// Place of every row among all rows of its file, so that a refused row on one side does not shift the others.
std::vector<std::size_t> places_in_file(const TextTable& table) {
  std::vector<std::size_t> places(table.n_rows());
  std::size_t n_refused = 0;
  for (std::size_t row = 0; row < table.n_rows(); ++row) {
    while (n_refused < table.refused.size() && table.refused[n_refused].number < table.numbers[row]) ++n_refused;
    places[row] = row + n_refused;
  }
  return places;
}

tl::expected<JoinMatches, Failure> match_row_by_row(const TextTable& left, const TextTable& right, JoinMatches matches,
                                                    JoinReport& report) {
  report.on = "row by row";
  const std::size_t n_left = left.n_rows() + left.refused.size();
  const std::size_t n_right = right.n_rows() + right.refused.size();
  if (n_left != n_right) {
    return bad_join(left.name + " has " + std::to_string(n_left) + " rows and " + right.name + " has " +
                    std::to_string(n_right) + ": a join row by row, without keys, needs as many on both sides");
  }
  matches.next.assign(right.n_rows(), kNoRow);
  matches.n_rows.assign(right.n_rows(), 1);
  const std::vector<std::size_t> left_places = places_in_file(left);
  const std::vector<std::size_t> right_places = places_in_file(right);
  std::size_t other = 0;
  for (std::size_t row = 0; row < left_places.size(); ++row) {
    matches.has_key[row] = true;
    while (other < right_places.size() && right_places[other] < left_places[row]) ++other;
    if (other < right_places.size() && right_places[other] == left_places[row]) {
      matches.first[row] = other;
    } else {
      ++report.n_left_unmatched;
      add_example(report.unmatched, "row " + std::to_string(left.numbers[row]));
    }
  }
  return matches;
}

/// Fails where a left row has several matches.
tl::expected<JoinMatches, Failure> with_one_match_each(const TextTable& left, const TextTable& right,
                                                       const JoinKeys& keys, JoinMatches matches,
                                                       const JoinReport& report) {
  for (std::size_t row = 0; row < left.n_rows(); ++row) {
    const std::size_t first = matches.first[row];
    if (first == kNoRow || matches.next[first] == kNoRow) continue;
    std::string rows = std::to_string(right.numbers[first]);
    std::size_t n_named = 1;
    for (std::size_t i = matches.next[first]; i != kNoRow && n_named < kExamples; i = matches.next[i], ++n_named) {
      rows += ", " + std::to_string(right.numbers[i]);
    }
    if (matches.n_rows[first] > n_named) rows += ", …";
    return bad_join(right.name + ": " + std::to_string(matches.n_rows[first]) + " rows (" + rows + ") have the key '" +
                    keys.shown(row) + "' (" + report.on + ") of row " + std::to_string(left.numbers[row]) + " of " +
                    left.name + "; `join_duplicates` refuse allows only one");
  }
  return matches;
}

}  // namespace

tl::expected<JoinMatches, Failure> matched(const TextTable& left, const TextTable& right, const JoinRequest& request,
                                           JoinReport& report) {
  std::vector<std::size_t> left_columns;
  std::vector<std::size_t> right_columns;
  for (const JoinKey& key : request.keys) {
    const auto in_left = column_of(left, key.left);
    if (!in_left) return tl::make_unexpected(in_left.error());
    const auto in_right = column_of(right, key.right);
    if (!in_right) return tl::make_unexpected(in_right.error());
    left_columns.push_back(*in_left);
    right_columns.push_back(*in_right);
    report.on += (report.on.empty() ? "" : ", ") + (key.left == key.right ? key.left : key.left + " = " + key.right);
  }
  JoinMatches matches;
  matches.first.assign(left.n_rows(), kNoRow);
  matches.has_key.assign(left.n_rows(), false);
  for (std::size_t i = 0; i < right.header.size(); ++i) {
    if (std::ranges::find(right_columns, i) == right_columns.end()) matches.right_columns.push_back(i);
  }
  if (request.keys.empty()) return match_row_by_row(left, right, std::move(matches), report);
  const JoinKeys left_keys(left, left_columns);
  const JoinKeys right_keys(right, right_columns);
  const FirstRows firsts = chain_right(right, right_keys, matches, report);
  match_left(left_keys, right_keys, firsts, matches, report);
  if (request.duplicates != JoinDuplicates::kRefuse) return matches;
  return with_one_match_each(left, right, left_keys, std::move(matches), report);
}

}  // namespace hitscope::ingest::tables
