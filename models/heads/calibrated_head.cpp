#include "models/heads/calibrated_head.h"

#include <stdexcept>

#include "models/head_files.h"

namespace hitscope::models::heads {
namespace {

std::string file_of(const Head& head) {
  return file_stem(head.name()) + ".calibration.json";
}

class CalibratedHead final : public Head {
 public:
  CalibratedHead(std::unique_ptr<Head> head, evaluation::Calibration calibration, evaluation::ThresholdMetric threshold)
      : head_(std::move(head)), calibration_(calibration), threshold_(threshold) {}

  const HeadInfo& info() const override { return head_->info(); }
  std::string name() const override { return head_->name(); }
  int n_classes() const override { return head_->n_classes(); }
  void predict_in(Precision precision) override { head_->predict_in(precision); }

  FitSummary fit(const data::Examples& examples, const data::Targets& targets, const data::TrainingFold& fold,
                 const FitOptions& options) override {
    FitSummary summary = head_->fit(examples, targets, fold, options);
    if (summary.stopped) return summary;
    const data::Probabilities held = head_->predict(examples, fold.validation_rows());
    calibrator_ = evaluation::Calibrator::fit(calibration_, threshold_, held, data::labels_of(targets), fold);
    return summary;
  }

  void check_checkpoint(const FitOptions& options) const override { head_->check_checkpoint(options); }

  data::Probabilities predict(const data::Examples& examples, std::span<const std::size_t> rows) override {
    return calibrator_.apply(head_->predict(examples, rows));
  }

  bool has_class_activation() const override { return head_->has_class_activation(); }
  std::vector<float> class_activation(const data::Examples& examples, std::size_t row, int cls) override {
    return head_->class_activation(examples, row, cls);
  }

  HeadFiles save() const override {
    HeadFiles files = head_->save();
    files[file_of(*head_)] = calibrator_.to_json();
    return files;
  }

  void load(const HeadFiles& files) override {
    calibrator_ = read_head_file(files, file_of(*head_), evaluation::Calibrator::from_json);
    head_->load(files);
  }

 private:
  std::unique_ptr<Head> head_;
  evaluation::Calibration calibration_;
  evaluation::ThresholdMetric threshold_;
  evaluation::Calibrator calibrator_;
};

}  // namespace

std::unique_ptr<Head> make_calibrated_head(std::unique_ptr<Head> head, evaluation::Calibration calibration,
                                           evaluation::ThresholdMetric threshold) {
  if (!head->info().learns_classes()) {
    throw std::invalid_argument(std::string(head->name()) + ": predicts values; only probabilities are calibrated");
  }
  if (calibration == evaluation::Calibration::kNone && threshold == evaluation::ThresholdMetric::kNone) {
    throw std::invalid_argument("make_calibrated_head: neither a calibration nor a threshold is asked for");
  }
  return std::make_unique<CalibratedHead>(std::move(head), calibration, threshold);
}

std::unique_ptr<Head> with_calibration_of(std::unique_ptr<Head> head, const HeadFiles& files) {
  if (!files.contains(file_of(*head))) return head;
  return std::make_unique<CalibratedHead>(std::move(head), evaluation::Calibration::kNone,
                                          evaluation::ThresholdMetric::kNone);
}

}  // namespace hitscope::models::heads
