#include "apps/render/length_counts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "apps/shell/words.h"

namespace hitscope::apps::render {
namespace {

constexpr double kHardlyHeard = 0.01;  // seconds that do not count as a difference: decoders round

double upper_median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

void LengthCounts::add(double clip_s) {
  lengths_.push_back(clip_s);
}

std::string LengthCounts::in_words() const {
  std::vector<double> missing;
  std::size_t n_cut = 0;
  for (const double length : lengths_) {
    if (wanted_s_ - length > kHardlyHeard) missing.push_back(wanted_s_ - length);
    if (length - wanted_s_ > kHardlyHeard) ++n_cut;
  }
  if (missing.empty() && n_cut == 0) return "";
  std::string text;
  if (!missing.empty()) {
    text = fmt::format("{} of {} padded with silence, by {:.3g} s in the median", missing.size(),
                       shell::count_of(lengths_.size(), "clip"), upper_median(missing));
  }
  if (n_cut > 0) text += fmt::format("{}{} cut to {:.3g} s", text.empty() ? "" : "; ", n_cut, wanted_s_);
  if (2 * std::max(missing.size(), n_cut) > lengths_.size()) {
    text += fmt::format(" (`duration` {} is the length of the median clip)",
                        std::round(upper_median(lengths_) * 100.0) / 100.0);
  }
  return text;
}

}  // namespace hitscope::apps::render
