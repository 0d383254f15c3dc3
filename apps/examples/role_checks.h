// What a training requires of the roles of its table's columns.
// Thread safety: free functions without shared state.
#pragma once

#include <string>
#include <vector>

#include "apps/examples/train_data.h"
#include "ingest/tables/table_roles.h"

namespace hitscope::apps::examples {

/// Throws UsageError where a role that `config` needs has no column.
void check_needed_roles(const TrainDataConfig& config, const ingest::tables::TypedTable& table,
                        const ingest::tables::TableRoles& roles);
/// A column that looks like folds is no feature, which `facts` say, unless --features names it: then it loses the role.
void settle_folds(const TrainDataConfig& config, const ingest::tables::TypedTable& table,
                  ingest::tables::TableRoles& roles, std::vector<std::string>& facts);

}  // namespace hitscope::apps::examples
