#include "models/neural/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <future>
#include <limits>
#include <numbers>
#include <random>
#include <sstream>
#include <stdexcept>

#include "models/data/shuffle.h"
#include "models/neural/adamw.h"
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

std::uint64_t mixed(std::uint64_t seed, int epoch, std::size_t step) {
  std::uint64_t state = seed * 1'000'003 + static_cast<std::uint64_t>(epoch);
  state = state * 0x9E3779B97F4A7C15U + step;
  return state ^ (state >> 29U);
}

/// Batches of an epoch, each made while the one before it is learned.
class Prefetched {
 public:
  Prefetched(const TrainingProblem& problem, std::vector<std::span<const std::size_t>> parts, int epoch)
      : problem_(problem), parts_(std::move(parts)), epoch_(epoch) {}

  Batch take(std::size_t step) {
    const auto start = Clock::now();
    Batch batch = next_.valid() ? next_.get() : make(step);
    waited_ += std::chrono::duration<double>(Clock::now() - start).count();
    if (step + 1 < parts_.size() && problem_.training_batch) {
      next_ = std::async(std::launch::async, [this, step] { return make(step + 1); });
    }
    return batch;
  }
  double waited_s() const { return waited_; }

 private:
  Batch make(std::size_t step) const {
    const auto rows = parts_[step];
    if (problem_.training_batch) return problem_.training_batch(rows, epoch_);
    return {problem_.inputs(rows), Rows(rows.begin(), rows.end())};
  }

  const TrainingProblem& problem_;
  std::vector<std::span<const std::size_t>> parts_;
  int epoch_;
  double waited_ = 0.0;
  std::future<Batch> next_;
};

/// Batch norm cannot learn from a single row: a last batch of one joins the one before it.
std::vector<std::span<const std::size_t>> batches_of(std::span<const std::size_t> rows, std::size_t size) {
  std::vector<std::span<const std::size_t>> parts;
  for (std::size_t first = 0; first < rows.size();) {
    const std::size_t n = rows.size() - first <= size + 1 ? rows.size() - first : size;
    parts.push_back(rows.subspan(first, n));
    first += n;
  }
  return parts;
}

class Training {
 public:
  Training(const TrainingProblem& problem, const TrainingRows& rows, const FitOptions& options)
      : problem_(problem),
        rows_(rows),
        options_(options),
        learning_rate_(options.learning_rate > 0.0 ? options.learning_rate : problem.recipe.learning_rate),
        optimizer_(problem.network.parameters(), problem.recipe.weight_decay) {
    if (rows.train.size() < 2) throw std::invalid_argument("training needs at least 2 rows");
    if (!problem.class_weights.empty()) {
      weights_ = torch::tensor(problem.class_weights, torch::kFloat64).to(torch::kFloat32);
    }
    if (averages()) average_ = copied(state_of(problem.network));
    if (!options.checkpoint.empty()) resume();
  }

  FitSummary run() {
    saved_ = Clock::now();
    while (static_cast<int>(history_.size()) < options_.max_epochs && epochs_since_best() < options_.patience) {
      if (!run_epoch(static_cast<int>(history_.size()) + 1)) return {true, history_, 0};
    }
    load_state(problem_.network, best_);
    problem_.network.eval();
    std::size_t n_parameters = 0;
    for (const auto& p : problem_.network.parameters()) n_parameters += static_cast<std::size_t>(p.numel());
    return {false, history_, n_parameters};
  }

 private:
  bool averages() const { return problem_.recipe.ema_decay > 0.0; }

  static NamedTensors copied(const NamedTensors& state) {
    NamedTensors copies;
    for (const auto& [key, tensor] : state) copies[key] = tensor.detach().clone();
    return copies;
  }

  torch::Tensor targets(std::span<const std::size_t> rows) const {
    torch::Tensor result = torch::empty({static_cast<std::int64_t>(rows.size())}, torch::kInt64);
    auto* out = result.data_ptr<std::int64_t>();
    for (std::size_t i = 0; i < rows.size(); ++i) out[i] = problem_.targets[rows[i]];
    return result;
  }

