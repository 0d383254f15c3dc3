#include "models/head.h"

#include <stdexcept>

namespace hitscope::models {

SpectrogramError::SpectrogramError(std::size_t example)
    : std::runtime_error("the spectrogram of row " + std::to_string(example) +
                         " has values that are not finite (NaN or infinite)"),
      row(example) {}

std::vector<double> Head::predict_values(const data::Examples&, std::span<const std::size_t>) {
  throw std::logic_error(std::string(name()) + ": predicts classes, not values");
}

std::vector<float> Head::class_activation(const data::Examples&, std::size_t, int) {
  throw std::logic_error(std::string(name()) + ": keeps no maps of a spectrogram");
}

data::Predictions predictions_of(Head& head, const data::Examples& examples, std::span<const std::size_t> rows) {
  if (head.n_classes() == 0) return data::Values{head.predict_values(examples, rows)};
  return head.predict(examples, rows);
}

}  // namespace hitscope::models
