#include "apps/examples/train_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "apps/examples/label_request.h"
#include "apps/examples/role_checks.h"
#include "apps/examples/row_ids.h"
#include "apps/examples/row_names.h"
#include "apps/shell/command.h"
#include "apps/shell/failure_summary.h"
#include "apps/shell/progress.h"
#include "apps/shell/verb.h"
#include "apps/shell/words.h"
#include "ingest/tables/side_files.h"

namespace hitscope::apps::examples {
namespace {

using ingest::Failure;
using ingest::FailureKind;
using ingest::tables::LoadedTable;
using ingest::tables::TableRoles;
using ingest::tables::TypedColumn;
using ingest::tables::TypedTable;
using models::data::LabelKind;

class Loader {
 public:
  explicit Loader(const TrainDataConfig& config)
      : config_(config), loaded_(load_table(with_roles(config), label_column_of(config), table_of_folder(config))) {
    if (!config.spectrograms.empty())
      data_.store = std::make_unique<spectrograms::SpectrogramStore>(config.spectrograms);
    if (table().n_rows() + table().refused.size() == 0) {
      throw shell::UsageError(table().name + ": has a header but no rows; there is nothing to train on");
    }
    roles_ = find_roles(table(), roles_of(config));
    ids_.emplace(table(), roles_.id);
    check_roles();
    make_label_config();
  }

  TrainData load() {
    read_split_file();
    if (data_.store)
      stored_ =
          ids_->match(loaded_.cleaned.kept, data_.store->known_ids(), config_.spectrograms.string(), loaded_.facts);
    make_rows();
    if (used_.empty()) throw shell::UsageError(no_examples());
    make_targets();
    make_groups();
    make_features();
    data_.examples.n_rows = used_.size();
    data_.columns = ingest::tables::described(table());
    for (const std::string& fact : loaded_.facts) data_.facts.push_back(shell::with_flags(fact));
    data_.table_name = table().name;
    data_.left_out = loaded_.cleaned.counts;
    data_.schema = loaded_.schema;
    return std::move(data_);
  }

 private:
  const TypedTable& table() const { return loaded_.table; }
  const TypedColumn& column(std::size_t index) const { return table().columns[index]; }
  std::string cell(std::size_t index, std::size_t row) const { return std::string(column(index).cell(row)); }

  void check_roles() {
    check_needed_roles(config_, table(), roles_);
    data_.target_column = column(roles_.target).schema.name;
    if (roles_.group) data_.group_column = column(*roles_.group).schema.name;
    data_.no_artist = config_.roles.no_artist;
    data_.is_of_folder = is_of_folder(config_);
    settle_folds(config_, table(), roles_, loaded_.facts);
    if (const auto likely = likely_artist(table(), roles_)) data_.likely_artist = column(*likely).schema.name;
    if (!config_.group_from.empty()) data_.group_column = "--group-from";
    if (!config_.fold_from.empty()) data_.split_source = fmt::format("{}, --fold-from", table().name);
    if (roles_.split) data_.split_source = fmt::format("{}, column '{}'", table().name, config_.roles.split);
    if (!config_.split_file.empty()) data_.split_source = config_.split_file.string();
    if (roles_.date) data_.date_column = column(*roles_.date).schema.name;
  }

  void make_label_config() {
    const auto [spec, why] = chosen_labels(config_, table());
    if (!why.empty()) loaded_.facts.push_back(why);
    data_.labels = models::data::parse_label_spec(spec);
    if (data_.labels.kind == LabelKind::kMapping)
      data_.labels.mapping = ingest::tables::read_mapping(files_of_labels(config_).back());
    if (!data_.labels.group_column.empty()) {
      label_group_ = require_column(table(), data_.labels.group_column, "labels");
    }
    if (!is_of_texts(data_.labels.kind) && !column(roles_.target).is_numeric()) {
      throw shell::UsageError(fmt::format("{}: --labels {} needs numbers, and the target column '{}' holds {}",
                                          table().name, spec, data_.target_column,
                                          to_string(column(roles_.target).schema.type)));
    }
  }

  /// Parts by id, or by row number where the table has no ids.
  void read_split_file() {
    if (config_.split_file.empty()) return;
    parts_ = ingest::tables::read_parts(config_.split_file, roles_.id ? "id" : "row");
    std::vector<std::string> known;
    for (const auto& [id, part] : parts_) known.push_back(id);
    std::sort(known.begin(), known.end());
    if (roles_.id) in_parts_ = ids_->match(loaded_.cleaned.kept, known, config_.split_file.string(), loaded_.facts);
  }

