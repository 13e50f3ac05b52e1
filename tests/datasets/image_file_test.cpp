#include "datasets/image_file.hpp"

#include "datasets/error.hpp"
#include "tests/datasets/image_bytes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdlib>

namespace rraebench {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using testing::gradient;
using ::testing::HasSubstr;
using testing::jpeg;
using ::testing::Not;
using testing::png;

Image decode(const std::string& bytes) {
  ImageDecoder decoder;
  Image image;
  decoder.decode(bytes, "face", image);
  return image;
}

std::string refusal(const std::string& bytes) {
  try {
    decode(bytes);
  } catch (const DatasetError& error) {
    return error.what();
  }
  return "no DatasetError";
}

void expect_close(const std::vector<std::uint8_t>& found, const std::vector<std::uint8_t>& expected,
                  int tolerance) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i)
    ASSERT_LE(std::abs(int{found[i]} - int{expected[i]}), tolerance) << i;
}

TEST(ImageFileTest, ReadsJpegOfEverySubsampling) {
  for (const int sampling : {TJSAMP_444, TJSAMP_422, TJSAMP_420}) {
    const auto image = decode(jpeg(37, 23, 0, sampling));
    EXPECT_EQ(image.width, 37);
    EXPECT_EQ(image.height, 23);
    expect_close(image.rgb, gradient(37, 23), 12);
  }
  expect_close(decode(jpeg(64, 48, 0, TJSAMP_444, TJFLAG_PROGRESSIVE)).rgb, gradient(64, 48), 6);
}

TEST(ImageFileTest, AGreyJpegHasThreeEqualChannels) {
  const auto image = decode(jpeg(16, 16, 0, TJSAMP_GRAY));
  ASSERT_EQ(image.rgb.size(), 16U * 16 * 3);
  for (std::size_t i = 0; i < image.rgb.size(); i += 3) {
    EXPECT_EQ(image.rgb[i], image.rgb[i + 1]);
    EXPECT_EQ(image.rgb[i], image.rgb[i + 2]);
  }
}

TEST(ImageFileTest, ReadsPngExactly) {
  EXPECT_EQ(decode(png(9, 7, PNG_FORMAT_RGB, gradient(9, 7))).rgb, gradient(9, 7));
  EXPECT_THAT(decode(png(2, 1, PNG_FORMAT_GRAY, {10, 200})).rgb, ElementsAre(10, 10, 10, 200, 200, 200));
  EXPECT_THAT(decode(png(2, 1, PNG_FORMAT_RGBA, {1, 2, 3, 255, 9, 9, 9, 0})).rgb,
              ElementsAre(1, 2, 3, 0, 0, 0));
}

TEST(ImageFileTest, ADecoderServesImagesOfDifferentSizes) {
  ImageDecoder decoder;
  Image image;
  for (const int side : {40, 8, 24}) {
    decoder.decode(png(side, side, PNG_FORMAT_RGB, gradient(side, side)), "x", image);
    EXPECT_EQ(image.rgb, gradient(side, side));
    decoder.decode(jpeg(side, side + 1), "x", image);
    EXPECT_EQ(image.height, side + 1);
  }
}

TEST(ImageFileTest, RefusesWhatIsNoImage) {
  EXPECT_THAT(refusal(""), HasSubstr("face: an empty file"));
  EXPECT_THAT(refusal("GIF89a"), HasSubstr("neither a JPEG nor a PNG"));
  EXPECT_THAT(refusal("\xFF\xD8\xFF"), HasSubstr("damaged JPEG"));
  EXPECT_THAT(refusal("\x89PNG\r\n\x1a\n"), HasSubstr("damaged PNG"));
}

TEST(ImageFileTest, RefusesTruncatedFiles) {
  for (const auto& whole : {jpeg(40, 30), png(40, 30, PNG_FORMAT_RGB, gradient(40, 30))})
    for (std::size_t size = 0; size + 30 < whole.size(); size += 7)
      EXPECT_THAT(refusal(whole.substr(0, size)),
                  AllOf(Not(HasSubstr("no DatasetError")), Not(HasSubstr("\n"))))
          << size;
}

TEST(ImageFileTest, RefusesLyingSizesBeforeItAsksForMemory) {
  // Height and width of the frame header, 5 and 7 bytes behind its marker FF C0.
  auto lying = jpeg(16, 16);
  const auto frame = lying.find("\xFF\xC0");
  ASSERT_NE(frame, std::string::npos);
  lying.replace(frame + 5, 4, "\xFF\xDC\xFF\xDC");
  EXPECT_THAT(refusal(lying), HasSubstr("65500 x 65500"));
  lying.replace(frame + 5, 4, std::string("\x10\x00\x10\x00", 4));  // 4096 x 4096, which would be allowed.
  EXPECT_THAT(refusal(lying), HasSubstr("damaged JPEG"));

  // A bomb: 60000 x 60000 pixels in a few bytes. The header's checksum must be right for the size to be seen.
  auto bomb = png(16, 16, PNG_FORMAT_GRAY, std::vector<std::uint8_t>(256, 0));
  bomb.replace(16, 8, std::string("\0\0\xEA\x60\0\0\xEA\x60", 8));
  const auto checksum = crc32(0, reinterpret_cast<const Bytef*>(bomb.data()) + 12, 17);
  for (int i = 0; i < 4; ++i) bomb[29 + i] = static_cast<char>(checksum >> (24 - 8 * i));
  EXPECT_THAT(refusal(bomb), HasSubstr("60000 x 60000"));
}

TEST(ImageFileTest, KnowsImageNames) {
  for (const char* name : {"a.jpg", "a.JPEG", "b.c.Png"}) EXPECT_TRUE(has_image_name(name)) << name;
  for (const char* name : {"a.gif", "jpg", "a.jpg.txt", ""}) EXPECT_FALSE(has_image_name(name)) << name;
}

}  // namespace
}  // namespace rraebench
