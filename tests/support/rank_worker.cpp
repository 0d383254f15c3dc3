// One rank of tests/models/ranks_test.cpp: rank_worker ROLE RANK SIZE PORT WORDS…
//
// Roles that compare print "compared" with what and how far off, and exit with 1 where that is too far. Roles whose
// training breaks print what they are told and exit with 3.
#include <csignal>
#include <iostream>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "models/head.h"
#include "models/heads/runtime.h"
#include "models/neural/autocast.h"
#include "models/neural/networks/batch_norm.h"
#include "models/neural/networks/spectrogram_network.h"
#include "models/neural/ranks/ranks.h"
#include "models/tensors/safetensors.h"
#include "tests/support/rank_checks.h"

namespace hitscope::models::neural::ranks {
namespace {

using namespace tests;

void sums(Ranks& ranks, const Words&) {
  for (const std::size_t bucket_bytes : {std::size_t{3}, std::size_t{5000}, Ranks::kBucketBytes}) {
    std::vector<Tensor> ours = tensors_of(ranks.rank());
    std::vector<Tensor> wanted = tensors_of(0);
    for (int rank = 1; rank < ranks.size(); ++rank) {
      const std::vector<Tensor> others = tensors_of(rank);
      for (std::size_t i = 0; i < wanted.size(); ++i) wanted[i] += others[i];
    }
    if (bucket_bytes == 3) {  // one number a bucket: few of them
      ours.resize(3);
      wanted.resize(3);
      ours[0] = ours[0].narrow(0, 4, 2);
      wanted[0] = wanted[0].narrow(0, 4, 2);
    }
    const std::vector<std::int64_t> strides = ours[2].strides().vec();
    ranks.sum(ours, bucket_bytes);
    for (std::size_t i = 0; i < wanted.size(); ++i) compare("sum " + std::to_string(i), ours[i], wanted[i], 2e-6);
    require(ours[2].strides().vec() == strides, "strides");
    std::vector<Tensor> of_rank_0;
    for (const Tensor& tensor : ours) of_rank_0.push_back(tensor.clone());
    ranks.broadcast(of_rank_0);
    for (std::size_t i = 0; i < ours.size(); ++i) require(torch::equal(ours[i], of_rank_0[i]), "bits of all ranks");
  }
  std::vector<Tensor> given = tensors_of(ranks.rank());
  ranks.broadcast(given);
  const std::vector<Tensor> of_rank_0 = tensors_of(0);
  for (std::size_t i = 0; i < given.size(); ++i) require(torch::equal(given[i], of_rank_0[i]), "broadcast");
  const int last = ranks.size() - 1;
  const double triangle = 0.5 * ranks.size() * last;
  require(ranks.sum(static_cast<double>(ranks.rank())) == triangle, "sum of numbers");
  require(ranks.sum(std::vector<double>{1e-300, 1.0 * ranks.rank()})[1] == triangle, "sum of several numbers");
  require(ranks.any(ranks.rank() == last) && !ranks.any(false), "any");
  ranks.barrier();
}

void summed(Ranks& ranks, const Words& words) {
  const Slice slice = slice_of(ranks, words);
  torch::manual_seed(3);
  const Tensor x = torch::randn({n_rows(words), 4}, torch::kFloat64).requires_grad_(true);
  const Tensor factors = torch::randn({ranks.size(), 4}, torch::kFloat64);
  // Each rank makes another loss of the same sum; theirs together are the whole.
  const auto loss = [](const Tensor& sum, const Tensor& factor) { return (sum.pow(3) * factor).sum(); };
  Tensor whole = torch::zeros({}, torch::kFloat64);
  for (int rank = 0; rank < ranks.size(); ++rank) whole = whole + loss(x.sin().sum(0), factors[rank]);
  whole.backward();
  const Tensor own = slice.of(x.detach()).clone().requires_grad_(true);
  const Tensor sum = ranks.summed(own.sin().sum(0));
  compare("forward", sum.detach(), x.detach().sin().sum(0), 1e-12);
  loss(sum, factors[ranks.rank()]).backward();
  compare("gradient", own.grad(), slice.of(x.grad()), 1e-12);
}

/// One step of `ours` on this rank's rows and of `theirs` on all.
template <class Ours, class Theirs>
void learn(Ranks& ranks, const Slice& slice, Ours& ours, Theirs& theirs, Tensor whole) {
  // bfloat16 has 8 bits: what is written is off, but not what is summed.
  const bool is_float = whole.scalar_type() == torch::kFloat32;
  const Tensor x = slice.of(whole).clone().requires_grad_(true);
  whole.requires_grad_(true);
  const Tensor factors = torch::randn(whole.sizes());
  const Tensor wanted = theirs(whole);
  const Tensor given = ours(x);
  compare("forward", given.detach(), slice.of(wanted.detach()), is_float ? 1e-5 : 0.05);
  theirs->zero_grad();
  ours->zero_grad();
  (wanted.to(torch::kFloat32).sin() * factors).sum().backward();
  (given.to(torch::kFloat32).sin() * slice.of(factors)).sum().backward();
  compare("input gradient", x.grad(), slice.of(whole.grad()), is_float ? 1e-5 : 0.05);
  const std::vector<Tensor> shares{ours->weight.grad(), ours->bias.grad()};
  ranks.sum(shares);
  compare("weight gradient", shares[0], theirs->weight.grad(), is_float ? 1e-4 : 0.5);
  compare("bias gradient", shares[1], theirs->bias.grad(), is_float ? 1e-4 : 0.5);
}

template <class Ours, class Theirs>
void norm_of(Ranks& ranks, const Words& words, const std::vector<std::int64_t>& sides, torch::ScalarType type) {
  torch::manual_seed(5);
  Ours ours(6);
  Theirs theirs(6);
  {
    const torch::NoGradGuard no_grad;
    theirs->weight.copy_(torch::randn({6}));
    theirs->bias.copy_(torch::randn({6}));
  }
  tensors::load_state(*ours, tensors::state_of(*theirs));
  networks::share_batch_norms(*ours, &ranks);
  std::vector<std::int64_t> shape{n_rows(words), 6};
  shape.insert(shape.end(), sides.begin(), sides.end());
  for (int step = 0; step < 3; ++step) {
    Tensor whole = (torch::randn(shape) * 2.0 + 5.0).to(type);
    if (sides.size() == 2) whole = whole.contiguous(torch::MemoryFormat::ChannelsLast);
    learn(ranks, slice_of(ranks, words), ours, theirs, whole);
  }
  compare("running mean", ours->running_mean, theirs->running_mean, 1e-5);
  compare("running variance", ours->running_var, theirs->running_var, 1e-5);
  compare("batches", ours->num_batches_tracked, theirs->num_batches_tracked, 0.0);
  ours->eval();
  theirs->eval();
  const Tensor x = torch::randn(shape);
  compare("evaluation", ours(x), theirs(x), 1e-5);
}

void norms(Ranks& ranks, const Words& words) {
  norm_of<networks::SharedBatchNorm2d, torch::nn::BatchNorm2d>(ranks, words, {5, 4}, torch::kFloat32);
  norm_of<networks::SharedBatchNorm2d, torch::nn::BatchNorm2d>(ranks, words, {5, 4}, torch::kBFloat16);
  norm_of<networks::SharedBatchNorm1d, torch::nn::BatchNorm1d>(ranks, words, {9}, torch::kFloat32);
  norm_of<networks::SharedBatchNorm1d, torch::nn::BatchNorm1d>(ranks, words, {}, torch::kFloat32);
}

/// Gradients of a network on its rows of one batch, loss = own sum / rows of all, against those of the whole batch.
void networks(Ranks& ranks, const Words& words) {
  const Slice slice = slice_of(ranks, words);
  for (const std::string_view name : networks::network_names()) {
    torch::manual_seed(11);
    const networks::SpectrogramShape shape{40, 52, 3};
    const auto whole = networks::make_network(name, shape);
    const auto ours = networks::make_network(name, shape);
    std::vector<Tensor> state;
    for (const auto& [key, tensor] : tensors::state_of(*ours)) state.push_back(tensor);
    tensors::load_state(*ours, tensors::state_of(*whole));
    ranks.broadcast(state);
    networks::share_batch_norms(*ours, &ranks);
    ours->share = {n_rows(words), slice.first};
    const Tensor x = torch::randn({n_rows(words), 1, 40, 52});
    const Tensor factors = torch::randn({n_rows(words), 3});
    const auto learn = [&](networks::SpectrogramNetworkImpl& network, const Tensor& rows, const Tensor& their_factors) {
      torch::manual_seed(12);  // dropout
      const Tensor loss = (network.forward(rows) * their_factors).tanh().sum() / static_cast<double>(n_rows(words));
      loss.backward();
      return loss.item<double>();
    };
    const double wanted = learn(*whole, x, factors);
    const double share = learn(*ours, slice.of(x), slice.of(factors));
    compare(std::string(name) + " loss", torch::tensor(ranks.sum(share)), torch::tensor(wanted), 1e-5);
    std::vector<Tensor> gradients;
    for (const Tensor& weight : ours->parameters()) gradients.push_back(weight.grad());
    ranks.sum(gradients);
    std::size_t i = 0;
    for (const auto& weight : whole->named_parameters()) {
      compare(std::string(name) + " " + weight.key(), gradients[i++], weight.value().grad(), 1e-4);
    }
    for (const auto& buffer : whole->named_buffers()) {
      compare(std::string(name) + " " + buffer.key(), ours->named_buffers()[buffer.key()], buffer.value(), 1e-5);
    }
  }
}

/// Words: the secret of each rank, which main() gives to its place.
void secrets(Ranks& ranks, const Words&) {
  require(ranks.sum(1.0) == ranks.size(), "sum");
}

/// Not for a test: what one sum costs.
void timings(Ranks& ranks, const Words&) {
  const auto milliseconds_of = [&](int n, const auto& sum) {
    sum();
    ranks.barrier();
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < n; ++i) sum();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count() / n;
  };
  const auto say = [&](const std::string& what, double milliseconds) {
    if (ranks.rank() == 0) std::cout << what << ": " << milliseconds << " ms\n";
  };
  const std::vector<Tensor> one{torch::ones({8'000'000})};
  const std::vector<Tensor> many(80, torch::ones({100'000}));
  for (const std::size_t bucket_kib : {256, 1024, 4096, 8192, 25600, 65536}) {
    const auto sum_of = [&](const std::vector<Tensor>& tensors) {
      return milliseconds_of(10, [&] { ranks.sum(tensors, bucket_kib * 1024); });
    };
    const std::string kib = " in buckets of " + std::to_string(bucket_kib) + " KiB";
    say("8 million floats, one tensor," + kib, sum_of(one));
    say("8 million floats, 80 tensors," + kib, sum_of(many));
  }
  for (const std::int64_t n : {1, 257, 1025}) {
    const std::vector<Tensor> few{torch::ones({n}, torch::kFloat64)};
    say(std::to_string(n) + " doubles", milliseconds_of(200, [&] { ranks.sum(few); }));
  }
}

/// Words: what happens to the last rank (or, with "first", to rank 0) after three steps, while the others go backward.
void broken(Ranks& ranks, const Words& words) {
  const std::string& what = words.at(0);
  const int victim = words.size() > 1 && words[1] == "first" ? 0 : ranks.size() - 1;
  const Tensor x = torch::ones({500'000}).requires_grad_(true);
  for (int step = 0;; ++step) {
    const Tensor sum = ranks.summed(x).sum();
    if (step == 3 && ranks.rank() == victim) {
      if (what == "killed") raise(SIGKILL);
      if (what == "halted") raise(SIGSTOP);
      if (what == "late") std::this_thread::sleep_for(std::chrono::seconds(60));
      if (what == "unwinds") throw std::runtime_error("the disk is full");
      if (what == "leaves") return;
      if (what == "fails") {
        ranks.stop_others("shard 3 is missing");
        throw std::runtime_error("shard 3 is missing");
      }
    }
    sum.backward();
  }
}

int run(const std::string& role, const RankPlace& place, const Words& words) try {
  heads::prepare_runtime(1);
  RankTimeouts timeouts;
  timeouts.join = std::chrono::seconds(role == "alone" ? 2 : 60);
  timeouts.silence = std::chrono::seconds(3);
  timeouts.step = std::chrono::seconds(!words.empty() && words[0] == "late" ? 4 : 60);
  Ranks ranks(place, timeouts);
  const std::map<std::string, void (*)(Ranks&, const Words&)> roles{
      {"sums", sums},     {"summed", summed},   {"norms", norms},    {"networks", networks},
      {"broken", broken}, {"timings", timings}, {"secrets", secrets}};
  roles.at(role)(ranks, words);
  return all_close ? 0 : 1;
} catch (const RankLost& error) {
  std::cout << "lost: " << error.what() << "\n";
  return 3;
} catch (const std::exception& error) {
  std::cout << "failed: " << error.what() << "\n";
  return 4;
}

}  // namespace
}  // namespace hitscope::models::neural::ranks

int main(int argc, char** argv) {
  if (argc < 5) return 2;
  hitscope::models::neural::ranks::RankPlace place{
      std::stoi(argv[2]), std::stoi(argv[3]), 0, "127.0.0.1", std::stoi(argv[4]), 1, ""};
  if (argv[1] == std::string("secrets")) place.secret = argv[5 + place.rank];
  return hitscope::models::neural::ranks::run(argv[1], place, {argv + 5, argv + argc});
}
