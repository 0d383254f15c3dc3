// The heads of this room, file by file; see bayes_heads.h. Internal to models/classical.
// Thread safety: free functions without shared state.
#pragma once

#include <array>
#include <string_view>

#include "models/classical/table_head.h"
#include "models/preprocessing_options.h"

namespace hitscope::models::classical::bayes {

std::array<const HeadInfo*, 3> counting_bayes();  ///< Bernoulli, multinomial, complement
const HeadInfo& gaussian_bayes();
std::array<const HeadInfo*, 2> discriminants();  ///< lda, qda

template <typename E>
constexpr HeadInfo info_of(std::string_view name, std::string_view summary) {
  return {.name = name,
          .summary = summary,
          .meets = data::needs::kTable | data::needs::kClasses,
          .is_usual = false,
          .make = table_head<E>,
          .options = preprocessing_options};
}

}  // namespace hitscope::models::classical::bayes
