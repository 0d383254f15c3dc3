#include "models/head.h"

#include <stdexcept>

namespace hitscope::models {

SpectrogramError::SpectrogramError(std::size_t dataset_row)
    : std::runtime_error("the spectrogram of row " + std::to_string(dataset_row) +
                         " has values that are not finite (NaN or infinite)"),
      row(dataset_row) {}

std::vector<double> Head::predict_values(const data::Dataset&, std::span<const std::size_t>) {
  throw std::logic_error(std::string(name()) + ": predicts classes, not values");
}

std::vector<float> Head::class_activation(const data::Dataset&, std::size_t, int) {
  throw std::logic_error(std::string(name()) + ": keeps no maps of a spectrogram");
}

}  // namespace hitscope::models
