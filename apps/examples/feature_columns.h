// Chooses the columns of a table that heads may learn from, and says why the others are not used.
// Thread safety: plain values and free functions without shared state.
#pragma once

#include <string>
#include <vector>

#include "dsp/fields.h"
#include "ingest/tables/table_roles.h"
#include "models/data/examples.h"

namespace hitscope::apps::examples {

struct FeatureRequest {
  std::vector<std::string> use;    ///< columns to use; empty: all that can be; {"none"}: no table columns
  std::vector<std::string> leave;  ///< columns not to use
  bool any = false;                ///< accept columns with a role, such as the target, for an audit

  template <typename Visit>
  static void describe(Visit&& visit) {
    using C = FeatureRequest;
    visit(&C::use, {.name = "features",
                    .help = "columns to learn from, several with commas, or none (default: all usable columns)",
                    .value = "COLUMNS"});
    visit(&C::leave,
          {.name = "no_features", .help = "columns not to learn from, several with commas", .value = "COLUMNS"});
    visit(&C::any, {.name = "any_feature", .is_identity = false, .flag = "-"});
  }
};

struct FeatureColumns {
  models::data::FeatureTable table;  ///< features, [rows.size()] values per column
  std::vector<std::string> unused;   ///< columns that are not used, as "name (reason)"
};

/// The features of the rows `rows` of `table`. Throws UsageError for a requested column that is missing or may not be a
/// feature.
FeatureColumns feature_columns(const ingest::tables::TypedTable& table, const ingest::tables::TableRoles& roles,
                               const FeatureRequest& request, const std::vector<std::size_t>& rows);

}  // namespace hitscope::apps::examples
