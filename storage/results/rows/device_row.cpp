#include "storage/results/rows/device_row.hpp"

namespace coxswain::storage {

const TableSchema& DeviceRow::schema() {
  using R = DeviceRow;
  static const TableSchema schema{
      "tables/devices",
      "one row a kind of device that computed",
      sizeof(R),
      {column(&R::id, "id", "1", "number of the device kind"),
       column(&R::kind, "kind", "1", "cpu or cuda"),
       column(&R::numerics, "numerics", "1",
              "libraries, kernel set and threads that decide rounding")}};
  return schema;
}

}  // namespace coxswain::storage
