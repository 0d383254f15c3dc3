#include "models/classical/trees/boosted_ensemble.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <thread>

#include "models/classical/trees/tree_bytes.h"
#include "models/classical/trees/trees_rows.h"

namespace hitscope::models::classical::trees {
namespace {

using nlohmann::json;

// The file, in little-endian: kMagic, n_columns, n_classes, n_trees (32 bits each), base (float), mean and scale
// (doubles); per tree its output, its number of nodes and its nodes in preorder: a column and the threshold, or kLeaf
// and the leaf's value. Words and values are of 32 bits.
constexpr std::string_view kMagic = "HSBOOST1";
constexpr std::uint32_t kLeaf = 0xffffffffU;
constexpr std::uint32_t kMostClasses = 1U << 16;
constexpr std::uint32_t kMostColumns = 1U << 30;

std::size_t n_outputs(int n_classes) {
  return n_classes > 2 ? static_cast<std::size_t>(n_classes) : 1;
}

float margin_of(const BoostedTree& tree, const float* row) {
  const BoostedNode* node = tree.nodes.data();
  while (node->column >= 0) node = row[node->column] < node->value ? node + 1 : tree.nodes.data() + node->right;
  return node->value;
}

/// XGBoost's sigmoid, in its precision.
float sigmoid(float x) {
  constexpr float kEpsilon = 1e-16F;
  return 1.0F / (std::exp(std::min(-x, 88.7F)) + 1.0F + kEpsilon);
}

/// XGBoost's softmax of `margins` in place, in its precision.
void softmax(float* margins, std::size_t n) {
  const float largest = *std::max_element(margins, margins + n);
  double sum = 0.0;
  for (std::size_t i = 0; i < n; ++i) sum += margins[i] = std::exp(margins[i] - largest);
  for (std::size_t i = 0; i < n; ++i) margins[i] /= static_cast<float>(sum);
}

class BoostedEnsemble final : public Trees {
 public:
  explicit BoostedEnsemble(BoostedModel model) : model_(std::move(model)) {}

  int n_classes() const override { return model_.n_classes; }
  std::size_t n_columns() const override { return model_.n_columns; }
  std::size_t n_nodes() const override {
    std::size_t n = 0;
    for (const BoostedTree& tree : model_.trees) n += tree.nodes.size();
    return n;
  }

  std::string to_bytes() const override {
    std::string bytes(kMagic);
    put(bytes, static_cast<std::uint32_t>(model_.n_columns));
    put(bytes, static_cast<std::uint32_t>(model_.n_classes));
    put(bytes, static_cast<std::uint32_t>(model_.trees.size()));
    put(bytes, model_.base);
    put(bytes, model_.mean);
    put(bytes, model_.scale);
    for (const BoostedTree& tree : model_.trees) {
      put(bytes, tree.output);
      put(bytes, static_cast<std::uint32_t>(tree.nodes.size()));
      for (const BoostedNode& node : tree.nodes) {
        put(bytes, node.column < 0 ? kLeaf : static_cast<std::uint32_t>(node.column));
        put(bytes, node.value);
      }
    }
    return sealed(std::move(bytes));
  }

 private:
  std::vector<double> predict(const data::Matrix& features) const override {
    const std::size_t n_answers = static_cast<std::size_t>(std::max(model_.n_classes, 1));
    std::vector<double> answers(features.n_rows * n_answers);
    const auto n_workers = std::clamp<std::size_t>(features.n_rows / 256, 1, std::max(n_threads, 1));
    const std::size_t share = (features.n_rows + n_workers - 1) / n_workers;
    const auto work = [&](std::size_t begin) {
      std::vector<float> margins(n_outputs(model_.n_classes));
      for (std::size_t row = begin; row < std::min(begin + share, features.n_rows); ++row) {
        const float* values = features.values.data() + row * model_.n_columns;
        std::fill(margins.begin(), margins.end(), model_.base);
        for (const BoostedTree& tree : model_.trees) margins[tree.output] += margin_of(tree, values);
        answer(margins, answers.data() + row * n_answers);
      }
    };
    std::vector<std::jthread> threads;
    for (std::size_t worker = 1; worker < n_workers; ++worker) threads.emplace_back(work, worker * share);
    work(0);
    threads.clear();  // joins
    return answers;
  }

  /// The prediction [max(n_classes, 1)] that margins come to.
  void answer(std::vector<float>& margins, double* out) const {
    if (model_.n_classes == 0) {
      *out = static_cast<double>(margins[0]) * model_.scale + model_.mean;
    } else if (model_.n_classes == 2) {
      out[1] = sigmoid(margins[0]);
      out[0] = 1.0 - out[1];
    } else {
      softmax(margins.data(), margins.size());
      double sum = 0.0;  // floats add up to 1 only nearly
      for (const float p : margins) sum += p;
      for (std::size_t c = 0; c < margins.size(); ++c) out[c] = margins[c] / sum;
    }
  }

