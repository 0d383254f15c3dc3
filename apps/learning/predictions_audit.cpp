// Somebody else's predictions: what they are worth beside always giving the same answer.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>

#include "apps/learning/audit_run.h"
#include "apps/learning/findings.h"
#include "apps/pipeline/progress.h"
#include "ingest/tables/typed_table.h"
#include "models/evaluation/comparison.h"
#include "models/evaluation/metrics.h"

namespace hitscope::apps {
namespace {

using ingest::TypedTable;
using models::Finding;
using models::Severity;
using nlohmann::ordered_json;

struct Predictions {
  std::vector<std::string> ids;
  std::vector<std::string> groups;
  std::vector<std::string> truth;
  std::vector<std::string> predicted;
  std::vector<double> true_values;  // both empty unless the predictions are values
  std::vector<double> predicted_values;
  std::vector<std::string> class_names;
  std::vector<int> targets;
  std::vector<int> answers;
  bool is_regression = false;
};

std::optional<std::size_t> column_of(const TypedTable& table, const std::string& given, const char* flag,
                                     std::initializer_list<const char*> usual) {
  if (!given.empty()) {
    if (const auto found = table.find(given)) return found;
  } else {
    for (const char* name : usual) {
      if (const auto found = table.find(name)) return found;
    }
  }
  if (given.empty() && flag == nullptr) return std::nullopt;
  std::string columns;
  for (const std::string& name : table.header()) columns += (columns.empty() ? "" : ", ") + name;
  throw UsageError(fmt::format("{}: has no column {}; name it with {} (its columns are: {})", table.name,
                               given.empty() ? *usual.begin() : "'" + given + "'", flag == nullptr ? "the flag" : flag,
                               columns));
}

TypedTable read_table(const std::filesystem::path& path) {
  auto text = ingest::read_text_table(path, {});
  if (!text) throw UsageError(text.error().detail);
  if (!text->refused.empty()) throw UsageError(text->refused.front().failure.detail);
  if (text->n_rows() == 0) throw UsageError(path.string() + ": has no rows");
  const auto schema = ingest::infer_schema(*text);
  return ingest::typed(std::move(*text), schema);
}

/// Values rather than classes: numbers on both sides of which many are not whole.
bool are_values(const ingest::TypedColumn& truth, const ingest::TypedColumn& predicted) {
  if (!truth.is_numeric() || !predicted.is_numeric()) return false;
  const auto n_fractions = std::count_if(predicted.numbers.begin(), predicted.numbers.end(),
                                         [](double v) { return std::isfinite(v) && v != std::floor(v); });
  return 2 * static_cast<std::size_t>(n_fractions) > predicted.numbers.size();
}

void number_classes(Predictions& p) {
  std::set<std::string> names(p.truth.begin(), p.truth.end());
  names.insert(p.predicted.begin(), p.predicted.end());
  p.class_names.assign(names.begin(), names.end());
  const auto number_of = [&](const std::string& name) {
    return static_cast<int>(std::lower_bound(p.class_names.begin(), p.class_names.end(), name) - p.class_names.begin());
  };
  for (const std::string& name : p.truth) p.targets.push_back(number_of(name));
  for (const std::string& name : p.predicted) p.answers.push_back(number_of(name));
}

Predictions read_predictions(const PredictionsAuditConfig& config) {
  const TypedTable table = read_table(config.file);
  const auto truth =
      *column_of(table, config.true_column, "--true-column", {"y_true", "target", "label", "true", "actual"});
  const auto predicted =
      *column_of(table, config.predicted_column, "--predicted-column", {"y_pred", "prediction", "predicted", "pred"});
  const auto group = column_of(table, config.group_column, config.group_column.empty() ? nullptr : "--group-column",
                               {"group", "artist", "artist_name"});
  const auto id =
      column_of(table, config.id_column, config.id_column.empty() ? nullptr : "--id-column", {"id", "track_id", "row"});
  Predictions p;
  p.is_regression = are_values(table.columns[truth], table.columns[predicted]);
  for (std::size_t row = 0; row < table.n_rows(); ++row) {
    for (const std::size_t column : {truth, predicted}) {
      if (!table.columns[column].missing[row]) continue;
      throw UsageError(fmt::format("{} row {}: {} is '{}'; every row needs a value", table.name, table.numbers[row],
                                   table.columns[column].schema.name, table.columns[column].text.at(row)));
    }
    p.truth.emplace_back(table.columns[truth].cell(row));
    p.predicted.emplace_back(table.columns[predicted].cell(row));
    p.groups.emplace_back(group ? table.columns[*group].cell(row) : "");
    p.ids.emplace_back(id ? table.columns[*id].cell(row) : "");
  }
  if (p.is_regression) {
    p.true_values = table.columns[truth].numbers;
    p.predicted_values = table.columns[predicted].numbers;
  } else {
    number_classes(p);
  }
  return p;
}

/// Signs that the rows themselves were tampered with before they were predicted.
void add_row_findings(std::vector<Finding>& findings, const Predictions& p) {
  std::map<std::string, std::size_t> seen;
  std::size_t n_repeated = 0;
  for (const std::string& id : p.ids) n_repeated += !id.empty() && seen[id]++ > 0 ? 1 : 0;
  if (n_repeated > 0) {
    findings.push_back({Severity::kLeak, models::AuditRule::kResampledCopies, "id",
                        fmt::format("{} repeat an id that stands before: the test rows were resampled, or rows that "
                                    "trained were copied among them",
                                    count_of(n_repeated, "row"))});
  }
  std::vector<std::size_t> counts(p.class_names.size(), 0);
  for (const int target : p.targets) ++counts[static_cast<std::size_t>(target)];
  std::erase(counts, 0);
  const bool equal =
      counts.size() > 1 && std::adjacent_find(counts.begin(), counts.end(), std::not_equal_to<>()) == counts.end();
  if (equal && counts.front() >= 50) {
    findings.push_back({Severity::kWarning, models::AuditRule::kResampledCopies, "y_true",
                        fmt::format("all {} classes have exactly {} rows, as over-sampling makes them: were the test "
                                    "rows resampled?",
                                    counts.size(), counts.front())});
  }
}

void print_findings(const std::vector<Finding>& findings) {
  for (const std::string& line : lines_of(findings)) std::cout << line << '\n';
}

ordered_json interval_json(const models::Interval& interval) {
  return {interval.low, interval.high};
}

bool audit_values(const Predictions& p, const PredictionsAuditConfig& config) {
  const double mean =
      std::accumulate(p.true_values.begin(), p.true_values.end(), 0.0) / static_cast<double>(p.true_values.size());
  const auto scores = models::score_values(p.true_values, p.predicted_values);
  const auto sure =
      models::bootstrap(std::span<const double>(p.true_values), p.predicted_values, mean, p.groups, config.seed);
  std::vector<Finding> findings;
  add_row_findings(findings, p);
  const bool fine = sure.beats_mean() && models::is_clean(findings);
  if (config.json) {
    std::cout << ordered_json{{"rows", p.truth.size()},
                              {"r2", scores.r2},
                              {"r2_95", interval_json(sure.r2)},
                              {"mae", scores.mae},
                              {"rmse", scores.rmse},
                              {"spearman", scores.spearman},
                              {"beats_mean", sure.beats_mean()},
                              {"audit", ordered_json::parse(findings_json(findings))}}
                     .dump(2)
              << '\n';
    return fine;
  }
  std::cout << fmt::format("predictions: {}, values\n", count_of(p.truth.size(), "row"))
            << fmt::format("R² {:.4f} [{:.4f}, {:.4f}], MAE {:.4f} [{:.4f}, {:.4f}], RMSE {:.4f}, Spearman {:.4f}\n",
                           scores.r2, sure.r2.low, sure.r2.high, scores.mae, sure.mae.low, sure.mae.high, scores.rmse,
                           scores.spearman);
  print_findings(findings);
  std::cout << fmt::format(
      "verdict: {} (MAE smaller by {:.4f} to {:.4f}, 95 %)\n",
      sure.beats_mean() ? "better than always answering the mean" : "NOT better than always answering the mean",
      sure.advantage.low, sure.advantage.high);
  return fine;
}

bool audit_classes(const Predictions& p, const PredictionsAuditConfig& config) {
  const int n_classes = static_cast<int>(p.class_names.size());
  const models::Scores scores = models::score_classes(p.targets, p.answers, n_classes, false);
  std::size_t majority = 0;
  for (std::size_t c = 0; c < p.class_names.size(); ++c) {
    if (scores.classes[c].support > scores.classes[majority].support) majority = c;
  }
  const double share = static_cast<double>(scores.classes[majority].support) / static_cast<double>(p.targets.size());
  const auto sure =
      models::bootstrap(p.targets, p.answers, n_classes, static_cast<int>(majority), p.groups, config.seed);
  std::vector<Finding> findings = models::audit_predictions(p.targets, p.answers, static_cast<int>(majority),
                                                            p.class_names, config.file.filename().string());
  add_row_findings(findings, p);
  const bool fine = sure.beats_majority() && models::is_clean(findings);
  if (config.json) {
    std::cout << ordered_json{{"rows", p.truth.size()},
                              {"classes", p.class_names},
                              {"accuracy", scores.accuracy},
                              {"accuracy_95", interval_json(sure.accuracy)},
                              {"balanced_accuracy", scores.balanced_accuracy},
                              {"macro_f1", scores.macro_f1},
                              {"macro_f1_95", interval_json(sure.macro_f1)},
                              {"mcc", scores.mcc},
                              {"majority_class", p.class_names[majority]},
                              {"majority_accuracy", share},
                              {"accuracy_over_majority_95", interval_json(sure.advantage)},
                              {"beats_majority", sure.beats_majority()},
                              {"confusion", scores.confusion},
                              {"audit", ordered_json::parse(findings_json(findings))}}
                     .dump(2, ' ', false, ordered_json::error_handler_t::replace)
              << '\n';
    return fine;
  }
  std::cout << fmt::format("predictions: {}, {} classes\n\n", count_of(p.truth.size(), "row"), n_classes)
            << models::classification_report(scores, p.class_names)
            << fmt::format(
                   "\naccuracy {:.6f} [{:.4f}, {:.4f}], balanced accuracy {:.4f}, macro-F1 {:.4f} [{:.4f}, "
                   "{:.4f}], MCC {:.4f}\nalways answering '{}' gets {:.6f}\n",
                   scores.accuracy, sure.accuracy.low, sure.accuracy.high, scores.balanced_accuracy, scores.macro_f1,
                   sure.macro_f1.low, sure.macro_f1.high, scores.mcc, p.class_names[majority], share);
  print_findings(findings);
  std::cout << fmt::format("verdict: {} always answering '{}' (accuracy {:+.4f} to {:+.4f}, 95 %)\n",
                           sure.beats_majority() ? "better than" : "NOT better than", p.class_names[majority],
                           sure.advantage.low, sure.advantage.high);
  return fine;
}

}  // namespace

ExitCode run_predictions_audit(const PredictionsAuditConfig& config) {
  const Predictions predictions = read_predictions(config);
  const bool fine = predictions.is_regression ? audit_values(predictions, config) : audit_classes(predictions, config);
  return fine ? ExitCode::kAllFine : ExitCode::kSomeFailed;
}

}  // namespace hitscope::apps
