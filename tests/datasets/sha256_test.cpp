#include "datasets/sha256.hpp"

#include "tests/support/complaint.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace rraebench {
namespace {

// FIPS 180-4 examples and the digest of nothing.
constexpr const char* kEmpty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr const char* kAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr const char* kTwoBlocks = "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1";
constexpr const char* kMillionA = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

TEST(Sha256Test, PublishedVectors) {
  EXPECT_EQ(sha256_hex(""), kEmpty);
  EXPECT_EQ(sha256_hex("abc"), kAbc);
  EXPECT_EQ(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"), kTwoBlocks);
}

TEST(Sha256Test, PiecesGiveTheDigestOfTheWhole) {
  const std::string thousand(1000, 'a');
  Sha256 hash;
  for (int i = 0; i < 1000; ++i) hash.update(thousand.data(), thousand.size());
  EXPECT_EQ(hash.hex(), kMillionA);
}

TEST(Sha256Test, ReadingTheDigestDoesNotEndTheHash) {
  Sha256 hash;
  EXPECT_EQ(hash.hex(), kEmpty);
  hash.update("ab", 2);
  EXPECT_NE(hash.hex(), kAbc);
  hash.update("c", 1);
  EXPECT_EQ(hash.hex(), kAbc);
  EXPECT_EQ(hash.hex(), kAbc);
}

TEST(Sha256Test, FileLargerThanTheBuffer) {
  const TemporaryFolder folder;
  const std::string bytes(3'000'000, '\x5A');
  EXPECT_EQ(sha256_of_file(folder.write("large", bytes)), sha256_hex(bytes));
  EXPECT_EQ(sha256_of_file(folder.write("empty", "")), kEmpty);
}

TEST(Sha256Test, MissingFileOrFolderIsNamed) {
  const TemporaryFolder folder;
  for (const auto& path : {folder.path() / "missing", folder.path()})
    EXPECT_THAT(complaint_of<std::runtime_error>([&] { sha256_of_file(path); }),
                testing::HasSubstr(path.string()));
}

}  // namespace
}  // namespace rraebench
