#include "apps/shell/command.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <map>

#include "apps/shell/description.h"
#include "apps/shell/help.h"
#include "apps/shell/printable.h"
#include "apps/shell/progress.h"
#include "dsp/machine.h"
#include "ingest/input_error.h"

namespace hitscope::apps::shell {
namespace {

/// Replaces '_' in flags by '-', so that "--n_fft=512" is accepted as in Python.
std::string with_dashes(const std::string& argument) {
  if (!argument.starts_with("--")) return argument;
  std::string result = argument;
  std::replace(result.begin(), result.begin() + static_cast<std::ptrdiff_t>(std::min(result.find('='), result.size())),
               '_', '-');
  return result;
}

Command* current_command = nullptr;

/// Every `NAME` replaced by flag_for(NAME), or left as it is where that is empty.
template <typename FlagFor>
std::string replace_fields(const std::string& text, const FlagFor& flag_for) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t open = text.find('`', at);
    const std::size_t close = open == std::string::npos ? open : text.find('`', open + 1);
    if (close == std::string::npos) return result + text.substr(at);
    const std::string flag = flag_for(text.substr(open + 1, close - open - 1));
    result += text.substr(at, open - at) + (flag.empty() ? text.substr(open, close - open + 1) : flag);
    at = close + 1;
  }
  return result;
}

bool is_field_name(std::string_view text) {
  return !text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_0123456789") == std::string_view::npos;
}

/// "--sample-rate" of "--sample-rate,--sr"; of a positional argument the name of its value, "CLIPS".
std::string name_of(const Option& option) {
  return option.flags.starts_with('-') ? option.flags.substr(0, option.flags.find(',')) : option.value;
}

/// Whether CLI11's text "NAME: …" or "NAME is …" is about the option of that name.
bool is_about(std::string_view text, const std::string& name) {
  return text.starts_with(name + ": ") || text.starts_with(name + " is ");
}

}  // namespace

std::string with_flags(const std::string& text) {
  if (current_command != nullptr) return current_command->with_flags(text);
  return replace_fields(text, [](const std::string& name) { return is_field_name(name) ? flag_of(name) : ""; });
}

struct Command::Impl {
  CLI::App app;
  HelpPage page;
  std::map<std::string, std::string, std::less<>> flags;   // by field
  std::map<std::string, CLI::Option*, std::less<>> given;  // by field
  std::vector<Option> paths;                               // those that name paths
  Access access;
  bool is_confined = false;
  std::string told;
  bool quiet = false;
  bool verbose = false;
  bool no_sandbox = false;
  std::vector<LibraryList> libraries;

  void add_switch(const Option& option) {
    std::string names = option.flags;
    if (const auto off = names.find(",--no-"); off != std::string::npos) names.insert(off + 1, "!");
    remember(option,
             app.add_flag_function(names, [read = option.read](std::int64_t n) { read({n > 0 ? "true" : "false"}); }));
  }

  void add_value(const Option& option) {
    const bool is_positional = !option.flags.starts_with('-');
    CLI::Option* added = app.add_option_function<std::vector<std::string>>(
        is_positional ? option.value : option.flags,
        [read = option.read, implied = option.implied](const std::vector<std::string>& words) {
          const bool is_alone = words.empty() || words.front().empty();  // CLI11 gives "" where there is no word
          read(is_alone && !implied.empty() ? std::vector<std::string>{implied} : words);
        });
    if (option.may_be_empty) {
      added->expected(0, 10000);
    } else if (!option.implied.empty()) {
      added->expected(0, 1)->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    } else if (option.is_list) {
      added->allow_extra_args(is_positional);
    } else {
      added->expected(option.n_words)->allow_extra_args(false);
      if (!is_positional && option.n_words == 1) added->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    }
    if (option.is_required) added->required();
    remember(option, added);
  }

  /// Prints, with --verbose, what the process is restricted to; not twice the same.
  void tell(const std::string& restriction) {
    if (verbose && restriction != told) write_stderr(app.get_name() + ": " + one_line(restriction) + "\n");
    told = restriction;
  }

