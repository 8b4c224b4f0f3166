//===- RoundingPlan.h - Where activations are rounded -----------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_QUANTIZATION_SCHEMES_ROUNDINGPLAN_H
#define QUANTOPT_QUANTIZATION_SCHEMES_ROUNDINGPLAN_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "quant-opt/Dialect/QNN/IR/QNNOps.h"
#include "llvm/ADT/EquivalenceClasses.h"

namespace quantopt {

/// Decides which float values of a network are rounded to integers so that
/// every op that can compute on integers does, and which of them share
/// parameters.
///
/// A value is a rounding point when its producer or a user can compute on
/// integers, unless the rounding belongs to a later op: a clamp right behind
/// (it becomes the limits of the rounding), or an elementwise function of one
/// value right behind (the whole chain becomes one table). Ops that only move
/// values pass the decision on and keep the parameters.
class RoundingPlan {
public:
  struct Options {
    /// Softmax computes on integers as well.
    bool integerOnly = false;
  };

  RoundingPlan(func::FuncOp function, const Options &options);

  /// All rounding points in program order, arguments first. Constants that
  /// integer ops read are among them.
  ArrayRef<Value> getPoints() const { return points; }
  bool isPoint(Value value) const { return isRounded.contains(value); }

  /// The rounding points whose ranges calibration has to provide.
  SmallVector<Value> getObserved() const;

  /// Points with equal representatives share parameters.
  Value getRepresentative(Value point) const {
    return groups.getLeaderValue(point);
  }

  /// Whether the op can compute on integers when its operands and result are
  /// rounded.
  bool canBeInteger(Operation *op) const;
  /// Whether the op only moves values (or takes their maximum).
  static bool movesValues(Operation *op);
  /// The value that this one is an elementwise function of: itself for a value
  /// with a rounding of its own.
  Value getSource(Value value) const { return sources.lookup(value); }

private:
  Value computeSource(Operation *op) const;
  bool isAbsorbed(Value value) const;
  bool mark(Value value);
  void spreadThrough(Operation *op, bool &changed);

  Options options;
  DenseMap<Value, Value> sources;
  DenseSet<Value> isRounded;
  SmallVector<Value> points;
  llvm::EquivalenceClasses<Value> groups;
};

} // namespace quantopt

#endif // QUANTOPT_QUANTIZATION_SCHEMES_ROUNDINGPLAN_H
