#include "ingest/tables/predictions_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "ingest/input_error.h"
#include "ingest/tables/blanks.h"
#include "ingest/tables/column_roles.h"
#include "ingest/tables/predictions_cells.h"
#include "ingest/tables/probability_columns.h"
#include "ingest/tables/run_predictions.h"
#include "ingest/tables/text_table.h"

namespace hitscope::ingest::tables {
namespace {

using Usual = std::initializer_list<std::string_view>;

constexpr std::size_t kMostWholeClasses = 30;  // more different whole numbers than this are values
constexpr std::size_t kMostClasses = 5000;     // a confusion matrix of 200 MB

struct Reading {
  PredictionKind kind = PredictionKind::kClasses;
  std::string reason;
  std::string otherwise;  ///< how to have it read otherwise; may be empty
};

Reading reading_of(const PredictionCells& cells, const Numbers& numbers) {
  const auto whole = [](const auto& v) {
    return std::all_of(v.begin(), v.end(), [](double x) { return x == std::floor(x); });
  };
  const auto& [truth, predicted] = numbers;
  const bool predicted_whole = whole(predicted);
  if (!predicted_whole && !first_no_probability(numbers)) {
    const auto [least, most] = std::minmax_element(predicted.begin(), predicted.end());
    return {PredictionKind::kProbabilities,
            fmt::format("{} is 0 or 1, {} from {:.4g} to {:.4g}", cells.name(kTruth), cells.name(kPredicted), *least,
                        *most),
            "`kind` values reads them as numbers"};
  }
  if (!predicted_whole || !whole(truth)) {
    return {PredictionKind::kValues,
            cells.name(predicted_whole ? kTruth : kPredicted) + " holds numbers that are not whole",
            "`kind` classes reads them as classes"};
  }
  const std::size_t n_different = std::set<double>(truth.begin(), truth.end()).size();
  if (n_different <= kMostWholeClasses) return {PredictionKind::kClasses, "", "`kind` values reads them as numbers"};
  return {PredictionKind::kValues,
          fmt::format("{} holds {} different whole numbers, over {}", cells.name(kTruth), with_commas(n_different),
                      kMostWholeClasses),
          "`kind` classes reads them as classes"};
}

/// Numbers the classes of both sides in their order; says how many answers the truth knows.
template <typename Class, typename Name>
std::string number_classes(Predictions& p, const PredictionCells& cells, const std::array<std::vector<Class>, 2>& sides,
                           const Name& name) {
  std::map<Class, int> numbers;
  for (const auto& side : sides) {
    for (const Class& value : side) numbers.emplace(value, 0);
  }
  if (numbers.size() > kMostClasses) {
    throw InputError(fmt::format(
        "{}: {} and {} hold {} different classes, more than {}; give `kind` values to read "
        "them as numbers",
        p.name, cells.name(kTruth), cells.name(kPredicted), with_commas(numbers.size()), with_commas(kMostClasses)));
  }
  for (auto& [value, number] : numbers) {
    number = static_cast<int>(p.class_names.size());
    p.class_names.push_back(name(value));
  }
  for (const Class& value : sides[kTruth]) p.targets.push_back(numbers.at(value));
  for (const Class& value : sides[kPredicted]) p.answers.push_back(numbers.at(value));
  const std::set<int> truth(p.targets.begin(), p.targets.end());
  const std::set<int> answers(p.answers.begin(), p.answers.end());
  const auto n_known = static_cast<std::size_t>(
      std::count_if(answers.begin(), answers.end(), [&](int answer) { return truth.contains(answer); }));
  const std::string& predicted = cells.name(kPredicted);
  if (n_known == answers.size()) return fmt::format("all of {} occur in {}", predicted, cells.name(kTruth));
  if (n_known == 0) {
    return fmt::format("none of {} occur in {}; check that both spell the classes in the same way", predicted,
                       cells.name(kTruth));
  }
  return fmt::format("{} of {} different answers in {} occur in {}", n_known, answers.size(), predicted,
                     cells.name(kTruth));
}

void read_classes(Predictions& p, const PredictionCells& cells, const std::optional<Numbers>& numbers,
                  Reading& reading) {
  if (numbers) {
    const auto name = [](double value) { return fmt::format("{}", value == 0.0 ? 0.0 : value); };
    reading.reason = number_classes(p, cells, *numbers, name);
  } else {
    std::array<std::vector<std::string_view>, 2> texts;
    for (const int side : {kTruth, kPredicted}) {
      for (std::size_t row = 0; row < cells.n_rows(); ++row) texts[side].push_back(cells.at(side, row));
    }
    const auto [side, row] = first_text(cells);
    const std::string known = number_classes(p, cells, texts, [](std::string_view text) { return std::string(text); });
    reading.reason = fmt::format("'{}' is not a number; {}", clipped(cells.at(side, row)), known);
  }
}

void read_both_sides(Predictions& p, const PredictionCells& cells, PredictionKind asked) {
  const auto numbers = numbers_of(cells);
  if (!numbers) require_texts(cells, asked == PredictionKind::kByContent);
  if (!numbers && (asked == PredictionKind::kValues || asked == PredictionKind::kProbabilities)) {
    const auto [side, row] = first_text(cells);
    cells.refuse(side, row, "`kind` values and `kind` probabilities need numbers");
  }
  Reading reading = numbers ? reading_of(cells, *numbers) : Reading{};
  if (asked != PredictionKind::kByContent) reading = {asked, "by `kind`", ""};
  p.kind = reading.kind;
  if (p.kind == PredictionKind::kClasses) {
    read_classes(p, cells, numbers, reading);
    p.read_as = fmt::format("{} class{}", with_commas(p.class_names.size()), p.class_names.size() == 1 ? "" : "es");
  } else {
    p.true_values = (*numbers)[kTruth];
    p.predicted_values = (*numbers)[kPredicted];
    p.read_as = p.kind == PredictionKind::kValues ? "values" : "probabilities";
  }
  if (p.kind == PredictionKind::kProbabilities) {
    if (const auto wrong = first_no_probability(*numbers)) {
      cells.refuse(
          wrong->first, wrong->second,
          wrong->first == kTruth ? "for probabilities it must be 0 or 1" : "a probability must be from 0 to 1");
    }
    p.class_names = {"0", "1"};
    p.targets.assign(p.true_values.begin(), p.true_values.end());
    for (const double one : p.predicted_values) p.probabilities.insert(p.probabilities.end(), {1.0 - one, one});
  }
  p.read_as += fmt::format(" ({}){}{}", reading.reason, reading.otherwise.empty() ? "" : "; ", reading.otherwise);
}

/// Takes the probabilities of all classes and adds their columns to `read`; false where the table has none.
bool read_probabilities(Predictions& p, const TextTable& table, std::size_t truth, const PredictionsRequest& request,
                        std::set<std::size_t>& read) {
  const bool may_be = request.kind == PredictionKind::kByContent || request.kind == PredictionKind::kProbabilities;
  if (!may_be || !request.predicted_column.empty()) return false;
  auto found = find_class_probabilities(table, truth);
  if (!found) return false;
  read.insert(found->places.begin(), found->places.end());
  p.kind = PredictionKind::kProbabilities;
  p.class_names = std::move(found->classes);
  p.targets = std::move(found->targets);
  p.probabilities = std::move(found->values);
  p.read_as = fmt::format("probabilities of {} classes ({})", with_commas(p.class_names.size()), found->columns);
  return true;
}

std::optional<std::size_t> column_of(const TextTable& table, const std::string& given, const char* field, Usual usual) {
  for (std::size_t c = 0; c < table.header.size() && !given.empty(); ++c) {
    if (table.header[c] == given) return c;
  }
  if (!given.empty()) {
    throw InputError(fmt::format("{}: `{}` names the column '{}', which it does not have; its columns are: {}",
                                 table.name, field, given, fmt::join(table.header, ", ")));
  }
  for (const std::string_view name : usual) {
    for (std::size_t c = 0; c < table.header.size(); ++c) {
      if (normalised_name(table.header[c]) == name) return c;
    }
  }
  return std::nullopt;
}

std::size_t needed_column(const TextTable& table, const std::string& given, const char* field, Usual usual) {
  if (const auto column = column_of(table, given, field, usual)) return *column;
  throw InputError(fmt::format("{}: has no column {}; name it with `{}` (its columns are: {})", table.name,
                               *usual.begin(), field, fmt::join(table.header, ", ")));
}

TextTable read_table(const std::filesystem::path& path) {
  auto table = read_text_table(path, {});
  if (!table) throw InputError(table.error().detail);
  if (!table->refused.empty()) throw InputError(table->refused.front().failure.detail);
  if (table->n_rows() == 0) throw InputError(path.string() + ": has no rows");
  return std::move(*table);
}

std::vector<std::string> texts_of(const TextTable& table, std::optional<std::size_t> column) {
  std::vector<std::string> texts(table.n_rows());
  for (std::size_t row = 0; column && row < texts.size(); ++row) {
    texts[row] = without_blanks(table.columns[*column].at(row));
  }
  return texts;
}

void read_groups(Predictions& p, const TextTable& table, std::optional<std::size_t> column) {
  p.groups = texts_of(table, column);
  std::set<std::string_view> names(p.groups.begin(), p.groups.end());
  const auto n_alone = static_cast<std::size_t>(std::count(p.groups.begin(), p.groups.end(), ""));
  const std::size_t n_groups = names.size() - names.count("") + n_alone;
  if (!column) {
    p.intervals_over = rows_of(p.n_rows) + ": no group column";
  } else if (n_groups < 2) {  // every draw would be the same, and every interval a point
    p.groups.assign(p.n_rows, "");
    p.intervals_over = fmt::format("{}: '{}' holds only one group", rows_of(p.n_rows), table.header[*column]);
  } else {
    p.intervals_over = fmt::format("{} groups of '{}'", with_commas(n_groups), table.header[*column]);
    if (n_alone > 0) p.intervals_over += fmt::format(" ({} without one)", rows_of(n_alone));
  }
}

/// Names the columns that were not read: one of them may be what was meant.
void add_unread(Predictions& p, const TextTable& table, const std::set<std::size_t>& read) {
  constexpr std::size_t kShown = 5;
  std::vector<std::string> names;
  for (std::size_t c = 0; c < table.header.size(); ++c) {
    if (!read.contains(c)) names.push_back("'" + clipped(table.header[c]) + "'");
  }
  if (names.empty()) return;
  const bool is_cut = names.size() > kShown;
  if (is_cut) names.resize(kShown);
  p.read_as += fmt::format("; not read: {}{}", fmt::join(names, ", "), is_cut ? ", …" : "");
}

}  // namespace

std::string with_commas(std::size_t n) {
  std::string text = std::to_string(n);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
  return text;
}

std::string rows_of(std::size_t n) {
  return with_commas(n) + (n == 1 ? " row" : " rows");
}

Predictions read_predictions(const PredictionsRequest& request) {
  TextTable table = read_table(request.file);
  if (is_of_run(table)) {
    table = test_rows_of(table, request.head, request.file);
  } else if (!request.head.empty()) {
    throw InputError(table.name + ": `head` chooses among the heads of a run's predictions.csv, and this is none");
  }
  const std::size_t truth =
      needed_column(table, request.true_column, "true_column", {"y_true", "target", "label", "true", "actual"});
  const auto group = column_of(table, request.group_column, "group_column",
                               {"group", "artist", "artist_name", "artists", "track_artist", "artist_id"});
  const auto id = column_of(table, request.id_column, "id_column", {"id", "track_id", "song_id", "row"});
  Predictions p;
  p.name = request.file.filename().string();
  p.n_rows = table.n_rows();
  p.ids = texts_of(table, id);
  read_groups(p, table, group);
  std::set<std::size_t> read{truth};
  for (const auto& column : {group, id}) {
    if (column) read.insert(*column);
  }
  if (!read_probabilities(p, table, truth, request, read)) {
    const std::size_t predicted = needed_column(table, request.predicted_column, "predicted_column",
                                                {"y_pred", "prediction", "predicted", "pred"});
    read.insert(predicted);
    read_both_sides(p, PredictionCells(table, truth, predicted), request.kind);
  }
  add_unread(p, table, read);
  return p;
}

}  // namespace hitscope::ingest::tables
