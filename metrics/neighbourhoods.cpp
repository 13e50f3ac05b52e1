#include "metrics/neighbourhoods.hpp"

#include "metrics/side_by_side.hpp"
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

/// Feature vectors with what the distances between them need.
struct Points {
  torch::Tensor matrix;  // n x d, float64, contiguous.
  std::vector<double> squared_norms;

  explicit Points(torch::Tensor rows) : matrix(std::move(rows)), squared_norms(norms_of(matrix)) {}

  std::int64_t count() const { return matrix.size(0); }
  std::int64_t size() const { return matrix.size(1); }
  const double* row(std::int64_t i) const { return matrix.data_ptr<double>() + i * size(); }

 private:
  static std::vector<double> norms_of(const torch::Tensor& matrix) {
    const auto norms = matrix.square().sum(1);
    return {norms.data_ptr<double>(), norms.data_ptr<double>() + norms.numel()};
  }
};

Points points_of(const torch::Tensor& features) {
  return Points(float64_matrix(features, "features").contiguous());
}

double squared_distance(const Points& a, std::int64_t i, const Points& b, std::int64_t j) {
  const double* x = a.row(i);
  const double* y = b.row(j);
  double sum = 0.0;
  for (std::int64_t d = 0; d < a.size(); ++d) sum += (x[d] - y[d]) * (x[d] - y[d]);
  return sum;
}

