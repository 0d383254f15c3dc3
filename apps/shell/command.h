// The command line of a verb: options made from described settings (dsp/fields.h), --help, errors that name the flag.
//
// Libraries report fields, never flags: an error about a setting carries the field's name (dsp::FieldError) or has it
// in back quotes (`id_column`), and Command replaces it by the flag.
// Thread safety: one Command per process, one thread.
#pragma once

#include <algorithm>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apps/shell/sandbox.h"
#include "apps/shell/verb.h"
#include "dsp/fields.h"
#include "dsp/library_versions.h"
#include "dsp/settings.h"

namespace hitscope::apps::shell {

/// An option, with everything that parsing and --help need.
struct Option {
  std::string field;              ///< name of the setting in libraries; may be empty
  std::string flags;              ///< the flags: "--sample-rate,--sr"; without dashes a positional argument
  std::string help;               ///< a phrase that begins with a small letter
  std::string value;              ///< name of the value: "SECONDS"; empty: a switch without a value
  std::string default_text = {};  ///< default value, shown as "(default: …)"
  std::vector<std::pair<std::string, std::string>> choices = {};  ///< allowed values, each with its help
  bool is_required = false;
  bool is_list = false;       ///< may be given several times
  bool may_be_empty = false;  ///< a list that may be given without any value
  std::string implied = {};   ///< value of an option that is given without one; empty: it needs one
  int n_words = 1;            ///< words that the option takes if it is not a list, e.g. 2 for "LOW HIGH"
  bool is_output = false;     ///< `paths` are written, not read
  /// The paths that the option names, for confine(); may be empty.
  std::function<std::vector<std::string>()> paths = {};
  /// Takes the words of the command line, for a switch "true" or "false". Throws dsp::FieldError or
  /// std::invalid_argument.
  std::function<void(const std::vector<std::string>&)> read = {};
};

using dsp::value_from;
using LibraryList = std::vector<dsp::LibraryVersion> (*)();

/// The default flag of a setting: "--min-duration" for min_duration.
std::string flag_of(std::string_view field);

/// Command::narrow of the process's Command, if there is one.
void narrow_sandbox(const std::vector<std::filesystem::path>& reads = {});

/// `text` with every `field` in back quotes replaced by the flag that the process's Command has for it, or by
/// flag_of(field) without a Command.
std::string with_flags(const std::string& text);

class Command {
 public:
  /// Errors begin with `name` ("hitscope train"), which `usage` follows in the first line of --help.
  Command(std::string name, std::string usage, std::string summary);
  ~Command();
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;

  /// Adds an option for each described setting of `config`, which must outlive run(), or only for those in `only` if it
  /// is not empty. `group` is the heading in --help of settings that do not name their own.
  template <typename Config>
  void add(std::string_view group, Config& config, const std::vector<std::string_view>& only = {}) {
    for (const dsp::Setting& setting : dsp::settings_of(config)) {
      const bool is_wanted = only.empty() || std::find(only.begin(), only.end(), setting.field.name) != only.end();
      if (is_wanted) add(group, setting);
    }
  }
  /// Adds an option for a setting, unless it has no flag ("-").
  void add(std::string_view group, const dsp::Setting& setting);
  void add(std::string_view group, Option option);
  /// Sets the text after the options: examples and exit codes.
  void set_footer(std::string text);
  /// Sets the libraries that --version names: a function for each room that has some.
  void set_libraries(std::vector<LibraryList> lists);
  /// Whether the command line gave the option of this setting.
  bool was_given(std::string_view field) const;
  /// `text` with every `field` in back quotes replaced by its flag.
  std::string with_flags(const std::string& text) const;

  /// Parses the command line, runs `verb` and returns the exit code. Prints one line on standard error for any
  /// exception.
  int run(int argc, char** argv, const std::function<ExitCode()>& verb);

  /// Restricts the process to the paths that the command line names and to `more` (sandbox.h), unless --no-sandbox was
  /// given. Call it in the verb, once everything that run() was given is resolved.
  void confine(Access more = {});
  /// Does so again with fewer: outputs that exist by now, and inputs that are known by now instead of any file.
  void narrow(const std::vector<std::filesystem::path>& reads);

  static Option option_of(const dsp::Setting& setting);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hitscope::apps::shell
