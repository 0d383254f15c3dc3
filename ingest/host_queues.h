// The rows that wait for their hosts: one queue and one budget per host. Internal to the fetcher.
//
// Rows to be tried again come before new rows, so that begun rows are finished.
// Thread safety: one thread per object, that of its Fetcher.
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
  std::multimap<Time, std::unique_ptr<Transfer>> again;  ///< by the end of their own wait
  std::deque<std::unique_ptr<Transfer>> fresh;

  bool has_rows() const { return !again.empty() || !fresh.empty(); }
  /// The end of the first row's own wait; Time::max() without rows.
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
  /// Takes the first row of a host that is due by `now`.
  Owned take_first(HostQueue& host, Time now);

  std::size_t n_waiting() const { return n_waiting_; }
  /// Bytes of unfinished bodies that waiting rows hold in memory.
  std::size_t n_held() const { return n_held_; }
  /// When the first row of a host that is not down may start; Time::max() if waiting alone does not help.
  Time next_start() const;

  /// Calls `visit` for every host while it returns true, starting with another host each time, so that none is always
  /// first.
  template <typename Visit>
  void visit_in_turn(const Visit& visit) {
    auto next = hosts_.upper_bound(first_);
    first_ = next == hosts_.end() ? "" : next->first;
    for (std::size_t i = 0, n = hosts_.size(); i < n; ++i, ++next) {
      if (next == hosts_.end()) next = hosts_.begin();
      if (!visit(next->second)) return;
    }
  }
  /// Drops all rows after saving bodies that can be continued.
  void drop_rows();
  /// Forgets hosts without rows from which nothing was learned, if there are very many hosts.
  void forget_some(Time now);

 private:
  HostLimits limits_;
  std::map<std::string, HostQueue> hosts_;
  std::string first_;  // host after which visit_in_turn() begins
  std::size_t n_waiting_ = 0;
  std::size_t n_held_ = 0;
};

}  // namespace hitscope::ingest
