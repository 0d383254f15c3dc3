#include "apps/examples/role_checks.h"

#include <fmt/format.h>

#include <algorithm>

#include "apps/shell/verb.h"

namespace hitscope::apps::examples {

void check_needed_roles(const TrainDataConfig& config, const ingest::tables::TypedTable& table,
                        const ingest::tables::TableRoles& roles) {
  if (!config.spectrograms.empty() && !roles.id) {
    throw shell::UsageError(table.name + ": has no id column to join spectrograms on; name it with --id-column");
  }
  if (config.need_dates && !roles.date) {
    throw shell::UsageError(table.name + ": a temporal split needs a column of dates; name it with --date-column");
  }
}

void settle_folds(const TrainDataConfig& config, const ingest::tables::TypedTable& table,
                  ingest::tables::TableRoles& roles, std::vector<std::string>& facts) {
  if (!roles.fold) return;
  const std::string& name = table.columns[*roles.fold].schema.name;
  const auto& use = config.features.use;
  if (std::find(use.begin(), use.end(), name) != use.end()) {
    roles.fold.reset();
  } else if (config.roles.split.empty()) {
    facts.push_back(
        fmt::format("warning: '{0}' may be the folds or parts of a split and is not used as a feature; "
                    "--split-column {0} splits by it (with --cv by each of its folds), --features with its "
                    "name uses it",
                    name));
  }
}

}  // namespace hitscope::apps::examples
