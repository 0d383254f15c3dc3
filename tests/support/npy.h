// Reads the little .npy files that the oracle scripts record: float32 or float64, C order. Tests only.
#pragma once

#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

namespace hitscope::tests {

template <typename T>
std::vector<T> read_npy(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("no recorded answer " + path + ": run the script beside it");
  const std::string bytes((std::istreambuf_iterator<char>(file)), {});
  const std::string dtype = std::string("'<f") + (sizeof(T) == 4 ? '4' : '8');
  if (bytes.size() < 10 || bytes.compare(1, 5, "NUMPY") != 0 || bytes.find(dtype) == std::string::npos) {
    throw std::runtime_error(path + " is not a .npy file of " + dtype);
  }
  std::uint16_t header = 0;
  std::memcpy(&header, bytes.data() + 8, 2);
  std::vector<T> values((bytes.size() - 10 - header) / sizeof(T));
  std::memcpy(values.data(), bytes.data() + 10 + header, values.size() * sizeof(T));
  return values;
}

}  // namespace hitscope::tests
