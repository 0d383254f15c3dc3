// One function per kind of chart: a theme and numbers in, a Chart.js configuration out.
"use strict";

/** A row of the chart per name, the first on top. */
function name_axis(t, rows) {
  return axis(t, "", {
    type: "linear",
    min: -0.6,
    max: rows.length - 0.4,
    reverse: true,
    grid: {display: false},
    afterBuildTicks: (scale) => {
      scale.ticks = rows.map((_, value) => ({value}));
    },
    ticks: {autoSkip: false, color: t.ink, callback: (value) => shortened(rows[value]?.name ?? "", 20)}
  });
}

/** rows: [{name, value, low, high, baseline}], the first on top: a dot and its interval each, `reference` as a line. */
function interval_chart(t, rows, title, reference) {
  const colour = (row) => (row.baseline ? t.muted : t.series[0]);
  const whiskers = rows.map((row, y) => ({y, from: row.low, to: row.high, color: colour(row)}))
                       .filter((w) => is_number(w.from) && is_number(w.to));
  const data = rows.map((row, y) => ({x: row.value, y})).filter((p) => is_number(p.x));
  const colours = data.map((point) => colour(rows[point.y]));
  return config(
      t, "scatter", {
        datasets: [{
          data,
          backgroundColor: colours,
          borderColor: colours,
          pointRadius: 4.5,
          pointHoverRadius: 6,
          pointStyle: data.map((point) => (rows[point.y].baseline ? "rect" : "circle"))
        }]
      },
      {
        x: axis(t, title, {
          grace: "3%",
          suggestedMin: Math.min(...whiskers.map((w) => w.from)),
          suggestedMax: Math.max(...whiskers.map((w) => w.to))
        }),
        y: name_axis(t, rows)
      },
      {whiskers, vertical: is_number(reference) ? [{x: reference, color: t.series[1]}] : []}, {
        hover_axis: "y",
        tooltip: {
          label: ({raw: {y}}) =>
              `${rows[y].name}: ${fixed(rows[y].value)} [${fixed(rows[y].low)}, ${fixed(rows[y].high)}]`
        }
      });
}

/** Counts per class, a colour per part; shares beside each other where the classes are few. */
function label_chart(t, names, parts) {
  const stacked = names.length > 20;
  const value = (part, count) => (stacked ? count : (100 * count) / Math.max(1, sum(part.counts)));
  const datasets = parts.map((part, p) => ({
                               label: part.part,
                               data: list(part.counts).map((count) => value(part, count)),
                               backgroundColor: t.series[p % 5],
                               borderColor: t.card,
                               borderWidth: stacked ? 0 : 1
                             }));
  return config(
      t, "bar", {labels: names.map((name) => shortened(String(name), 18)), datasets}, {
        x: axis(t, "", {stacked, grid: {display: false}}),
        y: axis(t, stacked ? "rows" : "% of the part's rows", {stacked, beginAtZero: true})
      },
      {}, {legend: {display: true}, hover_axis: "x"});
}

/** ROC or PR: curves [{name, points, value}]; the one named macro is drawn in ink. */
function curve_chart(t, curves, x_title, y_title, diagonal, stepped) {
  let n = 0;
  const datasets = curves.map((curve) => {
    const macro = curve.name === "macro", k = macro ? 0 : n++ % 5;
    return {
      label: `${shortened(curve.name, 18)} ${fixed(curve.value)}`,
      data: curve.points,
      showLine: true,
      pointRadius: 0,
      pointHitRadius: 6,
      stepped,
      borderColor: macro ? t.ink : t.series[k],
      backgroundColor: "transparent",
      borderDash: macro ? [] : DASHES[k],
      borderWidth: macro ? 2.5 : 1.75
    };
  });
  return config(
      t, "scatter", {datasets}, {x: unit_axis(t, x_title), y: unit_axis(t, y_title)},
      diagonal ? {diagonal: t.muted} : {}, {legend: {display: true}, line_legend: true});
}

