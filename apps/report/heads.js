// What one head did: report, confusion, curves, calibration, training, importance, clips.
"use strict";

const MOST_CURVES = 5, MOST_CELLS = 20, MOST_BARS = 20;

const chart_of = (make) => (canvas, t) => new Chart(canvas, make(t));

/** The confusion matrix as a table: rows are true classes, the darker a cell, the larger its share of the row. */
function confusion_table(matrix, names) {
  const rows = matrix.map((row, i) => {
    const total = sum(row);
    return element(
        "tr", {}, row_name(names[i]), row.map((count, j) => {
          const share = total > 0 ? count / total : 0;
          const made = element(
              "td", {class: i === j ? "right" : null}, whole(count),
              element("small", {}, total > 0 ? percent(share, 0) : "–"));
          made.style.setProperty("--share", share.toFixed(3));
          return made;
        }),
        element("td", {}, whole(total)));
  });
  const caption = "Confusion matrix: one row per true class, one column per predicted class; percentages are of the row, " +
      "outlined cells are correct.";
  return scrolling(
      caption,
      element(
          "table", {class: "confusion"}, element("caption", {}, element("span", {}, caption)),
          element(
              "thead", {},
              element(
                  "tr", {}, element("th", {scope: "col"}, "true \\ predicted"),
                  names.map((name) => element("th", {scope: "col", class: "number"}, name)),
                  element("th", {scope: "col", class: "number"}, "rows"))),
          element("tbody", {}, rows)));
}

/** Pairs of classes taken for one another most often. */
function worst_confusions(matrix, names) {
  const pairs = matrix.flatMap((row, i) => row.map((count, j) => ({i, j, count, share: count / Math.max(1, sum(row))})))
                    .filter((pair) => pair.i !== pair.j && pair.count > 0);
  pairs.sort((a, b) => b.count - a.count || b.share - a.share);
  return {
    header: ["true class", "predicted as", "rows", "share of the class"],
    rows: pairs.slice(0, 10).map((p) => [names[p.i], names[p.j], whole(p.count), percent(p.share)])
  };
}

/** Many classes: a square per cell. Returns where the matrix lies, for the pointer. */
function paint_heat_map(canvas, t, matrix, size) {
  const scale = window.devicePixelRatio || 1, n = matrix.length, left = 18, side = (size - left) / n;
  canvas.width = canvas.height = Math.round(size * scale);
  canvas.style.width = canvas.style.height = size + "px";
  const ctx = canvas.getContext("2d");
  ctx.scale(scale, scale);
  ctx.fillStyle = t.grid;
  ctx.fillRect(left, 0, n * side, n * side);
  matrix.forEach((row, i) => {
    const total = Math.max(1, sum(row));
    row.forEach((count, j) => {
      if (!(count > 0)) return;
      // The root lifts rare confusions out of the ground.
      ctx.fillStyle = `rgb(${t.shade} / ${(0.12 + 0.88 * Math.sqrt(count / total)).toFixed(3)})`;
      ctx.fillRect(left + j * side, i * side, side + 0.3, side + 0.3);
    });
  });
  ctx.fillStyle = t.muted;
  ctx.font = `11px ${t.sans}`;
  ctx.textAlign = "center";
  ctx.fillText("predicted class", left + (n * side) / 2, n * side + 14);
  ctx.save();
  ctx.translate(11, (n * side) / 2);
  ctx.rotate(-Math.PI / 2);
  ctx.fillText("true class", 0, 0);
  ctx.restore();
  canvas.dataset.drawn = "yes";
  return {left, side};
}

