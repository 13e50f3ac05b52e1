#include "datasets/image_file.hpp"

#include "datasets/error.hpp"
#include "datasets/image_format.hpp"
#include "tests/datasets/image_bytes.hpp"
#include "tests/support/complaint.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdlib>

namespace rraebench {
namespace {

using ::testing::AllOf;
using testing::cmyk_jpeg;
using ::testing::ElementsAre;
using testing::gradient;
using ::testing::HasSubstr;
using testing::jpeg;
using testing::misplaced_profile;
using ::testing::Ne;
using ::testing::Not;
using testing::png;
using testing::png_chunk;
using testing::with_png_chunk;
using testing::zlib_stream;

Image decode(const std::string& bytes) {
  ImageDecoder decoder;
  Image image;
  decoder.decode(bytes, "face", image);
  return image;
}

std::string refusal(const std::string& bytes) {
  return complaint_of<DatasetError>([&] { decode(bytes); });
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

TEST(ImageFileTest, WhatLibpngWarnsOfIsNoDamage) {
  const auto plain = png(9, 7, PNG_FORMAT_RGB, gradient(9, 7));
  EXPECT_EQ(decode(with_png_chunk(plain, misplaced_profile())).rgb, gradient(9, 7));
  auto bad_comment = png_chunk("tEXt", "Comment");
  bad_comment.back() ^= 1;  // A wrong checksum.
  EXPECT_EQ(decode(with_png_chunk(plain, bad_comment)).rgb, gradient(9, 7));
}

TEST(ImageFileTest, AFlippedBitInAPngIsRefusedOrHarmless) {
  const auto whole = with_png_chunk(png(9, 7, PNG_FORMAT_RGB, gradient(9, 7)), misplaced_profile());
  const auto pixels_begin = whole.find("IDAT");
  for (std::size_t at = 0; at < whole.size(); ++at)
    for (const int bit : {1, 64}) {
      auto damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ bit);
      ImageDecoder decoder;
      Image image;
      try {
        decoder.decode(damaged, "face", image);
      } catch (const DatasetError&) {
        continue;
      }
      EXPECT_EQ(image.rgb, gradient(9, 7)) << at;
      EXPECT_TRUE(at < pixels_begin + 4 || at >= whole.size() - 12) << at;
    }
}

TEST(ImageFileTest, AWrongChecksumOverThePixelsIsDamage) {
  std::string rows;
  for (int y = 0; y < 4; ++y) rows += std::string(1 + 4, '\0');
  auto packed = zlib_stream(rows);
  packed.back() ^= 1;
  const auto bytes = std::string("\x89PNG\r\n\x1a\n") +
                     png_chunk("IHDR", std::string("\0\0\0\4\0\0\0\4\10\0\0\0\0", 13)) +
                     png_chunk("IDAT", packed) + png_chunk("IEND", "");
  EXPECT_THAT(refusal(bytes), HasSubstr("damaged PNG"));
}

/// Of 2 x 1 pixels.
std::string header(char depth, char colour, char interlace) {
  return png_chunk("IHDR",
                   std::string("\0\0\0\2\0\0\0\1", 8) + depth + colour + std::string(2, '\0') + interlace);
}

/// `rows`: each behind its filter's byte.
std::string file(const std::string& chunks, const std::string& rows) {
  return std::string("\x89PNG\r\n\x1a\n") + chunks + png_chunk("IDAT", zlib_stream(rows)) +
         png_chunk("IEND", "");
}

TEST(ImageFileTest, PngPixelsAreTakenAsTheyAreStored) {
  const std::string row("\0\xD9\xA3\x82\x01\x02\x03", 7);                   // 217, 163, 130 and 1, 2, 3.
  const auto linear = png_chunk("gAMA", std::string("\0\x01\x86\xA0", 4));  // 1.0
  const auto white = png_chunk("bKGD", std::string("\0\xFF\0\xFF\0\xFF", 6));
  for (const auto& chunk : {std::string(), linear, linear + white})
    EXPECT_THAT(decode(file(header(8, 2, 0) + chunk, row)).rgb, ElementsAre(217, 163, 130, 1, 2, 3));
  EXPECT_THAT(decode(file(header(8, 0, 0) + linear, std::string("\0\x0A\xC8", 3))).rgb,
              ElementsAre(10, 10, 10, 200, 200, 200));
  // 16 bits: 128 x 257 and a little less than 100.5 x 257.
  EXPECT_THAT(decode(file(header(16, 0, 0) + linear, std::string("\0\x80\x80\x64\xE4", 5))).rgb,
              ElementsAre(128, 128, 128, 100, 100, 100));
}

TEST(ImageFileTest, TransparencyIsLaidOnBlackByPlainBytes) {
  const auto linear = png_chunk("gAMA", std::string("\0\x01\x86\xA0", 4));
  const std::string row("\0\xC8\x64\x32\x80\xFF\xFF\x01\xFE", 9);
  for (const auto& chunk : {std::string(), linear})
    EXPECT_THAT(decode(file(header(8, 6, 0) + chunk, row)).rgb, ElementsAre(100, 50, 25, 254, 254, 1));
  EXPECT_THAT(decode(png(1, 1, PNG_FORMAT_RGBA, {200, 100, 50, 128})).rgb, ElementsAre(100, 50, 25));
  // Grey with transparency, and a grey that is declared transparent.
  EXPECT_THAT(decode(file(header(8, 4, 0), std::string("\0\xC8\x80\x0A\xFF", 5))).rgb,
              ElementsAre(100, 100, 100, 10, 10, 10));
  EXPECT_THAT(decode(file(header(8, 0, 0) + png_chunk("tRNS", std::string("\0\xC8", 2)),
                          std::string("\0\xC8\x0A", 3)))
                  .rgb,
              ElementsAre(0, 0, 0, 10, 10, 10));
  // Interlaced, of 16 bits.
  EXPECT_THAT(decode(file(header(16, 4, 1),
                          std::string("\0\xC8\xC8\x80\x80", 5) + std::string("\0\x0A\x0A\xFF\xFF", 5)))
                  .rgb,
              ElementsAre(100, 100, 100, 10, 10, 10));
}

TEST(ImageFileTest, AnInterlacedPngIsTheSameImage) {
  // Rows of 9 x 7 grey pixels, pass by pass: first column and row, and how far on to the next.
  constexpr int kWidth = 9;
  constexpr int kHeight = 7;
  constexpr int kPasses[][4] = {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4},
                                {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}};
  std::string rows;
  for (const auto& [first_column, first_row, next_column, next_row] : kPasses)
    for (int y = first_row; y < kHeight; y += next_row) {
      rows.push_back('\0');
      for (int x = first_column; x < kWidth; x += next_column)
        rows.push_back(static_cast<char>(y * kWidth + x));
    }
  const auto image =
      decode(file(png_chunk("IHDR", std::string("\0\0\0\x09\0\0\0\x07\x08\0\0\0\1", 13)), rows));
  ASSERT_EQ(image.rgb.size(), std::size_t{kWidth * kHeight * 3});
  for (std::size_t i = 0; i < image.rgb.size(); ++i) EXPECT_EQ(image.rgb[i], i / 3) << i;
}

TEST(ImageFileTest, ReadsPngOfEveryKind) {
  // 16 bits of grey: the upper byte counts, as in 8 bits.
  EXPECT_THAT(decode(file(header(16, 0, 0), std::string("\0\x0A\x0A\xC8\xC8", 5))).rgb,
              ElementsAre(10, 10, 10, 200, 200, 200));
  // A palette of two colours, one bit a pixel, the second transparent.
  const auto palette = png_chunk("PLTE", "\x01\x02\x03\x04\x05\x06");
  EXPECT_THAT(decode(file(header(1, 3, 0) + palette, std::string("\0\x40", 2))).rgb,
              ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_THAT(decode(file(header(1, 3, 0) + palette + png_chunk("tRNS", std::string("\xFF\0", 2)),
                          std::string("\0\x40", 2)))
                  .rgb,
              ElementsAre(1, 2, 3, 0, 0, 0));
  // Interlaced: the first pixel in the first pass, the second in the sixth.
  EXPECT_THAT(decode(file(header(8, 0, 1), std::string("\0\x0A\0\xC8", 4))).rgb,
              ElementsAre(10, 10, 10, 200, 200, 200));
  // An animated file is its first picture.
  EXPECT_THAT(decode(file(header(8, 0, 0) + png_chunk("acTL", std::string("\0\0\0\2\0\0\0\0", 8)),
                          std::string("\0\x0A\xC8", 3)))
                  .rgb,
              ElementsAre(10, 10, 10, 200, 200, 200));
}

TEST(ImageFileTest, CmykIsRefusedForWhatItIs) {
  EXPECT_THAT(refusal(cmyk_jpeg(8, 8)),
              AllOf(HasSubstr("CMYK"), HasSubstr("RGB"), Not(HasSubstr("damaged"))));
}

TEST(ImageFileTest, AnUncommonJpegIsNotCalledDamaged) {
  auto lossless = jpeg(16, 16);
  const auto frame = lossless.find("\xFF\xC0");
  lossless[frame + 1] = '\xC3';
  EXPECT_THAT(refusal(lossless), AllOf(HasSubstr("kind of JPEG"), Not(HasSubstr("damaged"))));
}

TEST(ImageFileTest, AJpegOfAnOddRevisionIsWhole) {
  auto odd = jpeg(16, 16);
  const auto expected = decode(odd).rgb;
  ASSERT_EQ(odd.substr(6, 4), "JFIF");
  odd[11] = 0;
  EXPECT_EQ(decode(odd).rgb, expected);
  odd[11] = 5;
  EXPECT_EQ(decode(odd).rgb, expected);
  odd.resize(odd.size() * 3 / 4);
  EXPECT_THAT(refusal(odd), HasSubstr("damaged"));
}

TEST(ImageFileTest, PaddingBeforeTheEndOfAJpegIsNoDamage) {
  const auto whole = jpeg(16, 16);
  const auto expected = decode(whole).rgb;
  const auto with = [&](const std::string& bytes) {
    return std::string(whole).insert(whole.size() - 2, bytes);
  };
  const std::string zeros(20, '\0');
  const std::string standard(3, '\xFF');
  for (const auto& bytes : {zeros, standard, zeros + standard}) EXPECT_EQ(decode(with(bytes)).rgb, expected);
  const auto thumbnail = std::string("\xFF\xE1\0\x08more\xFF\xD9", 10);  // An end that is not the image's.
  EXPECT_EQ(decode(with(zeros).insert(2, thumbnail) + "after the end \xFF\xD9").rgb, expected);
}

TEST(ImageFileTest, PixelsBeforeTheEndOfAJpegAreDamage) {
  const auto whole = jpeg(16, 16);
  const std::string zeros(20, '\0');
  std::string stuffed;  // Of 0xFF, as pixels hold them.
  for (int n = 0; n < 20; ++n) stuffed += std::string("\xFF\0", 2);
  const std::string text = "twenty bytes of text";
  for (const auto& bytes : {text, zeros + "more", text + zeros, stuffed})
    EXPECT_THAT(refusal(std::string(whole).insert(whole.size() - 2, bytes)), HasSubstr("damaged"));
}

/// Whether libjpeg has nothing to say of it.
bool decodes_in_silence(const std::string& bytes, std::vector<std::uint8_t>& rgb, int width) {
  const tjhandle handle = tjInitDecompress();
  const int failed = tjDecompress2(handle, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                                   rgb.data(), width, 0, 0, TJPF_RGB, TJFLAG_STOPONWARNING);
  tjDestroy(handle);
  return failed == 0;
}

TEST(ImageFileTest, AFlippedBitIsNotTakenForPadding) {
  constexpr int kSide = 64;
  const auto whole = jpeg(kSide, kSide);
  std::vector<std::uint8_t> rgb(kSide * kSide * 3);
  int refused = 0;
  for (auto at = whole.find("\xFF\xDA") + 14; at + 2 < whole.size(); ++at)
    for (const int bit : {1, 4, 32}) {
      auto damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ bit);
      const bool accepted = refusal(damaged) == kNoComplaint;
      EXPECT_EQ(accepted, decodes_in_silence(damaged, rgb, kSide)) << at;
      refused += accepted ? 0 : 1;
    }
  EXPECT_GT(refused, 10);
}

TEST(ImageFileTest, RefusesWhatIsNoImage) {
  EXPECT_THAT(refusal(""), HasSubstr("face: an empty file"));
  EXPECT_THAT(refusal("some text"), HasSubstr("neither a JPEG nor a PNG"));
  EXPECT_THAT(refusal("GIF89a"), HasSubstr("face: a GIF image, whatever its name says; convert it to PNG"));
  EXPECT_THAT(refusal(std::string("RIFF\x10\0\0\0WEBPVP8 ", 16)), HasSubstr("a WebP image"));
  EXPECT_THAT(refusal(std::string("\0\0\0\x18"
                                  "ftypheic",
                                  12)),
              HasSubstr("a HEIC image"));
  EXPECT_THAT(refusal(std::string("\0\0\0\x18"
                                  "ftypavif",
                                  12)),
              HasSubstr("an AVIF image"));
  EXPECT_THAT(refusal("<!DOCTYPE html>"), HasSubstr("page of text"));
  EXPECT_THAT(refusal("version https://git-lfs.github.com/spec/v1"), HasSubstr("git lfs pull"));
  EXPECT_THAT(refusal("\xFF\xD8\xFF"), HasSubstr("damaged JPEG"));
  EXPECT_THAT(refusal("\x89PNG\r\n\x1a\n"), HasSubstr("damaged PNG"));
}

TEST(ImageFileTest, RefusesTruncatedFiles) {
  for (const auto& whole : {jpeg(40, 30), png(40, 30, PNG_FORMAT_RGB, gradient(40, 30))})
    for (std::size_t size = 0; size + 30 < whole.size(); size += 7)
      EXPECT_THAT(refusal(whole.substr(0, size)), AllOf(Ne(kNoComplaint), Not(HasSubstr("\n")))) << size;
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
