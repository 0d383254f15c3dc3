#include "models/head_name.h"

#include <algorithm>
#include <numeric>
#include <stdexcept>

namespace hitscope::models {
namespace {

/// The parts of `text` between commas that stand in no parentheses.
std::vector<std::string> parts_of(std::string_view text) {
  std::vector<std::string> parts(1);
  int depth = 0;
  for (const char c : text) {
    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (c == ',' && depth == 0) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

/// The number of letters to insert, remove or replace (Levenshtein).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t corner = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = corner + (a[i] == b[j] ? 0 : 1);
      corner = row[j + 1];
      row[j + 1] = std::min({replaced, corner + 1, row[j] + 1});
    }
  }
  return row.back();
}

void set(dsp::Setting& setting, const std::string& text) {
  if (std::holds_alternative<bool>(setting.initial)) {
    setting.assign(dsp::value_from<bool>(setting.field, text));
  } else {
    setting.read({text});
  }
}

}  // namespace

HeadName HeadName::parse(std::string_view text) {
  const std::size_t end = text.find_first_of(":(");
  HeadName name{std::string(text.substr(0, end)), {}};
  if (end == std::string_view::npos) return name;
  std::string_view rest = text.substr(end + 1);
  if (text[end] == '(') {
    if (!rest.ends_with(')'))
      throw std::invalid_argument("head '" + std::string(text) + "' lacks its last parenthesis");
    rest.remove_suffix(1);
  }
  for (const std::string& part : parts_of(rest)) {
    const std::size_t equals = part.find('=');
    if (part.empty() || equals == 0) {
      throw std::invalid_argument("head '" + std::string(text) + "' must be NAME:PARAMETER=VALUE,..., as in " +
                                  "boosted_trees:max_depth=4,learning_rate=0.05");
    }
    name.parameters.emplace_back(part.substr(0, equals),
                                 equals == std::string::npos ? "true" : part.substr(equals + 1));
  }
  return name;
}

void set_parameters(Head& head, const std::vector<std::pair<std::string, std::string>>& parameters) {
  if (parameters.empty()) return;
  const std::string plain(head.info().name);
  std::vector<dsp::Setting> settings = head.parameters();
  std::vector<std::string> known;
  for (const dsp::Setting& setting : settings) known.emplace_back(setting.field.name);
  for (const auto& [name, value] : parameters) {
    const auto found = std::find(known.begin(), known.end(), name);
    if (found == known.end()) {
      const std::string similar = most_similar(name, known);
      std::string list;
      for (const std::string& one : known) list += (list.empty() ? "" : ", ") + one;
      throw std::invalid_argument("head '" + plain + "' has no parameter '" + name + "'" +
                                  (!similar.empty() ? "; did you mean '" + similar + "'?"
                                   : list.empty()   ? "; it has none"
                                                    : "; it has " + list));
    }
    try {
      set(settings[static_cast<std::size_t>(found - known.begin())], value);
    } catch (const dsp::FieldError& e) {
      throw std::invalid_argument("head '" + plain + "': " + e.what());
    }
  }
  std::string given;
  for (const dsp::Setting& setting : settings) {
    if (setting.value() == setting.initial) continue;
    given += (given.empty() ? "" : ",") + std::string(setting.field.name) + "=" + dsp::text_of(setting.value());
  }
  head.set_given(given);
}

std::string most_similar(std::string_view name, const std::vector<std::string>& known) {
  std::string best;
  std::size_t least = name.size() / 2 + 1;
  for (const std::string& one : known) {
    const std::size_t n = distance(name, one);
    if (n >= least) continue;
    least = n;
    best = one;
  }
  return best;
}

}  // namespace hitscope::models
