#include "ingest/host_queues.h"

#include <algorithm>
#include <utility>

namespace hitscope::ingest {
namespace {

using Time = HostBudget::Time;

}  // namespace

Time HostQueue::first_due() const {
  if (!fresh.empty()) return Time::min();
  return again.empty() ? Time::max() : again.begin()->first;
}

HostQueue& HostQueues::of(const Transfer& transfer) {
  HostQueue& host = hosts_.try_emplace(transfer.host(), HostQueue{HostBudget(limits_), {}, {}}).first->second;
  host.last_used = std::chrono::steady_clock::now();
  return host;
}

void HostQueues::put_fresh(Owned transfer) {
  HostQueue& host = of(*transfer);
  waiting_.emplace(transfer->host(), &host);
  host.fresh.push_back(std::move(transfer));
  ++n_waiting_;
}

void HostQueues::put_again(Time time, Owned transfer) {
  HostQueue& host = of(*transfer);
  n_held_ += transfer->n_held();
  waiting_.emplace(transfer->host(), &host);
  host.again.emplace(time, std::move(transfer));
  ++n_waiting_;
}

HostQueues::Owned HostQueues::take_first(HostQueue& host, Time now) {
  --n_waiting_;
  Owned first;
  if (!host.again.empty() && host.again.begin()->first <= now) {
    first = std::move(host.again.extract(host.again.begin()).mapped());
    n_held_ -= first->n_held();
  } else {
    first = std::move(host.fresh.front());
    host.fresh.pop_front();
  }
  return first;
}

Time HostQueues::next_start() const {
  Time next = Time::max();
  for (const auto& [name, host] : waiting_) {
    const bool waits_for_time = host->has_rows() && !host->budget.is_down() && host->budget.next_start() != Time::max();
    if (waits_for_time) next = std::min(next, std::max(host->first_due(), host->budget.next_start()));
  }
  return next;
}

void HostQueues::drop_rows() {
  for (auto& [name, host] : hosts_) {
    for (auto& [time, transfer] : host.again) transfer->save_part();
    host.again.clear();
    host.fresh.clear();
  }
  waiting_.clear();
  n_waiting_ = n_held_ = 0;
}

void HostQueues::forget_some(Time now) {
  if (hosts_.size() < forget_at_) return;
  std::erase_if(waiting_, [](const auto& host) { return !host.second->has_rows(); });
  std::erase_if(hosts_, [&](const auto& host) { return !host.second.has_rows() && host.second.budget.is_fresh(now); });
  if (hosts_.size() > kMostKept) {
    std::vector<Time> used;
    for (const auto& [name, host] : hosts_) used.push_back(host.last_used);
    std::nth_element(used.begin(), used.begin() + kMostKept / 2, used.end());
    const Time oldest = used[kMostKept / 2];
    std::erase_if(hosts_, [&](const auto& host) {
      return !host.second.has_rows() && host.second.budget.n_running() == 0 && host.second.last_used < oldest;
    });
  }
  forget_at_ = std::max(kMostFresh, 2 * hosts_.size());
}

}  // namespace hitscope::ingest
