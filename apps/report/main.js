// Puts the page together, draws it, and says in <html data-…> how that went.
"use strict";

/** Content is folded only once it has been drawn: a chart without a size cannot be drawn. */
function fold_all() {
  for (const details of document.querySelectorAll("details[data-folds]")) details.open = false;
}

/** On paper everything is unfolded, and light. */
function print_all() {
  let unfolded = [];
  window.addEventListener("beforeprint", () => {
    unfolded = [...document.querySelectorAll("details:not([open])")];
    for (const details of unfolded) details.open = true;
    document.documentElement.dataset.printing = "yes";
    draw_all();
  });
  window.addEventListener("afterprint", () => {
    for (const details of unfolded) details.open = false;
    delete document.documentElement.dataset.printing;
    draw_all();
  });
}

function tell() {
  const facts = document.documentElement.dataset;
  facts.scrollWidth = document.documentElement.scrollWidth;
  facts.windowWidth = window.innerWidth;
  facts.errors = errors.length;
  facts.charts = `${plots.filter((plot) => plot.canvas.dataset.drawn === "yes").length}/${plots.length}`;
}

function main() {
  const data = JSON.parse(document.getElementById("data").textContent);
  for (const write of [opening, findings, data_summary, scores, plain_tables, heads, settings, contents]) {
    try {
      write(data);
    } catch (error) {
      console.error(error);  // one section that fails leaves the others readable
    }
  }
  draw_all();
  fold_all();
  print_all();
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw_all);
  setTimeout(tell, 200);  // after the browser has told the charts their sizes
}

main();
