// Turns a JSON document with an array of objects into JSON Lines, as the bytes come: `[{…}, {…}]`, or the answer of a
// web service, `{"resultCount": 2, "results": [{…}, {…}]}`.
//
// The array is the document itself, or the first under one of the usual names ("results", "items", "data", "tracks",
// …). Only brackets and strings are looked at; whether an object is valid JSON is for the reader of its line to say. It
// holds the part of an object that a block ends in, and no more than kMostRowBytes of it.
// Thread safety: one thread per object.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace hitscope::ingest::tables {

/// Whether a file that begins with `sample` is such a document, and not JSON Lines: it begins with '[', or its first
/// line is no whole object, or the only one, and holds an array under one of the usual names.
bool is_json_document(std::string_view sample);

/// Tells, character by character, what stands within the strings of JSON text.
class JsonStrings {
 public:
  /// Whether `c`, the next character, is part of a string, its quotes included.
  bool take(char c);
  bool is_inside() const { return is_inside_; }  ///< a string is open

 private:
  bool is_inside_ = false;
  bool is_escaped_ = false;
};

class JsonArray {
 public:
  /// The objects that end in `bytes`, each with a newline; newlines between their parts become spaces.
  std::string lines_of(std::string_view bytes);
  /// What is wrong with the document once all its bytes were given: it is cut short, or more follows behind it; empty
  /// if nothing is.
  std::string problem() const;

 private:
  void take(char c, std::string& lines);
  void take_outside(char c);
  void take_behind(char c);
  void take_inside(char c, std::string& lines);

  std::string object_;           // the one being read
  std::string last_string_;      // before the array: the key it may stand under
  std::size_t depth_ = 0;        // brackets open
  std::size_t array_depth_ = 0;  // depth within the array of objects; 0: not found yet
  JsonStrings strings_;
  bool may_begin_ = false;    // the last bracket opened an array that may be the one
  bool is_over_ = false;      // the array has ended
  bool is_complete_ = false;  // and the document
  bool has_more_ = false;     // something stands behind it
};

}  // namespace hitscope::ingest::tables
