#include "models/classical/ensembles/ensembles.h"

#include <array>
#include <stdexcept>

#include "models/classical/bayes/bayes_heads.h"
#include "models/classical/ensembles/ensemble.h"
#include "models/classical/kernels/svm.h"
#include "models/classical/linear/linear_heads.h"
#include "models/classical/neighbours/knn.h"
#include "models/classical/trees/tree_head.h"
#include "models/head_name.h"

namespace hitscope::models::classical::ensembles {

std::unique_ptr<Estimator> estimator_named(const std::string& name, bool is_of_classes) {
  const HeadName parsed = HeadName::parse(name);
  std::vector<std::string> known;
  for (const auto list : {linear::heads(), trees::heads(), neighbours::heads(), kernels::heads(), bayes::heads()}) {
    for (const HeadInfo* info : list) {
      if (is_of_classes ? !info->learns_classes() : !info->learns_values()) continue;
      known.emplace_back(info->name);
      if (info->name != parsed.head) continue;
      for (const auto& [parameter, value] : parsed.parameters) {
        if (parameter == "class_weight")
          throw std::invalid_argument("estimators names class_weight of " + parsed.head + "; give it for all of them");
      }
      const std::unique_ptr<Head> head = info->make();
      set_parameters(*head, parsed.parameters);
      return released_estimator(*head);
    }
  }
  std::string names;
  for (const std::string& one : known) names += (names.empty() ? "" : ", ") + one;
  throw std::invalid_argument("estimators names '" + parsed.head + "'; it must be of " + names);
}

std::vector<std::string> names_in(const std::string& text) {
  std::vector<std::string> names(1);
  int depth = 0;
  for (const char c : text) {
    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (c == '+' && depth == 0) {
      names.emplace_back();
    } else {
      names.back() += c;
    }
  }
  return names;
}

std::span<const HeadInfo* const> heads() {
  static const std::array<const HeadInfo*, 2> list{&voting(), &stacking()};
  return list;
}

}  // namespace hitscope::models::classical::ensembles
