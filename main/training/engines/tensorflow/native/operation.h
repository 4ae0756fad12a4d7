/** TensorFlow's C interface for ops of one's own (tensorflow/c/ops.h, tensorflow/c/kernels.h): float32, on the CPU. */
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "tensorflow/c/kernels.h"
#include "tensorflow/c/tf_tensor.h"

namespace boundary {

/** A tensor that an op was given or gives. */
struct Array {
  float* values;
  std::vector<int64_t> shape;

  int64_t rank() const { return static_cast<int64_t>(shape.size()); }
  /** Number of values. */
  int64_t count() const;
};

/** What the attributes of an op say; those that it doesn't have are 0. */
struct Settings {
  int64_t tokens = 0;
  int64_t heads = 0;
  float epsilon = 0;
  float slope = 0;
  bool keep = false;
};

/** One execution of an op. Its functions throw what `Failed` says; nobody but `run` need catch it. */
class Call {
 public:
  explicit Call(TF_OpKernelContext* context) : context_(context), status_(TF_NewStatus()) {}
  ~Call();
  Call(const Call&) = delete;

  Array input(int index);
  Array output(int index, const std::vector<int64_t>& shape);

  /** Runs the op, and tells TensorFlow if it fails. */
  void run(void (*compute)(Call&, const Settings&), const Settings& settings);

 private:
  Array keep(TF_Tensor* tensor);

  TF_OpKernelContext* context_;
  TF_Status* status_;
  std::vector<TF_Tensor*> tensors_;
};

/** Why an op cannot be done, e.g. for its inputs' shapes. */
struct Failed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline void require(bool fits, const char* expected) {
  if (!fits) throw Failed(expected);
}

/** An op in TensorFlow's notation: `x: float`, `heads: int`. */
struct Signature {
  const char* name;
  std::vector<const char*> inputs;
  std::vector<const char*> outputs;
  std::vector<const char*> attributes;
};

/** How TensorFlow makes, runs and removes a node's kernel. */
struct Callbacks {
  void* (*create)(TF_OpKernelConstruction*);
  void (*compute)(void*, TF_OpKernelContext*);
  void (*destroy)(void*);
};

Settings readSettings(TF_OpKernelConstruction* construction);

/** @throws Failed */
void registerWith(const Signature& signature, const Callbacks& callbacks);

/** Makes an op known to this process's TensorFlow. @throws Failed */
template <void (*compute)(Call&, const Settings&)>
void registerOperation(const Signature& signature) {
  registerWith(signature, {
    [](TF_OpKernelConstruction* construction) -> void* { return new Settings(readSettings(construction)); },
    [](void* settings, TF_OpKernelContext* context) {
      Call(context).run(compute, *static_cast<const Settings*>(settings));
    },
    [](void* settings) { delete static_cast<Settings*>(settings); },
  });
}

}  // namespace boundary
