#include "operation.h"

#include <memory>

#include "tensorflow/c/ops.h"

namespace boundary {

namespace {

struct StatusDeleter {
  void operator()(TF_Status* status) const { TF_DeleteStatus(status); }
};
using Status = std::unique_ptr<TF_Status, StatusDeleter>;

void check(TF_Status* status) {
  if (TF_GetCode(status) != TF_OK) throw Failed(TF_Message(status));
}

/** Steps have fixed shapes, so nobody asks which shapes come out. */
void unknownShapes(TF_ShapeInferenceContext* context, TF_Status* status) {
  TF_ShapeInferenceContextSetUnknownShape(context, status);
}

}  // namespace

int64_t Array::count() const {
  int64_t count = 1;
  for (const int64_t size : shape) count *= size;
  return count;
}

Call::~Call() {
  for (TF_Tensor* tensor : tensors_) TF_DeleteTensor(tensor);
  TF_DeleteStatus(status_);
}

Array Call::keep(TF_Tensor* tensor) {
  check(status_);
  tensors_.push_back(tensor);
  Array array{static_cast<float*>(TF_TensorData(tensor)), {}};
  for (int axis = 0; axis < TF_NumDims(tensor); axis++) array.shape.push_back(TF_Dim(tensor, axis));
  return array;
}

Array Call::input(int index) {
  TF_Tensor* tensor = nullptr;
  TF_GetInput(context_, index, &tensor, status_);
  return keep(tensor);
}

Array Call::output(int index, const std::vector<int64_t>& shape) {
  const size_t bytes = static_cast<size_t>(Array{nullptr, shape}.count()) * sizeof(float);
  return keep(TF_AllocateOutput(context_, index, TF_FLOAT, shape.data(), static_cast<int>(shape.size()), bytes, status_));
}

void Call::run(void (*compute)(Call&, const Settings&), const Settings& settings) {
  try {
    compute(*this, settings);
  } catch (const std::exception& error) {
    TF_SetStatus(status_, TF_INVALID_ARGUMENT, error.what());
    TF_OpKernelContext_Failure(context_, status_);
  }
}

Settings readSettings(TF_OpKernelConstruction* construction) {
  const Status status(TF_NewStatus());
  const auto has = [&](const char* name) { return TF_OpKernelConstruction_HasAttr(construction, name, status.get()); };
  const auto whole = [&](const char* name, int64_t& to) {
    if (has(name)) TF_OpKernelConstruction_GetAttrInt64(construction, name, &to, status.get());
  };
  Settings settings;
  whole("tokens", settings.tokens);
  whole("heads", settings.heads);
  const auto number = [&](const char* name, float& to) {
    if (has(name)) TF_OpKernelConstruction_GetAttrFloat(construction, name, &to, status.get());
  };
  number("epsilon", settings.epsilon);
  number("slope", settings.slope);
  if (has("keep")) {
    unsigned char keep = 0;
    TF_OpKernelConstruction_GetAttrBool(construction, "keep", &keep, status.get());
    settings.keep = keep != 0;
  }
  return settings;
}

void registerWith(const Signature& signature, const Callbacks& callbacks) {
  const Status status(TF_NewStatus());
  TF_OpDefinitionBuilder* definition = TF_NewOpDefinitionBuilder(signature.name);
  for (const char* input : signature.inputs) TF_OpDefinitionBuilderAddInput(definition, input);
  for (const char* output : signature.outputs) TF_OpDefinitionBuilderAddOutput(definition, output);
  for (const char* attribute : signature.attributes) TF_OpDefinitionBuilderAddAttr(definition, attribute);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(definition, &unknownShapes);
  TF_RegisterOpDefinition(definition, status.get());
  check(status.get());
  TF_KernelBuilder* kernel =
      TF_NewKernelBuilder(signature.name, "CPU", callbacks.create, callbacks.compute, callbacks.destroy);
  TF_RegisterKernelBuilder(signature.name, kernel, status.get());
  check(status.get());
}

}  // namespace boundary
