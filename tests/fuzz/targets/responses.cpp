// An answer of a server: its header lines, an empty line, its body. First byte: what the transfer was like.
#include <algorithm>

#include "ingest/fetch_policy.h"
#include "ingest/response_headers.h"
#include "tests/fuzz/target.h"

FUZZ_TARGET(responses) {
  using namespace hitscope;
  const tests::Choice choice(data, size);
  ingest::TransferEnd end;
  std::string_view rest = choice.text;
  while (!rest.empty()) {
    const std::size_t n = std::min(rest.find('\n'), rest.size() - 1) + 1;
    const std::string_view line = rest.substr(0, n);
    end.headers.read_line(line);
    rest.remove_prefix(n);
    if (line == "\r\n" || line == "\n") break;
  }
  end.http_status = end.headers.status;
  end.url = "https://a.test/x?Expires=" + choice.text.substr(0, 20);
  end.continues = (choice.first & 1U) != 0;
  end.curl_code = (choice.first & 2U) != 0 ? 56 : 0;
  end.too_large = (choice.first & 4U) != 0;
  end.too_slow = (choice.first & 8U) != 0;
  end.bad_headers = (choice.first & 16U) != 0;
  end.now = std::chrono::system_clock::time_point(std::chrono::seconds(1'700'000'000));
  end.body = std::as_bytes(std::span(rest.data(), rest.size()));
  end.n_bytes = rest.size();
  if (const auto failure = ingest::classify(end)) {
    tests::promise(failure->action != ingest::Action::kStop, "nothing that a server sends stops the run");
  }
  if (const auto wait = ingest::retry_after(end.headers.retry_after, end.now)) {
    tests::promise(wait->count() >= 0, "no wait is negative");
  }
  const std::string validator = ingest::range_validator(end.headers);
  tests::promise(validator.empty() || ingest::is_validator(validator), "only a validator is sent again");
  tests::promise(validator.find_first_of("\r\n") == std::string::npos, "a validator has no line break");
  if (const auto range = ingest::content_range(end.headers.content_range)) {
    tests::promise(range->first <= range->last, "a range does not run backwards");
  }
  (void)ingest::opts_out(end.headers.x_robots_tag);
  return 0;
}
