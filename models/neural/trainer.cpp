#include "models/neural/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "models/neural/gradient_steps.h"
#include "models/neural/recipes/learning_rate_search.h"
#include "models/neural/recipes/network_options.h"
#include "models/neural/shared_training.h"
#include "models/neural/training_state.h"
#include "models/tensors/safetensors.h"

namespace hitscope::models::neural {
namespace {

using Clock = std::chrono::steady_clock;

tensors::NamedTensors copied(const tensors::NamedTensors& state) {
  tensors::NamedTensors copies;
  for (const auto& [key, tensor] : state) copies[key] = tensor.detach().clone();
  return copies;
}

recipes::Recipe resolved(const recipes::Recipe& own, const FitOptions& options, bool has_classes) {
  const auto& networks = options.of<recipes::NetworkOptions>();
  recipes::Recipe recipe = networks.recipe.over(own);
  if (networks.learning_rate.value > 0.0) recipe.learning_rate = networks.learning_rate.value;
  const bool fits = has_classes ? !needs_values(recipe.stop_metric) : !needs_classes(recipe.stop_metric);
  if (!fits) {
    throw std::invalid_argument("stop_metric is " + std::string(to_string(recipe.stop_metric)) +
                                "; it must be a score of " + (has_classes ? "classes" : "values") +
                                ", like the targets");
  }
  return recipe;
}

class Training {
 public:
  Training(const TrainingProblem& problem, const TrainingRows& rows, const FitOptions& options)
      : problem_(problem),
        rows_(rows),
        options_(options),
        networks_(options.of<recipes::NetworkOptions>()),
        recipe_(resolved(problem.recipe, options, problem.objective.has_classes())),
        device_(device_from(networks_.device)),
        shared_(options.ranks, on_device(problem.network, device_), problem.share),
        steps_(problem, rows.train, options, recipe_, shared_) {
    if (recipe_.ema_decay > 0.0) state_.average = copied(tensors::state_of(problem.network));
    const std::string checkpoint = shared_.of_first(options.checkpoint);
    if (checkpoint.empty()) {
      if (networks_.learning_rate.is_searched) {
        state_.trials = steps_.search();
        recipe_.learning_rate = recipes::steepest_rate(state_.trials).value_or(recipe_.learning_rate);
      }
      state_.learning_rate = recipe_.learning_rate;
    } else {
      state_ = TrainingState::from_bytes(checkpoint, problem.network, steps_.optimizer(), about());
      recipe_.learning_rate = state_.learning_rate;
      state_.end_within(networks_.max_epochs, options.of<EarlyStopping>().patience);
      if (!is_over() && options.on_continue) {
        options.on_continue(static_cast<int>(state_.history.size()) + 1, networks_.max_epochs);
      }
    }
  }

  /// What checkpoints of this training say that they belong to.
  tensors::Metadata about() const {
    tensors::Metadata about{{"identity", problem_.identity}};
    if (!options_.settings_hash.empty()) about["settings"] = options_.settings_hash;
    if (depends_on_length(recipe_)) about["epochs"] = std::to_string(networks_.max_epochs);
    return about;
  }

  FitSummary run() {
    saved_ = Clock::now();
    const std::size_t n_before = state_.history.size();
    while (!is_over()) {
      if (!run_epoch(static_cast<int>(state_.history.size()) + 1)) return summary(true);
    }
    if (options_.keeps_checkpoint && options_.save_checkpoint && state_.history.size() > n_before) save();
    tensors::load_state(problem_.network, state_.best);
    problem_.network.eval();
    problem_.network.to(torch::kCPU);
    return summary(false);
  }

 private:
  static torch::nn::Module& on_device(torch::nn::Module& network, const torch::Device& device) {
    if (!device.is_cpu()) network.to(device);
    return network;
  }

  FitSummary summary(bool stopped) const {
    FitSummary summary;
    summary.stopped = stopped;
    summary.history = state_.history;
    summary.learning_rate = recipe_.learning_rate;
    summary.learning_rate_trials = state_.trials;
    for (const auto& p : problem_.network.parameters()) summary.n_parameters += static_cast<std::size_t>(p.numel());
    return summary;
  }

