// hitscope score RUN FILES…
#include "apps/score/score_run.h"
#include "apps/shell/command.h"
#include "dsp/library_versions.h"
#include "ingest/library_versions.h"
#include "models/heads/runtime.h"

int main(int argc, char** argv) {
  using namespace hitscope::apps;
  score::ScoreRunConfig config;
  shell::Command command(
      "hitscope score", "RUN FILES... [options]",
      "Predicts the class (or the value) of local audio files with a head of a trained run. The files are "
      "rendered with the front end of the run.");
  command.add("Options", config);
  command.add("Options", config.rules.decode, {"max_duration"});
  constexpr const char* kQuarantine = "Quarantine (rejected files become failed results)";
  command.add(kQuarantine, config.rules.quarantine);
  command.add(kQuarantine, config.rules.decode, {"max_channels"});
  command.set_footer(
      "Examples:\n"
      "  hitscope score run song.mp3\n"
      "  hitscope score run demos/ --format csv --output scores.csv\n"
      "  hitscope score run a.wav b.flac --format jsonl | jq .class\n"
      "  hitscope score run set.flac --windows                      # a row for each 30 s\n"
      "  hitscope score run song.mp3 --explain                      # explained/song.png: what spoke for it\n"
      "  hitscope score run demos/ --head all --format csv\n"
      "\n"
      "Exit codes:\n"
      "  0  every file has a result\n"
      "  1  some files failed\n"
      "  2  wrong usage or unusable input\n"
      "  3  stopped before the end\n");
  command.set_libraries(
      {hitscope::models::heads::library_versions, hitscope::dsp::library_versions, hitscope::ingest::library_versions});
  return command.run(argc, argv, [&] {
    command.confine({.reads_anything = true});  // until the files are listed
    return score::run_score(config);
  });
}
