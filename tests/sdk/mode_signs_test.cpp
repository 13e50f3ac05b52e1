#include "rraebench/mode_signs.hpp"

#include <gtest/gtest.h>

namespace rraebench {
namespace {

torch::Tensor columns(const std::vector<double>& row_major, std::int64_t rows) {
  return torch::tensor(row_major, torch::kFloat64).view({rows, -1});
}

TEST(ModeSigns, TheLargestEntryOfEachColumnIsPositive) {
  const auto signed_basis = with_canonical_signs(columns({0.6, -0.8, -0.8, -0.6}, 2));
  EXPECT_TRUE(torch::equal(signed_basis, columns({-0.6, 0.8, 0.8, 0.6}, 2)));
}

TEST(ModeSigns, FollowTheReferenceColumnByColumn) {
  const auto basis = columns({1, 0, 0, 1}, 2);
  const auto reference = columns({-0.1, 5, 3, -0.2}, 2).to(torch::kFloat32);
  EXPECT_TRUE(torch::equal(with_signs_of(basis, reference), columns({-1, 0, 0, -1}, 2)));
}

TEST(ModeSigns, AreCanonicalWhereTheReferenceSaysNothing) {
  const auto basis = columns({-1, 0, 0, 1}, 2);
  EXPECT_TRUE(torch::equal(with_signs_of(basis, torch::zeros({2, 2})), columns({1, 0, 0, 1}, 2)));
}

}  // namespace
}  // namespace rraebench
