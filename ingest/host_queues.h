// The rows that wait for their hosts: one queue and one budget per host. Internal to the fetcher.
//
// Rows to be tried again come before new rows, so that begun rows are finished. What a turn costs grows with the hosts
// that have rows waiting, which the fetcher bounds, and not with all hosts of the catalogue.
// Thread safety: one thread per object, that of its Fetcher.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ingest/host_budget.h"
#include "ingest/transfer.h"

namespace hitscope::ingest {

struct HostQueue {
  using Time = HostBudget::Time;
  HostBudget budget;
  std::multimap<Time, std::unique_ptr<Transfer>> again;  ///< by the end of their own wait
  std::deque<std::unique_ptr<Transfer>> fresh;

  Time last_used = Time::min();

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
  std::size_t n_hosts() const { return hosts_.size(); }
  /// When the first row of a host that is not down may start; Time::max() if waiting alone does not help.
  Time next_start() const;

  /// Calls `visit` for every host with rows while it returns true, starting with another host each time, so that none
  /// is always first.
  template <typename Visit>
  void visit_in_turn(const Visit& visit) {
    std::erase_if(waiting_, [](const auto& host) { return !host.second->has_rows(); });
    std::vector<HostQueue*> turn;  // `visit` may add hosts
    turn.reserve(waiting_.size());
    const auto first = waiting_.upper_bound(first_);
    for (auto host = first; host != waiting_.end(); ++host) turn.push_back(host->second);
    for (auto host = waiting_.begin(); host != first; ++host) turn.push_back(host->second);
    first_ = first == waiting_.end() ? "" : first->first;
    for (HostQueue* host : turn) {
      if (!visit(*host)) return;
    }
  }
  /// Drops all rows after saving bodies that can be continued.
  void drop_rows();
  /// Forgets hosts without rows if there are very many: those from which nothing was learned, then those that were not
  /// used for the longest time.
  void forget_some(Time now);

 private:
  static constexpr std::size_t kMostFresh = 4096;
  static constexpr std::size_t kMostKept = 65'536;

  HostLimits limits_;
  std::map<std::string, HostQueue> hosts_;
  std::map<std::string, HostQueue*> waiting_;  // all of hosts_ that have rows, and some that had
  std::size_t forget_at_ = kMostFresh;         // number of hosts at which forget_some() looks at them
  std::string first_;                          // host after which visit_in_turn() begins
  std::size_t n_waiting_ = 0;
  std::size_t n_held_ = 0;
};

}  // namespace hitscope::ingest
