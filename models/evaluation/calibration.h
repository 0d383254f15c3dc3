// Probabilities that mean what they say, and the threshold at which a rare class is called: both learned from a fold's
// validation rows, never from test rows.
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
#include "models/data/dataset.h"
#include "models/data/needs.h"
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

/// What a decision threshold is chosen for.
enum class ThresholdMetric { kNone, kF1, kBalancedAccuracy };
constexpr auto names_of(ThresholdMetric) {
  return std::to_array<dsp::Name<ThresholdMetric>>({{ThresholdMetric::kNone, "none", "the threshold is 0.5"},
                                                    {ThresholdMetric::kF1, "f1"},
                                                    {ThresholdMetric::kBalancedAccuracy, "balanced-accuracy"}});
}

/// What is done to the probabilities of any head for classes, learned from validation rows.
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
  /// `predicted` are a head's probabilities of fold.validation_rows(), in their order; `targets` are by dataset row.
  /// The threshold is learned from calibrated probabilities: of 0.5, the lowest probability and all midpoints between
  /// neighbouring ones that which scores best; of equals the nearest to 0.5, then the lower. It stays 0.5 where one of
  /// the classes has no row.
  /// Throws std::invalid_argument where the lengths differ, for a row without a class, a probability that is not
  /// finite, and for a threshold with other than two classes.
  static Calibrator fit(Calibration kind, ThresholdMetric metric, const data::Probabilities& predicted,
                        std::span<const int> targets, const data::TrainingFold& fold);
  static Calibrator from_json(const std::string& text);  ///< throws std::runtime_error
  std::string to_json() const;

  /// Calibrated probabilities, with the threshold where one was learned; where none was, that of `predicted`. Throws
  /// std::invalid_argument for another number of classes than was fitted.
  data::Probabilities apply(const data::Probabilities& predicted) const;
  Calibration kind() const { return kind_; }
  double threshold() const { return threshold_; }  ///< 0.5 where none was learned

 private:
  struct Curve {         // of one class (two classes: of the second)
    double slope = 0.0;  // Platt: 1 / (1 + exp(slope * score + offset))
    double offset = 0.0;
    std::vector<double> scores;  // isotonic: rising, with their probabilities
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
