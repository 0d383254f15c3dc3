// The command line of fetch: the described settings, and what is derived from them (a rate, a proxy, connections).
// Thread safety: one thread per object.
#pragma once

#include "apps/fetch/fetch_run.h"
#include "apps/shell/command.h"

namespace hitscope::apps::fetch {

class FetchOptions {
 public:
  /// Adds every option to `command`. Both must outlive the parsing, as must this object.
  FetchOptions(shell::Command& command, FetchRunConfig& config);
  FetchOptions(const FetchOptions&) = delete;
  FetchOptions& operator=(const FetchOptions&) = delete;

  /// Sets what depends on several options; call it after `command` has parsed. Throws UsageError if the environment
  /// sets a proxy that may not be used.
  void resolve();

 private:
  const shell::Command& command_;
  FetchRunConfig& config_;
};

/// Sets the rate that `text` gives, e.g. "50/5s", "20/s" or "100/min". Throws dsp::FieldError for other texts.
void read_rate(const std::string& text, ingest::HostLimits& limits);

}  // namespace hitscope::apps::fetch
