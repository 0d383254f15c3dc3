#include "ingest/host_budget.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "ingest/fetch_policy.h"

namespace hitscope::ingest {
namespace {

using Time = HostBudget::Time;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Seconds = std::chrono::duration<double>;

constexpr double kBelowMeasured = 0.95;  // the rate taken, of what a host was seen to accept
constexpr double kBelowCeiling = 0.97;   // the rate risen to by itself, of what the host refused
constexpr double kStepDown = 0.75;
constexpr double kRiseTime = 6.0;        // s, in which two thirds of the way to the ceiling are gone
constexpr double kFirstProbe = 0.05;     // how far above the ceiling the first trial goes
constexpr seconds kFirstProbeAfter{30};  // after the last refusal
constexpr seconds kNextProbeAfter{5};    // after a trial that went well; each step is twice the last
constexpr double kLowestRate = 0.05;     // one request in 20 s
constexpr double kShortSlot = 0.005;     // starts closer than this (s) may make up for a late one: timers are coarse

double seconds_between(Time from, Time to) {
  return Seconds(to - from).count();
}

Time later(Time time, double s) {
  return time + std::chrono::duration_cast<Time::duration>(Seconds(s));
}

}  // namespace

void HostLimits::validate() const {
  dsp::check_fields(*this);
  if (longest_backoff >= first_backoff) return;
  std::ostringstream text;
  text << Seconds(longest_backoff).count();
  throw dsp::FieldError("longest_backoff", text.str(), "at least `first_backoff`");
}

HostBudget::HostBudget(const HostLimits& limits)
    : limits_(limits), connections_(std::max(1.0, std::ceil(limits.max_connections / 2.0))) {
  if (limits_.max_requests <= 0) return;
  // Requests that start late may be caught up, so the window includes that time and never holds too many requests.
  double window = Seconds(limits_.window).count();
  if (window / limits_.max_requests < kShortSlot) window += kShortSlot;
  rate_ = top_rate_ = limits_.max_requests / window;
}

std::string HostBudget::why_down() const {
  if (!asked_too_long_) return "failed " + std::to_string(limits_.max_failures) + " times in a row";
  std::ostringstream longest;
  longest << Seconds(limits_.longest_pause).count();
  return "asks for a pause of " + std::to_string(asked_too_long_->count()) +
         " s, which is longer than `longest_pause` allows (" + longest.str() + " s)";
}

Time HostBudget::next_start() const {
  if (n_running_ >= connections()) return Time::max();
  return std::max(paused_until_, rate_ > 0.0 ? next_slot_ : Time::min());
}

void HostBudget::start(Time now) {
  ++n_running_;
  if (epoch_ == Time::min()) epoch_ = now;
  if (rate_ <= 0.0) return;
  const double slot = 1.0 / rate_;
  // A rate that was given must hold in every window; one that was learned may make up for a late timer.
  const bool catches_up = slot < kShortSlot || limits_.max_requests == 0;
  next_slot_ = later(std::max(next_slot_, catches_up ? later(now, -kShortSlot) : now), slot);
}

void HostBudget::answered(Time now) {
  --n_running_;
  n_complaints_ = 0;
  ++n_answers_;
  ++n_accepted_;
  const double step = has_complained_ ? 1.0 / connections_ : 1.0;
  connections_ = std::min(connections_ + step, static_cast<double>(limits_.max_connections));
  if (ceiling_ > 0.0) raise_rate(now);
}

void HostBudget::abandoned() {
  --n_running_;
}

void HostBudget::refused(Time now, Time started, std::optional<seconds> retry_after, bool for_rate, double uniform) {
  --n_running_;
  if (ends_it(retry_after)) return;
  const milliseconds pause = pause_for(retry_after, uniform);
  if (started <= last_complaint_) {
    if (retry_after) paused_until_ = std::max(paused_until_, now + pause);  // the newest word on when to return
    return;
  }
  if (for_rate) learn_rate(now, pause);
  complain(now, pause);
}

void HostBudget::faltered(Time now, Time started, std::optional<seconds> retry_after, double uniform) {
  --n_running_;
  if (ends_it(retry_after) || started <= last_complaint_) return;
  constexpr int kNoAccident = 3;  // one or two among many answers are no reason to let everything wait
  if (n_complaints_ + 1 < kNoAccident && !retry_after) {
    ++n_complaints_;
    return;
  }
  complain(now, pause_for(retry_after, uniform));
}

bool HostBudget::ends_it(std::optional<seconds> retry_after) {
  if (!retry_after || *retry_after <= limits_.longest_pause) return false;
  asked_too_long_ = std::max(*retry_after, asked_too_long_.value_or(seconds(0)));
  return true;
}

/// The pause that the host asks for, slightly extended so that many clients with the same answer do not return at once;
/// back-off if it asks for none.
milliseconds HostBudget::pause_for(std::optional<seconds> retry_after, double uniform) const {
  if (!retry_after || retry_after->count() == 0) {
    return backoff(n_complaints_ + 1, limits_.first_backoff, limits_.longest_backoff, uniform);
  }
  const milliseconds asked = std::min<milliseconds>(*retry_after, limits_.longest_pause);
  const milliseconds extra(static_cast<int>(uniform * std::min(0.1 * static_cast<double>(asked.count()), 1000.0)));
  return std::min(asked + extra, limits_.longest_pause);
}

void HostBudget::complain(Time now, milliseconds pause) {
  ++n_complaints_;
  has_complained_ = true;
  last_complaint_ = now;
  connections_ = std::max(1.0, std::floor(connections_ / 2.0));
  paused_until_ = std::max(paused_until_, now + pause);
  epoch_ = paused_until_;
  n_accepted_ = 0;
}

/// The learned rate is the number of requests accepted since the last pause, divided by the time including the new
/// pause: a host with a window of one second that answers "in a second" after 20 requests accepts 20 per second,
/// however quickly they came.
void HostBudget::learn_rate(Time now, milliseconds pause) {
  const double elapsed = std::max(seconds_between(epoch_, now), 0.0) + Seconds(pause).count();
  const double seen = n_accepted_ > 0 && elapsed > 0.0 ? static_cast<double>(n_accepted_) / elapsed : rate_ / 2.0;
  if (seen <= 0.0) return;  // refused from the first request on: nothing to learn but the pause
  // Once requests are spaced, the pause says little about what the host bears: the rate goes down in steps.
  const double step = kStepDown * rate_;
  ceiling_ = rate_ > 0.0 ? rate_ : seen;
  rate_ = std::min({std::max({kLowestRate, kBelowMeasured * seen, step}), ceiling_, top_rate_});
  raised_ = now + pause;
  next_slot_ = now + pause;
  probe_step_ = kFirstProbe;
  probe_at_ = now + pause + kFirstProbeAfter;
}

void HostBudget::raise_rate(Time now) {
  if (now <= raised_) return;
  if (now >= probe_at_) {
    ceiling_ *= 1.0 + probe_step_;
    probe_step_ *= 2.0;
    probe_at_ = now + kNextProbeAfter;
  }
  const double top = std::max(kBelowCeiling * ceiling_, rate_);
  const double share = 1.0 - std::exp(-seconds_between(raised_, now) / kRiseTime);
  rate_ = std::min(rate_ + share * (top - rate_), top_rate_);
  raised_ = now;
}

bool HostBudget::is_fresh(Time now) const {
  return n_running_ == 0 && n_complaints_ == 0 && !asked_too_long_ && ceiling_ == 0.0 && paused_until_ <= now &&
         next_slot_ <= now;
}

}  // namespace hitscope::ingest