  void average(std::size_t n_updates) {
    if (state_.average.empty()) return;
    const torch::NoGradGuard no_grad;
    // The first steps are not worth remembering.
    const double decay = std::min(recipe_.ema_decay, static_cast<double>(1 + n_updates) / (10.0 + n_updates));
    for (const auto& [key, tensor] : tensors::state_of(problem_.network)) {
      if (tensor.is_floating_point()) {
        state_.average[key].lerp_(tensor.detach(), 1.0 - decay);
      } else {
        state_.average[key].copy_(tensor);
      }
    }
  }

  /// Loss and metric of the validation rows, with the average weights where there are any.
  void validate(Epoch& epoch) {
    tensors::NamedTensors learned;
    if (!state_.average.empty()) {
      learned = copied(tensors::state_of(problem_.network));
      tensors::load_state(problem_.network, state_.average);
    }
    const torch::Tensor outputs =
        shared_.judged(rows_.validation, [&](auto rows) { return network_outputs(problem_, rows); })
            .to(torch::kFloat32);
    if (!learned.empty()) tensors::load_state(problem_.network, learned);
    epoch.validation_loss = problem_.objective.mean_cost(outputs, rows_.validation);
    if (!std::isfinite(epoch.validation_loss)) {
      throw std::runtime_error("the validation loss is not finite in epoch " + std::to_string(epoch.number) +
                               "; a lower learning rate may help");
    }
    epoch.metric = problem_.objective.metric(outputs, rows_.validation, recipe_.stop_metric);
    epoch.is_best = is_better(epoch);
  }

  bool is_better(const Epoch& epoch) const {
    const auto best =
        std::find_if(state_.history.rbegin(), state_.history.rend(), [](const Epoch& e) { return e.is_best; });
    if (best == state_.history.rend()) return true;
    if (recipe_.stop_metric == recipes::StopMetric::kLoss) return epoch.validation_loss < best->validation_loss;
    if (std::isnan(best->metric)) return !std::isnan(epoch.metric);
    return epoch.metric > best->metric ||
           (epoch.metric == best->metric && epoch.validation_loss < best->validation_loss);
  }

  template <typename Parts>
  static std::size_t rows_from(const Parts& parts, std::size_t first) {
    std::size_t n = 0;
    for (std::size_t i = first; i < parts.size(); ++i) n += parts[i].size();
    return n;
  }

  /// False where it was stopped, with a checkpoint.
  bool run_epoch(int number) {
    const auto start = Clock::now();
    problem_.network.train();
    const auto order = steps_.order_of(number);
    const auto parts = steps_.batches_of_order(order);
    const auto group = static_cast<std::size_t>(recipe_.accumulate);
    const std::size_t updates_each = (parts.size() + group - 1) / group;
    const std::size_t n_updates = updates_each * static_cast<std::size_t>(networks_.max_epochs);
    const std::size_t first_step = state_.step;
    const std::size_t n_rows = rows_from(parts, first_step);  // learned in this process
    BatchFeed ahead = steps_.feed(parts, number);
    while (state_.step < parts.size()) {
      if (state_.step > first_step && save_when_due(false)) return false;
      const std::size_t done = updates_each * static_cast<std::size_t>(number - 1) + state_.step / group;
      const std::size_t end = std::min(parts.size(), state_.step + group);
      const auto learned =
          steps_.learn(ahead, parts, state_.step, end, number, scheduled_rate(recipe_, done, n_updates));
      state_.step = end;
      state_.cost_sum += learned.cost;
      state_.cost_weight += learned.weight;
      stop_ = learned.stop;
      average(done);
    }
    Epoch epoch;
    epoch.number = number;
    const double train_s = std::chrono::duration<double>(Clock::now() - start).count();
    epoch.train_loss = state_.cost_weight > 0.0 ? state_.cost_sum / state_.cost_weight : 0.0;
    validate(epoch);
    state_.step = 0;
    state_.cost_sum = 0.0;
    state_.cost_weight = 0.0;
    if (epoch.is_best)
      state_.best = copied(state_.average.empty() ? tensors::state_of(problem_.network) : state_.average);
    state_.history.push_back(epoch);
    epoch.samples_per_s = static_cast<double>(n_rows) / train_s;
    epoch.waited_share = ahead.waited_s() / train_s;
    if (options_.on_epoch) options_.on_epoch(epoch);
    stop_ = shared_.any(options_.stop != nullptr && *options_.stop);
    return !save_when_due(true);
  }

