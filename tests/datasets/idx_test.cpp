#include "datasets/idx.hpp"

#include "datasets/error.hpp"
#include "tests/datasets/idx_bytes.hpp"
#include "tests/support/complaint.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rraebench {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using testing::gzip;
using ::testing::HasSubstr;
using testing::idx_content;
using testing::idx_header;
using ::testing::Not;

std::string refusal(const std::string& bytes) {
  return complaint_of<DatasetError>([&] { parse_idx(bytes, "digits"); });
}

TEST(IdxTest, ReadsDimensionsAndBytesInOrder) {
  const IdxArray array = parse_idx(idx_content({2, 3, 2}), "digits");
  EXPECT_THAT(array.dimensions, ElementsAre(2, 3, 2));
  EXPECT_THAT(array.bytes, ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
}

TEST(IdxTest, SizesAreBigEndian) {
  const IdxArray array = parse_idx(idx_content({258}), "digits");
  EXPECT_THAT(array.dimensions, ElementsAre(258));
  EXPECT_EQ(array.bytes.size(), 258u);
}

TEST(IdxTest, GzipIsKnownByContentNotByName) {
  const TemporaryFolder folder;
  const std::string plain = idx_content({100, 40, 40});
  const IdxArray expected = parse_idx(plain, "digits");
  const auto lying_plain = folder.write("images", gzip(plain));
  const auto lying_gzip = folder.write("images.gz", plain);
  for (const auto& array : {parse_idx(gzip(plain), "digits"), read_idx(lying_plain), read_idx(lying_gzip)}) {
    EXPECT_EQ(array.dimensions, expected.dimensions);
    EXPECT_EQ(array.bytes, expected.bytes);
  }
}

TEST(IdxTest, LargerThanAnyBuffer) {
  const std::string plain = idx_content({3, 1000, 1000});
  EXPECT_EQ(parse_idx(plain, "digits").bytes, parse_idx(gzip(plain), "digits").bytes);
  EXPECT_EQ(parse_idx(plain, "digits").bytes.size(), 3'000'000u);
}

TEST(IdxTest, SeveralGzipMembersAreOneContent) {
  const std::string plain = idx_content({5, 5});
  const std::string members = gzip(plain.substr(0, 7)) + gzip("") + gzip(plain.substr(7));
  EXPECT_EQ(parse_idx(members, "digits").bytes, parse_idx(plain, "digits").bytes);
}

TEST(IdxTest, RefusesWhatIsNotIdx) {
  EXPECT_THAT(refusal("<!DOCTYPE html>"), AllOf(HasSubstr("digits: not an IDX file"),
                                                HasSubstr("3c 21 44 4f"), HasSubstr("download it again")));
  EXPECT_THAT(refusal(gzip("<!DOCTYPE html>")), HasSubstr("3c 21 44 4f"));
}

TEST(IdxTest, RefusesOtherTypes) {
  std::string floats = idx_content({4});
  floats[2] = '\x0D';
  EXPECT_THAT(refusal(floats), AllOf(HasSubstr("type 0d"), HasSubstr("expected 08")));
}

TEST(IdxTest, RefusesOtherNumbersOfDimensions) {
  EXPECT_THAT(refusal(idx_content({})), HasSubstr("0 dimensions found, expected 1 to 4"));
  EXPECT_THAT(refusal(idx_content({1, 1, 1, 1, 1})), HasSubstr("5 dimensions found, expected 1 to 4"));
  EXPECT_THAT(refusal(idx_header(std::vector<std::uint32_t>(255, 1))), HasSubstr("255 dimensions"));
}

TEST(IdxTest, RefusesEveryTruncationPlainAndGzip) {
  const std::string plain = idx_content({3, 4});
  const std::string packed = gzip(plain);
  for (std::size_t size = 0; size < plain.size(); ++size)
    EXPECT_THAT(refusal(plain.substr(0, size)),
                HasSubstr(size < 12 ? "ends within its IDX header" : "truncated"))
        << size;
  for (std::size_t size = 2; size < packed.size(); ++size)
    EXPECT_THAT(refusal(packed.substr(0, size)), HasSubstr("gzip stream is cut off")) << size;
}

TEST(IdxTest, TruncationNamesBothSizes) {
  EXPECT_THAT(refusal(idx_content({3, 4}).substr(0, 20)),
              HasSubstr("it holds 8 bytes of data, its header says 12"));
}

TEST(IdxTest, RefusesMoreDataThanTheHeaderSays) {
  const std::string plain = idx_content({3, 4});
  EXPECT_THAT(refusal(plain + '\0'), HasSubstr("more than the 12 bytes"));
  EXPECT_THAT(refusal(gzip(plain + '\0')), HasSubstr("more than the 12 bytes"));
  EXPECT_THAT(refusal(gzip(plain) + gzip("x")), HasSubstr("more than the 12 bytes"));
}

TEST(IdxTest, RefusesGarbageAfterGzip) {
  const std::string packed = gzip(idx_content({3, 4}));
  EXPECT_THAT(refusal(packed + "garbage"), HasSubstr("not gzip follow"));
  EXPECT_THAT(refusal(packed + std::string(512, '\0')), HasSubstr("not gzip follow"));
  EXPECT_THAT(refusal(packed + "\x1F and no gzip"), HasSubstr("damaged"));
  EXPECT_THAT(refusal(packed + "\x1F"), HasSubstr("cut off"));
}

TEST(IdxTest, RefusesAWrongGzipChecksum) {
  std::string packed = gzip(idx_content({3, 4}));
  packed[packed.size() - 8] ^= 1;  // First byte of the CRC-32.
  EXPECT_THAT(refusal(packed), AllOf(HasSubstr("damaged"), HasSubstr("download it again")));
}

TEST(IdxTest, RefusesAnEmptyDimension) {
  EXPECT_THAT(refusal(idx_content({0, 28, 28})), HasSubstr("dimension of 0"));
}

TEST(IdxTest, RefusesClaimsBeyondTheLimit) {
  const auto limit = std::to_string(kIdxByteLimit);
  EXPECT_THAT(refusal(idx_header({0xFFFFFFFF})), HasSubstr(limit));
  // Products that come out small when they overflow 64 or 32 bits.
  EXPECT_THAT(refusal(idx_header({0x80000000, 0x80000000, 4})), HasSubstr(limit));
  EXPECT_THAT(refusal(idx_header({0x10000, 0x10000, 0x10000, 0x10000})), HasSubstr(limit));
  EXPECT_THAT(refusal(idx_header({0x10000, 0x10001})), HasSubstr(limit));
}

TEST(IdxTest, ALyingHeaderWithinTheLimitIsATruncation) {
  EXPECT_THAT(refusal(idx_header({1u << 30})), HasSubstr("it holds 0 bytes of data"));
  EXPECT_THAT(refusal(gzip(idx_header({1u << 30}))), HasSubstr("it holds 0 bytes of data"));
}

TEST(IdxTest, AGzipBombIsReadNoFurtherThanItsHeaderSays) {
  // 64 MB of zeros in 64 KB, whose damaged end would be reported if the reader went on to it.
  std::string bomb = gzip(idx_header({10}) + std::string(std::size_t{64} << 20, '\0'));
  bomb[bomb.size() - 8] ^= 1;
  EXPECT_THAT(refusal(bomb), AllOf(HasSubstr("more than the 10 bytes"), Not(HasSubstr("damaged"))));
}

TEST(IdxTest, MissingFilesAndFoldersAreNamed) {
  const TemporaryFolder folder;
  for (const auto& path : {folder.path() / "missing", folder.path()})
    EXPECT_THAT(complaint_of<DatasetError>([&] { read_idx(path); }),
                AllOf(HasSubstr(path.string()), HasSubstr("readable file")));
}

TEST(IdxTest, FaultsInFilesNameTheFile) {
  const TemporaryFolder folder;
  const auto path = folder.write("cut.gz", gzip(idx_content({3, 4})).substr(0, 12));
  EXPECT_THAT(complaint_of<DatasetError>([&] { read_idx(path); }), HasSubstr(path.string()));
}

}  // namespace
}  // namespace rraebench
