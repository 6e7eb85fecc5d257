#include "dko/mapping/batch_network.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>

namespace dko {

namespace {

using Matrix = Eigen::MatrixXf;
using ConstMatrix = Eigen::Map<const Eigen::MatrixXf>;
using ConstVector = Eigen::Map<const Eigen::VectorXf>;

/// Cells are taken through the network this many at a time, to bound the buffers.
constexpr std::int64_t block_cells = 64;

// Column-major views in which column g of each weight matrix is gene g's (H × N).
ConstMatrix w1_of(const Mapping& mapping) {
  return {mapping.w1().data(), mapping.shape().hidden, mapping.shape().genes};
}
ConstMatrix w2_of(const Mapping& mapping) {
  return {mapping.w2().data(), mapping.shape().hidden, mapping.shape().genes};
}
ConstVector b1_of(const Mapping& mapping) {
  return {mapping.b1().data(), mapping.shape().hidden};
}
ConstVector b2_of(const Mapping& mapping) {
  return {mapping.b2().data(), mapping.shape().genes};
}

/// Σ|o| over the expressed genes.
float total_output(const float* o, std::span<const std::int32_t> expressed) {
  float total = 0;
  for (const std::int32_t gene : expressed) total += std::abs(o[gene]);
  return total;
}

/// ½ sign(q − p) for q = |o|/total.
float half_sign(float difference) {
  return difference > 0 ? 0.5F : difference < 0 ? -0.5F : 0.0F;
}

float cell_loss(const float* o, std::span<const std::int32_t> expressed, std::span<const float> p) {
  const float total = total_output(o, expressed);
  if (!makes_profile(total)) return loss_without_profile(total);
  const float inverse = 1.0F / total;
  float distance = 0;
  for (std::size_t at = 0; at < expressed.size(); ++at) {
    distance += std::abs(std::abs(o[expressed[at]]) * inverse - p[at]);
  }
  return 0.5F * distance;
}

/// ∂BC/∂o into `slope` (zero outside the expressed genes).
void cell_slope(const float* o, std::span<const std::int32_t> expressed, std::span<const float> p,
                float* slope) {
  const float total = total_output(o, expressed);
  if (!makes_profile(total)) return;
  const float inverse = 1.0F / total;
  float mean_sign = 0;
  for (std::size_t at = 0; at < expressed.size(); ++at) {
    const float q = std::abs(o[expressed[at]]) * inverse;
    mean_sign += half_sign(q - p[at]) * q;
  }
  for (std::size_t at = 0; at < expressed.size(); ++at) {
    const float output = o[expressed[at]];
    const float along = (half_sign(std::abs(output) * inverse - p[at]) - mean_sign) * inverse;
    slope[expressed[at]] = output > 0 ? along : output < 0 ? -along : 0.0F;
  }
}

/// Adds the columns to `sum` one after the other. Eigen's rowwise().sum() adds in an order that depends on
/// where the result lies in memory, and the same seed would not give the same bits.
void add_columns(const Matrix& columns, float* sum) {
  for (Eigen::Index column = 0; column < columns.cols(); ++column) {
    const float* from = columns.col(column).data();
    for (Eigen::Index row = 0; row < columns.rows(); ++row) sum[row] += from[row];
  }
}

}  // namespace

struct BatchNetwork::Buffers {
  explicit Buffers(MappingShape network_shape) : shape(network_shape) {}

  MappingShape shape;
  Matrix assemblage;    // N × cells
  Matrix hidden;        // H × cells
  Matrix output;        // N × cells
  Matrix output_slope;  // N × cells
  Matrix hidden_slope;  // H × cells

  void forward(const Mapping& mapping, const RelativeProfiles& profiles,
               std::span<const std::int64_t> cells) {
    assemblage.setZero(shape.genes, std::ssize(cells));
    for (std::size_t at = 0; at < cells.size(); ++at) {
      const auto expressed = profiles.expressed(cells[at]);
      const float share = 1.0F / static_cast<float>(expressed.size());
      for (const std::int32_t gene : expressed) assemblage(gene, static_cast<Eigen::Index>(at)) = share;
    }
    hidden.noalias() = w1_of(mapping) * assemblage;
    hidden.colwise() += b1_of(mapping);
    output.noalias() = w2_of(mapping).transpose() * hidden;
    output.colwise() += b2_of(mapping);
  }

