// hitscope score RUN FILES…
#include <CLI/CLI.hpp>
#include <map>

#include "apps/clips/clip_rule_options.h"
#include "apps/score/score_run.h"

int main(int argc, char** argv) {
  using namespace hitscope;
  using namespace hitscope::apps;
  using namespace hitscope::apps::score;
  ScoreRunConfig config;
  config.rules.decode.max_duration_s = 1200.0;
  std::string format = "table";
  const std::map<std::string, ScoreFormat> formats{
      {"table", ScoreFormat::kTable}, {"csv", ScoreFormat::kCsv}, {"jsonl", ScoreFormat::kJsonLines}};
  CLI::App app("Predicts the class of local audio files with a trained run, through the front end it was trained on.",
               "hitscope score");
  app.add_option("run", config.run, "run folder made by train")->required();
  app.add_option("files", config.inputs, "audio files, folders of them, or a CSV with a path column")->required();
  app.add_option("--format", format, "of the result")
      ->check(CLI::IsMember({"table", "csv", "jsonl"}))
      ->capture_default_str();
  app.add_option("--output", config.output, "write the result to this file (default: standard output)");
  app.add_option("--max-duration", config.rules.decode.max_duration_s, "seconds of a file to hear at most")
      ->capture_default_str();
  clips::add_clip_rules(app, config.rules);
  app.add_option_function<std::string>(
         "--precision",
         [&config](const std::string& name) {
           config.precision = dsp::from_string<models::neural::recipes::Precision>("precision", name);
         },
         "of networks: float32 (default), bfloat16 (faster on most processors, probabilities a little off)")
      ->type_name("NAME");
  app.add_option("--threads", config.n_threads, "of LibTorch (default: one per core)");
  app.footer(
      shell::help_footer("  hitscope score run song.mp3\n"
                         "  hitscope score run demos/ --format csv --output scores.csv\n"
                         "  hitscope score run a.wav b.flac --format jsonl | jq .class\n"));
  return shell::run_verb(app, argc, argv, [&] {
    config.format = formats.at(format);
    return run_score(config);
  });
}