  BoostedModel model_;
};

/// Nodes in preorder. XGBoost's arrays may hold nodes that pruning has cut off; they are left out.
BoostedTree tree_from(const json& stored, std::uint32_t output) {
  const auto left = stored.at("left_children").get<std::vector<std::int32_t>>();
  const auto right = stored.at("right_children").get<std::vector<std::int32_t>>();
  const auto columns = stored.at("split_indices").get<std::vector<std::int32_t>>();
  const auto values = stored.at("split_conditions").get<std::vector<float>>();
  BoostedTree tree{output, {}};
  struct Waiting {
    std::int32_t node;
    std::int64_t parent;  // whose right child it is; -1: nobody's
  };
  std::vector<Waiting> stack{{0, -1}};
  while (!stack.empty()) {
    const Waiting next = stack.back();
    stack.pop_back();
    const auto node = static_cast<std::size_t>(next.node);
    const auto number = static_cast<std::uint32_t>(tree.nodes.size());
    if (next.parent >= 0) tree.nodes[static_cast<std::size_t>(next.parent)].right = number;
    const bool is_leaf = left.at(node) < 0;
    tree.nodes.push_back({is_leaf ? -1 : columns.at(node), 0, values.at(node)});
    if (is_leaf) continue;
    stack.push_back({right.at(node), static_cast<std::int64_t>(number)});
    stack.push_back({left.at(node), -1});
  }
  return tree;
}

BoostedTree read_tree(TreeReader& reader, std::size_t n_columns, int n_classes) {
  constexpr std::size_t kNodeBytes = 8;
  BoostedTree tree;
  tree.output = reader.take_word("output", 0, n_outputs(n_classes) - 1);
  const std::uint32_t n_nodes = reader.take_word("number of nodes", 1, reader.size() / kNodeBytes);
  tree.nodes.reserve(n_nodes);
  std::vector<std::uint32_t> waiting;  // splits whose right child is still to come
  for (std::uint32_t i = 0; i < n_nodes; ++i) {
    const auto word = reader.take<std::uint32_t>();
    const auto value = reader.take<float>();
    if (!std::isfinite(value)) reader.fail("has a value that is not finite");
    if (word != kLeaf) {
      if (word >= n_columns) reader.fail("has a split of a column that is not there");
      tree.nodes.push_back({static_cast<std::int32_t>(word), 0, value});
      waiting.push_back(i);
      continue;
    }
    tree.nodes.push_back({-1, 0, value});
    if (waiting.empty() != (i + 1 == n_nodes)) reader.fail("has a tree of another shape");
    if (waiting.empty()) return tree;
    tree.nodes[waiting.back()].right = i + 1;
    waiting.pop_back();
  }
  reader.fail("has a tree without an end");
}

}  // namespace

BoostedModel boosted_model_from_xgboost(const std::string& text, int n_classes) {
  const json learner = json::parse(text).at("learner");
  const json& stored = learner.at("gradient_booster").at("model");
  const json& parameters = learner.at("learner_model_param");
  BoostedModel model;
  model.n_classes = n_classes;
  model.n_columns = std::stoul(parameters.at("num_feature").get<std::string>());
  const float base = std::stof(parameters.at("base_score").get<std::string>());
  model.base = n_classes == 2 ? -std::log(1.0F / base - 1.0F) : base;  // a probability of two classes
  const auto outputs = stored.at("tree_info").get<std::vector<std::uint32_t>>();
  for (std::size_t i = 0; i < stored.at("trees").size(); ++i) {
    model.trees.push_back(tree_from(stored["trees"][i], outputs.at(i)));
  }
  return model;
}

std::unique_ptr<Trees> boosted_trees(BoostedModel model) {
  return std::make_unique<BoostedEnsemble>(std::move(model));
}

std::unique_ptr<Trees> boosted_trees_from_bytes(std::string_view bytes) {
  TreeReader reader(unsealed(bytes), "the boosted trees");
  reader.take_magic(kMagic);
  BoostedModel model;
  model.n_columns = reader.take_word("number of columns", 1, kMostColumns);
  model.n_classes = static_cast<int>(reader.take_word("number of classes", 0, kMostClasses));
  if (model.n_classes == 1) reader.fail("has a wrong number of classes");
  const std::uint32_t n_trees = reader.take_word("number of trees", 1, reader.size());
  model.base = reader.take<float>();
  model.mean = reader.take<double>();
  model.scale = reader.take<double>();
  if (!std::isfinite(model.base) || !std::isfinite(model.mean) || !std::isfinite(model.scale) || model.scale <= 0.0) {
    reader.fail("has a base, mean or scale that is no number, or a scale that is not above 0");
  }
  for (std::uint32_t i = 0; i < n_trees; ++i) {
    model.trees.push_back(read_tree(reader, model.n_columns, model.n_classes));
  }
  if (reader.size() != 0) reader.fail("goes on after its last tree");
  return boosted_trees(std::move(model));
}

}  // namespace hitscope::models::classical::trees
