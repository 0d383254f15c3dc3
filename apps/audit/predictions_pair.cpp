#include "apps/audit/predictions_pair.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <unordered_map>
#include <utility>

#include "apps/shell/command.h"
#include "apps/shell/printable.h"
#include "models/evaluation/comparison.h"
#include "models/evaluation/log_loss.h"

namespace hitscope::apps::audit {
namespace {

using ingest::tables::PredictionKind;
using ingest::tables::Predictions;
using ingest::tables::rows_of;
using models::evaluation::Interval;
using nlohmann::ordered_json;

/// The same rows of two files: row i is rows[i].first of one and .second of the other.
using Rows = std::vector<std::pair<std::size_t, std::size_t>>;

std::string truth_of(const Predictions& p, std::size_t row) {
  if (p.kind == PredictionKind::kValues) return fmt::format("{}", p.true_values[row]);
  return p.class_names[static_cast<std::size_t>(p.targets[row])];
}

std::unordered_map<std::string, std::size_t> by_id(const Predictions& p) {
  std::unordered_map<std::string, std::size_t> rows;
  for (std::size_t row = 0; row < p.n_rows; ++row) {
    if (p.ids[row].empty()) throw shell::UsageError(p.name + ": a row has no id; `against` joins rows by id");
    if (!rows.emplace(p.ids[row], row).second) {
      throw shell::UsageError(
          fmt::format("{}: id '{}' appears twice; `against` joins rows by id", p.name, shell::one_line(p.ids[row])));
    }
  }
  return rows;
}

bool has_ids(const Predictions& p) {
  return std::any_of(p.ids.begin(), p.ids.end(), [](const std::string& id) { return !id.empty(); });
}

/// By id; by order where neither file has ids and both have as many rows.
Rows joined(const Predictions& a, const Predictions& b) {
  Rows rows;
  if (!has_ids(a) && !has_ids(b)) {
    if (a.n_rows != b.n_rows) {
      throw shell::UsageError(
          fmt::format("{} has {} and {} has {}, and neither has ids to join them by; add a column id", a.name,
                      rows_of(a.n_rows), b.name, rows_of(b.n_rows)));
    }
    for (std::size_t row = 0; row < a.n_rows; ++row) rows.emplace_back(row, row);
  } else {
    const auto places = by_id(b);
    for (const auto& [id, row] : by_id(a)) {
      const auto found = places.find(id);
      if (found != places.end()) rows.emplace_back(row, found->second);
    }
    std::sort(rows.begin(), rows.end());
    if (rows.empty()) {
      throw shell::UsageError(fmt::format("no id of {} is in {}, such as '{}' and '{}'", a.name, b.name,
                                          shell::one_line(a.ids.front()), shell::one_line(b.ids.front())));
    }
  }
  for (const auto& [row, other] : rows) {
    if (truth_of(a, row) == truth_of(b, other)) continue;
    throw shell::UsageError(
        fmt::format("the true value of {} is '{}' in {} and '{}' in {}; both must be of the same rows",
                    a.ids[row].empty() ? fmt::format("row {}", row + 1) : "'" + a.ids[row] + "'", truth_of(a, row),
                    a.name, truth_of(b, other), b.name));
  }
  return rows;
}

/// A difference of the two, the first minus the second, with what is better.
struct Difference {
  std::string key;
  std::string label;
  double value = 0.0;
  Interval interval;
  bool more_is_better = true;

