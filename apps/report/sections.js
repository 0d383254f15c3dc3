// The sections of the report before the heads, and the settings after them. Each is left out where its data are
// missing.
"use strict";

function verdict_line(verdict, findings) {
  if (!verdict) return null;
  const leaks = verdict.n_leaks ?? 0, warnings = verdict.n_warnings ?? 0;
  const also = warnings > 0 ? `${plural(warnings, "warning")} to check, below.` :
      findings.length > 0 ? "Notes are below." :
                       "The audit found nothing.";
  if (leaks === 0 && verdict.clean === false) {
    return element(
        "p", {class: "verdict warning"}, element("strong", {}, "? No leak found, but not known to be clean"),
        element(
            "span", {},
            (findings.some((finding) => finding.rule === "sampled-by-column") ?
                 "The table was sampled by one of its columns. " :
                 "It is not known which rows belong together. ") +
                also));
  }
  if (leaks > 0) {
    return element(
        "p", {class: "verdict leak"},
        element("strong", {}, `✗ ${plural(leaks, "leak")} found`),
        element(
            "span", {},
            "The test scores below are too good to be true until this is fixed. " + (warnings > 0 ? also : "")));
  }
  return element(
      "p", {class: "verdict " + (warnings > 0 ? "warning" : "good")},
      element("strong", {}, warnings > 0 ? "✓ Clean: no leak found, with warnings" : "✓ Clean: no leak found"),
      element("span", {}, also));
}

function opening(data) {
  const command = data.command ?
      element(
          "code", {},
          String(data.command)
              .split(" ")
              .flatMap((word, i) => [i > 0 ? " " : null, element("span", {class: "word"}, word)])) :
      null;
  document.title = data.title || "hitscope run";
  document.getElementById("report").append(element(
      "header", {}, element("h1", {}, data.title || "hitscope run"),
      verdict_line(data.verdict, list(data.findings)) ?? "",
      data.created ? element("p", {class: "muted"}, data.created) : "",
      list(data.facts).length > 0 ? element("ul", {class: "facts"}, data.facts.map((fact) => element("li", {}, fact))) :
                                    "",
      command ? element("p", {class: "muted"}, "Command of this run:") : "",
      command ? element("div", {class: "command"}, element("pre", {}, command), copy_button(command)) : ""));
}

function findings(data) {
  const order = ["leak", "warning", "note"];
  const found = list(data.findings).slice().sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
  if (found.length === 0) return;
  section("Audit").append(element(
      "ul", {class: "findings"},
      found.map(
          (finding) => element(
              "li", {},
              element(
                  "span", {class: "badge " + (order.includes(finding.severity) ? finding.severity : "note")},
                  finding.severity),
              element(
                  "div", {}, element("strong", {}, finding.subject ?? ""), " ",
                  element("code", {class: "muted"}, finding.rule ?? ""), element("p", {}, finding.detail ?? ""))))));
}

function labels_parts(labels) {
  const names = list(labels?.names).map(String);
  const parts = list(labels?.parts)
                    .map((part) => ({part: String(part.part), counts: names.map((_, i) => list(part.counts)[i] ?? 0)}));
  if (names.length === 0 || parts.length === 0) return [];
  const totals = parts.map((part) => sum(part.counts));
  const all = names.map((_, i) => sum(parts.map((part) => part.counts[i])));
  const most = all.indexOf(all.reduce((a, b) => Math.max(a, b), 0));
  const numbers = {
    header: ["class", ...parts.flatMap((part) => [part.part, "share"])],
    rows: names.map(
        (name, i) =>
            [name,
             ...parts.flatMap((part, p) => [whole(part.counts[i]), percent(part.counts[i] / Math.max(1, totals[p]))])])
  };
  const gist = `${plural(names.length, "class", "classes")}; the most frequent, ${names[most]}, has ` +
      `${percent(all[most] / Math.max(1, sum(all)))} of the rows. ${
                   parts.map((part, p) => `${part.part} ${whole(totals[p])}`).join(", ")}.`;
  return [
    element("h3", {}, "Labels"),
    pair(
        [figure("Classes in each part of the split", gist, 290, chart_of((t) => label_chart(t, names, parts)))],
        [table(numbers, "Rows of each class in each part, and their share of the part.")])
  ];
}

function data_summary(data) {
  const used = sum(list(data.labels?.parts).map((part) => sum(part.counts)));
  const left_out = list(data.left_out);
  const parts = [];
  if (used > 0 || left_out.length > 0) {
    const lost = sum(left_out.map((rule) => rule.rows));
    parts.push(element(
        "p", {},
        (used > 0 ? `${plural(used, "row")} used` : "") + (used > 0 && left_out.length > 0 ? "; " : "") +
            (left_out.length > 0 ? `${plural(lost, "row")} left out` : "") + "."));
  }
  if (left_out.length > 0) {
    parts.push(table(
        {header: ["rule", "rows"], rows: left_out.map((rule) => [rule.rule, whole(rule.rows)])},
        "Rows left out, by rule."));
  }
  parts.push(...labels_parts(data.labels));
  if (has_rows(data.columns))
    parts.push(
        element("h3", {}, "Columns"),
        table(data.columns, plural(data.columns.rows.length, "column") + " of the table."));
  if (parts.length > 0) section("Data").append(...parts);
}

