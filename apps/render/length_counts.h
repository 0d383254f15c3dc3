// How many clips were cut or padded to the length of a spectrogram, in a line.
// Thread safety: one thread per object.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace hitscope::apps::render {

class LengthCounts {
 public:
  /// Seconds that do not count as a difference: decoders round.
  static constexpr double kHardlyHeard = 0.01;

  /// `wanted_s`: length of the spectrograms, in seconds.
  explicit LengthCounts(double wanted_s) : wanted_s_(wanted_s) {}

  /// A clip of this length, in seconds.
  void add(double clip_s);
  /// A clip that was longer.
  void add_cut() { ++n_cut_; }

  /// "12 of 80 clips padded with silence, by 4.2 s in the median; 40 cut to 30 s", and the length that would fit most
  /// where most were padded; empty where none was.
  std::string in_words() const;

 private:
  double wanted_s_;
  std::size_t n_ = 0;
  std::size_t n_cut_ = 0;
  std::vector<double> missing_;  // seconds of each padded clip
};

}  // namespace hitscope::apps::render
