#include "apps/render/length_counts.h"

#include <fmt/format.h>

#include <algorithm>

#include "apps/shell/words.h"

namespace hitscope::apps::render {

void LengthCounts::add(double clip_s) {
  ++n_;
  if (wanted_s_ - clip_s > kHardlyHeard) missing_.push_back(wanted_s_ - clip_s);
}

std::string LengthCounts::in_words() const {
  std::string text;
  if (!missing_.empty()) {
    std::vector<double> sorted = missing_;
    const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
    std::nth_element(sorted.begin(), middle, sorted.end());
    text = fmt::format("{} of {} padded with silence, by {:.3g} s in the median", missing_.size(),
                       shell::count_of(n_, "clip"), *middle);
    if (2 * missing_.size() > n_) text += fmt::format(" (`duration` {:.3g} would fit the median)", wanted_s_ - *middle);
  }
  if (n_cut_ > 0) text += fmt::format("{}{} cut to {:.3g} s", text.empty() ? "" : "; ", n_cut_, wanted_s_);
  return text;
}

}  // namespace hitscope::apps::render