  bool is_over() const { return state_.is_over(networks_.max_epochs, options_.of<EarlyStopping>().patience); }

  void save() {
    options_.save_checkpoint(state_.to_bytes(problem_.network, steps_.optimizer(), about()));
    saved_ = Clock::now();
  }

  /// Writes a checkpoint where one is due; true where the run is to stop. 0 s means every epoch, not every step.
  bool save_when_due(bool is_epoch_end) {
    const double since = std::chrono::duration<double>(Clock::now() - saved_).count();
    if (options_.save_checkpoint &&
        (stop_ || (since >= networks_.checkpoint_every_s && (is_epoch_end || networks_.checkpoint_every_s > 0.0)))) {
      save();
    }
    return stop_;
  }

  const TrainingProblem& problem_;
  const TrainingRows& rows_;
  const FitOptions& options_;
  const recipes::NetworkOptions& networks_;
  recipes::Recipe recipe_;
  torch::Device device_;
  SharedTraining shared_;
  GradientSteps steps_;
  TrainingState state_;
  Clock::time_point saved_;
  bool stop_ = false;
};

}  // namespace

FitSummary train_network(const TrainingProblem& problem, const TrainingRows& rows, const FitOptions& options) {
  return Training(problem, rows, options).run();
}

void check_limits(const FitOptions& options, const recipes::Recipe& own) {
  const auto& networks = options.of<recipes::NetworkOptions>();
  tensors::Metadata about;
  if (depends_on_length(networks.recipe.over(own))) about["epochs"] = std::to_string(networks.max_epochs);
  TrainingState::check_limits(options.checkpoint, about, networks.max_epochs, options.of<EarlyStopping>().patience);
}

torch::Tensor network_outputs(const TrainingProblem& problem, std::span<const std::size_t> rows) {
  constexpr std::size_t kBatch = 64;
  const torch::NoGradGuard no_grad;
  problem.network.eval();
  const torch::Device device = problem.network.parameters().front().device();
  std::vector<torch::Tensor> outputs;
  for (std::size_t first = 0; first < rows.size(); first += kBatch) {
    const auto part = rows.subspan(first, std::min(kBatch, rows.size() - first));
    const torch::Tensor output = problem.judge ? problem.judge(part) : problem.forward(problem.inputs(part).to(device));
    outputs.push_back(output.to(torch::kCPU, torch::kFloat64));
  }
  return outputs.empty() ? torch::empty({0, 1}, torch::kFloat64) : torch::cat(outputs);
}

data::Probabilities probabilities_of(const torch::Tensor& logits) {
  const torch::Tensor p = logits.softmax(1).contiguous();
  return {static_cast<std::size_t>(p.size(0)),
          static_cast<int>(p.size(1)),
          {p.data_ptr<double>(), p.data_ptr<double>() + p.numel()}};
}

torch::Device device_from(const std::string& name) {
  if (name == "cpu") return torch::kCPU;
  const std::string digits = name.starts_with("cuda:") ? name.substr(5) : "";
  const bool is_numbered =
      !digits.empty() && digits.size() < 4 && digits.find_first_not_of("0123456789") == std::string::npos;
  if (name != "cuda" && !is_numbered) {
    throw std::invalid_argument("device is '" + name + "'; it must be cpu, cuda or cuda:N");
  }
  const auto n_devices = torch::cuda::is_available() ? static_cast<int>(torch::cuda::device_count()) : 0;
  if (n_devices == 0) {
    throw std::invalid_argument("device is '" + name +
                                "', but there is no CUDA device, or LibTorch was built without "
                                "CUDA (like Debian's); use cpu");
  }
  if (is_numbered && std::stoi(digits) >= n_devices) {
    throw std::invalid_argument("device is '" + name + "', but there are only " + std::to_string(n_devices) +
                                " CUDA devices, counted from 0");
  }
  return torch::Device(name);
}

}  // namespace hitscope::models::neural
