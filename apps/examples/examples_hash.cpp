#include "apps/examples/examples_hash.h"

#include <span>
#include <string_view>
#include <vector>

#include "ingest/sha256.h"

namespace hitscope::apps::examples {
namespace {

/// Every value with its length before it, so that no two sequences have the same bytes.
class Hash {
 public:
  void add(std::string_view text) {
    add_number(text.size());
    sha_.update(std::as_bytes(std::span(text)));
  }
  template <typename T>
  void add_number(T number) {
    sha_.update(std::as_bytes(std::span(&number, 1)));
  }
  void add(const std::vector<double>& numbers) {
    add_number(numbers.size());
    sha_.update(std::as_bytes(std::span(numbers)));
  }
  void add(const std::vector<std::string>& texts) {
    add_number(texts.size());
    for (const std::string& text : texts) add(std::string_view(text));
  }
  std::string hex() { return sha_.hex(); }

 private:
  ingest::Sha256 sha_;
};

}  // namespace

std::string examples_hash(const TrainData& data) {
  Hash hash;
  hash.add_number(data.examples.n_rows);
  for (const TrainRow& row : data.rows) {
    if (row.example) hash.add(row.id);
  }
  for (const auto& column : data.examples.table.numeric) {
    hash.add(column.name);
    hash.add(column.values);
  }
  for (const auto& column : data.examples.table.categorical) {
    hash.add(column.name);
    hash.add(column.values);
  }
  hash.add(data.raw_targets.numbers);
  hash.add(data.raw_targets.texts);
  hash.add(data.raw_targets.groups);
  hash.add(to_string(data.labels));
  for (const auto& [text, name] : data.labels.mapping) {
    hash.add(text);
    hash.add(name);
  }
  hash.add(data.groups);
  for (const Identity& identity : data.identities) {
    hash.add(identity.name);
    hash.add(identity.keys);
  }
  hash.add(data.times);
  hash.add(data.split_values);
  return hash.hex();
}

}  // namespace hitscope::apps::examples
