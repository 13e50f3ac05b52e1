#pragma once
// Implements: rows of a database found by the run that they belong to.

#include "reports/store/report_rows.hpp"

#include <cstdint>
#include <map>
#include <vector>

namespace rraebench {

template <typename RowOfRun>
class RowsByRun {
 public:
  /// Of `rows`, which must live as long as this.
  explicit RowsByRun(const std::vector<RowOfRun>& rows) {
    for (const auto& row : rows) rows_[row.run_id].push_back(&row);
  }

  /// In their order.
  const std::vector<const RowOfRun*>& of(std::int64_t run) const {
    const auto found = rows_.find(run);
    return found == rows_.end() ? none_ : found->second;
  }

 private:
  std::map<std::int64_t, std::vector<const RowOfRun*>> rows_;
  std::vector<const RowOfRun*> none_;
};

/// What belongs to the runs of a report.
struct RunData {
  explicit RunData(const ReportRows& rows)
      : figures(rows.figures), curves(rows.curves), spectra(rows.spectra), images(rows.images) {}

  RowsByRun<FigureRow> figures;
  RowsByRun<CurveRow> curves;
  RowsByRun<SpectrumRow> spectra;
  RowsByRun<ImageRow> images;
};

}  // namespace rraebench
