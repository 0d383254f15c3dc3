#include "models/tensors/safetensors.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

namespace hitscope::models::tensors {
namespace safetensors_test {

/// A file of the given header, as it stands, and `n_data` bytes of data.
std::string file_of(const std::string& header, std::size_t n_data) {
  std::string bytes(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<char>(header.size() >> (8 * i) & 0xFF);
  return bytes + header + std::string(n_data, '\x01');
}

/// A file of one float32 tensor "a" with 16 bytes of data.
std::string file_with(const std::string& shape, const std::string& offsets) {
  return file_of(R"({"a":{"dtype":"F32","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}}", 16);
}

NamedTensors some_tensors() {
  return {{"dense.weight", torch::arange(6, torch::kFloat32).view({2, 3}) / 7},
          {"dense.bias", torch::arange(2, torch::kFloat64) / 3},
          {"count", torch::tensor(std::int64_t{1} << 40)},
          {"nothing", torch::empty({0, 3}, torch::kFloat32)},
          {"\"quoted\" näme/\\", torch::ones({1, 1, 1, 2})}};
}

bool same(const torch::Tensor& a, const torch::Tensor& b) {
  return a.scalar_type() == b.scalar_type() && a.sizes() == b.sizes() && torch::equal(a, b);
}

template <typename Function>
std::string message_of(const Function& function) {
  try {
    function();
  } catch (const std::runtime_error& e) {
    return e.what();
  }
  return "no std::runtime_error was thrown";
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// A batch norm between two layers: parameters and buffers, int64 among them.
torch::nn::Sequential network(int width) {
  return torch::nn::Sequential(torch::nn::Linear(3, width), torch::nn::BatchNorm1d(width), torch::nn::Linear(width, 2));
}

TEST(SafetensorsTest, NamesShapesTypesAndValuesSurviveTheRoundTrip) {
  const NamedTensors want = some_tensors();
  const NamedTensors got = from_safetensors(to_safetensors(want));
  ASSERT_EQ(got.size(), want.size());
  for (const auto& [name, tensor] : want) {
    ASSERT_EQ(got.count(name), 1U) << name;
    EXPECT_TRUE(same(got.at(name), tensor)) << name;
  }
}

TEST(SafetensorsTest, BitsThatAreNoNumberSurviveTheRoundTrip) {
  const torch::Tensor tensor = torch::tensor({std::nan("7"), -0.0, HUGE_VAL, 5e-324}, torch::kFloat64);
  const torch::Tensor got = from_safetensors(to_safetensors({{"a", tensor}})).at("a");
  EXPECT_EQ(std::memcmp(got.data_ptr(), tensor.data_ptr(), tensor.nbytes()), 0);
}

TEST(SafetensorsTest, AViewIsWrittenAsItReads) {
  const torch::Tensor transposed = torch::arange(6, torch::kFloat32).view({2, 3}).t();
  EXPECT_TRUE(same(from_safetensors(to_safetensors({{"a", transposed}})).at("a"), transposed));
}

TEST(SafetensorsTest, NoTensorsSurviveTheRoundTrip) {
  EXPECT_TRUE(from_safetensors(to_safetensors({})).empty());
}

TEST(SafetensorsTest, BytesAreLengthHeaderAndDataInLittleEndian) {
  const std::string bytes = to_safetensors({{"a", torch::tensor({1.0F, -2.0F})}});
  const std::string header = R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})";
  const std::string want = file_of(header + std::string((8 - header.size() % 8) % 8, ' '), 0) +
                           std::string("\x00\x00\x80\x3F\x00\x00\x00\xC0", 8);
  EXPECT_EQ(bytes, want);
}

TEST(SafetensorsTest, FilesOfOtherWritersAreRead) {
  const auto got = from_safetensors(
      file_of(R"({"__metadata__":{"format":"pt"}, "b":{"shape":[1],"data_offsets":[8,12],"dtype":"F32"},)"
              R"("a":{"shape":[],"data_offsets":[0,8],"dtype":"I64"}} )",
              12));
  ASSERT_EQ(got.size(), 2U);
  EXPECT_EQ(got.at("a").item<std::int64_t>(), 0x0101010101010101);
  EXPECT_EQ(got.at("b").sizes(), (std::vector<std::int64_t>{1}));
}

TEST(SafetensorsTest, TensorsOfOtherTypesAreNotWritten) {
  EXPECT_THROW(to_safetensors({{"a", torch::ones({2}, torch::kFloat16)}}), std::logic_error);
}

TEST(HostileSafetensorsTest, EveryTruncationIsARuntimeError) {
  const std::string bytes = to_safetensors({{"a", torch::ones({2, 2})}, {"b", torch::ones({3}, torch::kFloat64)}});
  ASSERT_NO_THROW(from_safetensors(bytes));
  for (std::size_t n = 0; n < bytes.size(); ++n)
    EXPECT_THROW(from_safetensors(bytes.substr(0, n)), std::runtime_error) << n;
}

TEST(HostileSafetensorsTest, AHeaderLongerThanTheFileIsARuntimeError) {
  const std::string bytes = file_with("[4]", "[0,16]");
  ASSERT_NO_THROW(from_safetensors(bytes));
  for (const std::uint64_t length :
       {bytes.size() - 7, std::size_t{1} << 32, std::size_t{1} << 63, ~std::size_t{0}, ~std::size_t{7}}) {
    std::string hostile = bytes;
    std::memcpy(hostile.data(), &length, 8);
    EXPECT_THROW(from_safetensors(hostile), std::runtime_error) << length;
  }
}

TEST(HostileSafetensorsTest, AHeaderThatIsNotAJsonObjectIsARuntimeError) {
  for (const char* header :
       {"", " ", "{", "[]", "null", "7", "\"a\"", "{\"a\"}", "{}}", "\xFF\xFE", "{\"\xFF\":1}", "{\"a\":1e999}"}) {
    EXPECT_THROW(from_safetensors(file_of(header, 16)), std::runtime_error) << header;
  }
  EXPECT_THROW(from_safetensors(file_of(std::string(1 << 20, '['), 16)), std::runtime_error);
}

TEST(HostileSafetensorsTest, AnEntryWithoutItsFieldsIsARuntimeErrorThatNamesIt) {
  for (const char* entry :
       {"null", "[]", "7", "{}", R"({"dtype":"F32","shape":[4]})", R"({"dtype":"F32","data_offsets":[0,16]})",
        R"({"shape":[4],"data_offsets":[0,16]})", R"({"dtype":"F32","shape":4,"data_offsets":[0,16]})",
        R"({"dtype":"F32","shape":["4"],"data_offsets":[0,16]})", R"({"dtype":"F32","shape":[4],"data_offsets":[0]})",
        R"({"dtype":"F32","shape":[4],"data_offsets":["0","16"]})",
        R"({"dtype":32,"shape":[4],"data_offsets":[0,16]})"}) {
    const std::string message =
        message_of([&] { from_safetensors(file_of(R"({"odd one":)" + std::string(entry) + "}", 16)); });
    EXPECT_TRUE(contains(message, "odd one")) << entry << ": " << message;
  }
}

TEST(HostileSafetensorsTest, AnUnknownTypeIsNamed) {
  const auto read = [] {
    from_safetensors(file_of(R"({"a":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]}})", 4));
  };
  EXPECT_TRUE(contains(message_of(read), "F8_E4M3"));
}

TEST(HostileSafetensorsTest, OffsetsOutOfRangeAreARuntimeError) {
  ASSERT_NO_THROW(from_safetensors(file_with("[4]", "[0,16]")));
  for (const char* offsets : {"[4,20]", "[16,32]", "[16,0]", "[-16,0]", "[-1,15]", "[0,18446744073709551615]",
                              "[18446744073709551600,18446744073709551615]", "[1099511627776,1099511627792]"}) {
    EXPECT_THROW(from_safetensors(file_with("[4]", offsets)), std::runtime_error) << offsets;
  }
}

TEST(HostileSafetensorsTest, OffsetsThatDoNotFitTheShapeAreARuntimeError) {
  for (const char* shape : {"[]", "[3]", "[5]", "[2,1]", "[0]", "[4,0]"}) {
    EXPECT_THROW(from_safetensors(file_with(shape, "[0,16]")), std::runtime_error) << shape;
  }
}

TEST(HostileSafetensorsTest, ShapesThatAreNegativeOrOverflowAreARuntimeError) {
  for (const char* shape : {"[-4]", "[-2,-2]", "[-1,-4]", "[4611686018427387905]", "[4294967296,4294967297]",
                            "[2147483648,2147483648,4]", "[9223372036854775807]", "[18446744073709551612]"}) {
    EXPECT_THROW(from_safetensors(file_with(shape, "[0,16]")), std::runtime_error) << shape;
  }
}

TEST(HostileSafetensorsTest, ShapesThatOverflowBesideAZeroAreARuntimeErrorOrEmpty) {
  for (const char* shape : {"[0,4611686018427387904,4]", "[0,4294967296,4294967296]", "[0,9223372036854775807,2]",
                            "[0,18446744073709551615]"}) {
    const std::string bytes =
        file_of(R"({"a":{"dtype":"F32","shape":)" + std::string(shape) + R"(,"data_offsets":[0,0]}})", 0);
    try {
      EXPECT_EQ(from_safetensors(bytes).at("a").numel(), 0) << shape;
    } catch (const std::runtime_error&) {
    } catch (const std::exception& e) {
      ADD_FAILURE() << shape << " threw what is no std::runtime_error: " << std::string(e.what()).substr(0, 100);
    }
  }
}

TEST(HostileSafetensorsTest, TensorsThatOverlapAreARuntimeError) {
  const auto both = [](const char* second) {
    return file_of(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
                   R"("b":{"dtype":"F32","shape":[2],"data_offsets":)" +
                       std::string(second) + "}}",
                   16);
  };
  ASSERT_NO_THROW(from_safetensors(both("[8,16]")));
  EXPECT_THROW(from_safetensors(both("[4,12]")), std::runtime_error);
  EXPECT_THROW(from_safetensors(both("[0,8]")), std::runtime_error);
}

TEST(HostileSafetensorsTest, NoChangedByteIsWorseThanARuntimeError) {
  const std::string bytes = to_safetensors({{"a", torch::ones({2, 2})}, {"b", torch::ones({3}, torch::kFloat64)}});
  int n_refused = 0;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (const char value : {'\0', '\xFF', '-', '9', '0', '"', ']', '}', ',', ' '}) {
      std::string hostile = bytes;
      hostile[at] = value;
      try {
        from_safetensors(hostile);
      } catch (const std::runtime_error&) {
        ++n_refused;
      } catch (const std::exception& e) {
        ADD_FAILURE() << "byte " << at << " as " << static_cast<int>(value) << ": " << e.what();
      }
    }
  }
  EXPECT_GT(n_refused, 500);
}

