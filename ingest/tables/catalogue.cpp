#include "ingest/tables/catalogue.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string_view>
#include <utility>

#include "ingest/browser_url.h"
#include "ingest/tables/blanks.h"
#include "ingest/tables/column_naming.h"
#include "ingest/tables/column_roles.h"
#include "ingest/tables/id_set.h"
#include "ingest/tables/missing_marks.h"
#include "ingest/tables/schema.h"
#include "ingest/tables/text_encoding.h"
#include "ingest/url.h"

namespace hitscope::ingest::tables {
namespace {

std::string joined(const std::vector<std::string>& names) {
  std::string result;
  for (const std::string& name : names) result += (result.empty() ? "" : ", ") + name;
  return result;
}

Failure bad_file(const std::string& file, const std::string& why) {
  return {Stage::kCatalogue, FailureKind::kBadFile, file + ": " + why, Action::kStop};
}

/// Cells of a table in UTF-8: those that are not are Windows-1252, as in read_text_table().
std::vector<std::string> in_utf8(const TableReader& table, std::vector<std::string> cells) {
  if (table.is_utf8_by_its_own_word()) return cells;
  for (std::string& cell : cells) {
    if (!is_utf8(cell)) cell = utf8_from_windows_1252(cell);
  }
  return cells;
}

struct RoleSearch {
  std::string_view role;  // as in the field ROLE_column
  std::string given;      // name by flag, or empty
  ColumnRole usual;
  bool needed;
};

/// Finds columns in one table; the first failure is kept.
class ColumnSearch {
 public:
  ColumnSearch(const std::string& file, const std::vector<std::string>& header) : file_(file), header_(header) {}

  std::optional<std::size_t> find(const RoleSearch& search) {
    if (!search.given.empty()) return given(search);
    const auto found = find_role(header_, search.usual);
    if (found || !search.needed) return found;
    const std::string role(search.role);
    std::string usual;
    for (const std::string_view name : usual_names(search.usual))
      usual += (usual.empty() ? "" : ", ") + std::string(name);
    fail("has no " + role + " column; name it with `" + role + "_column` (usual names: " + usual +
         "); its columns are: " + joined(header_));
    return std::nullopt;
  }

  std::vector<std::size_t> find_urls(const std::vector<std::string>& names, bool needed) {
    std::vector<std::size_t> columns;
    if (names.empty()) {
      if (const auto column = find({"url", "", ColumnRole::kUrl, needed})) columns.push_back(*column);
    }
    for (const std::string& name : names) {
      if (const auto column = find({"url", name, ColumnRole::kUrl, needed})) columns.push_back(*column);
    }
    return columns;
  }

  const std::optional<Failure>& failure() const { return failure_; }

 private:
  std::optional<std::size_t> given(const RoleSearch& search) {
    const auto found = std::find(header_.begin(), header_.end(), search.given);
    if (found != header_.end()) return static_cast<std::size_t>(found - header_.begin());
    fail("has no column '" + search.given + "', named by `" + std::string(search.role) +
         "_column`; its columns are: " + joined(header_));
    return std::nullopt;
  }

  void fail(const std::string& why) {
    if (!failure_) failure_ = bad_file(file_, why);
  }

  const std::string& file_;
  const std::vector<std::string>& header_;
  std::optional<Failure> failure_;
};

}  // namespace

std::optional<std::string> id_problem(std::string_view id) {
  constexpr std::size_t kLongest = 500;
  if (id.empty()) return "is empty; every row needs an id";
  if (id.size() > kLongest) return "has " + std::to_string(id.size()) + " bytes; at most 500 are allowed";
  for (const char c : id) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return "contains a control character; none is allowed";
  }
  if (id.front() == '/' || id.front() == '\\') return "starts with a path separator; an id must not be a path";
  std::size_t begin = 0;
  while (begin <= id.size()) {
    const std::size_t end = std::min(id.find_first_of("/\\", begin), id.size());
    const std::string_view segment = id.substr(begin, end - begin);
    if (segment == "." || segment == "..") {
      return "contains the path segment '" + std::string(segment) + "'; an id must not be a path";
    }
    begin = end + 1;
  }
  return std::nullopt;
}

struct Catalogue::Impl {
  std::filesystem::path path;
  TableReader table;
  std::vector<std::string> header;
  CatalogueOptions options;
  ColumnRoles roles;
  IdSet ids;
  MissingMarks marks{TableSchema{}.missing_marks};

  Failure failure(FailureKind kind, std::size_t row, const std::string& why) const {
    return {Stage::kCatalogue, kind, table.name() + " row " + std::to_string(row) + ": " + why};
  }

