// hitscope doctor: what is there, missing or slow on this machine.
// Thread safety: one run per process.
#pragma once

#include <filesystem>

#include "apps/shell/verb.h"
#include "dsp/fields.h"

namespace hitscope::apps::doctor {

struct DoctorRunConfig {
  std::filesystem::path folder = ".";
  bool json = false;

  template <typename Visit>
  static void describe(Visit&& visit) {
    using D = DoctorRunConfig;
    visit(&D::folder, {.name = "folder",
                       .help = "folder whose disk is looked at: where clips and spectrograms will be stored",
                       .value = "FOLDER",
                       .flag = "folder"});
    visit(&D::json, {.name = "json", .help = "print one JSON object per check"});
  }
};

/// Prints every check. kAllFine, or kSomeFailed where something is slow or missing.
shell::ExitCode run_doctor(const DoctorRunConfig& config);

}  // namespace hitscope::apps::doctor
