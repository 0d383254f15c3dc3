#include "apps/shell/failure_summary.h"

#include "apps/shell/printable.h"

namespace hitscope::apps::shell {

void FailureSummary::add(const ingest::Failure& failure) {
  found_.insert(failure.kind);
  constexpr std::size_t kExamples = 2;
  Kind& kind = kinds_[std::string(to_string(failure.stage)) + "/" + std::string(to_string(failure.kind))];
  ++kind.count;
  ++count_;
  if (kind.examples.size() < kExamples) kind.examples.push_back(one_line(failure.detail));
}

void FailureSummary::print(std::ostream& out) const {
  for (const auto& [name, kind] : kinds_) {
    out << "  failed " << name << ": " << kind.count << '\n';
    for (const std::string& example : kind.examples) out << "    " << example << '\n';
    if (kind.count > kind.examples.size()) out << "    …\n";
  }
}

}  // namespace hitscope::apps::shell