function heat_map(matrix, names) {
  const right = sum(matrix.map((row, i) => row[i])), total = sum(matrix.map(sum));
  const readout = element("p", {class: "readout muted"}, "Point at a cell to read its count.");
  let place = null;
  const made = figure(
      "Confusion matrix",
      `${names.length} classes in their order, ${percent(right / Math.max(1, total))} of ${whole(total)} rows on the ` +
          "diagonal; darker cells are a larger share of the true class (square-root scale).",
      0, (canvas, t) => {
        const size = Math.max(160, Math.min(560, canvas.parentNode.clientWidth || 320));
        canvas.parentNode.style.height = size + "px";
        place = paint_heat_map(canvas, t, matrix, size);
        return null;
      });
  made.querySelector("canvas").addEventListener("pointermove", (event) => {
    const j = Math.floor((event.offsetX - place.left) / place.side), i = Math.floor(event.offsetY / place.side);
    if (matrix[i] === undefined || matrix[i][j] === undefined) return;
    readout.textContent =
        `true ${names[i]}, predicted ${names[j]}: ${whole(matrix[i][j])} of ${plural(sum(matrix[i]), "row")}`;
  });
  made.append(readout);
  return made;
}

function confusion(matrix, label_names) {
  const square = list(matrix).map((row) => list(row).map((count) => (is_number(count) ? count : 0)));
  if (square.length === 0) return null;
  const names = square.map((_, i) => String(label_names[i] ?? `class ${i + 1}`));
  if (names.length <= MOST_CELLS) return [element("h4", {}, "Confusion"), confusion_table(square, names)];
  return [
    element("h4", {}, "Confusion"), element("div", {class: "figures"}, heat_map(square, names)),
    table(worst_confusions(square, names), "The ten most frequent confusions.")
  ];
}

/** At most five named curves, and macro. Recall may come in either order. */
function chosen_curves(curves, x_key, y_key, value_key) {
  const usable = list(curves)
                     .map((curve) => {
                       const points = points_of(curve[x_key], curve[y_key]);
                       if (points.length > 1 && points[0].x > points[points.length - 1].x) points.reverse();
                       return {name: String(curve.name), value: curve[value_key], points};
                     })
                     .filter((curve) => curve.points.length > 1);
  return [
    ...usable.filter((c) => c.name !== "macro").slice(0, MOST_CURVES), ...usable.filter((c) => c.name === "macro")
  ];
}

const listed = (curves) => curves.map((curve) => `${curve.name} ${fixed(curve.value)}`).join(", ");

function roc_figure(head) {
  const curves = chosen_curves(head.roc, "fpr", "tpr", "auc");
  if (curves.length === 0) return null;
  return figure(
      "ROC curves", `Area under the curve: ${listed(curves)}. Dashed line: random guessing.`, 380,
      chart_of((t) => curve_chart(t, curves, "false positive rate", "true positive rate", true, false)));
}

function pr_figure(head) {
  const curves = chosen_curves(head.pr, "recall", "precision", "ap");
  if (curves.length === 0) return null;
  // Between two thresholds nothing is known but the steps: a straight line would promise too much.
  return figure(
      "Precision and recall", `Average precision: ${listed(curves)}.`, 380,
      chart_of((t) => curve_chart(t, curves, "recall", "precision", false, "after")));
}

function calibration_figure(head) {
  const curves = list(head.calibration)
                     .slice(0, MOST_CURVES)
                     .map((curve) => {
                       const rows = list(curve.predicted)
                                        .map((x, i) => ({x, y: list(curve.fraction)[i], count: list(curve.count)[i]}))
                                        .filter((p) => is_number(p.x) && is_number(p.y));
                       return {
                         name: String(curve.name),
                         points: rows.map(({x, y}) => ({x, y})),
                         counts: rows.map((p) => p.count ?? 0)
                       };
                     })
                     .filter((curve) => curve.points.length > 0);
  if (curves.length === 0) return null;
  return figure(
      "Calibration",
      "Predicted probability against observed share; on the dashed line both agree. " +
          `Bars: number of rows per bin, at most ${whole(Math.max(...curves.flatMap((c) => c.counts)))}.`,
      380, chart_of((t) => calibration_chart(t, curves)));
}

function epochs_figure(head) {
  const epochs = list(head.epochs).filter((epoch) => is_number(epoch.epoch));
  if (epochs.length === 0) return null;
  const best = epochs.filter((epoch) => epoch.best).pop();
  const gist = best ?
      `Best of ${plural(epochs.length, "epoch")}: number ${best.epoch}, training ${fixed(best.train_loss)}, ` +
          `validation ${fixed(best.validation_loss)} (dashed line).` :
      `${plural(epochs.length, "epoch")}.`;
  return figure("Training", gist, 380, chart_of((t) => epochs_chart(t, epochs)));
}

