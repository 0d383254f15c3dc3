#include "ingest/tables/join.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>
#include <stdexcept>
#include <utility>

#include "ingest/tables/join_matching.h"

namespace hitscope::ingest::tables {
namespace {

constexpr std::size_t kMostJoinedRows = 100'000'000;

tl::unexpected<Failure> too_large(const std::string& left, const std::string& right, const std::string& why) {
  return tl::make_unexpected(
      Failure{Stage::kCatalogue, FailureKind::kBadFile, right + " joined to " + left + " " + why, Action::kStop});
}

std::string stem_of(const std::string& name) {
  std::filesystem::path file = std::filesystem::path(name).filename();
  const std::string extension = file.extension().string();
  if (extension == ".gz" || extension == ".GZ") file = file.stem();
  const std::string stem = file.stem().string();
  return stem.empty() ? "right" : stem;
}

/// Rows of the result: which left row and which right row (or kNoRow) each is made of.
struct Plan {
  std::vector<std::size_t> left;
  std::vector<std::size_t> right;
  std::vector<std::size_t> refused;  // left rows
  bool keeps_left = true;            // every left row once, in its order
};

Plan planned(const JoinMatches& matches, const JoinRequest& request, std::size_t n_rows) {
  Plan plan;
  plan.left.reserve(n_rows);
  plan.right.reserve(n_rows);
  for (std::size_t row = 0; row < matches.first.size(); ++row) {
    std::size_t match = matches.first[row];
    if (match == kNoRow && !request.keep_unmatched) {
      plan.refused.push_back(row);
      continue;
    }
    do {
      plan.left.push_back(row);
      plan.right.push_back(match);
      if (match != kNoRow) match = matches.next[match];
    } while (match != kNoRow && request.duplicates == JoinDuplicates::kAll);
  }
  plan.keeps_left = plan.left.size() == matches.first.size() && plan.refused.empty();
  return plan;
}

/// Rows of the result, and the right rows that have no part in it.
void count_rows(const JoinMatches& matches, const JoinRequest& request, JoinReport& report) {
  std::vector<bool> is_taken(report.n_right, false);
  std::size_t n_taken = 0;
  for (const std::size_t first : matches.first) {
    if (first == kNoRow) {
      report.n_joined += request.keep_unmatched ? 1 : 0;
      continue;
    }
    ++report.n_left_matched;
    const std::size_t n_rows = request.duplicates == JoinDuplicates::kAll ? matches.n_rows[first] : 1;
    report.n_joined += n_rows;
    if (!is_taken[first]) n_taken += n_rows;
    is_taken[first] = true;
  }
  report.n_right_unused = report.n_right - n_taken;
}

TextColumn picked(const TextColumn& column, const std::vector<std::size_t>& rows) {
  TextColumn result;
  for (const std::size_t row : rows) result.append(row == kNoRow ? std::string_view() : column.at(row));
  return result;
}

/// Names for the right columns that nothing else is called.
std::vector<std::string> right_names(const TextTable& left, const TextTable& right,
                                     const std::vector<std::size_t>& columns, std::vector<std::string>& renamed) {
  const std::set<std::string> in_left(left.header.begin(), left.header.end());
  std::set<std::string> taken = in_left;
  for (const std::size_t column : columns) taken.insert(right.header[column]);
  std::vector<std::string> names;
  for (const std::size_t column : columns) {
    const std::string& name = right.header[column];
    if (!in_left.contains(name)) {
      names.push_back(name);
      continue;
    }
    const std::string prefixed = stem_of(right.name) + "." + name;
    std::string free = prefixed;
    for (std::size_t i = 2; !taken.insert(free).second; ++i) free = prefixed + "_" + std::to_string(i);
    renamed.push_back(name + " -> " + free);
    names.push_back(std::move(free));
  }
  return names;
}

/// The left rows without a match, among those that were refused before.
void refuse(TextTable& table, const std::vector<std::size_t>& rows, const std::vector<std::size_t>& numbers,
            const JoinMatches& matches, const JoinReport& report) {
  const auto n_before = static_cast<std::ptrdiff_t>(table.refused.size());
  for (const std::size_t row : rows) {
    const std::string why = matches.has_key[row] ? "no row of " + report.right + " matches it"
                                                 : "the key that joins it to " + report.right + " is empty";
    table.refused.push_back(
        {numbers[row],
         {Stage::kCatalogue, FailureKind::kMissing,
          "row " + std::to_string(numbers[row]) + " of " + report.left + ": " + why + " (" + report.on + ")",
          Action::kSkip}});
  }
  std::ranges::inplace_merge(table.refused, table.refused.begin() + n_before, {}, &RefusedRow::number);
}

TextTable built(TextTable left, const TextTable& right, const JoinMatches& matches, const Plan& plan,
                JoinReport& report) {
  std::vector<std::string> names = right_names(left, right, matches.right_columns, report.renamed);
  if (!plan.keeps_left) {
    for (TextColumn& column : left.columns) column = picked(column, plan.left);
    std::vector<std::size_t> numbers;
    numbers.reserve(plan.left.size());
    for (const std::size_t row : plan.left) numbers.push_back(left.numbers[row]);
    std::swap(left.numbers, numbers);
    refuse(left, plan.refused, numbers, matches, report);
  }
  for (const std::size_t column : matches.right_columns)
    left.columns.push_back(picked(right.columns[column], plan.right));
  std::ranges::move(names, std::back_inserter(left.header));
  return left;
}

}  // namespace

tl::expected<Joined, Failure> join(TextTable left, const TextTable& right, const JoinRequest& request) {
  JoinReport report;
  report.left = left.name;
  report.right = right.name;
  report.n_left = left.n_rows();
  report.n_right = right.n_rows();
  const auto matches = matched(left, right, request, report);
  if (!matches) return tl::make_unexpected(matches.error());
  count_rows(*matches, request, report);
  if (report.n_joined > kMostJoinedRows) {
    return too_large(report.left, report.right,
                     "on " + report.on + " gives " + std::to_string(report.n_joined) + " rows, more than " +
                         std::to_string(kMostJoinedRows) +
                         ": the keys are repeated on both sides; remove repeated keys, or choose another key");
  }
  const Plan plan = planned(*matches, request, report.n_joined);
  try {
    TextTable table = built(std::move(left), right, *matches, plan, report);
    return Joined{std::move(table), std::move(report)};
  } catch (const std::length_error& error) {
    return too_large(report.left, report.right, "on " + report.on + ": " + error.what());
  }
}

}  // namespace hitscope::ingest::tables
