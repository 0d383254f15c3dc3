// scikit-learn's classification_report, character for character.
#include <algorithm>
#include <cstdio>
#include <limits>
#include <numeric>
#include <string_view>

#include "models/evaluation/confusion_margins.h"
#include "models/evaluation/metrics.h"

namespace hitscope::models::evaluation {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// numpy's order of summation (pairwise, eight at a time): where a report rounds, the last bit decides.
double pairwise_sum(std::span<const double> values) {
  if (values.size() < 8) return std::accumulate(values.begin(), values.end(), 0.0);
  if (values.size() > 128) {
    const std::size_t half = values.size() / 2 / 8 * 8;
    return pairwise_sum(values.first(half)) + pairwise_sum(values.subspan(half));
  }
  double r[8];
  std::copy_n(values.begin(), 8, r);
  std::size_t i = 8;
  for (; i + 8 <= values.size(); i += 8) {
    for (std::size_t j = 0; j < 8; ++j) r[j] += values[i + j];
  }
  const double sum = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));
  return std::accumulate(values.begin() + static_cast<std::ptrdiff_t>(i), values.end(), sum);
}

/// Characters, not bytes, of UTF-8.
std::size_t length_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

struct ReportLines {
  std::size_t width = 0;
  /// Printed after the support: scikit-learn counts in floats if no prediction is right, and prints them so.
  const char* after_support = "";

  std::string operator()(const std::string& name, const ClassScore& s, bool f1_only = false) const {
    char numbers[64];
    const int n = f1_only ? std::snprintf(numbers, sizeof numbers, " %9s %9s %9.2f ", "", "", s.f1)
                          : std::snprintf(numbers, sizeof numbers, " %9.2f %9.2f %9.2f ", s.precision, s.recall, s.f1);
    return padded(name, width) + ' ' + std::string(numbers, n) + padded(std::to_string(s.support) + after_support, 9) +
           '\n';
  }

  static std::string padded(const std::string& text, std::size_t width) {
    return std::string(width - std::min(width, length_of(text)), ' ') + text;
  }
};

/// Mean of the classes' values, weighted.
template <typename Weight>
ClassScore average(const std::vector<ClassScore>& classes, std::size_t n_rows, const Weight& weight) {
  std::vector<double> weights;
  for (const ClassScore& c : classes) weights.push_back(weight(c));
  const auto mean = [&](double ClassScore::*member) {
    std::vector<double> values;
    for (std::size_t c = 0; c < classes.size(); ++c) values.push_back(classes[c].*member * weights[c]);
    return pairwise_sum(values) / pairwise_sum(weights);
  };
  return {mean(&ClassScore::precision), mean(&ClassScore::recall), mean(&ClassScore::f1), n_rows, kNan, kNan};
}

}  // namespace

std::string classification_report(const Scores& scores, std::span<const std::string> class_names) {
  const auto& classes = scores.classes;
  require(class_names.size() == classes.size(), "classification_report: " + std::to_string(class_names.size()) +
                                                    " names must be as many as the " + std::to_string(classes.size()) +
                                                    " classes");
  const Margins m(scores.confusion, classes.size());
  bool all_seen = true;
  std::size_t width = std::string_view("weighted avg").size();
  for (std::size_t c = 0; c < classes.size(); ++c) {
    all_seen = all_seen && m.support[c] + m.predicted[c] > 0.0;
    width = std::max(width, length_of(class_names[c]));
  }
  const ReportLines line{width, m.n_correct > 0.0 ? "" : ".0"};
  std::string text = std::string(width, ' ') + "  precision    recall  f1-score   support\n\n";
  for (std::size_t c = 0; c < classes.size(); ++c) text += line(class_names[c], classes[c]);
  const auto n_rows = static_cast<std::size_t>(m.total);
  const double accuracy = ratio(m.n_correct, m.total);
  const ClassScore micro{accuracy, accuracy, f1_of(accuracy, accuracy), n_rows, kNan, kNan};
  text += '\n' + (all_seen ? line("accuracy", micro, true) : line("micro avg", micro));
  text += line("macro avg", average(classes, n_rows, [](const ClassScore&) { return 1.0; }));
  const auto by_support = [](const ClassScore& c) { return static_cast<double>(c.support); };
  return text + line("weighted avg", average(classes, n_rows, by_support));
}

}  // namespace hitscope::models::evaluation
