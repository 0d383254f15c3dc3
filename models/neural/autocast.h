// Runs convolutions and dense layers in bfloat16 while the object lives, if it was made with `on`.
//
// It is LibTorch's autocast as a scope; it does not scale gradients. Internal to models (includes LibTorch).
// Thread safety: autocast is a property of the calling thread; destroy the object in the thread that made it.
#pragma once

#include <ATen/autocast_mode.h>

namespace hitscope::models::neural {

class Autocast {
 public:
  Autocast(bool on, bool on_cpu) : on_(on), on_cpu_(on_cpu) {
    if (!on_) return;
    if (on_cpu_) {
      at::autocast::set_autocast_cpu_dtype(at::kBFloat16);
      at::autocast::set_cpu_enabled(true);
    } else {
      at::autocast::set_autocast_gpu_dtype(at::kBFloat16);
      at::autocast::set_enabled(true);
    }
    at::autocast::increment_nesting();
  }
  ~Autocast() {
    if (!on_) return;
    if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
    if (on_cpu_) {
      at::autocast::set_cpu_enabled(false);
    } else {
      at::autocast::set_enabled(false);
    }
  }
  Autocast(const Autocast&) = delete;
  Autocast& operator=(const Autocast&) = delete;

 private:
  bool on_;
  bool on_cpu_;
};

}  // namespace hitscope::models::neural
