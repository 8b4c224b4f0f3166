//===- RangeTable.cpp - Ranges of values by name --------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Calibration/RangeTable.h"
#include "quant-opt/Support/JsonFile.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"
#include <cmath>

using namespace quantopt;

/// Sums of counts of all bins stay below 2^63.
static constexpr int64_t kMaxCount = int64_t(1) << 46;

const RangeTable::Entry *RangeTable::find(llvm::StringRef name) const {
  for (const Entry &entry : entries)
    if (entry.name == name)
      return &entry;
  return nullptr;
}

static llvm::Error tableError(llvm::StringRef path, const llvm::Twine &text) {
  return llvm::createStringError(llvm::Twine(path) + ": " + text);
}

/// Reads the `histogram` of an entry: pairs of a bin's key and its count.
static bool readHistogram(const llvm::json::Object &object,
                          Histogram &histogram) {
  const llvm::json::Array *bins = object.getArray("histogram");
  auto low = object.getNumber("observedMin");
  auto high = object.getNumber("observedMax");
  if (!bins || !low || !high || !std::isfinite(float(*low)) ||
      !std::isfinite(float(*high)) || *low > *high)
    return false;
  for (const llvm::json::Value &bin : *bins) {
    const llvm::json::Array *pair = bin.getAsArray();
    if (!pair || pair->size() != 2)
      return false;
    auto key = (*pair)[0].getAsInteger();
    auto count = (*pair)[1].getAsInteger();
    if (!key || !count || !Histogram::isKey(*key) || *count < 0 ||
        *count > kMaxCount)
      return false;
    histogram.addToBin(uint16_t(*key), uint64_t(*count));
  }
  if (histogram.getCount())
    histogram.widen(float(*low), float(*high));
  return true;
}

/// Reads one element of `values`.
static llvm::Expected<RangeTable::Entry>
readEntry(const llvm::json::Value &value, llvm::StringRef path, size_t index) {
  auto fail = [&](const llvm::Twine &text) {
    return tableError(path, "value " + llvm::Twine(index) + ": " + text);
  };
  const llvm::json::Object *object = value.getAsObject();
  if (!object)
    return fail("expected an object");
  auto name = object->getString("name");
  auto min = object->getNumber("min");
  auto max = object->getNumber("max");
  if (!name || !min || !max)
    return fail("expected 'name' (a string), 'min' and 'max' (numbers)");
  RangeTable::Entry entry;
  entry.name = name->str();
  entry.range = {float(*min), float(*max)};
  if (!std::isfinite(entry.range.min) || !std::isfinite(entry.range.max) ||
      entry.range.min > entry.range.max)
    return fail("expected a finite range with min <= max for '" + entry.name +
                "'");
  if (auto source = object->getString("source"))
    entry.source = source->str();
  if (object->get("histogram")) {
    Histogram histogram;
    if (!readHistogram(*object, histogram))
      return fail("expected 'histogram' as pairs of a bin of finite numbers "
                  "and a count, with 'observedMin' <= 'observedMax'");
    entry.histogram = std::move(histogram);
  }
  return entry;
}

llvm::Expected<RangeTable> RangeTable::parse(llvm::StringRef text,
                                             llvm::StringRef path) {
  llvm::Expected<llvm::json::Value> json = parseJson(text, path);
  if (!json)
    return json.takeError();
  const llvm::json::Object *root = json->getAsObject();
  if (!root)
    return tableError(path, "expected an object with 'version' and 'values'");
  auto version = root->getInteger("version");
  const llvm::json::Array *values = root->getArray("values");
  if (!version || *version != 1 || !values)
    return tableError(path, "expected 'version' 1 and an array 'values'");
  RangeTable table;
  llvm::StringMap<char> seen;
  for (auto [i, value] : llvm::enumerate(*values)) {
    llvm::Expected<Entry> entry = readEntry(value, path, i);
    if (!entry)
      return entry.takeError();
    if (!seen.try_emplace(entry->name).second)
      return tableError(path, "value '" + entry->name + "' is listed twice");
    table.entries.push_back(std::move(*entry));
  }
  return table;
}

std::string RangeTable::toJSON() const {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "{\"version\": 1, \"values\": [\n";
  for (const Entry &entry : entries) {
    llvm::json::OStream json(os);
    os << "  ";
    json.object([&] {
      json.attribute("name", entry.name);
      json.attribute("min", double(entry.range.min));
      json.attribute("max", double(entry.range.max));
      json.attribute("source", entry.source);
      if (!entry.histogram)
        return;
      bool empty = entry.histogram->getCount() == 0;
      json.attribute("observedMin",
                     empty ? 0.0 : double(entry.histogram->getMin()));
      json.attribute("observedMax",
                     empty ? 0.0 : double(entry.histogram->getMax()));
      json.attributeArray("histogram", [&] {
        for (auto [key, count] : entry.histogram->getCounts())
          json.value(llvm::json::Array{int64_t(key), int64_t(count)});
      });
    });
    os << (&entry != &entries.back() ? ",\n" : "\n");
  }
  os << "]}\n";
  return text;
}

llvm::Expected<RangeTable> RangeTable::merge(llvm::ArrayRef<RangeTable> tables,
                                             const RangeMethod &method) {
  if (tables.empty())
    return RangeTable();
  if (method.kind == RangeMethod::Moving)
    return llvm::createStringError(
        "a moving average depends on the order of the samples, so tables "
        "cannot be merged for it: choose another method with '--ranges'");
  RangeTable result = tables.front();
  for (const RangeTable &table : tables.drop_front())
    for (const Entry &entry : table.entries)
      if (!result.find(entry.name))
        return llvm::createStringError("expected the same values in every "
                                       "table, but '" +
                                       entry.name + "' is not in the first");
  auto noHistogram = [](const Entry &entry) {
    return llvm::createStringError(
        "expected a histogram for '" + entry.name +
        "' in every table: calibrate with '--keep-histograms'");
  };
  for (Entry &entry : result.entries) {
    if (!entry.histogram)
      return noHistogram(entry);
    for (const RangeTable &table : tables.drop_front()) {
      const Entry *other = table.find(entry.name);
      if (!other || !other->histogram)
        return noHistogram(entry);
      entry.histogram->merge(*other->histogram);
    }
    entry.range = selectRange(*entry.histogram, method);
    entry.source = method.toString();
  }
  return result;
}

llvm::Expected<RangeTable> quantopt::readRangeTable(llvm::StringRef path) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer)
    return llvm::createStringError(
        buffer.getError(), "cannot read range table '%s': %s",
        path.str().c_str(), buffer.getError().message().c_str());
  return RangeTable::parse((*buffer)->getBuffer(), path);
}

RangeTable Calibrator::finish(bool keepHistograms) const {
  RangeTable table;
  for (auto [name, histogram, moving] : llvm::zip(names, histograms, limits)) {
    RangeTable::Entry entry;
    entry.name = name;
    entry.range = method.kind == RangeMethod::Moving
                      ? moving.getRange()
                      : selectRange(histogram, method);
    entry.source = method.toString();
    if (keepHistograms)
      entry.histogram = histogram;
    table.entries.push_back(std::move(entry));
  }
  return table;
}
