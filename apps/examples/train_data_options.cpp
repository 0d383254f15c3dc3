#include "apps/examples/train_data_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>

namespace hitscope::apps::examples {
namespace {

using Names = std::vector<std::string_view>;

template <typename Config>
void add(shell::Command& command, const char* group, Config& config, const Names& only = {}) {
  command.add(group, config, only);
}

void add(shell::Command& command, const char* group, shell::Option option) {
  command.add(group, std::move(option));
}

// For a verb whose options are not all described yet.
void add(CLI::App& app, const char* group, const shell::Option& option) {
  const bool is_positional = !option.flags.starts_with('-');
  CLI::Option* added = nullptr;
  if (option.value.empty()) {
    added = app.add_flag_function(
        option.flags, [read = option.read](std::int64_t n) { read({n > 0 ? "true" : "false"}); }, option.help);
  } else {
    added = app.add_option_function<std::vector<std::string>>(
        option.flags, [read = option.read](const std::vector<std::string>& words) { read(words); }, option.help);
    option.is_list ? added->allow_extra_args(is_positional) : added->expected(1);
  }
  if (!is_positional) added->group(group);
}

template <typename Config>
void add(CLI::App& app, const char* group, Config& config, const Names& only = {}) {
  Config::describe([&](auto Config::*member, const dsp::Field& field) {
    if (field.flag == "-" || (!only.empty() && std::find(only.begin(), only.end(), field.name) == only.end())) return;
    add(app, group, shell::Command::option_of(config.*member, field));
  });
}

template <typename Target>
void add_data(Target& target, TrainDataConfig& data, bool table_is_required) {
  using ingest::tables::TableRequest;
  const char* table = "Table";
  const char* labels = "Labels and columns";
  TableRequest::describe([&](auto TableRequest::*member, dsp::Field field) {
    if (field.name == "table") field.is_required = table_is_required;
    add(target, table, shell::Command::option_of(data.table.*member, field));
  });
  add(target, table, data.table.options);
  add(target, table, data, {"spectrograms"});
  add(target, labels, data.roles, {"target"});
  add(target, labels, data, {"labels"});
  add(target, labels, data.features);
  add(target, labels, data.roles, {"id_column", "artist_column", "title_column", "date_column", "popularity_column"});
  add(target, "Rows to leave out (the output says how many)", data.table.cleaning);
}

template <typename Target>
void add_split(Target& target, TrainDataConfig& data, SplitRequest& split) {
  const char* group = "Split";
  add(target, group, split, {"split"});
  add(target, group, data.roles, {"group_column", "split_column"});
  add(target, group, data, {"split_file"});
  add(target, group, split, {"test_fold"});
  add(target, group, split.config);
}

}  // namespace

void add_data_options(shell::Command& command, TrainDataConfig& data, bool table_is_required) {
  add_data(command, data, table_is_required);
}

void add_split_options(shell::Command& command, TrainDataConfig& data, SplitRequest& split) {
  add_split(command, data, split);
}

CLI::Option* add_data_options(CLI::App& app, TrainDataConfig& data) {
  add_data(app, data, false);
  return app.get_option("table");
}

void add_split_options(CLI::App& app, TrainDataConfig& data, SplitRequest& split) {
  add_split(app, data, split);
}

}  // namespace hitscope::apps::examples