/** Curves [{name, points, counts}] over bars of how many rows each point stands for, on an axis of their own. */
function calibration_chart(t, curves) {
  const most = Math.max(1, ...curves.flatMap((curve) => curve.counts));
  const lines = curves.map((curve, k) => ({
                             type: "line",
                             label: shortened(curve.name, 18),
                             data: curve.points,
                             borderColor: t.series[k % 5],
                             backgroundColor: t.series[k % 5],
                             borderDash: DASHES[k % 5],
                             borderWidth: 1.75,
                             pointStyle: MARKERS[k % 5],
                             pointRadius: 3.5
                           }));
  const bars = curves.map(
      (curve, k) => ({
        type: "bar",
        label: "",
        yAxisID: "rows",
        grouped: false,
        barThickness: 4,
        backgroundColor: t.series[k % 5] + "80",
        data: curve.points.map((p, i) => ({x: p.x + 0.02 * (k - (curves.length - 1) / 2), y: curve.counts[i] ?? 0}))
      }));
  const made = config(
      t, "line", {datasets: [...lines, ...bars]}, {
        x: unit_axis(t, "predicted probability", {offset: false}),
        y: unit_axis(t, "observed share"),
        rows: {axis: "y", type: "linear", display: false, min: 0, max: 5 * most}
      },
      {diagonal: t.muted}, {legend: {display: true}, line_legend: true});
  made.options.plugins.legend.labels.filter = (item) => item.text !== "";
  made.options.plugins.tooltip.callbacks.label = ({dataset, raw}) => dataset.yAxisID ?
      `${whole(raw.y)} rows` :
      `${dataset.label}: predicted ${fixed(raw.x)}, observed ${fixed(raw.y)}`;
  return made;
}

/** Loss per epoch; a line at the epoch that was kept. */
function epochs_chart(t, epochs) {
  const line = (label, key, k) => ({
    label,
    data: points_of(epochs.map((e) => e.epoch), epochs.map((e) => e[key])),
    showLine: true,
    borderColor: t.series[k],
    backgroundColor: t.series[k],
    borderDash: DASHES[k],
    borderWidth: 1.75,
    pointRadius: epochs.length > 40 ? 0 : 2.5,
    pointStyle: MARKERS[k]
  });
  const kept = epochs.filter((e) => e.best && is_number(e.epoch)).slice(-1).map((e) => ({x: e.epoch, color: t.muted}));
  const numbers = epochs.map((e) => e.epoch).filter(is_number);
  return config(
      t, "scatter", {datasets: [line("training", "train_loss", 0), line("validation", "validation_loss", 1)]}, {
        x: axis(t, "epoch", {min: Math.min(...numbers), max: Math.max(...numbers), ticks: {precision: 0}}),
        y: axis(t, "loss", {grace: "5%"})
      },
      {vertical: kept}, {legend: {display: true}, line_legend: true, hover_axis: "x"});
}

/** rows: [{column, mean, sd}], the largest first. */
function importance_chart(t, rows) {
  const whiskers = rows.map((row, y) => ({y, from: row.mean - row.sd, to: row.mean + row.sd, color: t.ink}))
                       .filter((_, i) => is_number(rows[i].sd));
  return config(
      t, "bar", {
        labels: rows.map((row) => shortened(row.column, 22)),
        datasets: [{
          label: "importance",
          data: rows.map((row) => row.mean),
          backgroundColor: t.series[0] + "b0",
          maxBarThickness: 16
        }]
      },
      {
        x: axis(t, "decrease of the score when the column is shuffled", {
          suggestedMin: Math.min(0, ...whiskers.map((w) => w.from)),
          suggestedMax: Math.max(0, ...whiskers.map((w) => w.to))
        }),
        y: axis(t, "", {grid: {display: false}, ticks: {autoSkip: false, color: t.ink}})
      },
      {whiskers}, {index_axis: "y", hover_axis: "y"});
}

/** Predicted over true values. */
function scatter_chart(t, points) {
  const values = points.flatMap((p) => [p.x, p.y]);
  const low = values.reduce((a, b) => Math.min(a, b), Infinity),
        high = values.reduce((a, b) => Math.max(a, b), -Infinity);
  const pad = (high - low || 1) * 0.03;
  const scale = (title) => axis(
      t, title, {type: "linear", min: low - pad, max: high + pad, ticks: {includeBounds: false, maxTicksLimit: 7}});
  return config(
      t, "scatter", {
        datasets: [{
          data: points,
          pointRadius: points.length > 500 ? 1.75 : 3,
          backgroundColor: t.series[0] + "80",
          borderColor: "transparent"
        }]
      },
      {x: scale("true value"), y: scale("predicted value")}, {diagonal: t.series[1]});
}
