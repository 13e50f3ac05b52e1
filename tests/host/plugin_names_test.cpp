#include "host/program/commands/plugin_names.hpp"

#include "host/common/errors.hpp"
#include "tests/support/complaint.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rraebench {
namespace {

using testing::HasSubstr;

std::string refusal_of(const std::string& name) {
  return complaint_of<UserError>([&] { check_plugin_name(name); });
}

TEST(PluginNames, WhatCannotWorkIsRefusedWithTheRemedy) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "must be lower-case words"},
      {"My-model", "must be lower-case words"},
      {"my_model", "must be lower-case words"},
      {"2d-model", "must be lower-case words"},
      {"my-2d", "must be lower-case words"},
      {"my--model", "must be lower-case words"},
      {"-model", "must be lower-case words"},
      {"model-", "must be lower-case words"},
      {"../model", "must be lower-case words"},
      {"mod\xc3\xa8le", "must be lower-case words"},
      {std::string(65, 'a'), "of 64 letters at most"},
      {"class", "is a word of C++; choose another, such as my-class"},
      {"and", "is a word of C++"},
      {"xor-eq", "is a word of C++"},
      {"co-await", "is a word of C++"},
      {"main", "is a word of C++"},
      {"test", "is a target of CMake's or LibTorch's own; choose another, such as my-test"},
      {"all", "is a target"},
      {"install", "is a target"},
      {"clean", "is a target"},
      {"help", "is a target"},
      {"package", "is a target"},
      {"edit-cache", "is a target"},
      {"torch", "is a target"},
      {"rraebench-sdk", "begins as this program's own do"},
      {"model", "gives a class Model, which the SDK has"},
      {"option-type", "gives a class OptionType, which the SDK has"}};
  for (const auto& [name, expected] : cases) EXPECT_THAT(refusal_of(name), HasSubstr(expected)) << name;
}

TEST(PluginNames, OthersAreTaken) {
  for (const auto& name : std::vector<std::string>{"a", "my-model", "sparse-ae2", "classes", "testing",
                                                   "model-a", std::string(64, 'a')})
    EXPECT_EQ(refusal_of(name), kNoComplaint) << name;
  EXPECT_EQ(plugin_file_name("sparse-ae2"), "sparse_ae2");
  EXPECT_EQ(plugin_class_name("sparse-ae2"), "SparseAe2");
}

}  // namespace
}  // namespace rraebench
