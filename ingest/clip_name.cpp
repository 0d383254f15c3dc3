#include "ingest/clip_name.h"

#include <algorithm>
#include <string>

#include "ingest/audio_type.h"

namespace hitscope::ingest {

bool is_clip_name(std::string_view file, std::string_view sha256) {
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (sha256.size() != 64 || !std::all_of(sha256.begin(), sha256.end(), is_hex)) return false;
  const std::string stem =
      std::string(kClipFolder) + "/" + std::string(sha256.substr(0, 2)) + "/" + std::string(sha256);
  if (!file.starts_with(stem)) return false;
  const auto formats = audio_formats();
  return std::any_of(formats.begin(), formats.end(),
                     [&](const AudioFormat& format) { return file.substr(stem.size()) == format.extensions.front(); });
}

bool is_clip_name(std::string_view file) {
  constexpr std::size_t kBefore = std::string_view("clips/hh/").size();
  return file.size() > kBefore && is_clip_name(file, file.substr(kBefore, 64));
}

}  // namespace hitscope::ingest
