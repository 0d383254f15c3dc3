// hitscope doctor
#include "apps/doctor/doctor_run.h"
#include "apps/shell/command.h"
#include "dsp/library_versions.h"
#include "ingest/library_versions.h"

int main(int argc, char** argv) {
  using namespace hitscope::apps;
  doctor::DoctorRunConfig config;
  shell::Command command("hitscope doctor", "[FOLDER] [options]",
                         "Looks at this machine: which programs and libraries are there, which are missing or slow, "
                         "and what to do about each.");
  command.add("Options", config);
  command.set_footer(
      "Examples:\n"
      "  hitscope doctor\n"
      "  hitscope doctor /data/clips --json\n"
      "\n"
      "Exit codes:\n"
      "  0  nothing fails or is slow\n"
      "  1  something is\n"
      "  2  wrong usage or unusable input\n"
      "  3  stopped before the end\n");
  command.set_libraries({hitscope::dsp::library_versions, hitscope::ingest::library_versions});
  return command.run(argc, argv, [&] { return doctor::run_doctor(config); });
}
