// The JSON files of folders that may come from elsewhere, and shards' headers. First byte: which reader.
#include <nlohmann/json.hpp>

#include "apps/spectrograms/npy.h"
#include "apps/spectrograms/render_settings.h"
#include "dsp/json.h"
#include "ingest/tables/schema.h"
#include "models/data/labels.h"
#include "models/data/table_encoder.h"
#include "models/data/value_scale.h"
#include "models/evaluation/calibration.h"
#include "tests/fuzz/target.h"

namespace hitscope::tests {
namespace settings {

/// Reads the text by the reader that `which` chooses; what is read must be written and read again as the same.
void read(unsigned which, const std::string& text) {
  switch (which % 7) {
    case 0: {
      const auto settings = apps::spectrograms::settings_from_json(text, "render.json");
      settings.validate();
      promise(apps::spectrograms::same_values(apps::spectrograms::settings_from_json(to_json(settings), "render.json"),
                                              settings),
              "settings are read as they were written");
      return;
    }
    case 1:
      (void)ingest::tables::schema_from_json(text, "schema.json");
      return;
    case 2: {
      const auto labels = models::data::LabelScheme::from_json(text);
      promise(models::data::LabelScheme::from_json(labels.to_json()).to_json() == labels.to_json(),
              "labels are read as they were written");
      return;
    }
    case 3: {
      const auto encoder = models::data::TableEncoder::from_json(text);
      promise(models::data::TableEncoder::from_json(encoder.to_json()).to_json() == encoder.to_json(),
              "an encoder is read as it was written");
      return;
    }
    case 4: {
      const auto calibrator = models::evaluation::Calibrator::from_json(text);
      (void)calibrator.apply({2, 2, {0.25, 0.75, 1.0, 0.0}});
      return;
    }
    case 5:
      (void)models::data::ValueScale::from_json(text);
      return;
    default:
      (void)dsp::parse_json<nlohmann::json>(text).dump();
  }
}

}  // namespace settings
}  // namespace hitscope::tests

FUZZ_TARGET(settings) {
  using namespace hitscope;
  const tests::Choice choice(data, size);
  if (choice.first % 8 == 7) {
    std::string header = choice.text;
    if (const auto shape = apps::spectrograms::parse_npy_header(header)) {
      tests::promise(apps::spectrograms::npy_header(*shape) == header.substr(0, apps::spectrograms::kNpyHeaderBytes),
                     "a header is read as it was written");
    }
    return 0;
  }
  try {
    tests::settings::read(choice.first % 8, choice.text);
  } catch (const std::exception&) {
  }
  return 0;
}
