#include <algorithm>
#include <cmath>
#include <mutex>
#include <random>
#include <stdexcept>
#include <thread>

#include "models/classical/tree_bytes.h"
#include "models/classical/tree_grower.h"
#include "models/classical/trees.h"
#include "models/classical/trees_rows.h"

namespace hitscope::models::classical {
namespace {

// The file, in little-endian: kMagic, n_columns, n_classes, n_trees; per tree its number of nodes and its nodes in
// preorder, each beginning with a word: a column, followed by the threshold; kPure + class; kNumber, followed by a
// double; kMixed, followed by the number of shares, each a class and a double. Words are of 32 bits, thresholds
// doubles.
constexpr std::string_view kMagic = "HSFOREST";
constexpr std::uint32_t kPure = 0x80000000U;
constexpr std::uint32_t kNumber = 0xfffffffeU;
constexpr std::uint32_t kMixed = 0xffffffffU;
constexpr std::uint32_t kMostClasses = 1U << 16;

/// Runs work(0..n-1) on n_threads, and throws what the first of them threw.
template <typename Work>
void in_parallel(std::size_t n, int n_threads, const Work& work) {
  std::atomic<std::size_t> next = 0;
  std::exception_ptr failure;
  std::mutex mutex;
  const auto run = [&] {
    try {
      for (std::size_t i = next++; i < n; i = next++) work(i);
    } catch (...) {
      const std::lock_guard lock(mutex);
      failure = std::current_exception();
      next = n;
    }
  };
  {
    std::vector<std::jthread> threads;
    const auto n_useful = std::min<std::size_t>(static_cast<std::size_t>(std::max(n_threads, 1)), n);
    for (std::size_t t = 1; t < n_useful; ++t) threads.emplace_back(run);
    run();
  }
  if (failure) std::rethrow_exception(failure);
}

class RandomForest final : public Trees {
 public:
  RandomForest(int n_classes, std::size_t n_columns, std::vector<Tree> trees)
      : n_classes_(n_classes), n_columns_(n_columns), trees_(std::move(trees)) {}

  int n_classes() const override { return n_classes_; }
  std::size_t n_columns() const override { return n_columns_; }
  std::size_t n_nodes() const override {
    std::size_t n = 0;
    for (const Tree& tree : trees_) n += tree.nodes.size();
    return n;
  }

  std::string to_bytes() const override {
    std::string bytes(kMagic);
    for (const std::size_t word : {n_columns_, static_cast<std::size_t>(n_classes_), trees_.size()}) {
      put(bytes, static_cast<std::uint32_t>(word));
    }
    for (const Tree& tree : trees_) {
      put(bytes, static_cast<std::uint32_t>(tree.nodes.size()));
      for (const TreeNode& node : tree.nodes) put_node(bytes, tree, node);
    }
    return sealed(std::move(bytes));
  }

