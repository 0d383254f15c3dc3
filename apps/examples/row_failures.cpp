#include <algorithm>
#include <ostream>

#include "apps/examples/train_data.h"
#include "apps/shell/failure_summary.h"

namespace hitscope::apps::examples {

using ingest::FailureKind;

void tell_failures(const TrainData& data, std::ostream& out) {
  shell::FailureSummary summary;
  for (const TrainRow& row : data.rows) {
    const bool asked_for = row.failure && row.failure->kind == FailureKind::kLeftOut;
    if (row.failure && !asked_for) summary.add(*row.failure);
  }
  summary.print(out);
}

bool all_rows_fine(const TrainData& data) {
  return std::all_of(data.rows.begin(), data.rows.end(),
                     [](const TrainRow& row) { return !row.failure || row.failure->kind == FailureKind::kLeftOut; });
}

const std::vector<std::string>* clip_hashes(const TrainData& data) {
  const auto clips = std::find_if(data.identities.begin(), data.identities.end(),
                                  [](const Identity& identity) { return identity.name == kClipIdentity; });
  return clips == data.identities.end() ? nullptr : &clips->keys;
}

}  // namespace hitscope::apps::examples
