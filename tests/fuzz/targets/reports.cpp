// Any texts in a report: names of columns, classes and heads come from tables. The data must stay data.
#include <nlohmann/json.hpp>

#include "apps/report/page.h"
#include "tests/fuzz/target.h"

namespace hitscope::tests {
namespace reports {

std::size_t n_tags(const std::string& page) {
  std::size_t n = 0;
  for (const char c : page) n += c == '<' ? 1 : 0;
  return n;
}

}  // namespace reports
}  // namespace hitscope::tests

FUZZ_TARGET(reports) {
  using namespace hitscope;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto page_of = [](const nlohmann::json& document) {
    return apps::report::report_page(document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  };
  static const std::size_t n_of_an_empty_page = tests::reports::n_tags(page_of({{"title", ""}}));
  const nlohmann::json document{{"title", text}, {"facts", {text}}, {text, {{"name", text}}}};
  const std::string page = page_of(document);
  tests::promise(tests::reports::n_tags(page) == n_of_an_empty_page, "no text opens a tag");
  try {
    (void)apps::report::report_page(text);
  } catch (const std::invalid_argument&) {
  }
  return 0;
}
