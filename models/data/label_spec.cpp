// LabelConfig: its rules, and its short form on the command line.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <optional>
#include <set>
#include <stdexcept>
#include <string_view>

#include "models/data/labels.h"
#include "models/data/quantile.h"

namespace hitscope::models::data {
namespace {

std::string choices() {
  std::string text;
  for (const auto& row : names_of(LabelKind{})) text += (text.empty() ? "" : ", ") + std::string(example_of(row.value));
  return text;
}

[[noreturn]] void refuse(const std::string& spec, const std::string& why) {
  throw std::invalid_argument("`labels` '" + spec + "': " + why + "; the choices are " + choices());
}

template <typename T>
std::optional<T> parse_whole(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  T value{};
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || stop != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<double> parse_list(const std::string& spec, std::string_view list, const char* what) {
  std::vector<double> values;
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    const auto value = parse_whole<double>(list.substr(begin, end - begin));
    if (!value) refuse(spec, "'" + std::string(list.substr(begin, end - begin)) + "' is not " + what);
    values.push_back(*value);
    begin = end + 1;
  }
  return values;
}

int parse_classes(const std::string& spec, std::string_view text) {
  const auto n = parse_whole<int>(text);
  if (!n) refuse(spec, "'" + std::string(text) + "' is not a whole number");
  return *n;
}

double parse_percent(const std::string& spec, std::string_view text) {
  const auto value = parse_whole<double>(text.ends_with('%') ? text.substr(0, text.size() - 1) : text);
  if (!value) refuse(spec, "'" + std::string(text) + "' is not a percentage");
  return *value;
}

LabelConfig parse_percentiles(const std::string& spec, std::string_view text) {
  LabelConfig config{.kind = LabelKind::kGroupPercentiles};
  const std::size_t slash = text.find('/');
  config.edges = parse_list(spec, text.substr(0, slash), "a percentile");
  if (slash == std::string_view::npos) return config;
  config.group_column = text.substr(slash + 1);
  if (config.group_column.empty()) refuse(spec, "the column after '/' is missing");
  return config;
}

/// Whether the spec of a kind is "NAME:VALUE", not "NAME".
bool takes_value(LabelKind kind) {
  return kind == LabelKind::kEqualWidth || kind == LabelKind::kQuantiles || kind == LabelKind::kTopPercent ||
         kind == LabelKind::kGroupPercentiles || kind == LabelKind::kMapping;
}

LabelConfig parse_unchecked(const std::string& spec) {
  const std::string_view text = spec;
  const std::size_t colon = text.find(':');
  const bool has_value = colon != std::string_view::npos;
  const std::string_view name = text.substr(0, colon);
  const std::string_view value = has_value ? text.substr(colon + 1) : "";
  std::optional<LabelKind> kind;
  for (const auto& row : names_of(LabelKind{})) {
    if (row.name == name && row.value != LabelKind::kThresholds && has_value == takes_value(row.value))
      kind = row.value;
  }
  if (!kind && has_value) refuse(spec, "'" + std::string(name) + "' is not the name of a label scheme");
  if (!kind) {
    return {.kind = LabelKind::kThresholds, .edges = parse_list(spec, text, "a number or the name of a label scheme")};
  }
  switch (*kind) {
    case LabelKind::kEqualWidth:
    case LabelKind::kQuantiles:
      return {.kind = *kind, .n_classes = parse_classes(spec, value)};
    case LabelKind::kTopPercent:
      return {.kind = *kind, .percent = parse_percent(spec, value)};
    case LabelKind::kGroupPercentiles:
      return parse_percentiles(spec, value);
    case LabelKind::kMapping:
      if (value.empty()) refuse(spec, "the file after 'map:' is missing");
      return {.kind = *kind, .mapping_file = std::string(value)};
    default:
      return {.kind = *kind};
  }
}

std::string list_text(const std::vector<double>& values) {
  std::string text;
  for (const double value : values) text += (text.empty() ? "" : ",") + number_text(value);
  return text;
}

[[noreturn]] void refuse_field(const std::string& field, const std::string& value, const char* rule) {
  throw std::invalid_argument(field + " is " + value + "; " + rule);
}

bool rises(const std::vector<double>& values) {
  return std::adjacent_find(values.begin(), values.end(), std::greater_equal<>()) == values.end() &&
         std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); });
}

void check_mapping(const std::map<std::string, std::string>& mapping) {
  std::set<std::string> classes;
  for (const auto& [text, name] : mapping) classes.insert(name);
  if (classes.contains("")) throw std::invalid_argument("mapping has a class without a name; every class needs a name");
  if (classes.size() < 2) {
    throw std::invalid_argument("mapping has " + std::to_string(classes.size()) + " classes; it must have at least 2");
  }
}

}  // namespace

void LabelConfig::validate() const {
  const bool is_edge_count = !edges.empty() && edges.size() <= 100;
  switch (kind) {
    case LabelKind::kThresholds:
      if (is_edge_count && rises(edges)) return;
      refuse_field("edges", "'" + list_text(edges) + "'", "it must be 1 to 100 numbers in increasing order");
    case LabelKind::kGroupPercentiles:
      if (is_edge_count && rises(edges) && edges.front() > 0.0 && edges.back() < 100.0) return;
      refuse_field("edges", "'" + list_text(edges) + "'",
                   "it must be 1 to 100 numbers in increasing order, greater than 0 and less than 100");
    case LabelKind::kEqualWidth:
    case LabelKind::kQuantiles:
      if (n_classes >= 2 && n_classes <= 100) return;
      refuse_field("n_classes", std::to_string(n_classes), "it must be from 2 to 100");
    case LabelKind::kTopPercent:
      if (percent > 0.0 && percent < 100.0) return;
      refuse_field("percent", number_text(percent), "it must be greater than 0 and less than 100");
    case LabelKind::kMapping:
      check_mapping(mapping);
      return;
    case LabelKind::kMedian:
    case LabelKind::kCategories:
    case LabelKind::kPopularityClasses:
    case LabelKind::kRegression:
    case LabelKind::kPercentile:
      return;
  }
}

std::string_view example_of(LabelKind kind) {
  switch (kind) {
    case LabelKind::kThresholds:
      return "34,67";
    case LabelKind::kEqualWidth:
      return "equal-width:5";
    case LabelKind::kQuantiles:
      return "quantiles:4";
    case LabelKind::kTopPercent:
      return "top:1";
    case LabelKind::kGroupPercentiles:
      return "percentiles:34,67/COLUMN";
    case LabelKind::kMapping:
      return "map:FILE";
    default:
      return to_string(kind);
  }
}

LabelConfig parse_label_spec(const std::string& spec) {
  LabelConfig config = parse_unchecked(spec);
  if (config.kind == LabelKind::kMapping) return config;  // its table is still to be read
  try {
    config.validate();
  } catch (const std::invalid_argument& e) {
    refuse(spec, e.what());
  }
  return config;
}

std::string to_string(const LabelConfig& config) {
  const std::string name(to_string(config.kind));
  switch (config.kind) {
    case LabelKind::kThresholds:
      return list_text(config.edges);
    case LabelKind::kEqualWidth:
    case LabelKind::kQuantiles:
      return name + ":" + std::to_string(config.n_classes);
    case LabelKind::kTopPercent:
      return name + ":" + number_text(config.percent);
    case LabelKind::kGroupPercentiles:
      return name + ":" + list_text(config.edges) + (config.group_column.empty() ? "" : "/" + config.group_column);
    case LabelKind::kMapping:
      return name + ":" + config.mapping_file;
    default:
      return name;
  }
}

}  // namespace hitscope::models::data
