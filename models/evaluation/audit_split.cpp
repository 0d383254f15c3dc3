// Finds groups, songs and clips that are on both sides of the split, and classes that a side lacks.
#include <array>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "models/evaluation/audit_checks.h"

namespace hitscope::models::evaluation {
namespace {

struct Overlap {
  std::size_t n_keys = 0;
  std::size_t n_test_rows = 0;
  std::size_t n_only_fit = 0;  ///< keys in training and validation rows that no test row has
  std::vector<std::string> examples;
};

Overlap overlap_of(const Rows& rows, std::span<const std::string> keys) {
  constexpr unsigned kFits = 1;
  constexpr unsigned kValidates = 2;
  constexpr unsigned kTests = 4;
  constexpr unsigned kCounted = 8;
  constexpr std::array<unsigned, 4> kBits{kFits, kValidates, kTests, 0};  // unused rows are on no side
  std::unordered_map<std::string_view, unsigned> parts;
  parts.reserve(rows.n_rows / 2);
  for (std::size_t row = 0; row < rows.n_rows; ++row) {
    if (!keys[row].empty()) parts[keys[row]] |= kBits[static_cast<std::size_t>(rows.input.split->part(row))];
  }
  Overlap overlap;
  // In the order of the rows, which no hash function decides.
  for (std::size_t row = 0; row < rows.n_rows; ++row) {
    if (keys[row].empty()) continue;
    unsigned& bits = parts[keys[row]];
    const bool shared = (bits & kTests) != 0 && (bits & (kFits | kValidates)) != 0;
    overlap.n_test_rows += shared && rows.tests[row] ? 1 : 0;
    if ((bits & kCounted) != 0) continue;
    overlap.n_keys += shared ? 1 : 0;
    overlap.n_only_fit += bits == (kFits | kValidates) ? 1 : 0;
    if (shared && overlap.examples.size() < 3) overlap.examples.push_back(keys[row]);
    bits |= kCounted;
  }
  return overlap;
}

/// Names in quotes, shortened: "'Drake', 'Adele'".
std::string listed(const std::vector<std::string>& examples) {
  constexpr std::size_t kLongest = 60;
  std::string text;
  for (const std::string& example : examples) {
    std::size_t length = std::min(example.size(), kLongest);
    // Not through the middle of a UTF-8 character.
    while (length < example.size() && length > 0 && (static_cast<unsigned char>(example[length]) & 0xC0U) == 0x80U) {
      --length;
    }
    text += (text.empty() ? "'" : ", '") + example.substr(0, length) + (length < example.size() ? "…'" : "'");
  }
  return text;
}

/// A key whose overlap is reported.
struct Key {
  std::string name;
  AuditRule rule;
  std::string mend;
};

void report(const Rows& rows, const Key& key, const Overlap& overlap, std::vector<Finding>& findings) {
  if (overlap.n_test_rows == 0) {
    if (overlap.n_only_fit == 0) return;
    findings.push_back({Severity::kNote, key.rule, key.name,
                        counted(overlap.n_only_fit, "value") + " of '" + key.name +
                            "' occur in both training and validation rows, so early stopping is less reliable; test "
                            "rows share none"});
    return;
  }
  const double share = rows.share_of_tests(overlap.n_test_rows);
  const std::string rest = " with training or validation rows: " + counted(overlap.n_keys, "value") +
                           " on both sides, such as " + listed(overlap.examples);
  // Artists go on releasing: that is what a split by time asks of a model, and no split by artist can be had with it.
  const bool known = rows.input.by_time && key.rule == AuditRule::kGroupOverlap;
  findings.push_back(
      {known ? Severity::kWarning : graded(share), key.rule, key.name,
       counted(overlap.n_test_rows, "test row") + " " + (known ? "(" + percent(share) + ")" : share_told(share)) +
           " share '" + key.name + "'" + rest + "; " +
           (known ? "the split is by time, so the score holds for values that are already known, not for "
                    "new ones"
                  : key.mend)});
}

}  // namespace

void check_overlap(const Rows& rows, std::vector<Finding>& findings) {
  if (rows.n_tests == 0) return;
  const auto& identities = rows.input.identities;
  std::vector<Overlap> overlaps(identities.size() + 1);
  for_each_index(overlaps.size(), [&](std::size_t i) {
    const auto keys = i < identities.size() ? identities[i].keys : rows.input.groups;
    if (!keys.empty()) overlaps[i] = overlap_of(rows, keys);
  });
  const auto key_of = [](const std::string& name, AuditRule rule, const std::string& mend) {
    return Key{name.empty() ? "group" : name, rule, mend.empty() ? "split by it" : mend};
  };
  report(rows, key_of(rows.input.group_name, AuditRule::kGroupOverlap, ""), overlaps.back(), findings);
  for (std::size_t i = 0; i < identities.size(); ++i) {
    report(rows, key_of(identities[i].name, AuditRule::kDuplicateOverlap, identities[i].mend), overlaps[i], findings);
  }
}

void check_credits(const Rows& rows, std::vector<Finding>& findings) {
  const auto& [credits, groups] = std::tie(rows.input.credits, rows.input.groups);
  if (rows.n_tests == 0 || credits.empty()) return;
  std::unordered_set<std::string_view> fit_groups;
  std::unordered_set<std::string_view> fit_names;
  for (std::size_t row = 0; row < rows.n_rows; ++row) {
    if (!rows.fits(row)) continue;
    if (!groups.empty()) fit_groups.insert(groups[row]);
    fit_names.insert(credits[row].begin(), credits[row].end());
  }
  std::size_t n_test_rows = 0;
  std::vector<std::string> examples;
  for (std::size_t row = 0; row < rows.n_rows; ++row) {
    // Whole groups are reported by check_overlap.
    if (!rows.tests[row] || (!groups.empty() && fit_groups.contains(groups[row]))) continue;
    const auto known = std::find_if(credits[row].begin(), credits[row].end(),
                                    [&](const std::string& name) { return fit_names.contains(name); });
    if (known == credits[row].end()) continue;
    ++n_test_rows;
    const bool is_new = std::find(examples.begin(), examples.end(), *known) == examples.end();
    if (is_new && examples.size() < 3) examples.push_back(*known);
  }
  if (n_test_rows == 0) return;
  const std::string name = rows.input.group_name.empty() ? "group" : rows.input.group_name;
  findings.push_back(
      {rows.input.by_time ? Severity::kNote : Severity::kWarning, AuditRule::kGroupOverlap, name + " (credited)",
       counted(n_test_rows, "test row") + " (" + percent(rows.share_of_tests(n_test_rows)) + ") have a new '" + name +
           "' but also credit an artist of training or validation rows, such as " + listed(examples) +
           "; the score is not for unknown artists alone"});
}

void check_classes(const Rows& rows, std::vector<Finding>& findings) {
  if (rows.input.targets.empty()) return;
  const auto n_classes = static_cast<std::size_t>(rows.input.n_classes);
  std::vector<std::array<std::size_t, 4>> counts(n_classes);
  for (std::size_t row = 0; row < rows.n_rows; ++row) {
    const auto part = rows.input.split == nullptr ? data::Part::kTrain : rows.input.split->part(row);
    ++counts[static_cast<std::size_t>(rows.input.targets[row])][static_cast<std::size_t>(part)];
  }
  for (std::size_t c = 0; c < n_classes; ++c) {
    const auto [n_train, n_validation, n_test, n_unused] = counts[c];
    const std::string name = rows.class_name(static_cast<int>(c));
    std::string detail;
    if (n_train + n_validation + n_test + n_unused == 0) {
      detail = "no row has the class " + name + "; no head can learn it, and scores leave it out";
    } else if (n_train == 0) {
      detail = "no training row has the class " + name + " (" + counted(n_test, "test row") + "): it cannot be learned";
    } else if (rows.input.split != nullptr && n_test == 0) {
      detail = "no test row has the class " + name + " (" + counted(n_train, "training row") +
               "): scores say nothing about it";
    }
    if (!detail.empty()) findings.push_back({Severity::kWarning, AuditRule::kMissingClass, name, detail});
  }
}

}  // namespace hitscope::models::evaluation
