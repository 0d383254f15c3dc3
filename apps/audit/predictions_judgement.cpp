#include "apps/audit/predictions_judgement.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "apps/audit/row_findings.h"
#include "apps/shell/text_table.h"
#include "ingest/tables/predictions_cells.h"
#include "models/data/quantile.h"
#include "models/evaluation/leaderboard.h"
#include "models/evaluation/metrics.h"
#include "models/evaluation/ranking.h"
#include "models/evaluation/scores.h"
#include "models/evaluation/verdict.h"

namespace hitscope::apps::audit {
namespace {

using ingest::tables::clipped;
using ingest::tables::PredictionKind;
using ingest::tables::Predictions;
using ingest::tables::rows_of;
using ingest::tables::with_commas;
using models::evaluation::Finding;
using models::evaluation::Interval;
using models::evaluation::Severity;
using nlohmann::ordered_json;

constexpr std::size_t kMostLines = 20;            // longest classification report that is printed
constexpr std::size_t kMostConfusedClasses = 50;  // largest confusion matrix in JSON
constexpr int kCalibrationBins = 10;

/// The scores called `keys`, with their intervals.
std::vector<Figure> figures_of(const models::evaluation::Result& result, const std::vector<std::string_view>& keys) {
  const models::evaluation::LeaderboardRow row{.result = result};
  std::vector<Figure> figures;
  for (const std::string_view key : keys) {
    const models::evaluation::ScoreInfo& score = measures_of(result).score(key);
    const std::string_view label = score.name.empty() ? score.title : score.name;
    figures.push_back({std::string(key), std::string(label), score.value(row), std::nullopt});
    if (score.interval != nullptr) figures.back().interval = score.interval(row);
  }
  return figures;
}

/// A figure beside chance: "ROC AUC 0.820 [0.790, 0.850] against 0.500".
std::string against(const char* label, double value, const Interval& interval, double chance) {
  return fmt::format("{} {:.3f} [{:.3f}, {:.3f}] against {:.3f}", label, value, interval.low, interval.high, chance);
}

/// The report of scikit-learn; of many classes the lines of those with most rows, the averages over all.
std::string report_of(const models::evaluation::Scores& scores, const std::vector<std::string>& names) {
  const std::string all = models::evaluation::classification_report(scores, names);
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < all.size();) {
    const std::size_t end = all.find('\n', at);
    lines.push_back(all.substr(at, end - at + 1));
    at = end + 1;
  }
  constexpr std::size_t kHeaderLines = 2;
  std::vector<std::size_t> order(names.size());
  std::iota(order.begin(), order.end(), 0);
  if (names.size() > kMostLines) {
    std::stable_sort(order.begin(), order.end(),
                     [&](auto a, auto b) { return scores.classes[a].support > scores.classes[b].support; });
    order.resize(kMostLines);
  }
  std::string text = lines[0] + lines[1];
  for (const std::size_t c : order) text += lines[kHeaderLines + c];
  if (names.size() > kMostLines) text += fmt::format("… and {} more classes\n", with_commas(names.size() - kMostLines));
  for (std::size_t i = kHeaderLines + names.size(); i < lines.size(); ++i) text += lines[i];
  return text;
}

/// Predicted classes compared with always predicting the most frequent one.
struct Weighed {
  models::evaluation::Uncertainty sure;
  std::string majority;
  double share = 0.0;
};

Weighed weigh(Judgement& j, const Predictions& p, std::span<const int> answers,
              const models::evaluation::Scores& scores, std::uint64_t seed) {
  std::vector<std::string> labels;
  for (const std::string& name : p.class_names) labels.push_back(clipped(name));
  std::size_t majority = 0;
  for (std::size_t c = 0; c < labels.size(); ++c) {
    if (scores.classes[c].support > scores.classes[majority].support) majority = c;
  }
  const int always = static_cast<int>(majority);
  Weighed w{models::evaluation::bootstrap(p.targets, answers, static_cast<int>(labels.size()), always, p.groups, seed),
            labels[majority], static_cast<double>(scores.classes[majority].support) / static_cast<double>(p.n_rows)};
  j.findings = models::evaluation::audit_predictions(p.targets, answers, always, labels, p.name);
  j.better = w.sure.beats_majority();
  j.constant = fmt::format("always answering '{}' gets an accuracy of {}", w.majority, shown(w.share));
  j.verdict = fmt::format("{} always answering '{}' (difference in accuracy {:+.4f} to {:+.4f}, 95 %)",
                          j.better ? "better than" : "NOT better than", w.majority, w.sure.advantage.low,
                          w.sure.advantage.high);
  j.details["majority_class"] = p.class_names[majority];
  j.details["majority_accuracy"] = w.share;
  j.details["accuracy_over_majority_95"] = {w.sure.advantage.low, w.sure.advantage.high};
  j.details["beats_majority"] = j.better;
  if (p.class_names.size() <= kMostConfusedClasses) j.details["confusion"] = scores.confusion;
  return w;
}

/// A sentence on what accuracy does not show if one class is rare; `measured` names the score that does.
std::string beside(const Weighed& w, double accuracy, bool apart, const std::string& measured) {
  if (w.share == 1.0) return "the true values hold one class only, so there is nothing to tell apart";
  if (!apart) return "it does not tell classes apart better than chance (" + measured + ")";
  std::string apart_by = "it tells classes apart (" + measured + ")";
  if (w.sure.beats_majority()) return apart_by;
  if (accuracy > w.share)
    return apart_by + fmt::format(", though its lead over always answering '{}' may be chance", w.majority);
  return apart_by + fmt::format(", though always answering '{}' is right {}", w.majority,
                                accuracy < w.share ? "more often" : "as often");
}

Judgement judge_classes(const Predictions& p, std::uint64_t seed) {
  Judgement j;
  const auto scores =
      models::evaluation::score_classes(p.targets, p.answers, static_cast<int>(p.class_names.size()), false);
  j.details["classes"] = p.class_names;
  const Weighed w = weigh(j, p, p.answers, scores, seed);
  std::vector<std::string> labels;
  for (const std::string& name : p.class_names) labels.push_back(clipped(name));
  j.table = report_of(scores, labels);
  j.figures =
      figures_of(models::evaluation::ClassResult{scores, w.sure}, {"accuracy", "balanced_accuracy", "macro_f1", "mcc"});
  const auto n_true = std::count_if(scores.classes.begin(), scores.classes.end(),
                                    [](const models::evaluation::ClassScore& c) { return c.support > 0; });
  const double chance = 1.0 / static_cast<double>(n_true);
  j.details["balanced_accuracy_by_chance"] = chance;
  j.beside_accuracy = beside(w, scores.accuracy, w.sure.tells_classes_apart(),
                             against("balanced accuracy", scores.balanced_accuracy, w.sure.balanced_accuracy, chance));
  return j;
}

/// How often each class occurs where it got such a probability; of two classes, of the second.
void add_calibration(Judgement& j, const models::data::Probabilities& predicted, const Predictions& p) {
  std::vector<bool> positive;
  std::vector<double> probabilities;
  for (int c = p.class_names.size() == 2 ? 1 : 0; c < predicted.n_classes; ++c) {
    for (std::size_t row = 0; row < p.n_rows; ++row) {
      positive.push_back(p.targets[row] == c);
      probabilities.push_back(predicted.at(row, c));
    }
  }
  const auto curve = models::evaluation::calibration_curve(positive, probabilities, kCalibrationBins);
  const std::string of = p.class_names.size() == 2 ? "of '" + clipped(p.class_names[1]) + "'" : "of each class";
  std::vector<std::vector<std::string>> cells{{"predicted share " + of, "observed", "rows"}};
  j.details["calibration"] = ordered_json::array();
  for (std::size_t b = 0; b < curve.count.size(); ++b) {
    cells.push_back({shown(curve.predicted[b]), shown(curve.fraction[b]), std::to_string(curve.count[b])});
    j.details["calibration"].push_back(
        {{"predicted", curve.predicted[b]}, {"fraction", curve.fraction[b]}, {"rows", curve.count[b]}});
  }
  j.table = shell::text_table(cells);
}

/// Each class with its share of the true values, in every row.
models::data::Probabilities shares_of(const Predictions& p) {
  const int n_classes = static_cast<int>(p.class_names.size());
  return models::evaluation::prior_baseline(p.targets, n_classes, p.n_rows);
}

std::string between(const Interval& interval) {
  return fmt::format("{} to {}", shown(interval.low), shown(interval.high));
}

/// By proper scores first: log loss and Brier score decide, accuracy is a line.
Judgement judge_probabilities(const Predictions& p, std::uint64_t seed) {
  Judgement j;
  const int n_classes = static_cast<int>(p.class_names.size());
  const models::data::Probabilities predicted{p.n_rows, n_classes, p.probabilities};
  const auto scores = models::evaluation::score_predictions(p.targets, predicted, false);
  const Weighed w = weigh(j, p, predicted.predicted_classes(), scores, seed);
  const auto sure = models::evaluation::bootstrap(p.targets, predicted, p.groups, seed);
  j.figures = figures_of(models::evaluation::ClassResult{scores, w.sure, sure},
                         {"log_loss", "brier", "roc_auc", "average_precision", "accuracy", "balanced_accuracy"});
  if (n_classes == 2) j.figures[4].label += " at 0.5";
  const models::data::Probabilities shares = shares_of(p);
  const auto prior = models::evaluation::score_predictions(p.targets, shares, false);
  j.constant =
      fmt::format("always answering the shares of the classes gets a log loss of {} and a Brier score of {}; {}",
                  shown(prior.log_loss), shown(prior.brier), j.constant);
  j.details["classes"] = p.class_names;
  j.details["prior"] = {{"log_loss", prior.log_loss}, {"brier", prior.brier}};
  if (n_classes == 2) j.details["prior"]["share"] = shares.at(0, 1);
  j.details["log_loss_below_shares_95"] = {sure.log_loss_gain.low, sure.log_loss_gain.high};
  j.details["brier_below_shares_95"] = {sure.brier_gain.low, sure.brier_gain.high};
  j.better = sure.knows_more_than_shares();
  j.details["beats_shares"] = j.better;
  j.verdict = fmt::format("{} always answering the shares of the classes (log loss smaller by {}, 95 %)",
                          j.better ? "better than" : "NOT better than", between(sure.log_loss_gain));
  if (w.share == 1.0) {
    j.beside_accuracy = "the true values hold one class only, so there is nothing to tell apart";
  } else if (!j.better && sure.ranks_above_chance()) {
    j.beside_accuracy = fmt::format(
        "it tells classes apart (ROC AUC {}, 95 %), but its probabilities are wrong: calibrate "
        "them",
        between(sure.roc_auc));
  } else if (j.better && !w.sure.beats_majority()) {
    j.beside_accuracy = fmt::format(
        "its accuracy is not shown to be above that of always answering '{}' (difference {:+.4f} "
        "to {:+.4f}, 95 %)",
        w.majority, w.sure.advantage.low, w.sure.advantage.high);
  }
  add_calibration(j, predicted, p);
  return j;
}

Judgement judge_values(const Predictions& p, std::uint64_t seed) {
  Judgement j;
  const double mean = std::accumulate(p.true_values.begin(), p.true_values.end(), 0.0) / static_cast<double>(p.n_rows);
  const double median = models::data::median_of(p.true_values);
  const auto scores = models::evaluation::score_values(p.true_values, p.predicted_values);
  const auto of_mean = models::evaluation::score_values(p.true_values, std::vector<double>(p.n_rows, mean));
  const auto of_median = models::evaluation::score_values(p.true_values, std::vector<double>(p.n_rows, median));
  const auto sure =
      models::evaluation::bootstrap(std::span<const double>(p.true_values), p.predicted_values, median, p.groups, seed);
  const models::evaluation::LeaderboardRow row{
      .name = p.name, .result = models::evaluation::ValueResult{scores, sure}, .n_rows = p.n_rows};
  j.figures = figures_of(row.result, {"r2", "mae", "rmse", "spearman"});
  j.constant = fmt::format("always answering the mean, {}, gets an RMSE of {}; the median, {}, an MAE of {}",
                           shown(mean), shown(of_mean.rmse), shown(median), shown(of_median.mae));
  const models::evaluation::Verdict verdict = verdict_of(row);
  j.better = verdict.standing == models::evaluation::Standing::kBetter;
  const std::string lead =
      fmt::format("R² {} to {}, MAE smaller than the median's by {} to {}, 95 %", shown(sure.r2.low),
                  shown(sure.r2.high), shown(sure.mae_gain.low), shown(sure.mae_gain.high));
  j.verdict =
      j.better ? fmt::format("better than always answering the mean or the median ({})", lead)
               : fmt::format("NOT better than always answering the mean and the median: {} ({})", verdict.words, lead);
  if (std::adjacent_find(p.predicted_values.begin(), p.predicted_values.end(), std::not_equal_to<>()) ==
      p.predicted_values.end()) {
    j.findings.push_back({Severity::kWarning, models::evaluation::AuditRule::kMajorityPredictor, p.name,
                          fmt::format("always answers {}", shown(p.predicted_values.front()))});
  }
  j.details = {{"mean", mean},
               {"mean_mae", of_mean.mae},
               {"mean_rmse", of_mean.rmse},
               {"median", median},
               {"median_mae", of_median.mae},
               {"mae_below_median_95", {sure.mae_gain.low, sure.mae_gain.high}},
               {"beats_constants", j.better}};
  return j;
}

}  // namespace

