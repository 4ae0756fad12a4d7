/**
 * A Node addon whose loading makes our own ops known to TensorFlow, which must be loaded in this process already. It
 * exports `failure`: what went wrong, or nothing.
 */
#include <exception>
#include <string>

#include <node_api.h>

namespace boundary {
void registerSelfAttention();
void registerLayerNorm();
void registerBatchNorm();
void registerGelu();
}  // namespace boundary

namespace {

std::string registerAll() {
  try {
    boundary::registerSelfAttention();
    boundary::registerLayerNorm();
    boundary::registerBatchNorm();
    boundary::registerGelu();
    return "";
  } catch (const std::exception& error) {
    return error.what();
  }
}

napi_value initialise(napi_env env, napi_value exports) {
  const std::string failure = registerAll();
  napi_value text;
  if (!failure.empty() && napi_create_string_utf8(env, failure.data(), failure.size(), &text) == napi_ok) {
    napi_set_named_property(env, exports, "failure", text);
  }
  return exports;
}

}  // namespace

NAPI_MODULE(boundary_kernels, initialise)
