#include "models/neural/ranks/ranks.h"

#include <algorithm>
#include <exception>
#include <functional>
#include <thread>

#include "models/neural/ranks/rank_group.h"
#include "models/neural/ranks/rank_joining.h"
#include "models/neural/ranks/rank_watch.h"
#include "models/neural/ranks/tensor_buckets.h"

namespace hitscope::models::neural::ranks {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

using WorkPtr = c10::intrusive_ptr<c10d::Work>;
using Start = std::function<WorkPtr(RankGroup&, std::vector<torch::Tensor>&)>;

}  // namespace

struct Ranks::Impl {
  const RankPlace place;
  const RankTimeouts timeouts;
  const int exceptions_before = std::uncaught_exceptions();
  StorePtr store;
  std::unique_ptr<RankWatch> watch;
  RankGroupPtr gloo;
  RankGroupPtr nccl;
  bool failed = false;

  Impl(const RankPlace& its_place, const RankTimeouts& its_timeouts);
  ~Impl();

  bool goes_by_nccl(const torch::Tensor& tensor);
  WorkPtr started(const torch::Tensor& sent, const Start& start);
  void finish(const WorkPtr& work, bool by_nccl);
  /// Starts one collective for each bucket, then waits for them in turn.
  void over_buckets(std::span<const torch::Tensor> tensors, std::size_t bucket_bytes, const Start& start);
  /// Throws where the watch knows of a reason.
  void check();
  [[noreturn]] void lost(const std::string& reason);
  [[noreturn]] void broken(const std::string& error);
};

Ranks::Impl::Impl(const RankPlace& its_place, const RankTimeouts& its_timeouts)
    : place(its_place), timeouts(its_timeouts) {
  check_place(place);
  const NoSigpipe no_sigpipe;
  store = connect_store(place, timeouts, place.rank == 0);
  await_all(place, *store, timeouts);
  prove_secret(place, *store, timeouts);
  watch = std::make_unique<RankWatch>(place, timeouts.silence, connect_store(place, timeouts, false));
  try {
    gloo = make_gloo(place, timeouts, store);
  } catch (const std::exception& error) {
    const std::string rank = "rank " + std::to_string(place.rank);
    watch->tell(rank + " cannot connect to the others: " + first_line(error));
    const std::string reason = watch->trouble();
    throw std::runtime_error(rank + " of " + std::to_string(place.size) +
                             " cannot join: " + (reason.empty() ? first_line(error) : reason));
  }
}

Ranks::Impl::~Impl() {
  if (!failed) {
    watch->leave();
    watch.reset();
    return;
  }
  watch.reset();
  // Operations that wait for a lost rank cannot be interrupted, and these destructors would wait for them, so the
  // objects are leaked.
  (void)gloo.release();
  (void)nccl.release();
  (void)store.release();
}

bool Ranks::Impl::goes_by_nccl(const torch::Tensor& tensor) {
  if (!tensor.is_cuda()) return false;
  if (!nccl) {
    const NoSigpipe no_sigpipe;
    nccl = make_nccl(place, timeouts, store);
  }
  return static_cast<bool>(nccl);
}

void Ranks::Impl::lost(const std::string& reason) {
  failed = true;
  throw RankLost("rank " + std::to_string(place.rank) + " of " + std::to_string(place.size) + " cannot continue: " +
                 reason + ". Start all ranks again: the training continues from its last checkpoint");
}

void Ranks::Impl::broken(const std::string& error) {
  failed = true;
  const std::string reason = watch->verdict();
  lost(reason.empty() ? "its connection to another rank was lost (" + error + ")" : reason);
}

void Ranks::Impl::check() {
  const std::string reason = watch->trouble();
  if (!reason.empty()) lost(reason);
  if (failed) lost("it had failed before");
}

WorkPtr Ranks::Impl::started(const torch::Tensor& sent, const Start& start) {
  check();
  std::vector<torch::Tensor> tensors{sent};
  try {
    return start(goes_by_nccl(sent) ? *nccl : *gloo, tensors);
  } catch (const std::exception& error) {
    broken(first_line(error));
  }
}

