#include "apps/examples/train_data_options.h"

#include <utility>

namespace hitscope::apps::examples {

namespace {

/// `labels`, with the forms that it takes.
shell::Option labels_option(TrainDataConfig& data) {
  shell::Option option;
  for (const dsp::Setting& setting : dsp::settings_of(data)) {
    if (setting.field.name == "labels") option = shell::Command::option_of(setting);
  }
  for (const auto& kind : names_of(models::data::LabelKind{})) {
    option.choices.emplace_back(models::data::example_of(kind.value), kind.help);
  }
  return option;
}

}  // namespace

void add_data_options(shell::Command& command, TrainDataConfig& data) {
  const char* table = "Table";
  const char* labels = "Labels and columns";
  for (const dsp::Setting& setting : dsp::settings_of(data.table)) {
    shell::Option option = shell::Command::option_of(setting);
    command.add(table, std::move(option));
  }
  command.add(table, data.table.options.writing);
  command.add(table, data.table.options);
  command.add(table, data, {"spectrograms"});
  command.add(labels, data.roles, {"target"});
  command.add(labels, data, {"target_from"});
  command.add(labels, labels_option(data));
  command.add(labels, data.features);
  command.add(labels, data.roles,
              {"id_column", "artist_column", "title_column", "date_column", "popularity_column", "no_artist"});
  command.add("Rows to leave out (the output says how many)", data.table.cleaning);
}

void add_split_options(shell::Command& command, TrainDataConfig& data, SplitRequest& split) {
  const char* group = "Split";
  command.add(group, split, {"split"});
  command.add(group, data.roles, {"group_column", "split_column"});
  command.add(group, data, {"group_from", "fold_from", "split_file"});
  command.add(group, split, {"test_fold"});
  command.add(group, split.config);
}

}  // namespace hitscope::apps::examples