  void remember(const Option& option, CLI::Option* added) {
    if (option.field.empty()) return;
    flags[option.field] = name_of(option);
    given[option.field] = added;
  }

  /// CLI11 would complain about the value of an unknown option first (it looks like a second positional argument), and
  /// takes "--json=3" as --json.
  void refuse_unknown(const std::vector<std::string>& arguments) const {
    for (const std::string& word : arguments) {
      if (word == "--") return;
      const std::string flag = word.substr(0, word.find('='));
      if (!flag.starts_with("--")) continue;
      const CLI::Option* const option = app.get_option_no_throw(flag);
      const std::string advice = " (see " + app.get_name() + " --help)";
      if (option == nullptr) throw std::invalid_argument(flag + " is not an option" + advice);
      const bool is_switch = option->get_items_expected_max() == 0;
      if (is_switch && flag != word) throw std::invalid_argument(flag + " takes no value: " + word + advice);
    }
  }

  /// What is wrong with the command line and what to give instead, where CLI11 only counts.
  std::string bad_usage(const CLI::ParseError& error) const {
    for (const std::string& word : app.remaining()) {
      if (word != "--") return "unexpected argument '" + word + "'";
    }
    for (const auto& [heading, options] : page.groups) {
      for (const Option& option : options) {
        if (!is_about(error.what(), name_of(option))) continue;
        return option.flags.starts_with('-') ? bad_option(error, option) : bad_argument(option);
      }
    }
    return error.what();
  }

  std::string bad_argument(const Option& option) const {
    const std::vector<std::string>& words = app.get_option(option.value)->results();
    if (words.size() < 2) return "the argument " + option.value + " is missing";
    return "unexpected argument '" + words[1] + "'; only one " + option.value + " can be given";
  }

  std::string bad_option(const CLI::ParseError& error, const Option& option) const {
    const std::string name = name_of(option);
    const std::string usage = name + " " + option.value;
    if (error.get_name() == "RequiredError") return usage + " is required";
    const bool is_repeated =
        option.n_words > 1 && app.get_option(name)->count() > static_cast<std::size_t>(option.n_words);
    if (is_repeated) return name + " is given more than once; give it once";
    const std::string needed = option.n_words == 1 ? "a value" : std::to_string(option.n_words) + " values";
    return name + " needs " + needed + ": " + usage;
  }

  /// What was thrown on one line, with flags for fields.
  int complain(const std::string& words, ExitCode code, const Command& command) const {
    std::cout.flush();
    std::cerr << app.get_name() << ": " << one_line(command.with_flags(words)) << '\n';
    return static_cast<int>(code);
  }

  /// A broken rule, by its flag: "--epochs is 0; it must be …".
  std::string broken_rule(const dsp::FieldError& error) const {
    const std::string words = error.what();
    const auto flag = flags.find(error.field());
    return flag == flags.end() ? words : flag->second + words.substr(error.field().size());
  }
};

Command::Command(std::string name, std::string usage, std::string summary) : impl_(std::make_unique<Impl>()) {
  current_command = this;
  dsp::usable_cores();  // these read the system, which a sandbox may hide
  dsp::usable_memory();
  impl_->app.name(name);
  impl_->app.set_help_flag();
  impl_->page.usage = std::move(name) + " " + std::move(usage);
  impl_->page.summary = std::move(summary);
  impl_->app.add_flag("-q,--quiet", impl_->quiet);
  impl_->app.add_flag("-v,--verbose", impl_->verbose);
  impl_->app.add_flag("--no-sandbox", impl_->no_sandbox);
}

Command::~Command() {
  current_command = nullptr;
}

void Command::add(std::string_view group, const dsp::Setting& setting) {
  if (setting.field.flag != "-") add(setting.field.group.empty() ? group : setting.field.group, option_of(setting));
}

