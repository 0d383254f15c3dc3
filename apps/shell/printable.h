// Text from outside (tables, servers, audio files, folders) made safe for a terminal.
//
// A terminal obeys control characters: text that was copied from a table or a header could set its title, recolour or
// overwrite lines. All that the program prints passes here; progress, which is made of escape sequences itself, makes
// its parts printable one by one.
// Thread safety: printable() and one_line() are free functions without shared state. There is one PrintableOutput at a
// time, made and destroyed while no other thread prints.
#pragma once

#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>

namespace hitscope::apps::shell {

/// `text` with \xNN in place of the bytes of control characters other than newline and tab (C0, DEL, C1), of the
/// characters that turn the direction of writing, and of bytes that are not UTF-8.
std::string printable(std::string_view text);

/// The same on one line: newlines and tabs are escaped, too, and what is longer than `n_most` bytes ends in "…".
std::string one_line(std::string_view text, std::size_t n_most = 4000);

/// A file name, which may be any bytes, as UTF-8: \xNN in place of bytes that are not UTF-8, and of a backslash that
/// would be read as the beginning of such a mark. Different names give different texts.
std::string name_text(std::string_view bytes);

/// The file name of which name_text() made `text`.
std::string name_bytes(std::string_view text);

/// Writes to standard error and ignores what goes wrong: a full disk or a closed terminal must not end a run.
void write_stderr(std::string_view text) noexcept;

/// While it lives, std::cout and std::cerr print printable() text only. Standard streams that are closed lead to
/// /dev/null from then on.
class PrintableOutput {
 public:
  PrintableOutput();
  ~PrintableOutput();
  PrintableOutput(const PrintableOutput&) = delete;
  PrintableOutput& operator=(const PrintableOutput&) = delete;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Writes a result in a format for programs (CSV, JSON) to standard output: unchanged, unless that is a terminal.
/// It is written at once.
void write_result(const std::string& text);
void write_result(const std::string& text, bool is_terminal);

}  // namespace hitscope::apps::shell
