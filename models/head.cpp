#include "models/head.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <stdexcept>

#include "models/head_files.h"

namespace hitscope::models {

SpectrogramError::SpectrogramError(std::size_t example)
    : std::runtime_error("the spectrogram of row " + std::to_string(example) +
                         " has values that are not finite (NaN or infinite)"),
      row(example) {}

std::string Head::name() const {
  return std::string(info().name) + (given_.empty() ? "" : "(" + given_ + ")");
}

std::vector<double> Head::predict_values(const data::Examples&, std::span<const std::size_t>) {
  throw std::logic_error(std::string(name()) + ": predicts classes, not values");
}

std::vector<float> Head::class_activation(const data::Examples&, std::size_t, int) {
  throw std::logic_error(std::string(name()) + ": keeps no maps of a spectrogram");
}

std::string file_stem(std::string_view head) {
  constexpr std::size_t kLongest = 120;
  std::string stem;
  for (const char c : head) {
    if (c != ')') stem += c == '(' || c == ',' || c == '+' ? '-' : c;
  }
  if (stem.size() <= kLongest) return stem;
  std::uint64_t hash = 0xcbf29ce484222325ULL;  // FNV-1a
  for (const char c : head) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  std::string digits;
  for (int shift = 60; shift >= 0; shift -= 4)
    digits += "0123456789abcdef"[(hash >> static_cast<unsigned>(shift)) & 15U];
  return stem.substr(0, kLongest) + "-" + digits;
}

bool is_file_of(std::string_view head, std::string_view file) {
  constexpr std::array<std::string_view, 7> kEndings{
      ".safetensors", ".json", ".features.json", ".values.json", ".trees", ".calibration.json", ".classes.json"};
  const std::string stem = file_stem(head);
  if (head.empty() || head.find('/') != std::string_view::npos || !file.starts_with(stem)) return false;
  std::string_view ending = file.substr(stem.size());
  const std::size_t number_end = ending.find_first_not_of("0123456789", 1);
  const bool is_part =
      ending.starts_with('.') && number_end != std::string_view::npos && number_end > 1 && number_end < 5;
  if (is_part) ending.remove_prefix(number_end);  // of a head made of several: "stacking.0.trees"
  return std::find(kEndings.begin(), kEndings.end(), ending) != kEndings.end();
}

data::Predictions predictions_of(Head& head, const data::Examples& examples, std::span<const std::size_t> rows) {
  if (head.n_classes() == 0) return data::Values{head.predict_values(examples, rows)};
  return head.predict(examples, rows);
}

}  // namespace hitscope::models
