#include "ingest/catalogue.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <initializer_list>
#include <string_view>
#include <unordered_map>

#include "ingest/csv.h"

namespace hitscope::ingest {
namespace {

using Names = std::initializer_list<std::string_view>;
const Names kIdNames{"id",        "track_id", "song_id", "spotify_id", "spotify_track_id",
                     "track_uri", "uri",      "clip_id", "isrc"};
const Names kUrlNames{"preview_url", "track_preview_url", "preview", "preview_link", "clip_url", "audio_url", "url"};
const Names kArtistNames{"artist", "artist_name", "artists", "artist_names", "track_artist", "performer", "artist_id"};
const Names kPopularityNames{"popularity", "track_popularity", "song_popularity", "spotify_popularity"};

std::string normalised(std::string_view name) {
  std::string result;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    result += std::isalnum(byte) != 0 ? static_cast<char>(std::tolower(byte)) : '_';
  }
  return result;
}

std::string joined(const std::vector<std::string>& names) {
  std::string result;
  for (const std::string& name : names) result += (result.empty() ? "" : ", ") + name;
  return result;
}

Failure bad_file(const std::filesystem::path& path, const std::string& why) {
  return {Stage::kCatalogue, FailureKind::kBadFile, path.string() + ": " + why, Action::kStop};
}

struct RoleSearch {
  std::string_view role;  // as in the flag --ROLE-column
  std::string given;      // name by flag, or empty
  Names usual;
  bool needed;
};

tl::expected<std::optional<std::size_t>, Failure> find_column(const std::filesystem::path& path,
                                                              const std::vector<std::string>& header,
                                                              const RoleSearch& search) {
  if (!search.given.empty()) {
    const auto found = std::find(header.begin(), header.end(), search.given);
    if (found != header.end()) return static_cast<std::size_t>(found - header.begin());
    return tl::make_unexpected(bad_file(path, "has no column '" + search.given + "', named by --" +
                                                  std::string(search.role) +
                                                  "-column; its columns are: " + joined(header)));
  }
  for (const std::string_view name : search.usual) {
    for (std::size_t i = 0; i < header.size(); ++i) {
      if (normalised(header[i]) == name) return i;
    }
  }
  if (!search.needed) return std::nullopt;
  const std::string role(search.role);
  std::string usual;
  for (const std::string_view name : search.usual) usual += (usual.empty() ? "" : ", ") + std::string(name);
  return tl::make_unexpected(bad_file(path, "has no " + role + " column; name it with --" + role +
                                                "-column (usual names: " + usual +
                                                "). Its columns are: " + joined(header)));
}

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

std::optional<std::string> url_problem(const std::string& url) {
  if (url.empty()) return "is empty; every row needs an http or https URL";
  const std::unique_ptr<CURLU, void (*)(CURLU*)> parsed(curl_url(), curl_url_cleanup);
  const CURLUcode code = curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), CURLU_NON_SUPPORT_SCHEME);
  if (code != CURLUE_OK) return "is not a URL (" + std::string(curl_url_strerror(code)) + "); the rule: http or https";
  char* scheme = nullptr;
  curl_url_get(parsed.get(), CURLUPART_SCHEME, &scheme, 0);
  const std::string name = scheme == nullptr ? "" : scheme;
  curl_free(scheme);
  if (name == "http" || name == "https") return std::nullopt;
  return "has the scheme '" + name + "'; the rule: http or https";
}

struct Catalogue::Impl {
  std::filesystem::path path;
  CsvReader reader;
  CatalogueOptions options;
  ColumnRoles roles;
  std::unordered_map<std::string, std::size_t> rows_by_id;

  std::string where(std::size_t row) const { return path.string() + " row " + std::to_string(row) + ": "; }

  std::optional<Failure> problem(const Track& track) {
    const auto failure = [&](FailureKind kind, const std::string& why) {
      return Failure{Stage::kCatalogue, kind, where(track.row) + why};
    };
    if (const auto why = id_problem(track.id)) return failure(FailureKind::kBadId, "id '" + track.id + "' " + *why);
    if (roles.id) {
      const auto [first, is_new] = rows_by_id.emplace(track.id, track.row);
      if (!is_new) {
        return failure(FailureKind::kDuplicateId, "id '" + track.id + "' stands in row " +
                                                      std::to_string(first->second) + " already; ids must be unique");
      }
    }
    if (!options.need_url) return std::nullopt;
    if (const auto why = url_problem(track.url))
      return failure(FailureKind::kBadUrl, "url '" + track.url + "' " + *why);
    return std::nullopt;
  }
};

Catalogue::Catalogue(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Catalogue::~Catalogue() = default;
Catalogue::Catalogue(Catalogue&&) noexcept = default;
Catalogue& Catalogue::operator=(Catalogue&&) noexcept = default;

tl::expected<Catalogue, Failure> Catalogue::open(const std::filesystem::path& path, const CatalogueOptions& options) {
  auto reader = CsvReader::open(path);
  if (!reader) return tl::make_unexpected(reader.error());
  const ColumnNames& names = options.columns;
  const std::vector<std::string>& header = reader->header();
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (std::find(header.begin(), header.begin() + static_cast<std::ptrdiff_t>(i), header[i]) !=
        header.begin() + static_cast<std::ptrdiff_t>(i)) {
      return tl::make_unexpected(bad_file(path, "has two columns named '" + header[i] + "'; names must be unique"));
    }
  }
  const auto id = find_column(path, header, {"id", names.id, kIdNames, options.need_id});
  const auto url = find_column(path, header, {"url", names.url, kUrlNames, options.need_url});
  const auto artist = find_column(path, header, {"artist", names.artist, kArtistNames, false});
  const auto popularity = find_column(path, header, {"popularity", names.popularity, kPopularityNames, false});
  for (const auto* found : {&id, &url, &artist, &popularity}) {
    if (!*found) return tl::make_unexpected(found->error());
  }
  return Catalogue(std::make_unique<Impl>(
      Impl{path, std::move(*reader), options, ColumnRoles{*id, *url, *artist, *popularity}, {}}));
}

const std::vector<std::string>& Catalogue::header() const {
  return impl_->reader.header();
}
const ColumnRoles& Catalogue::roles() const {
  return impl_->roles;
}
const std::filesystem::path& Catalogue::path() const {
  return impl_->path;
}

std::optional<CatalogueRow> Catalogue::next() {
  auto row = impl_->reader.next();
  if (!row) return std::nullopt;
  if (!*row) return CatalogueRow{impl_->reader.row_number(), "", tl::make_unexpected(row->error())};
  const ColumnRoles& roles = impl_->roles;
  Track track;
  track.row = (*row)->number;
  track.cells = std::move((*row)->cells);
  track.id = roles.id ? track.cells[*roles.id] : "row-" + std::to_string(track.row);
  if (roles.url) track.url = track.cells[*roles.url];
  if (roles.artist) track.artist = track.cells[*roles.artist];
  if (auto failure = impl_->problem(track)) {
    return CatalogueRow{track.row, track.id, tl::make_unexpected(std::move(*failure))};
  }
  const std::size_t number = track.row;
  std::string id = track.id;
  return CatalogueRow{number, std::move(id), std::move(track)};
}

}  // namespace hitscope::ingest
