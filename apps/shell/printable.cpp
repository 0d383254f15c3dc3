#include "apps/shell/printable.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <streambuf>

namespace hitscope::apps::shell {
namespace {

/// /dev/null for each of standard input, output and error that is closed: else the next file that is opened would take
/// its number, and progress would be written into it.
void open_standard_descriptors() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (::fcntl(fd, F_GETFD) == -1 && ::open("/dev/null", fd == STDIN_FILENO ? O_RDONLY : O_WRONLY) != fd) return;
  }
}

struct Character {
  std::uint32_t code_point = 0;
  std::size_t n_bytes = 1;
  bool is_valid = false;
};

std::size_t length_of(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead < 0xE0) return 2;
  if (lead >= 0xE0 && lead < 0xF0) return 3;
  return lead >= 0xF0 && lead < 0xF5 ? 4 : 0;
}

/// The UTF-8 character that `text` begins with.
Character first_character(std::string_view text) {
  constexpr std::array<std::uint32_t, 5> kLeast{0, 0, 0x80, 0x800, 0x10000};  // by length; shorter forms are invalid
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t n = length_of(lead);
  if (n == 0 || n > text.size()) return {lead, 1, false};
  std::uint32_t code_point = n == 1 ? lead : lead & (0xFFU >> (n + 1));
  for (std::size_t i = 1; i < n; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xC0U) != 0x80U) return {lead, 1, false};
    code_point = code_point << 6U | (next & 0x3FU);
  }
  const bool is_valid =
      code_point >= kLeast[n] && code_point <= 0x10FFFF && (code_point < 0xD800 || code_point > 0xDFFF);
  return {code_point, is_valid ? n : 1, is_valid};
}

/// Whether a terminal obeys the character instead of showing it, or writes what follows in another direction.
bool is_command(std::uint32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x061C || c == 0x200E || c == 0x200F ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

std::string escaped(std::string_view text, bool keeps_lines) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const Character c = first_character(text);
    const bool is_break = c.code_point == '\n' || c.code_point == '\t';
    if (c.is_valid && (!is_command(c.code_point) || (is_break && keeps_lines))) {
      result += text.substr(0, c.n_bytes);
    } else if (is_break) {
      result += c.code_point == '\n' ? "\\n" : "\\t";
    } else {
      for (const char byte : text.substr(0, c.n_bytes)) {
        result += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
      }
    }
    text.remove_prefix(c.n_bytes);
  }
  return result;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/// Whether `text` begins with "\xNN".
bool begins_with_mark(std::string_view text) {
  return text.size() >= 4 && text.starts_with("\\x") && hex_digit(text[2]) >= 0 && hex_digit(text[3]) >= 0;
}

/// How many of the last bytes are the beginning of a character that the next write may complete.
std::size_t n_incomplete(std::string_view text) {
  for (std::size_t n = 1; n <= std::min<std::size_t>(3, text.size()); ++n) {
    const auto byte = static_cast<unsigned char>(text[text.size() - n]);
    if ((byte & 0xC0U) == 0x80U) continue;
    return length_of(byte) > n ? n : 0;
  }
  return 0;
}

/// Passes printable text on to another buffer.
class PrintableBuffer final : public std::streambuf {
 public:
  explicit PrintableBuffer(std::streambuf* target) : target_(target) {}

 protected:
  std::streamsize xsputn(const char* data, std::streamsize n) override {
    pending_.append(data, static_cast<std::size_t>(n));
    const std::size_t n_whole = pending_.size() - n_incomplete(pending_);
    const bool is_written = pass_on(std::string_view(pending_).substr(0, n_whole));
    pending_.erase(0, n_whole);
    return is_written ? n : 0;
  }
  int overflow(int c) override {
    if (c == traits_type::eof()) return traits_type::not_eof(c);
    const char byte = traits_type::to_char_type(c);
    return xsputn(&byte, 1) == 1 ? c : traits_type::eof();
  }
  int sync() override {
    const bool is_written = pass_on(pending_);
    pending_.clear();
    return is_written && target_->pubsync() == 0 ? 0 : -1;
  }

 private:
  bool pass_on(std::string_view text) {
    const std::string safe = printable(text);
    return target_->sputn(safe.data(), static_cast<std::streamsize>(safe.size())) ==
           static_cast<std::streamsize>(safe.size());
  }

  std::streambuf* target_;
  std::string pending_;  // the beginning of a character
};

std::streambuf* unfiltered = nullptr;  // of std::cout, while there is a PrintableOutput

}  // namespace

std::string printable(std::string_view text) {
  return escaped(text, true);
}

std::string one_line(std::string_view text, std::size_t n_most) {
  if (text.size() <= n_most) return escaped(text, false);
  const std::string_view kept = text.substr(0, n_most);
  return escaped(kept.substr(0, kept.size() - n_incomplete(kept)), false) + "…";
}

std::string name_text(std::string_view bytes) {
  std::string result;
  while (!bytes.empty()) {
    const Character c = first_character(bytes);
    if (!c.is_valid || begins_with_mark(bytes)) {
      result += fmt::format("\\x{:02x}", static_cast<unsigned char>(bytes.front()));
    } else {
      result += bytes.substr(0, c.n_bytes);
    }
    bytes.remove_prefix(c.n_bytes);
  }
  return result;
}

std::string name_bytes(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const bool is_mark = begins_with_mark(text);
    result += is_mark ? static_cast<char>(hex_digit(text[2]) * 16 + hex_digit(text[3])) : text.front();
    text.remove_prefix(is_mark ? 4 : 1);
  }
  return result;
}

void write_stderr(std::string_view text) noexcept {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

struct PrintableOutput::Impl {
  std::streambuf* out = std::cout.rdbuf();
  std::streambuf* err = std::cerr.rdbuf();
  std::unique_ptr<std::streambuf> safe_out = std::make_unique<PrintableBuffer>(out);
  std::unique_ptr<std::streambuf> safe_err = std::make_unique<PrintableBuffer>(err);
};

PrintableOutput::PrintableOutput() : impl_(std::make_unique<Impl>()) {
  open_standard_descriptors();
  unfiltered = impl_->out;
  std::cout.rdbuf(impl_->safe_out.get());
  std::cerr.rdbuf(impl_->safe_err.get());
}

PrintableOutput::~PrintableOutput() {
  std::cout.flush();
  std::cerr.flush();
  std::cout.rdbuf(impl_->out);
  std::cerr.rdbuf(impl_->err);
  unfiltered = nullptr;
}

void write_result(const std::string& text) {
  write_result(text, ::isatty(STDOUT_FILENO) == 1);
}

void write_result(const std::string& text, bool is_terminal) {
  if (unfiltered == nullptr || is_terminal) {
    std::cout << text << std::flush;
    return;
  }
  std::cout.flush();
  const auto n = static_cast<std::streamsize>(text.size());
  if (unfiltered->sputn(text.data(), n) != n || unfiltered->pubsync() != 0) std::cout.setstate(std::ios::badbit);
}

}  // namespace hitscope::apps::shell
