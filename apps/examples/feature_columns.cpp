#include "apps/examples/feature_columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_set>

#include "apps/shell/verb.h"

namespace hitscope::apps::examples {
namespace {

using ingest::tables::TableRoles;
using ingest::tables::TypedColumn;
using ingest::tables::TypedTable;

constexpr std::size_t kMostCategories = 100;

bool has(const std::vector<std::string>& list, const std::string& name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

class Chooser {
 public:
  Chooser(const TypedTable& table, const TableRoles& roles, const FeatureRequest& request,
          const std::vector<std::size_t>& rows)
      : table_(table), roles_(roles), request_(request), rows_(rows) {}

  FeatureColumns choose() {
    const bool none = request_.use == std::vector<std::string>{"none"};
    const bool all = request_.any && request_.use == std::vector<std::string>{"all"};
    for (const std::string& name : request_.use) {
      if (!none && !all) require_column(table_, name, "features");
    }
    for (const std::string& name : request_.leave) require_column(table_, name, "no_features");
    for (std::size_t index = 0; index < table_.columns.size(); ++index) {
      const std::string& name = table_.columns[index].schema.name;
      const bool listed = has(request_.use, name);
      const char* role = roles_.why_no_feature(index);
      if (listed && role != nullptr && !request_.any) {
        throw shell::UsageError(
            fmt::format("--features names '{}', which is {}; it must not be a feature", name, role));
      }
      if (has(request_.leave, name)) {
        leave(name, "--no-features");
      } else if (role != nullptr && !listed && !(all && index == roles_.target)) {
        leave(name, role);
      } else if (none || (!request_.use.empty() && !listed && !all)) {
        leave(name, "not in --features");
      } else {
        add(table_.columns[index], listed);
      }
    }
    return std::move(chosen_);
  }

 private:
  void leave(const std::string& name, const std::string& why) {
    chosen_.unused.push_back(fmt::format("{} ({})", name, why));
  }

  /// A column that --features names is wanted: it is not left out without a word.
  void cannot_use(const std::string& name, const std::string& why) {
    if (has(request_.use, name)) {
      throw shell::UsageError(
          fmt::format("{}: --features names '{}', which cannot be a feature: {}", table_.name, name, why));
    }
    leave(name, why);
  }

  void add(const TypedColumn& source, bool listed) {
    if (source.schema.type == ingest::tables::ColumnType::kDate && !listed) {
      leave(source.schema.name, "a date; name it in --features to use it as a number of days");
    } else if (source.is_numeric()) {
      add_number(source);
    } else {
      add_category(source);
    }
  }

  void add_number(const TypedColumn& source) {
    std::vector<double> values;
    values.reserve(rows_.size());
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    for (const std::size_t row : rows_) {
      values.push_back(source.numbers[row]);
      if (std::isnan(values.back())) continue;
      low = std::min(low, values.back());
      high = std::max(high, values.back());
    }
    if (low >= high) return cannot_use(source.schema.name, low > high ? "no values" : "constant");
    chosen_.table.numeric.push_back({source.schema.name, std::move(values)});
  }

  void add_category(const TypedColumn& source) {
    std::unordered_set<std::string_view> distinct;
    for (const std::size_t row : rows_) {
      if (!source.missing.empty() && !source.missing[row]) distinct.insert(source.cell(row));
      if (distinct.size() > kMostCategories) {
        return cannot_use(source.schema.name, fmt::format("more than {} different texts", kMostCategories));
      }
    }
    if (distinct.size() < 2) return cannot_use(source.schema.name, distinct.empty() ? "no values" : "constant");
    std::vector<std::string> values;
    values.reserve(rows_.size());
    for (const std::size_t row : rows_) values.emplace_back(source.cell(row));
    chosen_.table.categorical.push_back({source.schema.name, std::move(values)});
  }

  const TypedTable& table_;
  const TableRoles& roles_;
  const FeatureRequest& request_;
  const std::vector<std::size_t>& rows_;
  FeatureColumns chosen_;
};

}  // namespace

FeatureColumns feature_columns(const TypedTable& table, const TableRoles& roles, const FeatureRequest& request,
                               const std::vector<std::size_t>& rows) {
  return Chooser(table, roles, request, rows).choose();
}

}  // namespace hitscope::apps::examples