  torch::Tensor loss_of(const torch::Tensor& output, std::span<const std::size_t> rows, double smoothing) const {
    namespace F = torch::nn::functional;
    if (problem_.values.empty()) {
      return F::cross_entropy(output, targets(rows),
                              F::CrossEntropyFuncOptions().weight(weights_).label_smoothing(smoothing));
    }
    torch::Tensor wanted = torch::empty({static_cast<std::int64_t>(rows.size()), 1}, torch::kFloat32);
    auto* out = wanted.data_ptr<float>();
    for (std::size_t i = 0; i < rows.size(); ++i) out[i] = static_cast<float>(problem_.values[rows[i]]);
    return F::mse_loss(output, wanted);
  }

  static double checked(const torch::Tensor& loss) {
    const double value = loss.item<double>();
    if (!std::isfinite(value)) throw std::runtime_error("the loss is not finite; a lower learning rate may help");
    return value;
  }

  /// The learning rate of step `done` of `all`, both counted over all epochs.
  double scheduled(std::size_t done, std::size_t all) const {
    if (!problem_.recipe.cosine) return learning_rate_;
    const double warm_up = std::max(1.0, 0.05 * static_cast<double>(all));
    const double at = static_cast<double>(done) + 1.0;
    const double share = std::min(1.0, (at - warm_up) / std::max(1.0, static_cast<double>(all) - warm_up));
    const double factor = at < warm_up ? at / warm_up : 0.5 * (1.0 + std::cos(std::numbers::pi * share));
    return learning_rate_ * factor;
  }

  double learn(const Batch& batch, double learning_rate) {
    const torch::Tensor output = problem_.forward(batch.inputs);
    const double smoothing = problem_.recipe.label_smoothing;
    torch::Tensor loss = loss_of(output, batch.rows, smoothing);
    if (!batch.partners.empty()) {
      loss = loss * batch.weight + loss_of(output, batch.partners, smoothing) * (1.0 - batch.weight);
    }
    const double value = checked(loss);
    optimizer_.zero_grad();
    loss.backward();
    if (problem_.recipe.clip_norm > 0.0) {
      torch::nn::utils::clip_grad_norm_(problem_.network.parameters(), problem_.recipe.clip_norm);
    }
    optimizer_.step(learning_rate);
    return value * static_cast<double>(batch.rows.size());
  }

  void average(std::size_t n_steps) {
    const torch::NoGradGuard no_grad;
    // The first steps are not worth remembering.
    const double decay = std::min(problem_.recipe.ema_decay, static_cast<double>(1 + n_steps) / (10.0 + n_steps));
    for (const auto& [key, tensor] : state_of(problem_.network)) {
      if (tensor.is_floating_point()) {
        average_[key].lerp_(tensor.detach(), 1.0 - decay);
      } else {
        average_[key].copy_(tensor);
      }
    }
  }

  double validation_loss() {
    const torch::NoGradGuard no_grad;
    problem_.network.eval();
    NamedTensors learned;
    if (averages()) {
      learned = copied(state_of(problem_.network));
      load_state(problem_.network, average_);
    }
    double sum = 0.0;
    for (const auto part : batches_of(rows_.validation, static_cast<std::size_t>(options_.batch_size))) {
      const torch::Tensor output = problem_.judge ? problem_.judge(part) : problem_.forward(problem_.inputs(part));
      sum += checked(loss_of(output.to(torch::kFloat32), part, 0.0)) * static_cast<double>(part.size());
    }
    if (averages()) load_state(problem_.network, learned);
    return sum / static_cast<double>(rows_.validation.size());
  }

  /// False where it was stopped, with a checkpoint.
  bool run_epoch(int number) {
    const auto start = Clock::now();
    problem_.network.train();
    const Rows order = shuffled(rows_.train, options_.seed, number);
    const auto parts = batches_of(order, static_cast<std::size_t>(options_.batch_size));
    const std::size_t done_before = parts.size() * static_cast<std::size_t>(number - 1);
    const std::size_t first_step = step_;
    Prefetched batches(problem_, parts, number);
    for (; step_ < parts.size(); ++step_) {
      if (step_ > first_step && save_when_due(false)) return false;
      const Batch batch = batches.take(step_);
      torch::manual_seed(mixed(options_.seed, number, step_));  // dropout
      const std::size_t n_steps = parts.size() * static_cast<std::size_t>(options_.max_epochs);
      loss_sum_ += learn(batch, scheduled(done_before + step_, n_steps));
      if (averages()) average(done_before + step_);
    }
    const double train_s = std::chrono::duration<double>(Clock::now() - start).count();
    Epoch epoch{number, loss_sum_ / static_cast<double>(order.size()), validation_loss(), false};
    step_ = 0;
    loss_sum_ = 0.0;
    epoch.is_best = epoch.validation_loss < best_loss_;
    if (epoch.is_best) {
      best_loss_ = epoch.validation_loss;
      best_ = averages() ? copied(average_) : copied(state_of(problem_.network));
    }
    history_.push_back(epoch);
    epoch.samples_per_s = static_cast<double>(order.size()) / train_s;
    epoch.waited_share = batches.waited_s() / train_s;
    if (options_.on_epoch) options_.on_epoch(epoch);
    return !save_when_due(true);
  }