 private:
  void put_node(std::string& bytes, const Tree& tree, const TreeNode& node) const {
    if (node.column >= 0) {
      put(bytes, node.column);
      put(bytes, node.threshold);
    } else if (n_classes_ == 0) {
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
  }

  std::vector<double> predict(const data::Matrix& features) const override {
    const auto n_answers = static_cast<std::size_t>(std::max(n_classes_, 1));
    std::vector<double> answers(features.n_rows * n_answers, 0.0);
    constexpr std::size_t kBlock = 256;  // rows that pass through one tree while it is in the cache
    in_parallel((features.n_rows + kBlock - 1) / kBlock, n_threads, [&](std::size_t block) {
      const std::size_t begin = block * kBlock;
      const std::size_t end = std::min(begin + kBlock, features.n_rows);
      for (const Tree& tree : trees_) {
        for (std::size_t row = begin; row < end; ++row) {
          for (const LeafShare& leaf : tree.leaf_of(features.values.data() + row * n_columns_)) {
            answers[row * n_answers + leaf.answer] += leaf.share;
          }
        }
      }
      for (std::size_t i = begin * n_answers; i < end * n_answers; ++i)
        answers[i] /= static_cast<double>(trees_.size());
    });
    return answers;
  }

  int n_classes_;
  std::size_t n_columns_;
  std::vector<Tree> trees_;
};

GrowingRows growing_rows(const TreeRows& rows, int n_classes) {
  GrowingRows result;
  const data::Matrix& x = rows.features;
  result.n_rows = x.n_rows;
  result.n_columns = x.n_columns;
  result.n_classes = n_classes;
  result.columns.resize(x.values.size());
  for (std::size_t row = 0; row < x.n_rows; ++row) {
    for (std::size_t c = 0; c < x.n_columns; ++c) result.columns[c * x.n_rows + row] = x.values[row * x.n_columns + c];
  }
  if (n_classes > 0) {
    result.targets.assign(rows.targets.begin(), rows.targets.end());
  } else {
    result.values.assign(rows.values.begin(), rows.values.end());
  }
  result.weights.assign(rows.weights.begin(), rows.weights.end());
  if (result.weights.empty()) result.weights.assign(x.n_rows, 1.0);
  return result;
}

void read_leaf(TreeReader& reader, std::uint32_t word, int n_classes, Tree& tree) {
  const std::size_t first = tree.shares.size();
  if (n_classes == 0) {
    if (word != kNumber) throw std::runtime_error("the forest has a leaf without its number");
    tree.shares.push_back({0, reader.take<double>()});
    if (!std::isfinite(tree.shares.back().share))
      throw std::runtime_error("the forest has a number that is not finite");
  } else if (word == kMixed) {
    const std::uint32_t n = reader.take_word("number of classes in a leaf", 2, static_cast<std::size_t>(n_classes));
    double sum = 0.0;
    for (std::uint32_t i = 0; i < n; ++i) {
      const auto answer = reader.take_word("class", 0, static_cast<std::size_t>(n_classes) - 1);
      const auto share = reader.take<double>();
      if (!(share > 0.0)) throw std::runtime_error("the forest has a share that is not above 0");
      sum += share;
      tree.shares.push_back({answer, share});
    }
    if (!(std::abs(sum - 1.0) < 1e-9)) throw std::runtime_error("the forest has a leaf whose shares do not make 1");
  } else {
    const std::uint32_t answer = word - kPure;
    if (answer >= static_cast<std::uint32_t>(n_classes)) throw std::runtime_error("the forest has a wrong class");
    tree.shares.push_back({answer, 1.0});
  }
  tree.nodes.push_back(
      {-static_cast<std::int32_t>(tree.shares.size() - first), static_cast<std::uint32_t>(first), 0.0});
}

Tree read_tree(TreeReader& reader, std::size_t n_columns, int n_classes) {
  Tree tree;
  const std::uint32_t n_nodes = reader.take_word("number of nodes", 1, reader.size() / sizeof(std::uint32_t));
  tree.nodes.reserve(n_nodes);
  std::vector<std::uint32_t> waiting;  // nodes whose right child is still to come
  for (std::uint32_t i = 0; i < n_nodes; ++i) {
    const auto word = reader.take<std::uint32_t>();
    if (word < kPure) {
      const auto threshold = reader.take<double>();
      if (word >= n_columns || !std::isfinite(threshold)) throw std::runtime_error("the forest has a wrong split");
      tree.nodes.push_back({static_cast<std::int32_t>(word), 0, threshold});
      waiting.push_back(i);
      continue;
    }
    read_leaf(reader, word, n_classes, tree);
    if (waiting.empty() != (i + 1 == n_nodes)) throw std::runtime_error("the forest has a tree of another shape");
    if (waiting.empty()) return tree;
    tree.nodes[waiting.back()].next = i + 1;
    waiting.pop_back();
  }
  throw std::runtime_error("the forest has a tree without an end");
}

}  // namespace

FittedTrees fit_random_forest(const TreeRows& train, const TreesOptions& options, const ForestConfig& config) {
  check_rows(train, options, "train");
  if (config.n_estimators < 1) {
    throw std::invalid_argument("trees: n_estimators is " + std::to_string(config.n_estimators) + "; it must be >= 1");
  }
  if (options.n_classes > static_cast<int>(kMostClasses) || train.features.n_rows > 0x7fffffffU) {
    throw std::invalid_argument("trees: a forest holds up to 65536 classes and 2147483647 rows");
  }
  const GrowingRows rows = growing_rows(train, options.n_classes);
  // A seed per tree, so that which thread grows it does not matter.
  std::mt19937_64 random(options.seed);
  std::vector<std::uint64_t> seeds(static_cast<std::size_t>(config.n_estimators));
  for (std::uint64_t& seed : seeds) seed = random();
  std::vector<Tree> trees(seeds.size());
  in_parallel(trees.size(), options.n_threads, [&](std::size_t i) {
    if (options.stop == nullptr || !*options.stop) trees[i] = grow_tree(rows, seeds[i]);
  });
  if (options.stop != nullptr && *options.stop) return {};
  FittedTrees fitted;
  fitted.trees = std::make_unique<RandomForest>(options.n_classes, train.features.n_columns, std::move(trees));
  fitted.trees->n_threads = options.n_threads;
  return fitted;
}

std::unique_ptr<Trees> random_forest_from_bytes(std::string_view bytes) {
  TreeReader reader(unsealed(bytes), "the forest");
  reader.take_magic(kMagic);
  const std::uint32_t n_columns = reader.take_word("number of columns", 1, 0x7fffffffU);
  const auto n_classes = static_cast<int>(reader.take_word("number of classes", 0, kMostClasses));
  if (n_classes == 1) throw std::runtime_error("the forest has a wrong number of classes");
  const std::uint32_t n_trees = reader.take_word("number of trees", 1, reader.size());
  std::vector<Tree> trees;
  for (std::uint32_t i = 0; i < n_trees; ++i) trees.push_back(read_tree(reader, n_columns, n_classes));
  if (reader.size() != 0) throw std::runtime_error("the forest has bytes after its last tree");
  return std::make_unique<RandomForest>(n_classes, n_columns, std::move(trees));
}

}  // namespace hitscope::models::classical
