#include "apps/runs/report_heads.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>
#include <variant>

#include "dsp/picture.h"
#include "models/evaluation/ranking.h"

namespace hitscope::apps::runs {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kMostCurves = 5;    // classes with a curve of their own
constexpr std::size_t kMostPoints = 200;  // largest number of points of a curve: more cannot be seen
constexpr std::size_t kMostDots = 1000;   // largest number of dots in the plot of predicted against true values
constexpr std::size_t kMostPictures = 4;  // right ones, and as many wrong ones
constexpr dsp::PlotSize kPlot{400, 200};  // small, so that axes stay readable when the page shows two side by side

/// At most `n` of `values`, evenly spaced, the first and the last among them.
std::vector<double> thinned(const std::vector<double>& values, std::size_t n = kMostPoints) {
  if (values.size() <= n) return values;
  std::vector<double> result;
  for (std::size_t i = 0; i < n; ++i) result.push_back(values[i * (values.size() - 1) / (n - 1)]);
  return result;
}

ordered_json class_table(const models::evaluation::Scores& scores, const std::vector<std::string>& names) {
  std::vector<std::vector<std::string>> rows;
  for (std::size_t c = 0; c < names.size(); ++c) {
    const models::evaluation::ClassScore& k = scores.classes[c];
    const auto shown = [](double v) { return std::isnan(v) ? std::string("-") : fmt::format("{:.3f}", v); };
    rows.push_back({names[c], shown(k.precision), shown(k.recall), shown(k.f1), std::to_string(k.support),
                    shown(k.roc_auc), shown(k.average_precision)});
  }
  return {{"header", {"class", "precision", "recall", "F1", "support", "ROC-AUC", "AP"}}, {"rows", rows}};
}

ordered_json confusion_json(const models::evaluation::Scores& scores, std::size_t n) {
  ordered_json rows = ordered_json::array();
  for (std::size_t t = 0; t < n; ++t) {
    const auto first = scores.confusion.begin() + static_cast<std::ptrdiff_t>(t * n);
    rows.push_back(std::vector<std::size_t>(first, first + static_cast<std::ptrdiff_t>(n)));
  }
  return rows;
}

/// The classes that get curves: of two, the second; else the most frequent ones, in their order.
std::vector<std::size_t> classes_with_curves(const models::evaluation::Scores& scores) {
  if (scores.classes.size() == 2) return {1};
  std::vector<std::size_t> classes(scores.classes.size());
  std::iota(classes.begin(), classes.end(), std::size_t{0});
  std::stable_sort(classes.begin(), classes.end(),
                   [&](std::size_t a, std::size_t b) { return scores.classes[a].support > scores.classes[b].support; });
  classes.resize(std::min(classes.size(), kMostCurves));
  std::sort(classes.begin(), classes.end());
  return classes;
}

void add_curves(ordered_json& head, const SplitResult& result, const models::evaluation::Scores& judged,
                const models::data::Probabilities& predicted) {
  constexpr int kBins = 10;
  const std::span<const int> targets = labels_of(result.targets);
  head["roc"] = head["pr"] = head["calibration"] = ordered_json::array();
  for (const std::size_t c : classes_with_curves(judged)) {
    std::vector<bool> positive;
    std::vector<double> scores;
    for (std::size_t i = 0; i < result.test.size(); ++i) {
      positive.push_back(targets[result.test[i]] == static_cast<int>(c));
      scores.push_back(predicted.at(i, static_cast<int>(c)));
    }
    const std::string& name = result.labels.class_names()[c];
    const auto n_positive = static_cast<std::size_t>(std::count(positive.begin(), positive.end(), true));
    if (n_positive == 0 || n_positive == positive.size()) continue;
    const models::evaluation::RocCurve roc = models::evaluation::roc_curve(positive, scores);
    head["roc"].push_back(
        {{"name", name}, {"auc", judged.classes[c].roc_auc}, {"fpr", thinned(roc.fpr)}, {"tpr", thinned(roc.tpr)}});
    const models::evaluation::PrecisionRecallCurve pr = models::evaluation::precision_recall_curve(positive, scores);
    head["pr"].push_back({{"name", name},
                          {"ap", judged.classes[c].average_precision},
                          {"recall", thinned(pr.recall)},
                          {"precision", thinned(pr.precision)}});
    const models::evaluation::CalibrationCurve curve = models::evaluation::calibration_curve(positive, scores, kBins);
    head["calibration"].push_back(
        {{"name", name}, {"predicted", curve.predicted}, {"fraction", curve.fraction}, {"count", curve.count}});
  }
}

std::string data_uri(const std::vector<std::uint8_t>& png) {
  std::string text(4 * ((png.size() + 2) / 3) + 1, '\0');
  const int n =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), png.data(), static_cast<int>(png.size()));
  text.resize(static_cast<std::size_t>(n));
  return "data:image/png;base64," + text;
}

