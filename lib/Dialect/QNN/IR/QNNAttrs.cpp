//===- QNNAttrs.cpp - Attributes of the qnn dialect -----------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Dialect/QNN/IR/QNNAttrs.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"
#include <cmath>

using namespace quantopt;
using namespace quantopt::qnn;

#define GET_ATTRDEF_CLASSES
#include "quant-opt/Dialect/QNN/IR/QNNAttrs.cpp.inc"

void QNNDialect::registerAttributes() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "quant-opt/Dialect/QNN/IR/QNNAttrs.cpp.inc"
      >();
}

LogicalResult SchemeAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                 Type, StringRef, bool, Type,
                                 int64_t inputBits) {
  if (inputBits == 0 || inputBits == 8 || inputBits == 16) // (C1)
    return success();
  return emitError() << "expected inputBits of 0, 8 or 16, but got "
                     << inputBits;
}

LogicalResult WindowAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                 ArrayRef<int64_t> kernel,
                                 ArrayRef<int64_t> strides,
                                 ArrayRef<int64_t> dilations,
                                 ArrayRef<int64_t> pads) {
  // Sizes beyond this are mistakes and would overflow address arithmetic.
  constexpr int64_t limit = 1 << 20;
  auto check = [&](StringRef name, ArrayRef<int64_t> values, size_t count,
                   int64_t lowest) -> LogicalResult {
    if (values.size() != count)
      return emitError() << "expected " << count << " " << name << ", but got "
                         << values.size();
    for (int64_t value : values)
      if (value < lowest || value > limit)
        return emitError() << "expected " << name << " in [" << lowest << ", "
                           << limit << "], but got " << value;
    return success();
  };
  return failure(failed(check("kernel sizes", kernel, 2, 1)) || // (C1)
                 failed(check("strides", strides, 2, 1)) ||
                 failed(check("dilations", dilations, 2, 1)) ||
                 failed(check("pads", pads, 4, 0))); // (C2)
}

int64_t WindowAttr::getOutputSize(unsigned dim, int64_t inputSize) const {
  int64_t padded = inputSize + getPads()[dim] + getPads()[dim + 2];
  int64_t span = padded - getExtent(dim);
  return span < 0 ? 0 : span / getStrides()[dim] + 1;
}

RangeAttr RangeAttr::get(MLIRContext *context, float min, float max,
                         StringRef source) {
  Builder builder(context);
  return get(context, builder.getF32FloatAttr(min),
             builder.getF32FloatAttr(max), source);
}

float RangeAttr::getMin() const {
  return getMinAttr().getValue().convertToFloat();
}
float RangeAttr::getMax() const {
  return getMaxAttr().getValue().convertToFloat();
}

Attribute RangeAttr::parse(AsmParser &parser, Type) {
  FloatAttr min, max;
  std::string source;
  Type f32 = parser.getBuilder().getF32Type();
  if (parser.parseLess() || parser.parseAttribute(min, f32) ||
      parser.parseComma() || parser.parseAttribute(max, f32) ||
      parser.parseComma() || parser.parseString(&source) ||
      parser.parseGreater())
    return {};
  return parser.getChecked<RangeAttr>(parser.getContext(), min, max,
                                      StringRef(source));
}

void RangeAttr::print(AsmPrinter &printer) const {
  printer << '<';
  printer.printAttributeWithoutType(getMinAttr());
  printer << ", ";
  printer.printAttributeWithoutType(getMaxAttr());
  printer << ", ";
  printer.printString(getSource());
  printer << '>';
}

LogicalResult RangeAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                FloatAttr min, FloatAttr max, StringRef) {
  if (!min || !max || !min.getType().isF32() || !max.getType().isF32())
    return emitError() << "expected f32 range ends";
  float lo = min.getValue().convertToFloat();
  float hi = max.getValue().convertToFloat();
  if (!std::isfinite(lo) || !std::isfinite(hi) || lo > hi) // (C1)
    return emitError() << "expected a finite range with min <= max, but got ["
                       << min << ", " << max << "]";
  return success();
}
