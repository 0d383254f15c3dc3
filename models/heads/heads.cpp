#include "models/heads/heads.h"

#include <algorithm>
#include <stdexcept>

#include "models/classical/logistic_head.h"
#include "models/classical/ridge_head.h"
#include "models/classical/tree_head.h"
#include "models/neural/mlp_head.h"
#include "models/neural/spectrogram_head.h"

namespace hitscope::models::heads {

std::vector<std::string> head_names() {
  std::vector<std::string> names = neural::spectrogram_head_names();
  names.insert(names.end(), {"mlp", "random_forest", "boosted_trees", "logistic", "ridge"});
  return names;
}

std::vector<std::string> usual_head_names() {
  std::vector<std::string> names = head_names();
  std::erase(names, "four_block_cnn");
  std::erase(names, "musicnn");
  std::erase(names, "crnn");
  return names;
}

std::unique_ptr<Head> make_head(std::string_view name) {
  const std::vector<std::string> networks = neural::spectrogram_head_names();
  if (std::find(networks.begin(), networks.end(), name) != networks.end()) return neural::make_spectrogram_head(name);
  if (name == "mlp") return neural::make_mlp_head();
  if (name == "random_forest") return classical::make_random_forest_head();
  if (name == "boosted_trees") return classical::make_boosted_trees_head();
  if (name == "logistic") return classical::make_logistic_head();
  if (name == "ridge") return classical::make_ridge_head();
  std::string names;
  for (const std::string& known : head_names()) names += (names.empty() ? "" : ", ") + known;
  throw std::invalid_argument("head '" + std::string(name) + "' is unknown; it must be one of " + names);
}

}  // namespace hitscope::models::heads
