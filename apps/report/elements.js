// Elements of the page, and the count of errors. Every text goes through textContent: nothing in the data is markup.
"use strict";

const errors = [];
function note_error(what) {
  errors.push(String(what));
  document.documentElement.dataset.errors = errors.length;
  if (errors.length <= 5) document.documentElement.dataset["error" + errors.length] = String(what).slice(0, 300);
}
document.documentElement.dataset.errors = 0;
window.addEventListener("error", (event) => note_error(event.message));
window.addEventListener("unhandledrejection", (event) => note_error(event.reason));
document.addEventListener("securitypolicyviolation", (event) => note_error("refused: " + event.blockedURI));
const console_error = console.error.bind(console);
console.error = (...words) => {
  note_error(words.join(" "));
  console_error(...words);
};

/** element("p", {class: "muted"}, "text", child, …): null children are left out. */
function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value !== null && value !== undefined) made.setAttribute(key, value);
  }
  for (const child of children.flat()) {
    if (child === null || child === undefined) continue;
    made.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return made;
}

const list = (value) => (Array.isArray(value) ? value : []);
const is_number = (value) => typeof value === "number" && Number.isFinite(value);
const fixed = (value, digits = 3) => (is_number(value) ? value.toFixed(digits).replace("-", "−") : "–");
const percent = (share, digits = 1) => (is_number(share) ? (100 * share).toFixed(digits) + " %" : "–");
const whole = (value) => (is_number(value) ? value.toLocaleString("en-US").replaceAll(",", "\u202f") : "–");
const shortened = (text, length) => (text.length > length ? text.slice(0, length - 1) + "…" : text);
const sum = (values) => list(values).reduce((total, value) => total + (is_number(value) ? value : 0), 0);
const plural = (n, one, many = one + "s") => `${whole(n)} ${n === 1 ? one : many}`;
const has_rows = (table) => Boolean(table) && list(table.rows).length > 0;

let n_ids = 0;
/** A section with its heading, added to the page and to the table of contents. */
function section(title) {
  const id = "section-" + ++n_ids;
  const made = element("section", {"aria-labelledby": id}, element("h2", {id}, title));
  document.getElementById("report").append(made);
  return made;
}

// A number, perhaps with an interval or a unit, but no words.
const looks_numeric = (text) => /^\s*$|^[–-]$|^[<≈±+−-]?\s?\d/.test(text) && !/\p{L}{4}|\p{L} \p{L}/u.test(text);

/** Which columns hold numbers in every row, so that they are set to the right. */
function numeric_columns(header, rows) {
  return header.map(
      (_, c) => c > 0 && rows.some((row) => /\d/.test(row[c] ?? "")) &&
          rows.every((row) => String(row[c] ?? "").length < 40 && looks_numeric(String(row[c] ?? ""))));
}

function cell(text, is_numeric) {
  if (text === "yes" || text === "no") return element("td", {class: text}, text);
  return element("td", {class: is_numeric ? "number" : text.length > 40 ? "long" : null}, text);
}

/** The inner box lets a long name wrap and a short one stay on its line. */
const row_name = (text) => element("th", {scope: "row"}, element("span", {}, text));

/** A table in a box of its own that scrolls, so that the page never does. */
function table(given, caption) {
  const header = list(given.header).map(String);
  const rows = list(given.rows).map((row) => list(row).map((text) => String(text ?? "–")));
  const numeric = numeric_columns(header, rows);
  const body = rows.map(
      (row) => element(
          "tr", {class: row.includes("baseline") ? "baseline" : null},
          row.map((text, c) => (c === 0 ? row_name(text) : cell(text, numeric[c])))));
  const words = given.caption || caption;
  return scrolling(
      words,
      element(
          "table", {}, element("caption", {}, element("span", {}, words)),
          element(
              "thead", {},
              element(
                  "tr", {},
                  header.map((text, c) => element("th", {scope: "col", class: numeric[c] ? "number" : null}, text)))),
          element("tbody", {}, body)));
}

/** The box can be reached and scrolled from the keyboard. */
function scrolling(name, content) {
  return element("div", {class: "scroll", role: "region", tabindex: "0", "aria-label": name}, content);
}

/** Two groups of elements beside each other where there is room; either may be null. */
function pair(...groups) {
  return element("div", {class: "pair"}, groups.filter(Boolean).map((group) => element("div", {}, group)));
}

/** Content that is folded away until asked for. */
function folded(label, ...children) {
  return element("details", {class: "numbers"}, element("summary", {}, label), ...children);
}

/** A button that copies a text; where the browser allows no clipboard, it selects the text to copy by hand. */
function copy_button(source) {
  const button = element("button", {type: "button"}, "Copy");
  const say = (word) => {
    button.textContent = word;
    setTimeout(() => {
      button.textContent = "Copy";
    }, 2000);
  };
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(source.textContent);
      say("Copied");
    } catch {
      window.getSelection().selectAllChildren(source);
      say(document.execCommand("copy") ? "Copied" : "Press Ctrl+C");
    }
  });
  return button;
}
