#include "host/common/npz.hpp"

#include "host/common/errors.hpp"
#include "tests/support/complaint.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <sys/stat.h>

namespace rraebench {
namespace {

using testing::HasSubstr;

/// A .npy file by hand, as the format's description has it.
std::string npy(const std::string& header, const std::string& data, int version = 1) {
  std::string bytes("\x93NUMPY", 6);
  bytes.push_back(static_cast<char>(version));
  bytes.push_back('\0');
  bytes.push_back(static_cast<char>(header.size()));
  bytes.append(version == 1 ? 1 : 3, '\0');
  return bytes + header + data;
}

std::string dictionary(const std::string& descr, const std::string& shape,
                       const std::string& order = "False") {
  return "{'descr': '" + descr + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }";
}

class Npy : public testing::Test {
 protected:
  NpzArray read(const std::string& bytes) { return read_npy(folder_.write("a.npy", bytes)); }

  std::string complaint(const std::string& bytes) {
    const auto text = complaint_of<UserError>([&] { read(bytes); });
    EXPECT_THAT(text, HasSubstr("a.npy: "));
    EXPECT_EQ(text.find('\n'), std::string::npos);
    return text;
  }

  TemporaryFolder folder_;
};

TEST_F(Npy, ReadsEveryTypeAndVersion) {
  EXPECT_EQ(read(npy(dictionary("|u1", "(2, 2)"), "\x01\x02\x03\xff")).values,
            (std::vector<double>{1, 2, 3, 255}));
  EXPECT_EQ(read(npy(dictionary("<i2", "(1,)"), std::string("\xfe\xff", 2), 2)).values,
            (std::vector<double>{-2}));
  const auto scalar = read(npy(dictionary("<f4", "()"), std::string("\0\0\xc0\x3f", 4), 3));
  EXPECT_EQ(scalar.values, (std::vector<double>{1.5}));
  EXPECT_TRUE(scalar.shape.empty());
  EXPECT_TRUE(read(npy(dictionary("<f8", "(0, 3)"), "")).values.empty());
}

TEST_F(Npy, TurnsColumnMajorMatrices) {
  const auto array = read(npy(dictionary("|i1", "(2, 3)", "True"), std::string("\1\4\2\5\3\6", 6)));
  EXPECT_EQ(array.values, (std::vector<double>{1, 2, 3, 4, 5, 6}));
}

TEST_F(Npy, SaysWhatIsWrong) {
  EXPECT_THAT(complaint(""), HasSubstr("cut off"));
  EXPECT_THAT(complaint("hello, I am a diary"), HasSubstr("no NumPy array"));
  EXPECT_THAT(complaint(npy(dictionary("<f8", "(2,)"), "short")), HasSubstr("cut off"));
  EXPECT_THAT(complaint(npy(dictionary("|u1", "(2,)"), "long")), HasSubstr("more bytes"));
  EXPECT_THAT(complaint(npy(dictionary("|O", "(2,)"), "")), HasSubstr("type '|O'"));
  EXPECT_THAT(complaint(npy(dictionary(">f8", "(2,)"), "")), HasSubstr("type '>f8'"));
  EXPECT_THAT(complaint(npy("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,)}", "")),
              HasSubstr("no plain numbers"));
  EXPECT_THAT(complaint(npy(dictionary("<f8", "(99999999999999999999,)"), "")), HasSubstr("2^28"));
  EXPECT_THAT(complaint(npy(dictionary("<f8", "(100000, 100000, 0)"), "")), HasSubstr("2^28"));
  EXPECT_THAT(complaint(npy(dictionary("<f8", "(-1,)"), "")), HasSubstr("broken header"));
  EXPECT_THAT(complaint(npy(dictionary("<f8", "(1,)"), "12345678", 9)), HasSubstr("unknown version"));
  EXPECT_THAT(complaint(npy(std::string(250, '\''), "")), HasSubstr("no plain numbers"));
  EXPECT_THAT(complaint(std::string("\x93NUMPY\1\0\xff\xff", 10) + std::string(65535, 'x')),
              HasSubstr("broken header"));
}

TEST_F(Npy, AFalseShapeAllocatesNothing) {  // 2 GiB claimed, 8 bytes there.
  EXPECT_THAT(complaint(npy(dictionary("<f8", "(268435456,)"), "12345678")), HasSubstr("cut off"));
}

NpzArrays example_arrays() {
  return {{"mu", {{3}, {1.0, -2.5, 1e-300}, false}},
          {"sigma", {{2, 2}, {4.0, 0.1, 0.1, 9.0}, false}},
          {"count", {{}, {100}, false}},
          {"features", {{2, 1}, {0.5, 0.25}, true}}};
}

TEST(Npz, ComesBack) {
  const TemporaryFolder folder;
  const auto file = folder / "a.npz";
  write_npz(file, example_arrays());
  const auto arrays = read_npz(file);
  ASSERT_EQ(arrays.size(), 4U);
  for (const auto& [name, array] : example_arrays()) {
    EXPECT_EQ(arrays.at(name).shape, array.shape) << name;
    EXPECT_EQ(arrays.at(name).values, array.values) << name;
    EXPECT_EQ(arrays.at(name).single, array.single) << name;
  }
  write_npz(folder / "b.npz", example_arrays());
  EXPECT_EQ(read_file(file), read_file(folder / "b.npz"));
}

TEST(Npz, EveryCutAndMostFlippedBytesAreUserErrorsOfOneLine) {
  const TemporaryFolder folder;
  write_npz(folder / "a.npz", example_arrays());
  const auto whole = read_file(folder / "a.npz");
  int refused = 0;
  const auto attempt = [&](const std::string& bytes) {
    const auto file = folder.write("bad.npz", bytes);
    const auto text = complaint_of<UserError>([&] { read_npz(file); });
    if (text == kNoComplaint) return;
    ++refused;
    EXPECT_THAT(text, HasSubstr("bad.npz: "));
    EXPECT_EQ(text.find('\n'), std::string::npos);
  };
  for (std::size_t length = 0; length < whole.size(); length += 7) attempt(whole.substr(0, length));
  EXPECT_GT(refused, static_cast<int>(whole.size() / 7 / 2));
  for (std::size_t place = 0; place < whole.size(); ++place) {
    auto bytes = whole;
    bytes[place] = static_cast<char>(bytes[place] ^ 0x55);
    attempt(bytes);
  }
}

TEST(Npz, SaysWhatIsWrong) {
  const TemporaryFolder folder;
  const auto complaint = [](const std::filesystem::path& file) {
    return complaint_of<UserError>([&] { read_npz(file); });
  };
  EXPECT_THAT(complaint(folder / "none.npz"), HasSubstr("none.npz: no such file"));
  EXPECT_THAT(complaint(folder.path()), HasSubstr("is no file but a folder"));
  // A pipe is not waited for.
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  std::filesystem::create_symlink("loop", folder / "loop");
  EXPECT_THAT(complaint(folder / "pipe"), HasSubstr("a pipe"));
  EXPECT_THAT(complaint(folder / "loop"), HasSubstr("no such file"));
  EXPECT_THROW(read_npy(folder / "pipe"), UserError);
  EXPECT_THAT(complaint(folder.write("text.npz", "hello, I am a diary")), HasSubstr("no whole .npz file"));
}

}  // namespace
}  // namespace rraebench
