// Somebody else's predictions as they stand in a table: never typed by guess, no cell loses its value.
// Thread safety: plain values and free functions without shared state.
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "dsp/fields.h"

namespace hitscope::ingest::tables {

enum class PredictionKind {
  kByContent,      ///< one of the others, as read_predictions() says
  kClasses,        ///< texts, or whole numbers, that are right or wrong
  kValues,         ///< numbers that are near or far
  kProbabilities,  ///< of 1, where the truth is 0 or 1
};
constexpr auto names_of(PredictionKind) {
  return std::to_array<dsp::Name<PredictionKind>>(
      {{PredictionKind::kByContent, "auto", "chosen by the content; the output says which and why"},
       {PredictionKind::kClasses, "classes", "texts or whole numbers, either equal or not"},
       {PredictionKind::kValues, "values", "numbers, judged by their distance"},
       {PredictionKind::kProbabilities, "probabilities", "probabilities of class 1; the true values are 0 and 1"}});
}
using dsp::to_string;

/// Columns are found by their usual names where empty.
struct PredictionsRequest {
  std::filesystem::path file{};  ///< a table: id, y_true, y_pred[, group]
  std::string id_column{};
  std::string true_column{};
  std::string predicted_column{};
  std::string group_column{};
  PredictionKind kind = PredictionKind::kByContent;

  /// id_column and group_column have the flags of a table's roles.
  template <typename Visit>
  static void describe(Visit&& visit) {
    using C = PredictionsRequest;
    visit(&C::file,
          {.name = "predictions",
           .help = "judge the predictions in this table instead of auditing TABLE; its columns are id, y_true, "
                   "y_pred and, optionally, group",
           .value = "FILE"});
    visit(&C::true_column, {.name = "true_column",
                            .help = "column of the true values (default: y_true, target, label, true, actual)",
                            .value = "COLUMN"});
    visit(&C::predicted_column, {.name = "predicted_column",
                                 .help = "column of the predictions (default: y_pred, prediction, predicted, pred)",
                                 .value = "COLUMN"});
    visit(&C::id_column, {.name = "id_column", .help = "column of the ids", .value = "COLUMN", .flag = "-"});
    visit(&C::group_column, {.name = "group_column", .help = "column of the groups", .value = "COLUMN", .flag = "-"});
    visit(&C::kind, {.name = "kind", .help = "what the predictions are"});
  }
};

struct Predictions {
  std::string name;  ///< of the file, without its folder
  std::size_t n_rows = 0;
  PredictionKind kind = PredictionKind::kClasses;  ///< never kByContent
  std::string read_as;                   ///< "3 classes ('low' is not a number; all of y_pred occur in y_true)"
  std::string intervals_over;            ///< "812 groups of 'artist'", "2,000 rows: no group column"
  std::vector<std::string> ids;          ///< [n_rows], empty texts without a column of ids
  std::vector<std::string> groups;       ///< [n_rows], empty texts where every row is a group of its own
  std::vector<std::string> class_names;  ///< of kClasses, in the order of numbers or of texts; of kProbabilities 0, 1
  std::vector<int> targets;              ///< [n_rows] of kClasses and kProbabilities
  std::vector<int> answers;              ///< [n_rows] of kClasses
  std::vector<double> true_values;       ///< [n_rows] of kValues and kProbabilities
  std::vector<double> predicted_values;  ///< the same
};

/// Truth and predictions are texts, and numbers only where all cells of both are. By content, texts are classes; of
/// numbers, a truth of 0 and 1 with fractions from 0 to 1 is probabilities, whole numbers with at most 30 different
/// ones in the truth are classes (1 and 1.0 the same), and everything else is values.
/// Throws InputError naming file, column and row: no such column, no rows, a row without a value (an empty cell; NA,
/// NaN, … among numbers, or predicted where the truth has no such class), a number that is not finite, a cell that is
/// not of the kind asked for, or over 5,000 classes.
Predictions read_predictions(const PredictionsRequest& request);

std::string with_commas(std::size_t n);  ///< "2,000"
/// "1 row", "2,000 rows".
std::string rows_of(std::size_t n);

}  // namespace hitscope::ingest::tables
