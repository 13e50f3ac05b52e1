#include "host/worker/weights/torch_state_file.hpp"

#include "host/common/errors.hpp"
#include "tests/support/complaint.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/serialize.h>

#include <caffe2/serialize/inline_container.h>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace rraebench {
namespace {

using testing::HasSubstr;
using namespace std::string_literals;

/// Records as Python's torch.save puts them into its archive.
std::string archive_of(const std::map<std::string, std::string>& records) {
  std::string bytes;
  {
    caffe2::serialize::PyTorchStreamWriter writer([&](const void* data, std::size_t size) {
      bytes.append(static_cast<const char*>(data), size);
      return size;
    });
    for (const auto& [name, content] : records) writer.writeRecord(name, content.data(), content.size());
    writer.writeEndOfFile();
  }
  return bytes;
}

std::string text(const std::string& value) {
  return "X"s + static_cast<char>(value.size()) + "\0\0\0"s + value;
}

/// A tuple of small numbers.
std::string tuple(const std::vector<int>& numbers) {
  std::string pickle = "(";
  for (const int number : numbers) pickle += "K"s + static_cast<char>(number);
  return pickle + "t";
}

/// What torch.save writes of a tensor of floats, but for what it memorises.
std::string tensor(const std::string& key, int offset, const std::vector<int>& size,
                   const std::vector<int>& strides) {
  return "ctorch._utils\n_rebuild_tensor_v2\n((" + text("storage") + "ctorch\nFloatStorage\n" + text(key) +
         text("cpu") + "K\x06tQK"s + static_cast<char>(offset) + tuple(size) + tuple(strides) + "\x89"s +
         "ccollections\nOrderedDict\n)RtR";
}

/// A state_dict as torch.save writes it: an OrderedDict with what it is annotated with.
std::string state_dict(const std::string& items) {
  return "\x80\x02"s + "ccollections\nOrderedDict\nq\x00)Rq\x01("s + items + "u}" + text("_metadata") +
         "h\x00)R("s + text("") + "}" + text("version") + "K\x01susb."s;
}

std::string floats(const std::vector<float>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)};
}

std::string file_of(const std::string& pickle, const std::string& storage = floats({1, 2, 3, 4, 5, 6})) {
  return archive_of({{"data.pkl", pickle}, {"data/0", storage}});
}

std::string fault_of_pickle(const std::string& pickle) {
  return complaint_of<UserError>([&] { read_torch_state(file_of(pickle), "my.pt"); });
}

TEST(TorchStateFile, IsWhatPythonSavedOfAStateDict) {
  const auto bytes = file_of(state_dict(text("layer.weight") + tensor("0", 0, {2, 3}, {3, 1}) +
                                        text("layer.turned") + tensor("0", 1, {2, 2}, {1, 3})));
  ASSERT_TRUE(is_torch_file(bytes));
  const auto tensors = read_torch_state(bytes, "my.pt");
  ASSERT_EQ(tensors.size(), 2U);
  EXPECT_TRUE(
      torch::equal(tensors.at("layer.weight"), torch::tensor({{1.0F, 2.0F, 3.0F}, {4.0F, 5.0F, 6.0F}})));
  EXPECT_TRUE(torch::equal(tensors.at("layer.turned"), torch::tensor({{2.0F, 5.0F}, {3.0F, 6.0F}})));
}

TEST(TorchStateFile, IsWhatLibTorchPickled) {
  c10::Dict<std::string, torch::Tensor> saved;
  saved.insert("weight", torch::arange(6.0).view({2, 3}));
  saved.insert("count", torch::tensor(3));
  const auto bytes = torch::pickle_save(saved);
  const auto tensors = read_torch_state({bytes.begin(), bytes.end()}, "my.pt");
  EXPECT_TRUE(torch::equal(tensors.at("weight"), saved.at("weight")));
  EXPECT_TRUE(torch::equal(tensors.at("count"), saved.at("count")));
}

TEST(TorchStateFile, RefusesWhatIsNoDictOfTensors) {
  EXPECT_THAT(fault_of_pickle("\x80\x02K\x01."s),
              HasSubstr("my.pt: has something else where a dict of tensors"));
  EXPECT_THAT(fault_of_pickle(state_dict(text("a") + "K\x01"s)), HasSubstr("where the tensor 'a' should be"));
  EXPECT_THAT(fault_of_pickle("\x80\x02"s + "cos\nsystem\n" + text("true") + "\x85R."),
              HasSubstr("holds a Python object (os system)"));
  EXPECT_THAT(fault_of_pickle("\x80\x02i"s), HasSubstr("is not a dict of tensors"));
}

TEST(TorchStateFile, RefusesTensorsThatLieElsewhere) {
  const auto fault = [](const std::string& of_tensor) {
    return fault_of_pickle(state_dict(text("a") + of_tensor));
  };
  for (const auto& of_tensor : {tensor("0", 0, {7}, {1}), tensor("0", 3, {2, 2}, {2, 1}),
                                tensor("0", 6, {1}, {1}), tensor("0", 0, {6, 6}, {0, 1}),
                                tensor("0", 0, {6, 6, 6, 6}, {0, 0, 0, 0}), tensor("0", 0, {2}, {200})})
    EXPECT_THAT(fault(of_tensor), HasSubstr("does not lie within its storage"));
  EXPECT_THAT(fault(tensor("0", 0, {2}, {1, 1})), HasSubstr("impossible shape"));
  EXPECT_THAT(fault(tensor("9", 0, {2}, {1})), HasSubstr("is damaged"));
}

TEST(TorchStateFile, NestingAndRepetitionCostNothing) {
  // Each dict the value of the one before.
  std::string nested = "\x80\x02"s;
  for (int i = 0; i < 100000; ++i) nested += "}" + text("a");
  nested += "N";
  for (int i = 0; i < 100000; ++i) nested += "s";
  EXPECT_THAT(fault_of_pickle(nested + "."), HasSubstr("where the tensor 'a' should be"));
  std::string doubling = "\x80\x02)q\x00"s;  // A tuple of two of the one before, a hundred times.
  for (int i = 0; i < 100; ++i) doubling += "h\x00h\x00\x86q\x00"s;
  EXPECT_THAT(fault_of_pickle(doubling + "."), HasSubstr("my.pt: "));
}

TEST(TorchStateFile, EveryTruncationIsOneLine) {
  const auto pickle = state_dict(text("a") + tensor("0", 0, {2, 3}, {3, 1}));
  for (std::size_t size = 0; size < pickle.size(); ++size) {
    const auto fault = fault_of_pickle(pickle.substr(0, size));
    EXPECT_THAT(fault, HasSubstr("my.pt: ")) << size;
    EXPECT_EQ(fault.find('\n'), std::string::npos) << fault;
  }
  const auto whole = file_of(pickle);
  for (std::size_t size = 0; size < whole.size(); size += 37)
    EXPECT_THROW(read_torch_state(whole.substr(0, size), "my.pt"), UserError) << size;
}

TEST(TorchStateFile, RefusesOtherArchives) {
  const auto fault = [](const std::map<std::string, std::string>& records) {
    return complaint_of<UserError>([&] { read_torch_state(archive_of(records), "my.pt"); });
  };
  EXPECT_THAT(fault({{"other", "x"}}), HasSubstr("has no data.pkl"));
  EXPECT_THAT(fault({{"data.pkl", "x"}, {"constants.pkl", "x"}}), HasSubstr("is a TorchScript module"));
}

}  // namespace
}  // namespace rraebench
