#include "models/head.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "models/head_files.h"

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

bool is_file_of(std::string_view head, std::string_view file) {
  constexpr std::array<std::string_view, 6> kEndings{".safetensors", ".json",  ".features.json",
                                                     ".values.json", ".trees", ".calibration.json"};
  if (head.empty() || head.find('/') != std::string_view::npos || !file.starts_with(head)) return false;
  return std::find(kEndings.begin(), kEndings.end(), file.substr(head.size())) != kEndings.end();
}

data::Predictions predictions_of(Head& head, const data::Examples& examples, std::span<const std::size_t> rows) {
  if (head.n_classes() == 0) return data::Values{head.predict_values(examples, rows)};
  return head.predict(examples, rows);
}

}  // namespace hitscope::models