/// -2 x.y of a block of `a` (rows) and one of `b`, in their precision.
torch::Tensor block_products(const torch::Tensor& a, std::int64_t first_row, const torch::Tensor& b,
                             std::int64_t first_column) {
  const auto block = [](const torch::Tensor& matrix, std::int64_t first) {
    return matrix.slice(0, first, std::min(first + kBlock, matrix.size(0)));
  };
  return torch::mm(block(a, first_row), block(b, first_column).t()).mul_(-2.0);
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
  const int threads = at::get_num_threads();
  NearestNeighbours nearest(points.count(), k);
  // Far from the origin the products' rounding is larger than the distances: about the mean.
  const Points centred(points.matrix - points.matrix.mean(0));
  const auto* norms = centred.squared_norms.data();
  for (std::int64_t top = 0; top < points.count(); top += kBlock)
    for (std::int64_t left = top; left < points.count(); left += kBlock) {
      const auto products = block_products(centred.matrix, top, centred.matrix, left);
      const auto rows = products.size(0);
      const auto columns = products.size(1);
      const auto* values = products.data_ptr<double>();
      side_by_side(threads, rows, 64, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t r = begin; r < end; ++r)
          for (std::int64_t c = 0; c < columns; ++c)
            if (top + r != left + c)
              nearest.offer(top + r, norms[top + r] + norms[left + c] + values[r * columns + c], left + c);
      });
      if (top == left) continue;
      side_by_side(threads, columns, 128, [&](std::int64_t begin, std::int64_t end) {  // The mirrored block.
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

/// Whether the balls of real samples hold generated ones and the reverse. Distances come from products in
/// single precision of features about the real samples' mean, which decide all but a few pairs; the others,
/// within the products' worst rounding of a radius, are decided by differences in double precision.
class CrossDistances {
 public:
  CrossDistances(const Points& real, const Points& generated, Ball ball)
      : real_(real),
        generated_(generated),
        ball_(ball),
        rounding_(static_cast<double>(real.size() + 8) * 0x1p-24),
        underflow_(static_cast<double>(real.size() + 8) * 0x1p-124) {
    const auto mean = real.matrix.mean(0);
    const auto prepare = [&](const Points& points, std::vector<double>& norms) {
      const auto centred = points.matrix - mean;
      const auto squares = centred.square().sum(1);
      norms.assign(squares.data_ptr<double>(), squares.data_ptr<double>() + squares.numel());
      return centred.to(torch::kFloat32);
    };
    real_rows_ = prepare(real, real_norms_);
    generated_rows_ = prepare(generated, generated_norms_);
  }

  void load_block(std::int64_t top, std::int64_t left) {
    top_ = top;
    left_ = left;
    products_ = block_products(real_rows_, top, generated_rows_, left);
    rows_ = products_.size(0);
    columns_ = products_.size(1);
    values_ = products_.data_ptr<float>();
  }
  std::int64_t rows() const { return rows_; }
  std::int64_t columns() const { return columns_; }

  /// Whether real sample i and generated sample j, of the block, are within sqrt(`squared_radius`).
  bool within(std::int64_t i, std::int64_t j, double squared_radius) const {
    const double norms =
        real_norms_[static_cast<std::size_t>(i)] + generated_norms_[static_cast<std::size_t>(j)];
    const double excess = norms + values_[(i - top_) * columns_ + (j - left_)] - squared_radius;
    // Single precision may overflow, which says nothing of the distance.
    if (std::isfinite(excess) && std::abs(excess) > rounding_ * norms + underflow_) return excess < 0.0;
    const double distance = squared_distance(real_, i, generated_, j);
    return ball_ == Ball::kOpen ? distance < squared_radius : distance <= squared_radius;
  }

 private:
  const Points& real_;
  const Points& generated_;
  Ball ball_;
  double rounding_;   // Of the squared norms' sum: the bound of a dot product of d terms.
  double underflow_;  // The bound of what d terms lose that are too small for single precision.
  torch::Tensor real_rows_;
  torch::Tensor generated_rows_;
  std::vector<double> real_norms_;
  std::vector<double> generated_norms_;
  std::int64_t top_ = 0;
  std::int64_t left_ = 0;
  std::int64_t rows_ = 0;
  std::int64_t columns_ = 0;
  torch::Tensor products_;
  const float* values_ = nullptr;
};

}  // namespace

Neighbourhoods find_neighbourhoods(const torch::Tensor& real, const torch::Tensor& generated, std::int64_t k,
                                   Ball ball) {
  const auto reals = points_of(real);
  const auto fakes = points_of(generated);
  if (reals.size() != fakes.size())
    throw std::invalid_argument(c10::str("neighbourhoods: ", reals.size(), " features against ", fakes.size(),
                                         "; use one extractor for both sets"));
  if (k < 1 || reals.count() <= k || fakes.count() <= k)
    throw std::invalid_argument(c10::str("neighbourhoods: ", k, " neighbours among ", reals.count(),
                                         " real and ", fakes.count(), " generated samples; ask for fewer"));
  const auto real_radii = squared_radii(reals, k);
  const auto fake_radii = squared_radii(fakes, k);

  const auto zeros = [](std::int64_t count) { return torch::zeros({count}, torch::kFloat64); };
  Neighbourhoods found{zeros(fakes.count()),
                       zeros(fakes.count()),
                       zeros(reals.count()),
                       zeros(reals.count()),
                       std::count(real_radii.begin(), real_radii.end(), 0.0),
                       std::count(fake_radii.begin(), fake_radii.end(), 0.0)};
  auto* hits = found.generated_density.data_ptr<double>();
  auto* within = found.real_within.data_ptr<double>();
  auto* covered = found.real_covered.data_ptr<double>();
  const int threads = at::get_num_threads();
  CrossDistances cross(reals, fakes, ball);
  for (std::int64_t top = 0; top < reals.count(); top += kBlock)
    for (std::int64_t left = 0; left < fakes.count(); left += kBlock) {
      cross.load_block(top, left);
      const auto right = left + cross.columns();
      side_by_side(threads, cross.rows(), 64, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = top + begin; i < top + end; ++i)
          for (std::int64_t j = left; j < right; ++j) {
            if (within[i] == 0.0 && cross.within(i, j, fake_radii[static_cast<std::size_t>(j)]))
              within[i] = 1.0;
            if (covered[i] == 0.0 && cross.within(i, j, real_radii[static_cast<std::size_t>(i)]))
              covered[i] = 1.0;
          }
      });
      side_by_side(threads, cross.columns(), 128, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = top; i < top + cross.rows(); ++i)
          for (std::int64_t j = left + begin; j < left + end; ++j)
            if (cross.within(i, j, real_radii[static_cast<std::size_t>(i)])) hits[j] += 1.0;
      });
    }
  found.generated_within.copy_(found.generated_density > 0.0);
  found.generated_density.div_(static_cast<double>(k));
  return found;
}

}  // namespace rraebench