Judgement judge(const Predictions& predictions, std::uint64_t seed) {
  Judgement j = predictions.kind == PredictionKind::kClasses         ? judge_classes(predictions, seed)
                : predictions.kind == PredictionKind::kProbabilities ? judge_probabilities(predictions, seed)
                                                                     : judge_values(predictions, seed);
  add_row_findings(j.findings, predictions);
  const std::size_t n_groups = models::evaluation::count_groups(predictions.groups);
  if (n_groups > 0 && n_groups < models::evaluation::kFewestGroups) {
    j.better = false;
    j.verdict = fmt::format("too few groups to tell ({}): {}", n_groups, j.verdict);
  }
  return j;
}

std::string shown(double value) {
  if (std::isnan(value)) return "-";
  const double size = std::abs(value);
  return size != 0.0 && (size < 0.001 || size >= 1e6) ? fmt::format("{:.4g}", value) : fmt::format("{:.4f}", value);
}

std::string shown(const Figure& figure) {
  const bool sure = figure.interval && !std::isnan(figure.interval->low);
  return fmt::format("{} {}{}", figure.label, shown(figure.value),
                     sure ? fmt::format(" [{}, {}]", shown(figure.interval->low), shown(figure.interval->high)) : "");
}

}  // namespace hitscope::apps::audit
