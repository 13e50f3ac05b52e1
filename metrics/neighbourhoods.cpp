#include "metrics/neighbourhoods.hpp"

#include "metrics/tensors.hpp"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>
#include <vector>

namespace rraebench {
namespace {

constexpr std::int64_t kBlock = 1024;
// Of |x|^2 + |y|^2: well above the rounding of a matrix product of any feature size in use.
constexpr double kRounding = 1e-11;

/// Feature vectors with what the distances between them need.
struct Points {
  torch::Tensor matrix;  // n x d, float64, contiguous.
  std::vector<double> squared_norms;

  explicit Points(const torch::Tensor& features)
      : matrix(float64_matrix(features, "features").contiguous()), squared_norms(norms_of(matrix)) {}

  std::int64_t count() const { return matrix.size(0); }
  std::int64_t size() const { return matrix.size(1); }
  const double* row(std::int64_t i) const { return matrix.data_ptr<double>() + i * size(); }
  torch::Tensor block(std::int64_t first) const {
    return matrix.slice(0, first, std::min(first + kBlock, count()));
  }

 private:
  static std::vector<double> norms_of(const torch::Tensor& matrix) {
    const auto norms = matrix.square().sum(1);
    return {norms.data_ptr<double>(), norms.data_ptr<double>() + norms.numel()};
  }
};

double squared_distance(const Points& a, std::int64_t i, const Points& b, std::int64_t j) {
  const double* x = a.row(i);
  const double* y = b.row(j);
  double sum = 0.0;
  for (std::int64_t d = 0; d < a.size(); ++d) sum += (x[d] - y[d]) * (x[d] - y[d]);
  return sum;
}

/// -2 x.y of a block of `a` (rows) and one of `b`.
torch::Tensor block_products(const Points& a, std::int64_t first_row, const Points& b,
                             std::int64_t first_column) {
  return torch::mm(a.block(first_row), b.block(first_column).t()).mul_(-2.0);
}

using Neighbour = std::pair<double, std::int64_t>;  // Squared distance, index.

/// The k nearest of one set to each sample of it, so far: heaps with the farthest on top.
class NearestNeighbours {
 public:
  NearestNeighbours(std::int64_t count, std::int64_t k)
      : k_(static_cast<std::size_t>(k)),
        nearest_(static_cast<std::size_t>(count)),
        farthest_(static_cast<std::size_t>(count), std::numeric_limits<double>::infinity()) {}

  void offer(std::int64_t sample, double distance, std::int64_t neighbour) {
    const auto i = static_cast<std::size_t>(sample);
    if (!(distance < farthest_[i])) return;
    auto& heap = nearest_[i];
    if (heap.size() == k_) {
      std::pop_heap(heap.begin(), heap.end());
      heap.back() = {distance, neighbour};
    } else {
      heap.emplace_back(distance, neighbour);
    }
    std::push_heap(heap.begin(), heap.end());
    if (heap.size() == k_) farthest_[i] = heap.front().first;
  }

  const std::vector<Neighbour>& of(std::int64_t sample) const {
    return nearest_[static_cast<std::size_t>(sample)];
  }

