#include "ingest/mp3/bands.h"

namespace hitscope::ingest::mp3 {
namespace {

using Long = std::array<std::int16_t, kLongBands + 1>;
using Short = std::array<std::int16_t, kShortBands + 1>;

constexpr Long kLong44{0,  4,  8,   12,  16,  20,  24,  30,  36,  44,  52, 62,
                       74, 90, 110, 134, 162, 196, 238, 288, 342, 418, 576};
constexpr Long kLong48{0,  4,  8,   12,  16,  20,  24,  30,  36,  42,  50, 60,
                       72, 88, 106, 128, 156, 190, 230, 276, 330, 384, 576};
constexpr Long kLong32{0,  4,   8,   12,  16,  20,  24,  30,  36,  44,  54, 66,
                       82, 102, 126, 156, 194, 240, 296, 364, 448, 550, 576};
constexpr Long kLong22{0,   6,   12,  18,  24,  30,  36,  44,  54,  66,  80, 96,
                       116, 140, 168, 200, 238, 284, 336, 396, 464, 522, 576};
constexpr Long kLong24{0,   6,   12,  18,  24,  30,  36,  44,  54,  66,  80, 96,
                       114, 136, 162, 194, 232, 278, 332, 394, 464, 540, 576};
constexpr Long kLong8{0,   12,  24,  36,  48,  60,  72,  88,  108, 132, 160, 192,
                      232, 280, 336, 400, 476, 566, 568, 570, 572, 574, 576};
constexpr std::array<const Long*, 9> kLong{&kLong44, &kLong48, &kLong32, &kLong22, &kLong24,
                                           &kLong22, &kLong22, &kLong22, &kLong8};

constexpr Short kShort44{0, 4, 8, 12, 16, 22, 30, 40, 52, 66, 84, 106, 136, 192};
constexpr Short kShort48{0, 4, 8, 12, 16, 22, 28, 38, 50, 64, 80, 100, 126, 192};
constexpr Short kShort32{0, 4, 8, 12, 16, 22, 30, 42, 58, 78, 104, 138, 180, 192};
constexpr Short kShort22{0, 4, 8, 12, 18, 24, 32, 42, 56, 74, 100, 132, 174, 192};
constexpr Short kShort24{0, 4, 8, 12, 18, 26, 36, 48, 62, 80, 104, 136, 180, 192};
constexpr Short kShort16{0, 4, 8, 12, 18, 26, 36, 48, 62, 80, 104, 134, 174, 192};
constexpr Short kShort8{0, 8, 16, 24, 36, 52, 72, 96, 124, 160, 162, 164, 166, 192};
constexpr std::array<const Short*, 9> kShort{&kShort44, &kShort48, &kShort32, &kShort22, &kShort24,
                                             &kShort16, &kShort16, &kShort16, &kShort8};

void place_pairs(Segments& segments) {
  std::size_t pair = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(segments.n); ++i) {
    const Segment& segment = segments.items[i];
    for (int k = 0; k < segment.n_pairs; ++k) {
      segments.pairs[pair++] = {static_cast<std::uint16_t>(segment.line + 2 * k * segment.step), segment.step,
                                static_cast<std::uint8_t>(i)};
    }
  }
}

Segments make_segments(int rate_index, BlockShape shape) {
  const Long& long_bounds = *kLong[static_cast<std::size_t>(rate_index)];
  const Short& short_bounds = *kShort[static_cast<std::size_t>(rate_index)];
  // Long bands below the third short band: eight of MPEG-1 and six of MPEG-2 end where that begins.
  const int n_long = shape == BlockShape::kLong ? kLongBands : shape == BlockShape::kShort ? 0 : rate_index < 3 ? 8 : 6;
  Segments made;
  const auto add = [&](const Segment& segment) { made.items[static_cast<std::size_t>(made.n++)] = segment; };
  made.n_long = n_long;
  for (std::size_t band = 0; band < static_cast<std::size_t>(n_long); ++band) {
    const std::int16_t begin = long_bounds[band];
    const std::int16_t end = long_bounds[band + 1];
    add({begin, static_cast<std::int16_t>((end - begin) / 2), end, 1, kLongWindow, static_cast<std::uint8_t>(band)});
  }
  if (shape == BlockShape::kLong) return made;
  for (std::size_t band = shape == BlockShape::kShort ? 0 : 3; band < kShortBands; ++band) {
    const int begin = short_bounds[band];
    const int end = short_bounds[band + 1];
    for (int window = 0; window < 3; ++window) {
      add({static_cast<std::int16_t>(3 * begin + window), static_cast<std::int16_t>((end - begin) / 2),
           static_cast<std::int16_t>(3 * end), 3, static_cast<std::uint8_t>(window), static_cast<std::uint8_t>(band)});
    }
  }
  return made;
}

struct AllSegments {
  std::array<std::array<Segments, 3>, 9> by_rate;
  AllSegments() {
    for (int rate = 0; rate < 9; ++rate) {
      for (int shape = 0; shape < 3; ++shape) {
        Segments& made = by_rate[static_cast<std::size_t>(rate)][static_cast<std::size_t>(shape)];
        made = make_segments(rate, static_cast<BlockShape>(shape));
        place_pairs(made);
      }
    }
  }
};

}  // namespace

const std::array<std::int16_t, kLongBands + 1>& long_bands(int rate_index) {
  return *kLong[static_cast<std::size_t>(rate_index)];
}

const Segments& segments(int rate_index, BlockShape shape) {
  static const AllSegments all;
  return all.by_rate[static_cast<std::size_t>(rate_index)][static_cast<std::size_t>(shape)];
}

}  // namespace hitscope::ingest::mp3