  /// Writes a checkpoint where one is due; true where the run is to stop. 0 s means every epoch, not every step.
  bool save_when_due(bool is_epoch_end) {
    const bool stop = options_.stop != nullptr && *options_.stop;
    const double since = std::chrono::duration<double>(Clock::now() - saved_).count();
    if (options_.save_checkpoint &&
        (stop || (since >= options_.checkpoint_every_s && (is_epoch_end || options_.checkpoint_every_s > 0.0)))) {
      options_.save_checkpoint(checkpoint());
      saved_ = Clock::now();
    }
    return stop;
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
    archive.write("identity", c10::IValue(problem_.identity));
    torch::serialize::OutputArchive optimizer;
    optimizer_.save(optimizer);
    archive.write("optimizer", optimizer);
    for (const auto& [key, tensor] : best_) archive.write("best." + key, tensor);
    for (const auto& [key, tensor] : average_) archive.write("average." + key, tensor);
    torch::Tensor history = torch::empty({static_cast<std::int64_t>(history_.size()), 3}, torch::kFloat64);
    auto* out = history.data_ptr<double>();
    for (const Epoch& epoch : history_) {
      *out++ = epoch.train_loss;
      *out++ = epoch.validation_loss;
      *out++ = epoch.is_best ? 1.0 : 0.0;
    }
    archive.write("history", history);
    archive.write("place", torch::tensor({static_cast<double>(step_), loss_sum_}, torch::kFloat64));
    std::ostringstream bytes;
    archive.save_to(bytes);
    return bytes.str();
  }

  void resume() try {
    torch::serialize::InputArchive archive;
    std::istringstream bytes(options_.checkpoint);
    archive.load_from(bytes);
    c10::IValue identity;
    archive.read("identity", identity);
    if (identity.toStringRef() != problem_.identity) {
      throw std::runtime_error("the checkpoint is of " + identity.toStringRef() + ", not of " + problem_.identity);
    }
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
    torch::Tensor history;
    archive.read("history", history);
    const auto* in = history.data_ptr<double>();
    for (std::int64_t i = 0; i < history.size(0); ++i, in += 3) {
      history_.push_back({static_cast<int>(i) + 1, in[0], in[1], in[2] != 0.0});
      if (history_.back().is_best) best_loss_ = in[1];
    }
    torch::Tensor place;
    archive.read("place", place);
    step_ = static_cast<std::size_t>(place[0].item<double>());
    loss_sum_ = place[1].item<double>();
    for (const auto& [key, tensor] : state_of(problem_.network)) {
      if (!history_.empty()) archive.read("best." + key, best_[key]);
      if (averages()) archive.read("average." + key, average_[key]);
    }
  } catch (const c10::Error& e) {
    throw std::runtime_error(std::string("the checkpoint is not one of this network: ") + e.what_without_backtrace());
  }

  const TrainingProblem& problem_;
  const TrainingRows& rows_;
  const FitOptions& options_;
  double learning_rate_;
  AdamW optimizer_;
  torch::Tensor weights_;  // of the classes; undefined: all 1
  NamedTensors best_;
  NamedTensors average_;
  double best_loss_ = std::numeric_limits<double>::infinity();
  std::vector<Epoch> history_;
  std::size_t step_ = 0;  // of the epoch under way
  double loss_sum_ = 0.0;
  Clock::time_point saved_;
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
    outputs.push_back(
        (problem.judge ? problem.judge(batch) : problem.forward(problem.inputs(batch))).to(torch::kFloat64));
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
