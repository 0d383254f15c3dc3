// The bytes of forests and boosted trees, sealed as an attacker would. First byte: which of the two.
#include "models/classical/trees/trees.h"
#include "models/classical/trees/trees_rows.h"
#include "tests/fuzz/target.h"

FUZZ_TARGET(trees) {
  using namespace hitscope;
  using namespace hitscope::models;
  const tests::Choice choice(data, size);
  const auto from_bytes =
      (choice.first & 1U) != 0 ? classical::trees::boosted_trees_from_bytes : classical::trees::ensemble_from_bytes;
  try {
    const auto trees = from_bytes(classical::trees::sealed(choice.text));
    if (trees->n_columns() > 1000) return 0;
    data::Matrix rows{3, trees->n_columns(), std::vector<float>(3 * trees->n_columns(), 0.5F)};
    for (std::size_t i = 0; i < trees->n_columns(); ++i) rows.values[i] = i % 2 == 0 ? -1e30F : 1e30F;
    if (trees->n_classes() > 0) {
      (void)trees->predict_probabilities(rows);
    } else {
      (void)trees->predict_values(rows);
    }
    tests::promise(from_bytes(trees->to_bytes())->to_bytes() == trees->to_bytes(),
                   "trees are read as they were written");
  } catch (const std::exception&) {
  }
  return 0;
}