void Ranks::Impl::finish(const WorkPtr& work, bool by_nccl) {
  // Between two looks at what the watch knows; each look in vain costs an exception of LibTorch's.
  constexpr milliseconds kLook{500};
  const auto until = Clock::now() + timeouts.step;
  for (;;) {
    std::string error;
    try {
      // NCCL's wait() returns at once, and the GPU's queue that waits instead cannot be told of a loss, so NCCL is
      // polled.
      if (!by_nccl || work->isCompleted()) {
        work->wait(kLook);
        return;
      }
      std::this_thread::sleep_for(std::chrono::microseconds(100));
    } catch (const std::exception& e) {
      error = first_line(e);
    }
    if (!error.empty() && work->isCompleted()) broken(error);
    check();
    if (Clock::now() > until) {
      const auto limit = std::chrono::duration_cast<std::chrono::seconds>(timeouts.step).count();
      const std::string reason = "the ranks did not all reach the same step within " + std::to_string(limit) + " s";
      watch->tell(reason);
      lost(reason);
    }
  }
}

void Ranks::Impl::over_buckets(std::span<const torch::Tensor> tensors, std::size_t bucket_bytes, const Start& start) {
  const torch::NoGradGuard no_grad;
  const TensorBuckets all(tensors, bucket_bytes);
  std::vector<std::pair<torch::Tensor, WorkPtr>> sent;
  for (const TensorBucket& bucket : all.buckets()) {
    const torch::Tensor joined = bucket.joined();
    sent.emplace_back(goes_by_nccl(joined) ? joined : joined.cpu(), WorkPtr());
    sent.back().second = started(sent.back().first, start);
  }
  for (std::size_t i = 0; i < sent.size(); ++i) {
    const auto& [joined, work] = sent[i];
    finish(work, joined.is_cuda());
    all.buckets()[i].write_back(joined);
  }
  all.write_back();
}

namespace {

class Summed : public torch::autograd::Function<Summed> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& x, Ranks* ranks) {
    context->saved_data["ranks"] = reinterpret_cast<std::int64_t>(ranks);
    torch::Tensor sum = x.clone(torch::MemoryFormat::Contiguous);
    ranks->sum({&sum, 1});
    return sum;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    auto* ranks = reinterpret_cast<Ranks*>(context->saved_data["ranks"].toInt());
    torch::Tensor sum = gradients.front().clone(torch::MemoryFormat::Contiguous);
    ranks->sum({&sum, 1});
    return {sum, torch::Tensor()};
  }
};

}  // namespace

Ranks::Ranks(const RankPlace& place, const RankTimeouts& timeouts) : impl_(std::make_unique<Impl>(place, timeouts)) {}

Ranks::~Ranks() {
  if (!impl_->failed && std::uncaught_exceptions() > impl_->exceptions_before) {
    stop_others("it ended with an error");
  }
}

int Ranks::rank() const {
  return impl_->place.rank;
}

int Ranks::size() const {
  return impl_->place.size;
}

void Ranks::broadcast(std::span<const torch::Tensor> tensors) {
  impl_->over_buckets(tensors, kBucketBytes, [](RankGroup& group, auto& bucket) { return group.broadcast(bucket); });
}

void Ranks::sum(std::span<const torch::Tensor> tensors, std::size_t bucket_bytes) {
  impl_->over_buckets(tensors, bucket_bytes, [](RankGroup& group, auto& bucket) { return group.allreduce(bucket); });
}

std::vector<double> Ranks::sum(const std::vector<double>& values) {
  torch::Tensor all = torch::tensor(values, torch::kFloat64);
  sum({&all, 1});
  const double* first = all.data_ptr<double>();
  return {first, first + all.numel()};
}

double Ranks::sum(double value) {
  return sum(std::vector<double>{value}).front();
}

torch::Tensor Ranks::summed(const torch::Tensor& x) {
  return Summed::apply(x, this);
}

bool Ranks::any(bool flag) {
  return sum(flag ? 1.0 : 0.0) > 0.0;
}

void Ranks::barrier() {
  sum(0.0);
}

void Ranks::stop_others(const std::string& why) noexcept {
  try {
    impl_->failed = true;
    impl_->watch->tell("rank " + std::to_string(impl_->place.rank) + " stopped: " + why);
  } catch (const std::exception&) {
    // They will find out by the broken connection.
  }
}

std::shared_ptr<Ranks> join_ranks(const RankPlace& place, const RankTimeouts& timeouts) {
  return std::make_shared<Ranks>(place, timeouts);
}

bool any_rank(Ranks& ranks, bool flag) {
  return ranks.any(flag);
}

void stop_other_ranks(Ranks& ranks, const std::string& why) noexcept {
  ranks.stop_others(why);
}

}  // namespace hitscope::models::neural::ranks