TEST(ModuleStateTest, HoldsParametersAndBuffersUnderTheirKeys) {
  const NamedTensors state = state_of(*network(4));
  std::vector<std::string> names;
  for (const auto& [name, tensor] : state) names.push_back(name);
  EXPECT_EQ(names, (std::vector<std::string>{"0.bias", "0.weight", "1.bias", "1.num_batches_tracked", "1.running_mean",
                                             "1.running_var", "1.weight", "2.bias", "2.weight"}));
}

TEST(ModuleStateTest, ALoadedModuleAnswersTheSame) {
  torch::manual_seed(1);
  auto first = network(4);
  auto second = network(4);
  const torch::Tensor x = torch::randn({8, 3});
  first->forward(x);  // in training mode: moves the running statistics
  load_state(*second, from_safetensors(to_safetensors(state_of(*first))));
  first->eval();
  second->eval();
  EXPECT_TRUE(torch::equal(first->forward(x), second->forward(x)));
}

TEST(ModuleStateTest, AKeyThatIsMissingUnknownOrOfAnotherShapeIsNamed) {
  auto module = network(4);
  const NamedTensors whole = state_of(*module);
  NamedTensors state = whole;
  state.erase("1.running_var");
  EXPECT_TRUE(contains(message_of([&] { load_state(*module, state); }), "1.running_var"));
  state = whole;
  state["3.weight"] = torch::ones({2});
  EXPECT_TRUE(contains(message_of([&] { load_state(*module, state); }), "3.weight"));
  state = whole;
  state["2.weight"] = torch::ones({4, 2});
  EXPECT_TRUE(contains(message_of([&] { load_state(*module, state); }), "2.weight"));
}

}  // namespace safetensors_test
}  // namespace hitscope::models::tensors
