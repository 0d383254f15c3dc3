// hitscope heads
#include "apps/heads/heads_run.h"
#include "apps/shell/command.h"

int main(int argc, char** argv) {
  using namespace hitscope::apps;
  heads::HeadsRunConfig config;
  shell::Command command("hitscope heads", "[NAME] [options]",
                         "Lists the heads that train can fit: what they learn, from what, and whether they are trained "
                         "unless heads are named. With a name, explains that head and its parameters, which have "
                         "scikit-learn's names.");
  command.add("Options", config);
  command.set_footer(
      "Examples:\n"
      "  hitscope heads\n"
      "  hitscope heads logistic\n"
      "  hitscope train songs.csv --out run --heads logistic --head logistic:C=0.1\n"
      "\n"
      "Exit codes:\n"
      "  0  printed\n"
      "  1  (not used)\n"
      "  2  wrong usage or unusable input\n"
      "  3  stopped before the end\n");
  return command.run(argc, argv, [&] { return heads::run_heads(config); });
}
