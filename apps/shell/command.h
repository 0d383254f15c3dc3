// The command line of a verb: options made from described settings (dsp/fields.h), --help, errors that name the flag.
//
// Libraries report fields, never flags: an error that is about a setting carries the field's name (dsp::FieldError), or
// has it in back quotes (`id_column`), and Command puts the flag in its place.
// Thread safety: one Command per process, one thread.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apps/shell/verb.h"
#include "dsp/fields.h"
#include "dsp/settings.h"

namespace hitscope::apps::shell {

/// An option as text: all that parsing and --help need.
struct Option {
  std::string field;              ///< the setting's name in libraries; "" for none
  std::string flags;              ///< "--sample-rate,--sr"; without dashes: a positional argument
  std::string help;               ///< a phrase; its first letter is small
  std::string value;              ///< what the value is called: "SECONDS"; empty: a switch without a value
  std::string default_text = {};  ///< shown as "(default: …)"
  std::vector<std::pair<std::string, std::string>> choices = {};  ///< names that it may be, each with its help
  bool is_required = false;
  bool is_list = false;       ///< may be given several times
  bool may_be_empty = false;  ///< a list that may be given without any value
  int n_words = 1;            ///< words that an option takes which is no list, e.g. 2 for "LOW HIGH"
  /// Given what stands on the command line; of a switch "true" or "false". Throws dsp::FieldError,
  /// std::invalid_argument.
  std::function<void(const std::vector<std::string>&)> read = {};
};

using dsp::value_from;

/// "--min-duration" for min_duration.
std::string flag_of(std::string_view field);

/// `text` with every `field` in back quotes replaced by the flag that the process's Command has for it. Without a
/// Command, by the flag that its name gives.
std::string with_flags(const std::string& text);

class Command {
 public:
  /// `name` is what errors begin with ("hitscope train"), `usage` what follows it in the first line of --help.
  Command(std::string name, std::string usage, std::string summary);
  ~Command();
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;

  /// An option for each described setting of `config`, which must outlive run(); those of `only` where it has names.
  /// `group` heads them in --help where a setting names no group of its own.
  template <typename Config>
  void add(std::string_view group, Config& config, const std::vector<std::string_view>& only = {}) {
    for (const dsp::Setting& setting : dsp::settings_of(config)) {
      const bool is_wanted = only.empty() || std::find(only.begin(), only.end(), setting.field.name) != only.end();
      if (is_wanted) add(group, setting);
    }
  }
  /// Nothing for a setting that has no flag ("-").
  void add(std::string_view group, const dsp::Setting& setting);
  void add(std::string_view group, Option option);
  /// The text after the options: examples, exit codes.
  void set_footer(std::string text);
  /// Whether the command line gave the option of this setting.
  bool was_given(std::string_view field) const;
  /// `text` with every `field` in back quotes replaced by its flag.
  std::string with_flags(const std::string& text) const;

  /// Parses, runs `verb` and gives the exit code. Prints one line on standard error for whatever is thrown.
  int run(int argc, char** argv, const std::function<ExitCode()>& verb);

  static Option option_of(const dsp::Setting& setting);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hitscope::apps::shell
