#include "host/worker/weights/safetensors.hpp"

#include "host/common/errors.hpp"
#include "tests/support/complaint.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cstring>

namespace rraebench {
namespace {

std::string file_of(const std::map<std::string, torch::Tensor>& tensors) {
  std::string bytes;
  write_safetensors(tensors, {{"format", "pt"}}, [&](std::string_view piece) { bytes += piece; });
  return bytes;
}

TEST(Safetensors, AreAsTheFormatSays) {
  const auto weight = torch::arange(6, torch::kFloat32).view({2, 3}).t();  // Not as it lies in memory.
  const auto file = file_of({{"encoder.weight", weight},
                             {"steps", torch::tensor(7, torch::kInt64)},
                             {"empty", torch::empty({0, 3})}});
  std::uint64_t size = 0;
  std::memcpy(&size, file.data(), sizeof size);
  EXPECT_EQ(size % 8, 0U);
  const auto header = nlohmann::json::parse(file.substr(8, size));
  EXPECT_EQ(header.at("__metadata__"), nlohmann::json({{"format", "pt"}}));
  EXPECT_EQ(header.at("encoder.weight").at("dtype"), "F32");
  EXPECT_EQ(header.at("encoder.weight").at("shape"), nlohmann::json({3, 2}));
  EXPECT_EQ(header.at("steps").at("dtype"), "I64");
  EXPECT_EQ(header.at("steps").at("shape"), nlohmann::json::array());
  EXPECT_EQ(header.at("empty").at("data_offsets"), nlohmann::json({0, 0}));
  const auto place = header.at("encoder.weight").at("data_offsets").at(0).get<std::size_t>();
  std::vector<float> values(6);
  std::memcpy(values.data(), &file.at(8 + size + place), 6 * sizeof(float));
  EXPECT_EQ(values, (std::vector<float>{0, 3, 1, 4, 2, 5}));
  EXPECT_EQ(file.size(), 8 + size + 6 * sizeof(float) + sizeof(std::int64_t));
}

TEST(Safetensors, ComeBackAsTheyWereWritten) {
  const std::map<std::string, torch::Tensor> tensors = {{"a", torch::randn({2, 3})},
                                                        {"b.c", torch::randn({4}, torch::kFloat64)},
                                                        {"flags", torch::tensor({true, false})},
                                                        {"half", torch::randn({3}).to(torch::kBFloat16)},
                                                        {"none", torch::empty({0, 2})},
                                                        {"one", torch::tensor(3, torch::kInt64)}};
  const auto read = read_safetensors(file_of(tensors), "file");
  ASSERT_EQ(read.size(), tensors.size());
  for (const auto& [name, tensor] : tensors) {
    EXPECT_EQ(read.at(name).scalar_type(), tensor.scalar_type()) << name;
    EXPECT_TRUE(torch::equal(read.at(name), tensor)) << name;
  }
}

std::string with_header(const std::string& header, const std::string& data = "") {
  std::string size(8, '\0');
  const std::uint64_t count = header.size();
  std::memcpy(size.data(), &count, sizeof count);
  return size + header + data;
}

std::string fault_of(const std::string& bytes) {
  return complaint_of<UserError>([&] { read_safetensors(bytes, "weights.safetensors"); });
}

TEST(Safetensors, OthersAreRefusedInOneLine) {
  const std::string broken = "weights.safetensors: is no safetensors file, or a damaged one";
  const auto entry = [](const std::string& shape, const std::string& place, const std::string& type = "F32") {
    return with_header(
        R"({"a":{"dtype":")" + type + R"(","shape":)" + shape + R"(,"data_offsets":)" + place + "}}",
        std::string(8, 'x'));
  };
  EXPECT_EQ(fault_of(entry("[2]", "[0,8]")), kNoComplaint);
  const auto whole = entry("[2]", "[0,8]");
  for (const auto& bytes :
       {std::string(), std::string("PK"), whole.substr(0, 20), whole.substr(0, whole.size() - 1),
        std::string(8, '\xff') + "{}", with_header("[]"), with_header("{\"a\":1}"), with_header("{\"a\":{}}"),
        entry("[2]", "[0]"), entry("[2]", "[8,0]"), entry("[3]", "[0,8]"), entry("[2]", "[0,9]"),
        entry("[-2]", "[0,8]"), entry("[2.5]", "[0,8]"), entry("[4611686018427387904,4]", "[0,8]"),
        entry("[18446744073709551615,18446744073709551615]", "[0,0]"), entry("\"2\"", "[0,8]")})
    EXPECT_EQ(fault_of(bytes), broken) << bytes;
  EXPECT_EQ(fault_of(entry("[8]", "[0,8]", "F8")),
            "weights.safetensors: holds values of type 'F8', which is not known");
}

TEST(Safetensors, RefuseATypeThatTheyDoNotKnow) {
  EXPECT_THROW(file_of({{"phase", torch::zeros({2}, torch::kComplexFloat)}}), std::invalid_argument);
}

}  // namespace
}  // namespace rraebench
