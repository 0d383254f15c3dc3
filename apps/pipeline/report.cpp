#include "apps/pipeline/report.h"

#include <fmt/format.h>

#include <algorithm>

namespace hitscope::apps {
namespace {

constexpr const char* kStyle = R"(
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:68rem;padding:0 1rem;color:#222}
h1{font-size:1.5rem} h2{font-size:1.15rem;margin-top:2rem} table{border-collapse:collapse;margin:.5rem 0}
th,td{border:1px solid #ccc;padding:.25rem .6rem;text-align:right;white-space:nowrap} th:first-child,td:first-child{text-align:left}
th{background:#f3f3f6} .wide{overflow-x:auto} .yes{background:#dff3e3} .no{background:#fbe3e0}
pre{background:#f6f6f8;padding:.8rem;overflow-x:auto} .pair{display:flex;gap:2rem;flex-wrap:wrap})";

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string html_table(const std::vector<std::vector<std::string>>& rows) {
  std::string html = "<div class=\"wide\"><table>\n";
  for (std::size_t r = 0; r < rows.size(); ++r) {
    html += "<tr>";
    for (const std::string& cell : rows[r]) {
      const std::string mark = cell == "yes" || cell == "no" ? " class=\"" + cell + "\"" : "";
      html += r == 0 ? "<th>" + escaped(cell) + "</th>" : "<td" + mark + ">" + escaped(cell) + "</td>";
    }
    html += "</tr>\n";
  }
  return html + "</table></div>\n";
}

std::string class_table(const LeaderboardRow& row, const std::vector<std::string>& names) {
  std::vector<std::vector<std::string>> cells{{"class", "precision", "recall", "F1", "support"}};
  for (std::size_t c = 0; c < names.size(); ++c) {
    const models::ClassScore& k = row.scores.classes[c];
    cells.push_back({names[c], fmt::format("{:.3f}", k.precision), fmt::format("{:.3f}", k.recall),
                     fmt::format("{:.3f}", k.f1), std::to_string(k.support)});
  }
  return html_table(cells);
}

/// Rows are targets; the darker, the larger the share of the target's rows.
std::string confusion_table(const LeaderboardRow& row, const std::vector<std::string>& names) {
  std::string html = "<div class=\"wide\"><table><tr><th>target \\ predicted</th>";
  for (const std::string& name : names) html += "<th>" + escaped(name) + "</th>";
  html += "</tr>\n";
  for (std::size_t t = 0; t < names.size(); ++t) {
    html += "<tr><td>" + escaped(names[t]) + "</td>";
    for (std::size_t p = 0; p < names.size(); ++p) {
      const std::size_t count = row.scores.confusion[t * names.size() + p];
      const double share = static_cast<double>(count) / std::max<double>(1.0, row.scores.classes[t].support);
      html += fmt::format("<td style=\"background:rgba(60,90,200,{:.2f})\">{}</td>", 0.75 * share, count);
    }
    html += "</tr>\n";
  }
  return html + "</table></div>\n";
}

/// Training and validation loss over epochs as an SVG drawing.
std::string loss_curves(const models::FitSummary& summary) {
  if (summary.history.size() < 2) return "";
  double low = summary.history.front().train_loss;
  double high = low;
  for (const models::Epoch& e : summary.history) {
    low = std::min({low, e.train_loss, e.validation_loss});
    high = std::max({high, e.train_loss, e.validation_loss});
  }
  const auto line = [&](const char* colour, double models::Epoch::*loss) {
    std::string points;
    for (std::size_t i = 0; i < summary.history.size(); ++i) {
      const double x = 50.0 + 340.0 * static_cast<double>(i) / static_cast<double>(summary.history.size() - 1);
      const double y = 20.0 + 140.0 * (high - summary.history[i].*loss) / std::max(high - low, 1e-12);
      points += fmt::format("{:.1f},{:.1f} ", x, y);
    }
    return fmt::format("<polyline fill=\"none\" stroke=\"{}\" stroke-width=\"2\" points=\"{}\"/>", colour, points);
  };
  return fmt::format(
             "<svg width=\"420\" height=\"200\" role=\"img\" aria-label=\"loss per epoch\" font-size=\"11\">"
             "<text x=\"4\" y=\"24\">{:.3f}</text><text x=\"4\" y=\"164\">{:.3f}</text>"
             "<text x=\"50\" y=\"184\">epoch 1</text><text x=\"350\" y=\"184\">epoch {}</text>"
             "<text x=\"60\" y=\"12\" fill=\"#3c5ac8\">training loss</text>"
             "<text x=\"160\" y=\"12\" fill=\"#d0632c\">validation loss</text>",
             high, low, summary.history.size()) +
         line("#3c5ac8", &models::Epoch::train_loss) + line("#d0632c", &models::Epoch::validation_loss) + "</svg>\n";
}

}  // namespace

std::string report_html(const RunReport& report) {
  std::string html =
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width\"><title>" +
      escaped(report.title) + "</title><style>" + kStyle + "</style></head><body>\n<h1>" + escaped(report.title) +
      "</h1>\n<ul>\n";
  for (const std::string& fact : report.facts) html += "<li>" + escaped(fact) + "</li>\n";
  html += "</ul>\n<h2>Leaderboard on the test rows</h2>\n" + html_table(leaderboard_cells(report.rows));
  html +=
      "<p>Intervals: 95 %, bootstrap over groups. A head beats the majority when the interval of its accuracy minus "
      "the majority predictor's lies above 0.</p>\n";
  for (const LeaderboardRow& row : report.rows) {
    html += "<h2>" + escaped(row.name) + "</h2>\n<div class=\"pair\"><div>" + class_table(row, report.class_names) +
            "</div><div>" + confusion_table(row, report.class_names) + "</div></div>\n";
    const auto history = report.histories.find(row.name);
    if (history != report.histories.end()) html += loss_curves(history->second);
  }
  return html + "<h2>Settings</h2>\n<pre>" + escaped(report.settings_json) + "</pre>\n</body></html>\n";
}

std::string model_card(const RunReport& report) {
  std::string text = "# " + report.title + "\n\n";
  for (const std::string& fact : report.facts) text += "- " + fact + "\n";
  text += "\n## Scores on the test rows\n\n```\n" + text_table(leaderboard_cells(report.rows)) + "```\n\n";
  text +=
      "Popularity is an outcome of promotion, playlists and time as much as of sound: a prediction says how a clip "
      "resembles the training rows of a class, not how a song will fare.\n\n## Settings\n\n```json\n" +
      report.settings_json + "```\n";
  return text;
}

}  // namespace hitscope::apps
