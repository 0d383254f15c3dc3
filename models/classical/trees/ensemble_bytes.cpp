#include "models/classical/trees/ensemble_bytes.h"

#include <cmath>
#include <stdexcept>

#include "models/classical/trees/tree_bytes.h"
#include "models/classical/trees/trees_rows.h"

namespace hitscope::models::classical::trees {
namespace {

// The file, in little-endian: kMagic, n_columns, n_classes, combining, n_trees; of kSum the base (doubles); per tree
// its output, of kVote and kMedian its weight (a double), its number of nodes and its nodes in preorder. A node begins
// with a word: a column, followed by the threshold; kPure + class; kNumber, followed by a double; kMixed, followed by
// the number of shares, each a class and a double. It ends with its cover (a float). Words are of 32 bits, thresholds
// doubles.
constexpr std::string_view kMagic = "HSTREES2";
constexpr std::string_view kEarlierMagic = "HSFOREST";
constexpr std::uint32_t kPure = 0x80000000U;
constexpr std::uint32_t kNumber = 0xfffffffeU;
constexpr std::uint32_t kMixed = 0xffffffffU;
constexpr std::uint32_t kMostClasses = 1U << 16;

void put_node(std::string& bytes, const EnsembleModel& model, const Tree& tree, const TreeNode& node) {
  if (!node.is_leaf()) {
    put(bytes, node.column);
    put(bytes, node.threshold);
  } else if (model.has_numbers()) {
    put(bytes, kNumber);
    put(bytes, tree.shares[node.next].share);
  } else if (node.column == -1) {
    put(bytes, kPure + tree.shares[node.next].answer);
  } else {
    put(bytes, kMixed);
    put(bytes, static_cast<std::uint32_t>(-node.column));
    for (std::int32_t i = 0; i < -node.column; ++i) {
      put(bytes, tree.shares[node.next + i].answer);
      put(bytes, tree.shares[node.next + i].share);
    }
  }
  put(bytes, node.cover);
}

double finite(TreeReader& reader, const char* what) {
  const auto value = reader.take<double>();
  if (!std::isfinite(value)) reader.fail(std::string("has a ") + what + " that is not finite");
  return value;
}

void read_mixed(TreeReader& reader, int n_classes, Tree& tree) {
  const std::uint32_t n = reader.take_word("number of classes in a leaf", 2, static_cast<std::size_t>(n_classes));
  double sum = 0.0;
  for (std::uint32_t i = 0; i < n; ++i) {
    const auto answer = reader.take_word("class", 0, static_cast<std::size_t>(n_classes) - 1);
    const auto share = reader.take<double>();
    if (!(share > 0.0)) reader.fail("has a share that is not above 0");
    sum += share;
    tree.shares.push_back({answer, share});
  }
  if (!(std::abs(sum - 1.0) < 1e-9)) reader.fail("has a leaf whose shares do not make 1");
}

void read_leaf(TreeReader& reader, std::uint32_t word, const EnsembleModel& model, Tree& tree) {
  const std::size_t first = tree.shares.size();
  if (model.has_numbers()) {
    if (word != kNumber) reader.fail("has a leaf without its number");
    tree.shares.push_back({0, finite(reader, "number")});
  } else if (word == kMixed) {
    read_mixed(reader, model.n_classes, tree);
  } else {
    const std::uint32_t answer = word - kPure;
    if (answer >= static_cast<std::uint32_t>(model.n_classes)) reader.fail("has a wrong class");
    tree.shares.push_back({answer, 1.0});
  }
  tree.nodes.push_back(
      {-static_cast<std::int32_t>(tree.shares.size() - first), static_cast<std::uint32_t>(first), 0.0, 0.0F});
}

void read_nodes(TreeReader& reader, const EnsembleModel& model, Tree& tree) {
  const std::uint32_t n_nodes = reader.take_word("number of nodes", 1, reader.size() / sizeof(std::uint32_t));
  tree.nodes.reserve(n_nodes);
  std::vector<std::uint32_t> waiting;  // nodes whose right child is still to come
  for (std::uint32_t i = 0; i < n_nodes; ++i) {
    const auto word = reader.take<std::uint32_t>();
    const bool is_split = word < kPure;
    if (is_split) {
      const double threshold = finite(reader, "threshold");
      if (word >= model.n_columns) reader.fail("has a wrong split");
      tree.nodes.push_back({static_cast<std::int32_t>(word), 0, threshold, 0.0F});
    } else {
      read_leaf(reader, word, model, tree);
    }
    const auto cover = reader.take<float>();
    if (!(cover >= 0.0F) || !std::isfinite(cover)) reader.fail("has a wrong cover");
    tree.nodes.back().cover = cover;
    if (is_split) {
      waiting.push_back(i);
      continue;
    }
    if (waiting.empty() != (i + 1 == n_nodes)) reader.fail("has a tree of another shape");
    if (waiting.empty()) return;
    tree.nodes[waiting.back()].next = i + 1;
    waiting.pop_back();
  }
  reader.fail("has a tree without an end");
}

void read_header(TreeReader& reader, EnsembleModel& model) {
  model.n_columns = reader.take_word("number of columns", 1, 0x7fffffffU);
  model.n_classes = static_cast<int>(reader.take_word("number of classes", 0, kMostClasses));
  if (model.n_classes == 1) reader.fail("has a wrong number of classes");
  model.combining = static_cast<Combining>(reader.take_word("way of combining", 0, 3));
  const bool is_of_classes = model.n_classes > 0;
  if (model.combining == Combining::kVote && !is_of_classes) reader.fail("votes, but for no classes");
  if (model.combining == Combining::kMedian && is_of_classes) reader.fail("has a median of classes");
}

bool has_weights(const EnsembleModel& model) {
  return model.combining == Combining::kVote || model.combining == Combining::kMedian;
}

}  // namespace

std::string bytes_of(const EnsembleModel& model) {
  std::string bytes(kMagic);
  for (const std::size_t word : {model.n_columns, static_cast<std::size_t>(model.n_classes),
                                 static_cast<std::size_t>(model.combining), model.trees.size()}) {
    put(bytes, static_cast<std::uint32_t>(word));
  }
  for (const double base : model.base) put(bytes, base);
  for (std::size_t t = 0; t < model.trees.size(); ++t) {
    const Tree& tree = model.trees[t];
    put(bytes, tree.output);
    if (has_weights(model)) put(bytes, model.weights[t]);
    put(bytes, static_cast<std::uint32_t>(tree.nodes.size()));
    for (const TreeNode& node : tree.nodes) put_node(bytes, model, tree, node);
  }
  return sealed(std::move(bytes));
}

EnsembleModel model_from_bytes(std::string_view bytes) {
  if (bytes.starts_with(kEarlierMagic)) throw std::runtime_error("these trees are of an earlier version; train again");
  TreeReader reader(unsealed(bytes), "the forest");
  reader.take_magic(kMagic);
  EnsembleModel model;
  read_header(reader, model);
  const std::uint32_t n_trees = reader.take_word("number of trees", 1, reader.size());
  for (std::size_t i = 0; model.combining == Combining::kSum && i < model.n_outputs(); ++i) {
    model.base.push_back(finite(reader, "base"));
  }
  double all = 0.0;
  for (std::uint32_t i = 0; i < n_trees; ++i) {
    Tree tree;
    tree.output = reader.take_word("output", 0, model.combining == Combining::kSum ? model.n_outputs() - 1 : 0);
    if (has_weights(model)) {
      model.weights.push_back(finite(reader, "weight"));
      if (model.weights.back() < 0.0) reader.fail("has a weight below 0");
      all += model.weights.back();
    }
    read_nodes(reader, model, tree);
    model.trees.push_back(std::move(tree));
  }
  if (has_weights(model) && !(all > 0.0 && std::isfinite(all))) reader.fail("has weights that do not add up");
  if (reader.size() != 0) reader.fail("has bytes after its last tree");
  return model;
}

}  // namespace hitscope::models::classical::trees
