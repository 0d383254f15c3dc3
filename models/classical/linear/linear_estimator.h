// LinearEstimator: what linear estimators share: predictions, contributions and arrays.
// Thread safety: as Estimator's.
#pragma once

#include "models/classical/linear/linear_model.h"
#include "models/classical/table_head.h"
#include "models/preprocessing_options.h"

namespace hitscope::models::classical::linear {

class LinearEstimator : public Estimator {
 public:
  /// What makes predictions of outputs: for classes the sigmoid of the only output, or the softmax of several.
  enum class Link { kClasses, kIdentity, kExp };

  std::vector<double> predict(const data::Matrix& features, int n_threads) const override;
  std::optional<Contributions> explain(const data::Matrix& features, int n_threads) const override;
  std::size_t n_parameters() const override { return model_.n_parameters(); }
  Learned learned() const override { return model_.learned(); }
  int load(const Learned& learned, std::size_t n_columns) override;

 protected:
  explicit LinearEstimator(Link link) : link_(link) {}
  LinearModel model_;

 private:
  Link link_;
};

}  // namespace hitscope::models::classical::linear