  Failure bad_value(std::size_t row, const std::string& why) const {
    return {ingest::Stage::kTrain, FailureKind::kBadValue, table().place(row) + ": " + why};
  }

  std::string id_of(std::size_t row) const { return ids_->of(row); }

  /// Why the target of a row gives it no label.
  std::optional<Failure> target_failure(std::size_t row) const {
    const TypedColumn& target = column(roles_.target);
    const std::string shown(target.text.at(row));
    const LabelKind kind = data_.labels.kind;
    if (is_of_texts(kind)) {
      if (target.missing[row])
        return bad_value(row, fmt::format("{} is '{}'; it must not be missing", data_.target_column, shown));
      if (kind == LabelKind::kMapping && !data_.labels.mapping.contains(cell(roles_.target, row))) {
        return bad_value(row, fmt::format("{} is '{}', which is not in the mapping", data_.target_column, shown));
      }
      return std::nullopt;
    }
    const double value = target.numbers[row];
    const bool is_popularity = roles_.popularity == roles_.target || kind == LabelKind::kPopularityClasses;
    if (!std::isnan(value) && !(is_popularity && (value < 0.0 || value > 100.0))) return std::nullopt;
    return bad_value(row, fmt::format("{} is '{}'; it must be a number{}", data_.target_column, shown,
                                      is_popularity ? " from 0 to 100" : ""));
  }

  std::optional<Failure> row_failure(const std::string& id, std::size_t row) {
    if (auto failure = ids_->failure(row)) return failure;
    if (auto failure = target_failure(row)) return failure;
    if (roles_.split && column(*roles_.split).missing[row]) {
      return bad_value(row, fmt::format("{} is '{}'; it must say which part of the split the row belongs to",
                                        config_.roles.split, column(*roles_.split).text.at(row)));
    }
    if (!config_.split_file.empty() && !parts_.contains(split_key(id, row))) {
      return bad_value(row, fmt::format("id '{}' is not in {}", id, config_.split_file.string()));
    }
    if (config_.need_dates && std::isnan(column(*roles_.date).numbers[row])) {
      return bad_value(row, fmt::format("{} is '{}'; a temporal split needs a date", data_.date_column,
                                        column(*roles_.date).text.at(row)));
    }
    if (!data_.store) return std::nullopt;
    const std::string stored = stored_.known(id);
    const auto bytes = data_.store->find(stored);
    if (!bytes) return bytes.error();
    data_.examples.spectrograms.rows.push_back({*bytes, data_.store->n_sound_frames(stored)});
    return std::nullopt;
  }

  std::string split_key(const std::string& id, std::size_t row) const {
    return roles_.id ? in_parts_.known(id) : std::to_string(table().numbers[row]);
  }

  /// Every row of the file becomes an example or a failure, in the file's order.
  void make_rows() {
    std::vector<const ingest::tables::RefusedRow*> refused;
    for (const auto& row : table().refused) refused.push_back(&row);
    std::unordered_map<std::size_t, const ingest::tables::RefusedRow*> left_out;
    for (const auto& row : loaded_.cleaned.left_out) left_out[row.number] = &row;
    std::size_t next_refused = 0;
    std::size_t next_kept = 0;
    const auto add_refused_before = [&](std::size_t number) {
      while (next_refused < refused.size() && refused[next_refused]->number < number) {
        data_.rows.push_back({refused[next_refused]->number, "", std::nullopt, refused[next_refused]->failure});
        ++next_refused;
      }
    };
    for (std::size_t row = 0; row < table().n_rows(); ++row) {
      add_refused_before(table().numbers[row]);
      TrainRow out{table().numbers[row], id_of(row), std::nullopt, std::nullopt};
      const bool kept = next_kept < loaded_.cleaned.kept.size() && loaded_.cleaned.kept[next_kept] == row;
      next_kept += kept ? 1 : 0;
      out.failure = kept ? row_failure(out.id, row) : std::optional(left_out.at(out.row)->failure);
      if (!kept) out.failure->detail = shell::with_flags(out.failure->detail);
      if (!out.failure) {
        out.example = used_.size();
        used_.push_back(row);
      }
      data_.rows.push_back(std::move(out));
    }
    add_refused_before(std::numeric_limits<std::size_t>::max());
    if (data_.store) {
      models::data::StoredSpectrograms& stored = data_.examples.spectrograms;
      const spectrograms::RenderSettings& settings = data_.store->settings();
      stored.front_end = settings.front_end;
      stored.n_frames = settings.n_frames();
      stored.sample_type = settings.sample_type;
    }
  }

