#include "datasets/catalog.hpp"
#include "datasets/error.hpp"
#include "datasets/npy_file.hpp"
#include "tests/datasets/npy_bytes.hpp"
#include "tests/support/complaint.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <map>

namespace rraebench {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Ne;
using ::testing::Not;
using testing::npy_file;
using testing::npy_header;
using testing::raw;

std::string refusal(const std::string& bytes) {
  return complaint_of<DatasetError>([&] { parse_npy(bytes, "curves"); });
}

const std::vector<float> kSix = {1.F, 2.F, 3.F, 4.F, 5.F, 6.F};

TEST(NpyFileTest, ReadsShapeTypeAndValues) {
  const auto array = parse_npy(npy_file(npy_header("<f4", "(2, 3)"), raw(kSix)), "curves");
  EXPECT_THAT(array.shape, ElementsAre(2, 3));
  EXPECT_FALSE(array.is_bytes());
  EXPECT_EQ(npy_floats(array), kSix);
  EXPECT_EQ(npy_doubles(array), std::vector<double>(kSix.begin(), kSix.end()));
}

TEST(NpyFileTest, FortranOrderIsTurnedIntoRows) {
  const auto matrix = parse_npy(npy_file(npy_header("<f4", "(2, 3)", true), raw(kSix)), "curves");
  EXPECT_THAT(npy_floats(matrix), ElementsAre(1, 3, 5, 2, 4, 6));
  // Entry (i, j, k) of a 2 x 3 x 2 array lies at i + 2 j + 6 k.
  std::vector<std::uint8_t> values(12);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<std::uint8_t>(i);
  const auto cube = parse_npy(npy_file(npy_header("|u1", "(2, 3, 2)", true), raw(values)), "images");
  EXPECT_THAT(npy_bytes(cube), ElementsAre(0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11));
  EXPECT_THAT(npy_floats(parse_npy(npy_file(npy_header("<f4", "(6,)", true), raw(kSix)), "curve")),
              ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST(NpyFileTest, OtherTypesAreConverted) {
  const auto read = [](const std::string& type, const std::string& data) {
    return npy_doubles(parse_npy(npy_file(npy_header(type, "(2,)"), data), "x"));
  };
  EXPECT_THAT(read("<f8", raw<double>({0.1, -2e300})), ElementsAre(0.1, -2e300));
  EXPECT_THAT(read(">f8", std::string("\x3F\xF8\0\0\0\0\0\0\xC0\0\0\0\0\0\0\0", 16)), ElementsAre(1.5, -2.0));
  EXPECT_THAT(read("<i8", raw<std::int64_t>({-5, 1LL << 40})), ElementsAre(-5.0, 1099511627776.0));
  EXPECT_THAT(read(">i2", std::string("\xFF\xFE\x01\x00", 4)), ElementsAre(-2.0, 256.0));
  EXPECT_THAT(read("<u4", raw<std::uint32_t>({4294967295U, 7})), ElementsAre(4294967295.0, 7.0));
  EXPECT_THAT(read("|i1", "\xFF\x05"), ElementsAre(-1.0, 5.0));
  EXPECT_THAT(read("|b1", std::string("\x01\0", 2)), ElementsAre(1.0, 0.0));
  // binary16: 1.5; the smallest subnormal, 2^-24.
  EXPECT_THAT(read("<f2", std::string("\x00\x3E\x01\x00", 4)), ElementsAre(1.5, 5.9604644775390625e-08));
  EXPECT_THAT(read("<f2", std::string("\x00\xFC\xFF\x7B", 4)),
              ElementsAre(-std::numeric_limits<double>::infinity(), 65504.0));
}

TEST(NpyFileTest, VersionsTwoAndThreeHaveALongerHeaderSize) {
  auto bytes = npy_file(npy_header("<f4", "(6,)"), raw(kSix));
  for (const char version : {'\x02', '\x03'}) {
    auto longer = bytes;
    longer[6] = version;
    longer.insert(10, 2, '\0');
    EXPECT_EQ(npy_floats(parse_npy(longer, "x")), kSix);
  }
  bytes[6] = '\x04';
  EXPECT_THAT(refusal(bytes), HasSubstr("npy version 4.0"));
}

TEST(NpyFileTest, RefusesPicklesAndWhatElseIsNotNumbers) {
  EXPECT_THAT(refusal(npy_file(npy_header("|O", "(1,)"), "\x80\x04.")),
              AllOf(HasSubstr("curves: it holds Python objects (a pickle)"), HasSubstr("never read")));
  EXPECT_THAT(refusal(npy_file(npy_header("O8", "(1,)"), "\x80\x04.")), HasSubstr("not one of NumPy's"));
  EXPECT_THAT(refusal("\x80\x04\x95 pickle"), HasSubstr("a Python pickle"));
  EXPECT_THAT(refusal("PK\x03\x04"), HasSubstr(".npz archive"));
  for (const char* type : {"<c16", "<U5", "|S3", "|V8", "<M8[ns]", "<f16", "<f3", "<i16", "|b2", "<f", "|f4"})
    EXPECT_THAT(refusal(npy_file(npy_header(type, "(1,)"), std::string(64, 'x'))),
                AllOf(HasSubstr(type), HasSubstr("astype('float32')")))
        << type;
  EXPECT_THAT(
      refusal(npy_file("{'descr': [('x', '<f4'), ('y', '<f4')], 'fortran_order': False, 'shape': (1,)}",
                       std::string(8, 'x'))),
      HasSubstr("records of several fields"));
}

TEST(NpyFileTest, RefusesEveryTruncation) {
  const auto whole = npy_file(npy_header("<f4", "(2, 3)"), raw(kSix));
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_THAT(refusal(whole.substr(0, size)), Ne(kNoComplaint)) << size;
  EXPECT_THAT(refusal(""), HasSubstr("not an .npy file"));
  EXPECT_THAT(refusal(whole.substr(0, whole.size() - 1)),
              HasSubstr("truncated: it holds 23 bytes of data, its header says 24"));
  EXPECT_THAT(refusal(whole + "x"), HasSubstr("more than the 24 bytes"));
}

TEST(NpyFileTest, RefusesLyingHeaders) {
  for (const char* shape : {"(0, 3)", "(18446744073709551615,)", "(4294967296, 4294967296)",
                            "(1099511627776,)", "(-1, 3)", "(x)", "(2 3)", "(2, 3", "2, 3", "(1e3,)"})
    EXPECT_THAT(refusal(npy_file(npy_header("<f4", shape), raw(kSix))), Ne(kNoComplaint)) << shape;
  EXPECT_THAT(refusal(npy_file(npy_header("<f4", "(2, 3)") + "import os", raw(kSix))), HasSubstr("goes on"));
  EXPECT_THAT(refusal(npy_file("{'descr': '<f4', 'shape': (6,)}", raw(kSix))), HasSubstr("lacks"));
  EXPECT_THAT(refusal(npy_file("{'descr': '<f4', 'descr': '<f4', 'shape': (6,)}", raw(kSix))),
              HasSubstr("repeated key"));
  EXPECT_THAT(refusal(npy_file("{'descr': '<f4', 'fortran_order': 1, 'shape': (6,)}", raw(kSix))),
              HasSubstr("neither True nor False"));
  std::string huge = "\x93NUMPY\x02";
  huge += std::string("\0\xFF\xFF\xFF\x7F", 5) + std::string(100, ' ');
  EXPECT_THAT(refusal(huge), HasSubstr("claims 2147483647 bytes"));
}

TEST(NpyFileTest, AHugeFileThatIsNotWhatItSaysIsNotRead) {
  const TemporaryFolder folder;
  const auto path = folder.write("huge.npy", npy_file(npy_header("<f4", "(2, 3)"), raw(kSix)));
  std::filesystem::resize_file(path, std::uintmax_t{100} << 30);  // Sparse: takes no disk.
  EXPECT_THAT(complaint_of<DatasetError>([&] { read_npy_file(path); }),
              AllOf(HasSubstr("huge.npy"), HasSubstr("more than the 24 bytes")));
}

TEST(NpyFileTest, AHostileTypeNameCannotBreakTheLine) {
  EXPECT_THAT(refusal(npy_file(npy_header("\n\x1b[31mred", "(1,)"), "x")),
              AllOf(Not(HasSubstr("\n")), Not(HasSubstr("\x1b"))));
}

class NpySourceTest : public ::testing::Test {
 protected:
  RawDataset load(const std::map<std::string, std::string>& given) const {
    const auto& source = data_source("npy");
    return source.load(Options(source.description.options, given), {folder_.path(), {}});
  }
  void write_curves(const std::string& name, int count, float first = 0.F) const {
    std::vector<float> values;
    for (int i = 0; i < count * 3; ++i) values.push_back(first + static_cast<float>(i));
    folder_.write(name, npy_file(npy_header("<f4", "(" + std::to_string(count) + ", 3)"), raw(values)));
  }
  void write_parameters(const std::string& name, const std::vector<double>& values, int width) const {
    const auto count = values.size() / static_cast<std::size_t>(width);
    folder_.write(
        name, npy_file(npy_header("<f8", "(" + std::to_string(count) + ", " + std::to_string(width) + ")"),
                       raw(values)));
  }
  TemporaryFolder folder_;
  std::map<std::string, std::string> both_ = {{"train", "train.npy"}, {"test", "test.npy"}};
};

TEST_F(NpySourceTest, AColonNamesTheFiles) {
  const auto choice = choose_dataset("npy:a.npy,b.npy,,d.npy", {{"train_labels", "c.npy"}});
  EXPECT_EQ(choice.name, "npy");
  EXPECT_EQ(
      choice.options,
      (std::map<std::string, std::string>{
          {"train", "a.npy"}, {"test", "b.npy"}, {"test_parameters", "d.npy"}, {"train_labels", "c.npy"}}));
  EXPECT_THROW(choose_dataset("npy:a,b,c,d,e", {}), OptionError);
  EXPECT_THROW(choose_dataset("npy:a,b", {{"train", "a"}}), OptionError);
}

TEST_F(NpySourceTest, ReadsCurvesParametersAndLabels) {
  write_curves("train.npy", 4);
  write_curves("test.npy", 2, 100.F);
  write_curves("valid.npy", 1, 50.F);
  write_parameters("p.npy", {1, 2, 3, 5}, 1);
  write_parameters("q.npy", {1.5, 4}, 1);
  write_parameters("r.npy", {2.5}, 1);
  folder_.write("l.npy", npy_file(npy_header("<i8", "(4,)"), raw<std::int64_t>({0, 1, 1, 7})));
  auto given = both_;
  given.insert({{"train_parameters", "p.npy"},
                {"test_parameters", "q.npy"},
                {"train_labels", "l.npy"},
                {"validation", "valid.npy"},
                {"validation_parameters", "r.npy"}});
  const auto data = load(given);
  EXPECT_EQ(data.train.shape, (std::vector<std::int64_t>{4, 3}));
  EXPECT_EQ(data.train.type, ElementType::kFloat);
  EXPECT_EQ(static_cast<const float*>(data.test.data.get())[0], 100.F);
  EXPECT_EQ(data.train.labels, (std::vector<std::int64_t>{0, 1, 1, 7}));
  EXPECT_EQ(data.validation.parameters, std::vector<double>{2.5});
  EXPECT_EQ(data.grid, (std::vector<std::vector<double>>{{1, 2, 3, 5}}));

  write_curves("test.npy", 2, 101.F);
  EXPECT_NE(load(given).fingerprint, data.fingerprint);
}

TEST_F(NpySourceTest, AGridInAnyOrderIsSorted) {
  write_curves("train.npy", 4);
  write_curves("test.npy", 1);
  write_parameters("p.npy", {2, 10, 1, 20, 1, 10, 2, 20}, 2);
  write_parameters("q.npy", {1.5, 15}, 2);
  auto given = both_;
  given.insert({{"train_parameters", "p.npy"}, {"test_parameters", "q.npy"}});
  auto data = load(given);
  EXPECT_EQ(data.grid, (std::vector<std::vector<double>>{{1, 2}, {10, 20}}));
  EXPECT_EQ(data.train.parameters, (std::vector<double>{1, 10, 1, 20, 2, 10, 2, 20}));
  const auto* values = static_cast<const float*>(data.train.data.get());
  EXPECT_EQ((std::vector<float>{values[0], values[3], values[6], values[9]}),
            (std::vector<float>{6, 3, 0, 9}));

  write_parameters("p.npy", {2, 10, 1, 20, 1, 10, 2, 21}, 2);
  EXPECT_TRUE(load(given).grid.empty());
}

TEST_F(NpySourceTest, BytesOfImagesStayBytes) {
  folder_.write("train.npy", npy_file(npy_header("|u1", "(2, 3, 4)"), std::string(24, '\x10')));
  folder_.write("test.npy", npy_file(npy_header("|u1", "(1, 3, 4)"), std::string(12, '\x20')));
  const auto data = load(both_);
  EXPECT_EQ(data.train.shape, (std::vector<std::int64_t>{2, 1, 3, 4}));
  EXPECT_EQ(data.train.type, ElementType::kByte);
  EXPECT_EQ(data.value_range, (std::pair<double, double>{0.0, 1.0}));
}

TEST_F(NpySourceTest, WhatFloat32CannotHoldStaysDouble) {
  const std::vector<double> values = {1e5, 1e5 + 1e-6, 1e5 + 2e-6};
  folder_.write("train.npy", npy_file(npy_header("<f8", "(1, 3)"), raw(values)));
  write_curves("test.npy", 2);
  const auto data = load(both_);
  ASSERT_EQ(data.train.type, ElementType::kDouble);
  EXPECT_EQ(static_cast<const double*>(data.train.data.get())[2], values[2]);
  EXPECT_EQ(data.train.sample_bytes(), 24U);
  // The other files' floats are widened with them.
  ASSERT_EQ(data.test.type, ElementType::kDouble);
  EXPECT_EQ(static_cast<const double*>(data.test.data.get())[5], 5.0);

  folder_.write("train.npy",
                npy_file(npy_header("<i8", "(1, 3)"), raw<std::int64_t>({1 << 30, (1 << 30) + 1, 7})));
  const auto integers = load(both_);
  ASSERT_EQ(integers.train.type, ElementType::kDouble);
  EXPECT_EQ(static_cast<const double*>(integers.train.data.get())[1], 1073741825.0);
  folder_.write("train.npy", npy_file(npy_header("<i2", "(1, 3)"), raw<std::int16_t>({1, 2, 3})));
  EXPECT_EQ(load(both_).train.type, ElementType::kFloat);
}

TEST_F(NpySourceTest, UnusedLabelsAreSaid) {
  write_curves("train.npy", 2);
  write_curves("test.npy", 2);
  EXPECT_THAT(load(both_).notes, ::testing::IsEmpty());
  folder_.write("l.npy", npy_file(npy_header("<i8", "(2,)"), raw<std::int64_t>({0, 1})));
  auto given = both_;
  given["test_labels"] = "l.npy";
  EXPECT_THAT(load(given).notes, ElementsAre(HasSubstr("train_labels")));
}

TEST_F(NpySourceTest, ContradictionsAreNamed) {
  const auto refused = [&](const std::map<std::string, std::string>& given) {
    return complaint_of<DatasetError>([&] { load(given); });
  };
  EXPECT_THAT(refused({}), AllOf(HasSubstr("lacks 'train'"), HasSubstr("npy:TRAIN.npy,TEST.npy")));
  EXPECT_THAT(refused(both_),
              AllOf(HasSubstr("option 'train'"), HasSubstr("train.npy"), HasSubstr("--data-dir")));
  write_curves("train.npy", 3);
  folder_.write("test.npy", npy_file(npy_header("<f4", "(2, 2)"), std::string(16, '\0')));
  EXPECT_THAT(refused(both_), AllOf(HasSubstr("test.npy"), HasSubstr("another shape")));
  folder_.write("test.npy", npy_file(npy_header("<f4", "(6,)"), raw(kSix)));
  EXPECT_THAT(refused(both_), HasSubstr("expected samples as N x T"));
  folder_.write("test.npy",
                npy_file(npy_header("<f4", "(2, 3)"), raw<float>({1, 2, 3, 4, std::nanf(""), 6})));
  EXPECT_THAT(refused(both_), HasSubstr("sample 1 holds a value that is not finite"));
  // Beyond float32.
  folder_.write("test.npy", npy_file(npy_header("<f8", "(1, 3)"), raw<double>({1, 1e300, 2})));
  EXPECT_THAT(refused(both_),
              AllOf(HasSubstr("sample 0"), HasSubstr("above 3.4e38"), Not(HasSubstr("not finite"))));

  write_curves("test.npy", 2);
  auto given = both_;
  write_parameters("p.npy", {1, 2, 3}, 1);
  given["train_parameters"] = "p.npy";
  EXPECT_THAT(refused(given), HasSubstr("parameters for both"));
  given["test_parameters"] = "p.npy";
  EXPECT_THAT(refused(given), HasSubstr("expected the parameters of 2 samples"));
  given = both_;
  given["train_labels"] = "p.npy";
  EXPECT_THAT(refused(given), HasSubstr("one integer a sample"));
  folder_.write("l.npy", npy_file(npy_header("<i8", "(3,)"), raw<std::int64_t>({0, -1, 1})));
  given["train_labels"] = "l.npy";
  EXPECT_THAT(refused(given), HasSubstr("not in 0 to 9999"));
}

}  // namespace
}  // namespace rraebench
