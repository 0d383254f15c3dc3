#include "models/neural/gradient_steps.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "models/neural/recipes/learning_rate_search.h"
#include "models/neural/recipes/network_options.h"
#include "models/tensors/safetensors.h"

namespace hitscope::models::neural {
namespace {

std::uint64_t mixed(std::uint64_t seed, int epoch, std::size_t step) {
  std::uint64_t state = seed * 1'000'003 + static_cast<std::uint64_t>(epoch);
  state = state * 0x9E3779B97F4A7C15U + step;
  return state ^ (state >> 29U);
}

/// A sum of costs becomes their mean; a batch with nothing to tell apart weighs nothing.
double divisor(double weight) {
  return std::max(weight, 1e-12);
}

}  // namespace

GradientSteps::GradientSteps(const TrainingProblem& problem, std::span<const std::size_t> train,
                             const FitOptions& options, const recipes::Recipe& recipe, SharedTraining& shared)
    : problem_(problem),
      train_(train),
      options_(options),
      recipe_(recipe),
      shared_(shared),
      device_(problem.network.parameters().front().device()),
      optimizer_(problem.network.parameters(), recipe.weight_decay) {
  if (recipe.balanced_batches && !problem.objective.has_classes()) {
    throw std::invalid_argument("balanced_batches is true; it must be false for values, which have no classes");
  }
  if (train.size() < std::max<std::size_t>(2, shared.n_ranks())) {
    throw std::invalid_argument("training needs at least 2 rows, and one for each process");
  }
}

std::vector<std::size_t> GradientSteps::order_of(int epoch) const {
  return recipe_.balanced_batches ? balanced_rows(train_, problem_.objective.targets(), options_.seed, epoch)
                                  : shuffled_rows(train_, options_.seed, epoch);
}

GradientSteps::Batches GradientSteps::batches_of_order(std::span<const std::size_t> order) const {
  const std::size_t n_ranks = shared_.n_ranks();
  return batches_of(order, static_cast<std::size_t>(options_.of<recipes::NetworkOptions>().batch_size) * n_ranks,
                    std::max<std::size_t>(2, n_ranks));
}

BatchFeed GradientSteps::feed(const Batches& batches, int epoch) const {
  Batches parts;
  for (const auto& batch : batches) parts.push_back(shared_.part(batch));
  auto make = [this, epoch](std::span<const std::size_t> rows) {
    return problem_.training_batch ? problem_.training_batch(rows, epoch) : problem_.inputs(rows);
  };
  return {make, parts, static_cast<bool>(problem_.training_batch)};
}

GradientSteps::Learned GradientSteps::learn(BatchFeed& ahead, const Batches& batches, std::size_t first,
                                            std::size_t end, int epoch, double learning_rate) {
  Learned learned;
  for (std::size_t i = first; i < end; ++i) learned.weight += problem_.objective.weight(batches[i]);
  for (std::size_t i = first; i < end; ++i) {
    const Batch batch = ahead.take(i);
    torch::manual_seed(mixed(options_.seed, epoch, i + searched_));  // dropout
    learned.cost += add_gradients(batch, batches[i], learned.weight, epoch, i);
  }
  const bool told = options_.stop != nullptr && *options_.stop;
  const auto joined = shared_.joined({learned.cost, told});
  update(learning_rate);
  return {joined.cost, learned.weight, joined.stop};
}

/// Adds gradients of cost / total, `batch` being this rank's part of `whole`; gives the cost of the part.
double GradientSteps::add_gradients(const Batch& batch, std::span<const std::size_t> whole, double total, int epoch,
                                    std::size_t step) {
  shared_.begin(whole);
  torch::Tensor output = problem_.forward(batch.to(device_));
  const Objective& objective = problem_.objective;
  const auto cost_of = [&](std::span<const std::size_t> rows) {
    return objective.cost(output, rows, recipe_.label_smoothing, recipe_.focal_gamma);
  };
  torch::Tensor cost;
  if (objective.is_by_pairs() && shared_.n_ranks() > 1) {
    output = shared_.whole(output, whole.size());
    cost = cost_of(whole) / static_cast<double>(shared_.n_ranks());
  } else {
    cost = cost_of(batch.rows);
    if (!batch.partners.empty()) cost = cost * batch.weight + cost_of(batch.partners) * (1.0 - batch.weight);
  }
  const double value = cost.item<double>();
  if (!std::isfinite(value) && !is_searching_) refuse(batch, output, epoch, step);
  (cost / divisor(total)).backward();
  return value;
}

/// Throws an error that says where the loss is not finite, and saves the batch for inspection.
void GradientSteps::refuse(const Batch& batch, const torch::Tensor& output, int epoch, std::size_t step) const {
  std::string words =
      "the loss is not finite in epoch " + std::to_string(epoch) + ", batch " + std::to_string(step + 1);
  if (options_.save_batch) {
    const std::vector<std::int64_t> rows(batch.rows.begin(), batch.rows.end());
    tensors::NamedTensors tensors{{"inputs", batch.inputs.detach().cpu().contiguous()},
                                  {"rows", torch::tensor(rows, torch::kInt64)},
                                  {"outputs", output.detach().cpu().contiguous()}};
    if (batch.columns.defined()) tensors["columns"] = batch.columns.detach().cpu().contiguous();
    words += "; it was saved in " + options_.save_batch(tensors::to_safetensors(tensors));
  }
  throw std::runtime_error(words + "; a lower learning rate may help");
}

void GradientSteps::update(double learning_rate) {
  if (recipe_.clip_norm > 0.0) {
    torch::nn::utils::clip_grad_norm_(problem_.network.parameters(), recipe_.clip_norm);
  }
  optimizer_.step(learning_rate);
  optimizer_.zero_grad();
}

std::vector<LearningRateTrial> GradientSteps::search() {
  tensors::NamedTensors before;
  for (const auto& [key, tensor] : tensors::state_of(problem_.network)) before[key] = tensor.clone();
  problem_.network.train();
  is_searching_ = true;  // a rate that is too high is what it looks for
  std::size_t step = 0;
  int epoch = 0;
  std::vector<std::size_t> order;
  Batches batches;
  const auto trials = recipes::try_learning_rates([&](double rate) {
    if (step == batches.size()) {
      order = order_of(--epoch);  // none of the epochs that will be learned
      batches = batches_of_order(order);
      step = 0;
    }
    BatchFeed ahead = feed({batches[step]}, epoch);
    searched_ = step++;
    const Learned learned = learn(ahead, {batches[searched_]}, 0, 1, epoch, rate);
    return learned.cost / divisor(learned.weight);
  });
  is_searching_ = false;
  searched_ = 0;
  tensors::load_state(problem_.network, before);
  optimizer_ = AdamW(problem_.network.parameters(), recipe_.weight_decay);
  return trials;
}

}  // namespace hitscope::models::neural