 private:
  std::size_t k_;
  std::vector<std::vector<Neighbour>> nearest_;
  std::vector<double> farthest_;
};

/// Squared distance of every sample to its k-th nearest in the same set.
std::vector<double> squared_radii(const Points& points, std::int64_t k) {
  NearestNeighbours nearest(points.count(), k);
  const auto* norms = points.squared_norms.data();
  for (std::int64_t top = 0; top < points.count(); top += kBlock)
    for (std::int64_t left = top; left < points.count(); left += kBlock) {
      const auto products = block_products(points, top, points, left);
      const auto rows = products.size(0);
      const auto columns = products.size(1);
      const auto* values = products.data_ptr<double>();
      at::parallel_for(0, rows, 16, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t r = begin; r < end; ++r)
          for (std::int64_t c = 0; c < columns; ++c)
            if (top + r != left + c)
              nearest.offer(top + r, norms[top + r] + norms[left + c] + values[r * columns + c], left + c);
      });
      if (top == left) continue;
      at::parallel_for(0, columns, 128, [&](std::int64_t begin, std::int64_t end) {  // The mirrored block.
        for (std::int64_t r = 0; r < rows; ++r)
          for (std::int64_t c = begin; c < end; ++c)
            nearest.offer(left + c, norms[top + r] + norms[left + c] + values[r * columns + c], top + r);
      });
    }
  std::vector<double> radii;
  for (std::int64_t i = 0; i < points.count(); ++i) {
    double radius = 0.0;
    for (const auto& neighbour : nearest.of(i))
      radius = std::max(radius, squared_distance(points, i, points, neighbour.second));
    radii.push_back(radius);
  }
  return radii;
}

}  // namespace

Neighbourhoods find_neighbourhoods(const torch::Tensor& real, const torch::Tensor& generated, std::int64_t k,
                                   Ball ball) {
  const Points reals(real);
  const Points fakes(generated);
  if (reals.size() != fakes.size())
    throw std::invalid_argument(c10::str("neighbourhoods: ", reals.size(), " features against ", fakes.size(),
                                         "; use one extractor for both sets"));
  if (k < 1 || reals.count() <= k || fakes.count() <= k)
    throw std::invalid_argument(c10::str("neighbourhoods: ", k, " neighbours among ", reals.count(),
                                         " real and ", fakes.count(), " generated samples; ask for fewer"));
  const auto real_radii = squared_radii(reals, k);
  const auto fake_radii = squared_radii(fakes, k);

  const auto zeros = [](std::int64_t count) { return torch::zeros({count}, torch::kFloat64); };
  Neighbourhoods found{zeros(fakes.count()), zeros(fakes.count()), zeros(reals.count()),
                       zeros(reals.count())};
  auto* hits = found.generated_density.data_ptr<double>();
  auto* within = found.real_within.data_ptr<double>();
  auto* covered = found.real_covered.data_ptr<double>();
  for (std::int64_t top = 0; top < reals.count(); top += kBlock)
    for (std::int64_t left = 0; left < fakes.count(); left += kBlock) {
      const auto products = block_products(reals, top, fakes, left);
      const auto columns = products.size(1);
      const auto* values = products.data_ptr<double>();
      // Whether the ball of squared radius `radius` round one of the two holds the other.
      const auto holds = [&](std::int64_t i, std::int64_t j, double radius) {
        const double norms = reals.squared_norms[static_cast<std::size_t>(i)] +
                             fakes.squared_norms[static_cast<std::size_t>(j)];
        const double excess = norms + values[(i - top) * columns + (j - left)] - radius;
        if (std::abs(excess) > kRounding * norms) return excess < 0.0;
        const double distance = squared_distance(reals, i, fakes, j);
        return ball == Ball::kOpen ? distance < radius : distance <= radius;
      };
      at::parallel_for(0, products.size(0), 16, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = top + begin; i < top + end; ++i)
          for (std::int64_t j = left; j < left + columns; ++j) {
            if (within[i] == 0.0 && holds(i, j, fake_radii[static_cast<std::size_t>(j)])) within[i] = 1.0;
            if (covered[i] == 0.0 && holds(i, j, real_radii[static_cast<std::size_t>(i)])) covered[i] = 1.0;
          }
      });
      at::parallel_for(0, columns, 128, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = top; i < top + products.size(0); ++i)
          for (std::int64_t j = left + begin; j < left + end; ++j)
            if (holds(i, j, real_radii[static_cast<std::size_t>(i)])) hits[j] += 1.0;
      });
    }
  found.generated_within.copy_(found.generated_density > 0.0);
  found.generated_density.div_(static_cast<double>(k));
  return found;
}

}  // namespace rraebench
