// The rows that wait for their hosts: one queue and one budget a host. Internal to the fetcher.
//
// Rows that are to be tried again go before those that have not been asked for, so that what has begun gets done.
// Thread safety: that of its Fetcher.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <string>

#include "ingest/host_budget.h"
#include "ingest/transfer.h"

namespace hitscope::ingest {

struct HostQueue {
  using Time = HostBudget::Time;
  HostBudget budget;
  std::multimap<Time, std::unique_ptr<Transfer>> again;  ///< by the time that their own wait ends
  std::deque<std::unique_ptr<Transfer>> fresh;

  bool has_rows() const { return !again.empty() || !fresh.empty(); }
  /// When the first row's own wait ends; Time::max() without rows.
  Time first_due() const;
};

class HostQueues {
 public:
  using Time = HostBudget::Time;
  using Owned = std::unique_ptr<Transfer>;

  explicit HostQueues(const HostLimits& limits) : limits_(limits) {}

  HostQueue& of(const Transfer& transfer);
  void put_fresh(Owned transfer);
  void put_again(Time time, Owned transfer);
  /// The first row of a host that has one due by `now`.
  Owned take_first(HostQueue& host, Time now);

  std::size_t n_waiting() const { return n_waiting_; }
  /// Bytes of unfinished bodies that waiting rows keep in memory.
  std::size_t n_held() const { return n_held_; }
  /// When the first row may start of hosts that are not down; Time::max() where none can by waiting alone.
  Time next_start() const;

  /// Calls `visit` for every host while it returns true, from another one each time, so that no name is always first.
  template <typename Visit>
  void visit_in_turn(const Visit& visit) {
    auto next = hosts_.upper_bound(first_);
    first_ = next == hosts_.end() ? "" : next->first;
    for (std::size_t i = 0, n = hosts_.size(); i < n; ++i, ++next) {
      if (next == hosts_.end()) next = hosts_.begin();
      if (!visit(next->second)) return;
    }
  }
  /// Drops all rows, having handed on what can be continued.
  void drop_rows();
  /// Forgets hosts without rows that have taught nothing, where there are very many.
  void forget_some(Time now);

 private:
  HostLimits limits_;
  std::map<std::string, HostQueue> hosts_;
  std::string first_;  // after which visit_in_turn() begins
  std::size_t n_waiting_ = 0;
  std::size_t n_held_ = 0;
};

}  // namespace hitscope::ingest
