#include "assets/demo_tracks.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <iomanip>
#include <locale>
#include <numeric>
#include <set>
#include <span>
#include <sstream>
#include <string_view>
#include <utility>

#include "assets/seeded_random.h"

namespace hitscope::assets {
namespace {

// Raise when the sound of a given configuration changes: ids change with it, so old clips are never taken for new ones.
constexpr std::uint64_t kSynthVersion = 1;

enum Stream : std::uint64_t { kArtistStream = 1, kTrackStream, kSongStream, kIdStream };
enum Property : std::size_t { kTempo, kLoudness, kBrightness, kVocals, kDrumDensity, kPropertyCount };

/// Properties as standard-normal-like coordinates; genre, artist and track each shift them.
using Coordinates = std::array<double, kPropertyCount>;

struct GenreProfile {
  std::string_view name;
  Coordinates centre;
  double explicit_share;
};

//                                            tempo  loud bright vocals drums
constexpr std::array<GenreProfile, kGenreCount> kGenres = {{{"pop", {0.1, 0.2, 0.2, 0.4, 0.1}, 0.10},
                                                            {"rock", {0.3, 0.4, 0.1, 0.0, 0.3}, 0.12},
                                                            {"electronic", {0.4, 0.3, 0.2, -0.5, 0.5}, 0.05},
                                                            {"folk", {-0.4, -0.7, -0.2, 0.2, -0.9}, 0.02},
                                                            {"hip-hop", {-0.3, 0.1, -0.2, 0.1, 0.1}, 0.45}}};

struct Artist {
  std::string name;
  Genre genre = Genre::kPop;
  Coordinates style{};
  double fame = 0.0;  // standard normal
  int debut_year = 0;
};

template <std::size_t N>
std::string_view pick(SeededRandom& random, const std::array<std::string_view, N>& words) {
  return words[random.index(N)];
}

std::string invented_word(SeededRandom& random) {
  static constexpr std::array<std::string_view, 18> kOnsets = {"b", "br", "d", "dr", "f", "gl", "h", "k", "l",
                                                               "m", "n",  "p", "qu", "s", "t",  "v", "w", "z"};
  static constexpr std::array<std::string_view, 10> kVowels = {"a", "e", "i", "o", "u", "a", "e", "o", "ia", "ou"};
  static constexpr std::array<std::string_view, 8> kCodas = {"", "l", "m", "n", "r", "sk", "th", "x"};
  std::string word;
  const std::size_t n_syllables = 2 + random.index(2);
  for (std::size_t i = 0; i < n_syllables; ++i) {
    word += pick(random, kOnsets);
    word += pick(random, kVowels);
  }
  word += pick(random, kCodas);
  word.front() = static_cast<char>(word.front() - 'a' + 'A');
  return word;
}

std::string artist_name(SeededRandom& random) {
  static constexpr std::array<std::string_view, 8> kBands = {"Lanterns", "Tide",    "Assembly", "Parade",
                                                             "Motels",   "Circuit", "Weather",  "Orchard"};
  const std::string word = invented_word(random);
  switch (random.index(4)) {
    case 0:
      return "The " + word + " " + std::string(pick(random, kBands));
    case 1:
      return word + " " + invented_word(random);
    case 2:
      return word + " & the " + std::string(pick(random, kBands));
    default:
      return word;
  }
}

std::string track_name(SeededRandom& random) {
  static constexpr std::array<std::string_view, 20> kQualities = {
      "Paper", "Neon",   "Slow",  "Borrowed", "Electric", "Quiet",  "Second", "Golden", "Hollow", "Midnight",
      "Salt",  "Summer", "Glass", "Restless", "Northern", "Silver", "Wooden", "Last",   "Velvet", "Distant"};
  static constexpr std::array<std::string_view, 20> kThings = {
      "Harbour", "Signal", "Garden", "Letters", "Engine", "Window", "River", "Satellite", "Holiday", "Mirror",
      "Weekend", "Static", "Bridge", "Ceiling", "Orbit",  "Avenue", "Fever", "Compass",   "Lantern", "Morning"};
  const std::string quality(pick(random, kQualities)), thing(pick(random, kThings));
  switch (random.index(4)) {
    case 0:
      return thing + " in " + invented_word(random);
    case 1:
      return thing + ", " + quality + " " + thing;
    default:
      return quality + " " + thing;
  }
}

/// The candidate itself, or with the first number that makes it new.
std::string made_unique(const std::string& candidate, std::set<std::string>& taken) {
  std::string name = candidate;
  for (int number = 2; !taken.insert(name).second; ++number) name = candidate + " " + std::to_string(number);
  return name;
}

std::vector<Artist> make_artists(const CatalogueConfig& config) {
  std::vector<Artist> artists(static_cast<std::size_t>(config.artists));
  std::set<std::string> taken;
  for (std::size_t i = 0; i < artists.size(); ++i) {
    SeededRandom random({config.seed, kArtistStream, i});
    Artist& artist = artists[i];
    artist.name = made_unique(artist_name(random), taken);
    artist.genre = static_cast<Genre>(random.index(kGenreCount));
    const GenreProfile& profile = kGenres[static_cast<std::size_t>(artist.genre)];
    for (std::size_t p = 0; p < kPropertyCount; ++p) artist.style[p] = profile.centre[p] + 0.6 * random.normal();
    artist.fame = random.normal();
    artist.debut_year = 1988 + static_cast<int>(random.index(32));
  }
  return artists;
}

/// Short, safe as a file name, and never mistaken for a number.
std::string track_id(const CatalogueConfig& config, std::size_t index) {
  static constexpr std::string_view kLetters = "abcdefghjkmnpqrstuvwxyz";
  std::uint64_t hash = mix_keys({config.seed, kIdStream, kSynthVersion, static_cast<std::uint64_t>(config.artists),
                                 static_cast<std::uint64_t>(config.seconds)});
  std::string id = "demo-";
  for (int i = 0; i < 6; ++i, hash /= kLetters.size()) id += kLetters[hash % kLetters.size()];
  const std::string number = std::to_string(index);
  return id + "-" + std::string(number.size() < 4 ? 4 - number.size() : 0, '0') + number;
}

/// Squashes a coordinate into (0, 1); the spread of the coordinates makes the result roughly even over the range.
double to_unit(double coordinate) {
  return 1.0 / (1.0 + std::exp(-1.6 * coordinate));
}

SongStyle make_style(Genre genre, const Coordinates& at) {
  SongStyle style;
  style.genre = genre;
  style.tempo_bpm = 70.0 + 100.0 * to_unit(at[kTempo]);
  style.loudness_dbfs = -24.0 + 16.0 * to_unit(at[kLoudness]);
  style.brightness = to_unit(at[kBrightness]);
  style.vocals = to_unit(at[kVocals]);
  style.drum_density = to_unit(at[kDrumDensity]);
  return style;
}

void fill_table_columns(DemoTrack& track, const Artist& artist, SeededRandom& random) {
  const SongStyle& style = track.style;
  track.tempo = style.tempo_bpm * (1.0 + 0.04 * random.normal());
  track.loudness = std::min(style.loudness_dbfs + 1.5 * random.normal(), -0.5);
  const double loud = (style.loudness_dbfs + 24.0) / 16.0;
  track.energy = std::clamp(0.5 * loud + 0.4 * style.drum_density + 0.05 + 0.12 * random.normal(), 0.0, 1.0);
  track.duration_ms = static_cast<int>(std::clamp(208000.0 + 32000.0 * random.normal(), 95000.0, 420000.0));
  track.release_year = std::min(artist.debut_year + static_cast<int>(random.index(9)), 2024);
  track.is_explicit = random.chance(kGenres[static_cast<std::size_t>(style.genre)].explicit_share);
}

/// In place to mean 0 and variance 1; a constant becomes zeros.
void standardise(std::span<double> values) {
  const auto n = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double variance = 0.0;
  for (double& value : values) {
    value -= mean;
    variance += value * value / n;
  }
  if (variance > 0.0) {
    for (double& value : values) value /= std::sqrt(variance);
  }
}

/// Takes out of `values` what goes with `reference` (both standardised), and standardises the rest.
void make_independent(std::span<double> values, std::span<const double> reference) {
  const double product = std::inner_product(values.begin(), values.end(), reference.begin(), 0.0);
  const double slope = product / static_cast<double>(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) values[i] -= slope * reference[i];
  standardise(values);
}

/// Of each track a sum of standardised properties, standardised.
template <typename... Property>
std::vector<double> appeal_of(const std::vector<DemoTrack>& tracks, const Property&... property) {
  std::vector<double> appeal(tracks.size(), 0.0);
  const auto add = [&](const auto& of_track) {
    std::vector<double> values;
    for (const DemoTrack& track : tracks) values.push_back(of_track(track));
    standardise(values);
    for (std::size_t i = 0; i < values.size(); ++i) appeal[i] += values[i];
  };
  (add(property), ...);
  standardise(appeal);
  return appeal;
}

/// From the share of tracks below (0..1) to the popularity scale: 35 % end below 34 and 28 % at 67 or above.
double popularity_at(double quantile) {
  constexpr std::array<double, 4> kQuantiles = {0.0, 0.35, 0.72, 1.0}, kValues = {5.0, 33.5, 66.5, 96.0};
  const std::size_t piece = quantile < kQuantiles[1] ? 0 : quantile < kQuantiles[2] ? 1 : 2;
  const double along = (quantile - kQuantiles[piece]) / (kQuantiles[piece + 1] - kQuantiles[piece]);
  return kValues[piece] + along * (kValues[piece + 1] - kValues[piece]);
}

/// `chance` and `jitter` are standard normal, one per track.
void set_popularity(std::vector<DemoTrack>& tracks, std::vector<double> chance, std::span<const double> jitter) {
  std::vector<double> both = appeal_of(tracks, [](const DemoTrack& t) { return t.style.loudness_dbfs; });
  std::vector<double> heard = appeal_of(
      tracks, [](const DemoTrack& t) { return t.style.brightness; }, [](const DemoTrack& t) { return t.style.vocals; });
  std::vector<double> column = appeal_of(tracks, [](const DemoTrack& t) { return t.label_size; });
  standardise(chance);
  // In a small catalogue independent draws go together by accident; the shares of variance are to hold for any seed.
  make_independent(heard, both);
  for (const std::vector<double>* before : {&both, &heard}) make_independent(column, *before);
  for (const std::vector<double>* before : {&both, &heard, &column}) make_independent(chance, *before);
  std::vector<double> score(tracks.size());
  for (std::size_t i = 0; i < tracks.size(); ++i) {
    score[i] = std::sqrt(0.46) * heard[i] + std::sqrt(0.36) * column[i] + std::sqrt(0.15) * both[i] +
               std::sqrt(0.03) * chance[i];
  }
  std::vector<std::size_t> order(tracks.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return score[a] < score[b]; });
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    const double quantile = (static_cast<double>(rank) + 0.5) / static_cast<double>(order.size());
    const double popularity = std::round(popularity_at(quantile) + 0.7 * jitter[order[rank]]);
    tracks[order[rank]].popularity = static_cast<int>(std::clamp(popularity, 0.0, 100.0));
  }
}

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

}  // namespace

