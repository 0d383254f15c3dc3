// What is on both sides of the split: groups, songs, clips; and classes that a side lacks.
#include <array>
#include <unordered_map>

#include "models/evaluation/audit_checks.h"

namespace hitscope::models::audit_checks {
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
  constexpr std::array<unsigned, 3> kBits{kFits, kValidates, kTests};
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

/// "'Drake', 'Adele'"; texts from outside stay short.
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

void report(const Rows& rows, const std::string& name, const Overlap& overlap, AuditRule rule,
            std::vector<Finding>& findings) {
  const std::string subject = name.empty() ? "group" : name;
  if (overlap.n_test_rows == 0) {
    if (overlap.n_only_fit == 0) return;
    findings.push_back({Severity::kNote, rule, subject,
                        counted(overlap.n_only_fit, "value") + " of '" + subject +
                            "' in both training and validation rows: early stopping sees what it knows; test rows "
                            "share none"});
    return;
  }
  const double share = static_cast<double>(overlap.n_test_rows) / static_cast<double>(rows.n_tests);
  findings.push_back({Severity::kLeak, rule, subject,
                      counted(overlap.n_test_rows, "test row") + " (" + percent(share) + ") share '" + subject +
                          "' with rows that train or validate: " + counted(overlap.n_keys, "value") +
                          " on both sides, such as " + listed(overlap.examples) + "; split by it"});
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
  report(rows, rows.input.group_name, overlaps.back(), AuditRule::kGroupOverlap, findings);
  for (std::size_t i = 0; i < identities.size(); ++i) {
    report(rows, identities[i].name, overlaps[i], AuditRule::kDuplicateOverlap, findings);
  }
}

void check_classes(const Rows& rows, std::vector<Finding>& findings) {
  if (rows.input.targets.empty()) return;
  const auto n_classes = static_cast<std::size_t>(rows.input.n_classes);
  std::vector<std::array<std::size_t, 3>> counts(n_classes);
  for (std::size_t row = 0; row < rows.n_rows; ++row) {
    const auto part = rows.input.split == nullptr ? Part::kTrain : rows.input.split->part(row);
    ++counts[static_cast<std::size_t>(rows.input.targets[row])][static_cast<std::size_t>(part)];
  }
  for (std::size_t c = 0; c < n_classes; ++c) {
    const auto [n_train, n_validation, n_test] = counts[c];
    const std::string name = rows.class_name(static_cast<int>(c));
    std::string detail;
    if (n_train + n_validation + n_test == 0) {
      detail = "no row is " + name + "; nothing can learn it, and scores leave it out";
    } else if (n_train == 0) {
      detail = "no training row is " + name + " (" + counted(n_test, "test row") + "): it cannot be learned";
    } else if (rows.input.split != nullptr && n_test == 0) {
      detail = "no test row is " + name + " (" + counted(n_train, "training row") + "): scores say nothing about it";
    }
    if (!detail.empty()) findings.push_back({Severity::kWarning, AuditRule::kMissingClass, name, detail});
  }
}

}  // namespace hitscope::models::audit_checks
