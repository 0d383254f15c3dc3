// Which columns of a table a head may learn from, and why the others are not among them.
// Thread safety: plain values and free functions without shared state.
#pragma once

#include <string>
#include <vector>

#include "dsp/fields.h"
#include "ingest/tables/table_roles.h"
#include "models/data/dataset.h"

namespace hitscope::apps::examples {

struct FeatureRequest {
  std::vector<std::string> use;    ///< columns; empty: all that can be; {"none"}: no table columns
  std::vector<std::string> leave;  ///< columns that are not to be features
  bool any = false;                ///< columns with a role (the target itself) may be features: what an audit looks at

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
  models::data::FeatureTable table;  ///< a value per row of `rows`
  std::vector<std::string> unused;   ///< "name (reason)"
};

/// The features of the rows `rows` of `table`. Throws UsageError for a column that is not there or may not be one.
FeatureColumns feature_columns(const ingest::tables::TypedTable& table, const ingest::tables::TableRoles& roles,
                               const FeatureRequest& request, const std::vector<std::size_t>& rows);

}  // namespace hitscope::apps::examples
