#include "apps/shell/help.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "apps/shell/command.h"
#include "apps/shell/text_table.h"

namespace hitscope::apps::shell {
namespace {

constexpr int kHelpColumn = 30;  // where the words of options begin

std::string option_text(const Option& option, int width) {
  std::string text = "  " + usage_of(option);
  const int used = static_cast<int>(width_of(text));
  if (used + 2 > kHelpColumn) {
    text += '\n' + std::string(kHelpColumn, ' ');
  } else {
    text += std::string(static_cast<std::size_t>(kHelpColumn - used), ' ');
  }
  text += wrapped(words_of(option), width, kHelpColumn, kHelpColumn);
  std::size_t longest = 0;
  for (const auto& [name, help] : option.choices) longest = std::max(longest, name.size());
  for (const auto& [name, help] : option.choices) {
    const int indent = kHelpColumn + 2 + static_cast<int>(longest) + 2;
    std::string line = std::string(kHelpColumn + 2, ' ') + name;
    if (!help.empty()) line += std::string(longest - name.size() + 2, ' ') + wrapped(help, width, indent, indent);
    text += line + (help.empty() ? "\n" : "");
  }
  return text;
}

/// Paragraphs, wrapped; lines that begin with a blank stay as they are.
std::string paragraphs(const std::string& text, int width) {
  std::string result;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    result += line.starts_with(' ') || line.empty() ? line + '\n' : wrapped(line, width, 0, 0);
  }
  return result;
}

}  // namespace

std::string wrapped(const std::string& text, int width, int indent, int used) {
  std::string result;
  std::istringstream words(text);
  std::string word;
  int column = used;
  bool is_first = true;
  while (words >> word) {
    const int length = static_cast<int>(width_of(word));
    if (!is_first && column + 1 + length > width) {
      result += '\n' + std::string(indent, ' ');
      column = indent;
      is_first = true;
    }
    result += (is_first ? "" : " ") + word;
    column += length + (is_first ? 0 : 1);
    is_first = false;
  }
  return result + '\n';
}

std::string usage_of(const Option& option) {
  if (!option.flags.starts_with('-')) return option.value + (option.is_list ? "..." : "");
  std::string text;
  for (const char c : option.flags) text += c == ',' ? ", " : std::string(1, c);
  if (option.value.empty()) return text;
  if (!option.implied.empty()) return text + " [" + option.value + "]";
  return text + (option.may_be_empty ? " [" + option.value + "...]" : " " + option.value);
}

std::string words_of(const Option& option) {
  std::string text = option.help;
  if (option.is_list && option.flags.starts_with("--") && !option.may_be_empty &&
      text.find("several") == std::string::npos) {
    text += "; may be given several times";
  }
  if (option.is_required && option.flags.starts_with('-')) text += " (required)";
  if (!option.default_text.empty() && text.find("(default") == std::string::npos)
    text += " (default: " + option.default_text + ")";
  return text;
}

HelpPage::HelpPage() = default;
HelpPage::~HelpPage() = default;

void HelpPage::add(const std::string& group, Option option) {
  auto found = std::find_if(groups.begin(), groups.end(), [&](const auto& g) { return g.first == group; });
  if (found == groups.end()) found = groups.insert(group.empty() ? groups.begin() : groups.end(), {group, {}});
  found->second.push_back(std::move(option));
}

void HelpPage::add_common() {
  const auto add_switch = [&](const char* flags, const char* help) {
    add("Common options", {.field = "", .flags = flags, .help = help, .value = ""});
  };
  add_switch("-q,--quiet", "do not print progress");
  add_switch("-v,--verbose", "print which files and connections the process may use");
  add_switch("--no-sandbox", "do not restrict the process to the files that the command line names (by Landlock)");
  add_switch("-h,--help", "show this help");
  add_switch("--version", "show the version and the libraries that are used");
}

std::optional<int> terminal_columns() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return std::nullopt;
  return size.ws_col;
}

int terminal_width() {
  const char* columns = std::getenv("COLUMNS");
  const int elsewhere = columns == nullptr ? 80 : std::atoi(columns);
  return std::clamp(terminal_columns().value_or(elsewhere), 60, 100);
}

std::string help_text(const HelpPage& page, int width) {
  std::string text = wrapped("usage: " + page.usage, width, 4, 0) + '\n' + paragraphs(page.summary, width);
  for (const auto& [group, options] : page.groups) {
    text += '\n' + (group.empty() ? "Arguments" : group) + ":\n";
    for (const Option& option : options) text += option_text(option, width);
  }
  return page.footer.empty() ? text : text + '\n' + paragraphs(page.footer, width);
}

}  // namespace hitscope::apps::shell
