#include "ingest/tables/line_reader.h"

#include <utility>

#include "ingest/tables/table_row.h"

namespace hitscope::ingest::tables {
namespace {

constexpr std::string_view kBlank = " \t\r";

}  // namespace

Failure LineReader::bad_row(const std::string& why) const {
  return {Stage::kCatalogue, FailureKind::kBadRow, source_.name() + " row " + std::to_string(number_) + ": " + why};
}

/// Makes `block_` hold unread bytes; false at the end of the source or of what can be read of it.
bool LineReader::fill_block() {
  while (block_.empty() && !ended_) {
    const auto bytes = source_.read();
    ended_ = !bytes || bytes->empty();
    if (!bytes) read_problem_ = bytes.error();
    if (ended_) break;
    block_ = *bytes;
    if (std::exchange(at_start_, false) && block_.starts_with(kByteOrderMark)) {
      block_.remove_prefix(kByteOrderMark.size());
    }
    if (document_) block_ = lines_ = document_->lines_of(block_);
  }
  return !block_.empty();
}

/// Takes the first line in `block_`, without its newline, as far as the block has it; `is_whole` is set if the newline
/// is in it.
std::string_view LineReader::take_from_block(bool& is_whole) {
  const std::size_t end = block_.find('\n');
  is_whole = end != std::string_view::npos;
  const std::string_view part = block_.substr(0, end);
  block_.remove_prefix(is_whole ? end + 1 : part.size());
  return part;
}

std::optional<tl::expected<std::string_view, Failure>> LineReader::next_or_blank() {
  bool is_whole = false;
  bool is_too_large = false;
  carried_.clear();
  if (fill_block()) {
    ++number_;
    const std::string_view line = take_from_block(is_whole);
    if (is_whole) return line;  // within one block, as nearly all are: not copied
    carried_ = line;
  } else if (read_problem_) {
    ++number_;
  } else {
    return document_problem();
  }
  while (!is_whole && fill_block()) {
    const std::string_view part = take_from_block(is_whole);
    is_too_large = is_too_large || carried_.size() + part.size() > kMostRowBytes;
    if (!is_too_large) carried_ += part;
  }
  if (is_too_large) return tl::make_unexpected(bad_row("is larger than 16 MiB"));
  if (!is_whole && read_problem_) {
    const Failure problem = *std::exchange(read_problem_, std::nullopt);
    Failure failure = bad_row(problem.detail + "; nothing after it was read");
    if (problem.kind == FailureKind::kTooLarge) failure.action = Action::kStop;  // damage spares what stands before it
    return tl::make_unexpected(std::move(failure));
  }
  return std::string_view(carried_);
}

/// What is wrong with a JSON document, said once, at its end.
std::optional<tl::expected<std::string_view, Failure>> LineReader::document_problem() {
  if (!document_ || std::exchange(document_told_, true)) return std::nullopt;
  const std::string why = document_->problem();
  if (why.empty()) return std::nullopt;
  ++number_;
  Failure failure = bad_row(why);
  if (why.starts_with("more")) failure.action = Action::kStop;  // it was taken for what it is not
  return tl::make_unexpected(std::move(failure));
}

std::optional<tl::expected<std::string_view, Failure>> LineReader::next() {
  while (auto line = next_or_blank()) {
    if (!*line || (*line)->find_first_not_of(kBlank) != std::string_view::npos) return line;
  }
  return std::nullopt;
}

}  // namespace hitscope::ingest::tables