  Track track_of(TableRow&& row) const {
    Track track;
    track.row = row.number;
    track.cells = in_utf8(table, std::move(row.cells));
    track.id = roles.id ? track.cells[*roles.id] : "row-" + std::to_string(track.row);
    if (roles.artist) track.artist = track.cells[*roles.artist];
    for (const std::size_t column : roles.urls) {
      const std::string_view cell = without_blanks(track.cells[column]);
      if (marks.is_missing(cell)) continue;
      std::string url = browser_url(cell);
      if (std::find(track.urls.begin(), track.urls.end(), url) == track.urls.end())
        track.urls.push_back(std::move(url));
    }
    return track;
  }

  std::optional<Failure> id_failure(const Track& track) {
    if (const auto why = id_problem(track.id)) {
      return failure(FailureKind::kBadId, track.row, "id '" + track.id + "' " + *why);
    }
    if (!roles.id) return std::nullopt;
    constexpr std::size_t kLastRow = std::numeric_limits<std::uint32_t>::max();  // later rows are reported as this one
    const auto first = ids.insert(track.id, static_cast<std::uint32_t>(std::min(track.row, kLastRow)));
    if (!first) return std::nullopt;
    return failure(FailureKind::kDuplicateId, track.row,
                   "id '" + track.id + "' is already used in row " + std::to_string(*first) + "; ids must be unique");
  }

  /// Leaves out the URLs that cannot be fetched; a failure where none can.
  std::optional<Failure> url_failure(Track& track) const {
    std::string whys;
    std::vector<std::string> candidates = std::exchange(track.urls, {});
    if (candidates.empty()) return failure(FailureKind::kNoUrl, track.row, "has no preview URL");
    for (std::string& url : candidates) {
      const auto why = url_problem(url);
      if (why) whys += (whys.empty() ? "url '" : "; url '") + without_password(url) + "' " + *why;
      if (!why) track.urls.push_back(std::move(url));
    }
    if (!track.urls.empty()) return std::nullopt;
    return failure(FailureKind::kBadUrl, track.row, whys);
  }
};

Catalogue::Catalogue(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Catalogue::~Catalogue() = default;
Catalogue::Catalogue(Catalogue&&) noexcept = default;
Catalogue& Catalogue::operator=(Catalogue&&) noexcept = default;

tl::expected<Catalogue, Failure> Catalogue::open(const std::filesystem::path& path, const CatalogueOptions& options) {
  auto table = TableReader::open(path, options.writing);
  if (!table) return tl::make_unexpected(table.error());
  const ColumnNames& names = options.columns;
  std::vector<std::string> header = in_utf8(*table, table->header());
  if (const auto why = name_columns(header)) return tl::make_unexpected(bad_file(table->name(), *why));
  ColumnSearch search(table->name(), header);
  ColumnRoles roles;
  roles.id = search.find({"id", names.id, ColumnRole::kId, options.need_id});
  roles.urls = search.find_urls(names.urls, options.need_url);
  roles.artist = search.find({"artist", names.artist, ColumnRole::kArtist, false});
  roles.popularity = search.find({"popularity", names.popularity, ColumnRole::kPopularity, false});
  if (search.failure()) return tl::make_unexpected(*search.failure());
  return Catalogue(
      std::make_unique<Impl>(Impl{path, std::move(*table), std::move(header), options, std::move(roles), {}}));
}

const std::vector<std::string>& Catalogue::header() const {
  return impl_->header;
}
const ColumnRoles& Catalogue::roles() const {
  return impl_->roles;
}
const std::filesystem::path& Catalogue::path() const {
  return impl_->path;
}

std::string Catalogue::description() const {
  return impl_->table.description();
}
double Catalogue::fraction_read() const {
  return impl_->table.fraction_read();
}
std::size_t Catalogue::n_dropped_values() const {
  return impl_->table.n_dropped_values();
}

std::optional<CatalogueRow> Catalogue::next() {
  auto row = impl_->table.next();
  if (!row) return std::nullopt;
  if (!*row) return CatalogueRow{impl_->table.row_number(), "", tl::make_unexpected(row->error()), {}};
  Track track = impl_->track_of(std::move(**row));
  const std::size_t number = track.row;
  std::string id = track.id;
  auto failure = impl_->id_failure(track);
  if (!failure && impl_->options.need_url) failure = impl_->url_failure(track);
  if (failure) {
    return CatalogueRow{number, std::move(id), tl::make_unexpected(std::move(*failure)), std::move(track.cells)};
  }
  return CatalogueRow{number, std::move(id), std::move(track), {}};
}

}  // namespace hitscope::ingest::tables
