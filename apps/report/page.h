// The report of a run as one HTML page that opens offline: verdict first, then findings, data, scores, heads, settings.
//
// The page is made from apps/report/page.html, page.css, the .js files beside them and Chart.js (Debian's
// node-chart.js), all embedded in the program when it is built. Reading it fetches nothing, which a content security
// policy in the page enforces. All its content is one JSON document, shown through textContent only, so that no title,
// class name or file name can become markup.
// Thread safety: a free function without shared state.
//
// The document. Any key may be absent or empty, and its section is then left out; any number may be null.
//   title         string
//   verdict       {clean: bool, n_leaks: int, n_warnings: int}
//   facts         [string], one sentence each, with seeds and split
//   command       string, the command line that repeats the run
//   created       string or null
//   findings      [{severity: "leak" | "warning" | "note", rule, subject, detail}]
//   columns       TABLE: name, type, missing, distinct, range, lost
//   left_out      [{rule: string, rows: int}]
//   labels        {names: [string], parts: [{part: "train", counts: [int]}]}, counts in the order of names
//   best          string, the best head in a sentence
//   glossary      [{name, meaning}], the measures; the key "?" opens it
//   leaderboard   TABLE (baselines first; a row with a cell "baseline" is set apart, "yes" and "no" are coloured;
//                 its caption is shown above the general one),
//                 scores: [{key, title, higher_is_better: bool}], one chart each, the main score first, and
//                 chart: [{name, baseline: bool, and for every key of scores KEY: number, KEY_95: [low, high]}]
//   comparisons   TABLE, one pair of heads per row: difference with interval, McNemar's p
//   splits        TABLE, one kind of split per row (random, group, temporal)
//   folds         TABLE, one fold per row
//   heads         [HEAD], best first: the first is shown unfolded
//   settings      object; its member "versions", an object, is shown as a table
// TABLE is {header: [string], rows: [[string]]} and may have a caption: string.
// HEAD is {name, and any of
//   classes       TABLE, the classification report
//   confusion     [[int]], one row per true class, one column per predicted class; names from labels.names
//   roc           [{name, auc, fpr: [x], tpr: [x]}], the most interesting first: the first five and "macro" are drawn
//   pr            [{name, ap, recall: [x], precision: [x]}], likewise
//   calibration   [{name, predicted: [x], fraction: [x], count: [int]}], likewise
//   epochs        [{epoch: int, train_loss, validation_loss, best: bool}]
//   importance    [{column, mean, sd}], any order
//   spectrograms  [{image: "data:image/png;base64,…", looked, caption, right: bool}]; `looked`, an image too, is where
//                 in the clip the head looked, and may be absent; other images are not shown
//   regression    {target: [x], predicted: [x], rows: int}}, rows is the number of test rows from which they are
//   sampled
// Curves should have at most some hundred points, since more only make the file larger.
//
// For tests, the page sets these attributes when everything is drawn: <html data-charts="drawn/total" data-errors="0"
// data-scroll-width data-window-width>.
#pragma once

#include <string>

namespace hitscope::apps::report {

/// The page for one document; equal documents give equal bytes. Throws std::invalid_argument if `data_json` is not a
/// JSON object in UTF-8.
std::string report_page(const std::string& data_json);

}  // namespace hitscope::apps::report