/// Places 0 .. n - 1 of the test rows, those first whose predicted class has the highest probability.
std::vector<std::size_t> surest_first(const models::data::Probabilities& predicted, std::size_t n) {
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return predicted.at(a, predicted.predicted(a)) > predicted.at(b, predicted.predicted(b));
  });
  return order;
}

/// Spectrograms of the test rows it was surest of, rightly and wrongly, and where in them it looked.
ordered_json spectrograms_json(const RunReport& report, models::Head& head,
                               const models::data::Probabilities& predicted) {
  const SplitResult& result = report.result;
  const auto& names = result.labels.class_names();
  const std::span<const int> targets = labels_of(result.targets);
  std::vector<std::string> ids(report.data.examples.n_rows);
  for (const examples::TrainRow& row : report.data.rows) {
    if (row.example) ids[*row.example] = row.id;
  }
  const auto answer = [&](std::size_t i) { return predicted.predicted(i); };
  const std::vector<std::size_t> order = surest_first(predicted, result.test.size());
  ordered_json pictures = ordered_json::array();
  for (const bool right : {true, false}) {
    std::size_t n = 0;
    for (const std::size_t i : order) {
      const int target = targets[result.test[i]];
      if ((target == answer(i)) != right || n == kMostPictures) continue;
      const std::string& id = ids[result.test[i]];
      const auto spectrogram = report.data.store->read(id);
      if (!spectrogram) continue;
      ++n;
      const dsp::FrontEndConfig& front_end = report.data.store->settings().front_end;
      const std::string& said = names[static_cast<std::size_t>(answer(i))];
      ordered_json picture{
          {"image", data_uri(dsp::picture_png(*spectrogram, front_end, "spectrogram", kPlot))},
          {"caption", fmt::format("{}: {}, predicted {} ({:.2f})", id, names[static_cast<std::size_t>(target)], said,
                                  predicted.at(i, answer(i)))},
          {"right", right}};
      if (head.has_class_activation()) {
        const auto looked = head.class_activation(report.data.examples, result.test[i], answer(i));
        picture["looked"] = data_uri(dsp::overlay_png(*spectrogram, looked, front_end, "evidence (Grad-CAM)", kPlot));
      }
      pictures.push_back(std::move(picture));
    }
  }
  return pictures;
}

ordered_json epochs_json(const models::FitSummary& summary) {
  ordered_json epochs = ordered_json::array();
  for (const models::Epoch& e : summary.history) {
    epochs.push_back({{"epoch", e.number},
                      {"train_loss", e.train_loss},
                      {"validation_loss", e.validation_loss},
                      {"metric", e.metric},
                      {"best", e.is_best}});
  }
  return epochs;
}

/// What the page shows of a head's predictions.
struct AddPredictions {
  const RunReport& report;
  const models::evaluation::LeaderboardRow& row;
  ordered_json& head;

  void operator()(const models::data::Values& predicted) const {
    const auto& targets = std::get<models::data::Values>(report.result.targets).values;
    const std::vector<double> truth = models::data::of_rows(targets, report.result.test);
    head["regression"] = {{"target", thinned(truth, kMostDots)},
                          {"predicted", thinned(predicted.values, kMostDots)},
                          {"rows", truth.size()}};
  }

  void operator()(const models::data::Probabilities& predicted) const {
    const auto& names = report.result.labels.class_names();
    const models::evaluation::Scores& judged = std::get<models::evaluation::ClassResult>(row.result).scores;
    head["classes"] = class_table(judged, names);
    head["confusion"] = confusion_json(judged, names.size());
    add_curves(head, report.result, judged, predicted);
    models::Head& fitted = report.head(row.name);
    const bool reads_spectrograms = fitted.input() != models::HeadInput::kTable;
    if (reads_spectrograms && report.data.store) head["spectrograms"] = spectrograms_json(report, fitted, predicted);
  }
};

}  // namespace

ordered_json heads_json(const RunReport& report) {
  const SplitResult& result = report.result;
  ordered_json heads = ordered_json::array();
  for (const models::evaluation::LeaderboardRow& row : result.board.rows) {
    if (row.is_baseline) continue;
    ordered_json head{{"name", row.name}};
    std::visit(AddPredictions{report, row, head}, result.predictions.at(row.name));
    head["epochs"] = epochs_json(result.histories.at(row.name));
    const auto importance = result.importances.find(row.name);
    if (importance != result.importances.end()) {
      head["importance"] = ordered_json::array();
      for (const models::evaluation::Importance& i : importance->second) {
        head["importance"].push_back({{"column", i.column}, {"mean", i.mean}, {"sd", i.standard_deviation}});
      }
    }
    heads.push_back(std::move(head));
  }
  return heads;
}

}  // namespace hitscope::apps::runs