function importance_parts(head) {
  const rows =
      list(head.importance).filter((row) => is_number(row.mean)).map((row) => ({...row, column: String(row.column)}));
  if (rows.length === 0) return [null, null];
  rows.sort((a, b) => b.mean - a.mean);
  const shown = rows.slice(0, MOST_BARS), score = head.regression ? "R²" : "macro-F1";
  const drawn = figure(
      "Permutation importance",
      `${shown.length < rows.length ? `The first ${shown.length} of ${rows.length} columns; most` : "Most"}: ${
          shown.slice(0, 3)
              .map((row) => `${row.column} ${fixed(row.mean)}`)
              .join(", ")}. Decrease in ${score} when the column is shuffled; whiskers: one standard deviation.`,
      Math.max(380, 70 + 22 * shown.length), chart_of((t) => importance_chart(t, shown)));
  const numbers = {
    header: ["column", "mean", "sd"],
    rows: rows.map((row) => [row.column, fixed(row.mean, 4), fixed(row.sd, 4)])
  };
  return [
    drawn,
    folded("Importance as a table", table(numbers, `Decrease in ${score} when the column is shuffled among the test rows.`))
  ];
}

function regression_figure(head) {
  const points = head.regression ? points_of(head.regression.target, head.regression.predicted) : [];
  if (points.length === 0) return null;
  const all = head.regression.rows ?? points.length;
  const rows = all > points.length ? `${whole(points.length)} of ${whole(all)} test rows` : plural(all, "test row");
  return figure(
      "Predicted against true values",
      `${rows}; on the dashed line the prediction is exact.`, 380,
      chart_of((t) => scatter_chart(t, points)));
}

function pictures(head) {
  const is_image = (text) => /^data:image\/(png|jpeg|webp);base64,/.test(text);
  const safe = list(head.spectrograms).filter((s) => is_image(s.image));
  const group = (title, right) => {
    const chosen = safe.filter((s) => Boolean(s.right) === right);
    if (chosen.length === 0) return null;
    return [
      element("h4", {}, title),
      element(
          "div", {class: "pictures"},
          chosen.map(
              (s) => element(
                  "figure", {}, element("img", {src: s.image, alt: `Mel spectrogram: ${s.caption ?? ""}`}),
                  is_image(s.looked) ?
                      element("img", {src: s.looked, alt: `Evidence for the prediction: ${s.caption ?? ""}`}) :
                      null,
                  element("figcaption", {}, s.caption ?? ""))))
    ];
  };
  const explained = safe.some((s) => is_image(s.looked)) ?
      element(
          "p", {class: "muted looked"},
          "Below each clip is the same spectrogram in grey. Orange marks where in time and pitch the network found evidence " +
              "for the class that it predicted; stronger colour is stronger evidence (Grad-CAM: it shows roughly where, " +
              "not why).") :
      null;
  const groups = [group("Most confident wrong predictions", false), group("Most confident correct predictions", true)];
  return [explained, ...groups.flat()];
}

/** One head; `open` where it is to be seen at once. */
function head_details(head, label_names, open) {
  const [importance, importance_numbers] = importance_parts(head);
  const figures = [
    regression_figure(head), roc_figure(head), pr_figure(head), calibration_figure(head), epochs_figure(head),
    importance
  ].filter(Boolean);
  const made = element(
      "details", {class: "head", open: "", "data-folds": open ? null : "yes"},
      element("summary", {}, element("h3", {}, head.name ?? "")),
      pair(
          has_rows(head.classes) ?
              [element("h4", {}, "By class"), table(head.classes, "Scores by class on the test rows.")] :
              null,
          confusion(head.confusion, label_names)),
      figures.length > 0 ? [element("h4", {}, "Charts"), element("div", {class: "figures"}, figures)] : null,
      importance_numbers, pictures(head));
  return made;
}
