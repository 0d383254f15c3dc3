#include "apps/examples/row_ids.h"

#include <fmt/format.h>

#include "apps/shell/verb.h"
#include "apps/shell/words.h"
#include "ingest/tables/catalogue.h"

namespace hitscope::apps::examples {

using ingest::Failure;
using ingest::FailureKind;
using ingest::tables::IdMatches;

RowIds::RowIds(const ingest::tables::TypedTable& table, std::optional<std::size_t> id_column)
    : table_(table), column_(id_column) {}

std::string RowIds::of(std::size_t row) const {
  return column_ ? std::string(table_.columns[*column_].cell(row)) : fmt::format("row-{}", table_.numbers[row]);
}

std::optional<Failure> RowIds::failure(std::size_t row) {
  const std::string id = of(row);
  const auto because = [&](FailureKind kind, const std::string& why) {
    return Failure{ingest::Stage::kCatalogue, kind, fmt::format("{}: id '{}' {}", table_.place(row), id, why)};
  };
  if (const auto why = ingest::tables::id_problem(id)) return because(FailureKind::kBadId, *why);
  const auto [first, is_new] = seen_.emplace(id, row);
  if (is_new) return std::nullopt;
  const std::string place =
      table_.parts.empty() ? fmt::format("row {}", table_.numbers[first->second]) : table_.place(first->second);
  return because(FailureKind::kDuplicateId, fmt::format("is already used in {}; ids must be unique", place));
}

IdMatches RowIds::match(std::span<const std::size_t> rows, const std::vector<std::string>& known,
                        const std::string& place, std::vector<std::string>& facts) const {
  std::vector<std::string> wanted;
  for (const std::size_t row : rows) wanted.push_back(of(row));
  IdMatches matches = ingest::tables::match_ids(wanted, known);
  const std::size_t n_others = matches.other_names.size();
  const auto are = [](std::size_t n) { return shell::count_of(n, "id") + (n == 1 ? " is" : " are"); };
  if (n_others > 0) {
    facts.push_back(
        fmt::format("ids: of {}, {} spelled otherwise in {} and matched without folder, extension and "
                    "leading zeros, such as {}",
                    table_.name, are(n_others), place, matches.example));
  }
  if (matches.n_ambiguous > 0) {
    facts.push_back(
        fmt::format("warning: ids: of {}, {} not matched with {}, as without folder, extension and leading "
                    "zeros there is more than one candidate",
                    table_.name, are(matches.n_ambiguous), place));
  }
  if (matches.n_equal + n_others > 0 || wanted.empty() || known.empty()) return matches;
  const std::string why = matches.n_ambiguous == 0
                              ? "they would be equal with or without folder, extension and leading zeros"
                              : "without folder, extension and leading zeros there is more than one candidate";
  throw shell::UsageError(
      fmt::format("{} has no id in common with {}: its ids are such as '{}', those there such as "
                  "'{}' ({}); another column of ids can be named with --id-column",
                  table_.name, place, wanted.front(), known.front(), why));
}

}  // namespace hitscope::apps::examples
