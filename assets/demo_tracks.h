// The invented catalogue behind the demo clips: artists, tracks, what each sounds like, and how popular it is.
//
// Popularity (0..100) is a rank-mapped sum of standardised parts: what only the sound tells (brightness and vocals; 46
// % of the variance), what only a column tells (the label's size; 36 %), what both tell (loudness; 15 %) and chance (3
// %). Neither sound nor columns alone can reach what they reach together. About 35 % of the tracks fall below 34, 37 %
// from 34 to 66, 28 % above. Everything follows from the configuration alone; pure functions, safe to call from several
// threads.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "assets/song_synth.h"

namespace hitscope::assets {

struct CatalogueConfig {
  int tracks = 400;                                // rows of the catalogue, at least 1
  int artists = 130;                               // tracks go round them in turn, at least 1
  int seconds = 30;                                // length of every clip, at least 1
  int repeated = 0;                                // rows more: the first songs again, under another artist
  std::uint64_t seed = 7;                          // same seed, same bytes
  std::string base_url = "http://127.0.0.1:8000";  // preview_url is this, a slash, and the clip's file name
};

struct DemoTrack {
  std::string id, artist_name, track_name;
  int popularity = 0;  // 0..100
  int release_year = 0;
  int duration_ms = 0;      // of the invented full song, not of the clip
  double tempo = 0.0;       // beats per minute, as a noisy tagger would say
  double loudness = 0.0;    // dBFS, likewise
  double energy = 0.0;      // 0..1, a noisy mix of loudness and drum density
  double label_size = 0.0;  // 0..100, how large its label is
  bool is_explicit = false;
  SongStyle style;  // the truth the audio is made from
  std::uint64_t song_seed = 0;
};

/// The whole catalogue in order. A track's id and sound depend on seed, artists, seconds and its place, so an id always
/// names the same audio; its popularity is a rank among all tracks.
std::vector<DemoTrack> make_tracks(const CatalogueConfig& config);

/// Header and one row per track, RFC 4180 quoting, '\n' line ends.
std::string to_csv(const std::vector<DemoTrack>& tracks, const std::string& base_url);

}  // namespace hitscope::assets
