#include "models/neural/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <random>
#include <sstream>
#include <stdexcept>

#include "models/data/shuffle.h"
#include "models/neural/safetensors.h"

namespace hitscope::models {
namespace {

using Rows = std::vector<std::size_t>;
using Clock = std::chrono::steady_clock;

Rows shuffled(std::span<const std::size_t> rows, std::uint64_t seed, int epoch) {
  std::seed_seq seeds{seed & 0xFFFF'FFFFU, seed >> 32U, static_cast<std::uint64_t>(epoch)};
  std::mt19937_64 random(seeds);
  Rows order(rows.begin(), rows.end());
  shuffle(order, random);
  return order;
}

class Training {
 public:
  Training(const TrainingProblem& problem, const TrainingRows& rows, const FitOptions& options)
      : problem_(problem),
        rows_(rows),
        options_(options),
        optimizer_(
            problem.network.parameters(),
            torch::optim::AdamOptions(options.learning_rate > 0.0 ? options.learning_rate : problem.learning_rate)) {
    if (rows.train.size() < 2) throw std::invalid_argument("training needs at least 2 rows");
    if (!problem.class_weights.empty()) {
      weights_ = torch::tensor(problem.class_weights, torch::kFloat64).to(torch::kFloat32);
    }
    if (!options.checkpoint.empty()) resume();
  }

  FitSummary run() {
    Clock::time_point saved = Clock::now();
    while (static_cast<int>(history_.size()) < options_.max_epochs && epochs_since_best() < options_.patience) {
      run_epoch(static_cast<int>(history_.size()) + 1);
      const bool stop = options_.stop != nullptr && *options_.stop;
      const double since = std::chrono::duration<double>(Clock::now() - saved).count();
      if (options_.save_checkpoint && (stop || since >= options_.checkpoint_every_s)) {
        options_.save_checkpoint(checkpoint());
        saved = Clock::now();
      }
      if (stop) return {true, history_, 0};
    }
    load_state(problem_.network, best_);
    problem_.network.eval();
    std::size_t n_parameters = 0;
    for (const auto& p : problem_.network.parameters()) n_parameters += static_cast<std::size_t>(p.numel());
    return {false, history_, n_parameters};
  }

 private:
  torch::Tensor targets(std::span<const std::size_t> rows) const {
    torch::Tensor result = torch::empty({static_cast<std::int64_t>(rows.size())}, torch::kInt64);
    auto* out = result.data_ptr<std::int64_t>();
    for (std::size_t i = 0; i < rows.size(); ++i) out[i] = problem_.targets[rows[i]];
    return result;
  }

  torch::Tensor loss_of(const torch::Tensor& output, std::span<const std::size_t> rows) const {
    namespace F = torch::nn::functional;
    if (problem_.values.empty()) {
      return F::cross_entropy(output, targets(rows), F::CrossEntropyFuncOptions().weight(weights_));
    }
    torch::Tensor wanted = torch::empty({static_cast<std::int64_t>(rows.size()), 1}, torch::kFloat32);
    auto* out = wanted.data_ptr<float>();
    for (std::size_t i = 0; i < rows.size(); ++i) out[i] = static_cast<float>(problem_.values[rows[i]]);
    return F::mse_loss(output, wanted);
  }

  /// Mean loss over `rows`; steps the optimiser when training.
  double pass(std::span<const std::size_t> rows, bool training) {
    double sum = 0.0;
    const auto size = static_cast<std::size_t>(options_.batch_size);
    for (std::size_t first = 0; first < rows.size();) {
      // Batch norm cannot learn from a single row: a last batch of one joins the one before it.
      const std::size_t n = rows.size() - first <= size + 1 ? rows.size() - first : size;
      const auto batch = rows.subspan(first, n);
      first += n;
      const torch::Tensor loss = loss_of(problem_.forward(problem_.inputs(batch)), batch);
      const double value = loss.item<double>();
      if (!std::isfinite(value)) throw std::runtime_error("the loss is not finite; a lower learning rate may help");
      sum += value * static_cast<double>(n);
      if (!training) continue;
      optimizer_.zero_grad();
      loss.backward();
      optimizer_.step();
    }
    return sum / static_cast<double>(rows.size());
  }

  void run_epoch(int number) {
    torch::manual_seed(options_.seed * 1'000'003 + static_cast<std::uint64_t>(number));  // dropout
    problem_.network.train();
    const Rows order = shuffled(rows_.train, options_.seed, number);
    Epoch epoch{number, pass(order, true), 0.0, false};
    problem_.network.eval();
    {
      const torch::NoGradGuard no_grad;
      epoch.validation_loss = pass(rows_.validation, false);
    }
    epoch.is_best = epoch.validation_loss < best_loss_;
    if (epoch.is_best) {
      best_loss_ = epoch.validation_loss;
      best_.clear();
      for (const auto& [key, tensor] : state_of(problem_.network)) best_[key] = tensor.clone();
    }
    history_.push_back(epoch);
    if (options_.on_epoch) options_.on_epoch(epoch);
  }

  int epochs_since_best() const {
    int n = 0;
    for (auto it = history_.rbegin(); it != history_.rend() && !it->is_best; ++it) ++n;
    return n;
  }

  std::string checkpoint() {
    torch::serialize::OutputArchive archive;
    torch::serialize::OutputArchive network;
    problem_.network.save(network);
    archive.write("network", network);
    torch::serialize::OutputArchive optimizer;
    optimizer_.save(optimizer);
    archive.write("optimizer", optimizer);
    for (const auto& [key, tensor] : best_) archive.write("best." + key, tensor);
    torch::Tensor history = torch::empty({static_cast<std::int64_t>(history_.size()), 3}, torch::kFloat64);
    auto* out = history.data_ptr<double>();
    for (const Epoch& epoch : history_) {
      *out++ = epoch.train_loss;
      *out++ = epoch.validation_loss;
      *out++ = epoch.is_best ? 1.0 : 0.0;
    }
    archive.write("history", history);
    std::ostringstream bytes;
    archive.save_to(bytes);
    return bytes.str();
  }

  void resume() try {
    torch::serialize::InputArchive archive;
    std::istringstream bytes(options_.checkpoint);
    archive.load_from(bytes);
    std::map<std::string, std::vector<std::int64_t>> shapes;
    for (const auto& [key, tensor] : state_of(problem_.network)) shapes[key] = tensor.sizes().vec();
    torch::serialize::InputArchive network;
    archive.read("network", network);
    problem_.network.load(network);  // takes tensors of any shape
    for (const auto& [key, tensor] : state_of(problem_.network)) {
      if (tensor.sizes().vec() != shapes[key]) {
        throw std::runtime_error("the checkpoint is not one of this network: '" + key + "' has another shape");
      }
    }
    torch::serialize::InputArchive optimizer;
    archive.read("optimizer", optimizer);
    optimizer_.load(optimizer);
    for (const auto& [key, tensor] : state_of(problem_.network)) archive.read("best." + key, best_[key]);
    torch::Tensor history;
    archive.read("history", history);
    const auto* in = history.data_ptr<double>();
    for (std::int64_t i = 0; i < history.size(0); ++i, in += 3) {
      history_.push_back({static_cast<int>(i) + 1, in[0], in[1], in[2] != 0.0});
      if (history_.back().is_best) best_loss_ = in[1];
    }
  } catch (const c10::Error& e) {
    throw std::runtime_error(std::string("the checkpoint is not one of this network: ") + e.what_without_backtrace());
  }

  const TrainingProblem& problem_;
  const TrainingRows& rows_;
  const FitOptions& options_;
  torch::optim::Adam optimizer_;
  torch::Tensor weights_;  // of the classes; undefined: all 1
  NamedTensors best_;
  double best_loss_ = std::numeric_limits<double>::infinity();
  std::vector<Epoch> history_;
};

}  // namespace

FitSummary train_network(const TrainingProblem& problem, const TrainingRows& rows, const FitOptions& options) {
  return Training(problem, rows, options).run();
}

torch::Tensor network_outputs(const TrainingProblem& problem, std::span<const std::size_t> rows) {
  constexpr std::size_t kBatch = 64;
  const torch::NoGradGuard no_grad;
  problem.network.eval();
  std::vector<torch::Tensor> outputs;
  for (std::size_t first = 0; first < rows.size(); first += kBatch) {
    const auto batch = rows.subspan(first, std::min(kBatch, rows.size() - first));
    outputs.push_back(problem.forward(problem.inputs(batch)).to(torch::kFloat64));
  }
  return outputs.empty() ? torch::empty({0, 1}, torch::kFloat64) : torch::cat(outputs);
}

Probabilities probabilities_of(const torch::Tensor& logits) {
  const torch::Tensor p = logits.softmax(1).contiguous();
  return {static_cast<std::size_t>(p.size(0)),
          static_cast<int>(p.size(1)),
          {p.data_ptr<double>(), p.data_ptr<double>() + p.numel()}};
}

}  // namespace hitscope::models
