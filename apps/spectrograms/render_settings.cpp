#include "apps/spectrograms/render_settings.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <vector>

#include "dsp/resample.h"
#include "ingest/sha256.h"

namespace hitscope::apps::spectrograms {
namespace {

using nlohmann::json;

template <typename E>
E enum_from(const json& object, const char* key, const std::vector<E>& values) {
  const auto name = object.at(key).get<std::string>();
  for (const E value : values) {
    if (to_string(value) == name) return value;
  }
  throw std::runtime_error(std::string(key) + " is '" + name + "', which this version does not know");
}

json front_end_json(const dsp::FrontEndConfig& c) {
  return {{"feature", to_string(c.feature)},
          {"sample_rate", c.sample_rate},
          {"n_fft", c.n_fft},
          {"win_length", c.win_length},
          {"hop_length", c.hop_length},
          {"window", to_string(c.window)},
          {"center", c.center},
          {"pad_mode", to_string(c.pad_mode)},
          {"power", c.power},
          {"n_mels", c.n_mels},
          {"f_min", c.f_min_hz},
          {"f_max", c.resolved_f_max_hz()},
          {"mel_scale", to_string(c.mel_scale)},
          {"norm", to_string(c.norm)},
          {"n_mfcc", c.n_mfcc},
          {"scale", to_string(c.scale)},
          {"amin", c.amin},
          {"top_db", c.top_db},
          {"quality", to_string(c.quality)},
          {"resampler", dsp::resampler_name(c.quality)}};
}

dsp::FrontEndConfig front_end_from(const json& j) {
  dsp::FrontEndConfig c;
  c.feature =
      enum_from<dsp::Feature>(j, "feature", {dsp::Feature::kMel, dsp::Feature::kSpectrogram, dsp::Feature::kMfcc});
  c.sample_rate = j.at("sample_rate").get<int>();
  c.n_fft = j.at("n_fft").get<int>();
  c.win_length = j.at("win_length").get<int>();
  c.hop_length = j.at("hop_length").get<int>();
  c.window = enum_from<dsp::Window>(j, "window", {dsp::Window::kHann, dsp::Window::kHamming});
  c.center = j.at("center").get<bool>();
  c.pad_mode = enum_from<dsp::PadMode>(j, "pad_mode", {dsp::PadMode::kConstant, dsp::PadMode::kReflect});
  c.power = j.at("power").get<double>();
  c.n_mels = j.at("n_mels").get<int>();
  c.f_min_hz = j.at("f_min").get<double>();
  c.f_max_hz = j.at("f_max").get<double>();
  c.mel_scale = enum_from<dsp::MelScale>(j, "mel_scale", {dsp::MelScale::kSlaney, dsp::MelScale::kHtk});
  c.norm = enum_from<dsp::MelNorm>(j, "norm", {dsp::MelNorm::kNone, dsp::MelNorm::kSlaney});
  c.n_mfcc = j.at("n_mfcc").get<int>();
  c.scale = enum_from<dsp::Scale>(j, "scale", {dsp::Scale::kDecibel, dsp::Scale::kPower});
  c.amin = j.at("amin").get<double>();
  c.top_db = j.at("top_db").get<double>();
  c.quality = enum_from<dsp::Quality>(j, "quality", {dsp::Quality::kExact, dsp::Quality::kFast});
  if (j.at("resampler").get<std::string>() != dsp::resampler_name(c.quality)) {
    throw std::runtime_error("resampler is not " + std::string(dsp::resampler_name(c.quality)));
  }
  return c;
}

}  // namespace

std::int64_t RenderSettings::n_samples() const {
  return std::llround(duration_s * front_end.sample_rate);
}
int RenderSettings::n_frames() const {
  return static_cast<int>(front_end.n_frames(n_samples()));
}
std::size_t RenderSettings::n_values() const {
  return static_cast<std::size_t>(front_end.n_bins()) * n_frames();
}
std::size_t RenderSettings::bytes_per_row() const {
  return n_values() * (sample_type == SampleType::kFloat16 ? 2 : 4);
}

void RenderSettings::validate() const {
  front_end.validate();
  if (!(duration_s > 0.0 && duration_s <= 3600.0)) {
    throw std::invalid_argument("duration is " + std::to_string(duration_s) +
                                "; it must be above 0 and at most 3600 s");
  }
  if (sample_type == SampleType::kFloat16 && front_end.result_scale() == dsp::Scale::kPower) {
    throw std::invalid_argument("dtype is float16; it must be float32 for scale power, which outgrows float16");
  }
  constexpr double kMostBytes = 1 << 30;
  if (static_cast<double>(front_end.n_bins()) * n_frames() * sizeof(float) > kMostBytes) {
    throw std::invalid_argument("a spectrogram of " + std::to_string(front_end.n_bins()) + " x " +
                                std::to_string(n_frames()) + " values is too large; it must be under 1 GiB");
  }
  const bool reflects = front_end.center && front_end.pad_mode == dsp::PadMode::kReflect;
  if (n_frames() < 1 || (reflects && n_samples() <= front_end.n_fft / 2)) {
    throw std::invalid_argument("duration is " + std::to_string(duration_s) +
                                " s; it must hold at least one frame of n_fft samples");
  }
}

std::string front_end_hash(const RenderSettings& settings) {
  const json canonical{{"front_end", front_end_json(settings.front_end.canonical())},
                       {"duration_s", settings.duration_s}};
  return "sha256:" + ingest::sha256_hex(canonical.dump());
}

bool same_values(const RenderSettings& a, const RenderSettings& b) {
  return front_end_hash(a) == front_end_hash(b) && a.sample_type == b.sample_type;
}

std::string to_json(const RenderSettings& settings) {
  const nlohmann::ordered_json j{{"format_version", 1},
                                 {"preset", settings.preset},
                                 {"front_end", front_end_json(settings.front_end)},
                                 {"duration_s", settings.duration_s},
                                 {"dtype", settings.sample_type == SampleType::kFloat16 ? "float16" : "float32"},
                                 {"n_bins", settings.front_end.n_bins()},
                                 {"n_frames", settings.n_frames()},
                                 {"front_end_hash", front_end_hash(settings)}};
  return j.dump(2) + "\n";
}

RenderSettings settings_from_json(const std::string& text, const std::string& where) {
  try {
    const json j = json::parse(text);
    RenderSettings settings;
    settings.preset = j.at("preset").get<std::string>();
    settings.front_end = front_end_from(j.at("front_end"));
    settings.duration_s = j.at("duration_s").get<double>();
    const auto dtype = j.at("dtype").get<std::string>();
    if (dtype != "float16" && dtype != "float32") throw std::runtime_error("dtype is '" + dtype + "'");
    settings.sample_type = dtype == "float16" ? SampleType::kFloat16 : SampleType::kFloat32;
    settings.validate();
    if (j.at("front_end_hash").get<std::string>() != front_end_hash(settings)) {
      throw std::runtime_error("front_end_hash is not the hash of the parameters beside it; the file was edited");
    }
    return settings;
  } catch (const std::exception& e) {
    throw std::runtime_error(where + ": " + e.what());
  }
}

}  // namespace hitscope::apps::spectrograms
