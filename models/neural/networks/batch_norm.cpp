#include "models/neural/networks/batch_norm.h"

#include <stdexcept>
#include <tuple>
#include <utility>
#include <vector>

#include "models/neural/ranks/ranks.h"

namespace hitscope::models::neural::networks {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// Per channel, over all ranks.
struct Statistics {
  torch::Tensor mean;      ///< [channels] float64
  torch::Tensor variance;  ///< [channels] float64, biased
  double count = 0.0;      ///< values per channel
};

torch::Tensor float_like(const torch::Tensor& x, double value) {
  return torch::full({x.size(1)}, value, x.options().dtype(torch::kFloat32));
}

/// Mean and biased variance of this rank's rows, by torch's own pass over them. Its running statistics are float32 so
/// that it counts in float32 where `x` is bfloat16.
std::pair<torch::Tensor, torch::Tensor> own_statistics(const torch::Tensor& x) {
  if (x.numel() == 0) return {float_like(x, 0.0), float_like(x, 0.0)};
  const auto [mean, variance] = torch::batch_norm_update_stats(x, float_like(x, 0.0), float_like(x, 1.0), 0.0);
  return {mean, variance};
}

/// One sum over ranks of counts, sums and sums of squares. In float64, where taking the squared mean from the mean of
/// squares loses nothing that the ranks' own float32 passes had.
Statistics statistics_of_all(const torch::Tensor& x, ranks::Ranks& ranks) {
  const std::int64_t n_channels = x.size(1);
  const auto n = static_cast<double>(x.numel() / n_channels);
  const auto [own_mean, own_variance] = own_statistics(x);
  const torch::Tensor mean = own_mean.to(torch::kFloat64);
  const torch::Tensor squares = own_variance.to(torch::kFloat64) + mean.square();
  const torch::Tensor sums = torch::cat({mean * n, squares * n, torch::full({1}, n, mean.options())});
  ranks.sum({&sums, 1});
  Statistics all;
  all.count = sums[2 * n_channels].item<double>();
  all.mean = sums.narrow(0, 0, n_channels) / all.count;
  all.variance = (sums.narrow(0, n_channels, n_channels) / all.count - all.mean.square()).clamp_min(0.0);
  return all;
}

/// `values` [channels], shaped for broadcasting with `x` [n, channels, …].
torch::Tensor over_channels(const torch::Tensor& values, const torch::Tensor& x) {
  std::vector<std::int64_t> shape(static_cast<std::size_t>(x.dim()), 1);
  shape[1] = x.size(1);
  return values.view(shape);
}

class Normalised : public torch::autograd::Function<Normalised> {
 public:
  static torch::Tensor forward(AutogradContext* context, const torch::Tensor& x, const torch::Tensor& weight,
                               const torch::Tensor& bias, torch::Tensor running_mean, torch::Tensor running_var,
                               double momentum, double eps, ranks::Ranks* ranks) {
    const Statistics all = statistics_of_all(x, *ranks);
    if (all.count <= 1.0) throw std::invalid_argument("batch norm needs more than 1 value per channel over all ranks");
    running_mean.mul_(1.0 - momentum).add_(all.mean, momentum);
    running_var.mul_(1.0 - momentum).add_(all.variance, momentum * all.count / (all.count - 1.0));
    const torch::Tensor mean = all.mean.to(torch::kFloat32);
    const torch::Tensor variance = all.variance.to(torch::kFloat32);
    context->save_for_backward({x, weight, mean, variance});
    context->saved_data["count"] = all.count;
    context->saved_data["eps"] = eps;
    context->saved_data["ranks"] = reinterpret_cast<std::int64_t>(ranks);
    if (x.numel() == 0) return torch::empty_like(x);
    // The function for evaluation, which takes given statistics.
    return std::get<0>(torch::native_batch_norm(x, weight, bias, mean, variance, false, 0.0, eps));
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const variable_list saved = context->get_saved_variables();
    const torch::Tensor& x = saved[0];
    const torch::Tensor& weight = saved[1];
    const torch::Tensor& mean = saved[2];
    const torch::Tensor& variance = saved[3];
    const double eps = context->saved_data["eps"].toDouble();
    const double count = context->saved_data["count"].toDouble();
    auto* ranks = reinterpret_cast<ranks::Ranks*>(context->saved_data["ranks"].toInt());
    const torch::Tensor gradient = gradients[0].defined() ? gradients[0] : torch::zeros_like(x);

    // With y = weight * z + bias and z = (x - mean) / deviation: sums of dy * z and of dy.
    torch::Tensor of_weight = float_like(x, 0.0);
    torch::Tensor of_bias = float_like(x, 0.0);
    if (x.numel() > 0) {
      std::tie(std::ignore, of_weight, of_bias) = torch::native_batch_norm_backward(
          gradient, x, weight, mean, variance, {}, {}, false, eps, {false, true, true});
    }
    const torch::Tensor sums = torch::cat({of_weight, of_bias}).to(torch::kFloat64);
    ranks->sum({&sums, 1});
    const auto n_channels = x.size(1);
    const torch::Tensor inverse = (variance.to(torch::kFloat64) + eps).rsqrt();
    const torch::Tensor scale = weight.to(torch::kFloat64) * inverse;
    // dx = scale * (dy - mean(dy) - z * mean(dy * z)), as dy * scale + x * of_x + shift.
    const torch::Tensor of_x = -scale * inverse * sums.narrow(0, 0, n_channels) / count;
    const torch::Tensor shift = -scale * sums.narrow(0, n_channels, n_channels) / count - of_x * mean;
    const auto spread = [&](const torch::Tensor& values) { return over_channels(values.to(torch::kFloat32), x); };
    torch::Tensor of_input = torch::addcmul(spread(shift), x, spread(of_x));
    of_input = of_input.addcmul_(gradient, spread(scale)).to(x.scalar_type());
    return {of_input, of_weight.to(weight.scalar_type()), of_bias.to(weight.scalar_type()), {}, {}, {}, {}, {}};
  }
};

}  // namespace

torch::Tensor BatchNormOfRanks::normed(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias,
                                       torch::Tensor& running_mean, torch::Tensor& running_var, double momentum,
                                       double eps) const {
  return Normalised::apply(x, weight, bias, running_mean, running_var, momentum, eps, ranks);
}

void share_batch_norms(torch::nn::Module& network, ranks::Ranks* ranks) {
  for (const auto& module : network.modules()) {
    if (auto* norm = dynamic_cast<BatchNormOfRanks*>(module.get())) norm->ranks = ranks;
  }
}

}  // namespace hitscope::models::neural::networks
