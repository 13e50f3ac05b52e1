#include "host/worker/protocols/figure_fault.hpp"

#include "host/common/errors.hpp"
#include "host/common/stop_request.hpp"
#include "host/worker/checked_model.hpp"
#include "host/worker/torch_errors.hpp"

namespace rraebench {

std::optional<std::string> fault_of(const std::function<void()>& measure) {
  try {
    measure();
    return std::nullopt;
  } catch (const InterruptedError&) {
    throw;
  } catch (const InfrastructureError&) {
    throw;
  } catch (const UserError&) {
    throw;
  } catch (const DivergedError&) {
    throw;
  } catch (const std::exception& error) {
    if (is_out_of_memory(error)) throw;
    return sentence_of(error);
  }
}

}  // namespace rraebench
