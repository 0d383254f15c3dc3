#include "models/data/stratified_choice.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "models/data/shuffle.h"

namespace hitscope::models::data {
namespace {

using Counts = std::vector<std::size_t>;

/// Classes by how much they lack of their share, the most first; of equals the larger class, then the first.
Counts by_lack(std::span<const std::size_t> sizes, const Counts& taken, double fraction) {
  const auto lack = [&](std::size_t c) {
    return static_cast<double>(sizes[c]) * fraction - static_cast<double>(taken[c]);
  };
  Counts order(sizes.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const double x = lack(a);
    const double y = lack(b);
    // Shares that are equal on paper differ in their last digits.
    return std::abs(x - y) > 1e-9 ? x > y : sizes[a] > sizes[b];
  });
  return order;
}

/// A row for every class that has none, from the classes that have the most over their share.
void take_from_all(std::span<const std::size_t> sizes, const Counts& most, double fraction, Counts& taken) {
  const Counts order = by_lack(sizes, taken, fraction);
  std::size_t giver = order.size();
  for (const std::size_t c : order) {
    if (taken[c] > 0 || most[c] == 0) continue;
    while (giver > 0 && taken[order[giver - 1]] < 2) --giver;
    if (giver == 0) return;
    --taken[order[giver - 1]];
    ++taken[c];
    // The next one gives in turn; when all have, they begin again.
    giver = giver > 1 ? giver - 1 : order.size();
  }
}

}  // namespace

std::vector<std::size_t> stratified_counts(std::span<const std::size_t> sizes, double fraction, std::size_t n_left) {
  const std::size_t n = std::accumulate(sizes.begin(), sizes.end(), std::size_t{0});
  Counts taken(sizes.size(), 0);
  if (n <= n_left) return taken;
  const auto rounded = static_cast<std::size_t>(std::lround(static_cast<double>(n) * fraction));
  std::size_t missing = std::clamp<std::size_t>(rounded, 1, n - n_left);
  Counts most(sizes.begin(), sizes.end());
  for (std::size_t& m : most) m -= std::min(m, std::clamp<std::size_t>(std::max<std::size_t>(m, 2) - 1, 1, n_left));
  for (std::size_t c = 0; c < sizes.size(); ++c) {
    // Without the last digits' rounding a fifth of 100 rows could be 19.
    const double share = std::floor(static_cast<double>(sizes[c]) * fraction + 1e-9);
    taken[c] = std::min({static_cast<std::size_t>(share), most[c], missing});
    missing -= taken[c];
  }
  // Rows left over by rounding down are taken from the classes that lack most; if classes are so small that all must
  // stay, from any class with a row.
  for (const Counts& limit : {most, Counts(sizes.begin(), sizes.end())}) {
    for (bool moved = true; missing > 0 && moved;) {
      moved = false;
      for (const std::size_t c : by_lack(sizes, taken, fraction)) {
        if (missing == 0) break;
        if (taken[c] >= limit[c]) continue;
        ++taken[c];
        --missing;
        moved = true;
      }
    }
  }
  take_from_all(sizes, most, fraction, taken);
  return taken;
}

std::vector<std::size_t> choose_stratified(std::span<const std::size_t> rows, const ClassNumbers& classes,
                                           double fraction, std::size_t n_left, std::mt19937_64& random) {
  std::vector<Counts> by_class(static_cast<std::size_t>(classes.n_classes));
  for (const std::size_t row : rows) by_class[classes.of_row[row]].push_back(row);
  Counts sizes;
  for (const Counts& members : by_class) sizes.push_back(members.size());
  const Counts n_chosen = stratified_counts(sizes, fraction, n_left);
  Counts chosen;
  for (std::size_t c = 0; c < by_class.size(); ++c) {
    shuffle(by_class[c], random);
    chosen.insert(chosen.end(), by_class[c].begin(), by_class[c].begin() + static_cast<std::ptrdiff_t>(n_chosen[c]));
  }
  return chosen;
}

}  // namespace hitscope::models::data