  double losses(const RelativeProfiles& profiles, std::span<const std::int64_t> cells) const {
    double sum = 0;
    for (std::size_t at = 0; at < cells.size(); ++at) {
      sum += cell_loss(output.col(static_cast<Eigen::Index>(at)).data(), profiles.expressed(cells[at]),
                       profiles.values(cells[at]));
    }
    return sum;
  }

  /// Adds this block's gradient, from the buffers that forward() left.
  void backward(const Mapping& mapping, const RelativeProfiles& profiles, std::span<const std::int64_t> cells,
                std::span<float> gradient) {
    output_slope.setZero(shape.genes, std::ssize(cells));
    for (std::size_t at = 0; at < cells.size(); ++at) {
      const auto column = static_cast<Eigen::Index>(at);
      cell_slope(output.col(column).data(), profiles.expressed(cells[at]), profiles.values(cells[at]),
                 output_slope.col(column).data());
    }
    hidden_slope.noalias() = w2_of(mapping) * output_slope;
    const std::int64_t weights = shape.genes * shape.hidden;
    float* part = gradient.data();
    Eigen::Map<Matrix>(part, shape.hidden, shape.genes).noalias() += hidden_slope * assemblage.transpose();
    part += weights;
    add_columns(hidden_slope, part);
    part += shape.hidden;
    Eigen::Map<Matrix>(part, shape.hidden, shape.genes).noalias() += hidden * output_slope.transpose();
    part += weights;
    add_columns(output_slope, part);
  }

  /// Calls `work(block)` after the forward pass of each block of cells.
  template <class Work>
  void in_blocks(const Mapping& mapping, const RelativeProfiles& profiles,
                 std::span<const std::int64_t> cells, Work work) {
    while (!cells.empty()) {
      const auto block = cells.first(std::min(cells.size(), static_cast<std::size_t>(block_cells)));
      forward(mapping, profiles, block);
      work(block);
      cells = cells.subspan(block.size());
    }
  }
};

BatchNetwork::BatchNetwork(MappingShape shape) : buffers_(std::make_unique<Buffers>(shape)) {}
BatchNetwork::~BatchNetwork() = default;
BatchNetwork::BatchNetwork(BatchNetwork&&) noexcept = default;
BatchNetwork& BatchNetwork::operator=(BatchNetwork&&) noexcept = default;

double BatchNetwork::loss(const Mapping& mapping, const RelativeProfiles& profiles,
                          std::span<const std::int64_t> cells) {
  double sum = 0;
  buffers_->in_blocks(mapping, profiles, cells,
                      [&](std::span<const std::int64_t> block) { sum += buffers_->losses(profiles, block); });
  return sum;
}

double BatchNetwork::loss_and_gradient(const Mapping& mapping, const RelativeProfiles& profiles,
                                       std::span<const std::int64_t> cells, std::span<float> gradient) {
  double sum = 0;
  std::fill(gradient.begin(), gradient.end(), 0.0F);
  buffers_->in_blocks(mapping, profiles, cells, [&](std::span<const std::int64_t> block) {
    sum += buffers_->losses(profiles, block);
    buffers_->backward(mapping, profiles, block, gradient);
  });
  return sum;
}

std::vector<float> BatchNetwork::predict(const Mapping& mapping, const RelativeProfiles& profiles,
                                         std::span<const std::int64_t> cells) {
  const auto genes = static_cast<std::size_t>(mapping.shape().genes);
  std::vector<float> predicted;
  predicted.reserve(cells.size() * genes);
  buffers_->in_blocks(mapping, profiles, cells, [&](std::span<const std::int64_t> block) {
    for (std::size_t at = 0; at < block.size(); ++at) {
      const float* o = buffers_->output.col(static_cast<Eigen::Index>(at)).data();
      const auto expressed = profiles.expressed(block[at]);
      const float total = total_output(o, expressed);
      predicted.resize(predicted.size() + genes, 0.0F);
      float* row = predicted.data() + predicted.size() - genes;
      if (!makes_profile(total)) continue;
      for (const std::int32_t gene : expressed) row[gene] = std::abs(o[gene]) / total;
    }
  });
  return predicted;
}

}  // namespace dko
