#include "models/neural/grad_cam.h"

#include <stdexcept>
#include <string>

namespace hitscope::models::neural {

torch::Tensor grad_cam(networks::SpectrogramNetworkImpl& network, const torch::Tensor& decibels, std::int64_t output,
                       const torch::Tensor& columns) {
  network.eval();
  torch::Tensor maps;
  {
    const torch::NoGradGuard no_grad;
    maps = network.maps(network.standardised(decibels)).detach();
  }
  const torch::AutoGradMode with_grad(true);
  maps.requires_grad_(true);
  const torch::Tensor logits = network.logits(network.summary(maps), columns);
  if (output < 0 || output >= logits.size(1)) {
    throw std::invalid_argument("grad_cam: output " + std::to_string(output) + " of " + std::to_string(logits.size(1)));
  }
  // Clips do not see each other in evaluation mode: the gradient of the sum is that of each.
  const torch::Tensor gradient = torch::autograd::grad({logits.select(1, output).sum()}, {maps}).front();
  const torch::NoGradGuard no_grad;
  return torch::relu((gradient.mean({2, 3}, true) * maps.detach()).sum(1));
}

std::vector<float> clip_activation(networks::SpectrogramNetworkImpl& network, const std::vector<torch::Tensor>& windows,
                                   const std::vector<std::int64_t>& starts, std::int64_t span, const ClipExtent& clip,
                                   std::int64_t output, const torch::Tensor& columns) {
  const torch::NoGradGuard no_grad;
  const std::int64_t n_bins = windows.front().size(2);
  torch::Tensor sum = torch::zeros({n_bins, clip.n_frames});
  torch::Tensor n_windows = torch::zeros({clip.n_frames});
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const torch::Tensor map = grad_cam(network, windows[i], output, columns).unsqueeze(1);
    sum.narrow(1, starts[i], span) += torch::upsample_bilinear2d(map, {n_bins, span}, false).view({n_bins, span});
    n_windows.narrow(0, starts[i], span) += 1.0;
  }
  torch::Tensor mean = sum / n_windows.clamp_min(1.0);
  if (clip.n_sound > 0) mean.slice(1, clip.n_sound).zero_();
  const double most = mean.max().item<double>();
  if (most > 0.0) mean = mean / most;
  mean = mean.contiguous();
  return {mean.data_ptr<float>(), mean.data_ptr<float>() + mean.numel()};
}

}  // namespace hitscope::models::neural
