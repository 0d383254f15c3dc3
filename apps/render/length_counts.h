// How many clips were cut or padded to the length of a spectrogram, in a line.
// Thread safety: one thread per object.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace hitscope::apps::render {

class LengthCounts {
 public:
  /// `wanted_s`: length of the spectrograms, in seconds.
  explicit LengthCounts(double wanted_s) : wanted_s_(wanted_s) {}

  /// A clip of this length, in seconds.
  void add(double clip_s);

  /// "12 of 80 clips padded with silence, by 4.2 s in the median; 40 cut to 30 s", and the length that would fit where
  /// most were padded or cut; empty where none was.
  std::string in_words() const;

 private:
  double wanted_s_;
  std::vector<double> lengths_;  // seconds of each clip
};

}  // namespace hitscope::apps::render
