#include "tests/support/fake_device.hpp"

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <torch/library.h>

#include <map>
#include <set>

namespace {

using coxswain::tests::fake_device;
using torch::jit::Stack;

bool is_fake(const at::Tensor& tensor) {
  return tensor.device().type() == c10::DeviceType::PrivateUse1;
}

// A tensor's memory seen as another device's; it lives as long as either.
at::Tensor seen_as(at::Device device, const at::Tensor& tensor) {
  return at::for_blob(tensor.data_ptr(), tensor.sizes())
      .strides(tensor.strides())
      .deleter([tensor](void*) {})
      .options(tensor.options().device(device))
      .target_device(device)
      .make_tensor();
}

// The arguments of a call, taken to the processor.
class Call {
 public:
  Call(const c10::OperatorHandle& op, Stack& stack)
      : schema_(op.schema()),
        stack_(stack),
        n_(schema_.arguments().size()),
        given_(stack.end() - static_cast<std::ptrdiff_t>(n_), stack.end()) {
    const std::size_t first = stack.size() - n_;
    for (std::size_t i = 0; i < n_; ++i) {
      stack[first + i] = on_processor(given_[i]);
      if (is_empty_output(i)) {
        // An empty output is resized, which memory of somebody else's can't be.
        stack[first + i] = outputs_[i] =
            at::empty({0}, stack[first + i].toTensor().options());
      }
    }
    TORCH_CHECK(devices_.size() < 2 && !(any_other_ && !devices_.empty()),
                schema_.name(), ": tensors of several devices");
  }

  // What it returned lies on the device; what it wrote to is given back.
  void give_back() {
    for (const auto& [i, output] : outputs_) {
      given_[i].toTensor().unsafeGetTensorImpl()->shallow_copy_from(
          seen_as(device(), output).getIntrusivePtr());
    }
    const auto& returns = schema_.returns();
    const std::size_t first = stack_.size() - returns.size();
    for (std::size_t i = 0; i < returns.size(); ++i) {
      c10::IValue& value = stack_[first + i];
      if (const c10::IValue* written = argument_behind(returns[i])) {
        value = *written;
      } else if (value.isTensor() && value.toTensor().defined()) {
        value = seen_as(device(), value.toTensor());
      } else if (value.isTensorList()) {
        c10::List<at::Tensor> list;
        for (const at::Tensor& one : value.toTensorVector()) {
          list.push_back(seen_as(device(), one));
        }
        value = list;
      }
    }
  }

 private:
  at::Device device() const { return fake_device(*devices_.begin()); }

  bool is_empty_output(std::size_t i) const {
    const auto* alias = schema_.arguments()[i].alias_info();
    return alias != nullptr && alias->isWrite() && given_[i].isTensor() &&
           is_fake(given_[i].toTensor()) && given_[i].toTensor().numel() == 0;
  }

  at::Tensor taken(const at::Tensor& tensor) {
    if (!tensor.defined()) return tensor;
    if (is_fake(tensor)) {
      devices_.insert(tensor.device().index());
      return seen_as(at::kCPU, tensor);
    }
    any_other_ = any_other_ || tensor.dim() > 0;
    return tensor;
  }

  c10::IValue on_processor(const c10::IValue& value) {
    if (value.isTensor()) return taken(value.toTensor());
    if (value.isDevice()) {
      if (!value.toDevice().is_cpu()) {
        devices_.insert(value.toDevice().index());
      }
      return at::Device(at::kCPU);
    }
    if (value.isTensorList()) {
      c10::List<at::Tensor> list;
      for (const at::Tensor& one : value.toTensorVector()) {
        list.push_back(taken(one));
      }
      return list;
    }
    if (value.isOptionalTensorList()) {
      c10::List<c10::optional<at::Tensor>> list;
      const auto given = value.toOptionalTensorList();
      for (std::size_t i = 0; i < given.size(); ++i) {
        const c10::optional<at::Tensor> one = given.get(i);
        list.push_back(one ? c10::optional<at::Tensor>(taken(*one)) : one);
      }
      return list;
    }
    return value;
  }

  const c10::IValue* argument_behind(const c10::Argument& returned) const {
    const auto* alias = returned.alias_info();
    if (alias == nullptr || !alias->isWrite()) return nullptr;
    for (std::size_t i = 0; i < n_; ++i) {
      const auto* own = schema_.arguments()[i].alias_info();
      if (own != nullptr && own->beforeSets() == alias->beforeSets()) {
        return &given_[i];
      }
    }
    return nullptr;
  }

  const c10::FunctionSchema& schema_;
  Stack& stack_;
  std::size_t n_;
  std::vector<c10::IValue> given_;
  std::map<std::size_t, at::Tensor> outputs_;  // by number of the argument
  std::set<c10::DeviceIndex> devices_;         // the fake ones among them
  bool any_other_ = false;
};

void compute(const c10::OperatorHandle& op, Stack* stack) {
  Call call(op, *stack);
  op.callBoxed(stack);
  call.give_back();
}

// The one operation that goes from device to device.
at::Tensor& copy(at::Tensor& to, const at::Tensor& from, bool) {
  const auto own = [](const at::Tensor& one) {
    return is_fake(one) ? seen_as(at::kCPU, one) : one;
  };
  own(to).copy_(own(from));
  return to;
}

C10_REGISTER_GUARD_IMPL(
    PrivateUse1, c10::impl::NoOpDeviceGuardImpl<c10::DeviceType::PrivateUse1>);

TORCH_LIBRARY_IMPL(_, PrivateUse1, library) {
  library.fallback(torch::CppFunction::makeFromBoxedFunction<&compute>());
}

TORCH_LIBRARY_IMPL(aten, PrivateUse1, library) { library.impl("copy_", &copy); }

}  // namespace
