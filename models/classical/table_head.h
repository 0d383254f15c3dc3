// TableHead: an Estimator as a head. It encodes the columns (data::TableEncoder), resamples and weighs training rows as
// data::Preprocessing says, and leaves classes out that no training row has: their probability is 0.
//
// Files: STEM.safetensors (arrays) or STEM.trees; STEM.features.json (encoder); STEM.classes.json where a class was
// absent. STEM is file_stem(name()).
// Thread safety: as Head's.
#pragma once

#include <memory>

#include "models/classical/estimator.h"
#include "models/head.h"

namespace hitscope::models::classical {

/// How a head treats what it is given.
struct TableHeadTraits {
  bool weighs_classes = true;    ///< has a class_weight
  bool uses_validation = false;  ///< FitContext::validation
  bool has_trees = false;        ///< what it learns is Learned::trees, not arrays
};

std::unique_ptr<Head> make_table_head(const HeadInfo& info, std::unique_ptr<Estimator> estimator,
                                      TableHeadTraits traits = {});

/// The estimator of a head that this room made, which is then of no more use; nullptr for any other head.
std::unique_ptr<Estimator> released_estimator(Head& head);

/// For HeadInfo::make of an estimator E with a HeadInfo E::kInfo.
template <typename E>
std::unique_ptr<Head> table_head() {
  return make_table_head(E::kInfo, std::make_unique<E>(), E::kTraits);
}

}  // namespace hitscope::models::classical