/** One chart of intervals per score that any row has; the first baseline, the majority's, is the line. */
function score_figures(board) {
  const rows = list(board.chart);
  return list(board.scores).filter(({key}) => rows.some((row) => is_number(row[key]))).map((score) => {
    const key = score.key, title = score.title + (score.higher_is_better === false ? " (lower is better)" : "");
    const shown = rows.map((row) => ({
                             name: String(row.name),
                             baseline: Boolean(row.baseline),
                             value: row[key],
                             low: list(row[key + "_95"])[0],
                             high: list(row[key + "_95"])[1]
                           }));
    const baseline = shown.find((row) => row.baseline && is_number(row.value));
    const gist = "Dot and 95 % interval on the test rows" +
        (baseline ? `; dashed line: ${baseline.name}, ${fixed(baseline.value)}.` : ".");
    return figure(
        title[0].toUpperCase() + title.slice(1), gist, 80 + 26 * shown.length,
        chart_of((t) => interval_chart(t, shown, title, baseline?.value)));
  });
}

/** What the measures mean, folded; "?" shows it from anywhere on the page. */
function glossary(measures) {
  if (measures.length === 0) return [];
  const terms = measures.flatMap(({name, meaning}) => [element("dt", {}, name ?? ""), element("dd", {}, meaning ?? "")]);
  const details = element(
      "details", {class: "glossary"}, element("summary", {}, "What the measures mean (key: ?)"),
      element("dl", {}, terms));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "?" || event.ctrlKey || event.metaKey || event.altKey) return;
    details.open = !details.open;
    if (details.open) details.scrollIntoView({block: "center"});
  });
  return [details];
}

function scores(data) {
  const board = data.leaderboard ?? {};
  const figures = score_figures(board);
  if (!has_rows(board) && figures.length === 0) return;
  const made = section("Scores");
  if (data.best) made.append(element("p", {class: "best"}, data.best));
  if (has_rows(board)) {
    const general =
        "All heads on the same test rows, baselines first. Intervals: 95 %, bootstrap over groups, or over rows if there are no groups.";
    made.append(table({...board, caption: undefined}, [board.caption, general].filter(Boolean).join(" ")));
  }
  made.append(...glossary(list(data.glossary)));
  if (figures.length > 0) made.append(element("div", {class: "figures"}, figures));
}

function plain_tables(data) {
  if (has_rows(data.comparisons)) {
    section("Heads against each other")
        .append(table(
            data.comparisons,
            "Differences on the same test rows, with 95 % intervals. McNemar's test: a small p means that the accuracies differ."));
  }
  if (!has_rows(data.splits) && !has_rows(data.folds)) return;
  section("Other splits")
      .append(pair(
          has_rows(data.splits) ?
              [
                element("h3", {}, "Kinds of split"),
                table(data.splits, "The same heads with test rows chosen by other kinds of split.")
              ] :
              null,
          has_rows(data.folds) ?
              [element("h3", {}, "Cross-validation"), table(data.folds, "Each fold is the test set once.")] :
              null));
}

function heads(data) {
  const given = list(data.heads);
  if (given.length === 0) return;
  const made = section("Heads");
  const all = given.map((head, i) => head_details(head, list(data.labels?.names), i === 0));
  if (all.length > 1) {
    const button = element("button", {type: "button"}, "Expand all");
    button.addEventListener("click", () => {
      const open = all.some((head) => !head.open);
      for (const head of all) head.open = open;
      button.textContent = open ? "Collapse all" : "Expand all";
    });
    made.append(element("p", {}, button));
  }
  made.append(...all);
}

function settings(data) {
  if (!data.settings || Object.keys(data.settings).length === 0) return;
  const {versions, ...rest} = data.settings;
  const made = section("Settings");
  if (versions && typeof versions === "object") {
    made.append(table(
        {header: ["software", "version"], rows: Object.entries(versions).map(([name, text]) => [name, text])},
        "Versions."));
  }
  if (Object.keys(rest).length > 0) {
    const text = element("pre", {}, JSON.stringify(rest, null, 2));
    made.append(
        element("details", {open: "", "data-folds": "yes"}, element("summary", {}, "All settings, as JSON"), text));
  }
}

function contents() {
  const headings = [...document.querySelectorAll("h2")];
  if (headings.length < 3) return;
  document.querySelector("header").append(element(
      "nav", {"aria-label": "Sections"},
      element(
          "ul", {},
          headings.map((heading) => element("li", {}, element("a", {href: "#" + heading.id}, heading.textContent))))));
}
