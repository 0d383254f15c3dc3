#include "ingest/tables/csv_parser.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "ingest/tables/table_row.h"

namespace hitscope::ingest::tables {

CsvParser::CsvParser(char delimiter, Quoting quoting) : delimiter_(delimiter), quoting_(quoting) {
  ends_cell_[static_cast<unsigned char>(delimiter)] = ends_cell_['\r'] = ends_cell_['\n'] = true;
}

void CsvParser::parse(std::string_view bytes, CsvBatch& batch) {
  const char* at = bytes.data();
  const char* const end = at + bytes.size();
  while (at != end && !is_too_large_) {
    at = state_ == State::kInQuotes  ? parse_quoted(at, end, batch)
         : state_ == State::kEscaped ? parse_escaped(at, batch)
                                     : parse_plain(at, end, batch);
  }
  check_size(batch);
}

bool CsvParser::finish(CsvBatch& batch) {
  if (state_ == State::kInQuotes || state_ == State::kEscaped) return false;
  if (!is_blank(batch) && !is_too_large_) end_row(batch);
  return true;
}

const char* CsvParser::parse_quoted(const char* at, const char* end, CsvBatch& batch) {
  const auto ends_text = [&](char c) { return c == quoting_.quote || c == '\\'; };
  const char* stop = quoting_.has_escapes ? std::find_if(at, end, ends_text) : nullptr;
  if (!quoting_.has_escapes) {
    stop = static_cast<const char*>(std::memchr(at, quoting_.quote, static_cast<std::size_t>(end - at)));
    if (stop == nullptr) stop = end;
  }
  batch.text.append(at, stop);
  if (stop == end) return end;
  state_ = *stop == quoting_.quote ? State::kAfterQuote : State::kEscaped;
  return stop + 1;
}

/// Behind a backslash: a quote or a second backslash; before anything else the backslash is one.
const char* CsvParser::parse_escaped(const char* at, CsvBatch& batch) {
  if (*at != quoting_.quote && *at != '\\') batch.text += '\\';
  batch.text += *at;
  state_ = State::kInQuotes;
  return at + 1;
}

const char* CsvParser::parse_plain(const char* at, const char* end, CsvBatch& batch) {
  if (*at == quoting_.quote && (state_ == State::kCellBegins || state_ == State::kAfterQuote)) {
    if (state_ == State::kAfterQuote) {
      batch.text += quoting_.quote;
    } else {
      ++n_quoted_;
    }
    state_ = State::kInQuotes;
    has_quotes_ = true;
    return at + 1;
  }
  const char* stop = at;
  while (stop != end && !ends_cell_[static_cast<unsigned char>(*stop)]) ++stop;
  batch.text.append(at, stop);
  if (stop != at && state_ == State::kAfterQuote && n_malformed_++ == 0) first_malformed_ = n_rows_ + 1;
  if (stop != at) state_ = State::kInCell;
  if (stop == end) return end;
  if (*stop == delimiter_) {
    end_cell(batch);
  } else {
    end_line(*stop, batch);
  }
  return stop + 1;
}

void CsvParser::end_cell(CsvBatch& batch) {
  batch.cell_ends.push_back(static_cast<std::uint32_t>(batch.text.size()));
  state_ = State::kCellBegins;
  has_quotes_ = false;
}

/// Blank lines count but are no rows; the second byte of CR LF does neither.
void CsvParser::end_line(char newline, CsvBatch& batch) {
  const char former = std::exchange(last_newline_, newline);
  if (!is_blank(batch)) return end_row(batch);
  if (former != '\r' || newline != '\n') ++n_rows_;
}

void CsvParser::end_row(CsvBatch& batch) {
  end_cell(batch);
  check_size(batch);
  if (is_too_large_) return;
  batch.rows.push_back({++n_rows_, batch.unfinished, batch.cell_ends.size() - batch.unfinished});
  batch.unfinished = batch.cell_ends.size();
}

void CsvParser::check_size(const CsvBatch& batch) {
  is_too_large_ = is_too_large_ || batch.unfinished_bytes() > kMostRowBytes;
}

}  // namespace hitscope::ingest::tables
