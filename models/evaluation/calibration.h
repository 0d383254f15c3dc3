// Calibrates a head's probabilities and chooses the decision threshold for a rare class, both from a fold's validation
// rows, never from test rows.
//
// scikit-learn 1.2's _SigmoidCalibration (Platt 1999, with his target smoothing) and IsotonicRegression
// (out_of_bounds="clip"), one-vs-rest and normalised for more than two classes, as CalibratedClassifierCV(cv="prefit")
// does. Platt's loss is minimised to the last digits, where scikit-learn stops at a gradient of 1e-5.
// Thread safety: immutable after construction.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dsp/fields.h"
#include "models/data/needs.h"
#include "models/data/predictions.h"
#include "models/data/split.h"

namespace hitscope::models::evaluation {

using dsp::to_string;

enum class Calibration { kNone, kPlatt, kIsotonic };
constexpr auto names_of(Calibration) {
  return std::to_array<dsp::Name<Calibration>>(
      {{Calibration::kNone, "none"},
       {Calibration::kPlatt, "platt", "fit a sigmoid (Platt scaling)"},
       {Calibration::kIsotonic, "isotonic", "fit a non-decreasing step function (isotonic regression)"}});
}

/// The score that the decision threshold maximises.
enum class ThresholdMetric { kNone, kF1, kBalancedAccuracy };
constexpr auto names_of(ThresholdMetric) {
  return std::to_array<dsp::Name<ThresholdMetric>>({{ThresholdMetric::kNone, "none", "the threshold is 0.5"},
                                                    {ThresholdMetric::kF1, "f1"},
                                                    {ThresholdMetric::kBalancedAccuracy, "balanced-accuracy"}});
}

/// Settings of calibration and threshold, for any head that predicts classes.
struct CalibrationOptions {
  Calibration calibration = Calibration::kNone;
  ThresholdMetric threshold = ThresholdMetric::kNone;

  template <typename Visit>
  static void describe(Visit&& visit) {
    visit(&CalibrationOptions::calibration, {.name = "calibration",
                                             .help = "how probabilities are calibrated, on the validation rows",
                                             .needs = data::needs::kClasses,
                                             .flag = "--calibrate"});
    visit(&CalibrationOptions::threshold, {.name = "threshold",
                                           .help = "score for which the decision threshold between two classes is "
                                                   "chosen, on the validation rows",
                                           .needs = data::needs::kClasses,
                                           .flag = "--tune-threshold"});
  }
};

class Calibrator {
 public:
  /// `predicted` [n_validation, n_classes] are a head's probabilities of fold.validation_rows(), in their order;
  /// `targets` [n_rows] are the classes of all examples. The threshold is learned from calibrated probabilities.
  /// Candidates are 0.5, the lowest probability and all midpoints between neighbouring ones; the best wins, among ties
  /// the nearest to 0.5, then the lower. It stays 0.5 if one of the classes has no row. Throws std::invalid_argument if
  /// the lengths differ, for a row without a class, a probability that is not finite, and for a threshold with other
  /// than two classes.
  static Calibrator fit(Calibration kind, ThresholdMetric metric, const data::Probabilities& predicted,
                        std::span<const int> targets, const data::TrainingFold& fold);
  static Calibrator from_json(const std::string& text);  ///< throws std::runtime_error
  std::string to_json() const;

  /// Calibrates `predicted` [n, n_classes]. The result has the learned threshold, or that of `predicted` if none was
  /// learned. Throws std::invalid_argument for a number of classes other than the fitted one.
  data::Probabilities apply(const data::Probabilities& predicted) const;
  Calibration kind() const { return kind_; }
  double threshold() const { return threshold_; }  ///< the learned threshold, else 0.5

 private:
  struct Curve {         // curve of one class; with two classes there is one, of the second
    double slope = 0.0;  // Platt: 1 / (1 + exp(slope * score + offset))
    double offset = 0.0;
    std::vector<double> scores;  // isotonic: scores in rising order, and their probabilities
    std::vector<double> values;
  };
  double calibrated(const Curve& curve, double score) const;
  static Curve fit_platt(std::span<const double> scores, const std::vector<bool>& positive);
  static Curve fit_isotonic(std::span<const double> scores, const std::vector<bool>& positive);

  Calibration kind_ = Calibration::kNone;
  ThresholdMetric metric_ = ThresholdMetric::kNone;
  double threshold_ = 0.5;
  std::vector<Curve> curves_;
};

}  // namespace hitscope::models::evaluation
