#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>

#include "ingest/tables/join.h"

namespace hitscope::ingest::tables {
namespace {

std::string file_of(const std::string& name) {
  const std::string file = std::filesystem::path(name).filename().string();
  return file.empty() ? name : file;
}

std::string grouped(std::size_t n) {
  std::string digits = std::to_string(n);
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

std::string rows(std::size_t n) {
  return grouped(n) + (n == 1 ? " row" : " rows");
}

/// The share of `part` in `n` as " (12.34 %)"; 0 % and 100 % are printed for none and all only.
std::string share(std::size_t part, std::size_t n) {
  if (n == 0) return "";
  if (part == 0) return " (0 %)";
  if (part == n) return " (100 %)";
  const double percent = std::clamp(100.0 * static_cast<double>(part) / static_cast<double>(n), 0.01, 99.99);
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), " (%.2f %%)", percent);
  return text.data();
}

std::string examples(const std::vector<std::string>& keys) {
  std::string text;
  for (const std::string& key : keys) text += (text.empty() ? ", e.g. \"" : ", \"") + key + "\"";
  return text;
}

}  // namespace

std::vector<std::string> sentences(const JoinReport& report) {
  const std::string left = file_of(report.left);
  const std::string right = file_of(report.right);
  std::vector<std::string> lines;
  lines.push_back(right + " joined to " + left + (report.on == "row by row" ? " " : " on ") + report.on + ": " +
                  grouped(report.n_left_matched) + " of " + rows(report.n_left) + " matched" +
                  share(report.n_left_matched, report.n_left));
  if (report.n_left_unmatched > 0) {
    lines.push_back(rows(report.n_left_unmatched) + " of " + left + " without a match in " + right +
                    share(report.n_left_unmatched, report.n_left) + examples(report.unmatched));
  }
  if (report.n_left_without_key > 0) {
    lines.push_back(rows(report.n_left_without_key) + " of " + left + " without a key" +
                    share(report.n_left_without_key, report.n_left));
  }
  if (report.n_left_duplicates > 0) {
    lines.push_back(rows(report.n_left_duplicates) + " of " + left + " with the key of an earlier row" +
                    share(report.n_left_duplicates, report.n_left));
  }
  if (report.n_right_duplicates > 0) {
    lines.push_back(rows(report.n_right_duplicates) + " of " + right + " with the key of an earlier row" +
                    share(report.n_right_duplicates, report.n_right));
  }
  if (report.n_right_conflicting > 0) {
    lines.push_back(rows(report.n_right_conflicting) + " of these with other values than the first row with that key" +
                    share(report.n_right_conflicting, report.n_right_duplicates) + examples(report.conflicting));
  }
  if (report.n_right_unused > 0) {
    lines.push_back(rows(report.n_right_unused) + " of " + right + " without a match in " + left +
                    share(report.n_right_unused, report.n_right));
  }
  if (report.n_joined != report.n_left) {
    lines.push_back("the result has " + rows(report.n_joined) + ", " + left + " had " + grouped(report.n_left));
  }
  for (const std::string& names : report.renamed) lines.push_back("renamed, because the name was taken: " + names);
  return lines;
}

}  // namespace hitscope::ingest::tables
