#include "ingest/library_versions.h"

#include <curl/curl.h>
#include <idn2.h>
#include <mpg123.h>
#include <openssl/crypto.h>
#include <sndfile.h>
#include <sqlite3.h>
#include <xxhash.h>

#include <filesystem>
#include <system_error>

#include "ingest/ffmpeg_library.h"

namespace hitscope::ingest {
namespace {

/// "libsndfile-1.2.0" without what stands before the number.
std::string after_dash(const std::string& text) {
  return text.substr(text.find('-') + 1);
}

std::string xxhash_version() {
  const unsigned n = ::XXH_versionNumber();
  return std::to_string(n / 10000) + "." + std::to_string(n / 100 % 100) + "." + std::to_string(n % 100);
}

}  // namespace

std::vector<dsp::LibraryVersion> library_versions() {
  const curl_version_info_data* curl = ::curl_version_info(CURLVERSION_NOW);
  return {{"libcurl", curl->version},
          {"OpenSSL", ::OpenSSL_version(OPENSSL_VERSION_STRING)},
          {"SQLite", ::sqlite3_libversion()},
          {"zlib", curl->libz_version == nullptr ? "none" : curl->libz_version},
          {"libsndfile", after_dash(::sf_version_string())},
          {"mpg123", "API " + std::to_string(MPG123_API_VERSION)},
          {"libidn2", ::idn2_check_version(nullptr)},
          {"xxHash", xxhash_version()}};
}

std::string certificates() {
  const curl_version_info_data* curl = ::curl_version_info(CURLVERSION_NOW);
  std::string known;
  for (const char* path : {curl->cainfo, curl->capath}) {
    if (path == nullptr) continue;
    if (std::error_code error; std::filesystem::exists(path, error)) return path;
    known = path;
  }
  return known;
}

std::string ffmpeg_version() {
  return Ffmpeg::get().av_version_info();
}

}  // namespace hitscope::ingest
