#include "ingest/tables/duplicate_keys.h"

#include <algorithm>
#include <future>
#include <span>
#include <thread>
#include <utility>

#include "dsp/machine.h"
#include "ingest/content_hash.h"
#include "ingest/tables/blanks.h"

namespace hitscope::ingest::tables {
namespace {

constexpr std::size_t kMostNamesListed = 40;
constexpr std::size_t kRowsForTwoThreads = 20'000;

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kMostNamesListed); ++i) text += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > kMostNamesListed) text += " and " + std::to_string(names.size() - kMostNamesListed) + " more";
  return text;
}

/// The stripped text of a cell, so that missing and lost cells are compared by their text.
std::string_view text_of(const TypedColumn& column, std::size_t row) {
  return without_blanks(column.text.at(row));
}

std::uint64_t hash_of(std::string_view text) {
  return xxh3_64(std::as_bytes(std::span(text.data(), text.size())));
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return result;
}

/// key_of(row) and its hash for every row.
template <typename KeyOf>
void fill(std::vector<std::string>& texts, std::vector<std::uint64_t>& hashes, const KeyOf& key_of) {
  const auto fill_rows = [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      texts[row] = key_of(row);
      hashes[row] = hash_of(texts[row]);
    }
  };
  const std::size_t n = texts.size();
  if (n < kRowsForTwoThreads || dsp::usable_cores() < 2) return fill_rows(0, n);
  std::future<void> second_half = std::async(std::launch::async, fill_rows, n / 2, n);
  fill_rows(0, n / 2);
  second_half.get();
}

/// The columns that a rule on one or two columns looks at.
tl::expected<std::vector<const TypedColumn*>, Failure> columns_of(const TypedTable& table, DuplicateRule rule,
                                                                  const CleaningRules& given) {
  using Found = tl::expected<const TypedColumn*, Failure>;
  const auto role_or_given = [&](ColumnRole role, const std::string& name, const std::string& field,
                                 const std::string& what) -> Found {
    if (!name.empty()) return column_named(table, name, field);
    return column_of_role(table, role, "no " + what + " column for `drop_duplicates` song; name it with " + field);
  };
  std::vector<Found> found;
  if (rule == DuplicateRule::kSong) {
    found.push_back(role_or_given(ColumnRole::kArtist, given.artist_column, "`artist_column`", "artist"));
    found.push_back(role_or_given(ColumnRole::kTitle, given.title_column, "`title_column`", "title"));
  } else if (rule == DuplicateRule::kIsrc) {
    found.push_back(column_of_role(table, ColumnRole::kIsrc, "no ISRC column for `drop_duplicates` isrc"));
  } else {
    found.push_back(column_of_role(table, ColumnRole::kClipHash, "no clip hash column for `drop_duplicates` clip"));
  }
  std::vector<const TypedColumn*> columns;
  for (const Found& column : found) {
    if (!column) return tl::make_unexpected(column.error());
    columns.push_back(*column);
  }
  return columns;
}

}  // namespace

tl::unexpected<Failure> bad_rule(const TypedTable& table, const std::string& why) {
  return tl::make_unexpected(Failure{Stage::kCatalogue, FailureKind::kBadFile, table.name + ": " + why, Action::kStop});
}

tl::expected<const TypedColumn*, Failure> column_named(const TypedTable& table, const std::string& name,
                                                       std::string_view flag) {
  if (const auto place = table.find(name)) return &table.columns[*place];
  return bad_rule(table, "no column '" + name + "' (" + std::string(flag) + "); it has: " + listed(table.header()));
}

tl::expected<const TypedColumn*, Failure> column_of_role(const TypedTable& table, ColumnRole role,
                                                         const std::string& mend) {
  const std::vector<std::string> header = table.header();
  if (const auto place = find_role(header, role)) return &table.columns[*place];
  return bad_rule(table, mend + "; it has: " + listed(header));
}

DuplicateKeys DuplicateKeys::exact(const TypedTable& table) {
  DuplicateKeys keys;
  const std::vector<std::string> header = table.header();
  const auto id = find_role(header, ColumnRole::kId);
  const bool is_isrc = id == find_role(header, ColumnRole::kIsrc);  // which tells recordings apart, not rows
  const std::size_t aside = id && !is_isrc ? *id : table.columns.size();
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (i != aside) keys.columns_.push_back(&table.columns[i]);
  }
  keys.hashes_.assign(table.n_rows(), 0);
  keys.has_value_.assign(table.n_rows(), false);
  for (const TypedColumn* column : keys.columns_) {
    for (std::size_t row = 0; row < table.n_rows(); ++row) {
      // Odd, so that no bit of the columns before is lost, and not 1, so that cells that change places change the hash.
      keys.hashes_[row] = keys.hashes_[row] * 0x9E3779B97F4A7C15U + hash_of(text_of(*column, row));
      if (!column->missing[row]) keys.has_value_[row] = true;
    }
  }
  return keys;
}

tl::expected<DuplicateKeys, Failure> DuplicateKeys::of(const TypedTable& table, DuplicateRule rule,
                                                       const CleaningRules& given) {
  if (rule == DuplicateRule::kExact) return exact(table);
  const auto columns = columns_of(table, rule, given);
  if (!columns) return tl::make_unexpected(columns.error());
  DuplicateKeys keys;
  keys.hashes_.resize(table.n_rows());
  keys.texts_.resize(table.n_rows());
  const TypedColumn& first = *columns->front();
  const TypedColumn& last = *columns->back();
  fill(keys.texts_, keys.hashes_, [&](std::size_t row) {
    if (rule == DuplicateRule::kSong) return song_key(first.cell(row), last.cell(row));
    return rule == DuplicateRule::kIsrc ? isrc_key(first.cell(row)) : lower(first.cell(row));
  });
  return keys;
}

bool DuplicateKeys::has_key(std::size_t row) const {
  return texts_.empty() ? has_value_[row] : !texts_[row].empty();
}

bool DuplicateKeys::same(std::size_t row, std::size_t other) const {
  if (!texts_.empty()) return texts_[row] == texts_[other];
  return std::ranges::all_of(
      columns_, [&](const TypedColumn* column) { return text_of(*column, row) == text_of(*column, other); });
}

}  // namespace hitscope::ingest::tables
