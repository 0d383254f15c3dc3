#include "apps/shell/failure_summary.h"

#include "apps/shell/printable.h"

namespace hitscope::apps::shell {
namespace {

/// What is true of every row with a failure of this kind, which then needs no examples; empty for most kinds.
std::string_view said_once(ingest::FailureKind kind) {
  return kind == ingest::FailureKind::kNoUrl ? "the catalogue has no preview URL for them" : "";
}

}  // namespace

void FailureSummary::add(const ingest::Failure& failure) {
  found_.insert(failure.kind);
  constexpr std::size_t kExamples = 2;
  Kind& kind = kinds_[std::string(to_string(failure.stage)) + "/" + std::string(to_string(failure.kind))];
  ++kind.count;
  ++count_;
  kind.words = said_once(failure.kind);
  if (kind.words.empty() && kind.examples.size() < kExamples) kind.examples.push_back(one_line(failure.detail));
}

void FailureSummary::print(std::ostream& out) const {
  for (const auto& [name, kind] : kinds_) {
    out << "  failed " << name << ": " << kind.count << (kind.words.empty() ? "" : "; ") << kind.words << '\n';
    for (const std::string& example : kind.examples) out << "    " << example << '\n';
    if (kind.words.empty() && kind.count > kind.examples.size()) out << "    …\n";
  }
}

}  // namespace hitscope::apps::shell
