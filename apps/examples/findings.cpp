#include "apps/examples/findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "apps/shell/printable.h"
#include "apps/shell/words.h"

namespace hitscope::apps::examples {
namespace {

using models::data::SplitKind;
using models::evaluation::Finding;
using models::evaluation::Severity;
using nlohmann::ordered_json;

std::size_t count(std::span<const Finding> findings, Severity severity) {
  return static_cast<std::size_t>(
      std::count_if(findings.begin(), findings.end(), [&](const Finding& f) { return f.severity == severity; }));
}

/// A split.csv or a column may follow time as well as --split temporal does.
bool is_by_time(const TrainData& data, const models::data::Split& split, SplitKind kind) {
  if (kind != SplitKind::kColumn || data.times.empty()) return kind == SplitKind::kTemporal;
  double latest = -std::numeric_limits<double>::infinity();
  double earliest_test = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < data.times.size(); ++i) {
    const models::data::Part part = split.part(i);
    if (part == models::data::Part::kTest) earliest_test = std::min(earliest_test, data.times[i]);
    if (part == models::data::Part::kTrain || part == models::data::Part::kValidation)
      latest = std::max(latest, data.times[i]);
  }
  return latest < earliest_test;
}

std::vector<std::size_t> row_numbers_of(const TrainData& data) {
  std::vector<std::size_t> numbers(data.examples.n_rows);
  for (const TrainRow& row : data.rows) {
    if (row.example) numbers[*row.example] = row.row;
  }
  return numbers;
}

/// The flags that keep a song, an ISRC or a clip on one side.
std::string mend_of(const std::string& identity, SplitKind kind) {
  const std::string drop = identity.starts_with("song") ? "song" : identity == "ISRC" ? "isrc" : "clip";
  const bool has_flag = kind == SplitKind::kGroup || kind == SplitKind::kRandom;
  return fmt::format("{}--drop-duplicates {} keeps one row of each",
                     has_flag ? "--split duplicates keeps each on one side, " : "", drop);
}

std::string mend_of_copies(const TrainData& data, SplitKind kind) {
  if (kind == SplitKind::kDuplicates)
    return "they have no artist, song, ISRC or clip in common to split by; leave one of them out";
  if (data.identities.empty()) return "";
  return kind == SplitKind::kGroup || kind == SplitKind::kRandom
             ? "--split duplicates or --drop-duplicates song fixes this for rows of the same artist and title; leave "
               "out the others"
             : "--drop-duplicates song fixes this for rows of the same artist and title; leave out the others";
}

/// That no column of artists was found: the first promise of a split cannot be kept, nor checked.
Finding unknown_groups(const TrainData& data) {
  const std::string likely =
      data.likely_artist.empty() ? "" : fmt::format(" (perhaps '{}')", shell::one_line(data.likely_artist));
  return {
      Severity::kWarning, models::evaluation::AuditRule::kUnknownGroups, "artist",
      fmt::format("no column of artists was found, so the same artist may be in training and test rows, which makes "
                  "scores too good; name it with {}{}, or say --no-artist where rows have none",
                  data.is_of_folder ? "--group-from REGEX" : "--artist-column or --group-column", likely)};
}

}  // namespace

std::vector<Finding> findings_of(const TrainData& data, const models::data::Targets& targets,
                                 const models::data::LabelScheme& labels, const models::data::Split& split,
                                 SplitKind kind, std::uint64_t seed) {
  models::evaluation::AuditInput input{data.examples.table,
                                       labels_of(targets),
                                       n_classes_of(targets),
                                       data.raw_targets.numbers,
                                       &split,
                                       data.group_column,
                                       {},
                                       {},
                                       {},
                                       {},
                                       labels.class_names(),
                                       seed};
  if (!data.group_column.empty()) input.groups = data.groups;
  const auto row_numbers = row_numbers_of(data);
  input.credits = data.credits;
  input.row_numbers = row_numbers;
  input.has_row_order = !data.is_of_folder;
  input.by_time = is_by_time(data, split, kind);
  input.mend_copies = mend_of_copies(data, kind);
  for (const Identity& identity : data.identities) {
    input.identities.push_back({identity.name, identity.keys, mend_of(identity.name, kind)});
  }
  for (const auto& column : data.examples.table.numeric) input.column_names.push_back(column.name);
  for (const auto& column : data.examples.table.categorical) input.column_names.push_back(column.name);
  std::vector<Finding> findings = models::evaluation::audit(input);
  if (data.group_column.empty() && !data.no_artist) {
    const auto first_note = std::find_if(findings.begin(), findings.end(),
                                         [](const Finding& finding) { return finding.severity == Severity::kNote; });
    findings.insert(first_note, unknown_groups(data));
  }
  return findings;
}

std::vector<std::string> lines_of(std::span<const Finding> findings) {
  std::vector<std::string> lines;
  for (const Finding& finding : findings) {
    const std::string severity(to_string(finding.severity));
    lines.push_back(fmt::format("{} {}, {}: {}", finding.severity == Severity::kLeak ? "LEAK" : severity,
                                to_string(finding.rule), shell::one_line(finding.subject),
                                shell::one_line(finding.detail)));
  }
  return lines;
}

std::vector<std::string> lines_of_folds(std::span<const std::vector<Finding>> folds) {
  std::vector<Finding> distinct;
  std::vector<std::size_t> counts;
  for (const auto& findings : folds) {
    for (const Finding& finding : findings) {
      const auto known = std::find_if(distinct.begin(), distinct.end(), [&](const Finding& other) {
        return other.severity == finding.severity && other.rule == finding.rule && other.subject == finding.subject;
      });
      if (known == distinct.end()) {
        distinct.push_back(finding);
        counts.push_back(1);
      } else {
        ++counts[static_cast<std::size_t>(known - distinct.begin())];
      }
    }
  }
  std::vector<std::string> lines = lines_of(distinct);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    lines[i] += fmt::format(" (in {} of {} folds)", counts[i], folds.size());
  }
  return lines;
}

std::string verdict_of(std::span<const Finding> findings) {
  const std::size_t n_leaks = count(findings, Severity::kLeak);
  const std::size_t n_warnings = count(findings, Severity::kWarning);
  if (n_leaks == 0 && !models::evaluation::is_clean(findings)) {
    const bool is_sampled = std::any_of(findings.begin(), findings.end(), [](const Finding& f) {
      return f.rule == models::evaluation::AuditRule::kSampledByColumn;
    });
    return fmt::format(
        "verdict: no leak found, {}, but NOT known to be clean: {}", shell::count_of(n_warnings, "warning"),
        is_sampled ? "the table was sampled by a column, see above" : "artists may be on both sides of the split");
  }
  if (n_leaks == 0) return fmt::format("verdict: clean: no leak found, {}", shell::count_of(n_warnings, "warning"));
  return fmt::format("verdict: NOT CLEAN: {}, {}; scores on these test rows are too good to be true",
                     shell::count_of(n_leaks, "leak"), shell::count_of(n_warnings, "warning"));
}

std::string findings_json(std::span<const Finding> findings) {
  ordered_json list = ordered_json::array();
  for (const Finding& finding : findings) {
    list.push_back({{"severity", to_string(finding.severity)},
                    {"rule", to_string(finding.rule)},
                    {"subject", finding.subject},
                    {"detail", finding.detail}});
  }
  const ordered_json j{{"format_version", 1},
                       {"clean", models::evaluation::is_clean(findings)},
                       {"n_leaks", count(findings, Severity::kLeak)},
                       {"n_warnings", count(findings, Severity::kWarning)},
                       {"findings", list}};
  return j.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace hitscope::apps::examples
