#include "apps/pipeline/train_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <limits>
#include <set>
#include <string_view>

#include "apps/pipeline/progress.h"
#include "apps/pipeline/verb.h"

namespace hitscope::apps {
namespace {

using ingest::Catalogue;
using ingest::Failure;
using ingest::FailureKind;
using ingest::Track;

constexpr std::size_t kMostCategories = 100;

bool is_missing(const std::string& cell) {
  constexpr std::array<std::string_view, 10> kMarks{"", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "-", "?"};
  return std::find(kMarks.begin(), kMarks.end(), cell) != kMarks.end();
}

std::optional<std::size_t> find(const std::vector<std::string>& header, const std::string& name) {
  const auto found = std::find(header.begin(), header.end(), name);
  if (found == header.end()) return std::nullopt;
  return static_cast<std::size_t>(found - header.begin());
}

std::size_t need(const Catalogue& catalogue, const std::string& name, const char* flag) {
  if (const auto index = find(catalogue.header(), name)) return *index;
  std::string columns;
  for (const std::string& column : catalogue.header()) columns += (columns.empty() ? "" : ", ") + column;
  throw UsageError(fmt::format("{}: {} names the column '{}', which it does not have; its columns are: {}",
                               catalogue.path().string(), flag, name, columns));
}

std::optional<std::size_t> title_column(const std::vector<std::string>& header) {
  for (const char* name : {"title", "track_name", "song_name", "track_title", "song_title", "name", "track"}) {
    if (const auto index = find(header, name)) return index;
  }
  return std::nullopt;
}

class Loader {
 public:
  explicit Loader(const TrainDataConfig& config) : config_(config), catalogue_(open(config)) {
    const auto& header = catalogue_.header();
    if (!config.spectrograms.empty()) data_.store = std::make_unique<SpectrogramStore>(config.spectrograms);
    target_ = config.target.empty() ? popularity_column() : need(catalogue_, config.target, "--target");
    data_.target_column = header[target_];
    group_ = config.group_column.empty() ? catalogue_.roles().artist
                                         : std::optional(need(catalogue_, config.group_column, "--group-column"));
    if (group_) data_.group_column = header[*group_];
    if (!config.split_column.empty()) split_ = need(catalogue_, config.split_column, "--split-column");
    title_ = title_column(header);
  }

  TrainData load() {
    read_rows();
    make_labels();
    make_examples();
    if (data_.dataset.n_rows == 0) throw UsageError(no_examples());
    make_features();
    return std::move(data_);
  }

 private:
  static Catalogue open(const TrainDataConfig& config) {
    auto catalogue = Catalogue::open(config.catalogue, {config.columns, !config.spectrograms.empty(), false});
    if (!catalogue) throw UsageError(catalogue.error().detail);
    return std::move(*catalogue);
  }

  std::size_t popularity_column() const {
    if (const auto role = catalogue_.roles().popularity) return *role;
    throw UsageError(
        catalogue_.path().string() +
        ": has no popularity column; name it with --popularity-column, or a categorical one with --target");
  }

  std::vector<double> thresholds() const {
    if (!config_.thresholds.empty()) return config_.thresholds;
    return config_.target.empty() ? std::vector<double>{34.0, 67.0} : std::vector<double>{};
  }

  void read_rows() {
    while (auto row = catalogue_.next()) {
      TrainRow out{row->row, row->id, std::nullopt, std::nullopt};
      if (row->track) {
        tracks_.push_back(std::move(*row->track));
        track_rows_.push_back(data_.rows.size());
      } else {
        out.failure = row->track.error();
      }
      data_.rows.push_back(std::move(out));
    }
    if (data_.rows.empty()) {
      throw UsageError(catalogue_.path().string() + ": has a header but no rows; nothing to train on");
    }
  }

  void make_labels() {
    if (const auto edges = thresholds(); !edges.empty()) {
      data_.labels = models::LabelScheme::by_thresholds(edges);
      return;
    }
    std::vector<std::string> cells;
    for (const Track& track : tracks_) {
      if (!is_missing(track.cells[target_])) cells.push_back(track.cells[target_]);
    }
    try {
      data_.labels = models::LabelScheme::by_category(cells);
    } catch (const std::invalid_argument& e) {
      throw UsageError(fmt::format("{}: --target {}: {}", catalogue_.path().string(), data_.target_column, e.what()));
    }
  }

  /// The class of a track, or why it has none.
  tl::expected<int, Failure> label_of(const Track& track) const {
    const std::string& cell = track.cells[target_];
    const auto label = data_.labels->label(cell);
    const bool is_popularity = catalogue_.roles().popularity == target_;
    const auto number = models::parse_number(cell);
    const bool out_of_range = is_popularity && number && (*number < 0.0 || *number > 100.0);
    if (label && !out_of_range) return *label;
    const char* rule = is_popularity                ? "it must be a number from 0 to 100"
                       : data_.labels->is_ordered() ? "it must be a number"
                                                    : "it must not be missing";
    return tl::make_unexpected(Failure{ingest::Stage::kTrain, FailureKind::kBadValue,
                                       fmt::format("{} row {}: {} is '{}'; {}", catalogue_.path().string(), track.row,
                                                   data_.target_column, cell, rule)});
  }

