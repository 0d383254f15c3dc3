#include "models/neural/ranks/rank_watch.h"

#include <condition_variable>
#include <mutex>
#include <torch/csrc/distributed/c10d/Store.hpp>
#include <vector>

namespace hitscope::models::neural::ranks {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kBeat{500};
constexpr milliseconds kLeavingBeat{20};
/// Silence that proves a loss once a connection broke.
constexpr seconds kSuspiciousSilence{4};
/// That rank 0 stays for the others to hear the reason.
constexpr seconds kLinger{2};
constexpr std::int64_t kLeft = std::int64_t{1} << 40U;

const std::string kReason = "watch/reason";
const std::string kSuspect = "watch/suspect";
const std::string kHeard = "watch/heard";
const std::string kGone = "watch/gone";

std::string beat_key(int rank) {
  return "watch/beat/" + std::to_string(rank);
}

std::vector<std::uint8_t> bytes(const std::string& text) {
  return {text.begin(), text.end()};
}

}  // namespace

/// Rank 0's record of the counters of all ranks.
class RollCall {
 public:
  explicit RollCall(int size) : beats_(size, 0), heard_(size, Clock::now()) {}

  /// The reason why the training cannot go on; empty: it can.
  std::string look(c10d::Store& store, milliseconds silence) {
    const bool suspicious = store.check({kSuspect});
    std::string left;
    for (std::size_t rank = 1; rank < beats_.size(); ++rank) {
      const std::string name = "rank " + std::to_string(rank);
      const std::int64_t beat = store.add(beat_key(static_cast<int>(rank)), 0);
      const auto now = Clock::now();
      if (beat != beats_[rank]) heard_[rank] = now;
      beats_[rank] = beat;
      const auto silent = std::chrono::duration_cast<seconds>(now - heard_[rank]);
      if (beat >= kLeft) {
        left = name + " had ended its training before the others";
      } else if (suspicious && now - heard_[rank] > std::min<milliseconds>(kSuspiciousSilence, silence)) {
        return name + " was lost: its process ended, or its machine cannot be reached";
      } else if (now - heard_[rank] > silence) {
        return name + " has shown no sign of life for " + std::to_string(silent.count()) +
               " s: its process is stopped, or its machine cannot be reached";
      }
    }
    return suspicious ? left : "";
  }

 private:
  std::vector<std::int64_t> beats_;
  std::vector<Clock::time_point> heard_;
};

struct RankWatch::State {
  const RankPlace place;
  const milliseconds silence;
  const c10::intrusive_ptr<c10d::Store> store;

  std::mutex mutex;
  std::condition_variable changed;
  // Requests of the rank to its watch.
  std::string told;
  bool suspects = false;
  bool leaves = false;
  bool stops = false;
  // Results of the watch.
  std::string reason;
  bool all_left = false;
  bool ended = false;
  bool told_arrived = false;
  Clock::time_point answered = Clock::now();

  State(const RankPlace& its_place, milliseconds its_silence, c10::intrusive_ptr<c10d::Store> its_store)
      : place(its_place), silence(its_silence), store(std::move(its_store)) {}

  void run();
  bool beat();
  void give(const std::string& why) { store->compareSet(kReason, {}, bytes(why)); }
  void hear();
  void linger();

  // Used by the thread only.
  RollCall roll{place.size};
  std::string given;
  bool has_suspected = false;
  bool has_left = false;
  bool has_heard = false;
};

void RankWatch::State::run() {
  try {
    while (beat()) {
    }
  } catch (const std::exception&) {
    const std::scoped_lock lock(mutex);
    if (reason.empty() && place.rank != 0) {
      reason = "rank 0 was lost: its process ended, or its machine cannot be reached (" + place.master_address +
               ", port " + std::to_string(place.master_port) + ")";
    }
    all_left = true;
  }
  const std::scoped_lock lock(mutex);
  ended = true;
  changed.notify_all();
}

/// False where it was the last.
bool RankWatch::State::beat() {
  std::unique_lock lock(mutex);
  changed.wait_for(lock, leaves ? kLeavingBeat : kBeat,
                   [this] { return stops || told != given || (suspects && !has_suspected) || (leaves && !has_left); });
  const std::string new_told = told;
  const bool suspicion = suspects;
  const bool leaving = leaves;
  const bool stopping = stops;
  lock.unlock();

  if (new_told != given) give(new_told);
  given = new_told;
  if (suspicion && !has_suspected) store->set(kSuspect, bytes("yes"));
  has_suspected = suspicion;
  store->add(beat_key(place.rank), leaving && !has_left ? kLeft : 1);
  if (leaving && !has_left) store->add(kGone, 1);
  has_left = leaving;
  const bool is_last = leaving && store->add(kGone, 0) >= place.size;
  if (place.rank == 0 && !has_heard && !leaving) {
    const std::string found = roll.look(*store, silence);
    if (!found.empty()) give(found);
  }
  if (!has_heard) hear();
  if (stopping && place.rank == 0 && has_heard) linger();

  lock.lock();
  answered = Clock::now();
  told_arrived = !given.empty();
  all_left = is_last;
  changed.notify_all();
  return !stopping;
}

void RankWatch::State::hear() {
  if (!store->check({kReason})) return;
  const std::vector<std::uint8_t> text = store->get(kReason);
  store->add(kHeard, 1);
  has_heard = true;
  const std::scoped_lock lock(mutex);
  reason.assign(text.begin(), text.end());
  changed.notify_all();
}

void RankWatch::State::linger() {
  const auto until = Clock::now() + kLinger;
  while (store->add(kHeard, 0) < place.size && Clock::now() < until) std::this_thread::sleep_for(kLeavingBeat);
}

RankWatch::RankWatch(const RankPlace& place, milliseconds silence, c10::intrusive_ptr<c10d::Store> store)
    : state_(std::make_shared<State>(place, silence, std::move(store))), thread_([state = state_] { state->run(); }) {}

RankWatch::~RankWatch() {
  std::unique_lock lock(state_->mutex);
  state_->stops = true;
  state_->changed.notify_all();
  const bool ended = state_->changed.wait_for(lock, kLinger + seconds(2), [this] { return state_->ended; });
  lock.unlock();
  if (ended) {
    thread_.join();
  } else {
    thread_.detach();  // it holds the state and its store
  }
}

std::string RankWatch::trouble() const {
  const std::scoped_lock lock(state_->mutex);
  if (!state_->reason.empty() || state_->place.rank == 0) return state_->reason;
  const auto silent = Clock::now() - state_->answered;
  if (silent <= state_->silence) return "";
  return "rank 0 has not answered for " + std::to_string(std::chrono::duration_cast<seconds>(silent).count()) +
         " s: its process is stopped, or its machine cannot be reached";
}

std::string RankWatch::verdict() {
  std::unique_lock lock(state_->mutex);
  state_->suspects = true;
  state_->changed.notify_all();
  state_->changed.wait_for(lock, kSuspiciousSilence + seconds(4), [this] { return !state_->reason.empty(); });
  return state_->reason;
}

void RankWatch::tell(const std::string& reason) {
  std::unique_lock lock(state_->mutex);
  if (state_->told.empty()) state_->told = reason;
  state_->changed.notify_all();
  state_->changed.wait_for(lock, seconds(2), [this] { return state_->told_arrived || state_->ended; });
}

void RankWatch::leave() {
  std::unique_lock lock(state_->mutex);
  state_->leaves = true;
  state_->changed.notify_all();
  state_->changed.wait_for(lock, seconds(10), [this] { return state_->all_left || state_->ended; });
}

}  // namespace hitscope::models::neural::ranks
