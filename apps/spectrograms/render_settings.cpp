#include "apps/spectrograms/render_settings.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

#include "apps/shell/settings_json.h"
#include "dsp/json.h"
#include "dsp/resample.h"
#include "ingest/sha256.h"

namespace hitscope::apps::spectrograms {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

/// f_max is written as it is used: 0 would mean another frequency at another sample rate.
ordered_json front_end_json(dsp::FrontEndConfig config) {
  config.f_max_hz = config.resolved_f_max_hz();
  ordered_json object = shell::settings_json(config);
  object["resampler"] = dsp::resampler_name(config.quality);
  return object;
}

/// The same with its keys in alphabetical order, as render.json and the hashed text have them.
json sorted_front_end_json(const dsp::FrontEndConfig& config) {
  return json(front_end_json(config));
}

dsp::FrontEndConfig front_end_from(const json& object) {
  dsp::FrontEndConfig config;
  shell::read_settings(object, config);
  if (object.at("resampler").get<std::string>() != dsp::resampler_name(config.quality)) {
    throw std::runtime_error("resampler is not " + std::string(dsp::resampler_name(config.quality)));
  }
  return config;
}

std::string seconds_text(double value) {
  std::ostringstream text;
  text << value;
  return text.str();
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
  dsp::check_fields(*this);
  if (sample_type == SampleType::kFloat16 && front_end.result_scale() == dsp::Scale::kPower) {
    throw dsp::FieldError("dtype", to_string(sample_type), "float32 for scale power, which exceeds float16's range");
  }
  constexpr double kMaxBytes = 1 << 30;
  if (static_cast<double>(front_end.n_bins()) * n_frames() * sizeof(float) > kMaxBytes) {
    throw std::invalid_argument("a spectrogram of " + std::to_string(front_end.n_bins()) + " x " +
                                std::to_string(n_frames()) + " values is too large; it must be smaller than 1 GiB");
  }
  const bool reflects = front_end.center && front_end.pad_mode == dsp::PadMode::kReflect;
  if (n_frames() < 1 || (reflects && n_samples() <= front_end.n_fft / 2)) {
    throw dsp::FieldError("duration", seconds_text(duration_s), "long enough for one frame of `n_fft` samples");
  }
}

std::string front_end_hash(const RenderSettings& settings) {
  const json canonical{{"front_end", sorted_front_end_json(settings.front_end.canonical())},
                       {"duration_s", settings.duration_s}};
  return "sha256:" + ingest::sha256_hex(canonical.dump());
}

bool same_values(const RenderSettings& a, const RenderSettings& b) {
  return front_end_hash(a) == front_end_hash(b) && a.sample_type == b.sample_type;
}

std::string to_json(const RenderSettings& settings) {
  const ordered_json j{{"format_version", 1},
                       {"preset", settings.preset},
                       {"front_end", sorted_front_end_json(settings.front_end)},
                       {"duration_s", settings.duration_s},
                       {"dtype", to_string(settings.sample_type)},
                       {"n_bins", settings.front_end.n_bins()},
                       {"n_frames", settings.n_frames()},
                       {"front_end_hash", front_end_hash(settings)}};
  return j.dump(2) + "\n";
}

RenderSettings settings_from_json(const std::string& text, const std::string& where) {
  try {
    const json j = dsp::parse_json<json>(text);
    RenderSettings settings;
    settings.preset = j.at("preset").get<std::string>();
    settings.front_end = front_end_from(j.at("front_end"));
    settings.duration_s = j.at("duration_s").get<double>();
    settings.sample_type = dsp::from_string<SampleType>("dtype", j.at("dtype").get<std::string>());
    settings.validate();
    if (j.at("front_end_hash").get<std::string>() != front_end_hash(settings)) {
      throw std::runtime_error("front_end_hash is not the hash of the parameters in the file; the file was edited");
    }
    return settings;
  } catch (const std::exception& e) {
    throw std::runtime_error(where + ": " + e.what());
  }
}

}  // namespace hitscope::apps::spectrograms
