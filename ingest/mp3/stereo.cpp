#include "ingest/mp3/stereo.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "ingest/mp3/simd.h"

namespace hitscope::ingest::mp3 {
namespace {

constexpr int kIllegalPosition =
    7;  // such a band is left as it is; at low rates by libmpg123's reading of the standard

struct Weights {
  float left = 1.0F;
  float right = 1.0F;
};

Weights weights_of(int position, const IntensityRequest& request) {
  double left = 1.0;
  double right = 1.0;
  if (request.rate_index < 3) {
    const double ratio = std::tan(position * std::numbers::pi / 12.0);
    left = ratio / (1.0 + ratio);
    right = 1.0 / (1.0 + ratio);
  } else {
    const double base = std::pow(2.0, (request.right_info->scale_compress & 1U) != 0 ? -0.5 : -0.25);
    (position % 2 != 0 ? left : right) = std::pow(base, (position + 1) / 2);
  }
  // Gains have a factor of 1/sqrt(2) in frames with sum and difference, which intensity bands do not want.
  const double scale = request.mid_side ? std::numbers::sqrt2 : 1.0;
  return {static_cast<float>(left * scale), static_cast<float>(right * scale)};
}

void spread(const Segment& segment, int position, const IntensityRequest& request, float* left, float* right) {
  if (position == kIllegalPosition || (position > kIllegalPosition && request.rate_index < 3)) return;
  const Weights weights = weights_of(position, request);
  for (int i = 0, line = segment.line; i < 2 * segment.n_pairs; ++i, line += segment.step) {
    const float value = left[line];
    left[line] = value * weights.left;
    right[line] = value * weights.right;
  }
}

bool is_empty(const Segment& segment, const float* lines) {
  for (int i = 0, line = segment.line; i < 2 * segment.n_pairs; ++i, line += segment.step) {
    if (lines[line] != 0.0F) return false;
  }
  return true;
}

}  // namespace

HITSCOPE_CLONES void undo_mid_side(int n, float* left, float* right) {
  for (int i = 0; i < n; ++i) {
    const float mid = left[i];
    const float side = right[i];
    left[i] = mid + side;
    right[i] = mid - side;
  }
}

void apply_intensity(const IntensityRequest& request, const float* coded_right, float* left, float* right) {
  const Segments& all = segments(request.rate_index, request.right_info->shape());
  // First empty band of each window; [kLongWindow] of the long bands.
  std::array<int, 4> first_empty{};
  if (all.n_long > 0 && all.n > all.n_long) first_empty = {3, 3, 3, 0};
  for (std::size_t i = 0; i < static_cast<std::size_t>(all.n); ++i) {
    const Segment& segment = all.items[i];
    if (!is_empty(segment, coded_right)) first_empty[segment.window] = segment.band + 1;
  }
  // In mixed blocks the long bands take part only where the short ones are all empty.
  const bool long_too = std::max({first_empty[0], first_empty[1], first_empty[2]}) <= 3;
  for (std::size_t i = 0; i < static_cast<std::size_t>(all.n); ++i) {
    const Segment& segment = all.items[i];
    const bool is_long = segment.window == kLongWindow;
    const bool is_last = segment.band + 1 == (is_long ? kLongBands : kShortBands);
    if (is_long && !long_too) continue;
    // libmpg123 spreads the last short band even where it is not empty, which no encoder makes use of. Like it, so that
    // it can be the judge of everything else.
    if (segment.band < first_empty[segment.window] && !(is_last && !is_long)) continue;
    // The last band has no position of its own.
    const std::size_t source = !is_last ? i : is_long ? i - 1 : i - 3;
    spread(segment, (*request.positions)[source], request, left, right);
  }
}

}  // namespace hitscope::ingest::mp3