  void make_examples() {
    models::Dataset& dataset = data_.dataset;
    dataset.n_classes = data_.labels->n_classes();
    if (data_.store) {
      const RenderSettings& settings = data_.store->settings();
      dataset.spectrograms = {
          settings.front_end.n_bins(),
          settings.n_frames(),
          settings.sample_type == SampleType::kFloat16 ? models::StoredType::kFloat16 : models::StoredType::kFloat32,
          {}};
    }
    for (std::size_t i = 0; i < tracks_.size(); ++i) {
      TrainRow& row = data_.rows[track_rows_[i]];
      const auto label = label_of(tracks_[i]);
      if (!label) {
        row.failure = label.error();
        continue;
      }
      if (split_ && is_missing(tracks_[i].cells[*split_])) {
        row.failure = Failure{
            ingest::Stage::kTrain, FailureKind::kBadValue,
            fmt::format("{} row {}: {} is '{}'; it must say which side of the split the row is on",
                        catalogue_.path().string(), tracks_[i].row, config_.split_column, tracks_[i].cells[*split_])};
        continue;
      }
      if (data_.store) {
        const auto bytes = data_.store->find(tracks_[i].id);
        if (!bytes) {
          row.failure = bytes.error();
          continue;
        }
        dataset.spectrograms.rows.push_back(*bytes);
      }
      row.example = dataset.n_rows++;
      dataset.targets.push_back(*label);
      used_.push_back(i);
      add_groups(tracks_[i]);
    }
  }

  void add_groups(const Track& track) {
    data_.groups.push_back(group_ ? track.cells[*group_] : "");
    const bool known = title_ && !track.artist.empty() && !track.cells[*title_].empty();
    data_.songs.push_back(known ? track.artist + "\x1f" + track.cells[*title_] : "");
    if (split_) data_.split_values.push_back(track.cells[*split_]);
  }

  std::string no_examples() const {
    std::string text =
        fmt::format("{}: none of its {} can be used", catalogue_.path().string(), count_of(data_.rows.size(), "row"));
    for (const TrainRow& row : data_.rows) {
      if (row.failure) return text + "; the first: " + row.failure->detail;
    }
    return text;
  }

  /// Why a column cannot be a feature by its role, or nullptr.
  const char* role_of(std::size_t column) const {
    const ingest::ColumnRoles& roles = catalogue_.roles();
    if (column == target_) return "the target";
    if (roles.popularity == column) return "the outcome";
    if (roles.id == column) return "the id";
    if (std::count(roles.urls.begin(), roles.urls.end(), column) > 0) return "a URL";
    if (group_ == column || roles.artist == column) return "the group";
    if (split_ == column) return "the split";
    if (title_ == column) return "the title";
    return nullptr;
  }

  void make_features() {
    const auto& header = catalogue_.header();
    const bool none = config_.features == std::vector<std::string>{"none"};
    if (!none) {
      for (const std::string& name : config_.features) need(catalogue_, name, "--features");
    }
    for (std::size_t column = 0; column < header.size(); ++column) {
      const bool listed =
          std::find(config_.features.begin(), config_.features.end(), header[column]) != config_.features.end();
      if (const char* role = role_of(column)) {
        if (listed)
          throw UsageError(
              fmt::format("--features names '{}', which is {}; it must not be a feature", header[column], role));
        data_.unused_columns.push_back(fmt::format("{} ({})", header[column], role));
      } else if (none || (!config_.features.empty() && !listed)) {
        data_.unused_columns.push_back(header[column] + " (not in --features)");
      } else {
        add_feature(header[column], column);
      }
    }
  }

  void add_feature(const std::string& name, std::size_t column) {
    std::vector<double> numbers;
    std::vector<std::string> texts;
    std::set<std::string> distinct;
    bool numeric = true;
    for (const std::size_t i : used_) {
      const std::string& cell = tracks_[i].cells[column];
      const bool missing = is_missing(cell);
      const auto number = missing ? std::nullopt : models::parse_number(cell);
      numeric = numeric && (missing || number);
      numbers.push_back(number.value_or(std::numeric_limits<double>::quiet_NaN()));
      texts.push_back(missing ? "" : cell);
      if (!missing) distinct.insert(cell);
    }
    if (distinct.size() < 2) {
      data_.unused_columns.push_back(name + (distinct.empty() ? " (no values)" : " (constant)"));
    } else if (numeric) {
      data_.dataset.table.numeric.push_back({name, std::move(numbers)});
    } else if (distinct.size() <= kMostCategories) {
      data_.dataset.table.categorical.push_back({name, std::move(texts)});
    } else {
      data_.unused_columns.push_back(fmt::format("{} ({} distinct texts)", name, distinct.size()));
    }
  }

  const TrainDataConfig& config_;
  Catalogue catalogue_;
  std::size_t target_ = 0;
  std::optional<std::size_t> group_;
  std::optional<std::size_t> split_;
  std::optional<std::size_t> title_;
  std::vector<Track> tracks_;            // rows that the catalogue could read
  std::vector<std::size_t> track_rows_;  // their places in data_.rows
  std::vector<std::size_t> used_;        // by example: place in tracks_
  TrainData data_;
};

}  // namespace

TrainData load_train_data(const TrainDataConfig& config) {
  return Loader(config).load();
}

}  // namespace hitscope::apps