std::vector<DemoTrack> make_tracks(const CatalogueConfig& config) {
  const std::vector<Artist> artists = make_artists(config);
  std::vector<DemoTrack> tracks(static_cast<std::size_t>(config.tracks));
  std::vector<double> chance, jitter;
  std::set<std::string> taken;
  for (std::size_t i = 0; i < tracks.size(); ++i) {
    SeededRandom random({config.seed, kTrackStream, i});
    const Artist& artist = artists[i % artists.size()];
    Coordinates at = artist.style;
    for (double& coordinate : at) coordinate += 0.75 * random.normal();
    DemoTrack& track = tracks[i];
    track.id = track_id(config, i);
    track.artist_name = artist.name;
    track.style = make_style(artist.genre, at);
    track.song_seed = mix_keys({config.seed, kSongStream, i});
    fill_table_columns(track, artist, random);
    track.label_size = std::clamp(50.0 + 8.0 * artist.fame + 18.0 * random.normal(), 0.0, 100.0);
    chance.push_back(random.normal());
    jitter.push_back(random.normal());
    track.track_name = made_unique(track_name(random), taken);
  }
  set_popularity(tracks, std::move(chance), jitter);
  const std::size_t n_repeated = std::min(tracks.size(), static_cast<std::size_t>(std::max(0, config.repeated)));
  std::set<std::string> names;
  for (const Artist& artist : artists) names.insert(artist.name);
  for (std::size_t i = 0; i < n_repeated; ++i) {
    SeededRandom random({config.seed, kArtistStream, artists.size() + i});
    DemoTrack again = tracks[i];
    again.id += "-again";
    again.artist_name = made_unique(artist_name(random), names);
    tracks.push_back(std::move(again));
  }
  return tracks;
}

std::string to_csv(const std::vector<DemoTrack>& tracks, const std::string& base_url) {
  const std::string base = base_url.substr(0, base_url.find_last_not_of('/') + 1);
  std::ostringstream csv;
  csv.imbue(std::locale::classic());
  csv << "track_id,artist_name,track_name,preview_url,popularity,genre,release_year,duration_ms,tempo,loudness,energy,"
         "label_size,explicit\n";
  csv << std::fixed;
  for (const DemoTrack& track : tracks) {
    csv << track.id << ',' << csv_field(track.artist_name) << ',' << csv_field(track.track_name) << ','
        << csv_field(base + "/" + track.id + ".mp3") << ',' << track.popularity << ','
        << kGenres[static_cast<std::size_t>(track.style.genre)].name << ',' << track.release_year << ','
        << track.duration_ms << ',' << std::setprecision(2) << track.tempo << ',' << track.loudness << ','
        << std::setprecision(3) << track.energy << ',' << std::setprecision(1) << track.label_size << ','
        << (track.is_explicit ? 1 : 0) << '\n';
  }
  return csv.str();
}

}  // namespace hitscope::assets
