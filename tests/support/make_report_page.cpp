// make_report_page < document.json > page.html: the page of a run without a run, for tests/apps/report_page_test.py.
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>

#include "apps/report/page.h"

int main() {
  try {
    const std::string json{std::istreambuf_iterator<char>(std::cin), {}};
    std::cout << hitscope::apps::report::report_page(json);
    return 0;
  } catch (const std::invalid_argument& broken) {
    std::cerr << broken.what() << '\n';
    return 2;
  }
}