void Command::add(std::string_view group, Option option) {
  if (!option.flags.starts_with('-')) group = "";
  option.value.empty() ? impl_->add_switch(option) : impl_->add_value(option);
  if (option.paths) impl_->paths.push_back(option);
  impl_->page.add(std::string(group), std::move(option));
}

void Command::set_footer(std::string text) {
  impl_->page.footer = std::move(text);
}

void Command::set_libraries(std::vector<LibraryList> lists) {
  impl_->libraries = std::move(lists);
}

bool Command::was_given(std::string_view field) const {
  const auto found = impl_->given.find(field);
  return found != impl_->given.end() && found->second->count() > 0;
}

std::string Command::with_flags(const std::string& text) const {
  return replace_fields(text, [&](const std::string& name) {
    const auto flag = impl_->flags.find(name);
    return flag == impl_->flags.end() ? "" : flag->second;
  });
}

void Command::confine(Access more) {
  if (impl_->no_sandbox) {
    impl_->tell("not restricted (--no-sandbox)");
    return;
  }
  impl_->access = std::move(more);
  for (const Option& option : impl_->paths) {
    auto& paths = option.is_output ? impl_->access.writes : impl_->access.reads;
    for (const std::string& path : option.paths()) {
      if (!path.empty() && path != "-") paths.emplace_back(path);
    }
  }
  impl_->is_confined = true;
  impl_->tell(shell::confine(impl_->access));
}

void Command::narrow(const std::vector<std::filesystem::path>& reads) {
  if (!impl_->is_confined) return;
  impl_->access.reads.insert(impl_->access.reads.end(), reads.begin(), reads.end());
  impl_->access.reads_anything = false;
  impl_->tell(shell::confine(impl_->access));
}

void narrow_sandbox(const std::vector<std::filesystem::path>& reads) {
  if (current_command != nullptr) current_command->narrow(reads);
}

int Command::run(int argc, char** argv, const std::function<ExitCode()>& verb) {
  static_assert(std::atomic<bool>::is_always_lock_free, "the signal handler needs it");
  Impl& self = *impl_;
  const PrintableOutput output;
  std::vector<std::string> words;
  for (int i = argc - 1; i > 0; --i) words.push_back(with_dashes(argv[i]));  // CLI11 takes them from the back
  const std::vector<std::string> asked(words.rbegin(), words.rend());
  if (const auto text = information(asked, self.page, self.libraries)) {
    std::cout << with_flags(*text);
    return static_cast<int>(ExitCode::kAllFine);
  }
  try {
    self.refuse_unknown(asked);
    self.app.parse(words);
  } catch (const CLI::ParseError& e) {
    return self.complain(self.bad_usage(e) + " (see " + self.app.get_name() + " --help)", ExitCode::kUsage, *this);
  } catch (const dsp::FieldError& e) {
    return self.complain(self.broken_rule(e), ExitCode::kUsage, *this);
  } catch (const std::invalid_argument& e) {
    return self.complain(e.what(), ExitCode::kUsage, *this);
  }
  set_quiet(self.quiet);
  install_signals();
  try {
    const ExitCode code = verb();
    if (!std::cout.flush()) throw std::runtime_error("standard output cannot be written to");
    return static_cast<int>(code);
  } catch (const UsageError& e) {
    return self.complain(e.what(), ExitCode::kUsage, *this);
  } catch (const ingest::InputError& e) {
    return self.complain(e.what(), ExitCode::kUsage, *this);
  } catch (const dsp::FieldError& e) {
    return self.complain(self.broken_rule(e), ExitCode::kUsage, *this);
  } catch (const std::invalid_argument& e) {
    return self.complain(e.what(), ExitCode::kUsage, *this);
  } catch (const std::exception& e) {
    const std::string words = e.what();  // LibTorch's go on with a stack trace
    return self.complain(words.substr(0, words.find('\n')), ExitCode::kStopped, *this);
  }
}

}  // namespace hitscope::apps::shell
