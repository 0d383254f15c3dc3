// hitscope fetch CATALOGUE --out CLIPS
#include "apps/fetch/fetch_options.h"
#include "apps/shell/command.h"
#include "ingest/library_versions.h"

int main(int argc, char** argv) {
  using namespace hitscope::apps;
  fetch::FetchRunConfig config;
  shell::Command command(
      "hitscope fetch", "CATALOGUE --out FOLDER [options]",
      "Downloads the preview clip of every row of a catalogue, many at once and within the limits of each "
      "host. If a run was stopped, the same command continues it.");
  fetch::FetchOptions options(command, config);
  command.set_footer(
      "Examples:\n"
      "  hitscope fetch songs.csv --out clips\n"
      "  hitscope fetch songs.csv --out clips --dry-run        # what it would request; are the links still good?\n"
      "  hitscope fetch songs.jsonl.gz --out clips --url-column mp3 --url-column mirror --rate 50/5s\n"
      "  hitscope fetch songs.csv --out clips --retry-kind timeout\n"
      "  hitscope fetch songs.csv --out clips --shard 2/8      # on machine 2 of 0..7\n"
      "  hitscope fetch songs.csv --out clips --merge          # when all shares are done\n"
      "  hitscope fetch --out clips --verify\n"
      "  hitscope fetch --out clips --rebuild                  # where the journal is damaged or lost\n"
      "\n"
      "Exit codes:\n"
      "  0  every row has a clip\n"
      "  1  some rows failed: see failures.csv\n"
      "  2  wrong usage or unusable input\n"
      "  3  stopped before the end: the same command continues\n");
  command.set_libraries({hitscope::ingest::library_versions});
  return command.run(argc, argv, [&] {
    options.resolve();
    command.confine({.network = !config.is_offline()});
    return fetch::run_fetch(config);
  });
}
