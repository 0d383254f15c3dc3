// Counts failures by kind and keeps the first of each as examples, for a verb to print at its end.
// Thread safety: one thread at a time.
#pragma once

#include <map>
#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/failure.h"

namespace hitscope::apps::shell {

class FailureSummary {
 public:
  void add(const ingest::Failure& failure);
  std::size_t count() const { return count_; }
  bool has(ingest::FailureKind kind) const { return found_.contains(kind); }
  /// Prints a line per kind and up to two examples of each, but of no_url its number only; nothing without failures.
  void print(std::ostream& out) const;

 private:
  struct Kind {
    std::size_t count = 0;
    std::string_view words;  // instead of examples
    std::vector<std::string> examples;
  };
  std::map<std::string, Kind> kinds_;  // keys are "stage/kind"
  std::set<ingest::FailureKind> found_;
  std::size_t count_ = 0;
};

}  // namespace hitscope::apps::shell