  std::string no_examples() const {
    std::string text =
        fmt::format("{}: none of its {} can be used", table().name, shell::count_of(data_.rows.size(), "row"));
    for (const TrainRow& row : data_.rows) {
      if (row.failure) return text + "; the first: " + row.failure->detail;
    }
    return text;
  }

  void make_targets() {
    models::data::RawTargets& raw = data_.raw_targets;
    const LabelKind kind = data_.labels.kind;
    const bool is_text = is_of_texts(kind);
    for (const std::size_t row : used_) {
      if (is_text) raw.texts.push_back(cell(roles_.target, row));
      if (!is_text) raw.numbers.push_back(column(roles_.target).numbers[row]);
      if (label_group_) raw.groups.push_back(cell(*label_group_, row));
    }
    data_.strata = models::data::LabelScheme::strata(data_.labels, raw);
  }

  /// By example: the name of the file, or the id in tables without one.
  std::vector<std::string> names_of_rows() const {
    std::vector<std::string> names;
    for (const std::size_t row : used_) names.push_back(roles_.file ? cell(*roles_.file, row) : id_of(row));
    return names;
  }

  void make_group_names() {
    data_.groups.resize(used_.size());
    if (!config_.group_from.empty()) {
      data_.groups = parts_of_names(names_of_rows(), config_.group_from, "--group-from");
      tell_unnamed(data_.groups, names_of_rows(), data_.facts);
    } else if (roles_.group) {
      for (std::size_t i = 0; i < used_.size(); ++i) data_.groups[i] = cell(*roles_.group, used_[i]);
      data_.credits = name_groups(data_.groups, roles_.group == roles_.artist);
    }
  }

  void make_groups() {
    make_group_names();
    if (!config_.fold_from.empty()) data_.split_values = folds_of_names(names_of_rows(), config_);
    for (const std::size_t row : used_) {
      if (roles_.split) data_.split_values.push_back(cell(*roles_.split, row));
      if (!config_.split_file.empty()) data_.split_values.push_back(parts_.at(split_key(id_of(row), row)));
    }
    const bool has_times = roles_.date && std::none_of(used_.begin(), used_.end(), [&](std::size_t row) {
                             return std::isnan(column(*roles_.date).numbers[row]);
                           });
    for (const std::size_t row : used_) {
      if (has_times) data_.times.push_back(column(*roles_.date).numbers[row]);
    }
    add_identity("song (artist and title)", roles_.artist && roles_.title, [&](std::size_t row) {
      return ingest::tables::song_key(column(*roles_.artist).cell(row), column(*roles_.title).cell(row));
    });
    add_identity("ISRC", roles_.isrc.has_value(),
                 [&](std::size_t row) { return ingest::tables::isrc_key(column(*roles_.isrc).cell(row)); });
    add_identity(kClipIdentity, roles_.clip_hash || data_.store, [&](std::size_t row) {
      return data_.store ? data_.store->fingerprint(stored_.known(id_of(row))) : cell(*roles_.clip_hash, row);
    });
  }

  template <typename Key>
  void add_identity(const char* name, bool is_known, const Key& key) {
    if (!is_known) return;
    Identity identity{name, {}};
    identity.keys.reserve(used_.size());
    for (const std::size_t row : used_) identity.keys.push_back(key(row));
    data_.identities.push_back(std::move(identity));
  }

  void make_features() {
    FeatureRequest request = config_.features;
    if (data_.is_of_folder && request.use.empty()) request.use = {"none"};  // what files are like is no music
    FeatureColumns chosen = feature_columns(table(), roles_, request, used_);
    data_.examples.table = std::move(chosen.table);
    data_.unused_columns = std::move(chosen.unused);
  }

  const TrainDataConfig& config_;
  LoadedTable loaded_;
  TableRoles roles_;
  std::optional<std::size_t> label_group_;
  std::unordered_map<std::string, std::string> parts_;  // of the split file
  std::optional<RowIds> ids_;
  ingest::tables::IdMatches stored_;    // with the ids of the spectrograms
  ingest::tables::IdMatches in_parts_;  // with those of the split file
  std::vector<std::size_t> used_;       // by example: row of the table
  TrainData data_;
};

}  // namespace

TrainData load_train_data(const TrainDataConfig& config) {
  return Loader(config).load();
}

}  // namespace hitscope::apps::examples
