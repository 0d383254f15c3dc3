#include "models/classical/bayes/bayes_heads.h"

#include "models/classical/bayes/naive_bayes.h"

namespace hitscope::models::classical::bayes {

std::span<const HeadInfo* const> heads() {
  static const std::array<const HeadInfo*, 6> list{&gaussian_bayes(),   counting_bayes()[0], counting_bayes()[1],
                                                   counting_bayes()[2], discriminants()[0],  discriminants()[1]};
  return list;
}

}  // namespace hitscope::models::classical::bayes
