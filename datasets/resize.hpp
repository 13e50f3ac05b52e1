#pragma once
// Implements: bilinear resizing with antialiasing: shrinking weighs all pixels under the widened triangle, so
// that nothing is skipped. The arithmetic is that of Pillow's Image.resize(size, Image.BILINEAR): rows first,
// then columns, each rounded to bytes, with weights in 22 fractional bits.

#include <cstdint>
#include <vector>

namespace rraebench {

/// From one size to another, for any number of images.
class BilinearResize {
 public:
  BilinearResize(std::int64_t width_in, std::int64_t height_in, std::int64_t width_out,
                 std::int64_t height_out);

  std::int64_t width_in() const { return width_in_; }
  std::int64_t height_in() const { return height_in_; }

  /// `rgb`: height_in x width_in x 3; `planes`: 3 x height_out x width_out. `scratch` may be reused; it grows
  /// with the input rows that one output row is made of, not with all of them.
  void apply(const std::uint8_t* rgb, std::uint8_t* planes, std::vector<std::uint8_t>& scratch) const;

 private:
  struct Weights {
    std::vector<std::int64_t> first;        // First input of each output.
    std::vector<std::int64_t> count;        // How many inputs in a row.
    std::vector<std::int32_t> fixed_point;  // `stride` of them for each output.
    std::int64_t stride = 0;
  };
  static Weights make_weights(std::int64_t in, std::int64_t out);
  /// One row of width_in x 3 to one of width_out x 3.
  void narrow(const std::uint8_t* in, std::uint8_t* out) const;

  std::int64_t width_in_;
  std::int64_t height_in_;
  std::int64_t width_out_;
  std::int64_t height_out_;
  Weights across_;
  Weights down_;
};

/// One brightness for each pixel, as Pillow's convert("L"): 0.299 R + 0.587 G + 0.114 B in 16 fractional
/// bits. `planes`: 3 x `pixels`; `grey`: `pixels`.
void to_grey(const std::uint8_t* planes, std::int64_t pixels, std::uint8_t* grey);

}  // namespace rraebench
