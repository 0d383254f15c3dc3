#include <algorithm>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>

#include "dsp/json.h"
#include "ingest/tables/dates.h"
#include "ingest/tables/schema.h"

namespace hitscope::ingest::tables {
namespace {

using Json = nlohmann::ordered_json;

/// The error of a schema; it is caught in this file.
struct SchemaProblem : std::runtime_error {
  using std::runtime_error::runtime_error;
};

void check_keys(const Json& object, const std::string& where, std::initializer_list<std::string_view> known) {
  if (!object.is_object()) throw SchemaProblem(where + " is " + object.dump() + "; it must be an object");
  for (const auto& [key, value] : object.items()) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    std::string names;
    for (const std::string_view name : known) names += (names.empty() ? "" : ", ") + std::string(name);
    throw SchemaProblem(where + " has the unknown key '" + key + "'; known are: " + names);
  }
}

std::string text_of(const Json& object, const std::string& key, const std::string& where) {
  if (!object.contains(key)) throw SchemaProblem(where + " has no '" + key + "'");
  const Json& value = object.at(key);
  if (!value.is_string()) throw SchemaProblem(where + ": '" + key + "' is " + value.dump() + "; it must be a text");
  return value.get<std::string>();
}

char mark_of(const Json& column, const std::string& key, const std::string& where, std::string_view allowed) {
  const std::string mark = text_of(column, key, where);
  if (mark.size() == 1 && allowed.find(mark.front()) != std::string_view::npos) return mark.front();
  std::string list;
  for (const char c : allowed) list += (list.empty() ? "'" : ", '") + std::string(1, c) + "'";
  throw SchemaProblem(where + ": '" + key + "' is '" + mark + "'; it must be one of " + list);
}

void check_only_of(const Json& column, const std::string& where, ColumnType type) {
  for (const auto& [key, owner] :
       {std::pair{"decimal", ColumnType::kNumber}, std::pair{"thousands", ColumnType::kNumber},
        std::pair{"percent", ColumnType::kNumber}, std::pair{"date_format", ColumnType::kDate}}) {
    if (!column.contains(key) || type == owner) continue;
    throw SchemaProblem(where + ": '" + key + "' is for columns of type " + std::string(to_string(owner)) +
                        "; this is " + std::string(to_string(type)));
  }
}

void read_number(const Json& json, const std::string& where, ColumnSchema& column) {
  if (json.contains("decimal")) column.decimal = mark_of(json, "decimal", where, ".,");
  if (json.contains("thousands")) column.thousands = mark_of(json, "thousands", where, ",. '_");
  if (column.thousands == column.decimal) {
    throw SchemaProblem(where + ": decimal and thousands are both '" + std::string(1, column.decimal) +
                        "'; they must differ");
  }
  if (!json.contains("percent")) return;
  const Json& percent = json.at("percent");
  if (!percent.is_boolean()) {
    throw SchemaProblem(where + ": 'percent' is " + percent.dump() + "; it must be true or false");
  }
  column.percent = percent.get<bool>();
}

ColumnSchema column_of(const Json& json, std::size_t place) {
  std::string where = "column " + std::to_string(place);
  check_keys(json, where, {"name", "type", "decimal", "thousands", "percent", "date_format"});
  ColumnSchema column;
  column.name = text_of(json, "name", where);
  where += " ('" + column.name + "')";
  const std::string type = text_of(json, "type", where);
  const auto known = column_type_from(type);
  if (!known) {
    throw SchemaProblem(where + ": 'type' is '" + type + "'; it must be empty, number, boolean, date or text");
  }
  column.type = *known;
  check_only_of(json, where, column.type);
  read_number(json, where, column);
  if (column.type != ColumnType::kDate) return column;
  column.date_format = json.contains("date_format") ? text_of(json, "date_format", where) : "iso";
  if (is_date_format(column.date_format)) return column;
  throw SchemaProblem(where + ": 'date_format' is '" + column.date_format +
                      "'; it must be iso, or have a year (%Y, %y), a month (%m, %B, %b) and a day (%d) once each");
}

TableSchema schema_of(const Json& json) {
  check_keys(json, "it", {"format_version", "missing", "columns"});
  const Json version = json.value("format_version", Json());
  if (version != 1) throw SchemaProblem("'format_version' is " + version.dump() + "; only 1 is known");
  TableSchema schema;
  if (json.contains("missing")) {
    const Json& marks = json.at("missing");
    const bool are_texts =
        marks.is_array() && std::all_of(marks.begin(), marks.end(), [](const Json& mark) { return mark.is_string(); });
    if (!are_texts) throw SchemaProblem("'missing' is " + marks.dump() + "; it must be a list of texts");
    schema.missing_marks = marks.get<std::vector<std::string>>();
  }
  const Json columns = json.value("columns", Json());
  if (!columns.is_array()) throw SchemaProblem("'columns' is " + columns.dump() + "; it must be a list");
  std::set<std::string> names;
  for (const Json& column : columns) {
    schema.columns.push_back(column_of(column, schema.columns.size() + 1));
    const std::string& name = schema.columns.back().name;
    if (!names.insert(name).second) throw SchemaProblem("'" + name + "' is named twice in 'columns'");
  }
  return schema;
}

}  // namespace

std::string to_json(const TableSchema& schema) {
  const ColumnSchema defaults;
  Json columns = Json::array();
  for (const ColumnSchema& column : schema.columns) {
    Json json{{"name", column.name}, {"type", to_string(column.type)}};
    if (column.decimal != defaults.decimal) json["decimal"] = std::string(1, column.decimal);
    if (column.thousands != defaults.thousands) json["thousands"] = std::string(1, column.thousands);
    if (column.percent) json["percent"] = true;
    if (!column.date_format.empty()) json["date_format"] = column.date_format;
    columns.push_back(std::move(json));
  }
  return Json{{"format_version", 1}, {"missing", schema.missing_marks}, {"columns", std::move(columns)}}.dump(2) + "\n";
}

tl::expected<TableSchema, Failure> schema_from_json(const std::string& text, const std::string& file_name) {
  std::string problem;
  try {
    return schema_of(dsp::parse_json<Json>(text));
  } catch (const SchemaProblem& error) {
    problem = std::string("is not a table schema: ") + error.what();
  } catch (const dsp::JsonError& error) {
    const std::size_t n_read = std::min(error.byte, text.size());
    const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(n_read), '\n');
    problem = error.byte == 0 ? error.what() : "is not JSON: it breaks in line " + std::to_string(line);
  } catch (const nlohmann::json::exception&) {
    problem = "is not a table schema: a value has the wrong type";
  }
  return tl::make_unexpected(
      Failure{Stage::kCatalogue, FailureKind::kBadFile, file_name + ": " + problem, Action::kStop});
}

}  // namespace hitscope::ingest::tables
