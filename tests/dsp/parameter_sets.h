// The grid of front ends that tests/oracles/record_front_end.py records, and torchaudio's answers to it. Tests only.
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <ostream>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "dsp/front_end.h"
#include "tests/support/npy.h"

namespace hitscope::tests {

struct ParameterSet {
  std::string name;
  std::string preset;   ///< the preset that these parameters are published for; empty where there is none
  std::string filters;  ///< the set whose file has the filterbank; empty for spectrograms
  dsp::FrontEndConfig config;
  int n_samples = 0;  ///< of each signal, from its start
};

inline std::ostream& operator<<(std::ostream& out, const ParameterSet& set) {
  return out << set.name;
}

inline std::string front_end_oracle(const std::string& file) {
  return std::string(ORACLES) + "/front_end/" + file;
}

inline std::vector<std::string> split_line(const std::string& line) {
  std::vector<std::string> fields;
  std::istringstream stream(line);
  for (std::string field; std::getline(stream, field, ',');) fields.push_back(field);
  if (line.ends_with(',')) fields.emplace_back();
  return fields;
}

/// One row of sets.csv by column; throws for a word that it does not know.
class Row {
 public:
  Row(const std::vector<std::string>& columns, const std::string& line) {
    const std::vector<std::string> fields = split_line(line);
    if (fields.size() != columns.size()) throw std::runtime_error("sets.csv: a row of another length: " + line);
    for (std::size_t i = 0; i < fields.size(); ++i) fields_[columns[i]] = fields[i];
  }
  const std::string& text(const std::string& column) const { return fields_.at(column); }
  int integer(const std::string& column) const { return std::stoi(text(column)); }
  double real(const std::string& column) const { return std::stod(text(column)); }
  template <typename Enum>
  Enum word(const std::string& column, std::initializer_list<Enum> values) const {
    for (const Enum value : values) {
      if (to_string(value) == text(column)) return value;
    }
    throw std::runtime_error("sets.csv: " + column + " is " + text(column));
  }

 private:
  std::map<std::string, std::string> fields_;
};

inline ParameterSet parameter_set(const Row& row) {
  using namespace dsp;
  ParameterSet set{row.text("name"), row.text("preset"), row.text("filters"), {}, row.integer("n_samples")};
  dsp::FrontEndConfig& c = set.config;
  c.feature = row.word("feature", {dsp::Feature::kMel, dsp::Feature::kSpectrogram, dsp::Feature::kMfcc});
  c.sample_rate = row.integer("sample_rate");
  c.n_fft = row.integer("n_fft");
  c.win_length = row.integer("win_length");
  c.hop_length = row.integer("hop_length");
  c.window = row.word("window", {dsp::Window::kHann, dsp::Window::kHamming});
  c.center = row.integer("center") != 0;
  c.pad_mode = row.word("pad_mode", {dsp::PadMode::kConstant, dsp::PadMode::kReflect});
  c.power = row.real("power");
  c.n_mels = row.integer("n_mels");
  c.f_min_hz = row.real("f_min");
  c.f_max_hz = row.real("f_max");
  c.mel_scale = row.word("mel_scale", {dsp::MelScale::kSlaney, dsp::MelScale::kHtk});
  c.norm = row.word("norm", {dsp::MelNorm::kSlaney, dsp::MelNorm::kNone});
  c.n_mfcc = row.integer("n_mfcc");
  c.amin = row.real("amin");
  c.top_db = row.real("top_db");
  return set;
}

/// Empty where the answers have not been recorded.
inline std::vector<ParameterSet> parameter_sets() {
  std::vector<ParameterSet> sets;
  std::ifstream file(front_end_oracle("sets.csv"));
  std::string line;
  std::getline(file, line);
  const std::vector<std::string> columns = split_line(line);
  while (std::getline(file, line)) sets.push_back(parameter_set(Row(columns, line)));
  return sets;
}

struct Signals {
  std::vector<std::string> names;
  std::vector<float> samples;  ///< [n_signals, n_samples]

  std::size_t n_signals() const { return names.size(); }
  std::span<const float> start(std::size_t signal, int n_samples) const {
    return std::span(samples).subspan(signal * (samples.size() / names.size()), n_samples);
  }
};

inline Signals read_signals() {
  std::ifstream file(front_end_oracle("signals.csv"));
  std::string line;
  std::getline(file, line);
  return {split_line(line), read_npy<float>(front_end_oracle("signals.npy"))};
}

/// What torchaudio answers to one signal; `first` is power, or the cepstrum; `decibels` may be empty.
struct Answer {
  std::vector<float> first;
  std::vector<float> decibels;
};

inline std::vector<Answer> read_answers(const ParameterSet& set, std::size_t n_signals) {
  const std::vector<float> values = read_npy<float>(front_end_oracle(set.name + ".npy"));
  const std::size_t size = static_cast<std::size_t>(set.config.n_bins()) * set.config.n_frames(set.n_samples);
  const std::size_t half = size * n_signals;
  if (values.size() != half && values.size() != 2 * half) {
    throw std::runtime_error(set.name + ": torchaudio answers with another number of bins or frames");
  }
  std::vector<Answer> answers(n_signals);
  for (std::size_t i = 0; i < n_signals; ++i) {
    const auto from = values.begin() + static_cast<std::ptrdiff_t>(i * size);
    const auto to = from + static_cast<std::ptrdiff_t>(size);
    answers[i].first.assign(from, to);
    const auto offset = static_cast<std::ptrdiff_t>(half);
    if (values.size() == 2 * half) answers[i].decibels.assign(from + offset, to + offset);
  }
  return answers;
}

/// The dense matrix [n_mels, n_freqs].
inline std::vector<float> read_filterbank(const ParameterSet& set) {
  const std::vector<float> banded = read_npy<float>(front_end_oracle(set.filters + "_filters.npy"));
  const std::size_t n_freqs = set.config.n_freqs();
  std::vector<float> dense(set.config.n_mels * n_freqs, 0.0F);
  std::size_t at = 0;
  for (int m = 0; m < set.config.n_mels; ++m) {
    const auto first = static_cast<std::size_t>(banded.at(at));
    const auto n = static_cast<std::size_t>(banded.at(at + 1));
    at += 2;
    for (std::size_t k = 0; k < n; ++k) dense.at(m * n_freqs + first + k) = banded.at(at++);
  }
  if (at != banded.size()) throw std::runtime_error(set.filters + "_filters.npy has more bands than the set");
  return dense;
}

}  // namespace hitscope::tests