  bool favours_first() const { return more_is_better ? interval.low > 0.0 : interval.high < 0.0; }
  bool favours_second() const { return more_is_better ? interval.high < 0.0 : interval.low > 0.0; }
};

struct Comparison {
  std::vector<Difference> differences;  ///< the one that decides first
  std::string note;                     ///< McNemar's test
  ordered_json details = ordered_json::object();
};

/// Groups of the rows, of whichever file has them.
std::vector<std::string> groups_of(const Predictions& a, const Predictions& b, const Rows& rows) {
  const bool from_a = std::any_of(a.groups.begin(), a.groups.end(), [](const auto& g) { return !g.empty(); });
  std::vector<std::string> groups;
  for (const auto& [row, other] : rows) groups.push_back(from_a ? a.groups[row] : b.groups[other]);
  return groups;
}

models::data::Probabilities probabilities_of(const Predictions& p) {
  return {p.n_rows, static_cast<int>(p.class_names.size()), p.probabilities};
}

/// Predicted classes: the given ones, or the most probable.
std::vector<int> answers_of(const Predictions& p) {
  return p.kind == PredictionKind::kClasses ? p.answers : probabilities_of(p).predicted_classes();
}

Difference log_loss(const Predictions& a, const Predictions& b, const Rows& rows,
                    const std::vector<std::string>& groups, std::uint64_t seed) {
  const models::data::Probabilities of_a = probabilities_of(a);
  const models::data::Probabilities of_b = probabilities_of(b);
  std::vector<double> losses;
  double sum = 0.0;
  for (const auto& [row, other] : rows) {
    losses.push_back(models::evaluation::row_log_loss(of_a, row, a.targets[row]) -
                     models::evaluation::row_log_loss(of_b, other, b.targets[other]));
    sum += losses.back();
  }
  return {"log_loss", "log loss", sum / static_cast<double>(rows.size()),
          models::evaluation::mean_interval(losses, groups, seed), false};
}

Comparison of_classes(const Predictions& a, const Predictions& b, const Rows& rows,
                      const std::vector<std::string>& groups, std::uint64_t seed) {
  std::map<std::string, int> numbers;  // each file numbers the classes that it has
  for (const Predictions* p : {&a, &b}) {
    for (const std::string& name : p->class_names) numbers.emplace(name, 0);
  }
  int n_classes = 0;
  for (auto& [name, number] : numbers) number = n_classes++;
  const auto number_of = [&](const Predictions& p, int cls) {
    return numbers.at(p.class_names[static_cast<std::size_t>(cls)]);
  };
  const std::vector<int> answers_a = answers_of(a);
  const std::vector<int> answers_b = answers_of(b);
  std::vector<int> targets;
  std::vector<int> of_a;
  std::vector<int> of_b;
  for (const auto& [row, other] : rows) {
    targets.push_back(number_of(a, a.targets[row]));
    of_a.push_back(number_of(a, answers_a[row]));
    of_b.push_back(number_of(b, answers_b[other]));
  }
  const auto found = models::evaluation::compare(targets, of_a, of_b, n_classes, groups, seed);
  Comparison result;
  if (a.kind == PredictionKind::kProbabilities && b.kind == PredictionKind::kProbabilities) {
    result.differences.push_back(log_loss(a, b, rows, groups, seed));
  }
  result.differences.push_back({"accuracy", "accuracy", found.accuracy_difference, found.accuracy_interval});
  result.differences.push_back({"macro_f1", "macro-F1", found.macro_f1_difference, found.macro_f1_interval});
  result.note = fmt::format("only the first is right in {}, only the second in {} (McNemar's p {:.3g})",
                            rows_of(found.only_a_correct), rows_of(found.only_b_correct), found.mcnemar_p);
  result.details = {{"only_first_correct", found.only_a_correct},
                    {"only_second_correct", found.only_b_correct},
                    {"mcnemar_p", found.mcnemar_p}};
  return result;
}

Comparison of_values(const Predictions& a, const Predictions& b, const Rows& rows,
                     const std::vector<std::string>& groups, std::uint64_t seed) {
  std::vector<double> targets;
  std::vector<double> of_a;
  std::vector<double> of_b;
  for (const auto& [row, other] : rows) {
    targets.push_back(a.true_values[row]);
    of_a.push_back(a.predicted_values[row]);
    of_b.push_back(b.predicted_values[other]);
  }
  const auto found = models::evaluation::compare_values(targets, of_a, of_b, groups, seed);
  Comparison result;
  result.differences = {{"r2", "R2", found.r2_difference, found.r2_interval},
                        {"mae", "MAE", found.mae_difference, found.mae_interval, false}};
  return result;
}

std::string verdict_of(const Comparison& comparison, const std::string& a, const std::string& b) {
  const Difference& first = comparison.differences.front();
  if (first.favours_first()) return fmt::format("{} is better than {} by {}", a, b, first.label);
  if (first.favours_second()) return fmt::format("{} is better than {} by {}", b, a, first.label);
  return fmt::format("no difference in {} is shown: {} and {} are as good within chance", first.label, a, b);
}

/// Two files and what their common rows say.
struct Pair {
  std::string first;  ///< name of a head or a file
  std::string second;
  std::size_t n_rows = 0;  ///< of both
  std::size_t n_first_alone = 0;
  std::size_t n_second_alone = 0;
  std::string units;  ///< what the intervals draw: "groups", "rows"
  Comparison comparison;
};

std::string json_of(const Pair& pair) {
  ordered_json j{{"first", pair.first},
                 {"second", pair.second},
                 {"rows", pair.n_rows},
                 {"only_in_first", pair.n_first_alone},
                 {"only_in_second", pair.n_second_alone}};
  for (const Difference& d : pair.comparison.differences) {
    j[d.key + "_difference"] = d.value;
    j[d.key + "_difference_95"] = {d.interval.low, d.interval.high};
  }
  j.update(pair.comparison.details);
  j["verdict"] = verdict_of(pair.comparison, pair.first, pair.second);
  return j.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

std::string text_of(const Pair& pair) {
  std::string text = fmt::format("{} against {}: {} of both; {} only in the first, {} only in the second\n", pair.first,
                                 pair.second, rows_of(pair.n_rows), pair.n_first_alone, pair.n_second_alone);
  text +=
      "difference, the first minus the second, with its 95 % interval by paired bootstrap over " + pair.units + ":\n";
  for (const Difference& d : pair.comparison.differences) {
    text += fmt::format("  {} {:+.4f} [{:+.4f}, {:+.4f}]{}\n", d.label, d.value, d.interval.low, d.interval.high,
                        d.more_is_better ? "" : " (less is better)");
  }
  if (!pair.comparison.note.empty()) text += pair.comparison.note + "\n";
  return text + "verdict: " + shell::one_line(verdict_of(pair.comparison, pair.first, pair.second)) + "\n";
}

/// Heads, or files; with their folders where that does not tell them apart.
std::pair<std::string, std::string> names_of(const PredictionsAuditConfig& config, const Predictions& a,
                                             const Predictions& b) {
  const std::string& head = config.table.head;
  const std::string& other = config.against_head;
  std::pair<std::string, std::string> names{head.empty() ? a.name : head, other.empty() ? b.name : other};
  if (names.first != names.second) return names;
  const auto whole = [](const std::filesystem::path& file, const std::string& of_head) {
    return file.string() + (of_head.empty() ? "" : ", " + of_head);
  };
  return {whole(config.table.file, head), whole(config.against, other)};
}

Pair compared(const Predictions& a, const Predictions& b, const PredictionsAuditConfig& config) {
  if ((a.kind == PredictionKind::kValues) != (b.kind == PredictionKind::kValues)) {
    throw shell::UsageError(
        fmt::format("{} was read as {} and {} as {}; `kind` makes them alike", a.name, a.read_as, b.name, b.read_as));
  }
  const Rows rows = joined(a, b);
  const std::vector<std::string> groups = groups_of(a, b, rows);
  const auto [first, second] = names_of(config, a, b);
  return {first,
          second,
          rows.size(),
          a.n_rows - rows.size(),
          b.n_rows - rows.size(),
          std::all_of(groups.begin(), groups.end(), [](const auto& g) { return g.empty(); }) ? "rows" : "groups",
          a.kind == PredictionKind::kValues ? of_values(a, b, rows, groups, config.seed)
                                            : of_classes(a, b, rows, groups, config.seed)};
}

}  // namespace

shell::ExitCode run_predictions_pair(const PredictionsAuditConfig& config) {
  ingest::tables::PredictionsRequest other = config.table;
  other.file = config.against;
  other.head = config.against_head;
  const Pair pair = compared(read_predictions(config.table), read_predictions(other), config);
  shell::write_result(config.json ? json_of(pair) : text_of(pair));
  return pair.comparison.differences.front().favours_first() ? shell::ExitCode::kAllFine : shell::ExitCode::kSomeFailed;
}

}  // namespace hitscope::apps::audit
