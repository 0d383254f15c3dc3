// What is common to all charts: frame, colours, whiskers and lines, axes, drawing.
"use strict";

const plots = [];  // {canvas, paint(canvas, theme) -> Chart or null, chart}

/** A chart in its frame. `gist` says in words what the chart shows: it is read out, and printed beneath the title. */
function figure(title, gist, height, paint) {
  const canvas = element("canvas", {role: "img", "aria-label": `${title}. ${gist}`});
  plots.push({canvas, paint, chart: null});
  return element(
      "figure", {}, element("figcaption", {}, element("strong", {}, title), gist),
      element("div", {class: "plot", style: `height:${height}px`}, canvas));
}

function theme() {
  const css = getComputedStyle(document.documentElement);
  const read = (name) => css.getPropertyValue("--" + name).trim();
  return {
    ink: read("ink"),
    muted: read("muted"),
    line: read("line"),
    grid: read("grid"),
    card: read("card"),
    shade: read("shade"),
    sans: read("sans"),
    series: [1, 2, 3, 4, 5].map((n) => read("series-" + n))
  };
}

// Dashes and markers beside colours, for eyes and printers that tell no colours.
const DASHES = [[], [7, 3], [2, 2], [9, 3, 2, 3], [4, 4]];
const MARKERS = ["circle", "rectRot", "triangle", "rect", "star"];

/**
 * Lines across the plot and whiskers, which Chart.js lacks. options.plugins.marks: {whiskers: [{y, from, to, color}],
 *  vertical: [{x, color}], diagonal: color}.
 */
const marks_plugin = {
  id: "marks",
  beforeDatasetsDraw(chart, _, options) {
    const {ctx, chartArea: area, scales: {x, y}} = chart;
    const line = (x0, y0, x1, y1, color, width, dash) => {
      ctx.beginPath();
      ctx.strokeStyle = color;
      ctx.lineWidth = width;
      ctx.setLineDash(dash);
      ctx.moveTo(x0, y0);
      ctx.lineTo(x1, y1);
      ctx.stroke();
    };
    ctx.save();
    if (options.diagonal) {
      const low = Math.max(x.min, y.min), high = Math.min(x.max, y.max);
      line(
          x.getPixelForValue(low), y.getPixelForValue(low), x.getPixelForValue(high), y.getPixelForValue(high),
          options.diagonal, 1, [4, 4]);
    }
    for (const mark of options.vertical || []) {
      const at = x.getPixelForValue(mark.x);
      line(at, area.top, at, area.bottom, mark.color, 1.5, [5, 4]);
    }
    ctx.restore();
  },
  afterDatasetsDraw(chart, _, options) {
    const {ctx, scales: {x, y}} = chart;
    ctx.save();
    for (const whisker of options.whiskers || []) {
      const at = y.getPixelForValue(whisker.y), from = x.getPixelForValue(whisker.from),
            to = x.getPixelForValue(whisker.to);
      ctx.beginPath();
      ctx.strokeStyle = whisker.color;
      ctx.lineWidth = 1.75;
      for (const [x0, y0, x1, y1] of [[from, at, to, at], [from, at - 4, from, at + 4], [to, at - 4, to, at + 4]]) {
        ctx.moveTo(x0, y0);
        ctx.lineTo(x1, y1);
      }
      ctx.stroke();
    }
    ctx.restore();
  },
  afterDraw(chart) {
    if (chart.width > 0 && chart.height > 0) chart.canvas.dataset.drawn = "yes";
  },
};

function axis(t, title, more = {}) {
  return {
    ...more,
    title: {display: Boolean(title), text: title, color: t.muted},
    grid: {color: t.grid, borderColor: t.line, ...more.grid},
    ticks: {color: t.muted, ...more.ticks}
  };
}

/** A configuration with everything that all charts share. */
function config(t, type, data, scales, marks, more = {}) {
  const legend = {
    display: false,
    ...more.legend,
    labels: {color: t.ink, boxWidth: 22, boxHeight: more.line_legend ? 0.5 : 9, padding: 8, font: {size: 11.5}}
  };
  return {
    type,
    data,
    plugins: [marks_plugin],
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      indexAxis: more.index_axis || "x",
      font: {family: t.sans},
      scales,
      layout: {padding: {right: 8}},
      interaction: {mode: "nearest", intersect: false, axis: more.hover_axis || "xy"},
      plugins: {legend: {position: "bottom", ...legend}, marks: marks || {}, tooltip: {callbacks: more.tooltip || {}}}
    }
  };
}

const points_of = (xs, ys) =>
    list(xs).map((x, i) => ({x, y: list(ys)[i]})).filter((p) => is_number(p.x) && is_number(p.y));
const unit_axis = (t, title, more) => axis(t, title, {type: "linear", min: 0, max: 1, ...more});

/** Draws every chart, again where they have been drawn: the colours may have changed. */
function draw_all() {
  const t = theme();
  Chart.defaults.font.family = t.sans;
  for (const plot of plots) {
    try {
      if (plot.chart) plot.chart.destroy();
      plot.chart = plot.paint(plot.canvas, t);
    } catch (error) {
      console.error(error);
    }
  }
}
